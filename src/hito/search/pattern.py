"""Patterns in texts: LIKE, ILIKE and MATCHES, decided the same way by Python and by both databases.

`MATCHES` is RE2, whose time is linear in the text whatever the pattern; it looks for the pattern anywhere in the text.
"""

import functools
import re
from typing import Any

MAX_EXPRESSION = 1000
"""Characters in a regular expression."""


@functools.lru_cache(maxsize=256)
def compiled(expression: str) -> Any:
    """RE2's form of a regular expression.

    Raises: ValueError: it is too long, or RE2 does not know it (no back references, no look-around).
    """
    import re2  # only the server has it, and it is slow to import

    if len(expression) > MAX_EXPRESSION:
        raise ValueError(f"a regular expression may have {MAX_EXPRESSION} characters")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    try:
        return re2.compile(expression, options)
    except re2.error as error:
        raise ValueError(str(error.args[0]) if error.args else "not a regular expression") from error


def matches(expression: str, text: str) -> bool:
    return compiled(expression).search(text) is not None


@functools.lru_cache(maxsize=4096)
def variants(character: str) -> str:
    """The characters for which a letter of an ILIKE pattern stands, itself first: itself, lower and upper case.

    One character stands for one: 'ß' is not 'SS'. Databases differ in what they fold (SQLite only ASCII, PostgreSQL by
    its locale), so hito spells the cases out: `ñ` becomes `[ñÑ]`.
    """
    found = dict.fromkeys((character, character.lower(), character.upper(), character.upper().lower()))
    return "".join(one for one in found if len(one) == 1)


@functools.lru_cache(maxsize=256)
def like(pattern: str, fold: bool = False) -> re.Pattern[str]:
    """A LIKE (or, folding case, ILIKE) pattern as a regular expression that must match a whole text.

    For short texts of our own, such as the names of states; Python's `re` is not safe against long ones.
    """
    pieces = []
    for character in pattern:
        if character == "%":
            pieces.append(".*")
        elif character == "_":
            pieces.append(".")
        else:
            pieces.append(f"[{re.escape(variants(character))}]" if fold else re.escape(character))
    return re.compile("".join(pieces), re.DOTALL)


def has_wildcard(pattern: str) -> bool:
    """Whether a LIKE pattern can match more than one text."""
    return "%" in pattern or "_" in pattern


_QUANTIFIERS = "*+?"
_CLASSES = {"d": "[0-9]", "w": "[0-9A-Za-z_]", "s": "[\\t\\n\\f\\r ]"}
_BRACKETS = re.compile(r"\[\^?(?:[A-Za-z0-9_ .,/](?:-[A-Za-z0-9])?)+-?\]")


def portable(expression: str) -> str | None:
    r"""The same expression for PostgreSQL, if it is so simple that both engines must agree; else None.

    Literals, `.`, `^`, `$`, `|`, groups, brackets, the three quantifiers and \d \w \s: of these, only `.` means another
    thing (RE2's is no newline). What PostgreSQL cannot be given is decided in Python.
    """
    pieces: list[str] = []
    repeatable = False
    position = 0
    while position < len(expression):
        character = expression[position]
        rest = expression[position + 1 : position + 2]
        brackets = _BRACKETS.match(expression, position)
        if character in _QUANTIFIERS:
            if not repeatable:
                return None
            pieces.append(character)
            repeatable = False
        elif brackets is not None:
            pieces.append(brackets.group())
            repeatable = True
            position = brackets.end() - 1
        elif character == "\\":
            if rest not in _CLASSES and not (rest.isascii() and rest and not rest.isalnum()):
                return None
            pieces.append(_CLASSES.get(rest, f"\\{rest}"))
            repeatable = True
            position += 1
        elif character == ".":
            pieces.append("[^\\n]")
            repeatable = True
        elif character in "[]{}" or (character == "(" and rest in ("?", "*")):
            return None
        else:
            pieces.append(character)
            repeatable = character not in "^$|("
        position += 1
    return f"(?:{''.join(pieces)})" if pieces else None
