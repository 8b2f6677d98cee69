"""Logged models: messages and endpoints (rest-tracking.md, 7)."""

from typing import Any, ClassVar

from msgspec import Struct

from hito.core.artifacts import FileInfo
from hito.core.models import LoggedModel
from hito.wire.endpoint import Action, Empty, Endpoint, Message, Right, Subject
from hito.wire.types import EnumIn, Int64, Pair

_PATH = "/mlflow/logged-models"
_LIMIT = 8 << 20
"""Bytes of a body with params or tags: a hundred of the longest, and what surrounds them."""


class CreateLoggedModel(Message):
    """`model_id` is ours, not MLflow's: a model that comes from another store keeps its id, and may be sent again."""

    experiment_id: str = ""
    name: str = ""
    model_type: str = ""
    source_run_id: str = ""
    params: list[Pair] = []
    tags: list[Pair] = []
    model_id: str = ""
    required: ClassVar[tuple[str, ...]] = ("experiment_id",)


class ModelId(Message):
    model_id: str = ""
    required: ClassVar[tuple[str, ...]] = ("model_id",)


class GetLoggedModel(ModelId):
    allow_deleted: bool = False


class FinalizeLoggedModel(ModelId):
    status: EnumIn | None = None
    required: ClassVar[tuple[str, ...]] = ("model_id", "status")


class SetLoggedModelTags(ModelId):
    tags: list[Pair] = []


class DeleteLoggedModelTag(ModelId):
    tag_key: str = ""
    required: ClassVar[tuple[str, ...]] = ("model_id", "tag_key")


class LogLoggedModelParams(ModelId):
    params: list[Pair] = []


class DatasetFilter(Struct, omit_defaults=True):
    dataset_name: str = ""
    dataset_digest: str = ""


class OrderBy(Struct, omit_defaults=True):
    field_name: str = ""
    ascending: bool = True
    dataset_name: str = ""
    dataset_digest: str = ""


class SearchLoggedModels(Message):
    experiment_ids: list[str] | None = None
    filter: str = ""
    datasets: list[DatasetFilter] = []
    max_results: Int64 = 50
    order_by: list[OrderBy] = []
    page_token: str = ""
    required: ClassVar[tuple[str, ...]] = ("experiment_ids",)


class ListModelArtifacts(ModelId):
    artifact_directory_path: str = ""
    page_token: str = ""
    max_results: Int64 | None = None


class LoggedModelAnswer(Struct, frozen=True):
    model: LoggedModel


class LoggedModelsPage(Struct, frozen=True, omit_defaults=True):
    models: list[LoggedModel] = []
    next_page_token: str | None = None


class RunFiles(Struct, frozen=True, omit_defaults=True):
    """A listing below the root of a run or a logged model; paths are relative to that root."""

    root_uri: str | None = None
    files: list[FileInfo] = []
    next_page_token: str | None = None


def _needs(action: Action) -> Right:
    return Right(action, Subject.LOGGED_MODEL)


def _endpoint(method: str, path: str, takes: Any, gives: Any, action: Action, **more: Any) -> Endpoint[Any, Any]:
    return Endpoint(method, _PATH + path, takes=takes, gives=gives, needs=_needs(action), **more)


CREATE_LOGGED_MODEL = _endpoint("POST", "", CreateLoggedModel, LoggedModelAnswer, Action.UPDATE, limit=_LIMIT)
GET_LOGGED_MODEL = _endpoint("GET", "/{model_id}", GetLoggedModel, LoggedModelAnswer, Action.READ)
FINALIZE_LOGGED_MODEL = _endpoint("PATCH", "/{model_id}", FinalizeLoggedModel, LoggedModelAnswer, Action.UPDATE)
DELETE_LOGGED_MODEL = _endpoint("DELETE", "/{model_id}", ModelId, Empty, Action.DELETE)
SET_LOGGED_MODEL_TAGS = _endpoint("PATCH", "/{model_id}/tags", SetLoggedModelTags, Empty, Action.UPDATE, limit=_LIMIT)
DELETE_LOGGED_MODEL_TAG = _endpoint("DELETE", "/{model_id}/tags/{tag_key+}", DeleteLoggedModelTag, Empty, Action.DELETE)
LOG_LOGGED_MODEL_PARAMS = _endpoint(
    "POST", "/{model_id}/params", LogLoggedModelParams, Empty, Action.UPDATE, limit=_LIMIT
)
SEARCH_LOGGED_MODELS = _endpoint("POST", "/search", SearchLoggedModels, LoggedModelsPage, Action.SEARCH, writes=False)
LIST_MODEL_ARTIFACTS = _endpoint("GET", "/{model_id}/artifacts/directories", ListModelArtifacts, RunFiles, Action.READ)
