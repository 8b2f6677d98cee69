"""Trees → text that parses to the same tree: for messages, links and golden files."""

import math
import re

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
    Now,
    Number,
    Operand,
    Or,
    Order,
    Param,
    Tag,
    Text,
)
from hito.search.lexer import BACK, DOUBLE, SINGLE

_PLAIN = re.compile(r"[^\W\d]\w*(?:\.\w+)*")


def show(condition: Condition | None) -> str:
    """The filter that states a condition."""
    match condition:
        case None:
            return ""
        case And(terms):
            return " AND ".join(f"({show(term)})" if isinstance(term, Or) else show(term) for term in terms)
        case Or(terms):
            return " OR ".join(show(term) for term in terms)
        case Not(term):
            return f"NOT {show(term)}" if not isinstance(term, And | Or) else f"NOT ({show(term)})"
        case Compare(left, operator, right):
            return f"{show_operand(left)} {operator} {show_operand(right)}"
        case Among(left, values, negated):
            listed = ", ".join(show_operand(Text(one) if isinstance(one, str) else Number(one)) for one in values)
            return f"{show_operand(left)} {'NOT IN' if negated else 'IN'} ({listed})"
        case Between(left, low, high, negated):
            word = "NOT BETWEEN" if negated else "BETWEEN"
            return f"{show_operand(left)} {word} {show_operand(low)} AND {show_operand(high)}"
        case Missing(left, negated):
            return f"{show_operand(left)} {'IS NOT NULL' if negated else 'IS NULL'}"


def show_order(order: Order) -> str:
    return f"{show_operand(order.operand)} {'ASC' if order.ascending else 'DESC'}"


def show_operand(operand: Operand) -> str:
    match operand:
        case Attribute(name):
            return name
        case Metric(key, "", _):
            return f"metrics.{_key(key, quoted=True)}"
        case Metric(key, aggregate, loose):
            return f"metrics.{key if loose else _key(key, quoted=True)}.{aggregate}"
        case Param(key):
            return f"params.{_key(key)}"
        case Tag(key):
            return f"tags.{_key(key)}"
        case Dataset(name):
            return f"dataset.{name}"
        case Number(value):
            return _number(value)
        case Text(value):
            return _quoted(value, ("'", '"'))
        case Now():
            return "now()"
        case Arithmetic(operator, left, right):
            return f"({show_operand(left)} {operator} {show_operand(right)})"


def _key(key: str, quoted: bool = False) -> str:
    """A key, quoted unless it is a plain name; a metric's always, so that `a.max` stays the metric of that name."""
    return key if not quoted and _PLAIN.fullmatch(key) else _quoted(key, ("`", '"', "'"))


def _quoted(text: str, quotes: tuple[str, ...]) -> str:
    shapes = {"'": SINGLE, '"': DOUBLE, "`": BACK}
    for quote in quotes:
        if re.fullmatch(shapes[quote], f"{quote}{text}{quote}"):
            return f"{quote}{text}{quote}"
    raise ValueError(f"no quotes can hold {text!r}")  # no parsed tree has such a text


def _number(value: int | float) -> str:
    if math.isinf(value):
        return "1e999" if value > 0 else "-1e999"
    return repr(value)
