"""Runs with equal values of some fields, as groups: how many, and what their metrics come to.

Runs are read in batches and become a few numbers each: the place of their group, their start and their metrics, 8 bytes
apiece, so a million runs with two metrics take some 40 MB. Sums are made over all of them at the end, by numpy.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from hito.core.errors import InvalidArgument
from hito.search.ast import Operand
from hito.series.order import Floats, Ints
from hito.store.cells import Cell, Cells
from hito.store.database import Tx, marks
from hito.store.search.matching import Matching

MOST = 100_000
"""Different groups; more of them are no groups any more."""


class Spread(Struct, frozen=True):
    """One metric over one group: of n values the mean, the sample's deviation, the extremes, and whose they are."""

    count: int
    mean: float | None
    std: float | None
    least: float | None
    greatest: float | None
    least_run: str
    greatest_run: str


class RunGroup(Struct, frozen=True):
    values: tuple[Cell, ...]
    count: int
    newest: int
    metrics: list[Spread]


class Grouped:
    """All groups of the runs that match; those that are asked for are described by `described`."""

    def __init__(
        self, tx: Tx, runs: Matching, experiments: Sequence[int], by: Sequence[Operand], metrics: Sequence[Operand]
    ) -> None:
        """`by` and `metrics` are fields; values of `metrics` that are no numbers do not count."""
        self._tx = tx
        self.values: list[tuple[Cell, ...]] = []
        """What the runs of each group share."""
        cells = Cells(tx, experiments, [*by, *metrics])
        places: dict[tuple[Cell, ...], int] = {}
        ids: list[Ints] = []
        codes: list[Ints] = []
        starts: list[Ints] = []
        numbers: list[list[Floats]] = [[] for _ in metrics]
        for batch in runs.batches():
            begun, columns = cells.groups_and_numbers(batch, [*([False] * len(by)), *([True] * len(metrics))])
            keys = zip(*columns[: len(by)], strict=True)
            codes.append(np.fromiter((self._place(places, key) for key in keys), np.int64, len(batch)))
            ids.append(np.array(batch, np.int64))
            starts.append(np.array(begun, np.int64))
            for mine, column in zip(numbers, columns[len(by) :], strict=True):
                mine.append(_numbers(column))
        self._ids, self._codes, starting = _joined(ids), _joined(codes), _joined(starts)
        self._numbers = [np.concatenate(mine) if mine else np.empty(0) for mine in numbers]
        self.counts = np.bincount(self._codes, minlength=len(self.values))
        self.newest = np.full(len(self.values), -1, np.int64)
        np.maximum.at(self.newest, self._codes, starting)

    def _place(self, places: dict[tuple[Cell, ...], int], key: tuple[Cell, ...]) -> int:
        known = places.get(key)
        if known is None:
            if len(places) >= MOST:
                raise InvalidArgument(f"These fields make more than {MOST} groups; choose one with fewer values.")
            known = places[key] = len(places)
            self.values.append(key)
        return known

    def ranking(self, metric: int, what: str) -> Floats:
        """What groups are sorted by: the `mean`, `min` or `max` of a metric; NaN where a group has none."""
        values = self._numbers[metric]
        there = ~np.isnan(values)
        codes, values = self._codes[there], values[there]
        size = len(self.values)
        if what == "mean":
            return _means(codes, values, size)
        found = np.full(size, np.nan)
        (np.fmin if what == "min" else np.fmax).at(found, codes, values)
        return found

    def described(self, places: Sequence[int]) -> list[RunGroup]:
        """Groups by their places, with what their metrics come to."""
        spreads = [self._spreads(values, places) for values in self._numbers]
        return [
            RunGroup(self.values[one], int(self.counts[one]), int(self.newest[one]), [some[at] for some in spreads])
            for at, one in enumerate(places)
        ]

    def _spreads(self, values: Floats, places: Sequence[int]) -> list[Spread]:
        there = ~np.isnan(values)
        ids, codes, values = self._ids[there], self._codes[there], values[there]
        size = len(self.values)
        counts = np.bincount(codes, minlength=size)
        means = _means(codes, values, size)
        with np.errstate(all="ignore"):
            squares = np.bincount(codes, (values - means[codes]) ** 2, size)
            deviations = np.sqrt(squares / (counts - 1))
        order = np.lexsort((ids, values, codes))  # by group, then value, then id
        ends = np.cumsum(counts)
        lows = {one: order[ends[one] - counts[one]] for one in places if counts[one]}
        # Of equal greatest values the first run, too: the first of the last block of equal values.
        highs = {
            one: _first_of_last(values, order[ends[one] - counts[one] : ends[one]]) for one in places if counts[one]
        }
        wanted = sorted({int(ids[at]) for at in (*lows.values(), *highs.values())})
        names = _run_ids(self._tx, wanted)
        return [
            Spread(
                int(counts[one]),
                _finite(means[one]),
                _finite(deviations[one]) if counts[one] > 1 else None,
                float(values[lows[one]]),
                float(values[highs[one]]),
                names[int(ids[lows[one]])],
                names[int(ids[highs[one]])],
            )
            if one in lows
            else Spread(0, None, None, None, None, "", "")
            for one in places
        ]


def _first_of_last(values: Floats, order: npt.NDArray[np.int64]) -> Any:
    sorted_values = values[order]
    return order[np.searchsorted(sorted_values, sorted_values[-1])]


def _means(codes: Ints, values: Floats, size: int) -> Floats:
    """The mean of each group; in two steps, so that large numbers close to each other keep their digits."""
    with np.errstate(all="ignore"):
        counts = np.bincount(codes, minlength=size)
        rough = np.bincount(codes, values, size) / counts
        means: Floats = rough + np.bincount(codes, values - rough[codes], size) / counts
    return means


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _numbers(values: Sequence[Cell]) -> Floats:
    """Values as numbers; a text that is none, such as most params, is NaN."""
    try:
        return np.array(values, np.float64)  # None becomes NaN
    except ValueError:
        return np.array([_number(value) for value in values], np.float64)


def _number(value: Cell) -> float:
    try:
        return np.nan if value is None else float(value)
    except ValueError:
        return np.nan


def _joined(parts: Sequence[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def _run_ids(tx: Tx, ids: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for begin in range(0, len(ids), 1000):
        some = ids[begin : begin + 1000]
        found.update(tx.all(f"SELECT id, uuid FROM runs WHERE id IN ({marks(len(some))})", some))
    return found
