"""Logged models that match a filter, in order, a page at a time."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from hito.core.errors import InvalidArgument
from hito.core.models import LoggedModelStatus
from hito.search import page
from hito.search.ast import Attribute, Metric, Operand, Param, Tag
from hito.search.fields import LOGGED_MODELS
from hito.search.parser import parse_filter
from hito.store.database import Tx
from hito.store.search import keyset
from hito.store.search.conditions import Conditions, Names, Test
from hito.store.search.fragment import FALSE, TRUE, Sql, both, either, sql
from hito.store.search.keyset import INTEGER, NUMBER, Column, Page
from hito.store.search.texts import among_numbers

_COLUMNS = {
    "name": "l.name",
    "model_id": "l.uuid",
    "model_type": "l.model_type",
    "source_run_id": "l.source_run_id",
    "artifact_location": "l.artifact_uri",
    "experiment_id": "CAST(l.experiment_id AS text)",
    "creation_timestamp": "l.creation_timestamp",
    "last_updated_timestamp": "l.last_updated_timestamp",
}
_TIMES = ("creation_timestamp", "last_updated_timestamp")
_STATUS = {
    int(LoggedModelStatus.LOGGED_MODEL_PENDING): ("PENDING", "LOGGED_MODEL_PENDING"),
    int(LoggedModelStatus.LOGGED_MODEL_READY): ("READY", "LOGGED_MODEL_READY"),
    int(LoggedModelStatus.LOGGED_MODEL_UPLOAD_FAILED): ("FAILED", "LOGGED_MODEL_UPLOAD_FAILED"),
}


class DatasetChoice(Struct, frozen=True):
    """Which points of a metric count: those measured on this dataset. Without a digest the name decides alone."""

    name: str
    digest: str | None = None


class LoggedModelOrder(Struct, frozen=True):
    """One item of order_by: an attribute, or `metrics.<key>`, its latest point, perhaps on one dataset only."""

    field: str
    ascending: bool = True
    dataset: DatasetChoice | None = None


def search_logged_models(
    tx: Tx,
    experiment_ids: Sequence[int],
    filter: str = "",
    datasets: Sequence[DatasetChoice] = (),
    order_by: Sequence[LoggedModelOrder] = (),
    max_results: int = 50,
    token: str = "",
) -> Page:
    """Internal ids of logged models that match, deleted ones never; by default the newest first, then by model id.

    Args:
        datasets: a clause on a metric looks only at points measured on one of these; none means all points.
    """
    condition = parse_filter(filter, LOGGED_MODELS)
    experiments = sorted(set(experiment_ids))
    chosen = [(one.name, one.digest) for one in datasets]
    asked = [(one.field, one.ascending, one.dataset and (one.dataset.name, one.dataset.digest)) for one in order_by]
    digest = page.digest("logged_models", experiments, filter, chosen, asked)
    columns = _order(order_by, tx.dialect)
    start = page.decode(token, digest, [column.types for column in columns])
    if not experiments:
        return Page([], None)
    where = both(
        [
            among_numbers(tx.dialect, "l.experiment_id", experiments),
            Sql("l.deleted = 0"),
            Conditions(tx, _Fields(datasets)).write(condition) if condition is not None else TRUE,
        ]
    )
    rows = keyset.rows(tx, ["l.id"], Sql("logged_models AS l"), where, columns, start, max_results + 1)
    return keyset.cut(rows, 1, max_results, digest)


def _order(orders: Sequence[LoggedModelOrder], dialect: str) -> list[Column]:
    found: list[Column] = []
    asked: set[Any] = set()
    for order in orders:
        prefix, dot, key = order.field.partition(".")
        name = LOGGED_MODELS.orders.get(key if prefix == "attributes" and dot else order.field)
        if "\0" in order.field or (order.dataset and "\0" in order.dataset.name + (order.dataset.digest or "")):
            raise InvalidArgument("order_by holds a NUL character, which no name may.")
        if prefix == "metrics" and key:
            if len(key) > 1 and key[0] == key[-1] and key[0] in "`\"'":
                key = key[1:-1]
            if (key, order.dataset) not in asked:
                found += _latest(key, order)
            asked.add((key, order.dataset))
        elif name is None:
            valid = ", ".join(sorted(LOGGED_MODELS.orders))
            raise InvalidArgument(
                f"Logged models cannot be ordered by '{order.field[:100]}'; valid are: {valid}, metrics.<key>."
            )
        elif name not in asked:
            asked.add(name)
            found.append(_attribute(name, order.ascending, dialect))
    if "creation_timestamp" not in asked:
        found.append(Column(Sql("l.creation_timestamp"), False, INTEGER))
    if "model_id" not in asked:
        found.append(Column(Sql("l.uuid"), True, (str,)))
    return found


def _attribute(name: str, ascending: bool, dialect: str) -> Column:
    if name == "status":
        return Column(Sql("l.status"), ascending, INTEGER)
    if name == "experiment_id":
        plain = ' COLLATE "C"' if dialect != "sqlite" else ""
        return Column(Sql(_COLUMNS[name] + plain), ascending, (str,))
    return Column(Sql(_COLUMNS[name]), ascending, INTEGER if name in _TIMES else (str,))


def _latest(key: str, order: LoggedModelOrder) -> list[Column]:
    """The columns of a metric's latest point: greatest timestamp, then greatest step."""
    where = both(
        [Sql("k.model_id = l.id AND k.key = ?", (key,)), _measured_on([order.dataset] if order.dataset else [])]
    )
    last = "ORDER BY k.timestamp DESC, k.step DESC, k.run_id DESC LIMIT 1"
    rank = "CASE WHEN k.value IS NULL THEN 1 ELSE 0 END"
    nan = sql(f"(SELECT {rank} FROM logged_model_metrics AS k WHERE {{}} {last})", where)
    value = sql(f"(SELECT k.value FROM logged_model_metrics AS k WHERE {{}} {last})", where)
    return [Column(sql("coalesce({}, 2)", nan), True, INTEGER), Column(value, order.ascending, NUMBER)]


def _measured_on(datasets: Sequence[DatasetChoice]) -> Sql:
    if not datasets:
        return TRUE
    return either(
        [
            Sql("k.dataset_name = ?", (one.name,))
            if one.digest is None
            else Sql("(k.dataset_name = ? AND k.dataset_digest = ?)", (one.name, one.digest))
            for one in datasets
        ]
    )


class _Fields:
    """`conditions.Fields` of logged models, on the alias `l`."""

    def __init__(self, datasets: Sequence[DatasetChoice]) -> None:
        self._measured = _measured_on(datasets)

    def having(self, field: Operand, test: Test) -> Sql:
        match field:
            case Attribute("status"):
                return test("l.status")
            case Attribute(name):
                return test(_COLUMNS[name])
            case Param(key):
                return self._keyed("logged_model_params", key, test("k.value"))
            case Tag(key):
                return self._keyed("logged_model_tags", key, test("k.value"))
            case Metric(key):
                # Any point may satisfy it, unlike a run's metric, whose latest value counts.
                where = both([Sql("k.model_id = l.id AND k.key = ?", (key,)), self._measured, test("k.value")])
                return sql("EXISTS (SELECT 1 FROM logged_model_metrics AS k WHERE {})", where)
            case _:
                raise AssertionError(field)

    def _keyed(self, table: str, key: str, test: Sql) -> Sql:
        if test is FALSE:
            return FALSE
        return sql(f"(SELECT {{}} FROM {table} AS k WHERE k.model_id = l.id AND k.key = ?)", test, key)

    def number(self, field: Operand) -> Sql:
        assert isinstance(field, Attribute)
        return Sql(f"CAST({_COLUMNS[field.name]} AS double precision)")

    def whole(self, field: Operand) -> bool:
        return isinstance(field, Attribute)

    def names(self, field: Operand) -> Names | None:
        return _STATUS if field == Attribute("status") else None

    def candidates(self, field: Operand) -> Sql:
        match field:
            case Param(key):
                return Sql("SELECT DISTINCT value FROM logged_model_params WHERE key = ?", (key,))
            case Tag(key):
                return Sql("SELECT DISTINCT value FROM logged_model_tags WHERE key = ?", (key,))
            case Attribute(name):
                return Sql(f"SELECT DISTINCT {_COLUMNS[name]} FROM logged_models AS l")
            case _:
                raise AssertionError(field)
