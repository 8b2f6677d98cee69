"""Flavor name → module. Modules are imported when they are asked for; other packages may add theirs.

A package adds a flavor by an entry point of the group `hito.flavors` that leads to a module (or object) with

    NAME, save(model, folder, **details), load(folder, *, trust), predict(model, inputs, params)

Which entry points exist is decided by whoever installs packages, never by a model's folder.
"""

import importlib
import importlib.metadata
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from hito.core.errors import InvalidArgument
from hito.flavors import mlmodel
from hito.flavors.folder import native
from hito.flavors.trust import Trust

GROUP = "hito.flavors"

OURS: Mapping[str, str] = MappingProxyType(
    {
        "sklearn": "hito.flavors.sklearn",
        "xgboost": "hito.flavors.xgboost",
        "lightgbm": "hito.flavors.lightgbm",
        "onnx": "hito.flavors.onnx",
        mlmodel.PYTHON_FUNCTION: "hito.flavors.pyfunc",
    }
)

# The library whose classes a flavor saves; the nearest ancestor of a model's class decides.
_BY_LIBRARY = {"sklearn": "sklearn", "xgboost": "xgboost", "lightgbm": "lightgbm", "onnx": "onnx"}


class Flavor(Protocol):
    """What a flavor's module offers."""

    NAME: str

    def save(self, model: Any, folder: str | Path, **details: Any) -> mlmodel.MLmodel:
        """Write the model's folder."""

    def load(self, folder: str | Path, *, trust: Trust | None = None) -> Any:
        """Read the model in its native form."""

    def predict(self, model: Any, inputs: Any, params: Mapping[str, Any] | None = None) -> Any:
        """What the model answers."""


def names() -> list[str]:
    """All flavors, ours and those of installed packages."""
    return sorted({*OURS, *(entry.name for entry in importlib.metadata.entry_points(group=GROUP))})


def flavor(name: str) -> Flavor:
    """The module of a flavor. `pyfunc` is another name of `python_function`.

    Raises: InvalidArgument: there is none of this name, or its library is not installed.
    """
    name = mlmodel.PYTHON_FUNCTION if name == "pyfunc" else name
    if name in OURS:
        return importlib.import_module(OURS[name])
    for entry in importlib.metadata.entry_points(group=GROUP, name=name):
        return entry.load()  # type: ignore[no-any-return]
    raise InvalidArgument(f"there is no flavor {name!r}; installed are {', '.join(names())}")


def flavor_of(model: Any) -> Flavor:
    """The flavor that saves this object: that of the library it comes from.

    Raises: InvalidArgument: no flavor knows its class.
    """
    for ancestor in type(model).__mro__:
        library = ancestor.__module__.partition(".")[0]
        if library in _BY_LIBRARY:
            return flavor(_BY_LIBRARY[library])
    if callable(getattr(model, "predict", None)) or callable(model):
        return flavor(mlmodel.PYTHON_FUNCTION)
    raise InvalidArgument(f"no flavor saves a {type(model).__name__}; installed are {', '.join(names())}")


def load(folder: str | Path, *, trust: Trust | None = None) -> Any:
    """Read a model in its native form, by the first of its flavors that is installed here."""
    model = mlmodel.read(native(folder))
    known = set(names())
    for name in [*model.native_flavors, mlmodel.PYTHON_FUNCTION]:
        if name in model.flavors and name in known:
            return flavor(name).load(folder, trust=trust)
    raise InvalidArgument(
        f"this model has flavors {', '.join(model.flavors) or 'none'}; installed are {', '.join(known)}"
    )
