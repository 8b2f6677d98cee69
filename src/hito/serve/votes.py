"""A forest's votes, counted exactly as scikit-learn counts them, for rows on which its classes (nearly) tie.

Half of a hundred trees say yes, half say no: then the last bit of a sum decides, and every engine that adds in another
order, or in fewer bits, may decide otherwise. It is rare for real rows, but it happens; the Python model would answer
rightly, and would have to be loaded for it. So the trees are kept as arrays as well, and a tie is counted here:

    nodes    column │ threshold │ left │ right │ where a NaN goes │ leaf: the share of each class
             int32    float64     int32  int32   bool               float64 × classes

    for each tree, in order:  x as a 32-bit number ≤ threshold ? left : right  … until a leaf;  sum += shares
    label = the first of the largest

All trees of a row go down together, one level at a time.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FORESTS = frozenset({"RandomForestClassifier", "ExtraTreesClassifier"})
_TREES = frozenset({"DecisionTreeClassifier", "ExtraTreeClassifier"})
_ROWS = 512
"""Counted at once: a few megabytes of places."""


class Votes:
    """Counts. Any thread may ask.

    Args:
        arrays: `column`, `threshold`, `left`, `right`, `gaps_left`, `shares` of all nodes, `roots` of the trees.
    """

    def __init__(self, arrays: "dict[str, NDArray[Any]]") -> None:
        self._column = arrays["column"]
        self._threshold = arrays["threshold"]
        self._left = arrays["left"]
        self._right = arrays["right"]
        self._gaps_left = arrays["gaps_left"]
        self._shares = arrays["shares"]
        self._roots = arrays["roots"]

    @staticmethod
    def read(path: Path) -> "Votes":
        """Arrays only: numpy refuses to unpickle here."""
        with np.load(path, allow_pickle=False) as found:
            return Votes({name: found[name] for name in found.files})

    @staticmethod
    def write(arrays: "dict[str, NDArray[Any]]", path: Path) -> None:
        """What `read` reads."""
        save: Any = np.savez
        save(path, **arrays)

    @staticmethod
    def of(model: Any) -> "dict[str, NDArray[Any]] | None":
        """The arrays of a fitted forest or tree of scikit-learn; None for any other model."""
        name = type(model).__name__
        if type(model).__module__.partition(".")[0] != "sklearn" or name not in _FORESTS | _TREES:
            return None
        if getattr(model, "n_outputs_", 1) != 1:
            return None
        trees = [one.tree_ for one in (model.estimators_ if name in _FORESTS else [model])]
        starts = np.cumsum([0, *(tree.node_count for tree in trees)])[:-1]
        inner = [tree.children_left >= 0 for tree in trees]

        def joined(values: "list[NDArray[Any]]", dtype: str) -> "NDArray[Any]":
            return np.concatenate(values).astype(dtype)

        shares = np.concatenate([tree.value[:, 0, :] for tree in trees])
        return {
            "column": joined(
                [np.where(yes, tree.feature, -1) for tree, yes in zip(trees, inner, strict=True)], "int32"
            ),
            "threshold": joined([tree.threshold for tree in trees], "float64"),
            "left": joined([tree.children_left + start for tree, start in zip(trees, starts, strict=True)], "int32"),
            "right": joined([tree.children_right + start for tree, start in zip(trees, starts, strict=True)], "int32"),
            "gaps_left": joined([tree.missing_go_to_left for tree in trees], "bool"),
            "shares": shares.astype("float64"),
            "roots": starts.astype("int32"),
        }

    def winners(self, rows: "NDArray[np.float64]") -> "NDArray[np.intp]":
        """The place of the winning class, for each row of shape (n, columns)."""
        found = [self._some(rows[start : start + _ROWS]) for start in range(0, len(rows), _ROWS)]
        return np.concatenate(found) if found else np.zeros(0, dtype=np.intp)

    def _some(self, rows: "NDArray[np.float64]") -> "NDArray[np.intp]":
        with np.errstate(over="ignore"):
            values = rows.astype(np.float32)
        count = len(values)
        place = np.repeat(self._roots[None, :], count, axis=0)  # (rows, trees)
        which = np.arange(count)[:, None]
        while True:
            column = self._column[place]
            going = column >= 0
            if not going.any():
                break
            value = values[which, np.maximum(column, 0)]
            left = np.where(np.isnan(value), self._gaps_left[place], value <= self._threshold[place])
            place = np.where(going, np.where(left, self._left[place], self._right[place]), place)
        shares = np.zeros((count, self._shares.shape[1]))
        for tree in range(place.shape[1]):  # one after the other: the order of a sum decides its last bit
            shares += self._shares[place[:, tree]]
        first: NDArray[np.intp] = np.argmax(shares / place.shape[1], axis=1)
        return first
