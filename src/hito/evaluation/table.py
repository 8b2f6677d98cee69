"""Features as named columns, whatever they came as: what slices, drift and row keys are computed from.

A frame is taken column by column. An array of two dimensions gets the names that are given, or `feature_0`, …; a sparse
one is filled up if it is small. Texts, pictures and the like are no table: what needs one is left out then, and said so.
"""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from hito.flavors.infer import is_pandas

_CELLS = 20_000_000
"""Cells up to which a sparse matrix is filled up."""
MISSING = "(missing)"


class Column(Struct, frozen=True, eq=False):
    """numeric: values is float64 with NaN where missing; else an array of texts, `MISSING` where missing."""

    name: str
    numeric: bool
    values: Any


class Table(Struct, frozen=True, eq=False):
    columns: tuple[Column, ...]
    rows: int

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    def taken(self, places: Any) -> "Table":
        """Some of the rows, by their places."""
        return Table(
            tuple(Column(one.name, one.numeric, one.values[places]) for one in self.columns),
            len(places),
        )


def count(given: Any) -> int:
    """Rows of a frame, an array (sparse or not) or a list."""
    shape: Any = getattr(given, "shape", None)
    return int(shape[0]) if shape else len(given)


def names_of(features: Any, given: Sequence[str] | None = None) -> tuple[str, ...]:
    """What the columns are called; nothing for what has none."""
    if given is not None:
        return tuple(map(str, given))
    if is_pandas(features, "DataFrame"):
        return tuple(map(str, features.columns))
    shape: Any = getattr(features, "shape", ())
    if len(shape) == 2:
        return tuple(f"feature_{place}" for place in range(shape[1]))
    return ()


def table(features: Any, names: Sequence[str] | None = None) -> Table | None:
    """The columns; None if there are none."""
    import numpy as np

    if is_pandas(features, "DataFrame"):
        found = [column(features.iloc[:, at], name) for at, name in enumerate(names_of(features, names))]
        return Table(tuple(found), len(features))
    if hasattr(features, "toarray"):
        if features.shape[0] * features.shape[1] > _CELLS:
            return None
        features = features.toarray()
    array = np.asarray(features) if not isinstance(features, str) else None
    if array is None or array.ndim != 2 or not array.shape[1]:
        return None
    known = names_of(array, names)
    return Table(tuple(column(array[:, at], name) for at, name in enumerate(known)), len(array))


def column(values: Any, name: str) -> Column:
    """One column: numbers where it can be read as such, else texts."""
    import numpy as np

    if is_pandas(values, "Series"):
        return _series_column(values, name)
    array = np.asarray(values)
    if array.dtype.kind in "biuf":
        return Column(name, numeric=True, values=array.astype(np.float64))
    if array.dtype.kind == "O":
        import pandas

        return _series_column(pandas.Series(array).infer_objects(), name)
    return Column(name, numeric=False, values=array.astype(object).astype(str))


def _series_column(series: Any, name: str) -> Column:
    import numpy as np
    import pandas

    if isinstance(series.dtype, pandas.CategoricalDtype):
        return _texts(series, name)
    if pandas.api.types.is_numeric_dtype(series.dtype) and not pandas.api.types.is_complex_dtype(series.dtype):
        return Column(name, numeric=True, values=series.to_numpy(dtype=np.float64, na_value=np.nan))
    if pandas.api.types.is_datetime64_any_dtype(series.dtype):
        values = series.astype("int64").to_numpy().astype(np.float64)
        values[series.isna().to_numpy()] = np.nan
        return Column(name, numeric=True, values=values)
    return _texts(series, name)


def _texts(series: Any, name: str) -> Column:
    import numpy as np

    missing = series.isna().to_numpy()
    values = np.array([str(one) for one in series.tolist()], dtype=object)
    values[missing] = MISSING
    return Column(name, numeric=False, values=values)


def row_keys(features: Any, *, numbered: bool = True) -> Any:
    """A number for each row, the same wherever the same row occurs.

    Args:
        numbered: of duplicates, give every one but the first a number of its own.
    Returns: uint64 of shape (n,); None for what is no table.
    """
    import numpy as np
    import pandas
    from pandas.util import hash_array

    found = table(features)
    if found is None:
        return None
    keys = np.zeros(found.rows, dtype=np.uint64)
    for at, one in enumerate(found.columns):
        # +0.0 makes one zero of the two; the multiplier (that of splitmix64) makes the order of columns count.
        values = one.values + 0.0 if one.numeric else one.values
        hashed = hash_array(values, categorize=False)
        keys = (keys ^ (hashed + np.uint64(at))) * np.uint64(0x9E3779B97F4A7C15)
        keys ^= keys >> np.uint64(31)
    if not numbered:
        return keys
    repeated = pandas.Series(keys).groupby(keys).cumcount().to_numpy().astype(np.uint64)
    return keys ^ (repeated * np.uint64(0xBF58476D1CE4E5B9))
