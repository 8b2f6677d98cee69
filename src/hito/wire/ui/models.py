"""What happened to a registered model: who did what, when."""

from typing import ClassVar

from msgspec import Struct

from hito.wire.endpoint import Action, Endpoint, Message, Right, Subject
from hito.wire.types import Int64


class ModelHistory(Message):
    name: str = ""
    max_results: Int64 = 100
    page_token: str = ""
    required: ClassVar[tuple[str, ...]] = ("name",)


class ModelEvent(Struct, frozen=True):
    """`action`: created, renamed, described, deleted, version_created, version_described, version_deleted, stage, alias,
    alias_removed, tag, tag_removed. `before` and `after`: the stage, alias's version, name or text it had and has.
    """

    at: int
    who: str
    action: str
    version: str
    """'' where the event is about the model."""
    subject: str
    """The alias or the tag's key; else ''."""
    before: str
    after: str


class ModelEvents(Struct, frozen=True, omit_defaults=True):
    """The newest first."""

    events: list[ModelEvent] = []
    next_page_token: str | None = None


MODEL_HISTORY = Endpoint(
    "GET",
    "/hito/registered-models/history",
    takes=ModelHistory,
    gives=ModelEvents,
    needs=Right(Action.READ, Subject.REGISTERED_MODEL),
)
