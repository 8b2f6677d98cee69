"""Registered models, their versions, stages and aliases: messages and endpoints (rest-registry.md, 2)."""

from typing import Any, ClassVar

from msgspec import Struct

from hito.core.models import RegisteredModel, Version
from hito.wire.endpoint import Action, Empty, Endpoint, Message, Right, Subject
from hito.wire.types import Int64, Pair

_MODELS, _VERSIONS = "/mlflow/registered-models/", "/mlflow/model-versions/"


class CreateRegisteredModel(Message):
    name: str = ""
    tags: list[Pair] = []
    description: str | None = None
    required: ClassVar[tuple[str, ...]] = ("name",)


class ModelName(Message):
    name: str = ""
    required: ClassVar[tuple[str, ...]] = ("name",)


class SearchRegisteredModels(Message):
    filter: str = ""
    max_results: Int64 = 100
    order_by: list[str] = []
    page_token: str = ""


class RenameRegisteredModel(ModelName):
    new_name: str = ""
    required: ClassVar[tuple[str, ...]] = ("name", "new_name")


class UpdateRegisteredModel(ModelName):
    description: str | None = None


class GetLatestVersions(ModelName):
    stages: list[str] = []


class SetRegisteredModelTag(ModelName):
    key: str = ""
    value: str = ""
    required: ClassVar[tuple[str, ...]] = ("name", "key")


class DeleteRegisteredModelTag(ModelName):
    key: str = ""
    required: ClassVar[tuple[str, ...]] = ("name", "key")


class SetAlias(ModelName):
    alias: str = ""
    version: str = ""
    required: ClassVar[tuple[str, ...]] = ("name", "alias", "version")


class AliasName(ModelName):
    alias: str = ""
    required: ClassVar[tuple[str, ...]] = ("name", "alias")


class CreateVersion(ModelName):
    source: str = ""
    run_id: str = ""
    tags: list[Pair] = []
    run_link: str = ""
    description: str | None = None
    model_id: str = ""
    required: ClassVar[tuple[str, ...]] = ("name", "source")


class VersionName(ModelName):
    """The number of a version is a text, also where it is sent: MLflow refuses a plain number."""

    version: str = ""
    required: ClassVar[tuple[str, ...]] = ("name", "version")


class SearchVersions(Message):
    filter: str = ""
    max_results: Int64 = 200_000
    order_by: list[str] = []
    page_token: str = ""


class UpdateVersion(VersionName):
    description: str | None = None


class TransitionStage(VersionName):
    stage: str = ""
    archive_existing_versions: Any = None
    """true or false; typed in the handler, since the decoder would take the text "true" for true and MLflow does not."""
    required: ClassVar[tuple[str, ...]] = ("name", "version", "stage")


class SetVersionTag(VersionName):
    key: str = ""
    value: str = ""
    required: ClassVar[tuple[str, ...]] = ("name", "version", "key")


class DeleteVersionTag(VersionName):
    key: str = ""
    required: ClassVar[tuple[str, ...]] = ("name", "version", "key")


class RegisteredModelAnswer(Struct, frozen=True):
    registered_model: RegisteredModel


class RegisteredModelsPage(Struct, frozen=True, omit_defaults=True):
    registered_models: list[RegisteredModel] = []
    next_page_token: str | None = None


class VersionAnswer(Struct, frozen=True):
    model_version: Version


class VersionsPage(Struct, frozen=True, omit_defaults=True):
    model_versions: list[Version] = []
    next_page_token: str | None = None


class DownloadUri(Struct, frozen=True):
    artifact_uri: str


def _endpoint(method: str, path: str, takes: Any, gives: Any, action: Action, **more: Any) -> Endpoint[Any, Any]:
    return Endpoint(method, path, takes=takes, gives=gives, needs=Right(action, Subject.REGISTERED_MODEL), **more)


CREATE_REGISTERED_MODEL = _endpoint(
    "POST", _MODELS + "create", CreateRegisteredModel, RegisteredModelAnswer, Action.CREATE, limit=4 << 20
)
GET_REGISTERED_MODEL = _endpoint("GET", _MODELS + "get", ModelName, RegisteredModelAnswer, Action.READ)
SEARCH_REGISTERED_MODELS = _endpoint(
    "GET", _MODELS + "search", SearchRegisteredModels, RegisteredModelsPage, Action.SEARCH
)
RENAME_REGISTERED_MODEL = _endpoint(
    "POST", _MODELS + "rename", RenameRegisteredModel, RegisteredModelAnswer, Action.UPDATE
)
UPDATE_REGISTERED_MODEL = _endpoint(
    "PATCH", _MODELS + "update", UpdateRegisteredModel, RegisteredModelAnswer, Action.UPDATE, limit=4 << 20
)
DELETE_REGISTERED_MODEL = _endpoint("DELETE", _MODELS + "delete", ModelName, Empty, Action.DELETE)
GET_LATEST_VERSIONS = _endpoint(
    "POST", _MODELS + "get-latest-versions", GetLatestVersions, VersionsPage, Action.READ, writes=False
)
GET_LATEST_VERSIONS_BY_GET = _endpoint(
    "GET", _MODELS + "get-latest-versions", GetLatestVersions, VersionsPage, Action.READ
)
SET_REGISTERED_MODEL_TAG = _endpoint("POST", _MODELS + "set-tag", SetRegisteredModelTag, Empty, Action.UPDATE)
DELETE_REGISTERED_MODEL_TAG = _endpoint(
    "DELETE", _MODELS + "delete-tag", DeleteRegisteredModelTag, Empty, Action.UPDATE
)
SET_ALIAS = _endpoint("POST", _MODELS + "alias", SetAlias, Empty, Action.UPDATE)
DELETE_ALIAS = _endpoint("DELETE", _MODELS + "alias", AliasName, Empty, Action.DELETE)
GET_VERSION_BY_ALIAS = _endpoint("GET", _MODELS + "alias", AliasName, VersionAnswer, Action.READ)
CREATE_VERSION = _endpoint("POST", _VERSIONS + "create", CreateVersion, VersionAnswer, Action.UPDATE, limit=4 << 20)
GET_VERSION = _endpoint("GET", _VERSIONS + "get", VersionName, VersionAnswer, Action.READ)
SEARCH_VERSIONS = _endpoint("GET", _VERSIONS + "search", SearchVersions, VersionsPage, Action.SEARCH)
UPDATE_VERSION = _endpoint("PATCH", _VERSIONS + "update", UpdateVersion, VersionAnswer, Action.UPDATE, limit=4 << 20)
TRANSITION_STAGE = _endpoint("POST", _VERSIONS + "transition-stage", TransitionStage, VersionAnswer, Action.UPDATE)
DELETE_VERSION = _endpoint("DELETE", _VERSIONS + "delete", VersionName, Empty, Action.DELETE)
GET_DOWNLOAD_URI = _endpoint("GET", _VERSIONS + "get-download-uri", VersionName, DownloadUri, Action.READ)
SET_VERSION_TAG = _endpoint("POST", _VERSIONS + "set-tag", SetVersionTag, Empty, Action.UPDATE)
DELETE_VERSION_TAG = _endpoint("DELETE", _VERSIONS + "delete-tag", DeleteVersionTag, Empty, Action.DELETE)
