"""Shipping what others left, in the foreground: what `hito sync` does."""

import time
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from hito.client import leftovers
from hito.client.lane import Lane, Outcome
from hito.client.leftovers import Leftover
from hito.client.transport import Transport
from hito.client.writer import ASIDE, LOG
from hito.core.errors import HitoError, InvalidArgument

PATIENCE = 2
"""Attempts that may fail before a server is left for later."""


class Done(Struct):
    """What became of the journals of a folder."""

    runs: set[str]
    sent: int = 0
    dropped: int = 0
    damaged: int = 0
    """Bytes."""
    waiting: int = 0
    """Journals that are still there: their server did not take them, or their process lives."""
    aside: int = 0


def sync(folder: Path, connect: Callable[[str], Transport], say: Callable[[str], None]) -> Done:
    """Send every journal in `folder` whose process is dead to its server.

    Args:
        connect: from a destination to a transport.
        say: called with a sentence about each run.
    """
    done = Done(set())
    taken: list[Leftover] = []
    for path in leftovers.journals(folder):
        try:
            left = leftovers.take(path)
        except InvalidArgument as error:
            say(error.message)
            done.waiting += 1
            continue
        if left is not None:
            taken.append(left)
        elif path.exists():
            done.waiting += 1
    down: dict[str, str] = {}
    # The journal that creates a run is the oldest of that run.
    for left in sorted(taken, key=lambda one: one.begun):
        if left.destination in down:
            left.release()
            done.waiting += 1
            continue
        try:
            transport = connect(left.destination)
        except HitoError as error:
            say(f"run {left.run_id}: {error.message}")
            left.release()
            done.waiting += 1
            continue
        problem = _ship(left, transport, done, say)
        if problem:
            down[left.destination] = problem
            say(problem)
    return done


def _ship(left: Leftover, transport: Transport, done: Done, say: Callable[[str], None]) -> str:
    """Ship one journal; why its server did not take all of it, or empty."""
    lane = Lane(left, transport)
    while (outcome := lane.step(time.monotonic())) in (Outcome.MOVED, Outcome.WAITING):
        if outcome is Outcome.WAITING:
            if lane.failed_attempts >= PATIENCE:
                break
            time.sleep(max(0.0, min(lane.wait_until - time.monotonic(), 2.0)))
            lane.hurry()
    done.sent += lane.sent
    done.dropped += lane.dropped
    done.damaged += lane.damaged
    if lane.sent or outcome is Outcome.IDLE:
        done.runs.add(left.run_id)
    if outcome is Outcome.IDLE:
        left.retire(lane.position)
        refused = f", {lane.dropped} refused" if lane.dropped else ""
        say(f"run {left.server_run_id or left.run_id}: {lane.sent} values sent to {left.destination}{refused}")
        return ""
    left.release()
    if outcome is Outcome.GONE:
        done.aside += 1
        return ""
    done.waiting += 1
    return lane.problem


def bring_back(folder: Path) -> int:
    """Let journals that were set aside be sent again, from their beginning; how many."""
    count = 0
    for path in list(leftovers.journals(folder, suffix=ASIDE)):
        path.rename(path.with_suffix(LOG))
        count += 1
    return count
