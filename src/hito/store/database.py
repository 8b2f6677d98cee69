"""A store of rows: one interface, two databases.

    Database.read(work)    runs `work(tx)` on a snapshot
    Database.write(work)   runs `work(tx)` and returns when what it wrote is durable

Everything above this file is functions over a `Tx`. They compose without nesting: only `read` and `write` open and
commit. `write` may execute the work of several threads in one transaction of the database, one after the other, each
inside a savepoint of its own: the work of one caller fails or succeeds alone, and all are answered when the shared
commit is durable. So `work` must do nothing but use its `tx`, and must not keep it.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
Row = tuple[Any, ...]

# What both databases say to the client in the same case.
READ_ONLY = "The store is read-only. Reading goes on; give the server write access to log again."
UNSTORABLE = "A value cannot be stored: text must be Unicode without NUL, numbers must be in range."
OVERFLOW = "An arithmetic overflow: a result does not fit into a number. Use smaller numbers."


class Tx(Protocol):
    """An open transaction. SQL is written with `?` for every value; text from outside never becomes SQL."""

    dialect: str
    """`sqlite` or `postgres`, for the few statements that must differ."""

    now: int
    """Milliseconds since 1970, UTC, when the work began: the only clock of the store."""

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Execute a statement that returns no rows; how many rows it changed."""
        ...

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row, or None."""
        ...

    def all(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows."""
        ...

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Execute one statement for every row of values."""
        ...

    def intern(self, name: str) -> int:
        """The id of a metric's, param's or tag's name; it is given one if it is new."""
        ...

    def key(self, name: str) -> int | None:
        """The id of a name, or None if no run has ever used it."""
        ...

    def name(self, key: int) -> str:
        """The name behind an id."""
        ...


class Database(Protocol):
    """An open store. Any thread may call any method at any time."""

    dialect: str

    def read(self, work: Callable[[Tx], T]) -> T:
        """Run `work` on a snapshot of the store.

        Raises: Unavailable: the database cannot be read now.
        """
        ...

    def write(self, work: Callable[[Tx], T]) -> T:
        """Run `work` and make what it wrote durable; its result, or its exception with nothing of it written.

        Raises: Unavailable: locked for too long, read-only, disk full, connection lost.
        """
        ...

    def strangers(self) -> int:
        """A number that becomes another when another process has written to the store.

        On PostgreSQL also when this one has: a look that tells the two apart would cost every commit a round trip.
        Raises: Unavailable: the database cannot be asked now.
        """
        ...

    def check(self) -> list[str]:
        """What the database finds damaged, a sentence each; empty when all is well."""
        ...

    def close(self) -> None:
        """Wait for what is being written, then release files and connections."""
        ...


def marks(count: int) -> str:
    """`?, ?, ?`: placeholders for a list of values."""
    return ", ".join("?" * count)
