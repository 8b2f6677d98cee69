"""Page tokens: where a search stopped, as opaque text that goes into a URL.

    token := base64url( version (1 byte) · digest of the search (8 bytes) · MessagePack of the last row's order values )

The next page begins after those values in the search's total order, so it costs what the first page cost, and a run
that is added meanwhile neither repeats nor hides another. The digest binds a token to its search: with another filter
or order its values would mean something else. It is no secret and no proof: whoever forges a token reads what he could
have searched for anyway, and the values only ever become parameters.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from typing import Any, TypeAlias

import msgspec

from hito.core.errors import InvalidArgument

_VERSION = b"\x01"
_DIGEST = 8
_MAX_LENGTH = 1 << 20

Value: TypeAlias = int | float | str | None
_decoder = msgspec.msgpack.Decoder(list[int | float | str | None])


def digest(*parts: Any) -> bytes:
    """What a search is: everything in the request that decides which rows come, and in which order."""
    return hashlib.blake2b(msgspec.msgpack.encode(parts), digest_size=_DIGEST).digest()


def encode(search: bytes, values: Sequence[Value]) -> str:
    return base64.urlsafe_b64encode(_VERSION + search + msgspec.msgpack.encode(list(values))).rstrip(b"=").decode()


def decode(token: str, search: bytes, shape: Sequence[tuple[type, ...]]) -> list[Value]:
    """The order values in a token; [] for the empty token of a first page.

    Args:
        search: the digest of the search that it is used with.
        shape: which types each value may have.
    Raises: InvalidArgument: it is no token, or belongs to another search.
    """
    if not token:
        return []
    try:
        if len(token) > _MAX_LENGTH:
            raise ValueError
        raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise _invalid("it is not one that this server gave") from None
    if raw[:1] != _VERSION:
        raise _invalid("it is not one that this server gave")
    if raw[1 : 1 + _DIGEST] != search:
        raise _invalid("it belongs to a search with another filter, order or place")
    try:
        values = _decoder.decode(raw[1 + _DIGEST :])
    except msgspec.DecodeError:
        raise _invalid("it is damaged") from None
    if len(values) != len(shape) or not all(_fits(value, types) for value, types in zip(values, shape, strict=True)):
        raise _invalid("it is damaged")
    return list(values)


def _fits(value: Value, types: tuple[type, ...]) -> bool:
    if isinstance(value, int):
        return int in types and -(2**63) <= value < 2**63
    if isinstance(value, str):
        return str in types and "\0" not in value
    return isinstance(value, types)


def _invalid(why: str) -> InvalidArgument:
    return InvalidArgument(f"The page token cannot be used: {why}. Begin again without a token.")
