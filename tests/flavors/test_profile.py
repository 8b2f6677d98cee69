"""The profile of training data: shares of its columns' bins, whole or not there."""

import numpy as np
import pandas as pd
import pytest

from hito.flavors import sklearn
from hito.flavors.mlmodel import read as read_model
from hito.flavors.profile import FILE, profile, read, write


def test_numbers_lie_in_ten_bins_of_equal_weight_and_missing_values_in_one_more():
    values = np.append(np.arange(90.0), [np.nan] * 10)
    (column,) = profile(pd.DataFrame({"a": values})).columns
    assert (column.name, len(column.edges), column.low, column.high) == ("a", 9, 0.0, 89.0)
    assert column.shares == pytest.approx([0.09] * 10 + [0.1])


def test_texts_are_counted_by_the_commonest_and_the_others():
    texts = ["red"] * 5 + ["blue"] * 3 + [f"rare {number:02}" for number in range(30)] + [None, float("nan")]
    (column,) = profile(pd.DataFrame({"colour": texts})).columns
    assert column.categories[:2] == ("red", "blue")
    assert (len(column.categories), column.edges, sum(column.shares)) == (20, (), pytest.approx(1))
    assert column.shares[:2] == pytest.approx([5 / 40, 3 / 40])
    assert column.shares[-2:] == pytest.approx([12 / 40, 2 / 40])


def test_a_column_of_one_value_and_one_of_nothing_are_told_as_what_they_are():
    found = profile(pd.DataFrame({"same": [3.0] * 4, "gone": [np.nan] * 4, "when": pd.to_datetime(["2020"] * 4)}))
    same, gone, when = found.columns
    assert (same.name, same.edges, same.shares) == ("same", (3.0,), (1.0, 0.0, 0.0))
    assert (gone.name, when.name, gone.shares, when.shares) == ("gone", "when", (), ())


def test_whatever_pandas_holds_is_read_as_numbers_or_texts():
    table = pd.DataFrame({
        "whole": pd.array([1, None, 3], dtype="Int64"),
        "text": pd.array(["x", None, "x"], dtype="string"),
        "kind": pd.Categorical(["u", "v", None]),
        "yes": [True, False, True],
        "arrays": [np.zeros(2), np.ones(2), None],
        "mixed": [1, "one", pd.NaT],
    })  # fmt: skip
    found = {one.name: one for one in profile(table).columns}
    assert (found["whole"].low, found["whole"].high, found["whole"].shares[-1]) == (1.0, 3.0, pytest.approx(1 / 3))
    assert found["text"].categories == ("x",)
    assert (sorted(found["kind"].categories), found["kind"].shares[-1]) == (["u", "v"], pytest.approx(1 / 3))
    assert found["yes"].categories == ("True", "False")
    assert (len(found["arrays"].categories), found["arrays"].shares[-1]) == (2, pytest.approx(1 / 3))
    assert sorted(found["mixed"].categories) == ["1", "one"]


def test_many_rows_are_sampled_and_the_rows_are_told():
    found = profile(np.random.default_rng(0).normal(size=(50_000, 2)))
    assert (found.rows, [one.name for one in found.columns]) == (50_000, ["0", "1"])
    assert found.columns[0].shares == pytest.approx([0.1] * 10 + [0], abs=0.001)


@pytest.mark.parametrize("data", [None, [1, 2], np.zeros(3), np.zeros((0, 2)), "text"])
def test_what_is_no_table_has_no_profile(data):
    assert profile(data) is None


def test_it_lies_beside_the_model_and_a_damaged_one_is_none(tmp_path):
    from sklearn.linear_model import LinearRegression

    table = pd.DataFrame({"a": np.arange(20.0), "b": list("xy") * 10})
    known = profile(table)
    sklearn.save(LinearRegression().fit(table[["a"]], table["a"]), tmp_path / "model", profile=known)
    assert read(tmp_path / "model") == known
    assert read_model(tmp_path / "model").flavors.keys() == {"sklearn", "python_function"}

    for content in (b"", b"[]", b'{"rows":1,"columns":[{"name":"a","edges":[2,1],"shares":[0.5,0.5,0,0]}]}'):
        (tmp_path / FILE).write_bytes(content)
        assert read(tmp_path) is None
    assert read(tmp_path / "nowhere") is None
    write(known, tmp_path)
    assert read(tmp_path) == known
