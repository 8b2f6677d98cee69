"""Curves as charts draw them: the outline of each in some hundred points, also of a part of it.

A wide view of a long curve is made from the outlines that are kept beside its chunks (series/blocks.py); only the chunks
at the ends of the view, and the tail, are read. A view that is narrow, or of a short curve, is made from all points in it.

    chunks        ├── A ──┤├── B ──┤├── C ──┤├── D ──┤├── E ──┤ tail
    view                ├──────────────────────────────────────────┤
                    A: read     B … E: their outlines      tail: read
"""

import math
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from msgspec import Struct

from hito.core.rules import INT64_MAX, INT64_MIN
from hito.series.blocks import BLOCK, unpack_outlines
from hito.series.envelope import envelope
from hito.series.order import Series, in_step_order, joined, picked, size
from hito.store import curves
from hito.store.database import Row, Tx, marks

Axis = Literal["step", "time"]

BLOCKS_IN_BUCKET = 2
"""Blocks that a pixel must be wide, so that what a block's border moves does not show."""


class Curve(Struct, frozen=True):
    """What `metric_latest` knows of a curve; `tail` is how many of its points are in no chunk."""

    run: int
    key: int
    count: int
    tail: int
    first_step: int
    last_step: int


class Outline(Struct, frozen=True):
    """`series` holds x in `steps`, whatever the axis, and is in its order; `count` is how many points the range has."""

    series: Series
    count: int
    x_min: int
    x_max: int


def existing(tx: Tx, runs: Sequence[int], keys: Sequence[int]) -> dict[tuple[int, int], Curve]:
    """The curves that there are, by run and key."""
    if not runs or not keys:
        return {}
    rows = tx.all(
        "SELECT run_id, key_id, count, tail, first_step, step FROM metric_latest "
        f"WHERE run_id IN ({marks(len(runs))}) AND key_id IN ({marks(len(keys))})",
        [*runs, *keys],
    )
    return {(row[0], row[1]): Curve(*row) for row in rows}


def outline(tx: Tx, curve: Curve, axis: Axis, start: float | None, end: float | None, width: int) -> Outline:
    """The outline of a curve at `width` buckets, over the part of the axis from `start` to `end`, both included."""
    low, high = _whole(start, math.ceil, INT64_MIN), _whole(end, math.floor, INT64_MAX)
    least = BLOCKS_IN_BUCKET * BLOCK * width
    view = _from_outlines(tx, curve, axis, low, high, least) if curve.count >= least else None
    if view is None:
        view = _from_points(tx, curve, axis, low, high)
    return Outline(envelope(view.series, width), view.count, view.x_min, view.x_max)


def _from_points(tx: Tx, curve: Curve, axis: Axis, low: int, high: int) -> Outline:
    if axis == "step":
        series = curves.columns(tx, curve.run, curve.key, low, high)
        return Outline(series, size(series), curve.first_step, curve.last_step)
    series = _on(axis, curves.columns_by_time(tx, curve.run, curve.key, low, high))
    return Outline(series, size(series), *_times(tx, curve))


def _times(tx: Tx, curve: Curve) -> tuple[int, int]:
    """When the first and the last point of a curve were logged."""
    row = tx.one(
        "SELECT min(min_timestamp), max(max_timestamp) FROM metric_chunks WHERE run_id = ? AND key_id = ?",
        (curve.run, curve.key),
    )
    ends = [time for time in row or () if time is not None]
    times = curves.tail(tx, curve.run, curve.key).timestamps
    if len(times):
        ends += [int(times.min()), int(times.max())]
    return min(ends), max(ends)


def _from_outlines(tx: Tx, curve: Curve, axis: Axis, low: int, high: int, least: int) -> Outline | None:
    """The view, thinned; None if it has fewer than `least` points, or if some chunks have no outline."""
    of_axis = "step" if axis == "step" else "timestamp"
    index = tx.all(
        f"SELECT seq, count, min_{of_axis}, max_{of_axis} FROM metric_outlines WHERE run_id = ? AND key_id = ?",
        (curve.run, curve.key),
    )
    if sum(row[1] for row in index) + curve.tail != curve.count:
        return None  # chunks that an older version sealed
    inside = [row for row in index if low <= row[2] and row[3] <= high]
    if sum(row[1] for row in inside) < least:
        return None
    across = [row for row in index if (row[2] < low <= row[3]) or (row[2] <= high < row[3])]
    tail = _on(axis, curves.tail(tx, curve.run, curve.key))
    read = [_on(axis, piece) for piece in curves.chunks(tx, curve.run, curve.key, sorted(across))]
    real = _between(joined([*read, tail]), low, high)
    thinned = _on(axis, unpack_outlines(_outlines(tx, curve, inside, whole=len(inside) == len(index))))
    ends = [(row[2], row[3]) for row in index] + ([(int(tail.steps[0]), int(tail.steps[-1]))] if size(tail) else [])
    return Outline(
        in_step_order(joined([thinned, real])),
        sum(row[1] for row in inside) + size(real),
        min(one for one, _ in ends),
        max(one for _, one in ends),
    )


def _outlines(tx: Tx, curve: Curve, rows: Sequence[Row], whole: bool) -> list[bytes]:
    mine = "SELECT points FROM metric_outlines WHERE run_id = ? AND key_id = ?"
    if whole:
        return [row[0] for row in tx.all(f"{mine} ORDER BY seq", (curve.run, curve.key))]
    found: list[bytes] = []
    for start in range(0, len(rows), 1000):
        seqs = [row[0] for row in rows[start : start + 1000]]
        some = f"{mine} AND seq IN ({marks(len(seqs))}) ORDER BY seq"
        found += [row[0] for row in tx.all(some, (curve.run, curve.key, *seqs))]
    return found


def _on(axis: Axis, series: Series) -> Series:
    """The points with x in `steps`, in the order of x."""
    return in_step_order(series if axis == "step" else Series(series.timestamps, series.steps, series.values))


def _between(series: Series, low: int, high: int) -> Series:
    """The points from `low` to `high`; the result is in the order of x."""
    series = in_step_order(series)
    first = int(np.searchsorted(series.steps, low, "left"))
    return picked(series, slice(first, int(np.searchsorted(series.steps, high, "right"))))


def _whole(bound: float | None, rounded: Callable[[float], int], missing: int) -> int:
    """A bound of a range as a whole number, since steps and times are whole."""
    if bound is None:
        return missing
    if bound >= INT64_MAX:
        return INT64_MAX
    return INT64_MIN if bound <= INT64_MIN else rounded(bound)
