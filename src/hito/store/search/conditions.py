"""Conditions of the tree → SQL, for any entity that can say where its fields are.

Truth has two values in the tree and three in SQL. A comparison with what is missing may come out as NULL here; WHERE,
AND and OR treat NULL like false, and NOT is written `IS NOT TRUE`, so the third value never shows.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeAlias

from hito.search import pattern
from hito.search.ast import (
    ARITHMETIC_MAX,
    ARITHMETIC_MIN,
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
    Param,
    Tag,
    Text,
    leaves,
)
from hito.store.database import Tx
from hito.store.search import texts
from hito.store.search.fragment import FALSE, TRUE, Sql, both, either, sql

Test: TypeAlias = Callable[[str], Sql]
"""From the SQL of a value (NULL is NaN) to the SQL of a condition on it."""

Names: TypeAlias = Mapping[int, Sequence[str]]

_INT_MIN, _INT_MAX = -(2**63), 2**63 - 1
NAN = Sql("CAST(NULL AS double precision)")
_FIELDS = (Attribute, Metric, Param, Tag, Dataset)


class Fields(Protocol):
    """Where an entity's fields are."""

    def having(self, field: Operand, test: Test) -> Sql:
        """That the row has the field, and its value (one of its values, if it may have several) passes."""
        ...

    def number(self, field: Operand) -> Sql:
        """The field's value as a float; NULL if it is NaN or missing."""
        ...

    def whole(self, field: Operand) -> bool:
        """Whether the column holds integers only, so that a comparison must be made one of integers."""
        ...

    def names(self, field: Operand) -> Names | None:
        """For a column of numbers that stand for words: all spellings of each."""
        ...

    def candidates(self, field: Operand) -> Sql:
        """A SELECT of all values that a text field may have here, without NULL, for tests that only Python can make."""
        ...


class Conditions:
    """Writes conditions over one entity's fields."""

    def __init__(self, tx: Tx, fields: Fields) -> None:
        self._tx = tx
        self._dialect = tx.dialect
        self._now = tx.now
        self._fields = fields

    def write(self, condition: Condition) -> Sql:
        match condition:
            case And(terms):
                return both([self.write(term) for term in terms])
            case Or(terms):
                return either([self.write(term) for term in terms])
            case Not(term):
                inner = self.write(term)
                if inner is TRUE or inner is FALSE:
                    return FALSE if inner is TRUE else TRUE
                return sql("({}) IS NOT TRUE", inner)
            case Missing(left, negated):
                present = self._present(left)
                return present if negated else sql("({}) IS NOT TRUE", present)
            case Compare(left, operator, Text(value)):
                return self._text(left, operator, value)
            case Compare(left, operator, right):
                return self._number(left, operator, right)
            case Among(left, values, negated):
                return self._among(left, values, negated)
            case Between(left, Text(low), Text(high), negated):
                return self._text_between(left, low, high, negated)
            case Between(left, low, high, negated):
                if negated:
                    return either([self._number(left, "<", low), self._number(left, ">", high)])
                return both([self._number(left, ">=", low), self._number(left, "<=", high)])

    def nan(self, field: Metric) -> Sql:
        """That the row has the metric and its value is NaN."""
        return self._fields.having(field, lambda one: Sql(f"{one} IS NULL"))

    def _present(self, operand: Operand) -> Sql:
        """That the row has every field of an operand; NaN is there, too."""
        return both([self._fields.having(leaf, _any) for leaf in leaves(operand) if isinstance(leaf, _FIELDS)])

    # Texts

    def _text(self, left: Operand, operator: str, value: str) -> Sql:
        names = self._fields.names(left)
        if names is not None:
            return self._named(left, names, lambda name: holds(name, _POSITIVE[operator], value), operator in _NEGATIVE)
        if self._dialect != "sqlite" and operator.endswith("MATCHES"):
            simple = pattern.portable(value)
            if simple is not None:
                sign = "!~" if operator in _NEGATIVE else "~"
                return self._fields.having(left, lambda one: Sql(f"{one} {sign} ?", (simple,)))
            query = self._fields.candidates(left)
            rows = self._tx.all(query.text, query.values)
            found = [text for (text,) in rows if text is not None and pattern.matches(value, text)]
            return self._fields.having(
                left,
                lambda one: (
                    texts.among(self._dialect, one, found, operator in _NEGATIVE)
                    if found
                    else (Sql(f"{one} IS NOT NULL") if operator in _NEGATIVE else FALSE)
                ),
            )
        return self._fields.having(left, lambda one: texts.compared(self._dialect, one, operator, value))

    def _text_between(self, left: Operand, low: str, high: str, negated: bool) -> Sql:
        names = self._fields.names(left)
        if names is not None:
            return self._named(left, names, lambda name: low <= name <= high, negated)
        no = "NOT " if negated else ""
        return self._fields.having(left, lambda one: sql(f"{one} {no}BETWEEN ? AND ?", low, high))

    def _named(self, left: Operand, names: Names, passes: Callable[[str], bool], negated: bool) -> Sql:
        """A test of a word for which the column has a number: true of a number if one of its spellings passes."""
        numbers = [number for number, spellings in names.items() if any(map(passes, spellings)) != negated]
        if not numbers:
            return FALSE
        listed = ", ".join(str(number) for number in numbers)
        return self._fields.having(left, lambda one: Sql(f"{one} IN ({listed})"))

    def _among(self, left: Operand, values: Sequence[str | int | float], negated: bool) -> Sql:
        some = [value for value in values if isinstance(value, str)]
        if some:
            names = self._fields.names(left)
            if names is not None:
                return self._named(left, names, some.__contains__, negated)
            return self._fields.having(left, lambda one: texts.among(self._dialect, one, some, negated))
        numbers = [value for value in values if not isinstance(value, str)]
        tests = [self._number(left, "!=" if negated else "=", Number(value)) for value in numbers]
        return both(tests) if negated else either(tests)

    # Numbers

    def _number(self, left: Operand, operator: str, right: Operand) -> Sql:
        constant = self._constant(right)
        if constant is None or isinstance(left, Arithmetic):
            return self._reckoned(left, operator, right)
        if self._fields.whole(left):
            return self._fields.having(left, lambda one: whole_test(one, operator, constant))
        return self._fields.having(
            left, lambda one: float_test(one, operator, float(constant), isinstance(left, Metric))
        )

    def _reckoned(self, left: Operand, operator: str, right: Operand) -> Sql:
        """A comparison in which at least one side has to be computed: NULL is NaN once all fields are there."""
        present = both([self._present(left), self._present(right)])
        first, second = self.reckon(left), self.reckon(right)
        if operator == "!=":
            unequal = sql("coalesce({} != {}, 1 = 1)", first, second)
        else:
            unequal = sql(f"{{}} {operator} {{}}", first, second)
        return both([present, unequal])

    def _constant(self, operand: Operand) -> int | float | None:
        """The value of a number, or of arithmetic without fields; None if it is NaN or not known yet."""
        match operand:
            case Number(value):
                return value
            case Now():
                return self._now
            case Arithmetic(operator, left, right):
                first, second = self._constant(left), self._constant(right)
                return None if first is None or second is None else reckoned(operator, first, second)
            case _:
                return None

    def reckon(self, operand: Operand) -> Sql:
        """The value of an operand as a float, NULL for NaN and for missing."""
        constant = self._constant(operand)
        if constant is not None:
            return Sql("CAST(? AS double precision)", (float(constant),))
        if not isinstance(operand, Arithmetic):
            return self._fields.number(operand) if isinstance(operand, _FIELDS) else NAN
        # The inner SELECT names each side once; written out, every guard would double the text below it. OFFSET 0
        # keeps PostgreSQL from writing it out again; SQLite leaves a SELECT without FROM alone.
        last = " OFFSET 0" if self._dialect != "sqlite" else ""
        return sql(
            f"(SELECT CASE {_GUARDED[operand.operator]} END FROM (SELECT {{}} AS x, {{}} AS y{last}) AS q)",
            self.reckon(operand.left),
            self.reckon(operand.right),
        )


_HUGE, _TINY = repr(ARITHMETIC_MAX), repr(ARITHMETIC_MIN)
# See search/ast.py for the rule. PostgreSQL raises an error on overflow and underflow; these cannot occur.
_GUARDED = {
    "+": f"WHEN abs(x) <= {_HUGE} AND abs(y) <= {_HUGE} THEN x + y",
    "-": f"WHEN abs(x) <= {_HUGE} AND abs(y) <= {_HUGE} THEN x - y",
    "*": f"WHEN abs(x) > {_HUGE} OR abs(y) > {_HUGE} THEN NULL "
    f"WHEN x IS NOT NULL AND y IS NOT NULL AND (abs(x) < {_TINY} OR abs(y) < {_TINY}) THEN 0.0 ELSE x * y",
    "/": f"WHEN abs(x) > {_HUGE} OR abs(y) > {_HUGE} OR abs(y) < {_TINY} THEN NULL "
    f"WHEN y IS NOT NULL AND abs(x) < {_TINY} THEN 0.0 ELSE x / y",
}


def reckoned(operator: str, x: float, y: float) -> float | None:
    """Python's form of the same arithmetic; None is NaN."""
    if math.isnan(x) or math.isnan(y) or abs(x) > ARITHMETIC_MAX or abs(y) > ARITHMETIC_MAX:
        return None
    x, y = float(x), float(y)
    match operator:
        case "+":
            return x + y
        case "-":
            return x - y
        case "*":
            return 0.0 if abs(x) < ARITHMETIC_MIN or abs(y) < ARITHMETIC_MIN else x * y
        case _:
            if abs(y) < ARITHMETIC_MIN:
                return None
            return 0.0 if abs(x) < ARITHMETIC_MIN else x / y


def whole_test(value: str, operator: str, right: int | float) -> Sql:
    """An integer column against any number, said in integers so that indexes serve and nothing overflows."""
    if isinstance(right, float) and right.is_integer() and _INT_MIN <= right <= _INT_MAX:
        right = int(right)
    if isinstance(right, int) and _INT_MIN <= right <= _INT_MAX:
        return Sql(f"{value} {operator} ?", (right,))
    # Between two integers, or beyond all of them: = is never true, != always, and the others round.
    if operator in ("=", "!="):
        return Sql(f"{value} IS NOT NULL") if operator == "!=" else FALSE
    above = operator in (">", ">=")
    if right > _INT_MAX or right < _INT_MIN:
        return FALSE if above == (right > 0) else Sql(f"{value} IS NOT NULL")
    floor = math.floor(right)
    return Sql(f"{value} {'>' if above else '<='} ?", (floor,))


def float_test(value: str, operator: str, right: float, may_be_nan: bool) -> Sql:
    if operator == "!=" and may_be_nan:
        return Sql(f"({value} IS NULL OR {value} != ?)", (right,))
    return Sql(f"{value} {operator} ?", (right,))


_NEGATIVE = frozenset({"!=", "NOT LIKE", "NOT ILIKE", "NOT MATCHES"})
_POSITIVE = {"!=": "=", "NOT LIKE": "LIKE", "NOT ILIKE": "ILIKE", "NOT MATCHES": "MATCHES"}
_POSITIVE |= {word: word for word in ("=", "LIKE", "ILIKE", "MATCHES")}


def holds(text: str, operator: str, right: str) -> bool:
    """Whether a text of ours, such as a status, passes a test: decided here, since no table has it."""
    match operator:
        case "=":
            return text == right
        case "MATCHES":
            return pattern.matches(right, text)
        case _:
            return pattern.like(right, fold=operator == "ILIKE").fullmatch(text) is not None


def _any(value: str) -> Sql:
    return TRUE
