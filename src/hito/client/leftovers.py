"""Journals in a folder that nobody writes any more: found, taken over, and shown.

A journal belongs to the process that holds its lock (`flock`), and a lock ends with its process, however that ends. So
whoever gets the lock of a journal knows that its writer is dead, and that nobody else is shipping it: the next program
that logs to the same server does, or `hito sync`. A file may be removed between being listed and being locked; then the
lock is on a file without a name and means nothing.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from hito.client import journal, mark
from hito.client.mark import Mark
from hito.client.writer import ASIDE, LOG, MARK
from hito.core.errors import InvalidArgument

FOLDER = "journal"


class Leftover:
    """A dead process's journal that this process has locked. It can be read and settled like a live one.

    Raises: InvalidArgument, when opened: it cannot be read; the message says why.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path: Path | None = path
        self._descriptor = descriptor
        self.mark = Mark(None)
        found = journal.read_header(os.pread(descriptor, journal.HEADER_BYTES, 0))
        if found is None:
            raise InvalidArgument(f"The beginning of {path} is damaged: it cannot be told where it was to be sent.")
        header, self.begins = found
        self.destination, self.run_id, self.salt = header.destination, header.run_id, header.salt
        self.begun = header.begun
        self.end = os.fstat(descriptor).st_size
        self.mark = Mark(path.with_suffix(MARK))
        self.finished = True
        self.server_run_id = self.mark.state.run_id

    def read(self, start: int, limit: int) -> tuple[bytes, bool]:
        return os.pread(self._descriptor, limit, start), start + limit >= self.end

    def settle(self, position: int) -> int:
        self.mark.state.acknowledged = position
        self.mark.save()
        return position

    def sync(self) -> None:
        """The disk has had its time."""

    def retire(self, position: int) -> bool:
        """Remove the files; what is behind `position` cannot be read. Whether they went."""
        assert self.path is not None
        for name in (self.path, self.path.with_suffix(MARK)):
            with contextlib.suppress(OSError):
                name.unlink()
        self.release()
        return True

    def set_aside(self) -> None:
        assert self.path is not None
        with contextlib.suppress(OSError):
            self.path.rename(self.path.with_suffix(ASIDE))
        self.release()

    def release(self) -> None:
        """Let go of the lock."""
        self.mark.close()
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


def take(path: Path) -> Leftover | None:
    """Lock a journal whose writer is dead; None if it lives, or another process was faster.

    Raises: InvalidArgument: the journal cannot be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        same = path.stat().st_ino == os.fstat(descriptor).st_ino
    except OSError:
        same = False
    if not same:
        os.close(descriptor)
        return None
    try:
        if _unborn(path, descriptor):
            Path(path).unlink(missing_ok=True)
            path.with_suffix(MARK).unlink(missing_ok=True)
            os.close(descriptor)
            return None
        return Leftover(path, descriptor)
    except InvalidArgument:
        os.close(descriptor)
        raise


def _unborn(path: Path, descriptor: int) -> bool:
    """Its process died while it wrote the header: nothing was ever logged to it."""
    if os.fstat(descriptor).st_size > journal.HEADER_BYTES:
        return False
    data = os.pread(descriptor, journal.HEADER_BYTES, 0)
    if journal.read_header(data) is not None:
        return False
    try:
        salt = int(path.stem.rpartition("-")[2], 16)
    except ValueError:
        return False
    return not journal.read(data, salt).records


def journals(folder: Path, run_id: str = "", suffix: str = LOG) -> Iterator[Path]:
    """The journals in a folder, oldest name first; of one run, if it is given."""
    try:
        with os.scandir(folder) as entries:  # not iterdir: this is asked before every read of a run
            names = sorted(e.name for e in entries if e.name.endswith(suffix) and e.name.startswith(run_id))
    except OSError:
        return
    for name in names:
        yield folder / name


class Waiting(Struct, frozen=True):
    """What is known of one journal without taking it."""

    path: Path
    destination: str
    run_id: str
    records: int
    """Those that the server has not acknowledged."""
    begun: int
    alive: bool
    """A process is writing it, or shipping it."""
    aside: bool
    """The server refused the run as a whole."""
    problem: str = ""


def survey(folder: Path) -> list[Waiting]:
    """All journals in a folder. It only looks: nothing is locked for longer than a moment."""
    found = []
    for path in (*journals(folder), *journals(folder, suffix=ASIDE)):
        with contextlib.suppress(FileNotFoundError):
            found.append(_seen(path))
    return found


def _seen(path: Path) -> Waiting:
    data = path.read_bytes()
    aside = path.suffix == ASIDE
    alive = not aside and _locked(path)
    try:
        header = journal.read_header(data)
    except InvalidArgument as error:
        return Waiting(path, "", path.name[:32], 0, 0, alive, aside, error.message)
    if header is None:
        problem = "" if alive else "its beginning is damaged"
        return Waiting(path, "", path.name[:32], 0, 0, alive, aside, problem)
    told, begins = header
    start = max(begins, mark.read(path.with_suffix(MARK)).acknowledged)
    records = len(journal.read(data, told.salt, start).records) if start < len(data) else 0
    return Waiting(path, told.destination, told.run_id, records, told.begun, alive, aside)


def _locked(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        # A shared lock: two that look at the same moment do not take each other for a writer.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)
