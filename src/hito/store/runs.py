"""Runs in the store."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from msgspec import Struct

from hito.core.errors import InvalidArgument, NotFound
from hito.core.metrics import Metric
from hito.core.runs import (
    ACTIVE,
    DELETED,
    RUN_NAME,
    ModelInput,
    ModelOutput,
    Param,
    Run,
    RunData,
    RunInfo,
    RunInputs,
    RunOutputs,
    RunStatus,
    Tag,
)
from hito.store import datasets, metrics
from hito.store.database import Row, Tx, marks

_STATUS = {status.value: status.name for status in RunStatus}
_FINAL = {RunStatus.FINISHED, RunStatus.FAILED, RunStatus.KILLED}
Text = TypeVar("Text", Param, Tag)
_AT_ONCE = 1000
"""Ids in one statement; SQLite takes 32,766 values, PostgreSQL 65,535."""
_SELECT = (
    "SELECT r.id, r.uuid, r.experiment_id, r.name, r.user_id, r.status, r.start_time, r.end_time, r.deleted, "
    "e.artifact_location FROM runs r JOIN experiments e ON e.id = r.experiment_id WHERE "
)


class RunKey(Struct, frozen=True):
    """A run as the statements need it; `experiment_id` and `start_time` are repeated in the rows of its values."""

    id: int
    uuid: str
    experiment_id: int
    start_time: int


def find(tx: Tx, run_id: str) -> RunKey | None:
    """A run, active or deleted, by MLflow's id."""
    row = tx.one("SELECT id, experiment_id, start_time FROM runs WHERE uuid = ?", (run_id,))
    return RunKey(row[0], run_id, row[1], row[2]) if row else None


def existing(tx: Tx, run_id: str) -> RunKey:
    """Like `find`.

    Raises: NotFound.
    """
    run = find(tx, run_id)
    if run is None:
        raise NotFound(f"No run has the id '{run_id[:100]}'.")
    return run


def writable(tx: Tx, run_id: str) -> RunKey:
    """A run that is about to be written to.

    Raises: NotFound: no such run; InvalidArgument: it is deleted.
    """
    row = tx.one("SELECT id, experiment_id, start_time, deleted FROM runs WHERE uuid = ?", (run_id,))
    if row is None:
        raise NotFound(f"No run has the id '{run_id[:100]}'.")
    if row[3]:
        raise InvalidArgument(f"The run {run_id} is deleted; only an active run can be changed. Restore it first.")
    return RunKey(row[0], run_id, row[1], row[2])


def create(
    tx: Tx,
    run_id: str,
    experiment_id: int,
    location: str,
    name: str,
    user_id: str,
    start_time: int,
    tags: Iterable[tuple[str, str]],
) -> Run:
    """A new run in an active experiment, RUNNING. Its name is stored as a tag, too.

    Args:
        location: the experiment's artifact location.
        tags: each key once, `mlflow.runName` not among them.
    """
    status = RunStatus.RUNNING.value
    row = tx.one(
        "INSERT INTO runs (uuid, experiment_id, name, user_id, status, start_time) VALUES (?, ?, ?, ?, ?, ?) "
        "RETURNING id",
        (run_id, experiment_id, name, user_id, status, start_time),
    )
    assert row is not None
    named = [*tags, (RUN_NAME, name)]
    _put_tags(tx, RunKey(row[0], run_id, experiment_id, start_time), named)
    info = _info((row[0], run_id, experiment_id, name, user_id, status, start_time, None, 0, location))
    return Run(info, RunData(tags=[Tag(key, value) for key, value in named]), RunInputs())


def update(tx: Tx, run: RunKey, status: RunStatus | None, end_time: int | None, name: str) -> RunInfo:
    """Change what is given; a run that ends has the tails of its curves sealed."""
    if status is not None:
        tx.run("UPDATE runs SET status = ? WHERE id = ?", (status.value, run.id))
    if end_time is not None:
        tx.run("UPDATE runs SET end_time = ? WHERE id = ?", (end_time, run.id))
    if name:
        set_tags(tx, run, [(RUN_NAME, name)])
    if status in _FINAL:
        metrics.seal(tx, run.id)
    row = tx.one(f"{_SELECT} r.id = ?", (run.id,))
    assert row is not None
    return _info(row)


def beat(tx: Tx, run: RunKey, every: int) -> None:
    """Note that the run's program lives now, and means to say so again after `every` milliseconds."""
    tx.run("UPDATE runs SET heartbeat_time = ?, heartbeat_every = ? WHERE id = ?", (tx.now, every, run.id))


def delete(tx: Tx, run_id: str) -> None:
    """Mark a run deleted; again is fine.

    Raises: NotFound.
    """
    run = existing(tx, run_id)
    tx.run("UPDATE runs SET deleted = 1, deleted_time = ? WHERE id = ? AND deleted = 0", (tx.now, run.id))


def restore(tx: Tx, run_id: str) -> None:
    """Make a deleted run active again; again is fine.

    Raises: NotFound.
    """
    run = existing(tx, run_id)
    tx.run("UPDATE runs SET deleted = 0, deleted_time = NULL WHERE id = ?", (run.id,))


def set_tags(tx: Tx, run: RunKey, tags: Sequence[tuple[str, str]]) -> None:
    """Set tags, the last of equal keys winning; the tag `mlflow.runName` renames the run."""
    _put_tags(tx, run, tags)
    name = dict(tags).get(RUN_NAME)
    if name is not None:
        tx.run("UPDATE runs SET name = ? WHERE id = ?", (name, run.id))


def _put_tags(tx: Tx, run: RunKey, tags: Iterable[tuple[str, str]]) -> None:
    tx.many(
        "INSERT INTO tags (run_id, key_id, experiment_id, start_time, value) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (run_id, key_id) DO UPDATE SET value = excluded.value",
        [(run.id, tx.intern(key), run.experiment_id, run.start_time, value) for key, value in dict(tags).items()],
    )


def tag(tx: Tx, run: RunKey, key: str) -> str | None:
    key_id = tx.key(key)
    row = key_id and tx.one("SELECT value FROM tags WHERE run_id = ? AND key_id = ?", (run.id, key_id))
    return str(row[0]) if row else None


def delete_tag(tx: Tx, run: RunKey, key: str) -> None:
    """Remove a tag. Raises: NotFound: the run has no such tag."""
    key_id = tx.key(key)
    if key_id is None or not tx.run("DELETE FROM tags WHERE run_id = ? AND key_id = ?", (run.id, key_id)):
        raise NotFound(f"The run {run.uuid} has no tag '{key}'.")


def log_params(tx: Tx, run: RunKey, params: Sequence[tuple[str, str]]) -> None:
    """Add params, which are written once: the same value again is fine.

    Raises: InvalidArgument: one has another value already; none of them is stored.
    """
    keys = [tx.intern(key) for key, _ in params]
    found: dict[int, str] = dict(
        tx.all(f"SELECT key_id, value FROM params WHERE run_id = ? AND key_id IN ({marks(len(keys))})", (run.id, *keys))
    )
    fresh = []
    for key_id, (key, value) in zip(keys, params, strict=True):
        if key_id not in found:
            fresh.append((run.id, key_id, run.experiment_id, run.start_time, value))
        elif found[key_id] != value:
            raise InvalidArgument(
                f"Changing param values is not allowed. Param with key='{key}' was already logged with "
                f"value='{found[key_id]}' for run ID='{run.uuid}'. Attempted logging new value '{value}'."
            )
    if fresh:
        tx.many("INSERT INTO params (run_id, key_id, experiment_id, start_time, value) VALUES (?, ?, ?, ?, ?)", fresh)


def log_outputs(tx: Tx, run: RunKey, models: Iterable[tuple[str, int]]) -> None:
    """Record models that the run made; a repeat changes nothing, since MLflow's client repeats what it is unsure of."""
    tx.many(
        "INSERT INTO run_model_outputs (run_id, model_id, step) VALUES (?, ?, ?) ON CONFLICT (run_id, model_id) DO NOTHING",
        [(run.id, model_id, step) for model_id, step in models],
    )


def log_model_inputs(tx: Tx, run: RunKey, models: Iterable[str]) -> None:
    tx.many(
        "INSERT INTO run_model_inputs (run_id, model_id) VALUES (?, ?) ON CONFLICT (run_id, model_id) DO NOTHING",
        [(run.id, model_id) for model_id in models],
    )


def artifact_uri(tx: Tx, run: RunKey) -> str:
    """The root of the run's files."""
    row = tx.one("SELECT artifact_location FROM experiments WHERE id = ?", (run.experiment_id,))
    assert row is not None
    return _artifact_uri(row[0], run.uuid)


def get(tx: Tx, run_id: str) -> Run:
    """A run with everything that belongs to it, active or deleted.

    Raises: NotFound.
    """
    return get_many(tx, [existing(tx, run_id).id], with_model_inputs=True)[0]


def get_many(tx: Tx, ids: Sequence[int], with_model_inputs: bool = False) -> list[Run]:
    """Runs by their internal ids, in that order: a handful of statements for each `_AT_ONCE` of them."""
    found: list[Run] = []
    for start in range(0, len(ids), _AT_ONCE):
        found += _some(tx, ids[start : start + _AT_ONCE], with_model_inputs)
    return found


def _some(tx: Tx, ids: Sequence[int], with_model_inputs: bool) -> list[Run]:
    within = f"IN ({marks(len(ids))})"
    infos = {row[0]: row for row in tx.all(f"{_SELECT} r.id {within}", ids)}
    found_metrics = metrics.latest(tx, ids)
    params = _texts(tx, "params", Param, ids)
    tags = _texts(tx, "tags", Tag, ids)
    inputs = datasets.of_runs(tx, ids)
    outputs: dict[int, list[ModelOutput]] = {}
    for run_id, model_id, step in tx.all(
        f"SELECT run_id, model_id, step FROM run_model_outputs WHERE run_id {within}", ids
    ):
        outputs.setdefault(run_id, []).append(ModelOutput(model_id, step))
    model_inputs: dict[int, list[ModelInput]] = {}
    if with_model_inputs:
        for run_id, model_id in tx.all(f"SELECT run_id, model_id FROM run_model_inputs WHERE run_id {within}", ids):
            model_inputs.setdefault(run_id, []).append(ModelInput(model_id))
    no_metrics: list[Metric] = []
    return [
        Run(
            _info(infos[one]),
            RunData(found_metrics.get(one, no_metrics), params.get(one, []), tags.get(one, [])),
            RunInputs(inputs.get(one, []), model_inputs.get(one, [])),
            RunOutputs(outputs.get(one, [])),
        )
        for one in ids
        if one in infos
    ]


def _texts(tx: Tx, table: str, kind: Callable[[str, str], Text], ids: Sequence[int]) -> dict[int, list[Text]]:
    """The params, or the tags, of some runs."""
    found: dict[int, list[Text]] = {}
    names: dict[
        int, str
    ] = {}  # nearer than the cache of the store: a page asks for the same few keys thousands of times
    for run_id, key_id, value in tx.all(
        f"SELECT run_id, key_id, value FROM {table} WHERE run_id IN ({marks(len(ids))})", ids
    ):
        name = names.get(key_id)
        if name is None:
            name = names[key_id] = tx.name(key_id)
        of_run = found.get(run_id)
        if of_run is None:
            of_run = found[run_id] = []
        of_run.append(kind(name, value))
    return found


def _info(row: Row) -> RunInfo:
    _, uuid, experiment_id, name, user_id, status, start_time, end_time, deleted, location = row
    return RunInfo(
        run_uuid=uuid,
        experiment_id=str(experiment_id),
        run_name=name,
        user_id=user_id,
        status=_STATUS[status],
        start_time=start_time,
        end_time=end_time,
        artifact_uri=_artifact_uri(location, uuid),
        lifecycle_stage=DELETED if deleted else ACTIVE,
        run_id=uuid,
    )


def _artifact_uri(location: str, uuid: str) -> str:
    return f"{location}/{uuid}/artifacts"
