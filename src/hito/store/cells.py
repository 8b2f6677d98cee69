"""Values of many runs for many fields: what a table shows and a chart draws.

A field is an operand of the search grammar. Metrics, params and tags of all runs come with one statement each, whatever
their number; so five hundred columns cost what their values cost, not what five hundred searches cost.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from hito.core.metrics import on_wire
from hito.core.runs import RunStatus
from hito.search.ast import Attribute, Dataset, Metric, Operand, Order, Param, Tag
from hito.store.database import Tx, marks
from hito.store.search.conditions import Conditions
from hito.store.search.fragment import Sql, sql
from hito.store.search.run_fields import RunFields, keys, metric_value, settled_operand
from hito.store.search.texts import among_numbers

Cell: TypeAlias = float | str | None
"""A metric's number ("NaN" for a NaN), a text, or nothing."""
_Found: TypeAlias = dict[int, Cell]

_STATUS = {status.value: status.name for status in RunStatus}
_AT_ONCE = 1000
_MANY_KEYS = 40
"""With more keys than this, all values of a run are read and sorted out here: one walk instead of as many look-ups."""
_PLAIN: dict[str, tuple[str, Callable[[Any], Cell]]] = {
    "run_id": ("r.uuid", str),
    "run_name": ("r.name", str),
    "user_id": ("r.user_id", str),
    "status": ("r.status", _STATUS.__getitem__),
    "start_time": ("r.start_time", lambda one: one),
    "end_time": ("r.end_time", lambda one: one),
    "duration": ("r.end_time - r.start_time", lambda one: one),
    "artifact_uri": (
        "(SELECT e.artifact_location FROM experiments AS e WHERE e.id = r.experiment_id) || '/' || r.uuid || '/artifacts'",
        str,
    ),
}


def _value(fields: RunFields, conditions: Conditions, field: Operand, only_numbers: bool) -> Sql:
    """The SQL of a field's value on the run `r`."""
    if isinstance(field, Param | Tag):
        return fields.text(field)
    if isinstance(field, Attribute) and (not only_numbers or field.name in ("start_time", "end_time", "duration")):
        return Sql(_PLAIN[field.name][0])
    if isinstance(field, Attribute | Dataset):
        return Sql("NULL")  # no number
    return conditions.reckon(field)


class Cells:
    """Reads the values of some fields.

    Args:
        experiments: where the runs are, to decide what `metrics.a.max` means.
        fields: operands, also arithmetic; each may come twice.
    """

    def __init__(self, tx: Tx, experiments: Sequence[int], fields: Sequence[Operand]) -> None:
        self._tx = tx
        self._experiments = experiments
        self._fields = [settled_operand(tx, experiments, field) for field in fields]

    def rows(self, ids: Sequence[int]) -> list[list[Cell]]:
        """The values of each run (internal ids), in the order of the fields."""
        columns = self.columns(ids)
        return [[column.get(one) for column in columns] for one in ids]

    def columns(self, ids: Sequence[int]) -> list[_Found]:
        """For each field the values of the runs that have it."""
        found: dict[Operand, _Found] = {field: {} for field in self._fields}
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            self._attributes(some, found)
            self._metrics(some, found)
            self._texts(some, "params", Param, found)
            self._texts(some, "tags", Tag, found)
            for field in found:
                if isinstance(field, Dataset):
                    self._datasets(some, field, found[field])
                elif not isinstance(field, Attribute | Metric | Param | Tag):
                    self._reckoned(some, field, found[field])
        return [found[field] for field in self._fields]

    def groups_and_numbers(self, ids: Sequence[int], numeric: Sequence[bool]) -> tuple[list[int], list[Sequence[Cell]]]:
        """When the runs began, and for each field its values, in the order of the runs; all of them exist.

        Where a field is `numeric`, its numbers, and None for all else, NaN among it. One statement for all runs, in which
        each value is a look-up: a third of what `columns` takes for a great many runs.
        """
        fields = RunFields(self._tx, self._experiments)
        conditions = Conditions(self._tx, fields)
        slow = [
            not only_numbers and not isinstance(field, Attribute | Param | Tag)
            for field, only_numbers in zip(self._fields, numeric, strict=True)
        ]
        selected = Sql("r.id, r.start_time")
        for field, only_numbers, other in zip(self._fields, numeric, slow, strict=True):
            if not other:
                selected = sql("{}, {}", selected, _value(fields, conditions, field, only_numbers))
        here = among_numbers(self._tx.dialect, "r.id", ids)
        query = sql("SELECT {} FROM runs AS r WHERE {}", selected, here)
        rows = {row[0]: row for row in self._tx.all(query.text, query.values)}
        found = iter(list(zip(*(rows[one] for one in ids), strict=True))[1:])
        starts = list(next(found))
        values: list[Sequence[Cell]] = []
        for field, only_numbers, other in zip(self._fields, numeric, slow, strict=True):
            if other:
                [column] = Cells(self._tx, self._experiments, [field]).columns(ids)
                values.append([column.get(one) for one in ids])
            elif isinstance(field, Attribute) and not only_numbers:
                read = _PLAIN[field.name][1]
                values.append([None if value is None else read(value) for value in next(found)])
            else:
                values.append(next(found))
        return starts, values

    def _attributes(self, ids: Sequence[int], found: dict[Operand, _Found]) -> None:
        wanted = [field.name for field in found if isinstance(field, Attribute)]
        if not wanted:
            return
        selected = ", ".join(_PLAIN[name][0] for name in wanted)
        for run, *values in self._tx.all(
            f"SELECT r.id, {selected} FROM runs AS r WHERE r.id IN ({marks(len(ids))})", ids
        ):
            for name, value in zip(wanted, values, strict=True):
                if value is not None:
                    found[Attribute(name)][run] = _PLAIN[name][1](value)

    def _metrics(self, ids: Sequence[int], found: dict[Operand, _Found]) -> None:
        by_key: dict[int, list[tuple[int, _Found]]] = {}
        aggregates: dict[str, int] = {}
        for field, column in found.items():
            if isinstance(field, Metric) and (key := self._tx.key(field.key)) is not None:
                place = aggregates.setdefault(field.aggregate, len(aggregates))
                by_key.setdefault(key, []).append((place, column))
        selected = ", ".join(metric_value(aggregate) for aggregate in aggregates)
        for run, key, *values in self._rows("metric_latest AS m", selected, ids, by_key):
            for place, column in by_key.get(key, ()):
                column[run] = on_wire(values[place])

    def _texts(
        self, ids: Sequence[int], table: str, kind: type[Param] | type[Tag], found: dict[Operand, _Found]
    ) -> None:
        by_key = {
            key: column
            for field, column in found.items()
            if isinstance(field, kind) and (key := self._tx.key(field.key)) is not None
        }
        for run, key, value in self._rows(f"{table} AS m", "m.value", ids, by_key):
            column = by_key.get(key)
            if column is not None:
                column[run] = value

    def _rows(self, source: str, selected: str, ids: Sequence[int], keys: Iterable[int]) -> list[tuple[Any, ...]]:
        wanted = list(keys)
        if not wanted:
            return []
        within = f"SELECT m.run_id, m.key_id, {selected} FROM {source} WHERE m.run_id IN ({marks(len(ids))})"
        if len(wanted) > _MANY_KEYS:
            return self._tx.all(within, ids)
        return self._tx.all(f"{within} AND m.key_id IN ({marks(len(wanted))})", [*ids, *wanted])

    def _datasets(self, ids: Sequence[int], field: Dataset, column: _Found) -> None:
        """The first of a run's datasets by name."""
        value = "b.context" if field.name == "context" else f"s.{field.name}"
        for run, text in self._tx.all(
            f"SELECT b.run_id, {value} FROM run_datasets AS b JOIN datasets AS s ON s.id = b.dataset_id "
            f"WHERE b.run_id IN ({marks(len(ids))}) ORDER BY s.name DESC, s.digest DESC",
            ids,
        ):
            column[run] = text

    def _reckoned(self, ids: Sequence[int], field: Operand, column: _Found) -> None:
        """Arithmetic, as an order by it would compute it."""
        fields = RunFields(self._tx, self._experiments)
        rank, value = keys(fields, Conditions(self._tx, fields), [Order(field)], self._tx.dialect)[0].columns
        here = among_numbers(self._tx.dialect, "r.id", ids)
        query = sql("SELECT r.id, {}, {} FROM runs AS r WHERE {}", rank.value, value.value, here)
        for run, missing, number in self._tx.all(query.text, query.values):
            if missing < 2:
                column[run] = on_wire(number)
