"""Metrics in the store: how points get in, and what is known of a curve without reading it.

    log ──► metric_tail     one row per request and key, as it came     ──► metric_chunks   sealed when the tail is full
       └──► metric_latest   the latest point and the aggregates, one row per curve

What is in a curve is a set: a point that is already there (same step, timestamp and value) is dropped, whenever it was
logged, so that sending again is harmless. To ask that of every point would mean to read the curve. Almost always it is
known without: the latest point is the greatest under (step, timestamp, value), so what is greater cannot be there.

Only other points are looked for, and what that costs is bounded:

- the tail: fewer than 1024 points; whoever looks through more than 64 rows of it rewrites them as one;
- chunks whose box of steps × timestamps × values holds the point. Curves logged in any sensible order have one or two.
  A curve logged in no order at all (constant timestamps, random steps) gets chunks that all cover everything; whoever
  finds a point in more than 8 boxes merges those chunks into ones that lie apart. As every seal adds one box, a
  look-up decodes some 8 chunks at most, and a chunk is rewritten about once per factor of 8 in the curve's length.

The caller has locked the run's row, so a curve has one writer at a time.
"""

import operator
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from hito.core.metrics import Metric, clamped
from hito.series import chunk
from hito.series.chunk import Point
from hito.series.order import Mask, Series, in_history_order, joined, picked
from hito.series.sieve import Sieve
from hito.store.database import Row, Tx, marks

SEALED_AT = 1024
"""A tail with this many points becomes a chunk."""
SEALED_AT_END = 128
"""A tail with this many points becomes a chunk when its run ends; a shorter one is read as quickly as it is."""
_CHUNK = 4096
"""Points in a chunk at most, when many come at once: what must be decoded to find one of them."""
_TAIL_ROWS = 64
_DEPTH = 8

_STATE = "value, step, timestamp, count, nans, min, max, sum, first, first_step, first_timestamp, tail"
_BEGIN = (
    f"INSERT INTO metric_latest ({_STATE}, run_id, key_id, experiment_id, start_time) VALUES ({marks(12)}, ?, ?, ?, ?)"
)
_GROW = f"UPDATE metric_latest SET {_STATE.replace(',', ' = ?,')} = ? WHERE run_id = ? AND key_id = ?"
_PIECE = "INSERT INTO metric_tail (points, seq, run_id, key_id) VALUES (?, ?, ?, ?)"
_CUT_TAIL = "DELETE FROM metric_tail WHERE run_id = ? AND key_id = ?"
_TAIL = "SELECT seq, points FROM metric_tail WHERE run_id = ? AND key_id = ? ORDER BY seq"
_CHUNK_ROW = (
    "INSERT INTO metric_chunks (run_id, key_id, seq, count, min_timestamp, max_timestamp, min_step, max_step, points) "
    f"VALUES ({marks(9)})"
)
_OVERLAPPING = (
    "SELECT points, min_step, max_step, min_timestamp, max_timestamp, seq FROM metric_chunks "
    "WHERE run_id = ? AND key_id = ? AND max_step >= ? AND min_step <= ? AND max_timestamp >= ? AND min_timestamp <= ? "
    "AND substr(points, 6, 8) <= ? AND substr(points, 14, 8) >= ?"
)


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
        if not _certainly_new(points, state):
            points = _unseen(tx, run, key, points, state)
            if not points:
                continue
        # The tail without the new points; it is only known now whether they are new.
        before, tail = (state[3], state[11]) if state else (0, 0)
        tail += len(points)
        if tail >= sealed_at:
            _seal_tail(tx, run, key, points, before)
            tail = 0
        else:
            pieces.append((chunk.pack(points), before, run, key))
        if state is None:
            begun.append((*_aggregated(points), tail, run, key, experiment_id, start_time))
        else:
            grown.append((*_merged(state, _aggregated(points)), tail, run, key))
    _execute(tx, _PIECE, pieces)
    _execute(tx, _BEGIN, begun)
    _execute(tx, _GROW, grown)


def seal(tx: Tx, run: int, least: int = SEALED_AT_END) -> None:
    """Make chunks of the tails of a run that has ended, if they have `least` points or more."""
    for (key,) in tx.all("SELECT key_id FROM metric_latest WHERE run_id = ? AND tail >= ?", (run, least)):
        _seal_tail(tx, run, key, (), 0)
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


# --- which points are new --------------------------------------------------------------------------------------------


def _certainly_new(points: Sequence[Point], state: Row | None) -> bool:
    """Whether points rise strictly, each above the one before and the first above the curve's latest.

    Tuples compare as (step, timestamp, value). Where a NaN would decide, nothing is greater, and the answer is no.
    """
    if state is not None and not points[0] > (state[1], state[2], state[0] or 0.0):
        return False
    return len(points) == 1 or all(map(operator.lt, points, points[1:]))


def _unseen(tx: Tx, run: int, key: int, points: Sequence[Point], state: Row | None) -> list[Point]:
    """Those points that are not in the curve, each once."""
    wanted = {_identity(point): point for point in points}
    if state is not None:
        distinct = list(wanted.values())
        sieve = Sieve(distinct)
        if state[11]:
            _drop(wanted, sieve.caught(_read_tail(tx, run, key)))
        if wanted and state[3] > state[11]:
            for piece in _chunks_with(tx, run, key, distinct):
                _drop(wanted, sieve.caught(piece))
    return list(wanted.values())


def _identity(point: Point) -> tuple[int, int, float | None]:
    step, timestamp, value = point
    return step, timestamp, None if value != value else value


def _drop(wanted: dict[tuple[int, int, float | None], Point], found: Series) -> None:
    for point in zip(found.steps.tolist(), found.timestamps.tolist(), found.values.tolist(), strict=True):
        wanted.pop(_identity(point), None)


def _read_tail(tx: Tx, run: int, key: int) -> Series:
    """The tail's points; rewritten as one row when they are many, so that the next look is cheap."""
    rows = tx.all(_TAIL, (run, key))
    series = chunk.unpack([row[1] for row in rows])
    if len(rows) > _TAIL_ROWS:
        tx.run(_CUT_TAIL, (run, key))
        tx.run(_PIECE, (chunk.pack_series(series), rows[0][0], run, key))
    return series


def _chunks_with(tx: Tx, run: int, key: int, points: Sequence[Point]) -> Iterable[Series]:
    """Those chunks, decoded, that could hold one of the points."""
    steps = [point[0] for point in points]
    timestamps = [point[1] for point in points]
    ranks = [chunk.sortable(point[2]) for point in points]
    box = (min(steps), max(steps), min(timestamps), max(timestamps), max(ranks), min(ranks))
    rows = tx.all(_OVERLAPPING, (run, key, *box))
    if len(rows) <= 1:
        return [chunk.unseal(row[0]) for row in rows]
    inside = _inside(rows, points)
    found = {rows[place][5]: chunk.unseal(rows[place][0]) for place in np.flatnonzero(inside.any(axis=1))}
    depths = inside.sum(axis=0)
    deepest = int(depths.argmax())
    if depths[deepest] > _DEPTH:
        covering = [rows[place][5] for place in np.flatnonzero(inside[:, deepest])]
        _rewrite(tx, run, key, covering, [found[seq] for seq in covering])
    return found.values()


def _inside(rows: Sequence[Row], points: Sequence[Point]) -> Mask:
    """Which boxes hold which points: (rows, points)."""
    columns = list(zip(*points, strict=True))
    step, timestamp = (np.array(column, np.int64) for column in columns[:2])
    rank = _numbers(chunk.sortable(value) for value in columns[2])
    least_step, most_step, least_timestamp, most_timestamp = (
        np.array([row[place] for row in rows], np.int64)[:, None] for place in (1, 2, 3, 4)
    )
    least, most = zip(*(chunk.bounds(row[0]) for row in rows), strict=True)
    inside: Mask = (
        (least_step <= step)
        & (step <= most_step)
        & (least_timestamp <= timestamp)
        & (timestamp <= most_timestamp)
        & (_numbers(least)[:, None] <= rank)
        & (rank <= _numbers(most)[:, None])
    )
    return inside


def _numbers(sortable: Iterable[bytes]) -> npt.NDArray[np.uint64]:
    return np.frombuffer(b"".join(sortable), ">u8").astype(np.uint64)


# --- chunks ----------------------------------------------------------------------------------------------------------


def _seal_tail(tx: Tx, run: int, key: int, points: Sequence[Point], before: int) -> None:
    """Make one chunk (or more, if they are many) of the tail and new points; the tail is empty then.

    `before` is the curve's count without the new points.
    """
    rows = tx.all(_TAIL, (run, key))
    pieces = [row[1] for row in rows]
    if points:
        pieces.append(chunk.pack(points))
    series = in_history_order(chunk.unpack(pieces))
    if rows:
        tx.run(_CUT_TAIL, (run, key))
    first = rows[0][0] if rows else before
    # Every chunk but the first takes the number of its first point, which lies below the number of the next piece.
    for start in range(0, len(series.steps), _CHUNK):
        _insert(tx, run, key, first + start, picked(series, slice(start, start + _CHUNK)))


def _rewrite(tx: Tx, run: int, key: int, seqs: Sequence[int], pieces: Sequence[Series]) -> None:
    """Replace chunks that overlap by as many that lie apart."""
    series = in_history_order(joined(pieces))
    old = marks(len(seqs))
    tx.run(f"DELETE FROM metric_chunks WHERE run_id = ? AND key_id = ? AND seq IN ({old})", (run, key, *seqs))
    each = -(-len(series.steps) // len(seqs))
    for place, seq in enumerate(sorted(seqs)):
        part = picked(series, slice(place * each, (place + 1) * each))
        if len(part.steps):
            _insert(tx, run, key, seq, part)


def _insert(tx: Tx, run: int, key: int, seq: int, series: Series) -> None:
    steps, timestamps = series.steps, series.timestamps
    bounds = (int(timestamps[0]), int(timestamps[-1]), int(steps.min()), int(steps.max()))
    tx.run(_CHUNK_ROW, (run, key, seq, len(steps), *bounds, chunk.seal(series)))


# --- what is known of a curve ----------------------------------------------------------------------------------------


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
