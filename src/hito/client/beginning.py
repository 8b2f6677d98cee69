"""How a run begins on a server, now or a week after it began for its program.

A run has an id before any server knows of it. hito's server takes that id, so creating it twice makes one run. MLflow's
does not: there the run gets a tag with our id, and whoever is not sure whether it was created looks for the tag first.
"""

from typing import Any

from hito.client.journal import Create
from hito.client.transport import Transport
from hito.core.errors import AlreadyExists, InvalidArgument, NotFound
from hito.core.runs import DELETED
from hito.wire import experiments as wire_experiments
from hito.wire import runs as wire
from hito.wire.types import Pair

RUN_ID_TAG = "hito.run_id"
"""On an MLflow server: the id under which a run's program knows it."""


def begin(
    transport: Transport,
    run_id: str,
    create: Create,
    *,
    uncertain: bool,
    timeout: float = 30.0,
) -> dict[str, Any]:
    """Create a run and return it; its id is `run_id`, unless the server chooses ids itself.

    Args:
        uncertain: it may have been created before.
    Raises: HitoError: the server refuses; Unavailable: it does not answer, and may or may not have created the run.
    """
    experiment_id = create.experiment_id or experiment_id_of(transport, create.experiment_name, timeout)
    message = wire.CreateRun(
        experiment_id=experiment_id,
        user_id=create.user_id,
        run_name=create.run_name,
        start_time=create.start_time,
        tags=create.tags,
    )
    if transport.takes_run_ids():
        message.run_id = run_id
    else:
        if uncertain:
            search = wire.SearchRuns(
                experiment_ids=[experiment_id], filter=f"tags.`{RUN_ID_TAG}` = '{run_id}'", max_results=1
            )
            found = transport.call(wire.SEARCH_RUNS, search, timeout=timeout, patient=False).get("runs")
            if found:
                known: dict[str, Any] = found[0]
                return known
        message.tags = [*create.tags, Pair(RUN_ID_TAG, run_id)]
    run: dict[str, Any] = transport.call(wire.CREATE_RUN, message, timeout=timeout, patient=False)["run"]
    return run


def experiment_id_of(transport: Transport, name: str, timeout: float = 30.0) -> str:
    """The id of the experiment with this name, which is created if there is none.

    Raises: InvalidArgument: it is deleted.
    """
    asked = wire_experiments.ExperimentName(experiment_name=name)
    for _ in range(2):  # twice: another process may create it between our two requests
        try:
            found = transport.call(wire_experiments.GET_EXPERIMENT_BY_NAME, asked, timeout=timeout, patient=False)
        except NotFound:
            pass
        else:
            experiment = found["experiment"]
            if experiment.get("lifecycle_stage") == DELETED:
                raise InvalidArgument(f"The experiment '{name}' is deleted. Restore it, or log to another one.")
            return str(experiment["experiment_id"])
        message = wire_experiments.CreateExperiment(name=name)
        try:
            made = transport.call(wire_experiments.CREATE_EXPERIMENT, message, timeout=timeout, patient=False)
        except AlreadyExists:
            continue
        return str(made["experiment_id"])
    raise InvalidArgument(f"The experiment '{name}' cannot be created, and cannot be found.")
