"""`hito.pyfunc`: any model behind one face, `predict(data, params=None)`, and models that are Python code of one's own."""

from pathlib import Path
from typing import Any

from hito.flavors.mlmodel import MLmodel
from hito.flavors.pyfunc import Model as PyFuncModel
from hito.flavors.pyfunc import set_model
from hito.fluent import flavor, loading
from hito.fluent.models import ModelInfo

__all__ = ["PyFuncModel", "PythonModel", "load_model", "log_model", "save_model", "set_model"]


class PythonModel:
    """What a model of one's own may extend; `predict` is all it needs."""

    def load_context(self, context: Any) -> None:
        """Called once before the first `predict`: read what `context.artifacts` names."""

    def predict(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        """The answers to `model_input`."""
        raise NotImplementedError


def log_model(
    artifact_path: str | None = None,
    *,
    code_paths: list[str] | None = None,
    conda_env: Any = None,
    python_model: Any = None,
    artifacts: dict[str, str] | None = None,
    registered_model_name: str | None = None,
    signature: Any = None,
    input_example: Any = None,
    await_registration_for: int | None = 300,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    metadata: dict[str, Any] | None = None,
    name: str | None = None,
    params: dict[str, Any] | None = None,
    tags: dict[str, Any] | None = None,
    model_type: str | None = None,
    step: int = 0,
    model_id: str | None = None,
    serialization_format: str | None = None,
) -> ModelInfo:
    """Log a model of one's own.

    Args:
        python_model: an object with `predict`, a function, or the path of a .py file that calls `set_model`.
        artifacts: names and local paths of files that it needs.
        serialization_format: objects and functions are kept by `cloudpickle`, which runs code when it is read, and
            which is therefore to be asked for by name. A file needs none.
    """
    given = dict(locals())
    return flavor.log_model("pyfunc", given.pop("python_model"), given)


def save_model(
    path: str | Path,
    *,
    code_paths: list[str] | None = None,
    conda_env: Any = None,
    mlflow_model: Any = None,
    python_model: Any = None,
    artifacts: dict[str, str] | None = None,
    signature: Any = None,
    input_example: Any = None,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    metadata: dict[str, Any] | None = None,
    serialization_format: str | None = None,
) -> MLmodel:
    """Save a model of one's own into a folder that does not exist yet; arguments as for `log_model`."""
    given = dict(locals())
    return flavor.save_model("pyfunc", given.pop("python_model"), given.pop("path"), given)


def load_model(
    model_uri: str,
    suppress_warnings: bool = False,
    dst_path: str | None = None,
    model_config: Any = None,
    *,
    trust_pickle: bool | None = None,
) -> PyFuncModel:
    """Any model, whatever library made it; URIs as for `hito.sklearn.load_model`.

    Args:
        suppress_warnings, model_config: accepted for MLflow's sake.
        trust_pickle: whether the code of its author may be run; None: HITO_TRUST_PICKLE, else no.
    """
    loaded: PyFuncModel = loading.load(model_uri, "pyfunc", dst_path, trust_pickle)
    return loaded
