# ruff: noqa: N806  X is what everybody calls it
"""Held-out data that autolog sees is evaluated by the way."""

from collections.abc import Callable
from typing import Any

import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

import hito
from hito.client.entities import Run


@pytest.fixture(scope="module")
def cancer() -> Any:
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    return train_test_split(X, y, random_state=0)


def test_data_that_is_scored_after_a_fit_is_evaluated_on_its_run(cancer: Any, last: Callable[[], Run]) -> None:
    X_train, X_test, y_train, y_test = cancer
    hito.sklearn.autolog()
    model = RandomForestClassifier(20, random_state=0).fit(X_train, y_train)
    model.score(X_test, y_test)
    run = last()
    found = hito.load_evaluation(run.info.run_id)
    assert found.test.name == "X_test"
    assert found.model.kind == "RandomForestClassifier"
    area = found.score("roc_auc")
    assert area is not None
    assert area.value == pytest.approx(roc_auc_score(y_test, model.predict_proba(X_test)[:, 1]))
    assert '"roc_auc"' in run.data.tags["hito.evaluation"]
    assert found.drift, "the training data is still there to be compared with"


def test_what_an_evaluation_fits_is_no_run(cancer: Any, last: Callable[[], Run]) -> None:
    X_train, X_test, y_train, y_test = cancer
    hito.sklearn.autolog()
    model = RandomForestClassifier(20, random_state=0).fit(X_train, y_train)
    model.score(X_test, y_test)
    run = last()
    hito.evaluate(model, X_test, y_test, explain=False, run_id=run.info.run_id)
    runs = hito.search_runs([run.info.experiment_id], output_format="list")
    assert [one.info.run_id for one in runs] == [run.info.run_id]


def test_it_can_be_switched_off(cancer: Any, last: Callable[[], Run]) -> None:
    X_train, X_test, y_train, y_test = cancer
    hito.autolog(log_evaluation=False)
    RandomForestClassifier(20, random_state=0).fit(X_train, y_train).score(X_test, y_test)
    assert "hito.evaluation" not in last().data.tags


def test_the_last_evaluation_set_of_a_boosting_is_evaluated(cancer: Any, last: Callable[[], Run]) -> None:
    xgboost = pytest.importorskip("xgboost")
    X_train, X_test, y_train, y_test = cancer
    hito.xgboost.autolog()
    model = xgboost.XGBClassifier(n_estimators=20, max_depth=3)
    model.fit(X_train, y_train, eval_set=[(X_train, y_train), (X_test, y_test)], verbose=False)
    found = hito.load_evaluation(last().info.run_id)
    assert found.test.name == "validation_1"
    assert found.test.rows == len(y_test)
