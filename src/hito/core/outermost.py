"""Only the outermost call is logged: not the trees of a forest, nor the folds of a search, nor what we compute ourselves.

Autolog asks `inside`; whoever trains, predicts or scores for hito's own ends does so while `entered`.

A context variable says so within a thread. Threads of a pool have none of their maker's context: a call in one of those
(multiprocessing.dummy, which joblib's threads are) is an inner one while any call is being logged.
"""

import contextlib
import contextvars
import sys
import threading
from collections.abc import Iterator

_depth: contextvars.ContextVar[int] = contextvars.ContextVar("hito_autolog_depth", default=0)
_lock = threading.Lock()
_logged = [0]
"""Calls that are being logged now, in any thread."""


def inside() -> bool:
    """Whether this call is made by one that is being logged."""
    if _depth.get():
        return True
    return _logged[0] > 0 and _in_pool()


@contextlib.contextmanager
def entered() -> Iterator[None]:
    """While this lasts, every call is an inner one."""
    token = _depth.set(_depth.get() + 1)
    with _lock:
        _logged[0] += 1
    try:
        yield
    finally:
        with _lock:
            _logged[0] -= 1
        _depth.reset(token)


def _in_pool() -> bool:
    dummy = sys.modules.get("multiprocessing.dummy")
    return dummy is not None and isinstance(threading.current_thread(), dummy.DummyProcess)
