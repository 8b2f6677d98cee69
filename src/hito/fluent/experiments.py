"""Experiments, and which of them new runs belong to.

    set_experiment(…)  before  HITO_/MLFLOW_EXPERIMENT_NAME  before  HITO_/MLFLOW_EXPERIMENT_ID  before  "0"

The experiment that was set is the process's, as in MLflow, and goes into the environment for child processes.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from hito.client import voice
from hito.client.credentials import setting
from hito.client.entities import Experiment
from hito.core.errors import AlreadyExists, InvalidArgument, Unavailable
from hito.core.runs import DELETED, ViewType
from hito.fluent.configuration import client, get_tracking_uri

DEFAULT_ID = "0"
_PAGE = 1000


class _Chosen:
    """The experiment that was set, and where."""

    experiment_id = ""
    name = ""
    """Instead of the id, while no server has told it."""
    uri = ""


_chosen = _Chosen()
_by_name: dict[tuple[str, str], str] = {}


def set_experiment(
    experiment_name: str | None = None, experiment_id: str | None = None, trace_location: Any = None
) -> Experiment:
    """Choose the experiment of runs that start from now on, and return it.

    Args:
        experiment_name: it is created if there is none of this name.
        trace_location: accepted for MLflow's sake; hito keeps no traces.
    Raises: InvalidArgument: not exactly one of the two is given, or the experiment is deleted. A server that does not
        answer is no error: what is returned has no id then, or nothing but the id, and runs begin all the same.
    """
    if (experiment_name is None) == (experiment_id is None):
        raise InvalidArgument("Must specify exactly one of: `experiment_id` or `experiment_name`.")
    try:
        found = (
            client().get_experiment(str(experiment_id)) if experiment_name is None else _found_or_made(experiment_name)
        )
    except Unavailable as error:
        voice.warn("experiment", f"hito: {error.message} Runs are kept here until it answers; `hito sync` sends them.")
        found = Experiment(experiment_id=str(experiment_id or ""), name=experiment_name or "")
    if found.lifecycle_stage == DELETED:
        raise InvalidArgument(
            f"Cannot set a deleted experiment '{found.name}' as the active experiment. Restore it with "
            f"hito.restore_experiment('{found.experiment_id}'), or choose another name."
        )
    _chosen.experiment_id, _chosen.name, _chosen.uri = found.experiment_id, found.name, get_tracking_uri()
    os.environ["MLFLOW_EXPERIMENT_ID"] = os.environ["HITO_EXPERIMENT_ID"] = found.experiment_id
    return found


def current_experiment_id() -> str:
    """The id of the active experiment.

    Raises: Unavailable: only its name is known, and the server does not answer; else as `current_place`.
    """
    experiment_id, name = current_place()
    return experiment_id or _found_or_made(name).experiment_id


def current_place() -> tuple[str, str]:
    """The experiment of a run that starts now: its id, or, if no server could tell that, its name.

    Raises: InvalidArgument: the environment names two different experiments, or one that is deleted.
    """
    if (_chosen.experiment_id or _chosen.name) and _chosen.uri == get_tracking_uri():
        return _chosen.experiment_id, "" if _chosen.experiment_id else _chosen.name
    name, given = setting("EXPERIMENT_NAME"), setting("EXPERIMENT_ID")
    if not name:
        return given or DEFAULT_ID, ""
    known = _by_name.get((get_tracking_uri(), name))
    if known is None:
        try:
            found = _found_or_made(name)
        except Unavailable:
            return "", name
        if found.lifecycle_stage == DELETED:
            raise InvalidArgument(f"The environment names experiment '{name}', which is deleted. Restore it.")
        known = _by_name[get_tracking_uri(), name] = found.experiment_id
    if given and known != given:
        raise InvalidArgument(
            f"The environment names experiment '{name}', whose id is {known}, and experiment id {given}. Set only one."
        )
    return known, ""


def create_experiment(
    name: str, artifact_location: str | None = None, tags: Mapping[str, Any] | None = None, trace_location: Any = None
) -> str:
    """The id of a new experiment. Raises: AlreadyExists: the name is taken, perhaps by a deleted one."""
    return client().create_experiment(name, artifact_location, tags)


def get_experiment(experiment_id: str) -> Experiment:
    """An experiment, active or deleted. Raises: NotFound."""
    return client().get_experiment(experiment_id)


def get_experiment_by_name(name: str) -> Experiment | None:
    """An experiment, active or deleted; None if there is none of this name."""
    return client().get_experiment_by_name(name)


def search_experiments(
    view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int | None = None,
    filter_string: str | None = None,
    order_by: Sequence[str] | None = None,
) -> list[Experiment]:
    """All that match, or the first `max_results`."""
    found: list[Experiment] = []
    token = None
    while max_results is None or len(found) < max_results:
        size = _PAGE if max_results is None else min(_PAGE, max_results - len(found))
        page = client().search_experiments(view_type, size, filter_string, order_by, token)
        found += page
        token = page.token
        if not token:
            break
    return found


def delete_experiment(experiment_id: str) -> None:
    """Mark an experiment and its runs deleted."""
    client().delete_experiment(experiment_id)


def restore_experiment(experiment_id: str) -> None:
    """Take a deletion back."""
    client().restore_experiment(experiment_id)


def set_experiment_tag(key: str, value: Any) -> None:
    """Tag the active experiment."""
    client().set_experiment_tag(current_experiment_id(), key, value)


def set_experiment_tags(tags: Mapping[str, Any]) -> None:
    """Tag the active experiment, several times."""
    for key, value in tags.items():
        set_experiment_tag(key, value)


def delete_experiment_tag(key: str) -> None:
    """Remove a tag of the active experiment."""
    client().delete_experiment_tag(current_experiment_id(), key)


def _found_or_made(name: str) -> Experiment:
    found = client().get_experiment_by_name(name)
    if found is not None:
        return found
    try:
        return client().get_experiment(client().create_experiment(name))
    except AlreadyExists:
        # Another process made it since we looked.
        made = client().get_experiment_by_name(name)
        if made is None:
            raise
        return made
