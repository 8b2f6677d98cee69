"""Experiments: messages and endpoints (rest-tracking.md, 4)."""

from typing import ClassVar

from msgspec import Struct

from hito.core.runs import DatasetSummary, Experiment
from hito.wire.endpoint import Action, Empty, Endpoint, Message, Right, Subject
from hito.wire.types import EnumIn, Int64, Pair

_PATH = "/mlflow/experiments/"


class CreateExperiment(Message):
    name: str = ""
    artifact_location: str = ""
    tags: list[Pair] = []
    required: ClassVar[tuple[str, ...]] = ("name",)


class ExperimentId(Message):
    experiment_id: str = ""
    required: ClassVar[tuple[str, ...]] = ("experiment_id",)


class ExperimentName(Message):
    experiment_name: str = ""
    required: ClassVar[tuple[str, ...]] = ("experiment_name",)


class UpdateExperiment(Message):
    experiment_id: str = ""
    new_name: str = ""
    required: ClassVar[tuple[str, ...]] = ("experiment_id", "new_name")


class SetExperimentTag(Message):
    experiment_id: str = ""
    key: str = ""
    value: str = ""
    required: ClassVar[tuple[str, ...]] = ("experiment_id", "key")


class DeleteExperimentTag(Message):
    experiment_id: str = ""
    key: str = ""
    required: ClassVar[tuple[str, ...]] = ("experiment_id", "key")


class SearchExperiments(Message):
    max_results: Int64 | None = None
    page_token: str = ""
    filter: str = ""
    order_by: list[str] = []
    view_type: EnumIn = "ACTIVE_ONLY"
    required: ClassVar[tuple[str, ...]] = ("max_results",)


class SearchDatasets(Message):
    experiment_ids: list[str] = []


class CreatedExperiment(Struct, frozen=True):
    experiment_id: str


class ExperimentAnswer(Struct, frozen=True):
    experiment: Experiment


class ExperimentsPage(Struct, frozen=True, omit_defaults=True):
    experiments: list[Experiment] = []
    next_page_token: str | None = None


class DatasetSummaries(Struct, frozen=True, omit_defaults=True):
    dataset_summaries: list[DatasetSummary] = []


def _needs(action: Action) -> Right:
    return Right(action, Subject.EXPERIMENT)


CREATE_EXPERIMENT = Endpoint(
    "POST", _PATH + "create", takes=CreateExperiment, gives=CreatedExperiment, needs=_needs(Action.CREATE)
)
GET_EXPERIMENT = Endpoint("GET", _PATH + "get", takes=ExperimentId, gives=ExperimentAnswer, needs=_needs(Action.READ))
GET_EXPERIMENT_BY_NAME = Endpoint(
    "GET", _PATH + "get-by-name", takes=ExperimentName, gives=ExperimentAnswer, needs=_needs(Action.READ)
)
SEARCH_EXPERIMENTS = Endpoint(
    "POST", _PATH + "search", takes=SearchExperiments, gives=ExperimentsPage, needs=_needs(Action.SEARCH), writes=False
)
SEARCH_EXPERIMENTS_BY_GET = Endpoint(
    "GET", _PATH + "search", takes=SearchExperiments, gives=ExperimentsPage, needs=_needs(Action.SEARCH)
)
DELETE_EXPERIMENT = Endpoint("POST", _PATH + "delete", takes=ExperimentId, gives=Empty, needs=_needs(Action.DELETE))
RESTORE_EXPERIMENT = Endpoint("POST", _PATH + "restore", takes=ExperimentId, gives=Empty, needs=_needs(Action.DELETE))
UPDATE_EXPERIMENT = Endpoint("POST", _PATH + "update", takes=UpdateExperiment, gives=Empty, needs=_needs(Action.UPDATE))
SET_EXPERIMENT_TAG = Endpoint(
    "POST", _PATH + "set-experiment-tag", takes=SetExperimentTag, gives=Empty, needs=_needs(Action.UPDATE)
)
DELETE_EXPERIMENT_TAG = Endpoint(
    "POST", _PATH + "delete-experiment-tag", takes=DeleteExperimentTag, gives=Empty, needs=_needs(Action.UPDATE)
)
SEARCH_DATASETS = Endpoint(
    "POST",
    _PATH + "search-datasets",
    takes=SearchDatasets,
    gives=DatasetSummaries,
    needs=_needs(Action.SEARCH),
    writes=False,
)
