"""Runs that match a filter, in order, a page at a time."""

from collections.abc import Sequence

from hito.core.runs import ViewType
from hito.search import page
from hito.search.ast import Order
from hito.search.fields import RUNS
from hito.search.parser import parse_filter, parse_order
from hito.store.database import Tx
from hito.store.search import keyset
from hito.store.search.conditions import Conditions
from hito.store.search.fragment import TRUE, Sql, both
from hito.store.search.keyset import Page
from hito.store.search.run_fields import RunFields, columns, settled, settled_operand
from hito.store.search.texts import among_numbers


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

    condition = settled(tx, experiments, condition)
    orders = tuple(Order(settled_operand(tx, experiments, order.operand), order.ascending) for order in orders)
    fields = RunFields(tx, experiments)
    conditions = Conditions(tx, fields)
    order = columns(fields, conditions, orders, tx.dialect)
    start = page.decode(token, digest, [column.types for column in order])
    if not experiments:
        return Page([], None)

    where = both(
        [
            among_numbers(tx.dialect, "r.experiment_id", experiments),
            TRUE if view == ViewType.ALL else Sql(f"r.deleted = {int(view == ViewType.DELETED_ONLY)}"),
            conditions.write(condition) if condition is not None else TRUE,
        ]
    )
    rows = keyset.rows(tx, ["r.id"], "runs AS r", where, order, start, max_results + 1)
    return keyset.cut(rows, 1, max_results, digest)
