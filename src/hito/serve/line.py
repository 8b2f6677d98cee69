"""Requests that wait for a model, joined: what arrives while it works is answered together when it is free.

    quick requests ──────────────────────────────────> answered at once, where they arrive
    others ──> line ──> all that wait and fit together ──> one call in the model's thread ──> each its own rows

Nobody waits for company: an idle model answers a single request at once, a busy one finds more of them when it is free.
A line that is too long refuses (503) instead of growing. If a joined call fails, each request is asked alone, so that
one cannot spoil another's answer.
"""

import asyncio
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from hito.serve.payload import Parsed
from hito.serve.predictor import Predictor
from hito.serve.refusal import Refusal

MAX_WAITING = 256
"""Requests in one line."""
MAX_JOINED = 4_096
"""Rows of one joined call."""

Waiting = tuple[Parsed, "asyncio.Future[Any]"]


class Line:
    """The way to one model. Belongs to one event loop.

    `seconds`: how long a request may take before it is given up (504).
    """

    def __init__(self, predictor: Predictor, seconds: float = 60.0) -> None:
        self.predictor = predictor
        self.joined = 0
        """Calls that answered more than one request."""
        self._seconds = seconds
        self._waiting: deque[Waiting] = deque()
        self._busy = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="hito-model")

    def at_once(self, parsed: Parsed) -> Any:
        """The answer, if the model is idle and it takes a moment; else None."""
        return None if self._busy or parsed.matrix is None else self.predictor.at_once(parsed.matrix)

    async def predict(self, parsed: Parsed) -> Any:
        """The model's answer. Raises: Refusal."""
        if len(self._waiting) >= MAX_WAITING:
            raise Refusal(
                503, "TEMPORARILY_UNAVAILABLE", f"{MAX_WAITING} requests wait already; try again.", retry_after=1
            )
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((parsed, future))
        if not self._busy:
            self._busy = True
            asyncio.get_running_loop().create_task(self._work())
        try:
            return await asyncio.wait_for(future, self._seconds)
        except TimeoutError:
            raise Refusal(504, "DEADLINE_EXCEEDED", f"The model did not answer within {self._seconds:g} s.") from None

    def close(self) -> None:
        """Let go of the thread; requests that it has begun are finished."""
        self._thread.shutdown(wait=False)

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                some = self._taken()
                answers = await loop.run_in_executor(self._thread, self._answers, [parsed for parsed, _ in some])
                for (_, future), answer in zip(some, answers, strict=True):
                    if future.done():
                        continue  # given up meanwhile
                    if isinstance(answer, Refusal):
                        future.set_exception(answer)
                    else:
                        future.set_result(answer)
        finally:
            self._busy = False

    def _taken(self) -> list[Waiting]:
        """The first that waits, and those behind it that can be asked together with it."""
        first = self._waiting.popleft()
        some = [first]
        if first[0].matrix is None:
            return some
        rows = len(first[0].matrix)
        while self._waiting and self._waiting[0][0].matrix is not None:
            rows += len(self._waiting[0][0].matrix)
            if rows > MAX_JOINED:
                break
            some.append(self._waiting.popleft())
        return some

    def _answers(self, asked: list[Parsed]) -> list[Any]:
        if len(asked) > 1:
            try:
                whole = self.predictor.answer(Parsed(matrix=np.concatenate([one.matrix for one in asked])))
            except Refusal:
                pass  # one of them; they are asked alone below
            else:
                self.joined += 1
                ends = np.cumsum([len(one.matrix) for one in asked])[:-1]
                return list(np.split(np.asarray(whole), ends))
        return [self._alone(one) for one in asked]

    def _alone(self, parsed: Parsed) -> Any:
        try:
            return self.predictor.answer(parsed)
        except Refusal as refusal:
            return refusal
