"""What a filter and an order mean, as frozen trees.

    Condition := And | Or | Not | Compare | Among | Between | Missing
    Operand   := Attribute | Metric | Param | Tag | Dataset | Number | Text | Now | Arithmetic

Truth has two values. Everything that a reader of the tree (store/search, the tests' oracle) must agree on:

- An operand that the row does not have (no such param, no end time yet) makes every comparison with it false, `!=` and
  the negated operators (NOT IN, NOT LIKE, …) included. Only `IS NULL` finds it. This is MLflow's rule.
- `Not` turns the two values of what it holds: `NOT params.a = '1'` is true of a run without the param, where
  `params.a != '1'` is false. Nothing is ever "unknown".
- NaN is a value that a row has: `!=`, NOT IN and IS NOT NULL are true of it, everything else is false.
- Arithmetic is done in 64-bit floats. It is missing if one of its operands is. It is NaN if an operand is NaN or
  larger than `ARITHMETIC_MAX` (infinite metrics are), or if the divisor is smaller than `ARITHMETIC_MIN`; in `*` and
  `/`, an operand smaller than `ARITHMETIC_MIN` counts as 0. So no database can overflow, and all agree.
- Text is compared by code point. `LIKE`: `%` is any run of characters, `_` is one, there is no escape. `ILIKE`: the
  same where a letter also stands for its upper and lower case (`text.variants`).
- `Between` includes both ends; `NOT BETWEEN` is below or above, and false of NaN.
"""

from typing import Literal, TypeAlias

from msgspec import Struct

ARITHMETIC_MAX = 1e150
ARITHMETIC_MIN = 1e-150


class Attribute(Struct, frozen=True, tag=True):
    """A column of the thing itself; `name` is the first spelling in `fields`, whatever alias was written."""

    name: str


class Metric(Struct, frozen=True, tag=True):
    """A metric's latest value, or what `aggregate` says of its whole curve.

    `loose`: it was written `metrics.a.max`, which MLflow reads as the metric "a.max". If a metric of that name exists
    where one searches, that is meant; if not, the greatest value of "a".
    """

    key: str
    aggregate: str = ""
    loose: bool = False


class Param(Struct, frozen=True, tag=True):
    key: str


class Tag(Struct, frozen=True, tag=True):
    key: str


class Dataset(Struct, frozen=True, tag=True):
    """`name`, `digest` or `context` of any one of a run's datasets."""

    name: str


class Number(Struct, frozen=True, tag=True):
    """Also a date, as milliseconds since 1970, and a duration, as milliseconds."""

    value: int | float


class Text(Struct, frozen=True, tag=True):
    value: str


class Now(Struct, frozen=True, tag=True):
    """When the search runs, as milliseconds since 1970."""


class Arithmetic(Struct, frozen=True, tag=True):
    operator: Literal["+", "-", "*", "/"]
    left: "Operand"
    right: "Operand"


Operand: TypeAlias = Attribute | Metric | Param | Tag | Dataset | Number | Text | Now | Arithmetic

Operator: TypeAlias = Literal[
    "=", "!=", "<", "<=", ">", ">=", "LIKE", "NOT LIKE", "ILIKE", "NOT ILIKE", "MATCHES", "NOT MATCHES"
]


class Compare(Struct, frozen=True, tag=True):
    """`right` is a Text for text, and a number or arithmetic for numbers."""

    left: Operand
    operator: Operator
    right: Operand


class Among(Struct, frozen=True, tag=True):
    """`left IN (…)`: all values are texts or all are numbers."""

    left: Operand
    values: tuple[str, ...] | tuple[int | float, ...]
    negated: bool = False


class Between(Struct, frozen=True, tag=True):
    left: Operand
    low: Operand
    high: Operand
    negated: bool = False


class Missing(Struct, frozen=True, tag=True):
    """`left IS NULL`; negated, `left IS NOT NULL`."""

    left: Operand
    negated: bool = False


class Not(Struct, frozen=True, tag=True):
    term: "Condition"


class And(Struct, frozen=True, tag=True):
    """Two terms or more, none of which is an And."""

    terms: tuple["Condition", ...]


class Or(Struct, frozen=True, tag=True):
    """Two terms or more, none of which is an Or."""

    terms: tuple["Condition", ...]


Condition: TypeAlias = Compare | Among | Between | Missing | Not | And | Or


class Order(Struct, frozen=True, tag=True):
    """One item of order_by."""

    operand: Operand
    ascending: bool = True


def leaves(operand: Operand) -> list[Operand]:
    """The fields and constants of an expression, left to right."""
    if isinstance(operand, Arithmetic):
        return [*leaves(operand.left), *leaves(operand.right)]
    return [operand]
