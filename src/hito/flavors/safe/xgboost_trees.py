"""Trees of XGBoost, in JSON or UBJ, checked before XGBoost reads them.

XGBoost believes its files: a child outside the tree, a tree that leads back to its root, a feature it does not have —
and `predict` crashes, hangs, or reads foreign memory (tried with 3.2). A tree is a set of arrays, one entry for a node:

    left_children   1  -1  -1      both children inside, or none: a leaf
    right_children  2  -1  -1      no node has two parents, the first has none: so no walk from it goes in a circle
    split_indices   3   0   0      within num_feature
    tree_info       0              one entry for a tree: the column of the output that it adds to
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from hito.core.errors import InvalidArgument
from hito.flavors.safe import ubj
from hito.flavors.safe.archive import within

MAX_OUTPUTS = 1_000_000
MAX_CATEGORY = 2**24
"""XGBoost's own limit: categories are kept as 32-bit floats."""
MAX_NODES = 2**31 - 1

_PER_NODE = ("left_children", "right_children", "parents", "split_indices", "split_conditions", "default_left")


def check_xgboost(content: bytes, what: str) -> None:
    """Check a model file of XGBoost.

    Args:
        content: JSON or UBJ. XGBoost tells them by the second byte, and so do we.
        what: names the file in messages.
    Raises: InvalidArgument: it is neither, or not sound.
    """
    try:
        if content[:2] == b'{"':
            model = json.loads(content, object_pairs_hook=_once)
        elif content[:1] == b"{" and content[1:2].isalpha():
            model = ubj.parse(content)
        else:
            raise InvalidArgument("it is neither XGBoost's JSON nor its UBJ")
        # A Booster that skops keeps carries its settings around the model.
        _check_learner(model.get("Model", model)["learner"])
    except InvalidArgument as error:
        raise InvalidArgument(f"{what} is not read by XGBoost: {error.message}") from None
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError, RecursionError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise InvalidArgument(f"{what} is not read by XGBoost: it has not the form of a model ({reason})") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InvalidArgument("it has a key twice")
    return found


def _check_learner(learner: Mapping[str, Any]) -> None:
    param = learner["learner_model_param"]
    features, classes, targets = (int(param.get(name, 0)) for name in ("num_feature", "num_class", "num_target"))
    outputs = max(classes, targets, 1)
    if not 0 <= features <= MAX_NODES or min(classes, targets) < 0 or outputs > MAX_OUTPUTS:
        raise InvalidArgument("it has impossible numbers of features or outputs")
    booster = learner["gradient_booster"]
    name = booster["name"]
    if name == "gblinear":
        _expect(len(booster["model"]["weights"]) == (features + 1) * outputs, "its weights do not fit its features")
        return
    if name == "dart":
        _expect(
            len(booster["weight_drop"]) == len(booster["gbtree"]["model"]["trees"]), "it drops trees it does not have"
        )
        booster = booster["gbtree"]
    elif name != "gbtree":
        raise InvalidArgument(f"its booster {name!r} is not known")
    _check_forest(booster["model"], features, outputs)


def _check_forest(model: Mapping[str, Any], features: int, outputs: int) -> None:
    trees, info = model["trees"], np.asarray(model["tree_info"], dtype=np.int64)
    param = model["gbtree_model_param"]
    _expect(int(param["num_trees"]) == len(trees) == len(info), "it has another number of trees than it says")
    _expect(within(info, outputs), "a tree adds to an output that there is not")
    _expect(1 <= int(param.get("num_parallel_tree", 1)) <= MAX_OUTPUTS, "it grows no tree at a time")
    if "iteration_indptr" in model:
        steps = np.asarray(model["iteration_indptr"], dtype=np.int64)
        rising = len(steps) > 0 and steps[0] == 0 and steps[-1] == len(trees) and bool((np.diff(steps) >= 0).all())
        _expect(rising, "its rounds do not fit its trees")
    for tree in trees:
        _check_tree(tree, features, outputs)
    if "cats" in model:
        _check_categories(model["cats"])


def _check_tree(tree: Mapping[str, Any], features: int, outputs: int) -> None:
    param = tree["tree_param"]
    count, width = int(param["num_nodes"]), int(param.get("size_leaf_vector", 1))
    _expect(0 < count <= MAX_NODES and int(param["num_feature"]) <= max(features, 1), "a tree is empty, or too wide")
    arrays = {name: np.asarray(tree[name]) for name in _PER_NODE}
    _expect(all(array.shape == (count,) for array in arrays.values()), "a tree has arrays of other lengths")
    left, right, parents, split = (arrays[name].astype(np.int64) for name in _PER_NODE[:4])
    inner = left != -1
    # A leaf with a vector of weights keeps the vector's number in the place of its right child.
    ends = right[~inner]
    half = not within(ends, len(ends)) if width > 1 else bool((ends != -1).any())
    _expect(not half, "a tree has a node that is half a leaf")
    first, second = left[inner], right[inner]
    _expect(within(first, count) and within(second, count), "a tree has a child outside it")
    held = np.bincount(np.concatenate([first, second]), minlength=count)
    _expect(held[0] == 0 and bool((held <= 1).all()), "a tree has a circle, or a node with two parents")
    places = np.flatnonzero(inner)
    _expect(
        bool((parents[first] == places).all() and (parents[second] == places).all()), "a tree has a child of another"
    )
    _expect(within(split[inner], features), "a tree looks at a feature that there is not")
    if width > 1:
        leaves = len(np.asarray(tree.get("leaf_weights", [])))
        _expect(width == outputs, "a tree has leaves of another width than the output")
        _expect(leaves == 0 or leaves == int((~inner).sum()) * width, "a tree has leaves without weights")
        _expect(len(tree["base_weights"]) == count * width, "a tree has nodes without weights")
    _check_splits(tree, count)


def _check_splits(tree: Mapping[str, Any], count: int) -> None:
    """Splits by category: node categories_nodes[i] has categories[segment : segment + size]."""
    if "split_type" not in tree:
        return
    kind = np.asarray(tree["split_type"], dtype=np.int64)
    nodes, starts, sizes, values = (
        np.asarray(tree[name], dtype=np.int64)
        for name in ("categories_nodes", "categories_segments", "categories_sizes", "categories")
    )
    _expect(kind.shape == (count,) and within(kind, 2), "a tree has splits of an unknown kind")
    _expect(len(nodes) == len(starts) == len(sizes), "a tree has categories without a node")
    _expect(np.array_equal(np.flatnonzero(kind == 1), nodes), "a tree has categories for another node")
    inside = (starts >= 0) & (sizes >= 0) & (starts + sizes <= len(values))
    _expect(bool(inside.all()), "a tree has categories outside its list")
    _expect(within(values, MAX_CATEGORY), "a tree has a category that is too large")


def _check_categories(cats: Mapping[str, Any]) -> None:
    """The names of categories, by which a frame's own are translated: texts cut by offsets, or numbers."""
    segments, order = (np.asarray(cats[name], dtype=np.int64) for name in ("feature_segments", "sorted_idx"))
    encodings = cats["enc"]
    if not len(encodings):
        _expect(len(order) == 0, "it has categories without names")
        return
    lengths = []
    for encoding in encodings:
        values = np.asarray(encoding["values"])
        if "offsets" in encoding:
            cuts = np.asarray(encoding["offsets"], dtype=np.int64)
            good = len(cuts) == 0 or (cuts[0] == 0 and cuts[-1] == len(values) and bool((np.diff(cuts) >= 0).all()))
            _expect(good and (len(cuts) > 0 or len(values) == 0), "it has names of categories that are cut outside")
            lengths.append(max(len(cuts) - 1, 0))
        else:
            lengths.append(len(values))
    wanted = np.concatenate([[0], np.cumsum(lengths)])
    _expect(np.array_equal(segments, wanted) and len(order) == wanted[-1], "it has more or fewer names than categories")
    for start, length in zip(wanted, lengths, strict=False):
        _expect(within(order[start : start + length], max(length, 1)), "it has a name of a category that there is not")


def _expect(holds: bool, problem: str) -> None:
    if not holds:
        raise InvalidArgument(problem)
