"""All runs that match, in no order: how many they are, and their ids in batches.

A clause that few runs pass drives, as in a search (plan.py). Otherwise the runs of a partition are walked through in the
order of an index, some thousands at a time, so that whoever counts can stop when it takes too long.
"""

import time
from collections.abc import Iterator, Sequence

from hito.core.runs import ViewType
from hito.search.ast import Condition
from hito.store.database import Tx
from hito.store.search.conditions import Conditions
from hito.store.search.drivers import Partition
from hito.store.search.fragment import Sql, both, sql
from hito.store.search.plan import MOST_DRIVEN, Finder, Term
from hito.store.search.run_fields import RunFields, settled
from hito.store.search.runs import partitions

STEP = 20_000
"""Runs that are looked at by one statement: some 20 ms."""


class Matching:
    """The runs of some experiments that pass a condition."""

    def __init__(self, tx: Tx, experiments: Sequence[int], condition: Condition | None, view: ViewType) -> None:
        self._tx = tx
        self._experiments = experiments
        self._condition = settled(tx, experiments, condition)
        self._conditions = Conditions(tx, RunFields(tx, experiments))
        self._beside = Conditions(tx, RunFields(tx, experiments, "d.run_id"))
        self._partitions = partitions(tx, experiments, view) if experiments else []

    def count(self, seconds: float) -> tuple[int, bool]:
        """How many there are, and whether counting stopped after `seconds`, so that there may be more."""
        deadline = time.monotonic() + seconds
        total = 0
        for partition in self._partitions:
            if self._condition is None:
                total += self._count_all(partition)
                continue
            for batch in self._batches(partition):
                total += len(batch)
                if time.monotonic() > deadline:
                    return total, True
        return total, False

    def batches(self) -> Iterator[list[int]]:
        """The internal ids, at most `MOST_DRIVEN` at a time; no batch is empty."""
        for partition in self._partitions:
            yield from (batch for batch in self._batches(partition) if batch)

    def _count_all(self, partition: Partition) -> int:
        index = " INDEXED BY runs_by_end" if self._tx.dialect == "sqlite" else ""  # the narrowest one
        query = sql(f"SELECT count(*) FROM runs AS r{index} WHERE {{}}", partition.where)
        row = self._tx.one(query.text, query.values)
        return int(row[0]) if row else 0

    def _batches(self, partition: Partition) -> Iterator[list[int]]:
        finder = Finder(self._tx, partition, self._conditions, self._beside)
        terms = finder.terms(self._condition)
        driven = finder.all_of_few(terms, MOST_DRIVEN)
        if driven is not None:
            yield driven
        else:
            yield from self._walk(partition, terms)

    def _walk(self, partition: Partition, terms: tuple[Term, ...]) -> Iterator[list[int]]:
        """Through `runs_by_start`, a step at a time; also steps in which nothing passes."""
        passes = both([term.where for term in terms])
        index = " INDEXED BY runs_by_start" if self._tx.dialect == "sqlite" else ""
        after: tuple[int, str] | None = None
        while True:
            behind = (
                Sql("1 = 1")
                if after is None
                else Sql("r.start_time <= ? AND (r.start_time < ? OR r.uuid > ?)", (after[0], *after))
            )
            query = sql(
                f"SELECT r.id, r.start_time, r.uuid, CASE WHEN {{}} THEN 1 END FROM runs AS r{index} "
                "WHERE {} AND {} ORDER BY r.start_time DESC, r.uuid LIMIT ?",
                passes,
                partition.where,
                behind,
                STEP,
            )
            rows = self._tx.all(query.text, query.values)
            yield [row[0] for row in rows if row[3]]
            if len(rows) < STEP:
                return
            after = (rows[-1][1], rows[-1][2])
