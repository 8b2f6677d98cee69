"""Labels of classes: their order, their codes, and the probabilities that belong to them."""

from collections.abc import Sequence
from typing import Any

from hito.core.errors import InvalidArgument

_MOST_CLASSES = 1000
_TOLERANCE = 1e-3
"""How far from 1 the probabilities of a row may add up."""


def in_order(known: Any, answer: Any, own: Any, columns: int | None) -> tuple[list[Any], list[Any]]:
    """All classes, those of the model first; and those of the truth that the model does not know.

    Raises: InvalidArgument: truth and model have no label in common, or there are too many for classes.
    """
    found = _unique(known)
    said = _unique(answer) if answer is not None else []
    if own is None:
        classes = _sorted([*found, *said])
        if columns is not None and columns != len(classes):
            if columns < len(classes) or not all(isinstance(one, int) and 0 <= one < columns for one in classes):
                raise InvalidArgument(
                    f"There are probabilities of {columns} classes, and labels of {len(classes)}; say which class each "
                    "column is by label_list."
                )
            classes = list(range(columns))
    else:
        classes = [_native(one) for one in own]
        if not set(found) & set(classes):
            raise InvalidArgument(
                f"The labels of y ({shown(found)}) are none of the model's ({shown(classes)}); "
                "give y as the model was trained on it, encoded in the same way."
            )
    unknown = [one for one in _sorted([*found, *said]) if one not in set(classes)]
    classes += unknown
    if len(classes) > _MOST_CLASSES:
        raise InvalidArgument(
            f"There are {len(classes)} classes, more than {_MOST_CLASSES}; is this a regression? Say model_type='regressor'."
        )
    if len(classes) == 1:  # a truth of one class and a model that says nothing else: there is another one
        classes.append(0 if classes[0] == 1 else 1 if classes[0] == 0 else f"not {classes[0]}")
        classes = _sorted(classes)
    return classes, unknown


def probabilities(found: Any, classes: int) -> tuple[Any, str]:
    """Probabilities with a column for each class, also for those that the model does not know; or why not."""
    import numpy as np

    try:
        chances = found.astype(np.float64)
    except (TypeError, ValueError):
        return None, "The model's probabilities are no numbers."
    if chances.shape[1] > classes:
        return None, f"The model has probabilities of {chances.shape[1]} classes; there are {classes}."
    if not np.isfinite(chances).all():
        return None, "Some of the model's probabilities are missing or infinite."
    if (chances < -1e-9).any() or (np.abs(chances.sum(axis=1) - 1) > _TOLERANCE).any():
        return None, "The model's probabilities do not add up to 1 in every row."
    if chances.shape[1] < classes:
        chances = np.column_stack([chances, np.zeros((len(chances), classes - chances.shape[1]))])
    return np.clip(chances, 0, 1), ""


def precision_of(chances: Any) -> float:
    """The smallest step of the probabilities' own numbers: what a logarithm is kept away from 0 by."""
    import numpy as np

    kind = getattr(chances, "dtype", None)
    return float(np.finfo(kind).eps) if kind is not None and kind.kind == "f" else 2.0**-52


def codes_of(values: Any, order: Sequence[Any]) -> Any:
    """The place of each label in the order, int64."""
    import numpy as np

    places = {one: place for place, one in enumerate(order)}
    uniques, inverse = np.unique(_comparable(values), return_inverse=True)
    return np.array([places[_native(one)] for one in uniques], dtype=np.int64)[inverse.reshape(-1)]


def _unique(values: Any) -> list[Any]:
    import numpy as np

    return [_native(one) for one in np.unique(_comparable(values))]


def _comparable(values: Any) -> Any:
    """Labels that can be sorted: mixed ones as texts."""
    import numpy as np

    if values.dtype.kind != "O":
        return values
    kinds = {type(one) for one in values.tolist()}
    return np.array([str(one) for one in values.tolist()]) if len(kinds) > 1 or str in kinds else values


def _native(label: Any) -> Any:
    """A label as Python's own value; a whole number is an int, whatever it was written as."""
    plain = label.item() if hasattr(label, "item") else label
    if isinstance(plain, bool | float) and plain == int(plain):
        return int(plain)
    return plain


def _sorted(labels: Sequence[Any]) -> list[Any]:
    distinct = list(dict.fromkeys(labels))
    try:
        return sorted(distinct)
    except TypeError:
        return sorted(distinct, key=lambda one: (type(one).__name__, one))


def place_of(label: Any, order: Sequence[Any]) -> int:
    """The place of one label that a person gave. Raises: InvalidArgument: it is none of them."""
    plain = _native(label)
    for place, one in enumerate(order):
        if one == plain or str(one) == str(label):
            return place
    raise InvalidArgument(f"The positive label {label!r} is none of the classes {shown(order)}.")


def shown(labels: Sequence[Any], most: int = 6) -> str:
    """Labels as a message lists them."""
    words = ", ".join(repr(one) for one in labels[:most])
    return words if len(labels) <= most else f"{words}, … ({len(labels)})"
