"""A curve in columns, and the two orders in which it is read.

    history order   timestamp, step, value     MLflow's order of a history; chunks are sorted by it
    step order      step, timestamp, value     the order of charts; its greatest point is the "latest"

A NaN ranks as 0, as it does in MLflow, which stores it as 0 with a flag; where a 0 and a NaN share step and timestamp,
the 0 comes first. Two points of one curve never agree in all of this, so both orders are total.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class Series(NamedTuple):
    """Points as columns of shape (n,): steps and timestamps (ms since 1970, UTC) as int64, values as float64."""

    steps: Ints
    timestamps: Ints
    values: Floats


EMPTY = Series(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64))


class Place(NamedTuple):
    """Where a point stands in history order; a history goes on after it."""

    timestamp: int
    step: int
    value: float


def size(series: Series) -> int:
    """How many points there are."""
    return len(series.steps)


def joined(pieces: Sequence[Series]) -> Series:
    """The points of all pieces, one piece after the other."""
    if len(pieces) == 1:
        return pieces[0]
    if not pieces:
        return EMPTY
    return Series(
        np.concatenate([piece.steps for piece in pieces]),
        np.concatenate([piece.timestamps for piece in pieces]),
        np.concatenate([piece.values for piece in pieces]),
    )


def picked(series: Series, which: Any) -> Series:
    """The points that an index, a slice or a mask names."""
    return Series(series.steps[which], series.timestamps[which], series.values[which])


def ranked(values: Floats) -> Floats:
    """What values are ordered by: themselves, and 0 for a NaN."""
    return np.where(np.isnan(values), 0.0, values)


def in_history_order(series: Series) -> Series:
    """Sorted by timestamp, step, value; `series` itself if it is already sorted by the first two."""
    return _sorted(series, series.timestamps, series.steps)


def in_step_order(series: Series) -> Series:
    """Sorted by step, timestamp, value; `series` itself if it is already sorted by the first two."""
    return _sorted(series, series.steps, series.timestamps)


def _sorted(series: Series, first: Ints, second: Ints) -> Series:
    # Most curves come sorted, and looking is ten times cheaper than sorting.
    if bool(np.all((first[1:] > first[:-1]) | ((first[1:] == first[:-1]) & (second[1:] > second[:-1])))):
        return series
    return picked(series, np.lexsort((np.isnan(series.values), ranked(series.values), second, first)))


def beyond(series: Series, place: Place) -> Mask:
    """Which points come after `place` in history order."""
    nan = np.isnan(series.values)
    rank = np.where(nan, 0.0, series.values)
    place_nan = place.value != place.value
    place_rank = 0.0 if place_nan else place.value
    later: Mask = rank > place_rank
    if not place_nan:
        later |= (rank == place_rank) & nan
    later &= series.steps == place.step
    later |= series.steps > place.step
    later &= series.timestamps == place.timestamp
    later |= series.timestamps > place.timestamp
    return later


def before(series: Series, timestamp: int, step: int) -> Mask:
    """Which points have a timestamp and step below the given pair, whatever their value."""
    lower: Mask = (series.timestamps < timestamp) | ((series.timestamps == timestamp) & (series.steps < step))
    return lower
