"""What `log_model` and `save_model` of every flavor have in common: MLflow's arguments, sorted.

those of the place   name, registered_model_name, params, tags, step, …      Placing
those of the folder  signature, input_example, pip_requirements, …           Details
those of the flavor  serialization_format, model_format, …
"""

from pathlib import Path
from typing import Any

from hito.flavors import registry
from hito.flavors.folder import Details
from hito.flavors.mlmodel import MLmodel, Origin
from hito.fluent import models
from hito.fluent.models import ModelInfo, Placing

_OF_THE_PLACE = frozenset(Placing.__struct_fields__)
_OF_THE_FOLDER = frozenset(Details.__annotations__) - {"origin", "profile"}
_UNUSED = frozenset({"skops_trusted_types", "mlflow_model"})
"""MLflow asks its caller which types of a skops file to trust; hito checks every file by its own list. A Model object is
made by MLflow to be filled by its flavors; ours make their own."""


def log_model(flavor: str, model: Any, given: dict[str, Any]) -> ModelInfo:
    """Log a model by a flavor; `given` are the arguments by MLflow's names."""
    placing = Placing(**{key: value for key, value in given.items() if key in _OF_THE_PLACE})

    def save(folder: Path, origin: Origin) -> MLmodel:
        return _write(flavor, model, folder, given, origin)

    return models.log(save, placing)


def save_model(flavor: str, model: Any, path: str | Path, given: dict[str, Any]) -> MLmodel:
    """Save a model into a folder by a flavor."""
    return _write(flavor, model, Path(path), given, None)


def _write(flavor: str, model: Any, folder: Path, given: dict[str, Any], origin: Origin | None) -> MLmodel:
    details: dict[str, Any] = {
        key: value for key, value in given.items() if key in _OF_THE_FOLDER and value is not None
    }
    requirements = models.checked_requirements(given.get("conda_env"), given.get("pip_requirements"))
    if requirements is not None:
        details["pip_requirements"] = requirements
    if origin is not None:
        details["origin"] = origin
    passed_over = _OF_THE_PLACE | _OF_THE_FOLDER | _UNUSED | {"conda_env"}
    own = {key: value for key, value in given.items() if key not in passed_over and value is not None}
    return registry.flavor(flavor).save(model, folder, **own, **details)
