"""scikit-learn models, in skops' format, which holds data and no program.

    folder/  MLmodel   model.skops, or, by name, model.pkl

What is read is audited before it becomes an object; `safe` tells how, docs/safe-models.md what is held by it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Unpack

from hito.core.errors import InvalidArgument
from hito.flavors import folder as folders
from hito.flavors import mlmodel, serialize
from hito.flavors.folder import Details
from hito.flavors.mlmodel import MLmodel
from hito.flavors.trust import Trust

NAME = "sklearn"

PREDICT_METHODS = frozenset(
    "predict predict_proba predict_log_proba predict_joint_log_proba decision_function score transform "
    "score_samples".split()
)
"""Methods that a folder may name as its face. A folder chooses among these, never any attribute of the model."""


def save(
    model: Any,
    folder: str | Path,
    *,
    serialization_format: str | None = None,
    pyfunc_predict_fn: str = "predict",
    **details: Unpack[Details],
) -> MLmodel:
    """Save an estimator or pipeline.

    Args:
        serialization_format: `skops` (default); `cloudpickle` or `pickle`, which run code when they are read.
        pyfunc_predict_fn: the method behind `python_function`'s predict, one of PREDICT_METHODS.
    Raises: InvalidArgument: skops cannot hold this model, or could not be read back safely; the message says why and
        which way out there is.
    """
    if pyfunc_predict_fn not in PREDICT_METHODS:
        raise InvalidArgument(
            f"pyfunc_predict_fn {pyfunc_predict_fn!r} is not known; one of {', '.join(sorted(PREDICT_METHODS))}"
        )
    import sklearn

    target = folders.begin(folders.native(folder))
    written = serialize.write(model, target, serialization_format or serialize.SKOPS)
    settings = {
        "pickled_model": written.file,
        "serialization_format": written.format,
        "sklearn_version": sklearn.__version__,
        "skops_trusted_types": written.trusted_types,
    }
    # Transformers and clusterings without the method are no python_function; they are loaded by their own flavor.
    face = {"loader_module": "mlflow.sklearn", "model_path": written.file, "predict_fn": pyfunc_predict_fn}
    answers = hasattr(model, pyfunc_predict_fn)
    return folders.complete(
        target,
        NAME,
        settings,
        face if answers else None,
        details,
        modules=["sklearn", "numpy", "scipy", "pandas", *written.modules],
        predict=(lambda inputs, params: predict(model, inputs, params, pyfunc_predict_fn)) if answers else None,
    )


def load(folder: str | Path, *, trust: Trust | None = None) -> Any:
    """Read the estimator.

    Raises:
        InvalidArgument: the file is damaged or hostile.
        PermissionDenied: it is a pickle and the reader does not trust it.
    """
    where = folders.native(folder)
    settings = mlmodel.read(where).flavor(NAME)
    # Files of before MLflow 1.20 do not say how they were written; they are pickles.
    form = settings.get("serialization_format", serialize.PICKLE)
    return serialize.read(where, settings.get("pickled_model"), form, trust or Trust.given())


def predict(model: Any, inputs: Any, params: Mapping[str, Any] | None = None, method: str = "predict") -> Any:
    """What `method` of the model answers."""
    if method not in PREDICT_METHODS:
        raise InvalidArgument(f"this model asks for its method {method!r}, which is none that predicts")
    return getattr(model, method)(inputs, **(params or {}))
