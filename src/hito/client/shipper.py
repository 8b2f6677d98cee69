"""The thread that ships what this process logs: one per process, for all runs and all servers.

It begins with the first record, sleeps while there is nothing to do, and lets records gather for `LINGER` before it
sends, unless somebody waits for them (`flush`). It is a daemon: a program that ends is held up for `EXIT_SECONDS` at
most, and what is left then lies in the journal, for the next program or `hito sync`.

While a server does not answer, one lane tries and all others of that server wait for it; when it answers, all go on.

A forked child has a shipper of its own, with no lanes: its writers have begun new files (`writer.after_fork_in_child`).
"""

import atexit
import os
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hito.client import leftovers, voice, writer
from hito.client.lane import Lane, Outcome, Source
from hito.client.transport import Transport
from hito.client.writer import Writer
from hito.core.errors import InvalidArgument

LINGER = 0.03
"""Seconds for which records gather before they are sent."""
EXIT_SECONDS = 10.0
"""How long the end of a program may be held up by what is not sent yet."""
LARGE_BYTES = 64 << 20
"""A journal of this size makes way for a new one as soon as all of it is sent: a run may take months."""
DOWN_SECONDS = 30.0
"""For how long a server that did not answer is not waited for."""
_BREATH = 0.0002
"""A pause after each request, so that a training loop on the same interpreter lock is not starved."""


class Shipper:
    """Any thread may call any method."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._lanes: dict[int, Lane] = {}
        self._transports: dict[str, Transport] = {}
        self._down: dict[str, float] = {}
        self._folders: set[Path] = set()
        self._thread: threading.Thread | None = None
        self._news = False
        self._urgent = 0
        self._closed = False

    def add(self, transport: Transport) -> None:
        """Ship journals for this transport's server through it."""
        with self._condition:
            self._transports[transport.destination] = transport

    def wake(self, source: Writer) -> None:
        """There is something new in a writer's journal."""
        with self._condition:
            if id(source) not in self._lanes:
                self._lanes[id(source)] = Lane(source, self._transports[source.destination])
            self._news = True
            if self._thread is None or not self._thread.is_alive():
                self._start()
                self._adopt_once(source)
            self._condition.notify_all()

    def flush(self, sources: Iterable[Source] | None, timeout: float, *, polite: bool = False) -> bool:
        """Wait until what these writers (None: all) have logged is on its server; whether it is.

        Args:
            timeout: seconds to wait at most.
            polite: the caller does not insist: give up when an attempt fails, and at once for a server that is down.
        """
        deadline = time.monotonic() + timeout
        with self._condition:
            chosen = None if sources is None else {id(source) for source in sources}
            lanes = [lane for key, lane in self._lanes.items() if chosen is None or key in chosen]
            goals = [(lane, lane.source.end, lane.failed_attempts) for lane in lanes if not lane.settled]
            if polite:
                goals = [goal for goal in goals if not self._is_down(goal[0].transport.destination)]
            if self._settled(goals):
                return all(lane.settled for lane in lanes)
            for lane, _, _ in goals:
                lane.hurry()
            self._urgent += 1
            self._news = True
            self._condition.notify_all()
            try:
                self._condition.wait_for(
                    lambda: self._settled(goals) or (polite and self._hopeless(goals)), deadline - time.monotonic()
                )
            finally:
                self._urgent -= 1
            if not self._settled(goals):
                for lane, goal, _ in goals:
                    if lane.position < goal and polite:  # it had its time; the next who is polite does not wait
                        self._down[lane.transport.destination] = time.monotonic() + DOWN_SECONDS
                return False
        return True

    def adopt(self, folder: Path, run_id: str = "") -> None:
        """Take over journals that dead processes left here for servers that this process talks to."""
        for path in leftovers.journals(folder, run_id):
            try:
                left = leftovers.take(path)
            except InvalidArgument as error:
                voice.warn(f"leftover {path}", f"hito: {error.message} It is kept; `hito status` shows it.")
                continue
            if left is None:
                continue
            transport = self._transports.get(left.destination)
            if transport is None:
                left.release()
                continue
            with self._condition:
                self._lanes[id(left)] = Lane(left, transport)
                self._news = True
                if self._thread is None or not self._thread.is_alive():
                    self._start()
                self._condition.notify_all()

    def sources_of(self, run_id: str) -> list[Source]:
        """The journals of one run that this process ships: its own, and those it took over."""
        with self._condition:
            return [lane.source for lane in self._lanes.values() if lane.source.run_id == run_id]

    def is_down(self, destination: str) -> bool:
        """Whether a server did not answer a moment ago: nobody should wait for it."""
        with self._condition:
            return self._is_down(destination)

    def saw(self, destination: str, *, answered: bool, problem: str = "") -> None:
        """Somebody outside of the shipper met a server."""
        with self._condition:
            self._note(destination, answered, problem)

    def close(self, timeout: float = EXIT_SECONDS) -> None:
        """Send what can be sent in time, remove the journals that are done, and say what is left."""
        for folder in list(self._folders):
            self.adopt(folder)
        self.flush(None, timeout, polite=True)
        left, size, why = set(), 0, ""
        with self._condition:
            for key, lane in list(self._lanes.items()):
                if lane.settled and lane.source.retire(lane.position):
                    del self._lanes[key]
                    continue
                if lane.gone:
                    continue
                left.add(lane.source.run_id)
                size += lane.source.end - lane.position
                why = lane.problem or why
        lost = sum(source.lost for source in writer.living())
        if left:
            runs = "1 run" if len(left) == 1 else f"{len(left)} runs"
            kept = ", ".join(str(folder) for folder in self._folders)
            print(
                f"hito: {size / 1000:.1f} kB of {runs} could not be sent yet{f' ({why})' if why else ''}. "
                f"They wait in {kept}; `hito sync` sends them.",
                file=_stderr(),
            )
        for transport in list(self._transports.values()):
            transport.close()  # an embedded store becomes one file; whoever logs later opens it again
        if lost:
            print(f"hito: {lost} values could be kept nowhere and are lost.", file=_stderr())

    # --- the thread ---

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="hito-shipper", daemon=True)
        try:
            self._thread.start()
        except RuntimeError:  # the interpreter is ending, or has no room for a thread: the journal keeps everything
            self._thread = None

    def _adopt_once(self, source: Writer) -> None:
        if source.folder not in self._folders:
            self._folders.add(source.folder)
            _finalize_in_workers()

    def _run(self) -> None:
        adopted: set[Path] = set()
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._news, self._pause())
                if not self._urgent:
                    self._condition.wait_for(lambda: self._urgent > 0, LINGER)
                self._news = False
            for folder in self._folders - adopted:
                adopted.add(folder)
                self.adopt(folder)
            try:
                self._round()
            except Exception as error:  # noqa: BLE001  the guard: the shipper must outlive whatever it meets
                voice.warn("shipper", f"hito: sending met an unexpected error and goes on: {error!r}")
                time.sleep(1.0)

    def _pause(self) -> float | None:
        """Seconds until some lane is to be tried again."""
        until = [lane.wait_until for lane in self._lanes.values() if lane.failing]
        return max(0.0, min(until) - time.monotonic()) if until else None

    def _round(self) -> None:
        """Let every lane send until none has anything to send now."""
        moving = True
        while moving:
            moving = False
            with self._condition:
                lanes = list(self._lanes.items())
            # Those that do well go first: one run that its server cannot digest must not hold up the others. When an
            # attempt fails, further ones at the same server would most likely fail, too, each after its timeout.
            lanes.sort(key=lambda item: item[1].failing)
            blocked: set[str] = set()
            for key, lane in lanes:
                destination = lane.transport.destination
                if destination in blocked:
                    continue
                attempts = lane.failed_attempts
                outcome = self._step(lane)
                if outcome is Outcome.IDLE and (lane.source.finished or lane.source.end > LARGE_BYTES):
                    self._finish(key, lane)
                elif outcome is Outcome.MOVED:
                    moving = True
                elif lane.failed_attempts > attempts:
                    blocked.add(destination)

    def _step(self, lane: Lane) -> Outcome:
        attempts = lane.failed_attempts
        outcome = lane.step(time.monotonic())
        if outcome is Outcome.IDLE and isinstance(lane.source, Writer):
            lane.source.asleep = True  # from here on whoever appends wakes us; look once more for who did not
            outcome = lane.step(time.monotonic())
        with self._condition:
            if lane.failed_attempts > attempts:
                self._note(lane.transport.destination, answered=False, problem=lane.problem)
            elif outcome is Outcome.MOVED:
                self._note(lane.transport.destination, answered=True, problem="")
            self._condition.notify_all()
            urgent = self._urgent
        if outcome is Outcome.MOVED and not urgent:
            time.sleep(_BREATH)
        return outcome

    def _finish(self, key: int, lane: Lane) -> None:
        with self._condition:
            if lane.source.retire(lane.position):
                lane.finished = True
                self._lanes.pop(key, None)
            self._condition.notify_all()

    def _note(self, destination: str, answered: bool, problem: str) -> None:
        if answered:
            if self._down.pop(destination, None) is not None:
                voice.better(f"down {destination}")
                for lane in self._lanes.values():
                    if lane.transport.destination == destination:
                        lane.hurry()
            return
        self._down[destination] = time.monotonic() + DOWN_SECONDS
        voice.warn(
            f"down {destination}",
            f"hito: {problem} Logging goes on, in the journal; it is sent when the server answers, or by `hito sync`.",
        )

    def _is_down(self, destination: str) -> bool:
        return self._down.get(destination, 0.0) > time.monotonic()

    def _settled(self, goals: list[tuple[Lane, int, int]]) -> bool:
        return all(lane.settled or lane.position >= goal for lane, goal, _ in goals)

    def _hopeless(self, goals: list[tuple[Lane, int, int]]) -> bool:
        return any(lane.failed_attempts > before for lane, _, before in goals)

    def forked(self) -> None:
        """In a child: begin again, with the same servers."""
        transports = self._transports
        self.__init__()  # type: ignore[misc]  # the same object, since clients hold it
        self._transports = transports


def _stderr() -> Any:
    import sys

    return sys.stderr


_process = Shipper()


def shipper() -> Shipper:
    """The one of this process."""
    return _process


def _after_fork_in_child() -> None:
    writer.after_fork_in_child()
    _process.forked()


def _finalize_in_workers() -> None:
    """A worker of `multiprocessing` ends without `atexit`; it has finalizers of its own."""
    import sys

    process = sys.modules.get("multiprocessing.process")
    if process is not None and process.parent_process() is not None:
        from multiprocessing.util import Finalize

        Finalize(None, _process.close, exitpriority=0)


os.register_at_fork(after_in_child=_after_fork_in_child)
atexit.register(lambda: _process.close())
