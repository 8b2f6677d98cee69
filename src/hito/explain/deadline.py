"""How long the work may take, and how much fits."""

import time


class Deadline:
    """A share of the time. It starts when it is made."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._began = time.perf_counter()

    @property
    def spent(self) -> float:
        return time.perf_counter() - self._began

    @property
    def left(self) -> float:
        return max(0.0, self.seconds - self.spent)

    @property
    def is_over(self) -> bool:
        return self.spent >= self.seconds


def halved_to_fit(wanted: int, least: int, cost: float, seconds: float) -> int:
    """The greatest of wanted, wanted/2, wanted/4, … that fits, or 0 if not even `least` does.

    Halving, and not dividing what is left by the cost, makes two runs on a machine of changing mood take the same rows.

    Args:
        cost: seconds for one; measured.
    """
    fits = wanted
    while fits * cost > seconds:
        fits //= 2
        if fits < least:
            return least if least * cost <= seconds else 0
    return fits
