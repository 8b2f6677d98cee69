"""One journal on its way to one server: reads it, asks the plan, calls the transport, moves the mark.

The shipper drives the lanes of the journals that this process writes; `hito sync` drives those that others left.
"""

import enum
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from hito.client import beginning, journal, voice
from hito.client.journal import METRIC, PARAM, RICH_METRIC, TAG, Artifact, Record
from hito.client.mark import Mark
from hito.client.plan import Begin, Carry, Gone, Idle, Look, Plan, Send, Verdict, Wait, verdict
from hito.client.transport import Busy, Transport
from hito.core.errors import HitoError, NotFound, Unavailable
from hito.core.runs import DELETED
from hito.wire import runs as wire

REFUSED_TAG = "hito.refused"
"""The tag of a run that tells what its server did not take."""
_CHUNK = 48 << 10
"""Bytes read at once: about a thousand points, a batch. Decoding them holds up other threads for a millisecond."""
_AHEAD = 1000
"""Records decoded before they can be sent."""
_REQUEST_SECONDS = 30.0
_NOTES = 20
_chance = random.SystemRandom().random
"""Not Python's shared generator: a pause of ours must not change what a seeded training draws next."""


class Source(Protocol):
    """A journal that can be read and settled: `writer.Writer` or `leftovers.Leftover`."""

    path: Path | None
    destination: str
    run_id: str
    server_run_id: str
    finished: bool
    salt: int
    begins: int
    end: int
    mark: Mark

    def read(self, start: int, limit: int) -> tuple[bytes, bool]: ...
    def settle(self, position: int) -> int: ...
    def sync(self) -> None: ...
    def retire(self, position: int) -> bool: ...
    def set_aside(self) -> None: ...
    def release(self) -> None: ...


class Outcome(enum.Enum):
    MOVED = "something was sent, and there may be more"
    IDLE = "everything is settled"
    WAITING = "the server does not take it now"
    GONE = "the run takes nothing any more; the journal was set aside"


class Lane:
    """Ships one journal. One thread at a time.

    `sent` and `dropped` count records, `damaged` bytes. `position` is the offset up to which all is settled. `problem`
    tells why the last attempt failed, and is empty after one that did not. `gone`: the run takes nothing any more.
    """

    def __init__(self, source: Source, transport: Transport) -> None:
        self.source = source
        self.transport = transport
        self.sent = self.dropped = self.damaged = 0
        self.problem = ""
        self.wait_until = 0.0
        state = source.mark.state
        self.position = min(max(source.begins, state.acknowledged), max(source.begins, source.end))
        self._read_to = self.position
        self._chunk = _CHUNK
        self._synced = 0
        self._notes: list[str] = []
        self._root = ""
        self.failed_attempts = 0
        self.gone = self.finished = False
        self._plan = Plan(source.server_run_id or state.run_id or source.run_id, _chance)

    def step(self, now: float) -> Outcome:
        """Do the next thing, which is at most one request."""
        if self.gone:
            return Outcome.GONE
        self._fill()
        action = self._plan.next(now)
        match action:
            case Idle():
                self.problem = ""
                return Outcome.IDLE
            case Wait():
                self.wait_until = action.until
                return Outcome.WAITING
            case Gone():
                voice.say(
                    f"hito: run {self.source.run_id} {action.why}; what was logged to it was not taken. The journal is set "
                    "aside: once the run can be written to again, `hito sync --refused` sends it."
                )
                self.source.set_aside()
                self.gone = True
                return Outcome.GONE
            case _:
                return self._attempt(action, now)

    def hurry(self) -> None:
        """Try again now, whatever the pause would be."""
        self._plan.hurry()

    @property
    def settled(self) -> bool:
        """Nothing is left that could be sent."""
        return self.gone or self.finished or self.position >= self.source.end

    @property
    def failing(self) -> bool:
        """The last attempt got no useful answer."""
        return self._plan.failures > 0

    # --- reading ---

    def _fill(self) -> None:
        """Decode as much as the next request may need."""
        while self._plan.backlog < _AHEAD and self._read_to < self.source.end:
            data, last = self.source.read(self._read_to, self._chunk)
            reading = journal.read(data, self.source.salt, 0, self._read_to, last=last)
            if reading.passed_over:
                self.damaged += reading.passed_over
                voice.say(
                    f"hito: {reading.passed_over} bytes of the journal of run {self.source.run_id} are damaged and were "
                    "passed over; everything else in it is used. The disk may be failing."
                )
            self._plan.feed(reading.records)
            if reading.position == self._read_to:
                if last and self._read_to + len(data) < self.source.end:
                    self._read_to += len(data)  # what the disk kept of a frame that it refused; memory follows
                    continue
                if last:
                    return  # an unfinished frame at the end
                self._chunk *= 2  # a frame larger than what was read
                continue
            self._chunk = _CHUNK
            self._read_to = reading.position

    # --- sending ---

    def _attempt(self, action: Send | Begin | Carry | Look, now: float) -> Outcome:
        try:
            match action:
                case Send():
                    self.transport.call(action.endpoint, action.message, timeout=_REQUEST_SECONDS, patient=False)
                    self._plan.answered()
                    self.sent += action.records
                case Begin():
                    run = beginning.begin(self.transport, self.source.run_id, action.create, uncertain=True)
                    self.source.mark.state.run_id = self.source.server_run_id = run["info"]["run_id"]
                    self._plan.begun(self.source.server_run_id)
                    self.sent += 1
                case Carry():
                    self._carry(action.artifact)
                    self._plan.answered()
                    self.sent += 1
                case Look():
                    self._plan.seen(self._why_gone())
        except HitoError as error:
            return self._failed(action, error, now)
        except Exception as error:  # noqa: BLE001  the guard: an answer that nobody thought of must not end the shipping
            return self._failed(
                action, Unavailable(f"The answer of {self.transport.destination} cannot be read: {error!r}"), now
            )
        self.problem = ""
        self._settle()
        return Outcome.MOVED

    def _failed(self, action: Send | Begin | Carry | Look, error: HitoError, now: float) -> Outcome:
        kind = _kind(action)
        judged = Verdict.AGAIN if isinstance(action, Look) else verdict(error, kind)
        if judged is Verdict.REFUSED:
            if isinstance(action, Begin):
                self._plan.seen(f"could not be created ({error.message})")
                return Outcome.MOVED
            dropped = self._plan.refused()
            if dropped is not None:
                self._settle()
                self._tell(dropped, error)
            return Outcome.MOVED
        if judged is Verdict.LOCKED_OUT:
            self._plan.locked_out(now)
        else:
            self._plan.failed(now, error.retry_after if isinstance(error, Busy) else 0.0)
        self.problem = error.message
        self.failed_attempts += 1
        if self.source.end > self._synced:  # it will lie here for a while: let it outlive the machine
            self._synced = self.source.end
            self.source.sync()
        action_now = self._plan.next(now)
        self.wait_until = action_now.until if isinstance(action_now, Wait) else now
        return Outcome.WAITING

    def _settle(self) -> None:
        """Move the mark to what is settled."""
        settled = self._plan.settled
        if settled > self.position:
            self.position = self.source.settle(settled)
            if self.position != settled:  # memory was emptied, and offsets begin again at the end of the file
                self._read_to = self.position
                self._plan.settled = self.position

    def _carry(self, artifact: Artifact) -> None:
        """Upload the copy of a file, and remove it; no copy means that this was done, and only the mark was lost."""
        folder = self.source.path.parent if self.source.path is not None else None
        kept = folder / journal.FILES / artifact.file if folder is not None else None
        if kept is None or not kept.exists():
            return
        if not self._root:
            self._root = self._run_info()["artifact_uri"]
        with kept.open("rb") as file:
            self.transport.upload(self._root, artifact.path, pieces(file), os.fstat(file.fileno()).st_size)
        kept.unlink(missing_ok=True)

    def _run_info(self) -> dict[str, Any]:
        message = wire.RunId(run_id=self._plan.run_id)
        answer = self.transport.call(wire.GET_RUN, message, timeout=_REQUEST_SECONDS, patient=False)
        info: dict[str, Any] = answer["run"]["info"]
        return info

    def _why_gone(self) -> str:
        """What a look at the run tells: empty if it can be written to."""
        try:
            info = self._run_info()
        except NotFound:
            return f"does not exist at {self.transport.destination}"
        return "is deleted" if info.get("lifecycle_stage") == DELETED else ""

    def _tell(self, record: Record, error: HitoError) -> None:
        """Say what was dropped: in the log, and on the run, as well as that can be done."""
        self.dropped += 1
        self.source.mark.state.refused += 1
        self.source.mark.save()
        what = _named(record)
        voice.warn(
            f"refused {self.source.run_id} {what}",
            f"hito: the server did not take {what} of run {self.source.run_id}: {error.message}",
        )
        self._notes = [*self._notes, f"{what}: {error.message}"[:1000]][-_NOTES:]
        note = wire.SetTag(run_id=self._plan.run_id, key=REFUSED_TAG, value="\n".join(self._notes)[-8000:])
        try:
            self.transport.call(wire.SET_TAG, note, timeout=_REQUEST_SECONDS, patient=False)
        except Exception as problem:  # noqa: BLE001  the log has said it already
            self.problem = str(problem)


def _kind(action: Any) -> int:
    if isinstance(action, Send):
        if action.endpoint is wire.LOG_INPUTS:
            return journal.INPUTS
        if action.endpoint is wire.LOG_OUTPUTS:
            return journal.OUTPUTS
    return METRIC


def _named(record: Record) -> str:
    payload = record.payload
    match record.kind:
        case k if k in (METRIC, RICH_METRIC):
            return f"the metric '{payload.key}' at step {payload.step}"
        case k if k == PARAM:
            return f"the param '{payload.key}'"
        case k if k == TAG:
            return f"the tag '{payload.key}'"
        case k if k == journal.INPUTS:
            return "the inputs"
        case k if k == journal.OUTPUTS:
            return "the outputs"
        case k if k == journal.ARTIFACT:
            return f"the file '{payload.path}'"
        case _:
            return "the status"


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """A file in pieces, so that its size does not matter."""
    while piece := file.read(1 << 20):
        yield piece
