"""Asking a model, and checking what was given and answered: the way to an `Outcome`."""

from collections.abc import Sequence
from typing import Any

from hito.core.errors import InvalidArgument
from hito.evaluation.given import TASKS, answer_of, kind_of, plain, truth_of, weights_of
from hito.evaluation.labels import codes_of, in_order, place_of, precision_of, probabilities
from hito.evaluation.outcome import Outcome
from hito.evaluation.predictor import Predictor
from hito.evaluation.results import Finding, Omission, Task
from hito.evaluation.several_labels import several_labels
from hito.evaluation.table import count


def observe(
    predictor: Predictor | None,
    features: Any,
    truth: Any,
    *,
    model_type: str | None = None,
    predictions: Any = None,
    weights: Any = None,
    positive: Any = None,
    labels: Sequence[Any] | None = None,
) -> Outcome:
    """Ask a model, and check what was given and answered.

    Args:
        predictor: None: `predictions` are given instead.
        truth: labels or numbers, one for each row; a matrix of 0 and 1 is multilabel.
        model_type: `classifier` or `regressor`; None: as the model says, else by what the truth looks like.
        positive: of two classes the one that is asked for; None: the second.
        labels: all classes there are, in the order of the probabilities, if the model does not say.
    Raises: InvalidArgument: one of them is missing, does not fit the others, or holds what cannot be scored.
    """
    if model_type is not None and model_type not in TASKS:
        raise InvalidArgument(f"model_type is {model_type!r}; give 'classifier' or 'regressor', or leave it out.")
    known = truth_of(truth)
    rows = len(known)
    if predictor is None and predictions is None:
        raise InvalidArgument("There is neither a model nor predictions; give one of them.")
    if features is not None and count(features) != rows:
        raise InvalidArgument(f"X has {count(features)} rows and y has {rows}; give one target for each row.")
    heavy, weighted = weights_of(weights, rows)
    kind = kind_of(predictor, known, model_type)
    if predictor is not None and predictions is None and predictor.predict is not None:
        predictions = answer_of(predictor.predict, features, "predict")
    if kind == "regression":
        found = _numbers(known, predictions, rows)
        return Outcome(task="regression", truth=found[0], predicted=found[1], weights=heavy, weighted=weighted)
    if known.ndim == 2:
        return several_labels(predictor, features, known, predictions, heavy, weighted, labels)
    return _classes(predictor, features, known, predictions, heavy, weighted, positive, labels)


def _numbers(known: Any, predictions: Any, rows: int) -> tuple[Any, Any]:
    import numpy as np

    answer = plain(predictions, rows)
    try:
        predicted = answer.astype(np.float64)
    except (TypeError, ValueError):
        raise InvalidArgument(f"The predictions of a regressor are no numbers, but {answer.flat[0]!r}.") from None
    if predicted.ndim != 1:
        raise InvalidArgument(f"There are {predicted.shape[1]} predictions for a row, and one target.")
    if not np.isfinite(predicted).all():
        raise InvalidArgument(f"{int((~np.isfinite(predicted)).sum())} predictions are missing or infinite.")
    return known.astype(np.float64), predicted


def _classes(
    predictor: Predictor | None,
    features: Any,
    known: Any,
    predictions: Any,
    weights: Any,
    weighted: bool,
    positive: Any,
    labels: Sequence[Any] | None,
) -> Outcome:
    import numpy as np

    omissions: list[Omission] = []
    answer = plain(predictions, len(known))
    chances: Any = None
    if answer.ndim == 2:  # probabilities were given, or answered by predict
        chances, answer = answer, None
    elif predictor is not None and predictor.predict_proba is not None:
        try:
            chances = np.asarray(answer_of(predictor.predict_proba, features, "predict_proba"))
        except InvalidArgument as error:
            omissions.append(Omission(part="probabilities", rule="predict_proba_failed", reason=error.message))
    own = labels if labels is not None else predictor.classes if predictor is not None else None
    order, unknown = in_order(known, answer, own, None if chances is None else chances.shape[1])
    finest = precision_of(chances)
    notes = []
    if unknown:
        shown = ", ".join(map(str, unknown[:5]))
        notes.append(
            Finding(rule="unknown_labels", severity="warning", values={"labels": shown, "count": float(len(unknown))})
        )
    if chances is not None:
        chances, reason = probabilities(chances, len(order))
        if reason:
            omissions.append(Omission(part="probabilities", rule="bad_probabilities", reason=reason))
    if answer is None and chances is None:
        raise InvalidArgument(omissions[-1].reason)
    margins = None
    if chances is None and predictor is not None and predictor.decision_function is not None:
        margins = np.asarray(answer_of(predictor.decision_function, features, "decision_function"), dtype=np.float64)
        if margins.shape not in ((len(known),), (len(known), len(order))) or not np.isfinite(margins).all():
            margins = None
    task: Task = "binary" if len(order) == 2 else "multiclass"
    if task == "binary" and margins is not None and margins.ndim == 2:
        margins = margins[:, 1]
    if task == "binary" and positive is not None:
        first = place_of(positive, order)
        if first == 0:
            order = order[::-1]
            chances = None if chances is None else chances[:, ::-1]
            margins = None if margins is None else -margins
    truth = codes_of(known, order)
    predicted = chances.argmax(axis=1) if answer is None else codes_of(answer, order)
    return Outcome(
        task=task,
        truth=truth,
        predicted=predicted,
        chances=chances,
        margins=margins,
        weights=weights,
        weighted=weighted,
        finest=finest,
        labels=tuple(order),
        notes=tuple(notes),
        omissions=tuple(omissions),
    )
