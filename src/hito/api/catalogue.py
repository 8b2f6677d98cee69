"""Every handler, bound to its endpoint; a `Dispatch` over a store."""

from hito.api import artifacts, experiments, info, logged_models, metrics, registered_models, runs, versions
from hito.api.context import Bindings, OutsideBindings, Settings
from hito.api.dispatch import Dispatch
from hito.artifacts.service import Artifacts
from hito.core.errors import InvalidArgument
from hito.search.pattern import compiled
from hito.store import experiments as stored_experiments
from hito.store.open import open_database

INSIDE: Bindings = [
    *experiments.BINDINGS,
    *runs.BINDINGS,
    *metrics.BINDINGS,
    *logged_models.BINDINGS,
    *registered_models.BINDINGS,
    *versions.BINDINGS,
]
OUTSIDE: OutsideBindings = [*info.OUTSIDE_BINDINGS, *artifacts.OUTSIDE_BINDINGS]


def dispatch(store: str, settings: Settings, more: Bindings = ()) -> Dispatch:
    """Open a store, making it if there is none, with its default experiment.

    Args:
        store: its URI, `sqlite:///…` or `postgresql://…`.
        settings: where artifacts go, and what is trusted.
        more: handlers beyond the protocol's: a server has the page's (`api.ui.catalogue`).
    Raises: InvalidArgument: a URI of another kind, or a pattern that RE2 does not know; Unavailable: it cannot be opened.
    """
    if settings.version_source_pattern:
        try:
            compiled(settings.version_source_pattern)
        except ValueError as error:
            name = "MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX"
            raise InvalidArgument(f"{name} is no pattern that this server can use: {error}.") from None
    database = open_database(store)
    # Experiments may name a folder of this machine as their location; only these are opened for them.
    folders = [
        place for place in (settings.artifact_root, settings.artifacts_destination) if place and ":" not in place
    ]
    files = Artifacts(
        settings.artifacts_destination if settings.serve_artifacts else "",
        local_roots=folders,
        trusted_schemes=settings.trusted_schemes,
    )
    if database.read(stored_experiments.lacks_default):
        database.write(lambda tx: stored_experiments.ensure_default(tx, settings.artifact_root))
    return Dispatch(database, settings, files, [*INSIDE, *more], OUTSIDE)
