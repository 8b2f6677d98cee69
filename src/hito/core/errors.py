"""What can go wrong, as one tree.

    HitoError
    ├── InvalidArgument      INVALID_PARAMETER_VALUE   400   the request cannot mean anything
    │   └── SearchSyntaxError    …                     400   a filter or an order; knows its position
    ├── AlreadyExists        RESOURCE_ALREADY_EXISTS   400   the name is taken
    ├── Unauthenticated      UNAUTHENTICATED           401   who are you?
    ├── PermissionDenied     PERMISSION_DENIED         403   you may not
    ├── NotFound             RESOURCE_DOES_NOT_EXIST   404   no such thing
    ├── EndpointNotFound     ENDPOINT_NOT_FOUND        404   no such path or method
    ├── RangeNotSatisfiable  INVALID_PARAMETER_VALUE   416   bytes that the file does not have
    ├── TooLarge             INVALID_PARAMETER_VALUE   413   a body over the stated limit
    ├── NotImplementedHere   NOT_IMPLEMENTED           501   a part of the protocol that this store cannot do
    ├── Unavailable          TEMPORARILY_UNAVAILABLE   503   try again: the store is locked, full or gone
    └── Internal             INTERNAL_ERROR            500   our fault

A code is MLflow's, since its client branches on it; a status follows from the class. MLflow's client repeats any call
that was answered 408, 429 or 5xx for minutes, so nothing that a user did wrong may have such a status.

A message says what was found, what was expected, and what to do next.
"""

from typing import ClassVar


class HitoError(Exception):
    """Anything that hito refuses or cannot do. `message` is for people; `code` and `status` are for programs."""

    code: ClassVar[str] = "INTERNAL_ERROR"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    @property
    def error_code(self) -> str:
        """`code`, by the name that MLflow's exceptions have for it."""
        return self.code

    def get_http_status_code(self) -> int:
        """`status`, by the name that MLflow's exceptions have for it."""
        return self.status


class InvalidArgument(HitoError):
    """The request is malformed, out of bounds, or against a rule of the protocol."""

    code = "INVALID_PARAMETER_VALUE"
    status = 400


class SearchSyntaxError(InvalidArgument):
    """A filter or an order that cannot be understood.

    `text` is what was given and `position` the offset in it (0 … len(text)) at which it stops making sense. The message
    ends with the text and a caret under that position.
    """

    def __init__(self, problem: str, text: str, position: int) -> None:
        self.problem = problem
        self.text = text
        self.position = position
        super().__init__(f"{problem}\n{_with_caret(text, position)}")


class AlreadyExists(HitoError):
    """The name is taken, perhaps by something that is deleted and could be restored."""

    code = "RESOURCE_ALREADY_EXISTS"
    status = 400


class Unauthenticated(HitoError):
    """Nobody, or somebody with a wrong secret, asked."""

    code = "UNAUTHENTICATED"
    status = 401


class PermissionDenied(HitoError):
    """The actor is known and may not do this."""

    code = "PERMISSION_DENIED"
    status = 403


class NotFound(HitoError):
    """The named thing does not exist."""

    code = "RESOURCE_DOES_NOT_EXIST"
    status = 404


class EndpointNotFound(HitoError):
    """No endpoint has this path and method. MLflow's client falls back to older endpoints on this code."""

    code = "ENDPOINT_NOT_FOUND"
    status = 404


class RangeNotSatisfiable(HitoError):
    """A range of bytes lies outside the file."""

    code = "INVALID_PARAMETER_VALUE"
    status = 416


class TooLarge(HitoError):
    """A body is larger than the endpoint takes; it was not read."""

    code = "INVALID_PARAMETER_VALUE"
    status = 413


class NotImplementedHere(HitoError):
    """A part of the protocol that the configured store cannot do; the client has another way."""

    code = "NOT_IMPLEMENTED"
    status = 501


class Unavailable(HitoError):
    """The store cannot answer now: locked for too long, disk full, read-only, or gone. Asking again may help."""

    code = "TEMPORARILY_UNAVAILABLE"
    status = 503
    retryable = True


class Internal(HitoError):
    """A fault of ours. The message tells nothing of the inside; the log has the request's id and the traceback."""


def _with_caret(text: str, position: int) -> str:
    """The line of `text` that holds `position`, cut to a window of 100 characters, with a caret below it."""
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    line = text[start : end if end >= 0 else len(text)]
    column = position - start
    shift = max(0, column - 70)
    window = line[shift : shift + 100].replace("\t", " ")
    return f"  {window}\n  {' ' * (column - shift)}^"
