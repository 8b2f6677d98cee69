"""`hito.xgboost`: models of XGBoost, native and in scikit-learn's manner, by MLflow's names."""

from importlib import import_module
from pathlib import Path
from typing import Any

from hito.flavors.mlmodel import MLmodel
from hito.fluent import flavor, loading
from hito.fluent.models import ModelInfo


def log_model(
    xgb_model: Any,
    artifact_path: str | None = None,
    conda_env: Any = None,
    code_paths: list[str] | None = None,
    registered_model_name: str | None = None,
    signature: Any = None,
    input_example: Any = None,
    await_registration_for: int | None = 300,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    model_format: str = "ubj",
    metadata: dict[str, Any] | None = None,
    extra_files: list[str] | None = None,
    params: dict[str, Any] | None = None,
    tags: dict[str, Any] | None = None,
    model_type: str | None = None,
    step: int = 0,
    model_id: str | None = None,
    name: str | None = None,
) -> ModelInfo:
    """Log a model with the active run, or without one with the active experiment.

    Args:
        name: in the experiment; `artifact_path` is its name in older scripts.
        model_format: `ubj` or `json`.
        registered_model_name: register it, too, as a new version.
        signature: False for none; None: inferred from the example.
        input_example: what `predict` takes; or (that, params).
    Raises: InvalidArgument: it cannot be saved so; the message says what to do.
    """
    given = dict(locals())
    return flavor.log_model("xgboost", given.pop("xgb_model"), given)


def save_model(
    xgb_model: Any,
    path: str | Path,
    conda_env: Any = None,
    code_paths: list[str] | None = None,
    mlflow_model: Any = None,
    signature: Any = None,
    input_example: Any = None,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    model_format: str = "ubj",
    metadata: dict[str, Any] | None = None,
    extra_files: list[str] | None = None,
) -> MLmodel:
    """Save a model into a folder that does not exist yet; arguments as for `log_model`."""
    given = dict(locals())
    return flavor.save_model("xgboost", given.pop("xgb_model"), given.pop("path"), given)


def load_model(model_uri: str, dst_path: str | None = None, *, trust_pickle: bool | None = None) -> Any:
    """The Booster or estimator.

    Args:
        model_uri: `models:/name/1`, `models:/name/Production`, `models:/name@alias`, `models:/m-…`,
            `runs:/<run id>/<name>`, or a path.
        trust_pickle: without effect: XGBoost's own formats hold data and no code.
    """
    return loading.load(model_uri, "xgboost", dst_path, trust_pickle)


def __getattr__(name: str) -> Any:
    if name == "autolog":
        # By name, and when it is asked for: it is not needed to save or load a model.
        return import_module("hito.autologging.xgboost").autolog
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
