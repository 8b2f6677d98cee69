"""The rows that explanations are made of, drawn once with one seed, so that all parts speak of the same ones."""

from typing import Any

from hito.explain.columns import as_table, take
from hito.explain.deadline import halved_to_fit
from hito.explain.surface import Surface

_ANSWERED = 100_000
"""Rows that the model is asked about in advance: chosen rows, typical or worst, are looked for among them."""
_TRIED = 200
_MANY = 3000


class Sample:
    """Rows in a random order, of which every part takes the first so many.

    `given` is what was given, as a DataFrame or an array. `answered` are the numbers of the first rows of `order`, and
    `answers` what the model says about them. `cost` is the time of one answer in seconds, among many.
    """

    def __init__(self, surface: Surface, given: Any, background: Any | None, seed: int, seconds: float) -> None:
        """`seconds`: for asking the model; a slow one is asked about fewer rows."""
        import time

        import numpy

        self.given = as_table(given)
        self.seed = seed
        self.rows = len(self.given)
        self._surface = surface
        self._background = self.given if background is None else as_table(background)
        generator = numpy.random.default_rng(seed)
        self.order = [int(one) for one in generator.permutation(self.rows)]
        self._background_order = [int(one) for one in generator.permutation(len(self._background))]
        surface.answers_to(take(self.given, self.order[:1]))  # the first one may import a library
        began = time.perf_counter()
        first = surface.answers_to(take(self.given, self.order[:_TRIED]))
        self.cost = (time.perf_counter() - began) / len(first)
        if self.cost * _MANY < seconds:  # a call has a price of its own, which many rows share
            many = [self.order[at % self.rows] for at in range(_MANY)]
            began = time.perf_counter()
            surface.answers_to(take(self.given, many))
            self.cost = (time.perf_counter() - began) / _MANY
        wanted = min(self.rows, _ANSWERED)
        answered = wanted if len(first) == wanted else max(len(first), halved_to_fit(wanted, 0, self.cost, seconds))
        self.answered = self.order[:answered]
        self.answers = first if answered == len(first) else surface.answers_to(take(self.given, self.answered))
        self._place = {row: at for at, row in enumerate(self.answered)}

    def numbers(self, count: int, also: list[int]) -> list[int]:
        """Numbers of the first `count` rows, and after them those of `also` that are not among them."""
        first = self.order[:count]
        known = set(first)
        return first + [row for row in dict.fromkeys(also) if row not in known]

    def background(self, count: int) -> Any:
        """Rows that stand for "nothing is known": of the training data if it was given."""
        return take(self._background, self._background_order[:count])

    def answers_of(self, rows: list[int]) -> Any:
        """What the model says about some rows; asked only if it is not known."""
        if all(row in self._place for row in rows):
            return self.answers[[self._place[row] for row in rows]]
        return self._surface.answers_to(take(self.given, rows))
