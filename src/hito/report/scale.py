"""Round numbers along an axis."""

import math
from collections.abc import Callable, Sequence

Tick = tuple[float, str]


def ticks(low: float, high: float, write: Callable[[float, int], str], about: int = 5) -> tuple[Tick, ...]:
    """Multiples of 1, 2 or 5 times a power of ten between two numbers, about so many.

    Args:
        write: a number and the decimals that this step needs, the same for all of the axis.
    """
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return ()
    step = nice_step((high - low) / max(about, 1))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    places = max(0, -math.floor(math.log10(step) + 1e-9))
    return tuple((at * step, write(0.0 if at == 0 else at * step, places)) for at in range(first, last + 1))


def nice_step(rough: float) -> float:
    """The nearest 1, 2 or 5 times a power of ten that is not below."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= rough * (1 - 1e-9))


def extent(*columns: Sequence[float | None], zero: bool = False, pad: float = 0.04) -> tuple[float, float]:
    """The range of all finite numbers with some room around; never empty."""
    known = [value for column in columns for value in column if value is not None and math.isfinite(value)]
    if zero:
        known.append(0.0)
    if not known:
        return 0.0, 1.0
    low, high = min(known), max(known)
    if low == high == 0:
        return (0.0, 1.0) if zero else (-0.5, 0.5)
    room = (high - low) * pad
    if not room:
        room = abs(high) * 0.05 or 0.5
    return (low if zero and low == 0 else low - room), (high if zero and high == 0 else high + room)
