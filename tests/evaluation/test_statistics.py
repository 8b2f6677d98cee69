"""The statistics hold their level: with fixed seeds, and bounds that a right test leaves once in a thousand times."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

from hito.core.errors import InvalidArgument
from hito.evaluation import paired, residuals
from hito.evaluation.drift import drift, psi
from hito.evaluation.intervals import intervals, wilson
from hito.evaluation.many import holm
from hito.evaluation.observing import observe
from hito.evaluation.paired import corrected_t, delong, five_by_two, mcnemar
from hito.evaluation.predictions import Predictions, predictions, read, write
from hito.evaluation.scores import scorer
from hito.evaluation.slices import slices
from hito.evaluation.table import row_keys, table


def rejected(test: Callable[[np.random.Generator], float | None], times: int, alpha: float = 0.05) -> int:
    """How often a test whose hypothesis is true says otherwise."""
    found = [test(np.random.default_rng(seed)) for seed in range(times)]
    return sum(value is not None and value < alpha for value in found)


def bounds(times: int, alpha: float = 0.05) -> tuple[int, int]:
    low, high = stats.binom.ppf([0.0005, 0.9995], times, alpha)
    return int(low), int(high)


def test_delong_finds_a_difference_where_there_is_none_as_often_as_it_says() -> None:
    def one(rng: np.random.Generator) -> float | None:
        truth = rng.random(150) < 0.4
        common = truth + rng.normal(size=150)
        return delong(truth, common + rng.normal(size=150) * 0.6, common + rng.normal(size=150) * 0.6).p_value

    low, high = bounds(600)
    assert low <= rejected(one, 600) <= high


def test_mcnemar_never_finds_too_much() -> None:
    def one(rng: np.random.Generator) -> float | None:
        return mcnemar(rng.random(300) < 0.8, rng.random(300) < 0.8).p_value

    assert rejected(one, 600) <= bounds(600)[1]


def test_the_corrected_t_test_holds_where_folds_share_their_training_rows() -> None:
    """Random splits of one sample: the mean of a tenth as a score, minus another model's that is as good."""

    def folds(rng: np.random.Generator) -> tuple[Any, Any]:
        sample = rng.normal(size=100)
        parts = [rng.permutation(100) for _ in range(10)]
        # A model that learned the mean of nine tenths is scored on the last one.
        gaps = [sample[part[:10]].mean() - sample[part[10:]].mean() for part in parts]
        return np.zeros(10), np.array(gaps)

    def corrected(rng: np.random.Generator) -> float | None:
        return corrected_t(*folds(rng), test_share=0.1).p_value

    assert rejected(corrected, 400) <= bounds(400)[1]


def test_five_by_two_never_finds_too_much() -> None:
    def one(rng: np.random.Generator) -> float | None:
        return five_by_two(np.zeros((5, 2)), rng.normal(size=(5, 2))).p_value

    assert rejected(one, 400) <= bounds(400)[1]


def test_the_paired_bootstrap_holds_its_level() -> None:
    def one(rng: np.random.Generator) -> float | None:
        truth = rng.normal(size=120)
        left = observe(None, None, truth, predictions=truth + rng.normal(size=120), model_type="regressor")
        right = observe(None, None, truth, predictions=truth + rng.normal(size=120), model_type="regressor")
        found = paired.bootstrap(left, right, seed=1, asked=200)
        return next(one.p_value for one in found if one.score == "mean_absolute_error")

    low, high = bounds(150, 0.06)  # the bootstrap of 120 rows is a little too eager
    assert low <= rejected(one, 150) <= high


def test_an_interval_holds_the_truth_as_often_as_it_says() -> None:
    def one(seed: int) -> bool:
        rng = np.random.default_rng(seed)
        truth = np.zeros(200, int)
        said = (rng.random(200) > 0.8).astype(int)
        truth[:1], said[:1] = 1, 1
        outcome = observe(None, None, truth, predictions=said, model_type="classifier")
        ends, _ = intervals(scorer(outcome), outcome.weights, seed=seed, seconds=5, asked=400)
        low, high = ends["", "accuracy_score"]
        return low <= (0.8 * 199 + 1) / 200 <= high

    held = sum(map(one, range(60)))
    assert held >= stats.binom.ppf(0.0005, 60, 0.93)


def test_wilsons_interval_is_scipys() -> None:
    for hits, rows in ((0, 10), (3, 10), (10, 10), (77, 300)):
        expected = stats.binomtest(hits, rows).proportion_ci(0.95, method="wilson")
        assert wilson(hits, rows) == pytest.approx((expected.low, expected.high))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holms_correction_is_the_step_down_procedure(p_values: list[float]) -> None:
    found = holm(p_values)
    order = np.argsort(p_values, kind="stable")
    still = True
    for rank, at in enumerate(order):  # the procedure as it was published, at one level
        still = still and p_values[at] <= 0.05 / (len(p_values) - rank)
        assert (found[at] <= 0.05 + 1e-12) == still or abs(found[at] - 0.05) < 1e-9  # type: ignore[operator]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.integers(5, 80))
def test_delongs_areas_are_scikit_learns(seed: int, rows: int) -> None:
    rng = np.random.default_rng(seed)
    truth = np.concatenate([[True, False], rng.random(rows) < 0.5])
    first, second = np.round(rng.random((2, rows + 2)), 1)
    found = delong(truth, first, second)
    assert found.first == pytest.approx(roc_auc_score(truth, first))
    assert found.second == pytest.approx(roc_auc_score(truth, second))


def test_mcnemar_is_the_published_example() -> None:
    # 25 rows only the first had right, 10 only the second: exact two-sided binomial.
    first = np.array([True] * 25 + [False] * 10 + [True] * 65)
    second = np.array([False] * 25 + [True] * 10 + [True] * 65)
    assert mcnemar(first, second).p_value == pytest.approx(stats.binomtest(10, 35).pvalue)


def test_drift_is_not_seen_where_there_is_none_and_seen_where_there_is() -> None:
    rng = np.random.default_rng(0)
    train = table(np.column_stack([rng.normal(size=2000), rng.normal(size=2000)]))
    test = table(np.column_stack([rng.normal(size=1500), rng.normal(1, 1, size=1500)]))
    assert train is not None
    assert test is not None
    found = {one.feature: one for one in drift(train, test, 0)}
    assert not found["feature_0"].moved
    assert found["feature_1"].moved
    expected = stats.ks_2samp(train.columns[1].values, test.columns[1].values, method="asymp")
    assert found["feature_1"].statistic == pytest.approx(expected.statistic)
    assert sum(found["feature_0"].train) == pytest.approx(1)


def test_psi_is_its_formula() -> None:
    train, test = np.array([0.5, 0.5]), np.array([0.25, 0.75])
    assert psi(train, test) == pytest.approx(-0.25 * np.log(0.5) + 0.25 * np.log(1.5))


def test_conformal_intervals_cover_what_they_promise() -> None:
    rng = np.random.default_rng(3)
    truth = rng.normal(size=4000)
    outcome = observe(None, None, truth, predictions=truth + rng.normal(size=4000), model_type="regressor")
    for one in residuals.conformal(outcome, 0):
        assert abs(one.share - one.level) < 0.04


def test_segments_are_not_invented_and_a_bad_one_is_found() -> None:
    rng = np.random.default_rng(5)
    features = rng.normal(size=(3000, 3))
    truth = rng.integers(2, size=3000)
    even = np.where(rng.random(3000) < 0.2, 1 - truth, truth)
    bad = np.where((features[:, 1] > 1) & (rng.random(3000) < 0.6), 1 - truth, even)
    known = table(features)
    assert known is not None
    invented = slices(known, observe(None, None, truth, predictions=even, model_type="classifier"), 0)
    assert all(one.p_value is None or one.p_value > 0.01 for one in invented)
    found = slices(known, observe(None, None, truth, predictions=bad, model_type="classifier"), 0)
    assert found[0].conditions[0].feature == "feature_1"
    assert found[0].value > 2 * found[0].rest
    assert found[0].p_value is not None
    assert found[0].p_value < 1e-6


def two_runs(rows: int = 400) -> tuple[Predictions, Predictions, Any]:
    rng = np.random.default_rng(7)
    features = rng.normal(size=(rows, 3))
    truth = (features[:, 0] + rng.normal(size=rows) > 0).astype(int)
    good, poor = 1 / (1 + np.exp(-3 * features[:, 0])), 1 / (1 + np.exp(-features[:, 1]))
    kept = []
    for chance in (poor, good):
        outcome = observe(None, None, truth, predictions=np.column_stack([1 - chance, chance]), model_type="classifier")
        kept.append(predictions(outcome, row_keys(features)))
    return kept[0], kept[1], features


def test_a_better_model_is_named_with_strong_evidence() -> None:
    poor, good, _ = two_runs()
    found = paired.compare(poor, good, asked=300)
    assert found.rows == 400
    assert found.pairing == "keys"
    by_method = {(one.score, one.method): one for one in found.differences}
    for key in (
        ("roc_auc", "bootstrap"),
        ("roc_auc", "delong"),
        ("accuracy_score", "mcnemar"),
        ("log_loss", "bootstrap"),
    ):
        assert by_method[key].evidence == "strong", key
        assert by_method[key].winner == "second", key


def test_a_model_is_not_better_than_itself() -> None:
    _, good, _ = two_runs()
    found = paired.compare(good, good, asked=200)
    assert all(one.evidence == "none" and one.difference == 0 for one in found.differences)


def test_rows_are_paired_by_their_features_whatever_their_order(tmp_path: Any) -> None:
    poor, good, features = two_runs()
    mixed = np.random.default_rng(1).permutation(400)[:300]
    moved = Predictions(
        task=good.task, labels=good.labels, truth=good.truth[mixed], predicted=good.predicted[mixed],
        ranking=good.ranking[mixed], probabilities=True, keys=row_keys(features[mixed]), rows=300,
    )  # fmt: skip
    write(moved, tmp_path / "predictions.npz")
    left, right, how = paired.aligned(poor, read(tmp_path / "predictions.npz"))
    assert how == "keys"
    assert left.rows == 300
    assert np.array_equal(left.truth, right.truth)
    assert right.chances[:, 1] == pytest.approx(good.ranking[np.sort(mixed)], abs=1e-6)


def test_runs_on_other_rows_are_refused() -> None:
    poor, good, _ = two_runs()
    other = Predictions(
        task="binary", labels=("0", "1"), truth=1 - good.truth[:50], predicted=good.predicted[:50], rows=50
    )
    with pytest.raises(InvalidArgument, match="other rows"):
        paired.compare(poor, other)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 30), st.integers(2, 4))
def test_kept_predictions_come_back_as_they_were(tmp_path_factory: Any, seed: int, rows: int, classes: int) -> None:
    rng = np.random.default_rng(seed)
    truth = np.concatenate([np.arange(classes), rng.integers(classes, size=rows)])
    outcome = observe(
        None, None, truth, predictions=rng.dirichlet(np.ones(classes), len(truth)), model_type="classifier"
    )
    path = tmp_path_factory.mktemp("kept") / "predictions.npz"
    before = predictions(outcome, row_keys(rng.normal(size=(len(truth), 2))))
    write(before, path)
    after = read(path)
    assert (after.task, after.labels, after.rows) == (before.task, before.labels, before.rows)
    for name in ("truth", "predicted", "ranking", "keys"):
        assert np.array_equal(getattr(after, name), getattr(before, name))


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200))
def test_a_damaged_file_is_refused_and_runs_nothing(tmp_path_factory: Any, content: bytes) -> None:
    path = tmp_path_factory.mktemp("damaged") / "predictions.npz"
    path.write_bytes(content)
    with pytest.raises(InvalidArgument):
        read(path)
