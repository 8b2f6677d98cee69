"""An endpoint is declared once: the server binds a handler to it, a client calls it, the docs and the tests list it."""

import enum
from typing import Any, ClassVar, Generic, TypeVar

from msgspec import Struct

from hito.core.errors import InvalidArgument


class Action(enum.Enum):
    """What a caller wants to do; levels of MLflow's permissions (auth.md, 2.6) in the order of their strength."""

    OPEN = "open"
    """Anybody, also without a login: health, server information."""
    LOGGED_IN = "logged in"
    """Anybody who is known."""
    CREATE = "create"
    """Make a new thing, which is then the maker's."""
    SEARCH = "search"
    """Ask for many; what the caller may not read is left out of the answer."""
    READ = "read"
    UPDATE = "update"
    DELETE = "delete"
    MANAGE = "manage"
    ADMIN = "admin"


class Subject(enum.Enum):
    """On what kind of thing. Runs, logged models and artifacts take their rights from their experiment."""

    SERVER = "server"
    EXPERIMENT = "experiment"
    RUN = "run"
    LOGGED_MODEL = "logged model"
    ARTIFACT = "artifact"
    REGISTERED_MODEL = "registered model"


class Right(Struct, frozen=True):
    """What an endpoint needs. There is no default: an endpoint without a right cannot be declared."""

    action: Action
    subject: Subject


class Message(Struct, kw_only=True, omit_defaults=True):
    """What an endpoint takes. Unset texts are "", unset numbers None; `required` names fields that must be given.

    What is unset is not sent. MLflow's protocol takes absent, null and "" for the same in a required field: missing.
    """

    required: ClassVar[tuple[str, ...]] = ()

    def check(self) -> None:
        for name in self.required:
            value = getattr(self, name)
            if value is None or value == "":
                raise missing(name)


def missing(where: str) -> InvalidArgument:
    return InvalidArgument(f"Missing value for required parameter '{where}'.")


class Empty(Struct, frozen=True):
    """`{}`."""


Takes = TypeVar("Takes", bound=Message)
Gives = TypeVar("Gives")


class Endpoint(Generic[Takes, Gives]):
    """One operation of a protocol.

    Args:
        method: HTTP's.
        path: below `/api/{version}` and `/ajax-api/{version}`; `{name}` stands for one segment, `{name+}` for the rest.
        takes: the message, from the query of a GET, else from the JSON body; fields named in the path are filled in.
        gives: the answer.
        needs: who may call it.
        version: `2.0` or `3.0`.
        writes: whether it changes the store.
        ajax_only: without the `/api` twin in MLflow; ours has both.
        limit: bytes that a body may have.
    """

    def __init__(
        self,
        method: str,
        path: str,
        *,
        takes: type[Takes],
        gives: type[Gives],
        needs: Right,
        version: str = "2.0",
        writes: bool | None = None,
        limit: int = 1 << 20,
    ) -> None:
        self.method = method
        self.path = path
        self.takes = takes
        self.gives = gives
        self.needs = needs
        self.version = version
        self.writes = method != "GET" if writes is None else writes
        self.limit = limit

    def __repr__(self) -> str:
        return f"<{self.method} {self.version}{self.path}>"


Any_Endpoint = Endpoint[Any, Any]
