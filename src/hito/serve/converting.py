"""A model of scikit-learn, XGBoost or LightGBM as ONNX: ensembles of trees by `graph`, others by skl2onnx.

Which bits skl2onnx' input should have is not known beforehand: a tree compares 32-bit numbers, a linear model multiplies
in 64. So both are made, and `making` compares.
"""

import copy
import functools
import warnings
from typing import Any

import numpy as np

from hito.core.errors import InvalidArgument
from hito.serve import ensembles, graph
from hito.serve.ensembles import Ensemble

LIBRARIES = ("sklearn", "xgboost", "lightgbm")
_OPSET = {"": 18, "ai.onnx.ml": 3}
_SCORING: dict[str, dict[str, bool]] = {
    **{name: {"raw_scores": True} for name in ("LinearSVC", "RidgeClassifier", "RidgeClassifierCV")},
    **{
        name: {"zipmap": False, "raw_scores": True}
        for name in ("SGDClassifier", "Perceptron", "PassiveAggressiveClassifier", "SVC", "NuSVC")
    },
}
"""Classifiers without chances, and what the converter is told to give their scores as numbers."""


def library(model: Any) -> str:
    """The package that a model's class comes from."""
    return type(model).__module__.partition(".")[0]


def converted(model: Any, names: tuple[str, ...] | None, count: int, bits: int) -> bytes:
    """The ONNX file of a model of scikit-learn: one input of shape (n, count).

    Raises: whatever the converter raises for what it does not know.
    """
    if library(model) != "sklearn":
        raise InvalidArgument(f"there is no other compiler for {type(model).__name__}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = _sklearn(model, names, count, bits)
    made.graph.name = "model"  # the converter names it at random; the same model must give the same file
    content: bytes = made.SerializeToString()
    return content


def of_trees(model: Any, names: tuple[str, ...] | None, count: int, method: str) -> tuple[bytes, Ensemble] | None:
    """The ONNX file of an ensemble of trees, also behind steps that prepare its columns; None: it is none.

    Args:
        method: that is called of the model: predict, predict_proba.
    Raises: InvalidArgument: it does more than compare numbers and add. What the converter raises for a step before it.
    """
    model = getattr(model, "best_estimator_", model)
    steps = [(name, step) for name, step in getattr(model, "steps", ()) if step not in (None, "passthrough")]
    ensemble = ensembles.read(steps[-1][1] if steps else model, method)
    if ensemble is None:
        return None
    before = None
    if len(steps) > 1:
        from sklearn.pipeline import Pipeline

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            before = _sklearn(Pipeline(steps[:-1]), names, count, 64)
    return graph.model(ensemble, count, before), ensemble


def _sklearn(model: Any, names: tuple[str, ...] | None, count: int, bits: int) -> Any:
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType

    kind = FloatTensorType if bits == 32 else DoubleTensorType
    by_name = names is not None and _picks_by_name(model)
    inputs = [(f"c{at}", kind([None, 1])) for at in range(count)] if by_name else [("X", kind([None, count]))]
    if by_name:
        assert names is not None
        inputs = [(name, kind([None, 1])) for name in names]
    if type(model).__name__ == "VotingClassifier":
        model = copy.copy(model)
        model.flatten_transform = False  # of `transform`, which is not converted; the converter knows only this
    options = None
    if hasattr(model, "classes_"):
        last = model.steps[-1][1] if hasattr(model, "steps") else model
        if hasattr(model, "predict_proba"):
            options = {id(model): {"zipmap": False}}
        elif type(last).__name__ in _SCORING:
            options = {id(last): dict(_SCORING[type(last).__name__])}
    _teach_imputer()
    made = convert_sklearn(model, initial_types=inputs, target_opset=_OPSET, options=options)
    return _joined(made, count, bits) if by_name else made


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


@functools.cache
def _teach_imputer() -> None:
    """Let skl2onnx convert SimpleImputer in 64 bits. ONNX' own operator has 32, for the values that it puts in, too."""
    from skl2onnx import update_registered_converter
    from skl2onnx.algebra.onnx_ops import OnnxIsNaN, OnnxWhere
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType
    from sklearn.impute import SimpleImputer

    def shape(operator: Any) -> None:
        (given,) = operator.inputs
        if not isinstance(given.type, DoubleTensorType | FloatTensorType):
            raise InvalidArgument("it imputes other values than numbers")
        operator.outputs[0].type = type(given.type)([None, len(operator.raw_operator.statistics_)])

    def convert(scope: Any, operator: Any, container: Any) -> None:
        imputer = operator.raw_operator
        missing = imputer.missing_values
        if imputer.add_indicator or not (isinstance(missing, float) and np.isnan(missing)):
            raise InvalidArgument("its imputer does more than put numbers in the place of NaN")
        values = np.asarray(imputer.statistics_, dtype=np.float64)
        if not np.isfinite(values).all():
            raise InvalidArgument("its imputer drops columns that are empty")
        number = np.float64 if isinstance(operator.inputs[0].type, DoubleTensorType) else np.float32
        given, opset = operator.inputs[0], container.target_opset
        gaps = OnnxIsNaN(given, op_version=opset)
        filled = OnnxWhere(
            gaps, values.astype(number)[None, :], given, op_version=opset, output_names=operator.outputs[:1]
        )
        filled.add_to(scope, container)

    update_registered_converter(SimpleImputer, "HitoSimpleImputer", shape, convert)
