"""Runs as the page asks for them: rows with chosen columns, their order, groups, columns of numbers, changes in bulk."""

from typing import ClassVar

from msgspec import Struct

from hito.core.runs import Run
from hito.wire.endpoint import Action, Endpoint, Message, Right, Subject
from hito.wire.types import EnumIn, Int64

_PATH = "/hito/runs/"
_SEARCH, _READ = Right(Action.SEARCH, Subject.RUN), Right(Action.READ, Subject.RUN)

Cell = float | str | None
"""A value in a table: a metric's number ("NaN" for a NaN), a text, or nothing."""


class Where(Message):
    """Which runs. Without experiments and folder: all of them.

    `folder` means every experiment of that name, and those whose names begin with it and a slash. `query` is what stands
    in the query bar: a filter of the grammar, or a plain text, which looks for runs whose name has it in any case.
    `roots` leaves out runs that are children of other runs; `parent` asks for the children of one run, by its run_id.
    """

    experiment_ids: list[str] = []
    folder: str = ""
    query: str = ""
    view: EnumIn = "ACTIVE_ONLY"
    roots: bool = False
    parent: str = ""


class Ordered(Where):
    """`order_by` as in MLflow, e.g. `metrics.auc.max DESC`; ties and default: the newest first."""

    order_by: list[str] = []


class TableRows(Ordered):
    """A page of rows. `columns`: fields of the grammar, e.g. `params.depth`, `metrics.auc.max`, `tags.team`, `duration`."""

    columns: list[str] = []
    max_results: Int64 = 100
    page_token: str = ""


class RunRow(Struct, frozen=True, gc=False):
    """A run in a table. `id` is the store's own number, for RUN_ROWS and orders; `values` stand as `columns` were asked."""

    id: int
    run_id: str
    experiment_id: str
    name: str
    status: str
    lifecycle_stage: str
    start_time: int
    end_time: int | None
    user_id: str
    parent: str
    """run_id of the parent; '' if none."""
    children: int
    values: list[Cell]


class TablePage(Struct, frozen=True, omit_defaults=True):
    rows: list[RunRow] = []
    next_page_token: str | None = None


class RunOrder(Ordered):
    """Numbers (`RunRow.id`) of all runs, in order, as a frame with the column `ids`; up to `max_results` a page."""

    max_results: Int64 = 50_000
    page_token: str = ""


class RowsById(Message):
    """Rows of runs whose numbers are known, in their order; a run that is gone is left out. At most 500."""

    ids: list[Int64] = []
    columns: list[str] = []


class Rows(Struct, frozen=True):
    rows: list[RunRow] = []


class Counted(Struct, frozen=True):
    """How many runs there are. `at_least`: counting stopped there, since it would take too long."""

    count: int
    at_least: bool = False


class Fields(Struct, frozen=True):
    """Names of what the runs have, in alphabetical order."""

    metrics: list[str] = []
    params: list[str] = []
    tags: list[str] = []
    cut: bool = False
    """Whether there are more than are listed."""


class FieldValues(Where):
    """Values that `field` has (params, tags, run_name, user_id, status …), beginning with `begins`, for completion."""

    field: str = ""
    begins: str = ""
    max_results: Int64 = 50
    required: ClassVar[tuple[str, ...]] = ("field",)


class Values(Struct, frozen=True):
    values: list[str] = []


class CheckQuery(Message):
    query: str = ""


class Checked(Struct, frozen=True, kw_only=True):
    """What a query is: a `filter`, a plain `text`, or `wrong`: then `problem` begins at character `start`, ends before `end`."""

    kind: str
    problem: str = ""
    start: int = 0
    end: int = 0


class GroupRuns(Where):
    """Groups of runs with equal values of the fields `by`; `metrics` are summed up for each. Sorted by `order`:
    `count`, `newest`, or a place in `metrics` as `mean 0`, `min 0`, `max 0`; `descending` as it says.
    """

    by: list[str] = []
    metrics: list[str] = []
    order: str = "newest"
    descending: bool = True
    max_results: Int64 = 500
    required: ClassVar[tuple[str, ...]] = ("by",)


class Summary(Struct, frozen=True):
    """One metric over the runs of a group. Runs without it, or with NaN, do not count; `std` is the sample's (n - 1)."""

    count: int
    mean: float | None
    std: float | None
    min: float | None
    max: float | None
    min_run: str
    """run_id of the run that has the minimum."""
    max_run: str


class Group(Struct, frozen=True):
    values: list[str | None]
    """What the runs share, as `by` was asked; None: they have no such value."""
    count: int
    newest: int
    """When the latest of them started, ms."""
    query: str
    """A filter that finds exactly the runs of this group when it is joined to the query by AND."""
    metrics: list[Summary]


class Groups(Struct, frozen=True):
    groups: list[Group] = []
    total: int = 0
    """Groups in all; more than are given if they were cut."""


class RunColumns(Ordered):
    """Columns of values for charts, as a frame: `ids`, then a column per field, of the first `max_results` runs in order.

    A field whose values are all numbers (also params that are written as numbers) comes as float64, a gap as NaN; another
    one as int32 places in its `words`, a gap as -1.
    """

    columns: list[str] = []
    max_results: Int64 = 10_000


class ChangeRuns(Message):
    """One change to many runs: `delete`, `restore`, `set_tag` (key, value), `delete_tag` (key), `rename` (value)."""

    run_ids: list[str] = []
    action: str = ""
    key: str = ""
    value: str = ""
    required: ClassVar[tuple[str, ...]] = ("run_ids", "action")


class Changed(Struct, frozen=True):
    """`before`: what each changed run had (the tag's value or the name; None: it had none), so that it can be undone."""

    run_ids: list[str] = []
    before: list[str | None] = []


class ExportRuns(Ordered):
    """All runs as a file: `format` is `csv` or `json`. Cells that a spreadsheet would take for a formula are made harmless."""

    columns: list[str] = []
    format: str = "csv"


class ManyRuns(Message):
    """Whole runs, in the order of `run_ids`; at most 100. One that does not exist is left out."""

    run_ids: list[str] = []
    required: ClassVar[tuple[str, ...]] = ("run_ids",)


class WholeRuns(Struct, frozen=True):
    runs: list[Run] = []


class AroundRun(Message):
    run_id: str = ""
    required: ClassVar[tuple[str, ...]] = ("run_id",)


class RunLink(Struct, frozen=True):
    run_id: str
    name: str


class VersionLink(Struct, frozen=True):
    name: str
    version: str
    stage: str
    aliases: list[str]


class LoggedModelLink(Struct, frozen=True):
    model_id: str
    name: str
    status: str


class Around(Struct, frozen=True):
    """What surrounds a run. `children`: the first 200, newest first."""

    experiment: str
    parent: RunLink | None
    children: list[RunRow]
    children_count: int
    versions: list[VersionLink]
    models: list[LoggedModelLink]


class RecentRuns(Message):
    """The latest runs of all experiments."""

    max_results: Int64 = 20


TABLE = Endpoint("POST", _PATH + "table", takes=TableRows, gives=TablePage, needs=_SEARCH, writes=False)
RUN_ORDER = Endpoint("POST", _PATH + "order", takes=RunOrder, gives=bytes, needs=_SEARCH, writes=False)
RUN_ROWS = Endpoint("POST", _PATH + "rows", takes=RowsById, gives=Rows, needs=_SEARCH, writes=False)
COUNT = Endpoint("POST", _PATH + "count", takes=Where, gives=Counted, needs=_SEARCH, writes=False)
FIELDS = Endpoint("POST", _PATH + "fields", takes=Where, gives=Fields, needs=_SEARCH, writes=False)
VALUES = Endpoint("POST", _PATH + "values", takes=FieldValues, gives=Values, needs=_SEARCH, writes=False)
CHECK = Endpoint("POST", _PATH + "check", takes=CheckQuery, gives=Checked, needs=_SEARCH, writes=False)
GROUPS = Endpoint("POST", _PATH + "groups", takes=GroupRuns, gives=Groups, needs=_SEARCH, writes=False)
COLUMNS = Endpoint("POST", _PATH + "columns", takes=RunColumns, gives=bytes, needs=_SEARCH, writes=False)
CHANGE = Endpoint(
    "POST", _PATH + "change", takes=ChangeRuns, gives=Changed, needs=Right(Action.UPDATE, Subject.RUN), limit=8 << 20
)
EXPORT = Endpoint("POST", _PATH + "export", takes=ExportRuns, gives=bytes, needs=_SEARCH, writes=False)
MANY = Endpoint("POST", _PATH + "many", takes=ManyRuns, gives=WholeRuns, needs=_SEARCH, writes=False)
AROUND = Endpoint("GET", _PATH + "around", takes=AroundRun, gives=Around, needs=_READ)
RECENT = Endpoint("GET", _PATH + "recent", takes=RecentRuns, gives=Rows, needs=_SEARCH)
