"""The tree of experiments."""

from msgspec import Struct

from hito.wire.endpoint import Action, Endpoint, Message, Right, Subject
from hito.wire.types import EnumIn


class ExperimentTree(Message):
    view: EnumIn = "ACTIVE_ONLY"


class ExperimentNode(Struct, frozen=True, gc=False):
    """An experiment with what its runs come to. `/` in a name separates folders; the page builds the tree."""

    experiment_id: str
    name: str
    lifecycle_stage: str
    runs: int
    running: int
    last_start: int | None
    creation_time: int
    last_update_time: int
    description: str
    """Its tag mlflow.note.content."""


class Experiments(Struct, frozen=True):
    experiments: list[ExperimentNode] = []


TREE = Endpoint(
    "GET",
    "/hito/experiments/tree",
    takes=ExperimentTree,
    gives=Experiments,
    needs=Right(Action.SEARCH, Subject.EXPERIMENT),
)
