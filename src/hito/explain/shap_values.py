"""The SHAP part: contributions of a sample of rows, their summary, and the waterfalls of the chosen rows."""

from collections.abc import Sequence
from typing import Any

from hito.explain.chosen import Chosen
from hito.explain.columns import take
from hito.explain.contributions import Contributions, Unreadable, Way, contributions, evaluations, ways
from hito.explain.deadline import halved_to_fit
from hito.explain.results import Omission, Shap, Waterfall
from hito.explain.rounding import rounded
from hito.explain.sample import Sample
from hito.explain.surface import Surface

_ROWS = {"xgboost": 2000, "lightgbm": 2000, "tree": 500, "linear": 2000, "permutation": 100}
"""Rows that are explained where time allows; the order of columns is stable well before."""
_BACKGROUND = {"linear": 100, "permutation": 30}
_KEPT_NUMBERS = 60_000
"""Contributions that are kept for drawing: rows × columns × outputs."""
_KEPT_COLUMNS = 100
"""Columns, the strongest, whose rows are kept."""
_LEAST_KEPT = 40
_LEAST_ROWS = 12


def shap_part(
    surface: Surface, sample: Sample, chosen: Sequence[Chosen], truth: Any | None, seconds: float, cost: float
) -> tuple[Shap | None, list[Omission], int]:
    """Contributions of as many rows as fit.

    Args:
        seconds: of the time that is left, the share of this part.
        cost: seconds for one answer of the model.
    Returns: what was found, what was left out, and the number of rows explained.
    """
    omitted: list[Omission] = []
    for way in ways(surface):
        background = sample.background(_BACKGROUND.get(way, 200))
        wanted = min(_ROWS[way], sample.rows)
        rows = _fitting(surface, way, wanted, len(background), seconds, cost, sample, background)
        if rows == 0:
            omitted.append(Omission("shap", "time", f"{_LEAST_ROWS} rows would take longer than {seconds:.1f} s"))
            break
        if rows < wanted:
            omitted.append(Omission("shap", "time", f"{rows} of {wanted} rows"))
        numbers = sample.numbers(rows, [one.row for one in chosen])
        try:
            found = contributions(surface, way, take(sample.given, numbers), background, seed=sample.seed)
        except Unreadable as error:
            omitted.append(Omission("shap", "not_supported", f"by the way '{way}': {error}"))
            continue
        # What the sample is; the chosen rows behind it must not weigh in the summary.
        return _summary(surface, sample, found, numbers, rows, chosen, truth), omitted, rows
    return None, omitted, 0


def _fitting(
    surface: Surface, way: Way, wanted: int, background: int, seconds: float, cost: float, sample: Sample, around: Any
) -> int:
    """How many rows fit into the time."""
    import time

    if way == "permutation":
        per_row = cost * evaluations(len(surface.columns.names)) * background + 0.002
        return halved_to_fit(wanted, min(_LEAST_ROWS, wanted), per_row, seconds)
    if wanted <= _LEAST_ROWS:
        return wanted
    # One short try, whose libraries may still have to be imported: only a slow one is measured again without that.
    began = time.perf_counter()
    few = take(sample.given, sample.numbers(_LEAST_ROWS, []))
    try:
        contributions(surface, way, few, around, seed=sample.seed)
        if time.perf_counter() - began > 0.2:
            began = time.perf_counter()
            contributions(surface, way, few, around, seed=sample.seed)
    except Unreadable:
        return wanted  # the caller meets the reason again, and tells it
    return halved_to_fit(wanted, _LEAST_ROWS, (time.perf_counter() - began) / _LEAST_ROWS, seconds)


def _summary(
    surface: Surface,
    sample: Sample,
    found: Contributions,
    numbers: list[int],
    rows: int,
    chosen: Sequence[Chosen],
    truth: Any | None,
) -> Shap:
    import numpy

    importance = numpy.abs(found.values[:, :rows]).mean(axis=1)
    strong = set(numpy.argsort(-importance.sum(axis=0), kind="stable")[:_KEPT_COLUMNS].tolist())
    kept = min(rows, max(_LEAST_KEPT, _KEPT_NUMBERS // (found.values.shape[0] * len(strong))))
    matrix = surface.columns.encode(take(sample.given, numbers[:rows]))
    partners = _partners(matrix, found.values[:, :rows], importance)
    return Shap(
        method=found.way,
        scale=found.scale,
        background=found.background,
        outputs=surface.outputs,
        base=rounded(found.base),
        importance=rounded(importance),
        rows=numbers[:kept],
        columns=[
            [surface.columns.cell(value, at) for value in matrix[:kept, at]] if at in strong else []
            for at in range(matrix.shape[1])
        ],
        values=[
            [rounded(output[:kept, at]) if at in strong else [] for at in range(matrix.shape[1])]
            for output in found.values
        ],
        waterfalls=[_waterfall(surface, sample, found, numbers, one, truth) for one in chosen],
        partners=[other if other in strong else -1 for other in partners],
        largest_gap=float(f"{found.gap:.3g}"),
    )


def _waterfall(
    surface: Surface, sample: Sample, found: Contributions, numbers: list[int], chosen: Chosen, truth: Any | None
) -> Waterfall:
    at = numbers.index(chosen.row)
    matrix = surface.columns.encode(take(sample.given, [chosen.row]))[0]
    predicted = surface.labels(sample.answers_of([chosen.row]))[0]
    actual = None if truth is None else truth[chosen.row]
    return Waterfall(
        row=chosen.row,
        why=chosen.why,
        output=surface.outputs[chosen.output],
        base=float(f"{found.base[chosen.output]:.6g}"),
        answer=float(f"{found.answers[at, chosen.output]:.6g}"),
        values=rounded(found.values[chosen.output, at]),
        cells=[surface.columns.cell(value, column) for column, value in enumerate(matrix)],
        actual=surface.named(actual)
        if surface.task == "multilabel" and actual is not None
        else _cell(actual, surface.task),
        predicted=_cell(predicted, surface.task),
    )


def _cell(value: Any, task: str) -> float | str | None:
    if value is None:
        return None
    return float(f"{float(value):.6g}") if task == "regression" else str(value)


def _partners(matrix: Any, values: Any, importance: Any) -> list[int]:
    """For each column the one that explains most of what its own value leaves open.

    A column's contributions are smoothed along its sorted values in ten groups; what remains is compared with every other
    column by the correlation of ranks.
    """
    import numpy

    output = int(importance.sum(axis=1).argmax())
    features = matrix.shape[1]
    if len(matrix) < 40 or features < 2:
        return [-1] * features
    ranks = numpy.argsort(numpy.argsort(numpy.nan_to_num(matrix), axis=0), axis=0).astype("float64")
    ranks -= ranks.mean(axis=0)
    length = numpy.sqrt((ranks**2).sum(axis=0))
    found = []
    for at in range(features):
        rest = values[output, :, at].copy()
        for group in numpy.array_split(numpy.argsort(matrix[:, at], kind="stable"), 10):
            rest[group] -= rest[group].mean()
        size = float(numpy.sqrt((rest**2).sum()))
        if size < 1e-12:
            found.append(-1)
            continue
        likeness = numpy.abs(rest @ ranks) / numpy.where(length > 0, length * size, numpy.inf)
        likeness[at] = -1
        best = int(likeness.argmax())
        found.append(best if likeness[best] > 0.2 else -1)
    return found
