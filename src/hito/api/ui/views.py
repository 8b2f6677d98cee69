"""Saved views of the page's screens."""

from hito.api.context import Bindings, Context
from hito.core import rules
from hito.core.errors import InvalidArgument
from hito.store import saved_views
from hito.store.saved_views import SavedView
from hito.wire.endpoint import Empty
from hito.wire.ui import views as wire

MAX_SCOPE = 2000
MAX_NAME = 200
MAX_STATE = 32 * 1024


def list_views(context: Context, message: wire.Scope) -> wire.Views:
    scope = rules.check_text(message.scope, MAX_SCOPE, "scope")
    return wire.Views([_view(one) for one in saved_views.of_scope(context.tx, scope)])


def save(context: Context, message: wire.SaveView) -> wire.View:
    scope = rules.check_text(message.scope, MAX_SCOPE, "scope")
    name = rules.check_text(message.name.strip(), MAX_NAME, "name")
    if not name:
        raise InvalidArgument("A view needs a name that is more than blanks.")
    state = rules.check_text(message.state, MAX_STATE, "state")
    if message.id is None:
        return _view(saved_views.create(context.tx, scope, name, state, context.actor.name))
    return _view(saved_views.replace(context.tx, message.id, scope, name, state))


def delete(context: Context, message: wire.ViewId) -> Empty:
    saved_views.delete(context.tx, message.id or 0)
    return Empty()


def _view(saved: SavedView) -> wire.View:
    return wire.View(*saved)


BINDINGS: Bindings = [(wire.LIST_VIEWS, list_views), (wire.SAVE_VIEW, save), (wire.DELETE_VIEW, delete)]
