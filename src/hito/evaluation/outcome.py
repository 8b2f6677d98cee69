"""What a model said about rows whose truth is known, checked and put into codes: what all scores are computed from.

Labels become codes, their places in `labels`: sorted, or in the model's order. Of two classes the second is the positive
one. What the model cannot tell (no probabilities) is None, and what has to be left out for it is stated by whoever needs
it.
"""

import warnings
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from hito.core.errors import HitoError, InvalidArgument
from hito.evaluation.predictor import Predictor
from hito.evaluation.results import Finding, Omission, Task
from hito.evaluation.table import count
from hito.flavors.infer import is_pandas

TASKS = {"classifier": "classification", "regressor": "regression"}
"""MLflow's model types, and what they are."""
_MOST_CLASSES = 1000
_TOLERANCE = 1e-3
"""How far from 1 the probabilities of a row may add up."""


class Outcome(Struct, frozen=True, eq=False, kw_only=True):
    """
    Attributes:
        truth, predicted: codes, int64 of shape (n,); multilabel 0 or 1 of shape (n, labels); regression float64 (n,).
        chances: probabilities, float64 of shape (n, classes), multilabel (n, labels); or None.
        margins: what ranks rows where there are no probabilities, of the same shape, of two classes (n,); or None.
        weights: float64 of shape (n,), not negative; ones if none were given.
        finest: how near to 0 a probability of the model's own precision can be; log loss takes none as nearer.
        labels: what the codes mean.
        notes, omissions: what was noticed on the way.
    """

    task: Task
    truth: Any
    predicted: Any
    chances: Any = None
    margins: Any = None
    weights: Any
    weighted: bool = False
    finest: float = 2.0**-52
    labels: tuple[Any, ...] = ()
    notes: tuple[Finding, ...] = ()
    omissions: tuple[Omission, ...] = ()

    @property
    def rows(self) -> int:
        return len(self.truth)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(map(str, self.labels))

    @property
    def ranking(self) -> Any:
        """What ranks rows: probabilities, or else margins. Two classes: of the positive one, (n,); else (n, classes)."""
        if self.chances is None:
            return self.margins
        return self.chances[:, 1] if self.task == "binary" else self.chances

    def taken(self, places: Any) -> "Outcome":
        """Some of the rows, by their places."""
        return Outcome(
            task=self.task,
            truth=self.truth[places],
            predicted=self.predicted[places],
            chances=None if self.chances is None else self.chances[places],
            margins=None if self.margins is None else self.margins[places],
            weights=self.weights[places],
            weighted=self.weighted,
            finest=self.finest,
            labels=self.labels,
        )


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
    known = _truth(truth)
    rows = len(known)
    if predictor is None and predictions is None:
        raise InvalidArgument("There is neither a model nor predictions; give one of them.")
    if features is not None and count(features) != rows:
        raise InvalidArgument(f"X has {count(features)} rows and y has {rows}; give one target for each row.")
    heavy, weighted = _weights(weights, rows)
    kind = _kind(predictor, known, model_type)
    if predictor is not None and predictions is None and predictor.predict is not None:
        predictions = _asked(predictor.predict, features, "predict")
    if kind == "regression":
        found = _numbers(known, predictions, rows)
        return Outcome(task="regression", truth=found[0], predicted=found[1], weights=heavy, weighted=weighted)
    if known.ndim == 2:
        return _multilabel(predictor, features, known, predictions, heavy, weighted, labels)
    return _classes(predictor, features, known, predictions, heavy, weighted, positive, labels)


# --- what was given ---


def _truth(given: Any) -> Any:
    import numpy as np

    if given is None:
        raise InvalidArgument("There is no truth to compare with; give y, or the name of the target column.")
    if hasattr(given, "toarray"):
        given = given.toarray()
    known = given.to_numpy() if is_pandas(given, "DataFrame") or is_pandas(given, "Series") else np.asarray(given)
    if known.ndim == 2 and known.shape[1] == 1:
        known = known[:, 0]
    if known.ndim not in (1, 2) or not len(known):
        raise InvalidArgument(f"y has the shape {known.shape}; give one target for each row, and at least one row.")
    missing = _missing(known)
    if missing.any():
        places = np.flatnonzero(missing if missing.ndim == 1 else missing.any(axis=1))
        raise InvalidArgument(
            f"{len(places)} of {len(known)} targets are missing or infinite, the first in row {places[0]}; "
            "drop these rows or fill them in."
        )
    return known


def _missing(array: Any) -> Any:
    import numpy as np
    import pandas

    missing = pandas.isna(array)
    if array.dtype.kind == "f":
        return missing | np.isinf(array)
    if array.dtype.kind == "O":
        endless = [isinstance(one, float) and one in (np.inf, -np.inf) for one in array.flat]
        return missing | np.array(endless).reshape(array.shape)
    return missing


def _weights(given: Any, rows: int) -> tuple[Any, bool]:
    import numpy as np

    if given is None:
        return np.ones(rows), False
    try:
        weights = np.asarray(given, dtype=np.float64).reshape(-1)
    except (TypeError, ValueError):
        raise InvalidArgument("The sample weights are no numbers.") from None
    if len(weights) != rows:
        raise InvalidArgument(f"There are {len(weights)} sample weights for {rows} rows; give one for each.")
    if not np.isfinite(weights).all() or (weights < 0).any() or not weights.sum() > 0:
        raise InvalidArgument("Sample weights must be finite and not negative, and one must be above 0.")
    return weights, True


def _kind(predictor: Predictor | None, known: Any, model_type: str | None) -> str:
    """`classification` or `regression`; a model that says what it is must not be taken for the other."""
    hint = predictor.hint if predictor is not None else ""
    if model_type and hint and model_type != hint:
        raise InvalidArgument(f"The model is a {hint}, model_type says {model_type!r}; leave model_type out.")
    kind = TASKS.get(model_type or hint) or _looks_like(known)
    numeric = known.dtype.kind in "biuf"
    if kind == "regression" and not numeric:
        try:
            known.astype(float)
        except (TypeError, ValueError):
            raise InvalidArgument(
                f"The model is a regressor, and y holds labels like {str(known.flat[0])!r}; "
                "give numbers, or a classifier."
            ) from None
    if kind == "regression" and known.ndim == 2:
        raise InvalidArgument(f"y has {known.shape[1]} targets; evaluate one target of a regressor at a time.")
    if kind == "classification" and known.dtype.kind == "f" and not (known == known.round()).all():
        raise InvalidArgument(
            "y holds fractions, and the model is a classifier; give labels, or say model_type='regressor'."
        )
    return kind


def _looks_like(known: Any) -> str:
    import numpy as np

    if known.dtype.kind == "f" and not (known == known.round()).all():
        return "regression"
    if known.ndim == 2 or known.dtype.kind not in "iuf":
        return "classification"
    return "classification" if len(np.unique(known)) <= min(50, max(2, len(known) // 5)) else "regression"


def _asked(method: Any, features: Any, name: str) -> Any:
    """The model's answer; its refusal as a sentence."""
    try:
        return method(features)
    except HitoError:
        raise
    except Exception as error:  # a model may raise anything; what it says of the data is the reason to give
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise InvalidArgument(
            f"The model's {name} failed on the data: {type(error).__name__}: {lines[0][:400]} "
            "Give the columns, types and values that it was trained on."
        ) from error


def _plain(answer: Any, rows: int) -> Any:
    import numpy as np

    if is_pandas(answer, "DataFrame") or is_pandas(answer, "Series"):
        answer = answer.to_numpy()
    found = np.asarray(answer)
    if found.ndim == 2 and found.shape[1] == 1:
        found = found[:, 0]
    if not found.ndim or len(found) != rows:
        raise InvalidArgument(f"There are {len(found) if found.ndim else 1} predictions for {rows} rows.")
    return found


# --- regression ---


def _numbers(known: Any, predictions: Any, rows: int) -> tuple[Any, Any]:
    import numpy as np

    answer = _plain(predictions, rows)
    try:
        predicted = answer.astype(np.float64)
    except (TypeError, ValueError):
        raise InvalidArgument(f"The predictions of a regressor are no numbers, but {answer.flat[0]!r}.") from None
    if predicted.ndim != 1:
        raise InvalidArgument(f"There are {predicted.shape[1]} predictions for a row, and one target.")
    if not np.isfinite(predicted).all():
        raise InvalidArgument(f"{int((~np.isfinite(predicted)).sum())} predictions are missing or infinite.")
    return known.astype(np.float64), predicted


# --- classes ---


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
    answer = _plain(predictions, len(known))
    chances: Any = None
    if answer.ndim == 2:  # probabilities were given, or answered by predict
        chances, answer = answer, None
    elif predictor is not None and predictor.predict_proba is not None:
        try:
            chances = np.asarray(_asked(predictor.predict_proba, features, "predict_proba"))
        except InvalidArgument as error:
            omissions.append(Omission(part="probabilities", rule="predict_proba_failed", reason=error.message))
    own = labels if labels is not None else predictor.classes if predictor is not None else None
    order, unknown = _order(known, answer, own, None if chances is None else chances.shape[1])
    finest = _precision(chances)
    notes = []
    if unknown:
        shown = ", ".join(map(str, unknown[:5]))
        notes.append(
            Finding(rule="unknown_labels", severity="warning", values={"labels": shown, "count": float(len(unknown))})
        )
    if chances is not None:
        chances, reason = _probabilities(chances, len(order))
        if reason:
            omissions.append(Omission(part="probabilities", rule="bad_probabilities", reason=reason))
    if answer is None and chances is None:
        raise InvalidArgument(omissions[-1].reason)
    margins = None
    if chances is None and predictor is not None and predictor.decision_function is not None:
        margins = np.asarray(_asked(predictor.decision_function, features, "decision_function"), dtype=np.float64)
        if margins.shape not in ((len(known),), (len(known), len(order))) or not np.isfinite(margins).all():
            margins = None
    task: Task = "binary" if len(order) == 2 else "multiclass"
    if task == "binary" and margins is not None and margins.ndim == 2:
        margins = margins[:, 1]
    if task == "binary" and positive is not None:
        first = _place_of(positive, order)
        if first == 0:
            order = order[::-1]
            chances = None if chances is None else chances[:, ::-1]
            margins = None if margins is None else -margins
    truth = _codes(known, order)
    predicted = chances.argmax(axis=1) if answer is None else _codes(answer, order)
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


def _order(known: Any, answer: Any, own: Any, columns: int | None) -> tuple[list[Any], list[Any]]:
    """All classes, those of the model first; and those of the truth that the model does not know.

    Raises: InvalidArgument: truth and model have no label in common, or there are too many for classes.
    """
    found = _unique(known)
    said = _unique(answer) if answer is not None else []
    if own is None:
        classes = _sorted([*found, *said])
        if columns is not None and columns != len(classes):
            if columns < len(classes) or not all(isinstance(one, int) and 0 <= one < columns for one in classes):
                raise InvalidArgument(
                    f"There are probabilities of {columns} classes, and labels of {len(classes)}; say which class each "
                    "column is by label_list."
                )
            classes = list(range(columns))
    else:
        classes = [_native(one) for one in own]
        if not set(found) & set(classes):
            raise InvalidArgument(
                f"The labels of y ({_shown(found)}) are none of the model's ({_shown(classes)}); "
                "give y as the model was trained on it, encoded in the same way."
            )
    unknown = [one for one in _sorted([*found, *said]) if one not in set(classes)]
    classes += unknown
    if len(classes) > _MOST_CLASSES:
        raise InvalidArgument(
            f"There are {len(classes)} classes, more than {_MOST_CLASSES}; is this a regression? Say model_type='regressor'."
        )
    if len(classes) == 1:  # a truth of one class and a model that says nothing else: there is another one
        classes.append(0 if classes[0] == 1 else 1 if classes[0] == 0 else f"not {classes[0]}")
        classes = _sorted(classes)
    return classes, unknown


def _probabilities(found: Any, classes: int) -> tuple[Any, str]:
    """Probabilities with a column for each class, also for those that the model does not know; or why not."""
    import numpy as np

    try:
        chances = found.astype(np.float64)
    except (TypeError, ValueError):
        return None, "The model's probabilities are no numbers."
    if chances.shape[1] > classes:
        return None, f"The model has probabilities of {chances.shape[1]} classes; there are {classes}."
    if not np.isfinite(chances).all():
        return None, "Some of the model's probabilities are missing or infinite."
    if (chances < -1e-9).any() or (np.abs(chances.sum(axis=1) - 1) > _TOLERANCE).any():
        return None, "The model's probabilities do not add up to 1 in every row."
    if chances.shape[1] < classes:
        chances = np.column_stack([chances, np.zeros((len(chances), classes - chances.shape[1]))])
    return np.clip(chances, 0, 1), ""


def _precision(chances: Any) -> float:
    import numpy as np

    kind = getattr(chances, "dtype", None)
    return float(np.finfo(kind).eps) if kind is not None and kind.kind == "f" else 2.0**-52


def _codes(values: Any, order: Sequence[Any]) -> Any:
    import numpy as np

    places = {one: place for place, one in enumerate(order)}
    uniques, inverse = np.unique(_comparable(values), return_inverse=True)
    return np.array([places[_native(one)] for one in uniques], dtype=np.int64)[inverse.reshape(-1)]


def _unique(values: Any) -> list[Any]:
    import numpy as np

    return [_native(one) for one in np.unique(_comparable(values))]


def _comparable(values: Any) -> Any:
    """Labels that can be sorted: mixed ones as texts."""
    import numpy as np

    if values.dtype.kind != "O":
        return values
    kinds = {type(one) for one in values.tolist()}
    return np.array([str(one) for one in values.tolist()]) if len(kinds) > 1 or str in kinds else values


def _native(label: Any) -> Any:
    """A label as Python's own value; a whole number is an int, whatever it was written as."""
    plain = label.item() if hasattr(label, "item") else label
    if isinstance(plain, bool | float) and plain == int(plain):
        return int(plain)
    return plain


def _sorted(labels: Sequence[Any]) -> list[Any]:
    distinct = list(dict.fromkeys(labels))
    try:
        return sorted(distinct)
    except TypeError:
        return sorted(distinct, key=lambda one: (type(one).__name__, one))


def _place_of(label: Any, order: Sequence[Any]) -> int:
    plain = _native(label)
    for place, one in enumerate(order):
        if one == plain or str(one) == str(label):
            return place
    raise InvalidArgument(f"The positive label {label!r} is none of the classes {_shown(order)}.")


def _shown(labels: Sequence[Any], most: int = 6) -> str:
    words = ", ".join(repr(one) for one in labels[:most])
    return words if len(labels) <= most else f"{words}, … ({len(labels)})"


# --- several labels for a row ---


def _multilabel(
    predictor: Predictor | None,
    features: Any,
    known: Any,
    predictions: Any,
    weights: Any,
    weighted: bool,
    labels: Sequence[Any] | None,
) -> Outcome:
    import numpy as np

    width = known.shape[1]
    if not np.isin(known.astype(float), (0, 1)).all():
        raise InvalidArgument(
            f"y has {width} columns with values other than 0 and 1. Multilabel truth is 0 or 1; of several classes give "
            "one column with their labels."
        )
    if hasattr(predictions, "toarray"):
        predictions = predictions.toarray()
    answer = np.asarray(predictions, dtype=np.float64)
    if answer.shape != known.shape:
        raise InvalidArgument(f"The predictions have the shape {answer.shape}, y has {known.shape}.")
    omissions = []
    chances = None
    if not np.isin(answer, (0, 1)).all():
        chances, answer = answer, (answer > 0.5).astype(np.float64)
    elif predictor is not None and predictor.predict_proba is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of labels that never occur
            found = _asked(predictor.predict_proba, features, "predict_proba")
        # scikit-learn has a list, a matrix for each label, with one column where the label has but one value.
        if isinstance(found, list):
            seen = predictor.classes if isinstance(predictor.classes, list) else [np.array([0, 1])] * width
            found = np.column_stack(
                [
                    one[:, list(kinds).index(1)] if 1 in kinds else np.zeros(len(one))
                    for one, kinds in zip(found, seen, strict=True)
                ]
            )
        chances = np.asarray(found, dtype=np.float64)
    if chances is not None and (
        chances.shape != known.shape or not np.isfinite(chances).all() or (chances < 0).any() or (chances > 1).any()
    ):
        reason = f"The model's probabilities of {width} labels are not {width} numbers from 0 to 1 for each row."
        omissions.append(Omission(part="probabilities", rule="bad_probabilities", reason=reason))
        chances = None
    if labels is not None and len(labels) != width:
        raise InvalidArgument(f"label_list names {len(labels)} labels, y has {width} columns.")
    return Outcome(
        task="multilabel",
        truth=known.astype(np.int64),
        predicted=answer.astype(np.int64),
        chances=chances,
        weights=weights,
        weighted=weighted,
        labels=tuple(range(width)) if labels is None else tuple(labels),
        omissions=tuple(omissions),
    )
