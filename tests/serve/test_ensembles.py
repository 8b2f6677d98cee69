"""Trees as ONNX compare and add as the library that grew them does: bit by bit, next to every split, and for NaN."""

import lightgbm
import numpy as np
import pytest
import xgboost
from sklearn import ensemble, tree
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from hito.core.errors import InvalidArgument
from hito.serve import ensembles, parity
from hito.serve.converting import of_trees
from hito.serve.engine import session
from hito.serve.splits import thresholds

_QUIET = {"verbosity": -1, "n_estimators": 12, "min_child_samples": 5, "n_jobs": 1}
_FEW = {"n_estimators": 12, "random_state": 0}
_HISTOGRAMS = {"max_iter": 12, "min_samples_leaf": 5}
EXACT = [
    tree.DecisionTreeRegressor(random_state=0),
    tree.ExtraTreeRegressor(random_state=0),
    ensemble.RandomForestRegressor(**_FEW),
    ensemble.ExtraTreesRegressor(**_FEW),
    ensemble.GradientBoostingRegressor(**_FEW),
    ensemble.GradientBoostingRegressor(**_FEW, init="zero"),
    ensemble.HistGradientBoostingRegressor(**_HISTOGRAMS),
    lightgbm.LGBMRegressor(**_QUIET),
    lightgbm.LGBMRegressor(**_QUIET, boosting_type="rf", subsample=0.7, subsample_freq=1),
    xgboost.XGBRegressor(n_jobs=1, n_estimators=12),
    xgboost.XGBRFRegressor(n_jobs=1, n_estimators=12),
]
NEAR = [
    ensemble.HistGradientBoostingRegressor(loss="poisson", **_HISTOGRAMS),
    lightgbm.LGBMRegressor(**_QUIET, objective="tweedie"),
    xgboost.XGBRegressor(n_jobs=1, n_estimators=12, objective="count:poisson"),
]
CLASSIFIERS = [
    ensemble.GradientBoostingClassifier(**_FEW),
    ensemble.HistGradientBoostingClassifier(**_HISTOGRAMS),
    lightgbm.LGBMClassifier(**_QUIET),
    xgboost.XGBClassifier(n_jobs=1, n_estimators=12),
]


def _named(model):
    return str(model)[:60]


@pytest.fixture(scope="module")
def numbers():
    random = np.random.default_rng(5)
    rows = random.normal(size=(200, 4)) * [1, 10, 1e-3, 1e6]
    return rows, np.abs(rows[:, 0] * 3 + np.sin(rows[:, 1]) + 1), (rows[:, 0] > 0).astype(int) + (rows[:, 1] > 5)


def _asked(content, rows):
    return session(content).run(None, {"X": rows})[0]


def _hard(model, rows):
    """Rows next to its splits, and the same with gaps."""
    found = parity.rows(4, thresholds(model, 4), rows, seed=3)
    return found, parity.with_gaps(found)


@pytest.mark.parametrize("model", EXACT, ids=_named)
def test_numbers_are_equal_bit_by_bit(model, numbers):
    rows, target, _ = numbers
    model.fit(rows, target)
    content, found = of_trees(model, None, 4, "predict")
    full, gaps = _hard(model, rows)
    assert np.array_equal(_asked(content, full)[:, 0], model.predict(full))
    if type(model).__name__ not in ("GradientBoostingRegressor", "ExtraTreeRegressor"):  # which take no NaN
        assert np.array_equal(_asked(content, gaps)[:, 0], model.predict(gaps))
    assert not found.labels


@pytest.mark.parametrize("model", NEAR, ids=_named)
def test_exponentials_differ_in_the_last_bits_only(model, numbers):
    rows, target, _ = numbers
    model.fit(rows, target)
    full, _ = _hard(model, rows)
    said = _asked(of_trees(model, None, 4, "predict")[0], full)[:, 0]
    assert parity.compare(model.predict(full), said).furthest < 3e-7
    assert np.ptp(said) > 0.5


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("model", CLASSIFIERS, ids=_named)
def test_scores_decide_for_the_same_class_and_chances_are_near(model, classes, numbers):
    rows, _, labels = numbers
    model.fit(rows, np.minimum(labels, classes - 1))
    full, _ = _hard(model, rows)
    content, found = of_trees(model, None, 4, "predict")
    scores = _asked(content, full)
    place = np.argmax(scores, axis=1) if classes > 2 else (scores[:, 0] > 0).astype(int)
    assert found.labels
    assert np.array_equal(model.classes_[place], model.predict(full))
    chances = _asked(of_trees(model, None, 4, "predict_proba")[0], full)
    assert parity.compare(model.predict_proba(full), chances).furthest < 3e-7


def test_a_forest_s_chances_are_equal_bit_by_bit_also_where_classes_tie(numbers):
    rows, _, labels = numbers
    model = ensemble.RandomForestClassifier(**_FEW).fit(rows, labels)
    full, gaps = _hard(model, rows)
    content, _ = of_trees(model, None, 4, "predict_proba")
    labels_, found = of_trees(model, None, 4, "predict")
    for some in (full, gaps):
        chances = model.predict_proba(some)
        assert np.array_equal(_asked(content, some), chances)
        assert (np.diff(np.sort(chances)[:, -2:]) == 0).any()
        assert np.array_equal(model.classes_[np.argmax(_asked(labels_, some), axis=1)], model.predict(some))
    assert found.labels


def test_a_forest_of_isolation_finds_the_same_outliers(numbers):
    rows, _, _ = numbers
    model = ensemble.IsolationForest(**_FEW, max_features=0.5).fit(rows)
    full, _ = _hard(model, rows)
    scores = _asked(of_trees(model, None, 4, "predict")[0], full)[:, 0]
    assert np.array_equal(np.where(scores >= 0, 1, -1), model.predict(full))
    assert {*model.predict(full)} == {1, -1}


def test_several_targets_have_a_sum_each(numbers):
    rows, target, _ = numbers
    model = ensemble.RandomForestRegressor(**_FEW).fit(rows, np.column_stack([target, -2 * target]))
    assert np.array_equal(_asked(of_trees(model, None, 4, "predict")[0], rows), model.predict(rows))


def test_steps_before_the_trees_are_part_of_the_graph(numbers):
    rows, target, _ = numbers
    model = make_pipeline("passthrough", StandardScaler(), ensemble.HistGradientBoostingRegressor(**_HISTOGRAMS))
    model.fit(rows, target)
    assert np.array_equal(_asked(of_trees(model, None, 4, "predict")[0], rows)[:, 0], model.predict(rows))


def test_a_booster_that_stopped_early_uses_the_trees_that_its_library_uses(numbers):
    rows, target, _ = numbers
    known = {"eval_set": [(rows[:50], target[:50][::-1])], "verbose": False}
    model = xgboost.XGBRegressor(n_estimators=40, early_stopping_rounds=2).fit(rows, target, **known)
    assert model.best_iteration < 30
    assert np.array_equal(_asked(of_trees(model, None, 4, "predict")[0], rows)[:, 0], model.predict(rows))
    booster = model.get_booster()
    said = _asked(of_trees(booster, None, 4, "predict")[0], rows)[:, 0]
    assert np.array_equal(said, booster.inplace_predict(rows))


def test_a_tree_of_one_leaf_is_a_number(numbers):
    rows, _, _ = numbers
    model = tree.DecisionTreeRegressor().fit(rows, np.full(len(rows), 2.5))
    assert _asked(of_trees(model, None, 4, "predict")[0], rows[:3]).tolist() == [[2.5]] * 3


def test_what_does_more_than_compare_and_add_is_refused(numbers):
    rows, target, labels = numbers
    whole = rows.copy()
    whole[:, 0] = labels
    for model in (
        ensemble.HistGradientBoostingRegressor(**_HISTOGRAMS, categorical_features=[0]).fit(whole, labels * 2.0),
        lightgbm.LGBMRegressor(**_QUIET).fit(whole, (labels == 1) * 2.0, categorical_feature=[0]),
        lightgbm.LGBMRegressor(**_QUIET, linear_tree=True).fit(rows, target),
        lightgbm.LGBMRegressor(**_QUIET, zero_as_missing=True).fit(rows, target),
        xgboost.XGBRegressor(n_estimators=3, booster="gblinear").fit(rows, target),
        xgboost.XGBRegressor(n_estimators=3, booster="dart").fit(rows, target),
        xgboost.XGBClassifier(n_estimators=3, objective="binary:hinge").fit(rows, labels > 0),
        ensemble.GradientBoostingRegressor(**_FEW, init=tree.DecisionTreeRegressor()).fit(rows, target),
    ):
        with pytest.raises(InvalidArgument):
            ensembles.read(model, "predict")
    assert ensembles.read(StandardScaler(), "predict") is None
