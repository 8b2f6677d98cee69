"""Which run a model or a prediction belongs to, for what is measured after the training.

Everything is held weakly, by identity: a model or an array that the program drops is forgotten.
"""

import sys
import threading
import types
import weakref
from collections.abc import Mapping
from typing import Any

from hito.autologging.recording import Recording

_LIBRARIES = frozenset("hito sklearn xgboost lightgbm joblib mlflow shap lime skl2onnx imblearn threadpoolctl".split())
"""Calls that come from inside of these are theirs, not the program's."""
UNKNOWN = "unknown_dataset"


class Trace:
    """A model that was logged.

    Attributes:
        recording: where to.
        title: what its scores are named after, the name of its class.
        kind: `classifier`, `regressor`, or nothing if that is not known.
        training: the training data, weakly; scores on it are no held-out ones.
        model: the model itself, weakly.
    """

    def __init__(self, recording: Recording, title: str, training: Any, kind: str = "") -> None:
        self.recording = recording
        self.title = title
        self.kind = kind
        self.training = weak(training)
        self.model: weakref.ref[Any] | None = None


class Notes:
    """What was measured on one run after its training, so that names stay apart."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.calls: dict[str, str] = {}
        self.held_out: set[str] = set()
        self.described: set[str] = set()
        self.evaluated = False
        self._datasets: dict[str, list[weakref.ref[Any]]] = {}
        self._lock = threading.Lock()

    def key(self, function: str, dataset: str) -> str:
        """The metric's name: `f1_score_X_test`, the second time `f1_score-2_X_test`."""
        with self._lock:
            count = self.counts[function] = self.counts.get(function, 0) + 1
        return f"{function}_{dataset}" if count == 1 else f"{function}-{count}_{dataset}"

    def dataset(self, name: str, given: Any) -> str:
        """The name of the data: another object under the same name is `X_test-2`."""
        with self._lock:
            known = self._datasets.setdefault(name, [])
            place = next((at for at, one in enumerate(known) if one() is given), None)
            if place is None:
                reference = weak(given)
                known.append(reference if reference is not None else weakref.ref(Notes))
                place = len(known) - 1
        return name if place == 0 else f"{name}-{place + 1}"


class Prediction:
    """An answer of a model: to which data, and by which method."""

    def __init__(self, array: Any, trace: Trace, features: Any, name: str, method: str) -> None:
        self.array = weakref.ref(array)
        self.trace = trace
        self.features = weak(features)
        self.name = name
        self.method = method


_models: dict[int, tuple[weakref.ref[Any], Trace]] = {}
_predictions: dict[int, Prediction] = {}
_notes: dict[str, Notes] = {}
_lock = threading.Lock()


def keep(model: Any, trace: Trace) -> None:
    """Remember that a model was logged."""
    key = id(model)
    trace.model = weakref.ref(model)
    with _lock:
        _models[key] = (weakref.ref(model, lambda _: _models.pop(key, None)), trace)


def of(model: Any) -> Trace | None:
    """How a model was logged; None if it was not."""
    found = _models.get(id(model))
    return found[1] if found is not None and found[0]() is model else None


def predicted(answer: Any, trace: Trace, features: Any, name: str, method: str) -> None:
    """Remember whose answer an array is, if it can be remembered."""
    if weak(answer) is None:
        return
    key = id(answer)
    made = Prediction(answer, trace, features, name, method)
    _predictions[key] = made
    weakref.finalize(answer, _forget, key, made).atexit = False


def prediction(value: Any) -> Prediction | None:
    """Whose answer an array is, or is a part of: `chances[:, 1]` is one."""
    for _ in range(4):
        if value is None:
            return None
        found = _predictions.get(id(value))
        if found is not None and found.array() is value:
            return found
        value = getattr(value, "base", None)
    return None


def notes(run_id: str) -> Notes:
    return _notes.setdefault(run_id, Notes())


def weak(given: Any) -> "weakref.ref[Any] | None":
    try:
        return weakref.ref(given)
    except TypeError:
        return None


def program_frame() -> types.FrameType | None:
    """The frame of the program that called what is wrapped; None if a library called it."""
    frame: types.FrameType | None = sys._getframe(1)  # noqa: SLF001  there is no public way to one's caller's variables
    while frame is not None and str(frame.f_globals.get("__name__", "")).startswith("hito.autologging"):
        frame = frame.f_back
    if frame is None or str(frame.f_globals.get("__name__", "")).partition(".")[0] in _LIBRARIES:
        return None
    return frame


def name_of(given: Any, frame: types.FrameType, default: str = UNKNOWN) -> str:
    """The name of the variable that holds an object, in the function that called, or in its module."""
    for names in (frame.f_locals, frame.f_globals):
        found = _holder(names, given)
        if found:
            return found
    return default


def _holder(names: Mapping[str, Any], given: Any) -> str:
    if given is None or isinstance(given, bool | int | float | str):
        return ""
    return next((name for name, value in list(names.items()) if value is given and not name.startswith("_")), "")


def _forget(key: int, made: Prediction) -> None:
    if _predictions.get(key) is made:
        del _predictions[key]
