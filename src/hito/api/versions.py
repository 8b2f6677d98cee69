"""What can be done with versions of registered models."""

from hito.api.context import Bindings, Context
from hito.api.registered_models import (
    LATEST,
    check_max_results,
    checked_description,
    checked_stage,
    checked_tags,
    existing,
    note,
    version_by_alias,
    writable,
)
from hito.core import rules
from hito.core.artifacts import ArtifactUri, check_version_source
from hito.core.errors import InvalidArgument, NotFound
from hito.core.models import STAGES, Stage
from hito.search.pattern import compiled
from hito.store import logged_models, model_events, runs, versions
from hito.store.logged_models import LoggedModelKey
from hito.store.search import search_model_versions
from hito.store.versions import Origin
from hito.wire import registry as wire
from hito.wire.endpoint import Empty
from hito.wire.types import Pair

MAX_RESULTS = 200_000
MAX_RUN_ID = 256
"""Characters; the run need not exist, as it may be another server's."""
MAX_RUN_LINK = 2048
"""Ours: MLflow states no limit for the address of a run on another server."""


def create(context: Context, message: wire.CreateVersion) -> wire.VersionAnswer:
    tags = checked_tags(message.tags)
    description = checked_description(message.description)
    run_link = rules.check_text(message.run_link, MAX_RUN_LINK, "run_link")
    model_id = writable(context, message.name)
    origin, logged_model = _origin(context, message)
    number = versions.create(context.tx, model_id, origin, run_link, description, tags)
    note(context, message.name, "version_created", version=number)
    if logged_model is not None:
        logged_models.add_version(context.tx, logged_model, message.name, number)
    return wire.VersionAnswer(versions.get(context.tx, model_id, number))


def get(context: Context, message: wire.VersionName) -> wire.VersionAnswer:
    model_id, number = _named(context, message)
    return wire.VersionAnswer(versions.get(context.tx, model_id, number, with_aliases=True))


def search(context: Context, message: wire.SearchVersions) -> wire.VersionsPage:
    check_max_results(message.max_results, MAX_RESULTS)
    page = search_model_versions(context.tx, message.filter, message.order_by, message.max_results, message.page_token)
    return wire.VersionsPage(versions.get_many(context.tx, page.ids), page.token)


def update(context: Context, message: wire.UpdateVersion) -> wire.VersionAnswer:
    checked_description(message.description)
    model_id, number = _named(context, message, to_write=True)
    before = model_events.description(context.tx, model_id, number)
    versions.describe(context.tx, model_id, number, message.description)
    note(context, message.name, "version_described", version=number, before=before, after=message.description or "")
    return wire.VersionAnswer(versions.get(context.tx, model_id, number, with_aliases=True))


def transition_stage(context: Context, message: wire.TransitionStage) -> wire.VersionAnswer:
    stage = checked_stage(message.stage)
    archive = message.archive_existing_versions
    if not isinstance(archive, bool | None):
        raise InvalidArgument("Invalid value for parameter 'archive_existing_versions': expected true or false.")
    if archive and stage not in (Stage.STAGING, Stage.PRODUCTION):
        raise InvalidArgument(
            f"Invalid value true for parameter 'archive_existing_versions': versions are archived when another enters "
            f"Staging or Production, not {stage.label}."
        )
    model_id, number = _named(context, message, to_write=True)
    before = model_events.stages(context.tx, model_id)
    versions.move(context.tx, model_id, number, stage, bool(archive))
    for version, now in model_events.stages(context.tx, model_id).items():
        if now is not before[version]:
            note(context, message.name, "stage", version=version, before=before[version].label, after=now.label)
    return wire.VersionAnswer(versions.get(context.tx, model_id, number, with_aliases=True))


def delete(context: Context, message: wire.VersionName) -> Empty:
    model_id, number = _named(context, message, to_write=True)
    before = model_events.stages(context.tx, model_id).get(number, Stage.NONE)
    versions.delete(context.tx, model_id, number)
    model_events.forget_texts(context.tx, message.name, number)
    note(context, message.name, "version_deleted", version=number, before=before.label)
    return Empty()


def get_download_uri(context: Context, message: wire.VersionName) -> wire.DownloadUri:
    rules.check_model_name(message.name)
    number = rules.check_version(message.version)
    return wire.DownloadUri(versions.download_uri(context.tx, message.name, number))


def set_tag(context: Context, message: wire.SetVersionTag) -> Empty:
    [(key, value)] = checked_tags([Pair(message.key, message.value)])
    model_id, number = _named(context, message, to_write=True)
    versions.check_exists(context.tx, model_id, number)
    before = model_events.tag(context.tx, model_id, key, number)
    versions.set_tag(context.tx, model_id, number, key, value)
    note(context, message.name, "tag", version=number, subject=key, before=before, after=value)
    return Empty()


def delete_tag(context: Context, message: wire.DeleteVersionTag) -> Empty:
    rules.check_key(message.key)
    model_id, number = _named(context, message, to_write=True)
    versions.check_exists(context.tx, model_id, number)
    before = model_events.tag(context.tx, model_id, message.key, number)
    versions.delete_tag(context.tx, model_id, number, message.key)
    if before:
        note(context, message.name, "tag_removed", version=number, subject=message.key, before=before)
    return Empty()


def _named(context: Context, message: wire.VersionName, to_write: bool = False) -> tuple[int, int]:
    """The model's id and the version's number, of which it is not yet known whether there is such a version."""
    number = rules.check_version(message.version)
    model_id = writable(context, message.name) if to_write else existing(context, message.name)
    return model_id, number


def _origin(context: Context, message: wire.CreateVersion) -> tuple[Origin, LoggedModelKey | None]:
    """Where a new version comes from, and the logged model that it is made of.

    What lies on this server is taken only from inside the run or the logged model that the request names (A03), and
    the decision sees the source and the store, never a tag (A13).
    """
    source = message.source
    _check_pattern(context.settings.version_source_pattern, source)
    run_id = rules.check_text(message.run_id, MAX_RUN_ID, "run_id")
    run = runs.find(context.tx, run_id) if run_id else None
    logged_model = logged_models.existing(context.tx, message.model_id) if message.model_id else None
    uri = check_version_source(
        source,
        run_id=run_id or None,
        run_root=runs.artifact_uri(context.tx, run) if run else None,
        model_id=logged_model.uuid if logged_model else None,
        model_root=logged_model.artifact_uri if logged_model else None,
        trusted_schemes=context.settings.trusted_schemes,
    )
    if uri.scheme == "models" and not rules.is_model_id(str(uri.path)):
        return _of_version(context, uri, run_id, logged_model)
    if logged_model is None:
        return Origin(source=source, run_id=run_id), None
    origin = Origin(
        source=source,
        location=logged_model.artifact_uri if uri.scheme == "models" else None,
        run_id=run_id or logged_model.source_run_id,
        logged_model_id=logged_model.uuid,
    )
    return origin, logged_model


def _of_version(
    context: Context, uri: ArtifactUri, run_id: str, logged_model: LoggedModelKey | None
) -> tuple[Origin, LoggedModelKey | None]:
    """The origin of a copy. Its run and logged model are those of the copied version: a request may repeat them."""
    name, number = _referenced(context, uri)
    copied = versions.origin(context.tx, existing(context, name), number)
    for what, given, inherited in (
        ("run_id", run_id, copied.run_id),
        ("model_id", logged_model.uuid if logged_model else None, copied.logged_model_id),
    ):
        if given and given != inherited:
            raise InvalidArgument(
                f"Invalid value '{given}' for parameter '{what}': the source {uri} has "
                f"{repr(inherited) if inherited else 'none'}. Leave it out."
            )
    if copied.logged_model_id:
        logged_model = _if_there(context, copied.logged_model_id)
    origin = Origin(
        source=f"models:/{name}/{number}",
        location=copied.location or copied.source,
        run_id=copied.run_id,
        logged_model_id=copied.logged_model_id,
    )
    return origin, logged_model


def _referenced(context: Context, uri: ArtifactUri) -> tuple[str, int]:
    """The model and the number that `models:/name/…` or `models:/name@alias` stands for at this moment.

    After the slash may stand a number, `latest`, or a stage, which means its highest version.
    """
    if len(uri.path.parts) == 1:
        name, _, alias = str(uri.path).rpartition("@")
        return name, version_by_alias(context, existing(context, name), name, alias)
    name, which = uri.path.parts
    model_id = existing(context, name)
    if which.lower() == LATEST:
        return name, version_by_alias(context, model_id, name, which)
    if which.lower() not in STAGES:
        return name, rules.check_version(which)
    found = versions.latest(context.tx, [model_id], [checked_stage(which)]).get(model_id)
    if not found:
        raise NotFound(f"The registered model '{name}' has no version in stage {which}.")
    return name, int(found[0].version)


def _if_there(context: Context, model_id: str) -> LoggedModelKey | None:
    """The logged model of a version that is copied; it may have been deleted since."""
    try:
        return logged_models.existing(context.tx, model_id)
    except NotFound:
        return None


def _check_pattern(pattern: str, source: str) -> None:
    """The operator's own rule for sources."""
    if not pattern:
        return
    try:
        found = compiled(pattern).search(source)
    except ValueError as error:
        raise InvalidArgument(
            "No version can be made: MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX of this server is not a "
            f"regular expression that RE2 knows ({error}). Ask its operator."
        ) from None
    if found is None:
        raise InvalidArgument(
            f"Invalid model version source {source[:100]!r}: it does not match the pattern that this server asks for."
        )


BINDINGS: Bindings = [
    (wire.CREATE_VERSION, create),
    (wire.GET_VERSION, get),
    (wire.SEARCH_VERSIONS, search),
    (wire.UPDATE_VERSION, update),
    (wire.TRANSITION_STAGE, transition_stage),
    (wire.DELETE_VERSION, delete),
    (wire.GET_DOWNLOAD_URI, get_download_uri),
    (wire.SET_VERSION_TAG, set_tag),
    (wire.DELETE_VERSION_TAG, delete_tag),
]
