"""A registry, watched: what should be served is compared with what is, and changed where they differ.

    every second:  wanted = source.wanted()      route → identity
                   new? ──> fetch ──> digest checked ──> compile, prove (from the cache, mostly) ──> warm ──> swap
                   gone? ──> drop
                   not asked for a long time? ──> let go; the next request loads it again

It runs in a thread; only the swap itself happens in the event loop. A registry that does not answer changes nothing.
A version whose files are not those that were registered is not served, now or later: the one before goes on.
"""

import asyncio
import logging
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from hito.core.errors import HitoError, Unavailable
from hito.flavors import digest
from hito.flavors.trust import Trust
from hito.serve.compiling import Compiled, compiled
from hito.serve.line import Line
from hito.serve.parity import PYTHON
from hito.serve.predictor import Identity, Predictor
from hito.serve.served import Entry, Served

log = logging.getLogger("hito.serve")
_AGAIN_SECONDS = 60.0
"""After which a model that could not be loaded is tried again; files that are not what they should be never are."""


class Source(Protocol):
    """Where models come from. Called from one thread at a time."""

    def wanted(self) -> dict[str, Identity]:
        """Which model should answer at which route. Raises: HitoError: it cannot be said now."""

    def find(self, route: str) -> Identity | None:
        """The model of a route that `wanted` does not name, such as an old version; None: there is none."""

    def fetch(self, identity: Identity, folder: Path) -> Path:
        """Bring a model's folder here. Raises: HitoError."""

    def rows(self, identity: Identity, folder: Path) -> Path | None:
        """Bring a table of rows that the model was evaluated on; None: there is none."""

    def tell(self, identity: Identity, verdict: str) -> None:
        """The model is served, and compiled with this verdict. A source that cannot keep that ignores it."""

    def keep(self, line: str) -> None:
        """Keep a sampled request, a line of JSON."""

    def end(self) -> None:
        """Nothing more is asked; write what waits."""


class Settings(Protocol):
    """What loading a model needs to know; `run.Options` is one."""

    @property
    def cache(self) -> str: ...
    @property
    def compile(self) -> bool: ...
    @property
    def trust_pickle(self) -> bool: ...
    @property
    def predict_seconds(self) -> float: ...


def prepared(source: Source, identity: Identity, settings: Settings) -> tuple[Path, str, Compiled, Path | None]:
    """A model, fetched, checked and compiled: its folder, their digest, what is known of its ONNX, and where that is.

    Raises: HitoError.
    """
    cache = Path(settings.cache)
    folder, found = brought(source, identity, cache)
    if not settings.compile:
        return folder, found, Compiled(verdict=PYTHON, reason="compiling is switched off"), None

    def rows(place: Path) -> Path | None:
        return source.rows(identity, place)

    known, file = compiled(folder, cache, trust_pickle=settings.trust_pickle, files_digest=found, rows=rows)
    return folder, found, known, file


def loaded(source: Source, identity: Identity, settings: Settings) -> Predictor:
    """A model, ready to answer.

    Raises: HitoError: it cannot be had, is not what was registered, or does not answer its own example.
    """
    folder, found, known, file = prepared(source, identity, settings)
    predictor = Predictor(identity, folder, found, known, file, Trust(settings.trust_pickle))
    predictor.warm()
    why = f": {known.reason}" if known.reason else f", proven on {known.rows} rows" if file is not None else ""
    log.info("%s is ready; compiled: %s%s", identity.uri, predictor.verdict, why)
    return predictor


def brought(source: Source, identity: Identity, cache: Path) -> tuple[Path, str]:
    """The folder of a model on this machine, and its digest, which is that with which it was registered, if any.

    A folder that lies on this machine already is used where it lies.
    """
    models = cache / "models"
    if identity.digest and (models / identity.digest).is_dir():
        digest.verify(models / identity.digest, identity.digest)
        return models / identity.digest, identity.digest
    models.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".coming-", dir=models) as coming:
        folder = source.fetch(identity, Path(coming))
        found = digest.digest(folder)
        if identity.digest and found != identity.digest:
            digest.verify(folder, identity.digest)
        if not folder.is_relative_to(coming):
            return folder, found
        place = models / found
        with suppress(OSError):  # another process was faster
            folder.rename(place)
    digest.verify(place, found)
    return place, found


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
        self._silent = False
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Load what is wanted now, then watch."""
        self._loop = loop
        self._served.load = self._load_route
        self.look(first=True)
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
            try:
                wanted = self._source.wanted()
            except HitoError as error:
                if first:
                    raise
                if not self._silent:
                    log.warning("the registry does not answer; what is served goes on: %s", error)
                self._silent = True
                return
            self._silent = False
            for route, identity in wanted.items():
                entry = self._served.entries.get(route)
                if entry is None and route in self._idle:
                    continue
                if entry is None or entry.current.predictor.identity != identity:
                    line = self._line(identity, first=first and len(wanted) == 1)
                    if line is not None:
                        self._do(self._put, route, line, first=first)
            for route in [one for one in self._served.entries if one not in wanted and not _is_version(one)]:
                self._do(self._served.drop, route, first=first)
            self._beside(wanted, first)
            self._let_go(first)

    def _beside(self, wanted: dict[str, Identity], first: bool) -> None:
        """Canaries and shadows: models of other routes, tried beside those that answer."""
        for route, (tried, share) in self._canary.items():
            identity = wanted.get(tried) or self._source.find(tried)
            line = self._line(identity) if identity else None
            self._do(self._set_canary, route, (line, share) if line else None, first=first)
        for route, asked in self._shadow.items():
            identity = wanted.get(asked) or self._source.find(asked)
            self._do(self._set_shadow, route, self._line(identity) if identity else None, first=first)

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
        used = {id(one) for entry in self._served.entries.values() for one in _lines(entry)}
        for identity, line in list(self._lines.items()):
            if id(line) not in used and not first:
                del self._lines[identity]

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
        with self._lock:
            if route in self._served.entries:
                return
            try:
                identity = self._source.wanted().get(route) or self._source.find(route)
            except HitoError:
                return
            line = self._line(identity) if identity else None
            if line is not None:
                self._do(self._put, route, line, first=False)

    def _watch(self) -> None:
        while not self._stop.wait(self._every):
            try:
                self.look()
            except Exception as error:  # noqa: BLE001  the watch must outlive whatever a registry answers
                log.warning("following the registry failed, and goes on: %r", error)


def _lines(entry: Entry) -> list[Line]:
    beside = [entry.canary[0]] if entry.canary else []
    return [entry.current, *beside, *([entry.shadow] if entry.shadow else [])]


def _is_version(route: str) -> bool:
    return route.rpartition("/")[2].isdigit()
