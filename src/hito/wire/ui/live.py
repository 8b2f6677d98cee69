"""News by server-sent events: that something on the screen has changed, not what."""

from msgspec import Struct

from hito.wire.endpoint import Action, Endpoint, Message, Right, Subject


class Listen(Message):
    """Follow experiments (by id), runs (by run_id), the registry; with nothing named, everything."""

    experiment_ids: list[str] = []
    run_ids: list[str] = []
    models: bool = False


class News(Struct, frozen=True):
    """The `data` of an event named `change`: what has changed since the last one. Sent at most five times a second."""

    experiment_ids: list[str] = []
    run_ids: list[str] = []
    models: bool = False


EVENTS = Endpoint("GET", "/hito/events", takes=Listen, gives=bytes, needs=Right(Action.SEARCH, Subject.RUN))
