"""Logged models in the store: saved folders with params, tags and metrics."""

import json
import math
from collections.abc import Iterable, Sequence

from msgspec import Struct

from hito.core.errors import InvalidArgument, NotFound
from hito.core.metrics import Metric, clamped, on_wire
from hito.core.models import MODEL_VERSIONS, LoggedModel, LoggedModelData, LoggedModelInfo, LoggedModelStatus
from hito.core.rules import is_model_id
from hito.core.runs import Param, Tag
from hito.store.database import Row, Tx, marks

_AT_ONCE = 1000
"""Ids in one statement; SQLite takes 32,766 values, PostgreSQL 65,535."""
_STATUS = {status.value: status.name for status in LoggedModelStatus}

MetricPoint = tuple[str, str, float, int, int, str | None, str | None]
"""model_id, key, value, timestamp, step, dataset_name, dataset_digest; NaN is a NaN."""
_Place = tuple[int, str, int, int]
"""The model's internal id, key, timestamp, step: with the run, what identifies a point."""


class LoggedModelKey(Struct, frozen=True):
    """A logged model as other statements need it."""

    id: int
    uuid: str
    source_run_id: str
    artifact_uri: str


def create(
    tx: Tx,
    model_id: str,
    experiment_id: int,
    location: str,
    *,
    name: str,
    model_type: str = "",
    source_run_id: str = "",
    params: Iterable[tuple[str, str]] = (),
    tags: Iterable[tuple[str, str]] = (),
) -> LoggedModelKey:
    """A new logged model whose files are yet to come: PENDING.

    Args:
        location: the artifact location of the experiment, from `experiments.active`.
        params, tags: of keys that differ.
    """
    artifact_uri = f"{location}/models/{model_id}/artifacts"
    row = tx.one(
        "INSERT INTO logged_models (uuid, experiment_id, name, model_type, source_run_id, artifact_uri, status, "
        "creation_timestamp, last_updated_timestamp) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            model_id,
            experiment_id,
            name,
            model_type,
            source_run_id,
            artifact_uri,
            LoggedModelStatus.LOGGED_MODEL_PENDING.value,
            tx.now,
            tx.now,
        ),
    )
    assert row is not None
    model = LoggedModelKey(row[0], model_id, source_run_id, artifact_uri)
    _insert_params(tx, model, params)
    set_tags(tx, model, tags)
    return model


def existing(tx: Tx, model_id: str, allow_deleted: bool = False) -> LoggedModelKey:
    """A logged model by MLflow's id.

    Raises: NotFound: there is none, or it is deleted.
    """
    row = None
    if is_model_id(model_id):
        row = tx.one("SELECT id, source_run_id, artifact_uri, deleted FROM logged_models WHERE uuid = ?", (model_id,))
    if row is None:
        raise NotFound(f"No logged model has the id '{model_id[:100]}'.")
    if row[3] and not allow_deleted:
        raise NotFound(f"The logged model {model_id} is deleted.")
    return LoggedModelKey(row[0], model_id, row[1], row[2])


def artifact_uri(tx: Tx, model_id: str) -> str:
    """The root of a logged model's files.

    Raises: NotFound.
    """
    return existing(tx, model_id).artifact_uri


def get(tx: Tx, model: LoggedModelKey) -> LoggedModel:
    """A logged model with everything that belongs to it."""
    return get_many(tx, [model.id])[0]


def get_many(tx: Tx, ids: Sequence[int]) -> list[LoggedModel]:
    """Logged models by their internal ids, in that order, with all points of their metrics."""
    found: list[LoggedModel] = []
    for start in range(0, len(ids), _AT_ONCE):
        found += _some(tx, ids[start : start + _AT_ONCE])
    return found


def _some(tx: Tx, ids: Sequence[int]) -> list[LoggedModel]:
    within = f"IN ({marks(len(ids))})"
    rows = {
        row[0]: row
        for row in tx.all(
            "SELECT id, uuid, experiment_id, name, model_type, source_run_id, artifact_uri, status, status_message, "
            f"creation_timestamp, last_updated_timestamp FROM logged_models WHERE id {within}",
            ids,
        )
    }
    params: dict[int, list[Param]] = {}
    for model, key, value in tx.all(
        f"SELECT model_id, key, value FROM logged_model_params WHERE model_id {within} ORDER BY model_id, key", ids
    ):
        params.setdefault(model, []).append(Param(key, value))
    tags: dict[int, list[Tag]] = {}
    for model, key, value in tx.all(
        f"SELECT model_id, key, value FROM logged_model_tags WHERE model_id {within} ORDER BY model_id, key", ids
    ):
        tags.setdefault(model, []).append(Tag(key, value))
    metrics: dict[int, list[Metric]] = {}
    for row in tx.all(
        "SELECT model_id, key, value, timestamp, step, run_id, dataset_name, dataset_digest FROM logged_model_metrics "
        f"WHERE model_id {within} ORDER BY model_id, key, timestamp, step, run_id",
        ids,
    ):
        metrics.setdefault(row[0], []).append(
            Metric(
                key=row[1],
                value=on_wire(row[2]),
                timestamp=row[3],
                step=row[4],
                run_id=row[5],
                model_id=rows[row[0]][1],
                dataset_name=row[6],
                dataset_digest=row[7],
            )
        )
    return [
        LoggedModel(_info(rows[one], tags.get(one, [])), LoggedModelData(params.get(one, []), metrics.get(one, [])))
        for one in ids
        if one in rows
    ]


def _info(row: Row, tags: list[Tag]) -> LoggedModelInfo:
    _, uuid, experiment_id, name, model_type, source_run_id, uri, status, status_message, created, updated = row
    return LoggedModelInfo(
        model_id=uuid,
        experiment_id=str(experiment_id),
        name=name,
        creation_timestamp_ms=created,
        last_updated_timestamp_ms=updated,
        artifact_uri=uri,
        status=_STATUS[status],
        model_type=model_type,
        source_run_id=source_run_id,
        status_message=status_message,
        tags=tags,
    )


def finalize(tx: Tx, model: LoggedModelKey, status: LoggedModelStatus) -> None:
    """Say how the upload of the files ended."""
    tx.run(
        "UPDATE logged_models SET status = ?, last_updated_timestamp = ? WHERE id = ?", (status.value, tx.now, model.id)
    )


def delete(tx: Tx, model: LoggedModelKey) -> None:
    """Mark a logged model deleted; again is fine."""
    tx.run(
        "UPDATE logged_models SET deleted = 1, last_updated_timestamp = ? WHERE id = ? AND deleted = 0",
        (tx.now, model.id),
    )


def set_tags(tx: Tx, model: LoggedModelKey, tags: Iterable[tuple[str, str]]) -> None:
    """Set tags, the last of equal keys winning. The list of versions is kept without repeats, see `add_version`."""
    tx.many(
        "INSERT INTO logged_model_tags (model_id, key, value) VALUES (?, ?, ?) "
        "ON CONFLICT (model_id, key) DO UPDATE SET value = excluded.value",
        [
            (model.id, key, _without_repeats(value) if key == MODEL_VERSIONS else value)
            for key, value in dict(tags).items()
        ],
    )


def delete_tag(tx: Tx, model: LoggedModelKey, key: str) -> None:
    """Raises: NotFound: the model has no such tag."""
    if not tx.run("DELETE FROM logged_model_tags WHERE model_id = ? AND key = ?", (model.id, key)):
        raise NotFound(f"The logged model {model.uuid} has no tag '{key}'.")


def add_version(tx: Tx, model: LoggedModelKey, name: str, version: int) -> None:
    """Note in a tag that a version was made from this model.

    MLflow's server writes the number as a number, and its client, told of the new version, reads the tag and appends
    the same once more as a text. Here a version is a text, as everywhere, and `set_tags` drops the repeat.
    """
    row = tx.one("SELECT value FROM logged_model_tags WHERE model_id = ? AND key = ?", (model.id, MODEL_VERSIONS))
    known = _listed(row[0]) if row else None
    set_tags(tx, model, [(MODEL_VERSIONS, json.dumps([*(known or []), {"name": name, "version": str(version)}]))])


def _without_repeats(text: str) -> str:
    """The same list of versions, each once with its number as a text; anything else as it is."""
    listed = _listed(text)
    if listed is None or not all(isinstance(one, dict) and one.keys() == {"name", "version"} for one in listed):
        return text
    distinct = dict.fromkeys((str(one["name"]), str(one["version"])) for one in listed)
    return json.dumps([{"name": name, "version": version} for name, version in distinct])


def _listed(text: str) -> list[dict[str, object]] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):  # set by hand, to something else
        return None
    return found if isinstance(found, list) else None


def log_params(tx: Tx, model: LoggedModelKey, params: Sequence[tuple[str, str]]) -> None:
    """Add params, each of which is written once.

    Args:
        params: of keys that differ.
    Raises: InvalidArgument: one is there already, be it with the same value; none is stored.
    """
    keys = [key for key, _ in params]
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        taken = tx.one(
            f"SELECT key FROM logged_model_params WHERE model_id = ? AND key IN ({marks(len(some))}) LIMIT 1",
            (model.id, *some),
        )
        if taken is not None:
            raise InvalidArgument(
                f"The logged model {model.uuid} has a param '{taken[0][:100]}' already; params of a logged model are "
                "written once."
            )
    _insert_params(tx, model, params)


def _insert_params(tx: Tx, model: LoggedModelKey, params: Iterable[tuple[str, str]]) -> None:
    tx.many(
        "INSERT INTO logged_model_params (model_id, key, value) VALUES (?, ?, ?)",
        [(model.id, key, value) for key, value in params],
    )


def record_metrics(tx: Tx, run_uuid: str, points: Iterable[MetricPoint]) -> None:
    """Add points, measured in a run, to the logged models that they are about.

    A point is known by (model, key, timestamp, step, run). Recorded again as it is, it is dropped: a client that
    repeats a call does no harm.

    Raises: InvalidArgument: no logged model has such an id, or the same point was recorded with another value or
        dataset. None of the points is stored: the caller's transaction must not go on.
    """
    points = list(points)
    ids = _ids(tx, {point[0] for point in points})
    fresh: dict[_Place, MetricPoint] = {}
    for point in points:
        model_id, key, _, timestamp, step, _, _ = point
        known = fresh.setdefault((ids[model_id], key, timestamp, step), point)
        if _said(known) != _said(point):
            raise _contradiction(point, known)
    places = list(fresh)
    for start in range(0, len(places), _AT_ONCE):
        for place, known in _recorded(tx, run_uuid, places[start : start + _AT_ONCE]):
            if _said(known) != _said(fresh[place]):
                raise _contradiction(fresh[place], known)
            del fresh[place]
    tx.many(
        "INSERT INTO logged_model_metrics "
        "(model_id, key, timestamp, step, run_id, value, dataset_name, dataset_digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(*place, run_uuid, *_said(point)) for place, point in fresh.items()],
    )


def _ids(tx: Tx, uuids: Iterable[str]) -> dict[str, int]:
    """Internal ids, also of deleted models: a training should not fail since somebody tidies up."""
    wanted = list(uuids)
    found: dict[str, int] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        found.update(tx.all(f"SELECT uuid, id FROM logged_models WHERE uuid IN ({marks(len(some))})", some))
    for uuid in wanted:
        if uuid not in found:
            raise InvalidArgument(f"No logged model has the id '{uuid[:100]}'; a metric was to be recorded for it.")
    return found


def _recorded(tx: Tx, run_uuid: str, places: Sequence[_Place]) -> Iterable[tuple[_Place, MetricPoint]]:
    """Those of the places that hold a point already, and the point."""
    chosen = f"(VALUES {', '.join(['(?, ?, ?, ?)'] * len(places))}) AS chosen"
    for model, key, timestamp, step, value, name, digest in tx.all(
        "SELECT k.model_id, k.key, k.timestamp, k.step, k.value, k.dataset_name, k.dataset_digest "
        # SQLite takes the tables of a CROSS JOIN in the order in which they stand: look up, do not scan.
        f"FROM {chosen} CROSS JOIN logged_model_metrics AS k WHERE k.model_id = chosen.column1 "
        "AND k.key = chosen.column2 AND k.timestamp = chosen.column3 AND k.step = chosen.column4 AND k.run_id = ?",
        [*(part for place in places for part in place), run_uuid],
    ):
        point = ("", key, math.nan if value is None else value, timestamp, step, name, digest)
        yield (model, key, timestamp, step), point


def _said(point: MetricPoint) -> tuple[float | None, str | None, str | None]:
    """What a point says of its place, as it is stored: the value, None for NaN, and the dataset."""
    _, _, value, _, _, name, digest = point
    return None if math.isnan(value) else clamped(value), name, digest


def _contradiction(point: MetricPoint, known: MetricPoint) -> InvalidArgument:
    model_id, key, _, timestamp, step, _, _ = point

    def shown(one: MetricPoint) -> str:
        value, name, digest = _said(one)
        return f"{on_wire(value)} on dataset '{name}' ({digest})" if name else f"{on_wire(value)}"

    return InvalidArgument(
        f"The logged model {model_id} has {shown(known)} for metric '{key}' at step {step}, timestamp {timestamp} of "
        f"this run; attempted to record {shown(point)}. Use another step or timestamp."
    )
