"""Experiments and runs: the words that every floor shares.

Field names are MLflow's, and so is what is left out: a field that equals its default is not written to the wire.
"""

import enum

from msgspec import Struct

from hito.core.metrics import Metric


class RunStatus(enum.IntEnum):
    """How far a run has come. The numbers are those of MLflow's protocol."""

    RUNNING = 1
    SCHEDULED = 2
    FINISHED = 3
    FAILED = 4
    KILLED = 5


class ViewType(enum.IntEnum):
    """Which of the active and the deleted a search should see."""

    ACTIVE_ONLY = 1
    DELETED_ONLY = 2
    ALL = 3


ACTIVE, DELETED = "active", "deleted"

RUN_NAME = "mlflow.runName"
"""The tag that always equals a run's name."""
DATASET_CONTEXT = "mlflow.data.context"
"""The tag of a dataset input that says what it was used for: train, eval, …"""


class Tag(Struct, frozen=True, gc=False):
    key: str
    value: str


class Param(Struct, frozen=True, gc=False):
    key: str
    value: str


class Experiment(Struct, frozen=True, omit_defaults=True, kw_only=True):
    experiment_id: str
    name: str
    artifact_location: str
    lifecycle_stage: str
    last_update_time: int
    creation_time: int
    tags: list[Tag] = []


class RunInfo(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """`run_id` and `run_uuid` are the same: clients of every age find theirs."""

    run_uuid: str
    experiment_id: str
    run_name: str
    user_id: str
    status: str
    start_time: int
    end_time: int | None = None
    artifact_uri: str
    lifecycle_stage: str
    run_id: str


class RunData(Struct, frozen=True, omit_defaults=True):
    metrics: list[Metric] = []
    params: list[Param] = []
    tags: list[Tag] = []


class Dataset(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a model was trained or tested on; the same (experiment, name, digest) is the same dataset."""

    name: str
    digest: str
    source_type: str
    source: str
    schema: str | None = None
    profile: str | None = None


class DatasetInput(Struct, frozen=True, omit_defaults=True):
    tags: list[Tag] = []
    dataset: Dataset | None = None


class ModelInput(Struct, frozen=True):
    model_id: str


class ModelOutput(Struct, frozen=True):
    model_id: str
    step: int


class RunInputs(Struct, frozen=True, omit_defaults=True):
    dataset_inputs: list[DatasetInput] = []
    model_inputs: list[ModelInput] = []


class RunOutputs(Struct, frozen=True, omit_defaults=True):
    model_outputs: list[ModelOutput] = []


class Run(Struct, frozen=True, omit_defaults=True):
    """`inputs` and `outputs` are written even when they are empty; None leaves them out (an answer to runs/create)."""

    info: RunInfo
    data: RunData
    inputs: RunInputs | None = None
    outputs: RunOutputs | None = None


class DatasetSummary(Struct, frozen=True, omit_defaults=True):
    experiment_id: str
    name: str
    digest: str
    context: str | None = None
