"""What a served model takes and gives, for programs: an OpenAPI 3.1 document made from the signature."""

from typing import Any

from hito import __version__
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
)
from hito.serve.served import Entry, Served

_TYPES: dict[str, dict[str, Any]] = {
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer", "format": "int32"},
    "long": {"type": "integer", "format": "int64"},
    "float": {"type": "number", "format": "float"},
    "double": {"type": "number", "format": "double"},
    "string": {"type": "string"},
    "binary": {"type": "string", "format": "byte"},
    "datetime": {"type": "string", "format": "date-time"},
}


_REFUSALS = {
    "400": "The input does not fit: BAD_REQUEST for a body that cannot be read, INVALID_PARAMETER_VALUE for one that does "
    "not fit the signature.",
    "404": "No model is served here.",
    "413": "The body is too large.",
    "415": "The body is neither JSON nor CSV nor Parquet.",
    "429": "Too many requests are under way; Retry-After says when to come again.",
    "503": "Too many requests wait for this model; Retry-After says when to come again.",
    "504": "The model did not answer in time.",
}


def document(served: Served, *, keyed: bool = False) -> dict[str, Any]:
    """The OpenAPI document of everything that is served now.

    Args:
        keyed: whether an API key is asked for.
    """
    paths = {
        f"/models/{route}/invocations" if route else "/invocations": {"post": _operation(entry)}
        for route, entry in sorted(served.entries.items())
    }
    found: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "Models served by hito", "version": __version__},
        "paths": paths,
        "components": {"schemas": {"Refusal": _REFUSAL}},
    }
    if keyed:
        found["components"]["securitySchemes"] = {
            "bearer": {"type": "http", "scheme": "bearer"},
            "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
        }
        found["security"] = [{"bearer": []}, {"header": []}]
    return found


_REFUSAL = {
    "type": "object",
    "required": ["error_code", "message"],
    "properties": {"error_code": {"type": "string"}, "message": {"type": "string"}},
}


def _operation(entry: Entry) -> dict[str, Any]:
    """One route: what its model takes and gives."""
    predictor = entry.current.predictor
    signature, who, form = predictor.signature, predictor.identity, predictor.known.form
    columns = _columns(signature.inputs if signature else None, form.names if form else None)
    if form is not None and form.names is not None and predictor.known.lows:
        for name, low, high, kind in zip(
            form.names, predictor.known.lows, predictor.known.highs, form.kinds, strict=True
        ):
            if low is not None and high is not None:
                middle = (low + high) / 2
                columns[name] = {
                    **columns[name],
                    "examples": [round(middle) if kind in "li" else float(f"{middle:.4g}")],
                }
    name = f"{who.name}, version {who.version}" if who.version else who.name or who.uri
    refused = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    schema = _request(columns, signature)
    content = {"application/json": {"schema": schema}, "text/csv": {"schema": {"type": "string"}}}
    answer = {
        "type": "object",
        "required": ["predictions"],
        "properties": {"predictions": {"type": "array", "items": _given(signature.outputs if signature else None)}},
    }
    return {
        "summary": f"Predict with {name}",
        "description": f"Compiled: {predictor.verdict}.",
        "requestBody": {"required": True, "content": content},
        "responses": {
            "200": {
                "description": "One prediction a row, in order.",
                "content": {"application/json": {"schema": answer}},
            },
            **{status: {"description": said, "content": refused} for status, said in _REFUSALS.items()},
        },
    }


def _given(outputs: Schema | None) -> dict[str, Any]:
    """One prediction."""
    if outputs is None or len(outputs) != 1:
        return {}
    only = outputs[0]
    if isinstance(only, Column):
        return _value(only.type) if only.name is None else {}
    kind = only.dtype
    one = {"type": "integer"} if kind.startswith(("int", "uint")) else {"type": "number"} if "float" in kind else {}
    return one if len(only.shape) == 1 else {"type": "array", "items": one}


def _columns(schema: Schema | None, names: tuple[str, ...] | None) -> dict[str, dict[str, Any]]:
    """Columns by name; {} where they go by position or are not known."""
    if schema is None:
        return {name: {"type": "number"} for name in names or ()}
    return {str(one.name): _type(one) for one in schema if one.name is not None}


def _type(entry: Column | Tensor) -> dict[str, Any]:
    if isinstance(entry, Tensor):
        return {"type": "array", "description": f"{entry.dtype} of shape {list(entry.shape)}"}
    found = _value(entry.type)
    return found if entry.required else {"anyOf": [found, {"type": "null"}]}


def _value(kind: ValueType) -> dict[str, Any]:
    if isinstance(kind, Scalar):
        return _TYPES[kind.name]
    if isinstance(kind, ArrayOf):
        return {"type": "array", "items": _value(kind.items)}
    if isinstance(kind, MapOf):
        return {"type": "object", "additionalProperties": _value(kind.values)}
    if isinstance(kind, ObjectOf):
        return {"type": "object", "properties": {one.name: _value(one.type) for one in kind.properties}}
    assert isinstance(kind, AnyValue)
    return {}


def _parameter(spec: ParamSpec) -> dict[str, Any]:
    one = _value(spec.type)
    found = one if spec.shape is None else {"type": "array", "items": one}
    return {**found, "default": spec.default}


def _request(columns: dict[str, dict[str, Any]], signature: Signature | None) -> dict[str, Any]:
    rows = {"type": "array", "items": {"type": "array"}}
    names = {"type": "array", "default": list(columns)}
    record: dict[str, Any] = {"type": "object"}
    if columns:
        inputs = (signature.inputs if signature else None) or ()
        optional = {one.name for one in inputs if isinstance(one, Column) and not one.required}
        record |= {"properties": columns, "required": [name for name in columns if name not in optional]}
    params = {one.name: _parameter(one) for one in (signature.params if signature else None) or ()}
    return {
        "type": "object",
        "oneOf": [
            {
                "required": ["dataframe_split"],
                "properties": {
                    "dataframe_split": {
                        "type": "object", "required": ["data"], "additionalProperties": False,
                        "properties": {"columns": names, "data": rows, "index": {"type": "array"}},
                    }
                },
            },
            {"required": ["dataframe_records"], "properties": {"dataframe_records": {"type": "array", "items": record}}},
            {"required": ["instances"], "properties": {"instances": {"type": "array"}}},
            {"required": ["inputs"], "properties": {"inputs": {}}},
        ],
        "properties": {"params": {"type": "object", "properties": params}},
    }  # fmt: skip
