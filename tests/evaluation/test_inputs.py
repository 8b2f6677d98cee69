# ruff: noqa: N803, N806  X is what everybody calls it
"""What does not fit is refused with a sentence, or left out and said so; nothing is half said."""

import warnings
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_classification, make_multilabel_classification, make_regression
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from hito.core.errors import InvalidArgument
from hito.evaluation import files
from hito.evaluation.evaluating import Asked, Evaluated, evaluate
from hito.evaluation.predictor import Predictor, predictor
from hito.evaluation.requirements import MetricThreshold, failures, parse
from hito.evaluation.results import Evaluation

QUICK = 1.5


@pytest.fixture(scope="module")
def two() -> tuple[pd.DataFrame, Any, RandomForestClassifier]:
    X, y = make_classification(300, 6, random_state=0)
    frame = pd.DataFrame(X, columns=list("abcdef"))
    return frame, y, RandomForestClassifier(10, random_state=0).fit(frame[:200], y[:200])


def run(model: Any, X: Any, y: Any, **named: Any) -> Evaluation:
    return whole(model, X, y, **named).evaluation


def whole(model: Any, X: Any, y: Any, **named: Any) -> Evaluated:
    face = None if model is None else predictor(model)
    return evaluate(Asked(**{"predictor": face, "features": X, "truth": y, "budget": QUICK, **named}))


def test_missing_columns_are_named(two: Any) -> None:
    X, y, model = two
    with pytest.raises(InvalidArgument, match=r"lacks 1 of the 6 columns.*'c'"):
        run(model, X.drop(columns="c"), y)


def test_columns_in_another_order_are_put_in_order_and_it_is_said(two: Any) -> None:
    X, y, model = two
    straight, turned = run(model, X, y), run(model, X[list("fedcba")].assign(more=1), y)
    assert [one.value for one in turned.scores] == [one.value for one in straight.scores]
    said = next(one for one in turned.findings if one.rule == "columns_arranged")
    assert said.values == {"reordered": 1.0, "ignored": "more", "count": 1.0}


def test_an_array_of_another_width_is_refused(two: Any) -> None:
    X, y, model = two
    with pytest.raises(InvalidArgument, match=r"trained on 6 columns.*has 4"):
        run(model, X.to_numpy()[:, :4], y)


@pytest.mark.parametrize(
    ("truth", "message"),
    [
        (None, "no truth"),
        ([], "at least one row"),
        ([0, 1, 0], "300 rows and y has 3"),
        ([np.nan] + [0.0] * 299, "1 of 300 targets are missing.*row 0"),
        (["yes", "no"] * 150, "none of the model's"),
        ([0.5, 0.25] * 150, "fractions"),
        (np.zeros((300, 2, 2)), "shape"),
        (np.full((300, 3), 7), "other than 0 and 1"),
    ],
)
def test_a_truth_that_does_not_fit_is_refused_in_a_sentence(two: Any, truth: Any, message: str) -> None:
    X, _, model = two
    with pytest.raises(InvalidArgument, match=message):
        run(model, X, truth)


def test_features_that_the_model_cannot_take_are_refused_in_its_words(two: Any) -> None:
    X, y, _ = two
    model = make_pipeline(StandardScaler(), RidgeClassifier()).fit(X, y)
    with pytest.raises(InvalidArgument, match=r"predict failed on the data: ValueError.*NaN"):
        run(model, X.mask(X > 1), y)


@pytest.mark.parametrize("weights", [[1.0], [-1.0] * 300, [0.0] * 300, [np.nan] * 300, ["a"] * 300])
def test_weights_that_are_none_are_refused(two: Any, weights: Any) -> None:
    X, y, model = two
    with pytest.raises(InvalidArgument, match="weights"):
        run(model, X, y, weights=weights)


def test_a_regressor_given_labels_is_refused(two: Any) -> None:
    X, y, _ = two
    model = RandomForestRegressor(5).fit(X, y)
    with pytest.raises(InvalidArgument, match="regressor, and y holds"):
        run(model, X, np.where(y == 1, "yes", "no"))


def test_one_class_only_has_scores_and_says_what_is_missing(two: Any) -> None:
    X, y, model = two
    found = run(model, X[y == 1], y[y == 1])
    assert found.score("accuracy_score") is not None
    assert found.score("roc_auc") is None
    assert not found.curves_of("roc")
    assert any(one.rule == "one_class" for one in found.omissions)


def test_a_model_without_probabilities_is_ranked_by_its_decision_function(two: Any) -> None:
    X, y, _ = two
    found = run(RidgeClassifier().fit(X, y), X, y)
    assert found.score("roc_auc") is not None
    assert found.score("log_loss") is None
    assert any(one.rule == "no_probabilities" for one in found.omissions)


def test_a_function_has_scores_of_its_labels_and_says_what_is_missing(two: Any) -> None:
    X, y, model = two
    found = run(lambda given: model.predict(given), X, y)
    assert found.score("f1_score") is not None
    assert any(one.rule == "no_ranking" for one in found.omissions)


def test_labels_that_the_model_does_not_know_are_always_wrong_and_said(two: Any) -> None:
    X, y, model = two
    truth = y.copy()
    truth[:30] = 2
    found = run(model, X, truth)
    assert found.task == "multiclass"
    assert found.class_scores[2].support == 30
    assert any(one.rule == "unknown_labels" and one.values["labels"] == "2" for one in found.findings)


def test_bad_probabilities_are_left_out_and_labels_are_scored(two: Any) -> None:
    X, y, model = two
    bad = Predictor(
        model,
        hint="classifier",
        classes=np.array([0, 1]),
        predict=model.predict,
        chances=lambda given: np.full((len(given), 2), 0.9),
    )
    found = evaluate(Asked(predictor=bad, features=X, truth=y, budget=QUICK)).evaluation
    assert found.score("log_loss") is None
    assert any(one.rule == "bad_probabilities" for one in found.omissions)
    assert found.score("accuracy_score") is not None


def test_a_part_that_fails_leaves_the_others(two: Any) -> None:
    X, y, model = two

    def broken(_: Any) -> float:
        raise RuntimeError("no such thing")

    found = run(model, X, y, custom={"broken": broken}, groups={"short": [1, 2]})
    assert found.score("roc_auc") is not None
    reasons = {one.part: one.reason for one in found.omissions if one.rule == "failed"}
    assert "no such thing" in reasons["score broken"]
    assert "300 rows" in reasons["fairness of short"]


def test_the_positive_class_can_be_chosen(two: Any) -> None:
    X, y, model = two
    first = run(model, X, y, positive=0)
    second = run(model, X, y)
    assert first.positive == "0"
    assert first.score("roc_auc").value == pytest.approx(second.score("roc_auc").value)  # type: ignore[union-attr]
    other = {one.label: one for one in second.class_scores}["0"]
    recall = next(one.value for one in other.scores if one.name == "recall_score")
    assert first.score("recall_score").value == pytest.approx(recall)  # type: ignore[union-attr]
    with pytest.raises(InvalidArgument, match="none of the classes"):
        run(model, X, y, positive="x")


def test_several_labels_for_a_row_are_evaluated() -> None:
    X, y = make_multilabel_classification(200, 8, n_classes=3, random_state=0)
    model = RandomForestClassifier(10, random_state=0).fit(X, y)
    found = run(model, X, y)
    assert found.task == "multilabel"
    assert len(found.class_scores) == 3
    assert found.score("roc_auc_macro") is not None
    assert len(found.curves_of("roc")) == 3


def test_a_regressor_has_residuals_coverage_and_no_curves_of_classes() -> None:
    X, y = make_regression(300, 5, noise=20, random_state=0)
    model = RandomForestRegressor(25, random_state=0).fit(X[:200], y[:200])
    truth = y[200:]
    low, high = truth - 1, truth + 1
    found = run(model, X[200:], truth, train=(X[:200], y[:200]), quantiles={0.05: low, 0.95: high})
    assert found.residuals is not None
    assert not found.curves_of("roc")
    by_source = {one.source: one for one in found.coverage}
    assert set(by_source) == {"quantiles", "residuals", "trees"}
    assert by_source["quantiles"].share == 1
    assert by_source["quantiles"].level == pytest.approx(0.9)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.sampled_from([0, 1, "a", "b", True, None, 2.5, float("inf")]), min_size=1, max_size=12),
    st.lists(st.sampled_from([0, 1, "a", 0.3, None, float("nan")]), min_size=1, max_size=12),
)
def test_whatever_is_given_is_evaluated_or_refused_in_a_sentence(truth: list[Any], said: list[Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = run(None, None, np.array(truth, dtype=object), predictions=np.array(said, dtype=object))
        except InvalidArgument:
            return
    assert msgspec.json.decode(msgspec.json.encode(found), type=Evaluation) == found


def test_an_evaluation_is_json_and_comes_back_from_its_files(two: Any, tmp_path: Any) -> None:
    X, y, model = two
    done = whole(model, X, y, train=(X, y), groups={"g": X["a"] > 0})
    written = files.write(done, tmp_path)
    assert files.read(tmp_path / files.FILE) == written
    assert b"NaN" not in (tmp_path / files.FILE).read_bytes()
    for picture in written.pictures:
        assert (tmp_path / picture.path).read_bytes().startswith(b"\x89PNG")
    assert {"roc", "confusion_matrix", "calibration", "drift", "fairness"} <= {one.name for one in written.pictures}
    rows = files.read_predictions(tmp_path / files.PREDICTIONS)
    assert rows is not None
    assert len(rows.truth) == 300
    (tmp_path / files.FILE).write_text('{"task": "unheard of"}')
    with pytest.raises(InvalidArgument, match="Evaluate the model again"):
        files.read(tmp_path / files.FILE)


def test_the_same_seed_gives_the_same_evaluation(two: Any) -> None:
    X, y, model = two
    few = slice(0, 100)
    first, second = (run(model, X[few], y[few], train=(X, y), budget=600) for _ in range(2))
    same = {"created": 0, "seconds": {}}
    assert msgspec.structs.replace(first, **same) == msgspec.structs.replace(second, **same)


def test_rows_of_the_training_data_are_a_leak(two: Any) -> None:
    X, y, model = two
    rules = {one.rule: one for one in run(model, X[150:], y[150:], train=(X[:200], y[:200])).findings}
    assert rules["leak_suspect"].values["reason"] == "overlap"
    assert rules["leak_suspect"].values["share"] == pytest.approx(50 / 150)


def test_a_feature_that_is_the_answer_is_a_leak(two: Any) -> None:
    X, y, _ = two
    told = X.assign(answer=y + np.linspace(0, 0.1, len(y)))
    found = run(RandomForestClassifier(5, random_state=0).fit(told, y), told, y)
    leak = next(one for one in found.findings if one.rule == "leak_suspect")
    assert leak.values["feature"] == "answer"


def test_a_model_that_learned_nothing_is_no_better_than_the_baseline(two: Any) -> None:
    X, y, _ = two
    noise = np.random.default_rng(0).permutation(y)
    found = run(RandomForestClassifier(10, random_state=0).fit(X, noise), X, y, train=(X, noise))
    rules = [one.rule for one in found.findings]
    assert "no_better_than_baseline" in rules
    assert "overfit_gap" in rules


@pytest.mark.parametrize(
    ("text", "score", "operator", "number"),
    [
        ("accuracy>=0.9", "accuracy_score", ">=", 0.9),
        (" rmse < 12 ", "root_mean_squared_error", "<", 12),
        ("auc > 95 %", "roc_auc", ">", 0.95),
        ("f1_macro == 1e-3", "f1_macro", "==", 0.001),
    ],
)
def test_a_requirement_is_read(text: str, score: str, operator: str, number: float) -> None:
    found = parse(text)
    assert (found.score, found.operator, found.number) == (score, operator, pytest.approx(number))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_a_requirement_or_refused(text: str) -> None:
    try:
        found = parse(text)
    except InvalidArgument:
        return
    assert found.score
    assert found.operator in (">=", "<=", "==", ">", "<")


def test_an_end_of_the_interval_can_be_required(two: Any) -> None:
    X, y, model = two
    found = run(model, X, y, requirements=["auc.low >= 0.1", "auc.high > 1", "nonsense > 0"])
    assert found.bootstrap is not None
    assert [one.passed for one in found.requirements] == [True, False, False]


def test_thresholds_of_mlflow_pass_or_say_why() -> None:
    limit = {"accuracy_score": MetricThreshold(threshold=0.8, min_absolute_change=0.05, greater_is_better=True)}
    assert failures(limit, {"accuracy_score": 0.9}, {"accuracy_score": 0.8}) == []
    assert len(failures(limit, {"accuracy_score": 0.7}, {"accuracy_score": 0.8})) == 2
    assert "no metric" in failures(limit, {}, {"accuracy_score": 0.8})[0]
    with pytest.raises(InvalidArgument, match="baseline_result"):
        failures(limit, {"accuracy_score": 0.9})
    with pytest.raises(InvalidArgument, match="greater_is_better"):
        MetricThreshold(threshold=1)
