"""Rows of any kind as a matrix of numbers, and back: every method of explanation sees numbers only.

    DataFrame   age   city       matrix   34.0   0.0        categories of `city`: "Lima", "Oslo"
                34    "Lima"  ⇄           61.0   1.0
                61    "Oslo"

A category is its place in the sorted list of categories; a missing category is a category of its own, a missing number
stays NaN. What comes back has the classes and types of what was given, so that a pipeline finds the columns that it
was fitted on.
"""

from collections.abc import Callable, Sequence
from typing import Any

from hito.core.errors import InvalidArgument
from hito.explain.results import Cell

_MAX_CATEGORIES = 1000
"""A text column with more different values is an identifier or free text; its codes mean nothing."""


class Columns:
    """The columns of some rows.

    `names` of shape (features,); `categories[i]` lists the categories of a column, and is None for numbers.
    """

    def __init__(self, given: Any, names: Sequence[str]) -> None:
        """
        Args:
            given: a DataFrame, an array of shape (rows, features), a sparse matrix, or a list of rows.
        Raises: InvalidArgument: no rows, no columns, or another number of them than there are names.
        """
        frame = as_table(given)
        self._is_frame = hasattr(frame, "iloc")
        shape = frame.shape
        if len(shape) != 2 or not shape[0] or not shape[1]:
            raise InvalidArgument(
                f"There is nothing to explain: the data has shape {tuple(shape)}, expected rows and columns."
            )
        if len(names) != shape[1]:
            raise InvalidArgument(f"The data has {shape[1]} columns, but {len(names)} names were given.")
        self.names = [str(name) for name in names]
        self.categories: list[list[Any] | None] = []
        self._dtypes = list(frame.dtypes) if self._is_frame else [frame.dtype] * shape[1]
        self._labels = list(frame.columns) if self._is_frame else None
        first = self._dtypes[0]
        self._is_plain = first.kind == "f" and first.name == "float64" and all(one == first for one in self._dtypes)
        for at in range(shape[1]):
            self.categories.append(_categories(_column(frame, at), self._dtypes[at]))

    @property
    def categorical(self) -> list[int]:
        """Numbers of the columns that hold categories."""
        return [at for at, known in enumerate(self.categories) if known is not None]

    def encode(self, given: Any) -> Any:
        """Rows as float64 of shape (rows, features)."""
        import numpy

        frame = as_table(given)
        matrix = numpy.empty(frame.shape, dtype="float64")
        for at, known in enumerate(self.categories):
            column = _column(frame, at)
            matrix[:, at] = _numbers(column) if known is None else _codes(column, known)
        return matrix

    def decode(self, matrix: Any) -> Any:
        """The rows as the model wants them."""
        if not self._is_frame:
            return self._decode_array(matrix)
        import pandas

        if self._is_plain:  # a model is asked thousands of times, and a frame made of columns costs milliseconds
            return pandas.DataFrame(matrix, columns=self._labels)
        decoded = {at: self._decode_column(matrix[:, at], at) for at in range(len(self.names))}
        frame = pandas.DataFrame(decoded)
        frame.columns = pandas.Index(self._labels)
        return frame

    def cell(self, value: float, at: int) -> Cell:
        """One number of the matrix as what a person reads."""
        known = self.categories[at]
        if known is not None:
            found = known[min(max(round(value), 0), len(known) - 1)]
            return None if found is None else str(found)
        if value != value or value in (float("inf"), float("-inf")):
            return None
        return float(f"{value:.6g}")

    def _decode_column(self, values: Any, at: int) -> Any:
        import numpy
        import pandas

        known, dtype = self.categories[at], self._dtypes[at]
        if known is not None:
            places = numpy.clip(numpy.rint(values), 0, len(known) - 1).astype(int)
            picked = pandas.Series(numpy.array([*known, None], dtype=object)[places])
            return picked.astype(dtype)
        if dtype.kind in "mM":
            return pandas.Series(values).round().astype("int64").astype(dtype)
        if dtype.kind in "iub" and bool(numpy.all(values == numpy.rint(values))):
            return pandas.Series(values).astype(dtype)
        return pandas.Series(values)  # between two whole numbers: methods that make up rows do that

    def _decode_array(self, matrix: Any) -> Any:
        import numpy

        dtype = self._dtypes[0]
        if dtype.kind == "f":
            return matrix.astype(dtype, copy=False)
        if dtype.kind != "O" and not self.categorical:
            return matrix
        decoded = matrix.astype(object)
        for at in self.categorical:
            known = self.categories[at] or []
            places = numpy.clip(numpy.rint(matrix[:, at]), 0, len(known) - 1).astype(int)
            decoded[:, at] = numpy.array([*known, None], dtype=object)[places]
        return decoded if dtype.kind == "O" else decoded.astype(dtype)


def as_table(given: Any) -> Any:
    """A DataFrame of pandas, or an array of two dimensions."""
    import numpy

    if hasattr(given, "iloc") and hasattr(given, "columns"):
        return given
    if hasattr(given, "to_pandas"):
        return given.to_pandas()
    if hasattr(given, "toarray"):
        return given.toarray()
    return numpy.asarray(given)


def take(given: Any, rows: Any) -> Any:
    """Some rows of a table, by number."""
    return given.iloc[rows] if hasattr(given, "iloc") else given[rows]


def _column(frame: Any, at: int) -> Any:
    return frame.iloc[:, at] if hasattr(frame, "iloc") else frame[:, at]


def _categories(column: Any, dtype: Any) -> list[Any] | None:
    """The categories of a column in order; None if it holds numbers."""
    import pandas

    if str(dtype) == "category":
        known = list(dtype.categories)
    elif dtype.kind in "iufbmM" or (dtype.kind == "O" and _is_numbers(column)):
        return None
    else:
        values = pandas.Series(column)
        unique = values.dropna().unique()
        try:
            known = sorted(unique)
        except TypeError:
            known = sorted(unique, key=lambda one: (type(one).__name__, str(one)))
    if len(known) > _MAX_CATEGORIES:
        name = getattr(column, "name", "")
        raise InvalidArgument(
            f"Column '{name}' holds {len(known)} different texts, more than {_MAX_CATEGORIES}: that is an identifier or "
            "free text, which cannot be explained as a category. Leave it out, or turn it into numbers first."
        )
    if bool(pandas.isna(pandas.Series(column)).any()) or not known:
        known.append(None)
    return known


def _is_numbers(column: Any) -> bool:
    """Whether a column of objects is one of numbers, by trial."""
    try:
        _numbers(column)
    except (TypeError, ValueError):
        return False
    return any(value is not None for value in column) and not any(isinstance(value, str) for value in column)


def _numbers(column: Any) -> Any:
    import numpy
    import pandas

    if hasattr(column, "dtype") and column.dtype.kind in "mM":
        stamps = pandas.Series(column)
        return stamps.astype("int64").where(stamps.notna(), numpy.nan).to_numpy("float64")
    if hasattr(column, "to_numpy"):
        return column.to_numpy(dtype="float64", na_value=numpy.nan)
    return numpy.array([numpy.nan if value is None else value for value in column], dtype="float64")


def _codes(column: Any, known: list[Any]) -> Any:
    """Places in the list of categories; what is in none of them counts as missing, or as the first."""
    import numpy
    import pandas

    place = {value: at for at, value in enumerate(known)}
    missing = place.get(None, 0)
    at: Callable[[Any], int] = lambda value: missing if pandas.isna(value) else place.get(value, missing)  # noqa: E731
    return numpy.fromiter((at(value) for value in column), dtype="float64", count=len(column))
