"""Registered models: names for models, with versions."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from hito.client.entities import LoggedModel, ModelVersion, RegisteredModel
from hito.core.errors import AlreadyExists, HitoError, InvalidArgument
from hito.core.models import MODEL_VERSIONS
from hito.fluent.configuration import client
from hito.fluent.places import DIGEST, locate

_PAGE = 100


def register_model(
    model_uri: str,
    name: str,
    await_registration_for: int | None = 300,
    *,
    tags: Mapping[str, Any] | None = None,
    env_pack: Any = None,
) -> ModelVersion:
    """A new version of a registered model, which is created if there is none of this name.

    Args:
        model_uri: `runs:/<run id>/<name>`, `models:/m-…`, or where a model's folder lies.
        await_registration_for: seconds to wait until it is READY; None: do not wait.
        tags: of the version.
        env_pack: only for MLflow's own platform; refused.
    """
    if env_pack is not None:
        raise InvalidArgument("env_pack is for Databricks' model serving; hito has nothing to do for it.")
    return register(model_uri, name, await_registration_for, tags=tags)


def register(
    model_uri: str,
    name: str,
    await_registration_for: int | None = 300,
    *,
    tags: Mapping[str, Any] | None = None,
    model: LoggedModel | None = None,
    fingerprint: str | None = None,
) -> ModelVersion:
    """`register_model`, for callers that know the logged model, or the digest of its files."""
    through = client()
    try:
        through.create_registered_model(name)
    except AlreadyExists:
        pass
    run_id = None
    source = model_uri
    if model is None:
        place = locate(through, model_uri)
        model, source = place.model, place.source
        run_id = place.run_id
        fingerprint = place.digest
    labels = {key: str(value) for key, value in (tags or {}).items()}
    if fingerprint:
        labels.setdefault(DIGEST, fingerprint)
    version = through.create_model_version(
        name, source, run_id, labels, None, None, await_registration_for, model.model_id if model else None
    )
    if model is not None:
        _note_version(model.model_id, version)
    return version


def search_registered_models(
    max_results: int | None = None, filter_string: str | None = None, order_by: Sequence[str] | None = None
) -> list[RegisteredModel]:
    """All that match, or the first `max_results`."""
    found: list[RegisteredModel] = []
    token = None
    while max_results is None or len(found) < max_results:
        size = _PAGE if max_results is None else min(_PAGE, max_results - len(found))
        page = client().search_registered_models(filter_string, size, order_by, token)
        found += page
        token = page.token
        if not token:
            break
    return found


def search_model_versions(
    max_results: int | None = None, filter_string: str | None = None, order_by: Sequence[str] | None = None
) -> list[ModelVersion]:
    """All that match, or the first `max_results`."""
    found: list[ModelVersion] = []
    token = None
    while max_results is None or len(found) < max_results:
        size = 1000 if max_results is None else min(1000, max_results - len(found))
        page = client().search_model_versions(filter_string, size, order_by, token)
        found += page
        token = page.token
        if not token:
            break
    return found


def set_model_version_tag(name: str, version: str | None = None, key: str | None = None, value: Any = None) -> None:
    """Tag a version."""
    if version is None or not key:
        raise InvalidArgument("A tag of a version needs the version and a key.")
    client().set_model_version_tag(name, version, key, value)


def _note_version(model_id: str, version: ModelVersion) -> None:
    """List the version on its logged model, as MLflow's client does and hito's server by itself."""
    through = client()
    entry = {"name": version.name, "version": int(version.version)}
    try:
        known = json.loads(through.get_logged_model(model_id).tags.get(MODEL_VERSIONS) or "[]")
        if not any(one["name"] == entry["name"] and int(one["version"]) == entry["version"] for one in known):
            through.set_logged_model_tags(model_id, {MODEL_VERSIONS: json.dumps([*known, entry])})
    except (HitoError, ValueError, KeyError, TypeError):
        pass  # the version is registered; this list is for a page to show
