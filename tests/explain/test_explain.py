"""The parts around SHAP: curves and shuffling against scikit-learn, LIME, chosen rows, time, wrong input, JSON."""

import json
import time
from types import SimpleNamespace

import msgspec
import numpy
import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_diabetes
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.metrics import log_loss, r2_score, roc_auc_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.tree import DecisionTreeClassifier

from hito.core.errors import InvalidArgument
from hito.explain import explain, from_json, to_json
from hito.explain.columns import Columns
from hito.explain.deadline import halved_to_fit
from hito.explain.shuffling import _scores


@pytest.fixture(scope="module")
def diabetes():
    data = load_diabetes(as_frame=True)
    frame, truth = data.data.iloc[:250], data.target.iloc[:250]
    model = RandomForestRegressor(12, max_depth=5, random_state=0).fit(frame, truth)
    found = explain(model, frame, truth, task="regression", feature_names=list(frame.columns), rows=[5, -1], budget=30)
    return model, frame, truth, found


def test_curves_are_those_of_scikit_learn(diabetes):
    model, frame, _, found = diabetes
    assert len(found.curves) == 6
    for one in found.curves:
        asked = partial_dependence(
            model, frame, [one.feature], custom_values={one.feature: numpy.array(one.grid)}, kind="both", method="brute"
        )
        # The grid was kept with six digits; a tree may be cut in between, which moves a point or two.
        difference = numpy.abs(numpy.array(one.mean[0]) - asked["average"][0])
        assert numpy.median(difference) < 1e-3
        assert numpy.array(one.single).shape == (40, len(one.grid))


def test_shuffling_costs_what_scikit_learn_says(diabetes):
    model, frame, truth, found = diabetes
    asked = permutation_importance(model, frame, truth, n_repeats=10, random_state=1, scoring="r2")
    ours = numpy.array(found.permutation.drops)
    assert found.permutation.score == "r2"
    assert found.permutation.baseline == pytest.approx(model.score(frame, truth), rel=1e-4)
    allowed = 4 * (asked.importances_std + ours.std(axis=1)) / numpy.sqrt(10) + 1e-3
    assert (numpy.abs(ours.mean(axis=1) - asked.importances_mean) < allowed).all()


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_scores_of_all_repeats_at_once_are_those_of_scikit_learn(task):
    generator = numpy.random.default_rng(0)
    answers = generator.integers(0, 12, (3, 60, 3)) / 11  # many are equal, some are 0
    answers[:, :, 2] += 0.01
    target = numpy.arange(60) % {"binary": 2, "multiclass": 3, "regression": 60}[task]
    surface = SimpleNamespace(task=task)
    for one, score in zip(answers, _scores(surface, target.astype(float), answers), strict=True):
        if task == "binary":
            asked = roc_auc_score(target, one[:, 0])
        elif task == "multiclass":
            asked = -log_loss(target, one / one.sum(axis=1, keepdims=True))
        else:
            asked = r2_score(target, one[:, 0])
        assert score == pytest.approx(asked)


def test_asked_typical_and_worst_rows_are_explained_both_ways(diabetes):
    _, frame, truth, found = diabetes
    assert [(one.row, one.why) for one in found.shap.waterfalls[:2]] == [(5, "asked"), (len(frame) - 1, "asked")]
    assert {one.why for one in found.shap.waterfalls} == {"asked", "typical", "worst"}
    assert [one.row for one in found.lime] == [one.row for one in found.shap.waterfalls]
    for one in found.lime:
        assert one.samples >= 250
        assert found.features[one.conditions[0].feature] in one.conditions[0].text
    worst = [one for one in found.shap.waterfalls if one.why == "worst"]
    errors = [abs(one.actual - one.predicted) for one in worst]
    assert errors == sorted(errors, reverse=True)
    assert worst[0].actual == pytest.approx(truth.iloc[worst[0].row])


def test_the_same_seed_gives_the_same_numbers(diabetes):
    model, frame, truth, found = diabetes
    again = explain(model, frame, truth, task="regression", feature_names=list(frame.columns), rows=[5, -1], budget=30)
    for name in ("shap", "curves", "pairs", "permutation", "lime", "omitted"):
        assert getattr(again, name) == getattr(found, name)


def test_an_explanation_is_json_and_comes_back(diabetes):
    found = diabetes[3]
    assert from_json(to_json(found)) == found
    assert len(to_json(found)) < 1_000_000


def test_what_is_no_explanation_or_a_newer_one_is_refused(diabetes):
    with pytest.raises(InvalidArgument, match="no explanation"):
        from_json(b"{")
    with pytest.raises(InvalidArgument, match="no explanation"):
        from_json(b'{"version": "x"}')
    newer = {**json.loads(to_json(diabetes[3])), "version": 99}
    with pytest.raises(InvalidArgument, match="Update hito"):
        from_json(json.dumps(newer))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(junk):
    try:
        from_json(junk)
    except InvalidArgument:
        pass


def test_without_truth_there_are_no_worst_rows_and_no_shuffling():
    matrix = numpy.random.default_rng(0).normal(size=(60, 3))
    model = LinearRegression().fit(matrix, matrix[:, 0])
    found = explain(model, matrix, task="regression", feature_names=list("abc"))
    assert {one.why for one in found.shap.waterfalls} == {"typical"}
    assert found.permutation is None
    assert [(one.part, one.reason) for one in found.omitted] == [("permutation", "no_target")]


def test_a_slow_model_gets_less_and_says_so():
    matrix = numpy.random.default_rng(0).normal(size=(300, 4))

    def slow(rows):
        time.sleep(2e-4 * len(rows))
        return rows[:, 0]

    began = time.perf_counter()
    found = explain(slow, matrix, matrix[:, 0], task="regression", feature_names=list("abcd"), budget=2.0)
    assert time.perf_counter() - began < 6
    assert {one.reason for one in found.omitted} == {"time"}
    assert {"shap", "permutation"} <= {one.part for one in found.omitted}


def test_a_model_that_fails_leaves_an_explanation_that_says_so():
    def broken(rows):
        raise RuntimeError("no GPU")

    found = explain(broken, numpy.ones((5, 2)), task="regression", feature_names=["a", "b"])
    assert found.shap is None
    assert [(one.part, one.reason, one.detail) for one in found.omitted] == [
        ("answers", "failed", "RuntimeError: no GPU")
    ]


def test_one_row_and_one_column_are_enough():
    found = explain(lambda rows: rows[:, 0], numpy.array([[2.0]]), [2.0], task="regression", feature_names=["only"])
    assert found.shap is not None
    assert found.curves == []


LABELLED = numpy.random.default_rng(0).normal(size=(200, 4))
LABELS = numpy.column_stack([LABELLED[:, 0] > 0, LABELLED[:, 1] + LABELLED[:, 2] > 1, numpy.zeros(200)]).astype(int)


@pytest.mark.parametrize(
    "model",
    [
        RandomForestClassifier(10, random_state=0),
        MultiOutputClassifier(DecisionTreeClassifier(max_depth=3, random_state=0)),
        OneVsRestClassifier(LogisticRegression()),
        RidgeClassifier(),
    ],
    ids=lambda one: type(one).__name__,
)
@pytest.mark.filterwarnings("ignore:Label not 2 is present")
def test_each_of_several_labels_is_explained(model):
    truth = LABELS[:, :2] if isinstance(model, RidgeClassifier) else LABELS  # which refuses a label that never occurs
    model = model.fit(LABELLED, truth)
    names = ["north", "south", "never"][: truth.shape[1]]
    found = explain(
        model, LABELLED, truth, task="multilabel", feature_names=list("abcd"), classes=names, rows=[3], seed=1
    )
    assert found.omitted == []
    assert found.outputs == names
    strongest = numpy.argmax(found.shap.importance, axis=1)
    assert strongest[0] == 0
    assert strongest[1] in (1, 2)
    assert found.shap.largest_gap < 1e-9
    assert found.permutation.score == "neg_log_loss"
    drops = numpy.mean(found.permutation.drops, axis=1)
    assert drops[3] < drops[0]
    asked = next(one for one in found.shap.waterfalls if one.row == 3)
    assert asked.output in names
    assert asked.actual == (", ".join(name for name, on in zip(names, truth[3], strict=True) if on) or "–")
    assert sum(asked.values) + asked.base == pytest.approx(asked.answer, abs=1e-4)
    assert [one.row for one in found.lime] == [one.row for one in found.shap.waterfalls]


def test_the_worst_of_rows_with_several_labels_is_explained_for_the_label_that_is_most_wrong():
    answers = numpy.tile([0.9, 0.1, 0.6], (30, 1))
    truth = (answers > 0.5).astype(int)
    truth[7] = [1, 1, 1]  # 0.1 for a label that is there
    found = explain(
        lambda rows: answers[rows[:, 0].astype(int)], numpy.arange(30.0).reshape(-1, 1), truth,
        task="multilabel", feature_names=["row"], classes=["x", "y", "z"],
    )  # fmt: skip
    worst = next(one for one in found.shap.waterfalls if one.why == "worst")
    assert (worst.row, worst.output, worst.actual, worst.predicted) == (7, "y", "x, y, z", "x, z")


def test_a_truth_without_a_column_for_each_label_is_refused():
    with pytest.raises(InvalidArgument, match="has 2 columns; expected 3"):
        explain(
            lambda rows: rows, numpy.ones((4, 3)), numpy.ones((4, 2)),
            task="multilabel", feature_names=list("abc"), classes=["x", "y", "z"],
        )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"task": "ranking"}, "Task 'ranking' is unknown"),
        ({"task": "binary", "classes": ["a"]}, "at least two; found 1"),
        ({"task": "binary", "classes": ["a", "b", "c"]}, "binary task has two classes; found 3"),
        ({"feature_names": ["a"]}, "has 2 columns, but 1 names"),
        ({"X": numpy.ones((0, 2))}, "nothing to explain"),
        ({"X": numpy.ones(4)}, "nothing to explain"),
        ({"y": [1.0]}, "has 4 rows, but the truth has 1"),
        ({"rows": [9]}, "no row 9"),
        ({"rows": ["x"]}, "no row 'x'"),
        ({"rows": list(range(4)) * 6}, "too many to explain"),
        ({"X": pandas.DataFrame({"a": [f"id {n}" for n in range(1100)], "b": 1.0})}, "1100 different texts"),
    ],
)
def test_wrong_input_is_named(changes, message):
    arguments = {"X": numpy.ones((4, 2)), "task": "regression", "feature_names": ["a", "b"], **changes}
    matrix = arguments.pop("X")
    with pytest.raises(InvalidArgument, match=message):
        explain(lambda rows: numpy.zeros(len(rows)), matrix, **arguments)


@pytest.mark.parametrize("kind", ["array", "list", "sparse", "float32", "objects", "nullable", "dates"])
def test_rows_of_any_kind_are_taken(kind):
    from scipy import sparse

    numbers = numpy.random.default_rng(0).normal(size=(40, 2))
    given = {
        "array": numbers,
        "list": numbers.tolist(),
        "sparse": sparse.csr_matrix(numbers),
        "float32": numbers.astype("float32"),
        "objects": numbers.astype(object),
        "nullable": pandas.DataFrame({"a": pandas.array([1, None] * 20, dtype="Int64"), "b": numbers[:, 0]}),
        "dates": pandas.DataFrame({"a": pandas.date_range("2026-01-01", periods=40), "b": numbers[:, 0]}),
    }[kind]

    def model(rows):
        return rows["b"].to_numpy() if hasattr(rows, "columns") else numpy.asarray(rows[:, 1], dtype=float)

    found = explain(model, given, numbers[:, 0], task="regression", feature_names=["a", "b"], budget=5)
    assert found.shap is not None, found.omitted
    assert found.shap.importance[0][1] > 0


@given(
    st.lists(
        st.tuples(
            st.floats(allow_nan=True, allow_infinity=False, width=32),
            st.sampled_from(["a", "b", "ñ", None]),
            st.integers(-5, 5),
            st.booleans(),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_columns_come_back_as_they_were_given(values):
    frame = pandas.DataFrame(values, columns=["x", "text", "n", "yes"]).astype({"text": object})
    columns = Columns(frame, list(frame.columns))
    back = columns.decode(columns.encode(frame))
    assert [str(one) for one in back.dtypes] == [str(one) for one in frame.dtypes]
    pandas.testing.assert_frame_equal(back, frame, check_dtype=False)


def test_a_wanted_number_is_halved_until_it_fits():
    assert halved_to_fit(1000, 10, 0.01, 100) == 1000
    assert halved_to_fit(1000, 10, 0.01, 3) == 250
    assert halved_to_fit(1000, 100, 0.01, 1.1) == 100
    assert halved_to_fit(1000, 100, 0.01, 0.5) == 0


def test_results_are_frozen(diabetes):
    with pytest.raises(AttributeError):
        diabetes[3].seed = 1
    assert msgspec.structs.asdict(diabetes[3])["version"] == 1


def test_classes_that_are_texts_are_explained_by_name():
    matrix = numpy.random.default_rng(0).normal(size=(80, 3))
    truth = numpy.array(["cat", "dog", "owl"])[numpy.digitize(matrix[:, 0], [-0.5, 0.5])]
    model = RandomForestClassifier(8, max_depth=3, random_state=0).fit(matrix, truth)
    found = explain(model, matrix, truth, task="multiclass", feature_names=list("abc"), classes=list(model.classes_))
    assert found.shap.outputs == ["cat", "dog", "owl"]
    assert found.permutation.score == "neg_log_loss"
    assert {one.output for one in found.lime} <= {"cat", "dog", "owl"}
    assert len(found.curves[0].mean) == 3


def test_pictures_have_the_names_that_mlflow_gives_them(diabetes, tmp_path):
    from PIL import Image

    from hito.explain.pictures import write_pictures

    names = write_pictures(diabetes[3], tmp_path)
    assert sorted(names) == ["shap_beeswarm_plot.png", "shap_feature_importance_plot.png", "shap_summary_plot.png"]
    for name in names:
        with Image.open(tmp_path / name) as picture:
            assert picture.format == "PNG"
            assert min(picture.size) > 200
            assert len(picture.convert("L").getcolors(256) or []) > 20


def test_without_shap_there_are_no_pictures(diabetes, tmp_path):
    from hito.explain.pictures import write_pictures

    assert write_pictures(msgspec.structs.replace(diabetes[3], shap=None), tmp_path) == []
