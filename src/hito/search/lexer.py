"""Text → tokens, each with its place in the text.

    NAME      one or more parts joined by dots: metrics.accuracy, params.`batch size`, "run_name", BETWEEN
    TEXT      'in single quotes'          QUOTED    "in double quotes": a name on the left, a text on the right
    NUMBER    1, 0.5, .5, 1e-3            DURATION  30s, 5m, 2h, 7d, 1w, 250ms
    SIGN      = != < <= > >= + - * / ( ) ,

There is no escape inside quotes, which is MLflow's rule: a doubled quote or a backslash before a quote does not end
the text, and both characters stay in it.
"""

import re
from enum import Enum

from msgspec import Struct

from hito.core.errors import SearchSyntaxError

MAX_LENGTH = 1 << 20
"""Characters in a filter: as much as MLflow sends in a batch, and room for 25,000 run ids in an IN list."""


class Kind(Enum):
    NAME = "name"
    TEXT = "text"
    QUOTED = "quoted"
    NUMBER = "number"
    DURATION = "duration"
    SIGN = "sign"
    END = "end"


class Part(Struct, frozen=True):
    """A piece of a dotted name, without its quotes. Unquoted pieces after the first are one part: `a.b.c`."""

    text: str
    quoted: bool


class Token(Struct, frozen=True):
    """`raw` is the source text, `text` is what is between the quotes, `parts` those of a NAME."""

    kind: Kind
    raw: str
    position: int
    text: str = ""
    parts: tuple[Part, ...] = ()

    @property
    def word(self) -> str:
        """A NAME of one unquoted part in upper case, for comparing with keywords; '' for anything else."""
        if self.kind is Kind.NAME and len(self.parts) == 1 and not self.parts[0].quoted:
            return self.raw.upper()
        return ""


# Unrolled and possessive, so that a quote that is never closed costs one pass and no memory.
SINGLE = r"'[^'\\]*+(?:(?:''|\\'|\\)[^'\\]*+)*'"
DOUBLE = r'"[^"\\]*+(?:(?:""|\\"|\\)[^"\\]*+)*"'
BACK = r"`[^`]*+`"
_PLAIN = r"\w+(?:\.+\w+)*"
_PIECE = re.compile(rf"{BACK}|{DOUBLE}|{SINGLE}|(?P<plain>{_PLAIN})")
_TOKEN = re.compile(
    rf"""(?P<space>\s+)
    | (?P<name>(?:(?!\d){_PLAIN}|{BACK}|{DOUBLE}(?=\.))(?:\.(?:{_PLAIN}|{BACK}|{DOUBLE}|{SINGLE}))*)
    | (?P<text>{SINGLE})
    | (?P<quoted>{DOUBLE})
    | (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(?P<unit>ms|s|m|h|d|w)?(?!\w)
    | (?P<sign>!=|<=|>=|[=<>+\-*/(),])""",
    re.VERBOSE,
)

_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}


def tokens(text: str) -> list[Token]:
    """All tokens of a filter or an order, an END last.

    Raises: SearchSyntaxError: too long, a character that has no meaning, a quote that is not closed.
    """
    if len(text) > MAX_LENGTH:
        raise SearchSyntaxError(f"A filter may have {MAX_LENGTH} characters, this has {len(text)}.", text, MAX_LENGTH)
    _refuse_unstorable(text)
    found: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise SearchSyntaxError(_complaint(text, position), text, position)
        if match["space"] is None:
            found.append(_token(match))
        position = match.end()
    found.append(Token(Kind.END, "", len(text)))
    return found


def milliseconds(token: Token) -> int | float:
    """The length of a DURATION."""
    unit = token.raw.lstrip("0123456789.eE+-")
    amount = float(token.raw[: -len(unit)]) * _UNITS[unit]
    return int(amount) if amount == amount // 1 and abs(amount) < 2**53 else amount


def _token(match: re.Match[str]) -> Token:
    raw, position = match.group(), match.start()
    if match["name"] is not None:
        return Token(Kind.NAME, raw, position, parts=_parts(raw))
    if match["text"] is not None:
        return Token(Kind.TEXT, raw, position, text=raw[1:-1])
    if match["quoted"] is not None:
        return Token(Kind.QUOTED, raw, position, text=raw[1:-1])
    if match["unit"] is not None:
        return Token(Kind.DURATION, raw, position)
    if match["number"] is not None:
        return Token(Kind.NUMBER, raw, position)
    return Token(Kind.SIGN, raw, position)


def _parts(raw: str) -> tuple[Part, ...]:
    """`metrics.a.b` → metrics, a.b; ``metrics.`a.b`.max`` → metrics, a.b (quoted), max. The first dot is the border."""
    found: list[Part] = []
    position = 0
    while position < len(raw):
        match = _PIECE.match(raw, position)
        assert match is not None
        plain = match["plain"]
        if plain is None:
            found.append(Part(match.group()[1:-1], quoted=True))
        elif not found and "." in plain:
            first, rest = plain.split(".", 1)
            found += [Part(first, quoted=False), Part(rest, quoted=False)]
        else:
            found.append(Part(plain, quoted=False))
        position = match.end() + 1
    return tuple(found)


def _refuse_unstorable(text: str) -> None:
    """No store holds NUL or half a surrogate pair, and a database would fail on them instead of finding nothing."""
    if text.isascii() and "\0" not in text:
        return
    match = re.search("[\0\ud800-\udfff]", text)
    if match is not None:
        raise SearchSyntaxError(
            f"The character U+{ord(match.group()):04X} cannot be searched for.", text, match.start()
        )


def _complaint(text: str, position: int) -> str:
    character = text[position]
    if character in "'\"`":
        return f"The quote {character} is opened here and never closed."
    if character.isdigit() or character == ".":
        return "This is not a number. A name with a dash, slash, colon or leading digit needs quotes: params.`a-b`."
    if character == ";":
        return "One filter is one condition; join several with AND."
    return (
        f"The character {character!r} has no meaning here. A name that holds it needs quotes: params.`a{character}b`."
    )
