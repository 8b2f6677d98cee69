"""Make an input fit a model's signature, or say why it cannot.

Columns may come in any order and with others between them; what is missing is an error that names it. A value is cast
only where no information is lost:

    supplied ╲ declared   boolean  integer  long  float  double  string  binary  datetime
    bool                     ×
    int8 … int32, uint8/16            ×       ×           ×
    int64, uint32, uint64            (fit)   (fit) (exact)(exact)
    float16, float32                                ×     ×
    float64                                               ×
    text                                                          ×       ×
    datetime64                                                                      ×

    (fit): every value is in range;  (exact): every value is the same number afterwards.

Everything that MLflow accepts is accepted, with the same result. Two refusals of MLflow are not repeated, because they
hit the very data that the signature was made from: whole numbers for a float column (MLflow takes int64 only if all
are 0 or 1), and categories for a column of their values' type.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hito.core.errors import InvalidArgument
from hito.core.signature import (
    AnyValue,
    ArrayOf,
    Column,
    MapOf,
    ObjectOf,
    ParamSpec,
    Scalar,
    Schema,
    Signature,
    Tensor,
    ValueType,
    type_json,
)
from hito.flavors.infer import dtype_name, is_array, is_pandas, is_sparse

if TYPE_CHECKING:
    import pandas as pd

_NUMPY = {"boolean": "bool", "integer": "int32", "long": "int64", "float": "float32", "double": "float64"}
_NULLABLE = frozenset({"float", "double", "string", "datetime", "binary"})


def enforce(data: Any, schema: Schema | None) -> Any:
    """The input as the model expects it: a DataFrame for columns, an ndarray or a dict of them for tensors.

    Args:
        data: DataFrame, Series, ndarray, dict, list or scalar, as a caller of `predict` has it.
        schema: None or empty lets everything pass as it is.
    Raises: InvalidArgument: it does not fit; the message names the column or tensor.
    """
    if not schema:
        return data
    tensors = tuple(entry for entry in schema if isinstance(entry, Tensor))
    if tensors:
        return _tensors(data, tensors)
    columns = tuple(entry for entry in schema if isinstance(entry, Column))
    nested = any(isinstance(column.type, ArrayOf | ObjectOf | MapOf) for column in columns)
    if nested and not is_pandas(data, "DataFrame"):
        return _checked_records(data, columns)
    if len(columns) == 1 and isinstance(columns[0].type, AnyValue) and columns[0].name is None:
        return data
    return _frame(data, columns)


def enforce_params(params: Mapping[str, Any] | None, signature: Signature | None) -> dict[str, Any]:
    """All parameters that the signature knows: those given, checked and cast, and the defaults of the others.

    A name that the signature does not know is left out, as MLflow does.

    Raises: InvalidArgument: a value has another type or shape.
    """
    known = (signature.params if signature else None) or ()
    given = params or {}
    return {spec.name: _param(spec, given[spec.name]) if spec.name in given else spec.default for spec in known}


def _frame(data: Any, columns: tuple[Column, ...]) -> "pd.DataFrame":
    import pandas as pd

    frame = _as_frame(data, columns)
    if columns[0].name is None:
        if frame.shape[1] < len(columns):
            raise InvalidArgument(f"the input has {frame.shape[1]} columns, the model takes {len(columns)}")
        taken = {frame.columns[at]: _fitted(frame.iloc[:, at], column, at) for at, column in enumerate(columns)}
        return pd.DataFrame(taken, index=frame.index)
    present = {name: at for at, name in enumerate(frame.columns)}
    missing = [column.name for column in columns if column.required and column.name not in present]
    if missing:
        has = ", ".join(map(repr, frame.columns[:20])) or "none"
        raise InvalidArgument(f"the input lacks {', '.join(map(repr, missing))}, which the model needs; it has {has}")
    return pd.DataFrame(
        {
            column.name: _fitted(frame.iloc[:, present[column.name]], column, column.name)
            for column in columns
            if column.name in present
        },
        index=frame.index,
    )


def _as_frame(data: Any, columns: tuple[Column, ...]) -> "pd.DataFrame":
    import pandas as pd

    if is_pandas(data, "DataFrame"):
        return data
    if is_pandas(data, "Series"):
        # A nameless series is a column; where columns are declared by name it is a row of them, as in MLflow.
        return data.to_frame() if columns[0].name is None or data.name == columns[0].name else data.to_frame().T
    if is_sparse(data):
        raise InvalidArgument("the input is sparse, and the model takes columns; give a DataFrame")
    try:
        if isinstance(data, Mapping):
            scalars = not any(isinstance(value, list | tuple) or hasattr(value, "shape") for value in data.values())
            return pd.DataFrame([data]) if scalars else pd.DataFrame(dict(data))
        return pd.DataFrame(data if isinstance(data, list) or is_array(data) else [data])
    except ValueError as error:
        raise InvalidArgument(f"the input cannot be read as a table: {error}; give a DataFrame") from None


def _fitted(values: "pd.Series[Any]", column: Column, name: Any) -> "pd.Series[Any]":
    """A column as declared, or an error that names it."""
    kind = column.type
    if not isinstance(kind, Scalar):
        for value in values:
            if not (_is_null(value) and not column.required):
                _check_value(value, kind, f"column {name!r}")
        return values
    nulls = bool(values.isna().any())
    if nulls and column.required and kind.name not in _NULLABLE:
        raise InvalidArgument(f"column {name!r} has a missing value, and the model takes {kind.name} without any")
    cast = _cast(values, kind.name, nulls)
    if cast is None:
        raise InvalidArgument(
            f"column {name!r} holds {values.dtype}, and the model takes {kind.name}; "
            f"convert it where no information is lost"
        )
    return cast


def _cast(values: "pd.Series[Any]", target: str, nulls: bool) -> "pd.Series[Any] | None":
    """The values as the target type, or None where that would lose something."""
    import pandas as pd

    dtype = values.dtype
    if hasattr(dtype, "categories"):
        # The model may want the categories themselves, so the column stays what it is.
        return None if _cast(dtype.categories.to_series(), target, nulls=False) is None else values
    kind = getattr(dtype, "kind", "O")
    if nulls and kind in "iub":
        # Int64 and boolean with <NA>: numpy has no such thing, so the column stays what it is.
        rest = values.dropna()
        return None if _cast(rest.astype(dtype.numpy_dtype), target, nulls=False) is None else values
    if kind == "b":
        return values if target == "boolean" else None
    if kind in "iu":
        return _cast_whole(values, target)
    if kind == "f":
        wanted = {"float": 4, "double": 8}.get(target, 0)
        return _as(values, target) if dtype.itemsize <= wanted else None
    if kind == "M":
        return values if target == "datetime" else None
    if pd.api.types.is_object_dtype(dtype):
        return _cast_objects(values, target)
    if pd.api.types.is_string_dtype(dtype):
        return values if target in ("string", "binary") else None
    return None


def _cast_whole(values: "pd.Series[Any]", target: str) -> "pd.Series[Any] | None":
    import numpy as np

    if target not in ("integer", "long", "float", "double"):
        return None
    wanted = np.dtype(_NUMPY[target])
    own = getattr(values.dtype, "numpy_dtype", values.dtype)
    if own == wanted:
        return values  # Int64 stays what it is: the model was fitted on that
    # numpy calls int64 → float64 safe, although 2**53 + 1 becomes another number.
    narrow = own.itemsize < wanted.itemsize or wanted.kind == "i"
    if len(values) == 0 or (narrow and np.can_cast(own, wanted)):
        return _as(values, target)
    if wanted.kind == "i":
        bounds = np.iinfo(wanted)
        # MLflow lets no int64 become an int32, whatever its values: the next batch may not fit.
        fits = target == "long" and int(values.max()) <= bounds.max
        return _as(values, target) if fits else None
    exact = 2 ** (np.finfo(wanted).nmant + 1)
    return _as(values, target) if -exact <= int(values.min()) and int(values.max()) <= exact else None


def _cast_objects(values: "pd.Series[Any]", target: str) -> "pd.Series[Any] | None":
    """A column of Python objects: what they are decides."""
    import pandas as pd

    kinds = {type(value) for value in values if not _is_null(value)}
    if target in ("string", "boolean"):
        return values
    if target == "binary":
        return values if kinds <= {str, bytes, bytearray} else None
    if target == "datetime":
        try:
            return pd.to_datetime(values) if not kinds & {int, float} else None
        except (ValueError, TypeError):
            return None
    if bool in kinds or not all(issubclass(kind, int | float) or hasattr(kind, "dtype") for kind in kinds):
        return None
    try:
        if target in ("integer", "long"):
            whole = all(issubclass(kind, int) for kind in kinds) and not values.isna().any()
            return _as(values, "long") if whole and target == "long" else None
        return _as(values, target) if target == "double" else None
    except (ValueError, OverflowError):
        return None


def _as(values: "pd.Series[Any]", target: str) -> "pd.Series[Any]":
    return values if str(values.dtype) == _NUMPY[target] else values.astype(_NUMPY[target])


def _is_null(value: Any) -> bool:
    return (
        value is None or type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and value != value)
    )


def _checked_records(data: Any, columns: tuple[Column, ...]) -> Any:
    """Data with nested types stay as they are: a table would take their structure away."""
    if columns[0].name is None:
        for value in data if isinstance(data, list) else [data]:
            _check_value(value, columns[0].type, "the input")
        return data
    for record in data if isinstance(data, list) else [data]:
        if not isinstance(record, Mapping):
            raise InvalidArgument(f"the input holds a {type(record).__name__}, expected objects with named members")
        for column in columns:
            if column.name in record:
                _check_value(record[column.name], column.type, f"column {column.name!r}", column.required)
            elif column.required:
                raise InvalidArgument(f"the input lacks {column.name!r}, which the model needs")
    return data


def _check_value(value: Any, kind: ValueType, where: str, required: bool = True) -> None:
    """Whether one value is of a type, looking into lists and objects."""
    if isinstance(kind, AnyValue) or (not required and _is_null(value)):
        return
    match kind:
        case Scalar(name=name):
            fits = _is_scalar(value, name)
        case ArrayOf(items=items):
            fits = isinstance(value, list | tuple) or is_array(value)
            for item in value if fits else ():
                _check_value(item, items, f"{where}, in a list")
        case MapOf(values=values):
            fits = isinstance(value, Mapping)
            for item in value.values() if fits else ():
                _check_value(item, values, f"{where}, in a map")
        case ObjectOf(properties=properties):
            fits = isinstance(value, Mapping)
            for entry in properties if fits else ():
                if entry.name in value:
                    _check_value(value[entry.name], entry.type, f"{where}.{entry.name}", entry.required)
                elif entry.required:
                    raise InvalidArgument(f"{where} lacks {entry.name!r}, which the model needs")
    if not fits:
        raise InvalidArgument(f"{where} holds a {type(value).__name__}, expected {type_json(kind)}")


def _is_scalar(value: Any, name: str) -> bool:
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = value.item()
    match name:
        case "boolean":
            return isinstance(value, bool)
        case "integer" | "long":
            return isinstance(value, int) and not isinstance(value, bool)
        case "float" | "double":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "binary":
            return isinstance(value, bytes | bytearray | str)
        case "datetime":
            return hasattr(value, "isoformat") or isinstance(value, str)
    return isinstance(value, str)


def _tensors(data: Any, tensors: tuple[Tensor, ...]) -> Any:
    if tensors[0].name is None:
        if is_pandas(data, "DataFrame"):
            data = data.to_numpy()
        _check_tensor(data, tensors[0], "the input")
        return data
    if is_pandas(data, "DataFrame"):
        data = {name: _stacked(data[name]) for name in data.columns}
    if not isinstance(data, Mapping):
        names = ", ".join(repr(tensor.name) for tensor in tensors)
        raise InvalidArgument(f"the input is a {type(data).__name__}; the model takes a dict of arrays: {names}")
    missing = [tensor.name for tensor in tensors if tensor.name not in data]
    if missing:
        raise InvalidArgument(f"the input lacks {', '.join(map(repr, missing))}, which the model needs")
    for tensor in tensors:
        _check_tensor(data[tensor.name], tensor, f"tensor {tensor.name!r}")
    return {tensor.name: data[tensor.name] for tensor in tensors}


def _stacked(column: "pd.Series[Any]") -> Any:
    import numpy as np

    values = column.to_numpy()
    nested = len(values) > 0 and isinstance(values[0], list | np.ndarray)
    return np.array(column.tolist()) if nested else values


def _check_tensor(data: Any, tensor: Tensor, where: str) -> None:
    if not (is_array(data) or is_sparse(data)):
        raise InvalidArgument(f"{where} is a {type(data).__name__}; the model takes a numpy array of {tensor.dtype}")
    if dtype_name(data.dtype) != tensor.dtype:
        raise InvalidArgument(
            f"{where} has dtype {data.dtype}, the model takes {tensor.dtype}; give it .astype({tensor.dtype!r})"
        )
    fits = len(data.shape) == len(tensor.shape) and all(
        wanted in (-1, length) for length, wanted in zip(data.shape, tensor.shape, strict=True)
    )
    if not fits:
        raise InvalidArgument(
            f"{where} has shape {tuple(data.shape)}, the model takes {tensor.shape} (-1 is any length)"
        )


def _param(spec: ParamSpec, value: Any) -> Any:
    if value is None:
        return None
    if spec.shape is None:
        if isinstance(spec.type, Scalar):
            return _param_scalar(spec, value)
        _check_value(value, spec.type, f"param {spec.name!r}")
        return value
    if is_array(value):
        value = value.tolist()
    if not isinstance(value, list | tuple):
        raise InvalidArgument(f"param {spec.name!r} is a {type(value).__name__}, expected a list")
    return [_param_scalar(spec, item) for item in value]


def _param_scalar(spec: ParamSpec, value: Any) -> Any:
    import datetime

    name = spec.type.name if isinstance(spec.type, Scalar) else "any"
    plain = value.item() if hasattr(value, "item") else value
    narrow = name == "integer" and isinstance(plain, int) and not -(2**31) <= plain < 2**31
    fits = name == "any" or (_is_scalar(plain, name) and name != "binary" and not narrow)
    if fits and name == "datetime" and isinstance(plain, str):
        try:
            return datetime.datetime.fromisoformat(plain)
        except ValueError:
            fits = False
    if not fits:
        raise InvalidArgument(f"param {spec.name!r} = {value!r} is a {type(value).__name__}, expected {name}")
    return float(plain) if name in ("float", "double") else plain
