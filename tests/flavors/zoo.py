"""Every estimator of scikit-learn, fitted on something it likes, and what it answers.

`fitted()` is the catalogue; `answers()` what an estimator says about its data, by every method that it has.
"""

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.datasets import make_classification
from sklearn.feature_selection import SelectKBest
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import all_estimators
from sklearn.utils._test_common.instance_generator import _construct_instances

METHODS = ("predict", "predict_proba", "decision_function", "transform", "score_samples", "kneighbors")

_X, _y = make_classification(60, 6, n_informative=4, random_state=0)
_X = np.abs(_X)
_TEXTS = ["a red house", "a blue house", "the sea"]
_DATA: dict[str, tuple[Any, ...]] = {
    "classes": (_X, _y),
    "positive numbers": (_X, np.abs(_X[:, 0]) + 1),
    "many labels": (_X, np.column_stack([_y, 1 - _y])),
    "many targets": (_X, _X[:, :2]),
    "texts": (_TEXTS,),
    "records": ([{"a": 1}, {"b": 2}],),
    "labels": (list("abab"),),
    "sets": ([("a", "b"), ("b",)],),
    "one column": (_X[:, 0], _y),
    "kernel": (_X @ _X.T, _y),
}
_CHOICE = {
    "CountVectorizer": "texts",
    "TfidfVectorizer": "texts",
    "HashingVectorizer": "texts",
    "DictVectorizer": "records",
}
_CHOICE |= {"FeatureHasher": "records", "LabelEncoder": "labels", "LabelBinarizer": "labels"}
_CHOICE |= {"MultiLabelBinarizer": "sets", "IsotonicRegression": "one column", "GammaRegressor": "positive numbers"}
_CHOICE |= {"PoissonRegressor": "positive numbers", "KernelCenterer": "kernel"}


class Fitted:
    """One estimator of the catalogue: its name, itself, what it was fitted on; `problem` when it could not be."""

    def __init__(self, name: str, model: Any, data: tuple[Any, ...], problem: str = "") -> None:
        self.name, self.model, self.data, self.problem = name, model, data, problem

    def __repr__(self) -> str:
        return self.name


def fitted() -> Iterator[Fitted]:
    """All estimators of `all_estimators()`, in the order of their names."""
    for name, kind in all_estimators():
        yield _fit(name, kind)


def in_pipeline(one: Fitted) -> Fitted | None:
    """The same estimator at the end of a pipeline, where it can stand there."""
    if not isinstance(one.data[0], np.ndarray) or one.data[0].ndim != 2 or one.name == "KernelCenterer":
        return None
    pipeline = make_pipeline(StandardScaler(with_mean=False), one.model)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            pipeline.fit(*one.data)
        except Exception:
            return None
    return Fitted(f"{one.name} in a pipeline", pipeline, one.data)


def answers(model: Any, data: tuple[Any, ...]) -> dict[str, Any]:
    """What a model says about the data it was fitted on, by method; empty for one that has nothing to say."""
    said = {}
    np.random.seed(0)  # some answer by drawing, from the global generator when they have none of their own
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for method in METHODS:
            if hasattr(model, method):
                try:
                    said[method] = getattr(model, method)(data[0])
                except Exception as error:
                    said[method] = f"{type(error).__name__}: {error}"
    for attribute in ("labels_", "embedding_", "row_labels_"):
        if hasattr(model, attribute):
            said[attribute] = getattr(model, attribute)
    return said


def same(one: Any, other: Any) -> bool:
    """Whether two answers are equal, to the last bit where they are numbers."""
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(same(*pair) for pair in zip(one, other, strict=True))
    if hasattr(one, "toarray"):
        return same(one.toarray(), other.toarray())
    if isinstance(one, np.ndarray) and one.dtype == object:
        return one.shape == other.shape and all(same(*pair) for pair in zip(one.ravel(), other.ravel(), strict=True))
    return bool(np.array_equal(one, other, equal_nan=isinstance(one, np.ndarray) and one.dtype.kind == "f"))


def _fit(name: str, kind: type[BaseEstimator]) -> Fitted:
    if name == "FrozenEstimator":
        return Fitted(name, FrozenEstimator(LogisticRegression().fit(_X, _y)), _DATA["classes"])
    if name == "SparseCoder":
        return Fitted(name, kind(dictionary=_X[:4] / np.linalg.norm(_X[:4], axis=1, keepdims=True)), _DATA["classes"])
    if name == "SelectKBest":
        return Fitted(name, SelectKBest(k=2).fit(_X, _y), _DATA["classes"])
    problem = ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = next(iter(_construct_instances(kind)))
        for given in [_CHOICE[name]] if name in _CHOICE else list(_DATA):
            try:
                return Fitted(name, model.fit(*_DATA[given]), _DATA[given])
            except Exception as error:
                problem = problem or f"{type(error).__name__}: {error}"
    return Fitted(name, model, (), problem)
