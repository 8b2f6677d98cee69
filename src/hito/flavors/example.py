"""An example of a model's input, saved beside it: once to be read again, once as a request for its server.

input                          input_example.json              serving_input_example.json
DataFrame, named columns       {"columns": …, "data": …}       {"dataframe_split": {"columns": …, "data": …}}
DataFrame, default columns     {"data": …}                     {"dataframe_split": {"data": …}}
ndarray, dict of ndarrays      the nested lists themselves     {"inputs": …}
dict, list, text, number       the JSON itself                 {"inputs": …}
(any of these, params)         {"inputs": …, "params": {…}}    the above and "params": {…}
"""

import base64
import datetime
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hito.core.errors import InvalidArgument
from hito.core.signature import Schema, is_tensors
from hito.flavors import mlmodel
from hito.flavors.infer import is_array, is_pandas, is_sparse

INPUT_FILE = "input_example.json"
SERVING_FILE = "serving_input_example.json"

_SPARSE = {"csr": "sparse_matrix_csr", "csc": "sparse_matrix_csc"}


def split(example: Any) -> tuple[Any, dict[str, Any] | None]:
    """Take an example apart: a tuple of something and a dict is an input and its params."""
    if isinstance(example, tuple) and len(example) == 2 and isinstance(example[1], Mapping):
        return example[0], dict(example[1])
    return example, None


def write(example: Any, folder: Path) -> mlmodel.ExampleInfo:
    """Save an example into a model's folder.

    Args:
        example: see the table above.
    Raises: InvalidArgument: it holds something that JSON has no words for.
    """
    data, params = split(example)
    info, content, request = _forms(data)
    if params is not None:
        params = dict(_plain(params))
        content, request = {"inputs": content, "params": params}, {**request, "params": params}
    (folder / INPUT_FILE).write_text(json.dumps(content, allow_nan=False), encoding="utf-8")
    (folder / SERVING_FILE).write_text(json.dumps(request, indent=2, allow_nan=False), encoding="utf-8")
    return mlmodel.ExampleInfo(
        artifact_path=INPUT_FILE,
        type=info[0],
        pandas_orient=info[1],
        serving_input_path=SERVING_FILE,
        has_params=params is not None,
    )


def read(folder: Path, model: mlmodel.MLmodel) -> tuple[Any, dict[str, Any] | None]:
    """The saved example as (input, params); (None, None) when the model has none.

    Frames come back with the types of the signature, since JSON alone would make a date of 2024 a text.
    """
    info = model.example
    if info is None:
        return None, None
    path = mlmodel.part(folder, info.artifact_path, "the input example")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise InvalidArgument(f"{path} is not JSON: {error}") from None
    params = content.get("params") if info.has_params and isinstance(content, dict) else None
    if info.has_params and isinstance(content, dict):
        content = content.get("inputs")
    schema = None if model.signature is None else model.signature.inputs
    return _restored(content, info, schema), params


def _forms(data: Any) -> tuple[tuple[str, str | None], Any, dict[str, Any]]:
    """(type, orient), the content of the input file, and that of the serving file."""
    if is_pandas(data, "Series"):
        data = data.to_frame()
    if is_pandas(data, "DataFrame"):
        rows = [[_plain(value) for value in row] for row in data.itertuples(index=False, name=None)]
        if list(data.columns) == list(range(len(data.columns))):
            return ("dataframe", "values"), {"data": rows}, {"dataframe_split": {"data": rows}}
        table = {"columns": [_plain(name) for name in data.columns], "data": rows}
        return ("dataframe", "split"), table, {"dataframe_split": table}
    if is_sparse(data):
        layout = str(data.format)
        if layout not in _SPARSE:
            raise InvalidArgument(f"an input example in sparse {layout} form cannot be saved; give .tocsr()")
        parts = {name: _plain(getattr(data, name)) for name in ("data", "indices", "indptr")}
        return (_SPARSE[layout], None), {**parts, "shape": list(data.shape)}, {"inputs": _plain(data.toarray())}
    arrays = is_array(data) or (isinstance(data, Mapping) and data and all(map(is_array, data.values())))
    content = _plain(data)
    return ("ndarray" if arrays else "json_object", None), content, {"inputs": content}


def _plain(value: Any) -> Any:
    """A value as JSON has it: bytes in base64, times in ISO form, what is not a number as null."""
    match value:
        case None | bool() | str() | int():
            return value
        case float():
            return value if math.isfinite(value) else None
        case bytes() | bytearray():
            return base64.b64encode(value).decode()
        case datetime.date() | datetime.time():
            return None if type(value).__name__ == "NaTType" else value.isoformat()
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    if type(value).__name__ == "datetime64":
        return str(value)
    if hasattr(value, "tolist"):  # numpy's arrays and scalars
        return _plain(value.tolist())
    raise InvalidArgument(f"an input example holds a {type(value).__name__}, which JSON has no words for; leave it out")


def _restored(content: Any, info: mlmodel.ExampleInfo, schema: Schema | None) -> Any:
    if info.type == "dataframe":
        import pandas as pd

        if not isinstance(content, dict) or "data" not in content:
            raise InvalidArgument("the input example should hold columns and data, and does not; write it anew")
        frame = pd.DataFrame(content["data"], columns=content.get("columns"))
        return _with_dates(frame, schema)
    if info.type == "ndarray":
        return _arrays(content, schema)
    if info.type in _SPARSE.values() and isinstance(content, dict):
        import scipy.sparse

        make = scipy.sparse.csr_matrix if info.type.endswith("csr") else scipy.sparse.csc_matrix
        matrix = make((content["data"], content["indices"], content["indptr"]), shape=tuple(content["shape"]))
        matrix.check_format(full_check=True)  # indices out of range would be written through by C code
        return matrix
    return content


def _with_dates(frame: Any, schema: Schema | None) -> Any:
    import pandas as pd

    for column in schema or ():
        if getattr(getattr(column, "type", None), "name", None) == "datetime" and column.name in frame:
            frame[column.name] = pd.to_datetime(frame[column.name])
    return frame


def _arrays(content: Any, schema: Schema | None) -> Any:
    import numpy as np

    dtypes = {entry.name: entry.dtype for entry in schema or () if is_tensors(schema or ())}  # type: ignore[union-attr]
    if isinstance(content, dict):
        return {name: np.asarray(value, dtype=dtypes.get(name)) for name, value in content.items()}
    return np.asarray(content, dtype=dtypes.get(None))
