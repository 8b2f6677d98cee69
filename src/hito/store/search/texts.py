"""Tests of one text, said so that SQLite and PostgreSQL agree to the letter.

Neither database's own LIKE and ILIKE will do: SQLite's LIKE ignores the case of ASCII letters, PostgreSQL's ILIKE folds
what its locale knows. So LIKE is GLOB on SQLite, and ILIKE spells out both cases of every letter: as classes of a GLOB
(`[ñÑ]`) on SQLite, of a regular expression on PostgreSQL. MATCHES is RE2 in Python for both.
"""

import json
from collections.abc import Sequence

from hito.search.pattern import variants
from hito.store.search.fragment import FALSE, TRUE, Sql

_FEW = 20
"""Values of an IN list that are written out; a longer list is one parameter."""


def compared(dialect: str, value: str, operator: str, right: str) -> Sql:
    """A comparison of the SQL expression `value` with a text. MATCHES is not known here on PostgreSQL."""
    match operator:
        case "=" | "!=":
            return Sql(f"{value} {operator} ?", (right,))
        case "LIKE" | "NOT LIKE" | "ILIKE" | "NOT ILIKE":
            return _like(dialect, value, operator, right)
        case _:
            no = "NOT " if operator.startswith("NOT") else ""
            return Sql(f"{no}hito_matches(?, {value})", (right,))


def among(dialect: str, value: str, texts: Sequence[str], negated: bool = False) -> Sql:
    no = "NOT " if negated else ""
    if len(texts) <= _FEW:
        return Sql(f"{value} {no}IN ({', '.join('?' * len(texts))})", tuple(texts))
    if dialect == "sqlite":
        return Sql(f"{value} {no}IN (SELECT value FROM json_each(?))", (json.dumps(list(texts)),))
    return Sql(f"{no}({value} = ANY (?::text[]))", (list(texts),))


def among_numbers(dialect: str, value: str, numbers: Sequence[int], negated: bool = False) -> Sql:
    """The same for whole numbers, such as ids."""
    no = "NOT " if negated else ""
    if not numbers:  # an empty list in parentheses is no SQL to PostgreSQL
        return TRUE if negated else FALSE
    if len(numbers) <= _FEW:
        return Sql(f"{value} {no}IN ({', '.join('?' * len(numbers))})", tuple(numbers))
    if dialect == "sqlite":
        return Sql(f"{value} {no}IN (SELECT value FROM json_each(?))", (json.dumps(list(numbers)),))
    return Sql(f"{no}({value} = ANY (?::bigint[]))", (list(numbers),))


def begins(value: str, prefix: str) -> Sql:
    """That a text begins with a prefix, one character or more, as a range that an index can find."""
    end = _successor(prefix)
    return Sql(f"{value} >= ?", (prefix,)) if end is None else Sql(f"{value} >= ? AND {value} < ?", (prefix, end))


def _successor(prefix: str) -> str | None:
    """The first text after all that begin with the prefix."""
    while prefix:
        last = ord(prefix[-1])
        if last < 0x10FFFF:
            return prefix[:-1] + chr(0xE000 if last == 0xD7FF else last + 1)
        prefix = prefix[:-1]
    return None


def fixed_prefix(pattern: str) -> str:
    """What every text that is LIKE the pattern begins with."""
    return pattern[: min((place for place in (pattern.find("%"), pattern.find("_")) if place >= 0), default=None)]


def _like(dialect: str, value: str, operator: str, pattern: str) -> Sql:
    no = "NOT " if operator.startswith("NOT") else ""
    fold = operator.endswith("ILIKE")
    if not pattern.strip("%"):
        # `%` alone is true of every text there is.
        everything = Sql(f"{value} IS NOT NULL") if pattern else Sql(f"{value} = ''")
        return everything if not no else (FALSE if pattern else Sql(f"{value} != ''"))
    if dialect == "sqlite":
        return Sql(f"{value} {no}GLOB ?", (_glob(pattern, fold),))
    if not fold:
        # An empty ESCAPE means that no character escapes.
        return Sql(f"{value} {no}LIKE ? ESCAPE ''", (pattern,))
    return Sql(f"{value} {'!~' if no else '~'} ?", (_regular(pattern),))


def _glob(pattern: str, fold: bool) -> str:
    pieces = []
    for character in pattern:
        if character == "%":
            pieces.append("*")
        elif character == "_":
            pieces.append("?")
        elif fold and len(variants(character)) > 1:
            pieces.append(f"[{variants(character)}]")
        else:
            pieces.append(f"[{character}]" if character in "*?[" else character)
    return "".join(pieces)


def _regular(pattern: str) -> str:
    """The pattern as PostgreSQL's regular expression, where `.` is any character and ^ and $ are the very ends."""
    pieces = []
    for character in pattern:
        if character == "%":
            pieces.append(".*")
        elif character == "_":
            pieces.append(".")
        elif len(variants(character)) > 1:
            pieces.append(f"[{variants(character)}]")
        else:
            pieces.append(f"\\{character}" if character.isascii() and not character.isalnum() else character)
    return f"^(?:{''.join(pieces)})$"
