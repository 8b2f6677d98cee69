"""A limit of time for things that are mostly there at once.

`asyncio.timeout` makes and cancels a timer for each request, which costs as much as reading the request. Here the time
is noted, and one timer looks every now and then whether anything is late.
"""

import asyncio
from collections.abc import Awaitable
from typing import Any


class Deadlines:
    """Belongs to one event loop.

    Args:
        seconds: after which an awaited thing is given up; it may take up to a quarter longer.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._open: dict[asyncio.Task[Any], float] = {}
        self._late: set[asyncio.Task[Any]] = set()
        self._looking = False

    async def within(self, awaited: Awaitable[bytes]) -> bytes:
        """What is awaited. Raises: TimeoutError."""
        task = asyncio.current_task()
        assert task is not None
        loop = asyncio.get_running_loop()
        self._open[task] = loop.time() + self._seconds
        if not self._looking:
            self._looking = True
            loop.call_later(self._seconds / 4, self._look, loop)
        try:
            return await awaited
        except asyncio.CancelledError:
            if task in self._late:
                task.uncancel()
                raise TimeoutError from None
            raise
        finally:
            del self._open[task]
            self._late.discard(task)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for task, deadline in self._open.items():
            if deadline <= now and task not in self._late:
                self._late.add(task)
                task.cancel()
        self._looking = bool(self._open)
        if self._looking:
            loop.call_later(self._seconds / 4, self._look, loop)
