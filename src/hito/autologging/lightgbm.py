"""Autolog of LightGBM: `lightgbm.train` and LightGBM's estimators."""

from collections.abc import Mapping
from typing import Any

from hito.autologging import boosting, samples, training
from hito.autologging.boosting import Fed, Rounds
from hito.autologging.patch import Patches
from hito.autologging.recording import Recording
from hito.autologging.settings import BoostingSettings

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
    log_evaluation: bool = True,
) -> None:
    """Log every training with LightGBM. The arguments are explained at `hito.autolog`.

    Args:
        registered_model_name: register every model as a version of this one.
    """
    if disable:
        boosting.switch(_LIBRARY, None)
        return
    settings = BoostingSettings(
        log_input_examples=log_input_examples,
        log_model_signatures=log_model_signatures,
        log_models=log_models,
        log_datasets=log_datasets,
        log_evaluation=log_evaluation,
        exclusive=exclusive,
        silent=silent,
        registered_model_name=registered_model_name,
        extra_tags=dict(extra_tags or {}),
        importance_types=("split", "gain"),
    )
    boosting.switch(_LIBRARY, settings)


def _callback(rounds: Rounds) -> Any:
    def watch(environment: Any) -> None:
        results = environment.evaluation_result_list or ()
        found = {f"{one[0]}-{one[1]}": one[2] for one in results}
        if found:
            rounds.recording.step("a round", rounds.saw, found)

    watch.order = _BEFORE_STOPPING  # type: ignore[attr-defined]
    return watch


class _Given:
    """What a training was given. Its Datasets free their raw data while they train; that is why it is held here."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.train = given["train_set"]
        self.named = bool(given.get("valid_names"))
        self.all = _named(given)
        self.sets = [(name, one) for name, one in self.all if one is not self.train]
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


def _log_datasets(found: Recording, given: _Given) -> None:
    found.dataset = samples.describe(given.features(given.train))
    if found.dataset is not None:
        found.input(found.dataset, "train")
    for name, one in given.all:
        if one is given.train and not given.named:
            continue
        # MLflow calls those that were given no names as it calls the training data.
        described = samples.describe(given.features(one), name=name if given.named else samples.NAME)
        if described is not None:
            found.input(described, "eval")


def _log_sets(found: Recording, given: _Given, booster: Any, kind: str | None) -> tuple[Any, Any]:
    features = given.features(given.train)
    if kind and features is not None:
        found.step("training metrics", _log_set, found, booster, kind, given.train, features, training.TRAINING)
        for name, one in given.sets:
            if given.features(one) is not None:
                what = "evaluation metrics"
                found.step(what, _log_set, found, booster, kind, one, given.features(one), f"{name}_")
    example = None if features is None else found.step("the example", samples.example_of, features)
    return example, features


def _log_stopping(rounds: Rounds, booster: Any) -> None:
    best = int(booster.best_iteration)  # from 1; 0 or -1 without early stopping
    if best > 0 and rounds.length:
        rounds.log_best(rounds.length, best, best - 1)


def _answer_kind(booster: Any) -> str:
    """Nothing for rankings and own objectives."""
    objective = booster.params.get("objective", "regression")
    if not isinstance(objective, str):
        return ""
    return "numbers" if objective in _NUMBERS else _ANSWERS.get(objective, "")


def _log_set(found: Recording, booster: Any, kind: str, one: Any, features: Any, prefix: str) -> None:
    fed = Fed(prefix, features, one.get_label(), one.get_weight())
    boosting.log_native(found, kind, fed, booster.predict(features), prefix)


def _importances(booster: Any, kind: str) -> dict[str, float]:
    values = booster.feature_importance(importance_type=kind).tolist()
    return dict(zip(booster.feature_name(), map(float, values), strict=True))


def _log_model(found: Recording, model: Any, example: Any) -> str | None:
    details: dict[str, Any] = {}
    if found.settings.log_model_signatures and example is not None:
        details["signature"] = found.step("the signature", samples.signature, example, model)
    if found.settings.log_input_examples and example is not None:
        details["input_example"] = example
    return found.model(NAME, model, **details)


_LIBRARY = boosting.Library(
    name=NAME,
    engine="lightgbm.engine",
    core="lightgbm.basic",
    patches=Patches(),
    hidden=_HIDDEN,
    callback=_callback,
    given=_Given,
    log_datasets=_log_datasets,
    log_stopping=_log_stopping,
    answer_kind=_answer_kind,
    log_sets=_log_sets,
    copied=training.copied,
    set_names=lambda named: named.get("eval_names") or [samples.NAME] * len(named.get("eval_set") or ()),
    default_set="valid",
    booster_of=lambda model: getattr(model, "booster_", model),
    importances=_importances,
    log_model=_log_model,
)
