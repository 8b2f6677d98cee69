"""For programs that run again with MLflow's own client: it logs to the server that it is given, whatever is asked of it.

A copy of this file is their `sitecustomize`, which Python imports before the program; it stands alone, since their
environment need not have hito. hito's own client minds HITO_SANDBOX by itself. When one of the two modules in which
MLflow decides on addresses is imported, its setters become silent, and its resolvers give the address of the sandbox.
"""

import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

_HELD = {
    "mlflow.tracking._tracking_service.utils": ("set_tracking_uri", "_resolve_tracking_uri"),
    "mlflow.tracking._model_registry.utils": ("set_registry_uri", "_resolve_registry_uri"),
}


class _Finder(importlib.abc.MetaPathFinder):
    """Lets the other finders find the two modules, and changes them when they have run."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in _HELD:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        if spec is not None and spec.loader is not None:
            _hold(spec.loader, *_HELD[fullname])
        return spec


def _hold(loader: Any, setter: str, resolver: str) -> None:
    run: Callable[[ModuleType], None] = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        run(module)
        for name, instead in ((setter, lambda *_, **__: None), (resolver, _address)):
            if hasattr(module, name):
                setattr(module, name, instead)

    loader.exec_module = exec_module


def _address(*_: object, **__: object) -> str | None:
    return os.environ.get("MLFLOW_TRACKING_URI")


if os.environ.get("HITO_SANDBOX"):
    sys.meta_path.insert(0, _Finder())
