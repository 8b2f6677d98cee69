"""Nearest neighbours: KD and ball trees, and the estimators that hold the training set beside them.

A KD tree is a full binary tree of ranges over a permutation of the rows:

    node i: rows idx_array[idx_start : idx_end], children 2i+1 and 2i+2 unless it is a leaf

C code follows all of these without looking. It looks at the query's width, against the width of its own data.
"""

import numpy as np

from hito.flavors.safe.archive import Archive, within
from hito.flavors.safe.document import Node, whole

SEARCH_TREES = {
    f"sklearn.neighbors._{kind}_tree.{name}{bits}": bounds
    for kind, name, bounds in (("kd", "KDTree", 2), ("ball", "BallTree", 1))
    for bits in ("", "64")
}
"""Type → how many corners a node's bounds have."""
METRICS = frozenset(
    f"sklearn.metrics._dist_metrics.{name}Distance{bits}"
    for name in ("Euclidean", "Manhattan", "Chebyshev", "Minkowski")
    for bits in ("", "64")
)
"""Distances without a vector or matrix of their own, which C code would follow to the width of the data."""
SEARCHERS = frozenset(
    f"sklearn.neighbors.{module}.{name}"
    for module, names in {
        "_classification": "KNeighborsClassifier RadiusNeighborsClassifier",
        "_regression": "KNeighborsRegressor RadiusNeighborsRegressor",
        "_unsupervised": "NearestNeighbors",
        "_graph": "KNeighborsTransformer RadiusNeighborsTransformer",
        "_lof": "LocalOutlierFactor",
    }.items()
    for name in names.split()
)


def check_search_tree(node: Node, archive: Archive) -> None:
    """Check one KD or ball tree.

    Raises: InvalidArgument.
    """
    state = node.parts["attrs"].items if "attrs" in node.parts else []
    if len(state) != 13 or node.parts["attrs"].loader != "TupleNode":
        raise archive.refused("has a search tree of another form than scikit-learn's")
    data, order, nodes, bounds = (entry.array for entry in state[:4])
    leaf_size, levels, count = (whole(entry, -1) for entry in state[4:7])
    arrays = all(array is not None for array in (data, order, nodes, bounds))
    if not arrays or data.ndim != 2 or data.dtype != np.float64 or not data.size or not np.isfinite(data).all():
        raise archive.refused("has a search tree without proper data")
    rows, columns = data.shape
    if order.dtype != np.intp or order.shape != (rows,) or not within(order, rows):
        raise archive.refused("has a search tree that names rows outside its data")
    fields = {"idx_start": "i", "idx_end": "i", "is_leaf": "i", "radius": "f"}
    names = nodes.dtype.names or ()
    if nodes.ndim != 1 or set(names) != set(fields) or any(nodes.dtype[at].kind != kind for at, kind in fields.items()):
        raise archive.refused("has a search tree whose nodes are not an array of nodes")
    corners = SEARCH_TREES[node.type]
    # 2 ** levels overflows nothing: it is compared with a length that exists.
    fits = (
        leaf_size >= 1
        and 1 <= levels < 60
        and count == len(nodes) == 2**levels - 1
        and bounds.dtype == np.float64
        and bounds.shape == (corners, count, columns)
    )
    if not fits:
        raise archive.refused("has a search tree whose nodes do not fit its levels")
    start, end = nodes["idx_start"], nodes["idx_end"]
    if (start < 0).any() or (end < start).any() or (end > rows).any():
        raise archive.refused("has a search tree with a range outside its data")
    bottom = np.arange(count) >= count // 2
    if (nodes["is_leaf"][bottom] == 0).any():
        raise archive.refused("has a search tree with a child outside it")
    if state[11].type not in METRICS:
        raise archive.refused(f"has a search tree with the distance {state[11].type}, which is not allowed")
    weight = state[12]
    if weight.value is not None or weight.loader not in ("JsonNode", "NdArrayNode"):
        raise archive.refused("has a search tree with strange weights")
    if weight.array is not None and (weight.array.shape != (rows,) or weight.array.dtype != np.float64):
        raise archive.refused("has a search tree with weights for other rows")


def check_metric(node: Node, archive: Archive) -> None:
    """A distance is (p, vector, matrix); ours have a vector and a matrix of one zero each, or none."""
    state = node.parts["attrs"].items if "attrs" in node.parts else []
    plain = len(state) == 3 and isinstance(state[0].value, int | float)
    if not plain or any(entry.array is None or entry.array.size > 1 for entry in state[1:]):
        raise archive.refused("has a distance with parameters of its own")
    if (
        any(entry.array.dtype != np.float64 for entry in state[1:])
        or state[1].array.ndim != 1
        or state[2].array.ndim != 2
    ):
        raise archive.refused("has a distance with parameters of a strange kind")


def check_searcher(node: Node, archive: Archive) -> None:
    """The training set, its labels and its tree must have the same rows: C code takes the labels of rows by number."""
    attributes = node.attributes
    if "_fit_X" not in attributes:
        return
    rows = _rows(attributes["_fit_X"])
    said = attributes.get("n_samples_fit_")
    if rows < 1 or said is None or whole(said, -1) != rows:
        raise archive.refused("has a neighbours model whose training set is not as long as it says")
    tree = attributes.get("_tree")
    if tree is not None and tree.type in SEARCH_TREES:
        if tree.parts["attrs"].items[0].array.shape[0] != rows:
            raise archive.refused("has a neighbours model whose tree holds another training set")
    elif tree is not None and not (tree.loader == "JsonNode" and tree.value is None):
        raise archive.refused("has a neighbours model with something else than a tree")
    for name in ("_y",):
        labels = attributes.get(name)
        if labels is not None and labels.loader != "JsonNode" and _rows(labels) != rows:
            raise archive.refused("has a neighbours model with labels for another training set")


def check_hierarchy(node: Node, archive: Archive) -> None:
    """HDBSCAN's linkage: step i joins two of the first rows + i clusters."""
    linkage = node.attributes.get("_single_linkage_tree_")
    if linkage is None:
        return
    steps = linkage.array
    names = {"left_node", "right_node"}
    if steps is None or steps.ndim != 1 or not names <= set(steps.dtype.names or ()):
        raise archive.refused("has a hierarchy of clusters that is none")
    limit = np.arange(len(steps)) + len(steps) + 1
    for name in names:
        if steps[name].dtype.kind != "i" or ((steps[name] < 0) | (steps[name] >= limit)).any():
            raise archive.refused("has a hierarchy with a cluster outside it")


def _rows(node: Node) -> int:
    """The rows of an array or sparse matrix; -1 for anything else."""
    if node.shape is not None:
        return node.shape[0]
    if node.array is not None and node.array.ndim >= 1:
        return int(node.array.shape[0])
    return len(node.items) if node.loader == "NdArrayNode" and node.array is None else -1
