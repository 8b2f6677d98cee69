"""Errors on the wire: `{"error_code": …, "message": …}` with the status that belongs to the code."""

from msgspec import Struct

from hito.core.errors import HitoError
from hito.wire.json import encode


class ErrorBody(Struct, frozen=True):
    error_code: str
    message: str


def error_body(error: HitoError) -> bytes:
    """The body of a refusal; its status is `error.status`."""
    return encode(ErrorBody(error.code, error.message))
