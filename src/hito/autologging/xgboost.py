"""Autolog of XGBoost: `xgboost.train` and XGBoost's estimators."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from hito.autologging import boosting, samples, training
from hito.autologging.boosting import Fed, Rounds
from hito.autologging.patch import Patches
from hito.autologging.recording import Recording
from hito.autologging.settings import BoostingSettings
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
    log_evaluation: bool = True,
) -> None:
    """Log every training with XGBoost. What the arguments share with `hito.autolog` is explained there.

    Args:
        importance_types: of `weight`, `gain`, `cover`, `total_gain`, `total_cover`; None: `weight`.
        registered_model_name: register every model as a version of this one.
        model_format: `ubj` or `json`.
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
        importance_types=tuple(importance_types if importance_types is not None else ["weight"]),
        model_format=model_format,
    )
    boosting.switch(_LIBRARY, settings)


def _callback(rounds: Rounds) -> Any:
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

    return Watch()


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


def _log_sets(found: Recording, given: dict[str, Any], booster: Any, kind: str | None) -> tuple[Any, Any]:
    matrix = given["dtrain"]
    if kind:
        found.step("training metrics", _log_set, found, booster, kind, matrix, training.TRAINING)
        for name, one in boosting.named_sets(given.get("evals"), "eval"):
            if one is not matrix:
                found.step("evaluation metrics", _log_set, found, booster, kind, one, f"{name}_")
    return found.step("the example", _example, matrix), matrix


def _log_stopping(rounds: Rounds, booster: Any) -> None:
    try:
        best = int(booster.best_iteration)
    except (AttributeError, TypeError):  # without early stopping, there is none
        return
    rounds.log_best(rounds.length - 1, best, best)


def _answer_kind(booster: Any) -> str:
    """Nothing for rankings, survival and own objectives."""
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


_LIBRARY = boosting.Library(
    name=NAME,
    engine="xgboost.training",
    core="xgboost.core",
    patches=Patches(),
    hidden=_HIDDEN,
    callback=_callback,
    given=dict,
    log_datasets=_log_datasets,
    log_stopping=_log_stopping,
    answer_kind=_answer_kind,
    log_sets=_log_sets,
    copied=lambda booster: booster.copy(),
    set_names=lambda _: (),
    default_set="validation",
    booster_of=lambda model: model.get_booster() if hasattr(model, "get_booster") else model,
    importances=lambda booster, kind: booster.get_score(importance_type=kind),
    log_model=_log_model,
)
