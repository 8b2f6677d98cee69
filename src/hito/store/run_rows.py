"""Runs as rows of a table: what every row has, beside the columns that somebody chose."""

from collections.abc import Sequence
from typing import NamedTuple

from hito.core.runs import RunStatus
from hito.store.database import Tx, marks

PARENT = "mlflow.parentRunId"
"""The tag of a nested run that names its parent."""
_STATUS = {status.value: status.name for status in RunStatus}
_AT_ONCE = 1000


class RowHead(NamedTuple):
    """A run without its values. `parent` is a run_id, '' if there is none."""

    id: int
    run_id: str
    experiment_id: int
    name: str
    status: str
    deleted: bool
    start_time: int
    end_time: int | None
    user_id: str
    parent: str
    children: int


def heads(tx: Tx, ids: Sequence[int]) -> list[RowHead]:
    """Heads of runs by their internal ids, in that order; one that is gone is left out."""
    found: list[RowHead] = []
    for start in range(0, len(ids), _AT_ONCE):
        found += _some(tx, ids[start : start + _AT_ONCE])
    return found


def newest(tx: Tx, count: int) -> list[int]:
    """Internal ids of the active runs that began last, in all experiments."""
    rows = tx.all("SELECT id FROM runs WHERE deleted = 0 ORDER BY start_time DESC, uuid LIMIT ?", (count,))
    return [row[0] for row in rows]


def children(tx: Tx, experiment: int, run_ids: Sequence[str]) -> dict[str, int]:
    """How many active runs of an experiment name each of these runs as their parent; those without are left out."""
    key = tx.key(PARENT)
    if key is None or not run_ids:
        return {}
    return dict(
        tx.all(
            "SELECT t.value, count(*) FROM tags AS t JOIN runs AS r ON r.id = t.run_id AND r.deleted = 0 "
            f"WHERE t.experiment_id = ? AND t.key_id = ? AND substr(t.value, 1, 100) IN ({marks(len(run_ids))}) "
            "GROUP BY t.value",
            (experiment, key, *run_ids),
        )
    )


def _some(tx: Tx, ids: Sequence[int]) -> list[RowHead]:
    rows = tx.all(
        "SELECT id, uuid, experiment_id, name, status, deleted, start_time, end_time, user_id "
        f"FROM runs WHERE id IN ({marks(len(ids))})",
        ids,
    )
    key = tx.key(PARENT)
    parents: dict[int, str] = {}
    if key is not None:
        here = f"SELECT run_id, value FROM tags WHERE run_id IN ({marks(len(ids))}) AND key_id = ?"
        parents = dict(tx.all(here, (*ids, key)))
    by_experiment: dict[int, list[str]] = {}
    for row in rows:
        by_experiment.setdefault(row[2], []).append(row[1])
    counts: dict[str, int] = {}
    for experiment, run_ids in by_experiment.items():
        counts |= children(tx, experiment, run_ids)
    by_id = {
        row[0]: RowHead(
            row[0],
            row[1],
            row[2],
            row[3],
            _STATUS[row[4]],
            bool(row[5]),
            row[6],
            row[7],
            row[8],
            parents.get(row[0], ""),
            counts.get(row[1], 0),
        )
        for row in rows
    }
    return [by_id[one] for one in ids if one in by_id]
