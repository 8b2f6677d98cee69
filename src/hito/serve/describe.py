"""What a served model takes and gives, for programs: an OpenAPI 3.1 document made from the signature."""

from typing import Any

from hito import __version__
from hito.core.signature import AnyValue, ArrayOf, Column, MapOf, ObjectOf, Scalar, Schema, Tensor, ValueType
from hito.serve.served import Served

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


def document(served: Served) -> dict[str, Any]:
    """The OpenAPI document of everything that is served now."""
    paths: dict[str, Any] = {}
    for route, entry in sorted(served.entries.items()):
        predictor = entry.current.predictor
        signature = predictor.signature
        columns = _columns(
            signature.inputs if signature else None, predictor.known.form.names if predictor.known.form else None
        )
        path = f"/models/{route}/invocations" if route else "/invocations"
        who = predictor.identity
        paths[path] = {
            "post": {
                "summary": f"Predict with {who.name or who.uri}{f', version {who.version}' if who.version else ''}",
                "description": f"Compiled: {predictor.verdict}.",
                "requestBody": {"required": True, "content": {"application/json": {"schema": _request(columns)}}},
                "responses": {
                    "200": {
                        "description": "One prediction a row, in order.",
                        "content": {"application/json": {"schema": {"type": "object", "required": ["predictions"]}}},
                    },
                    "400": {"description": "The input does not fit."},
                    "503": {"description": "Too many requests wait; Retry-After says when to come again."},
                },
            }
        }
    return {"openapi": "3.1.0", "info": {"title": "Models served by hito", "version": __version__}, "paths": paths}


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


def _request(columns: dict[str, dict[str, Any]]) -> dict[str, Any]:
    rows = {"type": "array", "items": {"type": "array"}}
    names = {"type": "array", "default": list(columns)}
    record: dict[str, Any] = {"type": "object"}
    if columns:
        record |= {"properties": columns, "required": list(columns)}
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
        "properties": {"params": {"type": "object"}},
    }  # fmt: skip
