"""The store in one SQLite file: many readers, one writer, and commits that are shared (store/group.py).

Each job of a group runs in a savepoint of its own, so one that fails takes nothing with it but itself.

Readers have connections of their own and see the last commit. What is written goes to a log beside the file (WAL);
every 16 MB a commit copies it into the file. (A thread that does so beside the commits was tried, docs/decisions/0003:
both wait for the same disk, and the slowest commits were slower.)

A file or a folder that cannot be written to is read nevertheless.
"""

import contextlib
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import apsw

from hito.core.clock import now_ms
from hito.core.errors import HitoError, Internal, InvalidArgument, PermissionDenied, Unavailable
from hito.store.database import OVERFLOW, READ_ONLY, UNSTORABLE, Row, Tx
from hito.store.group import Group, Job
from hito.store.names import Names, Naming
from hito.store.search.functions import functions
from hito.store.upgrade import NOT_OURS, upgrade

T = TypeVar("T")
log = logging.getLogger("hito.store")

_GROUP = 256
"""Jobs that share a commit at most."""
_BUSY_MS = 30_000
"""How long to wait for another process that is writing."""
_READERS = 16
"""Connections for reading that are kept open."""
_CACHE_KIB = 16_384
"""Page cache of the writer; a reader has an eighth of that."""

_CHECKPOINT_PAGES = 4_000
"""Pages of 4 KiB in the log after which a commit copies it into the file."""
_OF_ONE_JOB = (
    apsw.ConstraintError,
    apsw.SQLError,
    apsw.TooBigError,
    apsw.MismatchError,
    apsw.BindingsError,
    apsw.RangeError,
)
"""Errors that end one statement and leave the transaction as it was before it."""

_WORDS = {
    "BIGKEY": "INTEGER PRIMARY KEY",
    "REAL8": "REAL",
    "BYTES": "BLOB",
    "TEXTC": "TEXT",
    "CLUSTERED": "WITHOUT ROWID",
}


class SqliteTx(Naming):
    """A transaction on one connection. See `database.Tx` for what the methods mean."""

    __slots__ = ("_connection", "now")
    dialect = "sqlite"

    def __init__(self, connection: apsw.Connection, names: Names, now: int) -> None:
        self._connection = connection
        super().__init__(names)
        self.now = now

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        self._connection.execute(sql, parameters)
        return self._connection.changes()

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        rows = self._connection.execute(sql, parameters).fetchall()
        return rows[0] if rows else None

    def all(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        return self._connection.execute(sql, parameters).fetchall()

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self._connection.executemany(sql, rows)


class SqliteDatabase:
    """`database.Database` over one file. Opening creates the file and brings the schema up to date.

    Args:
        path: the file.
        clock: milliseconds since 1970.
        busy_ms: how long to wait for another process that is writing.

    Where the file or its folder cannot be written to, the store is opened for reading; `write` raises PermissionDenied.
    """

    dialect = "sqlite"

    def __init__(self, path: Path, clock: Callable[[], int] = now_ms, busy_ms: int = _BUSY_MS) -> None:
        self.path = path
        self._clock = clock
        self._busy_ms = busy_ms
        self._names = Names()
        self._group = Group(self._commit, most=_GROUP)
        self._readers: list[apsw.Connection] = []
        self._closed = False
        self._version = 0
        self._strangers = 0
        self._make_folder()
        self._uri = f"file:{quote(str(path.absolute()))}"
        self.read_only = path.exists() and not self._can_write()
        with _translated(path):
            if self.read_only:
                self._find_a_way_to_read()
            self._writer = self._connect(_CACHE_KIB)
            try:
                self._begin_log()
                upgrade(_Upgrading(self))
            except BaseException:
                self._writer.close()
                raise

    def read(self, work: Callable[[Tx], T]) -> T:
        self._group.check_process()
        if self._closed:
            raise Unavailable("The store is closed.")
        with _translated(self.path):
            try:
                connection = self._readers.pop()
            except IndexError:
                connection = self._connect(_CACHE_KIB // 8)
                connection.execute("PRAGMA query_only = ON")
            try:
                tx = SqliteTx(connection, self._names, self._clock())
                connection.execute("BEGIN")
                try:
                    result = work(tx)
                finally:
                    _end(connection)
                tx.settle()
                return result
            finally:
                if len(self._readers) < _READERS and not self._closed:
                    self._readers.append(connection)
                else:
                    connection.close()

    def write(self, work: Callable[[Tx], T]) -> T:
        if self.read_only:
            raise PermissionDenied(READ_ONLY)
        return self._group.write(work)

    def strangers(self) -> int:
        if self.read_only:
            return self._last_change()  # there is no writer whose own commits would have to be told apart
        self._group.write(lambda tx: None)  # a commit of nothing: it looks, and flushes nothing
        return self._strangers

    def close(self) -> None:
        self._group.close()
        self._closed = True
        while self._readers:
            with contextlib.suppress(IndexError):  # a reader that was under way put one back or took one
                self._readers.pop().close()
        self._writer.close()  # the last connection to the file copies the log into it and removes it

    def check(self) -> list[str]:
        """What SQLite's own integrity check and its check of references find wrong; empty when all is well."""
        with _translated(self.path):
            connection = self._connect(_CACHE_KIB)
            try:
                found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
                for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
                    found.append(f"{table}: row {row} refers to no {parent}")
                return found
            finally:
                connection.close()

    def _last_change(self) -> int:
        """When the file, or the log beside it, was last written to."""
        times = [0]
        for name in (self.path.name, f"{self.path.name}-wal"):
            with contextlib.suppress(OSError):
                times.append(self.path.with_name(name).stat().st_mtime_ns)
        return max(times)

    def _commit(self, group: list[Job]) -> None:
        """Execute a group in one transaction and settle its jobs."""
        connection = self._writer
        kept: list[SqliteTx] = []
        committing = False
        try:
            connection.execute("BEGIN IMMEDIATE")
            # It changes when a connection other than this one has committed; no other of this process ever does. 1.5 µs.
            version = int(str(connection.execute("PRAGMA data_version").fetchall()[0][0]))
            if version != self._version:
                self._version = version
                self._strangers += 1
            now = self._clock()
            # A savepoint costs 5 µs; a lone job does without, its failure ends the transaction.
            saves = len(group) > 1
            for job in group:
                tx = SqliteTx(connection, self._names, now)
                job.error = None
                if saves:
                    connection.execute("SAVEPOINT job")
                try:
                    job.result = job.work(tx)
                except Exception as error:  # every caller gets its own exception back
                    if isinstance(error, apsw.Error) and not isinstance(error, _OF_ONE_JOB):
                        raise  # the database itself: nobody's work can be trusted to be there
                    job.error = self._known(error)
                    if saves:
                        connection.execute("ROLLBACK TO job")
                else:
                    kept.append(tx)
                if saves:
                    connection.execute("RELEASE job")
            committing = True
            connection.execute("COMMIT" if kept else "ROLLBACK")
        except apsw.Error as error:
            _end(connection)
            failure = _translation(error, self.path)
            for job in group:
                job.fail(job.error or failure)
            return
        except BaseException:
            if committing and not connection.in_transaction:
                self._settle(group, kept)  # interrupted when the commit had succeeded: it counts
            _end(connection)
            raise
        self._settle(group, kept)

    @staticmethod
    def _settle(group: list[Job], kept: list[SqliteTx]) -> None:
        for tx in kept:
            tx.settle()
        for job in group:
            job.settled = True

    def _known(self, error: Exception) -> Exception:
        """What a caller gets for an exception of its own work."""
        if isinstance(error, apsw.Error):
            return _translation(error, self.path)
        return InvalidArgument(UNSTORABLE) if isinstance(error, UnicodeEncodeError | OverflowError) else error

    def _connect(self, cache_kib: int) -> apsw.Connection:
        if self.read_only:
            flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
        else:
            flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_URI
        connection = apsw.Connection(self._uri, flags=flags, statementcachesize=200)
        connection.set_busy_timeout(self._busy_ms)
        connection.wal_autocheckpoint(_CHECKPOINT_PAGES)
        # FULL: the log is flushed at every commit, so that what was answered survives a power cut.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA cache_size = -{cache_kib}")
        connection.execute("PRAGMA temp_store = MEMORY")
        for name, function in functions().items():
            connection.create_scalar_function(name, function, deterministic=True)
        return connection

    def _make_folder(self) -> None:
        if self.path.is_dir():
            raise InvalidArgument(f"{self.path} is a folder; name a file in it.")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unavailable(
                f"The folder {self.path.parent} of the store cannot be made: {error.strerror}."
            ) from error

    def _can_write(self) -> bool:
        effective = os.access in os.supports_effective_ids
        return all(os.access(path, os.W_OK, effective_ids=effective) for path in (self.path, self.path.parent))

    def _find_a_way_to_read(self) -> None:
        """Choose how to open a file that cannot be written to.

        Readers share a little file (-shm) with the writer. Where there is none and none can be made, nobody writes,
        and SQLite can be told so: `immutable`. Not if there is a log that never came into the file: it must be read.
        """
        self._uri = f"file:{quote(str(self.path.absolute()))}?mode=ro"
        try:
            connection = self._connect(_CACHE_KIB // 8)
            connection.execute("SELECT 1 FROM sqlite_schema").fetchall()
            connection.close()
        except (apsw.CantOpenError, apsw.ReadOnlyError) as error:
            log_file = self.path.with_name(f"{self.path.name}-wal")
            if log_file.exists() and log_file.stat().st_size:
                raise Unavailable(
                    f"{self.path} was not closed when it was last written to. Open it once with write access to it and "
                    "to its folder; then it can be read without."
                ) from error
            self._uri += "&immutable=1"

    def _begin_log(self) -> None:
        """Switch a new file to WAL."""
        if self.read_only:
            return
        deadline = time.monotonic() + self._busy_ms / 1000
        while True:
            try:
                # SQLite does not wait for another process that is switching the same file; so we do.
                mode = self._writer.execute("PRAGMA journal_mode = WAL").fetchall()[0][0]
                break
            except apsw.BusyError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
            except (apsw.ReadOnlyError, apsw.CantOpenError):
                # The permissions promised more than the file system keeps.
                if not self.path.exists():
                    raise
                self._writer.close()
                self.read_only = True
                self._find_a_way_to_read()
                self._writer = self._connect(_CACHE_KIB)
                return
        if mode != "wal":
            log.warning(
                "The file system of %s does not allow a log beside the file: readers and writers wait.", self.path
            )

    def backup(self, to: Path) -> None:
        """Write a consistent copy of the whole store to a new file; it is there whole, or not at all."""
        unfinished = to.with_name(f"{to.name}.{os.getpid()}.unfinished")
        with _translated(self.path):
            source, target = self._connect(_CACHE_KIB // 8), apsw.Connection(str(unfinished))
            try:
                with target.backup("main", source, "main") as copying:
                    while not copying.done:
                        copying.step(4096)
            finally:
                target.close()
                source.close()
        unfinished.replace(to)


class _Upgrading:
    """What `upgrade` needs to know of SQLite."""

    words = _WORDS

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database
        self._connection = database._writer  # noqa: SLF001  the same module

    def level(self) -> int:
        """The number of the last step that was taken; 0 for an empty file."""
        known = "SELECT name FROM sqlite_schema WHERE name IN ('meta', 'experiments')"
        names = {row[0] for row in self._connection.execute(known)}
        if "meta" not in names:
            if names:
                raise InvalidArgument(NOT_OURS)
            return 0
        rows = self._connection.execute("SELECT value FROM meta WHERE name = 'schema'").fetchall()
        if not rows:
            raise InvalidArgument(NOT_OURS)
        return int(str(rows[0][0]))

    def before(self, level: int) -> None:
        """Keep a copy of a store that holds something, beside it."""
        if level:
            path = self._database.path
            copy = path.with_name(f"{path.name}.before-upgrade-from-{level}")
            if not copy.exists():
                self._database.backup(copy)
                log.warning("The store %s is brought up to date; a copy of it is kept in %s", path, copy)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Callable[[str], object]]:
        if self._database.read_only:
            raise PermissionDenied(
                f"The store {self._database.path} must be brought up to date, and it cannot be written to. "
                "Open it once with write access to it and to its folder."
            )
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection.execute
            self._connection.execute("COMMIT")
        except BaseException:
            _end(self._connection)
            raise


def _end(connection: apsw.Connection) -> None:
    """Roll back what is open; nothing is, where SQLite itself did so (disk full)."""
    if connection.in_transaction:
        with contextlib.suppress(apsw.Error):
            connection.execute("ROLLBACK")


@contextlib.contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except apsw.Error as error:
        raise _translation(error, path) from error
    except (UnicodeEncodeError, OverflowError) as error:
        raise InvalidArgument(UNSTORABLE) from error


def _translation(error: apsw.Error, path: Path) -> HitoError:
    """SQLite's error as ours; the message tells what to do, the log names the file for its owner."""
    if isinstance(error, apsw.BusyError | apsw.LockedError):
        return Unavailable("The store is locked by another process, for longer than a write may wait. Try again.")
    if isinstance(error, apsw.FullError):
        return Unavailable("The disk that holds the store is full. Nothing was written; free some space and try again.")
    if isinstance(error, apsw.ReadOnlyError | apsw.PermissionsError):
        return PermissionDenied(READ_ONLY)
    if isinstance(error, apsw.TooBigError):
        return InvalidArgument(UNSTORABLE)
    if isinstance(error, apsw.SQLError) and "integer overflow" in str(error):
        return InvalidArgument(OVERFLOW)
    if isinstance(error, apsw.ConnectionClosedError):
        return Unavailable("The store is closed.")
    if isinstance(error, apsw.IOError | apsw.CantOpenError | apsw.ProtocolError | apsw.NoMemError):
        log.error("The store %s cannot be read or written: %s", path, error)
        return Unavailable("The disk that holds the store gives errors. Nothing was written; see the server's log.")
    if isinstance(error, apsw.NotADBError):
        return InvalidArgument(f"{path.name} is not a SQLite file. Name another, or move it away.")
    if isinstance(error, apsw.CorruptError):
        log.error("The store %s is damaged: %s", path, error)
        return Internal("The store is damaged. Stop the server and run `hito db check`.")
    log.error("The store %s met an unexpected error", path, exc_info=error)
    return Internal("The store met an unexpected error; see the server's log.")
