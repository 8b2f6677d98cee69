"""Models: a logged model is a saved folder, a registered model is a name, a version ties one to the other."""

import enum

from msgspec import Struct

from hito.core.metrics import Metric
from hito.core.runs import Param, Tag


class LoggedModelStatus(enum.IntEnum):
    """Whether a logged model's files are all there. The numbers are those of MLflow's protocol."""

    LOGGED_MODEL_PENDING = 1
    LOGGED_MODEL_READY = 2
    LOGGED_MODEL_UPLOAD_FAILED = 3


class Stage(enum.IntEnum):
    """Where a version stands. The numbers order the lanes and are ours; the wire has the names."""

    NONE = 0
    STAGING = 1
    PRODUCTION = 2
    ARCHIVED = 3

    @property
    def label(self) -> str:
        """As it is written: None, Staging, Production, Archived."""
        return self.name.capitalize()


STAGES = {stage.label.lower(): stage for stage in Stage}

IS_PROMPT = "mlflow.prompt.is_prompt"
"""The tag of registered models that are prompts, which ordinary listings do not show."""
MODEL_VERSIONS = "mlflow.modelVersions"
"""The tag of a logged model that lists the versions made from it."""


class LoggedModelInfo(Struct, frozen=True, omit_defaults=True, kw_only=True):
    model_id: str
    experiment_id: str
    name: str
    creation_timestamp_ms: int
    last_updated_timestamp_ms: int
    artifact_uri: str
    status: str
    model_type: str
    source_run_id: str
    status_message: str | None = None
    tags: list[Tag] = []


class LoggedModelData(Struct, frozen=True, omit_defaults=True):
    params: list[Param] = []
    metrics: list[Metric] = []


class LoggedModel(Struct, frozen=True):
    info: LoggedModelInfo
    data: LoggedModelData


class Alias(Struct, frozen=True):
    alias: str
    version: str


class Version(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A registered model's version.

    `description` is "" when it was created without one, which is written, and None when it was cleared, which is not.
    `aliases` is empty where MLflow does not fill it: in searches, and among the latest versions of a model.
    """

    name: str
    version: str
    creation_timestamp: int
    last_updated_timestamp: int
    current_stage: str
    description: str | None = None
    source: str
    run_id: str
    status: str
    tags: list[Tag] = []
    run_link: str
    aliases: list[str] = []


class RegisteredModel(Struct, frozen=True, omit_defaults=True, kw_only=True):
    name: str
    creation_timestamp: int
    last_updated_timestamp: int
    description: str | None = None
    latest_versions: list[Version] = []
    tags: list[Tag] = []
    aliases: list[Alias] = []
