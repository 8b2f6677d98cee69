"""Drivers: what an index can say about a clause of a filter on runs.

A clause such as `params.optimizer = 'adam'` is a range of an index that holds the ids of the runs. If the range is short,
a search goes through it and sorts (it *drives* the search); if the clause is an equality, the range is in the order of
start_time, and a search for the newest runs can walk it and stop. A clause without a driver is only checked run by run.
"""

from collections.abc import Callable
from typing import NamedTuple

from hito.core.runs import RunStatus
from hito.search import pattern
from hito.search.ast import (
    Among,
    And,
    Attribute,
    Between,
    Compare,
    Condition,
    Dataset,
    Metric,
    Missing,
    Number,
    Operand,
    Or,
    Param,
    Tag,
    Text,
)
from hito.store.database import Tx
from hito.store.search.conditions import float_test, whole_test
from hito.store.search.fragment import FALSE, TRUE, Sql, both, sql
from hito.store.search.texts import among, begins, compared, fixed_prefix

PREFIX = 100
"""Characters of a text that the indexes of params and tags hold."""
_MANY = 100
"""Values of an IN list, or terms of an OR, that are looked up one by one in an index."""


class Partition(NamedTuple):
    """Runs that lie together in the indexes: those of one experiment that are active, or that are deleted."""

    experiment: int
    deleted: int

    @property
    def where(self) -> Sql:
        return Sql("r.experiment_id = ? AND r.deleted = ?", (self.experiment, self.deleted))


class Driver(NamedTuple):
    """Rows of an index that stand for all runs that can pass a clause, and perhaps some more.

    `where` takes the alias of the table. `table` is `runs`, whose `id` is the run, or has a column `run_id`; `by` is
    the index's name. `ordered`: the rows are in the order of start_time DESC. `exact`: none of them fails the clause.
    `key` is what the rows are about, for finding drivers of one index. `parts` are those of an OR: their union.
    """

    table: str
    by: str
    where: Callable[[str], Sql]
    ordered: bool = False
    exact: bool = False
    key: Operand | None = None
    parts: tuple["Driver", ...] = ()

    def ids(self) -> Sql:
        """A SELECT of the runs, each once."""
        if self.parts:
            return Sql(
                " UNION ".join(part.ids().text for part in self.parts),
                tuple(value for part in self.parts for value in part.ids().values),
            )
        if self.table == "runs":
            return sql("SELECT d.id AS run_id FROM runs AS d WHERE {}", self.where("d"))
        distinct = "DISTINCT " if self.table == "run_datasets" else ""
        return sql(f"SELECT {distinct}d.run_id FROM {self.table} AS d WHERE {{}}", self.where("d"))


def drivers(tx: Tx, partition: Partition, condition: Condition) -> list[Driver]:
    """The drivers of one clause, the sharpest first; none if only every run can tell."""
    match condition:
        case Or(terms):
            parts = [_any_of(tx, partition, term) for term in terms]
            known = tuple(part for part in parts if part is not None)
            return [Driver("", "", lambda one: TRUE, parts=known)] if len(known) == len(parts) <= _MANY else []
        case Compare(Param() | Tag() as field, operator, Text(value)):
            return _text(tx, partition, field, operator, value)
        case Among(Param() | Tag() as field, values, False) if len(values) <= _MANY:
            texts = [str(value) for value in values]
            prefixes = sorted({value[:PREFIX] for value in texts})
            exact = all(len(prefix) < PREFIX for prefix in prefixes)
            some = _keyed(tx, partition, field, lambda one: among(tx.dialect, prefix_of(one), prefixes))
            return [some._replace(exact=exact)]
        case Compare(Metric(_, "" | "last") as field, operator, Number(value)) if operator != "!=":
            number = float(value)
            ranged = _keyed(tx, partition, field, lambda one: float_test(f"{one}.value", operator, number, False))
            return [ranged._replace(ordered=operator == "=", exact=True)]
        case Between(Metric(_, "" | "last") as field, Number(low), Number(high), False):
            ends = (float(low), float(high))
            within = _keyed(tx, partition, field, lambda one: Sql(f"{one}.value BETWEEN ? AND ?", ends))
            return [within._replace(exact=True)]
        case Compare(Attribute("run_id"), "=", Text(value)):
            return [Driver("runs", "", lambda one: Sql(f"{one}.uuid = ?", (value,)))]
        case Among(Attribute("run_id"), values, False):
            uuids = [str(value) for value in values]
            return [Driver("runs", "", lambda one: among(tx.dialect, f"{one}.uuid", uuids))]
        case Compare(Attribute("run_name"), operator, Text(value)):
            return _name(tx, partition, operator, value)
        case Compare(Attribute("status"), "=", Text(value)):
            number = RunStatus[value].value if value in RunStatus.__members__ else -1
            return [_status(partition, number)]
        case Compare(Attribute("end_time"), operator, Number(end)) if operator != "!=":
            return [
                Driver(
                    "runs",
                    "runs_by_end",
                    lambda one: both([_of_runs(partition, one), whole_test(f"{one}.end_time", operator, end)]),
                    ordered=operator == "=",
                    key=Attribute("end_time"),
                )
            ]
        case Compare(Dataset(name), "=", Text(value)) if name != "context":
            ids = "SELECT s.id FROM datasets AS s WHERE s.experiment_id = ?"
            here = Sql(f"{ids} AND s.{name} = ?", (partition.experiment, value))
            return [Driver("run_datasets", "", lambda one: sql(f"{one}.dataset_id IN ({{}})", here))]
        case Compare(Metric() | Param() | Tag() as field) | Among(Metric() | Param() | Tag() as field):
            return [_keyed(tx, partition, field, None)]
        case Between(Metric() | Param() | Tag() as field) | Missing(Metric() | Param() | Tag() as field, True):
            return [_keyed(tx, partition, field, None)]
    return []


def _any_of(tx: Tx, partition: Partition, condition: Condition) -> Driver | None:
    """One driver of a term of an OR, which may be an AND of clauses."""
    terms = condition.terms if isinstance(condition, And) else (condition,)
    return next((driver for term in terms for driver in drivers(tx, partition, term)), None)


def not_a_number(tx: Tx, partition: Partition, field: Metric) -> Driver:
    """The runs whose latest value of a metric is NaN."""
    return _keyed(tx, partition, field, lambda one: Sql(f"{one}.value IS NULL"))._replace(ordered=True, exact=True)


def prefix_of(alias: str) -> str:
    """What the indexes of params and tags hold of a value."""
    return f"substr({alias}.value, 1, {PREFIX})"


def _text(tx: Tx, partition: Partition, field: Param | Tag, operator: str, value: str) -> list[Driver]:
    if operator == "LIKE" and not pattern.has_wildcard(value):
        operator = "="
    if operator == "=":

        def equal(one: str) -> Sql:
            # A prefix that is shorter than it could be is the whole value.
            same = Sql(f"{prefix_of(one)} = ?", (value[:PREFIX],))
            return same if len(value) < PREFIX else both([same, Sql(f"{one}.value = ?", (value,))])

        return [_keyed(tx, partition, field, equal)._replace(ordered=True, exact=True)]
    if operator == "LIKE" and fixed_prefix(value):
        prefix = fixed_prefix(value)[:PREFIX]
        return [_keyed(tx, partition, field, lambda one: begins(prefix_of(one), prefix))]
    return [_keyed(tx, partition, field, None)]


def _keyed(tx: Tx, partition: Partition, field: Metric | Param | Tag, test: Callable[[str], Sql] | None) -> Driver:
    """Rows of one key, and of values that pass a test. Rows of deleted runs are among them."""
    number = tx.key(field.key)
    table = {"Metric": "metric_latest", "Param": "params", "Tag": "tags"}[type(field).__name__]
    index = {"Metric": "metrics_by_value", "Param": "params_by_value", "Tag": "tags_by_value"}[type(field).__name__]

    def where(one: str) -> Sql:
        if number is None:
            return FALSE
        mine = Sql(f"{one}.experiment_id = ? AND {one}.key_id = ?", (partition.experiment, number))
        return mine if test is None else both([mine, test(one)])

    return Driver(table, index, where, key=field)


def _of_runs(partition: Partition, one: str) -> Sql:
    return Sql(f"{one}.experiment_id = ? AND {one}.deleted = ?", (partition.experiment, partition.deleted))


def _name(tx: Tx, partition: Partition, operator: str, value: str) -> list[Driver]:
    mine = f"{{}}.experiment_id = {int(partition.experiment)}"
    if operator == "LIKE" and not pattern.has_wildcard(value):
        operator = "="
    if operator == "=":
        test: Callable[[str], Sql] = lambda one: Sql(f"{mine.format(one)} AND {one}.name = ?", (value,))  # noqa: E731
        return [Driver("runs", "runs_by_name", test, ordered=True, key=Attribute("run_name"))]
    prefix = fixed_prefix(value)
    if operator == "LIKE" and prefix:
        ranged: Callable[[str], Sql] = lambda one: both([Sql(mine.format(one)), begins(f"{one}.name", prefix)])  # noqa: E731
        return [Driver("runs", "runs_by_name", ranged, key=Attribute("run_name"))]
    if operator in ("LIKE", "ILIKE"):
        # All names have to be looked at; in the index they lie together, and a tenth of the runs' rows is read.
        def held(one: str) -> Sql:
            return both([Sql(mine.format(one)), compared(tx.dialect, f"{one}.name", operator, value)])

        return [Driver("runs", "runs_by_name", held, exact=True, key=Attribute("run_name"))]
    return []


def _status(partition: Partition, number: int) -> Driver:
    return Driver(
        "runs",
        "runs_by_status",
        lambda one: both([_of_runs(partition, one), Sql(f"{one}.status = ?", (number,))]),
        ordered=True,
    )
