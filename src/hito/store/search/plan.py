"""How a page of runs is found without looking at all of them.

Runs lie in *partitions*: one experiment, active or deleted. Within one, every index that matters begins with the
experiment, so a partition is searched on its own and the pages of several are merged. Within a partition:

    1. Probe.  Count what the index says about each clause of the filter that an index knows, up to a limit.
               A clause that nothing passes ends the search.
    2. Drive.  If some clause is rare, go through its runs, check the rest, sort. Rare means fewer than √(page × runs):
               there walking and sorting cost the same.
    3. Walk.   Otherwise go through an index that has the requested order, check each run by its primary key, and stop
               when the page is full. With common clauses that is soon.

An index has one field and then start_time. Whatever else is asked of an order is settled *block by block*: runs with
the same value of the first field are a block, and inside a block the rest of the order is a search of its own, with the
block's value as one more clause. So each step is one index and one statement, also with ties by the million.

    order by metrics.loss:     values ………………………………… NaN ……… missing           the legs of a walk
                               ▲ 0.1 0.1 0.1 │ 0.2 │ …                      blocks of the first leg
"""

from collections.abc import Sequence
from math import isqrt
from typing import NamedTuple

from hito.search.ast import And, Attribute, Compare, Condition, Metric, Missing, Number, Operand, Param, Tag, Text
from hito.search.page import Value
from hito.store.database import Row, Tx
from hito.store.search import keyset
from hito.store.search.conditions import Conditions
from hito.store.search.drivers import PREFIX, Driver, Partition, drivers, not_a_number, prefix_of
from hito.store.search.fragment import FALSE, Sql, both, sql
from hito.store.search.keyset import Column
from hito.store.search.run_fields import Key, metric_value

FEW = 100
"""Runs that are so few that looking for something rarer costs more than it saves."""
MOST_DRIVEN = 50_000
"""Runs that are sorted at most where a walk could be tried."""
_START = Attribute("start_time")
_STATUS_ORDER = ("FAILED", "FINISHED", "KILLED", "RUNNING", "SCHEDULED")


class Term(NamedTuple):
    """A clause that must hold, and what indexes know of it.

    `where` asks it of the run `r`, `beside` of the row `d` of another table that has a `run_id`.
    """

    where: Sql
    beside: Sql
    drivers: tuple[Driver, ...]


class Finder:
    """Searches one partition."""

    def __init__(self, tx: Tx, partition: Partition, conditions: Conditions, beside: Conditions) -> None:
        """`conditions` are written on the run `r`, those `beside` on the row `d` of another table."""
        self._tx = tx
        self._partition = partition
        self._conditions = conditions
        self._beside = beside
        self._known: dict[tuple[str, Sql], tuple[int, int]] = {}
        """Probes that were made: their count, and the limit they had."""
        row = tx.one("SELECT max(id) FROM runs")
        self._total = int(row[0] or 0) if row else 0

    def terms(self, condition: Condition | None) -> tuple[Term, ...]:
        clauses = condition.terms if isinstance(condition, And) else (condition,)
        return tuple(self._term(clause) for clause in clauses if clause is not None)

    def _term(self, condition: Condition) -> Term:
        where, beside = self._conditions.write(condition), self._beside.write(condition)
        return Term(where, beside, tuple(drivers(self._tx, self._partition, condition)))

    def find(self, terms: tuple[Term, ...], keys: tuple[Key, ...], start: Sequence[Value], need: int) -> list[Row]:
        """The first `need` runs after `start` that pass all terms, as (id, values of the keys' columns)."""
        if need <= 0 or any(term.where is FALSE for term in terms):
            return []
        limit = min(MOST_DRIVEN, max(FEW, isqrt(need * self._total)))
        by_start = keys[0].operand == _START
        rarest = self._rarest(terms, limit, by_start)
        if rarest is not None:
            count, driver = rarest
            if count == 0:
                return []
            if count <= limit:
                return self._drive(driver, terms, keys, start, need)
        return self._walk(terms, keys, start, need)

    def all_of_few(self, terms: tuple[Term, ...], most: int) -> list[int] | None:
        """The ids of all runs that pass all terms, in no order; None if no clause says that they are `most` or fewer."""
        if any(term.where is FALSE for term in terms):
            return []
        rarest = self._rarest(terms, most, by_start=False)
        if rarest is None or rarest[0] > most:
            return None
        source, where = self._driven(rarest[1], terms)
        query = sql("SELECT r.id FROM {} WHERE {}", source, where)
        return [row[0] for row in self._tx.all(query.text, query.values)]

    def _rarest(self, terms: tuple[Term, ...], limit: int, by_start: bool) -> tuple[int, Driver] | None:
        """The driver with the fewest runs, and how many: limit + 1 stands for any number above the limit.

        One that the walk can go through in order is hardly counted: that walk is never worse than driving.
        """
        found: tuple[int, Driver] | None = None
        for driver in (driver for term in terms for driver in term.drivers):
            least = FEW if by_start and driver.ordered else limit
            count = self._count(driver, least)
            count = limit + 1 if count > least else count
            if found is None or count < found[0]:
                found = (count, driver)
            if count <= FEW:
                break
        return found

    def _count(self, driver: Driver, limit: int) -> int:
        """How many runs a driver has; any number above the limit stands for more."""
        if driver.parts:
            counts = 0
            for part in driver.parts:
                counts += self._count(part, limit)
                if counts > limit:
                    break
            return counts
        where = driver.where("d")
        if where is FALSE:
            return 0
        # SQLite looks at the table for every entry of an index on an expression: texts are counted less far.
        least = limit // 3 if isinstance(driver.key, Param | Tag) and limit > FEW else limit
        known = self._known.get((driver.table, where))
        if known is None or (known[0] > known[1] < least):
            query = f"SELECT count(*) FROM (SELECT 1 FROM {driver.table} AS d WHERE {{}} LIMIT ?) AS q"
            statement = sql(query, where, least + 1)
            row = self._tx.one(statement.text, statement.values)
            assert row is not None
            known = self._known[driver.table, where] = (int(row[0]), least)
        return limit + 1 if known[0] > least else known[0]

    # Through a rare clause, then sort

    def _drive(
        self, driver: Driver, terms: tuple[Term, ...], keys: tuple[Key, ...], start: Sequence[Value], need: int
    ) -> list[Row]:
        source, where = self._driven(driver, terms)
        return keyset.rows(self._tx, ["r.id"], source, where, _columns(keys), start, need, fenced=True)

    def _driven(self, driver: Driver, terms: tuple[Term, ...]) -> tuple[Sql, Sql]:
        """Where the runs of a driver come from, and what they must pass."""
        count = self._count(driver, MOST_DRIVEN)
        checks = [self._check(term, count) for term in terms if not (driver.exact and driver in term.drivers)]
        where = both([*checks, Sql("r.id = d.run_id"), self._partition.where])
        if self._tx.dialect == "sqlite":
            return sql("({}) AS d CROSS JOIN runs AS r", driver.ids()), where  # CROSS JOIN: in this order
        # PostgreSQL guesses how many there are, guesses high, and goes through all runs in order instead. So the ids
        # are fetched and given back, and `keyset.rows` fences the join off from the order.
        query = driver.ids()
        ids = [row[0] for row in self._tx.all(query.text, query.values)]
        return sql("unnest(?::bigint[]) AS d (run_id) CROSS JOIN runs AS r", ids), where

    def _check(self, term: Term, count: int) -> Sql:
        """A term, asked of `count` rows: if its own runs are about as few, whether it is one of them.

        A list from an index is made and looked up in a tenth of the time that as many look-ups by primary key take.
        """
        for driver in term.drivers if count > FEW else ():
            if driver.exact and not driver.parts and self._count(driver, 2 * count) <= 2 * count:
                return sql("d.run_id IN ({})", driver.ids())
        return term.beside

    # Through an index that has the order

    def _walk(self, terms: tuple[Term, ...], keys: tuple[Key, ...], start: Sequence[Value], need: int) -> list[Row]:
        match keys[0].operand:
            case Attribute("start_time"):
                return self._walk_by_start(terms, keys, start, need)
            case Attribute("status"):
                return self._walk_by_status(terms, keys, start, need)
            case Attribute("run_name"):
                return self._walk_by_name(terms, keys, start, need)
            case Metric(_, "" | "last") | Param() | Tag() | Attribute("end_time") as field:
                return self._walk_by_field(field, terms, keys, start, need)
            case _:
                return self._sort(terms, keys, start, need)

    def _sort(self, terms: tuple[Term, ...], keys: tuple[Key, ...], start: Sequence[Value], need: int) -> list[Row]:
        """All runs that pass, sorted: for orders that no index has."""
        where = both([self._partition.where, *(term.where for term in terms)])
        source, columns = Sql("runs AS r"), _columns(keys)
        operand = keys[0].operand
        number = self._tx.key(operand.key) if isinstance(operand, Metric) else None
        if isinstance(operand, Metric) and number is not None:
            # Joined, a metric is looked up once for each run, and not once for each of its columns.
            source = sql("runs AS r LEFT JOIN metric_latest AS m ON m.run_id = r.id AND m.key_id = ?", number)
            value = metric_value(operand.aggregate)
            rank = Sql(f"CASE WHEN m.run_id IS NULL THEN 2 WHEN {value} IS NULL THEN 1 ELSE 0 END")
            number_of = Sql(f"CAST({value} AS double precision)")
            columns[:2] = [columns[0]._replace(value=rank), columns[1]._replace(value=number_of)]
        return keyset.rows(self._tx, ["r.id"], source, where, columns, start, need)

    def _walk_by_start(
        self, terms: tuple[Term, ...], keys: tuple[Key, ...], start: Sequence[Value], need: int
    ) -> list[Row]:
        ascending = keys[0].ascending
        ordered = next((driver for term in terms for driver in term.drivers if driver.ordered), None)
        columns = list(_columns(keys))
        where = [self._partition.where]
        if ordered is None or ordered.table == "runs":
            where += [term.where for term in terms]
        if ordered is None:
            time, source = "r.start_time", Sql(self._indexed("runs AS r", "runs_by_start"))
        elif ordered.table == "runs":
            time, source = "r.start_time", Sql(self._indexed("runs AS r", ordered.by))
            where.append(ordered.where("r"))
        else:
            time, source = (
                "d.start_time",
                Sql(f"{self._indexed(f'{ordered.table} AS d', ordered.by)} CROSS JOIN runs AS r"),
            )
            where += [ordered.where("d"), *_beside(terms, ordered), Sql("r.id = d.run_id")]
            columns[0] = columns[0]._replace(value=Sql(time))
        if start:
            # What the condition after `start` says already, said so that the index begins there.
            where.append(Sql(f"{time} {'>=' if ascending else '<='} ?", (start[0],)))
        return keyset.rows(self._tx, ["r.id"], source, both(where), columns, start, need)

    def _indexed(self, table: str, index: str) -> str:
        """SQLite keeps no statistics of ours, so it is told; PostgreSQL keeps its own."""
        return f"{table} INDEXED BY {index}" if self._tx.dialect == "sqlite" else table

    # Block by block

    def _walk_by_status(
        self, terms: tuple[Term, ...], keys: tuple[Key, ...], start: Sequence[Value], need: int
    ) -> list[Row]:
        key, rest = keys[0], keys[1:]
        words = list(_STATUS_ORDER if key.ascending else reversed(_STATUS_ORDER))
        found: list[Row] = []
        for word in words[words.index(str(start[0])) if start and start[0] in words else 0 :]:
            inner = start[1:] if start and start[0] == word else ()
            same = self._term(Compare(key.operand, "=", Text(word)))
            found += _behind((word,), self.find((*terms, same), rest, inner, need - len(found)))
        return found

    def _walk_by_name(
        self, terms: tuple[Term, ...], keys: tuple[Key, ...], start: Sequence[Value], need: int
    ) -> list[Row]:
        """Names are never missing: one leg."""
        source = Sql(self._indexed("runs AS r", "runs_by_name"))
        index = _Index(source, "r.name", Sql("r.experiment_id = ?", (self._partition.experiment,)), ())
        return self._blocks(index, terms, keys, start, need)

    def _walk_by_field(
        self, field: Operand, terms: tuple[Term, ...], keys: tuple[Key, ...], start: Sequence[Value], need: int
    ) -> list[Row]:
        """Three legs: values, NaN, missing. `start` lies in one of them, by its rank."""
        rank = start[0] if start else 0
        found: list[Row] = []
        if rank == 0:
            found = self._blocks(self._index(field), terms, keys, start, need)
        if rank in (0, 1) and isinstance(field, Metric) and len(found) < need:
            nan = not_a_number(self._tx, self._partition, field)
            exactly = self._conditions.nan(field)
            inner = start[2:] if rank == 1 else ()
            term = Term(exactly, self._beside.nan(field), (nan,))
            rows = self.find((*terms, term), keys[1:], inner, need - len(found))
            found += _behind((1, None), rows)
        if len(found) < need:
            inner = start[2:] if rank == 2 else ()
            rows = self.find((*terms, self._term(Missing(field))), keys[1:], inner, need - len(found))
            found += _behind((2, None), rows)
        return found

    def _index(self, field: Operand) -> "_Index":
        if field == Attribute("end_time"):
            where = both([self._partition.where, Sql("r.end_time IS NOT NULL")])
            return _Index(Sql(self._indexed("runs AS r", "runs_by_end")), "r.end_time", where, (0,))
        present = drivers(self._tx, self._partition, Missing(field, negated=True))[0]
        source = Sql(f"{self._indexed(f'{present.table} AS d', present.by)} CROSS JOIN runs AS r")
        where = both([present.where("d"), Sql("r.id = d.run_id")])
        if isinstance(field, Metric):
            return _Index(source, "d.value", both([where, Sql("d.value IS NOT NULL")]), (0,), "d")
        return _Index(source, prefix_of("d"), where, (0,), "d")

    def _blocks(
        self, index: "_Index", terms: tuple[Term, ...], keys: tuple[Key, ...], start: Sequence[Value], need: int
    ) -> list[Row]:
        """Through an index by its first field: whole blocks at once, the last one by a search inside it."""
        key = keys[0]
        found: list[Row] = []
        bound: list[Sql] = []
        if start:
            value = start[len(index.rank)]
            found = self._block(index, value, terms, keys, start, need)
            if len(found) >= need:
                return found
            if isinstance(value, str) and index.value == prefix_of("d"):
                value = value[:PREFIX]
            bound = [Sql(f"{index.value} {'>' if key.ascending else '<'} ?", (value,))]
        wanted = need - len(found)
        where = both([index.where, *bound, *self._within(index, key, terms), self._partition.where])
        first = Column(Sql(index.value), key.ascending, ())
        shown = list(_columns(keys))
        if isinstance(key.operand, Metric) or key.operand == Attribute("end_time"):
            shown[:2] = [Column(Sql("0"), True, ()), first]  # known from the index
        rows = keyset.rows(self._tx, ["r.id"], index.source, where, [first], (), wanted, extra=shown)
        last = rows[-1][1] if len(rows) == wanted else None
        # Row: id, the index's value, then the keys' columns. The last block may go on behind the page.
        whole = [(row[0], *row[2:]) for row in rows if row[1] != last or last is None]
        found += keyset.in_order(whole, _columns(keys))
        if last is not None:
            found += self._block(index, last, terms, keys, (), need - len(found))
        return found[:need]

    def _within(self, index: "_Index", key: Key, terms: tuple[Term, ...]) -> list[Sql]:
        """The terms, said of the index itself where they are about its field, so that the walk begins where they do."""
        found = []
        for term in terms:
            mine = next((driver for driver in term.drivers if driver.key == key.operand), None)
            if mine is not None:
                found.append(mine.where(index.alias))
            if mine is None or not mine.exact:
                found.append(term.where if index.alias == "r" else term.beside)
        return found

    def _block(
        self,
        index: "_Index",
        value: Value,
        terms: tuple[Term, ...],
        keys: tuple[Key, ...],
        start: Sequence[Value],
        need: int,
    ) -> list[Row]:
        """Runs whose first field is `value`, or begins with it, if it is as long as an index's text."""
        key = keys[0]
        if isinstance(value, str) and len(value) >= PREFIX and key.operand != Attribute("run_name"):
            prefix = value[:PREFIX]
            same = Sql(f"{index.value} = ?", (prefix,))
            where = both([index.where, same, *(term.beside for term in terms), self._partition.where])
            return keyset.rows(self._tx, ["r.id"], index.source, where, _columns(keys), start, need)
        constant = Text(value) if isinstance(value, str) else Number(value if value is not None else 0)
        equal = self._term(Compare(key.operand, "=", constant))
        rows = self.find((*terms, equal), keys[1:], start[len(key.columns) :], need)
        return _behind((*index.rank, value), rows)


class _Index(NamedTuple):
    """An index of runs by one field: where it is, the SQL of its value, and the rank that all its rows have."""

    source: Sql
    value: str
    where: Sql
    rank: tuple[int, ...]
    alias: str = "r"


def _beside(terms: tuple[Term, ...], driver: Driver) -> list[Sql]:
    """The terms, asked of a row of the driver; its own is known to hold, if the driver is exact."""
    return [term.beside for term in terms if not (driver.exact and driver in term.drivers)]


def _columns(keys: Sequence[Key]) -> list[Column]:
    return [column for key in keys for column in key.columns]


def _behind(values: tuple[Value, ...], rows: list[Row]) -> list[Row]:
    """Rows of a block, with the values that all of it shares before their own."""
    return [(row[0], *values, *row[1:]) for row in rows]
