"""Shapes that several messages share."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from hito.core.errors import InvalidArgument
from hito.core.rules import INT64_MAX, INT64_MIN
from hito.wire.endpoint import Message

Int64 = Annotated[int, Meta(ge=INT64_MIN, le=INT64_MAX)]
Int32 = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]
EnumIn = str | int
"""An enum's name, its number, or its number as text."""


class Pair(Struct, gc=False):
    """A key and a value on their way in: a param or a tag."""

    key: str = ""
    value: str = ""


class MetricIn(Struct, gc=False, omit_defaults=True):
    """A point on its way in; what must be given is checked by the handler, which knows its place in the batch."""

    key: str = ""
    value: float | None = None
    timestamp: Int64 | None = None
    step: Int64 = 0
    model_id: str = ""
    dataset_name: str = ""
    dataset_digest: str = ""


class RunMessage(Message):
    """A message about one run, which old clients call `run_uuid`; `run_id` wins."""

    run_id: str = ""
    run_uuid: str = ""

    required: ClassVar[tuple[str, ...]] = ("run_id",)

    def __post_init__(self) -> None:
        if not self.run_id:
            self.run_id = self.run_uuid


def enum_of(kind: type, value: EnumIn, where: str):  # type: ignore[no-untyped-def]
    """The member of an IntEnum that a message names, by name or number.

    Raises: InvalidArgument: there is none; the message lists them.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        for member in kind:  # type: ignore[attr-defined]
            if member.value == value:
                return member
    elif isinstance(value, str):
        for member in kind:  # type: ignore[attr-defined]
            if value in (member.name, str(member.value)):
                return member
    names = ", ".join(member.name for member in kind)  # type: ignore[attr-defined]
    raise InvalidArgument(f"Invalid value {value!r} for parameter '{where}': expected one of {names}.")
