"""What does one call say about a model, and how long does it take?

    python bench/evaluate.py [--mlflow PYTHON] [--rounds 1] [--case forest|booster]

`--mlflow` names a Python with mlflow (the whole package), shap, scikit-learn and xgboost, whose `mlflow.models.evaluate`
evaluates the same model on the same data, with SHAP switched on. Every evaluation runs in a fresh process, with a store in
a temporary folder; training is not counted. Wall and processor seconds are of the call alone, with all that it imports.

    forest    RandomForest(100) on breast cancer, 143 test rows × 30 columns
    booster   XGBoost (150 trees) on 50,000 test rows × 30 columns
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

_DATA = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
if sys.argv[1] == "forest":
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    X, X_test, y, y_test = train_test_split(X, y, random_state=7, stratify=y)
    model = RandomForestClassifier(100, random_state=7).fit(X, y)
else:
    from xgboost import XGBClassifier
    X, y = make_classification(100_000, 30, n_informative=12, flip_y=0.05, random_state=7)
    X = pd.DataFrame(X, columns=[f"column {at}" for at in range(30)])
    X, X_test, y, y_test = train_test_split(X, pd.Series(y, name="target"), test_size=0.5, random_state=7)
    model = XGBClassifier(n_estimators=150, max_depth=6, n_jobs=2, random_state=7).fit(X, y)
"""

_HITO = (
    _DATA
    + """
import hito
began, spent = time.perf_counter(), time.process_time()
with hito.start_run() as run:
    found = hito.evaluate(model, X_test, y_test, train=(X, y))
hito.flush() if hasattr(hito, "flush") else None
took, spent = time.perf_counter() - began, time.process_time() - spent
explained = found.explanation
print(json.dumps({
    "seconds": took, "cpu": spent, "metrics": len(found.metrics), "artifacts": sorted(found.artifacts),
    "with_interval": sum(one.low is not None for one in found.evaluation.scores),
    "report": len(found.report or ""),
    "explained": {one.name: one.rows for one in explained.parts},
    "left_out": [f"{one.part}: {one.detail or one.reason}" for one in explained.omitted]
        + [f"{one.part}: {one.rule}" for one in found.evaluation.omissions],
}))
"""
)

_MLFLOW = (
    _DATA
    + """
import logging, os
os.environ["MLFLOW_DISABLE_TELEMETRY"] = os.environ["DO_NOT_TRACK"] = "true"
os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
import mlflow, mlflow.sklearn, mlflow.xgboost
logging.getLogger("mlflow").setLevel(logging.ERROR)
mlflow.set_tracking_uri("sqlite:///mlflow.db")
mlflow.set_experiment("bench")
data = X_test.assign(target=y_test)
with mlflow.start_run():
    if sys.argv[1] == "forest":
        info = mlflow.sklearn.log_model(model, name="model", serialization_format="cloudpickle",
                                        pip_requirements=["scikit-learn"])
    else:
        info = mlflow.xgboost.log_model(model, name="model", pip_requirements=["xgboost-cpu"])
    began, spent = time.perf_counter(), time.process_time()
    found = mlflow.models.evaluate(
        info.model_uri, data, targets="target", model_type="classifier", evaluators=["default"],
        evaluator_config={"default": {"log_model_explainability": True, "explainability_nsamples": 2000}},
    )
    took, spent = time.perf_counter() - began, time.process_time() - spent
print(json.dumps({
    "seconds": took, "cpu": spent, "metrics": len(found.metrics), "artifacts": sorted(found.artifacts),
}))
"""
)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--mlflow", metavar="PYTHON")
    asked.add_argument("--rounds", type=int, default=1)
    asked.add_argument("--case", choices=["forest", "booster"])
    given = asked.parse_args()
    for case in [given.case] if given.case else ["forest", "booster"]:
        for name, python, script in (("hito", sys.executable, _HITO), ("mlflow", given.mlflow, _MLFLOW)):
            if python is None:
                continue
            runs = [_run(python, script, case) for _ in range(given.rounds)]
            best = min(runs, key=lambda one: one["seconds"])
            load = round(os.getloadavg()[0], 1)
            print(json.dumps({"case": case, "with": name, "rounds": given.rounds, "load": load, **best}), flush=True)


def _run(python: str, script: str, case: str) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, ".hito"))  # noqa: PTH102, PTH118 - the nearest store
        cleared = {key: value for key, value in os.environ.items() if not key.startswith(("MLFLOW_", "HITO_"))}
        done = subprocess.run(
            [python, "-c", script, case], cwd=folder, env=cleared, capture_output=True, text=True, check=False
        )
    if done.returncode:
        sys.exit(done.stderr[-3000:])
    return json.loads(done.stdout.strip().splitlines()[-1])


if __name__ == "__main__":
    main()
