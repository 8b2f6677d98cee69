"""What XGBoost and LightGBM have in common: which calls are logged and in what order, and the steps that are the same.

What each does its own way is a `Library`. Both train in one function, `train`, which their estimators call, too. It is
given a callback that logs each round:

    train(…)                     a recording of its own
    XGBClassifier().fit(…)       a recording of the fit; `handed` leads the inner `train` to it

After early stopping the values of the best round stand once more behind the last one, as in MLflow.
"""

import contextvars
import functools
import inspect
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from hito.autologging import (
    evaluated,
    held_out,
    imports,
    pictures,
    recording,
    samples,
    scores,
    sklearn,
    traces,
    training,
)
from hito.autologging.patch import Original, Patches
from hito.autologging.recording import Recording
from hito.autologging.scores import Outcome
from hito.autologging.settings import BoostingSettings, choose, current
from hito.core.outermost import inside
from hito.flavors.profile import profile

handed: contextvars.ContextVar["Rounds | None"] = contextvars.ContextVar("hito_autolog_rounds", default=None)
"""The rounds that the next `train` is to be followed by."""


class Rounds:
    """The curves of one training.

    Attributes:
        params: what `train` was given, for the params of the run.
        booster: what it returned.
    """

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.curves: dict[str, list[float]] = {}
        self.params: dict[str, Any] = {}
        self.booster: Any = None

    def saw(self, values: Mapping[str, float]) -> None:
        """A round is over: log its values; its number is the step."""
        step = max(map(len, self.curves.values()), default=0)
        for name, value in values.items():
            self.curves.setdefault(name, []).append(float(value))
        self.recording.metrics(values, step)

    @property
    def length(self) -> int:
        return max(map(len, self.curves.values()), default=0)

    def log_best(self, stopped: int, best: int, place: int) -> None:
        """After early stopping.

        Args:
            stopped, best: the last and the best round, counted as the library counts.
            place: of the best round in the curves, from 0.
        """
        self.recording.metrics({"stopped_iteration": stopped, "best_iteration": best})
        at_best = {name: values[place] for name, values in self.curves.items() if 0 <= place < len(values)}
        if at_best:
            self.recording.metrics(at_best, self.length)


class Library(Struct, frozen=True, kw_only=True):
    """What one of the libraries does its own way.

    Attributes:
        engine, core: the modules that define `train` and `Booster`.
        patches: what was replaced in it.
        hidden: arguments of `train` that are no params.
        callback: tells the rounds what each brought.
        given: what is to be remembered of the arguments of `train`, by name.
        log_datasets: of what was given.
        log_stopping: after early stopping; without it, nothing.
        answer_kind: what a booster's answers are, see `native_outcome`; nothing for objectives without such scores.
        log_sets: the scores on what was given, if there is such a kind; returns rows for an example, and the training data.
        copied: a booster that the program does not have.
        set_names: what `fit` was told to call its evaluation sets.
        default_set: what one without a name is called.
        booster_of: a booster or an estimator.
        importances: of a booster, by one of its importance types.
        log_model: a booster or an estimator, with rows for an example; the model's id.
    """

    name: str
    engine: str
    core: str
    patches: Patches
    hidden: frozenset[str]
    callback: Callable[[Rounds], Any]
    given: Callable[[dict[str, Any]], Any]
    log_datasets: Callable[[Recording, Any], None]
    log_stopping: Callable[[Rounds, Any], None]
    answer_kind: Callable[[Any], str]
    log_sets: Callable[[Recording, Any, Any, str | None], tuple[Any, Any]]
    copied: Callable[[Any], Any]
    set_names: Callable[[Mapping[str, Any]], Sequence[str]]
    default_set: str
    booster_of: Callable[[Any], Any]
    importances: Callable[[Any, str], Mapping[str, Any]]
    log_model: Callable[[Recording, Any, Any], str | None]


def switch(library: Library, settings: BoostingSettings | None) -> None:
    """Log every training with a library from now on; without settings, not any more."""
    name = library.name
    choose(name, settings)
    if settings is None:
        for package in (name, "sklearn"):
            imports.forget(name, package)
        held_out.leave(name)
        library.patches.undo()
        return
    held_out.follow(name)
    imports.watch(name, name, functools.partial(_patch, library))
    imports.watch(name, "sklearn", held_out.patch_shared)


def _patch(library: Library, module: types.ModuleType) -> None:
    around_train = functools.partial(_around_train, library)
    if module.__name__ == library.engine:
        library.patches.functions({module.train: around_train}, at_home=True)
    if module.__name__ == f"{library.name}.sklearn":
        train = getattr(module, "train", None)
        if train is not None:
            library.patches.functions({train: around_train}, at_home=True)
        for value in list(vars(module).values()):
            if isinstance(value, type) and value.__module__ == module.__name__:
                library.patches.method(value, "fit", functools.partial(_around_fit, library))
                held_out.patch_class(value)
    if module.__name__ == library.core:
        held_out.patch_class(module.Booster)


# --- train ---


def _around_train(library: Library, original: Original, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    settings = current(library.name)
    rounds = handed.get()
    if not isinstance(settings, BoostingSettings):
        return original(*args, **named)
    if rounds is not None:
        handed.set(None)
        return _followed(library, rounds, original, args, named)
    if inside():
        return original(*args, **named)
    followed: list[Rounds] = []

    def train(found: Recording, given: Any) -> Any:
        if given is None:
            return original(*args, **named)
        followed.append(Rounds(found))
        return _followed(library, followed[0], original, args, named)

    return recording.around(
        library.name,
        settings,
        plain=lambda: original(*args, **named),
        before=lambda found: _before_train(library, found, original, args, named),
        train=train,
        after=lambda found, given, booster: _after_train(library, found, given, followed[0], booster),
    )


def _followed(
    library: Library, rounds: Rounds, original: Original, args: tuple[Any, ...], named: dict[str, Any]
) -> Any:
    """The training with our callback."""
    step = rounds.recording.step
    rounds.params = step("the params", _params_of, library, original, args, named) or {}
    more = step("the curves", _with_callback, library, rounds, original, args, named)
    result = original(*args, **(named if more is None else more))
    rounds.booster = result
    return result


def _params_of(library: Library, original: Original, args: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
    given = _bound(original, args, named)
    rest = {name: value for name, value in given.items() if name not in library.hidden}
    return {**dict(given["params"]), **rest}


def _with_callback(
    library: Library, rounds: Rounds, original: Original, args: tuple[Any, ...], named: dict[str, Any]
) -> dict[str, Any] | None:
    given = _bound(original, args, named)
    if len(args) > list(given).index("callbacks"):
        return None  # callbacks by position: nobody does, and it would be another call
    return {**named, "callbacks": [*(given.get("callbacks") or ()), library.callback(rounds)]}


def _bound(original: Original, args: tuple[Any, ...], named: Mapping[str, Any]) -> dict[str, Any]:
    """All arguments of a call by name, defaults included."""
    found = inspect.signature(original).bind(*args, **named)
    found.apply_defaults()
    return dict(found.arguments)


def _before_train(
    library: Library, found: Recording, original: Original, args: tuple[Any, ...], named: dict[str, Any]
) -> Any:
    given = library.given(_bound(original, args, named))
    found.step("the params", lambda: found.params(_params_of(library, original, args, named)))
    if found.settings.log_datasets:
        found.step("the dataset", library.log_datasets, found, given)
    return given


def _after_train(library: Library, found: Recording, given: Any, rounds: Rounds, booster: Any) -> None:
    found.step("early stopping", library.log_stopping, rounds, booster)
    kind = found.step("the objective", library.answer_kind, booster)
    example, data = library.log_sets(found, given, booster, kind)
    _profile(found, data)
    copy = found.step("a copy of the model", library.copied, booster)
    found.put_off(lambda: _log_rest(library, found, booster if copy is None else copy, example))
    task = "" if not kind else "regressor" if kind == "numbers" else "classifier"
    found.step("a trace", traces.keep, booster, traces.Trace(found, "Booster", data, task))


# --- estimators ---


def _around_fit(library: Library, original: Original, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    settings = current(library.name)
    if not isinstance(settings, BoostingSettings) or inside() or not args:
        return original(*args, **named)
    followed: list[Rounds] = []

    def train(found: Recording, given: sklearn.Given | None) -> Any:
        followed.append(Rounds(found))
        token = handed.set(followed[0])
        try:
            return original(*args, **named)
        finally:
            handed.reset(token)

    return recording.around(
        library.name,
        settings,
        plain=lambda: original(*args, **named),
        before=lambda found: _before_fit(library, found, original, args, named),
        train=train,
        after=lambda found, given, _: _after_fit(library, found, given, followed[0], args[0]),
    )


def _before_fit(
    library: Library, found: Recording, original: Original, args: tuple[Any, ...], named: dict[str, Any]
) -> sklearn.Given:
    given = sklearn.given_to(original, args, named)
    sets = named.get("eval_set")
    given.sets = [sets] if isinstance(sets, tuple) else list(sets or ())
    if found.settings.log_datasets:
        names = library.set_names(named)
        found.step("the dataset", _log_given, found, given, named.get("eval_set"), names, library.default_set)
    return given


def _after_fit(library: Library, found: Recording, given: sklearn.Given, rounds: Rounds, estimator: Any) -> None:
    found.step("the params", _log_params, found, rounds, estimator)
    if rounds.booster is not None:
        found.step("early stopping", library.log_stopping, rounds, rounds.booster)
    found.step("training metrics", _log_estimator, found, estimator, given.features, given.truth, given.weights)
    example = found.step("the example", samples.example_of, given.features)
    _profile(found, given.features)
    copy = found.step("a copy of the model", training.copied, estimator)
    found.put_off(lambda: _log_rest(library, found, estimator if copy is None else copy, example))
    kind = training.kind_of(estimator)
    found.step("a trace", traces.keep, estimator, traces.Trace(found, type(estimator).__name__, given.features, kind))
    sets = given.sets
    if sets and copy is not None and sets[-1][0] is not given.features:
        name = f"{library.default_set}_{len(sets) - 1}"
        found.step("the evaluation", evaluated.put_off_set, found, copy, kind, sets[-1][0], sets[-1][1], name)


def _profile(found: Recording, features: Any) -> None:
    if found.settings.log_models and found.settings.log_datasets:
        found.profile = found.step("the profile of the training data", profile, features)


# --- what is put off ---


def _log_rest(library: Library, found: Recording, model: Any, example: Any) -> None:
    """Importances and model, both from a model that the program does not have."""
    settings = found.settings
    assert isinstance(settings, BoostingSettings)
    booster = library.booster_of(model)
    for kind in settings.importance_types:
        found.step(f"the importances ({kind})", _log_importances, library, found, booster, kind)
    if settings.log_models:
        found.model_id = found.step("the model", library.log_model, found, model, example)


def _log_importances(library: Library, found: Recording, booster: Any, kind: str) -> None:
    importances = library.importances(booster, kind)
    if not importances:
        return
    found.json(importances, f"feature_importance_{kind}.json")
    drawn = pictures.importances(_simple(importances), f"Feature importance ({kind})")
    found.figure(drawn, f"feature_importance_{kind}.png")


# --- steps ---


class Fed(Struct):
    """Data that a native training was given: how to get answers for it, and what they ought to be."""

    name: str
    data: Any
    truth: Any
    weights: Any = None


def native_outcome(kind: str, raw: Any, fed: Fed) -> Outcome:
    """Truth and answer of a native model, in the words of an estimator.

    Args:
        kind: what `raw` holds: `chances` of the second class or, of shape (n, classes), of each; `margin`, above 0 for
            the second class; `labels`; or `numbers`.
    """
    import numpy as np

    truth = np.asarray(fed.truth)
    weights = np.asarray(fed.weights) if fed.weights is not None and len(fed.weights) else None
    raw = np.asarray(raw)
    if kind == "numbers":
        return Outcome(truth, raw, weights=weights)
    truth = truth.astype(int)
    if kind == "chances" and raw.ndim == 2:
        classes = np.arange(raw.shape[1])
        return Outcome(truth, classes[np.argmax(raw, axis=1)], raw, classes, weights)
    if kind == "chances":
        return Outcome(truth, (raw > 0.5).astype(int), np.column_stack([1 - raw, raw]), np.array([0, 1]), weights)
    if kind == "margin":
        return Outcome(truth, (raw > 0).astype(int), classes=np.array([0, 1]), weights=weights)
    return Outcome(truth, raw.astype(int), weights=weights)


def log_native(recording: Recording, kind: str, fed: Fed, raw: Any, prefix: str) -> None:
    """Scores and pictures of a native model on data that it was given."""
    outcome = native_outcome(kind, raw, fed)
    found = scores.regression(outcome) if kind == "numbers" else scores.classification(outcome)
    recording.metrics(training.prefixed(found, prefix))
    if kind != "numbers":
        recording.put_off(lambda: training.log_pictures(recording, outcome, prefix))


def _log_estimator(recording: Recording, estimator: Any, features: Any, truth: Any, weights: Any) -> None:
    """Scores and pictures of one of the libraries' estimators on its training data."""
    kind = training.kind_of(estimator)
    if not kind or truth is None:
        return
    outcome = training.training_outcome(recording, estimator, features, truth, weights)
    found = scores.classification(outcome) if kind == "classifier" else scores.regression(outcome)
    usual = found.get("accuracy_score" if kind == "classifier" else "r2_score")
    if usual is not None:
        found["score"] = usual
    recording.metrics(training.prefixed(found, training.TRAINING), dataset=recording.dataset)
    if kind == "classifier":
        recording.put_off(lambda: training.log_pictures(recording, outcome, training.TRAINING))


def _log_given(recording: Recording, given: Any, sets: Any, names: Sequence[str], default: str) -> None:
    """The datasets of an estimator's fit: what it trains on, and its evaluation sets, pairs of X and y.

    Args:
        given: `sklearn.Given`.
        names: of the sets; those without one are called `<default>_0`, `<default>_1`, …
    """
    recording.dataset = samples.describe(given.features, given.truth)
    if recording.dataset is not None:
        recording.input(recording.dataset, "train")
    for place, one in enumerate([sets] if isinstance(sets, tuple) else sets or ()):
        name = names[place] if place < len(names) else f"{default}_{place}"
        described = samples.describe(one[0], one[1], name)
        if described is not None:
            recording.input(described, "eval")


def _log_params(recording: Recording, rounds: Rounds, estimator: Any) -> None:
    """The params that the engine was given, and those of the estimator that it was not."""
    rest = estimator.get_params(deep=False)
    recording.params({**rest, **rounds.params} if rounds.params else rest)
    recording.tags(training.estimator_tags(estimator))


def _simple(importances: Mapping[str, Any]) -> dict[str, float]:
    """One number per feature; a linear model of several classes has one per class, whose sizes are added."""
    return {
        name: float(sum(map(abs, value))) if isinstance(value, list | tuple) else float(value)
        for name, value in importances.items()
    }


def named_sets(given: Any, default: str) -> Iterator[tuple[str, Any]]:
    """Evaluation sets with their names."""
    for place, one in enumerate(given or ()):
        if isinstance(one, tuple) and len(one) == 2 and isinstance(one[1], str):
            yield one[1], one[0]
        else:
            yield f"{default}_{place}", one
