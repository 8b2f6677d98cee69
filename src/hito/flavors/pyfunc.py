"""Any model behind one face: `predict(data, params=None)`, with the input made to fit the signature first.

    load(folder) ──> Model ──enforce──> sklearn │ xgboost │ lightgbm │ onnx │ a Python class or function

Models of a library are read by its own flavor. A Python class or function is its author's code, kept in one of two ways:

    folder/  MLmodel   python_model.pkl        cloudpickle; named in save(serialization_format="cloudpickle")
    folder/  MLmodel   model.py                the source file itself ("models from code"): readable before it is run

Both run code when they are read, so both wait at the gate of `trust`. Which loader is used is looked up in a table of
ours; a folder that names any other module is refused, not imported.
"""

import importlib.util
import inspect
import shutil
import sys
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any, Unpack

from hito.core.errors import InvalidArgument
from hito.core.signature import Signature
from hito.flavors import environment, mlmodel, registry, serialize
from hito.flavors import folder as folders
from hito.flavors.enforce import enforce, enforce_params
from hito.flavors.folder import Details
from hito.flavors.mlmodel import PYTHON_FUNCTION, MLmodel
from hito.flavors.trust import Trust, load_pickle

NAME = PYTHON_FUNCTION
PICKLE_FILE = "python_model.pkl"
LOADER, CODE_LOADER = "mlflow.pyfunc.model", "mlflow.pyfunc.loaders.code_model"

LOADERS: Mapping[str, str] = MappingProxyType(
    {
        "mlflow.sklearn": "sklearn",
        "mlflow.xgboost": "xgboost",
        "mlflow.lightgbm": "lightgbm",
        "mlflow.onnx": "onnx",
        LOADER: NAME,
        CODE_LOADER: NAME,
    }
)
"""The loader modules that MLmodel files name, and the flavors of ours that do their work."""

_CODE = "its author can save a library's model by its own flavor, which holds data and no code"


class Context:
    """What MLflow gives a Python model's `predict`: `artifacts`, paths by name, and `model_config`."""

    def __init__(self, artifacts: Mapping[str, str]) -> None:
        self.artifacts = dict(artifacts)
        self.model_config: dict[str, Any] = {}


class Model:
    """A loaded model. `metadata` is what its MLmodel file says."""

    def __init__(self, metadata: MLmodel, native: Any, answer: Callable[[Any, dict[str, Any]], Any]) -> None:
        self.metadata = metadata
        self._native = native
        self._answer = answer

    @property
    def signature(self) -> Signature | None:
        return self.metadata.signature

    def predict(self, data: Any, params: Mapping[str, Any] | None = None) -> Any:
        """What the model answers.

        Args:
            data: columns in any order and with others between them, or arrays, as the signature says.
            params: those that the signature knows; the others are left out.
        Raises: InvalidArgument: the input or a parameter does not fit; the message names it.
        """
        signature = self.signature
        checked = enforce(data, signature.inputs if signature else None)
        return self._answer(checked, enforce_params(params, signature))

    def unwrap_python_model(self) -> Any:
        """The author's own object, for a Python model; the library's model for any other."""
        return self._native

    def __repr__(self) -> str:
        return f"Model({', '.join(self.metadata.flavors)})"


def save(
    model: Any,
    folder: str | Path,
    *,
    serialization_format: str | None = None,
    artifacts: Mapping[str, str | Path] | None = None,
    **details: Unpack[Details],
) -> MLmodel:
    """Save a Python object with `predict`, a function of the input, or the path of a file that makes one.

    Args:
        model: an object with `predict(self, context, model_input, params=None)` as in MLflow, or with
            `predict(self, data, params=None)`; a function; or the path of a `.py` file that calls `set_model(...)`.
        serialization_format: must be `cloudpickle`, said by name, for objects and functions; a file needs none.
        artifacts: names and paths of files that go with the model; `context.artifacts` gives them back.
    Raises: InvalidArgument: the format was not named, or the model has no predict.
    """
    from_code = isinstance(model, str | Path)
    if not from_code and serialization_format != serialize.CLOUDPICKLE:
        raise InvalidArgument(
            "a Python object can be kept by cloudpickle alone, and whoever reads that runs its code. "
            "Say serialization_format='cloudpickle' if that is what you want, or give the path of a .py file"
        )
    if not from_code and not callable(getattr(model, "predict", model)):
        raise InvalidArgument(f"{type(model).__name__} has no predict and is no function; there is nothing to call")
    target = folders.begin(folders.native(folder))
    settings: dict[str, Any] = {"loader_module": CODE_LOADER if from_code else LOADER, "streamable": False}
    kept = _copy_artifacts(target, artifacts or {})
    if kept:
        settings["artifacts"] = kept
    if from_code:
        settings |= _write_code(folders.native(model), target)
        written = target / settings["model_code_path"]
        live, modules = _run_code(written), environment.modules_in_source(written.read_text(encoding="utf-8"))
    else:
        live = model
        settings |= _write_pickle(model, target)
        modules = ["cloudpickle", *environment.modules_in_pickle((target / PICKLE_FILE).read_bytes())]
    paths = {name: str(target / entry["path"]) for name, entry in kept.items()}
    answer = _answering(live, Context(paths))
    return folders.complete(
        target,
        "",
        {},
        settings,
        details,
        modules=modules,
        predict=lambda data, params: answer(data, params or {}),
    )


def load(folder: str | Path, *, trust: Trust | None = None) -> Model:
    """Read any model.

    Raises:
        InvalidArgument: it has no python_function flavor, or one with a loader that is not known here.
        PermissionDenied: it brings code and the reader does not trust it.
    """
    where = folders.native(folder)
    model = mlmodel.read(where)
    settings = model.flavor(NAME)
    trust = trust or Trust.given()
    loader = settings.get("loader_module")
    if loader not in LOADERS:
        raise InvalidArgument(
            f"this model wants to be loaded by {loader!r}, which is not known here; nothing was imported"
        )
    if settings.get("code"):
        _add_code(mlmodel.part(where, settings["code"], "the folder of code"), trust)
    name = LOADERS[str(loader)]
    if name == NAME:
        native = _load_python(where, settings, trust)
        return Model(model, native, _answering(native, Context(_artifacts(where, settings))))
    flavor = registry.flavor(name)
    native = flavor.load(where, trust=trust)
    return Model(model, native, _native_answer(name, native, settings))


def predict(model: Any, inputs: Any, params: Mapping[str, Any] | None = None) -> Any:
    """What a loaded Model, or a Python model, answers."""
    return model.predict(inputs, params)


def _native_answer(name: str, native: Any, settings: Mapping[str, Any]) -> Callable[[Any, dict[str, Any]], Any]:
    if name == "sklearn":
        from hito.flavors import sklearn

        method = str(settings.get("predict_fn", "predict"))
        return lambda data, params: sklearn.predict(native, data, params, method)
    if name == "onnx":
        from hito.flavors import onnx

        session = onnx.Session(native.SerializeToString())
        return session.predict
    module = registry.flavor(name)
    return lambda data, params: module.predict(native, data, params)


def _answering(model: Any, context: Context) -> Callable[[Any, dict[str, Any]], Any]:
    """How a Python model is called: by the parameters that its predict has.

    MLflow's PythonModel takes (context, model_input, params); newer ones leave the context out, functions have the
    input alone.
    """
    if hasattr(model, "load_context"):
        model.load_context(context)
    function = model.predict if hasattr(model, "predict") else model
    parameters = list(inspect.signature(function).parameters)
    takes_params = "params" in parameters
    first = [context] if parameters[:1] == ["context"] else []

    def answer(data: Any, params: dict[str, Any]) -> Any:
        return function(*first, data, **({"params": params} if takes_params else {}))

    return answer


def _write_pickle(model: Any, target: Path) -> dict[str, Any]:
    cloudpickle = serialize.pickler(serialize.CLOUDPICKLE)
    # MLflow, where this is read too, has no hito to find _Wrapped in.
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    try:
        (target / PICKLE_FILE).write_bytes(cloudpickle.dumps(_for_mlflow(model)))
    finally:
        cloudpickle.unregister_pickle_by_value(sys.modules[__name__])
    return {"python_model": PICKLE_FILE, "cloudpickle_version": cloudpickle.__version__}


def _for_mlflow(model: Any) -> Any:
    """The object to pickle: one of MLflow's own PythonModels as it is, anything else in the manner of one."""
    return model if hasattr(model, "predict_type_hints") else _Wrapped(model)


class _Wrapped:
    """A function or plain object in the manner of MLflow's PythonModel. Pickled by value: MLflow has no hito."""

    predict_type_hints = SimpleNamespace(input=None, output=None)  # MLflow asks every model for them

    def __init__(self, model: Any) -> None:
        self.model = model

    def load_context(self, context: Any) -> None:
        """MLflow calls it before the first predict."""
        if hasattr(self.model, "load_context"):
            self.model.load_context(context)

    def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
        """Call the model with as many arguments as it has."""
        import inspect as inspection  # pickled by value, the module's own names do not come along

        function = self.model.predict if hasattr(self.model, "predict") else self.model
        names = list(inspection.signature(function).parameters)
        first = [context] if names[:1] == ["context"] else []
        return function(*first, model_input, **({"params": params} if "params" in names else {}))


def _write_code(source: Path, target: Path) -> dict[str, Any]:
    if source.suffix != ".py" or not source.is_file():
        raise InvalidArgument(f"{source} is no Python file; a model from code is a .py file that calls set_model")
    shutil.copyfile(source, target / source.name)
    return {"model_code_path": source.name}


def _load_python(where: Path, settings: Mapping[str, Any], trust: Trust) -> Any:
    if settings.get("model_code_path") is not None:
        # MLflow notes the path of the author's machine; the file itself lies in the folder under its last name.
        name = str(settings["model_code_path"]).replace("\\", "/").rpartition("/")[2]
        path = mlmodel.part(where, name, "the model's code")
        trust.require_pickle(path, _CODE)
        return _run_code(path)
    path = mlmodel.part(where, settings.get("python_model"), "the model file")
    loaded = load_pickle(path, trust, _CODE)
    return loaded.model if type(loaded).__name__ == "_Wrapped" else loaded


_made: list[Any] = []


def set_model(model: Any) -> None:
    """In the file of a model from code: this object, or function, is the model."""
    _made.append(model)


def _run_code(path: Path) -> Any:
    """Run a model's source file and take what it handed to set_model."""
    del _made[:]
    spec = importlib.util.spec_from_file_location(f"hito_model_{uuid.uuid4().hex}", path)
    assert spec is not None  # a .py file always has one
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # classes find their module by its name
    spec.loader.exec_module(module)
    if not _made:
        raise InvalidArgument(f"{path.name} did not call set_model(...), so it makes no model; add the call at its end")
    return _made.pop()


def _add_code(path: Path, trust: Trust) -> None:
    trust.require_pickle(path, _CODE)
    if str(path) not in sys.path:
        sys.path.insert(0, str(path))


def _copy_artifacts(target: Path, artifacts: Mapping[str, str | Path]) -> dict[str, dict[str, str]]:
    kept = {}
    for name, given in artifacts.items():
        source = folders.native(given)
        if not source.exists():
            raise InvalidArgument(f"artifact {name!r} of the model is {source}, which does not exist")
        place = target / "artifacts" / source.name
        place.parent.mkdir(mode=0o700, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, place)
        else:
            shutil.copy2(source, place)
        kept[name] = {"path": f"artifacts/{source.name}", "uri": str(source)}
    return kept


def _artifacts(where: Path, settings: Mapping[str, Any]) -> dict[str, str]:
    entries = settings.get("artifacts") or {}
    return {
        str(name): str(mlmodel.part(where, entry.get("path"), f"artifact {name}")) for name, entry in entries.items()
    }
