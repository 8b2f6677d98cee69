"""Errors on the wire: `{"error_code": …, "message": …}` with the status that belongs to the code, in both directions."""

import msgspec
from msgspec import Struct

from hito.core import errors
from hito.core.errors import HitoError
from hito.wire.json import encode


class ErrorBody(Struct, frozen=True):
    error_code: str
    message: str = ""


def error_body(error: HitoError) -> bytes:
    """The body of a refusal; its status is `error.status`."""
    return encode(ErrorBody(error.code, error.message))


_CLASSES: dict[str, type[HitoError]] = {
    "INVALID_PARAMETER_VALUE": errors.InvalidArgument,
    "BAD_REQUEST": errors.InvalidArgument,
    "INVALID_STATE": errors.InvalidArgument,
    "RESOURCE_ALREADY_EXISTS": errors.AlreadyExists,
    "ALREADY_EXISTS": errors.AlreadyExists,
    "RESOURCE_CONFLICT": errors.AlreadyExists,
    "UNAUTHENTICATED": errors.Unauthenticated,
    "CUSTOMER_UNAUTHORIZED": errors.Unauthenticated,
    "PERMISSION_DENIED": errors.PermissionDenied,
    "RESOURCE_DOES_NOT_EXIST": errors.NotFound,
    "NOT_FOUND": errors.NotFound,
    "ENDPOINT_NOT_FOUND": errors.EndpointNotFound,
    "NOT_IMPLEMENTED": errors.NotImplementedHere,
}
_BY_STATUS: dict[int, type[HitoError]] = {
    401: errors.Unauthenticated,
    403: errors.PermissionDenied,
    404: errors.EndpointNotFound,
    501: errors.NotImplementedHere,
}
_BUSY = (408, 425, 429, 500, 502, 503, 504)
_decode = msgspec.json.Decoder(ErrorBody).decode


def read_error(status: int, body: bytes) -> HitoError:
    """What a server's refusal means, as one of ours: the way back of `error_body`.

    A status that asks to come again is `Unavailable`, whatever its body says. A body that is none of the protocol's
    (a proxy's page, say) is told by its status; a 400 of that sort is `Unavailable` too, since it says nothing about
    what was sent.
    """
    try:
        told = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        told = None
    if told is not None and status not in _BUSY:
        kind = _CLASSES.get(told.error_code) or _BY_STATUS.get(status)
        if status == 413:
            kind = errors.TooLarge
        if kind is not None:
            return kind(told.message or told.error_code)
    if told is None and status in _BY_STATUS:
        return _BY_STATUS[status](f"The server answered {status}{_shown(body)}.")
    if told is None and status == 413:
        return errors.TooLarge(f"Something on the way to the server refused the size of the request{_shown(body)}.")
    if told is not None:
        return errors.Unavailable(f"The server answered {status} {told.error_code}: {told.message}")
    return errors.Unavailable(f"The server answered {status}{_shown(body)}.")


def _shown(body: bytes) -> str:
    text = " ".join(body[:300].decode("utf-8", "replace").split())
    return f" with {text[:120]!r}" if text else ""
