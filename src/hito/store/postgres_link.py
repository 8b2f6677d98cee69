"""One connection to PostgreSQL, as the store uses it: its settings, its types, its words, and its errors made ours.

A `Link` always works in libpq's pipeline mode: what is told is sent and not waited for, what is asked is waited for,
together with everything that was told before it.
"""

import contextlib
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import psycopg
from psycopg import adapt
from psycopg import errors as pg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import Int8BinaryDumper, NumericBinaryLoader
from psycopg.types.string import StrBinaryDumper

from hito.core.errors import HitoError, Internal, InvalidArgument, PermissionDenied, Unavailable
from hito.store.database import Row

log = logging.getLogger("hito.store")

LOCK_SECONDS = 30
"""How long to wait for another process that is writing."""
OLDEST = 130_000
"""PostgreSQL 13, as libpq counts versions."""

_DEFAULTS = {
    "fallback_application_name": "hito",
    "client_encoding": "UTF8",
    "connect_timeout": "10",
    # A server that vanished (a failover, a cut cable) is noticed within half a minute, not after two hours.
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
_SETTINGS = (
    f"SET lock_timeout = '{LOCK_SECONDS}s'; "
    # Whoever holds the writers' lock and is not heard of any more loses it.
    "SET idle_in_transaction_session_timeout = '60s'; "
    # Compiling a plan takes longer than any query of ours that has a limit.
    "SET jit = off; "
    "SET client_min_messages = warning"
)


class _BoolDumper(adapt.Dumper):
    """Booleans are 0 and 1 in our schema."""

    oid = psycopg.postgres.types["int8"].oid

    def dump(self, obj: Any) -> bytes:
        return b"1" if obj else b"0"


class _NumberLoader(NumericBinaryLoader):
    """`sum` of integers is a numeric in PostgreSQL; a whole one is an int here, as it is in SQLite."""

    def load(self, data: Any) -> Any:
        number = super().load(data)
        exponent = number.as_tuple().exponent
        return int(number) if isinstance(exponent, int) and exponent >= 0 else float(number)


def _adapters() -> adapt.AdaptersMap:
    adapters = adapt.AdaptersMap(psycopg.adapters)
    # psycopg picks the smallest type that holds a value; then `id = ?` would be prepared once for each size of number.
    adapters.register_dumper(int, Int8BinaryDumper)
    adapters.register_dumper(bool, _BoolDumper)
    adapters.register_dumper(str, StrBinaryDumper)
    adapters.register_loader("numeric", _NumberLoader)
    return adapters


_ADAPTERS = _adapters()


class Statement(NamedTuple):
    """Our SQL in PostgreSQL's words, and what can be known of its effect by reading it."""

    text: bytes
    writes: bool
    adds_one: bool
    """It adds or changes one row exactly, or fails: its count need not be waited for."""


_MARK = re.compile(r"'(?:[^']|'')*'|\?")
_ADDS_ONE = re.compile(
    r"INSERT INTO .*\bVALUES\s*\([^()]*\)(?:\s+ON CONFLICT\s*\([^()]*\)\s*DO UPDATE SET .*)?", re.DOTALL
)
_WRITING = re.compile(r"\b(?:INSERT|UPDATE|DELETE)\b")
_UNSURE = re.compile(r"\b(?:WHERE|SELECT|RETURNING)\b")


@lru_cache(maxsize=4096)
def statement(sql: str) -> Statement:
    """`?` outside of quotes becomes `$1`, `$2`, …"""
    count = 0

    def numbered(match: re.Match[str]) -> str:
        nonlocal count
        if match[0] != "?":
            return match[0]
        count += 1
        return f"${count}"

    text = _MARK.sub(numbered, sql)
    bare = sql.strip()
    reads = bare.startswith(("SELECT", "WITH")) and not _WRITING.search(bare)
    return Statement(text.encode(), not reads, bool(_ADDS_ONE.fullmatch(bare)) and not _UNSURE.search(bare))


class Link:
    """A connection that tells and asks inside of `batch`. For one thread at a time."""

    def __init__(self, uri: str, *, prepare_after: int, settings: str = "") -> None:
        self.connection = connect(uri, prepare_after=prepare_after)
        try:
            if settings:
                self.connection.execute(settings.encode())
            self._asking = self.connection.cursor(binary=True)
            # Whatever it is told gives no rows; a cursor of its own keeps late answers away from those asked for.
            self._telling = self.connection.cursor(binary=True)
        except BaseException:
            self.connection.close()
            raise
        self._pipeline: psycopg.Pipeline | None = None

    @contextlib.contextmanager
    def batch(self) -> Iterator[None]:
        """Pipeline mode. Leaving it waits until everything that was told is answered, and raises what went wrong.

        The connection has no open transaction afterwards, or is closed.
        """
        try:
            with self.connection.pipeline() as self._pipeline:
                try:
                    yield
                except BaseException:
                    self._drain()
                    raise
        except Exception:
            self._reset()
            raise
        except BaseException:
            self.connection.close()  # interrupted in the middle of an answer
            raise

    def tell(self, sql: bytes, parameters: Sequence[Any] = ()) -> None:
        self._telling.execute(sql, parameters)

    def tell_many(self, sql: bytes, rows: Iterable[Sequence[Any]]) -> None:
        self._telling.executemany(sql, rows)

    def ask(self, sql: bytes, parameters: Sequence[Any] = ()) -> list[Row]:
        return self._asking.execute(sql, parameters).fetchall()

    def count(self, sql: bytes, parameters: Sequence[Any] = ()) -> int:
        """How many rows a statement changed."""
        assert self._pipeline is not None
        self._asking.execute(sql, parameters)
        self._pipeline.sync()
        return self._asking.rowcount

    def last_answer(self) -> str:
        """The command tag of what was told last, once it is answered."""
        return self._telling.statusmessage or ""

    @property
    def lost(self) -> bool:
        return self.connection.closed

    def close(self) -> None:
        self.connection.close()

    def _drain(self) -> None:
        """Read the answers of what is under way: after an error they are errors too, and say nothing new."""
        assert self._pipeline is not None
        for _ in range(3):
            try:
                self._pipeline.sync()
                return
            except psycopg.Error:
                if self.connection.closed:
                    return

    def _reset(self) -> None:
        try:
            if self.connection.info.transaction_status != TransactionStatus.IDLE:
                self.connection.rollback()
        except psycopg.Error:
            self.connection.close()


Connection = psycopg.Connection[Row]


def connect(uri: str, *, prepare_after: int = 5) -> Connection:
    """A connection with our settings; what the URI says goes first."""
    parameters = {**_DEFAULTS, **conninfo_to_dict(uri)}
    connection: Connection = psycopg.Connection.connect(
        "",
        autocommit=True,
        prepare_threshold=prepare_after,
        cursor_factory=psycopg.RawCursor,
        context=_Context(),
        **parameters,
    )
    try:
        connection.execute(_SETTINGS.encode())
    except BaseException:
        connection.close()
        raise
    return connection


class _Context:
    """How psycopg is told which types to use."""

    adapters = _ADAPTERS
    connection = None


_LOST = (
    pg.ConnectionException,
    pg.AdminShutdown,
    pg.CrashShutdown,
    pg.CannotConnectNow,
    pg.IdleInTransactionSessionTimeout,
)
_PASSING = (pg.SerializationFailure, pg.DeadlockDetected, pg.UniqueViolation)


def is_lost(error: psycopg.Error) -> bool:
    """The connection is gone, or never came to be."""
    return isinstance(error, _LOST) or (isinstance(error, psycopg.OperationalError) and error.sqlstate is None)


def passes(error: psycopg.Error) -> bool:
    """The same work may do better now: a second try sees what the other transaction wrote."""
    return isinstance(error, _PASSING)


def translation(error: psycopg.Error) -> HitoError:
    """PostgreSQL's error as ours; details that are not the client's business go to the log."""
    if isinstance(error, pg.NumericValueOutOfRange | pg.DivisionByZero | pg.FloatingPointException):
        return InvalidArgument("An arithmetic overflow: a result does not fit into a number. Use smaller numbers.")
    if isinstance(error, psycopg.DataError):
        return InvalidArgument("A value cannot be stored: text must be Unicode without NUL, numbers must be in range.")
    if isinstance(error, pg.ReadOnlySqlTransaction | pg.InsufficientPrivilege):
        log.error("PostgreSQL does not allow it: %s", error)
        return PermissionDenied("The store is read-only. Reading goes on; give the server write access to log again.")
    if isinstance(error, pg.LockNotAvailable):
        return Unavailable(f"The store is locked by another process for more than {LOCK_SECONDS} s. Try again.")
    if isinstance(error, pg.QueryCanceled):
        return Unavailable("The database ended this request: it took longer than its administrator allows.")
    if isinstance(error, pg.DiskFull):
        log.error("PostgreSQL's disk is full: %s", error)
        return Unavailable("The disk that holds the store is full. Nothing was written; free some space and try again.")
    if isinstance(error, pg.TooManyConnections):
        log.error("PostgreSQL has no connection left: %s", error)
        return Unavailable("The database has no connection left for this server. Try again.")
    if is_lost(error):
        log.error("PostgreSQL cannot be reached: %s", error)
        return Unavailable("The database cannot be reached. Nothing was written; try again.")
    if isinstance(error, psycopg.OperationalError):
        log.error("PostgreSQL cannot work: %s", error)
        return Unavailable("The database cannot do this now. Nothing was written; see the server's log, and try again.")
    log.error("PostgreSQL met an unexpected error", exc_info=error)
    return Internal("The store met an unexpected error; see the server's log.")
