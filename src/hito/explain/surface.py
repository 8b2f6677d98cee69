"""A model as a function from numbers to numbers: what every method that asks the model, rather than reads it, works on.

    matrix (rows, features) ──Columns.decode──> rows as the model wants them ──model──> answers (rows, outputs)

An answer is the probability of the positive class (two classes: one output), of each class, of each label (several labels
for a row), or the predicted value.
"""

from collections.abc import Sequence
from typing import Any

from hito.core.errors import InvalidArgument
from hito.explain.columns import Columns

_INNER = {
    "BaseSearchCV": "best_estimator_",
    "TunedThresholdClassifierCV": "estimator_",
    "FixedThresholdClassifier": "estimator_",
}
"""Where searches and threshold tuners of scikit-learn keep the model that answers."""


class Surface:
    """A model over the matrix of its `columns`.

    `native` is the library's own model, for methods that read it; `outputs` has a name for each column of the answers.
    """

    def __init__(self, predictor: Any, columns: Columns, task: str, classes: Sequence[Any]) -> None:
        self.columns = columns
        self.task = task
        self.classes = list(classes)
        self.native = native_model(predictor)
        self._predictor = predictor
        if task == "binary":
            self.outputs = [str(self.classes[1])]
        else:
            self.outputs = [""] if task == "regression" else [str(name) for name in self.classes]

    def answers(self, matrix: Any) -> Any:
        """What the model answers: float64 of shape (rows, outputs)."""
        return self.answers_to(self.columns.decode(matrix))

    def answers_to(self, rows: Any) -> Any:
        """The same for rows as they were given."""
        found = _asked(self._predictor, self.native, rows, self.task)
        return self._shaped(found, len(rows))

    def labels(self, answers: Any) -> list[Any]:
        """The predicted class, or value, of each answer; of several labels all that are likelier than not."""
        if self.task == "regression":
            return [float(value) for value in answers[:, 0]]
        if self.task == "multilabel":
            return [self.named(answer) for answer in answers]
        if self.task == "binary":
            return [self.classes[1] if value >= 0.5 else self.classes[0] for value in answers[:, 0]]
        return [self.classes[at] for at in answers.argmax(axis=1)]

    def named(self, answer: Any) -> str:
        """The labels of one row, whose numbers are above a half; a dash if there are none."""
        return ", ".join(name for name, value in zip(self.outputs, answer, strict=True) if value >= 0.5) or "–"

    def codes(self, truth: Any) -> list[int]:
        """The place of each true class; -1 for one that the model does not know.

        Truth may also be such places itself, where the classes were given other names.
        """
        place = {str(name): at for at, name in enumerate(self.classes)}
        found = [place.get(str(one), -1) for one in truth]
        if max(found, default=-1) < 0:
            numbers = {str(at): at for at in range(len(self.classes))}
            found = [numbers.get(str(one), -1) for one in truth]
        return found

    def _shaped(self, found: Any, rows: int) -> Any:
        import numpy

        if self.task == "multilabel" and isinstance(found, list):
            found = _of_labels(found, getattr(self.native, "classes_", None))
        found = numpy.asarray(found.toarray() if hasattr(found, "toarray") else found)
        if (
            self.task in ("binary", "multiclass")
            and (found.ndim == 1 or found.shape[1] == 1)
            and not self._are_scores(found)
        ):
            # Labels only: the class that was named has all of the probability.
            found = (found.reshape(-1, 1).astype(str) == numpy.array([str(one) for one in self.classes])).astype(float)
        found = found.astype("float64")
        if found.ndim == 1:
            found = found.reshape(-1, 1)
        if self.task == "binary" and found.shape[1] == 2:
            found = found[:, 1:]
        if found.shape != (rows, len(self.outputs)):
            expected = f"({rows}, {len(self.outputs)})"
            raise InvalidArgument(f"The model answered with shape {found.shape}, expected {expected} for this task.")
        return found

    def _are_scores(self, found: Any) -> bool:
        """Whether one number a row is a probability, rather than a label."""
        if found.dtype.kind != "f" or self.task != "binary":
            return False
        return bool(((found >= 0) & (found <= 1)).all()) and not bool(((found == 0) | (found == 1)).all())


def native_model(predictor: Any) -> Any:
    """The library's own model behind wrappers, searches and hito's common face; the predictor itself if it is one."""
    found = predictor
    for _ in range(3):  # a face may stand before another one
        inner = getattr(found, "native", None)
        if inner is None and hasattr(found, "unwrap_python_model"):
            inner = found.unwrap_python_model()
        if inner is None:
            break
        found = inner
    for kind in class_names(found) & _INNER.keys():
        inner = getattr(found, _INNER[kind], None)
        if inner is not None:
            return native_model(inner)
    return found


def library_of(model: Any) -> str:
    """The package that a model's class, or the nearest of its ancestors outside of a user's code, comes from."""
    for ancestor in type(model).__mro__:
        package = ancestor.__module__.partition(".")[0]
        if package in ("sklearn", "xgboost", "lightgbm"):
            return package
    return type(model).__module__.partition(".")[0]


def class_names(model: Any) -> set[str]:
    """The names of a model's class and of all that it extends."""
    return {ancestor.__name__ for ancestor in type(model).__mro__}


def _of_labels(found: Sequence[Any], kinds: Any) -> Any:
    """scikit-learn's list of one matrix for each label, as the probabilities of 1: (rows, labels).

    A label that never occurred, or always, has one column only.
    """
    import numpy

    seen = kinds if isinstance(kinds, list) and len(kinds) == len(found) else [[0, 1]] * len(found)
    return numpy.column_stack(
        [
            one[:, list(kind).index(1)] if 1 in list(kind) else numpy.zeros(len(one))
            for one, kind in zip(found, seen, strict=True)
        ]
    )


def _asked(predictor: Any, native: Any, rows: Any, task: str) -> Any:
    if task != "regression":
        for asked in (predictor, native):
            if callable(getattr(asked, "predict_proba", None)):
                found = asked.predict_proba(rows)
                if found is not None:
                    return found
    if library_of(native) == "xgboost" and "Booster" in class_names(native):
        import xgboost  # the model is one of its own

        return native.predict(xgboost.DMatrix(rows, enable_categorical=True))
    if library_of(native) in ("sklearn", "lightgbm"):
        return native.predict(rows)
    return predictor.predict(rows) if hasattr(predictor, "predict") else predictor(rows)
