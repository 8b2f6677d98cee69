"""Decision trees, alone, in forests and in boosting: node arrays that C code walks without looking.

A tree is an array of nodes; an inner node names its children by their place in it:

    place   left  right  feature            what must hold
      0       1     4       2        ── both children come later in the array, so no walk goes in a circle;
      1       2     3       0        ── every node but the first is the child of exactly one node;
      2      -1    -1      (-2)      ── a leaf has no child at all;
      3      -1    -1                ── an inner node's feature is one of the columns that the input really has
      4      -1    -1

scikit-learn writes children after parents in all of its builders (depth first, best first, pruned), so the order is no
loss. The last line needs more than the tree: who checks the input's width is the estimator around the tree, or even the
ensemble around that, so their `n_features_in_` must agree with the tree's.
"""

from typing import Any

import numpy as np

from hito.flavors.safe.archive import Archive
from hito.flavors.safe.document import Node, whole

TREE_ESTIMATORS = frozenset(
    f"sklearn.tree._classes.{name}"
    for name in ("DecisionTreeClassifier", "DecisionTreeRegressor", "ExtraTreeClassifier", "ExtraTreeRegressor")
)
FORESTS = frozenset(
    f"sklearn.ensemble._forest.{name}"
    for name in (
        "RandomForestClassifier",
        "RandomForestRegressor",
        "ExtraTreesClassifier",
        "ExtraTreesRegressor",
        "RandomTreesEmbedding",
    )
)
BOOSTING = frozenset(
    f"sklearn.ensemble._gb.{name}" for name in ("GradientBoostingClassifier", "GradientBoostingRegressor")
)
HISTOGRAM_BOOSTING = frozenset(
    f"sklearn.ensemble._hist_gradient_boosting.gradient_boosting.{name}"
    for name in ("HistGradientBoostingClassifier", "HistGradientBoostingRegressor")
)
MAX_OUTPUTS = 1_000_000

# What scikit-learn's Node has; older versions have no missing_go_to_left.
_FIELDS = {
    "left_child": "i",
    "right_child": "i",
    "feature": "i",
    "threshold": "f",
    "impurity": "f",
    "n_node_samples": "i",
    "weighted_n_node_samples": "f",
    "missing_go_to_left": "u",
}
_PREDICTOR_FIELDS = {
    "left": "u",
    "right": "u",
    "feature_idx": "i",
    "is_leaf": "u",
    "is_categorical": "u",
    "bitset_idx": "u",
}


def check_tree(node: Node, archive: Archive) -> None:
    """Check one `Tree` by itself: its arguments, its arrays, its shape as a tree.

    Raises: InvalidArgument.
    """
    features = tree_features(node)
    args, state = node.parts["args"].items, node.parts["content"].parts
    classes, outputs = (args[1].array, whole(args[2], 0)) if len(args) == 3 else (None, 0)
    nodes, values = (state[name].array if name in state else None for name in ("nodes", "values"))
    if set(state) != {"max_depth", "node_count", "nodes", "values"} or nodes is None or values is None:
        raise archive.refused("has a tree that lacks a part, or has one too many")
    # The constructor reads n_classes[0 … n_outputs-1].
    fits = (
        1 <= features < 2**31
        and 1 <= outputs <= MAX_OUTPUTS
        and classes is not None
        and classes.dtype == np.intp
        and classes.shape == (outputs,)
        and bool((classes >= 1).all())
        and bool((classes <= MAX_OUTPUTS).all())
    )
    if not fits or classes is None:
        raise archive.refused("has a tree with impossible numbers of features, outputs or classes")
    names = nodes.dtype.names or ()
    kinds = {name: nodes.dtype[name].kind for name in names}
    if (
        nodes.ndim != 1
        or len(nodes) == 0
        or any(kinds.get(name) != kind for name, kind in _FIELDS.items() if name in kinds)
    ):
        raise archive.refused("has a tree whose nodes are not an array of nodes")
    if not set(names) <= set(_FIELDS) or not set(_FIELDS) - set(names) <= {"missing_go_to_left"}:
        raise archive.refused("has a tree whose nodes have other members than scikit-learn's")
    count = whole(state["node_count"], -1)
    if count != len(nodes) or values.dtype.kind != "f" or values.shape != (count, outputs, int(classes.max())):
        raise archive.refused("has a tree whose values do not fit its nodes")
    depth = _check_shape(nodes["left_child"], nodes["right_child"], nodes["left_child"] != -1, archive, leaf=-1)
    # decision_path makes room for max_depth + 1 nodes a row and then follows the real path.
    if whole(state["max_depth"], -1) != depth:
        raise archive.refused("has a tree that is deeper or flatter than it says")
    inner = nodes["feature"][nodes["left_child"] != -1]
    if ((inner < 0) | (inner >= features)).any():
        raise archive.refused(f"has a tree that looks at a feature outside its {features}")
    if (nodes["n_node_samples"] < 0).any():
        raise archive.refused("has a tree with a node of less than no samples")


def tree_features(node: Node) -> int:
    """How many features a tree says to know; -1 if it does not say."""
    args = node.parts["args"]
    return whole(args.items[0], -1) if args.loader == "TupleNode" and args.items else -1


def check_estimator(node: Node, archive: Archive) -> None:
    """A tree estimator checks the input's width by its own `n_features_in_`, so that must be its tree's."""
    attributes = node.attributes
    if "tree_" not in attributes:
        return
    tree = attributes["tree_"]
    if tree.loader != "TreeNode" or width(node) != tree_features(tree):
        raise archive.refused("has a tree estimator whose tree does not fit it")


def check_forest(node: Node, archive: Archive) -> None:
    """A forest checks the input once and hands it to all of its trees unchecked."""
    for member in _members(node, archive):
        if width(member) != width(node):
            raise archive.refused("has a forest with a tree of another number of features")


def check_isolation_forest(node: Node, archive: Archive) -> None:
    """Its trees see the columns `estimators_features_`, or all columns when `_max_features` is the input's width."""
    members = _members(node, archive)
    if not members:
        return
    columns = node.attributes.get("estimators_features_", Node("", "")).items
    every = node.attributes.get("_max_features")
    if len(columns) != len(members) or every is None or whole(every, -1) < 0:
        raise archive.refused("has an isolation forest without the features of its trees")
    for member, chosen in zip(members, columns, strict=True):
        seen = chosen.array.size if chosen.array is not None and chosen.array.ndim == 1 else -1
        if width(member) != seen or (whole(every, -1) == width(node) and seen != width(node)):
            raise archive.refused("has an isolation forest with a tree of another number of features")


def check_boosting(node: Node, archive: Archive) -> None:
    """C code adds the trees' values to an array of K columns, made by `init_`; K and the trees' grid must agree."""
    grid = node.attributes.get("estimators_")
    if grid is None:
        return
    rows = [row.items for row in grid.items]
    if grid.loader != "NdArrayNode" or not rows or grid.value != (len(rows), len(rows[0])) or not rows[0]:
        raise archive.refused("has a boosted model whose trees are not in a grid")
    columns = len(rows[0])
    for row in rows:
        for member in row:
            if member.type != "sklearn.tree._classes.DecisionTreeRegressor" or "tree_" not in member.attributes:
                raise archive.refused("has a boosted model made of something else than trees")
            if width(member) != width(node):
                raise archive.refused("has a boosted model with a tree of another number of features")
        if len(row) != columns:
            raise archive.refused("has a boosted model whose trees are not in a grid")
    per_step = node.attributes.get("n_trees_per_iteration_")
    if per_step is None or whole(per_step, -1) != columns:
        raise archive.refused("has a boosted model with another number of trees in each step than it says")
    if columns > 1:
        _check_first_guess(node, columns, archive)


def _check_first_guess(node: Node, columns: int, archive: Archive) -> None:
    """With several classes, `init_` decides how wide the array is. One class: it is reshaped to one column."""
    first = node.attributes.get("init_")
    if first is not None and first.value == "zero":
        return
    prior = None if first is None else first.attributes.get("class_prior_")
    simple = first is not None and first.type == "sklearn.dummy.DummyClassifier" and prior is not None
    names = first.attributes if first is not None else {}
    if not simple or prior is None or prior.array is None or prior.array.shape != (columns,):
        raise archive.refused("has a boosted model of several classes whose first guess is not the classes' frequency")
    classes = names.get("n_classes_")
    if names["strategy"].value != "prior" or classes is None or whole(classes, -1) != columns:
        raise archive.refused("has a boosted model whose first guess has another number of classes")


def check_histogram_boosting(node: Node, archive: Archive) -> None:
    """Trees over binned data: nodes as above, and bitsets in which categories are looked up."""
    attributes = node.attributes
    if "_predictors" not in attributes:
        return
    features = width(node)
    if features < 1:
        raise archive.refused("has a boosted model that does not say how many features it takes")
    mapper = attributes.get("_bin_mapper")
    categorical = _categorical(mapper, features, archive)
    _check_preprocessor(attributes.get("_preprocessor"), features, bool(categorical.any()), archive)
    for step in attributes["_predictors"].items:
        for predictor in step.items:
            if predictor.type != "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor":
                raise archive.refused("has a boosted model made of something else than trees")
            _check_predictor(predictor, categorical, archive)


def check_lone_predictor(node: Node, archive: Archive) -> None:
    """A TreePredictor has no width of its own; it must stand in a model, where `check_histogram_boosting` sees it."""
    if set(node.attributes) != {"nodes", "binned_left_cat_bitsets", "raw_left_cat_bitsets"}:
        raise archive.refused("has a tree predictor with other members than scikit-learn's")


def _check_predictor(node: Node, categorical: "np.ndarray[Any, Any]", archive: Archive) -> None:
    nodes, binned, raw = (
        node.attributes[name].array for name in ("nodes", "binned_left_cat_bitsets", "raw_left_cat_bitsets")
    )
    kinds = {name: nodes.dtype[name].kind for name in nodes.dtype.names or ()} if nodes is not None else {}
    if (
        nodes is None
        or nodes.ndim != 1
        or not len(nodes)
        or any(kinds.get(at) != k for at, k in _PREDICTOR_FIELDS.items())
    ):
        raise archive.refused("has a tree predictor whose nodes are not an array of nodes")
    for bitset in (binned, raw):
        if bitset is None or bitset.ndim != 2 or bitset.shape[1] != 8 or bitset.dtype != np.uint32:
            raise archive.refused("has a tree predictor whose categories are no bitsets")
    left, right = nodes["left"].astype(np.int64), nodes["right"].astype(np.int64)
    inner = nodes["is_leaf"] == 0
    _check_shape(left, right, inner, archive, leaf=None)
    feature = nodes["feature_idx"][inner]
    if ((feature < 0) | (feature >= len(categorical))).any():
        raise archive.refused(f"has a tree that looks at a feature outside its {len(categorical)}")
    split = inner & (nodes["is_categorical"] != 0)
    if (nodes["bitset_idx"][split] >= min(len(binned), len(raw))).any():
        raise archive.refused("has a tree that looks up categories outside its bitsets")
    if not categorical[nodes["feature_idx"][split]].all():
        raise archive.refused("has a tree that takes a number for a category")


def _categorical(mapper: Node | None, features: int, archive: Archive) -> "np.ndarray[Any, Any]":
    """Which features are categories. Their known values are set as bits 0 … 255 of an array, unchecked."""
    if mapper is None or mapper.type != "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper":
        raise archive.refused("has a boosted model without its bins")
    flags = mapper.attributes.get("is_categorical_")
    if flags is None or flags.array is None or flags.array.shape != (features,) or flags.array.dtype.kind not in "bu":
        raise archive.refused("has a boosted model whose bins do not fit its features")
    categorical: np.ndarray[Any, Any] = flags.array.astype(bool)
    thresholds = mapper.attributes.get("bin_thresholds_", Node("", "")).items
    if len(thresholds) != features:
        raise archive.refused("has a boosted model whose bins do not fit its features")
    for index in np.flatnonzero(categorical):
        known = thresholds[index].array
        bad = known is None or known.ndim != 1 or known.dtype.kind != "f"
        if bad or not ((known >= 0) & (known < 256)).all():
            raise archive.refused("has a boosted model with categories outside 0 … 255")
    return categorical


def _check_preprocessor(node: Node | None, features: int, categories: bool, archive: Archive) -> None:
    """With categories, a ColumnTransformer stands before the trees; it must not change the number of columns."""
    if node is None or (node.loader == "JsonNode" and node.value is None):
        return
    listed = node.attributes.get("transformers_", Node("", "")).items
    # What is left over is dropped, and stands last as a step that does so.
    steps = [step for step in listed if not (len(step.items) == 3 and step.items[1].value == "drop")]
    remainder = node.attributes.get("remainder")
    masks: list[Any] = [step.items[2].array if len(step.items) == 3 else None for step in steps]
    kinds = [step.items[1].type if len(step.items) == 3 else "" for step in steps]
    wanted = [
        "sklearn.preprocessing._encoders.OrdinalEncoder",
        "sklearn.preprocessing._function_transformer.FunctionTransformer",
    ]
    fits = (
        categories
        and node.type == "sklearn.compose._column_transformer.ColumnTransformer"
        and kinds[: len(wanted)] == wanted[: len(kinds)]
        and 1 <= len(kinds) <= 2
        and all(mask is not None and mask.dtype == bool and mask.shape == (features,) for mask in masks)
        and bool((np.sum(masks, axis=0) == 1).all())
        and remainder is not None
        and remainder.value == "drop"
        and all(_keeps_columns(step.items[1]) for step in steps)
    )
    if not fits:
        raise archive.refused("has a boosted model whose preparation of columns is not scikit-learn's own")


def _keeps_columns(node: Node) -> bool:
    function = node.attributes.get("func")
    if function is None:
        return node.type.endswith("OrdinalEncoder")
    return function.loader == "PartialNode" and function.parts["func"].type == "sklearn.utils.validation.check_array"


def width(node: Node) -> int:
    """`n_features_in_` of an estimator; -2 if it has none, which equals no tree's number."""
    found = node.attributes.get("n_features_in_")
    return -2 if found is None else whole(found, -2)


def _members(node: Node, archive: Archive) -> list[Node]:
    """The trees of a forest, each with its tree."""
    held = node.attributes.get("estimators_")
    if held is None:
        return []
    for member in held.items:
        if member.type not in TREE_ESTIMATORS or "tree_" not in member.attributes:
            raise archive.refused("has a forest made of something else than trees")
    return held.items


def _check_shape(
    left: "np.ndarray[Any, Any]",
    right: "np.ndarray[Any, Any]",
    inner: "np.ndarray[Any, Any]",
    archive: Archive,
    leaf: int | None,
) -> int:
    """Check that nodes form one tree; see the drawing above.

    Args:
        inner: which nodes have children.
        leaf: what stands for "no child" in the others; None if that is not looked at.
    Returns: its depth; a lone leaf has 0.
    """
    count = len(left)
    places = np.arange(count)
    first, second = left[inner], right[inner]
    later = (first > places[inner]) & (second > places[inner]) & (first < count) & (second < count)
    if not later.all():
        raise archive.refused("has a tree with a child outside it, or a circle")
    if leaf is not None and ((left[~inner] != leaf) | (right[~inner] != leaf)).any():
        raise archive.refused("has a tree with a node that is half a leaf")
    parents = np.bincount(np.concatenate([first, second]), minlength=count)
    if parents[0] != 0 or (parents[1:] != 1).any():
        raise archive.refused("has a tree with a node that has two parents or none")
    depth, level = 0, places[:1]
    while (grown := level[inner[level]]).size:
        level = np.concatenate([left[grown], right[grown]])
        depth += 1
    return depth
