"""What a model's training data looked like, column by column: small, and kept beside the model.

    training_profile.json    rows, and for each column: edges of ten bins of equal weight │ its commonest categories
                             the share of the rows in each bin, missing values in the last;  smallest and largest

It goes where the model goes, so whoever serves it can say how far its requests have moved from there. MLflow's programs
take no notice of the file.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FILE = "training_profile.json"
BINS = 10
CATEGORIES = 20
_ROWS = 20_000
"""Looked at, evenly spread; more only cost time."""
_MOST_COLUMNS = 1_000
_LONGEST = 200
"""Characters of a category."""
_MOST_BYTES = 8 << 20


class ColumnProfile(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One column.

    Args:
        edges: inner edges of the bins of a column of numbers; a value equal to an edge belongs to the bin below.
        categories: of a column of texts, the commonest first; what is none of them is in one more bin.
        shares: of the rows in each bin, then those whose value is missing; they sum to 1. None at all for a column of
            anything else, such as dates, or of nothing.
        low, high: the smallest and the largest number.
    """

    name: str
    edges: tuple[float, ...] = ()
    categories: tuple[str, ...] | None = None
    shares: tuple[float, ...] = ()
    low: float | None = None
    high: float | None = None


class Profile(Struct, frozen=True, kw_only=True):
    """All columns, in their order. `rows`: of the training data; 0 if that is not known."""

    rows: int
    columns: tuple[ColumnProfile, ...]


def profile(data: Any) -> Profile | None:
    """The profile of a DataFrame or an array of two dimensions; None for anything else."""
    import numpy as np

    frame = hasattr(data, "iloc") and hasattr(data, "columns")
    shape: Any = getattr(data, "shape", ())
    if not (frame or isinstance(data, np.ndarray)) or len(shape) != 2 or not shape[0] or shape[1] > _MOST_COLUMNS:
        return None
    if shape[0] > _ROWS:
        places = np.linspace(0, shape[0] - 1, _ROWS).astype(np.intp)
        some = data.iloc[places] if frame else data[places]
    else:
        some = data
    columns = (
        [(str(name), some.iloc[:, at]) for at, name in enumerate(some.columns)]
        if frame
        else [(str(at), some[:, at]) for at in range(shape[1])]
    )
    return Profile(rows=int(shape[0]), columns=tuple(_column(name, values) for name, values in columns))


def write(found: Profile, folder: Path) -> None:
    """Keep a profile in a model's folder."""
    (folder / FILE).write_bytes(msgspec.json.encode(found))


def read(folder: Path) -> Profile | None:
    """The profile of a model's folder; None if it has none, or one that is no such file."""
    path = folder / FILE
    try:
        if path.stat().st_size > _MOST_BYTES:
            return None
        found = msgspec.json.decode(path.read_bytes(), type=Profile)
    except (OSError, msgspec.DecodeError):
        return None
    return found if all(_is_whole(one) for one in found.columns) else None


def codes(values: Any, categories: tuple[str, ...]) -> "NDArray[Any]":
    """The bin of each text: its category's, that of the others, or the last for a missing one."""
    import numpy as np

    place = {name: at for at, name in enumerate(categories)}
    other = len(categories)
    texts = map(_text, values)
    return np.array([other + 1 if text is None else place.get(text, other) for text in texts], dtype=np.intp)


def numbers(values: Any) -> "NDArray[np.float64]":
    """A column of numbers, what is missing as NaN. Raises: ValueError, TypeError: it holds something else."""
    import numpy as np

    if hasattr(values, "to_numpy"):
        found: NDArray[np.float64] = values.to_numpy(dtype=np.float64, na_value=np.nan)
        return found
    return np.asarray(values, dtype=np.float64)


def _text(value: Any) -> str | None:
    """A value as a category; None for a missing one."""
    if value is None or (isinstance(value, float) and value != value) or type(value).__name__ in ("NAType", "NaTType"):
        return None
    return str(value)[:_LONGEST]


def _is_whole(column: ColumnProfile) -> bool:
    bins = len(column.edges) + 2 if column.categories is None else len(column.categories) + 2
    return len(column.shares) in (0, bins) and list(column.edges) == sorted(column.edges)


def _column(name: str, values: Any) -> ColumnProfile:
    import numpy as np

    kind = getattr(values.dtype, "kind", "O")
    if kind in "iuf":
        known = numbers(values)
        there = known[np.isfinite(known)]
        if not len(there):
            return ColumnProfile(name=name)
        edges = np.unique(np.quantile(there, np.linspace(0, 1, BINS + 1)[1:-1]))
        counts = np.bincount(np.searchsorted(edges, there), minlength=len(edges) + 1)
        return ColumnProfile(
            name=name,
            edges=tuple(edges.tolist()),
            shares=_shares(np.append(counts, len(known) - len(there))),
            low=float(there.min()),
            high=float(there.max()),
        )
    if kind not in "OUSbT":
        return ColumnProfile(name=name)
    listed = values.tolist()
    texts = [text for text in map(_text, listed) if text is not None]
    if not texts:
        return ColumnProfile(name=name)
    names, counts = np.unique(texts, return_counts=True)
    kept = tuple(str(names[at]) for at in np.argsort(-counts, kind="stable")[:CATEGORIES])
    found = np.bincount(codes(listed, kept), minlength=len(kept) + 2)
    return ColumnProfile(name=name, categories=kept, shares=_shares(found))


def _shares(counts: Any) -> tuple[float, ...]:
    return tuple(round(float(one), 8) for one in counts / counts.sum())
