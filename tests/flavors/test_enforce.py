"""An input is made to fit its signature, or refused with the name of what does not."""

import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hito.core.errors import InvalidArgument
from hito.core.signature import AnyValue, ArrayOf, Column, ParamSpec, Scalar, Schema, Signature, Tensor
from hito.flavors.enforce import enforce, enforce_params


def columns(**kinds: str) -> Schema:
    return tuple(Column(Scalar(kind), name) for name, kind in kinds.items())


def test_columns_come_in_the_models_order_without_the_others() -> None:
    frame = pd.DataFrame({"z": [9], "b": ["x"], "a": [1.5]})

    assert list(enforce(frame, columns(a="double", b="string")).columns) == ["a", "b"]


def test_a_missing_column_is_named_and_an_optional_one_may_be_absent() -> None:
    with pytest.raises(InvalidArgument, match="lacks 'b'"):
        enforce(pd.DataFrame({"a": [1.0]}), columns(a="double", b="double"))

    schema = (Column(Scalar("double"), "a"), Column(Scalar("double"), "b", required=False))
    assert list(enforce(pd.DataFrame({"a": [1.0]}), schema).columns) == ["a"]


@pytest.mark.parametrize(
    ("values", "kind", "dtype"),
    [
        (np.array([1], "int32"), "long", "int64"),
        (np.array([1], "int8"), "double", "float64"),
        (np.array([1, 7], "int64"), "double", "float64"),
        (np.array([1, 0], "int64"), "float", "float32"),
        (np.array([1], "float32"), "double", "float64"),
        (np.array([1], "uint32"), "long", "int64"),
        (np.array([1, None], object), "double", "float64"),
        (np.array([1], object), "long", "int64"),
        (np.array([datetime.date(2024, 1, 1)], object), "datetime", "datetime64"),
        (np.array([b"x"], object), "binary", "object"),
    ],
)
def test_a_value_is_cast_where_nothing_is_lost(values: Any, kind: str, dtype: str) -> None:
    found = enforce(pd.DataFrame({"a": pd.Series(values, dtype=values.dtype)}), columns(a=kind))

    assert str(found["a"].dtype).startswith(dtype)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (np.array([1.5]), "float"),
        (np.array([1.0]), "long"),
        (np.array([1], "int64"), "integer"),
        (np.array([2**60 + 1], "int64"), "double"),
        (np.array([2**63], "uint64"), "long"),
        (np.array(["1"], object), "double"),
        (np.array([True]), "long"),
        (np.array([1]), "string"),
        (np.array([1]), "boolean"),
        (np.array(["2024-01-01"], "datetime64[ns]"), "string"),
    ],
)
def test_a_value_that_would_lose_something_is_refused_by_the_name_of_its_column(values: Any, kind: str) -> None:
    with pytest.raises(InvalidArgument, match="column 'a' holds"):
        enforce(pd.DataFrame({"a": pd.Series(values, dtype=values.dtype)}), columns(a=kind))


def test_a_gap_in_a_required_whole_number_is_refused() -> None:
    frame = pd.DataFrame({"a": pd.array([1, None], dtype="Int64")})

    with pytest.raises(InvalidArgument, match="missing value"):
        enforce(frame, columns(a="long"))
    assert enforce(frame, (Column(Scalar("long"), "a", required=False),))["a"].isna().sum() == 1


def test_lists_dicts_and_records_become_tables() -> None:
    schema = columns(a="long", b="string")

    for data in ({"a": 1, "b": "x"}, {"a": [1], "b": ["x"]}, [{"a": 1, "b": "x"}]):
        assert enforce(data, schema).to_dict("records") == [{"a": 1, "b": "x"}]
    assert enforce([1, 2], (Column(Scalar("long")),)).shape == (2, 1)


def test_nested_values_are_looked_into_and_stay_what_they_are() -> None:
    schema = (Column(ArrayOf(Scalar("long")), "a"),)

    assert enforce({"a": [1, 2]}, schema) == {"a": [1, 2]}
    with pytest.raises(InvalidArgument, match="in a list holds a str"):
        enforce({"a": ["x"]}, schema)


def test_tensors_must_have_the_dtype_and_shape_declared() -> None:
    schema = (Tensor("float32", (-1, 2)),)
    good = np.zeros((5, 2), dtype="float32")

    assert enforce(good, schema) is good
    for bad, problem in (
        (good.astype("float64"), "dtype float64"),
        (good[:, :1], "shape"),
        ([[1.0, 2.0]], "is a list"),
    ):
        with pytest.raises(InvalidArgument, match=problem):
            enforce(bad, schema)


def test_what_is_declared_as_anything_passes() -> None:
    assert enforce("whatever", (Column(AnyValue()),)) == "whatever"
    assert enforce("whatever", None) == "whatever"


def test_params_are_checked_completed_and_unknown_ones_left_out() -> None:
    specs = (ParamSpec("k", Scalar("long"), 1), ParamSpec("names", Scalar("string"), ["a"], (-1,)))
    signature = Signature(params=specs)

    assert enforce_params({"k": 2, "unknown": 1}, signature) == {"k": 2, "names": ["a"]}
    assert enforce_params(None, None) == {}
    for bad in ({"k": "2"}, {"k": 1.5}, {"k": True}, {"k": [1]}, {"names": "a"}, {"names": [1]}):
        with pytest.raises(InvalidArgument, match="param"):
            enforce_params(bad, signature)
