"""A signature's JSON texts: what is written is read again, and what is no signature is refused with a sentence."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hito.core.errors import InvalidArgument
from hito.core.signature import (
    SCALARS,
    AnyValue,
    ArrayOf,
    Column,
    MapOf,
    ObjectOf,
    ParamSpec,
    Property,
    Scalar,
    Signature,
    Tensor,
    parse_schema,
)

names = st.text(max_size=8)
scalars = st.sampled_from(sorted(SCALARS)).map(Scalar)
value_types = st.recursive(
    scalars | st.just(AnyValue()),
    lambda inner: (
        inner.map(ArrayOf)
        | inner.map(MapOf)
        | st.dictionaries(names, st.tuples(inner, st.booleans()), max_size=3).map(
            lambda members: ObjectOf(tuple(Property(name, *member) for name, member in sorted(members.items())))
        )
    ),
    max_leaves=5,
)
columns = st.dictionaries(names | st.integers(0, 9), st.tuples(value_types, st.booleans()), min_size=1, max_size=4).map(
    lambda named: tuple(Column(kind, name, required) for name, (kind, required) in named.items())
)
shapes = st.lists(st.integers(-1, 9), max_size=3).map(tuple)
tensors = st.builds(Tensor, st.sampled_from(["float32", "int64", "str"]), shapes).map(lambda tensor: (tensor,))
schemas = st.none() | columns | tensors
params = st.none() | st.lists(st.builds(ParamSpec, names, scalars, st.none() | st.integers(), st.none() | shapes)).map(
    tuple
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "name", "items", "x"]), inner),
)


@given(st.builds(Signature, schemas, schemas, params))
def test_a_signature_written_and_read_is_the_same(signature: Signature) -> None:
    assert Signature.from_texts(signature.to_texts()) == signature


@given(st.text() | json_values.map(json.dumps))
def test_any_text_is_a_schema_or_an_invalid_argument(text: str) -> None:
    with contextlib.suppress(InvalidArgument):
        parse_schema(text, "inputs")


def test_columns_are_written_letter_for_letter_as_mlflow_writes_them() -> None:
    double = '{"type": "double", "name": "x", "required": true}'
    array = '{"type": "array", "items": {"type": "long"}, "name": "y", "required": false}'
    schema = (Column(Scalar("double"), "x"), Column(ArrayOf(Scalar("long")), "y", required=False))

    assert Signature(inputs=schema).to_texts() == {"inputs": f"[{double}, {array}]", "outputs": None, "params": None}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("nonsense", "not JSON"),
        ('{"type": "double"}', "expected a list"),
        ('[{"type": "complex"}]', "known are"),
        ('[{"type": "double"}, {"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [1]}}]', "mixes"),
        ('[{"type": "double", "name": "a"}, {"type": "double"}]', "name all or none"),
        ('[{"type": "double", "name": "a"}, {"type": "long", "name": "a"}]', "twice"),
        ('[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-2]}}]', "-1 for any"),
        ("[" + '{"type": "array", "items": ' * 50 + '{"type": "long"}' + "}" * 50 + "]", "deeper than"),
    ],
)
def test_what_is_no_schema_is_refused_with_the_reason(text: str, problem: str) -> None:
    with pytest.raises(InvalidArgument, match=problem):
        parse_schema(text, "inputs")


def test_what_old_versions_left_out_is_forgiven() -> None:
    old: dict[str, Any] = {
        "inputs": '[{"type": "double", "name": "a", "optional": true}, {"type": "long", "name": "b"}]',
        "params": '[{"name": "k", "dtype": "long", "default": 1}]',
    }

    read = Signature.from_texts(old)

    assert read.inputs == (Column(Scalar("double"), "a", required=False), Column(Scalar("long"), "b"))
    assert read.params == (ParamSpec("k", Scalar("long"), 1),)
