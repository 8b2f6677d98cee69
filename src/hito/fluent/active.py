"""Which run is active, where threads, tasks, forks and notebooks meet.

Each thread and each asyncio task has its own stack of runs, innermost last. It is kept in a context variable, so that

    a new thread       begins without a run                       (as in MLflow)
    a new task         begins with the runs of the one that made it, and its own do not leak to its siblings
    a forked process   begins with the runs of its parent; it may log to them, and does not end them
    a notebook's cell  begins with the runs of the cell before it: cells are tasks of a kernel, see `_follow_cells`

One thing is ours. A thread that logs without having a run would, in MLflow, start a run nobody asked for. If exactly one
run was started by name in this process and is active, such a thread logs to that one: this is what a pool of threads
in a `with start_run():` block means.
"""

import atexit
import contextvars
import os
import sys
import threading
import types
from collections.abc import Callable
from typing import Any

from hito.client.entities import Run
from hito.client.writer import Writer
from hito.connect import Client


class ActiveRun(Run):
    """A run that is being logged to. In a `with` statement it ends with the block: FAILED if that raised, else FINISHED.

    It is what was known when the run began; `hito.get_run(run_id)` reads what was logged since.
    """

    def __enter__(self) -> "ActiveRun":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: types.TracebackType | None
    ) -> None:
        end(self.info.run_id, "FINISHED" if kind is None else "FAILED")


class Scope:
    """An active run, and what this process knows about it.

    Attributes:
        outer: the run inside which this one was started, in the same thread.
        named: it was asked for, by `start_run`; else a function that logs started it.
        params: those that this process has logged; a param is written once.
        models: the model that the run made, by the step at which it did.
        closing: what to do when the run ends, last first: stop a monitor, save the console.
    """

    __slots__ = (
        "client",
        "closing",
        "metric",
        "models",
        "named",
        "outer",
        "params",
        "process",
        "run",
        "run_id",
        "writer",
    )

    def __init__(self, client: Client, run: ActiveRun, writer: Writer, outer: "Scope | None", named: bool) -> None:
        self.client = client
        self.run = run
        self.run_id = run.info.run_id
        self.writer = writer
        self.metric = writer.metric
        self.outer = outer
        self.named = named
        self.process = os.getpid()
        self.params: dict[str, str] = {}
        self.models: dict[int, str] = {}
        self.closing: list[Callable[[str], None]] = []


_current: contextvars.ContextVar[Scope | None] = contextvars.ContextVar("hito_active_run", default=None)
current = _current.get
"""The innermost run of this thread or task; None without one."""

_open: dict[str, Scope] = {}
"""Every active run of this process that was started here, by id."""
_last_id: list[str] = []
_lock = threading.Lock()


def enter(scope: Scope) -> None:
    """Make a run the active one here."""
    with _lock:
        _open[scope.run_id] = scope
        _last_id[:] = [scope.run_id]
    _set(scope)
    _follow_cells()
    _end_with_worker()


def end(run_id: str, status: str) -> None:
    """End a run that is active here; nothing if it is not (any more)."""
    chain = stack()
    ended = next((scope for scope in chain if scope.run_id == run_id), None)
    with _lock:
        scope = _open.pop(run_id, None)
    if ended is not None:
        _unlink(ended)
    if scope is None:
        return  # already ended, or begun by the process that forked us
    for close in reversed(scope.closing):
        close(status)
    scope.client.set_terminated(run_id, status)


def stack() -> list[Scope]:
    """The active runs of this thread or task, innermost first."""
    found = []
    scope = current()
    while scope is not None:
        found.append(scope)
        scope = scope.outer
    return found


def shared() -> Scope | None:
    """The one run that a thread without a run logs to, if there is one."""
    with _lock:
        named = [scope for scope in _open.values() if scope.named]
    return named[0] if len(named) == 1 else None


def find(run_id: str) -> Scope | None:
    """The active run with this id, in any thread of this process."""
    return _open.get(run_id)


def last_id() -> str | None:
    """The id of the run that was started last, in any thread."""
    return _last_id[0] if _last_id else None


def _unlink(scope: Scope) -> None:
    inner = current()
    if inner is scope:
        _set(scope.outer)
        return
    while inner is not None and inner.outer is not scope:
        inner = inner.outer
    if inner is not None:
        inner.outer = scope.outer


def _set(scope: Scope | None) -> None:
    _current.set(scope)
    if _cells.follows and _task() is _cells.task:
        _cells.scope = scope


# --- notebooks ---


class _Cells:
    """What one cell leaves to the next: its innermost run."""

    follows = False
    scope: Scope | None = None
    task: Any = None


_cells = _Cells()


def _follow_cells() -> None:
    """In IPython, hand the active runs from cell to cell.

    A kernel runs every cell in a task with a fresh context, in which the runs of the cell before would be gone. So what
    a cell itself (not a task that it made) leaves active is set again before the next one begins.
    """
    if _cells.follows or "IPython" not in sys.modules:
        return
    shell = sys.modules["IPython"].get_ipython()
    if shell is None:
        return
    _cells.follows, _cells.task, _cells.scope = True, _task(), current()
    shell.events.register("pre_run_cell", _begin_cell)


def _begin_cell(*_: Any) -> None:
    _cells.task = _task()
    _current.set(_cells.scope)


def _task() -> Any:
    asyncio = sys.modules.get("asyncio")
    if asyncio is None:
        return None
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None


# --- the end of the process, and its children ---

at_exit: list[Callable[[], object]] = []
"""What is to be waited for when all runs have ended."""
in_child: list[Callable[[], object]] = []
"""What begins anew in a forked process."""


def _end_all() -> None:
    """End what the program left active: FAILED if it died of an exception, else FINISHED."""
    died = getattr(sys, "last_value", None) is not None and not hasattr(sys, "ps1") and "IPython" not in sys.modules
    for run_id in reversed(list(_open)):
        end(run_id, "FAILED" if died else "FINISHED")
    for wait in at_exit:
        wait()


def _forked() -> None:
    """In a child: the runs are the parent's to end."""
    global _lock
    _lock = threading.Lock()
    _open.clear()
    for begin_anew in in_child:
        begin_anew()


def _end_with_worker() -> None:
    """A worker of `multiprocessing` ends without `atexit`; it has finalizers of its own."""
    process = sys.modules.get("multiprocessing.process")
    if process is None or process.parent_process() is None or _finalized == os.getpid():
        return
    from multiprocessing.util import Finalize

    # Before the shipper's, whose priority is lower: what the end of a run logs is to be shipped, too.
    Finalize(None, _end_all, exitpriority=100)
    _remember_finalized()


_finalized = 0


def _remember_finalized() -> None:
    global _finalized
    _finalized = os.getpid()


atexit.register(_end_all)  # after the shipper's, which was imported above: so this one runs before it
os.register_at_fork(after_in_child=_forked)
