"""Acting on modules that are imported later than `autolog()` was called.

A finder at the head of `sys.meta_path` lets the others find a watched module, and wraps its loader, so that the action
runs when the module's code has. What an action raises is the guard's business: an import never fails because of it.
"""

import importlib.abc
import importlib.machinery
import sys
import threading
import types
from collections.abc import Callable, Sequence
from typing import Any

from hito.autologging.guard import attempt
from hito.autologging.settings import any_silent

Action = Callable[[types.ModuleType], None]

_watched: dict[str, dict[str, Action]] = {}
"""Package → who watches it → what is done."""
_lock = threading.Lock()
_here = threading.local()


def watch(who: str, package: str, action: Action) -> None:
    """Call `action` with every module of a package: with those that are imported now, and with each one later.

    A second action of the same watcher takes the place of the first.
    """
    with _lock:
        _watched.setdefault(package, {})[who] = action
        if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
            sys.meta_path.insert(0, _Finder())
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == package and module is not None:
            _act(module, action)


def forget(who: str, package: str) -> None:
    """Watch a package no longer; without any, the finder goes."""
    with _lock:
        _watched.get(package, {}).pop(who, None)
        if not _watched.get(package):
            _watched.pop(package, None)
        if not _watched:
            sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, _Finder)]


def _act(module: types.ModuleType, action: Action) -> None:
    attempt(f"what {module.__name__} does", any_silent(), action, module)


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] not in _watched or getattr(_here, "finding", None) == fullname:
            return None
        _here.finding = fullname
        try:
            for finder in sys.meta_path:
                if finder is not self and hasattr(finder, "find_spec"):
                    spec = finder.find_spec(fullname, path, target)
                    if spec is not None:
                        break
            else:
                return None
        finally:
            _here.finding = None
        loader = spec.loader
        if isinstance(loader, importlib.machinery.SourceFileLoader):  # others define no classes in Python
            _follow(loader)
        return spec


def _follow(loader: Any) -> None:
    """Let one loader, which loads one module, call the action when it is done.

    The method is replaced on the loader itself, which stays of its class: resources and sources are read through it.
    """
    execute = loader.exec_module

    def exec_module(module: types.ModuleType) -> None:
        execute(module)
        for action in list(_watched.get(module.__name__.partition(".")[0], {}).values()):
            _act(module, action)

    loader.exec_module = exec_module
