"""The whole evaluation of data that a model was not trained on, from what autolog sees anyway.

    model.score(X_test, y_test), or a metric of model.predict(X_test)      the first held-out data of a run
    XGBClassifier.fit(…, eval_set=[…, (X, y)])                             the last of the sets, until something is scored

What it keeps is what `hito.evaluate` keeps, but for the metrics, whose names are autolog's own: evaluation/, the pictures, the
explanations, report.html and the tag `hito.evaluation`. The program does not wait for it. A process spends on it the seconds of
HITO_AUTOLOG_SECONDS (20), and a fifth of the time that it runs; beyond, or where other runs wait, an evaluation has its
scores and curves only, in two seconds at most, and `hito report RUN` makes the page. `autolog(log_evaluation=False)`
switches it off.
"""

import os
import tempfile
import time
from pathlib import Path
from typing import Any

from hito.autologging import later, samples
from hito.autologging.recording import Recording
from hito.autologging.scores import Outcome
from hito.autologging.traces import Trace
from hito.core.outermost import entered

BUDGET = 2.0
"""Seconds of the background thread for scores and curves."""
FULL = 20.0
"""Seconds for one with pictures, explanations and the page; what does not fit is left out, and said so there."""
_AT_ONCE = "HITO_AUTOLOG_SECONDS"
_SHARE = 0.2
_ROWS = 200_000
"""Rows up to which there is an evaluation by itself; more are the business of somebody who asks for it."""
_CELLS = 2_000_000
"""Cells of features up to which segments are searched and drift is measured; they are copied for that."""


def put_off(
    recording: Recording, outcome: Outcome, kind: str, features: Any, dataset: str, trace: Trace | None = None
) -> None:
    """Have held-out data evaluated, in the background.

    Args:
        kind: `classifier` or `regressor`.
        trace: of the model; it knows the training data as long as the program has it.
    """
    if not recording.settings.log_evaluation or len(outcome.truth) > _ROWS:
        return
    known = recording.step("a copy of the test data", _copied, features) if features is not None else None
    trained = trace.training() if trace is not None and trace.training is not None else None
    before = recording.step("a copy of the training data", _copied, trained) if known is not None else None
    title = trace.title if trace is not None else ""
    model = recording.step("a copy of the model", _model_of, trace) if known is not None and allowance.is_left else None

    def job() -> None:
        with entered():  # what is fitted here is no training of the program's
            if model is not None and _whole(
                recording, model, kind, known, outcome.truth, outcome.weights, before, dataset
            ):
                return
            recording.step("the evaluation", _log, recording, outcome, kind, known, before, dataset, title)

    later.submit(job, recording.run_id)


def put_off_set(recording: Recording, model: Any, kind: str, features: Any, truth: Any, name: str) -> None:
    """The same for an evaluation set of a fit, whose predictions are made in the background, by a model of our own."""
    from hito.autologging import training

    if not recording.settings.log_evaluation or not kind or samples.rows(features) > _ROWS:
        return
    known = recording.step("a copy of the evaluation set", _copied, features)
    if known is None:
        return

    def job() -> None:
        with entered():
            if _whole(recording, model, kind, known, truth, None, None, name):
                return
            outcome = recording.step("the evaluation set's predictions", training.outcome_of, model, known, truth)
            if outcome is not None:
                title = type(model).__name__
                recording.step("the evaluation", _log, recording, outcome, kind, known, None, name, title)

    later.submit(job, recording.run_id)


class Allowance:
    """How long a process may go on explaining and drawing by itself: some seconds at once, and a share of what it runs."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self.spent = 0.0

    @property
    def is_left(self) -> bool:
        try:
            at_once = float(os.environ.get(_AT_ONCE, FULL))
        except ValueError:
            at_once = FULL
        return at_once > 0 and self.spent < at_once + _SHARE * (time.monotonic() - self._began)


allowance = Allowance()


def _whole(
    recording: Recording, model: Any, kind: str, features: Any, truth: Any, weights: Any, train: Any, dataset: str
) -> bool:
    """The evaluation with all that belongs to it, if there is time for it; whether it is there."""
    if not allowance.is_left or later.others_wait():
        return False
    began = time.monotonic()
    done = recording.step(
        "the whole evaluation", _keep, recording, model, kind, features, truth, weights, train, dataset
    )
    allowance.spent += time.monotonic() - began
    return done is True


def _keep(
    recording: Recording, model: Any, kind: str, features: Any, truth: Any, weights: Any, train: Any, dataset: str
) -> bool:
    from hito.evaluation.evaluating import Asked
    from hito.fluent.evaluation_log import Told, evaluated, kept
    from hito.fluent.given import asked_model, given

    began = time.monotonic()
    face = asked_model(model, None)
    if face is None:
        return False
    taken = given(features, truth, None, weights, None, None)
    asked = Asked(
        predictor=face,
        features=taken.features,
        truth=taken.truth,
        weights=taken.weights,
        model_type=kind,
        train=None if train is None else (train, None),
        dataset=dataset,
        model=face.facts(None, recording.model_id),
        budget=FULL,
    )
    found, explanation = evaluated(asked, began, explain=True)
    told = Told(found, explanation, taken, model_id=recording.model_id, record=False)
    with tempfile.TemporaryDirectory(prefix="hito-") as folder:
        kept(told, Path(folder), recording.client, recording.run_id)
    return True


def _model_of(trace: Trace | None) -> Any:
    """A copy, since the program may go on training its own."""
    from hito.autologging import training

    model = trace.model() if trace is not None and trace.model is not None else None
    return None if model is None else training.copied(model)


def _copied(features: Any) -> Any:
    """A copy, since the program may change its own; None for what is large, or no table."""
    shape: Any = getattr(features, "shape", ())
    if len(shape) != 2 or shape[0] * shape[1] > _CELLS or not hasattr(features, "copy"):
        return None
    return features.copy()


def _log(
    recording: Recording, outcome: Outcome, kind: str, features: Any, train: Any, dataset: str, title: str
) -> None:
    from hito.client.entities import RunTag
    from hito.evaluation import files
    from hito.evaluation.evaluating import Asked, evaluate
    from hito.evaluation.results import Model

    said, labels = outcome.predicted, None
    if outcome.probabilities is not None and outcome.classes is not None:
        likeliest = outcome.classes[outcome.probabilities.argmax(axis=1)]
        if (likeliest == outcome.predicted).all():
            said, labels = outcome.probabilities, outcome.classes
    found = evaluate(
        Asked(
            features=features,
            truth=outcome.truth,
            predictions=said,
            weights=outcome.weights,
            labels=labels,
            model_type=kind,
            train=None if train is None else (train, None),
            dataset=dataset,
            model=Model(kind=title or recording.flavor, library=recording.flavor, model_id=recording.model_id),
            budget=BUDGET,
        )
    )
    with tempfile.TemporaryDirectory(prefix="hito-") as folder:
        written = files.write(found, Path(folder), draw=False)
        recording.client.log_artifacts(recording.run_id, Path(folder) / files.FOLDER, files.FOLDER)
    recording.client.log_batch(recording.run_id, tags=[RunTag(files.TAG, files.summary(written))])
