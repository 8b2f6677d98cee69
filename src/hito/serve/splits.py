"""The split points of trees inside a model, by column: where two engines could decide differently."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np

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
    library = type(model).__module__.partition(".")[0]
    if library == "xgboost":
        yield from _of_xgboost(model)
    elif library == "lightgbm":
        yield from _of_lightgbm(model)
    elif hasattr(model, "tree_"):
        tree = model.tree_
        inner = tree.children_left >= 0
        yield from zip(tree.feature[inner].tolist(), tree.threshold[inner].tolist(), strict=True)
    elif hasattr(model, "_predictors"):  # histogram gradient boosting
        for predictors in model._predictors:  # noqa: SLF001  scikit-learn has no public way to them
            for predictor in predictors:
                nodes = predictor.nodes[predictor.nodes["is_leaf"] == 0]
                yield from zip(nodes["feature_idx"].tolist(), nodes["num_threshold"].tolist(), strict=True)
    else:
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


def _of_xgboost(model: Any) -> Iterator[tuple[int, float]]:
    booster = model.get_booster() if hasattr(model, "get_booster") else model
    names = {name: at for at, name in enumerate(booster.feature_names or [])}
    for text in booster.get_dump(dump_format="json"):
        stack = [json.loads(text)]
        while stack:
            node = stack.pop()
            if "split" in node:
                name = str(node["split"])
                column = names.get(name, int(name[1:]) if name[1:].isdigit() else -1)
                if isinstance(node.get("split_condition"), int | float):
                    yield column, float(np.float32(node["split_condition"]))
                stack += node.get("children", [])


def _of_lightgbm(model: Any) -> Iterator[tuple[int, float]]:
    booster = getattr(model, "booster_", model)
    stack = [tree["tree_structure"] for tree in booster.dump_model()["tree_info"]]
    while stack:
        node = stack.pop()
        if "split_feature" in node:
            if isinstance(node["threshold"], int | float):
                yield int(node["split_feature"]), float(node["threshold"])
            stack += [node["left_child"], node["right_child"]]
