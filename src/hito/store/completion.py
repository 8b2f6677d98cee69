"""Which metrics, params and tags the runs of experiments have, and which values: for completion and column lists.

An index on (experiment, key, …) is skipped through: each statement finds the next key behind the last one, so a million
runs with twenty metrics cost twenty-one look-ups. Runs are not looked at; those that are deleted count, too.
"""

from collections.abc import Iterator, Sequence

from hito.core.runs import RunStatus
from hito.search.ast import Attribute, Dataset, Operand, Param, Tag
from hito.store.database import Tx
from hito.store.search.fragment import Sql, both
from hito.store.search.texts import begins as begins_with

_INDEXED = {
    "metric_latest": "metrics_by_value",
    "params": "params_by_value",
    "tags": "tags_by_value",
    "runs": "runs_by_name",
}
_PREFIX = 100
_RECENT = 5000
"""Runs whose users are looked at: no index knows them."""


def names(tx: Tx, table: str, experiments: Sequence[int], most: int) -> list[str]:
    """Names of keys in `metric_latest`, `params` or `tags`, sorted; at most `most`.

    Where there are as many experiments as keys in all, each key is asked for in each experiment: still no scan.
    """
    found: set[int] = set()
    for experiment in experiments:
        after = -1
        while len(found) < most:
            row = tx.one(
                f"SELECT key_id FROM {_hinted(tx, table)} WHERE experiment_id = ? AND key_id > ? ORDER BY key_id LIMIT 1",
                (experiment, after),
            )
            if row is None:
                break
            after = row[0]
            found.add(after)
    return sorted(tx.name(key) for key in found)


def values(tx: Tx, field: Operand, begins: str, experiments: Sequence[int], most: int) -> list[str]:
    """Values of a field that begin with a text, in their order; none for a field that has no texts."""
    match field:
        case Attribute("status"):
            return sorted(status.name for status in RunStatus if status.name.startswith(begins))[:most]
        case Attribute("run_name"):
            found = (
                _skipped(tx, "runs", "name", Sql("experiment_id = ?", (one,)), begins, most) for one in experiments
            )
        case Attribute("user_id"):
            found = (iter(_users(tx, one, begins)) for one in experiments)
        case Dataset(name):
            found = (iter(_datasets(tx, name, one, begins)) for one in experiments)
        case Param(key) | Tag(key):
            number = tx.key(key)
            if number is None:
                return []
            table = "params" if isinstance(field, Param) else "tags"
            found = (_keyed(tx, table, number, one, begins, most) for one in experiments)
        case _:
            return []
    return sorted({value for some in found for value in some})[:most]


def _keyed(tx: Tx, table: str, key: int, experiment: int, begins: str, most: int) -> Iterator[str]:
    here = Sql("experiment_id = ? AND key_id = ?", (experiment, key))
    for value in _skipped(tx, table, f"substr(value, 1, {_PREFIX})", here, begins[:_PREFIX], most):
        if len(value) < _PREFIX:
            yield value
            continue
        same = f"SELECT DISTINCT value FROM {table} WHERE {here.text} AND substr(value, 1, {_PREFIX}) = ? LIMIT ?"
        yield from (whole for (whole,) in tx.all(same, (*here.values, value, most)) if whole.startswith(begins))


def _skipped(tx: Tx, table: str, value: str, here: Sql, begins: str, most: int) -> Iterator[str]:
    """Distinct values of an index, one look-up for each."""
    last: str | None = None
    for _ in range(most):
        terms = [here]
        if begins:
            terms.append(begins_with(value, begins))
        if last is not None:
            terms.append(Sql(f"{value} > ?", (last,)))
        where = both(terms)
        row = tx.one(
            f"SELECT {value} FROM {_hinted(tx, table)} WHERE {where.text} ORDER BY {value} LIMIT 1", where.values
        )
        if row is None:
            return
        last = str(row[0])
        yield last


def _hinted(tx: Tx, table: str) -> str:
    """SQLite keeps no statistics of ours, so it is told which index; PostgreSQL keeps its own."""
    return f"{table} INDEXED BY {_INDEXED[table]}" if tx.dialect == "sqlite" else table


def _users(tx: Tx, experiment: int, begins: str) -> list[str]:
    rows = tx.all(
        "SELECT DISTINCT user_id FROM (SELECT user_id FROM runs WHERE experiment_id = ? AND deleted = 0 "
        "ORDER BY start_time DESC, uuid LIMIT ?) AS q",
        (experiment, _RECENT),
    )
    return [user for (user,) in rows if user.startswith(begins)]


def _datasets(tx: Tx, name: str, experiment: int, begins: str) -> list[str]:
    if name == "context":
        query = (
            "SELECT DISTINCT b.context FROM run_datasets AS b JOIN datasets AS s ON s.id = b.dataset_id "
            "WHERE s.experiment_id = ?"
        )
    else:
        query = f"SELECT DISTINCT {name} FROM datasets WHERE experiment_id = ?"
    return [text for (text,) in tx.all(query, (experiment,)) if text is not None and text.startswith(begins)]
