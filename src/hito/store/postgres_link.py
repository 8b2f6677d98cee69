"""One connection to PostgreSQL, as the store uses it: its settings, its types, its words, and its errors made ours.

A `Link` always works in libpq's pipeline mode: what is told is not waited for, what is asked is waited for, together
with everything that was told before it.
"""

import contextlib
import logging
import re
import select
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import psycopg
from psycopg import adapt
from psycopg import errors as pg
from psycopg.adapt import PyFormat
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGresult
from psycopg.types.numeric import Int8BinaryDumper, NumericBinaryLoader
from psycopg.types.string import StrBinaryDumper

from hito.core.errors import HitoError, Internal, InvalidArgument, PermissionDenied, Unavailable
from hito.store.database import OVERFLOW, READ_ONLY, UNSTORABLE, Row

log = logging.getLogger("hito.store")

LOCK_SECONDS = 30
"""How long to wait for another process that is writing."""
OLDEST = 130_000
"""PostgreSQL 13, as libpq counts versions."""
_MET = 2_000
_PREPARED = 250
"""Statements that a connection remembers to have met, and that it keeps prepared."""
_FINE = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)

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
    """A connection that tells and asks inside of `batch`. For one thread at a time.

    It works on libpq itself (`psycopg.pq`), below psycopg's cursors: those hand every statement to the socket as it
    comes, and each wakes the server. Here statements gather in libpq's buffer and leave together when an answer is
    wanted. A point logged costs a third of the processor time that way, here and in the server.
    """

    def __init__(self, uri: str, *, settings: str = "") -> None:
        self._connection = connect(uri)
        try:
            if settings:
                self._connection.execute(settings.encode())
            self._pg = self._connection.pgconn
            self._pg.enter_pipeline_mode()
            self._socket = self._pg.socket
        except BaseException:
            self._connection.close()
            raise
        self._dumper = adapt.Transformer(self._connection)
        self._loader = adapt.Transformer(self._connection)
        self._unanswered: deque[bool] = deque()
        """Statements and preparations (True) and synchronisations (False) that were sent, in order."""
        self._met: set[tuple[bytes, tuple[int, ...]]] = set()
        self._prepared: dict[tuple[bytes, tuple[int, ...]], bytes] = {}

    @contextlib.contextmanager
    def batch(self) -> Iterator[None]:
        """A stretch of work. Leaving it waits until everything that was told is answered, and raises what went wrong.

        The connection has no open transaction afterwards, or is closed.
        """
        self.answered = False
        try:
            yield
            self._synchronise()
        except Exception:
            self._recover()
            raise
        except BaseException:
            self.close()  # interrupted in the middle of an answer
            raise

    def tell(self, sql: bytes, parameters: Sequence[Any] = ()) -> None:
        """Send a statement, at the latest together with the next that is asked; its error is raised then."""
        self._send(sql, parameters)

    def tell_many(self, sql: bytes, rows: Iterable[Sequence[Any]]) -> None:
        for number, row in enumerate(rows):
            self._send(sql, row)
            if number % 32 == 31:
                self._pg.flush()  # the server works on these while the next are made

    def ask(self, sql: bytes, parameters: Sequence[Any] = ()) -> list[Row]:
        """The rows that a statement gives."""
        self._send(sql, parameters)
        result = self._answer()
        self._loader.set_pgresult(result)
        return self._loader.load_rows(0, result.ntuples, tuple)

    def count(self, sql: bytes, parameters: Sequence[Any] = ()) -> int:
        """How many rows a statement changed."""
        self._send(sql, parameters)
        return self._answer().command_tuples or 0

    def assure(self) -> None:
        """Make sure that the server is there, before it is told what must not be told twice.

        Raises: psycopg.OperationalError: it is not.
        """
        if self._unanswered and not self.answered:
            self._answer()
        while self._wait(select.POLLIN, 0):  # a server that went says so, or hangs up
            self._pg.consume_input()

    def last_answer(self) -> str:
        """The command tag of what was told last, once the batch is over: `COMMIT`, `ROLLBACK`, …"""
        return self._last_tag.decode() if self._last_tag else ""

    @property
    def lost(self) -> bool:
        return self._connection.closed

    def close(self) -> None:
        self._connection.close()

    answered = False
    """Whether the server has answered anything in this batch: until then the connection may long be dead."""
    _last_tag: bytes | None = None

    def _send(self, sql: bytes, parameters: Sequence[Any]) -> None:
        values: Sequence[Any] | None = None
        types: tuple[int, ...] = ()
        formats: Sequence[Format] | None = None
        if parameters:
            values = self._dumper.dump_sequence(parameters, [PyFormat.AUTO] * len(parameters))
            types, formats = self._dumper.types or (), self._dumper.formats
        name = self._prepared.get((sql, types)) or self._prepare_if_met(sql, types)
        if name is None:
            self._pg.send_query_params(sql, values, types, formats, Format.BINARY)
        else:
            self._pg.send_query_prepared(name, values, formats, Format.BINARY)
        self._unanswered.append(True)

    def _prepare_if_met(self, sql: bytes, types: tuple[int, ...]) -> bytes | None:
        """Prepare a statement when it comes for the second time; searches rarely do, and would fill the memory."""
        key = (sql, types)
        if key not in self._met:
            if len(self._met) >= _MET:
                self._met.clear()
            self._met.add(key)
            return None
        if len(self._prepared) >= _PREPARED:
            self._forget_prepared()
        name = self._prepared[key] = b"s%d" % len(self._prepared)
        self._pg.send_prepare(name, sql, types)
        self._unanswered.append(True)
        return name

    def _forget_prepared(self) -> None:
        self._prepared.clear()
        self._pg.send_query_params(b"DEALLOCATE ALL", None, (), None, Format.BINARY)
        self._unanswered.append(True)

    def _answer(self) -> PGresult:
        """Wait for everything that was sent; the last answer.

        Raises: psycopg.Error: the first thing that went wrong.
        """
        self._pg.send_flush_request()
        last = self._answers()
        assert last is not None
        self.answered = True
        return last

    def _synchronise(self) -> None:
        """Wait for everything, and end the state after an error in which the server ignores what is sent."""
        self._pg.pipeline_sync()
        self._unanswered.append(False)
        last = self._answers()
        self._last_tag = last.command_status if last else None

    def _answers(self) -> PGresult | None:
        while self._pg.flush():  # what does not fit into the socket; the server may wait for us to read meanwhile
            self._wait(select.POLLIN | select.POLLOUT)
            self._pg.consume_input()
        last: PGresult | None = None
        failure: psycopg.Error | None = None
        while self._unanswered:
            result = self._next()
            if result is None:
                raise psycopg.OperationalError("the connection is lost")
            if self._unanswered.popleft():
                last = result
                if failure is None and result.status not in _FINE:
                    failure = self._error(result)
                while self._next() is not None:  # ends an answer
                    pass
        if failure is not None:
            raise failure
        return last

    def _next(self) -> PGresult | None:
        while self._pg.is_busy():
            self._wait(select.POLLIN)
            self._pg.consume_input()
        return self._pg.get_result()

    def _wait(self, events: int, most_ms: int | None = None) -> bool:
        poll = select.poll()
        poll.register(self._socket, events)
        return bool(poll.poll(most_ms))  # without Python's lock

    def _error(self, result: PGresult) -> psycopg.Error:
        if result.status == ExecStatus.PIPELINE_ABORTED:
            return pg.PipelineAborted("an earlier statement failed")
        if self._pg.status == ConnStatus.BAD and not result.error_field(DiagnosticField.SQLSTATE):
            return psycopg.OperationalError(result.error_message.decode("utf-8", "replace"))
        return pg.error_from_result(result)

    def _recover(self) -> None:
        """After an error: read what is under way, which says nothing new, and end the transaction."""
        try:
            if self.lost:
                return
            with contextlib.suppress(psycopg.Error):
                self._synchronise()
            if self._pg.transaction_status != TransactionStatus.IDLE:
                self._send(b"ROLLBACK", ())
            self._forget_prepared()  # what was prepared behind the error never came to be
            self._met.clear()
            self._synchronise()
        except psycopg.Error:
            self.close()


Connection = psycopg.Connection[Row]


def connect(uri: str) -> Connection:
    """A connection with our settings; what the URI says goes first."""
    parameters: dict[str, Any] = {**_DEFAULTS, **conninfo_to_dict(uri)}
    connection: Connection = psycopg.Connection.connect(
        make_conninfo(**parameters), autocommit=True, prepare_threshold=None, context=_Context()
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
        return InvalidArgument(OVERFLOW)
    if isinstance(error, psycopg.DataError):
        return InvalidArgument(UNSTORABLE)
    if isinstance(error, pg.ReadOnlySqlTransaction | pg.InsufficientPrivilege):
        log.error("PostgreSQL does not allow it: %s", error)
        return PermissionDenied(READ_ONLY)
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
