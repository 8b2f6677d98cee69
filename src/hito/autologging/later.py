"""Work that a training need not wait for: writing the model, drawing pictures.

One thread does it, job after job, and ends when there is none. It is no daemon: when the program ends, Python lets it
finish first, before the runs are ended and the journals sent. A job begins with the context of its maker, so the run that
is active there is active here.

Short jobs are waited for, so that after the `fit` of an ordinary model everything is on its run. Long ones go on in the
background: scikit-learn's forests take longer to write safely than a twentieth of the time it took to grow them.
"""

import contextvars
import os
import threading
from collections import deque
from collections.abc import Callable

Job = Callable[[], None]

_MOST = 4
"""Jobs that may wait, each with its model in memory; a program that makes them faster waits."""


class Ticket:
    """A promise of a job; `run_id` is the run that it works for."""

    def __init__(self, job: Job, run_id: str) -> None:
        self.run_id = run_id
        self._job = job
        self._context = contextvars.copy_context()
        self._done = threading.Event()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the job is done; whether it is."""
        return self._done.wait(seconds)

    def do(self) -> None:
        try:
            self._context.run(self._job)
        finally:
            self._done.set()


class _Line:
    """The tickets that wait, and the thread that works them off."""

    def __init__(self) -> None:
        self.tickets: deque[Ticket] = deque()
        self.changed = threading.Condition()
        self.thread: threading.Thread | None = None


_line = _Line()


def submit(job: Job, run_id: str) -> Ticket:
    """Have a job done. It must not raise."""
    ticket = Ticket(job, run_id)
    line = _line
    if threading.current_thread() is line.thread:
        ticket.do()  # a job that makes a job would wait for itself
        return ticket
    with line.changed:
        line.changed.wait_for(lambda: len(line.tickets) < _MOST)
        line.tickets.append(ticket)
        if line.thread is None:
            line.thread = threading.Thread(target=_work, args=(line,), name="hito-autolog")
            try:
                line.thread.start()
            except RuntimeError:  # the interpreter is ending, and begins no threads any more
                line.thread = None
                line.tickets.clear()
        if line.thread is not None:
            return ticket
    ticket.do()
    return ticket


def wait(run_id: str | None = None, seconds: float | None = None) -> bool:
    """Wait until what was put off is done, for one run or all; whether it is."""
    if threading.current_thread() is _line.thread:
        return True
    with _line.changed:
        waiting = [one for one in _line.tickets if run_id is None or one.run_id == run_id]
    return all(one.wait(seconds) for one in waiting)


def others_wait() -> bool:
    """Whether there are jobs behind the one that is being done."""
    with _line.changed:
        return len(_line.tickets) > 1


def _work(line: _Line) -> None:
    while True:
        with line.changed:
            if not line.tickets:
                line.thread = None
                return
            ticket = line.tickets[0]
        try:
            ticket.do()
        finally:
            with line.changed:
                line.tickets.popleft()  # only now: `wait` must see the one that is being done
                line.changed.notify_all()


def _forked() -> None:
    """In a child: the thread, and what it had to do, are the parent's."""
    global _line
    _line = _Line()


os.register_at_fork(after_in_child=_forked)
