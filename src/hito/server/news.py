"""News for open pages: that something has changed, not what, as server-sent events.

    a write by this process   ──► noticed ──► every stream's pending news ──► at most five events a second
    a write by another one    ──► seen within 0.3 s by a look at the store, which tells that there was one, and no more

So a page that follows a run is told precisely of what comes through its own server, and of "perhaps" after a write by an
embedded client or another worker. A stream holds a thread for as long as it is open; there are fewer streams than threads,
and whoever comes when all are taken is refused and polls. When nobody listens, nothing runs and nothing is looked at.
"""

import re
import threading
import time
from collections import deque
from collections.abc import Iterator
from typing import Any

import msgspec

from hito.core import rules
from hito.core.errors import InvalidArgument, Unavailable
from hito.core.runs import RunStatus
from hito.server.security import HEADERS
from hito.server.transfers import Reply
from hito.store.database import Database, Tx, marks
from hito.wire.endpoint import Any_Endpoint, Subject
from hito.wire.ui.live import Listen, News

MAX_STREAMS = 24
"""Open streams of one worker: half of its threads, so that requests always find one."""
HEARTBEAT = 2.0
"""Seconds after which a stream says something, since only a write shows that a client has gone."""
GAP = 0.2
"""Seconds between two events of a stream."""
VAGUE_GAP = 0.5
"""Seconds between two events that only say "perhaps": each makes a page ask for all it shows."""
LOOK = 0.3
"""Seconds between two looks at whether another process has written."""
MAX_NAMED = 500
"""Ids in one event."""

MAX_PENDING = 10_000
"""Changes that wait to be told; of more it is only told that there were some."""

_RUN_ID = re.compile(r"(?<![^/])[0-9a-f]{32}(?=/artifacts/)")
_HEADERS = [
    ("content-type", "text/event-stream"),
    ("cache-control", "no-store"),
    ("x-accel-buffering", "no"),  # nginx would hold events back
    *HEADERS,
]


class Newsroom:
    """All open streams of a process, and what is new."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._streams: set[Stream] = set()
        self._lock = threading.Lock()
        self._homes: dict[str, str] = {}
        self._looking = False

    def open(self, listen: Listen) -> Reply:
        """A stream of events.

        Raises: InvalidArgument: an id makes no sense; Unavailable: there are as many streams as there may be.
        """
        experiments = frozenset(str(rules.check_experiment_id(one)) for one in listen.experiment_ids)
        if len(listen.run_ids) > MAX_NAMED or len(experiments) > MAX_NAMED:
            raise InvalidArgument(f"A stream follows at most {MAX_NAMED} runs and as many experiments by name.")
        stream = Stream(self, experiments, frozenset(listen.run_ids), listen.models)
        with self._lock:
            if len(self._streams) >= MAX_STREAMS:
                raise Unavailable(
                    "As many pages listen for news as this server can tell; ask for what you need now and then."
                )
            self._streams.add(stream)
            looked, self._looking = self._looking, True
        if not looked:
            threading.Thread(target=self._look_around, name="hito-news", daemon=True).start()
        return Reply(200, list(_HEADERS), stream)

    def noticed(self, endpoint: Any_Endpoint, message: Any) -> None:
        """A request that changed something was answered. Costs nothing while nobody listens."""
        if not self._streams:
            return
        models = endpoint.needs.subject is Subject.REGISTERED_MODEL
        run_ids = [*getattr(message, "run_ids", ()), getattr(message, "run_id", "")]
        # A file travels to a path of the proxy: <experiment>/<run>/artifacts/…
        run_ids += _RUN_ID.findall(getattr(message, "path", "")[:200])
        experiment = getattr(message, "experiment_id", "")
        change = News([str(experiment)] if experiment else [], [one for one in run_ids if one], models)
        unnamed = not (change.experiment_ids or change.run_ids or models)
        with self._lock:
            for stream in self._streams:
                stream.add(None if unnamed else change)

    def leave(self, stream: "Stream") -> None:
        with self._lock:
            self._streams.discard(stream)

    def home(self, run_id: str) -> str:
        """The experiment of a run; '' if there is no such run."""
        known = self._homes.get(run_id)
        if known is None:
            query = "SELECT experiment_id FROM runs WHERE uuid = ?"
            row = self._database.read(lambda tx: tx.one(query, (run_id,)))
            known = str(row[0]) if row else ""
            if len(self._homes) > 10_000:
                self._homes.clear()
            if known:
                self._homes[run_id] = known
        return known

    def everything(self) -> News:
        """What a page may show, whatever it shows: all experiments, and the runs that are under way."""
        running = int(RunStatus.RUNNING)

        def work(tx: Tx) -> News:
            experiments = tx.all("SELECT id FROM experiments ORDER BY last_update_time DESC LIMIT ?", (MAX_NAMED,))
            ids = [row[0] for row in experiments]
            runs = tx.all(
                f"SELECT uuid FROM runs WHERE experiment_id IN ({marks(len(ids))}) AND deleted = 0 AND status = {running} "
                "LIMIT ?",
                (*ids, MAX_NAMED),
            )
            return News([str(one) for one in ids], [row[0] for row in runs], True)

        return self._database.read(work)

    def _look_around(self) -> None:
        """The thread that finds out about other processes, for as long as there are streams."""
        seen: int | None = None
        while True:
            try:
                now = self._database.strangers()
            except Unavailable:
                now = -1  # it cannot be read at the moment: what happens meanwhile is not known
            if seen is not None and now != seen:
                with self._lock:
                    for stream in self._streams:
                        stream.add(None)
            seen = now
            time.sleep(LOOK)
            with self._lock:
                if not self._streams:
                    self._looking = False
                    return


class Stream:
    """One page that listens: an iterator of pieces for its connection."""

    def __init__(self, room: Newsroom, experiments: frozenset[str], runs: frozenset[str], models: bool) -> None:
        self._room = room
        self._experiments = experiments
        self._runs = runs
        self._models = models
        self._all = not (experiments or runs or models)
        self._pending: deque[News] = deque(maxlen=MAX_PENDING)
        self._vague = False
        self._awake = threading.Event()
        self._pieces = self._told()

    def add(self, change: News | None) -> None:
        """Something is new; None: nobody knows what."""
        if change is None or len(self._pending) == MAX_PENDING:
            self._vague = True
        else:
            self._pending.append(change)
        self._awake.set()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """The client has gone."""
        self._room.leave(self)

    def _told(self) -> Iterator[bytes]:
        yield b"retry: 1000\n\n"
        vague_at, said = 0.0, time.monotonic()
        while True:
            woken = self._awake.wait(HEARTBEAT)
            if time.monotonic() - said >= HEARTBEAT:  # also where much happens that this page does not follow
                said = time.monotonic()
                yield b":\n\n"
            if not woken:
                continue
            self._awake.clear()
            pending = [self._pending.popleft() for _ in range(len(self._pending))]
            vague = self._vague and time.monotonic() >= vague_at
            if self._vague and not vague:
                self._awake.set()  # still to be told, a little later
            if vague:
                self._vague = False
                vague_at = time.monotonic() + VAGUE_GAP
            news = self._news(pending, vague)
            if news is not None:
                said = time.monotonic()
                yield b"event: change\ndata: " + msgspec.json.encode(news) + b"\n\n"
            time.sleep(GAP)

    def _news(self, pending: list[News], vague: bool) -> News | None:
        """What of the changes concerns this page; None if nothing does."""
        if vague:
            if self._all:
                return self._room.everything()
            return News(sorted(self._experiments), sorted(self._runs), self._models)
        runs = {run for change in pending for run in change.run_ids}
        experiments = {one for change in pending for one in change.experiment_ids}
        if self._all or self._experiments:
            experiments |= {self._room.home(run) for run in runs} - {""}
        models = any(change.models for change in pending)
        if not self._all:
            runs, experiments, models = runs & self._runs, experiments & self._experiments, models and self._models
        if not (runs or experiments or models):
            return None
        return News(sorted(experiments)[:MAX_NAMED], sorted(runs)[:MAX_NAMED], models)
