"""Saying that a run's program lives: a run that is RUNNING and silent has died.

One thread for all active runs tells hito's server every `EVERY` seconds; MLflow's has no word for it. The first beat comes
after `EVERY` seconds, so that a short run costs nothing. A beat that does not arrive is not repeated.
"""

import threading

from hito.client.transport import Transport
from hito.connect import connect
from hito.core.errors import HitoError
from hito.fluent import active
from hito.fluent.active import Scope
from hito.fluent.configuration import get_tracking_uri
from hito.wire.runs import BEAT, Beat

EVERY = 30.0
_ANSWER_SECONDS = 5.0


class _Heart:
    """The thread, and the server of each run."""

    def __init__(self) -> None:
        self.servers: dict[str, Transport] = {}
        self.thread: threading.Thread | None = None


_heart = _Heart()
_lock = threading.Lock()


def begin(scope: Scope) -> None:
    """Beat for a run until it ends."""
    with _lock:
        _heart.servers[scope.run_id] = connect(get_tracking_uri())
        if _heart.thread is None or not _heart.thread.is_alive():
            _heart.thread = threading.Thread(target=_beat, args=(_heart,), name="hito-heartbeat", daemon=True)
            _heart.thread.start()
    scope.closing.append(lambda _: end(scope.run_id))


def end(run_id: str) -> None:
    """Stop."""
    with _lock:
        _heart.servers.pop(run_id, None)


def beat_once() -> int:
    """One beat for every active run; how many arrived."""
    with _lock:
        servers = list(_heart.servers.items())
    arrived = 0
    for run_id, server in servers:
        try:
            if server.takes_run_ids():  # hito's server, or a store in this process
                message = Beat(run_id=run_id, every=int(EVERY * 1000))
                server.call(BEAT, message, timeout=_ANSWER_SECONDS, patient=False)
                arrived += 1
        except HitoError:
            pass  # it is told nothing more; whether it lives, the next beat says
    return arrived


def _beat(heart: _Heart) -> None:
    pause = threading.Event()
    while True:
        pause.wait(EVERY)
        with _lock:
            if not heart.servers:
                heart.thread = None
                return
        beat_once()


def _forked() -> None:
    global _heart, _lock
    _heart, _lock = _Heart(), threading.Lock()


active.in_child.append(_forked)
