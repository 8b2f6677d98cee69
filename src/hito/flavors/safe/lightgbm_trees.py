"""Trees of LightGBM, in its text, checked before LightGBM reads them.

tree                          LightGBM cuts the text by tree_sizes (bytes), in threads whose errors nobody catches:
num_class=1                   a wrong size ends the whole process. What it reads it believes.
tree_sizes=333 576
…
Tree=0
num_leaves=3                  two inner nodes
left_child=1 -1               0 or more: an inner node; below: leaf number -n - 1, so that -1 is the first
right_child=-2 -3             every inner node but the first, and every leaf, is the child of exactly one
…
end of trees
"""

import re

import numpy as np

from hito.core.errors import InvalidArgument
from hito.flavors.safe.archive import within

MAX_OUTPUTS = 1_000_000
MAX_BYTES = 4 * 1024**3

Fields = dict[str, str]


def check_lightgbm(content: bytes, what: str) -> None:
    """Check a model file of LightGBM.

    Args:
        content: its text.
        what: names the file in messages.
    Raises: InvalidArgument: it is none, or not sound.
    """
    try:
        _check(content)
    except InvalidArgument as error:
        raise InvalidArgument(f"{what} is not read by LightGBM: {error.message}") from None
    except (KeyError, ValueError, IndexError, OverflowError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise InvalidArgument(f"{what} is not read by LightGBM: it has not the form of a model ({reason})") from None


def _check(content: bytes) -> None:
    start = content.find(b"\nTree=") + 1
    _expect(
        content.startswith(b"tree\n") and len(content) <= MAX_BYTES and b"\0" not in content, "it is no model's text"
    )
    # A model without a single tree has an end alone.
    head = content[: start or content.find(b"end of trees")]
    header = _fields(head)
    features, classes, columns = (
        int(header["max_feature_idx"]) + 1,
        int(header["num_class"]),
        int(header["num_tree_per_iteration"]),
    )
    _expect(1 <= features < 2**31 and 1 <= classes <= MAX_OUTPUTS, "it has impossible numbers of features or classes")
    _expect(columns == classes, "it has another number of trees in a round than of classes")
    said = re.search(r"num_class:(\S+)", header.get("objective", ""))
    _expect(said is None or int(said[1]) == classes, "its objective has another number of classes")
    sizes = [int(size) for size in header["tree_sizes"].split()]
    _expect(len(sizes) % columns == 0, "its last round lacks trees")
    at = start
    for number, size in enumerate(sizes):
        block = content[at : at + size]
        _expect(size > 0 and block.startswith(b"Tree=%d\n" % number), f"tree {number} is not where it is said to be")
        _check_tree(_fields(block), features)
        at += size
    _expect(
        content[at or len(head) :].lstrip(b"\n").startswith(b"end of trees"), "its trees do not end where they should"
    )


def _fields(block: bytes) -> Fields:
    found: Fields = {}
    for line in block.decode().splitlines():
        name, separator, value = line.partition("=")
        if separator:
            _expect(name not in found, f"{name} stands twice")
            found[name] = value
    return found


def _check_tree(fields: Fields, features: int) -> None:
    leaves, categories = int(fields["num_leaves"]), int(fields["num_cat"])
    inner = leaves - 1
    _expect(1 <= leaves < 2**31 and categories >= 0, "a tree has impossible numbers of leaves or categories")
    _expect(len(_numbers(fields["leaf_value"])) == leaves, "a tree has leaves without a value")
    if inner:
        left, right, split = (_whole(fields[name], inner) for name in ("left_child", "right_child", "split_feature"))
        _check_children(np.concatenate([left, right]), inner, leaves)
        _expect(within(split, features), "a tree looks at a feature that there is not")
        kinds, thresholds = _whole(fields["decision_type"], inner), _numbers(fields["threshold"])
        _expect(within(kinds, 128) and len(thresholds) == inner, "a tree has decisions of an unknown kind")
        _check_categories(fields, categories, thresholds[(kinds & 1) == 1])
    for name, length in (
        ("leaf_count", leaves),
        ("leaf_weight", leaves),
        ("internal_value", inner),
        ("internal_count", inner),
    ):
        if fields.get(name, "").strip():
            _expect(len(_numbers(fields[name])) == length, f"a tree has {name} for other nodes")
    if fields.get("is_linear", "0").strip() != "0":
        _check_linear(fields, leaves, features)


def _check_children(children: "np.ndarray[tuple[int], np.dtype[np.int64]]", inner: int, leaves: int) -> None:
    nodes, ends = children[children >= 0], -children[children < 0] - 1
    _expect(within(nodes, inner) and within(ends, leaves), "a tree has a child outside it")
    parents = np.bincount(nodes, minlength=inner)
    _expect(parents[0] == 0 and bool((parents[1:] == 1).all()), "a tree has a circle, or a node with two parents")
    _expect(bool((np.bincount(ends, minlength=leaves) == 1).all()), "a tree has a leaf with two parents or none")


def _check_categories(fields: Fields, count: int, chosen: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> None:
    """A split by category has a number as its threshold: which piece of cat_threshold, cut by cat_boundaries."""
    _expect(
        bool((chosen == np.floor(chosen)).all()) and within(chosen, count), "a tree has categories that there are not"
    )
    if not count:
        return
    cuts, words = _whole(fields["cat_boundaries"], count + 1), _whole(fields["cat_threshold"], None)
    good = cuts[0] == 0 and cuts[-1] == len(words) and bool((np.diff(cuts) >= 0).all()) and within(words, 2**32)
    _expect(good, "a tree has categories outside its list")


def _check_linear(fields: Fields, leaves: int, features: int) -> None:
    counts = _whole(fields["num_features"], leaves)
    used, weights = _whole(fields["leaf_features"], None), _numbers(fields["leaf_coeff"])
    good = bool((counts >= 0).all()) and int(counts.sum()) == len(used) == len(weights) and within(used, features)
    _expect(good and len(_numbers(fields["leaf_const"])) == leaves, "a tree has leaves whose lines do not fit")


def _numbers(text: str) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.array([float(word) for word in text.split()], dtype=np.float64)


def _whole(text: str, length: int | None) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    found = np.array([int(word) for word in text.split()], dtype=np.int64)
    _expect(length is None or len(found) == length, "a tree has lists of other lengths")
    return found


def _expect(holds: object, problem: str) -> None:
    if not holds:
        raise InvalidArgument(problem)
