"""How the input of a served model differs from what it was trained on: values outside, values missing, and PSI.

    rows asked ──> 256 at a time ──> beyond the smallest or largest of training? missing?     counted
                                └──> the bins of the training profile                         counted, older rows fading
                                          PSI = Σ (asked - trained)·ln(asked / trained)

By custom a PSI below 0.1 is nothing, 0.1 to 0.2 some, above 0.2 much. Of few rows it is large by chance, so it is
told from 500 rows on. Every 20,000 rows the counts are halved: what is told is about the last tens of thousands.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from hito.evaluation.drift import psi
from hito.flavors.profile import ColumnProfile, Profile, codes, numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

_AT_ONCE = 256
"""Rows that are looked at together: one by one it would cost what predicting them costs."""
_SPREAD = 1_000
"""Of more rows at once some, evenly spread, are put into bins."""
_FEWEST = 500
_HALVED = 20_000


class Drift:
    """Of one model, in one worker.

    Args:
        names: of the columns of a matrix; None: those of the profile.
        lows, highs: their ranges, where the profile has none. profile: of the training data, if it is known.
    """

    def __init__(
        self, names: tuple[str, ...] | None, lows: tuple[float | None, ...], highs: tuple[float | None, ...],
        profile: Profile | None,
    ) -> None:  # fmt: skip
        known = {one.name: one for one in profile.columns} if profile else {}
        if names is None:
            names = tuple(known) or tuple(map(str, range(len(lows))))
        ranges = {name: (lows[at], highs[at]) for at, name in enumerate(names[: len(lows)])}
        self._columns = [_Column(name, known.get(name), *ranges.get(name, (None, None))) for name in names]
        self._by_name = {one.name: one for one in self._columns}
        self._lows = np.array([one.low for one in self._columns])
        self._highs = np.array([one.high for one in self._columns])
        self._useful = any(one.is_known for one in self._columns)
        self._waiting: list[Any] = []
        self._count = 0

    def add(self, rows: Any) -> None:
        """Some rows came: a matrix of numbers, or a DataFrame. Anything else is not looked at."""
        if not self._useful:
            return
        if isinstance(rows, np.ndarray):
            if rows.ndim != 2 or rows.shape[1] != len(self._columns) or rows.dtype.kind not in "iuf":
                return
        elif not hasattr(rows, "iloc"):
            return
        self._waiting.append(rows)
        self._count += len(rows)
        if self._count >= _AT_ONCE:
            self._look()

    def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        """Values outside, and values missing, by column, since it was asked last."""
        self._look()
        found: tuple[dict[str, int], dict[str, int]] = ({}, {})
        for one in self._by_name.values():
            for counts, count in zip(found, (one.outside, one.missing), strict=True):
                if count:
                    counts[one.name] = count
            one.outside = one.missing = 0
        return found

    def indices(self) -> dict[str, float]:
        """PSI by column, the largest first."""
        self._look()
        found = {one.name: one.index() for one in self._by_name.values()}
        told = {name: round(index, 4) for name, index in found.items() if index is not None}
        return dict(sorted(told.items(), key=lambda one: -one[1]))

    def _look(self) -> None:
        waiting, self._waiting, self._count = self._waiting, [], 0
        matrices = [rows for rows in waiting if isinstance(rows, np.ndarray)]
        if matrices:
            self._add_numbers(np.concatenate(matrices).astype(np.float64, copy=False))
        for frame in waiting:
            if not isinstance(frame, np.ndarray):
                for at, name in enumerate(frame.columns):
                    column = self._by_name.get(str(name))
                    if column is not None:
                        column.add(frame.iloc[:, at])

    def _add_numbers(self, rows: "NDArray[np.float64]") -> None:
        inside = (rows >= self._lows) & (rows <= self._highs)  # a NaN is in no range
        if not inside.all():
            missing = np.isnan(rows)
            counts = zip(self._columns, missing.sum(axis=0), (~inside & ~missing).sum(axis=0), strict=True)
            for one, gone, beyond in counts:
                one.missing += int(gone)
                one.outside += int(beyond)
        for one, values in zip(self._columns, rows[:: 1 + len(rows) // _SPREAD].T, strict=True):
            one.place(values)


class _Column:
    """One column: its bins, and what fell into them."""

    def __init__(self, name: str, known: ColumnProfile | None, low: float | None, high: float | None) -> None:
        self.name = name
        self.outside = 0
        self.missing = 0
        low = known.low if known and known.low is not None else low
        high = known.high if known and known.high is not None else high
        self.is_known = bool(known and known.shares) or low is not None or high is not None
        self.low = -np.inf if low is None else low
        self.high = np.inf if high is None else high
        self._edges = np.array(known.edges if known else ())
        self._categories = known.categories if known else None
        self._trained = np.array(known.shares) if known and known.shares else None
        self._asked = np.zeros(len(known.shares) if known else 0)

    def place(self, values: "NDArray[np.float64]") -> None:
        """Count numbers in their bins."""
        if self._trained is not None and self._categories is None:
            places = np.searchsorted(self._edges, values)
            self._count(np.where(np.isnan(values), len(self._trained) - 1, places))

    def add(self, values: Any) -> None:
        """A column of a table."""
        if self._categories is None:
            try:
                found = numbers(values)
            except (ValueError, TypeError):
                return  # texts where training saw numbers; the model says what it thinks of them
            self.missing += int(np.isnan(found).sum())
            self.outside += int(((found < self.low) | (found > self.high)).sum())
            self.place(found)
        else:
            places = codes(values.tolist(), self._categories)
            self.missing += int(np.count_nonzero(places == len(self._categories) + 1))
            self._count(places)

    def index(self) -> float | None:
        """PSI; None while it would be chance."""
        total = self._asked.sum()
        return psi(self._trained, self._asked / total) if self._trained is not None and total >= _FEWEST else None

    def _count(self, places: "NDArray[np.intp]") -> None:
        self._asked += np.bincount(places, minlength=len(self._asked))
        if self._asked.sum() >= _HALVED:
            self._asked /= 2
