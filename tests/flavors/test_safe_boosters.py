"""Hostile files of XGBoost and LightGBM are refused; their own readers would crash, hang or end the process."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lightgbm as lgb
import mlflow_clients as clients
import numpy as np
import pandas as pd
import pytest
import skops.io
import xgboost as xgb
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from hito.core.errors import InvalidArgument
from hito.flavors import xgboost as flavor
from hito.flavors.safe import ubj
from hito.flavors.safe.lightgbm_trees import check_lightgbm
from hito.flavors.safe.load import load
from hito.flavors.safe.xgboost_trees import check_xgboost

_random = np.random.default_rng(0)
X = _random.normal(size=(300, 5))
CLASSES = (X[:, 0] > 0).astype(int)
THREE = np.digitize(X[:, 1], [-0.5, 0.5])
FRAME = pd.DataFrame({"c": pd.Categorical(list("abcd") * 75), "n": X[:, 0]})
ODD = FRAME["c"].isin(["a", "c"]).astype(int)
LIGHT = {"n_estimators": 3, "verbose": -1, "n_jobs": 1}

BOOSTED = {
    "two classes": lambda: xgb.XGBClassifier(n_estimators=2, max_depth=3, n_jobs=1).fit(X, CLASSES),
    "three classes": lambda: xgb.XGBClassifier(n_estimators=2, n_jobs=1).fit(X, THREE),
    "linear": lambda: xgb.XGBClassifier(booster="gblinear", n_estimators=2, n_jobs=1).fit(X, THREE),
    "dart": lambda: xgb.XGBRegressor(booster="dart", n_estimators=2, n_jobs=1).fit(X, CLASSES),
    "forest": lambda: xgb.XGBRFClassifier(n_estimators=3, n_jobs=1).fit(X, THREE),
    "vectors": lambda: xgb.XGBRegressor(multi_strategy="multi_output_tree", n_estimators=2, n_jobs=1).fit(X, X[:, :2]),
    "pruned": lambda: xgb.XGBRegressor(gamma=1, tree_method="exact", n_estimators=5, n_jobs=1).fit(X, X[:, 0]),
    "categories": lambda: xgb.XGBClassifier(enable_categorical=True, max_cat_to_onehot=1, n_jobs=1).fit(FRAME, ODD),
}
LIGHTED = {
    "two classes": lambda: lgb.LGBMClassifier(**LIGHT).fit(X, CLASSES),
    "three classes": lambda: lgb.LGBMClassifier(**LIGHT).fit(X, THREE),
    "categories": lambda: lgb.LGBMClassifier(**LIGHT).fit(FRAME, ODD),
    "lines": lambda: lgb.LGBMRegressor(linear_tree=True, **LIGHT).fit(X, X[:, 0] + X[:, 1] ** 2),
    "one leaf": lambda: lgb.LGBMRegressor(**LIGHT).fit(X[:5], X[:5, 0]),
}
GOOD = json.loads(BOOSTED["two classes"]().get_booster().save_raw("json"))
GOOD_UBJ = bytes(BOOSTED["two classes"]().get_booster().save_raw("ubj"))
TEXT = LIGHTED["two classes"]().booster_.model_to_string()


@pytest.mark.parametrize("name", BOOSTED)
@pytest.mark.parametrize("form", ["ubj", "json"])
def test_every_kind_of_xgboost_model_passes(name: str, form: str) -> None:
    check_xgboost(bytes(BOOSTED[name]().get_booster().save_raw(form)), "the file")


@pytest.mark.parametrize("name", LIGHTED)
def test_every_kind_of_lightgbm_model_passes(name: str) -> None:
    check_lightgbm(LIGHTED[name]().booster_.model_to_string().encode(), "the file")


def test_ubj_says_the_same_as_json() -> None:
    booster = BOOSTED["categories"]().get_booster()

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        if isinstance(value, list | np.ndarray):
            return [plain(item) for item in value]
        return value.item() if hasattr(value, "item") else value

    one, other = plain(ubj.parse(bytes(booster.save_raw("ubj")))), json.loads(booster.save_raw("json"))

    tree, same = (model["learner"]["gradient_booster"]["model"]["trees"][0] for model in (one, other))
    assert tree["left_children"] == same["left_children"]
    assert one["learner"]["learner_model_param"] == other["learner"]["learner_model_param"]


def tree(model: Any) -> Any:
    return model["learner"]["gradient_booster"]["model"]["trees"][0]


@pytest.mark.parametrize(
    ("alter", "problem"),
    [
        (lambda model: tree(model)["left_children"].__setitem__(0, 10**6), "child outside"),
        (lambda model: tree(model)["left_children"].__setitem__(0, -5), "child outside"),
        (lambda model: tree(model)["left_children"].__setitem__(0, 0), "circle"),
        (lambda model: tree(model)["right_children"].__setitem__(0, tree(model)["left_children"][0]), "two parents"),
        (lambda model: tree(model)["left_children"].__setitem__(0, -1), "half a leaf"),
        (lambda model: tree(model)["split_indices"].__setitem__(0, 5), "feature"),
        (lambda model: tree(model)["split_conditions"].pop(), "other lengths"),
        (lambda model: tree(model)["tree_param"].__setitem__("num_nodes", "1000"), "other lengths"),
        (lambda model: model["learner"]["gradient_booster"]["model"]["tree_info"].__setitem__(0, 7), "output"),
        (lambda model: model["learner"]["gradient_booster"]["model"]["trees"].pop(), "another number of trees"),
        (lambda model: model["learner"].pop("gradient_booster"), "form of a model"),
        (lambda model: model["learner"]["gradient_booster"].__setitem__("name", "other"), "not known"),
    ],
)
def test_an_xgboost_tree_that_leaves_its_arrays_is_refused(alter: Callable[[Any], Any], problem: str) -> None:
    model = json.loads(json.dumps(GOOD))
    alter(model)

    with pytest.raises(InvalidArgument, match=problem):
        check_xgboost(json.dumps(model).encode(), "the file")


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("left_child", "1000000", "child outside|other lengths"),
        ("left_child", "0", "circle|other lengths"),
        ("split_feature", "5", "feature|other lengths"),
        ("leaf_value", "x", "form of a model"),
        ("num_leaves", "1000", "without a value"),
        ("num_leaves", "many", "form of a model"),
    ],
)
def test_a_lightgbm_tree_that_leaves_its_lists_is_refused(field: str, value: str, problem: str) -> None:
    """The first entry of a list is changed, and the size of the tree with it, so that LightGBM would follow."""
    line = re.search(rf"^{field}=(\S+)(.*)$", TEXT, re.MULTILINE)
    sizes = re.search(r"^tree_sizes=(\d+)", TEXT, re.MULTILINE)
    assert line is not None
    assert sizes is not None
    grown = int(sizes[1]) + len(value) - len(line[1])
    changed = TEXT[: line.start(1)] + value + TEXT[line.end(1) :]
    changed = changed.replace(f"tree_sizes={sizes[1]}", f"tree_sizes={grown}", 1)

    with pytest.raises(InvalidArgument, match=problem):
        check_lightgbm(changed.encode(), "the file")


def test_a_lightgbm_text_whose_sizes_lie_is_refused_and_not_handed_to_threads() -> None:
    changed = re.sub(r"tree_sizes=\d+", "tree_sizes=17", TEXT, count=1)

    with pytest.raises(InvalidArgument, match=r"not where it is said to be|form of a model"):
        check_lightgbm(changed.encode(), "the file")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_ubj_file_cut_or_changed_anywhere_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    content = bytearray(GOOD_UBJ)
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    else:
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        check_xgboost(bytes(content), "the file")
    except InvalidArgument:
        return  # any other error fails the test


@given(st.binary(max_size=60))
def test_any_bytes_are_ubj_or_an_invalid_argument(content: bytes) -> None:
    try:
        ubj.parse(content)
    except InvalidArgument:
        return  # any other error fails the test


@pytest.mark.parametrize("kind", ["xgboost", "lightgbm"])
def test_a_hostile_booster_inside_a_pipeline_is_refused(kind: str) -> None:
    model = {"xgboost": BOOSTED, "lightgbm": LIGHTED}[kind]["two classes"]()
    content = skops.io.dumps(make_pipeline(StandardScaler(), model).fit(X, CLASSES))
    load(content, "the file")
    # Same length, so that the zip stays whole; its sum is made right by writing it anew.
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, body in members.items():
            body = body.replace(b"tree_sizes=", b"tree_sizes=9").replace(b"\x0enum_feature", b"\x0enum_featurf")
            archive.writestr(name, body.replace(b"num_feature", b"num_featurf"))

    with pytest.raises(InvalidArgument):
        load(stream.getvalue(), "the file")


CRASH = """
import pathlib, sys
from hito.core.errors import InvalidArgument
from hito.flavors import xgboost
try:
    model = xgboost.load(pathlib.Path(sys.argv[1]))
    print("loaded")
except InvalidArgument as error:
    print("refused")
"""


def test_a_hostile_xgboost_folder_does_not_reach_xgboost(tmp_path: Path) -> None:
    flavor.save(BOOSTED["two classes"](), tmp_path / "model", model_format="json")
    model = json.loads((tmp_path / "model/model.json").read_text())
    tree(model)["left_children"] = tree(model)["left_children"][:2]
    (tmp_path / "model/model.json").write_text(json.dumps(model))

    assert clients.run_alone(CRASH, tmp_path / "model").stdout.strip() == "refused"
