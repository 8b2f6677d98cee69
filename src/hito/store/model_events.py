"""What happened to registered models: who did what, when.

Events are kept by the model's name, and follow it when it is renamed. They outlive a model: of one that was deleted, and
of another that took its name, the history tells both.
"""

from collections.abc import Sequence
from typing import NamedTuple

from hito.core.models import Stage
from hito.store.database import Tx

MAX_TEXT = 2000
"""Characters that are kept of a description or a tag's value."""
_TEXTS = ("version_described", "tag", "tag_removed")
"""Events of a version that repeat what it said."""


class Event(NamedTuple):
    """`version` is 0, and `subject` empty, where they do not apply."""

    id: int
    at: int
    who: str
    action: str
    version: int
    subject: str
    before: str
    after: str


def record(
    tx: Tx, name: str, who: str, action: str, *, version: int = 0, subject: str = "", before: str = "", after: str = ""
) -> None:
    """Note that something happened to a model; texts are cut at `MAX_TEXT` characters."""
    tx.run(
        "INSERT INTO model_events (name, at, who, action, version, subject, before_value, after_value) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (name, tx.now, who, action, version, subject, before[:MAX_TEXT], after[:MAX_TEXT]),
    )


def rename(tx: Tx, name: str, new_name: str) -> None:
    """Let the events follow a model to its new name."""
    tx.run("UPDATE model_events SET name = ? WHERE name = ?", (new_name, name))


def forget_texts(tx: Tx, name: str, version: int) -> None:
    """Keep nothing of what a version said that is deleted."""
    tx.run(
        "UPDATE model_events SET before_value = '', after_value = '' WHERE name = ? AND version = ? "
        f"AND action IN {_TEXTS}",
        (name, version),
    )


def of_model(tx: Tx, name: str, before: int | None, limit: int) -> Sequence[Event]:
    """Events of a model, the newest first; those before the event with the id `before`, if one is given."""
    beyond = "" if before is None else " AND id < ?"
    rows = tx.all(
        "SELECT id, at, who, action, version, subject, before_value, after_value FROM model_events "
        f"WHERE name = ?{beyond} ORDER BY id DESC LIMIT ?",
        (name, limit) if before is None else (name, before, limit),
    )
    return [Event(*row) for row in rows]


def stages(tx: Tx, model_id: int) -> dict[int, Stage]:
    """The stage of every version of a model."""
    rows = tx.all("SELECT version, stage FROM model_versions WHERE model_id = ? AND deleted = 0", (model_id,))
    return {version: Stage(stage) for version, stage in rows}


def description(tx: Tx, model_id: int, version: int = 0) -> str:
    """What a model, or a version of it, is described by now."""
    if version:
        where = "SELECT description FROM model_versions WHERE model_id = ? AND version = ?"
        row = tx.one(where, (model_id, version))
    else:
        row = tx.one("SELECT description FROM registered_models WHERE id = ?", (model_id,))
    return (row[0] or "") if row else ""


def tag(tx: Tx, model_id: int, key: str, version: int = 0) -> str:
    """The value of a tag now; '' if there is none."""
    if version:
        where = "SELECT value FROM model_version_tags WHERE model_id = ? AND version = ? AND key = ?"
        row = tx.one(where, (model_id, version, key))
    else:
        row = tx.one("SELECT value FROM registered_model_tags WHERE model_id = ? AND key = ?", (model_id, key))
    return str(row[0]) if row else ""
