"""Runs: messages and endpoints (rest-tracking.md, 5)."""

from typing import Any, ClassVar

from msgspec import Struct

from hito.core.runs import Run, RunInfo
from hito.wire.endpoint import Action, Empty, Endpoint, Message, Right, Subject
from hito.wire.types import EnumIn, Int64, MetricIn, Pair, RunMessage

_PATH = "/mlflow/runs/"


class CreateRun(Message):
    """`run_id` is ours, not MLflow's: a client that began a run without a server chose its id, and may send it again."""

    experiment_id: str = ""
    user_id: str = ""
    run_name: str = ""
    start_time: Int64 = 0
    tags: list[Pair] = []
    run_id: str = ""
    required: ClassVar[tuple[str, ...]] = ("experiment_id",)


class RunId(RunMessage):
    pass


class UpdateRun(RunMessage):
    status: EnumIn | None = None
    end_time: Int64 | None = None
    run_name: str = ""


class Beat(RunMessage):
    """Ours: the program of a run lives. `every`: milliseconds until it says so again."""

    every: Int64 | None = None
    required: ClassVar[tuple[str, ...]] = ("run_id", "every")


class SetTag(RunMessage):
    key: str = ""
    value: str = ""
    required: ClassVar[tuple[str, ...]] = ("run_id", "key")


class DeleteTag(RunMessage):
    key: str = ""
    required: ClassVar[tuple[str, ...]] = ("run_id", "key")


class LogParam(RunMessage):
    key: str = ""
    value: str = ""
    required: ClassVar[tuple[str, ...]] = ("run_id", "key")


class LogMetric(RunMessage):
    key: str = ""
    value: float | None = None
    timestamp: Int64 | None = None
    step: Int64 = 0
    model_id: str = ""
    dataset_name: str = ""
    dataset_digest: str = ""
    required: ClassVar[tuple[str, ...]] = ("run_id", "key", "value", "timestamp")


class LogBatch(RunMessage):
    metrics: list[MetricIn] = []
    params: list[Pair] = []
    tags: list[Pair] = []


class DatasetIn(Struct, omit_defaults=True):
    name: str = ""
    digest: str = ""
    source_type: str = ""
    source: str = ""
    schema: str | None = None
    profile: str | None = None


class DatasetInputIn(Struct, omit_defaults=True):
    tags: list[Pair] = []
    dataset: DatasetIn | None = None


class ModelInputIn(Struct, omit_defaults=True):
    model_id: str = ""


class ModelOutputIn(Struct, omit_defaults=True):
    model_id: str = ""
    step: Int64 | None = None


class LogInputs(RunMessage):
    datasets: list[DatasetInputIn] = []
    models: list[ModelInputIn] = []


class LogOutputs(RunMessage):
    models: list[ModelOutputIn] = []


class LogModel(RunMessage):
    model_json: str = ""
    required: ClassVar[tuple[str, ...]] = ("run_id", "model_json")


class SearchRuns(Message):
    experiment_ids: list[str] = []
    filter: str = ""
    run_view_type: EnumIn = "ACTIVE_ONLY"
    max_results: Int64 = 1000
    order_by: list[str] = []
    page_token: str = ""


class RunAnswer(Struct, frozen=True):
    run: Run


class RunInfoAnswer(Struct, frozen=True):
    run_info: RunInfo


class RunsPage(Struct, frozen=True, omit_defaults=True):
    runs: list[Run] = []
    next_page_token: str | None = None


def _needs(action: Action) -> Right:
    return Right(action, Subject.RUN)


def _update(name: str, takes: Any, gives: Any = Empty, limit: int = 1 << 20) -> Endpoint[Any, Any]:
    return Endpoint("POST", _PATH + name, takes=takes, gives=gives, needs=_needs(Action.UPDATE), limit=limit)


CREATE_RUN = _update("create", CreateRun, RunAnswer)
GET_RUN = Endpoint("GET", _PATH + "get", takes=RunId, gives=RunAnswer, needs=_needs(Action.READ))
UPDATE_RUN = _update("update", UpdateRun, RunInfoAnswer)
DELETE_RUN = Endpoint("POST", _PATH + "delete", takes=RunId, gives=Empty, needs=_needs(Action.DELETE))
RESTORE_RUN = Endpoint("POST", _PATH + "restore", takes=RunId, gives=Empty, needs=_needs(Action.DELETE))
BEAT: Endpoint[Beat, Empty] = Endpoint("POST", "/hito/runs/beat", takes=Beat, gives=Empty, needs=_needs(Action.UPDATE))
SET_TAG = _update("set-tag", SetTag)
DELETE_TAG = _update("delete-tag", DeleteTag)
LOG_PARAM = _update("log-parameter", LogParam)
LOG_METRIC = _update("log-metric", LogMetric)
LOG_BATCH = _update("log-batch", LogBatch, limit=16 << 20)
LOG_INPUTS = _update(
    "log-inputs", LogInputs, limit=64 << 20
)  # a dataset's profile alone may have 16 million characters
LOG_OUTPUTS = _update("outputs", LogOutputs)
LOG_MODEL = _update("log-model", LogModel)
SEARCH_RUNS = Endpoint(
    "POST", _PATH + "search", takes=SearchRuns, gives=RunsPage, needs=_needs(Action.SEARCH), writes=False
)
