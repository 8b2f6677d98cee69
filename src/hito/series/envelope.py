"""Fewer points than a curve has: its outline for a chart, and an even sample.

`envelope` keeps the lowest and the highest point of each of many equal ranges of steps, so that no spike is lost;
`sampled` keeps some points evenly, the first and the last among them, as MLflow's bulk-interval endpoint does.
"""

import numpy as np
import numpy.typing as npt

from hito.core.errors import InvalidArgument
from hito.series.order import Ints, Series, picked


def envelope(series: Series, width: int) -> Series:
    """Keep the outline of a curve in few points, so that no spike is lost.

    The step range is cut into `width` equal buckets; each keeps its lowest and its highest point. A bucket that holds
    nothing but NaN keeps the first of them, so that a gap as wide as a pixel stays a gap.

    Args:
        series: n points in step order; NaN marks a gap.
        width: buckets, about one per pixel of the chart; 1 or more.
    Returns: at most 2·width points in step order; `series` itself if it is already that short.
    Raises: InvalidArgument: width is below 1.
    Source: the min–max half of M4, Jugel et al., PVLDB 7(10), 2014.
    """
    if width < 1:
        raise InvalidArgument(f"A chart is at least 1 bucket wide, not {width}.")
    if len(series.steps) <= 2 * width:
        return series
    starts = _bucket_starts(series.steps, width)
    lengths = np.diff(np.append(starts, len(series.steps)))
    lows = np.repeat(np.fmin.reduceat(series.values, starts), lengths)  # fmin passes over NaN
    highs = np.repeat(np.fmax.reduceat(series.values, starts), lengths)
    empty = np.isnan(lows)
    keep = np.zeros(len(series.steps), np.bool_)
    keep[_first_in_bucket((series.values == lows) | empty, starts)] = True
    keep[_first_in_bucket((series.values == highs) | empty, starts)] = True
    return picked(series, keep)


def sampled(series: Series, limit: int) -> Series:
    """At most `limit` points, evenly over a curve in step order, the first and the last kept.

    The points are dealt into `limit` groups whose sizes differ by one at most, larger ones first. Each group gives its
    first point, the last group its last: watched in MLflow 3.17, so that both draw the same chart.

    Args:
        series: points in step order.
        limit: 1 or more.
    Returns: points in step order; `series` itself if it is already that short.
    """
    count = len(series.steps)
    if count <= limit:
        return series
    size, larger = divmod(count, limit)
    groups = np.arange(limit, dtype=np.int64)
    which = groups * size + np.minimum(groups, larger)
    which[-1] = count - 1
    return picked(series, which)


def _bucket_starts(steps: Ints, width: int) -> npt.NDArray[np.int64]:
    """Where in rising `steps` each bucket that is not empty begins."""
    # Differences of int64 can need 64 bits without a sign; as float64 a border may move by a part in 2⁵³ of the range,
    # which no pixel shows.
    above = (steps - steps[0]).view(np.uint64)
    span = float(above[-1]) + 1.0
    buckets = np.minimum((above * (width / span)).astype(np.int64), width - 1)
    return np.append(0, np.flatnonzero(buckets[1:] != buckets[:-1]) + 1)


def _first_in_bucket(mask: npt.NDArray[np.bool_], starts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The first place in each bucket where `mask` holds; every bucket has one."""
    places = np.flatnonzero(mask)
    return places[np.searchsorted(places, starts)]
