"""Where a URI leads, and what its files should be.

models:/<name>/<version | stage | latest>[/path]    models:/<name>@<alias>[/path]    models:/m-<32 hex>[/path]
runs:/<run id>/<path>      a folder of the run; else the logged model of this name that the run made
anything else              an artifact URI of the server, or a path of this machine
"""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from hito.client.entities import LoggedModel, ModelVersion
from hito.connect import Client
from hito.core import rules
from hito.core.errors import InvalidArgument, NotFound
from hito.core.models import STAGES

DIGEST = "hito.digest"
"""The tag of a logged model and of a version that holds the digest of its files; `load_model` compares it."""
MODELS, RUNS = "models:/", "runs:/"
_DEPTH = 5
"""How often a version may lead to another one: copies of copies."""


class Place(Struct, frozen=True, kw_only=True):
    """Files: `path` below the artifact URI `root`, or `local`, a path of this machine.

    `source` is how a version names it; `digest` what its files should be, if that is known and all of them are meant.
    """

    root: str = ""
    path: str = ""
    local: Path | None = None
    source: str = ""
    run_id: str | None = None
    model: LoggedModel | None = None
    digest: str | None = None


def locate(client: Client, uri: str, depth: int = _DEPTH) -> Place:
    """Where a URI leads.

    Raises: NotFound: no such model, version or run; InvalidArgument: it is malformed.
    """
    uri = str(uri)
    if depth == 0:
        raise InvalidArgument(f"'{uri}' leads from version to version without end.")
    if uri.startswith(MODELS):
        return _of_model(client, uri, depth)
    if uri.startswith(RUNS):
        return _of_run(client, uri)
    scheme = urlsplit(uri).scheme
    if scheme == "file":
        return Place(local=Path(unquote(urlsplit(uri).path)), source=uri)
    if not scheme or len(scheme) == 1:
        return Place(local=Path(uri).expanduser(), source=uri)
    return Place(root=uri, source=uri)


def _of_model(client: Client, uri: str, depth: int) -> Place:
    name, _, rest = uri.removeprefix(MODELS).strip("/").partition("/")
    if rules.is_model_id(name):
        return _of_logged(client.get_logged_model(name), rest)
    if "@" in name:
        name, _, alias = name.rpartition("@")
        version = client.get_model_version_by_alias(name, alias)
    else:
        wanted, _, rest = rest.partition("/")
        if not name or not wanted:
            raise InvalidArgument(
                f"'{uri}' names no version, expected models:/name/1, models:/name/Production, models:/name/latest, "
                "models:/name@alias or models:/m-…"
            )
        version = _version(client, unquote(name), wanted)
    found = client.get_model_version_download_uri(version.name, version.version)
    expected = version.tags.get(DIGEST)
    if found.startswith((MODELS, RUNS)):
        inner = locate(client, found, depth - 1)
        path = "/".join(part for part in (inner.path, rest) if part)
        return Place(
            root=inner.root, path=path, local=inner.local, source=uri, run_id=version.run_id or None, model=inner.model,
            digest=None if rest else expected or inner.digest,
        )  # fmt: skip
    return Place(root=found, path=rest, source=uri, run_id=version.run_id or None, digest=None if rest else expected)


def _version(client: Client, name: str, wanted: str) -> ModelVersion:
    if wanted.isdigit():
        return client.get_model_version(name, wanted)
    if wanted.lower() == "latest":
        found = client.get_latest_versions(name)
    elif wanted.lower() in STAGES:
        found = client.get_latest_versions(name, [wanted])
    else:
        raise InvalidArgument(
            f"'{wanted}' is no version, no stage and not 'latest'; an alias is written models:/{name}@{wanted}"
        )
    if not found:
        raise NotFound(f"No versions of model with name '{name}' and stage '{wanted}' found")
    # A search may have left out aliases and tags; one version is read whole.
    return client.get_model_version(name, max(found, key=lambda one: int(one.version)).version)


def _of_run(client: Client, uri: str) -> Place:
    run_id, _, path = uri.removeprefix(RUNS).strip("/").partition("/")
    if not run_id:
        raise InvalidArgument(f"'{uri}' names no run, expected runs:/<run id>/<path>.")
    run = client.get_run(run_id)
    root = run.info.artifact_uri
    if path and not client.list_artifacts(run_id, path):
        # No folder of this name: a file, or the name of a logged model. Names hold no slash.
        model = _made_by(client, run_id, run.info.experiment_id, path.partition("/")[0])
        if model is not None:
            return _of_logged(model, path.partition("/")[2], run_id)
    return Place(root=root, path=path, source=f"{root}/{path}" if path else root, run_id=run_id)


def _made_by(client: Client, run_id: str, experiment_id: str, name: str) -> LoggedModel | None:
    try:
        rules.check_logged_model_name(name)
    except InvalidArgument:
        return None
    order = [{"field_name": "creation_timestamp", "ascending": False}]
    token = None
    while True:
        page = client.search_logged_models(
            [experiment_id], f"name = '{name}' AND source_run_id = '{run_id}'", None, 10, order, token
        )
        for model in page:
            if model.source_run_id == run_id:
                return model
        token = page.token
        if not token:
            return None


def _of_logged(model: LoggedModel, path: str, run_id: str | None = None) -> Place:
    return Place(
        root=model.artifact_location,
        path=path,
        source=model.model_uri,
        run_id=run_id or model.source_run_id,
        model=model,
        digest=None if path else model.tags.get(DIGEST),
    )
