"""Model versions that match a filter, in order, a page at a time."""

from collections.abc import Sequence

from hito.core.models import IS_PROMPT
from hito.search import page
from hito.search.ast import Attribute, Condition, Operand, Order, Tag
from hito.search.fields import MODEL_VERSIONS
from hito.search.parser import parse_filter, parse_order
from hito.store.database import Tx
from hito.store.search import keyset, prompts
from hito.store.search.conditions import Conditions, Names, Test
from hito.store.search.fragment import FALSE, TRUE, Sql, both, sql
from hito.store.search.keyset import INTEGER, Column, Page

_COLUMNS = {
    "name": "m.name",
    "run_id": "v.run_id",
    "source_path": "v.source",
    "version_number": "v.version",
    "creation_timestamp": "v.creation_timestamp",
    "last_updated_timestamp": "v.last_updated_timestamp",
}
_IS_PROMPT = Sql(
    "EXISTS (SELECT 1 FROM model_version_tags AS p "
    "WHERE p.model_id = v.model_id AND p.version = v.version AND p.key = ? AND p.value = 'true')",
    (IS_PROMPT,),
)


def search_model_versions(
    tx: Tx, filter: str = "", order_by: Sequence[str] = (), max_results: int = 10_000, token: str = ""
) -> Page:
    """(internal id of the model, version) of versions that match, deleted ones never.

    By default the last updated first; ties by name, then the highest version first. Prompts: see `prompts`.
    """
    condition = parse_filter(filter, MODEL_VERSIONS)
    orders = parse_order(order_by, MODEL_VERSIONS)
    columns = _order(orders)
    digest = page.digest("model_versions", filter, list(order_by))
    start = page.decode(token, digest, [column.types for column in columns])
    where = both(
        [
            Sql("v.deleted = 0"),
            TRUE if prompts.mentioned(condition) else sql("NOT {}", _IS_PROMPT),
            _Conditions(tx, _Fields()).write(condition) if condition is not None else TRUE,
        ]
    )
    source = Sql("model_versions AS v JOIN registered_models AS m ON m.id = v.model_id")
    rows = keyset.rows(tx, ["v.model_id", "v.version"], source, where, columns, start, max_results + 1)
    return keyset.cut(rows, 2, max_results, digest)


def _order(orders: Sequence[Order]) -> list[Column]:
    found = []
    asked = set()
    for order in orders or (Order(Attribute("last_updated_timestamp"), ascending=False),):
        assert isinstance(order.operand, Attribute)
        name = order.operand.name
        asked.add(name)
        found.append(Column(Sql(_COLUMNS[name]), order.ascending, (str,) if name == "name" else INTEGER))
    if "name" not in asked:
        found.append(Column(Sql("m.name"), True, (str,)))
    if "version_number" not in asked:
        found.append(Column(Sql("v.version"), False, INTEGER))
    return found


class _Conditions(Conditions):
    """Knows the clause on prompts, which finds versions without the tag, too."""

    def write(self, condition: Condition) -> Sql:
        wanted = prompts.wants(condition)
        if wanted is None:
            return super().write(condition)
        return _IS_PROMPT if wanted else sql("NOT {}", _IS_PROMPT)


class _Fields:
    """`conditions.Fields` of model versions, on the aliases `v` and, for the name, `m`."""

    def having(self, field: Operand, test: Test) -> Sql:
        match field:
            case Attribute(name):
                return test(_COLUMNS[name])
            case Tag(key):
                inner = test("t.value")
                if inner is FALSE:
                    return FALSE
                where = "t.model_id = v.model_id AND t.version = v.version AND t.key = ?"
                return sql(f"(SELECT {{}} FROM model_version_tags AS t WHERE {where})", inner, key)
            case _:
                raise AssertionError(field)

    def number(self, field: Operand) -> Sql:
        assert isinstance(field, Attribute)
        return Sql(f"CAST({_COLUMNS[field.name]} AS double precision)")

    def whole(self, field: Operand) -> bool:
        return isinstance(field, Attribute)

    def names(self, field: Operand) -> Names | None:
        return None

    def candidates(self, field: Operand) -> Sql:
        match field:
            case Tag(key):
                return Sql("SELECT DISTINCT value FROM model_version_tags WHERE key = ?", (key,))
            case Attribute("name"):
                return Sql("SELECT name FROM registered_models")
            case Attribute(name):
                return Sql(f"SELECT DISTINCT {_COLUMNS[name]} FROM model_versions AS v")
            case _:
                raise AssertionError(field)
