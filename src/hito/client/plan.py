"""What to send next: records, answers and the time go in, requests and waits come out. No socket, file, clock or thread.

    feed(records) ──► queue ──► next(now) ──► Send | Look | Wait | Idle | Gone
                        ▲                        │
                        │                        ▼
                        └── answered() · refused(error) · failed(now) · seen(…)

Records are sent in order, as many at once as MLflow takes. What was answered is settled; what was not is sent again,
for as long as it takes, with pauses that grow. Sending again is harmless: a point that is there is not there twice, a
param may be repeated with its value, a tag ends with its last value because the order is kept.

A refusal must not stop the rest, nor lose it. First the run is looked at, since a run that is deleted refuses
everything (`Gone`). Otherwise some record is at fault: the batch is halved until it is alone, and dropped with a note.

    1000 refused ─► look ─► 500 ok ─► 500 refused ─► 250 … ─► 1 refused: dropped ─► the rest, 1000 at a time
"""

import enum
import itertools
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct

from hito.client.journal import (
    ARTIFACT,
    CREATE,
    INPUTS,
    METRIC,
    OUTPUTS,
    PARAM,
    RICH_METRIC,
    TAG,
    Artifact,
    Create,
    Record,
)
from hito.core import errors
from hito.core.errors import HitoError
from hito.core.rules import MAX_BATCH_ENTITIES, MAX_BATCH_METRICS, MAX_BATCH_PARAMS, MAX_BATCH_TAGS
from hito.wire import runs as wire
from hito.wire.endpoint import Any_Endpoint
from hito.wire.types import Pair

MAX_BATCH_BYTES = 900_000
"""MLflow's limit is a megabyte; what is counted here is an estimate of the JSON, which is rounded up."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
"""Seconds before the second attempt, and at most. Half to one and a half of it is waited, so that a hundred clients of a
server that comes back do not all come at once."""
LOCKED_OUT_PAUSE = 15.0
"""Seconds after a 401 or 403: somebody must do something first."""
LONGEST_RETRY_AFTER = 300.0


class Send(Struct, frozen=True):
    """Call this. `records` of the journal are in it."""

    endpoint: Any_Endpoint
    message: Any
    records: int


class Begin(Struct, frozen=True):
    """Create the run, which began without a server; then say `begun`, or what went wrong."""

    create: Create


class Carry(Struct, frozen=True):
    """Upload a file that was kept; then say `answered`, or what went wrong."""

    artifact: Artifact


class Look(Struct, frozen=True):
    """Find out whether the run can still be written to; then say `seen`, or `failed`."""


class Wait(Struct, frozen=True):
    until: float


class Idle(Struct, frozen=True):
    """Nothing is left to do."""


class Gone(Struct, frozen=True):
    """The run takes nothing any more; the journal is to be set aside."""

    why: str


Action = Send | Begin | Carry | Look | Wait | Idle | Gone


class Verdict(enum.Enum):
    """What an error says about the request that met it."""

    AGAIN = "try again"
    LOCKED_OUT = "try again when somebody has let us in"
    REFUSED = "this request will never be taken"


def verdict(error: HitoError, kind: int) -> Verdict:
    """Judge an error; `kind` is that of the first record of the request."""
    match error:
        case errors.Unauthenticated() | errors.PermissionDenied():
            return Verdict.LOCKED_OUT
        case errors.EndpointNotFound() | errors.NotImplementedHere():
            # Old servers lack these two; one that lacks log-batch is no tracking server, or not at this address.
            return Verdict.REFUSED if kind in (INPUTS, OUTPUTS) else Verdict.AGAIN
        case errors.InvalidArgument() | errors.NotFound() | errors.AlreadyExists() | errors.TooLarge():
            return Verdict.REFUSED
        case _:
            return Verdict.AGAIN


class Plan:
    """The plan for one journal.

    Args:
        run_id: the run's id on the server.
        chance: a random number from 0 up to 1.
    """

    def __init__(self, run_id: str, chance: Callable[[], float]) -> None:
        self.run_id = run_id
        self.settled = 0
        """The offset up to which every record is on the server, or was refused. 0: none yet."""
        self.failures = 0
        """Attempts in a row that got no useful answer."""
        self._chance = chance
        self._queue: deque[Record] = deque()
        self._sent = 0
        self._not_before = 0.0
        # While some record is suspected: how many from the head on, and how many may be sent at once.
        self._suspects = 0
        self._at_once = MAX_BATCH_ENTITIES
        self._look = self._looked = False
        self._gone = ""

    @property
    def backlog(self) -> int:
        """Records that were fed and are not settled."""
        return len(self._queue)

    def feed(self, records: Iterable[Record]) -> None:
        self._queue.extend(records)

    def hurry(self) -> None:
        """Do not wait any longer: somebody wants to know now."""
        self._not_before = 0.0

    def next(self, now: float) -> Action:
        """What to do; `now` is in seconds of a clock that never goes back."""
        if self._gone:
            return Gone(self._gone)
        if not self._queue:
            return Idle()
        if now < self._not_before:
            return Wait(self._not_before)
        if self._look:
            return Look()
        first = self._queue[0]
        if first.kind in (METRIC, RICH_METRIC, PARAM, TAG):
            return self._batch()
        self._sent = 1
        if first.kind == CREATE:
            return Begin(first.payload)
        if first.kind == ARTIFACT:
            return Carry(first.payload)
        return _alone(first, self.run_id)

    def answered(self) -> None:
        """What was sent is on the server."""
        self.failures = 0
        self._settle(self._sent)

    def begun(self, run_id: str) -> None:
        """The run is there, under this id."""
        self.run_id = run_id
        self.answered()

    def failed(self, now: float, retry_after: float = 0.0) -> None:
        """No answer, or none that says anything about what was sent: it is sent again after a pause."""
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(self.failures, 10))
        self.failures += 1
        self._not_before = now + max(pause * (0.5 + self._chance()), min(retry_after, LONGEST_RETRY_AFTER))

    def locked_out(self, now: float) -> None:
        self.failures += 1
        self._not_before = now + LOCKED_OUT_PAUSE

    def refused(self) -> Record | None:
        """The server will never take what was sent. The record that was dropped, if it is now known which."""
        self.failures = 0
        if not self._looked:
            self._look = True
            return None
        if self._sent > 1:
            self._suspects, self._at_once = self._sent, self._sent // 2
            return None
        dropped = self._queue[0]
        self._suspects = 1
        self._settle(1)
        return dropped

    def seen(self, gone: str) -> None:
        """The run was looked at: it can be written to (empty), or why not."""
        self.failures = 0
        self._look, self._looked, self._gone = False, True, gone
        self._suspects, self._at_once = max(1, self._sent), max(1, self._sent)

    def _settle(self, records: int) -> None:
        for _ in range(records):
            self.settled = self._queue.popleft().end
        self._suspects -= records
        if self._suspects <= 0:
            self._suspects, self._at_once, self._looked = 0, MAX_BATCH_ENTITIES, False

    def _batch(self) -> Send:
        """As much of the head of the queue as one log-batch may carry.

        A tag set twice is sent once, with its last value. A param that is repeated with its value is sent once; with
        another value it begins the next batch, since MLflow refuses a batch that has a param twice.
        """
        metrics: list[Any] = []
        params: dict[str, str] = {}
        tags: dict[str, str] = {}
        size = taken = 0
        for record in itertools.islice(self._queue, self._at_once):
            kind, payload = record.kind, record.payload
            if kind == METRIC:
                size += len(payload.key) + 100
                if len(metrics) >= MAX_BATCH_METRICS or size > MAX_BATCH_BYTES:
                    break
                metrics.append(payload)
            elif kind in (PARAM, TAG):
                size += _size(payload)
                known, most = (params, MAX_BATCH_PARAMS) if kind == PARAM else (tags, MAX_BATCH_TAGS)
                if (len(known) >= most and payload.key not in known) or (size > MAX_BATCH_BYTES and taken):
                    break
                if kind == PARAM and known.get(payload.key, payload.value) != payload.value:
                    break
                known[payload.key] = payload.value
            elif kind == RICH_METRIC:
                size += len(payload.key) + len(payload.dataset_name) + 250
                if len(metrics) >= MAX_BATCH_METRICS or (size > MAX_BATCH_BYTES and taken):
                    break
                metrics.append(payload)
            else:
                break
            taken += 1
        self._sent = taken
        message = wire.LogBatch(
            run_id=self.run_id,
            metrics=metrics,
            params=[Pair(key, value) for key, value in params.items()],
            tags=[Pair(key, value) for key, value in tags.items()],
        )
        return Send(wire.LOG_BATCH, message, taken)


def _alone(record: Record, run_id: str) -> Send:
    """The request of a record that shares its request with no other."""
    payload = record.payload
    if record.kind == INPUTS:
        return Send(wire.LOG_INPUTS, wire.LogInputs(run_id=run_id, datasets=payload.datasets, models=payload.models), 1)
    if record.kind == OUTPUTS:
        return Send(wire.LOG_OUTPUTS, wire.LogOutputs(run_id=run_id, models=payload.models), 1)
    message = wire.UpdateRun(run_id=run_id, status=payload.status or None, end_time=payload.end_time)
    return Send(wire.UPDATE_RUN, message, 1)


def _size(pair: Pair) -> int:
    """The bytes of a pair as JSON, at least: escapes and long characters are counted at their worst when there are any."""
    text = pair.key + pair.value
    return len(text) + 40 if text.isascii() and text.isprintable() else 6 * len(text) + 40
