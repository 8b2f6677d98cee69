"""Where a model server's models come from: one URI, or a whole registry. Both are `serve.following.Source`.

    models:/Forest/Production  ──> version 3 ──> its files, its digest          asked again at every look
    the registry               ──> Forest/Production, Forest/@champion, …       and Forest/3 when somebody asks for it

What a version is does not change, so it is asked once; which version stands where is asked every time.
"""

import logging
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import msgspec
from msgspec import Struct

from hito.client.entities import ModelVersion, RegisteredModel
from hito.connect import Client
from hito.core import rules
from hito.core.errors import HitoError, InvalidArgument, NotFound
from hito.core.models import STAGES, Stage
from hito.evaluation.results import ColumnDrift
from hito.evaluation.table import MISSING
from hito.flavors.profile import ColumnProfile, Profile
from hito.fluent.loading import fetch
from hito.fluent.places import DIGEST, MODELS, locate
from hito.fluent.request_log import RequestLog
from hito.serve.predictor import Identity

log = logging.getLogger("hito.serve")

COMPILED = "hito.compiled"
"""The tag of a version that says how it is served: `exact`, `within 1e-6` or `python`."""
_EVALUATION = "evaluation/evaluation.json"
_PAGE = 100
_SHOWN = (Stage.STAGING, Stage.PRODUCTION)
_MOST_ROWS_BYTES = 16 << 20


class Registry:
    """Everything that is promoted: a route for each stage but None and Archived, and for each alias.

    Args:
        options: `tracking_uri`, `registry_uri`: None or missing: as the environment says.
    """

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        self._known: dict[tuple[str, str, int], Identity] = {}
        self._log: RequestLog | None = None

    @cached_property
    def _client(self) -> Client:
        """Made when it is needed: a folder needs none."""
        return Client(self._options.get("tracking_uri"), self._options.get("registry_uri"))

    def wanted(self) -> dict[str, Identity]:
        found = {}
        token = None
        while True:
            page = self._client.search_registered_models(None, _PAGE, None, token)
            for model in page:
                found.update(self._routes(model))
            token = page.token
            if not token:
                return found

    def find(self, route: str) -> Identity | None:
        name, _, which = route.rpartition("/")
        if not name:
            return None
        try:
            return self._identity(self._version(name, which))
        except (NotFound, InvalidArgument):
            return None

    def fetch(self, identity: Identity, folder: Path) -> Path:
        return fetch(identity.uri, folder, self._client)

    def rows(self, identity: Identity, folder: Path) -> Path | None:
        """The rows that the model was evaluated on, where its run keeps such a table; None: it keeps none."""
        return self._of_its_run(identity, "eval_results_table.json", folder)

    def profile(self, identity: Identity, folder: Path) -> Profile | None:
        """The training columns as the evaluation of the model's run compared them; None: it did not."""
        found = self._of_its_run(identity, _EVALUATION, folder)
        return None if found is None else _training_profile(found)

    def _of_its_run(self, identity: Identity, name: str, folder: Path) -> Path | None:
        """A file of the run that made a version, brought to a folder; None: there is none, or none of a fair size."""
        try:
            run_id = self._client.get_model_version(identity.name, identity.version).run_id if identity.name else None
            if not run_id:
                return None
            beside = self._client.list_artifacts(run_id, name.rpartition("/")[0] or None)
            files = [one for one in beside if one.path == name]
            if not files or (files[0].file_size or 0) > _MOST_ROWS_BYTES:
                return None
            root = self._client.get_run(run_id).info.artifact_uri
            return Path(self._client.download(root, name, str(folder)))
        except (HitoError, OSError):
            return None  # it goes on without

    def tell(self, identity: Identity, verdict: str) -> None:
        if not identity.name:
            return
        try:
            known = self._client.get_model_version(identity.name, identity.version).tags.get(COMPILED)
            if known != verdict:
                self._client.set_model_version_tag(identity.name, identity.version, COMPILED, verdict)
        except HitoError as error:
            log.info("the verdict on %s could not be kept: %s", identity.uri, error)

    def keep(self, line: str) -> None:
        """Keep a sampled request. Returns at once; it is written to the store some seconds later."""
        if self._log is None:
            self._log = RequestLog(self._client)
        self._log.add(line)

    def end(self) -> None:
        """Write what is not written yet."""
        if self._log is not None:
            self._log.write()

    def _routes(self, model: RegisteredModel) -> dict[str, Identity]:
        """What of a model is promoted. A version that was deleted meanwhile is left out."""
        promoted = {
            STAGES[version.current_stage.lower()].label: version
            for version in sorted(model.latest_versions, key=lambda one: int(one.version))
            if STAGES.get(version.current_stage.lower()) in _SHOWN
        }
        found: dict[str, Identity] = {}
        for stage, version in promoted.items():
            with suppress(NotFound):
                found[f"{model.name}/{stage}"] = self._identity(version)
        for alias, number in model.aliases.items():
            with suppress(NotFound):
                found[f"{model.name}/@{alias}"] = self._identity(self._numbered(model, number))
        return found

    def _numbered(self, model: RegisteredModel, number: str) -> ModelVersion:
        for version in model.latest_versions:
            if version.version == number:
                return version
        for name, known, created in self._known:
            if (name, known) == (model.name, number):
                return ModelVersion(name=name, version=number, creation_timestamp=created)
        return self._client.get_model_version(model.name, number)

    def _version(self, name: str, which: str) -> ModelVersion:
        """A version by its number, stage, `@alias` or `latest`."""
        if which.startswith("@"):
            return self._client.get_model_version_by_alias(name, which[1:])
        if which.isdigit():
            return self._client.get_model_version(name, which)
        stages = [] if which.lower() == "latest" else [which]
        if stages and which.lower() not in STAGES:
            raise InvalidArgument(f"'{which}' is no version, no stage and no @alias")
        found = self._client.get_latest_versions(name, stages)
        if not found:
            raise NotFound(f"'{name}' has no version in stage {which}")
        return max(found, key=lambda one: int(one.version))

    def _identity(self, version: ModelVersion) -> Identity:
        key = (version.name, version.version, version.creation_timestamp)
        known = self._known.get(key)
        if known is None:
            uri = f"{MODELS}{quote(version.name, safe='')}/{version.version}"
            expected = version.tags.get(DIGEST) or locate(self._client, uri).digest or ""
            known = Identity(uri=uri, name=version.name, version=version.version, digest=expected)
            self._known[key] = known
        return known


class OneModel(Registry):
    """The model of a URI, at the route ""; if a stage or an alias leads to it, whatever stands there.

    Args:
        options: `uri`, and those of Registry.
    """

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__(options)
        self._uri = str(options["uri"])
        self._fixed: Identity | None = None

    def wanted(self) -> dict[str, Identity]:
        named = _registered(self._uri)
        if named is not None:
            return {"": self._identity(self._version(*named))}
        if self._fixed is None:
            if Path(self._uri).is_dir():
                self._fixed = Identity(uri=self._uri)
            else:
                self._fixed = Identity(uri=self._uri, digest=locate(self._client, self._uri).digest or "")
        return {"": self._fixed}

    def fetch(self, identity: Identity, folder: Path) -> Path:
        if Path(identity.uri).is_dir():
            return Path(identity.uri)
        return super().fetch(identity, folder)


def _registered(uri: str) -> tuple[str, str] | None:
    """The name, and the version, stage or @alias, of a URI of the registry; None for any other URI."""
    rest = uri.removeprefix(MODELS).strip("/")
    if not uri.startswith(MODELS) or rules.is_model_id(rest.partition("/")[0]):
        return None
    name, _, which = rest.partition("/")
    if not which and "@" in name:
        name, _, alias = name.rpartition("@")
        return unquote(name), f"@{alias}"
    if not name or not which or "/" in which:
        return None  # `places` says what is wrong with it
    return unquote(name), which


class _Compared(Struct):
    """What is read of an evaluation here."""

    drift: tuple[ColumnDrift, ...] = ()


def _training_profile(evaluation: Path) -> Profile | None:
    """The training columns of an evaluation; None if it saw no training data."""
    try:
        compared = msgspec.json.decode(evaluation.read_bytes(), type=_Compared).drift
    except (OSError, msgspec.DecodeError):
        return None
    return Profile(rows=0, columns=tuple(map(_column_profile, compared))) if compared else None


def _column_profile(one: ColumnDrift) -> ColumnProfile:
    if one.kind == "numeric":
        edges = tuple(edge for edge in one.bins if isinstance(edge, float | int))
        return ColumnProfile(name=one.feature, edges=edges, shares=one.train)
    shares = dict(zip(map(str, one.bins), one.train, strict=True))
    missing, other = shares.pop(MISSING, 0.0), shares.pop(str(one.bins[-1]), 0.0)
    return ColumnProfile(name=one.feature, categories=tuple(shares), shares=(*shares.values(), other, missing))


def registry(options: dict[str, Any]) -> Registry:
    """For `hito models serve --registry`."""
    return Registry(options)


def one_model(options: dict[str, Any]) -> OneModel:
    """For `hito models serve -m URI`."""
    return OneModel(options)
