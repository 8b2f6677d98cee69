"""A sample of what a model server was asked and what it answered, kept in the store.

They are written some seconds later, by a thread: a request waits for nothing. Only those who ask for it have it
(`--log-sample`), since requests may hold what nobody meant to keep.
"""

import logging
import os
import socket
import tempfile
import threading
import time
from pathlib import Path

from hito.connect import Client
from hito.core.errors import HitoError

log = logging.getLogger("hito.serve")

EXPERIMENT = "serving"
_KEPT_LINES, _KEPT_SECONDS = 1_000, 30.0
"""After how many requests, or after how long, they are written."""


class RequestLog:
    """Sampled requests, kept as artifacts of a run of the experiment `serving`: requests/00001.jsonl, …"""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lines: list[str] = []
        self._run_id = ""
        self._count = 0
        self._lock = threading.Lock()
        threading.Thread(target=self._watch, name="hito-request-log", daemon=True).start()

    def add(self, line: str) -> None:
        """One more; the oldest give way if the store does not take them."""
        with self._lock:
            self._lines.append(line)
            del self._lines[: -10 * _KEPT_LINES]

    def write(self) -> None:
        """Write all that wait; they go on waiting if the store does not answer."""
        with self._lock:
            lines, self._lines = self._lines, []
        if not lines:
            return
        try:
            if not self._run_id:
                self._run_id = self._begin()
            with tempfile.TemporaryDirectory(prefix="hito-") as place:
                path = Path(place) / f"{self._count + 1:05d}.jsonl"
                path.write_text("\n".join(lines) + "\n", "utf-8")
                self._client.log_artifact(self._run_id, str(path), "requests")
            self._count += 1
        except (HitoError, OSError) as error:
            log.warning("%d sampled requests could not be kept, and wait: %s", len(lines), error)
            with self._lock:
                self._lines = lines + self._lines

    def _begin(self) -> str:
        found = self._client.get_experiment_by_name(EXPERIMENT)
        experiment = found.experiment_id if found else self._client.create_experiment(EXPERIMENT)
        run = self._client.create_run(experiment, run_name=f"{socket.gethostname()}-{os.getpid()}")
        return str(run.info.run_id)

    def _watch(self) -> None:
        while True:
            before = time.monotonic()
            while time.monotonic() - before < _KEPT_SECONDS and len(self._lines) < _KEPT_LINES:
                time.sleep(1.0)
            self.write()
