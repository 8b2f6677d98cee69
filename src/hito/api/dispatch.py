"""The only road to a handler: find it, authorise, open a transaction, call, commit.

The server and the embedded client call the same `Dispatch`; no handler is reached in any other way.
"""

from typing import Any

from hito.api.context import Bindings, Context, Outside, OutsideBindings, Settings
from hito.auth.policy import ANYBODY, Actor, can
from hito.core.errors import PermissionDenied
from hito.store.database import Database, Tx
from hito.wire.endpoint import Any_Endpoint


class Dispatch:
    """Calls handlers. Any thread may use it.

    Args:
        database: the open store.
        settings: how the server was started.
        artifacts: `artifacts.service.Artifacts`.
        inside: endpoints and handlers that run in a transaction.
        outside: endpoints and handlers that open their own.
    """

    def __init__(
        self,
        database: Database,
        settings: Settings,
        artifacts: Any,
        inside: Bindings,
        outside: OutsideBindings,
    ) -> None:
        self.database = database
        self.settings = settings
        self.artifacts = artifacts
        self._inside = dict(inside)
        self._outside = dict(outside)

    @property
    def endpoints(self) -> list[Any_Endpoint]:
        """Every endpoint that can be called."""
        return [*self._inside, *self._outside]

    def call(self, endpoint: Any_Endpoint, message: Any, actor: Actor = ANYBODY) -> Any:
        """The answer to one message.

        Raises: HitoError: whatever the handler refuses; PermissionDenied: the actor may not do this.
        """
        inner = self._inside.get(endpoint)
        if inner is None:
            return self._outside[endpoint](self.outside(endpoint, actor), message)
        _authorise(actor, endpoint)

        def work(tx: Tx) -> Any:
            return inner(Context(tx, self.settings, actor), message)

        return self.database.write(work) if endpoint.writes else self.database.read(work)

    def outside(self, endpoint: Any_Endpoint, actor: Actor = ANYBODY) -> Outside:
        """What a handler of this endpoint gets that opens its own transactions.

        Raises: PermissionDenied.
        """
        _authorise(actor, endpoint)
        return Outside(self.database.read, self.database.write, self.settings, self.artifacts, actor)


def _authorise(actor: Actor, endpoint: Any_Endpoint) -> None:
    if not can(actor, endpoint.needs):
        raise PermissionDenied(f"You may not {endpoint.needs.action.value} this {endpoint.needs.subject.value}.")
