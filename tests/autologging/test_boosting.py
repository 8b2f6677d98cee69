# ruff: noqa: N806  X is what everybody calls it
"""What XGBoost's and LightGBM's trainings leave on a run."""

from typing import Any

import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

import hito


@pytest.fixture(scope="module")
def cancer() -> Any:
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    return train_test_split(X, y, random_state=0)


CLASSES = {
    f"training_{name}" for name in "precision_score recall_score f1_score accuracy_score log_loss roc_auc".split()
}


def test_native_xgboost_has_curves_early_stopping_importances_and_scores(cancer: Any, last: Any, files: Any) -> None:
    xgboost = pytest.importorskip("xgboost")
    X, X_test, y, y_test = cancer
    hito.xgboost.autolog(importance_types=["weight", "gain"])
    train, test = xgboost.DMatrix(X, y), xgboost.DMatrix(X_test, y_test)
    params = {"objective": "binary:logistic", "max_depth": 3, "eval_metric": "logloss"}
    evals = [(train, "train"), (test, "test")]
    booster = xgboost.train(params, train, 30, evals=evals, early_stopping_rounds=3, verbose_eval=False)
    run = last()
    assert run.data.params["num_boost_round"] == "30"
    assert run.data.params["objective"] == "binary:logistic"
    assert run.data.metrics["best_iteration"] == booster.best_iteration
    curve = hito.MlflowClient().get_metric_history(run.info.run_id, "test-logloss")
    assert [point.step for point in curve] == list(range(int(run.data.metrics["stopped_iteration"]) + 2))
    assert curve[-1].value == curve[booster.best_iteration].value
    assert set(run.data.metrics) >= CLASSES | {"test_roc_auc"}
    assert {"feature_importance_weight.json", "feature_importance_gain.png"} <= files(run)
    again = hito.xgboost.load_model(f"models:/{run.outputs.model_outputs[0].model_id}")
    assert again.predict(test) == pytest.approx(booster.predict(test))


def test_an_xgboost_estimator_logs_its_inner_training(cancer: Any, last: Any) -> None:
    xgboost = pytest.importorskip("xgboost")
    X, X_test, y, y_test = cancer
    hito.autolog()
    model = xgboost.XGBClassifier(n_estimators=4).fit(X, y, eval_set=[(X_test, y_test)], verbose=False)
    model.score(X_test, y_test)
    run = last()
    assert run.data.tags["mlflow.autologging"] == "xgboost"
    assert run.data.params["num_boost_round"] == run.data.params["n_estimators"] == "4"
    assert len(hito.MlflowClient().get_metric_history(run.info.run_id, "validation_0-logloss")) == 4
    assert set(run.data.metrics) >= CLASSES | {"XGBClassifier_score_X_test"}
    assert len(hito.search_runs(output_format="list")) == 1


def test_lightgbm_has_curves_importances_and_scores(cancer: Any, last: Any, files: Any) -> None:
    lightgbm = pytest.importorskip("lightgbm")
    X, X_test, y, y_test = cancer
    hito.lightgbm.autolog()
    train = lightgbm.Dataset(X, y)
    test = lightgbm.Dataset(X_test, y_test, reference=train)
    stop = lightgbm.early_stopping(3, verbose=False)
    params = {"objective": "binary", "verbose": -1}
    booster = lightgbm.train(
        params, train, 30, valid_sets=[train, test], valid_names=["train", "test"], callbacks=[stop]
    )
    run = last()
    assert run.data.metrics["best_iteration"] == booster.best_iteration
    assert set(run.data.metrics) >= CLASSES | {"test_roc_auc", "train-binary_logloss"}
    assert {"feature_importance_split.json", "feature_importance_gain.png"} <= files(run)
    lightgbm.LGBMRegressor(n_estimators=3, verbose=-1).fit(X, X["mean area"])
    assert "training_r2_score" in last().data.metrics


def test_a_failure_in_the_callback_does_not_stop_the_rounds(cancer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    xgboost = pytest.importorskip("xgboost")
    from hito.autologging.boosting import Rounds

    X, _, y, _ = cancer
    hito.autolog()

    def broken(*_: Any) -> None:
        raise OSError("injected")

    monkeypatch.setattr(Rounds, "saw", broken)
    train = xgboost.DMatrix(X, y)
    booster = xgboost.train({}, train, 5, evals=[(train, "train")], verbose_eval=False)
    assert booster.num_boosted_rounds() == 5
