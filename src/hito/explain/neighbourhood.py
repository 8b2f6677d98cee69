"""The LIME part: the chosen rows, each by a simple model of what is around it."""

from collections.abc import Sequence
from typing import Any

from hito.explain.chosen import Chosen
from hito.explain.columns import take
from hito.explain.deadline import Deadline, halved_to_fit
from hito.explain.results import Condition, Lime, Omission
from hito.explain.sample import Sample
from hito.explain.surface import Surface

_SAMPLES = 2000
_LEAST_SAMPLES = 250
_TRAINING = 1000
"""Rows that say which values are usual."""
_CONDITIONS = 10


def lime_part(
    surface: Surface, sample: Sample, chosen: Sequence[Chosen], seconds: float
) -> tuple[list[Lime], list[Omission]]:
    """LIME for the chosen rows; of two classes, for the positive one."""
    import numpy

    import lime.lime_tabular  # isort: skip  # an optional library

    deadline = Deadline(seconds)
    columns = surface.columns
    around = _filled(columns.encode(sample.background(_TRAINING)))
    if len(around) < 2 or not chosen:
        return [], [Omission("lime", "too_few_rows", f"{len(around)} rows around it")]
    samples = halved_to_fit(_SAMPLES, _LEAST_SAMPLES, sample.cost * len(chosen), seconds)
    if not samples:
        return [], [Omission("lime", "time", f"{_LEAST_SAMPLES} answers for each row take longer than {seconds:.1f} s")]
    # Quartiles of a constant column would all be the same edge, which lime cannot cut at.
    explainer = lime.lime_tabular.LimeTabularExplainer(
        around,
        mode="classification",  # also for a value: lime then takes any function and explains the output it is given
        feature_names=columns.names,
        categorical_features=columns.categorical,
        categorical_names={at: [str(one) for one in columns.categories[at] or ()] for at in columns.categorical},
        class_names=surface.outputs,
        random_state=sample.seed,
    )
    found: list[Lime] = []
    for place, one in enumerate(chosen):
        if deadline.is_over:
            return found, [Omission("lime", "time", f"{place} of {len(chosen)} rows")]
        row = columns.encode(take(sample.given, [one.row]))[0]
        row = numpy.where(numpy.isnan(row), numpy.median(around, axis=0), row)
        told = explainer.explain_instance(
            row, surface.answers, labels=(one.output,), num_features=_CONDITIONS, num_samples=samples
        )
        weights = told.as_map()[one.output]
        texts = [text for text, _ in told.as_list(label=one.output)]
        score = told.score[one.output] if isinstance(told.score, dict) else told.score
        local = told.local_pred[one.output] if isinstance(told.local_pred, dict) else told.local_pred
        found.append(
            Lime(
                row=one.row,
                why=one.why,
                output=surface.outputs[one.output],
                answer=float(f"{sample.answers_of([one.row])[0, one.output]:.6g}"),
                local=float(f"{float(numpy.asarray(local).reshape(-1)[0]):.6g}"),
                fit=float(f"{score:.4g}") if numpy.isfinite(score) else None,
                conditions=[
                    Condition(int(feature), text, float(f"{weight:.6g}"))
                    for (feature, weight), text in zip(weights, texts, strict=True)
                ],
                samples=samples,
            )
        )
    reduced = [Omission("lime", "time", f"{samples} of {_SAMPLES} answers for each row")] if samples < _SAMPLES else []
    return found, reduced


def _filled(matrix: Any) -> Any:
    """Missing numbers as the median of their column: lime cuts columns at quartiles, which need all of them."""
    import numpy

    known = numpy.isfinite(matrix)
    middle = [
        float(numpy.median(column[here])) if here.any() else 0.0 for column, here in zip(matrix.T, known.T, strict=True)
    ]
    return numpy.where(known, matrix, numpy.array(middle))
