"""From the bytes of a scoring request to a model's input, and from its answer to bytes (scoring.md, 2 to 5).

    dataframe_split ──┐
    dataframe_records ├─> Matrix    numbers only, as the compiled engine takes them: decoded without pandas
    instances, inputs ┘   or
    CSV, Parquet ───────> a DataFrame, array or dict, cast to the signature as MLflow casts JSON

The quick way takes only what cannot be misunderstood; whatever it does not know goes the long way, and errors are made
there, so that both ways refuse the same things in the same words.
"""

import base64
import io
import json
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from msgspec import Struct

from hito.core.signature import Column, Scalar, Schema, Signature, Tensor
from hito.serve.form import Form, taken
from hito.serve.refusal import Refusal, bad_request, misfit

if TYPE_CHECKING:
    from numpy.typing import NDArray

JSON, CSV, PARQUET = "application/json", "text/csv", "application/vnd.apache.parquet"
KEYS = ("dataframe_split", "dataframe_records", "instances", "inputs")
_NUMBERS = frozenset({"float", "double"})
_INT32 = 2**31


class Parsed(Struct):
    """A request: `matrix` of shape (rows, columns), float64, if the quick way knew it; else `data`, as `predict` takes it."""

    matrix: Any = None
    data: Any = None
    params: dict[str, Any] | None = None


class _Split(Struct, forbid_unknown_fields=True):
    data: list[list[float | None]]
    columns: list[str] | None = None
    index: list[Any] | None = None


class _Quick(Struct, forbid_unknown_fields=True):
    """The forms of which most requests are."""

    dataframe_split: _Split | None = None
    dataframe_records: list[dict[str, float | None]] | None = None
    instances: list[list[float | None]] | None = None
    inputs: list[list[float | None]] | None = None


_quick = msgspec.json.Decoder(_Quick)


def parse(body: bytes, content_type: str, signature: Signature | None, form: Form | None) -> Parsed:
    """Read a request.

    Args:
        content_type: the header, "" if there is none.
        form: of a compiled model; None: there is none.
    Raises: Refusal.
    """
    kind = _kind(content_type)
    if kind == CSV:
        return Parsed(data=_csv(body, signature))
    if kind == PARQUET:
        return Parsed(data=_parquet(body))
    if form is not None:
        matrix = _matrix(body, form)
        if matrix is not None:
            return Parsed(matrix=matrix)
    return _general(body, signature)


def _kind(content_type: str) -> str:
    kind, _, rest = content_type.partition(";")
    kind = kind.strip().lower()
    parameters = [part.strip().lower() for part in rest.split(";") if part.strip()]
    known = kind in (JSON, CSV, PARQUET)
    if not known or any(part.replace('"', "") not in ("charset=utf-8", "charset=utf8") for part in parameters):
        raise Refusal(
            415, "", f"This model takes {JSON}, {CSV} and {PARQUET}, in UTF-8; the request says {content_type[:100]!r}."
        )
    return kind


def _matrix(body: bytes, form: Form) -> "NDArray[np.float64] | None":
    """The quick way: numbers and nothing else, for every column of the model."""
    try:
        found = _quick.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return None
    split, records = found.dataframe_split, found.dataframe_records
    if (split is not None) + (records is not None) + (found.instances is not None) + (found.inputs is not None) != 1:
        return None
    if split is not None:
        rows = _split(split, form)
    elif records is not None:
        rows = _records(records, form)
    else:
        values = found.instances or found.inputs
        rows = _rows(values, form.count) if form.placed and values else None
    if rows is None or form.is_plain:
        return rows
    return taken(rows, form)


def _split(split: _Split, form: Form) -> "NDArray[np.float64] | None":
    given = split.columns
    if not split.data:
        return None
    if form.names is None:
        placed = given is None or (form.tensor and len(given) == form.count)
        return _rows(split.data, form.count) if placed else None
    if given is None:
        return None
    values = _rows(split.data, len(given))
    if values is None or tuple(given) == form.names:
        return values
    place = {name: at for at, name in enumerate(given)}
    if len(place) != len(given) or not all(name in place for name in form.names):
        return None
    if not form.signed and len(given) != form.count:
        return None
    return values[:, [place[name] for name in form.names]]


def _records(records: list[dict[str, float | None]], form: Form) -> "NDArray[np.float64] | None":
    names = form.names
    if names is None or not records:
        return None
    if not form.signed and any(len(record) != form.count for record in records):
        return None
    try:
        return np.array([[record[name] for name in names] for record in records], dtype=np.float64)
    except KeyError:
        return None


def _rows(rows: list[list[float | None]], count: int) -> "NDArray[np.float64] | None":
    if any(len(row) != count for row in rows):
        return None
    return np.array(rows, dtype=np.float64)  # None becomes NaN


def _general(body: bytes, signature: Signature | None) -> Parsed:
    """The long way, as MLflow goes it."""
    if not body:
        raise bad_request(
            'The request has no body; send JSON such as {"dataframe_split": {"columns": […], "data": […]}}.'
        )
    try:
        content = json.loads(body)  # takes NaN and Infinity, as Python's clients write them
    except (ValueError, RecursionError) as error:
        raise bad_request(f"The body is no JSON: {_short(error)}.") from None
    if not isinstance(content, dict):
        raise bad_request(f"The body must be a JSON object with one of {', '.join(KEYS)}; it is {_article(content)}.")
    given = [key for key in KEYS if key in content]  # other members mean nothing, to MLflow neither
    if len(given) != 1:
        found = ", ".join(map(repr, list(content)[:10])) or "nothing"
        raise bad_request(f"The body must have exactly one of {', '.join(KEYS)}, and perhaps params; it has {found}.")
    params = content.get("params") if signature and signature.params else None
    if params is not None and not isinstance(params, dict):
        raise bad_request(f"params must be an object, it is {_article(params)}.")
    schema = signature.inputs if signature else None
    try:
        return Parsed(data=_input(given[0], content[given[0]], schema), params=params)
    except Refusal:
        raise
    except Exception as error:  # noqa: BLE001  pandas raises whatever it meets inside, and the body is the caller's
        raise bad_request(f"{given[0]} cannot be read: {_short(error)}.") from None


def _input(key: str, value: Any, schema: Schema | None) -> Any:
    columns = tuple(one for one in schema or () if isinstance(one, Column))
    tensors = tuple(one for one in schema or () if isinstance(one, Tensor))
    if key in ("dataframe_split", "dataframe_records"):
        frame = _frame_of_split(value) if key == "dataframe_split" else _frame_of_records(value)
        only = tensors[0] if len(tensors) == 1 and tensors[0].name is None else None
        return _cast(frame, columns) if only is None else frame.astype(only.dtype)
    if tensors:
        return _tensors(key, value, tensors)
    if columns:
        return _columns(key, value, columns)
    return _arrays(key, value)


def _frame_of_split(value: Any) -> Any:
    import pandas as pd

    if not isinstance(value, dict) or "data" not in value or not set(value) <= {"columns", "index", "data"}:
        raise bad_request(
            "dataframe_split must be an object with data, and perhaps columns and index, and nothing else."
        )
    return pd.DataFrame(_even(value["data"]), columns=value.get("columns"), index=value.get("index"))


def _even(rows: Any) -> Any:
    """Rows of one length: MLflow's server, by way of pandas, takes what a shorter one lacks for missing values.

    Where the first is no list, the others are values of one column to pandas, whatever they are.

    Raises: ValueError.
    """
    if not isinstance(rows, list) or not rows or not isinstance(rows[0], list):
        return rows
    other = next((row for row in rows if not isinstance(row, list)), rows)
    if other is not rows:
        raise ValueError(f"the first of its rows is a list, another is {_article(other)}")
    longest = max(map(len, rows))
    return [row + [None] * (longest - len(row)) for row in rows]


def _frame_of_records(value: Any) -> Any:
    import pandas as pd

    if not isinstance(value, list):
        raise bad_request(f"dataframe_records must be a list of objects, it is {_article(value)}.")
    return pd.DataFrame(_even(value))


def _columns(key: str, value: Any, columns: tuple[Column, ...]) -> Any:
    """Instances and inputs for a table."""
    import pandas as pd

    if isinstance(value, dict):
        lists = any(isinstance(one, list) for one in value.values())
        return _cast(_as_arrays(pd.DataFrame(value if lists else [value]), columns), columns)
    if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        return _cast(_as_arrays(pd.DataFrame.from_records(value), columns), columns)
    if columns[0].name is None:
        frame = pd.DataFrame(_even(value) if isinstance(value, list) else [value])
        return _cast(frame, columns)
    return np.array(value)  # a table of named columns cannot be had from it: the signature's check says so


def _as_arrays(frame: Any, columns: tuple[Column, ...]) -> Any:
    """In these two forms values pass through arrays of the declared types, where a text's bytes are its letters."""
    for column in columns:
        if column.type == Scalar("binary") and column.name in frame:
            letters = [base64.b64encode(str(one).encode()).decode() for one in frame[column.name]]
            frame[column.name] = letters
    return frame


def _arrays(key: str, value: Any) -> Any:
    """Instances and inputs for a model that says nothing of its input."""
    if key == "instances" and isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        names = list(value[0])
        return {name: np.array([one[name] for one in value]) for name in names}
    if key == "inputs" and isinstance(value, dict):
        return {name: np.array(one) for name, one in value.items()}
    return np.array(value)


def _tensors(key: str, value: Any, tensors: tuple[Tensor, ...]) -> Any:
    """Arrays of the declared types."""
    if tensors[0].name is None:
        if isinstance(value, dict):
            raise bad_request(f"{key} gives arrays by name, and the model takes one without any.")
        if isinstance(value, list) and value and isinstance(value[0], dict):
            raise misfit(f"{key} gives objects, and the model takes rows of numbers.")
        return np.array(value, dtype=tensors[0].dtype)
    if isinstance(value, list) and key == "instances":
        value = {one.name: [row[one.name] for row in value] for one in tensors}
    if not isinstance(value, dict):
        raise bad_request(f"{key} must give {', '.join(str(one.name) for one in tensors)} by name.")
    types = {one.name: one.dtype for one in tensors}
    return {name: np.array(one, dtype=types.get(name)) for name, one in value.items()}


def _cast(frame: Any, columns: Sequence[Column]) -> Any:
    """A frame's columns as the signature declares them, before it is enforced: over JSON, numbers may come as text."""
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise misfit(f"Column {str(twice[0])!r} is there more than once.")
    for at, column in enumerate(columns):
        name = at if column.name is None else column.name
        if column.name is None and at < frame.shape[1]:
            name = frame.columns[at]
        if name not in frame.columns or not isinstance(column.type, Scalar):
            continue
        if not column.required and frame[name].isna().all():
            continue
        try:
            frame[name] = _cast_column(frame[name], column.type.name)
        except (ValueError, TypeError, OverflowError) as error:
            raise bad_request(
                f"Column {str(name)!r} cannot be converted to {column.type.name}: {_short(error)}."
            ) from None
    return frame


def _cast_column(values: Any, target: str) -> Any:
    import pandas as pd

    if target in ("integer", "long"):
        numbers = [_whole(value, target) for value in values.tolist()]
        return pd.Series(numbers, index=values.index, dtype="int32" if target == "integer" else "int64")
    if target in _NUMBERS:
        with np.errstate(over="ignore"):  # 1e39 is infinite in 32 bits, and the model says what it thinks of that
            return values.astype("float32" if target == "float" else "float64")
    if target == "boolean":
        return values.map(bool).astype("bool")
    if target == "datetime":
        found = pd.to_datetime(values)
        return found if getattr(found.dtype, "tz", None) else found.astype("datetime64[ns]")
    if target == "binary":
        return values.map(lambda text: base64.b64decode(text, validate=True))
    return values if target != "string" or values.dtype.kind not in "iufb" else values.astype(object)


def _whole(value: Any, target: str) -> int:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        raise ValueError(f"{value} is no whole number")
    number = int(value)
    if target == "integer" and not -_INT32 <= number < _INT32:
        raise ValueError(f"{number} is outside of 32 bits")
    return number


def _csv(body: bytes, signature: Signature | None) -> Any:
    import pandas as pd

    columns = [one for one in (signature.inputs if signature else None) or () if isinstance(one, Column)]
    texts = {str(one.name): "str" for one in columns if one.type == Scalar("string")}
    try:
        frame = pd.read_csv(io.BytesIO(body), dtype=texts or None)
    except (ValueError, UnicodeError) as error:
        raise bad_request(f"The body is no CSV: {_short(error)}.") from None
    return _cast(frame, columns)


def _parquet(body: bytes) -> Any:
    try:
        import pyarrow
        from pyarrow import parquet
    except ModuleNotFoundError:
        raise Refusal(415, "", f"This server cannot read {PARQUET}: pyarrow is not installed beside it.") from None
    try:
        return parquet.read_table(pyarrow.BufferReader(body)).to_pandas()
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise bad_request(f"The body is no Parquet file: {_short(error)}.") from None


def encode(answer: Any) -> bytes:
    """`{"predictions": …}` for what a model answered."""
    return b'{"predictions": ' + encode_value(answer) + b"}"


def encode_value(answer: Any) -> bytes:
    """An answer as JSON. NaN and infinities are the bare words that MLflow writes and Python's clients read."""
    plain = _plain(answer)
    if isinstance(answer, np.ndarray) and (
        answer.dtype.kind in "iub" or (answer.dtype.kind == "f" and np.isfinite(answer).all())
    ):
        return msgspec.json.encode(plain)
    return json.dumps(plain, default=_plain).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    kind = type(value).__name__
    if kind == "DataFrame":
        names = [str(name) for name in value.columns]
        columns = [[_plain(one) for one in value.iloc[:, at].tolist()] for at in range(len(names))]
        return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    if kind == "Series":
        return _plain(value.to_frame(value.name if value.name is not None else 0))
    if kind in ("NaTType", "NAType"):
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)


def _article(value: Any) -> str:
    """What a value of JSON is, for a sentence."""
    names = {type(None): "null", bool: "a boolean", int: "a number", float: "a number", str: "a text", list: "a list"}
    return names.get(type(value), "an object")


def _short(error: BaseException) -> str:
    return str(error).splitlines()[0][:300].rstrip(".") if str(error) else type(error).__name__
