"""The input of a served model is compared with what it was trained on: column by column, in numbers and in words."""

import msgspec
import numpy as np
import pandas as pd
import pytest

from hito.evaluation.drift import drift as compared
from hito.evaluation.table import table as evaluated
from hito.flavors.profile import Profile, profile
from hito.fluent.serving import Registry
from hito.serve.drift import Drift
from hito.serve.predictor import Identity

NAMES = ("a", "b")


def _rows(seed, count=2_000):
    return np.random.default_rng(seed).normal(size=(count, 2))


def test_what_moved_has_a_large_index_and_what_did_not_a_small_one():
    found = Drift(NAMES, (), (), profile(pd.DataFrame(_rows(0), columns=NAMES)))
    asked = _rows(1)
    asked[:, 1] = asked[:, 1] * 0.5 + 1
    for piece in np.array_split(asked, 400):
        found.add(piece)
    indices = found.indices()
    assert list(indices) == ["b", "a"]
    assert indices["b"] > 0.5
    assert indices["a"] < 0.05


def test_few_rows_say_nothing_and_old_rows_fade():
    found = Drift(NAMES, (), (), profile(pd.DataFrame(_rows(0), columns=NAMES)))
    found.add(_rows(1, 400) + 5)
    assert found.indices() == {}
    for seed in range(2, 122):
        found.add(_rows(seed, 1_000))
    assert max(found.indices().values()) < 0.05


def test_values_outside_and_missing_are_counted_by_column_and_once():
    rows = np.array([[0.0, 1.0], [9.0, np.nan], [-9.0, 0.5]])
    for trained in (profile(pd.DataFrame({"a": [-1.0, 1.0], "b": [0.0, 2.0]})), None):
        found = Drift(NAMES, (-1.0, 0.0), (1.0, None), trained)
        found.add(rows)
        assert found.counts() == ({"a": 2}, {"b": 1})
        assert found.counts() == ({}, {})
    unknown = Drift(NAMES, (), (), None)
    unknown.add(rows)
    assert (unknown.counts(), unknown.indices()) == (({}, {}), {})


def test_a_table_with_texts_is_compared_by_its_categories():
    table = pd.DataFrame({"size": np.arange(1_000.0), "colour": ["red"] * 900 + ["blue"] * 100})
    found = Drift(None, (), (), profile(table))
    found.add(table.assign(colour=["red"] * 300 + ["blue"] * 300 + ["green"] * 300 + [None] * 100, other=1))
    assert (found.indices()["size"], found.indices()["colour"] > 1) == (pytest.approx(0, abs=1e-3), True)
    assert found.counts() == ({}, {"colour": 100})
    found.add(pd.DataFrame({"size": ["big"]}))  # texts where training saw numbers
    for odd in ({"size": np.zeros(3)}, np.zeros((2, 9)), np.zeros(2), np.array([["a", "b"]]), None):
        found.add(odd)
    assert found.counts() == ({}, {})


def test_a_version_without_a_profile_has_that_of_its_run_s_evaluation(registry, tmp_path):
    train = pd.DataFrame(_rows(0), columns=NAMES).assign(c=["x"] * 1_500 + ["y"] * 500)
    version = registry.client.get_model_version("Forest", "1")
    source, who = Registry({"tracking_uri": registry.uri}), Identity(uri="models:/Forest/1", name="Forest", version="1")
    assert source.profile(who, tmp_path) is None

    said = {"drift": compared(evaluated(train), evaluated(train.tail(600)), seed=0)}
    (tmp_path / "evaluation.json").write_bytes(msgspec.json.encode(said))
    registry.client.log_artifact(version.run_id, tmp_path / "evaluation.json", "evaluation")
    found = source.profile(who, tmp_path / "brought")
    assert isinstance(found, Profile)
    assert {one.name for one in found.columns} == {"a", "b", "c"}
    served = Drift(None, (), (), found)
    served.add(train)
    assert max(served.indices().values()) < 0.01
    served.add(train.assign(c="y"))
    assert served.indices()["c"] > 0.2
