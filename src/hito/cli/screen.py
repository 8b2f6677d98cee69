"""What a terminal is shown: its width, colours only for people, and no text of a run that could steer it."""

import os
import sys
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_PIPED = 200
"""Columns of a file or pipe, which has none of its own: wide enough that lines are seldom broken."""


def screen() -> "Console":
    """The console to print on. Colours are left out where nobody looks, and on request (NO_COLOR)."""
    from rich.console import Console

    piped = not sys.stdout.isatty() and not os.environ.get("COLUMNS")
    return Console(highlight=False, emoji=False, markup=False, width=_PIPED if piped else None)


def plain(text: str) -> str:
    """A text of somebody's run with everything visible: control characters and changes of direction as escapes."""
    return "".join(one if _harmless(one) else one.encode("unicode_escape").decode() for one in text)


def _harmless(character: str) -> bool:
    return character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cf", "Cs")


def words(text: str, style: str = "") -> "Text":
    """A text of somebody's run, as rich takes it."""
    from rich.text import Text

    return Text(plain(text), style)
