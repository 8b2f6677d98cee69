"""What was given and answered, as plain checked arrays: the truth, weights, what a model says when it is asked."""

from typing import Any

from hito.core.errors import HitoError, InvalidArgument
from hito.evaluation.predictor import Predictor
from hito.flavors.infer import is_pandas

TASKS = {"classifier": "classification", "regressor": "regression"}
"""MLflow's model types, and what they are."""


def truth_of(given: Any) -> Any:
    """The truth as an array of one dimension, or of two for several labels. Raises: InvalidArgument: rows are missing."""
    import numpy as np

    if given is None:
        raise InvalidArgument("There is no truth to compare with; give y, or the name of the target column.")
    if hasattr(given, "toarray"):
        given = given.toarray()
    known = given.to_numpy() if is_pandas(given, "DataFrame") or is_pandas(given, "Series") else np.asarray(given)
    if known.ndim == 2 and known.shape[1] == 1:
        known = known[:, 0]
    if known.ndim not in (1, 2) or not len(known):
        raise InvalidArgument(f"y has the shape {known.shape}; give one target for each row, and at least one row.")
    missing = _missing(known)
    if missing.any():
        places = np.flatnonzero(missing if missing.ndim == 1 else missing.any(axis=1))
        raise InvalidArgument(
            f"{len(places)} of {len(known)} targets are missing or infinite, the first in row {places[0]}; "
            "drop these rows or fill them in."
        )
    return known


def _missing(array: Any) -> Any:
    import numpy as np
    import pandas

    missing = pandas.isna(array)
    if array.dtype.kind == "f":
        return missing | np.isinf(array)
    if array.dtype.kind == "O":
        endless = [isinstance(one, float) and one in (np.inf, -np.inf) for one in array.flat]
        return missing | np.array(endless).reshape(array.shape)
    return missing


def weights_of(given: Any, rows: int) -> tuple[Any, bool]:
    """Weights, float64 of shape (rows,), and whether they were given. Raises: InvalidArgument: they do not fit."""
    import numpy as np

    if given is None:
        return np.ones(rows), False
    try:
        weights = np.asarray(given, dtype=np.float64).reshape(-1)
    except (TypeError, ValueError):
        raise InvalidArgument("The sample weights are no numbers.") from None
    if len(weights) != rows:
        raise InvalidArgument(f"There are {len(weights)} sample weights for {rows} rows; give one for each.")
    if not np.isfinite(weights).all() or (weights < 0).any() or not weights.sum() > 0:
        raise InvalidArgument("Sample weights must be finite and not negative, and one must be above 0.")
    return weights, True


def kind_of(predictor: Predictor | None, known: Any, model_type: str | None) -> str:
    """`classification` or `regression`; a model that says what it is must not be taken for the other."""
    hint = predictor.hint if predictor is not None else ""
    if model_type and hint and model_type != hint:
        raise InvalidArgument(f"The model is a {hint}, model_type says {model_type!r}; leave model_type out.")
    kind = TASKS.get(model_type or hint) or _looks_like(known)
    numeric = known.dtype.kind in "biuf"
    if kind == "regression" and not numeric:
        try:
            known.astype(float)
        except (TypeError, ValueError):
            raise InvalidArgument(
                f"The model is a regressor, and y holds labels like {str(known.flat[0])!r}; "
                "give numbers, or a classifier."
            ) from None
    if kind == "regression" and known.ndim == 2:
        raise InvalidArgument(f"y has {known.shape[1]} targets; evaluate one target of a regressor at a time.")
    if kind == "classification" and known.dtype.kind == "f" and not (known == known.round()).all():
        raise InvalidArgument(
            "y holds fractions, and the model is a classifier; give labels, or say model_type='regressor'."
        )
    return kind


def _looks_like(known: Any) -> str:
    import numpy as np

    if known.dtype.kind == "f" and not (known == known.round()).all():
        return "regression"
    if known.ndim == 2 or known.dtype.kind not in "iuf":
        return "classification"
    return "classification" if len(np.unique(known)) <= min(50, max(2, len(known) // 5)) else "regression"


def answer_of(method: Any, features: Any, name: str) -> Any:
    """The model's answer; its refusal as a sentence."""
    try:
        return method(features)
    except HitoError:
        raise
    except Exception as error:  # a model may raise anything; what it says of the data is the reason to give
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise InvalidArgument(
            f"The model's {name} failed on the data: {type(error).__name__}: {lines[0][:400]} "
            "Give the columns, types and values that it was trained on."
        ) from error


def plain(answer: Any, rows: int) -> Any:
    """An answer as an array with one value for each row. Raises: InvalidArgument: it has another shape."""
    import numpy as np

    if is_pandas(answer, "DataFrame") or is_pandas(answer, "Series"):
        answer = answer.to_numpy()
    found = np.asarray(answer)
    if found.ndim == 2 and found.shape[1] == 1:
        found = found[:, 0]
    if not found.ndim or len(found) != rows:
        raise InvalidArgument(f"There are {len(found) if found.ndim else 1} predictions for {rows} rows.")
    return found
