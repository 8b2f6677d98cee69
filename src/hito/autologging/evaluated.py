"""The whole evaluation of data that a model was not trained on, from what autolog sees anyway.

    model.score(X_test, y_test), or a metric of model.predict(X_test)      the first held-out data of a run
    XGBClassifier.fit(…, eval_set=[…, (X, y)])                             the last of the sets, until something is scored

What it keeps: evaluation/evaluation.json, evaluation/predictions.npz and the tag `hito.evaluation`. The program does not
wait for it, it takes two seconds at most, and it draws nothing: `hito report RUN` makes the page when somebody asks, and
`hito.evaluate` has pictures and explanations. `autolog(log_evaluation=False)` switches it off.
"""

import tempfile
from pathlib import Path
from typing import Any

from hito.autologging import later, samples
from hito.autologging.recording import Recording
from hito.autologging.scores import Outcome
from hito.autologging.traces import Trace
from hito.core.outermost import entered

BUDGET = 2.0
"""Seconds of the background thread."""
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

    def job() -> None:
        with entered():  # what is fitted here is no training of the program's
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
            outcome = recording.step("the evaluation set's predictions", training.outcome_of, model, known, truth)
            if outcome is not None:
                title = type(model).__name__
                recording.step("the evaluation", _log, recording, outcome, kind, known, None, name, title)

    later.submit(job, recording.run_id)


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
