"""Curves as charts draw them: the outline of each in some hundred points, also of a part of it."""

import math
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from hito.core.rules import INT64_MAX, INT64_MIN
from hito.series.envelope import envelope
from hito.series.order import Series, in_step_order, picked, size
from hito.store import curves
from hito.store.database import Tx, marks

Axis = Literal["step", "time"]


class Curve(NamedTuple):
    """What `metric_latest` knows of a curve."""

    run: int
    key: int
    count: int
    first_step: int
    last_step: int


class Outline(NamedTuple):
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
        "SELECT run_id, key_id, count, first_step, step FROM metric_latest "
        f"WHERE run_id IN ({marks(len(runs))}) AND key_id IN ({marks(len(keys))})",
        [*runs, *keys],
    )
    return {(row[0], row[1]): Curve(*row) for row in rows}


def outline(tx: Tx, curve: Curve, axis: Axis, start: float | None, end: float | None, width: int) -> Outline:
    """The outline of a curve at `width` buckets, over the part of the axis from `start` to `end`, both included."""
    low, high = _whole(start, math.ceil), _whole(end, math.floor)
    if axis == "step":
        series = curves.columns(tx, curve.run, curve.key, low, high)
        bounds = (curve.first_step, curve.last_step)
    else:
        series = _by_time(curves.columns(tx, curve.run, curve.key))
        bounds = (int(series.steps[0]), int(series.steps[-1]))
        if low is not None:
            series = picked(series, series.steps >= low)
        if high is not None:
            series = picked(series, series.steps <= high)
    return Outline(envelope(series, width), size(series), *bounds)


def _by_time(series: Series) -> Series:
    """The same points with time as their axis."""
    return in_step_order(Series(series.timestamps, series.steps, series.values))


def _whole(bound: float | None, rounded: Callable[[float], int]) -> int | None:
    """A bound of a range as a whole number, since steps and times are whole."""
    if bound is None:
        return None
    if bound >= INT64_MAX:
        return INT64_MAX
    if bound <= INT64_MIN:
        return INT64_MIN
    return rounded(bound)
