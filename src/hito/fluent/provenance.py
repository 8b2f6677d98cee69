"""Provenance on its way to the run: one thread gathers and uploads, one run after the other.

The caller pays for noting down what it may change soon. The end of a run is not held up; the end of the program is, for
`EXIT_SECONDS` at most.
"""

import queue
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from hito.client import voice
from hito.core.errors import HitoError
from hito.fluent import active
from hito.fluent.active import Scope
from hito.reproduce import files, machine

if TYPE_CHECKING:
    from hito.reproduce.capture import Provenance

EXIT_SECONDS = 5.0
PATIENCE_SECONDS = 0.05


class _Worker:
    """A queue and the thread that empties it; a forked child begins anew."""

    def __init__(self) -> None:
        self.jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.thread: threading.Thread | None = None
        self.waiting = 0
        self.changed = threading.Condition()
        self.kept: dict[str, Provenance] = {}

    def put(self, job: Callable[[], None]) -> None:
        with self.changed:
            self.waiting += 1
        self.jobs.put(job)
        if self.thread is None or not self.thread.is_alive():
            self.thread = threading.Thread(target=self._work, name="hito-provenance", daemon=True)
            self.thread.start()

    def wait(self, seconds: float) -> bool:
        """Whether everything was done in time."""
        with self.changed:
            return self.changed.wait_for(lambda: self.waiting == 0, seconds)

    def _work(self) -> None:
        while True:
            job = self.jobs.get()
            try:
                job()
            except Exception as error:  # noqa: BLE001  the guard: provenance must not hurt the training
                voice.warn("provenance", f"hito: where a run comes from could not be recorded: {error!r}")
            with self.changed:
                self.waiting -= 1
                self.changed.notify_all()


_worker = _Worker()


def begin(scope: Scope) -> None:
    """Record where a run comes from, soon."""
    beginning = machine.note()
    files.watch()
    worker = _worker

    def job() -> None:
        if worker.waiting == 1:  # nobody is behind this run: let its program go ahead
            time.sleep(PATIENCE_SECONDS)
        from hito.reproduce import capture  # zip files, package metadata: 100 ms of imports, in this thread

        found = capture.gather(beginning)
        worker.kept[scope.run_id] = found
        # To the journal first: tags are there even if files cannot be uploaded.
        for key, value in found.tags.items():
            scope.client.set_tag(scope.run_id, key, value)
        _upload(scope, found.files)

    worker.put(job)


def finish(scope: Scope) -> None:
    """Record what has changed since, soon."""
    worker = _worker

    def job() -> None:
        from hito.reproduce import capture

        before = worker.kept.pop(scope.run_id, None)
        if before is not None:
            _upload(scope, capture.gather_again(before.files))

    worker.put(job)


def wait(seconds: float = EXIT_SECONDS) -> bool:
    """Wait until what was begun is recorded; whether it is."""
    return _worker.wait(seconds)


def _upload(scope: Scope, files: dict[str, bytes]) -> None:
    import io

    for path, content in files.items():
        try:
            scope.client.log_stream(scope.run_id, io.BytesIO(content), path)
        except HitoError as error:
            voice.warn("provenance", f"hito: {path} could not be stored with run {scope.run_id}: {error.message}")
            return
        time.sleep(0)


def _forked() -> None:
    global _worker
    _worker = _Worker()


active.at_exit.append(wait)
active.in_child.append(_forked)
