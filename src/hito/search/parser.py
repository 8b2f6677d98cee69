"""Tokens → frozen tree.

    condition  := and ( OR and )*
    and        := not ( AND not )*          a needless AND is overlooked, as MLflow does
    not        := NOT not | comparison
    comparison := sum [ operator … ]        without an operator it is an operand, of use only inside a larger one
    sum        := product ( (+|-) product )*
    product    := unary ( (*|/) unary )*
    unary      := - unary | primary
    primary    := ( condition ) | field | number | duration | now() | 'text'

One pass, no backtracking: a parenthesis may hold a condition or arithmetic, so the functions return either, and whoever
takes one says which it needs. Nesting is counted, so that no text can exhaust the stack.
"""

from collections.abc import Callable, Sequence
from typing import NoReturn, TypeAlias

from hito.core.errors import SearchSyntaxError
from hito.search import moment, pattern
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
    leaves,
)
from hito.search.fields import AGGREGATES, DATASETS, NUMBERS, NUMERIC, TEXTS, TIMES, Entity, Field, Kind
from hito.search.lexer import Kind as Lexeme
from hito.search.lexer import Part, Token, milliseconds, tokens

MAX_DEPTH = 50
"""Parentheses, NOTs and minus signs inside one another."""
MAX_CLAUSES = 1000
"""Comparisons in a filter."""
MAX_ARITHMETIC = 20
"""Arithmetic operators in one comparison."""
MAX_ORDERS = 100
"""Items of order_by."""

_SIGNS = frozenset({"=", "!=", "<", "<=", ">", ">="})
_WORDS = frozenset({"LIKE", "ILIKE", "MATCHES", "IN", "BETWEEN"})
_CONDITIONS = (And, Or, Not, Compare, Among, Between, Missing)
_FIELDS = (Attribute, Metric, Param, Tag, Dataset)

Node: TypeAlias = Condition | Operand
_Part: TypeAlias = Callable[[], Node]


def parse_filter(text: str, entity: Entity) -> Condition | None:
    """The condition that a filter states; None if it is empty and all is wanted.

    Raises: SearchSyntaxError: it cannot be understood, asks for what the entity does not have, or is too large.
    """
    return _Parser(text, entity).filter() if text else None


def parse_order(items: Sequence[str], entity: Entity) -> tuple[Order, ...]:
    """The items of order_by. A field that comes twice counts the first time.

    Raises: SearchSyntaxError: an item is not a field, or arithmetic of fields, followed by ASC, DESC or nothing.
    """
    if len(items) > MAX_ORDERS:
        raise SearchSyntaxError(f"order_by may have {MAX_ORDERS} items, this has {len(items)}.", items[MAX_ORDERS], 0)
    found: dict[Operand, Order] = {}
    for item in items:
        order = _Parser(item, entity).order()
        found.setdefault(order.operand, order)
    return tuple(found.values())


class _Parser:
    """The text, its tokens, and how far we are."""

    def __init__(self, text: str, entity: Entity) -> None:
        self.text = text
        self.entity = entity
        self.tokens = tokens(text)
        self.index = 0
        self.depth = 0
        self.clauses = 0
        self.operators = 0
        self.on_the_right = False
        """Whether "text" in double quotes is a text; on the left of an operator it is a name."""
        self.ordering = False

    def filter(self) -> Condition | None:
        if self.next.kind is Lexeme.END:
            self.fail("The filter is blank. Leave it empty to search everything.", self.next)
        if all(token.word == "AND" for token in self.tokens[:-1]):
            return None  # MLflow finds everything
        condition = self.condition()
        start = self.tokens[0]
        if self.tokens[self.index].kind is not Lexeme.END:
            self.fail(_unexpected(self.next, "AND, OR or the end"), self.next)
        return self.truth(condition, start)

    def order(self) -> Order:
        self.ordering = True
        start = self.next
        operand = self.operand(self.sum(), start)
        if not _has_field(operand):
            self.fail("An order needs a field, such as start_time or metrics.loss.", start)
        direction = self.next.word
        if direction in ("ASC", "DESC"):
            self.index += 1
        if self.next.kind is not Lexeme.END:
            self.fail(_unexpected(self.next, "ASC, DESC or the end"), self.next)
        return Order(operand, direction != "DESC")

    # Conditions

    def condition(self) -> Node:
        start = self.next
        found = self.conjunction()
        if self.next.word != "OR":
            return found
        terms = [self.truth(found, start)]
        while self.next.word == "OR":
            self.index += 1
            start = self.next
            terms.append(self.truth(self.conjunction(), start))
        return Or(tuple(part for term in terms for part in (term.terms if isinstance(term, Or) else (term,))))

    def conjunction(self) -> Node:
        self.skip_and()
        start = self.next
        found = self.negation()
        if not self.skip_and():
            return found
        terms = [self.truth(found, start)]
        while self.next.kind is not Lexeme.END and self.next.raw != ")" and self.next.word != "OR":
            start = self.next
            terms.append(self.truth(self.negation(), start))
            if not self.skip_and():
                break
        flat = tuple(part for term in terms for part in (term.terms if isinstance(term, And) else (term,)))
        return And(flat) if len(flat) > 1 else flat[0]

    def skip_and(self) -> bool:
        start = self.index
        while self.next.word == "AND":
            self.index += 1
        return self.index > start

    def negation(self) -> Node:
        if self.next.word != "NOT":
            return self.comparison()
        self.deeper()
        self.index += 1
        start = self.next
        term = self.truth(self.negation(), start)
        self.depth -= 1
        return Not(term)

    def comparison(self) -> Node:
        start = self.next
        self.operators = 0
        left = self.sum()
        operator = self.operator()
        if operator is None:
            return left
        sign = self.tokens[self.index - 1]
        self.clauses += 1
        if self.clauses > MAX_CLAUSES:
            self.fail(f"A filter may have {MAX_CLAUSES} comparisons.", start)
        operand = self.operand(left, start)
        if not _has_field(operand):
            self.fail("The left side of a comparison must name a field, such as metrics.loss or status.", start)
        field = self.field(operand)
        if operator not in field.operators:
            allowed = ", ".join(sorted(field.operators))
            advice = " Join several comparisons with OR." if operator == "IN" else ""
            self.fail(f"{_shown(operand)} cannot be compared with {operator}; it can with: {allowed}.{advice}", sign)
        self.on_the_right = True
        try:
            return self.compared(operand, field, operator)
        finally:
            self.on_the_right = False

    def operator(self) -> str | None:
        """The operator that comes next, in upper case and with its NOT; None if there is none."""
        token = self.next
        if token.kind is Lexeme.SIGN and token.raw in _SIGNS:
            self.index += 1
            if token.raw == "=" and self.next.raw == "=":
                self.fail("Equality is written with one =.", self.next)
            if token.raw == "<" and self.next.raw == ">":
                self.fail("Inequality is written !=.", token)
            return token.raw
        word = token.word
        if word == "IS":
            self.index += 1
            negated = self.accept("NOT")
            self.expect("NULL")
            return "IS NOT NULL" if negated else "IS NULL"
        if word == "NOT" and self.tokens[self.index + 1].word in _WORDS:
            self.index += 2
            return f"NOT {self.tokens[self.index - 1].word}"
        if word in _WORDS:
            self.index += 1
            return word
        return None

    def compared(self, left: Operand, field: Field, operator: str) -> Condition:
        """The comparison of `left` with what comes after its operator."""
        negated = operator.startswith("NOT ") or operator == "IS NOT NULL"
        match operator:
            case "IS NULL" | "IS NOT NULL":
                return Missing(left, negated)
            case "IN" | "NOT IN":
                return Among(left, self.values(field), negated)
            case "BETWEEN" | "NOT BETWEEN":
                low = self.value(field)
                self.expect("AND")
                return Between(left, low, self.value(field), negated)
            case "MATCHES" | "NOT MATCHES":
                place = self.next
                right = self.value(field)
                assert isinstance(right, Text)
                self.check_expression(right.value, place)
                return Compare(left, "NOT MATCHES" if negated else "MATCHES", right)
            case "=" | "!=" | "<" | "<=" | ">" | ">=" | "LIKE" | "NOT LIKE" | "ILIKE" | "NOT ILIKE":
                return Compare(left, operator, self.value(field))
            case _:
                raise AssertionError(operator)

    def check_expression(self, expression: str, place: Token) -> None:
        try:
            pattern.compiled(expression)
        except ValueError as error:
            self.fail(f"This regular expression cannot be used: {error}.", place)

    # Values

    def values(self, field: Field) -> tuple[str, ...] | tuple[int | float, ...]:
        """A list in parentheses; a comma may follow the last value."""
        self.expect("(")
        texts: list[str] = []
        numbers: list[int | float] = []
        while self.next.raw != ")" or not (texts or numbers):
            start = self.next
            value = self.value(field)
            if isinstance(value, Text):
                texts.append(value.value)
            elif isinstance(value, Number):
                numbers.append(value.value)
            else:
                self.fail("A list holds plain values.", start)
            if not self.accept(","):
                break
        self.expect(")")
        return tuple(texts) if texts else tuple(numbers)

    def value(self, field: Field) -> Operand:
        """What `field` is compared with, checked and brought to its kind."""
        token = self.next
        quoted = token.kind in (Lexeme.TEXT, Lexeme.QUOTED)
        if field.kind in (Kind.TEXT, Kind.LOOSE_TEXT):
            if quoted:
                self.index += 1
                return Text(token.text)
            if field.kind is Kind.LOOSE_TEXT and token.kind in (Lexeme.NAME, Lexeme.NUMBER, Lexeme.DURATION):
                self.index += 1
                return Text(token.raw)
            self.fail(_unexpected(token, "a text in quotes"), token)
        if quoted:
            self.index += 1
            number = _quoted_number(token.text, field.kind)
            if number is None:
                self.fail(f"Expected a {field.kind.value}, found the text {token.raw[:60]}.", token)
            return Number(number)
        if field.kind is Kind.ID:
            self.fail(_unexpected(token, "a whole number in quotes"), token)
        operand = self.operand(self.sum(), token)
        if (
            field.kind in (Kind.WHOLE, Kind.WHOLE_TIME)
            and isinstance(operand, Number)
            and isinstance(operand.value, float)
        ):
            self.fail(f"Expected a whole number, found {token.raw}.", token)
        if not self.entity.arithmetic and any(isinstance(leaf, _FIELDS) for leaf in leaves(operand)):
            self.fail("The right side must be a plain value here; only runs can compare fields with fields.", token)
        return operand

    def field(self, operand: Operand) -> Field:
        """The kind and operators of what stands on the left."""
        match operand:
            case Attribute(name):
                return self.entity.attributes[name]
            case Param():
                return Field("param", self.entity.keyed, TEXTS)
            case Tag():
                return Field("tag", Kind.TEXT, TEXTS)
            case Dataset(name):
                return DATASETS[name]
            case Arithmetic():
                timed = any(
                    isinstance(leaf, Now) or (isinstance(leaf, Attribute) and self.field(leaf).kind in TIMES)
                    for leaf in leaves(operand)
                )
                return Field("arithmetic", Kind.TIME if timed else Kind.NUMBER, NUMBERS)
            case _:
                return Field("metric", Kind.NUMBER, NUMBERS)

    # Operands

    def sum(self) -> Node:
        return self.chain(self.product, ("+", "-"))

    def product(self) -> Node:
        return self.chain(self.unary, ("*", "/"))

    def chain(self, part: _Part, signs: tuple[str, str]) -> Node:
        """Operators of one rank, done from the left."""
        start = self.next
        left = part()
        while self.next.kind is Lexeme.SIGN and self.next.raw in signs:
            sign = self.next
            self.index += 1
            after = self.next
            right = part()
            left = self.arithmetic(sign, self.number(left, start), self.number(right, after))
        return left

    def unary(self) -> Node:
        if self.next.kind is not Lexeme.SIGN or self.next.raw not in ("-", "+"):
            return self.primary()
        sign = self.next
        self.deeper()
        self.index += 1
        start = self.next
        operand = self.number(self.unary(), start)
        self.depth -= 1
        if sign.raw == "+":
            return operand
        if isinstance(operand, Number):
            return Number(-operand.value)
        return self.arithmetic(sign, Number(0), operand)

    def arithmetic(self, sign: Token, left: Operand, right: Operand) -> Arithmetic:
        self.operators += 1
        if self.operators > MAX_ARITHMETIC:
            self.fail(f"A comparison may have {MAX_ARITHMETIC} arithmetic operators.", sign)
        metric = any(isinstance(leaf, Metric) for operand in (left, right) for leaf in leaves(operand))
        if metric and not self.entity.arithmetic:
            self.fail(f"Metrics of {self.entity.name} have many values; one cannot reckon with them.", sign)
        match sign.raw:
            case "+" | "-" | "*" | "/":
                return Arithmetic(sign.raw, left, right)
            case _:
                raise AssertionError(sign.raw)

    def primary(self) -> Node:
        token = self.next
        match token.kind:
            case Lexeme.NUMBER:
                self.index += 1
                return Number(_number(token.raw))
            case Lexeme.DURATION:
                self.index += 1
                return Number(milliseconds(token))
            case Lexeme.TEXT:
                self.fail("A text can only stand on the right of an operator.", token)
            case Lexeme.QUOTED if not self.on_the_right:
                self.index += 1
                return self.named((Part(token.text, quoted=True),), token)
            case Lexeme.NAME if token.word == "NOW" and self.tokens[self.index + 1].raw == "(":
                self.index += 2
                self.expect(")")
                return Now()
            case Lexeme.NAME:
                self.index += 1
                return self.named(token.parts, token)
            case Lexeme.SIGN if token.raw == "(":
                self.deeper()
                self.index += 1
                inner = self.condition()
                self.expect(")")
                self.depth -= 1
                return inner
        return self.fail(_unexpected(token, "a value" if self.on_the_right else "a field"), token)

    def named(self, parts: tuple[Part, ...], token: Token) -> Operand:
        """The field that a dotted name means."""
        if len(parts) == 1:
            return self.attribute(parts[0].text, token)
        prefix, key, *rest = parts
        kind = self.entity.prefixes.get(prefix.text)
        if kind is None:
            self.fail(
                f"'{prefix.text}' is nothing that {self.entity.name} have; "
                f"valid are: {', '.join(sorted(self.entity.prefixes))}.",
                token,
            )
        if self.ordering and kind not in self.entity.ordered:
            self.fail(f"{self.entity.name.capitalize()} cannot be ordered by a {kind}.", token)
        if kind == "metric" and self.entity.arithmetic:
            return self.metric(key, rest, token)
        if rest:
            self.fail(f"A name that holds quotes or special characters is quoted as a whole: {prefix.text}.`…`.", token)
        match kind:
            case "attribute":
                return self.attribute(key.text, token)
            case "metric":
                return Metric(key.text)
            case "param":
                return Param(key.text)
            case "tag":
                return Tag(key.text)
            case _:
                if key.text not in DATASETS:
                    self.fail(f"Datasets have no '{key.text}'; valid are: {', '.join(DATASETS)}.", token)
                return Dataset(key.text)

    def metric(self, key: Part, rest: Sequence[Part], token: Token) -> Metric:
        """A metric and, perhaps, what is asked of its curve. In quotes, a name is always the whole name."""
        if rest:
            aggregate = rest[0].text
            if len(rest) > 1 or rest[0].quoted or aggregate not in AGGREGATES:
                known = ", ".join(sorted(AGGREGATES))
                self.fail(f"After a metric's name in quotes may only stand one of: {known}.", token)
            return Metric(key.text, aggregate)
        name, dot, aggregate = key.text.rpartition(".")
        if dot and name and aggregate in AGGREGATES and not key.quoted:
            return Metric(name, aggregate, loose=True)
        return Metric(key.text)

    def attribute(self, name: str, token: Token) -> Attribute:
        if self.ordering:
            first = self.entity.orders.get(name)
            valid = sorted(self.entity.orders)
        else:
            field = self.entity.attributes.get(name)
            first = field.name if field else None
            valid = sorted(self.entity.attributes)
        if first is None:
            done = "be ordered by" if self.ordering else "be searched by"
            self.fail(
                f"{self.entity.name.capitalize()} cannot {done} an attribute '{name[:60]}'; "
                f"valid are: {', '.join(valid)}.",
                token,
            )
        return Attribute(first)

    # What is needed here

    def truth(self, node: Node, start: Token) -> Condition:
        if isinstance(node, _CONDITIONS):
            return node
        place = self.next
        return self.fail(_unexpected(place, "an operator"), place if place.position > start.position else start)

    def operand(self, node: Node, start: Token) -> Operand:
        if isinstance(node, _CONDITIONS):
            self.fail("A comparison stands where a value is needed.", start)
        return node

    def number(self, node: Node, start: Token) -> Operand:
        """An operand of arithmetic."""
        operand = self.operand(node, start)
        numeric = isinstance(operand, Number | Now | Metric | Arithmetic) or (
            isinstance(operand, Attribute) and self.kind_of(operand) in NUMERIC
        )
        if not numeric:
            self.fail(f"{_shown(operand)} is no number, one cannot reckon with it.", start)
        return operand

    def kind_of(self, attribute: Attribute) -> Kind:
        field = self.entity.attributes.get(attribute.name)
        return field.kind if field else Kind.TEXT

    @property
    def next(self) -> Token:
        return self.tokens[self.index]

    def accept(self, word: str) -> bool:
        if self.next.word == word or (self.next.kind is Lexeme.SIGN and self.next.raw == word):
            self.index += 1
            return True
        return False

    def expect(self, word: str) -> None:
        if not self.accept(word):
            self.fail(_unexpected(self.next, word), self.next)

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"Nested more than {MAX_DEPTH} deep.", self.next)

    def fail(self, problem: str, token: Token) -> NoReturn:
        raise SearchSyntaxError(problem, self.text, token.position)


def _has_field(operand: Operand) -> bool:
    return any(isinstance(leaf, _FIELDS) for leaf in leaves(operand))


def _number(raw: str) -> int | float:
    """Digits are an int as long as a database's integer holds it; beyond, and with a point, it is a float."""
    return int(raw) if raw.isdecimal() and len(raw) <= 18 else float(raw)


def _quoted_number(text: str, kind: Kind) -> int | float | None:
    """The number that a quoted text stands for, where one may be quoted."""
    if kind in (Kind.ID, Kind.WHOLE):
        digits = text.removeprefix("-")
        return int(text) if digits.isascii() and digits.isdecimal() and len(digits) <= 18 else None
    if kind in TIMES:
        return moment.milliseconds(text)
    return None


def _unexpected(token: Token, wanted: str) -> str:
    found = "the end" if token.kind is Lexeme.END else token.raw[:60]
    return f"Expected {wanted}, found {found}."


def _shown(operand: Operand) -> str:
    match operand:
        case Attribute(name):
            return name
        case Metric(key):
            return f"The metric '{key[:60]}'"
        case Param(key):
            return f"The param '{key[:60]}'"
        case Tag(key):
            return f"The tag '{key[:60]}'"
        case Dataset(name):
            return f"The dataset's {name}"
        case _:
            return "This"
