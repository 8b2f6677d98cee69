"""What stands in a query bar: a filter of the grammar, or a plain text that looks for runs by their names."""

import re
from typing import Literal, NamedTuple

from hito.core.errors import SearchSyntaxError
from hito.search.ast import And, Attribute, Compare, Condition, Text
from hito.search.fields import RUNS
from hito.search.parser import parse_filter

MAX_TEXT = 500
"""Characters of a plain text; a run's name may be as long."""

# A comparison, a word of the grammar in capitals, or a field by its prefix: somebody means a filter.
_MEANT = re.compile(
    r"[=<>]|\b(?:LIKE|ILIKE|MATCHES|IN|BETWEEN|IS|AND|OR|NOT)\b"
    r"|^\s*(?:metrics?|params?|parameters?|tags?|attributes?|attr|run|datasets?)\.",
)
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class Query(NamedTuple):
    """A query, understood. `condition` is None if everything is wanted; `problem` says why it is wrong."""

    kind: Literal["filter", "text", "wrong"]
    condition: Condition | None = None
    problem: SearchSyntaxError | None = None


def understood(query: str) -> Query:
    """What a query means. It is a text only if it cannot be a filter and does not look like one."""
    text = query.strip()
    if not text:
        return Query("filter")
    try:
        return Query("filter", parse_filter(query, RUNS))
    except SearchSyntaxError as problem:
        if _MEANT.search(query) or _UNSTORABLE.search(query) or len(text) > MAX_TEXT:
            return Query("wrong", problem=problem)
    return Query("text", _named(text))


def condition_of(query: str) -> Condition | None:
    """The condition that a query states.

    Raises: SearchSyntaxError: it is wrong.
    """
    found = understood(query)
    if found.problem is not None:
        raise found.problem
    return found.condition


def span(problem: SearchSyntaxError) -> tuple[int, int]:
    """Where a problem begins and ends in its text: the word at which sense ends, or the last character."""
    start = min(problem.position, len(problem.text))
    word = re.compile(r"\S+").match(problem.text, start)
    return (start, word.end()) if word else (max(0, start - 1), max(start, 1))


def _named(text: str) -> Condition:
    """Runs whose names hold a text, in any case."""
    name = Attribute("run_name")
    contained = Compare(name, "ILIKE", Text(f"%{text}%"))
    if "%" not in text and "_" not in text:
        return contained
    # To ILIKE these two stand for any text, and nothing escapes them: a second look keeps what has them literally.
    return And((contained, Compare(name, "MATCHES", Text(f"(?i){re.escape(text)}"))))
