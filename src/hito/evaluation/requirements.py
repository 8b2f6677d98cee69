"""Scores that have to be reached: `accuracy >= 0.9`, and MLflow's thresholds.

    requirement = name  ( ">=" | ">" | "<=" | "<" | "==" )  number  [ "%" ]

A name may be short: `accuracy` is `accuracy_score`, `rmse` is `root_mean_squared_error`. With `.low` or `.high` the end of
the interval has to pass: `roc_auc.low >= 0.9`.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from msgspec import Struct

from hito.core.errors import InvalidArgument
from hito.evaluation.results import Evaluation, Requirement

SHORT: Mapping[str, str] = MappingProxyType(
    {
        "accuracy": "accuracy_score",
        "balanced_accuracy": "balanced_accuracy_score",
        "precision": "precision_score",
        "recall": "recall_score",
        "specificity": "specificity_score",
        "f1": "f1_score",
        "auc": "roc_auc",
        "pr_auc": "precision_recall_auc",
        "average_precision": "average_precision_score",
        "brier": "brier_score_loss",
        "mcc": "matthews_corrcoef",
        "kappa": "cohen_kappa_score",
        "ece": "expected_calibration_error",
        "mae": "mean_absolute_error",
        "mse": "mean_squared_error",
        "rmse": "root_mean_squared_error",
        "mape": "mean_absolute_percentage_error",
        "r2": "r2_score",
    }
)
_FORM = re.compile(
    r"\s*(?P<name>[^\s<>=!]{1,250})\s*(?P<operator>>=|<=|==|>|<)\s*"
    r"(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(?P<percent>%?)\s*"
)
_PASSES: Mapping[str, Callable[[float, float], bool]] = MappingProxyType(
    {
        ">=": lambda value, wanted: value >= wanted,
        "<=": lambda value, wanted: value <= wanted,
        ">": lambda value, wanted: value > wanted,
        "<": lambda value, wanted: value < wanted,
        "==": lambda value, wanted: value == wanted,
    }
)


class Wanted(Struct, frozen=True):
    """What was asked for. end: nothing, `low` or `high`."""

    text: str
    score: str
    end: str
    operator: str
    number: float


def parse(text: str) -> Wanted:
    """Read one requirement.

    Raises: InvalidArgument: it is none; the message shows one.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise InvalidArgument(f"'{text:.200}' is no requirement; write one like 'accuracy >= 0.9' or 'rmse < 12'.")
    name, _, end = found["name"].rpartition(".")
    if end not in ("low", "high") or not name:
        name, end = found["name"], ""
    number = float(found["number"]) / (100 if found["percent"] else 1)
    return Wanted(text.strip(), SHORT.get(name, name), end, found["operator"], number)


def check(wanted: Wanted, evaluation: Evaluation) -> Requirement:
    """Whether an evaluation passes. A score that does not exist fails."""
    score = evaluation.score(wanted.score)
    value = None if score is None else score.low if wanted.end == "low" else score.high if wanted.end else score.value
    return Requirement(
        text=wanted.text,
        score=f"{wanted.score}.{wanted.end}" if wanted.end else wanted.score,
        operator=wanted.operator,
        wanted=wanted.number,
        value=value,
        passed=value is not None and _PASSES[wanted.operator](value, wanted.number),
    )


class MetricThreshold(Struct, frozen=True):
    """MLflow's threshold of one metric.

    threshold: what the value has to reach. min_absolute_change, min_relative_change: by how much it has to be better than
    a baseline model's. greater_is_better: which way is better.
    """

    threshold: float | None = None
    min_absolute_change: float | None = None
    min_relative_change: float | None = None
    greater_is_better: bool | None = None

    def __post_init__(self) -> None:
        if self.greater_is_better is None:
            raise InvalidArgument("A MetricThreshold needs greater_is_better=True or False.")
        if self.threshold is None and self.min_absolute_change is None and self.min_relative_change is None:
            raise InvalidArgument(
                "A MetricThreshold needs a threshold, a min_absolute_change or a min_relative_change."
            )
        for name in ("min_absolute_change", "min_relative_change"):
            change = getattr(self, name)
            if change is not None and change < 0:
                raise InvalidArgument(f"{name} is {change}; how much better a model has to be is not negative.")
        if self.min_relative_change is not None and self.min_relative_change > 1:
            raise InvalidArgument(f"min_relative_change is {self.min_relative_change}; give a part from 0 to 1.")


def failures(
    thresholds: Mapping[str, MetricThreshold],
    candidate: Mapping[str, float],
    baseline: Mapping[str, float] | None = None,
) -> list[str]:
    """Why a candidate's metrics do not pass, a sentence each; nothing if they do.

    Raises: InvalidArgument: a change is asked for and there is no baseline.
    """
    found = []
    for name, limit in thresholds.items():
        if limit.min_absolute_change is not None or limit.min_relative_change is not None:
            if baseline is None:
                raise InvalidArgument(
                    f"The threshold of {name} asks for a change; give a baseline_result to compare with."
                )
            if name not in baseline:
                found.append(f"the baseline has no metric {name}")
                continue
        if name not in candidate:
            found.append(f"the candidate has no metric {name}")
            continue
        found += _misses(
            name, limit, float(candidate[name]), None if baseline is None else float(baseline.get(name, 0))
        )
    return found


def _misses(name: str, limit: MetricThreshold, value: float, before: float | None) -> list[str]:
    sign = 1 if limit.greater_is_better else -1
    found = []
    if limit.threshold is not None and not sign * value >= sign * limit.threshold:
        found.append(
            f"{name} is {value:.6g}, and has to be {'at least' if sign > 0 else 'at most'} {limit.threshold:.6g}"
        )
    if before is None:
        return found
    gained = sign * (value - before)
    if limit.min_absolute_change is not None and not gained >= limit.min_absolute_change:
        found.append(
            f"{name} is {value:.6g} and was {before:.6g}: better by {gained:.6g}, not by {limit.min_absolute_change:.6g}"
        )
    if limit.min_relative_change is not None:
        needed = limit.min_relative_change * abs(before)
        if not (gained >= needed and gained > 0):
            found.append(f"{name} is {value:.6g} and was {before:.6g}: not better by {limit.min_relative_change:.1%}")
    return found
