"""Artifacts: messages and endpoints (rest-artifacts.md, 2 and 3). Bytes themselves travel outside of messages."""

from typing import Any, ClassVar

from msgspec import Struct

from hito.core.artifacts import FileInfo
from hito.wire.endpoint import Action, Empty, Endpoint, Message, Right, Subject
from hito.wire.models import RunFiles
from hito.wire.types import Int64, RunMessage

_PROXY, _RUNS = "/mlflow-artifacts", "/mlflow/artifacts/"


class ListArtifacts(Message):
    """A listing of files. Without `max_results` it is whole, as MLflow's is; with it, a page and a token follow."""

    path: str = ""
    page_token: str = ""
    max_results: Int64 | None = None


class ListRunArtifacts(RunMessage):
    path: str = ""
    page_token: str = ""
    max_results: Int64 | None = None


class ArtifactPath(Message):
    path: str = ""
    required: ClassVar[tuple[str, ...]] = ("path",)


class CreateUpload(ArtifactPath):
    num_parts: Int64 | None = None
    required: ClassVar[tuple[str, ...]] = ("path", "num_parts")


class PartIn(Struct, omit_defaults=True):
    part_number: Int64 = 0
    etag: str = ""
    url: str = ""


class CompleteUpload(ArtifactPath):
    upload_id: str = ""
    parts: list[PartIn] = []
    required: ClassVar[tuple[str, ...]] = ("path", "upload_id")


class AbortUpload(ArtifactPath):
    upload_id: str = ""
    required: ClassVar[tuple[str, ...]] = ("path", "upload_id")


class PresignUpload(Message):
    run_id: str = ""
    model_id: str = ""
    path: str = ""
    expiration: Int64 = 900
    required: ClassVar[tuple[str, ...]] = ("path",)


class PresignDownload(RunMessage):
    path: str = ""
    expiration: Int64 = 900
    required: ClassVar[tuple[str, ...]] = ("run_id", "path")


class RunArtifact(RunMessage):
    path: str = ""
    required: ClassVar[tuple[str, ...]] = ("run_id", "path")


class VersionArtifact(Message):
    name: str = ""
    version: str = ""
    path: str = ""
    required: ClassVar[tuple[str, ...]] = ("name", "version", "path")


class ModelArtifact(Message):
    model_id: str = ""
    artifact_file_path: str = ""
    required: ClassVar[tuple[str, ...]] = ("model_id", "artifact_file_path")


class Files(Struct, frozen=True, omit_defaults=True):
    """A listing of one folder; paths are base names."""

    files: list[FileInfo] = []
    next_page_token: str | None = None


class Credential(Struct, frozen=True):
    url: str
    part_number: int
    headers: dict[str, str]


class CreatedUpload(Struct, frozen=True):
    upload_id: str
    credentials: list[Credential]


class Presigned(Struct, frozen=True, omit_defaults=True):
    url: str
    headers: dict[str, str]
    file_size: int | None = None


class PresignedUrl(Struct, frozen=True, omit_defaults=True):
    presigned_url: str
    headers: dict[str, str]
    file_size: int | None = None


def _endpoint(method: str, path: str, takes: Any, gives: Any, action: Action, **more: Any) -> Endpoint[Any, Any]:
    return Endpoint(method, path, takes=takes, gives=gives, needs=Right(action, Subject.ARTIFACT), **more)


LIST_ARTIFACTS = _endpoint("GET", _PROXY + "/artifacts", ListArtifacts, Files, Action.READ)
DELETE_ARTIFACT = _endpoint("DELETE", _PROXY + "/artifacts/{path+}", ArtifactPath, Empty, Action.MANAGE)
CREATE_UPLOAD = _endpoint("POST", _PROXY + "/mpu/create/{path+}", CreateUpload, CreatedUpload, Action.UPDATE)
COMPLETE_UPLOAD = _endpoint(
    "POST", _PROXY + "/mpu/complete/{path+}", CompleteUpload, Empty, Action.UPDATE, limit=8 << 20
)
ABORT_UPLOAD = _endpoint("POST", _PROXY + "/mpu/abort/{path+}", AbortUpload, Empty, Action.UPDATE)
PRESIGN = _endpoint("GET", _PROXY + "/presigned/{path+}", ArtifactPath, Presigned, Action.READ)
LIST_RUN_ARTIFACTS = _endpoint("GET", _RUNS + "list", ListRunArtifacts, RunFiles, Action.READ)
PRESIGN_UPLOAD = _endpoint(
    "POST", _RUNS + "presigned-upload-url", PresignUpload, PresignedUrl, Action.UPDATE, writes=False
)
PRESIGN_DOWNLOAD = _endpoint(
    "POST", _RUNS + "presigned-download-url", PresignDownload, PresignedUrl, Action.READ, writes=False
)

# Below here the bodies are bytes: the message has only what path and query say, and `server.transfers` moves the bytes.
UPLOAD_ARTIFACT = _endpoint("PUT", _PROXY + "/artifacts/{path+}", ArtifactPath, bytes, Action.UPDATE)
DOWNLOAD_ARTIFACT = _endpoint("GET", _PROXY + "/artifacts/{path+}", ArtifactPath, bytes, Action.READ)
GET_ARTIFACT = _endpoint("GET", "/get-artifact", RunArtifact, bytes, Action.READ, version="")
GET_VERSION_ARTIFACT = _endpoint("GET", "/model-versions/get-artifact", VersionArtifact, bytes, Action.READ, version="")
GET_MODEL_ARTIFACT = _endpoint(
    "GET", "/mlflow/logged-models/{model_id}/artifacts/files", ModelArtifact, bytes, Action.READ
)
UPLOAD_RUN_ARTIFACT = _endpoint("POST", "/mlflow/upload-artifact", RunArtifact, bytes, Action.UPDATE, limit=10 << 20)
