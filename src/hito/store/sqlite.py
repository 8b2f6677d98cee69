"""The store in one SQLite file: many readers, one writer, and commits that are shared.

SQLite lets one transaction write at a time, and making it durable costs a flush of the disk (0.2 to 0.8 ms was seen).
So threads that want to write at the same moment share a commit:

    thread A  ──► queue empty: A leads.  BEGIN  a  COMMIT────────┐ A returns, hands the lead to B
    thread B  ───────► waits ...................................│ B leads.  BEGIN  b  c  d  COMMIT ──┐
    thread C  ──────────────► waits ............................│......................................│ all return
    thread D  ───────────────────► waits

There is no writer thread: a lone caller leads at once and pays for nothing but its own work and the flush. While it
flushes (without Python's lock), others queue up and are the next group. Each job of a group runs in a savepoint of its
own, so one that fails takes nothing with it but itself. Nobody is answered before the commit came back.

Readers have connections of their own and see the last commit (WAL).
"""

import _thread
import contextlib
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import apsw

from hito.core.clock import now_ms
from hito.core.errors import HitoError, Internal, PermissionDenied, Unavailable
from hito.store.database import Row, Tx
from hito.store.names import Names
from hito.store.search.functions import functions
from hito.store.upgrade import upgrade

T = TypeVar("T")
log = logging.getLogger("hito.store")

_GROUP = 256
"""Jobs that share a commit at most: bounds how long the first of them waits for the rest."""
_BUSY_MS = 30_000
"""How long to wait for another process that is writing."""
_READERS = 16
"""Connections for reading that are kept open."""
_CACHE_KIB = 16_384
"""Page cache of the writer; a reader has an eighth of that."""

_WORDS = {
    "BIGKEY": "INTEGER PRIMARY KEY",
    "REAL8": "REAL",
    "BYTES": "BLOB",
    "TEXTC": "TEXT",
    "CLUSTERED": "WITHOUT ROWID",
}


class SqliteTx:
    """A transaction on one connection. See `database.Tx` for what the methods mean."""

    __slots__ = ("_connection", "_names", "_new", "now")
    dialect = "sqlite"

    def __init__(self, connection: apsw.Connection, names: Names, now: int) -> None:
        self._connection = connection
        self._names = names
        self._new: dict[str, int] = {}
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

    def intern(self, name: str) -> int:
        known = self.key(name)
        if known is not None:
            return known
        row = self.one("INSERT INTO keys (name) VALUES (?) RETURNING id", (name,))
        assert row is not None
        self._new[name] = row[0]
        return int(row[0])

    def key(self, name: str) -> int | None:
        known = self._names.id(name) or self._new.get(name)
        if known is not None:
            return known
        row = self.one("SELECT id FROM keys WHERE name = ?", (name,))
        if row is None:
            return None
        self._new[name] = row[0]
        return int(row[0])

    def name(self, key: int) -> str:
        known = self._names.name(key)
        if known is not None:
            return known
        row = self.one("SELECT name FROM keys WHERE id = ?", (key,))
        if row is None:
            raise Internal(f"The store has no name for key {key}.")
        self._new[row[0]] = key
        return str(row[0])

    def settle(self) -> None:
        """Remember the names that were met, now that they are certain."""
        if self._new:
            self._names.add(self._new)


class _Job:
    """One caller's work, and the latch on which it waits."""

    __slots__ = ("error", "latch", "leads", "result", "work")

    def __init__(self, work: Callable[[Tx], Any]) -> None:
        self.work = work
        self.result: Any = None
        self.error: BaseException | None = None
        self.leads = False
        self.latch: Any = None


class SqliteDatabase:
    """`database.Database` over one file. Opening creates the file and brings the schema up to date."""

    dialect = "sqlite"

    def __init__(self, path: Path, clock: Callable[[], int] = now_ms) -> None:
        self.path = path
        self._clock = clock
        self._names = Names()
        self._mutex = threading.Lock()
        self._queue: deque[_Job] = deque()
        self._led = False
        self._readers: list[apsw.Connection] = []
        self._closed = False
        path.parent.mkdir(parents=True, exist_ok=True)
        with _translated(path):
            self._writer = self._connect(_CACHE_KIB)
            self._upgrade()

    def read(self, work: Callable[[Tx], T]) -> T:
        with _translated(self.path):
            try:
                connection = self._readers.pop()
            except IndexError:
                connection = self._connect(_CACHE_KIB // 8)
            try:
                tx = SqliteTx(connection, self._names, self._clock())
                connection.execute("BEGIN")
                try:
                    result = work(tx)
                finally:
                    connection.execute("ROLLBACK")
                tx.settle()
                return result
            finally:
                if len(self._readers) < _READERS and not self._closed:
                    self._readers.append(connection)
                else:
                    connection.close()

    def write(self, work: Callable[[Tx], T]) -> T:
        job = _Job(work)
        with self._mutex:
            if self._led:
                job.latch = _thread.allocate_lock()
                job.latch.acquire()
                self._queue.append(job)
            else:
                self._led = job.leads = True
        if not job.leads:
            job.latch.acquire()  # until its group is durable, or the lead is handed over
        if job.leads:
            self._lead(job)
        if job.error is not None:
            raise job.error
        result: T = job.result
        return result

    def close(self) -> None:
        self._closed = True
        self.write(lambda tx: None)  # whoever is writing has finished when this has
        for connection in (*self._readers, self._writer):
            connection.close()
        self._readers.clear()

    def check(self) -> list[str]:
        """What SQLite's own integrity check and its check of references find wrong; empty when all is well."""
        connection = self._connect(_CACHE_KIB)
        try:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
            found += [f"{row[0]}: row {row[1]} refers to no {row[2]}" for row in connection.execute("PRAGMA foreign_key_check")]
            return found
        finally:
            connection.close()

    def _lead(self, mine: _Job) -> None:
        """Commit a group that begins with `mine`, tell the others, and hand the lead over."""
        group = [mine]
        with self._mutex:
            while self._queue and len(group) < _GROUP:
                group.append(self._queue.popleft())
        try:
            self._commit(group)
        finally:
            with self._mutex:
                successor = self._queue.popleft() if self._queue else None
                if successor is None:
                    self._led = False
                else:
                    successor.leads = True
            if successor is not None:
                successor.latch.release()
            for job in group[1:]:
                job.latch.release()

    def _commit(self, group: list[_Job]) -> None:
        connection = self._writer
        done: list[tuple[_Job, SqliteTx]] = []
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                now = self._clock()
                for job in group:
                    tx = SqliteTx(connection, self._names, now)
                    # A savepoint costs 5 µs; a lone job does without, its failure ends the transaction.
                    alone = len(group) == 1
                    if not alone:
                        connection.execute("SAVEPOINT job")
                    try:
                        job.result = job.work(tx)
                    except apsw.Error:
                        raise  # the database itself: nobody's work can be trusted to be there
                    except BaseException as error:  # noqa: BLE001  every caller gets its own exception back
                        job.error = error
                        if alone:
                            connection.execute("ROLLBACK")
                            return
                        connection.execute("ROLLBACK TO job")
                    else:
                        done.append((job, tx))
                    if not alone:
                        connection.execute("RELEASE job")
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        except apsw.Error as error:
            if len(group) > 1 and isinstance(error, apsw.ConstraintError):
                self._one_by_one(group)
                return
            for job in group:
                job.error = job.error or _translation(error, self.path)
            return
        for _, tx in done:
            tx.settle()

    def _one_by_one(self, group: list[_Job]) -> None:
        """A broken constraint is one job's fault: run each in a commit of its own to find whose."""
        for job in group:
            job.error = None
            self._commit([job])

    def _connect(self, cache_kib: int) -> apsw.Connection:
        connection = apsw.Connection(str(self.path), statementcachesize=200)
        connection.set_busy_timeout(_BUSY_MS)
        # FULL: the log is flushed at every commit, so that what was answered survives a power cut.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA cache_size = -{cache_kib}")
        connection.execute("PRAGMA temp_store = MEMORY")
        for name, function in functions().items():
            connection.create_scalar_function(name, function, deterministic=True)
        return connection

    def _upgrade(self) -> None:
        connection = self._writer
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA wal_autocheckpoint = 4000")
        except apsw.ReadOnlyError:
            return  # reads go on
        upgrade(_Upgrading(self))

    def backup(self, to: Path) -> None:
        """Write a consistent copy of the whole store to a new file."""
        with _translated(self.path):
            target = apsw.Connection(str(to))
            try:
                with target.backup("main", self._writer, "main") as copying:
                    while not copying.done:
                        copying.step(4096)
            finally:
                target.close()


class _Upgrading:
    """What `upgrade` needs to know of SQLite."""

    words = _WORDS

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database
        self._connection = database._writer  # noqa: SLF001  the same module

    def level(self) -> int:
        """The number of the last step that was taken; 0 for an empty file."""
        exists = self._connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'meta'").fetchall()
        if not exists:
            return 0
        return int(self._connection.execute("SELECT value FROM meta WHERE name = 'schema'").fetchall()[0][0])

    def before(self, level: int) -> None:
        """Keep a copy of a store that holds something, beside it."""
        if level:
            copy = self._database.path.with_name(f"{self._database.path.name}.before-upgrade-from-{level}")
            if not copy.exists():
                self._database.backup(copy)
                log.warning("The store %s is brought up to date; a copy of it is kept in %s", self._database.path, copy)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Callable[[str], object]]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection.execute
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise


@contextlib.contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except apsw.Error as error:
        raise _translation(error, path) from error


def _translation(error: apsw.Error, path: Path) -> HitoError:
    """SQLite's error as ours; the message names the file for its owner and tells what to do."""
    if isinstance(error, apsw.BusyError | apsw.LockedError):
        return Unavailable(f"The store is locked by another process for more than {_BUSY_MS // 1000} s. Try again.")
    if isinstance(error, apsw.FullError):
        return Unavailable("The disk that holds the store is full. Nothing was written; free some space and try again.")
    if isinstance(error, apsw.ReadOnlyError | apsw.PermissionsError):
        return PermissionDenied("The store is read-only. Reading goes on; give the server write access to log again.")
    if isinstance(error, apsw.IOError | apsw.CantOpenError):
        log.error("The store %s cannot be read or written: %s", path, error)
        return Unavailable("The disk that holds the store gives errors. Nothing was written; see the server's log.")
    if isinstance(error, apsw.CorruptError | apsw.NotADBError):
        log.error("The store %s is damaged: %s", path, error)
        return Internal("The store is damaged. Stop the server and run `hito db check`.")
    log.error("The store %s met an unexpected error", path, exc_info=error)
    return Internal("The store met an unexpected error; see the server's log.")
