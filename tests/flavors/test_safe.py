"""A hostile skops file is refused with a sentence before any object of it exists; a good one is loaded."""

import io
import json
import pickle
import zipfile
from collections.abc import Callable
from typing import Any

import mlflow_clients as clients
import numpy as np
import pandas as pd
import pytest
import skops.io
from hostile import Forged, json_node
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.datasets import make_classification
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
)
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, SplineTransformer, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from hito.core.errors import InvalidArgument
from hito.flavors.safe.archive import Archive
from hito.flavors.safe.load import audit, load

X, y = make_classification(80, 6, n_informative=4, n_classes=3, n_clusters_per_class=1, random_state=0)
TREE = DecisionTreeClassifier(random_state=0).fit(X, y)
FOREST = RandomForestClassifier(3, random_state=0).fit(X, y)


def refusal(forged: Forged) -> str:
    with pytest.raises(InvalidArgument) as caught:
        load(forged.bytes(), "the file")
    return caught.value.message


def put(field: str, place: int, value: Any) -> Callable[[Any], None]:
    def alter(nodes: Any) -> None:
        nodes[field][place] = value

    return alter


@pytest.mark.parametrize(
    ("field", "place", "value", "problem"),
    [
        ("left_child", 0, 10**6, "child outside"),
        ("left_child", 0, -7, "child outside"),
        ("right_child", 0, 0, "circle"),
        ("left_child", 0, 0, "circle"),
        ("feature", 0, 6, "feature outside"),
        ("feature", 0, -2, "feature outside"),
        ("feature", 0, 2**40, "feature outside"),
        ("left_child", 0, -1, "half a leaf|two parents"),
        ("n_node_samples", 0, -1, "less than no samples"),
    ],
)
def test_a_tree_with_an_index_outside_its_nodes_is_refused(field: str, place: int, value: int, problem: str) -> None:
    forged = Forged(FOREST)
    forged.change(forged.tree("nodes"), put(field, place, value))

    assert any(part in refusal(forged) for part in problem.split("|"))


def test_a_tree_in_which_two_nodes_share_a_child_is_refused() -> None:
    forged = Forged(TREE)
    forged.change(forged.tree("nodes"), lambda nodes: nodes["right_child"].__setitem__(0, nodes["left_child"][0]))

    assert "two parents" in refusal(forged)


@pytest.mark.parametrize("part", ["nodes", "values"])
def test_a_tree_with_cut_arrays_is_refused(part: str) -> None:
    forged = Forged(TREE)
    forged.change(forged.tree(part), lambda array: array[:-1])

    assert "do not fit" in refusal(forged)


@pytest.mark.parametrize(("part", "value"), [("node_count", 10**6), ("max_depth", 0), ("max_depth", 99)])
def test_a_tree_that_lies_about_its_size_is_refused(part: str, value: int) -> None:
    forged = Forged(TREE)
    forged.change(forged.tree(part), lambda _: value)

    assert "tree" in refusal(forged)


def test_a_tree_that_knows_more_features_than_its_estimator_checks_is_refused() -> None:
    forged = Forged(TREE)
    arguments = next(iter(forged.nodes("TreeNode")))["__reduce__"]["args"]["content"]
    arguments[0] = json_node(1000)
    forged.change(forged.tree("nodes"), put("feature", 0, 999))

    assert "does not fit" in refusal(forged)


def test_a_forest_that_lets_wider_trees_see_an_unchecked_input_is_refused() -> None:
    forged = Forged(FOREST)
    forged.schema["content"]["content"]["n_features_in_"] = json_node(2)

    assert "another number of features" in refusal(forged)


def test_an_attribute_that_stands_in_front_of_a_method_is_refused() -> None:
    forged = Forged(FOREST)
    content = forged.schema["content"]
    content["content"]["_validate_X_predict"] = json_node(None)
    content["key_types"]["content"].append(content["key_types"]["content"][0])

    assert "replaces the method _validate_X_predict" in refusal(forged)


def test_boosted_trees_that_write_beside_their_columns_are_refused() -> None:
    model = GradientBoostingClassifier(n_estimators=2, random_state=0).fit(X, y)
    forged = Forged(model)
    forged.change(forged.attribute("DummyClassifier", "class_prior_"), lambda prior: prior[:1])

    assert "first guess" in refusal(forged)


def test_histogram_trees_with_a_node_outside_are_refused() -> None:
    model = HistGradientBoostingClassifier(max_iter=2, min_samples_leaf=5).fit(X, y)
    forged = Forged(model)
    forged.change(forged.attribute("TreePredictor", "nodes"), put("left", 0, 4000))

    assert "child outside" in refusal(forged)


def test_histogram_trees_over_categories_are_loaded_and_their_bitsets_are_checked() -> None:
    frame = pd.DataFrame({"c": pd.Categorical(list("abcd") * 20), "n": X[:, 0]})
    frame["target"] = (frame["c"].isin(["a", "c"]) ^ (frame["n"] > 0)).astype(int)
    model = HistGradientBoostingClassifier(max_iter=5, min_samples_leaf=2).fit(frame[["c", "n"]], frame["target"])
    forged = Forged(model)

    loaded = load(forged.bytes(), "the file")
    np.testing.assert_array_equal(loaded.predict(frame[["c", "n"]]), model.predict(frame[["c", "n"]]))
    for predictor in forged.nodes("TreePredictor"):
        forged.change(predictor["content"]["content"]["raw_left_cat_bitsets"], lambda bits: bits[:0])
    assert "outside its bitsets" in refusal(forged)


def test_an_isolation_forest_whose_trees_see_other_columns_is_refused() -> None:
    forged = Forged(IsolationForest(n_estimators=3, random_state=0, max_features=0.5).fit(X))
    chosen = forged.attribute("IsolationForest", "estimators_features_")["content"][0]
    forged.change(chosen, lambda columns: columns[:1])

    assert "another number of features" in refusal(forged)


@pytest.mark.parametrize(
    ("place", "alter"),
    [
        (1, lambda order: order + 1000),
        (2, put("idx_end", 0, 10**6)),
        (2, put("is_leaf", -1, 0)),
        (3, lambda bounds: bounds[:, :1]),
        (4, lambda _: 0),
        (6, lambda _: 10**6),
    ],
)
def test_a_search_tree_with_a_range_outside_its_data_is_refused(place: int, alter: Callable[[Any], Any]) -> None:
    forged = Forged(KNeighborsClassifier().fit(X, y))
    forged.change(next(iter(forged.nodes("KDTree")))["content"]["content"][place], alter)

    assert "search tree" in refusal(forged)


@pytest.mark.parametrize("name", ["support_", "_n_support", "_dual_coef_", "_intercept_", "support_vectors_"])
def test_a_support_vector_machine_with_parts_of_other_lengths_is_refused(name: str) -> None:
    forged = Forged(SVC().fit(X, y))
    forged.change(forged.attribute("SVC", name), lambda array: np.ascontiguousarray(array[:-1]))

    assert "do not fit" in refusal(forged)


def test_cluster_centres_narrower_than_the_input_are_refused() -> None:
    forged = Forged(KMeans(2, n_init=1).fit(X))
    forged.change(forged.attribute("KMeans", "cluster_centers_"), lambda centres: centres[:, :1])

    assert "another width" in refusal(forged)


def test_a_spline_with_too_few_coefficients_is_refused() -> None:
    forged = Forged(SplineTransformer().fit(X))
    forged.change(forged.attribute("BSpline", "_c"), lambda coefficients: coefficients[:1])

    assert "spline" in refusal(forged)


def test_a_vocabulary_with_a_word_outside_it_is_refused() -> None:
    forged = Forged(CountVectorizer().fit(["a red house", "the sea"]))
    words = forged.attribute("CountVectorizer", "vocabulary_")["content"]
    forged.change(words["sea"], lambda place: place * 0 + 10**6)

    assert "word outside" in refusal(forged)


def test_an_encoder_with_fewer_columns_than_categories_is_refused() -> None:
    forged = Forged(OneHotEncoder().fit([["a"], ["b"], ["c"]]))
    forged.attribute("OneHotEncoder", "_n_features_outs")["content"][0] = json_node(1)

    assert "fewer columns" in refusal(forged)


def test_a_foreign_type_is_refused_before_anything_is_imported() -> None:
    forged = Forged(LogisticRegression().fit(X, y))
    forged.schema["__module__"], forged.schema["__class__"] = "antigravity", "fly"

    assert "antigravity.fly" in refusal(forged)
    assert "antigravity" not in __import__("sys").modules


def test_a_type_in_a_role_that_is_not_its_own_is_refused() -> None:
    forged = Forged(make_pipeline(FunctionTransformer(np.log1p), StandardScaler()).fit(np.abs(X)))
    node = next(iter(forged.nodes("FunctionNode")))
    node["__module__"], node["__class__"] = "sklearn.tree._tree", "Tree"

    assert "sklearn.tree._tree.Tree" in refusal(forged)


@pytest.mark.parametrize(
    "loader", ["MethodNode", "OperatorFuncNode", "ConstructorFromReduceNode", "CachedNode", "Nothing"]
)
def test_a_loader_that_can_call_things_is_refused(loader: str) -> None:
    forged = Forged(StandardScaler().fit(X))
    forged.attribute("StandardScaler", "n_features_in_")["__loader__"] = loader

    assert "is not allowed" in refusal(forged)


def test_a_function_of_the_users_own_is_refused_with_the_way_out(tmp_path: Any) -> None:
    from hito.flavors import sklearn

    model = FunctionTransformer(refusal)
    with pytest.raises(InvalidArgument, match="serialization_format='cloudpickle'"):
        sklearn.save(model, tmp_path / "model")


def test_a_pickle_inside_an_array_is_refused() -> None:
    forged = Forged(StandardScaler().fit(X))
    stream = io.BytesIO()
    np.save(stream, np.array([print], dtype=object), allow_pickle=True)
    forged.members[forged.attribute("StandardScaler", "mean_")["file"]] = stream.getvalue()

    assert "hides a pickle" in refusal(forged)


def test_an_array_whose_header_promises_more_than_there_is_is_refused() -> None:
    forged = Forged(StandardScaler().fit(X))
    name = forged.attribute("StandardScaler", "mean_")["file"]
    forged.members[name] = forged.members[name].replace(b"(6,)", b"(9,)")

    assert "not as long as its shape" in refusal(forged)


def test_a_sparse_matrix_with_an_index_outside_its_shape_is_refused() -> None:
    import scipy.sparse
    from sklearn.random_projection import SparseRandomProjection

    model = SparseRandomProjection(2, random_state=0).fit(X)
    model.components_ = scipy.sparse.csr_matrix(model.components_)
    model.components_.indices = model.components_.indices + 10**6
    content = skops.io.dumps(model)

    with pytest.raises(InvalidArgument, match="leave its shape"):
        load(content, "the file")


def test_a_zip_that_unfolds_to_a_thousand_times_its_size_is_refused() -> None:
    forged = Forged(StandardScaler().fit(X))
    forged.members["1.bin"] = bytes(100 * 1024**2)

    with pytest.raises(InvalidArgument, match="bomb"):
        Archive(forged.bytes(zipfile.ZIP_DEFLATED), "the file")


@pytest.mark.parametrize("name", ["../evil.npy", "/etc/passwd", "model.pkl", "a/b.npy"])
def test_an_unexpected_member_is_refused(name: str) -> None:
    forged = Forged(StandardScaler().fit(X))
    forged.members[name] = b""

    assert "is no skops file" in refusal(forged)


def test_an_object_that_contains_itself_is_refused() -> None:
    forged = Forged(StandardScaler().fit(X))
    forged.schema["content"]["content"]["copy"] = {**forged.schema, "content": None}

    assert "contains itself" in refusal(forged)


def test_a_second_object_under_the_same_id_never_reaches_skops() -> None:
    """skops goes by the first object of an id. If it went by the second, ours would have no other content to give."""
    forged = Forged(make_pipeline(StandardScaler(), TREE).fit(X, y))
    nodes = forged.tree("nodes")
    evil = {**nodes, "file": "999.npy"}
    forged.members["999.npy"] = b"never read"
    forged.schema["content"]["content"]["verbose"] = evil
    passed = audit(forged.bytes(), "the file").content

    with zipfile.ZipFile(io.BytesIO(passed)) as archive:
        assert "999.npy" not in archive.namelist()
        assert "999.npy" not in archive.read("schema.json").decode()


def test_keys_that_nobody_knows_do_not_reach_skops() -> None:
    forged = Forged(StandardScaler().fit(X))
    forged.schema["__evil__"] = {"__loader__": "MethodNode"}

    passed = audit(forged.bytes(), "the file").content
    with zipfile.ZipFile(io.BytesIO(passed)) as archive:
        assert "__evil__" not in archive.read("schema.json").decode()


def test_a_schema_nested_without_end_is_refused() -> None:
    forged = Forged(StandardScaler().fit(X))
    text = '{"a":' * 100_000
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("schema.json", text)
    with pytest.raises(InvalidArgument, match="not JSON"):
        load(stream.getvalue(), "the file")
    state: Any = forged.schema["content"]["content"]["copy"]
    for _ in range(200):
        state = {"__class__": "list", "__module__": "builtins", "__loader__": "ListNode", "content": [state]}
    forged.schema["content"]["content"]["copy"] = state
    assert "nested too deeply" in refusal(forged)


@pytest.mark.parametrize("content", [b"", b"PK", b"\x80\x04.", pickle.dumps(1), b"\0" * 1000])
def test_what_is_no_zip_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidArgument, match="no skops file"):
        load(content, "the file")


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_file_with_any_byte_changed_is_loaded_or_refused_and_nothing_else(data: st.DataObject) -> None:
    content = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        audit(bytes(content), "the file")
    except InvalidArgument:
        return  # any other error fails the test


GOOD = skops.io.dumps(TREE)

FUZZ = """
import sys, numpy as np
sys.path.insert(0, r"{tests}")
from hostile import Forged
from hypothesis import given, settings, strategies as st, HealthCheck
from sklearn.datasets import make_classification
from sklearn.tree import DecisionTreeClassifier
from hito.core.errors import InvalidArgument
from hito.flavors.safe.load import load

X, y = make_classification(60, 6, n_informative=4, random_state=0)
model = DecisionTreeClassifier(random_state=0).fit(X, y)
count = model.tree_.node_count
wild = st.one_of(st.integers(-3, count + 2), st.sampled_from([2**31, 2**62, -2**62]))
edits = st.lists(st.tuples(st.sampled_from(["left_child", "right_child", "feature", "cut", "count", "depth"]),
                           st.integers(0, count - 1), wild), min_size=1, max_size=3)
seen = {{"refused": 0, "equal": 0, "loaded": 0}}

@settings(max_examples=250, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(edits)
def attack(edits):
    forged = Forged(model)
    same = True
    for field, place, value in edits:
        if field == "cut":
            forged.change(forged.tree("nodes"), lambda nodes: nodes[:place])
        elif field in ("count", "depth"):
            forged.change(forged.tree({{"count": "node_count", "depth": "max_depth"}}[field]), lambda _: value)
        else:
            def alter(nodes):
                if place < len(nodes):
                    nodes[field][place] = value
            forged.change(forged.tree("nodes"), alter)
    try:
        loaded = load(forged.bytes(), "the file")
    except InvalidArgument:
        seen["refused"] += 1
        return
    # What passes must be sound: it answers within its nodes, for any input of the right width.
    places = loaded.apply(np.random.default_rng(0).normal(size=(50, 6)) * 100)
    assert ((0 <= places) & (places < loaded.tree_.node_count)).all()
    loaded.decision_path(X)
    seen["loaded"] += 1

attack()
print(seen)
"""


@pytest.mark.slow
def test_trees_mutated_at_random_are_refused_or_sound_and_never_crash_the_process(tmp_path: Any) -> None:
    from pathlib import Path

    done = clients.run_alone(FUZZ.format(tests=Path(__file__).parent), tmp_path)

    assert done.returncode == 0, done.stderr[-2000:]
    seen = json.loads(done.stdout.strip().replace("'", '"'))
    assert seen["refused"] > 100
