"""What the client returns: MLflow's entities by name and attribute, made from plain JSON values.

They are generous towards servers: a field that an answer lacks has its empty value, an integer may come as text. Nothing
here can reach a server; an entity is what was known when it was read.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from hito.core.artifacts import FileInfo
from hito.core.models import LoggedModelStatus
from hito.core.runs import ViewType

T = TypeVar("T")
Json = Mapping[str, Any]


class PagedList(list[T], Generic[T]):
    """A page of a search; `token` asks for the next one and is None on the last."""

    def __init__(self, items: Iterable[T], token: str | None) -> None:
        super().__init__(items)
        self.token = token


class Entity(Struct):
    """Printed by its fields, equal by its fields."""

    def to_dictionary(self) -> dict[str, Any]:
        """All fields as plain values."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found


class Param(Entity):
    key: str
    value: str


class RunTag(Entity):
    key: str
    value: str


class Metric(Entity):
    """One point; `timestamp` in ms since 1970. What comes back from a server has a `value` that is a float, also NaN."""

    key: str
    value: float
    timestamp: int
    step: int = 0
    model_id: str | None = None
    dataset_name: str | None = None
    dataset_digest: str | None = None
    run_id: str | None = None

    @staticmethod
    def of(found: Json) -> "Metric":
        return Metric(
            found["key"],
            float(found.get("value", 0.0)),
            int(found.get("timestamp", 0)),
            int(found.get("step", 0)),
            found.get("model_id"),
            found.get("dataset_name"),
            found.get("dataset_digest"),
            found.get("run_id"),
        )


class Experiment(Entity, kw_only=True):
    experiment_id: str
    name: str
    artifact_location: str = ""
    lifecycle_stage: str = "active"
    tags: dict[str, str] = {}
    creation_time: int | None = None
    last_update_time: int | None = None
    workspace: str = "default"

    @staticmethod
    def of(found: Json) -> "Experiment":
        return Experiment(
            experiment_id=str(found["experiment_id"]),
            name=found.get("name", ""),
            artifact_location=found.get("artifact_location", ""),
            lifecycle_stage=found.get("lifecycle_stage", "active"),
            tags=pairs(found.get("tags")),
            creation_time=_int(found.get("creation_time")),
            last_update_time=_int(found.get("last_update_time")),
            workspace=found.get("workspace", "default"),
        )


class RunInfo(Entity, kw_only=True):
    """`status` is a text: RUNNING, SCHEDULED, FINISHED, FAILED, KILLED. Times are ms since 1970."""

    run_id: str
    run_name: str = ""
    experiment_id: str = ""
    user_id: str = ""
    status: str = "RUNNING"
    start_time: int = 0
    end_time: int | None = None
    artifact_uri: str = ""
    lifecycle_stage: str = "active"

    @property
    def run_uuid(self) -> str:
        return self.run_id

    @staticmethod
    def of(found: Json) -> "RunInfo":
        return RunInfo(
            run_id=found.get("run_id") or found["run_uuid"],
            run_name=found.get("run_name", ""),
            experiment_id=str(found.get("experiment_id", "")),
            user_id=found.get("user_id", ""),
            status=found.get("status", "RUNNING"),
            start_time=int(found.get("start_time", 0)),
            end_time=_int(found.get("end_time")),
            artifact_uri=found.get("artifact_uri", ""),
            lifecycle_stage=found.get("lifecycle_stage", "active"),
        )


class RunData(Entity, kw_only=True):
    """`metrics` holds the latest value of each."""

    metrics: dict[str, float] = {}
    params: dict[str, str] = {}
    tags: dict[str, str] = {}

    @staticmethod
    def of(found: Json) -> "RunData":
        return RunData(
            metrics={one["key"]: float(one.get("value", 0.0)) for one in found.get("metrics", ())},
            params=pairs(found.get("params")),
            tags=pairs(found.get("tags")),
        )


class Dataset(Entity, kw_only=True):
    name: str
    digest: str
    source_type: str = ""
    source: str = ""
    schema: str | None = None
    profile: str | None = None


class InputTag(Entity):
    key: str
    value: str


class DatasetInput(Entity):
    dataset: Dataset
    tags: list[InputTag] = []


class LoggedModelInput(Entity):
    model_id: str


class LoggedModelOutput(Entity):
    model_id: str
    step: int = 0


class RunInputs(Entity, kw_only=True):
    dataset_inputs: list[DatasetInput] = []
    model_inputs: list[LoggedModelInput] = []

    @staticmethod
    def of(found: Json) -> "RunInputs":
        datasets = []
        for one in found.get("dataset_inputs", ()):
            fields = {name: one["dataset"].get(name) for name in Dataset.__struct_fields__ if one["dataset"].get(name)}
            tags = [InputTag(tag["key"], tag.get("value", "")) for tag in one.get("tags", ())]
            datasets.append(DatasetInput(Dataset(**{"name": "", "digest": "", **fields}), tags))
        models = [LoggedModelInput(one["model_id"]) for one in found.get("model_inputs", ())]
        return RunInputs(dataset_inputs=datasets, model_inputs=models)


class RunOutputs(Entity, kw_only=True):
    model_outputs: list[LoggedModelOutput] = []

    @staticmethod
    def of(found: Json) -> "RunOutputs":
        models = [LoggedModelOutput(one["model_id"], int(one.get("step", 0))) for one in found.get("model_outputs", ())]
        return RunOutputs(model_outputs=models)


class Run(Entity):
    info: RunInfo
    data: RunData
    inputs: RunInputs = msgspec.field(default_factory=RunInputs)
    outputs: RunOutputs = msgspec.field(default_factory=RunOutputs)

    @staticmethod
    def of(found: Json) -> "Run":
        return Run(
            RunInfo.of(found["info"]),
            RunData.of(found.get("data") or {}),
            RunInputs.of(found.get("inputs") or {}),
            RunOutputs.of(found.get("outputs") or {}),
        )


class LoggedModel(Entity, kw_only=True):
    model_id: str
    name: str
    experiment_id: str = ""
    artifact_location: str = ""
    creation_timestamp: int = 0
    last_updated_timestamp: int = 0
    model_type: str | None = None
    source_run_id: str | None = None
    status: str = "LOGGED_MODEL_PENDING"
    status_message: str | None = None
    tags: dict[str, str] = {}
    params: dict[str, str] = {}
    metrics: list[Metric] = []

    @property
    def model_uri(self) -> str:
        return f"models:/{self.model_id}"

    @staticmethod
    def of(found: Json) -> "LoggedModel":
        info, data = found["info"], found.get("data") or {}
        status = info.get("status", "LOGGED_MODEL_PENDING")
        return LoggedModel(
            model_id=info["model_id"],
            name=info.get("name", ""),
            experiment_id=str(info.get("experiment_id", "")),
            artifact_location=info.get("artifact_uri", ""),
            creation_timestamp=int(info.get("creation_timestamp_ms", 0)),
            last_updated_timestamp=int(info.get("last_updated_timestamp_ms", 0)),
            model_type=info.get("model_type") or None,
            source_run_id=info.get("source_run_id") or None,
            status=LoggedModelStatus(status).name if isinstance(status, int) else status,
            status_message=info.get("status_message"),
            tags=pairs(info.get("tags")),
            params=pairs(data.get("params")),
            metrics=[Metric.of(one) for one in data.get("metrics", ())],
        )


class ModelVersion(Entity, kw_only=True):
    name: str
    version: str
    creation_timestamp: int = 0
    last_updated_timestamp: int | None = None
    description: str | None = None
    source: str | None = None
    run_id: str | None = None
    run_link: str | None = None
    status: str = "READY"
    status_message: str | None = None
    current_stage: str = "None"
    tags: dict[str, str] = {}
    aliases: list[str] = []
    model_id: str | None = None
    user_id: str | None = None

    @staticmethod
    def of(found: Json) -> "ModelVersion":
        return ModelVersion(
            name=found["name"],
            version=str(found["version"]),
            creation_timestamp=int(found.get("creation_timestamp", 0)),
            last_updated_timestamp=_int(found.get("last_updated_timestamp")),
            description=found.get("description"),
            source=found.get("source"),
            run_id=found.get("run_id"),
            run_link=found.get("run_link"),
            status=found.get("status", "READY"),
            status_message=found.get("status_message"),
            current_stage=found.get("current_stage") or "None",
            tags=pairs(found.get("tags")),
            aliases=[alias if isinstance(alias, str) else alias["alias"] for alias in found.get("aliases", ())],
            model_id=found.get("model_id") or None,
            user_id=found.get("user_id"),
        )


class RegisteredModel(Entity, kw_only=True):
    name: str
    creation_timestamp: int = 0
    last_updated_timestamp: int | None = None
    description: str | None = None
    latest_versions: list[ModelVersion] = []
    tags: dict[str, str] = {}
    aliases: dict[str, str] = {}

    @staticmethod
    def of(found: Json) -> "RegisteredModel":
        return RegisteredModel(
            name=found["name"],
            creation_timestamp=int(found.get("creation_timestamp", 0)),
            last_updated_timestamp=_int(found.get("last_updated_timestamp")),
            description=found.get("description"),
            latest_versions=[ModelVersion.of(one) for one in found.get("latest_versions", ())],
            tags=pairs(found.get("tags")),
            aliases={one["alias"]: str(one["version"]) for one in found.get("aliases", ())},
        )


def pairs(found: Sequence[Json] | None) -> dict[str, str]:
    """A list of keys and values as a dict; MLflow leaves out a value that is empty."""
    return {one["key"]: one.get("value", "") for one in found or ()}


def _int(value: Any) -> int | None:
    return None if value is None else int(value)


__all__ = [
    "Dataset",
    "DatasetInput",
    "Experiment",
    "FileInfo",
    "InputTag",
    "LoggedModel",
    "LoggedModelInput",
    "LoggedModelOutput",
    "LoggedModelStatus",
    "Metric",
    "ModelVersion",
    "PagedList",
    "Param",
    "RegisteredModel",
    "Run",
    "RunData",
    "RunInfo",
    "RunInputs",
    "RunOutputs",
    "RunTag",
    "ViewType",
]
