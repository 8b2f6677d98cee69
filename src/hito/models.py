"""`hito.models`: signatures, and what a model says about itself."""

from hito.core.signature import Signature as ModelSignature
from hito.flavors.infer import infer_signature
from hito.flavors.mlmodel import MLmodel as Model
from hito.flavors.pyfunc import set_model
from hito.fluent.models import ModelInfo, get_model_info, set_signature
from hito.fluent.models import serving_input as convert_input_example_to_serving_input

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
