"""What a fitted scikit-learn estimator tells: scores on its training data, pictures, importances, itself.

What is computed from the training data is computed at once, since the program may change it later; what needs only the
model and those results is put off, on a copy of the model: scores first, then pictures, page and model.
"""

import pickle
import time
from collections.abc import Mapping
from typing import Any

from hito.autologging import pictures, samples, scores
from hito.autologging.recording import MODEL, Recording
from hito.autologging.scores import Outcome
from hito.autologging.settings import SklearnSettings
from hito.flavors.profile import profile

TRAINING = "training_"
ROWS_TAG = "hito.autolog.training_rows"
_PROBE = 2000
"""Rows on which it is measured how long predicting all of them would take."""
_FAIR_SHARE, _FAIR_SECONDS = 0.015, 0.15
"""What scoring the training data may take: this part of the training's time, or these seconds, if that is more."""


def estimator_tags(estimator: Any) -> dict[str, str]:
    kind = type(estimator)
    return {"estimator_name": kind.__name__, "estimator_class": f"{kind.__module__}.{kind.__name__}"}


def log_result(
    recording: Recording, estimator: Any, features: Any, truth: Any, weights: Any, *, whole: bool = True
) -> None:
    """Log everything about one fitted estimator.

    Args:
        features, truth, weights: what it was fitted on; truth and weights may be None.
        whole: keep page and model, too.
    """
    settings = recording.settings
    assert isinstance(settings, SklearnSettings)
    outcome = None
    if truth is not None and kind_of(estimator):
        what = "predictions on the training data"
        outcome = recording.step(what, training_outcome, recording, estimator, features, truth, weights)
    if outcome is not None:
        recording.step("training metrics", _log_scores, recording, estimator, outcome, features, truth, weights)
    elif truth is not None and hasattr(estimator, "score"):
        recording.step("the training score", _log_own_score, recording, estimator, features, truth)
    example = recording.step("the example", samples.example_of, features)
    if settings.log_models and settings.log_datasets and whole:
        recording.profile = recording.step("the profile of the training data", profile, features)
    copy = recording.step("a copy of the model", copied, estimator) if settings.log_models else None

    def job() -> None:
        if outcome is not None and kind_of(estimator) == "classifier":
            log_pictures(recording, outcome, TRAINING)
        recording.step("the feature importances", _log_importances, recording, copy or estimator, example)
        recording.step("estimator.html", _log_page, recording, copy or estimator)
        if settings.log_models and whole:
            recording.model_id = recording.step("the model", _log_model, recording, copy or estimator, example)

    recording.put_off(job)


def kind_of(estimator: Any) -> str:
    """`classifier`, `regressor` or nothing, as scikit-learn tells; of a search, that of what it found."""
    from sklearn.base import is_classifier, is_regressor

    if not hasattr(estimator, "predict"):
        return ""
    return "classifier" if is_classifier(estimator) else "regressor" if is_regressor(estimator) else ""


def outcome_of(estimator: Any, features: Any, truth: Any, weights: Any = None) -> Outcome:
    """What a classifier or regressor says about rows whose truth is known."""
    import numpy as np

    known = np.asarray(truth)
    if known.ndim == 2 and known.shape[1] == 1:
        known = known[:, 0]
    heavy = None if weights is None else np.asarray(weights)
    if kind_of(estimator) != "classifier":
        return Outcome(known, np.asarray(estimator.predict(features)), weights=heavy)
    classes = getattr(estimator, "classes_", None)
    classes = None if isinstance(classes, list) or classes is None else np.asarray(classes)
    chances = estimator.predict_proba(features) if hasattr(estimator, "predict_proba") else None
    if isinstance(chances, list) or classes is None:  # several outputs: scikit-learn has a matrix for each
        return Outcome(known, np.asarray(estimator.predict(features)), classes=classes, weights=heavy)
    if chances is not None and _says_the_likeliest(estimator):
        return Outcome(known, classes[np.argmax(chances, axis=1)], chances, classes, heavy)
    return Outcome(known, np.asarray(estimator.predict(features)), chances, classes, heavy)


def training_outcome(recording: Recording, estimator: Any, features: Any, truth: Any, weights: Any) -> Outcome:
    """`outcome_of` for the training data, or, where predicting takes long, for a part of its rows; the run says so."""
    count = samples.rows(features)
    if count > 2 * _PROBE:
        import numpy as np

        some = np.linspace(0, count - 1, _PROBE).astype(int)
        began = time.perf_counter()
        first = outcome_of(estimator, *(samples.taken(one, some) for one in (features, truth, weights)))
        seconds = time.perf_counter() - began
        fair = max(_FAIR_SECONDS, _FAIR_SHARE * recording.seconds)
        affordable = int(_PROBE * fair / max(seconds, 1e-9))
        if affordable < count:
            recording.tags({ROWS_TAG: max(affordable, _PROBE)})
            if affordable <= 2 * _PROBE:
                return first
            places = np.random.default_rng(0).choice(count, affordable, replace=False)  # ours; the program's stays
            places.sort()
            return outcome_of(estimator, *(samples.taken(one, places) for one in (features, truth, weights)))
    return outcome_of(estimator, features, truth, weights)


def log_pictures(recording: Recording, outcome: Outcome, prefix: str, suffix: str = "") -> None:
    """Confusion matrix, and for two classes the curves: each as a picture and as data."""
    drawn: list[tuple[str, Any, Any]] = [("confusion_matrix", scores.confusion, pictures.confusion_matrix)]
    if outcome.binary and outcome.probabilities is not None:
        drawn.append(("roc_curve", scores.roc, pictures.roc_curve))
        drawn.append(("precision_recall_curve", scores.precision_recall, pictures.precision_recall_curve))
    for name, compute, draw in drawn:
        words = name.replace("_", " ")
        found = recording.step(f"the {words}", compute, outcome)
        if found is not None:
            file = f"{prefix}{name}{suffix}"
            recording.step(f"the {words}'s data", recording.json, found, f"{file}.json")
            title = f"{prefix}{name}".replace("_", " ").capitalize()
            recording.step(f"the picture of the {words}", _log_figure, recording, draw, found, title, f"{file}.png")


def log_importances(recording: Recording, found: Mapping[str, float], file: str) -> None:
    """Importances, as data and as a picture. `file`: without its ending."""
    if not found:
        return
    recording.step("the feature importances' data", recording.json, dict(found), f"{file}.json")
    title = file.replace("_", " ").capitalize()
    recording.step(
        "the picture of the importances", _log_figure, recording, pictures.importances, found, title, f"{file}.png"
    )


def prefixed(found: Mapping[str, float], prefix: str) -> dict[str, float]:
    return {f"{prefix}{name}": value for name, value in found.items()}


def _log_figure(recording: Recording, draw: Any, found: Any, title: str, file: str) -> None:
    recording.figure(draw(found, title), file)


def _log_scores(
    recording: Recording, estimator: Any, outcome: Outcome, features: Any, truth: Any, weights: Any
) -> None:
    settings = recording.settings
    assert isinstance(settings, SklearnSettings)
    if kind_of(estimator) == "classifier":
        found = scores.classification(outcome, settings.pos_label)
        usual = found.get("accuracy_score")
    else:
        found = scores.regression(outcome)
        usual = found.get("r2_score")
    if usual is not None and _scores_as_usual(estimator):
        found["score"] = usual
    elif samples.rows(features) <= 2 * _PROBE or len(outcome.truth) == samples.rows(features):
        named = {} if weights is None or not _scores_as_usual(estimator) else {"sample_weight": weights}
        own = recording.step("the training score", estimator.score, features, truth, **named)
        if own is not None:
            found["score"] = own
    recording.metrics(prefixed(found, TRAINING), dataset=recording.dataset)


def _log_own_score(recording: Recording, estimator: Any, features: Any, truth: Any) -> None:
    recording.metrics({f"{TRAINING}score": estimator.score(features, truth)}, dataset=recording.dataset)


def _says_the_likeliest(estimator: Any) -> bool:
    """Whether `predict` is the class of the largest probability, so that one of the two calls will do."""
    from sklearn.ensemble._forest import ForestClassifier
    from sklearn.tree import DecisionTreeClassifier

    return isinstance(_last(estimator), ForestClassifier | DecisionTreeClassifier)


def _scores_as_usual(estimator: Any) -> bool:
    """Whether its `score` is accuracy or R², which are known already."""
    last = _last(estimator)
    if getattr(last, "scoring", None) is not None or not hasattr(type(last), "score"):
        return False
    name = getattr(getattr(type(last), "score", None), "__qualname__", "")
    return name in ("ClassifierMixin.score", "RegressorMixin.score")


def _last(estimator: Any) -> Any:
    """The estimator that has the last word: of a pipeline its last step, of a search with its default scores the best."""
    for _ in range(10):
        if hasattr(estimator, "best_estimator_") and getattr(estimator, "scoring", None) is None:
            estimator = estimator.best_estimator_
        elif type(estimator).__name__ == "Pipeline" and getattr(estimator, "steps", None):
            estimator = estimator.steps[-1][1]
        else:
            break
    return estimator


def copied(estimator: Any) -> Any:
    """A copy that the program does not have: it may go on training its own. Our own bytes, read at once."""
    return pickle.loads(pickle.dumps(estimator, protocol=5))  # noqa: S301


def _log_page(recording: Recording, estimator: Any) -> None:
    from sklearn.utils import estimator_html_repr

    recording.text(estimator_html_repr(estimator), "estimator.html")


def _log_importances(recording: Recording, estimator: Any, example: Any) -> None:
    last = _last(estimator)
    values = getattr(last, "feature_importances_", None)
    if values is None:
        return
    names = feature_names(estimator, example, len(values))
    log_importances(recording, dict(zip(names, scores.plain(values), strict=True)), "feature_importances")


def feature_names(estimator: Any, example: Any, count: int) -> list[str]:
    """What the features of a model's last step are called."""
    names = getattr(_last(estimator), "feature_names_in_", None)
    if names is None and hasattr(estimator, "steps"):
        try:
            names = estimator[:-1].get_feature_names_out()
        except (ValueError, AttributeError, TypeError, NotImplementedError):
            names = None  # a step that cannot tell
    if names is None and samples.is_frame(example):
        names = [str(name) for name in example.columns]
    if names is None or len(names) != count:
        return [f"feature_{place}" for place in range(count)]
    return [str(name) for name in names]


def _log_model(recording: Recording, estimator: Any, example: Any) -> str | None:
    return log_model(recording, estimator, example, MODEL)


def log_model(recording: Recording, estimator: Any, example: Any, name: str) -> str | None:
    """Keep an estimator with the run; its id."""
    settings = recording.settings
    assert isinstance(settings, SklearnSettings)
    details: dict[str, Any] = {"serialization_format": settings.serialization_format}
    if settings.log_model_signatures and example is not None:
        details["signature"] = recording.step("the signature", samples.signature, example, estimator)
    if settings.log_input_examples and example is not None:
        details["input_example"] = example
    if name != MODEL:
        details["params"] = estimator.get_params(deep=True)
    flavor = type(estimator).__module__.partition(".")[0]
    if flavor in ("xgboost", "lightgbm"):  # the best estimator of a search
        del details["serialization_format"]
        return recording.model(flavor, estimator, name, **details)
    return recording.model("sklearn", estimator, name, **details)
