"""Which runs a message of the page is about: its `Where`, understood."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from msgspec import structs

from hito.core import rules
from hito.core.runs import ViewType
from hito.search import page
from hito.search.ast import And, Compare, Condition, Missing, Operand, Order, Tag, Text
from hito.search.fields import RUNS
from hito.search.parser import parse_order
from hito.search.query import condition_of
from hito.store.database import Tx
from hito.store.experiments import in_folder
from hito.store.run_rows import PARENT
from hito.store.search.keyset import Page
from hito.store.search.matching import Matching
from hito.store.search.runs import find_runs
from hito.wire.types import enum_of
from hito.wire.ui.runs import Ordered, Where

_PARENT = Tag(PARENT)
_SHOWN = structs.replace(RUNS, ordered=RUNS.ordered | {"dataset"})
"""Runs, as far as a column is concerned: a dataset cannot be ordered by, but shown."""


class Scope(NamedTuple):
    """Where to look, and what must hold there."""

    experiments: list[int]
    condition: Condition | None
    view: ViewType


def scope_of(tx: Tx, where: Where) -> Scope:
    """What a `Where` means now.

    Raises: InvalidArgument: an id or the query makes no sense.
    """
    ids = sorted({rules.check_experiment_id(one) for one in where.experiment_ids})
    view = enum_of(ViewType, where.view, "view")
    terms = [condition_of(where.query)]
    if where.roots:
        terms.append(Missing(_PARENT))
    if where.parent:
        terms.append(Compare(_PARENT, "=", Text(rules.check_text(where.parent, rules.MAX_TAG_VALUE, "parent"))))
    if where.folder or not ids:
        rules.check_text(where.folder, rules.MAX_TAG_VALUE, "folder")
        ids = sorted({*ids, *in_folder(tx, where.folder)})
    return Scope(ids, _all_of([term for term in terms if term is not None]), view)


def ordered(tx: Tx, where: Ordered, limit: int, token: str) -> Page:
    """A page of the runs in their order."""
    scope = scope_of(tx, where)
    # Not the experiments that were found: a new one in the folder must not end somebody's scrolling.
    digest = page.digest(
        "page",
        where.experiment_ids,
        where.folder,
        where.query,
        int(scope.view),
        where.roots,
        where.parent,
        where.order_by,
    )
    orders = parse_order(where.order_by, RUNS)
    return find_runs(tx, scope.experiments, scope.condition, orders, scope.view, limit, token, digest)


def matching(tx: Tx, where: Where) -> Matching:
    """All of the runs, in no order."""
    scope = scope_of(tx, where)
    return Matching(tx, scope.experiments, scope.condition, scope.view)


def fields_of(texts: Sequence[str]) -> list[Operand]:
    """Columns by their texts, such as `metrics.auc.max`.

    Raises: SearchSyntaxError: one is no field.
    """
    return [_field(text) for text in texts]


@lru_cache(maxsize=4096)
def _field(text: str) -> Operand:
    orders: tuple[Order, ...] = parse_order([text], _SHOWN)
    return orders[0].operand


def _all_of(terms: Sequence[Condition]) -> Condition | None:
    """All terms, as one flat condition."""
    flat = tuple(part for term in terms for part in (term.terms if isinstance(term, And) else (term,)))
    return None if not flat else flat[0] if len(flat) == 1 else And(flat)
