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
from hito.autologging import evaluated
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


def test_an_evaluation_has_pictures_explanations_and_a_page(
    cancer: Any, last: Callable[[], Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    X_train, X_test, y_train, y_test = cancer
    monkeypatch.setenv("HITO_AUTOLOG_SECONDS", "20")
    monkeypatch.setattr(evaluated, "allowance", evaluated.Allowance())
    hito.sklearn.autolog()
    first = RandomForestClassifier(10, random_state=0).fit(X_train, y_train)
    first.score(X_test, y_test)
    run = last()
    client = hito.MlflowClient()
    files = {one.path for folder in ("", "evaluation") for one in client.list_artifacts(run.info.run_id, folder)}
    assert {"report.html", "roc_curve_plot.png", "shap_beeswarm_plot.png", "evaluation/explanation.json"} <= files
    page = hito.artifacts.load_text(f"runs:/{run.info.run_id}/report.html")
    assert "RandomForestClassifier" in page
    assert hito.load_evaluation(run.info.run_id).drift
    assert "roc_auc" not in run.data.metrics, "metrics have autolog's own names"
    assert len(run.inputs.dataset_inputs) == 1, "the training data"

    evaluated.allowance.spent = 1e9
    RandomForestClassifier(5, random_state=1).fit(X_train, y_train).score(X_test, y_test)
    later_run = last()
    assert later_run.info.run_id != run.info.run_id
    assert hito.load_evaluation(later_run.info.run_id).score("roc_auc") is not None
    assert "report.html" not in {one.path for one in client.list_artifacts(later_run.info.run_id)}


def test_a_model_that_cannot_be_copied_or_explained_still_has_its_scores(
    cancer: Any, last: Callable[[], Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    X_train, X_test, y_train, y_test = cancer
    monkeypatch.setenv("HITO_AUTOLOG_SECONDS", "20")
    monkeypatch.setattr(evaluated, "allowance", evaluated.Allowance())

    def broken(*_: Any) -> Any:
        raise MemoryError("too large")

    for broken_one in ("_model_of", "_keep"):
        with monkeypatch.context() as patch:
            patch.setattr(evaluated, broken_one, broken)
            hito.sklearn.autolog(silent=True)
            RandomForestClassifier(5, random_state=0).fit(X_train, y_train).score(X_test, y_test)
            assert hito.load_evaluation(last().info.run_id).score("roc_auc") is not None


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
