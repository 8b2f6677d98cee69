"""The pieces of a curve, tail and chunks, as a writer sees them: looked through for known points, sealed, merged.

What a look-up costs is bounded:

- the tail: fewer than 1024 points; whoever looks through more than 64 rows of it rewrites them as one;
- chunks whose box of steps × timestamps × values holds the point. Curves logged in any sensible order have one or two.
  A curve logged in no order at all (constant timestamps, random steps) gets chunks that all cover everything; whoever
  finds a point in more than 8 boxes merges those chunks into ones that lie apart. As every seal adds one box, a
  look-up decodes some 8 chunks at most, and a chunk is rewritten about once per factor of 8 in the curve's length.

A piece's `seq` is the curve's count before it, so pieces sort in the order they came and numbers are never used twice;
chunks that are merged keep the numbers of those they replace.

The caller has locked the run's row, so a curve has one writer at a time.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from hito.series import chunk
from hito.series.blocks import pack_outline
from hito.series.chunk import Point
from hito.series.order import Mask, Series, in_history_order, joined, picked
from hito.series.sieve import Sieve
from hito.store.database import Row, Tx, marks

_CHUNK = 4096
"""Points in a chunk at most, when many come at once: what must be decoded to find one of them."""
_TAIL_ROWS = 64
"""Rows of a tail that are looked through before they are rewritten as one."""
_DEPTH = 8
"""Boxes that may hold one point before their chunks are merged. In a curve of 200,000 points without any order a look-up
took 0.5, 0.7, 0.9 and 1.5 ms with 4, 8, 16 and 32; batches of 200 points took 6.8, 5.2, 6.8 and 8 ms, merging included."""

ADD_TO_TAIL = "INSERT INTO metric_tail (points, seq, run_id, key_id) VALUES (?, ?, ?, ?)"
"""Adds an open piece: points, seq, run, key."""
_CUT_TAIL = "DELETE FROM metric_tail WHERE run_id = ? AND key_id = ?"
_TAIL = "SELECT seq, points FROM metric_tail WHERE run_id = ? AND key_id = ? ORDER BY seq"
_CHUNK_ROW = (
    "INSERT INTO metric_chunks (run_id, key_id, seq, count, min_timestamp, max_timestamp, min_step, max_step, points) "
    f"VALUES ({marks(9)})"
)
_OUTLINE_ROW = _CHUNK_ROW.replace("metric_chunks", "metric_outlines")
# The least and greatest value stand in a chunk's head, as bytes that sort like numbers (series/chunk.py).
_OVERLAPPING = (
    "SELECT points, min_step, max_step, min_timestamp, max_timestamp, seq FROM metric_chunks "
    "WHERE run_id = ? AND key_id = ? AND max_step >= ? AND min_step <= ? AND max_timestamp >= ? AND min_timestamp <= ? "
    "AND substr(points, 6, 8) <= ? AND substr(points, 14, 8) >= ?"
)


def unseen(tx: Tx, run: int, key: int, points: Sequence[Point], count: int, tail: int) -> list[Point]:
    """Those points that are not in the curve, each once, in their order.

    Args:
        count, tail: how many points the curve has, and how many of them in its tail.
    """
    wanted = {_identity(point): point for point in points}
    if count:
        distinct = list(wanted.values())
        sieve = Sieve(distinct)
        if tail:
            _drop(wanted, sieve.caught(_read_tail(tx, run, key)))
        if wanted and count > tail:
            for piece in _chunks_with(tx, run, key, distinct):
                _drop(wanted, sieve.caught(piece))
    return list(wanted.values())


def seal_tail(tx: Tx, run: int, key: int, points: Sequence[Point], before: int) -> None:
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
        tx.run(ADD_TO_TAIL, (chunk.pack_series(series), rows[0][0], run, key))
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
    tx.run(_OUTLINE_ROW, (run, key, seq, len(steps), *bounds, pack_outline(series)))
