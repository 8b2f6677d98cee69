"""Saved views: states of the page's screens under names."""

from typing import NamedTuple

from hito.core.errors import AlreadyExists, InvalidArgument, NotFound
from hito.store.database import Tx

MOST = 500
"""Views of one scope."""


class SavedView(NamedTuple):
    id: int
    scope: str
    name: str
    state: str
    owner: str
    last_update_time: int


_COLUMNS = "id, scope, name, state, owner, last_update_time"


def of_scope(tx: Tx, scope: str) -> list[SavedView]:
    """All views of a scope, whoever made them, by name."""
    rows = tx.all(f"SELECT {_COLUMNS} FROM saved_views WHERE scope = ? ORDER BY name, id", (scope,))
    return [SavedView(*row) for row in rows]


def create(tx: Tx, scope: str, name: str, state: str, owner: str) -> SavedView:
    """A new view.

    Raises: AlreadyExists: its owner has one of that name here; InvalidArgument: there are too many.
    """
    row = tx.one("SELECT count(*) FROM saved_views WHERE scope = ?", (scope,))
    if row is not None and row[0] >= MOST:
        raise InvalidArgument(f"There are {MOST} views here already; delete one first.")
    _check_free(tx, scope, name, owner, None)
    made = tx.one(
        "INSERT INTO saved_views (scope, name, state, owner, last_update_time) VALUES (?, ?, ?, ?, ?) "
        f"RETURNING {_COLUMNS}",
        (scope, name, state, owner, tx.now),
    )
    assert made is not None
    return SavedView(*made)


def replace(tx: Tx, view: int, scope: str, name: str, state: str) -> SavedView:
    """Change a view.

    Raises: NotFound; AlreadyExists: another one of its owner has that name.
    """
    row = tx.one("SELECT owner FROM saved_views WHERE id = ?", (view,))
    if row is None:
        raise _not_found(view)
    _check_free(tx, scope, name, row[0], view)
    changed = tx.one(
        f"UPDATE saved_views SET scope = ?, name = ?, state = ?, last_update_time = ? WHERE id = ? RETURNING {_COLUMNS}",
        (scope, name, state, tx.now, view),
    )
    assert changed is not None
    return SavedView(*changed)


def delete(tx: Tx, view: int) -> None:
    """Raises: NotFound."""
    if not tx.run("DELETE FROM saved_views WHERE id = ?", (view,)):
        raise _not_found(view)


def _check_free(tx: Tx, scope: str, name: str, owner: str, but_for: int | None) -> None:
    row = tx.one("SELECT id FROM saved_views WHERE scope = ? AND owner = ? AND name = ?", (scope, owner, name))
    if row is not None and row[0] != but_for:
        raise AlreadyExists(
            f"A view named '{name}' exists here already (id {row[0]}); choose another name, or replace it."
        )


def _not_found(view: int) -> NotFound:
    return NotFound(f"No saved view has the id {view}.")
