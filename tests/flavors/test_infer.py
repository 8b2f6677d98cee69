"""A signature says what an example holds; nothing is silently absent. MLflow's own answers are beside ours."""

import datetime
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hito.core.errors import InvalidArgument
from hito.core.signature import AnyValue, Column, Scalar
from hito.flavors.enforce import enforce
from hito.flavors.infer import infer_schema, infer_signature


def column(values: Any, dtype: Any = None) -> tuple[str, bool]:
    """(type, required) of a frame's only column."""
    frame = pd.DataFrame({"a": pd.Series(values, dtype=dtype)})
    entry = json.loads(infer_signature(frame).to_texts()["inputs"] or "")[0]
    return entry["type"], entry["required"]


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        ([1, 2], "int64", ("long", True)),
        ([1, 2], "int8", ("integer", True)),
        ([1, 2], "uint32", ("long", True)),
        ([1, 2], "float32", ("float", True)),
        ([1.0, None], "float64", ("double", False)),
        ([1, None], "Int64", ("long", False)),
        ([1, 2], "Int32", ("integer", True)),
        ([True, None], "boolean", ("boolean", False)),
        ([True, False], "bool", ("boolean", True)),
        ([True, None], object, ("boolean", False)),
        (["x", "y"], "category", ("string", True)),
        (["x", None], "category", ("string", False)),
        ([3, 4], "category", ("long", True)),
        (["x", None], object, ("string", False)),
        (["x", None], "string", ("string", False)),
        ([b"x"], object, ("binary", True)),
        ([datetime.date(2024, 1, 1)], object, ("datetime", True)),
        (["2024-01-01", None], "datetime64[ns]", ("datetime", False)),
        ([[1, 2], [3]], object, ("array", True)),
        ([{"k": 1}], object, ("object", True)),
        ([None, None], object, ("any", False)),
        ([1, 2], "uint64", ("any", True)),
        (["x", 1], object, ("any", True)),
        ([1, 2], "timedelta64[ns]", ("any", True)),
    ],
)
def test_a_column_is_described_by_its_values_and_its_gaps(values: Any, dtype: Any, expected: tuple[str, bool]) -> None:
    assert column(values, dtype) == expected


def test_a_column_that_cannot_be_described_does_not_take_the_others_along() -> None:
    frame = pd.DataFrame({"id": np.array([1], dtype="uint64"), "size": [1.5]})

    assert infer_schema(frame) == (Column(AnyValue(), "id"), Column(Scalar("double"), "size"))


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (
            np.zeros((3, 2), dtype="float32"),
            '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 2]}}]',
        ),
        (np.array(["a"]), '[{"type": "tensor", "tensor-spec": {"dtype": "str", "shape": [-1]}}]'),
        (
            {"a": np.zeros((2, 3))},
            '[{"name": "a", "type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 3]}}]',
        ),
        (
            {"a": 1, "b": "x"},
            '[{"type": "long", "name": "a", "required": true}, {"type": "string", "name": "b", "required": true}]',
        ),
        (
            [{"a": 1}, {"a": 2, "b": 1.5}],
            '[{"type": "long", "name": "a", "required": true}, {"type": "double", "name": "b", "required": false}]',
        ),
        ([1, 2], '[{"type": "long", "required": true}]'),
        ("x", '[{"type": "string", "required": true}]'),
        (
            pd.DataFrame([[1, 2.0]]),
            '[{"type": "long", "name": 0, "required": true}, {"type": "double", "name": 1, "required": true}]',
        ),
        (pd.Series([1], name="y"), '[{"type": "long", "name": "y", "required": true}]'),
    ],
)
def test_other_inputs_are_described_letter_for_letter_as_by_mlflow(data: Any, text: str) -> None:
    assert infer_signature(data).to_texts()["inputs"] == text


def test_params_are_described_with_their_defaults() -> None:
    given = {"k": 1, "names": ["a"], "when": datetime.datetime.fromisoformat("2024-01-01"), "more": {"x": 1}}

    text = infer_signature(None, None, given).to_texts()["params"]

    assert json.loads(text or "") == [
        {"name": "k", "default": 1, "shape": None, "type": "long"},
        {"name": "names", "default": ["a"], "shape": [-1], "type": "string"},
        {"name": "when", "default": "2024-01-01T00:00:00", "shape": None, "type": "datetime"},
        {
            "name": "more",
            "default": {"x": 1},
            "shape": None,
            "type": "object",
            "properties": {"x": {"type": "long", "required": True}},
        },
    ]


def test_a_param_without_a_type_is_an_error_and_so_is_no_example_at_all() -> None:
    with pytest.raises(InvalidArgument, match="param k = None"):
        infer_signature(None, None, {"k": None})
    with pytest.raises(InvalidArgument, match="needs an example"):
        infer_signature()


@pytest.mark.parametrize(
    "dtype", ["int64", "Int64", "float32", "category", "bool", "boolean", "uint64", "string", "datetime64[ns]"]
)
def test_the_frame_that_a_signature_came_from_fits_it(dtype: str) -> None:
    frame = pd.DataFrame({"a": pd.Series([1, 0], dtype=None if dtype == "string" else dtype)}).astype(dtype)

    pd.testing.assert_frame_equal(enforce(frame, infer_schema(frame)), frame)
