"""The PDP and ICE part: what the model answers if one column, or two, are set to each value of a grid."""

from collections.abc import Sequence
from typing import Any

from hito.explain.columns import take
from hito.explain.deadline import Deadline, halved_to_fit
from hito.explain.results import Curve, Omission, Pair
from hito.explain.rounding import rounded
from hito.explain.sample import Sample
from hito.explain.surface import Surface

_FEATURES = 6
_PAIRS = 2
_POINTS = 24
_PAIR_POINTS = 10
_CATEGORIES = 20
_ROWS = 400
_PAIR_ROWS = 150
_LEAST_ROWS = 20
_SINGLE = 40
"""Rows that are drawn as lines of their own."""


def curves_part(
    surface: Surface, sample: Sample, ranked: Sequence[int], seconds: float
) -> tuple[list[Curve], list[Omission], int]:
    """The curves of the strongest columns.

    Args:
        ranked: numbers of the columns, the strongest first.
    Returns: the curves, what was left out, and the rows that each is the mean of.
    """
    deadline = Deadline(seconds)
    wanted = min(_ROWS, sample.rows)
    features = list(ranked[:_FEATURES])
    cost = sample.cost * _POINTS * len(features)
    rows = halved_to_fit(wanted, min(_LEAST_ROWS, wanted), cost, seconds)
    if not rows:
        return [], [Omission("curves", "time", f"{_LEAST_ROWS} rows take longer than {seconds:.1f} s")], 0
    matrix = surface.columns.encode(take(sample.given, sample.order[:rows]))
    found: list[Curve] = []
    omitted = [Omission("curves", "time", f"{rows} of {wanted} rows")] if rows < wanted else []
    for place, feature in enumerate(features):
        if deadline.is_over:
            return found, [*omitted, Omission("curves", "time", f"{place} of {len(features)} columns")], rows
        grid = _grid(surface, matrix, feature, _POINTS)
        if len(grid) < 2:
            continue
        found.append(_curve(surface, matrix, feature, grid))
    return found, omitted, rows


def pairs_part(
    surface: Surface, sample: Sample, ranked: Sequence[int], partners: Sequence[int], seconds: float
) -> tuple[list[Pair], list[Omission], int]:
    """The strongest columns, each with the one that bends its effect most."""
    import numpy

    deadline = Deadline(seconds)
    pairs = _pairs(ranked, partners)
    wanted = min(_PAIR_ROWS, sample.rows)
    cost = sample.cost * _PAIR_POINTS**2 * max(len(pairs), 1)
    rows = halved_to_fit(wanted, min(_LEAST_ROWS, wanted), cost, seconds)
    if not pairs or not rows:
        return (
            [],
            [Omission("pairs", "time", f"{_LEAST_ROWS} rows take longer than {seconds:.1f} s")] if pairs else [],
            0,
        )
    matrix = surface.columns.encode(take(sample.given, sample.order[:rows]))
    found: list[Pair] = []
    omitted = [Omission("pairs", "time", f"{rows} of {wanted} rows")] if rows < wanted else []
    for place, (first, second) in enumerate(pairs):
        if deadline.is_over:
            return found, [*omitted, Omission("pairs", "time", f"{place} of {len(pairs)} pairs")], rows
        grids = [_grid(surface, matrix, at, _PAIR_POINTS) for at in (first, second)]
        if min(map(len, grids)) < 2:
            continue
        points = numpy.array([(one, other) for one in grids[0] for other in grids[1]])
        mean = _set_to(surface, matrix, (first, second), points)[:, :, -1].mean(axis=1)
        found.append(
            Pair(
                first=first,
                second=second,
                first_grid=[surface.columns.cell(value, first) for value in grids[0]],
                second_grid=[surface.columns.cell(value, second) for value in grids[1]],
                output=surface.outputs[-1],
                mean=rounded(mean.reshape(len(grids[0]), len(grids[1]))),
            )
        )
    return found, omitted, rows


def _curve(surface: Surface, matrix: Any, feature: int, grid: Any) -> Curve:
    import numpy

    answers = _set_to(surface, matrix, [feature], grid.reshape(-1, 1))
    is_number = surface.columns.categories[feature] is None
    values = matrix[:, feature][numpy.isfinite(matrix[:, feature])]
    deciles = numpy.quantile(values, numpy.linspace(0, 1, 11)) if is_number and len(values) else []
    return Curve(
        feature=feature,
        grid=[surface.columns.cell(value, feature) for value in grid],
        outputs=surface.outputs,
        mean=rounded(answers.mean(axis=1).T),
        single=rounded(answers[:, :_SINGLE, -1].T),
        deciles=rounded(deciles),
    )


def _set_to(surface: Surface, matrix: Any, features: Sequence[int], points: Any) -> Any:
    """Answers of shape (points, rows, outputs) for all rows with `features` set to each of `points`.

    All points are one call of the model: scikit-learn's `partial_dependence` calls it for each point, which costs a
    forest of a hundred trees three seconds for six columns, and this one 0.3. A test holds the two together.
    """
    import numpy

    stacked = numpy.repeat(matrix[None], len(points), axis=0)
    for place, feature in enumerate(features):
        stacked[:, :, feature] = points[:, place, None]
    answers = surface.answers(stacked.reshape(-1, matrix.shape[1]))
    return answers.reshape(len(points), len(matrix), -1)


def _grid(surface: Surface, matrix: Any, feature: int, points: int) -> Any:
    """Values to set a column to: its categories, most frequent first up to a number; or quantiles between 1 % and 99 %."""
    import numpy

    values = matrix[:, feature]
    values = values[numpy.isfinite(values)]
    if surface.columns.categories[feature] is not None:
        codes, counts = numpy.unique(values, return_counts=True)
        return numpy.sort(codes[numpy.argsort(-counts, kind="stable")][:_CATEGORIES])
    unique = numpy.unique(values)
    if len(unique) <= points:
        return unique
    low, high = numpy.quantile(values, [0.01, 0.99])
    inner = numpy.linspace(low, high, points)
    return numpy.unique(inner)


def _pairs(ranked: Sequence[int], partners: Sequence[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for feature in ranked[:_FEATURES]:
        partner = partners[feature] if partners else -1
        if partner >= 0 and (partner, feature) not in found:
            found.append((feature, partner))
    if not found and len(ranked) > 1:
        found = [(ranked[0], ranked[1])]
    return found[:_PAIRS]
