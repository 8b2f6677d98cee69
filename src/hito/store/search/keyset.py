"""Total orders, and the page that begins after a given row of one.

An order is a list of columns, each ascending or descending, the last of them unique. A field that a row may lack, or
that may be NaN, is two columns: its rank (0 it has a value, 1 NaN, 2 missing), always ascending, then its value. So
NULLs need no rule of the database, and "nulls last in both directions" is said once.

    after (r, a, b):   c0 > r OR (c0 = r AND (c1 > a OR (c1 = a AND c2 > b)))
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from hito.search import page
from hito.search.page import Value
from hito.store.database import Row, Tx
from hito.store.search.fragment import FALSE, TRUE, Sql, both, either, sql

NUMBER: tuple[type, ...] = (int, float, type(None))
TEXT: tuple[type, ...] = (str, type(None))
INTEGER: tuple[type, ...] = (int,)


class Page(NamedTuple):
    """Internal ids in order, and the token of the next page, None when this is the last."""

    ids: list[Any]
    token: str | None


class Column(NamedTuple):
    """One column of an order. `types` are those that its values may have in a token."""

    value: Sql
    ascending: bool
    types: tuple[type, ...]


def ranked(value: Sql, ascending: bool, types: tuple[type, ...]) -> list[Column]:
    """The columns of a field that may be NULL because it is missing."""
    return [
        Column(sql("CASE WHEN {} IS NULL THEN 2 ELSE 0 END", value), True, INTEGER),
        Column(value, ascending, types),
    ]


def after(names: Sequence[str], columns: Sequence[Column], values: Sequence[Value]) -> Sql:
    """That a row comes after the one with these values; `names` are the columns' names."""
    condition = FALSE
    for name, column, value in reversed(list(zip(names, columns, values, strict=True))):
        if value is None:
            continue  # the rank before it says that there is no value: all such rows are equal here
        beyond = Sql(f"{name} {'>' if column.ascending else '<'} ?", (value,))
        condition = either([beyond, both([Sql(f"{name} = ?", (value,)), condition])])
    return condition


def rows(
    tx: Tx,
    ids: Sequence[str],
    source: Sql,
    where: Sql,
    columns: Sequence[Column],
    start: Sequence[Value],
    limit: int,
    extra: Sequence[Column] = (),
    fenced: bool = False,
) -> list[Row]:
    """The first rows after `start`, as ids, order values and the values of `extra` columns.

    `fenced` keeps PostgreSQL from choosing its plan by the order: the rows are known to be few.

    If an index of `source` has the order, the database stops at the limit; if none has, it computes all and sorts.
    """
    names = [f"c{place}" for place in range(len(columns))]
    selected = Sql(", ".join(f"{one} AS i{place}" for place, one in enumerate(ids)))
    for place, column in enumerate((*columns, *extra)):
        selected = sql(f"{{}}, {{}} AS c{place}", selected, column.value)
    fence = " OFFSET 0" if fenced and tx.dialect != "sqlite" else ""
    inner = sql(f"SELECT {{}} FROM {{}} WHERE {{}}{fence}", selected, source, where)
    beyond = after(names, columns, start) if start else TRUE
    directions = ["" if column.ascending else " DESC" for column in columns]
    order = ", ".join(name + direction for name, direction in zip(names, directions, strict=True))
    statement = sql(f"SELECT * FROM ({{}}) AS q WHERE {{}} ORDER BY {order} LIMIT ?", inner, beyond, limit)
    return tx.all(statement.text, statement.values)


def in_order(found: list[Row], columns: Sequence[Column]) -> list[Row]:
    """Rows of (id, order values), sorted: what the database would have done."""
    for place, column in reversed(list(enumerate(columns, 1))):
        # None has a rank of its own in the column before: here it only has to be comparable.
        nothing = "" if str in column.types else 0

        def value(row: Row, place: int = place, nothing: Any = nothing) -> Any:
            return nothing if row[place] is None else row[place]

        found = sorted(found, key=value, reverse=not column.ascending)
    return found


def cut(found: Sequence[Row], width: int, limit: int, digest: bytes) -> Page:
    """The page in rows that were asked for with one more than `limit`; the first `width` columns are the id."""
    kept = found[:limit]
    token = page.encode(digest, kept[-1][width:]) if len(found) > limit and kept else None
    return Page([row[0] if width == 1 else row[:width] for row in kept], token)
