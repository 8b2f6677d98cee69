"""What a model takes and gives: columns, tensors and parameters, and their text in an MLmodel file.

    signature:
      inputs:  '[{"type": "double", "name": "x", "required": true}]'       columns …
      outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]'     … or tensors, never both
      params:  '[{"name": "k", "default": 3, "shape": null, "type": "long"}]'

Each of the three is a JSON text or null. Reading forgives what old MLflow versions left out (`required`, `shape`) and
keeps type names of later ones out by an error that names them. Nothing here needs numpy or pandas: the client carries
signatures before it knows whether either is installed.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from msgspec import Struct

from hito.core.errors import InvalidArgument

SCALARS = frozenset({"boolean", "integer", "long", "float", "double", "string", "binary", "datetime"})
"""MLflow's scalar types: integer has 32 bits, long 64, float 32, double 64."""

MAX_DEPTH = 32
"""How deep types may nest. Deeper is not a model's input but an attempt to exhaust the stack."""


class Scalar(Struct, frozen=True):
    """One of SCALARS."""

    name: str


class AnyValue(Struct, frozen=True):
    """Whatever comes: MLflow checks nothing, neither do we."""


class ArrayOf(Struct, frozen=True):
    """A list of any length, all of whose items are of one type."""

    items: "ValueType"


class MapOf(Struct, frozen=True):
    """A JSON object with any keys, all of whose values are of one type."""

    values: "ValueType"


class Property(Struct, frozen=True):
    name: str
    type: "ValueType"
    required: bool = True


class ObjectOf(Struct, frozen=True):
    """A JSON object with known keys, in the order of their names, as MLflow writes them."""

    properties: tuple[Property, ...]


ValueType = Scalar | AnyValue | ArrayOf | MapOf | ObjectOf


class Column(Struct, frozen=True):
    """A column of a table. `name` is None where columns are found by position; pandas' default columns have numbers.

    A column that may be absent or hold nulls is not `required`.
    """

    type: ValueType
    name: str | int | None = None
    required: bool = True


class Tensor(Struct, frozen=True):
    """An array. `dtype` is numpy's name for it (`str` and `bytes` have no length); a -1 in `shape` is any length."""

    dtype: str
    shape: tuple[int, ...]
    name: str | None = None


class ParamSpec(Struct, frozen=True):
    """A parameter of `predict`: its type, what it is when it is not given, and `shape`: None, or (-1,) for a list."""

    name: str
    type: ValueType
    default: Any
    shape: tuple[int, ...] | None = None


Value = TypeVar("Value")
Schema = tuple[Column, ...] | tuple[Tensor, ...]


class Signature(Struct, frozen=True):
    """Inputs, outputs and parameters of a model; None where nothing is known."""

    inputs: Schema | None = None
    outputs: Schema | None = None
    params: tuple[ParamSpec, ...] | None = None

    def to_texts(self) -> dict[str, str | None]:
        """As it stands in an MLmodel file: three members, each a JSON text or None."""
        params = None if self.params is None else json.dumps([_param_json(param) for param in self.params])
        return {"inputs": schema_text(self.inputs), "outputs": schema_text(self.outputs), "params": params}

    @staticmethod
    def from_texts(texts: Mapping[str, Any]) -> "Signature":
        """Read the three texts; a missing one is None.

        Raises: InvalidArgument: not JSON, or not a schema; the message says where.
        """
        params = texts.get("params")
        return Signature(
            inputs=parse_schema(texts.get("inputs"), "inputs"),
            outputs=parse_schema(texts.get("outputs"), "outputs"),
            params=None if params is None else tuple(_param(entry) for entry in _json_list(params, "params")),
        )


def is_tensors(schema: Schema) -> bool:
    """Whether a schema, which has at least one entry, is made of tensors."""
    return bool(schema) and isinstance(schema[0], Tensor)


def schema_text(schema: Schema | None) -> str | None:
    """The JSON text of a schema, with MLflow's spaces and order of members, so that texts compare equal."""
    if schema is None:
        return None
    entries = [_tensor_json(entry) if isinstance(entry, Tensor) else _column_json(entry) for entry in schema]
    return json.dumps(entries)


def parse_schema(text: str | None, what: str) -> Schema | None:
    """Read a schema.

    Args:
        text: a JSON text, or None.
        what: `inputs` or `outputs`, for messages.
    Raises: InvalidArgument: not a schema, or columns and tensors mixed, or names given to some columns only.
    """
    if text is None:
        return None
    entries = _json_list(text, what)
    kinds = {isinstance(entry, dict) and entry.get("type") == "tensor" for entry in entries}
    if len(kinds) > 1:
        raise InvalidArgument(f"signature {what} mixes columns and tensors; use one kind")
    if kinds == {True}:
        return _named(tuple(_tensor(entry, what) for entry in entries), what)
    return _named(tuple(_column(entry, what) for entry in entries), what)


def _named(schema: Schema, what: str) -> Schema:
    """The schema itself, once all of its entries, or none, have names, no name twice."""
    names = [entry.name for entry in schema if entry.name is not None]
    if names and len(names) != len(schema):
        raise InvalidArgument(f"signature {what} names {len(names)} of {len(schema)} entries; name all or none")
    if len(set(names)) != len(names):
        raise InvalidArgument(f"signature {what} has a name twice; names must differ")
    return schema


def _json_list(text: Any, what: str) -> list[Any]:
    if not isinstance(text, str):
        raise InvalidArgument(f"signature {what} is {type(text).__name__}, expected a JSON text")
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidArgument(f"signature {what} is not JSON: {error}") from None
    if not isinstance(entries, list):
        raise InvalidArgument(f"signature {what} is a JSON {type(entries).__name__}, expected a list")
    return entries


def _member(entry: Any, name: str, kind: type[Value], what: str) -> Value:
    value = entry.get(name) if isinstance(entry, dict) else None
    if not isinstance(value, kind):
        raise InvalidArgument(f"signature {what} holds {_short(entry)}, whose {name} is missing or of a wrong kind")
    return value


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:80] + "…"


def _column(entry: Any, what: str) -> Column:
    kind = value_type(entry, what)
    name = entry.get("name")
    if name is not None and (isinstance(name, bool) or not isinstance(name, str | int)):
        raise InvalidArgument(f"signature {what} has a column named {_short(name)}; a name is a text or a whole number")
    return Column(type=kind, name=name, required=_required(entry, what))


def _required(entry: dict[str, Any], what: str) -> bool:
    required = entry.get("required")
    if required is None:
        # Before `required` there was `optional`, in MLflow 2.0 … 2.6.
        return not entry.get("optional", False)
    if not isinstance(required, bool):
        raise InvalidArgument(f"signature {what} holds {_short(entry)}, whose required is neither true nor false")
    return required


def value_type(entry: Any, what: str, depth: int = 0) -> ValueType:
    """The type that a JSON object describes, such as {"type": "array", "items": {"type": "long"}}."""
    if depth > MAX_DEPTH:
        raise InvalidArgument(f"signature {what} nests types deeper than {MAX_DEPTH}")
    name = _member(entry, "type", str, what)
    if name in SCALARS:
        return Scalar(name)
    if name == "any":
        return AnyValue()
    if name == "array":
        return ArrayOf(value_type(entry.get("items"), what, depth + 1))
    if name == "map":
        return MapOf(value_type(entry.get("values"), what, depth + 1))
    if name == "object":
        properties = _member(entry, "properties", dict, what)
        return ObjectOf(
            tuple(
                Property(key, value_type(value, what, depth + 1), _required(value, what))
                for key, value in sorted(properties.items())
            )
        )
    known = ", ".join([*sorted(SCALARS), "array", "object", "map", "any"])
    raise InvalidArgument(f"signature {what} has a type {_short(name)}; known are {known}")


def _tensor(entry: Any, what: str) -> Tensor:
    spec = _member(entry, "tensor-spec", dict, what)
    name = entry.get("name")
    if name is not None and not isinstance(name, str):
        raise InvalidArgument(f"signature {what} has a tensor named {_short(name)}; a name is a text")
    return Tensor(dtype=_member(spec, "dtype", str, what), shape=_shape(spec.get("shape"), what), name=name)


def _shape(value: Any, what: str) -> tuple[int, ...]:
    lengths = value if isinstance(value, Sequence) and not isinstance(value, str) else None
    if lengths is None or any(isinstance(length, bool) or not isinstance(length, int) for length in lengths):
        raise InvalidArgument(f"signature {what} has a shape {_short(value)}; a shape is a list of whole numbers")
    if any(length < -1 for length in lengths):
        raise InvalidArgument(f"signature {what} has a shape {_short(value)}; lengths are 0 or more, or -1 for any")
    return tuple(lengths)


def _param(entry: Any) -> ParamSpec:
    # MLflow 2.7 wrote `dtype`; what it wrote since has `type`.
    if isinstance(entry, dict) and "type" not in entry and "dtype" in entry:
        entry = {**entry, "type": entry["dtype"]}
    shape = entry.get("shape") if isinstance(entry, dict) else None
    return ParamSpec(
        name=_member(entry, "name", str, "params"),
        type=value_type(entry, "params"),
        default=entry.get("default"),
        shape=None if shape is None else _shape(shape, "params"),
    )


def type_json(kind: ValueType) -> dict[str, Any]:
    """A type as a JSON object; the inverse of `value_type`."""
    match kind:
        case Scalar(name=name):
            return {"type": name}
        case AnyValue():
            return {"type": "any"}
        case ArrayOf(items=items):
            return {"type": "array", "items": type_json(items)}
        case MapOf(values=values):
            return {"type": "map", "values": type_json(values)}
        case ObjectOf(properties=properties):
            members = {entry.name: {**type_json(entry.type), "required": entry.required} for entry in properties}
            return {"type": "object", "properties": members}


def _column_json(column: Column) -> dict[str, Any]:
    named = {} if column.name is None else {"name": column.name}
    return {**type_json(column.type), **named, "required": column.required}


def _tensor_json(tensor: Tensor) -> dict[str, Any]:
    named = {} if tensor.name is None else {"name": tensor.name}
    return {**named, "type": "tensor", "tensor-spec": {"dtype": tensor.dtype, "shape": list(tensor.shape)}}


def _param_json(param: ParamSpec) -> dict[str, Any]:
    shape = None if param.shape is None else list(param.shape)
    return {"name": param.name, "default": param.default, "shape": shape, **type_json(param.type)}
