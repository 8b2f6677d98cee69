"""Functions that a SQLite connection must know before it can search."""

from collections.abc import Callable
from typing import Any

from hito.search import pattern


def functions() -> dict[str, Callable[..., Any]]:
    """Name → function, all deterministic, to be registered on every connection that reads."""
    return {"hito_matches": _matches}


def _matches(expression: str, text: str | None) -> bool | None:
    return None if text is None else pattern.matches(expression, text)
