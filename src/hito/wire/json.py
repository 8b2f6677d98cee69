"""MLflow's JSON: bytes and query strings to messages, answers to bytes.

It is protobuf's JSON with habits of its own (rest-tracking.md, 1.2 and 1.3):

- an integer may come as a number or as decimal text, a float also as "NaN", "Infinity", "-Infinity";
- a field may be spelled in snake_case or camelCase, but not both at once;
- null is the same as absent; unknown fields are ignored; an enum comes as its name or its number;
- a body may be a JSON text that holds the JSON object once more;
- in answers 64-bit integers are numbers, absent and empty fields are left out, NaN is the text "NaN".

The way in is fast where it can be: bytes go straight into structs. Only a message that does not fit is read again,
slowly, with every leniency above, before it is refused.
"""

import re
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec

from hito.core.errors import InvalidArgument
from hito.wire.endpoint import Message

M = TypeVar("M", bound=Message)

_decoders: dict[type, msgspec.json.Decoder[Any]] = {}
_untyped = msgspec.json.Decoder()
encode = msgspec.json.Encoder().encode

_CAMEL = re.compile(rb'"[a-z]+(?:[A-Z][a-z0-9]*)+"\s*:')
_SMALL = 16_384
"""A larger body is not searched for camelCase spellings unless it lacks something: nobody sends those in bulk."""


def decode_body(body: bytes, takes: type[M], given: dict[str, str] | None = None) -> M:
    """A JSON body as a checked message; `given` holds the fields that the path names.

    Raises: InvalidArgument: not JSON, not an object, a wrong type, a field missing; the message names the field.
    """
    decoder = _decoders.get(takes)
    if decoder is None:
        decoder = _decoders[takes] = msgspec.json.Decoder(takes, strict=False)
    if not body or body.isspace():
        body = b"{}"  # MLflow reads an empty body as an empty message
    if given or body[:1] == b'"' or (len(body) <= _SMALL and _CAMEL.search(body)):
        return _decode_slowly(body, takes, given)
    try:
        message: M = decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _decode_slowly(body, takes, given)
    message.check()
    return message


def decode_query(query: str, takes: type[M], given: dict[str, str] | None = None) -> M:
    """The arguments of a GET as a checked message; a repeated key is a list.

    Raises: InvalidArgument: a wrong type, or a field missing.
    """
    lists = _list_fields(takes)
    found: dict[str, Any] = {}
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=10_000, errors="strict") if query else []
    except (ValueError, UnicodeDecodeError):
        raise InvalidArgument("The query string is not UTF-8, or has more than 10,000 arguments.") from None
    for key, value in pairs:
        name = _snake(key)
        if name in lists:
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
    for name in _bool_fields(takes):
        if name in found and found[name] not in ("true", "false"):
            raise InvalidArgument(f"Invalid value {found[name]!r} for parameter '{name}': expected true or false.")
    return _convert(found, takes, given)


def _decode_slowly(body: bytes, takes: type[M], given: dict[str, str] | None) -> M:
    value = _untyped_json(body)
    if isinstance(value, str):  # encoded twice
        value = _untyped_json(value.encode())
    if not isinstance(value, dict):
        raise InvalidArgument(f"The body is a JSON {_kind(value)}, expected an object.")
    return _convert(_normal(value), takes, given)


def _untyped_json(body: bytes) -> Any:
    try:
        return _untyped.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidArgument(f"The body is not JSON: {error}.") from None
    except RecursionError:
        raise InvalidArgument("The body is nested too deeply.") from None


def _convert(found: dict[str, Any], takes: type[M], given: dict[str, str] | None) -> M:
    if given:
        found.update(given)
    try:
        message = msgspec.convert(found, takes, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidArgument(_explained(error)) from None
    message.check()
    return message


def _normal(value: Any) -> Any:
    """Names in snake_case, nulls left out; the depth is bounded, since the JSON was read."""
    if isinstance(value, dict):
        found: dict[str, Any] = {}
        for key, item in value.items():
            name = _snake(key)
            if name in found:
                raise InvalidArgument(f"The field '{name}' is given twice, in two spellings.")
            if item is not None:
                found[name] = _normal(item)
        return found
    if isinstance(value, list):
        return [_normal(item) for item in value]
    return value


def _snake(name: str) -> str:
    if name.isascii() and name.isidentifier() and not name.islower():
        return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda match: "_" + match[1].lower(), name)
    return name


_PLACE = re.compile(r"(?P<problem>.*?)(?: - at `\$\.?(?P<path>.*)`)?", re.DOTALL)


def _explained(error: msgspec.ValidationError) -> str:
    match = _PLACE.fullmatch(str(error))
    if match is None or not match["path"]:
        return f"Invalid request: {error}."
    return f"Invalid value for parameter '{match['path']}': {match['problem'][:1].lower()}{match['problem'][1:]}."


def _kind(value: Any) -> str:
    return {list: "array", str: "string", bool: "boolean", type(None): "null"}.get(type(value), "number")


_fields_cache: dict[type, tuple[frozenset[str], frozenset[str]]] = {}


def _fields(takes: type[Message]) -> tuple[frozenset[str], frozenset[str]]:
    known = _fields_cache.get(takes)
    if known is None:
        fields = msgspec.inspect.type_info(takes).fields  # type: ignore[attr-defined]
        known = _fields_cache[takes] = (
            frozenset(field.name for field in fields if isinstance(field.type, msgspec.inspect.ListType)),
            frozenset(field.name for field in fields if isinstance(field.type, msgspec.inspect.BoolType)),
        )
    return known


def _list_fields(takes: type[Message]) -> frozenset[str]:
    return _fields(takes)[0]


def _bool_fields(takes: type[Message]) -> frozenset[str]:
    return _fields(takes)[1]
