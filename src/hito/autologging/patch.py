"""Replacing methods and functions of libraries, and putting them back.

    method     the class that defines it gets the wrapper; subclasses that do not override it inherit it
    function   replaced wherever a module holds it: `from sklearn.metrics import f1_score` may stand above `autolog()`

Signature, docs and name are the original's (`functools.wraps`), so `clone`, `inspect.signature` and scikit-learn's routing
of fit arguments see no difference. Estimators are pickled without their methods, so nothing changes there.

Functions are pickled by module and name, and pickle insists on finding the very same object there. scikit-learn's scorers
hold the originals: so a function stays as it is in its own module. A scorer that the program makes holds ours: so ours is
pickled as the original, which whoever reads it finds without knowing hito.
"""

import functools
import operator
import sys
import threading
import types
from collections.abc import Callable, Mapping
from typing import Any

Original = Callable[..., Any]
Around = Callable[[Original, tuple[Any, ...], dict[str, Any]], Any]
"""Called in place of the original, with it and its arguments; a method's first argument is its object."""

_MARK = "__hito_original__"
_lock = threading.RLock()
_missing = object()


class Patches:
    """What was replaced for one library. Replacing twice, or undoing twice, changes nothing."""

    def __init__(self) -> None:
        self._methods: list[tuple[type, str, Any, Any]] = []
        self._functions: dict[int, tuple[Original, WrappedFunction]] = {}

    def method(self, owner: type, name: str, around: Around) -> bool:
        """Wrap the method that `owner` itself defines; whether there was one to wrap, and it was not yet."""
        with _lock:
            original = owner.__dict__.get(name, _missing)
            wrapper = _wrapped_method(original, around)
            if wrapper is None:
                return False
            setattr(owner, name, wrapper)
            self._methods.append((owner, name, original, wrapper))
            return True

    def functions(self, wanted: Mapping[Original, Around], *, at_home: bool = False) -> None:
        """Wrap functions, in every module that holds them.

        Args:
            at_home: also in the module that defines them, for those that are called from there; nobody may pickle them.
        """
        with _lock:
            fresh = {}
            for original, around in wanted.items():
                if hasattr(original, _MARK) or id(original) in self._functions:
                    continue
                fresh[id(original)] = (original, WrappedFunction(original, around))
            self._functions.update(fresh)
            _rebind(fresh, at_home)

    def undo(self) -> None:
        """Put everything back as it was.

        Where somebody else wrapped our wrapper, theirs stays; ours only passes calls on then.
        """
        with _lock:
            for owner, name, original, wrapper in reversed(self._methods):
                if owner.__dict__.get(name) is wrapper:
                    setattr(owner, name, original)
            self._methods.clear()
            _rebind({id(wrapper): (wrapper, original) for original, wrapper in self._functions.values()}, True)
            self._functions.clear()


class WrappedFunction:
    """A function in place of another. It binds like one, copies and pickles to the original."""

    def __init__(self, original: Original, around: Around) -> None:
        functools.update_wrapper(self, original)
        self.__dict__[_MARK] = original
        self._original = original
        self._around = around

    def __call__(self, *args: Any, **named: Any) -> Any:
        return self._around(self._original, args, named)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else types.MethodType(self, instance)

    def __reduce__(self) -> tuple[Any, ...]:
        # Read as `itemgetter(0)((original,))`: the standard library's way to say "just this object".
        return operator.itemgetter(0), ((self._original,),)

    def __repr__(self) -> str:
        return repr(self._original)


def _wrapped(original: Original, around: Around) -> Original:
    @functools.wraps(original)
    def wrapper(*args: Any, **named: Any) -> Any:
        return around(original, args, named)

    setattr(wrapper, _MARK, original)
    return wrapper


def _wrapped_method(original: Any, around: Around) -> Any:
    """A wrapper of the same kind; None if it cannot be wrapped, or is already."""
    if isinstance(original, types.FunctionType):
        return None if hasattr(original, _MARK) else _wrapped(original, around)
    # scikit-learn's `available_if`: a method that an object has only on a condition, such as a pipeline's predict.
    function = getattr(original, "fn", None)
    if isinstance(function, types.FunctionType) and hasattr(original, "check") and not hasattr(function, _MARK):
        return type(original)(_wrapped(function, around), original.check, original.attribute_name)
    return None


def _rebind(changes: Mapping[int, tuple[Any, Any]], at_home: bool) -> None:
    """Put one object in place of another in every module.

    Args:
        changes: id of the old → old, new.
        at_home: also in the module that defines it.
    """
    if not changes:
        return
    for module in list(sys.modules.values()):
        held = getattr(module, "__dict__", None)
        if not isinstance(held, dict):
            continue
        for name, value in list(held.items()):
            change = changes.get(id(value))
            if change is not None and change[0] is value and (at_home or value.__module__ != held.get("__name__")):
                held[name] = change[1]
