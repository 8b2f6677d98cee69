"""What can be asked of runs: the names of their fields, values to complete, and whether a query is right."""

from hito.api.context import Bindings, Context
from hito.api.ui.rows import check_limit
from hito.api.ui.scope import fields_of, scope_of
from hito.core import rules
from hito.search.query import span, understood
from hito.store import completion
from hito.wire.ui import runs as wire

MAX_NAMES = 5000
MAX_VALUES = 500


def fields(context: Context, message: wire.Where) -> wire.Fields:
    here = scope_of(context.tx, message).experiments
    metrics, params, tags = (
        completion.names(context.tx, table, here, MAX_NAMES + 1) for table in ("metric_latest", "params", "tags")
    )
    cut = max(len(metrics), len(params), len(tags)) > MAX_NAMES
    return wire.Fields(metrics[:MAX_NAMES], params[:MAX_NAMES], tags[:MAX_NAMES], cut)


def values(context: Context, message: wire.FieldValues) -> wire.Values:
    check_limit(message.max_results, MAX_VALUES)
    begins = rules.check_text(message.begins, rules.MAX_TAG_VALUE, "begins")
    [field] = fields_of([message.field])
    here = scope_of(context.tx, message).experiments
    return wire.Values(completion.values(context.tx, field, begins, here, message.max_results))


def check(context: Context, message: wire.CheckQuery) -> wire.Checked:
    found = understood(message.query)
    if found.problem is None:
        return wire.Checked(kind=found.kind)
    start, end = span(found.problem)
    return wire.Checked(kind=found.kind, problem=found.problem.problem, start=start, end=end)


BINDINGS: Bindings = [(wire.FIELDS, fields), (wire.VALUES, values), (wire.CHECK, check)]
