"""Autolog of LightGBM: `lightgbm.train` and LightGBM's estimators."""

import types
from collections.abc import Mapping
from typing import Any

from hito.autologging import boosting, held_out, imports, pictures, recording, samples, sklearn, traces, training
from hito.autologging.boosting import Fed, Rounds
from hito.autologging.outermost import inside
from hito.autologging.patch import Original, Patches
from hito.autologging.recording import Recording
from hito.autologging.settings import BoostingSettings, choose, current

NAME = "lightgbm"
_HIDDEN = frozenset(
    "self params train_set valid_sets valid_names feval fobj init_model feature_name categorical_feature callbacks".split()
)
"""Arguments of `train` that are no params."""
_ANSWERS = {"binary": "chances", "multiclass": "chances", "multiclassova": "chances", "softmax": "chances"}
_NUMBERS = frozenset(
    "regression regression_l1 l1 l2 mae mse rmse huber fair poisson quantile mape gamma tweedie".split()
)
_BEFORE_STOPPING = 25
"""The order of our callback: after evaluation and records (20), before early stopping (30) ends the training."""

_patches = Patches()


def autolog(
    log_input_examples: bool = False,
    log_model_signatures: bool = True,
    log_models: bool = True,
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    registered_model_name: str | None = None,
    extra_tags: Mapping[str, str] | None = None,
) -> None:
    """Log every training with LightGBM. The arguments are explained at `hito.autolog`.

    Args:
        registered_model_name: register every model as a version of this one.
    """
    if disable:
        choose(NAME, None)
        for package in (NAME, "sklearn"):
            imports.forget(NAME, package)
        held_out.leave(NAME)
        _patches.undo()
        return
    settings = BoostingSettings(
        log_input_examples=log_input_examples,
        log_model_signatures=log_model_signatures,
        log_models=log_models,
        log_datasets=log_datasets,
        exclusive=exclusive,
        silent=silent,
        registered_model_name=registered_model_name,
        extra_tags=dict(extra_tags or {}),
        importance_types=("split", "gain"),
    )
    choose(NAME, settings)
    held_out.follow(NAME)
    imports.watch(NAME, NAME, _patch)
    imports.watch(NAME, "sklearn", held_out.patch_shared)


def _patch(module: types.ModuleType) -> None:
    if module.__name__ == "lightgbm.engine":
        _patches.functions({module.train: _around_train}, at_home=True)
    if module.__name__ == "lightgbm.sklearn":
        train = getattr(module, "train", None)
        if train is not None:
            _patches.functions({train: _around_train}, at_home=True)
        for value in list(vars(module).values()):
            if isinstance(value, type) and value.__module__ == module.__name__:
                _patches.method(value, "fit", _around_fit)
                held_out.patch_class(value)
    if module.__name__ == "lightgbm.basic":
        held_out.patch_class(module.Booster)


# --- lightgbm.train ---


def _around_train(original: Original, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    settings = current(NAME)
    rounds = boosting.handed.get()
    if not isinstance(settings, BoostingSettings):
        return original(*args, **named)
    if rounds is not None:
        boosting.handed.set(None)
        return _followed(rounds, original, args, named)
    if inside():
        return original(*args, **named)
    followed: list[Rounds] = []

    def train(found: Recording, given: _Given | None) -> Any:
        if given is None:
            return original(*args, **named)
        followed.append(Rounds(found))
        return _followed(followed[0], original, args, named)

    return recording.around(
        NAME,
        settings,
        plain=lambda: original(*args, **named),
        before=lambda found: _before_train(found, original, args, named),
        train=train,
        after=lambda found, given, booster: _after_train(found, given, followed[0], booster),
    )


def _followed(rounds: Rounds, original: Original, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """The training with our callback."""
    step = rounds.recording.step
    rounds.params = step("the params", _params_of, original, args, named) or {}
    more = step("the curves", _with_callback, rounds, original, args, named)
    result = original(*args, **(named if more is None else more))
    rounds.booster = result
    return result


def _params_of(original: Original, args: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
    given = boosting.bound(original, args, named)
    rest = {name: value for name, value in given.items() if name not in _HIDDEN}
    return {**dict(given["params"]), **rest}


def _with_callback(
    rounds: Rounds, original: Original, args: tuple[Any, ...], named: dict[str, Any]
) -> dict[str, Any] | None:
    def watch(environment: Any) -> None:
        results = environment.evaluation_result_list or ()
        found = {f"{one[0]}-{one[1]}": one[2] for one in results}
        if found:
            rounds.recording.step("a round", rounds.saw, found)

    watch.order = _BEFORE_STOPPING  # type: ignore[attr-defined]
    given = boosting.bound(original, args, named)
    if len(args) > list(given).index("callbacks"):
        return None  # callbacks by position: nobody does, and it would be another call
    return {**named, "callbacks": [*(given.get("callbacks") or ()), watch]}


class _Given:
    """What a training was given. Its Datasets free their raw data while they train; that is why it is held here."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.train = given["train_set"]
        self.named = bool(given.get("valid_names"))
        self.sets = [(name, one) for name, one in _named(given) if one is not self.train]
        self.raw = {id(one): one.data for one in (self.train, *(one for _, one in self.sets))}

    def features(self, one: Any) -> Any:
        """The raw data of a Dataset; None if it came from a file or was freed."""
        found = self.raw.get(id(one))
        return None if isinstance(found, str) or not hasattr(found, "shape") else found


def _named(given: dict[str, Any]) -> list[tuple[str, Any]]:
    sets, names = given.get("valid_sets") or [], given.get("valid_names")
    sets = sets if isinstance(sets, list | tuple) else [sets]
    names = [names] if isinstance(names, str) else names
    return [(names[place] if names else f"valid_{place}", one) for place, one in enumerate(sets)]


def _before_train(found: Recording, original: Original, args: tuple[Any, ...], named: dict[str, Any]) -> _Given:
    bound = boosting.bound(original, args, named)
    given = _Given(bound)
    found.step("the params", lambda: found.params(_params_of(original, args, named)))
    if found.settings.log_datasets:
        found.step("the dataset", _log_datasets, found, given, _named(bound))
    return given


def _log_datasets(found: Recording, given: _Given, sets: list[tuple[str, Any]]) -> None:
    found.dataset = samples.describe(given.features(given.train))
    if found.dataset is not None:
        found.input(found.dataset, "train")
    for name, one in sets:
        if one is given.train and not given.named:
            continue
        # MLflow calls those that were given no names as it calls the training data.
        described = samples.describe(given.features(one), name=name if given.named else samples.NAME)
        if described is not None:
            found.input(described, "eval")


def _after_train(found: Recording, given: _Given, rounds: Rounds, booster: Any) -> None:
    found.step("early stopping", _log_stopping, rounds, booster)
    kind = found.step("the objective", _answer_kind, booster)
    features = given.features(given.train)
    if kind and features is not None:
        found.step("training metrics", _log_set, found, booster, kind, given.train, features, training.TRAINING)
        for name, one in given.sets:
            if given.features(one) is not None:
                what = "evaluation metrics"
                found.step(what, _log_set, found, booster, kind, one, given.features(one), f"{name}_")
    example = None if features is None else found.step("the example", samples.example_of, features)
    copy = found.step("a copy of the model", training.copied, booster)
    found.put_off(lambda: _log_rest(found, booster if copy is None else copy, example))
    task = "" if not kind else "regressor" if kind == "numbers" else "classifier"
    found.step("a trace", traces.keep, booster, traces.Trace(found, "Booster", features, task))


def _log_stopping(rounds: Rounds, booster: Any) -> None:
    best = int(booster.best_iteration)  # from 1; 0 or -1 without early stopping
    if best > 0 and rounds.length:
        rounds.log_best(rounds.length, best, best - 1)


def _answer_kind(booster: Any) -> str:
    """What the booster's answers are, see `boosting.native_outcome`; nothing for rankings and own objectives."""
    objective = booster.params.get("objective", "regression")
    if not isinstance(objective, str):
        return ""
    return "numbers" if objective in _NUMBERS else _ANSWERS.get(objective, "")


def _log_set(found: Recording, booster: Any, kind: str, one: Any, features: Any, prefix: str) -> None:
    fed = Fed(prefix, features, one.get_label(), one.get_weight())
    boosting.log_native(found, kind, fed, booster.predict(features), prefix)


def _log_rest(found: Recording, model: Any, example: Any) -> None:
    """Importances and model, both from a model that the program does not have."""
    settings = found.settings
    assert isinstance(settings, BoostingSettings)
    booster = getattr(model, "booster_", model)
    for kind in settings.importance_types:
        found.step(f"the importances ({kind})", _log_importances, found, booster, kind)
    if settings.log_models:
        found.model_id = found.step("the model", _log_model, found, model, example)


def _log_importances(found: Recording, booster: Any, kind: str) -> None:
    values = booster.feature_importance(importance_type=kind).tolist()
    importances = dict(zip(booster.feature_name(), map(float, values), strict=True))
    found.json(importances, f"feature_importance_{kind}.json")
    drawn = pictures.importances(importances, f"Feature importance ({kind})")
    found.figure(drawn, f"feature_importance_{kind}.png")


def _log_model(found: Recording, model: Any, example: Any) -> str | None:
    details: dict[str, Any] = {}
    if found.settings.log_model_signatures and example is not None:
        details["signature"] = found.step("the signature", samples.signature, example, model)
    if found.settings.log_input_examples and example is not None:
        details["input_example"] = example
    return found.model(NAME, model, **details)


# --- LightGBM's estimators ---


def _around_fit(original: Original, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    settings = current(NAME)
    if not isinstance(settings, BoostingSettings) or inside() or not args:
        return original(*args, **named)
    followed: list[Rounds] = []

    def train(found: Recording, given: sklearn.Given | None) -> Any:
        followed.append(Rounds(found))
        token = boosting.handed.set(followed[0])
        try:
            return original(*args, **named)
        finally:
            boosting.handed.reset(token)

    return recording.around(
        NAME,
        settings,
        plain=lambda: original(*args, **named),
        before=lambda found: _before_fit(found, original, args, named),
        train=train,
        after=lambda found, given, _: _after_fit(found, given, followed[0], args[0]),
    )


def _before_fit(found: Recording, original: Original, args: tuple[Any, ...], named: dict[str, Any]) -> sklearn.Given:
    given = sklearn.given_to(original, args, named)
    if found.settings.log_datasets:
        names = named.get("eval_names") or [samples.NAME] * len(named.get("eval_set") or ())
        found.step("the dataset", boosting.log_given, found, given, named.get("eval_set"), names, "valid")
    return given


def _after_fit(found: Recording, given: sklearn.Given, rounds: Rounds, estimator: Any) -> None:
    found.step("the params", boosting.log_params, found, rounds, estimator)
    if rounds.booster is not None:
        found.step("early stopping", _log_stopping, rounds, rounds.booster)
    found.step("training metrics", boosting.log_estimator, found, estimator, given.features, given.truth, given.weights)
    example = found.step("the example", samples.example_of, given.features)
    copy = found.step("a copy of the model", training.copied, estimator)
    found.put_off(lambda: _log_rest(found, estimator if copy is None else copy, example))
    kind = training.kind_of(estimator)
    found.step("a trace", traces.keep, estimator, traces.Trace(found, type(estimator).__name__, given.features, kind))
