"""Every score and curve is what scikit-learn's function of the same name gives, for any labels, ties and weights."""

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn import calibration as sk_calibration
from sklearn import metrics as sk

from hito.evaluation import curves, thresholds
from hito.evaluation.observing import observe
from hito.evaluation.outcome import Outcome
from hito.evaluation.ranked import Ranked
from hito.evaluation.scores import scorer
from hito.evaluation.thin import kept

quick = settings(max_examples=25, deadline=None)


def drawn(seed: int, rows: int, classes: int, *, ties: bool, weighted: bool) -> tuple[Any, Any, Any]:
    """Labels in which every class occurs, probabilities, weights."""
    rng = np.random.default_rng(seed)
    truth = np.concatenate([np.arange(classes), rng.integers(classes, size=rows)])
    chances = rng.dirichlet(np.ones(classes), len(truth))
    if ties:
        chances = np.round(chances * 4) + 0.5
        chances /= chances.sum(axis=1, keepdims=True)
    weights = rng.uniform(0.1, 3, len(truth)) if weighted else None
    return truth, chances, weights


def main_scores(outcome: Outcome) -> dict[str, float]:
    return {name: value for (section, name), value in scorer(outcome)(outcome.weights).items() if not section}


class_data = st.builds(
    drawn, st.integers(0, 10_000), st.integers(1, 60), st.integers(2, 5), ties=st.booleans(), weighted=st.booleans()
)


@quick
@given(class_data)
def test_scores_of_classes_are_scikit_learns(data: tuple[Any, Any, Any]) -> None:
    truth, chances, weights = data
    outcome = observe(None, None, truth, predictions=chances, weights=weights, model_type="classifier")
    found, said, two = main_scores(outcome), chances.argmax(axis=1), chances.shape[1] == 2
    asked: Any = {"sample_weight": weights}
    expected = {
        "accuracy_score": sk.accuracy_score(truth, said, **asked),
        "balanced_accuracy_score": sk.balanced_accuracy_score(truth, said, **asked),
        "matthews_corrcoef": sk.matthews_corrcoef(truth, said, **asked),
        "cohen_kappa_score": sk.cohen_kappa_score(truth, said, **asked),
        "log_loss": sk.log_loss(truth, chances, **asked),
        "brier_score_loss": sk.brier_score_loss(truth, chances[:, 1] if two else chances, **asked),
    }
    own: dict[str, Any] = {"average": "binary"} if two else {"average": "weighted"}
    for name, function in (("precision", sk.precision_score), ("recall", sk.recall_score), ("f1", sk.f1_score)):
        expected[f"{name}_score"] = function(truth, said, zero_division=0.0, **own, **asked)
        for average in ("macro", "micro", "weighted"):
            expected[f"{name}_{average}"] = function(truth, said, average=average, zero_division=0.0, **asked)
    if two:
        expected["roc_auc"] = sk.roc_auc_score(truth, chances[:, 1], **asked)
        expected["average_precision_score"] = sk.average_precision_score(truth, chances[:, 1], **asked)
        precision, recall, _ = sk.precision_recall_curve(truth, chances[:, 1], **asked)
        expected["precision_recall_auc"] = sk.auc(recall, precision)
    else:
        ovr: Any = {"multi_class": "ovr", "average": "weighted"}
        expected["roc_auc"] = sk.roc_auc_score(truth, chances, **ovr, **asked)
        expected["average_precision_score"] = sk.average_precision_score(truth, chances, average="weighted", **asked)
        expected["top_2_accuracy_score"] = sk.top_k_accuracy_score(truth, chances, k=2, **asked)
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, abs=1e-9), name


@quick
@given(class_data)
def test_scores_per_class_are_scikit_learns(data: tuple[Any, Any, Any]) -> None:
    truth, chances, weights = data
    outcome = observe(None, None, truth, predictions=chances, weights=weights, model_type="classifier")
    found = scorer(outcome)(outcome.weights)
    said = chances.argmax(axis=1)
    precision, recall, f1, _ = sk.precision_recall_fscore_support(
        truth, said, labels=range(chances.shape[1]), sample_weight=weights, zero_division=0.0
    )
    for code in range(chances.shape[1]):
        section = f"class {code}"
        assert found[section, "precision_score"] == pytest.approx(precision[code])
        assert found[section, "recall_score"] == pytest.approx(recall[code])
        assert found[section, "f1_score"] == pytest.approx(f1[code])
        if chances.shape[1] > 2:
            area = sk.roc_auc_score(truth == code, chances[:, code], sample_weight=weights)
            assert found[section, "roc_auc"] == pytest.approx(area)


@quick
@given(st.integers(0, 10_000), st.integers(3, 80), st.booleans())
def test_scores_of_numbers_are_scikit_learns(seed: int, rows: int, weighted: bool) -> None:
    rng = np.random.default_rng(seed)
    truth = np.round(rng.normal(size=rows) * 3, 1)
    said = np.round(truth + rng.normal(size=rows), 1)
    weights = rng.integers(1, 5, rows).astype(float) if weighted else None
    assume(len(np.unique(truth)) > 1)
    outcome = observe(None, None, truth, predictions=said, weights=weights, model_type="regressor")
    found = main_scores(outcome)
    asked: Any = {"sample_weight": weights}
    expected = {
        "mean_absolute_error": sk.mean_absolute_error(truth, said, **asked),
        "mean_squared_error": sk.mean_squared_error(truth, said, **asked),
        "root_mean_squared_error": sk.root_mean_squared_error(truth, said, **asked),
        "mean_absolute_percentage_error": sk.mean_absolute_percentage_error(truth, said, **asked),
        "median_absolute_error": sk.median_absolute_error(truth, said, **asked),
        "r2_score": sk.r2_score(truth, said, **asked),
        "explained_variance_score": sk.explained_variance_score(truth, said, **asked),
        "max_error": sk.max_error(truth, said),
    }
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-9, abs=1e-9), name


@quick
@given(st.integers(0, 10_000), st.integers(2, 60), st.integers(2, 5), st.booleans())
def test_scores_of_several_labels_are_scikit_learns(seed: int, rows: int, width: int, weighted: bool) -> None:
    rng = np.random.default_rng(seed)
    truth = np.vstack([np.zeros(width, int), np.ones(width, int), rng.integers(2, size=(rows, width))])
    chances = np.round(rng.random(truth.shape), 1) * 0.98 + 0.01
    weights = rng.uniform(0.1, 2, len(truth)) if weighted else None
    outcome = observe(None, None, truth, predictions=chances, weights=weights, model_type="classifier")
    found, said = main_scores(outcome), (chances > 0.5).astype(int)
    asked: Any = {"sample_weight": weights}
    assert found["accuracy_score"] == pytest.approx(sk.accuracy_score(truth, said, **asked))
    assert found["hamming_loss"] == pytest.approx(sk.hamming_loss(truth, said, **asked))
    for average in ("macro", "micro", "weighted", "samples"):
        value = sk.f1_score(truth, said, average=average, zero_division=0.0, **asked)
        assert found[f"f1_{average}"] == pytest.approx(value)
    jaccard = sk.jaccard_score(truth, said, average="samples", zero_division=0.0, **asked)
    assert found["jaccard_samples"] == pytest.approx(jaccard)
    assert found["roc_auc_macro"] == pytest.approx(sk.roc_auc_score(truth, chances, average="macro", **asked))
    ranked = sk.average_precision_score(truth, chances, average="macro", **asked)
    assert found["average_precision_macro"] == pytest.approx(ranked)


two_classes = st.builds(
    drawn, st.integers(0, 10_000), st.integers(1, 120), st.just(2), ties=st.booleans(), weighted=st.booleans()
)


@quick
@given(two_classes)
def test_the_roc_curve_is_scikit_learns_without_points_on_straight_lines(data: tuple[Any, Any, Any]) -> None:
    truth, chances, weights = data
    heavy = np.ones(len(truth)) if weights is None else weights
    found = curves.roc(Ranked(truth == 1, chances[:, 1]), heavy, "1")
    x, y, marks = sk.roc_curve(truth, chances[:, 1], sample_weight=weights, drop_intermediate=False)
    full = {(round(a, 9), round(b, 9)) for a, b in zip(x, y, strict=True)}
    assert {(round(a, 9), round(b, 9)) for a, b in zip(found.x, found.y, strict=True)} <= full
    assert sk.auc(found.x, found.y) == pytest.approx(sk.auc(x, y))
    assert found.area == pytest.approx(sk.auc(x, y))
    assert found.thresholds[0] is None
    assert set(found.thresholds[1:]) <= set(marks[1:].tolist())


@quick
@given(two_classes)
def test_the_precision_recall_curve_is_scikit_learns(data: tuple[Any, Any, Any]) -> None:
    truth, chances, weights = data
    heavy = np.ones(len(truth)) if weights is None else weights
    found = curves.precision_recall(Ranked(truth == 1, chances[:, 1]), heavy, "1")
    precision, recall, _ = sk.precision_recall_curve(truth, chances[:, 1], sample_weight=weights)
    assert sk.auc(found.x, found.y) == pytest.approx(sk.auc(recall[::-1], precision[::-1]))
    assert found.area == pytest.approx(sk.average_precision_score(truth, chances[:, 1], sample_weight=weights))


@quick
@given(two_classes)
def test_the_calibration_curve_is_scikit_learns(data: tuple[Any, Any, Any]) -> None:
    truth, chances, _ = data
    found = curves.calibration(chances[:, 1], truth == 1, np.ones(len(truth)), "1")
    came, said = sk_calibration.calibration_curve(truth, chances[:, 1], n_bins=10)
    assert found.x == pytest.approx(said)
    assert found.y == pytest.approx(came)
    assert sum(found.rows) == len(truth)
    assert all(low <= y <= high for low, y, high in zip(found.low, found.y, found.high, strict=True))


@quick
@given(two_classes)
def test_the_best_threshold_is_best_of_all(data: tuple[Any, Any, Any]) -> None:
    truth, chances, weights = data
    outcome = observe(None, None, truth, predictions=chances, weights=weights, model_type="classifier")
    chosen = thresholds.chosen(outcome)
    every = [
        sk.f1_score(truth, chances[:, 1] >= mark, sample_weight=weights, zero_division=0.0)
        for mark in np.unique(chances[:, 1])[:40]
    ]
    best = sk.f1_score(truth, chances[:, 1] >= chosen["best_f1"], sample_weight=weights)
    assert best >= max(every) - 1e-9
    matrix = sk.confusion_matrix(truth, chances[:, 1] >= chosen["best_f1"], sample_weight=weights)
    assert np.allclose(thresholds.at(outcome, "best_f1", chosen["best_f1"]).counts, matrix)


@quick
@given(two_classes)
def test_gain_counts_the_positives_among_the_best_rows(data: tuple[Any, Any, Any]) -> None:
    truth, chances, _ = data
    scores = chances[:, 1] + np.arange(len(truth)) * 1e-12  # no ties: then it is a plain count
    sums = Ranked(truth == 1, scores).sums(np.ones(len(truth)))
    best = np.argsort(-scores)[: len(truth) // 2]
    assert sums.gain(len(best) / len(truth)) == pytest.approx(truth[best].sum() / truth.sum())


@quick
@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=2, max_size=300), st.integers(2, 50))
def test_a_thinned_line_keeps_its_ends_and_is_short_enough(points: list[tuple[float, float]], most: int) -> None:
    x, y = np.array(sorted(one for one, _ in points)), np.array([one for _, one in points])
    places = kept(x, y, most)
    assert places[0] == 0
    assert places[-1] == len(x) - 1
    assert len(places) <= most
    assert (np.diff(places) > 0).all()


def test_a_line_with_corners_is_thinned_to_its_corners() -> None:
    x = np.concatenate([np.linspace(0, 1, 5000), np.full(5000, 1.0)])
    y = np.concatenate([np.zeros(5000), np.linspace(0, 1, 5000)])
    places = kept(x, y)
    assert [(x[at], y[at]) for at in places] == [(0, 0), (1, 0), (1, 1)]


def test_a_million_rows_are_thinned_to_two_thousand_without_moving_the_area() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(2, size=200_000)
    scores = truth + rng.normal(size=200_000)
    line = curves.roc(Ranked(truth == 1, scores), np.ones(len(truth)), "1")
    assert len(line.x) <= 2000
    assert sk.auc(line.x, line.y) == pytest.approx(line.area, abs=1e-4)


def test_what_scikit_learn_cannot_say_is_left_out() -> None:
    outcome = observe(None, None, [1, 1, 1], predictions=np.array([1, 1, 0]), model_type="classifier")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = main_scores(outcome)
    assert found["accuracy_score"] == pytest.approx(2 / 3)
    assert "roc_auc" not in found
    assert all(value == value for value in found.values())
