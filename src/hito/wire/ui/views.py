"""Saved views: the state of a screen under a name, for whoever opens the same experiments."""

from typing import ClassVar

from msgspec import Struct

from hito.wire.endpoint import Action, Empty, Endpoint, Message, Right, Subject
from hito.wire.types import Int64

_PATH = "/hito/views/"


class Scope(Message):
    """`scope`: what the view is of, as the page's path says it: `experiments/1,2`, `folders/vision`."""

    scope: str = ""
    required: ClassVar[tuple[str, ...]] = ("scope",)


class SaveView(Scope):
    """A view with an `id` replaces that one. `state`: the search part of the page's address, at most 32 KB."""

    id: Int64 | None = None
    name: str = ""
    state: str = ""
    required: ClassVar[tuple[str, ...]] = ("scope", "name", "state")


class ViewId(Message):
    id: Int64 | None = None
    required: ClassVar[tuple[str, ...]] = ("id",)


class View(Struct, frozen=True):
    id: int
    scope: str
    name: str
    state: str
    owner: str
    last_update_time: int


class Views(Struct, frozen=True):
    views: list[View] = []


_WRITE = Right(Action.CREATE, Subject.EXPERIMENT)
LIST_VIEWS = Endpoint("GET", _PATH + "list", takes=Scope, gives=Views, needs=Right(Action.SEARCH, Subject.EXPERIMENT))
SAVE_VIEW = Endpoint("POST", _PATH + "save", takes=SaveView, gives=View, needs=_WRITE)
DELETE_VIEW = Endpoint("POST", _PATH + "delete", takes=ViewId, gives=Empty, needs=_WRITE)
