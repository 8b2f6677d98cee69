"""What can be done with metrics: points in, curves out.

`checked` and `log` serve every endpoint that takes points: `checked` asks nothing of the store, so a batch is refused
before a transaction has done any work, and `log` is given only what is right.

Histories are answered as JSON that is already written (`msgspec.Raw`): it is made from columns in blocks, so that a
million points never exist as a million objects. A caller in the same process decodes it as `HistoryPage`.
"""

import base64
import binascii
import struct
from collections.abc import Iterable, Sequence
from itertools import repeat

import msgspec
from msgspec import Struct

from hito.api.context import Bindings, Context
from hito.core import rules
from hito.core.errors import InvalidArgument
from hito.core.metrics import MAX_FLOAT, Metric
from hito.series.order import Place, Series, picked, size
from hito.store import curves, logged_models, metrics, runs
from hito.store.runs import RunKey
from hito.wire import metrics as wire
from hito.wire.endpoint import Empty, missing
from hito.wire.runs import LOG_METRIC, LogMetric
from hito.wire.types import MetricIn

MAX_BULK_RUNS = 100
MAX_BULK_POINTS = 25_000
MAX_INTERVAL_POINTS = 2500

_BLOCK = 10_000
"""Points that are objects at the same time: some 2 MB."""
_TOKEN = struct.Struct("<Bqqd")
_TOKEN_VERSION = 1


class Points(Struct, frozen=True):
    """Points that were checked, as the store takes them.

    `curves`: key → (step, timestamp, value); `of_models`: (model_id, key, value, timestamp, step, dataset_name,
    dataset_digest), for those that name a logged model. A value is finite or NaN, and 0 is not -0.
    """

    curves: dict[str, list[tuple[int, int, float]]]
    of_models: list[tuple[str, str, float, int, int, str | None, str | None]]


def checked(given: Sequence[MetricIn], where: str = "metrics") -> Points:
    """Points that are right.

    Args:
        where: what to call them in a message: the third is `metrics[2]`; empty for a request that is itself a point.
    Raises: InvalidArgument: a field is missing or wrong; the message names it with its place.
    """
    found: dict[str, list[tuple[int, int, float]]] = {}
    of_models: list[tuple[str, str, float, int, int, str | None, str | None]] = []
    for place, point in enumerate(given):
        key, value, timestamp = point.key, point.value, point.timestamp
        curve = found.get(key)
        if curve is None:  # a batch has many points and few keys
            curve = found[key] = []
            rules.check_key(key, _field(where, place, "key"))
        if value is None:
            raise missing(_field(where, place, "value"))
        if timestamp is None:
            raise missing(_field(where, place, "timestamp"))
        if timestamp < 0:
            raise InvalidArgument(
                f"Invalid value {timestamp} for parameter '{_field(where, place, 'timestamp')}': "
                "expected milliseconds since 1970, 0 or more."
            )
        if value > MAX_FLOAT:
            value = MAX_FLOAT
        elif value < -MAX_FLOAT:
            value = -MAX_FLOAT
        value += 0.0  # makes 0 of -0, which databases do not tell apart
        curve.append((point.step, timestamp, value))
        if point.dataset_name or point.dataset_digest:
            _check_dataset(point, where, place)
        if point.model_id:
            rules.check_text(point.model_id, rules.MAX_KEY, _field(where, place, "model_id"))
            dataset = (point.dataset_name or None, point.dataset_digest or None)
            of_models.append((point.model_id, key, value, timestamp, point.step, *dataset))
    return Points(found, of_models)


def log(context: Context, run: RunKey, points: Points) -> None:
    """Add points to a run, and to the logged models that they are about.

    Args:
        run: from `runs.writable`, which has locked it.
    """
    if points.curves:
        metrics.append(context.tx, run.id, run.experiment_id, run.start_time, points.curves)
    if points.of_models:
        logged_models.record_metrics(context.tx, run.uuid, points.of_models)


def log_metric(context: Context, message: LogMetric) -> Empty:
    point = MetricIn(
        message.key,
        message.value,
        message.timestamp,
        message.step,
        message.model_id,
        message.dataset_name,
        message.dataset_digest,
    )
    points = checked([point], "")
    log(context, runs.writable(context.tx, message.run_id), points)
    return Empty()


def history(context: Context, message: wire.GetHistory) -> msgspec.Raw:
    """One curve in history order; without `max_results` all of it."""
    limit = message.max_results
    if limit is not None and limit < 1:
        raise InvalidArgument(f"Invalid value {limit} for parameter 'max_results': expected 1 or more.")
    after = _place(message.page_token) if message.page_token else None
    run = runs.find(context.tx, message.run_id)
    key = context.tx.key(message.metric_key)
    if run is None or key is None:
        return page_json([])
    if limit is None:
        return page_json([(message.metric_key, None, curves.history(context.tx, run.id, key, after))])
    series = curves.history(context.tx, run.id, key, after, limit + 1)
    token = None
    if size(series) > limit:
        token = _token(series, limit - 1)
        series = picked(series, slice(limit))
    return page_json([(message.metric_key, None, series)], token)


def history_bulk(context: Context, message: wire.GetHistoryBulk) -> msgspec.Raw:
    """The same curve of several runs, one run after the other in the order of their ids, each in history order."""
    ids = _run_ids(message.run_id or message.run_uuid, "run_id")
    limit = MAX_BULK_POINTS if message.max_results is None else min(message.max_results, MAX_BULK_POINTS)
    if limit < 0:
        raise InvalidArgument(f"Invalid value {limit} for parameter 'max_results': expected 0 or more.")
    key = context.tx.key(message.metric_key)
    found: list[tuple[str, str | None, Series]] = []
    for run_id in ids if key is not None else ():
        run = runs.find(context.tx, run_id) if limit else None
        if run is not None and key is not None:
            series = curves.history(context.tx, run.id, key, None, limit)
            limit -= size(series)
            found.append((message.metric_key, run_id, series))
    return page_json(found)


def history_bulk_interval(context: Context, message: wire.GetHistoryBulkInterval) -> msgspec.Raw:
    """An even sample of the same curve of several runs, each in step order."""
    ids = _run_ids(message.run_ids, "run_ids")
    start, end = message.start_step, message.end_step
    if (start is None) != (end is None):
        raise InvalidArgument("Give both 'start_step' and 'end_step', or neither: only one was given.")
    if start is not None and end is not None and start > end:
        raise InvalidArgument(f"'start_step' is {start}, which is above 'end_step', {end}; exchange them.")
    limit = MAX_INTERVAL_POINTS if message.max_results is None else message.max_results
    if not 1 <= limit <= MAX_INTERVAL_POINTS:
        raise InvalidArgument(
            f"Invalid value {limit} for parameter 'max_results': expected 1 to {MAX_INTERVAL_POINTS}, for each run."
        )
    key = context.tx.key(message.metric_key)
    found: list[tuple[str, str | None, Series]] = []
    for run_id in ids if key is not None else ():
        run = runs.find(context.tx, run_id)
        if run is not None and key is not None:
            found.append((message.metric_key, run_id, curves.interval(context.tx, run.id, key, limit, start, end)))
    return page_json(found)


def _field(where: str, place: int, name: str) -> str:
    return f"{where}[{place}].{name}" if where else name


def _check_dataset(point: MetricIn, where: str, place: int) -> None:
    for name, other in (("dataset_name", "dataset_digest"), ("dataset_digest", "dataset_name")):
        if not getattr(point, name):
            raise InvalidArgument(
                f"Missing value for parameter '{_field(where, place, name)}': '{other}' is given, and a dataset is "
                "known by both."
            )
    rules.check_text(point.dataset_name, rules.MAX_DATASET_NAME, _field(where, place, "dataset_name"))
    rules.check_text(point.dataset_digest, rules.MAX_DATASET_DIGEST, _field(where, place, "dataset_digest"))


def _run_ids(given: Sequence[str], where: str) -> list[str]:
    ids = sorted({one for one in given if one})
    if not ids:
        raise missing(where)
    if len(given) > MAX_BULK_RUNS:
        raise InvalidArgument(f"'{where}' names {len(given)} runs, at most {MAX_BULK_RUNS} are allowed; ask in parts.")
    return ids


def page_json(parts: Iterable[tuple[str, str | None, Series]], token: str | None = None) -> msgspec.Raw:
    """A `HistoryPage` as JSON. Each part is a key, the id of a run if it is to be named, and points."""
    page = bytearray(b'{"metrics":[')
    encoder = msgspec.json.Encoder()
    for key, run_id, series in parts:
        for start in range(0, size(series), _BLOCK):
            block = picked(series, slice(start, start + _BLOCK))
            values: list[float | str] = block.values.tolist()
            for place in (block.values != block.values).nonzero()[0].tolist():
                values[place] = "NaN"
            points = map(Metric, repeat(key), values, block.timestamps.tolist(), block.steps.tolist(), repeat(run_id))
            # [a,b] without its brackets; a comma stands before the next block
            page += memoryview(encoder.encode(list(points)))[1:-1]
            page += b","
    if page[-1:] == b",":
        page[-1:] = b"]"
    else:
        page[:] = b"{"  # MLflow leaves an empty list out
    if token is not None:
        page += b',"next_page_token":"' + token.encode() + b'"'
    page += b"}"
    return msgspec.Raw(page)


def _token(series: Series, place: int) -> str:
    """Names the point after which the next page begins."""
    point = (int(series.timestamps[place]), int(series.steps[place]), float(series.values[place]))
    return base64.urlsafe_b64encode(_TOKEN.pack(_TOKEN_VERSION, *point)).decode().rstrip("=")


def _place(token: str) -> Place:
    try:
        data = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        version, timestamp, step, value = _TOKEN.unpack(data)
        if version == _TOKEN_VERSION:
            return Place(timestamp, step, value)
    except (binascii.Error, ValueError, struct.error):
        pass
    raise InvalidArgument("Invalid page token: give the 'next_page_token' of the page before, or none to begin.")


BINDINGS: Bindings = [
    (LOG_METRIC, log_metric),
    (wire.GET_HISTORY, history),
    (wire.GET_HISTORY_BULK, history_bulk),
    (wire.GET_HISTORY_BULK_INTERVAL, history_bulk_interval),
]
