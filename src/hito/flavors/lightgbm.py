"""LightGBM models: Boosters as LightGBM's text, estimators with skops around that text.

    folder/  MLmodel   model.lgb (Booster)   model.skops or, by name, model.pkl (LGBMClassifier and kin)

An estimator's skops file holds its parameters and, as one text, the same that a Booster's file holds. LightGBM believes
that text, so `safe.lightgbm_trees` looks at it first, wherever it stands.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Unpack

from hito.core.errors import InvalidArgument
from hito.flavors import folder as folders
from hito.flavors import mlmodel, serialize
from hito.flavors.folder import Details
from hito.flavors.mlmodel import MLmodel
from hito.flavors.safe.lightgbm_trees import check_lightgbm
from hito.flavors.trust import Trust

NAME = "lightgbm"
BOOSTER = "lightgbm.basic.Booster"
WRAPPERS = frozenset(
    f"lightgbm.sklearn.{name}" for name in ("LGBMModel", "LGBMClassifier", "LGBMRegressor", "LGBMRanker")
)


def save(
    model: Any, folder: str | Path, *, serialization_format: str | None = None, **details: Unpack[Details]
) -> MLmodel:
    """Save a Booster or one of LightGBM's estimators.

    Args:
        serialization_format: for estimators: `skops` (default), or `pickle` or `cloudpickle`, which MLflow 2 needs.
    Raises: InvalidArgument: another class or format.
    """
    kind = _class_of(model)
    import lightgbm

    target = folders.begin(folders.native(folder))
    settings: dict[str, Any] = {"model_class": kind, "lgb_version": lightgbm.__version__}
    modules = ["lightgbm", "numpy", "pandas"]
    if kind == BOOSTER:
        settings["data"] = "model.lgb"
        model.save_model(target / "model.lgb")
    else:
        written = serialize.write(model, target, serialization_format or serialize.SKOPS)
        settings |= {"data": written.file, "serialization_format": written.format}
        settings["skops_trusted_types"] = written.trusted_types
        modules += ["sklearn", *written.modules]
    return folders.complete(
        target,
        NAME,
        settings,
        {"loader_module": "mlflow.lightgbm", "data": settings["data"]},
        details,
        modules=modules,
        predict=lambda inputs, _: predict(model, inputs),
    )


def load(folder: str | Path, *, trust: Trust | None = None) -> Any:
    """Read the Booster or estimator.

    Raises: PermissionDenied: the file is a pickle and the reader does not trust it.
    """
    where = folders.native(folder)
    settings = mlmodel.read(where).flavor(NAME)
    kind = settings.get("model_class", BOOSTER)
    if kind != BOOSTER and kind not in WRAPPERS:
        raise InvalidArgument(
            f"this model asks for class {kind!r}, which is none of LightGBM's estimators; nothing was imported"
        )
    if kind == BOOSTER:
        return _booster(mlmodel.part(where, settings.get("data"), "the model file"))
    model = serialize.read(where, settings.get("data"), settings.get("serialization_format"), trust or Trust.given())
    if _class_of(model) != kind:
        raise InvalidArgument(f"this model holds a {type(model).__name__}, and its MLmodel file says {kind}")
    return model


def predict(model: Any, inputs: Any, params: Mapping[str, Any] | None = None) -> Any:
    """Predictions for a frame or an array."""
    return model.predict(inputs, **(params or {}))


def _class_of(model: Any) -> str:
    for ancestor in type(model).__mro__:
        name = f"{ancestor.__module__}.{ancestor.__qualname__}"
        if name == BOOSTER or name in WRAPPERS:
            return name
    raise InvalidArgument(f"{type(model).__name__} is no LightGBM model; save it with the flavor of its own library")


def _booster(path: Path) -> Any:
    import lightgbm

    content = path.read_bytes()
    check_lightgbm(content, path.name)
    try:
        return lightgbm.Booster(model_str=content.decode())
    except (lightgbm.basic.LightGBMError, ValueError, TypeError) as error:
        version = lightgbm.__version__
        raise InvalidArgument(f"{path.name} is no model that LightGBM {version} can read: {error}") from None
