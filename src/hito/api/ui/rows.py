"""Rows of runs: a page of a table, the order of all, what surrounds a run."""

from collections.abc import Sequence

import numpy as np

from hito.api.context import Bindings, Context
from hito.api.ui.scope import fields_of, matching, ordered, scope_of
from hito.core.errors import InvalidArgument
from hito.core.runs import ACTIVE, DELETED
from hito.store import experiments, run_links, run_rows, runs
from hito.store.cells import Cells
from hito.store.database import Tx
from hito.store.run_rows import RowHead
from hito.wire.ui import runs as wire
from hito.wire.ui.frame import encode_frame

MAX_ROWS = 1000
MAX_ORDER = 100_000
MAX_COLUMNS = 2000
MAX_BY_ID = 500
MAX_MANY = 100
MAX_CHILDREN = 200
MAX_RECENT = 200
COUNT_SECONDS = 0.25
"""How long somebody who wants a number waits for it."""


def table(context: Context, message: wire.TableRows) -> wire.TablePage:
    check_limit(message.max_results, MAX_ROWS)
    check_columns(message.columns)
    page = ordered(context.tx, message, message.max_results, message.page_token)
    here = scope_of(context.tx, message).experiments
    return wire.TablePage(rows_of(context.tx, page.ids, message.columns, here), page.token)


def order(context: Context, message: wire.RunOrder) -> bytes:
    check_limit(message.max_results, MAX_ORDER)
    page = ordered(context.tx, message, message.max_results, message.page_token)
    return encode_frame([("ids", np.array(page.ids, np.uint32), None)], {"next_page_token": page.token})


def by_id(context: Context, message: wire.RowsById) -> wire.Rows:
    if len(message.ids) > MAX_BY_ID:
        raise InvalidArgument(f"'ids' names {len(message.ids)} runs, at most {MAX_BY_ID} are allowed; ask in parts.")
    check_columns(message.columns)
    return wire.Rows(rows_of(context.tx, message.ids, message.columns))


def count(context: Context, message: wire.Where) -> wire.Counted:
    return wire.Counted(*matching(context.tx, message).count(COUNT_SECONDS))


def recent(context: Context, message: wire.RecentRuns) -> wire.Rows:
    check_limit(message.max_results, MAX_RECENT)
    return wire.Rows(rows_of(context.tx, run_rows.newest(context.tx, message.max_results), []))


def many(context: Context, message: wire.ManyRuns) -> wire.WholeRuns:
    if len(message.run_ids) > MAX_MANY:
        raise InvalidArgument(f"'run_ids' names {len(message.run_ids)} runs, at most {MAX_MANY} are allowed.")
    found = [runs.find(context.tx, run_id) for run_id in message.run_ids]
    ids = [run.id for run in found if run is not None]
    return wire.WholeRuns(runs.get_many(context.tx, ids, with_model_inputs=True) if ids else [])


def around(context: Context, message: wire.AroundRun) -> wire.Around:
    tx = context.tx
    run = runs.existing(tx, message.run_id)
    [head] = run_rows.heads(tx, [run.id])
    parent = runs.find(tx, head.parent) if head.parent else None
    parents = run_rows.heads(tx, [parent.id]) if parent else []
    below = wire.RunOrder(experiment_ids=[str(run.experiment_id)], parent=run.uuid)
    ids = ordered(tx, below, MAX_CHILDREN, "").ids if head.children else []
    return wire.Around(
        experiments.get(tx, run.experiment_id).name,
        wire.RunLink(parents[0].run_id, parents[0].name) if parents else None,
        rows_of(tx, ids, []),
        head.children,
        [
            wire.VersionLink(link.name, str(link.version), link.stage, link.aliases)
            for link in run_links.versions(tx, run.uuid)
        ],
        [wire.LoggedModelLink(*link) for link in run_links.models(tx, run.uuid)],
    )


def rows_of(tx: Tx, ids: Sequence[int], columns: Sequence[str], here: Sequence[int] | None = None) -> list[wire.RunRow]:
    """Rows of runs by their internal ids, with the values of columns. `here`: the experiments where one looks."""
    heads = run_rows.heads(tx, ids)
    if not heads:
        return []
    if here is None:
        here = sorted({head.experiment_id for head in heads})
    values = Cells(tx, here, fields_of(columns)).rows([head.id for head in heads])
    return [_row(head, cells) for head, cells in zip(heads, values, strict=True)]


def check_limit(given: int, most: int) -> None:
    if not 1 <= given <= most:
        raise InvalidArgument(f"Invalid value {given} for parameter 'max_results': expected 1 to {most}.")


def check_columns(columns: Sequence[str]) -> None:
    if len(columns) > MAX_COLUMNS:
        raise InvalidArgument(f"'columns' names {len(columns)} fields, at most {MAX_COLUMNS} are allowed.")


def _row(head: RowHead, values: list[wire.Cell]) -> wire.RunRow:
    return wire.RunRow(
        head.id,
        head.run_id,
        str(head.experiment_id),
        head.name,
        head.status,
        DELETED if head.deleted else ACTIVE,
        head.start_time,
        head.end_time,
        head.user_id,
        head.parent,
        head.children,
        values,
    )


BINDINGS: Bindings = [
    (wire.TABLE, table),
    (wire.RUN_ORDER, order),
    (wire.RUN_ROWS, by_id),
    (wire.COUNT, count),
    (wire.RECENT, recent),
    (wire.MANY, many),
    (wire.AROUND, around),
]
