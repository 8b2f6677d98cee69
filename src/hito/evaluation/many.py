"""Several tests at once: one in twenty finds something where there is nothing, so p-values are corrected."""

from collections.abc import Sequence


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Corrected p-values: below α where the hypothesis falls, so that at most a share α of such families has a wrong one.

    None stays None and is not counted.

    Source: Holm, Scandinavian Journal of Statistics 6 (1979), 65-70.
    """
    tested = sorted((value, place) for place, value in enumerate(p_values) if value is not None)
    found: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for rank, (value, place) in enumerate(tested):
        largest = max(largest, min(1.0, value * (len(tested) - rank)))
        found[place] = largest
    return found
