"""Points in and curves out, through the dispatch, in both databases."""

import json
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest

from hito.api import metrics
from hito.api.catalogue import INSIDE
from hito.api.context import Settings
from hito.api.dispatch import Dispatch
from hito.core.errors import HitoError, InvalidArgument
from hito.store.database import Database
from hito.store.experiments import ensure_default
from hito.wire.json import decode_body, decode_query, encode
from hito.wire.metrics import GET_HISTORY, GET_HISTORY_BULK, GET_HISTORY_BULK_INTERVAL
from hito.wire.models import CREATE_LOGGED_MODEL, GET_LOGGED_MODEL
from hito.wire.runs import CREATE_RUN, DELETE_RUN, GET_RUN, LOG_BATCH, LOG_METRIC, UPDATE_RUN
from hito.wire.types import MetricIn

Ask = Callable[..., Any]


@pytest.fixture
def ask(database: Database) -> Ask:
    """`ask(ENDPOINT, field=…)`: one request as it is on the wire; the answer's JSON."""
    database.write(lambda tx: ensure_default(tx, "mlflow-artifacts:/"))
    dispatch = Dispatch(database, Settings(), None, INSIDE, [])

    def call(endpoint: Any, **fields: Any) -> Any:
        if endpoint.method == "GET":
            pairs = [(k, one) for k, v in fields.items() for one in (v if isinstance(v, list) else [v])]
            message = decode_query("&".join(f"{key}={value}" for key, value in pairs), endpoint.takes)
        else:
            message = decode_body(json.dumps(fields).encode(), endpoint.takes)
        return json.loads(encode(dispatch.call(endpoint, message)))

    return call


@pytest.fixture
def run(ask: Ask) -> str:
    return new_run(ask)


def new_run(ask: Ask) -> str:
    return str(ask(CREATE_RUN, experiment_id="0")["run"]["info"]["run_id"])


def log(ask: Ask, run: str, key: str, *points: tuple[int, int, Any]) -> None:
    batch = [{"key": key, "step": step, "timestamp": timestamp, "value": value} for step, timestamp, value in points]
    ask(LOG_BATCH, run_id=run, metrics=batch)


def steps(page: Any) -> list[int]:
    return [point["step"] for point in page.get("metrics", [])]


def test_a_point_that_was_logged_is_in_the_history_and_in_the_run(ask: Ask, run: str) -> None:
    ask(LOG_METRIC, run_id=run, key="loss", value=0.25, timestamp=10, step=-3)
    point = {"key": "loss", "value": 0.25, "timestamp": 10, "step": -3}
    assert ask(GET_HISTORY, run_id=run, metric_key="loss") == {"metrics": [point]}
    assert ask(GET_RUN, run_id=run)["run"]["data"]["metrics"] == [point]


def test_logged_twice_it_is_there_once(ask: Ask, run: str) -> None:
    for _ in range(2):
        ask(LOG_METRIC, run_id=run, key="loss", value=0.25, timestamp=10)
    assert steps(ask(GET_HISTORY, run_id=run, metric_key="loss")) == [0]


def test_values_that_are_not_finite_come_back_as_json_can_say_them(ask: Ask, run: str) -> None:
    log(ask, run, "m", (0, 1, "NaN"), (1, 2, "Infinity"), (2, 3, "-Infinity"), (3, 4, -0.0))
    values = [point["value"] for point in ask(GET_HISTORY, run_id=run, metric_key="m")["metrics"]]
    assert values == ["NaN", 1.7976931348623157e308, -1.7976931348623157e308, 0.0]
    assert math.copysign(1.0, values[3]) == 1.0


@pytest.mark.parametrize(("changes", "place"), [
    ({"key": None}, "key"), ({"key": "a//b"}, "key"), ({"key": "ä#"}, "key"), ({"key": "a" * 251}, "key"),
    ({"value": None}, "value"), ({"timestamp": None}, "timestamp"), ({"timestamp": -1}, "timestamp"),
    ({"timestamp": 2**63}, "timestamp"), ({"step": 1.5}, "step"), ({"value": "much"}, "value"),
    ({"dataset_name": "d"}, "dataset_digest"), ({"dataset_digest": "d"}, "dataset_name"),
    ({"dataset_name": "d", "dataset_digest": "d" * 37}, "dataset_digest"),
])  # fmt: skip
def test_a_wrong_field_is_named_with_its_place(ask: Ask, run: str, changes: dict[str, Any], place: str) -> None:
    sound = {"key": "m", "value": 1.0, "timestamp": 1}
    wrong = {name: value for name, value in {**sound, **changes}.items() if value is not None}
    with pytest.raises(InvalidArgument, match=place):
        ask(LOG_METRIC, run_id=run, **wrong)
    with pytest.raises(InvalidArgument, match=rf"metrics\[2\]\.{place}"):
        ask(LOG_BATCH, run_id=run, metrics=[sound, sound, wrong])
    assert ask(GET_HISTORY, run_id=run, metric_key="m") == {}


def test_a_deleted_run_refuses_points_but_its_history_is_read(ask: Ask, run: str) -> None:
    log(ask, run, "m", (0, 1, 1.0))
    ask(DELETE_RUN, run_id=run)
    with pytest.raises(InvalidArgument):
        log(ask, run, "m", (1, 1, 1.0))
    assert steps(ask(GET_HISTORY, run_id=run, metric_key="m")) == [0]


def test_a_run_that_has_ended_can_go_on(ask: Ask, run: str) -> None:
    log(ask, run, "m", *((step, step, 0.5) for step in range(200)))
    ask(UPDATE_RUN, run_id=run, status="FINISHED", end_time=5)
    log(ask, run, "m", (100, 100, 0.5), (200, 200, 0.5))
    assert steps(ask(GET_HISTORY, run_id=run, metric_key="m")) == list(range(201))


def test_pages_follow_each_other_to_the_end(ask: Ask, run: str) -> None:
    log(ask, run, "m", *((step, 1000 - step, step / 3) for step in range(10)))
    found: list[int] = []
    token = None
    for _ in range(4):
        more: dict[str, Any] = {"page_token": token} if token else {}
        page = ask(GET_HISTORY, run_id=run, metric_key="m", max_results=3, **more)
        found += steps(page)
        token = page.get("next_page_token")
    assert found == list(range(9, -1, -1))
    assert token is None
    assert "next_page_token" not in ask(GET_HISTORY, run_id=run, metric_key="m", max_results=10)


@pytest.mark.parametrize("token", ["nonsense", "e30=", "AAAA", "A" * 34, "%C3%A4", "-" * 33])
def test_a_token_that_we_did_not_give_is_refused(ask: Ask, run: str, token: str) -> None:
    with pytest.raises(InvalidArgument, match="page token"):
        ask(GET_HISTORY, run_id=run, metric_key="m", page_token=token)


@pytest.mark.parametrize("limit", [0, -1, "many"])
def test_a_page_holds_at_least_one_point(ask: Ask, run: str, limit: Any) -> None:
    with pytest.raises(InvalidArgument, match="max_results"):
        ask(GET_HISTORY, run_id=run, metric_key="m", max_results=limit)


def test_what_nobody_logged_is_an_empty_answer(ask: Ask, run: str) -> None:
    log(ask, run, "m", (0, 1, 1.0))
    for endpoint, name in (
        (GET_HISTORY, "run_id"),
        (GET_HISTORY_BULK, "run_id"),
        (GET_HISTORY_BULK_INTERVAL, "run_ids"),
    ):
        assert ask(endpoint, **{name: run}, metric_key="other") == {}
        assert ask(endpoint, **{name: "0" * 32}, metric_key="m") == {}


def test_a_whole_history_is_written_in_blocks_that_join(ask: Ask, run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_BLOCK", 7)
    log(ask, run, "a b", *((step, step, 0.5) for step in range(50)))
    page = ask(GET_HISTORY, run_id=run, metric_key="a%20b")
    assert steps(page) == list(range(50))
    assert {point["key"] for point in page["metrics"]} == {"a b"}


def test_bulk_history_is_by_run_and_names_it(ask: Ask) -> None:
    runs = sorted(new_run(ask) for _ in range(3))
    for run in runs[:2]:
        log(ask, run, "m", (2, 1, 1.0), (1, 2, "NaN"))
    page = ask(GET_HISTORY_BULK, run_id=[*reversed(runs), runs[0], "f" * 32], metric_key="m")
    assert [(point["run_id"], point["step"], point["value"]) for point in page["metrics"]] == [
        (runs[0], 2, 1.0), (runs[0], 1, "NaN"), (runs[1], 2, 1.0), (runs[1], 1, "NaN"),
    ]  # fmt: skip
    assert len(ask(GET_HISTORY_BULK, run_id=runs, metric_key="m", max_results=3)["metrics"]) == 3


def test_bulk_history_ends_at_25000_points(ask: Ask, run: str) -> None:
    for start in range(0, 26_000, 1000):
        log(ask, run, "m", *((step, step, 0.5) for step in range(start, start + 1000)))
    assert len(ask(GET_HISTORY_BULK, run_id=run, metric_key="m", max_results=30_000)["metrics"]) == 25_000


def test_a_bulk_interval_samples_each_run_evenly(ask: Ask) -> None:
    runs = sorted(new_run(ask) for _ in range(2))
    log(ask, runs[0], "m", *((step * 10, 100 - step, 0.5) for step in range(11)))
    log(ask, runs[1], "m", *((step * 7, 100 - step, 0.5) for step in range(5)))
    page = ask(GET_HISTORY_BULK_INTERVAL, run_ids=runs, metric_key="m", max_results=4)
    assert steps(page) == [0, 30, 60, 100, 0, 14, 21, 28]
    assert {point["run_id"] for point in page["metrics"]} == set(runs)
    within = ask(GET_HISTORY_BULK_INTERVAL, run_ids=runs[0], metric_key="m", start_step=15, end_step=70, max_results=3)
    assert steps(within) == [20, 40, 70]


@pytest.mark.parametrize("fields", [
    {"max_results": 0}, {"max_results": 2501}, {"start_step": 1}, {"end_step": 1}, {"start_step": 5, "end_step": 1},
    {"run_ids": [f"{n:032x}" for n in range(101)]}, {"run_ids": []}, {"metric_key": ""},
])  # fmt: skip
def test_a_bulk_interval_out_of_bounds_is_refused(ask: Ask, run: str, fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument):
        ask(GET_HISTORY_BULK_INTERVAL, **{"run_ids": run, "metric_key": "m", **fields})


@pytest.mark.parametrize("fields", [{"run_id": [f"{n:032x}" for n in range(101)]}, {"run_id": []}, {"metric_key": ""}])
def test_a_bulk_history_out_of_bounds_is_refused(ask: Ask, run: str, fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument):
        ask(GET_HISTORY_BULK, **{"run_id": run, "metric_key": "m", **fields})


def test_a_point_about_a_logged_model_is_recorded_there_too(ask: Ask, run: str) -> None:
    """Sent once without the model and once with it, as log_model does: the run still has one point."""
    model = ask(CREATE_LOGGED_MODEL, experiment_id="0", source_run_id=run)["model"]["info"]["model_id"]
    ask(LOG_METRIC, run_id=run, key="auc", value=0.9, timestamp=10)
    about = {"model_id": model, "dataset_name": "iris", "dataset_digest": "d1"}
    ask(LOG_BATCH, run_id=run, metrics=[{"key": "auc", "value": 0.9, "timestamp": 10, **about}])
    history = ask(GET_HISTORY, run_id=run, metric_key="auc")
    assert history == {"metrics": [{"key": "auc", "value": 0.9, "timestamp": 10, "step": 0}]}
    point = ask(GET_LOGGED_MODEL, model_id=model)["model"]["data"]["metrics"][0]
    assert (point["value"], point["run_id"], point["dataset_name"], point["dataset_digest"]) == (0.9, run, "iris", "d1")


def test_an_unknown_model_refuses_the_whole_batch(ask: Ask, run: str) -> None:
    with pytest.raises(HitoError):
        ask(LOG_METRIC, run_id=run, key="auc", value=0.9, timestamp=10, model_id="m-" + "0" * 32)
    assert ask(GET_HISTORY, run_id=run, metric_key="auc") == {}


def test_each_distinct_key_of_a_batch_is_named_where_it_first_stands() -> None:
    with pytest.raises(InvalidArgument, match=r"metrics\[1\]\.key"):
        metrics.checked([MetricIn("good", 1.0, 1), MetricIn("../bad", 1.0, 1), MetricIn("../bad", 1.0, 1)])


def test_an_answer_decodes_as_the_message_it_is_declared_to_be(ask: Ask, run: str) -> None:
    log(ask, run, "m", (0, 1, "NaN"), (1, 2, 0.1))
    page = msgspec.convert(ask(GET_HISTORY, run_id=run, metric_key="m"), GET_HISTORY.gives)
    assert [point.value for point in page.metrics] == ["NaN", 0.1]


def test_threads_that_log_the_same_points_to_one_run_leave_each_point_once(ask: Ask, run: str) -> None:
    """Autologging clients send batches from parallel threads, and send again what was not answered in time."""

    def work(first: int) -> None:
        for start in range(first, 2000, 100):
            log(ask, run, "m", *((step, 7, step / 3) for step in range(start, start + 200)))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, [0, 300, 100, 0]))
    assert steps(ask(GET_HISTORY, run_id=run, metric_key="m")) == list(range(2100))
    latest = ask(GET_RUN, run_id=run)["run"]["data"]["metrics"][0]
    assert latest["step"] == 2099
