"""What the program measures after a training: on the run of the training, under MLflow's names.

    model.score(X_test, y_test)          RandomForestClassifier_score_X_test
    f1_score(y_test, predicted)          f1_score_X_test, when `predicted = model.predict(X_test)`

and, beyond MLflow, the full set of scores for data that the model was not trained on: held_out_roc_auc_X_test, … with
the confusion matrix. `metric_info.json` tells which call each metric came from. Only calls of the program count, not
those that libraries make among themselves.
"""

import inspect
import numbers
import time
import types
from typing import Any

from hito.autologging import evaluated, later, samples, scores, traces, training
from hito.autologging.patch import Original, Patches
from hito.autologging.scores import Outcome
from hito.autologging.settings import SklearnSettings
from hito.autologging.traces import Prediction, Trace
from hito.core.outermost import entered, inside

INFO = "metric_info.json"
HELD_OUT = "held_out_"
_FAST = 1.0
"""Seconds: where `score` took longer, no more scores are computed of the same data."""
PREDICTING = ("predict", "predict_proba", "decision_function")

_patches = Patches()
_users: set[str] = set()


def follow(flavor: str) -> None:
    """Follow what is measured of models that a library's autolog has logged."""
    _users.add(flavor)


def leave(flavor: str) -> None:
    _users.discard(flavor)
    if not _users:
        _patches.undo()


def patch_class(kind: type) -> None:
    """Follow the answers and scores of a class."""
    for name in PREDICTING:
        _patches.method(kind, name, _around_predict)
    _patches.method(kind, "score", _around_score)


def patch_metrics(module: types.ModuleType) -> None:
    """Follow scikit-learn's metrics, when `sklearn.metrics` is there."""
    functions = [getattr(module, name, None) for name in getattr(module, "__all__", ())]
    _patches.functions({function: _around_metric for function in functions if function and _is_metric(function)})


def patch_shared(module: types.ModuleType) -> None:
    """What another library's estimators have from scikit-learn: `score`, and the metrics themselves."""
    if module.__name__ == "sklearn.base":
        patch_class(module.ClassifierMixin)
        patch_class(module.RegressorMixin)
    if module.__name__ == "sklearn.metrics":
        patch_metrics(module)


def _is_metric(function: Any) -> bool:
    if not isinstance(function, types.FunctionType):
        return False
    names = list(inspect.signature(function).parameters)
    return names[:1] == ["y_true"] and len(names) > 1


def _around_predict(original: Original, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    answer = original(*args, **named)
    trace = traces.of(args[0]) if args else None
    if trace is not None and not inside():
        frame = traces.program_frame()
        if frame is not None:
            recording = trace.recording
            recording.step("a prediction", _remember, answer, trace, args, named, frame, original.__name__)
    return answer


def _remember(
    answer: Any, trace: Trace, args: tuple[Any, ...], named: dict[str, Any], frame: types.FrameType, method: str
) -> None:
    features = args[1] if len(args) > 1 else next(iter(named.values()), None)
    traces.predicted(answer, trace, features, traces.name_of(features, frame), method)


def _around_score(original: Original, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    trace = traces.of(args[0]) if args else None
    frame = None if trace is None or inside() else traces.program_frame()
    if trace is None or frame is None or not _wanted(trace):
        return original(*args, **named)
    began = time.perf_counter()
    with entered():
        result = original(*args, **named)
        seconds = time.perf_counter() - began
        trace.recording.step("a score", _log_score, original, args, named, result, trace, frame, seconds)
    return result


def _log_score(
    original: Original,
    args: tuple[Any, ...],
    named: dict[str, Any],
    result: Any,
    trace: Trace,
    frame: types.FrameType,
    seconds: float,
) -> None:
    if not isinstance(result, numbers.Real):
        return
    given = _bound(original, args, named)
    features = given.get("X", next(iter(given.values()), None))
    notes = traces.notes(trace.recording.run_id)
    dataset = notes.dataset(traces.name_of(features, frame), features)
    key = notes.key(f"{trace.title}_score", dataset)
    _log(trace, key, float(result), _call_text(f"{trace.title}.score", given, frame))
    truth = given.get("y")
    own = trace.training is not None and trace.training() is features
    if dataset.startswith(traces.UNKNOWN):
        return
    if truth is not None and not own and seconds < _FAST and dataset not in notes.held_out:
        notes.held_out.add(dataset)
        outcome = training.outcome_of(args[0], features, truth, given.get("sample_weight"))
        _log_held_out(trace, outcome, training.kind_of(args[0]), dataset, features)


def _around_metric(original: Original, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    if inside():
        return original(*args, **named)
    found = next((one for one in map(traces.prediction, [*args[:3], *named.values()]) if one is not None), None)
    frame = None if found is None else traces.program_frame()
    if found is None or frame is None or not _wanted(found.trace):
        return original(*args, **named)
    with entered():
        result = original(*args, **named)
        found.trace.recording.step("a metric", _log_metric, original, args, named, result, found, frame)
    return result


def _log_metric(
    original: Original,
    args: tuple[Any, ...],
    named: dict[str, Any],
    result: Any,
    found: Prediction,
    frame: types.FrameType,
) -> None:
    trace = found.trace
    features = found.features() if found.features is not None else None
    notes = traces.notes(trace.recording.run_id)
    dataset = notes.dataset(found.name, features)
    given = _bound(original, args, named)
    if isinstance(result, numbers.Real):
        key = notes.key(original.__name__, dataset)
        _log(trace, key, float(result), _call_text(original.__name__, given, frame))
        if dataset not in notes.described:
            notes.described.add(dataset)
            described = samples.describe(features) if features is not None else None
            if described is not None:
                trace.recording.input(described, "eval")
    truth, answer = given.get("y_true"), given.get("y_pred")
    own = trace.training is not None and features is not None and trace.training() is features
    if own or found.name == traces.UNKNOWN or found.method != "predict" or answer is not found.array() or truth is None:
        return
    name = f"{dataset} labels"
    if dataset not in notes.held_out and name not in notes.held_out and samples.rows(truth) == samples.rows(answer):
        notes.held_out.add(name)
        import numpy as np

        kind = "classifier" if trace.title and _is_classifier(trace, answer) else "regressor"
        _log_held_out(trace, Outcome(np.asarray(truth), np.asarray(answer)), kind, dataset, features)


def _is_classifier(trace: Trace, answer: Any) -> bool:
    from sklearn.utils.multiclass import type_of_target

    return trace.kind == "classifier" if trace.kind else not str(type_of_target(answer)).startswith("continuous")


def _log_held_out(trace: Trace, outcome: Outcome, kind: str, dataset: str, features: Any) -> None:
    recording = trace.recording
    if not kind:
        return
    settings = recording.settings
    positive = settings.pos_label if isinstance(settings, SklearnSettings) else None
    found = scores.classification(outcome, positive) if kind == "classifier" else scores.regression(outcome)
    recording.metrics({f"{HELD_OUT}{name}_{dataset}": value for name, value in found.items()})
    if kind == "classifier":
        ticket = later.submit(
            lambda: training.log_pictures(recording, outcome, HELD_OUT, f"_{dataset}"), recording.run_id
        )
        ticket.wait(_FAST)
    notes = traces.notes(recording.run_id)
    if not notes.evaluated:
        notes.evaluated = True
        evaluated.put_off(recording, outcome, kind, features, dataset, trace)


def _log(trace: Trace, key: str, value: float, call: str) -> None:
    recording = trace.recording
    recording.metrics({key: value})
    notes = traces.notes(recording.run_id)
    notes.calls[key] = call
    recording.step(INFO, recording.json, dict(sorted(notes.calls.items())), INFO)


def _wanted(trace: Trace) -> bool:
    if not _users:
        return False
    settings = trace.recording.settings
    return not isinstance(settings, SklearnSettings) or settings.log_post_training_metrics


def _bound(original: Original, args: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
    """The arguments by name, without the object."""
    given = dict(inspect.signature(original).bind(*args, **named).arguments)
    given.pop("self", None)
    return given


def _call_text(name: str, given: dict[str, Any], frame: types.FrameType) -> str:
    """The call as one would write it: `f1_score(y_true=y_test, y_pred=predicted, average='macro')`."""
    words = []
    for key, value in given.items():
        shown = traces.name_of(value, frame, "")
        if not shown:
            shown = repr(value) if isinstance(value, None | bool | int | float | str) else f"<{type(value).__name__}>"
        words.append(f"{key}={shown}")
    return f"{name}({', '.join(words)})"
