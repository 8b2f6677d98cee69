"""XGBoost models, native and in scikit-learn's manner, in XGBoost's own format.

    folder/  MLmodel   model.ubj (default) or model.json

The file is data: XGBoost's reader builds trees from it and runs nothing. It also believes them, so `safe.xgboost_trees`
looks at them first. The class is looked up in a table of XGBoost's
own, so that a folder cannot choose what is imported. A `.xgb` file is read too: MLflow 2 wrote UBJ by that name.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Unpack

from hito.core.errors import InvalidArgument
from hito.flavors import folder as folders
from hito.flavors import mlmodel
from hito.flavors.folder import Details
from hito.flavors.infer import is_pandas
from hito.flavors.mlmodel import MLmodel
from hito.flavors.safe.xgboost_trees import check_xgboost
from hito.flavors.trust import Trust

NAME = "xgboost"
FORMATS = ("ubj", "json")
BOOSTER = "xgboost.core.Booster"
WRAPPERS = frozenset(
    f"xgboost.sklearn.{name}"
    for name in ("XGBModel", "XGBClassifier", "XGBRegressor", "XGBRanker", "XGBRFClassifier", "XGBRFRegressor")
)


def save(model: Any, folder: str | Path, *, model_format: str = "ubj", **details: Unpack[Details]) -> MLmodel:
    """Save a Booster or one of XGBoost's estimators.

    Args:
        folder: does not exist yet, or is empty.
        model_format: `ubj` (universal binary JSON) or `json`.
    Raises: InvalidArgument: another class, or another format.
    """
    kind = _class_of(model)
    if model_format not in FORMATS:
        raise InvalidArgument(f"XGBoost format {model_format!r} is not written; choose {' or '.join(FORMATS)}")
    import xgboost

    target = folders.begin(folders.native(folder))
    data = f"model.{model_format}"
    model.save_model(target / data)
    settings = {"data": data, "model_class": kind, "model_format": model_format, "xgb_version": xgboost.__version__}
    return folders.complete(
        target,
        NAME,
        settings,
        {"loader_module": "mlflow.xgboost", "data": data},
        details,
        modules=["xgboost", "numpy", "pandas"] + ([] if kind == BOOSTER else ["sklearn"]),
        predict=lambda inputs, _: predict(model, inputs),
    )


def load(folder: str | Path, *, trust: Trust | None = None) -> Any:
    """Read the Booster or estimator; `trust` has nothing to decide here."""
    where = folders.native(folder)
    return _read(where, mlmodel.read(where).flavor(NAME))


def predict(model: Any, inputs: Any, params: Mapping[str, Any] | None = None) -> Any:
    """Predictions for a frame or an array; a Booster gets a DMatrix made of it."""
    if _class_of(model) == BOOSTER:
        import xgboost

        categories = is_pandas(inputs, "DataFrame") and any(str(kind) == "category" for kind in inputs.dtypes)
        inputs = xgboost.DMatrix(inputs, enable_categorical=bool(categories))
    return model.predict(inputs, **(params or {}))


def _class_of(model: Any) -> str:
    """The name of the nearest of XGBoost's classes, so that a user's subclass is saved as what it extends."""
    for ancestor in type(model).__mro__:
        name = f"{ancestor.__module__}.{ancestor.__qualname__}"
        if name == BOOSTER or name in WRAPPERS:
            return name
    raise InvalidArgument(f"{type(model).__name__} is no XGBoost model; save it with the flavor of its own library")


def _read(where: Path, settings: Mapping[str, Any]) -> Any:
    kind = settings.get("model_class", BOOSTER)
    if kind != BOOSTER and kind not in WRAPPERS:
        raise InvalidArgument(
            f"this model asks for class {kind!r}, which is none of XGBoost's estimators; nothing was imported"
        )
    import xgboost

    path = mlmodel.part(where, settings.get("data"), "the model file")
    content = path.read_bytes()
    check_xgboost(content, path.name)
    model = xgboost.Booster() if kind == BOOSTER else getattr(xgboost, kind.rpartition(".")[2])()
    try:
        # By its bytes, so that XGBoost goes by what they are: `.xgb` was a format of its own once, then UBJ.
        model.load_model(bytearray(content))
    except (xgboost.core.XGBoostError, ValueError, TypeError, KeyError) as error:
        raise InvalidArgument(f"{path.name} is no model that XGBoost {xgboost.__version__} can read: {error}") from None
    return model
