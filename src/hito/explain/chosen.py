"""Which rows are explained one by one: typical ones, the worst errors, and those that were asked for."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from hito.core.errors import InvalidArgument
from hito.explain.results import Why
from hito.explain.sample import Sample
from hito.explain.surface import Surface

_TYPICAL = 2
_WORST = 3
_ASKED = 20


class Chosen(Struct, frozen=True):
    """A row by number, why, and the output that its explanation is about."""

    row: int
    why: Why
    output: int


def choose(surface: Surface, sample: Sample, truth: Any | None, asked: Sequence[int]) -> list[Chosen]:
    """Rows to be explained.

    Typical is the row whose answer is the median of those that were predicted alike; of many classes, or sets of labels,
    the most frequent two. Worst is the row whose true class got the least probability, or the largest error; of several
    labels the one that is most wrong counts.

    Args:
        sample: typical and worst rows are looked for among those that it has answers for.
        truth: classes or values, of shape (all rows,); None: there are no worst ones.
        asked: numbers of rows; negative ones count from the end.
    Raises: InvalidArgument: there is no such row.
    """
    answered = sample.answered
    known = None if truth is None else truth[answered]
    found: dict[int, Why] = {}
    for row in checked_rows(asked, sample.rows):
        found.setdefault(row, "asked")
    for at in _worst(surface, sample.answers, known):
        found.setdefault(answered[at], "worst")
    for at in _typical(surface, sample.answers):
        found.setdefault(answered[at], "typical")
    order = {"asked": 0, "typical": 1, "worst": 2}
    rows = sorted(found, key=lambda row: order[found[row]])
    answers = sample.answers_of(rows)
    return [
        Chosen(row, found[row], _output(surface, answers[at], truth[row] if truth is not None else None))
        for at, row in enumerate(rows)
    ]


def checked_rows(asked: Sequence[int], rows: int) -> list[int]:
    checked = []
    for row in asked:
        if isinstance(row, bool) or not hasattr(row, "__index__") or not -rows <= row < rows:
            raise InvalidArgument(f"There is no row {row!r} to explain: the data has rows 0 to {rows - 1}.")
        checked.append(int(row) % rows)
    if len(checked) > _ASKED:
        raise InvalidArgument(f"{len(checked)} rows are too many to explain one by one; give at most {_ASKED}.")
    return checked


def _worst(surface: Surface, answers: Any, truth: Any | None) -> list[int]:
    import numpy

    if truth is None:
        return []
    errors = _errors(surface, answers, truth)
    order = numpy.argsort(-errors, kind="stable")[:_WORST]
    least = 0.5 if surface.task != "regression" else 0.0  # a right answer is no error, however unsure
    return [int(row) for row in order if numpy.isfinite(errors[row]) and errors[row] > least]


def _errors(surface: Surface, answers: Any, truth: Any) -> Any:
    import numpy

    if surface.task == "regression":
        return numpy.abs(numpy.asarray(truth, dtype="float64").reshape(-1) - answers[:, 0])
    if surface.task == "multilabel":
        return numpy.abs(numpy.asarray(truth, dtype="float64") - answers).max(axis=1)
    codes = numpy.array(surface.codes(truth))
    shares = numpy.column_stack([1 - answers[:, 0], answers[:, 0]]) if surface.task == "binary" else answers
    right = numpy.where(codes >= 0, shares[numpy.arange(len(shares)), codes], 0.0)
    return 1 - right


def _typical(surface: Surface, answers: Any) -> list[int]:
    import numpy

    if surface.task == "regression":
        return [_nearest_median(answers[:, 0], numpy.arange(len(answers)))]
    if surface.task == "multilabel":
        return _typical_sets(answers)
    best = (answers[:, 0] >= 0.5).astype(int) if surface.task == "binary" else answers.argmax(axis=1)
    found = []
    kinds, counts = numpy.unique(best, return_counts=True)
    for kind in kinds[numpy.argsort(-counts, kind="stable")][:_TYPICAL]:
        rows = numpy.flatnonzero(best == kind)
        found.append(_nearest_median(answers[rows, min(kind, answers.shape[1] - 1)], rows))
    return found


def _typical_sets(answers: Any) -> list[int]:
    """Of the most frequent sets of labels the row that is nearest to the medians of its set."""
    import numpy

    sets, which, counts = numpy.unique(answers >= 0.5, axis=0, return_inverse=True, return_counts=True)
    found = []
    for kind in numpy.argsort(-counts, kind="stable")[: min(_TYPICAL, len(sets))]:
        rows = numpy.flatnonzero(which.reshape(-1) == kind)
        distance = numpy.abs(answers[rows] - numpy.median(answers[rows], axis=0)).sum(axis=1)
        found.append(int(rows[distance.argmin()]))
    return found


def _nearest_median(values: Any, rows: Any) -> int:
    import numpy

    return int(rows[numpy.abs(values - numpy.median(values)).argmin()])


def _output(surface: Surface, answer: Any, truth: Any | None) -> int:
    """The class that was predicted; of several labels the one that is most wrong, or likeliest; else the only output."""
    if surface.task == "multilabel" and truth is not None and abs(truth - answer).max() > 0.5:
        return int(abs(truth - answer).argmax())
    return int(answer.argmax()) if surface.task in ("multiclass", "multilabel") else 0
