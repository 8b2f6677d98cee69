"""Fitted ensembles of trees as arrays, whichever library grew them: what they compare, in which bits, what they add up.

    value = link( (base + leaf of tree 1 + leaf of tree 2 + …) / divisor )        for each score, in this order

    scikit-learn's trees    32-bit value ≤ 64-bit split, sums in 64 bits
    histogram boosting      64-bit value ≤ 64-bit split, sums in 64 bits
    LightGBM                the same, of values of which all within 1e-35 of zero are zero
    XGBoost                 32-bit value < 32-bit split, sums in 32 bits

The order of the sum is kept, since it decides the last bits. Libraries keep some of this in private attributes; a
version that has moved them raises here, and the model is compiled in another way or not at all.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct

from hito.core.errors import InvalidArgument

if TYPE_CHECKING:
    from numpy.typing import NDArray

IDENTITY, EXPONENTIAL, LOGISTIC, SOFTMAX, ISOLATION = "identity", "exponential", "logistic", "softmax", "isolation"

_LIGHTGBM_ZERO = float(np.float32(1e-35))


class Tree(Struct):
    """One tree that adds to one score. Arrays have an entry a node; node 0 is the root.

    Args:
        column, split: what an inner node compares. left, right: where it leads; left is -1 at a leaf.
        gaps_left: whether NaN goes left. value: of a leaf. score: which one it adds to.
    """

    column: "NDArray[Any]"
    split: "NDArray[Any]"
    left: "NDArray[Any]"
    right: "NDArray[Any]"
    gaps_left: "NDArray[Any]"
    value: "NDArray[Any]"
    score: int = 0

    @property
    def inner(self) -> "NDArray[np.bool_]":
        """Which nodes are no leaves."""
        found: NDArray[np.bool_] = self.left >= 0
        return found


class Ensemble(Struct, kw_only=True):
    """Trees and what becomes of their sums.

    Args:
        scores: how many sums there are for a row. base: with what each begins; None: with nothing.
        rounded: whether a row's values are rounded to 32 bits before they are compared.
        zero: values no farther from 0 are taken for 0; 0: every one counts.
        single: whether splits, leaves and sums are of 32 bits. strict: whether a value equal to the split goes right.
        divisor: of the sums. link: from there to the answer.
        labels: whether the answer is a label, that of the largest score (or of a positive one, if there is one score).
        offset: of ISOLATION.
    """

    trees: list[Tree]
    scores: int = 1
    base: "NDArray[Any] | None" = None
    rounded: bool = False
    zero: float = 0.0
    single: bool = False
    strict: bool = False
    divisor: float = 1.0
    link: str = IDENTITY
    labels: bool = False
    offset: float = 0.0


def read(model: Any, method: str) -> Ensemble | None:
    """The ensemble that answers `model.method(rows)`; None: there is none that is known here.

    Args:
        method: predict, predict_proba.
    Raises: InvalidArgument: it does more than compare numbers and add.
    """
    reader = _READERS.get(type(model).__name__)
    library = type(model).__module__.partition(".")[0]
    if reader is None or library not in ("sklearn", "xgboost", "lightgbm"):
        return None
    if method not in ("predict", "predict_proba"):
        return None
    return reader(model, method == "predict_proba")


def trees(model: Any) -> Iterator[Tree]:
    """The trees of a single model, for what only wants to know its splits; nothing if it has none."""
    library = type(model).__module__.partition(".")[0]
    if library == "xgboost":
        yield from _of_xgboost(_booster(model))[0]
    elif library == "lightgbm":
        yield from _of_lightgbm(getattr(model, "booster_", model).dump_model(), strict=False)
    elif hasattr(model, "tree_"):
        yield _of_sklearn(model.tree_)
    elif hasattr(model, "_predictors"):
        yield from _of_histograms(model)


def _of_sklearn(tree: Any, value: "NDArray[Any] | None" = None, score: int = 0) -> Tree:
    return Tree(
        tree.feature, tree.threshold, tree.children_left, tree.children_right, tree.missing_go_to_left.astype(bool),
        tree.value[:, 0, 0] if value is None else value, score,
    )  # fmt: skip


def _forest(model: Any, chances: bool) -> Ensemble:
    """Forests and single trees of scikit-learn. The label is that of the largest mean share."""
    classifies = hasattr(model, "classes_")
    parts = getattr(model, "estimators_", None) or [model]
    if classifies and model.n_outputs_ != 1:
        raise InvalidArgument("it has several outputs")
    first = parts[0].tree_.value
    count = first.shape[2] if classifies else first.shape[1]
    made = []
    for part in parts:
        value = part.tree_.value[:, 0, :] if classifies else part.tree_.value[:, :, 0]
        made += [_of_sklearn(part.tree_, value[:, at], at) for at in range(count)]
    return Ensemble(
        trees=made, scores=count, rounded=True, divisor=float(len(parts)), labels=classifies and not chances
    )


def _gradient(model: Any, chances: bool) -> Ensemble:
    classifies = hasattr(model, "classes_")
    if type(model.init_).__name__ not in ("DummyClassifier", "DummyRegressor") and model.init_ != "zero":
        raise InvalidArgument("it begins with another model")
    stages = model.estimators_
    base = model._raw_predict_init(np.zeros((1, model.n_features_in_), dtype=np.float32))  # noqa: SLF001
    made = [
        _of_sklearn(tree.tree_, model.learning_rate * tree.tree_.value[:, 0, 0], at)
        for stage in stages
        for at, tree in enumerate(stage)
    ]
    link = IDENTITY
    if chances:
        link = LOGISTIC if stages.shape[1] == 1 else SOFTMAX
        if model.loss == "exponential":
            raise InvalidArgument("chances of exponential loss are not known here")
    return Ensemble(
        trees=made, scores=stages.shape[1], base=np.ravel(base), rounded=True, link=link,
        labels=classifies and not chances,
    )  # fmt: skip


def _histograms(model: Any, chances: bool) -> Ensemble:
    classifies = hasattr(model, "classes_")
    count = int(model.n_trees_per_iteration_)
    link = IDENTITY
    if chances:
        link = LOGISTIC if count == 1 else SOFTMAX
    elif not classifies:
        link = {"squared_error": IDENTITY, "absolute_error": IDENTITY, "quantile": IDENTITY}.get(
            model.loss, EXPONENTIAL
        )
    return Ensemble(
        trees=list(_of_histograms(model)), scores=count, base=np.ravel(model._baseline_prediction),  # noqa: SLF001
        link=link, labels=classifies and not chances,
    )  # fmt: skip


def _of_histograms(model: Any) -> Iterator[Tree]:
    for iteration in model._predictors:  # noqa: SLF001  scikit-learn has no public way to them
        for at, predictor in enumerate(iteration):
            nodes = predictor.nodes
            if nodes["is_categorical"].any():
                raise InvalidArgument("it splits by categories")
            leaf = nodes["is_leaf"].astype(bool)
            yield Tree(
                nodes["feature_idx"], nodes["num_threshold"], np.where(leaf, -1, nodes["left"].astype(np.int64)),
                nodes["right"].astype(np.int64), nodes["missing_go_to_left"].astype(bool), nodes["value"], at,
            )  # fmt: skip


def _isolation(model: Any, chances: bool) -> Ensemble:
    from sklearn.ensemble._iforest import _average_path_length

    made = []
    depths = zip(model._decision_path_lengths, model._average_path_length_per_tree, strict=True)  # noqa: SLF001
    for part, columns, (path, rest) in zip(model.estimators_, model.estimators_features_, depths, strict=True):
        tree = _of_sklearn(part.tree_, path + rest - 1.0)
        tree.column = np.where(tree.inner, columns[np.maximum(tree.column, 0)], 0)
        made.append(tree)
    usual = float(_average_path_length([model._max_samples])[0])  # noqa: SLF001
    if usual == 0.0:
        raise InvalidArgument("its trees have one sample each")
    return Ensemble(
        trees=made, rounded=True, divisor=len(made) * usual, link=ISOLATION, labels=True, offset=float(model.offset_)
    )


def _lightgbm(model: Any, chances: bool) -> Ensemble:
    dump = getattr(model, "booster_", model).dump_model()
    classifies = hasattr(model, "classes_")
    objective, *details = str(dump.get("objective", "")).split()
    count = int(dump["num_tree_per_iteration"])
    made = list(_of_lightgbm(dump))
    says_chances = chances or not classifies
    link = IDENTITY
    if objective in ("binary", "cross_entropy"):
        if any(one not in ("sigmoid:1", "sigmoid:1.0") for one in details):
            raise InvalidArgument("its sigmoid is another than 1")
        link = LOGISTIC if says_chances else IDENTITY
    elif objective == "multiclass":
        link = SOFTMAX if says_chances else IDENTITY
    elif objective in ("poisson", "gamma", "tweedie"):
        link = EXPONENTIAL
    elif details[:1] == ["sqrt"] or objective not in (
        "regression", "regression_l1", "huber", "fair", "quantile", "mape",
    ):  # fmt: skip
        raise InvalidArgument(f"LightGBM's objective {objective!r} is not known here")
    divisor = len(made) / count if dump.get("average_output") else 1.0
    return Ensemble(
        trees=made, scores=count, zero=_LIGHTGBM_ZERO, link=link, divisor=divisor, labels=classifies and not chances
    )


def _of_lightgbm(dump: dict[str, Any], *, strict: bool = True) -> Iterator[Tree]:
    """`strict`: raise for what is more than comparing numbers, rather than leave it out."""
    for number, one in enumerate(dump["tree_info"]):
        column: list[int] = []
        left: list[int] = []
        right: list[int] = []
        split: list[float] = []
        value: list[float] = []
        gaps_left: list[bool] = []
        stack: list[tuple[dict[str, Any], list[int], int]] = [(one["tree_structure"], [0], 0)]
        while stack:
            node, side, above = stack.pop()
            side[above] = at = len(column)
            inner = "split_feature" in node
            if strict and "leaf_const" in node:
                raise InvalidArgument("its leaves are linear models")
            threshold, missing = node.get("threshold", 0.0), node.get("missing_type", "None")
            if not isinstance(threshold, int | float) or node.get("decision_type", "<=") != "<=" or missing == "Zero":
                if strict:
                    raise InvalidArgument("it splits by categories, or takes zeros for missing values")
                threshold = np.nan
            column.append(int(node["split_feature"]) if inner else 0)
            split.append(float(threshold))
            left.append(-1)
            right.append(-1)
            # Where a model knows no missing values, NaN is taken for zero.
            gaps_left.append(bool(node["default_left"]) if missing == "NaN" else threshold >= 0.0)
            value.append(0.0 if inner else float(node["leaf_value"]))
            if inner:
                stack += [(node["right_child"], right, at), (node["left_child"], left, at)]
        yield Tree(
            np.array(column), np.array(split), np.array(left), np.array(right), np.array(gaps_left), np.array(value),
            number % int(dump["num_tree_per_iteration"]),
        )  # fmt: skip


def _booster(model: Any) -> dict[str, Any]:
    """What XGBoost writes of a model."""
    booster = model.get_booster() if hasattr(model, "get_booster") else model
    found: dict[str, Any] = json.loads(booster.save_raw("json"))["learner"]
    return found


def _xgboost(model: Any, chances: bool) -> Ensemble:
    learner = _booster(model)
    classifies = hasattr(model, "classes_")
    objective = learner["objective"]["name"]
    made, count = _of_xgboost(learner)
    best = learner.get("attributes", {}).get("best_iteration")
    if best is not None and hasattr(model, "get_booster"):  # the booster itself takes all
        made = made[: learner["gradient_booster"]["model"]["iteration_indptr"][int(best) + 1]]
    says_chances = chances or not classifies
    base = np.array(json.loads(str(learner["learner_model_param"]["base_score"])), dtype=np.float32).reshape(-1)
    link = IDENTITY
    if objective in ("binary:logistic", "reg:logistic"):
        base = -np.log(np.float32(1.0) / base - np.float32(1.0))
        link = LOGISTIC if says_chances else IDENTITY
    elif objective == "multi:softprob":
        link = SOFTMAX if says_chances else IDENTITY
    elif objective in ("count:poisson", "reg:gamma", "reg:tweedie"):
        base, link = np.log(base), EXPONENTIAL
    elif objective not in ("reg:squarederror", "reg:absoluteerror", "reg:pseudohubererror", "reg:quantileerror"):
        raise InvalidArgument(f"XGBoost's objective {objective!r} is not known here")
    if len(base) == 1:
        base = np.repeat(base, count)
    return Ensemble(
        trees=made, scores=count, base=base, rounded=True, single=True, strict=True, link=link,
        labels=classifies and not chances,
    )  # fmt: skip


def _of_xgboost(learner: dict[str, Any]) -> tuple[list[Tree], int]:
    """The trees and the number of scores."""
    booster = learner["gradient_booster"]
    if booster["name"] != "gbtree":
        raise InvalidArgument(f"XGBoost's {booster['name']} is not known here")
    param = learner["learner_model_param"]
    count = max(int(param["num_class"]), int(param["num_target"]), 1)
    made = []
    for one, score in zip(booster["model"]["trees"], booster["model"]["tree_info"], strict=True):
        if one["categories"] or int(one["tree_param"]["size_leaf_vector"]) > 1:
            raise InvalidArgument("it splits by categories, or its leaves hold several numbers")
        left = np.array(one["left_children"])
        split = np.array(one["split_conditions"], dtype=np.float32)  # of a leaf, its value
        made.append(
            Tree(
                np.array(one["split_indices"]), split, left, np.array(one["right_children"]),
                np.array(one["default_left"], dtype=bool), split, int(score),
            )
        )  # fmt: skip
    return made, count


_Reader = Callable[[Any, bool], Ensemble]


def _named(reader: _Reader, names: str) -> Iterable[tuple[str, _Reader]]:
    return [(name, reader) for name in names.split()]


_READERS: dict[str, _Reader] = dict([
    *_named(_forest, "RandomForestRegressor ExtraTreesRegressor DecisionTreeRegressor ExtraTreeRegressor"),
    *_named(_forest, "RandomForestClassifier ExtraTreesClassifier DecisionTreeClassifier ExtraTreeClassifier"),
    *_named(_gradient, "GradientBoostingClassifier GradientBoostingRegressor"),
    *_named(_histograms, "HistGradientBoostingClassifier HistGradientBoostingRegressor"),
    *_named(_isolation, "IsolationForest"),
    *_named(_lightgbm, "LGBMClassifier LGBMRegressor"),
    *_named(_xgboost, "XGBClassifier XGBRegressor XGBRFClassifier XGBRFRegressor"),
])  # fmt: skip


def _any_booster(model: Any, chances: bool) -> Ensemble:
    """XGBoost's and LightGBM's own class have one name."""
    return (_xgboost if type(model).__module__.startswith("xgboost") else _lightgbm)(model, chances)


_READERS["Booster"] = _any_booster
