"""Where a run's fields are, and how it is ordered by them. The run is the alias `r` in all of this SQL."""

from collections.abc import Sequence
from typing import NamedTuple

from hito.core.runs import RunStatus
from hito.search.ast import (
    Among,
    And,
    Arithmetic,
    Attribute,
    Between,
    Compare,
    Condition,
    Dataset,
    Metric,
    Missing,
    Not,
    Operand,
    Or,
    Order,
    Param,
    Tag,
    leaves,
)
from hito.store.database import Tx
from hito.store.search.conditions import NAN, Conditions, Names, Test
from hito.store.search.fragment import FALSE, TRUE, Sql, both, sql
from hito.store.search.keyset import INTEGER, NUMBER, TEXT, Column, ranked
from hito.store.search.texts import among_numbers

TEXT_COLUMNS = {
    "run_id": "r.uuid",
    "run_name": "r.name",
    "user_id": "r.user_id",
    "artifact_uri": "((SELECT e.artifact_location FROM experiments AS e WHERE e.id = r.experiment_id)"
    " || '/' || r.uuid || '/artifacts')",
}
_STATUS = {int(status): (status.name,) for status in RunStatus}
_DURATION = "(CAST(r.end_time AS double precision) - r.start_time)"
_STATUS_CASES = " ".join(f"WHEN {number} THEN '{name}'" for number, (name,) in _STATUS.items())
_STATUS_TEXT = f"CASE r.status {_STATUS_CASES} END"
AGGREGATE_COLUMNS = {
    "": "value",
    "last": "value",
    "first": "first",
    "min": "min",
    "max": "max",
    "sum": "CASE WHEN m.count > m.nans THEN m.sum END",
    "mean": "CASE WHEN m.count > m.nans THEN m.sum / (m.count - m.nans) END",
    "count": "count",
}


def metric_value(aggregate: str) -> str:
    """The SQL of what is asked of a curve, on the alias `m` of metric_latest."""
    column = AGGREGATE_COLUMNS[aggregate]
    return f"({column})" if " " in column else f"m.{column}"


class RunFields:
    """`conditions.Fields` of runs. `experiments` is where one searches.

    `run` is the SQL of a run's id. In a walk through another table it is that table's `run_id`: SQLite then checks a
    clause before it looks up the run, which most rows never need.
    """

    def __init__(self, tx: Tx, experiments: Sequence[int], run: str = "r.id") -> None:
        self._tx = tx
        self._run = run
        self._experiments = experiments

    def having(self, field: Operand, test: Test) -> Sql:
        match field:
            case Attribute("status"):
                return test("r.status")
            case Attribute("start_time" | "end_time" as name):
                return _unless_null(test, f"r.{name}", nullable=name == "end_time")
            case Attribute("duration"):
                return _unless_null(test, _DURATION, nullable=True)
            case Attribute(name):
                return test(TEXT_COLUMNS[name])
            case Metric(key, aggregate):
                return self._keyed("metric_latest AS m", "m", key, test(metric_value(aggregate)))
            case Param(key):
                return self._keyed("params AS p", "p", key, test("p.value"))
            case Tag(key):
                return self._keyed("tags AS t", "t", key, test("t.value"))
            case Dataset(name):
                column = "b.context" if name == "context" else f"s.{name}"
                inner = _unless_null(test, column, nullable=name == "context")
                return sql(
                    "EXISTS (SELECT 1 FROM run_datasets AS b JOIN datasets AS s ON s.id = b.dataset_id "
                    f"WHERE b.run_id = {self._run} AND {{}})",
                    inner,
                )
            case _:
                raise AssertionError(field)

    def _keyed(self, source: str, alias: str, key: str, test: Sql) -> Sql:
        """A test inside the row of one key: a look-up by primary key, NULL when there is no such row.

        A scalar subquery, not EXISTS, which SQLite may turn into a join and then walk from the wrong side.
        """
        number = self._tx.key(key)
        if number is None or test is FALSE:
            return FALSE
        return sql(
            f"(SELECT {{}} FROM {source} WHERE {alias}.run_id = {self._run} AND {alias}.key_id = ?)", test, number
        )

    def number(self, field: Operand) -> Sql:
        match field:
            case Attribute("start_time" | "end_time" as name):
                return Sql(f"CAST(r.{name} AS double precision)")
            case Attribute("duration"):
                return Sql(_DURATION)
            case Metric(key, aggregate):
                number = self._tx.key(key)
                if number is None:
                    return NAN
                value = f"CAST({metric_value(aggregate)} AS double precision)"
                return Sql(
                    f"(SELECT {value} FROM metric_latest AS m WHERE m.run_id = {self._run} AND m.key_id = ?)", (number,)
                )
            case _:
                raise AssertionError(field)

    def text(self, field: Operand) -> Sql:
        """The value of a param or tag, NULL if it is missing."""
        assert isinstance(field, Param | Tag)
        number = self._tx.key(field.key)
        if number is None:
            return Sql("CAST(NULL AS text)")
        table = "params" if isinstance(field, Param) else "tags"
        return Sql(f"(SELECT v.value FROM {table} AS v WHERE v.run_id = {self._run} AND v.key_id = ?)", (number,))

    def whole(self, field: Operand) -> bool:
        return isinstance(field, Attribute) and field.name in ("start_time", "end_time")

    def names(self, field: Operand) -> Names | None:
        return _STATUS if field == Attribute("status") else None

    def candidates(self, field: Operand) -> Sql:
        match field:
            case Param(key) | Tag(key):
                table = "params" if isinstance(field, Param) else "tags"
                where = sql("v.key_id = ? AND {}", self._tx.key(key) or -1, self._here("v"))
                return sql(f"SELECT DISTINCT v.value FROM {table} AS v WHERE {{}}", where)
            case Attribute(name):
                return sql(f"SELECT DISTINCT {TEXT_COLUMNS[name]} FROM runs AS r WHERE {{}}", self._here("r"))
            case Dataset("context"):
                return Sql("SELECT DISTINCT d.context FROM run_datasets AS d")
            case Dataset(name):
                return sql(f"SELECT DISTINCT s.{name} FROM datasets AS s WHERE {{}}", self._here("s"))
            case _:
                raise AssertionError(field)

    def _here(self, alias: str) -> Sql:
        return among_numbers(self._tx.dialect, f"{alias}.experiment_id", self._experiments)


def _unless_null(test: Test, value: str, nullable: bool) -> Sql:
    """A test of a column. One that is always true would be true of NULL, too."""
    inner = test(value)
    return Sql(f"{value} IS NOT NULL") if inner is TRUE and nullable else inner


class Key(NamedTuple):
    """One field of an order with its columns: one, or a rank and a value."""

    operand: Operand
    ascending: bool
    columns: tuple[Column, ...]


def keys(fields: RunFields, conditions: Conditions, orders: Sequence[Order], dialect: str) -> tuple[Key, ...]:
    """The total order that order_by asks for: MLflow's tie-break is start_time DESC, then run_id ASC."""
    found: list[Key] = []
    last = (Order(Attribute("start_time"), ascending=False), Order(Attribute("run_id")))
    for operand, ascending in ((order.operand, order.ascending) for order in (*orders, *last)):
        if any(key.operand == operand for key in found):
            continue
        found.append(Key(operand, ascending, tuple(_columns(fields, conditions, operand, ascending, dialect))))
        if operand == Attribute("run_id"):
            break  # nothing is equal any more
    return tuple(found)


def _columns(
    fields: RunFields, conditions: Conditions, operand: Operand, ascending: bool, dialect: str
) -> list[Column]:
    match operand:
        case Attribute("start_time"):
            return [Column(Sql("r.start_time"), ascending, INTEGER)]
        case Attribute("end_time"):
            return ranked(Sql("r.end_time"), ascending, NUMBER)
        case Attribute("duration"):
            return ranked(Sql(_DURATION), ascending, NUMBER)
        case Attribute("status"):
            plain = ' COLLATE "C"' if dialect != "sqlite" else ""
            return [Column(Sql(f"({_STATUS_TEXT}){plain}"), ascending, (str,))]
        case Attribute(name):
            return [Column(Sql(TEXT_COLUMNS[name]), ascending, (str,))]
        case Param() | Tag():
            return ranked(fields.text(operand), ascending, TEXT)
        case _:
            return _numeric(fields, conditions, operand, ascending)


def _numeric(fields: RunFields, conditions: Conditions, operand: Operand, ascending: bool) -> list[Column]:
    """A metric or arithmetic: real values first, then NaN, then missing, in both directions."""
    present = both(
        [fields.having(leaf, lambda _: TRUE) for leaf in leaves(operand) if isinstance(leaf, Metric | Attribute)]
    )
    value = conditions.reckon(operand)
    rank = sql("CASE WHEN ({}) IS NOT TRUE THEN 2 WHEN {} IS NULL THEN 1 ELSE 0 END", present, value)
    return [Column(rank, True, INTEGER), Column(value, ascending, NUMBER)]


def settled(tx: Tx, experiments: Sequence[int], condition: Condition | None) -> Condition | None:
    """A condition whose `metrics.a.max` are decided: the metric of that name if it exists here, else the aggregate."""
    match condition:
        case None:
            return None
        case And(terms):
            return And(tuple(_certain(tx, experiments, term) for term in terms))
        case Or(terms):
            return Or(tuple(_certain(tx, experiments, term) for term in terms))
        case Not(term):
            return Not(_certain(tx, experiments, term))
        case Compare(left, operator, right):
            return Compare(settled_operand(tx, experiments, left), operator, settled_operand(tx, experiments, right))
        case Among(left, values, negated):
            return Among(settled_operand(tx, experiments, left), values, negated)
        case Between(left, low, high, negated):
            three = [settled_operand(tx, experiments, operand) for operand in (left, low, high)]
            return Between(three[0], three[1], three[2], negated)
        case Missing(left, negated):
            return Missing(settled_operand(tx, experiments, left), negated)


def _certain(tx: Tx, experiments: Sequence[int], condition: Condition) -> Condition:
    found = settled(tx, experiments, condition)
    assert found is not None
    return found


def settled_operand(tx: Tx, experiments: Sequence[int], operand: Operand) -> Operand:
    match operand:
        case Arithmetic(operator, left, right):
            return Arithmetic(operator, settled_operand(tx, experiments, left), settled_operand(tx, experiments, right))
        case Metric(key, aggregate, True):
            name = f"{key}.{aggregate}"
            number = tx.key(name)
            if number is None:
                return Metric(key, aggregate)
            here = among_numbers(tx.dialect, "m.experiment_id", experiments)
            query = sql("SELECT 1 FROM metric_latest AS m WHERE {} AND m.key_id = ? LIMIT 1", here, number)
            return Metric(name) if tx.one(query.text, query.values) else Metric(key, aggregate)
        case _:
            return operand
