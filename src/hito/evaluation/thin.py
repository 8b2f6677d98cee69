"""A line with fewer points and the same corners.

The line between its ends is bent to the point that lies farthest from it, then each half again, always the worst first,
until there are as many points as allowed or nothing lies off any more. So every corner that an eye could find is kept.

Source: Ramer 1972; Douglas and Peucker 1973; here the number of points is given, not the distance.
"""

import heapq
from typing import Any

MOST = 2000
_SAME = 1e-12
"""Distance, in parts of the line's size, below which points lie on one straight line."""


def kept(x: Any, y: Any, most: int = MOST) -> Any:
    """The places of the points to keep, rising; the first and the last are among them.

    Args:
        x, y: float64 of shape (n,), finite.
        most: 2 or more.
    """
    import numpy as np

    count = len(x)
    if count <= 2:
        return np.arange(count)
    wide, high = _scaled(x), _scaled(y)
    keep = {0, count - 1}
    waiting = [_farthest(wide, high, 0, count - 1)]
    while waiting and len(keep) < most:
        distance, first, last, place = heapq.heappop(waiting)
        if -distance <= _SAME:
            break
        keep.add(place)
        for low, up in ((first, place), (place, last)):
            if up - low > 1:
                heapq.heappush(waiting, _farthest(wide, high, low, up))
    return np.array(sorted(keep))


def _scaled(values: Any) -> Any:
    low, high = values.min(), values.max()
    return (values - low) / (high - low) if high > low else values * 0.0


def _farthest(x: Any, y: Any, first: int, last: int) -> tuple[float, int, int, int]:
    """The point between two that lies farthest from the line through them: -distance, first, last, its place."""
    import numpy as np

    inner = slice(first + 1, last)
    across, up = x[last] - x[first], y[last] - y[first]
    length = float(np.hypot(across, up))
    if length > 0:
        off = np.abs(across * (y[inner] - y[first]) - up * (x[inner] - x[first])) / length
    else:
        off = np.hypot(x[inner] - x[first], y[inner] - y[first])
    place = int(off.argmax())
    return -float(off[place]), first, last, first + 1 + place
