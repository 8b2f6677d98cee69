"""Versions of registered models in the store.

A version is known by its model's internal id and its number. Numbers rise by one and are never given out twice: a
deleted version keeps its row, emptied of what it said, so that its number stays taken.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from msgspec import Struct

from hito.core.errors import NotFound
from hito.core.models import Stage, Version
from hito.core.runs import Tag
from hito.store.database import Row, Tx, marks

READY = "READY"
"""The status of every version: its files were there before it was made."""

Key = tuple[int, int]
"""The model's internal id, and the number."""

_AT_ONCE = 1000
"""Versions in one statement; each takes two of the values that SQLite (32,766) and PostgreSQL (65,535) allow."""
_ALIVE = "+deleted = 0"
"""Not deleted. The plus keeps SQLite from the index that begins with this column, which most versions share."""
_LABELS = {stage.value: stage.label for stage in Stage}


class Origin(Struct, frozen=True, kw_only=True):
    """Where a version comes from.

    `location` is where its files are when `source` names a model or a run instead of a place.
    """

    source: str
    location: str | None = None
    run_id: str = ""
    logged_model_id: str | None = None


def create(
    tx: Tx, model_id: int, origin: Origin, run_link: str, description: str, tags: Iterable[tuple[str, str]]
) -> int:
    """A new version, in no stage; its number.

    Args:
        model_id: from `registered_models.writable`, which has locked it: two creators cannot get the same number.
    """
    row = tx.one("SELECT coalesce(max(version), 0) + 1 FROM model_versions WHERE model_id = ?", (model_id,))
    assert row is not None
    version = int(row[0])
    tx.run(
        "INSERT INTO model_versions (model_id, version, stage, description, source, storage_location, run_id, run_link, "
        "logged_model_id, creation_timestamp, last_updated_timestamp) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            model_id,
            version,
            Stage.NONE.value,
            description,
            origin.source,
            origin.location,
            origin.run_id,
            run_link,
            origin.logged_model_id,
            tx.now,
            tx.now,
        ),
    )
    for key, value in dict(tags).items():
        set_tag(tx, model_id, version, key, value)
    _touch_model(tx, model_id)
    return version


def get(tx: Tx, model_id: int, version: int, with_aliases: bool = False) -> Version:
    """Raises: NotFound: there is no such version, or it is deleted."""
    found = get_many(tx, [(model_id, version)], with_aliases)
    if not found:
        raise _not_found(version)
    return found[0]


def get_many(tx: Tx, keys: Sequence[Key], with_aliases: bool = False) -> list[Version]:
    """Versions that are not deleted, in the order of `keys`: a few statements for each `_AT_ONCE` of them."""
    found: list[Version] = []
    for start in range(0, len(keys), _AT_ONCE):
        found += (version for _, version in _some(tx, keys[start : start + _AT_ONCE], with_aliases))
    return found


def _some(tx: Tx, keys: Sequence[Key], with_aliases: bool) -> list[tuple[int, Version]]:
    """Versions with the ids of their models."""
    if not keys:
        return []
    # A join with a list of pairs, since neither database uses an index for a long chain of ORs. SQLite takes the tables
    # of a CROSS JOIN in the order in which they stand; else it would read all versions and look each up in the list.
    chosen = f"(VALUES {', '.join(['(?, ?)'] * len(keys))}) AS chosen"
    values = [number for key in keys for number in key]

    def among(table: str) -> str:
        return f"FROM {chosen} CROSS JOIN {table} AS v WHERE v.model_id = chosen.column1 AND v.version = chosen.column2"

    rows: dict[Key, Row] = {
        (row[0], row[1]): row
        for row in tx.all(
            "SELECT v.model_id, v.version, v.stage, v.description, v.source, v.run_id, v.run_link, v.creation_timestamp, "
            f"v.last_updated_timestamp {among('model_versions')} AND v.deleted = 0",
            values,
        )
    }
    names = _names(tx, {model_id for model_id, _ in keys})
    tags: dict[Key, list[Tag]] = {}
    for model_id, version, key, value in tx.all(
        f"SELECT v.model_id, v.version, v.key, v.value {among('model_version_tags')} ORDER BY v.model_id, v.version, v.key",
        values,
    ):
        tags.setdefault((model_id, version), []).append(Tag(key, value))
    named: dict[Key, list[str]] = {}
    if with_aliases:
        for model_id, version, alias in tx.all(
            f"SELECT v.model_id, v.version, v.alias {among('registered_model_aliases')} "
            "ORDER BY v.model_id, v.version, v.alias",
            values,
        ):
            named.setdefault((model_id, version), []).append(alias)
    return [
        (key[0], _version(names[key[0]], rows[key], tags.get(key, []), named.get(key, [])))
        for key in keys
        if key in rows
    ]


def _names(tx: Tx, model_ids: Collection[int]) -> dict[int, str]:
    within = f"IN ({marks(len(model_ids))})"
    return {row[0]: row[1] for row in tx.all(f"SELECT id, name FROM registered_models WHERE id {within}", [*model_ids])}


def _version(name: str, row: Row, tags: list[Tag], aliases: list[str]) -> Version:
    _, version, stage, description, source, run_id, run_link, creation_timestamp, last_updated_timestamp = row
    return Version(
        name=name,
        version=str(version),
        creation_timestamp=creation_timestamp,
        last_updated_timestamp=last_updated_timestamp,
        current_stage=_LABELS[stage],
        description=description,
        source=source,
        run_id=run_id,
        status=READY,
        tags=tags,
        run_link=run_link,
        aliases=aliases,
    )


def latest(
    tx: Tx, model_ids: Sequence[int], stages: Sequence[Stage] = (), with_aliases: bool = False
) -> dict[int, list[Version]]:
    """The version of the highest number in each stage of each model, in the order of their numbers.

    Args:
        stages: only these; none means all.
    """
    if not model_ids:
        return {}
    among = f"AND stage IN ({marks(len(stages))}) " if stages else ""
    rows = tx.all(
        f"SELECT model_id, max(version) FROM model_versions WHERE model_id IN ({marks(len(model_ids))}) AND {_ALIVE} "
        f"{among}GROUP BY model_id, stage ORDER BY 1, 2",
        [*model_ids, *(stage.value for stage in stages)],
    )
    found: dict[int, list[Version]] = {}
    keys: list[Key] = [(row[0], row[1]) for row in rows]
    for start in range(0, len(keys), _AT_ONCE):
        for model_id, version in _some(tx, keys[start : start + _AT_ONCE], with_aliases):
            found.setdefault(model_id, []).append(version)
    return found


def highest(tx: Tx, model_id: int) -> int | None:
    """The highest number of a version that is not deleted."""
    row = tx.one(f"SELECT max(version) FROM model_versions WHERE model_id = ? AND {_ALIVE}", (model_id,))
    return None if row is None or row[0] is None else int(row[0])


def origin(tx: Tx, model_id: int, version: int) -> Origin:
    """Where a version comes from.

    Raises: NotFound.
    """
    row = tx.one(
        "SELECT source, storage_location, run_id, logged_model_id FROM model_versions "
        "WHERE model_id = ? AND version = ? AND deleted = 0",
        (model_id, version),
    )
    if row is None:
        raise _not_found(version)
    return Origin(source=row[0], location=row[1], run_id=row[2], logged_model_id=row[3])


def download_uri(tx: Tx, name: str, version: int) -> str:
    """Where the files of a version are, by the name of its model.

    Raises: NotFound: no such model or version.
    """
    row = tx.one(
        "SELECT coalesce(v.storage_location, v.source) FROM registered_models AS m "
        "JOIN model_versions AS v ON v.model_id = m.id WHERE m.name = ? AND v.version = ? AND v.deleted = 0",
        (name, version),
    )
    if row is None:
        raise NotFound(f"Model Version (name={name}, version={version}) not found.")
    return str(row[0])


def check_exists(tx: Tx, model_id: int, version: int) -> None:
    """Raises: NotFound: there is no such version, or it is deleted."""
    if (
        tx.one("SELECT 1 FROM model_versions WHERE model_id = ? AND version = ? AND deleted = 0", (model_id, version))
        is None
    ):
        raise _not_found(version)


def describe(tx: Tx, model_id: int, version: int, description: str | None) -> None:
    """Set the description; None clears it. The model's own time does not move.

    Raises: NotFound.
    """
    _change(tx, model_id, version, "description = ?", (description,))


def move(tx: Tx, model_id: int, version: int, stage: Stage, archive_others: bool) -> None:
    """Move a version to a stage; with `archive_others`, all other versions in that stage go to Archived.

    Raises: NotFound.
    """
    _change(tx, model_id, version, "stage = ?", (stage.value,))
    if archive_others:
        tx.run(
            "UPDATE model_versions SET stage = ?, last_updated_timestamp = ? "
            f"WHERE model_id = ? AND stage = ? AND version <> ? AND {_ALIVE}",
            (Stage.ARCHIVED.value, tx.now, model_id, stage.value, version),
        )
    _touch_model(tx, model_id)


def delete(tx: Tx, model_id: int, version: int) -> None:
    """Take a version away with its tags and aliases. Nothing of what it said is kept but its number.

    Raises: NotFound.
    """
    _change(
        tx,
        model_id,
        version,
        "deleted = 1, stage = ?, source = '', storage_location = NULL, run_id = '', run_link = '', description = NULL, "
        "logged_model_id = NULL",
        (Stage.NONE.value,),
    )
    for table in ("model_version_tags", "registered_model_aliases"):
        tx.run(f"DELETE FROM {table} WHERE model_id = ? AND version = ?", (model_id, version))
    _touch_model(tx, model_id)


def set_tag(tx: Tx, model_id: int, version: int, key: str, value: str) -> None:
    """Set a tag of a version that exists."""
    tx.run(
        "INSERT INTO model_version_tags (model_id, version, key, value) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (model_id, version, key) DO UPDATE SET value = excluded.value",
        (model_id, version, key, value),
    )


def delete_tag(tx: Tx, model_id: int, version: int, key: str) -> None:
    """Take a tag away; one that is not there may be deleted, too."""
    tx.run("DELETE FROM model_version_tags WHERE model_id = ? AND version = ? AND key = ?", (model_id, version, key))


def _change(tx: Tx, model_id: int, version: int, what: str, values: Sequence[Any]) -> None:
    changed = tx.run(
        f"UPDATE model_versions SET {what}, last_updated_timestamp = ? WHERE model_id = ? AND version = ? AND deleted = 0",
        (*values, tx.now, model_id, version),
    )
    if not changed:
        raise _not_found(version)


def _touch_model(tx: Tx, model_id: int) -> None:
    tx.run("UPDATE registered_models SET last_updated_timestamp = ? WHERE id = ?", (tx.now, model_id))


def _not_found(version: int) -> NotFound:
    return NotFound(f"The registered model has no version {version}.")
