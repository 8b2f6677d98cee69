"""A piece of SQL together with the values of its question marks, so that the two cannot get out of step."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple


class Sql(NamedTuple):
    text: str
    values: tuple[Any, ...] = ()


TRUE = Sql("1 = 1")
FALSE = Sql("1 = 0")


def sql(text: str, *parts: "Sql | Any") -> Sql:
    """`text` with each `{}` replaced by the next Sql; any other part is the value of the next `?`.

    `sql("{} AND value > ?", fragment, 3)`: parts come in the order in which their marks stand.
    """
    pieces: list[str] = []
    values: list[Any] = []
    rest = iter(parts)
    position = 0
    while True:
        brace, mark = text.find("{}", position), text.find("?", position)
        if brace < 0 and mark < 0:
            pieces.append(text[position:])
            return Sql("".join(pieces), tuple(values))
        if mark < 0 or 0 <= brace < mark:
            inner = next(rest)
            pieces += (text[position:brace], inner.text)
            values += inner.values
            position = brace + 2
        else:
            values.append(next(rest))
            pieces.append(text[position : mark + 1])
            position = mark + 1


def joined(word: str, terms: Sequence[Sql]) -> Sql:
    """Terms with AND or OR between them, in parentheses.

    As a balanced tree: databases read `a AND b AND c …` as a ladder and refuse one of a thousand rungs.
    """
    if len(terms) == 1:
        return terms[0]
    middle = len(terms) // 2
    left, right = joined(word, terms[:middle]), joined(word, terms[middle:])
    return Sql(f"({left.text} {word} {right.text})", left.values + right.values)


def both(terms: Iterable[Sql]) -> Sql:
    """All terms must hold; those that always do are left out."""
    needed = [term for term in terms if term is not TRUE]
    if any(term is FALSE for term in needed):
        return FALSE
    return joined("AND", needed) if needed else TRUE


def either(terms: Iterable[Sql]) -> Sql:
    needed = [term for term in terms if term is not FALSE]
    if any(term is TRUE for term in needed):
        return TRUE
    return joined("OR", needed) if needed else FALSE
