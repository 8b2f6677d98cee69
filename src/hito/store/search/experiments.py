"""Experiments that match a filter, in order, a page at a time."""

from collections.abc import Sequence

from hito.core.runs import ViewType
from hito.search import page
from hito.search.ast import Attribute, Operand, Order, Tag
from hito.search.fields import EXPERIMENTS
from hito.search.parser import parse_filter, parse_order
from hito.store.database import Tx
from hito.store.search import keyset
from hito.store.search.conditions import Conditions, Names, Test
from hito.store.search.fragment import FALSE, TRUE, Sql, both, sql
from hito.store.search.keyset import INTEGER, Column, Page

_COLUMNS = {
    "name": "e.name",
    "experiment_id": "e.id",
    "creation_time": "e.creation_time",
    "last_update_time": "e.last_update_time",
}


def search_experiments(
    tx: Tx,
    filter: str = "",
    order_by: Sequence[str] = (),
    view: ViewType = ViewType.ACTIVE_ONLY,
    max_results: int = 1000,
    token: str = "",
) -> Page:
    """Ids of experiments that match; by default the newest first, then by id. Arguments as for `search_runs`."""
    condition = parse_filter(filter, EXPERIMENTS)
    orders = parse_order(order_by, EXPERIMENTS)
    columns = _order(orders)
    digest = page.digest("experiments", filter, list(order_by), int(view))
    start = page.decode(token, digest, [column.types for column in columns])
    where = both(
        [
            TRUE if view == ViewType.ALL else Sql(f"e.deleted = {int(view == ViewType.DELETED_ONLY)}"),
            Conditions(tx, _Fields()).write(condition) if condition is not None else TRUE,
        ]
    )
    rows = keyset.rows(tx, ["e.id"], Sql("experiments AS e"), where, columns, start, max_results + 1)
    return keyset.cut(rows, 1, max_results, digest)


def _order(orders: Sequence[Order]) -> list[Column]:
    if not orders:
        return [Column(Sql("e.creation_time"), False, INTEGER), Column(Sql("e.id"), True, INTEGER)]
    found = []
    for order in orders:
        assert isinstance(order.operand, Attribute)
        name = order.operand.name
        found.append(Column(Sql(_COLUMNS[name]), order.ascending, (str,) if name == "name" else INTEGER))
        if name == "experiment_id":
            return found  # what comes after cannot matter
    return [*found, Column(Sql("e.id"), False, INTEGER)]


class _Fields:
    """`conditions.Fields` of experiments, on the alias `e`."""

    def having(self, field: Operand, test: Test) -> Sql:
        match field:
            case Attribute(name):
                return test(_COLUMNS[name])
            case Tag(key):
                inner = test("t.value")
                if inner is FALSE:
                    return FALSE
                where = "t.experiment_id = e.id AND t.key = ?"
                return sql(f"(SELECT {{}} FROM experiment_tags AS t WHERE {where})", inner, key)
            case _:
                raise AssertionError(field)

    def number(self, field: Operand) -> Sql:
        assert isinstance(field, Attribute)
        return Sql(f"CAST({_COLUMNS[field.name]} AS double precision)")

    def whole(self, field: Operand) -> bool:
        return True

    def names(self, field: Operand) -> Names | None:
        return None

    def candidates(self, field: Operand) -> Sql:
        match field:
            case Tag(key):
                return Sql("SELECT DISTINCT value FROM experiment_tags WHERE key = ?", (key,))
            case _:
                return Sql("SELECT name FROM experiments")
