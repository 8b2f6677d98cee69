"""Autolog of XGBoost: `xgboost.train` and XGBoost's estimators."""

import json
import types
from collections.abc import Mapping
from typing import Any

import msgspec

from hito.autologging import boosting, held_out, imports, pictures, recording, samples, sklearn, traces, training
from hito.autologging.boosting import Fed, Rounds
from hito.autologging.outermost import inside
from hito.autologging.patch import Original, Patches
from hito.autologging.recording import Recording
from hito.autologging.settings import BoostingSettings, choose, current
from hito.client.entities import Dataset

NAME = "xgboost"
_SHOWN_ROWS = 100
"""Rows of a DMatrix of which its dataset is described."""
_HIDDEN = frozenset("self params dtrain evals obj feval evals_result xgb_model callbacks learning_rates".split())
"""Arguments of `train` that are no params."""
_ANSWERS = {
    "binary:logistic": "chances",
    "binary:logitraw": "margin",
    "binary:hinge": "labels",
    "multi:softprob": "chances",
    "multi:softmax": "labels",
}

_patches = Patches()


def autolog(
    importance_types: list[str] | None = None,
    log_input_examples: bool = False,
    log_model_signatures: bool = True,
    log_models: bool = True,
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    registered_model_name: str | None = None,
    model_format: str = "ubj",
    extra_tags: Mapping[str, str] | None = None,
) -> None:
    """Log every training with XGBoost. What the arguments share with `hito.autolog` is explained there.

    Args:
        importance_types: of `weight`, `gain`, `cover`, `total_gain`, `total_cover`; None: `weight`.
        registered_model_name: register every model as a version of this one.
        model_format: `ubj` or `json`.
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
        importance_types=tuple(importance_types if importance_types is not None else ["weight"]),
        model_format=model_format,
    )
    choose(NAME, settings)
    held_out.follow(NAME)
    imports.watch(NAME, NAME, _patch)
    imports.watch(NAME, "sklearn", held_out.patch_shared)


def _patch(module: types.ModuleType) -> None:
    if module.__name__ == "xgboost.training":
        _patches.functions({module.train: _around_train}, at_home=True)
    if module.__name__ == "xgboost.sklearn":
        train = getattr(module, "train", None)
        if train is not None:
            _patches.functions({train: _around_train}, at_home=True)
        for value in list(vars(module).values()):
            if isinstance(value, type) and value.__module__ == module.__name__:
                _patches.method(value, "fit", _around_fit)
                held_out.patch_class(value)
    if module.__name__ == "xgboost.core":
        held_out.patch_class(module.Booster)


# --- xgboost.train ---


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

    def train(found: Recording, given: dict[str, Any] | None) -> Any:
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
    result = original(*args, **named) if more is None else original(*more[0], **more[1])
    rounds.booster = result
    return result


def _params_of(original: Original, args: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
    given = boosting.bound(original, args, named)
    rest = {name: value for name, value in given.items() if name not in _HIDDEN}
    return {**dict(given["params"]), **rest}


def _with_callback(
    rounds: Rounds, original: Original, args: tuple[Any, ...], named: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    from xgboost.callback import TrainingCallback

    class Watch(TrainingCallback):
        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            rounds.recording.step("a round", self.log, evals_log)
            return False

        def log(self, evals_log: Any) -> None:
            found = {}
            for name, metrics in evals_log.items():
                for metric, values in metrics.items():
                    last = values[-1]
                    found[f"{name}-{metric}"] = last[0] if isinstance(last, tuple) else last
            if found:
                rounds.saw(found)

    given = boosting.bound(original, args, named)
    more = {**named, "callbacks": [*(given.get("callbacks") or ()), Watch()]}
    return args, more


def _before_train(found: Recording, original: Original, args: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
    given = boosting.bound(original, args, named)
    found.step("the params", lambda: found.params(_params_of(original, args, named)))
    if found.settings.log_datasets:
        found.step("the dataset", _log_datasets, found, given)
    return given


def _log_datasets(found: Recording, given: dict[str, Any]) -> None:
    found.dataset = _describe(given["dtrain"], samples.NAME)
    found.input(found.dataset, "train")
    for name, one in boosting.named_sets(given.get("evals"), "eval"):
        found.input(_describe(one, name), "eval")


def _describe(matrix: Any, name: str) -> Dataset:
    """A DMatrix as a dataset: its shape is the whole's, its digest that of the first rows and of the shape."""
    import numpy as np

    shape = [int(matrix.num_row()), int(matrix.num_col())]
    described = samples.describe(_first_rows(matrix), name=name)
    assert described is not None
    cells = shape[0] * shape[1]
    profile = {"features_shape": shape, "features_size": cells, "features_nbytes": cells * np.dtype("float32").itemsize}
    return msgspec.structs.replace(described, profile=json.dumps(profile))


def _first_rows(matrix: Any) -> Any:
    """The first rows of a DMatrix as an array; missing values are NaN."""
    import numpy as np

    rows = list(range(min(_SHOWN_ROWS, int(matrix.num_row()))))
    try:
        sparse = matrix.slice(rows).get_data().tocsr()
    except Exception:  # noqa: BLE001  a QuantileDMatrix, or one from a file, has no rows to show
        return np.zeros((0, int(matrix.num_col())), "float32")
    full = np.full(sparse.shape, np.nan, "float32")  # what is not stored is missing, and not zero
    full[np.repeat(np.arange(sparse.shape[0]), np.diff(sparse.indptr)), sparse.indices] = sparse.data
    return full


def _after_train(found: Recording, given: dict[str, Any], rounds: Rounds, booster: Any) -> None:
    found.step("early stopping", _log_stopping, rounds, booster)
    kind = found.step("the objective", _answer_kind, booster)
    matrix = given["dtrain"]
    if kind:
        found.step("training metrics", _log_set, found, booster, kind, matrix, training.TRAINING)
        for name, one in boosting.named_sets(given.get("evals"), "eval"):
            if one is not matrix:
                found.step("evaluation metrics", _log_set, found, booster, kind, one, f"{name}_")
    example = found.step("the example", _example, matrix)
    copy = found.step("a copy of the model", booster.copy)
    found.put_off(lambda: _log_rest(found, booster if copy is None else copy, example))
    task = "" if not kind else "regressor" if kind == "numbers" else "classifier"
    found.step("a trace", traces.keep, booster, traces.Trace(found, "Booster", matrix, task))


def _log_stopping(rounds: Rounds, booster: Any) -> None:
    try:
        best = int(booster.best_iteration)
    except (AttributeError, TypeError):  # without early stopping, there is none
        return
    rounds.log_best(rounds.length - 1, best, best)


def _answer_kind(booster: Any) -> str:
    """What the booster's answers are, see `boosting.native_outcome`; nothing for rankings, survival and own objectives."""
    objective = json.loads(booster.save_config())["learner"]["objective"]["name"]
    if objective.startswith(("reg:", "count:")):
        return "numbers"
    return _ANSWERS.get(objective, "")


def _log_set(found: Recording, booster: Any, kind: str, matrix: Any, prefix: str) -> None:
    fed = Fed(prefix, matrix, matrix.get_label(), matrix.get_weight())
    try:
        best = {"iteration_range": (0, int(booster.best_iteration) + 1)}
    except (AttributeError, TypeError):
        best = {}
    boosting.log_native(found, kind, fed, booster.predict(matrix, **best), prefix)


def _example(matrix: Any) -> Any:
    rows = _first_rows(matrix)[:5]
    names = matrix.feature_names
    if not names or not len(rows):
        return rows if len(rows) else None
    import pandas

    return pandas.DataFrame(rows, columns=names)


def _log_rest(found: Recording, model: Any, example: Any) -> None:
    """Importances and model, both from a model that the program does not have."""
    settings = found.settings
    assert isinstance(settings, BoostingSettings)
    booster = model.get_booster() if hasattr(model, "get_booster") else model
    for kind in settings.importance_types:
        found.step(f"the importances ({kind})", _log_importances, found, booster, kind)
    if settings.log_models:
        found.model_id = found.step("the model", _log_model, found, model, example)


def _log_importances(found: Recording, booster: Any, kind: str) -> None:
    importances = booster.get_score(importance_type=kind)
    if not importances:
        return
    found.json(importances, f"feature_importance_{kind}.json")
    drawn = pictures.importances(boosting.simple(importances), f"Feature importance ({kind})")
    found.figure(drawn, f"feature_importance_{kind}.png")


def _log_model(found: Recording, model: Any, example: Any) -> str | None:
    from hito.flavors import xgboost as flavor
    from hito.flavors.infer import infer_signature

    settings = found.settings
    assert isinstance(settings, BoostingSettings)
    details: dict[str, Any] = {"model_format": settings.model_format}
    if settings.log_model_signatures and example is not None:
        details["signature"] = found.step(
            "the signature", lambda: infer_signature(example, flavor.predict(model, example.copy()))
        )
    if settings.log_input_examples and example is not None:
        details["input_example"] = example
    return found.model(NAME, model, **details)


# --- XGBoost's estimators ---


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
        found.step("the dataset", boosting.log_given, found, given, named.get("eval_set"), (), "validation")
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
