"""Prompts live among registered models, marked by a tag, and ordinary searches must not show them.

A filter says which it wants by its clause on that tag, whose rules are its own:

    no clause on the tag, `!= 'true'`, `= 'false'`   everything but prompts: also what has no such tag
    `= 'true'`, `!= 'false'`                         prompts

MLflow's client puts `!= 'true'` on every search of registered models, where a missing tag must match: for any other tag
it would not.
"""

from hito.core.models import IS_PROMPT
from hito.search.ast import Among, And, Between, Compare, Condition, Missing, Not, Or, Tag, Text

_TAG = Tag(IS_PROMPT)


def mentioned(condition: Condition | None) -> bool:
    """Whether a filter has any clause on the tag, so that nothing is hidden by default."""
    match condition:
        case None:
            return False
        case And(terms) | Or(terms):
            return any(mentioned(term) for term in terms)
        case Not(term):
            return mentioned(term)
        case Compare(left) | Among(left) | Between(left) | Missing(left):
            return left == _TAG


def wants(condition: Condition) -> bool | None:
    """What a clause on the tag asks for: prompts, everything else, or None if it is not such a clause."""
    match condition:
        case Compare(left, "=", Text("true")) | Compare(left, "!=", Text("false")) if left == _TAG:
            return True
        case Compare(left, "!=", Text("true")) | Compare(left, "=", Text("false")) if left == _TAG:
            return False
    return None
