"""Aliases: names that people give to versions of a registered model. An alias belongs to one version at a time."""

from collections.abc import Sequence

from hito.core.models import Alias
from hito.store.database import Tx, marks


def put(tx: Tx, model_id: int, alias: str, version: int) -> None:
    """Give `alias` to a version that exists; whichever version had it loses it."""
    tx.run(
        "INSERT INTO registered_model_aliases (model_id, alias, version) VALUES (?, ?, ?) "
        "ON CONFLICT (model_id, alias) DO UPDATE SET version = excluded.version",
        (model_id, alias, version),
    )


def delete(tx: Tx, model_id: int, alias: str) -> None:
    """Take an alias away; one that is not there may be deleted, too."""
    tx.run("DELETE FROM registered_model_aliases WHERE model_id = ? AND alias = ?", (model_id, alias))


def find(tx: Tx, model_id: int, alias: str) -> int | None:
    """The number of the version that has this alias."""
    row = tx.one("SELECT version FROM registered_model_aliases WHERE model_id = ? AND alias = ?", (model_id, alias))
    return int(row[0]) if row else None


def of_models(tx: Tx, ids: Sequence[int]) -> dict[int, list[Alias]]:
    """All aliases of registered models, by the model's internal id, in the order of their names."""
    found: dict[int, list[Alias]] = {}
    for model_id, alias, version in tx.all(
        "SELECT model_id, alias, version FROM registered_model_aliases "
        f"WHERE model_id IN ({marks(len(ids))}) ORDER BY model_id, alias",
        ids,
    ):
        found.setdefault(model_id, []).append(Alias(alias, str(version)))
    return found
