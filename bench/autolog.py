# ruff: noqa: N806  X is what everybody calls it
"""What autolog adds to a training: the time that `fit` takes beyond the library's own, and what is left to do after it.

    python bench/autolog.py [--seconds 10] [--uri http://…]

The library's time is taken inside of autolog's, in the same call, so that another program on the machine disturbs both.

2026-11-22, shared 2-core machine (load 3), Python 3.11, embedded store, 10,000 rows × 30:
    RandomForestClassifier, 285 trees     11.1 s alone, +0.27 s (2.4 %, the first training of the process), 5.7 s after it
    GradientBoostingClassifier, 116       10.7 s alone, +0.10 s (0.9 %), 1.2 s after it
    xgboost.train, 1728 rounds            52.2 s alone, +0.62 s (1.2 %), 1.0 s after it
"""

import argparse
import os
import tempfile
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np


def timed(owner: Any, name: str, spent: list[float]) -> None:
    """Measure a function from inside: this stands between the library and autolog."""
    import functools

    original = getattr(owner, name)

    @functools.wraps(original)
    def measured(*args: Any, **named: Any) -> Any:
        began = time.perf_counter()
        try:
            return original(*args, **named)
        finally:
            spent.append(time.perf_counter() - began)

    setattr(owner, name, measured)


def grown(make: Callable[[int], Callable[[], Any]], seconds: float, size: int) -> int:
    """How many trees or rounds take about so many seconds."""
    began = time.perf_counter()
    make(size)()
    return max(size, int(size * seconds / (time.perf_counter() - began)))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--uri")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    os.environ["HITO_HOME"] = tempfile.mkdtemp(prefix="hito-bench-")
    if options.uri:
        os.environ["HITO_TRACKING_URI"] = options.uri

    import xgboost
    from sklearn.datasets import make_classification
    from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
    from sklearn.ensemble._forest import BaseForest
    from sklearn.ensemble._gb import BaseGradientBoosting

    X, y = make_classification(options.rows, 30, n_informative=10, random_state=0)
    train = xgboost.DMatrix(X, y)
    test = xgboost.DMatrix(X[:2000], y[:2000])
    params = {"objective": "binary:logistic", "max_depth": 6, "eval_metric": ["logloss", "auc"]}
    evals = [(train, "train"), (test, "test")]
    tasks: dict[str, tuple[Callable[[int], Callable[[], Any]], int]] = {
        "RandomForestClassifier": (lambda n: lambda: RandomForestClassifier(n, random_state=0).fit(X, y), 10),
        "GradientBoostingClassifier": (lambda n: lambda: GradientBoostingClassifier(n_estimators=n).fit(X, y), 10),
        "xgboost.train": (
            lambda n: lambda: xgboost.train(params, train, n, evals=evals, verbose_eval=False), 40,
        ),
    }  # fmt: skip
    sizes = {name: grown(make, options.seconds, size) for name, (make, size) in tasks.items()}

    spent: list[float] = []
    timed(BaseForest, "fit", spent)
    timed(BaseGradientBoosting, "fit", spent)
    timed(xgboost.training, "train", spent)
    xgboost.train = xgboost.training.train
    import hito
    from hito.autologging import later

    hito.autolog()
    hito.set_experiment("bench")
    np.random.default_rng(0)
    print(f"{'training':<28}{'size':>6}{'alone s':>9}{'autolog +s':>12}{'%':>7}{'after s':>9}")
    for name, (make, _) in tasks.items():
        spent.clear()
        fit = make(sizes[name])
        began = time.perf_counter()
        fit()
        total = time.perf_counter() - began
        later.wait()
        after = time.perf_counter() - began - total
        alone = max(spent)
        added = total - alone
        print(f"{name:<28}{sizes[name]:>6}{alone:>9.2f}{added:>12.3f}{100 * added / alone:>7.2f}{after:>9.2f}")


if __name__ == "__main__":
    main()
