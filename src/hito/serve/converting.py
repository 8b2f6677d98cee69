"""A model of scikit-learn, XGBoost or LightGBM as ONNX, by the converters' authors' own code.

Which bits its input should have is not known beforehand: scikit-learn's trees and XGBoost compare 32-bit numbers,
LightGBM and histogram boosting 64-bit ones, linear models multiply in 64. So both are made, and `making` compares.
"""

import copy
import warnings
from typing import Any

LIBRARIES = ("sklearn", "xgboost", "lightgbm")
_OPSET = {"": 18, "ai.onnx.ml": 3}
_MLTOOLS_OPSET = 15


def library(model: Any) -> str:
    """The package that a model's class comes from."""
    return type(model).__module__.partition(".")[0]


def converted(model: Any, names: tuple[str, ...] | None, count: int, bits: int) -> bytes:
    """The ONNX file: one input of shape (n, count).

    Raises: whatever the converter raises for what it does not know.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = _sklearn(model, names, count, bits) if library(model) == "sklearn" else _boosted(model, count, bits)
    made.graph.name = "model"  # the converters name it at random; the same model must give the same file
    content: bytes = made.SerializeToString()
    return content


def _sklearn(model: Any, names: tuple[str, ...] | None, count: int, bits: int) -> Any:
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType

    for name in {library(step) for _, step in getattr(model, "steps", ())} & {"xgboost", "lightgbm"}:
        _register(name)
    kind = FloatTensorType if bits == 32 else DoubleTensorType
    by_name = names is not None and _picks_by_name(model)
    inputs = [(f"c{at}", kind([None, 1])) for at in range(count)] if by_name else [("X", kind([None, count]))]
    if by_name:
        assert names is not None
        inputs = [(name, kind([None, 1])) for name in names]
    classifies = hasattr(model, "classes_") and hasattr(model, "predict_proba")
    options = {id(model): {"zipmap": False}} if classifies else None
    made = convert_sklearn(model, initial_types=inputs, target_opset=_OPSET, options=options)
    return _joined(made, count, bits) if by_name else made


def _boosted(model: Any, count: int, bits: int) -> Any:
    import onnxmltools
    from onnxmltools.convert.common.data_types import DoubleTensorType, FloatTensorType

    types = [("X", (FloatTensorType if bits == 32 else DoubleTensorType)([None, count]))]
    if library(model) == "xgboost":
        nameless = copy.deepcopy(model)  # the converter knows columns by their places alone
        booster = nameless.get_booster() if hasattr(nameless, "get_booster") else nameless
        booster.feature_names = None
        return onnxmltools.convert_xgboost(nameless, initial_types=types, target_opset=_MLTOOLS_OPSET)
    return onnxmltools.convert_lightgbm(model, initial_types=types, target_opset=_MLTOOLS_OPSET, zipmap=False)


def _picks_by_name(model: Any) -> bool:
    """Whether a model takes its columns apart by their names."""
    steps = [step for _, step in model.steps] if hasattr(model, "steps") else [model]
    return any(type(step).__name__ == "ColumnTransformer" for step in steps)


def _joined(made: Any, count: int, bits: int) -> Any:
    """One input X instead of one for each column: `Split` makes the columns of it."""
    from onnx import TensorProto, helper

    graph = made.graph
    names = [one.name for one in graph.input]
    split = helper.make_node("Split", ["X"], names, axis=1, num_outputs=count) if count > 1 else (
        helper.make_node("Identity", ["X"], names)
    )  # fmt: skip
    kind = TensorProto.FLOAT if bits == 32 else TensorProto.DOUBLE
    del graph.input[:]
    graph.input.append(helper.make_tensor_value_info("X", kind, [None, count]))
    graph.node.insert(0, split)
    return made


def _register(name: str) -> None:
    """Teach skl2onnx a booster that stands in a pipeline."""
    from skl2onnx import update_registered_converter
    from skl2onnx.common.shape_calculator import (
        calculate_linear_classifier_output_shapes,
        calculate_linear_regressor_output_shapes,
    )

    if name == "xgboost":
        from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost as convert
        from xgboost import XGBClassifier as Classifier
        from xgboost import XGBRegressor as Regressor
    else:
        from lightgbm import LGBMClassifier as Classifier
        from lightgbm import LGBMRegressor as Regressor
        from onnxmltools.convert.lightgbm.operator_converters.LightGbm import convert_lightgbm as convert
    options = {"nocl": [True, False], "zipmap": [True, False, "columns"]}
    classes, numbers = calculate_linear_classifier_output_shapes, calculate_linear_regressor_output_shapes
    update_registered_converter(Classifier, f"Hito{Classifier.__name__}", classes, convert, options=options)
    update_registered_converter(Regressor, f"Hito{Regressor.__name__}", numbers, convert)
