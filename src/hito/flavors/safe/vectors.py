"""Models made of vectors that C code takes at their word: support vectors, cluster centres, splines, vocabularies.

What is checked is always the same: the parts have lengths that fit each other and the input's width, and numbers that
are used as places lie inside.
"""

import itertools
from typing import Any

import numpy as np

from hito.flavors.safe.archive import Archive, within
from hito.flavors.safe.document import Node, whole
from hito.flavors.safe.trees import width

CLASSIFYING_MACHINES = frozenset(f"sklearn.svm._classes.{name}" for name in ("SVC", "NuSVC"))
MACHINES = CLASSIFYING_MACHINES | frozenset(f"sklearn.svm._classes.{name}" for name in ("SVR", "NuSVR", "OneClassSVM"))
CENTRED = frozenset(
    f"sklearn.cluster.{name}"
    for name in ("_kmeans.KMeans", "_kmeans.MiniBatchKMeans", "_bisect_k_means.BisectingKMeans")
)
ENCODERS = frozenset({"sklearn.preprocessing._encoders.OneHotEncoder"})
VOCABULARIES = frozenset(
    f"sklearn.feature_extraction.{name}"
    for name in ("text.CountVectorizer", "text.TfidfVectorizer", "_dict_vectorizer.DictVectorizer")
)


def check_machine(node: Node, archive: Archive) -> None:
    """A support vector machine: libsvm gets pointers and counts.

    With n vectors and c classes: support_ (n), support_vectors_ (n, features), _n_support (c), their sum n,
    _dual_coef_ (c-1, n), _intercept_ c(c-1)/2, and _probA, _probB of that length or none.
    """
    attributes = node.attributes
    if "support_vectors_" not in attributes:
        return
    support, each, intercept = (_array(attributes, name) for name in ("support_", "_n_support", "_intercept_"))
    vectors, weights = attributes["support_vectors_"], attributes.get("_dual_coef_")
    if support is None or each is None or intercept is None or weights is None:
        raise archive.refused("has a support vector machine that lacks a part")
    count = len(support) if support.ndim == 1 else -1
    # Regression and one-class machines have two imaginary classes with one threshold between them.
    classes = len(each) if node.type in CLASSIFYING_MACHINES and each.ndim == 1 else 2
    pairs = classes * (classes - 1) // 2
    wide = _shape(vectors)
    precomputed = "kernel" in attributes and attributes["kernel"].value == "precomputed"
    fits = (
        support.dtype == np.int32
        and each.dtype == np.int32
        and each.ndim == 1
        and classes >= 2
        and bool((each >= 0).all())
        and (node.type not in CLASSIFYING_MACHINES or int(each.sum(dtype=np.int64)) == count)
        and _shape(weights) == (classes - 1, count)
        and intercept.shape == (pairs,)
        and intercept.dtype == np.float64
        and (wide == (count, width(node)) or (precomputed and wide is not None and 0 in wide))
        and all(_is_probability(attributes.get(name), pairs) for name in ("_probA", "_probB"))
        and _one_length(attributes, ("_probA", "_probB"))
        and _is_dense_kind(vectors, attributes)
    )
    if not fits:
        raise archive.refused("has a support vector machine whose parts do not fit each other")
    fitted = attributes.get("shape_fit_")
    rows = whole(fitted.items[0], -1) if fitted is not None and fitted.items else -1
    if rows < 0 or not within(support, rows):
        raise archive.refused("has a support vector machine that names rows outside its training set")


def _is_dense_kind(vectors: Node, attributes: dict[str, Node]) -> bool:
    """Sparse machines hold sparse vectors, dense ones arrays; libsvm is called by the flag `_sparse`."""
    flag = attributes.get("_sparse")
    weights = attributes["_dual_coef_"]
    if flag is None or not isinstance(flag.value, bool):
        return False
    sparse = [entry.shape is not None for entry in (vectors, weights)]
    if flag.value:
        return all(sparse) and all(entry.type.startswith("scipy.sparse._csr.") for entry in (vectors, weights))
    return not any(sparse) and all(
        entry.array is not None and entry.array.dtype == np.float64 for entry in (vectors, weights)
    )


def _is_probability(node: Node | None, pairs: int) -> bool:
    return node is not None and node.array is not None and node.array.shape in ((0,), (pairs,))


def _one_length(attributes: dict[str, Node], names: tuple[str, str]) -> bool:
    first, second = (_array(attributes, name) for name in names)
    return first is not None and second is not None and first.shape == second.shape


def check_centres(node: Node, archive: Archive) -> None:
    """Cluster centres: C code reads as many numbers of each as the input has columns."""
    centres = node.attributes.get("cluster_centers_")
    if centres is None:
        return
    array = centres.array
    if (
        array is None
        or array.ndim != 2
        or array.shape[0] < 1
        or array.shape[1] != width(node)
        or array.dtype.kind != "f"
    ):
        raise archive.refused("has cluster centres of another width than its input")
    root = node.attributes.get("_bisecting_tree")
    waiting = [] if root is None else [root]
    while waiting:
        branch = waiting.pop()
        centre = branch.attributes.get("center")
        sides = [branch.attributes[name] for name in ("left", "right") if name in branch.attributes]
        waiting += [side for side in sides if side.type.endswith("._BisectingTree")]
        if (
            centre is None
            or centre.array is None
            or centre.array.shape != (width(node),)
            or centre.array.dtype.kind != "f"
        ):
            raise archive.refused("has cluster centres of another width than its input")


def check_spline(node: Node, archive: Archive) -> None:
    """A spline: knots t, coefficients c, degree k. C code reads c up to len(t) - k - 1, and k + 1 knots around x."""
    # scipy before 1.16 has no underscore.
    marks = {name.startswith("_") for name in node.attributes if name in ("t", "c", "_t", "_c")}
    mark = "_" if marks == {True} else ""
    knots, coefficients = (_array(node.attributes, mark + name) for name in ("t", "c"))
    degree = whole(node.attributes["k"], -1) if "k" in node.attributes else -1
    fits = (
        len(marks) == 1
        and knots is not None
        and coefficients is not None
        and 0 <= degree < 1000
        and knots.ndim == 1
        and knots.dtype == np.float64
        and len(knots) >= 2 * degree + 2
        and bool(np.isfinite(knots).all())
        and bool((np.diff(knots) >= 0).all())
        and bool(knots[degree] < knots[len(knots) - degree - 1])
        and coefficients.ndim >= 1
        and coefficients.dtype == np.float64
        and coefficients.shape[0] >= len(knots) - degree - 1
        and whole(node.attributes.get("axis", Node("", "")), -1) == 0
    )
    if not fits:
        raise archive.refused("has a spline whose knots and coefficients do not fit")


def check_encoder(node: Node, archive: Archive) -> None:
    """One-hot: a category's place among the sorted categories becomes a column of a sparse matrix."""
    categories = node.attributes.get("categories_")
    if categories is None:
        return
    widths = node.attributes.get("_n_features_outs")
    dropped = node.attributes.get("drop_idx_")
    columns = [_length_if_sorted(entry) for entry in categories.items]
    said = [] if widths is None else [whole(entry, -1) for entry in widths.items]
    if widths is None or len(said) != len(columns) or -1 in columns:
        raise archive.refused("has an encoder whose categories are not sorted or not counted")
    grouped = node.attributes.get("_infrequent_enabled")
    rare = grouped is not None and grouped.value is True
    one_less = dropped is not None and not (dropped.loader == "JsonNode" and dropped.value is None)
    mappings = node.attributes.get("_default_to_infrequent_mappings", Node("", "")).items if rare else []
    for at, wanted in enumerate(columns):
        mapping = mappings[at].array if at < len(mappings) else None
        if mapping is not None:
            if mapping.shape != (wanted,) or mapping.dtype.kind != "i" or (mapping < 0).any():
                raise archive.refused("has an encoder that groups categories it does not have")
            wanted = int(mapping.max(initial=-1)) + 1
        if said[at] < wanted - one_less:
            raise archive.refused("has an encoder with fewer columns than categories")


def _length_if_sorted(node: Node) -> int:
    """How many categories there are; -1 if they are not in rising order, in which they are searched."""
    if node.array is not None:
        values = node.array
        if values.ndim != 1 or values.dtype.kind == "c":
            return -1
        if values.dtype.kind == "f":
            values = values[~np.isnan(values)]  # NaN is a category, and stands last
        return len(node.array) if bool((values[1:] > values[:-1]).all()) else -1
    plain = [entry.value for entry in node.items]
    # None and NaN stand last, the latter behind the former.
    known = [value for value in plain if value is not None and value == value]
    try:
        rising = all(first < second for first, second in itertools.pairwise(known))
    except TypeError:
        return -1
    return len(plain) if rising and plain[: len(known)] == known else -1


def check_vocabulary(node: Node, archive: Archive) -> None:
    """A vocabulary: every word has a column of a sparse matrix that is as wide as the vocabulary is long."""
    words = node.attributes.get("vocabulary_")
    if words is None:
        return
    places = [whole(entry, -1) for entry in words.parts.values()]
    if words.type != "builtins.dict" or not within(np.asarray(places, dtype=np.int64), len(places)):
        raise archive.refused("has a vocabulary with a word outside it")


def _array(attributes: dict[str, Node], name: str) -> Any:
    return attributes[name].array if name in attributes else None


def _shape(node: Node) -> tuple[int, ...] | None:
    if node.shape is not None:
        return node.shape
    return None if node.array is None else tuple(node.array.shape)
