"""Registered models in the store: names under which versions are kept."""

from collections.abc import Iterable, Sequence

from hito.core.errors import AlreadyExists, InvalidArgument, NotFound
from hito.core.models import RegisteredModel
from hito.core.rules import folded_model_name
from hito.core.runs import Tag
from hito.store import aliases, versions
from hito.store.database import Row, Tx, marks

_AT_ONCE = 1000
"""Ids in one statement; SQLite takes 32,766 values, PostgreSQL 65,535."""
_MAX_FOLDED = 2000
"""Bytes of a folded name, which is indexed: an entry of PostgreSQL's index has room for 2,704. Only names in a few
scripts whose letters unfold to whole phrases come near it."""


def create(tx: Tx, name: str, description: str, tags: Iterable[tuple[str, str]]) -> int:
    """A new registered model; its id.

    Raises: AlreadyExists: the name is taken; InvalidArgument: a name that looks the same is.
    """
    folded = _free(tx, name)
    row = tx.one(
        "INSERT INTO registered_models (name, name_folded, description, creation_timestamp, last_updated_timestamp) "
        "VALUES (?, ?, ?, ?, ?) RETURNING id",
        (name, folded, description or None, tx.now, tx.now),
    )
    assert row is not None
    model_id = int(row[0])
    for key, value in dict(tags).items():
        set_tag(tx, model_id, key, value)
    return model_id


def _free(tx: Tx, name: str, but_for: int = -1) -> str:
    """The folded form of a name that nothing but the model `but_for` uses."""
    taken = tx.one("SELECT id FROM registered_models WHERE name = ?", (name,))
    if taken is not None and taken[0] != but_for:
        raise AlreadyExists(f"Registered Model (name={name}) already exists. Choose another name.")
    folded = folded_model_name(name)
    if not folded or len(folded.encode()) > _MAX_FOLDED:
        raise InvalidArgument(
            f"Invalid registered model name {name[:100]!r}: with compatibility forms and percent-escapes resolved "
            f"it has {len(folded.encode())} bytes, expected 1 to {_MAX_FOLDED}."
        )
    alike = tx.one("SELECT id, name FROM registered_models WHERE name_folded = ?", (folded,))
    if alike is not None and alike[0] != but_for:
        raise InvalidArgument(
            f"The registered model name {name!r} looks like that of an existing model, {alike[1]!r}: a reader could "
            "take one for the other. Use the existing model, or choose a name that differs visibly."
        )
    return folded


def existing(tx: Tx, name: str) -> int:
    """The id of a registered model.

    Raises: NotFound.
    """
    return _id(tx.one("SELECT id FROM registered_models WHERE name = ?", (name,)), name)


def writable(tx: Tx, name: str) -> int:
    """Like `existing`, for a model that is about to be written to: until the transaction ends nobody else writes to it
    or its versions. Numbers of versions are given out under this lock.

    Raises: NotFound.
    """
    return _id(tx.one(f"SELECT id FROM registered_models WHERE name = ?{for_update(tx)}", (name,)), name)


def for_update(tx: Tx) -> str:
    """What ends a SELECT that locks its rows. SQLite has one writer, whose transaction locks everything."""
    return " FOR UPDATE" if tx.dialect == "postgres" else ""


def _id(row: Row | None, name: str) -> int:
    if row is None:
        raise NotFound(f"Registered Model with name={name} not found.")
    return int(row[0])


def get(tx: Tx, name: str) -> RegisteredModel:
    """Raises: NotFound."""
    return get_many(tx, [existing(tx, name)])[0]


def get_many(tx: Tx, ids: Sequence[int]) -> list[RegisteredModel]:
    """Registered models by their internal ids, in that order, with their latest versions, tags and aliases."""
    found: list[RegisteredModel] = []
    for start in range(0, len(ids), _AT_ONCE):
        found += _some(tx, ids[start : start + _AT_ONCE])
    return found


def _some(tx: Tx, ids: Sequence[int]) -> list[RegisteredModel]:
    within = f"IN ({marks(len(ids))})"
    rows = {
        row[0]: row
        for row in tx.all(
            "SELECT id, name, description, creation_timestamp, last_updated_timestamp "
            f"FROM registered_models WHERE id {within}",
            ids,
        )
    }
    tags: dict[int, list[Tag]] = {}
    for model_id, key, value in tx.all(
        f"SELECT model_id, key, value FROM registered_model_tags WHERE model_id {within} ORDER BY model_id, key", ids
    ):
        tags.setdefault(model_id, []).append(Tag(key, value))
    named = aliases.of_models(tx, ids)
    latest = versions.latest(tx, ids)
    return [
        RegisteredModel(
            name=rows[one][1],
            description=rows[one][2],
            creation_timestamp=rows[one][3],
            last_updated_timestamp=rows[one][4],
            latest_versions=latest.get(one, []),
            tags=tags.get(one, []),
            aliases=named.get(one, []),
        )
        for one in ids
        if one in rows
    ]


def rename(tx: Tx, model_id: int, name: str) -> None:
    """Give a model another name, or its own once more; versions, tags and aliases stay with it.

    Raises: AlreadyExists: the name is taken; InvalidArgument: a name that looks the same is.
    """
    folded = _free(tx, name, but_for=model_id)
    tx.run(
        "UPDATE registered_models SET name = ?, name_folded = ?, last_updated_timestamp = ? WHERE id = ?",
        (name, folded, tx.now, model_id),
    )


def describe(tx: Tx, model_id: int, description: str) -> None:
    """Set the description; an empty one clears it."""
    tx.run(
        "UPDATE registered_models SET description = ?, last_updated_timestamp = ? WHERE id = ?",
        (description or None, tx.now, model_id),
    )


def delete(tx: Tx, model_id: int) -> None:
    """Remove a model with its versions, tags and aliases, for good."""
    tx.run("DELETE FROM registered_models WHERE id = ?", (model_id,))


def set_tag(tx: Tx, model_id: int, key: str, value: str) -> None:
    tx.run(
        "INSERT INTO registered_model_tags (model_id, key, value) VALUES (?, ?, ?) "
        "ON CONFLICT (model_id, key) DO UPDATE SET value = excluded.value",
        (model_id, key, value),
    )


def delete_tag(tx: Tx, model_id: int, key: str) -> None:
    """Take a tag away; one that is not there may be deleted, too."""
    tx.run("DELETE FROM registered_model_tags WHERE model_id = ? AND key = ?", (model_id, key))
