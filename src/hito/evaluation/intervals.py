"""95 % intervals by the bootstrap: the rows drawn again with replacement, the scores computed again, many times.

Drawing rows is giving them weights 0, 1, 2, …, so nothing is copied or sorted again. The time is bounded: a large dataset
gets fewer resamples, and its interval is then made from their standard deviation, which needs fewer of them than its
outer percentiles do.

Source: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapters 6 and 13.
"""

import time
from collections.abc import Mapping
from typing import Any

from hito.evaluation.results import Bootstrap
from hito.evaluation.scores import Key, Scorer, bounds

RESAMPLES = 1000
LEVEL = 0.95
_PERCENTILES_FROM = 400
"""Resamples from which the outer percentiles are used; below, the standard deviation."""
_FEWEST = 25
_NORMAL = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""

Intervals = Mapping[Key, tuple[float, float]]


def intervals(
    score: Scorer,
    weights: Any,
    *,
    seed: int,
    seconds: float,
    asked: int = RESAMPLES,
) -> tuple[Intervals, Bootstrap]:
    """An interval for every score of a scorer.

    Args:
        weights: of the rows, float64 of shape (n,).
        seconds: after which no more resamples are drawn.
    Returns: (low, high) by key, nothing if there was not time for 25 resamples; and how it was done.
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    rows = len(weights)
    drawn: dict[Key, list[float]] = {}
    until = time.monotonic() + seconds
    done = 0
    for _ in range(asked):
        counts = np.bincount(rng.integers(rows, size=rows), minlength=rows)
        again = counts * weights
        if again.sum() > 0:
            for key, value in score(again).items():
                drawn.setdefault(key, []).append(value)
        done += 1
        if time.monotonic() > until:
            break
    if done < _FEWEST:
        return {}, Bootstrap(samples=done, asked=asked, level=LEVEL, method="none")
    whole = score(weights)
    if done >= _PERCENTILES_FROM:
        found = {key: _percentiles(values) for key, values in drawn.items() if len(values) >= done / 2}
        return found, Bootstrap(samples=done, asked=asked, level=LEVEL, method="percentile")
    found = {
        key: _normal(key[1], whole[key], values) for key, values in drawn.items() if key in whole and len(values) > 1
    }
    return found, Bootstrap(samples=done, asked=asked, level=LEVEL, method="normal")


def _percentiles(values: list[float]) -> tuple[float, float]:
    import numpy as np

    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _normal(name: str, value: float, values: list[float]) -> tuple[float, float]:
    """Within what the score can be: a normal distribution does not know that no accuracy is above 1."""
    import numpy as np

    least, most = bounds(name)
    spread = _NORMAL * float(np.std(values, ddof=1))
    return max(least, value - spread), min(most, value + spread)


def wilson(part: float, whole: float) -> tuple[float, float]:
    """The 95 % interval of a share.

    Source: Wilson, JASA 22 (1927), 209-212.
    """
    if whole <= 0:
        return 0.0, 1.0
    share, z = part / whole, _NORMAL
    centre = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z / (1 + z * z / whole) * (share * (1 - share) / whole + z * z / (4 * whole * whole)) ** 0.5
    # Rounding must not leave the share itself outside.
    return min(share, max(0.0, centre - half)), max(share, min(1.0, centre + half))
