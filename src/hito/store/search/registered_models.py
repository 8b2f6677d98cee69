"""Registered models that match a filter, in order, a page at a time."""

from collections.abc import Sequence

from hito.core.models import IS_PROMPT
from hito.search import page
from hito.search.ast import Attribute, Condition, Operand, Order, Tag
from hito.search.fields import REGISTERED_MODELS
from hito.search.parser import parse_filter, parse_order
from hito.store.database import Tx
from hito.store.search import keyset, prompts
from hito.store.search.conditions import Conditions, Names, Test
from hito.store.search.fragment import FALSE, TRUE, Sql, both, sql
from hito.store.search.keyset import INTEGER, Column, Page

_IS_PROMPT = Sql(
    "EXISTS (SELECT 1 FROM registered_model_tags AS p WHERE p.model_id = m.id AND p.key = ? AND p.value = 'true')",
    (IS_PROMPT,),
)


def search_registered_models(
    tx: Tx, filter: str = "", order_by: Sequence[str] = (), max_results: int = 100, token: str = ""
) -> Page:
    """Internal ids of registered models that match, by name if nothing else is asked. Prompts: see `prompts`."""
    condition = parse_filter(filter, REGISTERED_MODELS)
    orders = parse_order(order_by, REGISTERED_MODELS)
    columns = _order(orders)
    digest = page.digest("registered_models", filter, list(order_by))
    start = page.decode(token, digest, [column.types for column in columns])
    where = both(
        [
            TRUE if prompts.mentioned(condition) else sql("NOT {}", _IS_PROMPT),
            _Conditions(tx, _Fields()).write(condition) if condition is not None else TRUE,
        ]
    )
    rows = keyset.rows(tx, ["m.id"], Sql("registered_models AS m"), where, columns, start, max_results + 1)
    return keyset.cut(rows, 1, max_results, digest)


def _order(orders: Sequence[Order]) -> list[Column]:
    found: list[Column] = []
    for order in orders:
        if order.operand == Attribute("name"):
            return [*found, Column(Sql("m.name"), order.ascending, (str,))]
        found.append(Column(Sql("m.last_updated_timestamp"), order.ascending, INTEGER))
    return [*found, Column(Sql("m.name"), True, (str,))]


class _Conditions(Conditions):
    """Knows the clause on prompts, which finds models without the tag, too."""

    def write(self, condition: Condition) -> Sql:
        wanted = prompts.wants(condition)
        if wanted is None:
            return super().write(condition)
        return _IS_PROMPT if wanted else sql("NOT {}", _IS_PROMPT)


class _Fields:
    """`conditions.Fields` of registered models, on the alias `m`."""

    def having(self, field: Operand, test: Test) -> Sql:
        match field:
            case Attribute():
                return test("m.name")
            case Tag(key):
                inner = test("t.value")
                if inner is FALSE:
                    return FALSE
                where = "t.model_id = m.id AND t.key = ?"
                return sql(f"(SELECT {{}} FROM registered_model_tags AS t WHERE {where})", inner, key)
            case _:
                raise AssertionError(field)

    def number(self, field: Operand) -> Sql:
        raise AssertionError(field)

    def whole(self, field: Operand) -> bool:
        return False

    def names(self, field: Operand) -> Names | None:
        return None

    def candidates(self, field: Operand) -> Sql:
        match field:
            case Tag(key):
                return Sql("SELECT DISTINCT value FROM registered_model_tags WHERE key = ?", (key,))
            case _:
                return Sql("SELECT name FROM registered_models")
