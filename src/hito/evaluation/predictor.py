"""A model as an evaluation asks it: labels, probabilities, margins or numbers, whatever library it is of.

scikit-learn, XGBoost's and LightGBM's estimators    predict, predict_proba, decision_function, classes_
boosters                                             predict alone; the objective tells what it means
graphs of ONNX                                       labels and probabilities are outputs of their own
anything else with predict, and functions            predict alone
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from hito.core.errors import InvalidArgument
from hito.evaluation.results import Model
from hito.evaluation.table import names_of
from hito.flavors.infer import is_pandas

_OBJECTIVES = {
    "binary:logistic": "chances",
    "binary:logitraw": "margins",
    "binary:hinge": "labels",
    "multi:softprob": "chances",
    "multi:softmax": "labels",
    "binary": "chances",
    "cross_entropy": "chances",
    "multiclass": "chances",
    "multiclassova": "chances",
}
_PARAMS = 60
"""Params of a model that its facts hold."""


class Predictor:
    """The face of a model. `classes`: of a classifier, in the order of its probabilities; None if it does not say.

    `hint`: `classifier`, `regressor`, or nothing if the model does not tell. `features`: the columns that it wants.
    """

    def __init__(
        self,
        native: Any,
        *,
        hint: str = "",
        classes: Any = None,
        features: Sequence[str] | None = None,
        predict: Callable[[Any], Any] | None = None,
        chances: Callable[[Any], Any] | None = None,
        margins: Callable[[Any], Any] | None = None,
    ) -> None:
        self.native = native
        self.hint = hint
        self.classes = classes
        self.features = None if features is None else tuple(map(str, features))
        self.predict = predict
        self.predict_proba = chances
        self.decision_function = margins

    @property
    def answers(self) -> tuple[str, ...]:
        return tuple(name for name in ("predict", "predict_proba", "decision_function") if getattr(self, name))

    def facts(self, uri: str | None = None, model_id: str | None = None) -> Model:
        """What is kept of the model beside its scores."""
        kind = type(self.native)
        name = getattr(self.native, "__name__", kind.__name__) if callable(self.native) else kind.__name__
        last = last_step(self.native)
        if last is not self.native:
            name = f"{name}({type(last).__name__})"
        params = {}
        if hasattr(last, "get_params"):
            params = {str(key): str(value)[:200] for key, value in sorted(last.get_params(deep=False).items())}
        return Model(
            kind=str(name),
            library=kind.__module__.partition(".")[0],
            uri=uri,
            model_id=model_id,
            answers=self.answers,
            params=dict(list(params.items())[:_PARAMS]),
        )

    def fitted(self, features: Any) -> tuple[Any, list[str], bool]:
        """Features as the model wants them: its columns, in its order.

        Returns: the features; names of columns that it does not take; whether the order was another.
        Raises: InvalidArgument: columns are missing, or an array has another number of them.
        """
        wanted = self.features
        if wanted is None:
            return features, [], False
        if not is_pandas(features, "DataFrame"):
            shape: Any = getattr(features, "shape", ())
            if len(shape) == 2 and shape[1] != len(wanted):
                raise InvalidArgument(
                    f"The model was trained on {len(wanted)} columns ({_some(wanted)}), the data has {shape[1]}; "
                    "give the same columns in the same order."
                )
            return features, [], False
        have = names_of(features)
        missing = [name for name in wanted if name not in have]
        if missing:
            raise InvalidArgument(
                f"The data lacks {len(missing)} of the {len(wanted)} columns that the model was trained on: "
                f"{_some(missing)}. It has {_some(have)}."
            )
        if have == wanted:
            return features, [], False
        known = set(wanted)
        places = [have.index(name) for name in wanted]
        extra = [name for name in have if name not in known]
        return features.iloc[:, places], extra, [name for name in have if name in known] != list(wanted)


def predictor(model: Any, features: Sequence[str] | None = None) -> Predictor:
    """The face of a model, a Predictor itself, a booster, an object with `predict`, or a function of the features.

    Args:
        features: the names of its columns, if it does not know them itself.
    Raises: InvalidArgument: it predicts nothing.
    """
    if isinstance(model, Predictor):
        return model
    module = type(model).__module__.partition(".")[0]
    if module == "xgboost" and type(model).__name__ == "Booster":
        return _xgboost_booster(model, features)
    if module == "lightgbm" and type(model).__name__ == "Booster":
        return _lightgbm_booster(model, features)
    if type(model).__name__ == "ModelProto":
        return _onnx(model, features)
    if hasattr(model, "predict"):
        return _estimator(model, features)
    if callable(model):
        return _plain(model, model, features)
    raise InvalidArgument(
        f"An object of type {type(model).__name__} cannot be evaluated: it has no predict and is no function. "
        "Give a model, the URI of one, or predictions by `predictions=`."
    )


def plain(native: Any, answer: Callable[[Any], Any], features: Sequence[str] | None = None) -> Predictor:
    """A model of which only the answer is known: numbers or labels."""
    return _plain(native, answer, features)


def last_step(model: Any) -> Any:
    """The estimator that has the last word: of a pipeline its last step, of a search what it found."""
    for _ in range(10):
        if hasattr(model, "best_estimator_"):
            model = model.best_estimator_
        elif type(model).__name__ == "Pipeline" and getattr(model, "steps", None):
            model = model.steps[-1][1]
        else:
            break
    return model


def _estimator(model: Any, features: Sequence[str] | None) -> Predictor:
    from sklearn.base import is_classifier, is_regressor

    try:
        hint = "classifier" if is_classifier(model) else "regressor" if is_regressor(model) else ""
    except (AttributeError, TypeError):  # not of scikit-learn's kind
        hint = ""
    classes = _ask(model, "classes_")
    names = _ask(model, "feature_names_in_")
    classifier = hint != "regressor"
    return Predictor(
        model,
        hint=hint,
        classes=classes,
        features=names if names is not None else features,
        predict=model.predict,
        chances=_ask(model, "predict_proba") if classifier else None,
        margins=_ask(model, "decision_function") if classifier else None,
    )


def _ask(model: Any, name: str) -> Any:
    """An attribute that may be a property which fails: SVC's predict_proba, XGBoost's feature_names_in_."""
    try:
        return getattr(model, name, None)
    except (AttributeError, ValueError, TypeError):
        return None
    except Exception as error:
        if type(error).__name__ in ("NotFittedError", "XGBoostError"):
            return None
        raise


def _xgboost_booster(booster: Any, features: Sequence[str] | None) -> Predictor:
    import xgboost

    learner = json.loads(booster.save_config())["learner"]
    objective = learner["objective"]["name"]

    def answer(given: Any) -> Any:
        if not isinstance(given, xgboost.DMatrix):
            categories = is_pandas(given, "DataFrame") and any(str(kind) == "category" for kind in given.dtypes)
            names = None if is_pandas(given, "DataFrame") else booster.feature_names
            given = xgboost.DMatrix(given, feature_names=names, enable_categorical=bool(categories))
        try:
            best = {"iteration_range": (0, int(booster.best_iteration) + 1)}
        except (AttributeError, TypeError):  # without early stopping there is none
            best = {}
        return booster.predict(given, **best)

    if objective.startswith("rank:"):
        raise InvalidArgument(f"The model ranks ({objective}); classifiers and regressors are evaluated.")
    classes = max(2, int(learner["learner_model_param"].get("num_class", 0)))
    return _booster(booster, answer, _OBJECTIVES.get(objective, "numbers"), classes, booster.feature_names or features)


def _lightgbm_booster(booster: Any, features: Sequence[str] | None) -> Predictor:
    words = booster.dump_model(num_iteration=1).get("objective", "").split()
    objective = words[0] if words else ""
    if objective in ("lambdarank", "rank_xendcg"):
        raise InvalidArgument(f"The model ranks ({objective}); classifiers and regressors are evaluated.")
    classes = next((int(word.partition(":")[2]) for word in words if word.startswith("num_class:")), 2)
    return _booster(
        booster, booster.predict, _OBJECTIVES.get(objective, "numbers"), classes, booster.feature_name() or features
    )


def _booster(
    native: Any, answer: Callable[[Any], Any], meaning: str, count: int, features: Sequence[str] | None
) -> Predictor:
    """A booster: its one answer, read as its objective says. Its classes are 0 … count - 1."""
    import numpy as np

    if meaning == "numbers":
        return Predictor(native, hint="regressor", features=features, predict=answer)
    classes = np.arange(count)

    def chances(given: Any) -> Any:
        found = np.asarray(answer(given))
        return np.column_stack([1 - found, found]) if found.ndim == 1 else found

    def margins(given: Any) -> Any:
        return np.asarray(answer(given))

    def labels(given: Any) -> Any:
        if meaning == "chances":
            return chances(given).argmax(axis=1)
        found = margins(given)
        return (found > 0).astype(int) if meaning == "margins" else found.astype(int)

    return Predictor(
        native,
        hint="classifier",
        classes=classes,
        features=features,
        predict=labels,
        chances=chances if meaning == "chances" else None,
        margins=margins if meaning == "margins" else None,
    )


def _onnx(model: Any, features: Sequence[str] | None) -> Predictor:
    """A graph: with one output numbers; with two, labels and their probabilities, as converters of classifiers write."""
    import numpy as np

    from hito.flavors import onnx

    session = onnx.Session(model.SerializeToString())
    outputs = [entry.name for entry in model.graph.output]
    if len(outputs) != 2:
        return _plain(model, session.predict, features)
    maps = model.graph.output[1].type.WhichOneof("value") == "sequence_type"

    def labels(given: Any) -> Any:
        return np.asarray(session.predict(given)[outputs[0]])

    def chances(given: Any) -> Any:
        found = session.predict(given)[outputs[1]]
        return np.array([[row[key] for key in sorted(row)] for row in found]) if maps else np.asarray(found)

    return Predictor(model, hint="classifier", features=features, predict=labels, chances=chances)


def _plain(native: Any, answer: Callable[[Any], Any], features: Sequence[str] | None) -> Predictor:
    def labels(given: Any) -> Any:
        found = answer(given)
        named = isinstance(found, dict) or is_pandas(found, "DataFrame")
        return found[next(iter(found))] if named and len(found.keys()) == 1 else found

    return Predictor(native, features=features, predict=labels)


def _some(names: Sequence[str], most: int = 5) -> str:
    shown = ", ".join(repr(name) for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
