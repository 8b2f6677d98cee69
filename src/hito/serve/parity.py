"""Rows that would show a difference between two forms of a model, and the comparison.

    examples     rows of the model's own input example
    plausible    numbers in the range of the model's split points, of every size
    thresholds   a split point itself, its neighbours among the 64-bit and the 32-bit numbers, and the 32-bit number
                 nearest to it: where one engine compares in other bits than the other, it shows here
    extremes     0, -0, the smallest and the largest numbers, and NaN where the model takes it

A verdict is `exact` (equal bit by bit), `within 1e-6` (of the answer, or of a usual answer where it is smaller), or `python`
(it is not used).
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct

if TYPE_CHECKING:
    from numpy.typing import NDArray

EXACT, WITHIN, PYTHON = "exact", "within 1e-6", "python"
TOLERANCE = 1e-6
_MAX_THRESHOLDS = 3_000
_PLAUSIBLE = 3_000


class Outcome(Struct, frozen=True):
    """How far two engines are apart: the largest difference, where, and in how many rows."""

    verdict: str
    furthest: float
    rows: int
    differing: int


Thresholds = dict[int, "NDArray[np.float64]"]
"""Split points by column."""


def rows(
    count: int, thresholds: Thresholds, example: "NDArray[np.float64] | None", seed: int = 0
) -> "NDArray[np.float64]":
    """Finite rows to compare on, of shape (n, count), float64."""
    random = np.random.default_rng(seed)
    lows, spans = np.zeros(count), np.ones(count)
    for at, values in thresholds.items():
        if len(values):
            lows[at], spans[at] = values.min(), max(float(np.ptp(values)), abs(float(values.min())) * 0.1, 1e-3)
    if example is not None and len(example):
        with np.errstate(invalid="ignore"):
            low = np.nan_to_num(np.nanmin(example, axis=0), posinf=0.0, neginf=0.0)
            span = np.nan_to_num(np.nanmax(example, axis=0) - low, posinf=0.0, neginf=0.0)
        bare = np.array([at not in thresholds or not len(thresholds[at]) for at in range(count)])
        lows, spans = np.where(bare, low, lows), np.where(bare & (span > 0), span, spans)
    plausible = lows + spans * random.uniform(-0.2, 1.2, size=(_PLAUSIBLE, count))
    sized = random.normal(size=(_PLAUSIBLE // 4, count)) * 10.0 ** random.integers(-6, 7, size=(_PLAUSIBLE // 4, 1))
    found = [plausible, sized, _near(thresholds, plausible, random), _extremes(count, plausible)]
    if example is not None and len(example):
        found.append(example[np.isfinite(example).all(axis=1)])
    whole = np.concatenate(found)
    return np.where(np.abs(whole) < 1e30, whole, 0.0)


def with_gaps(full: "NDArray[np.float64]", seed: int = 0) -> "NDArray[np.float64]":
    """The same rows with NaN here and there, in whole columns and in whole rows."""
    random = np.random.default_rng(seed)
    found = full[:: max(1, len(full) // 1_000)].copy()
    found[random.uniform(size=found.shape) < 0.2] = np.nan
    found[:: max(1, len(found) // 7)] = np.nan
    return found


def _near(thresholds: Thresholds, base: "NDArray[np.float64]", random: np.random.Generator) -> "NDArray[np.float64]":
    pairs = [(at, value) for at, values in thresholds.items() for value in np.unique(values)]
    if not pairs:
        return base[:0]
    if len(pairs) > _MAX_THRESHOLDS:
        pairs = [pairs[at] for at in random.choice(len(pairs), _MAX_THRESHOLDS, replace=False)]
    columns = np.array([at for at, _ in pairs])
    values = np.array([value for _, value in pairs])
    with np.errstate(over="ignore"):
        single = values.astype(np.float32)
    around = [
        values,
        np.nextafter(values, -np.inf),
        np.nextafter(values, np.inf),
        single.astype(np.float64),
        np.nextafter(single, np.float32(-np.inf)).astype(np.float64),
        np.nextafter(single, np.float32(np.inf)).astype(np.float64),
    ]
    found = []
    for near in around:
        rows_ = base[random.integers(0, len(base), len(near))].copy()
        rows_[np.arange(len(near)), columns] = near
        found.append(rows_)
    return np.concatenate(found)


def _extremes(count: int, base: "NDArray[np.float64]") -> "NDArray[np.float64]":
    values = [0.0, -0.0, 1.0, -1.0, 1e-300, -1e-300, 1e-40, 1e20, -1e20, 16777217.0, 0.1]
    whole = np.repeat(np.array(values)[:, None], count, axis=1)
    single = []
    for at in range(min(count, 100)):
        for value in (0.0, 1e20, -1e20, 1e-40):
            row = base[at % len(base)].copy()
            row[at] = value
            single.append(row)
    return np.concatenate([whole, np.array(single)]) if single else whole


def compare(a: Any, b: Any) -> Outcome:
    """How far two answers for the same rows are apart: labels must be equal, numbers nearly."""
    x, y = np.asarray(a), np.asarray(b)
    if x.shape != y.shape:
        return Outcome(PYTHON, float("inf"), len(x), len(x))
    if x.dtype.kind not in "fiub" or y.dtype.kind not in "fiub":
        differing = int(np.sum(x.astype(str) != y.astype(str)))
        return Outcome(EXACT if differing == 0 else PYTHON, float(differing > 0), len(x), differing)
    whole = x.dtype.kind != "f"
    x, y = x.astype(np.float64), y.astype(np.float64)
    equal = (x == y) | (np.isnan(x) & np.isnan(y))
    if equal.all():
        return Outcome(EXACT, 0.0, len(x), 0)
    sizes = np.abs(x[np.isfinite(x) & (x != 0)])
    # Answers that are all small are compared by their own size: a millionth of 1 might be the whole of them.
    usual = min(1.0, float(np.median(sizes))) if sizes.size else 1.0
    with np.errstate(invalid="ignore"):
        apart = np.abs(x - y) / np.maximum(usual, np.maximum(np.abs(x), np.abs(y)))
    furthest = float(np.nan_to_num(apart[~equal], nan=np.inf).max())
    differing = int((~equal).reshape(len(x), -1).any(axis=1).sum())
    verdict = WITHIN if furthest <= TOLERANCE and not whole else PYTHON
    return Outcome(verdict, furthest, len(x), differing)
