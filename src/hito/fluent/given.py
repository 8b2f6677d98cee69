"""What `hito.evaluate` was given, in whichever of its forms, as features, truth and columns of their own.

evaluate(model, X_test, y_test)                             arrays or frames
evaluate(model=uri, data=frame, targets="y")                MLflow's form: one frame, columns by name
evaluate(data=frame, targets="y", predictions="said")       no model: what it said is a column
"""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from hito.core.errors import InvalidArgument
from hito.evaluation.predictor import Predictor, plain, predictor
from hito.flavors import pyfunc
from hito.flavors.infer import is_pandas
from hito.fluent.data import Dataset


class Given(Struct, frozen=True, eq=False, kw_only=True):
    """features: None where only predictions and truth were given. target: the name of its column, if it has one."""

    features: Any
    truth: Any
    predictions: Any = None
    weights: Any = None
    groups: dict[str, Any] = {}
    target: str | None = None


def given(
    data: Any, targets: Any, predictions: Any, weights: Any, group: Any, feature_names: Sequence[str] | None
) -> Given:
    """Take the data apart. Raises: InvalidArgument: a column is not there, or rows are missing."""
    if isinstance(data, Dataset):
        raise InvalidArgument(
            "A hito.data.Dataset describes data and does not hold it; give the frame or array itself as data."
        )
    described = getattr(data, "df", None)
    if is_pandas(described, "DataFrame") and not is_pandas(data, "DataFrame"):  # a dataset of MLflow's
        targets = targets if targets is not None else getattr(data, "targets", None)
        predictions = predictions if predictions is not None else getattr(data, "predictions", None)
        data = described
    if isinstance(data, list | tuple):
        import numpy as np

        data = np.asarray(data, dtype=object if data and isinstance(data[0], str) else None)
    if not is_pandas(data, "DataFrame"):
        names = [name for name, value in (("targets", targets), ("predictions", predictions)) if isinstance(value, str)]
        if names:
            raise InvalidArgument(
                f"{names[0]} names a column, and the data is no DataFrame; give the values themselves."
            )
        return Given(
            features=data, truth=targets, predictions=predictions, weights=weights, groups=_groups(group, None)
        )
    taken: list[str] = []

    def column(value: Any, role: str) -> Any:
        if not isinstance(value, str):
            return value
        if value not in data.columns:
            shown = ", ".join(map(repr, list(data.columns)[:8]))
            raise InvalidArgument(f"The {role} column {value!r} is none of the data's columns ({shown}).")
        taken.append(value)
        return data[value]

    truth, said = column(targets, "targets"), column(predictions, "predictions")
    heavy = column(weights, "sample weights")
    groups = _groups(group, data)
    features = data.drop(columns=taken)
    if feature_names is not None:
        missing = [name for name in feature_names if name not in features.columns]
        if missing:
            raise InvalidArgument(f"feature_names has {missing[0]!r}, which is none of the data's columns.")
        features = features[list(feature_names)]
    return Given(
        features=features if features.shape[1] else None,
        truth=truth,
        predictions=said,
        weights=heavy,
        groups=groups,
        target=targets if isinstance(targets, str) else getattr(targets, "name", None),
    )


def asked_model(model: Any, feature_names: Sequence[str] | None) -> Predictor | None:
    """A model in any form but a URI, as evaluations ask it."""
    if model is None:
        return None
    if isinstance(model, pyfunc.Model):
        signature = model.signature
        columns = signature.inputs or () if signature else ()
        inputs = [str(one.name) for one in columns if getattr(one, "name", None)]
        native = model.unwrap_python_model()
        names = inputs or feature_names
        if type(native).__module__.partition(".")[0] in ("sklearn", "xgboost", "lightgbm", "onnx") or hasattr(
            native, "predict_proba"
        ):
            return predictor(native, names)
        return plain(native, model.predict, names)
    return predictor(model, None if feature_names is None else list(feature_names))


def training(train: Any, targets: Any) -> tuple[Any, Any] | None:
    """Training data, as (features, truth) or one frame with the column that `targets` names."""
    if train is None:
        return None
    if isinstance(train, tuple | list) and len(train) == 2:
        return train[0], train[1]
    if is_pandas(train, "DataFrame") and isinstance(targets, str) and targets in train.columns:
        return train.drop(columns=[targets]), train[targets]
    if hasattr(train, "shape"):
        return train, None
    raise InvalidArgument("train is to be (X_train, y_train), or a frame with the target's column.")


def folds(found: Mapping[str, Any] | None) -> dict[str, tuple[float, float]]:
    """Scores over folds, as lists or as (mean, standard deviation)."""
    import numpy as np

    made = {}
    for name, values in (found or {}).items():
        numbers = np.asarray(values, dtype=np.float64)
        if isinstance(values, tuple) and len(values) == 2:
            made[name] = (float(numbers[0]), float(numbers[1]))
        elif len(numbers) > 1:
            made[name] = (float(numbers.mean()), float(numbers.std(ddof=1)))
    return made


def _groups(group: Any, data: Any) -> dict[str, Any]:
    if group is None:
        return {}
    if isinstance(group, Mapping):
        return {str(name): values for name, values in group.items()}
    names = [group] if isinstance(group, str) else group
    if isinstance(names, list | tuple) and all(isinstance(one, str) for one in names) and data is not None:
        for name in names:
            if name not in data.columns:
                raise InvalidArgument(f"The group column {name!r} is none of the data's columns.")
        return {name: data[name] for name in names}
    if isinstance(group, str):
        raise InvalidArgument("group names a column, and the data is no DataFrame; give {'name': values}.")
    return {str(getattr(group, "name", None) or "group"): group}
