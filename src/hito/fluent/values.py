"""Metrics, params and tags of the active run: what a training loop logs."""

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hito.client.entities import Metric, Param, RunTag
from hito.core.errors import InvalidArgument
from hito.core.rules import MAX_PARAM_VALUE
from hito.fluent import active
from hito.fluent.active import Scope, current
from hito.fluent.configuration import client
from hito.fluent.data import Dataset, entity, input_of
from hito.fluent.logged_models import active_model_id, chosen
from hito.fluent.runs import scope_here, the_scope

_now = time.time_ns


def log_metric(
    key: str,
    value: float,
    step: int | None = None,
    synchronous: bool | None = None,
    timestamp: int | None = None,
    run_id: str | None = None,
    model_id: str | None = None,
    dataset: Dataset | None = None,
) -> None:
    """Log one point of a curve: some microseconds; it is in the journal when this returns.

    Args:
        value: anything that `float` takes, also numpy's numbers and tensors with one element.
        step: 0 if it is not given.
        synchronous: wait for the server's answer.
        timestamp: ms since 1970; now, if it is not given.
        run_id: another run than the active one. It need not be active.
        model_id: the logged model that the value is about. Without it: the active model, or the one that the run made at
            this step.
        dataset: what the value was measured on.
    Raises: InvalidArgument: the key is no name, or the value no number.
    """
    scope = current()
    if (
        scope is None
        or (step or 0) in scope.models
        or chosen.model_id is not None
        or run_id is not None
        or model_id is not None
        or dataset is not None
        or synchronous
    ):
        _log_rich({key: value}, step, synchronous, timestamp, run_id, model_id, dataset)
        return
    # The hot path: nothing but the journal.
    scope.metric(key, value, step or 0, _now() // 1_000_000 if timestamp is None else timestamp)


def log_metrics(
    metrics: Mapping[str, float],
    step: int | None = None,
    synchronous: bool | None = None,
    run_id: str | None = None,
    timestamp: int | None = None,
    model_id: str | None = None,
    dataset: Dataset | None = None,
) -> None:
    """Log several metrics of one step; arguments as for `log_metric`. If one is refused, none is logged."""
    _log_rich(metrics, step, synchronous, timestamp, run_id, model_id, dataset)


def log_series(
    name: str,
    values: Iterable[float],
    steps: Iterable[int] | None = None,
    *,
    timestamps: Iterable[int] | None = None,
    run_id: str | None = None,
) -> None:
    """Log a whole curve with one call: half a microsecond for a point instead of three.

    Args:
        values: numbers, or an array of one dimension.
        steps: as many integers; 0, 1, 2, … if they are not given.
        timestamps: as many, in ms since 1970; now for all, if they are not given.
    Raises: InvalidArgument: lengths differ, or a value is no number; nothing is logged then.
    """
    numbers = _listed(values)
    places = list(range(len(numbers))) if steps is None else _listed(steps)
    times = [_now() // 1_000_000] * len(numbers) if timestamps is None else _listed(timestamps)
    if not len(numbers) == len(places) == len(times):
        raise InvalidArgument(
            f"The series '{name}' has {len(numbers)} values, {len(places)} steps and {len(times)} timestamps; "
            "give as many of each."
        )
    points = [Metric(name, value, when, step) for value, step, when in zip(numbers, places, times, strict=True)]
    owner = scope_here() if run_id is None else None
    for start in range(0, len(points), _SERIES_AT_ONCE):
        some = points[start : start + _SERIES_AT_ONCE]
        if owner is not None:
            owner.client.log_batch(owner.run_id, metrics=some)
        else:
            _client_of(run_id).log_batch(run_id or "", metrics=some)


_SERIES_AT_ONCE = 10_000
"""Points written to the journal at once."""


def log_param(key: str, value: Any, synchronous: bool | None = None) -> Any:
    """Log a param of the active run, and return the value; it is kept as `str(value)`.

    Raises: InvalidArgument: the key is no name, or this process has logged another value for it.
    """
    log_params({key: value}, synchronous)
    return value


def log_params(params: Mapping[str, Any], synchronous: bool | None = None, run_id: str | None = None) -> None:
    """Log several params. Raises: as `log_param`; none of them is logged then."""
    pairs = [Param(key, str(value)) for key, value in params.items()]
    scope = the_scope(run_id)
    if scope is None:
        assert run_id is not None
        client().log_batch(run_id, params=pairs, synchronous=synchronous)
        return
    for pair in pairs:
        known = scope.params.get(pair.key)
        if known is not None and known != pair.value[:MAX_PARAM_VALUE]:
            raise InvalidArgument(
                f"Changing param values is not allowed. Param with key='{pair.key}' was already logged with "
                f"value='{known:.200}' for run ID='{scope.run_id}'. Attempted logging new value '{pair.value:.200}'. "
                "Log it under another name, or in a nested run."
            )
    scope.client.log_batch(scope.run_id, params=pairs, synchronous=synchronous)
    scope.params.update((pair.key, pair.value[:MAX_PARAM_VALUE]) for pair in pairs)


def set_tag(key: str, value: Any, synchronous: bool | None = None) -> None:
    """Tag the active run; it is kept as `str(value)`, and may be set again."""
    set_tags({key: value}, synchronous)


def set_tags(tags: Mapping[str, Any], synchronous: bool | None = None) -> None:
    """Set several tags."""
    scope = scope_here()
    pairs = [RunTag(key, str(value)) for key, value in tags.items()]
    scope.client.log_batch(scope.run_id, tags=pairs, synchronous=synchronous)


def delete_tag(key: str) -> None:
    """Remove a tag of the active run. Raises: NotFound."""
    scope = scope_here()
    scope.client.delete_tag(scope.run_id, key)


def flush_async_logging() -> None:
    """Wait until everything that this process logged is on its server, for 30 seconds at most."""
    for scope in active.stack():
        scope.client.flush()
    client().flush()


flush_artifact_async_logging = flush_async_logging


def _log_rich(
    metrics: Mapping[str, float],
    step: int | None,
    synchronous: bool | None,
    timestamp: int | None,
    run_id: str | None,
    model_id: str | None,
    dataset: Dataset | None,
) -> None:
    scope = the_scope(run_id)
    owner = scope.run_id if scope is not None else str(run_id)
    through = scope.client if scope is not None else client()
    place = step or 0
    when = _now() // 1_000_000 if timestamp is None else timestamp
    about = model_id or active_model_id() or _made_at(scope, place)
    told = None if dataset is None else entity(dataset)
    if told is not None:
        # A point may only name a dataset that is among the run's inputs.
        through.log_inputs(owner, [input_of(dataset, None, None)])
    points = [
        Metric(key, value, when, place, about, told.name if told else None, told.digest if told else None)
        for key, value in metrics.items()
    ]
    through.log_batch(owner, metrics=points, synchronous=synchronous)


def _made_at(scope: Scope | None, step: int) -> str | None:
    return None if scope is None else scope.models.get(step)


def _client_of(run_id: str | None) -> Any:
    scope = active.find(run_id) if run_id else None
    return scope.client if scope is not None else client()


def _listed(values: Iterable[Any]) -> Sequence[Any]:
    tolist = getattr(
        values, "tolist", None
    )  # of numpy and of tensors: Python's own numbers, much faster than one by one
    found: Sequence[Any] = tolist() if tolist is not None else list(values)
    return found
