"""The split points of trees inside a model, by column: where two engines could decide differently."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from hito.serve import ensembles
from hito.serve.parity import Thresholds

_DEPTH = 6


def thresholds(model: Any, count: int) -> Thresholds:
    """Split points of a model of scikit-learn, XGBoost or LightGBM, also inside of pipelines and ensembles.

    Behind a step that changes columns they are those of the changed columns; they are then as good as any other numbers.

    Args:
        count: columns of the model's input; others are left out.
    """
    found: dict[int, list[float]] = {}
    for column, value in _splits(model, _DEPTH):
        if 0 <= column < count and np.isfinite(value):
            found.setdefault(column, []).append(value)
    return {column: np.array(values, dtype=np.float64) for column, values in found.items()}


def _splits(model: Any, depth: int) -> Iterator[tuple[int, float]]:
    if depth == 0:
        return
    found = False
    for tree in ensembles.trees(model):
        found = True
        inner = tree.inner
        yield from zip(tree.column[inner].tolist(), tree.split[inner].astype(float).tolist(), strict=True)
    if not found:
        for part in _parts(model):
            yield from _splits(part, depth - 1)


def _parts(model: Any) -> Iterator[Any]:
    """Models inside a model."""
    for name in (
        "estimators_",
        "steps",
        "transformers_",
        "estimator_",
        "best_estimator_",
        "calibrated_classifiers_",
        "estimator",
        "final_estimator_",
    ):
        inner = getattr(model, name, None)
        if inner is None or isinstance(inner, str):
            continue
        for part in (
            np.ravel(np.array(inner, dtype=object))
            if isinstance(inner, np.ndarray)
            else (inner if isinstance(inner, list) else [inner])
        ):
            for one in part if isinstance(part, tuple) else (part,):
                if hasattr(one, "predict") or hasattr(one, "transform"):
                    yield one
