"""Training data as autolog sees it: described, and its first rows taken; never changed, never kept."""

import sys
from typing import Any

from hito.client.entities import Dataset
from hito.core.signature import Signature
from hito.fluent import data

_ROWS = 5
"""Rows of which a signature is inferred, and that are kept as example."""
NAME = "dataset"


def is_frame(given: Any) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(given, pandas.DataFrame)


def is_array(given: Any) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(given, numpy.ndarray)


def describe(features: Any, targets: Any = None, name: str = NAME) -> Dataset | None:
    """The dataset of a DataFrame or an array; None for what cannot be described, such as sparse matrices and lists."""
    if is_frame(features):
        return data.entity(data.from_pandas(features, name=name))
    if is_array(features):
        if hasattr(targets, "to_numpy"):
            targets = targets.to_numpy()
        known = targets if is_array(targets) else None
        return data.entity(data.from_numpy(features, targets=known, name=name))
    return None


def rows(given: Any) -> int:
    """How many rows there are; 0 if that cannot be told."""
    shape = getattr(given, "shape", None)
    if shape:
        return int(shape[0])
    return len(given) if hasattr(given, "__len__") else 0


def head(given: Any, count: int = _ROWS) -> Any:
    """The first rows, of their own: what a model does to them does not reach the program's data."""
    found = given.iloc[:count] if hasattr(given, "iloc") else given[:count]
    return found.copy() if hasattr(found, "copy") else found


def taken(given: Any, places: Any) -> Any:
    """The rows at `places`; None stays None."""
    if given is None:
        return None
    if hasattr(given, "iloc"):
        return given.iloc[places]
    if hasattr(given, "shape"):
        return given[places]
    return [given[place] for place in places]


def signature(example: Any, model: Any) -> Signature | None:
    """What a model takes and gives, from a few rows."""
    from hito.flavors.infer import infer_signature

    answer = next((getattr(model, name) for name in ("predict", "transform") if hasattr(model, name)), None)
    return infer_signature(example, None if answer is None else answer(example.copy()))


def example_of(features: Any) -> Any:
    """Rows for a signature; None where no signature can be given."""
    return head(features) if is_frame(features) or is_array(features) else None
