"""`hito.models`: signatures, what a model says about itself, and evaluation under MLflow's names.

`evaluate` and what it needs are imported when they are first used.
"""

from importlib import import_module
from typing import Any

from hito.core.signature import Signature as ModelSignature
from hito.flavors.infer import infer_signature
from hito.flavors.mlmodel import MLmodel as Model
from hito.flavors.pyfunc import set_model
from hito.fluent.models import ModelInfo, get_model_info, set_signature
from hito.fluent.models import serving_input as convert_input_example_to_serving_input

_EVALUATION = {
    "evaluate": "hito.fluent.evaluate",
    "EvaluationArtifact": "hito.fluent.evaluated",
    "EvaluationResult": "hito.fluent.evaluated",
    "validate_evaluation_results": "hito.fluent.evaluated",
    "MetricThreshold": "hito.evaluation.requirements",
    "EvaluationMetric": "hito.evaluation.extras",
    "MetricValue": "hito.evaluation.extras",
    "make_metric": "hito.evaluation.extras",
}

__all__ = [
    "Model",
    "ModelInfo",
    "ModelSignature",
    "convert_input_example_to_serving_input",
    "get_model_info",
    "infer_signature",
    "set_model",
    "set_signature",
]


def __getattr__(name: str) -> Any:
    home = _EVALUATION.get(name)
    if home is None:
        raise AttributeError(f"module 'hito.models' has no attribute {name!r}")
    return getattr(import_module(home), name)
