"""How far the test data has moved from the training data, column by column.

    PSI     Σ (test_b - train_b)·ln(test_b / train_b) over ten bins of equal training weight (or categories), missing
            values being a bin; by custom below 0.1 nothing, 0.1 to 0.2 some, above 0.2 much
    KS      two-sample Kolmogorov-Smirnov for numbers        χ²     for categories

A column has moved when its PSI is large and chance does not explain it: small samples have large PSI by chance, large
samples have small p-values for nothing.

Source: for PSI, Siddiqi, Credit Risk Scorecards, 2006.
"""

from typing import Any

from hito.evaluation.many import holm
from hito.evaluation.results import ColumnDrift
from hito.evaluation.table import MISSING, Column, Table

BINS = 10
MUCH = 0.2
_ALPHA = 0.05
_ROWS = 50_000
"""Rows of either data that are compared; more only cost time."""
_CATEGORIES = 20
_FLOOR = 1e-4
"""What an empty bin counts as, so that the logarithm exists."""


def drift(train: Table, test: Table, seed: int) -> list[ColumnDrift]:
    """Every column that both have, the most moved first."""
    import numpy as np

    rng = np.random.default_rng(seed)
    old, new = _some(train, rng), _some(test, rng)
    found = []
    for column in new.columns:
        known = old.column(column.name)
        if known is not None and known.numeric == column.numeric:
            found.append(_numbers(known, column) if column.numeric else _texts(known, column))
    corrected = holm([one.p_value for one in found])
    made = [
        ColumnDrift(
            feature=one.feature, kind=one.kind, psi=one.psi, statistic=one.statistic, p_value=p_value,
            moved=one.psi >= MUCH and p_value is not None and p_value < _ALPHA,
            missing_train=one.missing_train, missing_test=one.missing_test, bins=one.bins, train=one.train, test=one.test,
        )
        for one, p_value in zip(found, corrected, strict=True)
    ]  # fmt: skip
    return sorted(made, key=lambda one: (not one.moved, -one.psi))


def psi(train: Any, test: Any) -> float:
    """Population stability index of two lists of shares."""
    import numpy as np

    old, new = np.maximum(train, _FLOOR), np.maximum(test, _FLOOR)
    return float(np.dot(new - old, np.log(new / old)))


def edges_of(values: Any) -> Any:
    """The inner edges of ten bins with equal parts of the values; fewer where many are the same."""
    import numpy as np

    return np.unique(np.quantile(values, np.linspace(0, 1, BINS + 1)[1:-1]))


def _numbers(old: Column, new: Column) -> ColumnDrift:
    import numpy as np
    from scipy import stats

    before, after = old.values[np.isfinite(old.values)], new.values[np.isfinite(new.values)]
    gone = 1 - len(before) / max(1, len(old.values)), 1 - len(after) / max(1, len(new.values))
    edges = edges_of(before) if len(before) else np.zeros(0)
    train = _shares(np.bincount(np.searchsorted(edges, before), minlength=len(edges) + 1), gone[0])
    test = _shares(np.bincount(np.searchsorted(edges, after), minlength=len(edges) + 1), gone[1])
    statistic = p_value = None
    if len(before) and len(after):
        with np.errstate(all="ignore"):
            tested = stats.ks_2samp(before, after, method="asymp")
        statistic, p_value = float(tested.statistic), float(tested.pvalue)
    return ColumnDrift(
        feature=new.name,
        kind="numeric",
        psi=psi(train, test),
        statistic=statistic,
        p_value=p_value,
        moved=False,
        missing_train=gone[0],
        missing_test=gone[1],
        bins=tuple(float(edge) for edge in edges),
        train=tuple(train.tolist()),
        test=tuple(test.tolist()),
    )


def _texts(old: Column, new: Column) -> ColumnDrift:
    import numpy as np
    from scipy import stats

    names, counts = np.unique(np.concatenate([old.values, new.values]).astype(str), return_counts=True)
    shown = [str(names[place]) for place in np.argsort(-counts, kind="stable")[:_CATEGORIES]]
    places = {name: place for place, name in enumerate(shown)}
    tables = []
    for values in (old.values, new.values):
        codes = [places.get(str(value), len(shown)) for value in values.tolist()]
        tables.append(np.bincount(codes, minlength=len(shown) + 1).astype(np.float64))
    both = np.array(tables)[:, np.array(tables).sum(axis=0) > 0]
    statistic = p_value = None
    if both.shape[1] > 1:
        tested = stats.chi2_contingency(both, correction=False)
        statistic, p_value = float(tested.statistic), float(tested.pvalue)
    train, test = (one / max(1.0, one.sum()) for one in tables)
    return ColumnDrift(
        feature=new.name,
        kind="category",
        psi=psi(train, test),
        statistic=statistic,
        p_value=p_value,
        moved=False,
        missing_train=float(np.mean(old.values == MISSING)),
        missing_test=float(np.mean(new.values == MISSING)),
        bins=(*shown, "(other)"),
        train=tuple(train.tolist()),
        test=tuple(test.tolist()),
    )


def _shares(counts: Any, missing: float) -> Any:
    """Shares per bin, missing values being the last."""
    import numpy as np

    total = max(1.0, float(counts.sum()))
    return np.append(counts / total * (1 - missing), missing)


def _some(table: Table, rng: Any) -> Table:
    return table if table.rows <= _ROWS else table.taken(rng.choice(table.rows, _ROWS, replace=False))
