"""The history of registered models."""

from hito.api.context import Bindings, Context
from hito.api.ui.rows import check_limit
from hito.core import rules
from hito.core.errors import InvalidArgument
from hito.store import model_events, registered_models
from hito.store.model_events import Event
from hito.wire.ui import models as wire

MAX_EVENTS = 1000


def history(context: Context, message: wire.ModelHistory) -> wire.ModelEvents:
    check_limit(message.max_results, MAX_EVENTS)
    name = rules.check_model_name(message.name)
    before = _before(message.page_token) if message.page_token else None
    found = model_events.of_model(context.tx, name, before, message.max_results + 1)
    if not found and before is None:
        registered_models.existing(context.tx, name)  # one from before events were kept has none
    page = found[: message.max_results]
    token = str(page[-1].id) if len(found) > len(page) else None
    return wire.ModelEvents([_event(one) for one in page], token)


def _before(token: str) -> int:
    if not token.isascii() or not token.isdigit() or len(token) > 18:
        raise InvalidArgument(
            "The page token cannot be used: it is not one that this server gave. Begin again without."
        )
    return int(token)


def _event(event: Event) -> wire.ModelEvent:
    version = str(event.version) if event.version else ""
    return wire.ModelEvent(event.at, event.who, event.action, version, event.subject, event.before, event.after)


BINDINGS: Bindings = [(wire.MODEL_HISTORY, history)]
