"""The journal that this process writes for one run: the hot path of everything that is logged.

`metric` is what a training loop calls a million times, so it does nothing but pack, check-sum and write, and wakes the
shipper only if that one sleeps. A call never fails and never waits for anything but the disk's cache. What a disk does
not take (full, read-only, gone) is kept in memory, up to `MEMORY_BYTES`, and sent from there:

    offsets   0 ─────────────── file_end ───────────── end
              │  in the file     │  in memory, if any   │

The file is locked (`flock`) for as long as this process lives: others ship the journals of the dead only. A forked
child leaves its parent's file alone and begins one of its own.
"""

import contextlib
import fcntl
import os
import struct
import threading
import time
import weakref
from collections.abc import Callable, Iterable
from pathlib import Path

from hito.client import journal, voice
from hito.client.journal import CREATE, MARKER, METRIC, Create, Header, Payload, crc32, pack_head, pack_metric
from hito.client.mark import Mark
from hito.core import rules
from hito.core.clock import now_ms
from hito.core.errors import InvalidArgument
from hito.wire.types import MetricIn

MEMORY_BYTES = 32 << 20
"""What one run may keep in memory when the disk takes nothing: about half a million points."""
_TRY_DISK_EVERY = 5.0
"""Seconds after which a disk that refused is tried again, once memory is empty."""

LOG, MARK, ASIDE = ".log", ".mark", ".refused"

_write = os.write
_writers: "weakref.WeakSet[Writer]" = weakref.WeakSet()


class Writer:
    """Appends records. Any thread may call any method; so may a signal handler, since the lock is reentrant.

    Args:
        folder: where journals lie; made when it is first needed.
        destination: the server, without secrets.
        run_id: ours; `server_run_id` is the server's, where a plain MLflow server chose another one.
        wake: called when there is something to send and nobody knows it yet.
    """

    def __init__(self, folder: Path, destination: str, run_id: str, wake: Callable[["Writer"], None]) -> None:
        self.folder = folder
        self.destination = destination
        self.run_id = run_id
        self.server_run_id = ""
        self.create: Create | None = None
        """How the run is to be created, if it began without a server and is not there yet: first in every file."""
        self.finished = False
        """The run has ended: when everything is acknowledged, the files can go."""
        self.carrying = False
        """Files of the run wait to be uploaded: the next one must not overtake them."""
        self.lost = 0
        """Records that neither disk nor memory could take."""
        self._wake = wake
        self._keys: dict[str, bytes] = {}
        self._reset()
        _writers.add(self)

    def _reset(self) -> None:
        self.path: Path | None = None
        self.mark = Mark(None)
        self.salt = journal.new_salt()
        self.end = self._file_end = 0
        self.begins = 0
        """The offset of the first frame."""
        self.asleep = True
        """Nobody knows of what comes next: who appends must wake the shipper. The shipper sets it before it looks."""
        self._memory = bytearray()
        self._descriptor = -1
        self._on_disk = False
        self._fresh = True
        self._try_disk_at = 0.0
        self._lock = threading.RLock()

    # --- what is logged ---

    def metric(self, key: str, value: float, step: int, timestamp: int) -> None:
        """Log one point. `timestamp` is in ms since 1970.

        Raises: InvalidArgument: the key is no name, the value is no number, or the step no integer of 64 bits.
        """
        try:
            body = pack_metric(METRIC, step, timestamp, value) + self._keys[key]
        except (KeyError, struct.error, TypeError, OverflowError, ValueError):
            body = self._checked(key, value, step, timestamp)
        with self._lock:
            # The checksum begins with the salt, which is another one after the file was replaced: hence in the lock.
            data = pack_head(MARKER, len(body), crc32(body, self.salt)) + body
            if self._on_disk:
                try:
                    if _write(self._descriptor, data) == len(data):
                        self.end = self._file_end = self.end + len(data)
                    else:
                        self._refused(data, None)
                except OSError as error:
                    self._refused(data, error)
            else:
                self._append_slowly([body])
        if self.asleep:
            self.asleep = False
            self._wake(self)

    def begin(self, create: Create) -> None:
        """The run began, and no server knows of it."""
        self.create = create
        self.extend([])

    def append(self, kind: int, payload: Payload) -> None:
        """Log anything else."""
        self.extend([(kind, payload)])

    def extend(self, records: Iterable[tuple[int, Payload]]) -> None:
        """Log several things with one write."""
        bodies = []
        for kind, payload in records:
            if kind == METRIC:
                assert isinstance(payload, MetricIn)
                bodies.append(self._checked(payload.key, payload.value, payload.step, payload.timestamp or 0))
            else:
                bodies.append(journal.body(kind, payload))
        with self._lock:
            if self._on_disk:
                data = b"".join([journal.framed(body, self.salt) for body in bodies])
                try:
                    if _write(self._descriptor, data) == len(data):
                        self.end = self._file_end = self.end + len(data)
                    else:
                        self._refused(data, None)
                except OSError as error:
                    self._refused(data, error)
            else:
                self._append_slowly(bodies)
        if self.asleep:
            self.asleep = False
            self._wake(self)

    def _checked(self, key: str, value: object, step: object, timestamp: object) -> bytes:
        """The body of a metric whose key is new, or whose values are not plain numbers."""
        rules.check_key(key, "key")
        try:
            number = float(value)  # type: ignore[arg-type]  # also of numpy and of tensors with one element
        except (TypeError, ValueError, RuntimeError) as error:
            raise InvalidArgument(f"The metric '{key}' got {value!r:.100}, expected a number: {error}.") from None
        try:
            head = pack_metric(METRIC, int(step), max(0, int(timestamp)), number)  # type: ignore[call-overload]
        except (struct.error, TypeError, ValueError, OverflowError):
            raise InvalidArgument(
                f"The metric '{key}' got step {step!r:.100} and timestamp {timestamp!r:.100}, expected integers of 64 bits."
            ) from None
        encoded = self._keys[key] = key.encode()
        return head + encoded

    # --- the file, and what to do without it ---

    def _append_slowly(self, bodies: list[bytes]) -> None:
        if not self._memory and time.monotonic() >= self._try_disk_at:
            self._open()
        if self._fresh and self.create is not None and not self.server_run_id:
            bodies = [journal.body(CREATE, self.create), *bodies]
        self._fresh = False
        data = b"".join([journal.framed(body, self.salt) for body in bodies])
        if not self._on_disk:
            self._remember(data, len(bodies))
            return
        try:
            written = _write(self._descriptor, data)
        except OSError as error:
            self._refused(data, error)
            return
        if written == len(data):
            self.end = self._file_end = self.end + written
        else:
            self._refused(data, None)

    def _open(self) -> None:
        """Begin the file, or go on with it after the disk had refused."""
        if self._descriptor >= 0:
            self._on_disk = True
            return
        salt = journal.new_salt()
        path = self.folder / f"{self.run_id}-{salt:08x}{LOG}"
        descriptor = -1
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_APPEND | os.O_CLOEXEC, 0o666)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            first = journal.opening(Header(self.destination, self.run_id, salt, now_ms()))
            if os.write(descriptor, first) != len(first):
                raise OSError("the disk is full")
        except OSError as error:
            if descriptor >= 0:
                os.close(descriptor)
                with contextlib.suppress(OSError):
                    path.unlink()
            self._say_refused(error)
            return
        self.salt, self.path, self._descriptor, self._on_disk = salt, path, descriptor, True
        self.end = self._file_end = self.begins = len(first)
        self.mark = Mark(path.with_suffix(MARK))
        self.mark.state.acknowledged = self.end
        self.mark.state.run_id = self.server_run_id
        self.mark.save()

    def _refused(self, data: bytes, error: OSError | None) -> None:
        """The disk did not take `data`, or only a part of it: cut that part off and keep the whole in memory."""
        self._on_disk = False
        try:
            os.ftruncate(self._descriptor, self._file_end)
        except OSError:
            with contextlib.suppress(OSError):
                self._file_end = self.end = os.fstat(self._descriptor).st_size  # readers pass over what is broken
        self._say_refused(error or OSError("the disk is full"))
        self._remember(data, 1)

    def _remember(self, data: bytes, records: int) -> None:
        if len(self._memory) + len(data) > MEMORY_BYTES:
            self.lost += records
            voice.warn(
                f"lost {self.run_id}",
                f"hito: values of run {self.run_id} are being lost: the journal in {self.folder} cannot be written, the "
                f"server has not taken what is in memory, and that is full ({MEMORY_BYTES >> 20} MiB).",
            )
            return
        self._memory += data
        self.end += len(data)

    def _say_refused(self, error: OSError) -> None:
        self._try_disk_at = time.monotonic() + _TRY_DISK_EVERY
        voice.warn(
            "journal",
            f"hito: the journal in {self.folder} cannot be written ({error.strerror or error}); values are kept in memory and "
            "sent directly, so they are lost if this process is killed. Free the disk, or set HITO_HOME to a folder that "
            "can be written.",
        )

    # --- for the shipper ---

    def read(self, start: int, limit: int) -> tuple[bytes, bool]:
        """At most `limit` bytes from offset `start`, and whether they are the last there are now."""
        with self._lock:
            end, file_end, descriptor = self.end, self._file_end, self._descriptor
            if start >= file_end:
                offset = start - file_end
                return bytes(self._memory[offset : offset + limit]), start + limit >= end
        return os.pread(descriptor, min(limit, file_end - start), start), start + limit >= file_end

    def settle(self, position: int) -> int:
        """Everything up to `position` is settled: save the mark, forget memory that is all sent; where to go on."""
        with self._lock:
            self.mark.state.acknowledged = min(position, self._file_end)
            self.mark.save()
            if self._memory and position >= self.end:
                self._memory.clear()
                self.end = self._file_end
                return self.end
            return position

    def sync(self) -> None:
        """Make the file safe from a power cut: for what must wait."""
        with contextlib.suppress(OSError):
            if self._descriptor >= 0:
                os.fdatasync(self._descriptor)

    def retire(self, position: int) -> bool:
        """Remove the files if everything up to the end is settled; the next append begins new ones. Whether they went."""
        with self._lock:
            if position < self.end:
                return False
            self._close(remove=True)
            return True

    def set_aside(self) -> None:
        """Give the file a name that nobody ships. What is appended from now on goes there, too."""
        with self._lock, contextlib.suppress(OSError):
            if self.path is not None and self.path.suffix != ASIDE:
                self.path = self.path.rename(self.path.with_suffix(ASIDE))

    def release(self) -> None:
        """Let go of the file, for the next process to ship."""
        with self._lock:
            self._close(remove=False)

    def _close(self, *, remove: bool) -> None:
        path, descriptor, lock = self.path, self._descriptor, self._lock
        self.server_run_id = self.server_run_id or self.mark.state.run_id
        self.mark.close()
        if path is not None and remove:
            for name in (path, path.with_suffix(MARK)):
                with contextlib.suppress(OSError):
                    name.unlink()
        self._reset()
        self._lock = lock  # other threads wait on it
        if descriptor >= 0:
            os.close(descriptor)

    def _forked(self) -> None:
        """In a child: the file, its lock and what is in memory are the parent's."""
        descriptor = self._descriptor
        self.server_run_id = self.server_run_id or self.mark.state.run_id
        self.mark.close()
        self.lost = 0
        self._reset()
        if descriptor >= 0:
            os.close(descriptor)  # the lock lives on with the parent's


def after_fork_in_child() -> None:
    """Give every writer of a forked process a file of its own; called before anything else can be logged."""
    for writer in list(_writers):
        writer._forked()  # noqa: SLF001  the same module


def living() -> list[Writer]:
    """Every writer of this process."""
    return list(_writers)
