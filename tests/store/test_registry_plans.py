"""Reading the registry touches what was asked for: SQLite, which has no statistics, is not led to scan."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from hito.store import logged_models, registered_models, versions
from hito.store.database import Row, Tx
from hito.store.sqlite import SqliteDatabase


class Explaining:
    """A transaction that notes how SQLite would execute each statement."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self.steps: list[str] = []

    def all(self, sql: str, parameters: Any = ()) -> list[Row]:
        self.steps += [str(row[3]) for row in self._tx.all(f"EXPLAIN QUERY PLAN {sql}", parameters)]
        return self._tx.all(sql, parameters)

    def one(self, sql: str, parameters: Any = ()) -> Row | None:
        return next(iter(self.all(sql, parameters)), None)


@pytest.mark.parametrize(
    "read",
    [
        lambda tx: registered_models.get(tx, "forest"),
        lambda tx: versions.get_many(tx, [(1, 1), (1, 2)], with_aliases=True),
        lambda tx: versions.latest(tx, [1]),
        lambda tx: versions.highest(tx, 1),
        lambda tx: versions.download_uri(tx, "forest", 1),
        lambda tx: logged_models.record_metrics(tx, "r", [("m", "k", 1.0, 1, 1, None, None)]),
    ],
    ids=["a model", "versions", "latest", "highest", "files", "points"],
)
def test_nothing_is_scanned_but_the_list_that_was_given(tmp_path: Path, read: Callable[[Tx], Any]) -> None:
    def work(tx: Tx) -> list[str]:
        model_id = registered_models.create(tx, "forest", "", [])
        for number in (1, 2):
            versions.create(tx, model_id, versions.Origin(source=f"s3://b/{number}"), "", "", [])
        tx.run("INSERT INTO experiments VALUES (0, 'Default', 'mlflow-artifacts:/0', 0, 1, 1)")
        logged_models.create(tx, "m", 0, "mlflow-artifacts:/0", name="m")
        explaining = Explaining(tx)
        explaining.many = tx.many  # type: ignore[attr-defined]
        read(cast("Tx", explaining))
        return explaining.steps

    database = SqliteDatabase(tmp_path / "hito.db")
    steps = database.write(work)
    database.close()
    assert steps
    for step in steps:
        assert "by_update" not in step
        assert not step.startswith("SCAN") or step in ("SCAN CONSTANT ROW", "SCAN chosen") or "VALUES" in step
