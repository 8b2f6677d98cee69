"""Curves in the store: how they are read.

A curve is a tail and chunks. Each chunk is sorted in history order (timestamp, step, value) and its row bounds it, but
chunks may overlap and the tail may lie anywhere. A page of a history is found without decoding what lies elsewhere:

    chunks by their lower corner    ├──A──┤ ├──B──┤
    (min_timestamp, min_step)            ├───C───┤    ├──D──┤
    page begins after ─────────────────▲
                                    A ends before it: not read. B and C are read; when the page is full with points
                                    below D's corner, nothing later can belong to it: D is not read.

A point's (timestamp, step) is never below (min_timestamp, min_step) nor above (max_timestamp, max_step) of its chunk,
which is why pairs of columns can be compared with pairs of numbers. Memory stays at a page and some chunks.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from hito.series import chunk
from hito.series.envelope import sampled
from hito.series.order import (
    Place,
    Series,
    before,
    beyond,
    in_history_order,
    in_step_order,
    joined,
    picked,
    size,
)
from hito.store.database import Row, Tx, marks

_TOGETHER = 32
"""Chunks that are fetched by one statement: some 300 KB."""


def history(tx: Tx, run: int, key: int, after: Place | None = None, limit: int | None = None) -> Series:
    """Points of a curve in history order: timestamp, step, value, a NaN as 0.

    Args:
        run: internal id; key: id of the metric's name.
        after: the last point of the page before.
        limit: points at most, 1 or more; None gives all that are left (24 bytes a point).
    """
    pool = tail(tx, run, key)
    if after is not None:
        pool = picked(pool, beyond(pool, after))
    corner = "" if after is None else "AND (max_timestamp, max_step) >= (?, ?) "
    index = tx.all(
        "SELECT seq, min_timestamp, min_step, count FROM metric_chunks WHERE run_id = ? AND key_id = ? "
        f"{corner}ORDER BY min_timestamp, min_step, seq",
        (run, key) if after is None else (run, key, after.timestamp, after.step),
    )
    start, more = 0, 1
    while start < len(index):
        if limit is not None and size(pool) >= limit:
            if int(np.count_nonzero(before(pool, index[start][1], index[start][2]))) >= limit:
                break
            pool = picked(in_history_order(pool), slice(limit))  # what lies behind these is not in the page
            end, more = start + more, min(2 * more, _TOGETHER)  # few in a common curve, many in one without order
        else:
            end = _enough(index, start, None if limit is None else limit - size(pool))
        pieces = [pool]
        for piece in chunks(tx, run, key, index[start:end]):
            if after is not None:
                piece = picked(piece, beyond(piece, after))
            pieces.append(piece)
        pool = joined(pieces)
        start = end
    pool = in_history_order(pool)
    return pool if limit is None else picked(pool, slice(limit))


def columns(tx: Tx, run: int, key: int, start: int | None = None, end: int | None = None) -> Series:
    """Points of a curve in step order, those of the steps `start` … `end` (both included) if they are given."""
    within, bounds = "", []
    if start is not None:
        within += " AND max_step >= ?"
        bounds.append(start)
    if end is not None:
        within += " AND min_step <= ?"
        bounds.append(end)
    index = tx.all(
        f"SELECT seq FROM metric_chunks WHERE run_id = ? AND key_id = ?{within} ORDER BY min_step, min_timestamp, seq",
        (run, key, *bounds),
    )
    series = joined([*chunks(tx, run, key, index), tail(tx, run, key)])
    if start is not None:
        series = picked(series, series.steps >= start)
    if end is not None:
        series = picked(series, series.steps <= end)
    return in_step_order(series)


def columns_by_time(tx: Tx, run: int, key: int, start: int, end: int) -> Series:
    """Points of a curve in history order, those of the times `start` … `end` (both included)."""
    index = tx.all(
        "SELECT seq FROM metric_chunks WHERE run_id = ? AND key_id = ? AND max_timestamp >= ? AND min_timestamp <= ? "
        "ORDER BY min_timestamp, min_step, seq",
        (run, key, start, end),
    )
    series = joined([*chunks(tx, run, key, index), tail(tx, run, key)])
    return in_history_order(picked(series, (series.timestamps >= start) & (series.timestamps <= end)))


def interval(tx: Tx, run: int, key: int, limit: int, start: int | None = None, end: int | None = None) -> Series:
    """At most `limit` points evenly from `columns`, the first and the last kept."""
    return sampled(columns(tx, run, key, start, end), limit)


def tail(tx: Tx, run: int, key: int) -> Series:
    """The points that are in no chunk yet, in the order in which they came."""
    rows = tx.all("SELECT points FROM metric_tail WHERE run_id = ? AND key_id = ? ORDER BY seq", (run, key))
    return chunk.unpack([row[0] for row in rows])


def _enough(index: Sequence[Row], start: int, wanted: int | None) -> int:
    """Up to where to read the index so that `wanted` points come (None: all), if no chunks overlap."""
    if wanted is None:
        return len(index)
    end = start
    while end < len(index) and wanted > 0 and end - start < _TOGETHER:
        wanted -= index[end][3]
        end += 1
    return end


def chunks(tx: Tx, run: int, key: int, index: Sequence[Row]) -> Iterator[Series]:
    """The chunks that rows of an index name (`seq` comes first in them), decoded, in that order."""
    for start in range(0, len(index), _TOGETHER):
        seqs = [row[0] for row in index[start : start + _TOGETHER]]
        rows = tx.all(
            f"SELECT seq, points FROM metric_chunks WHERE run_id = ? AND key_id = ? AND seq IN ({marks(len(seqs))})",
            (run, key, *seqs),
        )
        found: dict[int, bytes] = dict(rows)
        for seq in seqs:
            yield chunk.unseal(found[seq])
