"""What a report knows of a run beside its evaluation: plain values, gathered by whoever can reach the run."""

from msgspec import Struct


class MetricFacts(Struct, frozen=True):
    """A metric: its latest value, and its curve, thinned, if it was logged over steps."""

    key: str
    value: float
    steps: tuple[int, ...] = ()
    values: tuple[float, ...] = ()


class DatasetFacts(Struct, frozen=True):
    name: str
    digest: str
    context: str = ""
    source: str = ""
    rows: int | None = None


class VersionFacts(Struct, frozen=True):
    """A version that was registered of the run's model."""

    name: str
    version: str
    stage: str = "None"
    aliases: tuple[str, ...] = ()


class ModelFacts(Struct, frozen=True):
    name: str
    model_id: str


class FileFacts(Struct, frozen=True):
    path: str
    size: int | None
    """None: a folder."""


class RunFacts(Struct, frozen=True, kw_only=True):
    """`environment` holds label and text, in order. Times are ms since 1970."""

    run_id: str
    run_name: str = ""
    experiment: str = ""
    user: str = ""
    status: str = ""
    begun: int = 0
    ended: int | None = None
    source: str = ""
    commit: str = ""
    dirty: bool = False
    command: str = ""
    description: str = ""
    params: dict[str, str] = {}
    metrics: tuple[MetricFacts, ...] = ()
    tags: dict[str, str] = {}
    datasets: tuple[DatasetFacts, ...] = ()
    models: tuple[ModelFacts, ...] = ()
    versions: tuple[VersionFacts, ...] = ()
    files: tuple[FileFacts, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    packages: dict[str, str] = {}
    """The libraries that matter to the model, with versions."""
