"""MLflow's JSON, in all the spellings that its clients use."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hito.core.errors import HitoError, InvalidArgument
from hito.core.runs import RunInfo
from hito.wire.json import decode_body, decode_query, encode
from hito.wire.metrics import GetHistoryBulkInterval
from hito.wire.models import GetLoggedModel
from hito.wire.runs import LogBatch, LogMetric, RunId, SearchRuns

POINT = {"run_id": "r", "key": "k", "value": 1.5, "timestamp": 7, "step": 2}


def metric(**changes: Any) -> LogMetric:
    return decode_body(json.dumps(POINT | changes).encode(), LogMetric)


def test_an_integer_may_come_as_text_or_as_a_whole_float() -> None:
    assert metric(step="12").step == 12
    assert metric(step=12.0).step == 12
    assert metric(timestamp=str(2**62)).timestamp == 2**62


@pytest.mark.parametrize("step", [1.5, "x", True, [], {}, 2**63, "1.5"])
def test_what_is_no_64_bit_integer_is_refused_by_the_fields_name(step: Any) -> None:
    with pytest.raises(InvalidArgument, match="step"):
        metric(step=step)


@pytest.mark.parametrize(("text", "value"), [("NaN", math.nan), ("Infinity", math.inf), ("-Infinity", -math.inf)])
def test_a_float_that_json_has_no_word_for_comes_as_text(text: str, value: float) -> None:
    found = metric(value=text).value
    assert found is not None
    assert (math.isnan(found) and math.isnan(value)) or found == value


@pytest.mark.parametrize("name", ["run_id", "key", "value", "timestamp"])
def test_a_required_field_that_is_absent_or_null_or_empty_is_missing(name: str) -> None:
    without = {key: value for key, value in POINT.items() if key != name}
    for body in (without, POINT | {name: None}):
        with pytest.raises(InvalidArgument, match=f"Missing value for required parameter '{name}'"):
            decode_body(json.dumps(body).encode(), LogMetric)


def test_null_in_an_optional_field_is_its_absence() -> None:
    assert metric(step=None).step == 0


def test_camel_case_names_are_understood() -> None:
    message = decode_body(b'{"runId":"r","metrics":[{"key":"k","value":1,"timestamp":1,"datasetName":"d"}]}', LogBatch)
    assert message.run_id == "r"
    assert message.metrics[0].dataset_name == "d"


def test_one_field_in_two_spellings_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="twice"):
        decode_body(b'{"run_id":"a","runId":"b"}', RunId)


def test_a_body_that_was_encoded_twice_is_decoded_twice() -> None:
    assert decode_body(json.dumps(json.dumps({"run_id": "r"})).encode(), RunId).run_id == "r"


def test_run_uuid_stands_for_run_id_which_wins() -> None:
    assert decode_body(b'{"run_uuid":"old"}', RunId).run_id == "old"
    assert decode_query("run_uuid=old&run_id=new", RunId).run_id == "new"


def test_an_unknown_field_is_ignored() -> None:
    assert decode_body(b'{"run_id":"r","surprise":[1,{"a":null}]}', RunId).run_id == "r"


def test_an_empty_body_is_an_empty_message() -> None:
    assert decode_body(b"", SearchRuns).max_results == 1000


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b"3", b"null", b'"x"', b"\xff\xfe", b'{"run_id":"\xff"}', b"[" * 100_000, b'{"run_id":' + b"[" * 100_000,
     b'{"run_id":"\\ud800"}', b'{"value":NaN}', b'{"run_id":5}', b'{"run_id":{"a":1}}', b'"' + b"\\" * 9, b"\0"],
)  # fmt: skip
def test_a_malformed_body_is_refused_clearly(body: bytes) -> None:
    with pytest.raises(InvalidArgument):
        decode_body(body, LogMetric)


def test_a_repeated_argument_of_a_query_is_a_list() -> None:
    message = decode_query("run_ids=a&run_ids=b&metric_key=k&start_step=-3&max_results=5", GetHistoryBulkInterval)
    assert (message.run_ids, message.start_step, message.max_results) == (["a", "b"], -3, 5)


@pytest.mark.parametrize(("text", "ok"), [("true", True), ("false", True), ("1", False), ("True", False), ("", False)])
def test_a_truth_value_in_a_query_is_true_or_false(text: str, ok: bool) -> None:
    if ok:
        assert decode_query(f"model_id=m&allow_deleted={text}", GetLoggedModel).allow_deleted is (text == "true")
    else:
        with pytest.raises(InvalidArgument, match="true or false"):
            decode_query(f"model_id=m&allow_deleted={text}", GetLoggedModel)


def test_an_answer_leaves_out_what_is_unset_and_writes_integers_as_numbers() -> None:
    info = RunInfo(
        run_uuid="r", experiment_id="0", run_name="", user_id="", status="RUNNING", start_time=2**60,
        artifact_uri="u", lifecycle_stage="active", run_id="r",
    )  # fmt: skip
    found = json.loads(encode(info))
    assert "end_time" not in found
    assert found["start_time"] == 2**60
    assert found["user_id"] == ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    ["run_id", "runId", "run_uuid", "metrics", "params", "tags", "key", "value", "timestamp", "step"]
)


@given(body=st.dictionaries(FIELDS, JSON, max_size=6), takes=st.sampled_from([LogMetric, LogBatch, RunId, SearchRuns]))
def test_any_json_becomes_a_message_or_a_refusal(body: dict[str, Any], takes: Any) -> None:
    try:
        decode_body(json.dumps(body).encode(), takes)
    except HitoError as error:
        assert error.status == 400  # noqa: PT017  either outcome is fine, no other is


@given(body=st.binary(max_size=200), takes=st.sampled_from([LogMetric, LogBatch, RunId, SearchRuns]))
def test_any_bytes_become_a_message_or_a_refusal(body: bytes, takes: Any) -> None:
    for decode in (decode_body, lambda raw, kind: decode_query(raw.decode("latin-1"), kind)):
        try:
            decode(body, takes)
        except HitoError as error:
            assert error.status == 400  # noqa: PT017
