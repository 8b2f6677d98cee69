"""ONNX models: a graph of known operators, run by ONNX Runtime.

    folder/  MLmodel   model.onnx

A graph runs no code of its author's. It may, however, keep its weights in other files and name them by any path, so
names that lead out of the model's folder are refused before the runtime opens them.
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
from hito.flavors.trust import Trust

NAME = "onnx"
FILE = "model.onnx"
PROVIDERS = ("CPUExecutionProvider",)

# ONNX's element types that come to numpy arrays, by the names ONNX Runtime gives them.
_DTYPES = {
    "tensor(float)": "float32",
    "tensor(double)": "float64",
    "tensor(float16)": "float16",
    "tensor(int64)": "int64",
    "tensor(int32)": "int32",
    "tensor(int16)": "int16",
    "tensor(int8)": "int8",
    "tensor(uint8)": "uint8",
    "tensor(uint16)": "uint16",
    "tensor(uint32)": "uint32",
    "tensor(uint64)": "uint64",
    "tensor(bool)": "bool",
    "tensor(string)": "object",
}


def save(model: Any, folder: str | Path, **details: Unpack[Details]) -> MLmodel:
    """Save an onnx.ModelProto, after ONNX's own check of it.

    Raises: InvalidArgument: it is none, or not a valid one.
    """
    import onnx

    if not isinstance(model, onnx.ModelProto):
        raise InvalidArgument(
            f"{type(model).__name__} is no onnx.ModelProto; convert it, for example by skl2onnx.to_onnx"
        )
    try:
        onnx.checker.check_model(model)
    except onnx.checker.ValidationError as error:
        raise InvalidArgument(f"this ONNX model is not valid: {error}") from None
    target = folders.begin(folders.native(folder))
    onnx.save_model(model, str(target / FILE))
    settings = {
        "data": FILE,
        "onnx_version": onnx.__version__,
        "onnx_session_options": None,
        "providers": list(PROVIDERS),
    }
    return folders.complete(
        target,
        NAME,
        settings,
        {"loader_module": "mlflow.onnx", "data": FILE},
        details,
        modules=["onnx", "onnxruntime", "numpy"],
        predict=lambda inputs, _: predict(Session(model.SerializeToString()), inputs),
    )


def load(folder: str | Path, *, trust: Trust | None = None) -> Any:
    """Read the onnx.ModelProto; `trust` has nothing to decide here.

    Raises: InvalidArgument: it is damaged, or keeps weights outside its folder.
    """
    import onnx
    from google.protobuf.message import DecodeError

    where = folders.native(folder)
    path = mlmodel.part(where, mlmodel.read(where).flavor(NAME).get("data"), "the model file")
    if path.is_dir():
        path = mlmodel.part(path, FILE, "the model file")
    try:
        model = onnx.load_model(str(path), load_external_data=False)
        for tensor in _tensors(model.graph):
            for entry in tensor.external_data:
                if entry.key == "location":
                    mlmodel.part(path.parent, entry.value, "a file of weights")
        onnx.load_external_data_for_model(model, str(path.parent))
        onnx.checker.check_model(model)
    except (DecodeError, onnx.checker.ValidationError, ValueError) as error:
        raise InvalidArgument(f"{path.name} is no valid ONNX model: {error}") from None
    return model


class Session:
    """A graph ready to run. `predict` takes a frame, an array or a dict of arrays, and gives what the graph gives."""

    def __init__(self, content: bytes) -> None:
        import onnxruntime

        self._session = onnxruntime.InferenceSession(content, providers=list(PROVIDERS))
        self._inputs = self._session.get_inputs()
        self._outputs = [output.name for output in self._session.get_outputs()]

    def predict(self, inputs: Any, params: Mapping[str, Any] | None = None) -> Any:
        """The outputs by name; a frame in, numbers out: the values of the only output as they are."""
        found = self._session.run(self._outputs, self._feed(inputs))
        return dict(zip(self._outputs, found, strict=True))

    def _feed(self, inputs: Any) -> dict[str, Any]:
        import numpy as np

        names = [entry.name for entry in self._inputs]
        if is_pandas(inputs, "DataFrame"):
            if len(names) == 1:
                inputs = inputs.to_numpy()
            else:
                inputs = {name: inputs[name].to_numpy().reshape(-1, 1) for name in names if name in inputs}
        if not isinstance(inputs, Mapping):
            if len(names) != 1:
                raise InvalidArgument(
                    f"this ONNX model has inputs {', '.join(names)}; give a dict with an array for each"
                )
            inputs = {names[0]: inputs}
        missing = [name for name in names if name not in inputs]
        if missing:
            raise InvalidArgument(f"the input lacks {', '.join(map(repr, missing))}, which the model needs")
        # A graph takes one element type; frames have float64 where scikit-learn's graphs take float32.
        return {entry.name: np.asarray(inputs[entry.name], dtype=_DTYPES.get(entry.type)) for entry in self._inputs}


def predict(model: Any, inputs: Any, params: Mapping[str, Any] | None = None) -> Any:
    """The outputs of a graph by name."""
    session = model if isinstance(model, Session) else Session(model.SerializeToString())
    return session.predict(inputs, params)


def _tensors(graph: Any) -> list[Any]:
    """All constant tensors of a graph and of the graphs inside its nodes."""
    found = list(graph.initializer)
    for node in graph.node:
        for attribute in node.attribute:
            found += [attribute.t, *attribute.tensors]
            for inner in [attribute.g, *attribute.graphs]:
                found += _tensors(inner) if inner.node or inner.initializer else []
    return found
