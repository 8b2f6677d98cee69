"""What a handler gets: a transaction, the settings, and who asks."""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from hito.auth.policy import ANYBODY, Actor
from hito.store.database import Tx
from hito.wire.endpoint import Any_Endpoint


class Settings(Struct, frozen=True, kw_only=True):
    """How this server was started, as far as handlers must know.

    `artifact_root` is where new experiments keep their files: `mlflow-artifacts:/` when the server proxies artifacts,
    else the folder or bucket itself. `artifacts_destination` is where proxied files really are.
    """

    artifact_root: str = "mlflow-artifacts:/"
    artifacts_destination: str = ""
    serve_artifacts: bool = True
    trusted_schemes: frozenset[str] = frozenset()
    """Schemes naming a host that an artifact location may nevertheless have."""
    version_source_pattern: str = ""
    """A regular expression that the source of a new model version must match; empty: none."""


class Context(Struct):
    """`tx` is open for as long as the handler runs; it commits when the handler returns and not when it raises."""

    tx: Tx
    settings: Settings
    actor: Actor = ANYBODY


class Outside(Struct):
    """What a handler gets that does more than use the store: no open transaction, but a way to open one for a moment."""

    read: Callable[[Callable[[Tx], Any]], Any]
    write: Callable[[Callable[[Tx], Any]], Any]
    settings: Settings
    artifacts: Any
    """`artifacts.service.Artifacts`: the stores behind artifact URIs."""
    actor: Actor = ANYBODY


Bindings = Sequence[tuple[Any_Endpoint, Callable[[Context, Any], Any]]]
"""Endpoints and the handlers that answer them inside a transaction."""
OutsideBindings = Sequence[tuple[Any_Endpoint, Callable[[Outside, Any], Any]]]
"""Endpoints and the handlers that open transactions of their own."""
