"""Learning curves: what the model itself remembers of its training, or what its run logged of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from hito.evaluation.predictor import last_step
from hito.evaluation.results import LearningCurve
from hito.evaluation.thin import kept

_POINTS = 500
_CURVES = 12
_SERIES = ("train", "training", "validation", "valid", "val", "test", "eval")


def of_model(native: Any) -> list[LearningCurve]:
    """Curves of an estimator of XGBoost, LightGBM or scikit-learn; nothing if it has none."""
    model = last_step(native)
    found: dict[tuple[str, str], list[tuple[int, float]]] = {}
    logged = getattr(model, "evals_result_", None)  # LightGBM's, and XGBoost's after fit(eval_set=…)
    if not isinstance(logged, Mapping):
        ask = getattr(model, "evals_result", None)
        try:
            logged = ask() if callable(ask) else {}
        except Exception:  # noqa: BLE001  XGBoost raises its own error where there was no eval_set
            logged = {}
    for series, metrics in logged.items():
        for metric, values in metrics.items():
            found[str(metric), str(series)] = list(enumerate(map(float, values)))
    for attribute, metric, series in (
        ("loss_curve_", "loss", "train"),
        ("validation_scores_", "score", "validation"),
        ("train_score_", "loss", "train"),
    ):
        values = getattr(model, attribute, None)
        if values is not None and len(values) > 1:
            found[metric, series] = list(enumerate(map(float, values)))
    return _made(found)


def of_metrics(histories: Mapping[str, Iterable[tuple[int, float]]]) -> list[LearningCurve]:
    """Curves of a run: metrics named `validation_0-logloss`, `train_loss`, `val/accuracy` and the like.

    Args:
        histories: metric → its points, as (step, value).
    """
    found = {}
    for name, points in histories.items():
        series, metric = _split(name)
        if metric:
            found[metric, series] = sorted(points)
    return _made(found)


def is_curve(name: str) -> bool:
    """Whether a metric's name says that it was measured while training."""
    return bool(_split(name)[1])


def _split(name: str) -> tuple[str, str]:
    for mark in ("-", "/", "_"):
        series, _, metric = name.partition(mark)
        if metric and series.lower() in _SERIES:
            return series, metric
    # `validation_0-logloss`: the series has a number.
    series, _, metric = name.partition("-")
    return (series, metric) if metric and series.lower().partition("_")[0] in _SERIES else ("", "")


def _made(found: Mapping[tuple[str, str], list[tuple[int, float]]]) -> list[LearningCurve]:
    import numpy as np

    made = []
    for (metric, series), points in list(found.items())[:_CURVES]:
        finite = [(step, value) for step, value in points if value == value and abs(value) != float("inf")]
        if len(finite) < 2:
            continue
        steps, values = zip(*finite, strict=True)
        places = kept(np.array(steps, dtype=np.float64), np.array(values), _POINTS)
        made.append(
            LearningCurve(
                metric=metric, series=series, steps=tuple(int(steps[at]) for at in places),
                values=tuple(values[at] for at in places),
            )
        )  # fmt: skip
    return made
