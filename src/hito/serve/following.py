"""A registry, watched: what should be served is compared with what is, and changed where they differ.

    every second:  wanted = source.wanted()      route → identity
                   new? ──> loaded: fetched, checked, compiled, warm ──> swap
                   gone? ──> drop
                   not asked for a long time? ──> let go; the next request loads it again

It runs in a thread; only the swap itself happens in the event loop. A registry that does not answer changes nothing.
A version whose files are not those that were registered is not served, now or later: the one before goes on. The model
that was replaced stays in memory for a while, so that going back takes no longer than going forward.
"""

import asyncio
import logging
import threading
import time
from pathlib import Path

from hito.core.errors import HitoError, Unavailable
from hito.serve.line import Line
from hito.serve.loading import Settings, Source, loaded, prepared, tidied
from hito.serve.predictor import Identity
from hito.serve.refusal import Refusal
from hito.serve.served import Entry, Served

log = logging.getLogger("hito.serve")
_AGAIN_SECONDS = 60.0
"""After which a model that could not be loaded is tried again; files that are not what they should be never are."""
_BACK_SECONDS = 600.0
"""How long a model that was replaced stays ready to come back."""
_MISSED_SECONDS = 5.0
"""How long a route that the registry does not know is not asked for again; many are remembered."""
_MOST_MISSED = 10_000


class Follower:
    """Keeps what is served as the source wants it.

    Args:
        every: seconds between two looks.
        unload: seconds after which a model that nobody asks is let go; 0: never.
        canary, shadow: route → (route whose model is tried there, share) and route → route whose model is asked as well.
    """

    def __init__(
        self, source: Source, served: Served, settings: Settings, every: float, unload: float = 0.0,
        canary: dict[str, tuple[str, float]] | None = None, shadow: dict[str, str] | None = None,
    ) -> None:  # fmt: skip
        self._source = source
        self._served = served
        self._settings = settings
        self._every = every
        self._unload = unload
        self._canary = canary or {}
        self._shadow = shadow or {}
        self._lines: dict[Identity, Line] = {}
        self._refused: dict[Identity, float] = {}
        self._idle: set[str] = set()
        self._missed: dict[str, float] = {}
        self._left: dict[Identity, float] = {}
        self._silent = False
        self._asking = 0.0
        """Seconds that the source took to say what it wants."""
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Load what is wanted now, then watch."""
        self._loop = loop
        self._served.load = self._load_route
        self.look(first=True)
        tidied(Path(self._settings.cache))
        if self._every > 0:
            self._thread = threading.Thread(target=self._watch, name="hito-following", daemon=True)
            self._thread.start()

    def prepare(self) -> None:
        """Bring and compile what is wanted, for other processes to load. Raises: HitoError: it cannot be served."""
        for identity in set(self._source.wanted().values()):
            prepared(self._source, identity, self._settings)

    def end(self) -> None:
        """Stop watching."""
        self._stop.set()
        self._source.end()

    def look(self, *, first: bool = False) -> None:
        """Compare once, and change what differs. Before the loop runs, at the first look, changes are made directly."""
        with self._lock:
            began = time.monotonic()
            try:
                wanted = self._source.wanted()
            except HitoError as error:
                if first:
                    raise
                if not self._silent:
                    log.warning("the registry does not answer; what is served goes on: %s", error)
                self._silent = True
                return
            finally:
                self._asking = time.monotonic() - began
            self._silent = False
            for route, identity in wanted.items():
                entry = self._served.entries.get(route)
                if entry is None and route in self._idle:
                    continue
                if entry is None or entry.current.predictor.identity != identity:
                    line = self._line(identity, first=first and len(wanted) == 1)
                    if line is not None:
                        self._do(self._put, route, line, first=first)
            for route in [one for one in self._served.entries if one not in wanted]:
                if not _is_version(route) or self._source.find(route) is None:
                    self._do(self._served.drop, route, first=first)
            self._beside(wanted, first)
            self._let_go(first)

    def _beside(self, wanted: dict[str, Identity], first: bool) -> None:
        """Canaries and shadows: models of other routes, tried beside those that answer."""
        for route, (tried, share) in self._canary.items():
            line = self._other(wanted, tried)
            self._do(self._set_canary, route, (line, share) if line else None, first=first)
        for route, asked in self._shadow.items():
            self._do(self._set_shadow, route, self._other(wanted, asked), first=first)

    def _other(self, wanted: dict[str, Identity], route: str) -> Line | None:
        identity = wanted.get(route) or self._source.find(route)
        return self._line(identity) if identity else None

    def _set_canary(self, route: str, canary: tuple[Line, float] | None) -> None:
        entry = self._served.entries.get(route)
        if entry is not None:
            entry.canary = canary if canary and canary[0] is not entry.current else None

    def _set_shadow(self, route: str, shadow: Line | None) -> None:
        entry = self._served.entries.get(route)
        if entry is not None:
            entry.shadow = shadow if shadow is not entry.current else None

    def _line(self, identity: Identity, *, first: bool = False) -> Line | None:
        """The way to a model, loaded now if need be; None if it cannot be had."""
        line = self._lines.get(identity)
        if line is not None:
            return line
        if time.monotonic() < self._refused.get(identity, 0.0):
            return None
        log.info("%s is fetched, checked and compiled", identity.uri)
        try:
            predictor = loaded(self._source, identity, self._settings)
        except (HitoError, OSError) as error:
            if first:
                raise
            again = _AGAIN_SECONDS if isinstance(error, Unavailable | OSError) else float("inf")
            self._refused[identity] = time.monotonic() + again
            log.error("%s version %s is not served: %s", identity.name or identity.uri, identity.version, error)
            return None
        self._source.tell(identity, predictor.verdict)
        line = self._lines[identity] = Line(predictor, self._settings.predict_seconds)
        return line

    def _put(self, route: str, line: Line) -> None:
        self._idle.discard(route)
        self._served.put(route, line)

    def _let_go(self, first: bool) -> None:
        """Forget routes that nobody asks, and models that no route has."""
        if self._unload and not first:
            now = time.monotonic()
            for route, entry in list(self._served.entries.items()):
                if now - entry.used > self._unload:
                    log.info("%s was not asked for %d s and is let go; the next request loads it", route, self._unload)
                    self._idle.add(route)
                    self._do(self._served.drop, route, first=False)
        if not first:
            self._forget()

    def _forget(self) -> None:
        """Let go of models that no route has had for a while."""
        now = time.monotonic()
        used = {id(one) for entry in self._served.entries.values() for one in _lines(entry)}
        for identity, line in list(self._lines.items()):
            if id(line) in used:
                self._left.pop(identity, None)
            elif now - self._left.setdefault(identity, now) >= min(_BACK_SECONDS, self._unload or _BACK_SECONDS):
                del self._lines[identity], self._left[identity]
                line.close()

    def _do(self, work: object, *arguments: object, first: bool) -> None:
        """Change what is served, in the event loop, and wait until it is done."""
        assert callable(work)
        if first or self._loop is None:
            work(*arguments)
            return
        done = threading.Event()

        def change() -> None:
            work(*arguments)
            done.set()

        self._loop.call_soon_threadsafe(change)
        done.wait(5.0)

    async def _load_route(self, route: str) -> None:
        """Load what a route asks for that is not there: an old version, or one that was let go."""
        await asyncio.get_running_loop().run_in_executor(None, self._load, route)

    def _load(self, route: str) -> None:
        if time.monotonic() < self._missed.get(route, 0.0):
            return
        with self._lock:
            if route in self._served.entries:
                return
            try:
                identity = self._source.wanted().get(route) or self._source.find(route)
            except HitoError as error:
                raise Refusal(
                    503, "TEMPORARILY_UNAVAILABLE", "The registry does not answer; try again.", retry_after=1
                ) from error
            line = self._line(identity) if identity else None
            if line is not None:
                self._do(self._put, route, line, first=False)
                return
            if len(self._missed) >= _MOST_MISSED:
                self._missed.clear()
            self._missed[route] = time.monotonic() + _MISSED_SECONDS

    def _watch(self) -> None:
        # A large registry is not asked more than a tenth of the time.
        while not self._stop.wait(max(self._every, 9 * self._asking)):
            try:
                self.look()
            except Exception as error:  # noqa: BLE001  the watch must outlive whatever a registry answers
                log.warning("following the registry failed, and goes on: %r", error)


def _lines(entry: Entry) -> list[Line]:
    beside = [entry.canary[0]] if entry.canary else []
    return [entry.current, *beside, *([entry.shadow] if entry.shadow else [])]


def _is_version(route: str) -> bool:
    return route.rpartition("/")[2].isdigit()
