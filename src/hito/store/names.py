"""The names of metrics, params and tags that a process has met, both ways."""

from collections.abc import Sequence
from typing import Any

from hito.core.errors import Internal
from hito.store.database import Row

_MOST = 200_000


class Names:
    """A cache of the table `keys`. Rows of it are never changed nor deleted, so what was once read stays true."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._names: dict[int, str] = {}

    def id(self, name: str) -> int | None:
        return self._ids.get(name)

    def name(self, key: int) -> str | None:
        return self._names.get(key)

    def add(self, found: dict[str, int]) -> None:
        """Only names whose rows are committed may come here."""
        if len(self._ids) > _MOST:  # somebody makes up names without end; memory must not follow
            self._ids, self._names = {}, {}
        self._ids.update(found)
        self._names.update({key: name for name, key in found.items()})


class Naming:
    """The part of a transaction that turns names into ids and back; see `database.Tx` for what the methods mean.

    What a transaction learns is its own until it is committed: an id that was given in a transaction that failed means
    nothing, or, later, another name.
    """

    __slots__ = ("_names", "_new")

    def __init__(self, names: Names) -> None:
        self._names = names
        self._new: dict[str, int] = {}

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        raise AssertionError("a transaction can ask for a row")

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
