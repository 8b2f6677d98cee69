"""Runs that match a filter, in order, a page at a time."""

from collections.abc import Sequence

from hito.core.runs import ViewType
from hito.search import page
from hito.search.ast import Condition, Order
from hito.search.fields import RUNS
from hito.search.page import Value
from hito.search.parser import parse_filter, parse_order
from hito.store.database import Row, Tx
from hito.store.search import keyset
from hito.store.search.conditions import Conditions
from hito.store.search.drivers import Partition
from hito.store.search.fragment import TRUE, Sql, both, sql
from hito.store.search.keyset import Column, Page
from hito.store.search.plan import Finder
from hito.store.search.run_fields import RunFields, keys, settled, settled_operand
from hito.store.search.texts import among_numbers

MERGED = 64
"""Partitions that are searched one by one, a page of each; above, all their runs are sorted together."""


def search_runs(
    tx: Tx,
    experiment_ids: Sequence[int],
    filter: str = "",
    order_by: Sequence[str] = (),
    view: ViewType = ViewType.ACTIVE_ONLY,
    max_results: int = 1000,
    token: str = "",
) -> Page:
    """Internal ids of the runs of some experiments that match.

    Args:
        experiment_ids: where to look; none means no runs. Those that do not exist have no runs.
        order_by: see docs/search.md; by default the newest first. Ties: start_time DESC, then run_id.
        view: whether active runs, deleted ones, or both.
        max_results: at least 1; the caller states the upper limit.
        token: of the page before, with everything else but max_results the same; '' for the first.
    Raises: InvalidArgument: the filter, the order or the token makes no sense.
    """
    condition = parse_filter(filter, RUNS)
    orders = parse_order(order_by, RUNS)
    experiments = sorted(set(experiment_ids))
    digest = page.digest("runs", experiments, filter, list(order_by), int(view))
    return find_runs(tx, experiments, condition, orders, view, max_results, token, digest)


def find_runs(
    tx: Tx,
    experiments: Sequence[int],
    condition: Condition | None,
    orders: Sequence[Order],
    view: ViewType,
    max_results: int,
    token: str,
    digest: bytes,
) -> Page:
    """The same for a filter and an order that are trees already.

    Args:
        experiments: each once.
        digest: what the search is, for its page tokens.
    """
    condition = settled(tx, experiments, condition)
    orders = tuple(Order(settled_operand(tx, experiments, order.operand), order.ascending) for order in orders)
    fields = RunFields(tx, experiments)
    conditions = Conditions(tx, fields)
    beside = Conditions(tx, RunFields(tx, experiments, "d.run_id"))
    wanted = keys(fields, conditions, orders, tx.dialect)
    columns = [column for key in wanted for column in key.columns]
    start = page.decode(token, digest, [column.types for column in columns])
    if not experiments:  # only now: a filter that makes no sense is refused wherever it looks
        return Page([], None)
    found: list[Row] = []
    here = partitions(tx, experiments, view)
    if len(here) <= MERGED:
        for partition in here:
            finder = Finder(tx, partition, conditions, beside)
            found += finder.find(finder.terms(condition), wanted, start, max_results + 1)
        if len(here) > 1:
            found = keyset.in_order(found, columns)
    else:
        found = _all_at_once(tx, experiments, view, condition, conditions, columns, start, max_results + 1)
    return keyset.cut(found[: max_results + 1], 1, max_results, digest)


def partitions(tx: Tx, experiments: Sequence[int], view: ViewType) -> list[Partition]:
    """Where there are runs to look at."""
    flags = {ViewType.ACTIVE_ONLY: (0,), ViewType.DELETED_ONLY: (1,), ViewType.ALL: (0, 1)}[view]
    found = []
    for deleted in flags:
        here = among_numbers(tx.dialect, "e.id", experiments)
        some = f"EXISTS (SELECT 1 FROM runs AS r WHERE r.experiment_id = e.id AND r.deleted = {deleted})"
        query = sql(f"SELECT e.id FROM experiments AS e WHERE {{}} AND {some}", here)
        found += [Partition(row[0], deleted) for row in tx.all(query.text, query.values)]
    return found


def _all_at_once(
    tx: Tx,
    experiments: Sequence[int],
    view: ViewType,
    condition: Condition | None,
    conditions: Conditions,
    columns: Sequence[Column],
    start: Sequence[Value],
    limit: int,
) -> list[Row]:
    """All runs of many experiments that pass, sorted: no index has them together in any order."""
    where = both(
        [
            among_numbers(tx.dialect, "r.experiment_id", experiments),
            TRUE if view == ViewType.ALL else Sql(f"r.deleted = {int(view == ViewType.DELETED_ONLY)}"),
            conditions.write(condition) if condition is not None else TRUE,
        ]
    )
    return keyset.rows(tx, ["r.id"], Sql("runs AS r"), where, columns, start, limit)
