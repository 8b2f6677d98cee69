"""Autolog of scikit-learn: which calls are logged, and around them the steps of a recording.

    fit, fit_transform, fit_predict    of every estimator, once, where the class that defines the method has it
    cross_validate and kin             see `folds`
    searches                           see `searches`
    predict, score, sklearn.metrics    see `held_out`

Modules of scikit-learn are patched as they are imported; nothing is imported for it.
"""

import inspect
import types
from collections.abc import Mapping
from typing import Any

from hito.autologging import folds, held_out, imports, recording, samples, searches, traces, training
from hito.autologging.patch import Original, Patches
from hito.autologging.recording import Recording
from hito.autologging.settings import SklearnSettings, choose, current
from hito.core.outermost import inside

NAME = "sklearn"
FITTING = ("fit", "fit_transform", "fit_predict")
_PREPARING = tuple(f"sklearn.{name}" for name in ("preprocessing", "impute", "feature_extraction", "feature_selection"))
"""Modules whose estimators prepare data: they are logged as parts of a pipeline only, as in MLflow."""

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
    max_tuning_runs: int | None = 5,
    log_post_training_metrics: bool = True,
    serialization_format: str = "skops",
    registered_model_name: str | None = None,
    pos_label: int | str | None = None,
    extra_tags: Mapping[str, str] | None = None,
    log_evaluation: bool = True,
) -> None:
    """Log every training with scikit-learn. What the arguments share with `hito.autolog` is explained there.

    Args:
        max_tuning_runs: how many candidates of a search get runs of their own, the best ones; None: all.
        log_post_training_metrics: follow `score` and the functions of `sklearn.metrics`.
        serialization_format: how models are kept: `skops`, which runs no code when it is read; or, named by those who
            need it, `cloudpickle` or `pickle`. MLflow's default is cloudpickle.
        registered_model_name: register every model as a version of this one.
        pos_label: log precision, recall and F1 of this class alone; None: weighted over all classes.
    """
    if disable:
        choose(NAME, None)
        imports.forget(NAME, NAME)
        held_out.leave(NAME)
        _patches.undo()
        return
    settings = SklearnSettings(
        log_input_examples=log_input_examples,
        log_model_signatures=log_model_signatures,
        log_models=log_models,
        log_datasets=log_datasets,
        log_evaluation=log_evaluation,
        exclusive=exclusive,
        silent=silent,
        registered_model_name=registered_model_name,
        extra_tags=dict(extra_tags or {}),
        max_tuning_runs=max_tuning_runs,
        log_post_training_metrics=log_post_training_metrics,
        serialization_format=serialization_format,
        pos_label=pos_label,
    )
    choose(NAME, settings)
    held_out.follow(NAME)
    imports.watch(NAME, NAME, _patch)


def _patch(module: types.ModuleType) -> None:
    """Wrap what one module of scikit-learn defines."""
    for value in list(vars(module).values()):
        if isinstance(value, type) and value.__module__ == module.__name__:
            for name in FITTING:
                _patches.method(value, name, _around_fit)
            held_out.patch_class(value)
    if module.__name__ == "sklearn.metrics":
        held_out.patch_metrics(module)
    if module.__name__ == folds.MODULE:
        _patches.functions(folds.wrappers(module), at_home=True)


def _around_fit(original: Original, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    settings = current(NAME)
    if not isinstance(settings, SklearnSettings) or inside() or not args or not _wanted(args[0]):
        return original(*args, **named)
    return recording.around(
        NAME,
        settings,
        plain=lambda: original(*args, **named),
        before=lambda found: _before(found, original, args, named),
        train=lambda *_: original(*args, **named),
        after=lambda found, given, _: _after(found, given, args[0]),
    )


class Given:
    """What a training was given. `sets`: pairs of X and y that a boosting watches."""

    def __init__(self, features: Any, truth: Any, weights: Any) -> None:
        self.features = features
        self.truth = truth
        self.weights = weights
        self.sets: list[Any] = []


def given_to(original: Original, args: tuple[Any, ...], named: Mapping[str, Any]) -> Given:
    """X, y and sample_weight, however they were passed."""
    bound = dict(inspect.signature(original).bind(*args, **named).arguments)
    values = [value for name, value in bound.items() if name != "self" and not isinstance(value, dict)]
    extra = next((value for value in bound.values() if isinstance(value, dict)), {})
    features = bound.get("X", values[0] if values else None)
    truth = bound.get("y", bound.get("Y"))
    weights = bound.get("sample_weight")
    if weights is None:  # a pipeline takes its last step's as step__sample_weight
        weights = next((one for key, one in extra.items() if key.rpartition("__")[2] == "sample_weight"), None)
    return Given(features, truth, weights)


def _before(found: Recording, original: Original, args: tuple[Any, ...], named: dict[str, Any]) -> Given:
    estimator = args[0]
    given = given_to(original, args, named)
    deep = not searches.is_search(estimator)
    found.step("the params", lambda: found.params(estimator.get_params(deep=deep)))
    found.step("the tags", lambda: found.tags(training.estimator_tags(estimator)))
    if found.settings.log_datasets:
        found.step("the dataset", _log_dataset, found, given)
    return given


def _log_dataset(found: Recording, given: Given) -> None:
    found.dataset = samples.describe(given.features, given.truth)
    if found.dataset is not None:
        found.input(found.dataset, "train")


def _after(found: Recording, given: Given, estimator: Any) -> None:
    if searches.is_search(estimator):
        found.step("the search", searches.log, found, estimator, given)
    if not searches.is_search(estimator) or hasattr(estimator, "best_estimator_"):
        training.log_result(found, estimator, given.features, given.truth, given.weights)
    kind = training.kind_of(estimator)
    found.step("a trace", traces.keep, estimator, traces.Trace(found, type(estimator).__name__, given.features, kind))
    best = getattr(estimator, "best_estimator_", None)
    if best is not None:
        found.step("a trace", traces.keep, best, traces.Trace(found, type(best).__name__, given.features, kind))


def _wanted(estimator: Any) -> bool:
    """Whether the training of an object is logged: it is, or extends, an estimator of scikit-learn that does not only
    prepare data.
    """
    for ancestor in type(estimator).__mro__:
        module = ancestor.__module__
        if module.startswith("sklearn.") and module not in ("sklearn.base", "sklearn.utils._metadata_requests"):
            if (
                module.startswith(_PREPARING)
                or ancestor.__name__.startswith("_")
                or ancestor.__name__.endswith("Mixin")
            ):
                return False
            return ancestor.__name__ != "ColumnTransformer"
    return False
