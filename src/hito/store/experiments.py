"""Experiments in the store."""

from collections.abc import Iterable, Sequence

from hito.core.errors import AlreadyExists, InvalidArgument, NotFound
from hito.core.runs import ACTIVE, DELETED, Experiment, Tag
from hito.store.database import Row, Tx, marks

_AT_ONCE = 1000
_COLUMNS = "id, name, artifact_location, deleted, last_update_time, creation_time"


def create(tx: Tx, name: str, location: str | None, root: str, tags: Iterable[tuple[str, str]]) -> int:
    """A new experiment; its id. Without a `location` its files lie in a folder of `root` named by the id.

    Raises: AlreadyExists: the name is taken, perhaps by a deleted experiment.
    """
    taken = tx.one("SELECT id, deleted FROM experiments WHERE name = ?", (name,))
    if taken is not None:
        hint = "it is deleted: restore it, or choose another name" if taken[1] else "choose another name"
        raise AlreadyExists(f"Experiment '{name}' already exists (id {taken[0]}); {hint}.")
    row = tx.one("UPDATE counters SET value = value + 1 WHERE name = 'experiment' RETURNING value")
    assert row is not None
    _insert(tx, row[0], name, location or default_location(root, row[0]))
    set_tags(tx, row[0], tags)
    return int(row[0])


def lacks_default(tx: Tx) -> bool:
    """Whether the default experiment has yet to be made."""
    return tx.one("SELECT 1 FROM experiments WHERE id = 0") is None


def ensure_default(tx: Tx, root: str) -> None:
    """The experiment that is used when none is named, with id 0."""
    if lacks_default(tx):
        _insert(tx, 0, "Default", default_location(root, 0))


def default_location(root: str, experiment_id: int) -> str:
    return f"{root.rstrip('/')}/{experiment_id}"


def _insert(tx: Tx, experiment_id: int, name: str, location: str) -> None:
    tx.run(
        "INSERT INTO experiments (id, name, artifact_location, creation_time, last_update_time) VALUES (?, ?, ?, ?, ?)",
        (experiment_id, name, location, tx.now, tx.now),
    )


def get(tx: Tx, experiment_id: int) -> Experiment:
    """An experiment, active or deleted.

    Raises: NotFound.
    """
    row = tx.one(f"SELECT {_COLUMNS} FROM experiments WHERE id = ?", (experiment_id,))
    if row is None:
        raise NotFound(f"No experiment has the id {experiment_id}.")
    return _assembled(tx, [row])[0]


def get_by_name(tx: Tx, name: str) -> Experiment:
    row = tx.one(f"SELECT {_COLUMNS} FROM experiments WHERE name = ?", (name,))
    if row is None:
        raise NotFound(f"No experiment is named '{name}'.")
    return _assembled(tx, [row])[0]


def get_many(tx: Tx, ids: Sequence[int]) -> list[Experiment]:
    """Experiments in the order of `ids`."""
    found: list[Experiment] = []
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        rows = tx.all(f"SELECT {_COLUMNS} FROM experiments WHERE id IN ({marks(len(some))})", some)
        by_id = {row[0]: row for row in rows}
        found += _assembled(tx, [by_id[one] for one in some])
    return found


def in_folder(tx: Tx, folder: str) -> list[int]:
    """Ids of the experiments, active or deleted, in a folder or below it, and of one that bears its name; '' is all."""
    if not folder:
        return [row[0] for row in tx.all("SELECT id FROM experiments")]
    # '0' is the character after '/': everything between begins with the folder and a slash.
    rows = tx.all(
        "SELECT id FROM experiments WHERE name = ? OR (name >= ? AND name < ?)", (folder, f"{folder}/", f"{folder}0")
    )
    return [row[0] for row in rows]


def active(tx: Tx, experiment_id: int) -> str:
    """The artifact location of an experiment that can be written to.

    Raises: NotFound: no such experiment; InvalidArgument: it is deleted.
    """
    row = tx.one("SELECT artifact_location, deleted FROM experiments WHERE id = ?", (experiment_id,))
    if row is None:
        raise NotFound(f"No experiment has the id {experiment_id}.")
    if row[1]:
        raise InvalidArgument(f"The experiment {experiment_id} is deleted; restore it to change it.")
    return str(row[0])


def rename(tx: Tx, experiment_id: int, name: str) -> None:
    active(tx, experiment_id)
    taken = tx.one("SELECT id FROM experiments WHERE name = ?", (name,))
    if taken is not None and taken[0] != experiment_id:
        raise AlreadyExists(f"Experiment '{name}' already exists (id {taken[0]}); choose another name.")
    tx.run("UPDATE experiments SET name = ?, last_update_time = ? WHERE id = ?", (name, tx.now, experiment_id))


def delete(tx: Tx, experiment_id: int) -> None:
    """Mark an experiment and all its active runs deleted; `restore` takes it back."""
    if not tx.run(
        "UPDATE experiments SET deleted = 1, last_update_time = ? WHERE id = ? AND deleted = 0", (tx.now, experiment_id)
    ):
        raise NotFound(f"No active experiment has the id {experiment_id}.")
    tx.run(
        "UPDATE runs SET deleted = 1, deleted_time = ? WHERE experiment_id = ? AND deleted = 0", (tx.now, experiment_id)
    )


def restore(tx: Tx, experiment_id: int) -> None:
    """Make a deleted experiment active again, with all its runs, also those deleted one by one (as MLflow does)."""
    if not tx.run(
        "UPDATE experiments SET deleted = 0, last_update_time = ? WHERE id = ? AND deleted = 1", (tx.now, experiment_id)
    ):
        raise NotFound(f"No deleted experiment has the id {experiment_id}.")
    tx.run("UPDATE runs SET deleted = 0, deleted_time = NULL WHERE experiment_id = ? AND deleted = 1", (experiment_id,))


def set_tags(tx: Tx, experiment_id: int, tags: Iterable[tuple[str, str]]) -> None:
    for key, value in tags:
        tx.run(
            "INSERT INTO experiment_tags (experiment_id, key, value) VALUES (?, ?, ?) "
            "ON CONFLICT (experiment_id, key) DO UPDATE SET value = excluded.value",
            (experiment_id, key, value),
        )


def delete_tag(tx: Tx, experiment_id: int, key: str) -> None:
    if not tx.run("DELETE FROM experiment_tags WHERE experiment_id = ? AND key = ?", (experiment_id, key)):
        raise NotFound(f"Experiment {experiment_id} has no tag '{key}'.")


def _assembled(tx: Tx, rows: Sequence[Row]) -> list[Experiment]:
    tags: dict[int, list[Tag]] = {}
    found = tx.all(
        f"SELECT experiment_id, key, value FROM experiment_tags WHERE experiment_id IN ({marks(len(rows))})",
        [row[0] for row in rows],
    )
    for experiment_id, key, value in found:
        tags.setdefault(experiment_id, []).append(Tag(key, value))
    return [
        Experiment(
            experiment_id=str(row[0]),
            name=row[1],
            artifact_location=row[2],
            lifecycle_stage=DELETED if row[3] else ACTIVE,
            last_update_time=row[4],
            creation_time=row[5],
            tags=tags.get(row[0], []),
        )
        for row in rows
    ]
