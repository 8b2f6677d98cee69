"""Arrays → numbers and curves, under MLflow's names.

    classification  precision_score recall_score f1_score accuracy_score log_loss roc_auc     weighted over the classes
    regression      mean_squared_error mean_absolute_error r2_score root_mean_squared_error

Nothing here logs. A score that does not exist for the data at hand (a ROC AUC where one class is missing) is left out.
"""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

_CURVE_POINTS = 500
"""Points kept of a ROC or PR curve: more than a picture or a page can show."""


class Outcome(Struct, frozen=True):
    """What a classifier or regressor said about rows whose truth is known.

    truth, predicted: n labels or numbers. probabilities: None, or of shape (n, classes), columns in the order of
    `classes`. weights: None, or n.
    """

    truth: Any
    predicted: Any
    probabilities: Any = None
    classes: Any = None
    weights: Any = None

    @property
    def binary(self) -> bool:
        return self.classes is not None and len(self.classes) == 2


def classification(found: Outcome, pos_label: Any = None) -> dict[str, float]:
    """The scores of a classifier.

    Args:
        pos_label: precision, recall and F1 of this class alone; None: the mean over classes, weighted by their rows.
    """
    from sklearn import metrics

    truth, predicted, weights = found.truth, found.predicted, found.weights
    how: dict[str, Any] = (
        {"average": "weighted"} if pos_label is None else {"average": "binary", "pos_label": pos_label}
    )
    how |= {"sample_weight": weights, "zero_division": 0.0}
    wanted: dict[str, Callable[[], float]] = {
        "precision_score": lambda: metrics.precision_score(truth, predicted, **how),
        "recall_score": lambda: metrics.recall_score(truth, predicted, **how),
        "f1_score": lambda: metrics.f1_score(truth, predicted, **how),
        "accuracy_score": lambda: metrics.accuracy_score(truth, predicted, sample_weight=weights),
    }
    chances = found.probabilities
    if chances is not None:
        wanted["log_loss"] = lambda: metrics.log_loss(truth, chances, sample_weight=weights, labels=found.classes)
        if found.binary:
            wanted["roc_auc"] = lambda: metrics.roc_auc_score(truth, chances[:, 1], sample_weight=weights)
        elif weights is None:  # scikit-learn has no weighted one-vs-one
            wanted["roc_auc"] = lambda: metrics.roc_auc_score(
                truth, chances, average="weighted", multi_class="ovo", labels=found.classes
            )
    return _those_that_exist(wanted)


def regression(found: Outcome) -> dict[str, float]:
    """The scores of a regressor."""
    from sklearn import metrics

    truth, predicted, weights = found.truth, found.predicted, {"sample_weight": found.weights}
    return _those_that_exist(
        {
            "mean_squared_error": lambda: metrics.mean_squared_error(truth, predicted, **weights),
            "mean_absolute_error": lambda: metrics.mean_absolute_error(truth, predicted, **weights),
            "r2_score": lambda: metrics.r2_score(truth, predicted, **weights),
            "root_mean_squared_error": lambda: metrics.mean_squared_error(truth, predicted, **weights) ** 0.5,
        }
    )


def confusion(found: Outcome) -> dict[str, Any]:
    """`matrix[i][j]`: how many rows of class `labels[i]` were called `labels[j]`; with weights, their sum."""
    from sklearn import metrics
    from sklearn.utils.multiclass import unique_labels

    labels = found.classes if found.classes is not None else unique_labels(found.truth, found.predicted)
    matrix = metrics.confusion_matrix(found.truth, found.predicted, labels=labels, sample_weight=found.weights)
    return {"labels": plain(labels), "matrix": plain(matrix), "rows": "true", "columns": "predicted"}


def roc(found: Outcome) -> dict[str, Any]:
    """The ROC curve of a binary classifier, for the second class."""
    from sklearn import metrics

    truth = found.truth == found.classes[1]
    false, true, thresholds = metrics.roc_curve(truth, found.probabilities[:, 1], sample_weight=found.weights)
    area = metrics.auc(false, true)
    curve = _thinned({"false_positive_rate": false, "true_positive_rate": true, "threshold": thresholds})
    return {**curve, "area": float(area), "positive": plain(found.classes)[1]}


def precision_recall(found: Outcome) -> dict[str, Any]:
    """The precision-recall curve of a binary classifier, for the second class."""
    from sklearn import metrics

    truth, chances = found.truth == found.classes[1], found.probabilities[:, 1]
    precision, recall, thresholds = metrics.precision_recall_curve(truth, chances, sample_weight=found.weights)
    area = metrics.average_precision_score(truth, chances, sample_weight=found.weights)
    curve = _thinned({"precision": precision[:-1], "recall": recall[:-1], "threshold": thresholds})
    return {**curve, "average_precision": float(area), "positive": plain(found.classes)[1]}


def plain(array: Any) -> Any:
    """Python's own numbers and texts; what JSON cannot hold (infinite, missing) is None."""
    listed = array.tolist() if hasattr(array, "tolist") else array
    if isinstance(listed, list | tuple):
        return [plain(item) for item in listed]
    if isinstance(listed, float) and (listed != listed or listed in (float("inf"), float("-inf"))):
        return None
    return listed if isinstance(listed, bool | int | float | str | None) else str(listed)


def _thinned(columns: dict[str, Any]) -> dict[str, Any]:
    length = len(next(iter(columns.values())))
    stride = max(1, -(-length // _CURVE_POINTS))
    keep = sorted({*range(0, length, stride), length - 1}) if length else []
    return {name: plain(values[keep]) for name, values in columns.items()}


def _those_that_exist(wanted: dict[str, Callable[[], float]]) -> dict[str, float]:
    found = {}
    problems: list[Exception] = []
    for name, compute in wanted.items():
        try:
            value = float(compute())
        except (ValueError, TypeError) as error:
            problems.append(error)
            continue
        if value == value:
            found[name] = value
    if problems and not found:
        raise problems[0]
    return found
