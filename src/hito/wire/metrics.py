"""Curves: messages and endpoints (rest-tracking.md, 6)."""

from typing import ClassVar

from msgspec import Struct

from hito.core.metrics import Metric
from hito.wire.endpoint import Action, Endpoint, Message, Right, Subject
from hito.wire.types import Int64, RunMessage

_PATH = "/mlflow/metrics/"
_READ = Right(Action.READ, Subject.RUN)


class GetHistory(RunMessage):
    metric_key: str = ""
    page_token: str = ""
    max_results: Int64 | None = None
    required: ClassVar[tuple[str, ...]] = ("run_id", "metric_key")


class GetHistoryBulk(Message):
    run_id: list[str] = []
    run_uuid: list[str] = []
    metric_key: str = ""
    max_results: Int64 | None = None
    required: ClassVar[tuple[str, ...]] = ("metric_key",)


class GetHistoryBulkInterval(Message):
    run_ids: list[str] = []
    metric_key: str = ""
    start_step: Int64 | None = None
    end_step: Int64 | None = None
    max_results: Int64 | None = None
    required: ClassVar[tuple[str, ...]] = ("metric_key",)


class HistoryPage(Struct, frozen=True, omit_defaults=True):
    metrics: list[Metric] = []
    next_page_token: str | None = None


GET_HISTORY = Endpoint("GET", _PATH + "get-history", takes=GetHistory, gives=HistoryPage, needs=_READ)
GET_HISTORY_BULK = Endpoint("GET", _PATH + "get-history-bulk", takes=GetHistoryBulk, gives=HistoryPage, needs=_READ)
GET_HISTORY_BULK_INTERVAL = Endpoint(
    "GET", _PATH + "get-history-bulk-interval", takes=GetHistoryBulkInterval, gives=HistoryPage, needs=_READ
)
