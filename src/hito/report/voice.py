"""What the report says, in the reader's language: sentences by key, numbers by custom.

voice.say("verdict.right", share="95.8 %")      words/en.py, words/es.py
voice.number(0.9583)                            0.958      0,958
"""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from hito.core.errors import InvalidArgument
from hito.report.words import en, es

LANGUAGES: Mapping[str, Mapping[str, str]] = MappingProxyType({"en": en.WORDS, "es": es.WORDS})

_THIN = "\u202f"
"""A narrow space that does not break: between a number and its unit, and between thousands."""


class Voice:
    """A language. Raises: InvalidArgument: there is no such."""

    def __init__(self, language: str) -> None:
        words = LANGUAGES.get(language)
        if words is None:
            raise InvalidArgument(f"A report speaks {' or '.join(LANGUAGES)}; '{language}' it does not.")
        self.language = language
        self._words = words
        self._point = "," if language == "es" else "."

    def say(self, key: str, **values: object) -> str:
        """The sentence of a key with its gaps filled."""
        return self.fill(key, values)

    def fill(self, key: str, values: Mapping[str, object]) -> str:
        return self._words[key].format_map(values)

    def knows(self, key: str) -> bool:
        return key in self._words

    def name(self, kind: str, given: str) -> str:
        """The word for one of a kind (`score`, `rule`, …); its own name, made readable, if there is none."""
        return self._words.get(f"{kind}.{given}") or given.replace("_", " ")

    def number(self, value: float | None, digits: int = 3) -> str:
        """Significant digits, more where the whole part needs them: 0.958, 12.3, 1 234, 1.2e-7."""
        if value is None or math.isnan(value):
            return "–"
        if math.isinf(value):
            return "∞" if value > 0 else "−∞"
        size = abs(value)
        if size != 0 and (size >= 1e7 or size < 10 ** -(digits + 1)):
            mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
            return self._dressed(mantissa) + f"×10{_raised(int(exponent))}"
        whole = math.floor(math.log10(size)) + 1 if size >= 1 else 0
        written = f"{value:.{max(digits - whole, 0)}f}"
        if value == int(value) and whole:
            written = f"{value:.0f}"
        return self._dressed(written)

    def fixed(self, value: float | None, places: int = 3) -> str:
        """A number with so many places: for columns of numbers that are compared."""
        return "–" if value is None or not math.isfinite(value) else self._dressed(f"{value:.{places}f}")

    def score(self, value: float | None) -> str:
        """A score in a column of scores: three decimals while it is below ten, or what the number needs."""
        if value is None or not math.isfinite(value):
            return self.number(value)
        size = abs(value)
        return self.fixed(value) if size < 1e-9 or 5e-4 <= size < 10 else self.number(value)

    def tick(self, value: float, places: int) -> str:
        """A number on an axis whose step needs so many decimals."""
        if value == 0:
            return "0"
        if abs(value) >= 1e6 or places > 5:
            return self.number(value, 2)
        return self._dressed(f"{value:.{places}f}")

    def tick_share(self, value: float, places: int) -> str:
        return self.percent(value, max(0, places - 2))

    def unit_ticks(self, steps: int = 4) -> tuple[tuple[float, str], ...]:
        """From 0 to 1."""
        return tuple((at / steps, self._dressed(f"{at / steps:g}")) for at in range(steps + 1))

    def count(self, value: float) -> str:
        """A number of things."""
        return self._dressed(f"{value:.0f}" if value == round(value) else f"{value:.1f}")

    def percent(self, value: float | None, places: int = 1) -> str:
        if value is None or math.isnan(value):
            return "–"
        return self._dressed(f"{100 * value:.{places}f}") + f"{_THIN}%"

    def p(self, value: float | None) -> str:
        """A p-value; what lies below a thousandth is not told apart."""
        if value is None:
            return "–"
        return f"<{_THIN}{self.fixed(0.001)}" if value < 0.001 else self.fixed(value, 3 if value < 0.1 else 2)

    def cell(self, value: float | str | None) -> str:
        """A value of the data."""
        if value is None:
            return self.say("missing")
        return value if isinstance(value, str) else self.number(value, 4)

    def duration(self, seconds: float) -> str:
        if seconds < 1:
            return f"{seconds * 1000:.0f}{_THIN}ms"
        if seconds < 60:
            return f"{self.number(seconds, 2)}{_THIN}s"
        minutes, rest = divmod(round(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}{_THIN}h {minutes:02d}{_THIN}min" if hours else f"{minutes}{_THIN}min {rest:02d}{_THIN}s"

    def moment(self, milliseconds: float) -> str:
        """A time, UTC: the report is read elsewhere than where it was made."""
        try:
            when = datetime.fromtimestamp(milliseconds / 1000, UTC)
        except (ValueError, OverflowError, OSError):
            return str(milliseconds)
        month = self.say(f"month.{when.month}")
        return self.say("moment", day=when.day, month=month, year=when.year, time=f"{when:%H:%M}")

    def size(self, length: int) -> str:
        for unit, at in (("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10)):
            if length >= at:
                return f"{self.number(length / at, 2)}{_THIN}{unit}"
        return f"{length}{_THIN}B"

    def _dressed(self, written: str) -> str:
        """Sign, point and thousands as they are printed."""
        sign, digits = ("−", written[1:]) if written.startswith("-") else ("", written)
        if not digits.strip("0."):
            sign = ""
        whole, point, rest = digits.partition(".")
        if len(whole) > 4:
            whole = f"{int(whole):,}".replace(",", _THIN)
        return sign + whole + (self._point if point else "") + rest


def _raised(number: int) -> str:
    return str(number).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
