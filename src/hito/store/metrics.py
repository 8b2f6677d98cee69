"""Metrics in the store: how points get in, and what is known of a curve without reading it.

    log ──► metric_tail     one row per request and key, as it came     ──► metric_chunks   sealed when the tail is full
       └──► metric_latest   the latest point and the aggregates, one row per curve

What is in a curve is a set: a point that is already there (same step, timestamp and value) is dropped, whenever it was
logged, so that sending again is harmless. To ask that of every point would mean to read the curve. Almost always it is
known without: the latest point is the greatest under (step, timestamp, value), so what is greater cannot be there. Only
other points are looked for, in the tail and the chunks (pieces.py), at a bounded cost.

The caller has locked the run's row, so a curve has one writer at a time.
"""

import operator
from collections.abc import Mapping, Sequence

from hito.core.metrics import Metric, clamped
from hito.series import chunk
from hito.series.chunk import Point
from hito.store.database import Row, Tx, marks
from hito.store.pieces import ADD_TO_TAIL, seal_tail, unseen

SEALED_AT = 1024
"""A tail with this many points becomes a chunk."""
SEALED_AT_END = 128
"""A tail with this many points becomes a chunk when its run ends; a shorter one is read as quickly as it is."""

_STATE = "value, step, timestamp, count, nans, min, max, sum, first, first_step, first_timestamp, tail"
_BEGIN = (
    f"INSERT INTO metric_latest ({_STATE}, run_id, key_id, experiment_id, start_time) VALUES ({marks(12)}, ?, ?, ?, ?)"
)
_GROW = f"UPDATE metric_latest SET {_STATE.replace(',', ' = ?,')} = ? WHERE run_id = ? AND key_id = ?"


def latest(tx: Tx, runs: Sequence[int]) -> dict[int, list[Metric]]:
    """The latest point of every curve of these runs (internal ids); runs without metrics are left out."""
    found: dict[int, list[Metric]] = {}
    names: dict[int, str] = {}
    rows = tx.all(
        f"SELECT run_id, key_id, value, timestamp, step FROM metric_latest WHERE run_id IN ({marks(len(runs))})", runs
    )
    for run, key, value, timestamp, step in rows:
        name = names.get(key)
        if name is None:
            name = names[key] = tx.name(key)
        metric = Metric(name, "NaN" if value is None else value, timestamp, step)
        known = found.get(run)
        if known is None:
            found[run] = [metric]
        else:
            known.append(metric)
    return found


def append(
    tx: Tx,
    run: int,
    experiment_id: int,
    start_time: int,
    curves: Mapping[str, Sequence[Point]],
    sealed_at: int = SEALED_AT,
) -> None:
    """Add points to curves of one run; those that are already there are dropped.

    Args:
        run: the internal id of a run whose row the caller has locked.
        experiment_id, start_time: the run's, repeated in the rows of its metrics.
        curves: key → its points, one or more, as (step, timestamp, value); a value is finite or NaN, and 0 is not -0.
        sealed_at: points that make a tail a chunk.
    """
    ids = {tx.intern(key): points for key, points in curves.items() if points}
    known = _states(tx, run, list(ids))
    begun: list[Row] = []
    grown: list[Row] = []
    pieces: list[Row] = []
    for key, points in ids.items():
        state = known.get(key)
        before, tail = (state[3], state[11]) if state else (0, 0)
        if not _certainly_new(points, state):
            points = unseen(tx, run, key, points, before, tail)
            if not points:
                continue
        tail += len(points)
        if tail >= sealed_at:
            seal_tail(tx, run, key, points, before)
            tail = 0
        else:
            pieces.append((chunk.pack(points), before, run, key))
        if state is None:
            begun.append((*_aggregated(points), tail, run, key, experiment_id, start_time))
        else:
            grown.append((*_merged(state, _aggregated(points)), tail, run, key))
    _execute(tx, ADD_TO_TAIL, pieces)
    _execute(tx, _BEGIN, begun)
    _execute(tx, _GROW, grown)


def seal(tx: Tx, run: int, least: int = SEALED_AT_END) -> None:
    """Make chunks of the tails of a run that has ended, if they have `least` points or more."""
    for (key,) in tx.all("SELECT key_id FROM metric_latest WHERE run_id = ? AND tail >= ?", (run, least)):
        seal_tail(tx, run, key, (), 0)
        tx.run("UPDATE metric_latest SET tail = 0 WHERE run_id = ? AND key_id = ?", (run, key))


def _execute(tx: Tx, sql: str, rows: Sequence[Row]) -> None:
    if len(rows) == 1:
        tx.run(sql, rows[0])
    elif rows:
        tx.many(sql, rows)


def _states(tx: Tx, run: int, keys: Sequence[int]) -> dict[int, Row]:
    """What `metric_latest` has of these curves: key → the columns of `_STATE`."""
    if len(keys) == 1:
        row = tx.one(f"SELECT {_STATE} FROM metric_latest WHERE run_id = ? AND key_id = ?", (run, keys[0]))
        return {keys[0]: row} if row else {}
    found: dict[int, Row] = {}
    for start in range(0, len(keys), 500):
        some = keys[start : start + 500]
        rows = tx.all(
            f"SELECT {_STATE}, key_id FROM metric_latest WHERE run_id = ? AND key_id IN ({marks(len(some))})",
            (run, *some),
        )
        found.update({row[12]: row for row in rows})
    return found


def _certainly_new(points: Sequence[Point], state: Row | None) -> bool:
    """Whether points rise strictly, each above the one before and the first above the curve's latest.

    Tuples compare as (step, timestamp, value). Where a NaN would decide, nothing is greater, and the answer is no.
    """
    if state is not None and not points[0] > (state[1], state[2], state[0] or 0.0):
        return False
    return len(points) == 1 or all(map(operator.lt, points, points[1:]))


def _aggregated(points: Sequence[Point]) -> Row:
    """The columns of `_STATE`, without the tail, of points alone."""
    low, high = points[0], points[-1]
    if len(points) == 1:
        value = high[2]
        if value != value:
            return (None, high[0], high[1], 1, 1, None, None, None, None, low[0], low[1])
        return (value, high[0], high[1], 1, 0, value, value, value, value, low[0], low[1])
    if not all(map(operator.lt, points, points[1:])):
        low, high = min(points, key=_ranked), max(points, key=_ranked)
    values: Sequence[float] = [point[2] for point in points]
    total = sum(values)
    if total != total:  # a NaN is among them
        values = [value for value in values if value == value]
        total = sum(values)
    count = len(points)
    nans = count - len(values)
    extremes = (min(values), max(values), clamped(total)) if values else (None, None, None)
    return (_null(high[2]), high[0], high[1], count, nans, *extremes, _null(low[2]), low[0], low[1])


def _merged(one: Row, two: Row) -> Row:
    """The aggregates of two parts of a curve; where two points rank alike, the one of the older part, `one`, stays."""
    value, step, timestamp = two[:3] if _rank(two) > _rank(one) else one[:3]
    first, first_step, first_timestamp = (two if _first_rank(two) < _first_rank(one) else one)[8:11]
    count, nans = one[3] + two[3], one[4] + two[4]
    if one[5] is None:
        least, most, total = two[5:8]
    elif two[5] is None:
        least, most, total = one[5:8]
    else:
        least, most = min(one[5], two[5]), max(one[6], two[6])
        total = clamped(one[7] + two[7])
    return (value, step, timestamp, count, nans, least, most, total, first, first_step, first_timestamp)


def _ranked(point: Point) -> Point:
    return (point[0], point[1], 0.0) if point[2] != point[2] else point


def _rank(state: Row) -> Point:
    return state[1], state[2], state[0] or 0.0


def _first_rank(state: Row) -> Point:
    return state[9], state[10], state[8] or 0.0


def _null(value: float) -> float | None:
    """A value as `metric_latest` has it: NaN is null."""
    return None if value != value else value
