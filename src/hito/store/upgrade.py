"""Bringing a store's schema up to date: numbered steps, each additive, under a lock.

A step is `migrations/NNNN_what_it_does.sql`. To change the schema: add the next step, change `schema.sql` to what the
steps now build (a test compares them), and add a store written by the last release to `tests/upgrades/`.

Steps only add tables, columns and indexes, so a server of the last release goes on working on a store that a newer one
has upgraded. A store that is newer than this program is refused rather than damaged.
"""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib import resources
from typing import Protocol

from hito.core.errors import Internal

NOT_OURS = (
    "This database holds tables of another program, perhaps MLflow's own. Give hito an empty one; "
    "`hito import mlflow` copies an MLflow store into it."
)

_WORD = re.compile(r"\b(BIGKEY|REAL8|BYTES|TEXTC|CLUSTERED)\b")


class Upgrading(Protocol):
    """What differs between databases."""

    words: dict[str, str]

    def level(self) -> int:
        """The number of the last step that was taken; 0 for an empty database."""
        ...

    def before(self, level: int) -> None:
        """Called in the transaction, before the first step: keep a copy of what is there, if that can be done."""
        ...

    def transaction(self) -> AbstractContextManager[Callable[[str], object]]:
        """A transaction that no other process upgrades in at the same time."""
        ...


def steps() -> list[tuple[int, str]]:
    """Every step's number and text, in order."""
    folder = resources.files("hito.store.migrations")
    found = [(int(file.name[:4]), file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".sql")]
    return sorted(found)


def latest() -> int:
    """The number of the last step this program knows."""
    return steps()[-1][0]


def in_dialect(sql: str, words: dict[str, str]) -> str:
    """A schema's text with the words that differ filled in."""
    return _WORD.sub(lambda match: words[match[1]], re.sub(r"--[^\n]*", "", sql))


def upgrade(database: Upgrading, known: list[tuple[int, str]] | None = None) -> int:
    """Take the steps that are missing, all of them or none; the level after it.

    Args:
        known: the steps there are; those of this program unless a test says otherwise.
    Raises: Internal: the store was written by a newer hito.
    """
    known = steps() if known is None else known
    newest = known[-1][0]
    if _level(database, newest) == newest:
        return newest
    with database.transaction() as execute:
        level = _level(database, newest)  # again: another process may have been first
        if level < newest:
            database.before(level)
        for number, sql in known:
            if number > level:
                execute(in_dialect(sql, database.words))
                if number == 1:
                    execute("INSERT INTO meta (name, value) VALUES ('schema', '1')")
                    execute("INSERT INTO counters (name, value) VALUES ('experiment', 0)")
                execute(f"UPDATE meta SET value = '{number}' WHERE name = 'schema'")
    return newest


def _level(database: Upgrading, newest: int) -> int:
    level = database.level()
    if level > newest:
        raise Internal(
            f"This store has schema {level}, this hito knows {newest}: it was written by a newer version. "
            "Upgrade hito, or open the copy that was kept before the upgrade."
        )
    return level
