"""Runs: beginning, ending, finding them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from hito.client import voice
from hito.client.credentials import setting
from hito.client.entities import Experiment, Run, RunData, RunInfo
from hito.core.errors import InvalidArgument, NotFound, Unavailable
from hito.core.runs import DELETED, RUN_NAME, ViewType
from hito.fluent import active, experiments, observers
from hito.fluent.active import ActiveRun, Scope, current
from hito.fluent.configuration import client
from hito.fluent.tables import runs_frame, wants_frame
from hito.reproduce import context

PARENT_RUN_ID = "mlflow.parentRunId"
NOTE = "mlflow.note.content"
_PAGE = 10_000
_TRIED: set[str] = set()
"""Run ids of the environment that were resumed already: each is taken once."""


def start_run(
    run_id: str | None = None,
    experiment_id: str | None = None,
    run_name: str | None = None,
    nested: bool = False,
    parent_run_id: str | None = None,
    tags: Mapping[str, Any] | None = None,
    description: str | None = None,
    log_system_metrics: bool | None = None,
) -> ActiveRun:
    """Begin a run, or go on with one, and make it the active one of this thread or task.

    Args:
        run_id: go on with this run: its status is RUNNING again. None: `HITO_RUN_ID`, `MLFLOW_RUN_ID` (once), else a new one.
        experiment_id: None: the one that was set.
        run_name: None: a readable one is made up.
        nested: begin inside the active run, as its child.
        parent_run_id: begin as a child of this run, which need not be active.
        tags: on the run from its beginning.
        description: its note.
        log_system_metrics: watch processor, memory, disk and network; None: as it was set for all runs.
    Returns: the run; use it in a `with` statement, or call `end_run`.
    Raises: HitoError: a run is active and `nested` is not given; the run to go on with is deleted or unknown; a refusal
        of the server. A server that does not answer is no error: the run begins in its journal.
    """
    return begin(
        run_id, experiment_id, run_name, nested, parent_run_id, tags, description, log_system_metrics, named=True
    ).run


def begin(
    run_id: str | None = None,
    experiment_id: str | None = None,
    run_name: str | None = None,
    nested: bool = False,
    parent_run_id: str | None = None,
    tags: Mapping[str, Any] | None = None,
    description: str | None = None,
    log_system_metrics: bool | None = None,
    *,
    named: bool,
) -> Scope:
    """`start_run`, for callers inside of hito."""
    outer = current()
    if outer is not None and not nested:
        raise InvalidArgument(
            f"Run with UUID {outer.run_id} is already active. To start a new run, first end the current run with "
            "hito.end_run(). To start a nested run, call start_run with nested=True"
        )
    through = client()
    resumed = run_id or _run_id_of_environment()
    if resumed:
        run = _resume(resumed, experiment_id, tags)
        fresh = False
    else:
        given = _beginning_tags(tags, description, parent_run_id or (outer.run_id if outer is not None else None))
        if run_name is not None:
            given[RUN_NAME] = run_name
        place, name = experiments.current_place() if experiment_id is None else (str(experiment_id), "")
        run = through.create_run(
            place or None, tags=given, run_name=run_name, experiment_name=name, user_id=given[context.USER]
        )
        fresh = True
    writer = through.writer(run.info.run_id)
    entered = ActiveRun(run.info, run.data, run.inputs, run.outputs)
    scope = Scope(through, entered, writer, outer, named)
    if not fresh:
        scope.params.update(run.data.params)
    active.enter(scope)
    observers.attach(scope, fresh=fresh, system_metrics=log_system_metrics)
    return scope


def end_run(status: str = "FINISHED") -> None:
    """End the active run; nothing if there is none.

    Args:
        status: FINISHED, FAILED, KILLED or SCHEDULED.
    """
    scope = current()
    if scope is not None:
        active.end(scope.run_id, status)


def active_run() -> ActiveRun | None:
    """The innermost run of this thread or task; None without one."""
    scope = current()
    return None if scope is None else scope.run


def last_active_run() -> Run | None:
    """The run that is active, or else the one that this process started last, as its server has it now."""
    scope = current()
    if scope is not None:
        return scope.run
    found = active.last_id()
    if found is None:
        return None
    try:
        return client().get_run(found)
    except NotFound:
        return None


def scope_here() -> Scope:
    """The active run; one is begun if there is none."""
    return current() or active.shared() or begin(named=False)


def the_scope(run_id: str | None) -> Scope | None:
    """What is known of the run that is meant: without an id, the active one, which is begun if there is none; else
    None if this process has not started it.
    """
    return scope_here() if run_id is None else active.find(run_id)


def get_run(run_id: str) -> Run:
    """A run as its server has it, with everything that this process has logged to it. Raises: NotFound."""
    return client().get_run(run_id)


def get_parent_run(run_id: str) -> Run | None:
    """The run in which a nested one was started; None for a run that is not nested."""
    return client().get_parent_run(run_id)


def delete_run(run_id: str) -> None:
    """Mark a run deleted."""
    client().delete_run(run_id)


def restore_run(run_id: str) -> None:
    """Take a deletion back."""
    client().restore_run(run_id)


def search_runs(
    experiment_ids: Sequence[str] | None = None,
    filter_string: str = "",
    run_view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int = 100_000,
    order_by: Sequence[str] | None = None,
    output_format: Literal["pandas", "list"] | None = None,
    search_all_experiments: bool = False,
    experiment_names: Sequence[str] | None = None,
) -> Any:
    """Runs that match a filter.

    Args:
        experiment_ids, experiment_names: where to look; neither: in the active experiment.
        filter_string: such as `metrics.f1 > 0.9 AND params.max_depth = '10'`.
        order_by: such as `["metrics.f1 DESC"]`; else the newest first.
        output_format: `pandas` or `list`; None: a DataFrame if pandas is installed, else a list.
        search_all_experiments: if no experiment is named, look in all.
    Returns: a DataFrame with run_id, experiment_id, status, artifact_uri, start_time, end_time and a column for each
        `metrics.*`, `params.*` and `tags.*`; or a list of runs.
    """
    frame = wants_frame(output_format)
    found: list[Run] = []
    token = None
    places = _places(experiment_ids, experiment_names, search_all_experiments)
    while places and len(found) < max_results:
        size = min(_PAGE, max_results - len(found))
        page = client().search_runs(places, filter_string, run_view_type, size, order_by, token)
        found += page
        token = page.token
        if not token:
            break
    return runs_frame(found) if frame else found


def _places(ids: Sequence[str] | None, names: Sequence[str] | None, everywhere: bool) -> list[str]:
    if ids and names:
        raise InvalidArgument("Only experiment_ids or experiment_names can be used, but not both")
    if names:
        named: list[Experiment] = []
        for name in [names] if isinstance(names, str) else names:
            one = experiments.get_experiment_by_name(name)
            if one is None:
                voice.say(f"hito: there is no experiment '{name}' to search in.")
            else:
                named.append(one)
        return [one.experiment_id for one in named]
    if ids:
        return [ids] if isinstance(ids, str) else [str(one) for one in ids]
    if everywhere:
        return [one.experiment_id for one in experiments.search_experiments(ViewType.ACTIVE_ONLY)]
    return [experiments.current_experiment_id()]


def _run_id_of_environment() -> str:
    found = setting("RUN_ID")
    if not found or found in _TRIED:
        return ""
    _TRIED.add(found)
    return found


def _resume(run_id: str, experiment_id: str | None, tags: Mapping[str, Any] | None) -> Run:
    through = client()
    try:
        run = through.get_run(run_id)
    except Unavailable as error:
        voice.warn("resume", f"hito: {error.message} What is logged to run {run_id} waits until it answers.")
        return Run(RunInfo(run_id=run_id), RunData())
    if run.info.lifecycle_stage == DELETED:
        raise InvalidArgument(
            f"Cannot start run with ID {run_id} because it is in the deleted state. "
            f"Restore it with hito.restore_run('{run_id}')."
        )
    if experiment_id is not None and str(experiment_id) != run.info.experiment_id:
        raise InvalidArgument(
            f"Cannot start run with ID {run_id} because its experiment is {run.info.experiment_id}, not {experiment_id}."
        )
    through.update_run(run_id, "RUNNING")
    for key, value in (tags or {}).items():
        through.set_tag(run_id, key, value)
    run.info.status = "RUNNING"
    return run


def _beginning_tags(tags: Mapping[str, Any] | None, description: str | None, parent: str | None) -> dict[str, str]:
    """What a run is tagged with from its beginning; what the user says wins."""
    found = context.tags()
    found.update(_tags_of_environment())
    found.update((key, str(value)) for key, value in (tags or {}).items())
    if description is not None:
        if NOTE in (tags or {}):
            raise InvalidArgument(f"Give the note of a run as description, or as the tag {NOTE}, and not both.")
        found[NOTE] = description
    if parent is not None:
        found[PARENT_RUN_ID] = parent
    return found


def _tags_of_environment() -> dict[str, str]:
    """HITO_RUN_CONTEXT or MLFLOW_RUN_CONTEXT: a JSON object of tags."""
    text = setting("RUN_CONTEXT")
    if not text:
        return {}
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        voice.warn("run context", "hito: HITO_RUN_CONTEXT / MLFLOW_RUN_CONTEXT is no JSON object; it is left out.")
        return {}
    return {str(key): str(value) for key, value in found.items()}
