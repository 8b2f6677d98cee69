"""Groups of runs with equal values."""

import re
from collections.abc import Sequence

import numpy as np
from msgspec.structs import astuple

from hito.api.context import Bindings, Context
from hito.api.ui.rows import check_limit
from hito.api.ui.scope import fields_of, scope_of
from hito.core.errors import InvalidArgument
from hito.search.ast import (
    And,
    Arithmetic,
    Attribute,
    Between,
    Compare,
    Condition,
    Metric,
    Missing,
    Not,
    Number,
    Operand,
    Text,
)
from hito.search.pattern import MAX_EXPRESSION
from hito.search.printer import show
from hito.store.cells import Cell
from hito.store.groups import Grouped, Spread
from hito.store.search.matching import Matching
from hito.wire.ui import runs as wire

MAX_GROUPS = 5000
MAX_BY = 10
MAX_METRICS = 50
_ORDER = re.compile(r"(mean|min|max) (\d{1,3})")
_HUGE = Number(float("inf"))
_LESS = Number(float("-inf"))


def groups(context: Context, message: wire.GroupRuns) -> wire.Groups:
    check_limit(message.max_results, MAX_GROUPS)
    _check_count("by", message.by, MAX_BY, least=1)
    _check_count("metrics", message.metrics, MAX_METRICS)
    by, metrics = fields_of(message.by), fields_of(message.metrics)
    ranking = _ranking(message.order, len(metrics))
    scope = scope_of(context.tx, message)
    runs = Matching(context.tx, scope.experiments, scope.condition, scope.view)
    found = Grouped(context.tx, runs, scope.experiments, by, metrics)
    match ranking:
        case "count":
            keys = found.counts.astype(np.float64)
        case "newest":
            keys = found.newest.astype(np.float64)
        case (what, metric):
            keys = found.ranking(metric, what)
    # Those without a number come last, whatever the direction.
    order = np.lexsort((-found.newest, -keys if message.descending else keys))[: message.max_results]
    return wire.Groups(
        [
            wire.Group(
                [None if value is None else _text(value) for value in group.values],
                group.count,
                group.newest,
                _query(by, group.values),
                [_summary(spread) for spread in group.metrics],
            )
            for group in found.described(order.tolist())
        ],
        len(found.values),
    )


def _check_count(name: str, given: Sequence[str], most: int, least: int = 0) -> None:
    if not least <= len(given) <= most:
        raise InvalidArgument(f"'{name}' names {len(given)} fields, expected {least} to {most}.")


def _ranking(order: str, metrics: int) -> str | tuple[str, int]:
    if order in ("count", "newest"):
        return order
    match = _ORDER.fullmatch(order)
    if match is None or int(match[2]) >= metrics:
        raise InvalidArgument(
            f"Invalid value {order[:100]!r} for parameter 'order': expected count, newest, or mean, min or max and the "
            f"place of one of the {metrics} metrics, such as 'mean 0'."
        )
    return match[1], int(match[2])


def _summary(spread: Spread) -> wire.Summary:
    return wire.Summary(*astuple(spread))


def _text(value: float | str) -> str:
    """A value that is shared, as text; a whole number without its point."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _query(by: Sequence[Operand], values: Sequence[Cell]) -> str:
    """The filter of exactly one group."""
    return " AND ".join(show(_same(field, value)) for field, value in zip(by, values, strict=True))


def _same(field: Operand, value: Cell) -> Condition:
    numeric = not isinstance(value, str) or (value == "NaN" and _is_number(field))
    if value is None:
        return Missing(field)
    if numeric and value == "NaN":  # there, and neither within all numbers nor outside of them
        return _nan(field)
    if not isinstance(value, str):
        return Compare(field, "=", Number(value))
    try:
        same = Compare(field, "=", Text(value))
        show(same)
    except ValueError:  # both kinds of quotes are in it: no text of the grammar can hold it
        pattern = "(?s)\\A" + re.escape(value).replace("'", "\\x27") + "\\z"
        if len(pattern) > MAX_EXPRESSION:
            return Compare(field, "LIKE", Text(value.replace("'", "_")))
        return Compare(field, "MATCHES", Text(pattern))
    return same


def _nan(field: Operand) -> Condition:
    return And((Missing(field, negated=True), Not(Between(field, _LESS, _HUGE))))


def _is_number(field: Operand) -> bool:
    return isinstance(field, Metric | Arithmetic) or (
        isinstance(field, Attribute) and field.name in ("start_time", "end_time", "duration")
    )


BINDINGS: Bindings = [(wire.GROUPS, groups)]
