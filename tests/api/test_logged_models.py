"""What logged models do: params that are written once, tags, and every point of their metrics."""

from collections.abc import Callable
from typing import Any

import pytest

from hito.core.errors import AlreadyExists, InvalidArgument, NotFound
from hito.wire import experiments as wire_experiments
from hito.wire import models as wire
from hito.wire import runs as wire_runs

Call = Callable[..., Any]
UNKNOWN = "m-" + "0" * 32


def read(call: Call, model_id: str, **fields: Any) -> dict[str, Any]:
    found: dict[str, Any] = call(wire.GET_LOGGED_MODEL, model_id=model_id, **fields)["model"]
    return found


def pairs(**values: str) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in values.items()]


def test_a_new_model_is_pending_named_and_has_a_place_in_its_experiment(call: Call) -> None:
    experiment = call(wire_experiments.CREATE_EXPERIMENT, name="e", artifact_location="s3://bucket/e")["experiment_id"]
    info = call(wire.CREATE_LOGGED_MODEL, experiment_id=experiment)["model"]["info"]
    assert info["status"] == "LOGGED_MODEL_PENDING"
    assert info["artifact_uri"] == f"s3://bucket/e/models/{info['model_id']}/artifacts"
    assert info["name"]
    assert info["source_run_id"] == info["model_type"] == ""


def test_a_model_with_an_id_of_its_own_is_made_once(call: Call) -> None:
    experiment = call(wire_experiments.CREATE_EXPERIMENT, name="e")["experiment_id"]
    chosen = {"experiment_id": experiment, "model_id": "m-" + "a" * 32}
    first = call(wire.CREATE_LOGGED_MODEL, **chosen, name="forest")["model"]
    assert first["info"]["model_id"] == chosen["model_id"]
    assert call(wire.CREATE_LOGGED_MODEL, **chosen, name="forest")["model"] == first
    with pytest.raises(AlreadyExists, match="another one"):
        call(wire.CREATE_LOGGED_MODEL, **chosen, name="tree")
    with pytest.raises(InvalidArgument, match="model_id"):
        call(wire.CREATE_LOGGED_MODEL, experiment_id=experiment, model_id="../x")
    call(wire.DELETE_LOGGED_MODEL, model_id=chosen["model_id"])
    with pytest.raises(AlreadyExists, match="deleted"):
        call(wire.CREATE_LOGGED_MODEL, **chosen, name="forest")


def test_a_deleted_experiment_takes_no_models(call: Call) -> None:
    experiment = call(wire_experiments.CREATE_EXPERIMENT, name="e")["experiment_id"]
    call(wire_experiments.DELETE_EXPERIMENT, experiment_id=experiment)
    with pytest.raises(InvalidArgument):
        call(wire.CREATE_LOGGED_MODEL, experiment_id=experiment)


def test_a_param_is_written_once_and_with_its_batch_or_not_at_all(call: Call, logged: str) -> None:
    call(wire.LOG_LOGGED_MODEL_PARAMS, model_id=logged, params=pairs(a="1"))
    with pytest.raises(InvalidArgument):
        call(wire.LOG_LOGGED_MODEL_PARAMS, model_id=logged, params=pairs(b="2", a="1"))
    with pytest.raises(InvalidArgument):
        call(wire.LOG_LOGGED_MODEL_PARAMS, model_id=logged, params=[*pairs(c="1"), *pairs(c="1")])
    assert read(call, logged)["data"]["params"] == pairs(a="1")


def test_two_thousand_params_are_kept(call: Call) -> None:
    params = [{"key": f"p{number:04}", "value": "v"} for number in range(2000)]
    model = call(wire.CREATE_LOGGED_MODEL, experiment_id="0")["model"]["info"]["model_id"]
    call(wire.LOG_LOGGED_MODEL_PARAMS, model_id=model, params=params)
    assert read(call, model)["data"]["params"] == params


def test_a_key_that_no_index_can_hold_is_refused(call: Call, logged: str) -> None:
    call(wire.SET_LOGGED_MODEL_TAGS, model_id=logged, tags=[{"key": "🚀" * 500, "value": "v"}])
    with pytest.raises(InvalidArgument):
        call(wire.SET_LOGGED_MODEL_TAGS, model_id=logged, tags=[{"key": "x" * 501, "value": "v"}])


def test_the_last_of_equal_tags_wins_and_a_missing_one_cannot_be_deleted(call: Call, logged: str) -> None:
    call(wire.SET_LOGGED_MODEL_TAGS, model_id=logged, tags=[*pairs(a="1"), *pairs(a="2")])
    assert read(call, logged)["info"]["tags"] == pairs(a="2")
    call(wire.DELETE_LOGGED_MODEL_TAG, model_id=logged, tag_key="a")
    with pytest.raises(NotFound):
        call(wire.DELETE_LOGGED_MODEL_TAG, model_id=logged, tag_key="a")


def test_a_deleted_model_is_found_only_by_who_asks_for_it(call: Call, logged: str) -> None:
    for _ in range(2):  # again is fine
        call(wire.DELETE_LOGGED_MODEL, model_id=logged)
    with pytest.raises(NotFound):
        read(call, logged)
    assert read(call, logged, allow_deleted=True)["info"]["model_id"] == logged
    assert call(wire.SEARCH_LOGGED_MODELS, experiment_ids=["0"]) == {}


def test_an_id_that_is_not_there_is_not_found(call: Call) -> None:
    for endpoint, fields in [
        (wire.GET_LOGGED_MODEL, {"allow_deleted": True}),
        (wire.DELETE_LOGGED_MODEL, {}),
        (wire.FINALIZE_LOGGED_MODEL, {"status": 2}),
        (wire.SET_LOGGED_MODEL_TAGS, {"tags": pairs(a="1")}),
        (wire.LOG_LOGGED_MODEL_PARAMS, {"params": pairs(a="1")}),
        (wire.DELETE_LOGGED_MODEL_TAG, {"tag_key": "a"}),
    ]:
        for model_id in (UNKNOWN, "m-", "x", "m-" + "0" * 31 + "\0", "M-" + "0" * 32):
            with pytest.raises(NotFound):
                call(endpoint, model_id=model_id, **fields)


# --- metrics ---


def log(call: Call, run_id: str, model_id: str, value: Any, **fields: Any) -> None:
    point = {"key": "acc", "value": value, "timestamp": 5, "step": 1, "model_id": model_id, **fields}
    call(wire_runs.LOG_METRIC, run_id=run_id, **point)


def points(call: Call, model_id: str) -> list[Any]:
    return [point["value"] for point in read(call, model_id)["data"].get("metrics", [])]


@pytest.mark.parametrize(
    ("value", "kept"), [(0.5, 0.5), ("NaN", "NaN"), ("Infinity", 1.7976931348623157e308), (-0.0, 0.0)]
)
def test_a_point_that_is_repeated_is_one_point(call: Call, run_id: str, logged: str, value: Any, kept: Any) -> None:
    for _ in range(2):
        log(call, run_id, logged, value)
    assert points(call, logged) == [kept]


@pytest.mark.parametrize("other", [{"value": 0.6}, {"value": "NaN"}, {"dataset_name": "d", "dataset_digest": "1"}])
def test_a_point_that_says_something_else_is_refused_and_the_run_keeps_nothing_of_it(
    call: Call, run_id: str, logged: str, other: dict[str, Any]
) -> None:
    log(call, run_id, logged, 0.5)
    with pytest.raises(InvalidArgument):
        log(call, run_id, logged, **{"value": 0.5, **other})
    assert points(call, logged) == [0.5]
    assert call(wire_runs.GET_RUN, run_id=run_id)["run"]["data"]["metrics"][0]["value"] == 0.5


def test_a_batch_with_an_unknown_model_is_refused_whole(call: Call, run_id: str, logged: str) -> None:
    metrics = [{"key": "m", "value": 1, "timestamp": 1, "model_id": one} for one in (logged, UNKNOWN)]
    with pytest.raises(InvalidArgument, match=UNKNOWN):
        call(wire_runs.LOG_BATCH, run_id=run_id, metrics=metrics)
    assert points(call, logged) == []
    assert "metrics" not in call(wire_runs.GET_RUN, run_id=run_id)["run"]["data"]


def test_a_batch_that_contradicts_itself_is_refused(call: Call, run_id: str, logged: str) -> None:
    metrics = [{"key": "m", "value": value, "timestamp": 1, "model_id": logged} for value in (1, 1, 2)]
    call(wire_runs.LOG_BATCH, run_id=run_id, metrics=metrics[:2])
    with pytest.raises(InvalidArgument):
        call(wire_runs.LOG_BATCH, run_id=run_id, metrics=metrics[1:])
    assert points(call, logged) == [1.0]


def test_a_full_batch_may_be_sent_again_in_part(call: Call, run_id: str, logged: str) -> None:
    metrics = [{"key": "m", "value": step, "timestamp": 1, "step": step, "model_id": logged} for step in range(1000)]
    call(wire_runs.LOG_BATCH, run_id=run_id, metrics=metrics[:600])
    call(wire_runs.LOG_BATCH, run_id=run_id, metrics=metrics)
    assert points(call, logged) == [float(step) for step in range(1000)]


def test_the_same_point_of_two_runs_is_two_points(call: Call, run_id: str, logged: str) -> None:
    other = call(wire_runs.CREATE_RUN, experiment_id="0")["run"]["info"]["run_id"]
    log(call, run_id, logged, 0.5)
    log(call, other, logged, 0.6)
    assert sorted(points(call, logged)) == [0.5, 0.6]
