"""Which model answers where, changed while requests run.

A request takes its model once, when it comes in, and keeps it until it is answered; a swap only changes what the next
request takes. So no answer is mixed from two versions, and none is lost: the old model is let go when nobody uses it.

    route  ──>  Entry:  current ── answers         canary ── answers a share of the requests
                                                   shadow ── is asked the same, compared, and counted
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
from msgspec import Struct

from hito.serve.line import Line
from hito.serve.payload import Parsed
from hito.serve.predictor import Predictor
from hito.serve.refusal import Refusal

log = logging.getLogger("hito.serve")
_AT_ONCE = 64
"""Shadow questions on their way; more are left out rather than held against the requests."""


class Shadowed(Struct):
    """How often a shadow agreed with the answer, differed, failed, or was left out since it is slow."""

    equal: int = 0
    different: int = 0
    failed: int = 0
    left_out: int = 0


class Entry:
    """One route: its models, and when it was used last. Belongs to one event loop."""

    def __init__(self, current: Line) -> None:
        self.current = current
        self.previous: Predictor | None = None
        self.canary: tuple[Line, float] | None = None
        self.shadow: Line | None = None
        self.shadowed = Shadowed()
        self.swaps = 0
        self.used = time.monotonic()
        self._shadowing: set[asyncio.Task[None]] = set()

    def choose(self) -> Line:
        """The model for the next request."""
        self.used = time.monotonic()
        if self.canary is not None and random.random() < self.canary[1]:  # noqa: S311  a share, no secret
            return self.canary[0]
        return self.current

    def swap(self, new: Line) -> None:
        """Let the next request go to another model. What the old one is asked already, it answers."""
        old, self.current = self.current, new
        self.previous = old.predictor
        self.swaps += 1
        log.info(
            "%s answers now, in place of %s (%s)", _named(new.predictor), _named(old.predictor), new.predictor.verdict
        )

    def compare(self, parsed: Parsed, answer: Any) -> None:
        """Ask the shadow the same, behind the answer's back."""
        if self.shadow is None:
            return
        if len(self._shadowing) >= _AT_ONCE:
            self.shadowed.left_out += 1
            return
        task = asyncio.get_running_loop().create_task(self._compared(self.shadow, parsed, answer))
        self._shadowing.add(task)
        task.add_done_callback(self._shadowing.discard)

    async def _compared(self, shadow: Line, parsed: Parsed, answer: Any) -> None:
        try:
            said = shadow.at_once(parsed)
            if said is None:
                said = await shadow.predict(parsed)
        except Refusal:
            self.shadowed.failed += 1
            return
        if _equal(answer, said):
            self.shadowed.equal += 1
        else:
            self.shadowed.different += 1


class Served:
    """All routes. `""` is the one of a server of one model; others are `name/version`, `name/stage`, `name/@alias`."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.load: Callable[[str], Awaitable[None]] | None = None
        """Loads what a route asks for, if it can; None: what is not there is not there."""

    def find(self, route: str) -> Entry:
        """Raises: Refusal: nothing is served there."""
        entry = self.entries.get(route)
        if entry is None:
            names = ", ".join(sorted(self.entries)[:10]) or "nothing yet"
            raise Refusal(404, "RESOURCE_DOES_NOT_EXIST", f"No model is served at {route[:100]!r}; served are {names}.")
        return entry

    async def entry(self, route: str) -> Entry:
        """What is served at a route, loaded now if it can be. Raises: Refusal: nothing is."""
        if route not in self.entries and self.load is not None:
            await self.load(route)
        return self.find(route)

    def put(self, route: str, line: Line) -> None:
        """Serve a model at a route, in place of the one that is there."""
        if route in self.entries:
            self.entries[route].swap(line)
        else:
            self.entries[route] = Entry(line)

    def drop(self, route: str) -> None:
        """Serve nothing there any more."""
        self.entries.pop(route, None)


def _named(predictor: Predictor) -> str:
    who = predictor.identity
    return f"{who.name} {who.version}" if who.name else who.uri


def _equal(a: Any, b: Any) -> bool:
    x, y = np.asarray(a), np.asarray(b)
    if x.shape != y.shape:
        return False
    if x.dtype.kind in "fiub" and y.dtype.kind in "fiub":
        return bool(np.allclose(x.astype(float), y.astype(float), rtol=1e-6, atol=1e-6, equal_nan=True))
    return bool((x == y).all())
