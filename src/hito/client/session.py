"""What every group of the client's methods needs: a server, a journal per run, and the order between the two."""

import time
from pathlib import Path
from typing import Any

from hito.client import beginning
from hito.client.folder import home_folder
from hito.client.leftovers import FOLDER
from hito.client.shipper import Shipper, shipper
from hito.client.transport import Transport
from hito.client.writer import Writer
from hito.core.errors import Unavailable
from hito.wire.endpoint import Any_Endpoint

READ_SECONDS = 30.0
"""How long a read waits for what this process has logged before it."""
FINISH_SECONDS = 5.0
"""How long the end of a run waits for its server, at most; the journal keeps what is late."""


class Session:
    """Explicit, without global state: any number may exist, and any thread may call any method.

    Args:
        tracking: the server of experiments, runs and files.
        registry: that of registered models; None: the same.
        folder: where journals lie; None: `journal` in the nearest `.hito`, or in `HITO_HOME`.
    """

    def __init__(self, tracking: Transport, registry: Transport | None = None, folder: Path | None = None) -> None:
        self._tracking = tracking
        self._registry = registry or tracking
        self._folder = folder
        self._writers: dict[str, Writer] = {}
        self._roots: dict[str, str] = {}
        self._shipper: Shipper = shipper()
        self._shipper.add(tracking)

    @property
    def tracking_uri(self) -> str:
        """The server, without user name and password."""
        return self._tracking.destination

    @property
    def registry_uri(self) -> str:
        return self._registry.destination

    def writer(self, run_id: str) -> Writer:
        """The journal of a run: `writer.metric(key, value, step, timestamp)` is the shortest way for a point.

        It stays the run's after the run has ended, and in forked processes.
        """
        known = self._writers.get(run_id)
        if known is None:
            made = Writer(self._journals(), self._tracking.destination, run_id, self._shipper.wake)
            known = self._writers.setdefault(run_id, made)
        return known

    def flush(self, run_id: str | None = None, timeout: float = READ_SECONDS) -> bool:
        """Wait until what was logged to a run, or by this client to any, is on its server; whether it is.

        False after `timeout` seconds; what is not there yet lies in the journal.
        """
        writers = list(self._writers.values()) if run_id is None else [self.writer(run_id)]
        return self._shipper.flush(writers, timeout)

    def close(self) -> None:
        """Give back connections. What is logged is sent all the same, and any later call opens new ones."""
        for transport in {self._tracking, self._registry}:
            transport.close()

    def _journals(self) -> Path:
        if self._folder is None:
            self._folder = home_folder() / FOLDER
        return self._folder

    def _settle(self, run_id: str) -> str:
        """Let what was logged to a run arrive before something else is asked of it; the run's id on the server.

        Also what a worker process logged and died: its journal is ours to ship.
        """
        self._shipper.adopt(self._journals(), run_id)
        sources = self._shipper.sources_of(run_id)
        if sources:
            self._shipper.flush(sources, READ_SECONDS, polite=True)
        return self._server_id(run_id)

    def _server_id(self, run_id: str) -> str:
        writer = self._writers.get(run_id)
        if writer is None:
            return run_id
        return writer.server_run_id or writer.mark.state.run_id or run_id

    def _call(self, endpoint: Any_Endpoint, message: Any) -> Any:
        return self._asked(self._tracking, endpoint, message)

    def _call_registry(self, endpoint: Any_Endpoint, message: Any) -> Any:
        return self._asked(self._registry, endpoint, message)

    def _asked(self, transport: Transport, endpoint: Any_Endpoint, message: Any) -> Any:
        # Nobody waits long for a server that did not answer a moment ago; one short attempt finds out whether it is back.
        down = self._shipper.is_down(transport.destination)
        answer = transport.call(endpoint, message, timeout=FINISH_SECONDS if down else None, patient=not down)
        if down:
            self._shipper.saw(transport.destination, answered=True)
        return answer

    def _experiment_id_of(self, name: str) -> str:
        return beginning.experiment_id_of(self._tracking, name)

    def _unanswered(self, error: Unavailable) -> None:
        """A server did not answer something that goes on without it."""
        self._shipper.saw(self._tracking.destination, answered=False, problem=error.message)


def now_ms() -> int:
    """Milliseconds since 1970, never before it: servers refuse those, and a wrong clock must not cost a run."""
    return max(0, time.time_ns() // 1_000_000)
