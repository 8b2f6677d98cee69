"""Requests become tables in two ways, a quick one for numbers and a long one for everything; they must not differ."""

import json
import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hito.core.signature import Column, ParamSpec, Scalar, Signature
from hito.flavors.enforce import enforce
from hito.serve.form import KINDS, Form
from hito.serve.payload import Parsed, encode, parse
from hito.serve.refusal import Refusal

JSON = "application/json"
numbers = st.one_of(
    st.floats(), st.integers(-(2**70), 2**70), st.none(), st.booleans(), st.text(max_size=3), st.floats(-9, 9)
)


def signature(kinds):
    names = {letter: name for name, letter in KINDS.items()}
    return Signature(inputs=tuple(Column(Scalar(names[kind]), f"c{at}") for at, kind in enumerate(kinds)))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["ddd", "dfl", "iii", "lld"]),
    st.lists(st.lists(numbers, min_size=2, max_size=4), max_size=3),
    st.permutations(["c0", "c1", "c2", "more"]),
    st.sampled_from(["split", "records"]),
)
def test_both_ways_read_the_same_table_or_refuse_it(kinds, rows, names, shape):
    names = names[: len(rows[0])] if rows else names
    body = {"dataframe_split": {"columns": names, "data": rows}}
    if shape == "records":
        body = {"dataframe_records": [dict(zip(names, row, strict=False)) for row in rows]}
    content = json.dumps(body).encode()
    said = signature(kinds)
    form = Form(count=3, names=("c0", "c1", "c2"), kinds=kinds)
    try:
        quick = parse(content, JSON, said, form).matrix
    except Refusal:
        return  # by the long way: the quick one never refuses
    if quick is None:
        return
    long = enforce(parse(content, JSON, said, None).data, said.inputs)
    assert np.array_equal(quick, long.to_numpy(dtype=np.float64), equal_nan=True)


words = st.sampled_from(
    ["dataframe_split", "dataframe_records", "instances", "inputs", "params", "data", "columns", "c0"]
)
bodies = st.recursive(
    numbers, lambda one: st.one_of(st.lists(one, max_size=4), st.dictionaries(words, one, max_size=3)), max_leaves=12
)
kinds_of_body = st.sampled_from([JSON, "text/csv", "", "text/html", "application/json; charset=utf-8"])


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=60), bodies), kinds_of_body, st.sampled_from(["named", "unnamed", "unsigned"]))
@example({"dataframe_records": [[], None]}, JSON, "named")
@example({"dataframe_split": {"data": [[1], [1, 2], "abc"]}}, JSON, "unsigned")
@example({"instances": [[1], [1, 2]]}, JSON, "unnamed")
@example({"inputs": [None, [1, 2]]}, JSON, "unnamed")
def test_any_body_becomes_a_table_or_is_refused_in_a_sentence(body, kind, model):
    content = body if isinstance(body, bytes) else json.dumps(body).encode("utf-8", "surrogatepass")
    refused = None
    try:
        if model == "named":
            parse(content, kind, signature("ddl"), Form(count=3, names=("c0", "c1", "c2"), kinds="ddl"))
        else:
            unnamed = Signature(inputs=(Column(Scalar("double"), None), Column(Scalar("double"), None)))
            parse(content, kind, unnamed if model == "unnamed" else None, None)
    except Refusal as refusal:
        refused = refusal
    if refused is not None:
        assert refused.status in (400, 415)
        assert 0 < len(refused.message) < 1000
        assert "\n" not in refused.message


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.floats(), st.integers(-(2**60), 2**60), st.booleans(), st.text(max_size=5)), max_size=6))
def test_answers_come_back_as_they_were(answer):
    found = json.loads(encode(answer))["predictions"]
    assert len(found) == len(answer)
    for a, b in zip(found, answer, strict=True):
        assert a == b or (math.isnan(a) and math.isnan(b))


@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", "bool"])
def test_an_array_is_written_with_every_bit(dtype):
    values = np.array([0.1, 1e-7, 1e18, -0.0, 3.0], dtype=dtype)
    assert np.array_equal(np.array(json.loads(encode(values))["predictions"], dtype=dtype), values)


def test_params_reach_the_model_only_if_it_has_any():
    body = json.dumps({"instances": [[1, 2, 3]], "params": {"k": 1}}).encode()
    assert isinstance(parse(body, JSON, None, None), Parsed)
    assert parse(body, JSON, None, None).params is None
    said = Signature(inputs=None, params=(ParamSpec("k", Scalar("long"), 3),))
    assert parse(body, JSON, said, None).params == {"k": 1}
    body = json.dumps({"instances": [[1, 2, 3]], "params": 5}).encode()
    assert parse(body, JSON, None, None).params is None  # as MLflow: what is ignored is not looked at
    with pytest.raises(Refusal, match="params must be an object, it is a number"):
        parse(body, JSON, said, None)
