"""What can be done with registered models and their aliases."""

from collections.abc import Sequence
from typing import Any

from hito.api.context import Bindings, Context
from hito.core import rules
from hito.core.errors import InvalidArgument, NotFound
from hito.core.models import STAGES, Stage
from hito.store import aliases, model_events, registered_models, versions
from hito.store.search import search_registered_models
from hito.wire import registry as wire
from hito.wire.endpoint import Empty
from hito.wire.types import Pair

MAX_RESULTS = 1000
LATEST = "latest"
"""The alias, in any case of letters, that every model has: its highest version."""


def create(context: Context, message: wire.CreateRegisteredModel) -> wire.RegisteredModelAnswer:
    rules.check_model_name(message.name)
    tags = checked_tags(message.tags)
    description = checked_description(message.description)
    made = registered_models.create(context.tx, message.name, description, tags)
    note(context, message.name, "created", after=description)
    return wire.RegisteredModelAnswer(registered_models.get_many(context.tx, [made])[0])


def get(context: Context, message: wire.ModelName) -> wire.RegisteredModelAnswer:
    return wire.RegisteredModelAnswer(registered_models.get(context.tx, rules.check_model_name(message.name)))


def search(context: Context, message: wire.SearchRegisteredModels) -> wire.RegisteredModelsPage:
    check_max_results(message.max_results, MAX_RESULTS)
    page = search_registered_models(
        context.tx, message.filter, message.order_by, message.max_results, message.page_token
    )
    return wire.RegisteredModelsPage(registered_models.get_many(context.tx, page.ids), page.token)


def rename(context: Context, message: wire.RenameRegisteredModel) -> wire.RegisteredModelAnswer:
    rules.check_model_name(message.new_name)
    model_id = writable(context, message.name)
    registered_models.rename(context.tx, model_id, message.new_name)
    if message.new_name != message.name:
        model_events.rename(context.tx, message.name, message.new_name)
        note(context, message.new_name, "renamed", before=message.name, after=message.new_name)
    return wire.RegisteredModelAnswer(registered_models.get_many(context.tx, [model_id])[0])


def update(context: Context, message: wire.UpdateRegisteredModel) -> wire.RegisteredModelAnswer:
    description = checked_description(message.description)
    model_id = writable(context, message.name)
    note(context, message.name, "described", before=model_events.description(context.tx, model_id), after=description)
    registered_models.describe(context.tx, model_id, description)
    return wire.RegisteredModelAnswer(registered_models.get_many(context.tx, [model_id])[0])


def delete(context: Context, message: wire.ModelName) -> Empty:
    registered_models.delete(context.tx, writable(context, message.name))
    note(context, message.name, "deleted")
    return Empty()


def get_latest_versions(context: Context, message: wire.GetLatestVersions) -> wire.VersionsPage:
    stages = sorted({checked_stage(stage) for stage in message.stages})
    model_id = existing(context, message.name)
    latest = versions.latest(context.tx, [model_id], stages, with_aliases=True)
    return wire.VersionsPage(latest.get(model_id, []))


def set_tag(context: Context, message: wire.SetRegisteredModelTag) -> Empty:
    [(key, value)] = checked_tags([Pair(message.key, message.value)])
    model_id = writable(context, message.name)
    note(context, message.name, "tag", subject=key, before=model_events.tag(context.tx, model_id, key), after=value)
    registered_models.set_tag(context.tx, model_id, key, value)
    return Empty()


def delete_tag(context: Context, message: wire.DeleteRegisteredModelTag) -> Empty:
    rules.check_key(message.key)
    model_id = writable(context, message.name)
    before = model_events.tag(context.tx, model_id, message.key)
    registered_models.delete_tag(context.tx, model_id, message.key)
    if before:
        note(context, message.name, "tag_removed", subject=message.key, before=before)
    return Empty()


def set_alias(context: Context, message: wire.SetAlias) -> Empty:
    rules.check_alias(message.alias)
    number = rules.check_version(message.version)
    model_id = writable(context, message.name)
    versions.check_exists(context.tx, model_id, number)
    before = aliases.find(context.tx, model_id, message.alias)
    aliases.put(context.tx, model_id, message.alias, number)
    had = "" if before is None else str(before)
    note(context, message.name, "alias", version=number, subject=message.alias, before=had, after=str(number))
    return Empty()


def delete_alias(context: Context, message: wire.AliasName) -> Empty:
    rules.check_text(message.alias, rules.MAX_DESCRIPTION, "alias")  # what cannot be an alias is simply not there
    model_id = writable(context, message.name)
    before = aliases.find(context.tx, model_id, message.alias)
    aliases.delete(context.tx, model_id, message.alias)
    if before is not None:
        note(context, message.name, "alias_removed", version=before, subject=message.alias, before=str(before))
    return Empty()


def get_by_alias(context: Context, message: wire.AliasName) -> wire.VersionAnswer:
    model_id = existing(context, message.name)
    number = version_by_alias(context, model_id, message.name, message.alias)
    return wire.VersionAnswer(versions.get(context.tx, model_id, number, with_aliases=True))


def version_by_alias(context: Context, model_id: int, name: str, alias: str) -> int:
    """The number of the version that an alias stands for.

    Raises: InvalidArgument: no version has the alias, for which MLflow says 400 and not 404; NotFound: it is `latest`
        and the model has no version.
    """
    if alias.lower() == LATEST:
        highest = versions.highest(context.tx, model_id)
        if highest is None:
            raise NotFound(f"The registered model '{name}' has no versions, hence no latest one.")
        return highest
    rules.check_text(alias, rules.MAX_DESCRIPTION, "alias")
    number = aliases.find(context.tx, model_id, alias)
    if number is None:
        raise InvalidArgument(f"Registered model alias {alias[:100]} not found for model '{name}'.")
    return number


def existing(context: Context, name: str) -> int:
    """The id of the registered model that a request names, which is to be read.

    Raises: InvalidArgument: no model can have this name; NotFound.
    """
    return registered_models.existing(context.tx, rules.check_model_name(name))


def writable(context: Context, name: str) -> int:
    """The same for a model that is to be written to."""
    return registered_models.writable(context.tx, rules.check_model_name(name))


def note(context: Context, name: str, action: str, **what: Any) -> None:
    """Write into the model's history who did this; `what` is as in `model_events.record`."""
    model_events.record(context.tx, name, context.actor.name, action, **what)


def checked_tags(given: Sequence[Pair]) -> list[tuple[str, str]]:
    """Tags of a registered model or version. A long value is refused, not cut as a run's is."""
    found = []
    for place, tag in enumerate(given):
        key = rules.check_key(tag.key, f"tags[{place}].key" if len(given) > 1 else "key")
        found.append((key, rules.check_text(tag.value, rules.MAX_REGISTRY_TAG_VALUE, f"the value of tag '{key}'")))
    return found


def checked_description(given: str | None) -> str:
    return rules.check_text(given or "", rules.MAX_DESCRIPTION, "description")


def checked_stage(given: str) -> Stage:
    """A stage by its name in any case of letters."""
    stage = STAGES.get(given.lower())
    if stage is None:
        expected = ", ".join(one.label for one in Stage)
        raise InvalidArgument(f"Invalid Model Version stage: {given[:100]!r}. Value must be one of {expected}.")
    return stage


def check_max_results(given: int, maximum: int) -> None:
    if not 1 <= given <= maximum:
        raise InvalidArgument(f"Invalid value {given} for parameter 'max_results': expected 1 to {maximum}.")


BINDINGS: Bindings = [
    (wire.CREATE_REGISTERED_MODEL, create),
    (wire.GET_REGISTERED_MODEL, get),
    (wire.SEARCH_REGISTERED_MODELS, search),
    (wire.RENAME_REGISTERED_MODEL, rename),
    (wire.UPDATE_REGISTERED_MODEL, update),
    (wire.DELETE_REGISTERED_MODEL, delete),
    (wire.GET_LATEST_VERSIONS, get_latest_versions),
    (wire.GET_LATEST_VERSIONS_BY_GET, get_latest_versions),
    (wire.SET_REGISTERED_MODEL_TAG, set_tag),
    (wire.DELETE_REGISTERED_MODEL_TAG, delete_tag),
    (wire.SET_ALIAS, set_alias),
    (wire.DELETE_ALIAS, delete_alias),
    (wire.GET_VERSION_BY_ALIAS, get_by_alias),
]
