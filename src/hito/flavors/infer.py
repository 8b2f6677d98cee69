"""The signature of a model, from examples of what it takes and gives.

    DataFrame, Series ────> columns by dtype; a column that holds a null is not required
    ndarray, sparse ──────> one tensor without a name; dict of ndarrays: a tensor for each
    dict ─────────────────> a column for each key      list of dicts: columns of all of them
    list, scalar ─────────> one column without a name

Nothing is ever silently absent. MLflow describes a whole frame as `any` when it cannot describe one of its columns
(uint64, timedelta, mixed objects); here that column alone is `any`, and the others keep their types.

numpy and pandas are looked at only when the caller has imported them: otherwise no value can be one of theirs.
"""

import datetime
import decimal
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hito.core.errors import InvalidArgument
from hito.core.signature import (
    AnyValue,
    ArrayOf,
    Column,
    ObjectOf,
    ParamSpec,
    Property,
    Scalar,
    Schema,
    Signature,
    Tensor,
    ValueType,
)

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

# numpy's type names, to MLflow's. What is not here (uint64, longdouble, complex) has no MLflow type that holds it.
_BY_DTYPE = {
    "bool": "boolean",
    "int8": "integer",
    "int16": "integer",
    "int32": "integer",
    "uint8": "integer",
    "uint16": "integer",
    "int64": "long",
    "uint32": "long",
    "float16": "float",
    "float32": "float",
    "float64": "double",
}
_WIDER = {
    frozenset({"integer", "long"}): "long",
    frozenset({"float", "double"}): "double",
    frozenset({"long", "double"}): "double",
    frozenset({"integer", "double"}): "double",
    frozenset({"integer", "float"}): "double",
    frozenset({"long", "float"}): "double",
}


def infer_signature(
    model_input: Any = None, model_output: Any = None, params: Mapping[str, Any] | None = None
) -> Signature:
    """Describe what a model takes, gives and may be told, from one example of each.

    Raises: InvalidArgument: nothing was given, or a parameter's default cannot be described.
    """
    if model_input is None and model_output is None and params is None:
        raise InvalidArgument("a signature needs an example of the input, of the output, or of the params")
    return Signature(
        inputs=None if model_input is None else infer_schema(model_input),
        outputs=None if model_output is None else infer_schema(model_output),
        params=None if params is None else tuple(infer_param(name, value) for name, value in params.items()),
    )


def infer_schema(data: Any) -> Schema:
    """The schema of one example; see the drawing above. What is of no known kind becomes one column of type `any`."""
    if is_pandas(data, "DataFrame"):
        return tuple(_frame_column(data.iloc[:, at], _plain(name)) for at, name in enumerate(data.columns))
    if is_pandas(data, "Series"):
        return (_frame_column(data, _plain(data.name)),)
    if is_array(data) or is_sparse(data):
        return (_tensor(data, None),)
    if isinstance(data, Mapping) and data and all(is_array(value) for value in data.values()):
        return tuple(_tensor(value, str(name)) for name, value in data.items())
    if isinstance(data, Mapping):
        return _columns([data])
    if isinstance(data, list) and data and all(isinstance(row, Mapping) for row in data):
        return _columns(data)
    if isinstance(data, list):
        # The items of a list are rows; its one column has the type that all of them share.
        return (Column(_common(data), required=None not in data),)
    return (Column(_type_of(data)),)


def infer_param(name: str, value: Any) -> ParamSpec:
    """A parameter from its default: a scalar, a list of scalars of one type, or a JSON object.

    Raises: InvalidArgument: a default of another kind, among them None, whose type nobody can tell.
    """
    if is_array(value):
        value = value.tolist()
    listed = isinstance(value, list | tuple)
    kind = _common(list(value)) if listed else _type_of(value)
    described = isinstance(kind, Scalar) or (isinstance(kind, ObjectOf) and not listed)
    if not described:
        raise InvalidArgument(
            f"param {name} = {value!r} cannot be described; give a number, text, truth value, datetime, "
            "a list of one of these, or a dict"
        )
    default = [_json_value(item) for item in value] if listed else _json_value(value)
    return ParamSpec(name=name, type=kind, default=default, shape=(-1,) if listed else None)


def is_pandas(value: Any, name: str) -> bool:
    """Whether a value is a pandas DataFrame or Series, without importing pandas for those who have none."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, getattr(pandas, name))


def is_array(value: Any) -> bool:
    """Whether a value is a numpy array."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.ndarray)


def is_sparse(value: Any) -> bool:
    """Whether a value is one of scipy's sparse matrices or arrays."""
    sparse = sys.modules.get("scipy.sparse")
    return sparse is not None and sparse.issparse(value)


def dtype_name(dtype: "np.dtype[Any]") -> str:
    """A dtype as tensors name it: text and bytes of any length are `str` and `bytes`."""
    return {"U": "str", "S": "bytes"}.get(dtype.kind, dtype.name)


def _plain(name: Any) -> str | int | None:
    """A column's name as JSON can hold it: numpy's integers become Python's, tuples and dates become texts."""
    if name is None or isinstance(name, str):
        return name
    if hasattr(name, "item"):
        name = name.item()
    return name if isinstance(name, int) and not isinstance(name, bool) else str(name)


def _tensor(data: Any, name: str | None) -> Tensor:
    shape = tuple(int(length) for length in data.shape)
    # The first dimension counts rows, of which the next call may have more or fewer.
    return Tensor(dtype=dtype_name(data.dtype), shape=(-1, *shape[1:]) if shape else (), name=name)


def _frame_column(column: "pd.Series[Any]", name: str | int | None) -> Column:
    return Column(type=_dtype_type(column), name=name, required=not bool(column.isna().any()))


def _dtype_type(column: "pd.Series[Any]") -> ValueType:
    """The type of a column by its dtype, and by its values where the dtype says only `object`."""
    dtype = column.dtype
    if hasattr(dtype, "categories"):
        # What a model sees are the categories' values; their own column says what these are.
        return _dtype_type(dtype.categories.to_series())
    # Int64, boolean, Float32, … are pandas' nullable twins of numpy's types, with the same names in small letters.
    name = "bool" if str(dtype) == "boolean" else str(dtype).removesuffix("[pyarrow]").lower()
    name = {"double": "float64", "float": "float32", "bool[pyarrow]": "bool"}.get(name, name)
    if name in _BY_DTYPE:
        return Scalar(_BY_DTYPE[name])
    if name.startswith(("datetime64", "timestamp", "date32")):
        return Scalar("datetime")
    if name.startswith("period"):
        return AnyValue()
    if name.startswith(("str", "large_string")):
        return Scalar("string")
    if name == "object":
        return _common(value for value in column if not _is_missing(value))
    return AnyValue()


def _is_missing(value: Any) -> bool:
    # NaN is the one value that differs from itself; pandas.NA answers neither yes nor no.
    return (
        value is None or type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and value != value)
    )


def _columns(rows: Sequence[Mapping[Any, Any]]) -> Schema:
    """Columns of records: those that some record lacks, or has as null, are not required."""
    kinds: dict[str, ValueType] = {}
    present: dict[str, int] = {}
    for row in rows:
        for key, value in row.items():
            name = str(key)
            kind = _type_of(value)
            kinds[name] = _merged(kinds[name], kind) if name in kinds else kind
            present[name] = present.get(name, 0) + (not _is_missing(value))
    if not kinds:
        return (Column(AnyValue()),)
    return tuple(Column(kind, name=name, required=present[name] == len(rows)) for name, kind in kinds.items())


def _common(values: Iterable[Any]) -> ValueType:
    """The type that all values share; `any` where there is none, or no value."""
    kind: ValueType = AnyValue()
    for at, value in enumerate(values):
        kind = _type_of(value) if at == 0 else _merged(kind, _type_of(value))
        if isinstance(kind, AnyValue) and not _is_missing(value) and not _is_empty(value):
            return AnyValue()
    return kind


def _is_empty(value: Any) -> bool:
    return isinstance(value, list | tuple | Mapping) and not value


def _type_of(value: Any) -> ValueType:
    """The type of one Python or numpy value."""
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.generic) and not isinstance(value, float | str | bytes):
        name = _BY_DTYPE.get(value.dtype.name)
        if name is not None:
            return Scalar(name)
        return Scalar("datetime") if value.dtype.kind == "M" else AnyValue()
    match value:
        case bool():
            return Scalar("boolean")
        case int():
            return Scalar("long") if -(2**63) <= value < 2**63 else AnyValue()
        case float():
            return Scalar("double")
        case str():
            return Scalar("string")
        case bytes() | bytearray():
            return Scalar("binary")
        case datetime.date():
            return Scalar("datetime")
        case decimal.Decimal():
            return AnyValue()
        case Mapping() if value and all(isinstance(key, str) for key in value):
            entries = (Property(key, _type_of(item), not _is_missing(item)) for key, item in value.items())
            return ObjectOf(tuple(sorted(entries, key=lambda entry: entry.name)))
        case list() | tuple() if value:
            return _array_of(_common(value)) if isinstance(value, list) else AnyValue()
    return _cell_type(value) if is_array(value) else AnyValue()


def _cell_type(array: Any) -> ValueType:
    """The type of an array that is one value among others: lists in lists, as deep as it has dimensions."""
    values = array.ravel()
    # All values of a numeric array have one type, so the first tells it.
    kind = _common(values if array.dtype.kind == "O" else values[:1])
    for _ in range(array.ndim):
        kind = _array_of(kind)
    return kind


def _array_of(items: ValueType) -> ValueType:
    # MLflow knows no array of `any`.
    return AnyValue() if isinstance(items, AnyValue) else ArrayOf(items)


def _merged(one: ValueType, other: ValueType) -> ValueType:
    """The narrowest type that holds both; `any` where there is none. An unknown (a null, an empty list) gives way."""
    if one == other or isinstance(other, AnyValue):
        return one
    match one, other:
        case AnyValue(), _:
            return other
        case Scalar(name=first), Scalar(name=second):
            wider = _WIDER.get(frozenset({first, second}))
            return AnyValue() if wider is None else Scalar(wider)
        case ArrayOf(items=first), ArrayOf(items=second):
            return _array_of(_merged(first, second))
        case ObjectOf(properties=first), ObjectOf(properties=second):
            return _merged_objects(first, second)
    return AnyValue()


def _merged_objects(first: tuple[Property, ...], second: tuple[Property, ...]) -> ObjectOf:
    left, right = ({entry.name: entry for entry in side} for side in (first, second))
    entries = []
    for name in sorted(left | right):
        if name in left and name in right:
            both = left[name].required and right[name].required
            entries.append(Property(name, _merged(left[name].type, right[name].type), both))
        else:
            entries.append(Property(name, (left | right)[name].type, required=False))
    return ObjectOf(tuple(entries))


def _json_value(value: Any) -> Any:
    if isinstance(value, datetime.date):
        return value.isoformat()
    if type(value).__name__ == "datetime64":
        return str(value)
    return value.item() if hasattr(value, "item") else value
