"""What XGBoost and LightGBM have in common: curves while they train, early stopping, importances, scores of raw answers.

Both train in one function, `train`, which their estimators call, too. It is given a callback that logs each round:

    train(…)                     a recording of its own
    XGBClassifier().fit(…)       a recording of the fit; `handed` leads the inner `train` to it

After early stopping the values of the best round stand once more behind the last one, as in MLflow.
"""

import contextvars
import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from hito.autologging import samples, scores, training
from hito.autologging.patch import Original
from hito.autologging.recording import Recording
from hito.autologging.scores import Outcome

handed: contextvars.ContextVar["Rounds | None"] = contextvars.ContextVar("hito_autolog_rounds", default=None)
"""The rounds that the next `train` is to be followed by."""


class Rounds:
    """The curves of one training.

    Attributes:
        params: what `train` was given, for the params of the run.
        booster: what it returned.
    """

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.curves: dict[str, list[float]] = {}
        self.params: dict[str, Any] = {}
        self.booster: Any = None

    def saw(self, values: Mapping[str, float]) -> None:
        """A round is over: log its values; its number is the step."""
        step = max(map(len, self.curves.values()), default=0)
        for name, value in values.items():
            self.curves.setdefault(name, []).append(float(value))
        self.recording.metrics(values, step)

    @property
    def length(self) -> int:
        return max(map(len, self.curves.values()), default=0)

    def log_best(self, stopped: int, best: int, place: int) -> None:
        """After early stopping.

        Args:
            stopped, best: the last and the best round, counted as the library counts.
            place: of the best round in the curves, from 0.
        """
        self.recording.metrics({"stopped_iteration": stopped, "best_iteration": best})
        at_best = {name: values[place] for name, values in self.curves.items() if 0 <= place < len(values)}
        if at_best:
            self.recording.metrics(at_best, self.length)


class Fed(Struct):
    """Data that a native training was given: how to get answers for it, and what they ought to be."""

    name: str
    data: Any
    truth: Any
    weights: Any = None


def bound(original: Original, args: tuple[Any, ...], named: Mapping[str, Any]) -> dict[str, Any]:
    """All arguments of a call by name, defaults included."""
    found = inspect.signature(original).bind(*args, **named)
    found.apply_defaults()
    return dict(found.arguments)


def native_outcome(kind: str, raw: Any, fed: Fed) -> Outcome:
    """Truth and answer of a native model, in the words of an estimator.

    Args:
        kind: what `raw` holds: `chances` of the second class or, of shape (n, classes), of each; `margin`, above 0 for
            the second class; `labels`; or `numbers`.
    """
    import numpy as np

    truth = np.asarray(fed.truth)
    weights = np.asarray(fed.weights) if fed.weights is not None and len(fed.weights) else None
    raw = np.asarray(raw)
    if kind == "numbers":
        return Outcome(truth, raw, weights=weights)
    truth = truth.astype(int)
    if kind == "chances" and raw.ndim == 2:
        classes = np.arange(raw.shape[1])
        return Outcome(truth, classes[np.argmax(raw, axis=1)], raw, classes, weights)
    if kind == "chances":
        return Outcome(truth, (raw > 0.5).astype(int), np.column_stack([1 - raw, raw]), np.array([0, 1]), weights)
    if kind == "margin":
        return Outcome(truth, (raw > 0).astype(int), classes=np.array([0, 1]), weights=weights)
    return Outcome(truth, raw.astype(int), weights=weights)


def log_native(recording: Recording, kind: str, fed: Fed, raw: Any, prefix: str) -> None:
    """Scores and pictures of a native model on data that it was given."""
    outcome = native_outcome(kind, raw, fed)
    found = scores.regression(outcome) if kind == "numbers" else scores.classification(outcome)
    recording.metrics(training.prefixed(found, prefix))
    if kind != "numbers":
        recording.put_off(lambda: training.log_pictures(recording, outcome, prefix))


def log_estimator(recording: Recording, estimator: Any, features: Any, truth: Any, weights: Any) -> None:
    """Scores and pictures of one of the libraries' estimators on its training data."""
    kind = training.kind_of(estimator)
    if not kind or truth is None:
        return
    outcome = training.training_outcome(recording, estimator, features, truth, weights)
    found = scores.classification(outcome) if kind == "classifier" else scores.regression(outcome)
    usual = found.get("accuracy_score" if kind == "classifier" else "r2_score")
    if usual is not None:
        found["score"] = usual
    recording.metrics(training.prefixed(found, training.TRAINING), dataset=recording.dataset)
    if kind == "classifier":
        recording.put_off(lambda: training.log_pictures(recording, outcome, training.TRAINING))


def log_given(recording: Recording, given: Any, sets: Any, names: Sequence[str], default: str) -> None:
    """The datasets of an estimator's fit: what it trains on, and its evaluation sets, pairs of X and y.

    Args:
        given: `sklearn.Given`.
        names: of the sets; those without one are called `<default>_0`, `<default>_1`, …
    """
    recording.dataset = samples.describe(given.features, given.truth)
    if recording.dataset is not None:
        recording.input(recording.dataset, "train")
    for place, one in enumerate([sets] if isinstance(sets, tuple) else sets or ()):
        name = names[place] if place < len(names) else f"{default}_{place}"
        described = samples.describe(one[0], one[1], name)
        if described is not None:
            recording.input(described, "eval")


def log_params(recording: Recording, rounds: Rounds, estimator: Any) -> None:
    """The params that the engine was given, and those of the estimator that it was not."""
    rest = estimator.get_params(deep=False)
    recording.params({**rest, **rounds.params} if rounds.params else rest)
    recording.tags(training.estimator_tags(estimator))


def simple(importances: Mapping[str, Any]) -> dict[str, float]:
    """One number per feature; a linear model of several classes has one per class, whose sizes are added."""
    return {
        name: float(sum(map(abs, value))) if isinstance(value, list | tuple) else float(value)
        for name, value in importances.items()
    }


def named_sets(given: Any, default: str) -> Iterator[tuple[str, Any]]:
    """Evaluation sets with their names."""
    for place, one in enumerate(given or ()):
        if isinstance(one, tuple) and len(one) == 2 and isinstance(one[1], str):
            yield one[1], one[0]
        else:
            yield f"{default}_{place}", one
