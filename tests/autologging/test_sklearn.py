# ruff: noqa: N806  X is what everybody calls it
"""What scikit-learn's trainings leave on a run."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score, cross_validate
from sklearn.preprocessing import StandardScaler

import hito
from hito.autologging import guard, pictures, recording, samples, scores, searches, training
from hito.client.artifacts import Artifacts
from hito.client.runs import Runs
from hito.flavors import profile


def read(run: Any, file: str) -> str:
    return Path(hito.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path=file)).read_text("utf-8")


def test_a_forest_leaves_scores_pictures_data_importances_and_a_model(iris: Any, last: Any, files: Any) -> None:
    X, X_test, y, _ = iris
    hito.sklearn.autolog()
    model = RandomForestClassifier(5, random_state=0).fit(X, y)
    run = last()
    assert run.info.status == "FINISHED"
    assert run.data.tags["mlflow.autologging"] == "sklearn"
    assert run.data.tags["estimator_name"] == "RandomForestClassifier"
    assert run.data.params["n_estimators"] == "5"
    names = "precision_score recall_score f1_score accuracy_score log_loss roc_auc score".split()
    assert {f"training_{name}" for name in names} <= set(run.data.metrics)
    assert {"estimator.html", "training_confusion_matrix.png", "training_confusion_matrix.json"} <= files(run)
    matrix = json.loads(read(run, "training_confusion_matrix.json"))
    assert np.sum(matrix["matrix"]) == len(y)
    importances = json.loads(read(run, "feature_importances.json"))
    assert list(importances) == list(X.columns)
    assert sum(importances.values()) == pytest.approx(1)
    again = hito.sklearn.load_model(f"models:/{run.outputs.model_outputs[0].model_id}")
    assert (again.predict(X_test) == model.predict(X_test)).all()
    assert [one.dataset.name for one in run.inputs.dataset_inputs] == ["dataset"]


@pytest.mark.parametrize("kept", [True, False])
def test_a_model_keeps_the_profile_of_its_training_data_as_far_as_data_may_be_logged(
    kept: bool, iris: Any, last: Any
) -> None:
    X, _, y, _ = iris
    hito.autolog(log_datasets=kept, log_evaluation=False)
    xgboost = pytest.importorskip("xgboost")
    for estimator in (RandomForestClassifier(3, random_state=0), xgboost.XGBClassifier(n_estimators=3)):
        estimator.fit(X, y)
        folder = hito.artifacts.download_artifacts(f"models:/{last().outputs.model_outputs[0].model_id}")
        found = profile.read(Path(folder))
        assert (found == profile.profile(X)) if kept else found is None


def test_scores_after_the_training_are_named_after_the_call_and_the_data(iris: Any, last: Any) -> None:
    X, X_test, y, y_test = iris
    hito.sklearn.autolog()
    model = LogisticRegression(max_iter=500).fit(X, y)
    model.score(X_test, y_test)
    model.score(X_test, y_test)
    predicted = model.predict(X_test)
    f1_score(y_test, predicted, average="macro")
    accuracy_score(y, [0] * len(y))  # of no model
    run = last()
    assert {"LogisticRegression_score_X_test", "LogisticRegression_score-2_X_test", "f1_score_X_test"} <= set(
        run.data.metrics
    )
    assert "held_out_roc_auc_X_test" in run.data.metrics
    assert not [name for name in run.data.metrics if name.startswith("accuracy_score")]
    calls = json.loads(read(run, "metric_info.json"))
    assert calls["f1_score_X_test"] == "f1_score(y_true=y_test, y_pred=predicted, average='macro')"


def test_a_run_of_the_program_is_used_and_left_open(iris: Any, last: Any) -> None:
    X, _, y, _ = iris
    hito.sklearn.autolog(extra_tags={"team": "a"})
    with hito.start_run() as run:
        LogisticRegression(max_iter=500).fit(X, y)
        assert hito.active_run() is not None
    found = last()
    assert found.info.run_id == run.info.run_id
    assert "mlflow.autologging" not in found.data.tags
    assert "training_score" in found.data.metrics


def test_exclusive_leaves_the_programs_run_alone(iris: Any, last: Any) -> None:
    X, _, y, _ = iris
    hito.sklearn.autolog(exclusive=True)
    with hito.start_run():
        LogisticRegression(max_iter=500).fit(X, y)
    assert last().data.params == {}


def test_disabled_logs_nothing_and_preparation_is_no_training(iris: Any) -> None:
    X, _, y, _ = iris
    hito.sklearn.autolog()
    StandardScaler().fit_transform(X)
    hito.sklearn.autolog(disable=True)
    LogisticRegression(max_iter=500).fit(X, y)
    assert hito.search_runs(output_format="list") == []


def test_a_training_that_fails_raises_its_own_error_and_fails_the_run(iris: Any, last: Any) -> None:
    X, _, y, _ = iris
    hito.sklearn.autolog()
    with pytest.raises(ValueError, match="parameter of LogisticRegression"):
        LogisticRegression(C=-1).fit(X, y)
    assert last().info.status == "FAILED"


def test_a_search_has_children_best_params_and_out_of_fold_predictions(iris: Any, last: Any, files: Any) -> None:
    X, _, y, _ = iris
    hito.sklearn.autolog(max_tuning_runs=2)
    GridSearchCV(LogisticRegression(max_iter=500), {"C": [0.1, 1, 10]}, cv=3).fit(X, y)
    later_runs = hito.search_runs(output_format="list")
    parent = next(run for run in later_runs if run.data.params.get("best_C"))
    children = [run for run in later_runs if run.data.tags.get("mlflow.parentRunId") == parent.info.run_id]
    assert len(children) == 2
    last()
    parent = hito.get_run(parent.info.run_id)
    assert {"best_cv_score", "best_ci95_low_test_score", "out_of_fold_accuracy_score"} <= set(parent.data.metrics)
    assert {"cv_results.csv", "out_of_fold_predictions.csv"} <= files(parent)
    assert {"mean_test_score", "std_test_score", "rank_test_score", "mean_fit_time"} <= set(children[0].data.metrics)
    assert len(hito.MlflowClient().get_metric_history(children[0].info.run_id, "test_score")) == 3
    assert len(parent.outputs.model_outputs) == 2


def test_cross_validation_answers_as_ever_and_keeps_every_fold(iris: Any, last: Any, files: Any) -> None:
    X, _, y, _ = iris
    folds = KFold(4, shuffle=True, random_state=0)
    plain = cross_validate(LogisticRegression(max_iter=500), X, y, cv=folds)
    hito.sklearn.autolog()
    logged = cross_validate(LogisticRegression(max_iter=500), X, y, cv=folds)
    assert list(logged) == list(plain)
    assert (logged["test_score"] == plain["test_score"]).all()
    assert (cross_val_score(LogisticRegression(max_iter=500), X, y, cv=folds) == plain["test_score"]).all()
    run = last()
    mean, low, high = (run.data.metrics[f"{name}_test_score"] for name in ("mean", "ci95_low", "ci95_high"))
    assert low < mean < high
    assert mean == pytest.approx(plain["test_score"].mean())
    rows = list(csv.DictReader(read(run, "out_of_fold_predictions.csv").splitlines()))
    assert sorted(int(row["row"]) for row in rows) == list(range(len(X)))
    assert run.data.metrics["out_of_fold_accuracy_score"] == pytest.approx(
        np.mean([row["truth"] == row["prediction"] for row in rows])
    )
    assert "cv_results.csv" in files(run)


def test_estimators_of_all_kinds(iris: Any, last: Any) -> None:
    X, _, y, _ = iris
    hito.sklearn.autolog(log_models=False)
    KMeans(2, n_init=1).fit_predict(X)
    assert last().data.params["n_clusters"] == "2"
    LinearRegression().fit(X.to_numpy(), y.to_numpy())
    assert {"training_r2_score", "training_root_mean_squared_error", "training_score"} <= set(last().data.metrics)


STEPS = [
    (recording, "begin"), (recording.Recording, "params"), (recording.Recording, "tags"),
    (recording.Recording, "metrics"), (recording.Recording, "input"), (recording.Recording, "json"),
    (recording.Recording, "text"), (recording.Recording, "figure"), (recording.Recording, "model"),
    (recording.Recording, "close"), (recording.Recording, "put_off"), (recording.Recording, "child"),
    (samples, "describe"), (samples, "example_of"), (samples, "signature"), (scores, "classification"),
    (scores, "confusion"), (pictures, "confusion_matrix"), (training, "copied"), (training, "outcome_of"),
    (training, "kind_of"), (searches, "log"), (Runs, "log_batch"), (Runs, "create_run"), (Runs, "set_terminated"),
    (Artifacts, "_written"),
]  # fmt: skip


@pytest.mark.parametrize(("owner", "name"), STEPS, ids=lambda one: getattr(one, "__name__", one))
def test_no_failure_of_logging_reaches_a_training(
    owner: Any, name: str, iris: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    X, X_test, y, y_test = iris
    plain = GridSearchCV(LogisticRegression(max_iter=500), {"C": [0.1, 1]}, cv=2).fit(X, y).predict(X_test)
    hito.autolog(log_evaluation=False)  # its own failures: test_evaluated.py

    def broken(*_: Any, **__: Any) -> Any:
        raise OSError("injected")

    monkeypatch.setattr(owner, name, broken)
    search = GridSearchCV(LogisticRegression(max_iter=500), {"C": [0.1, 1]}, cv=2).fit(X, y)
    assert (search.predict(X_test) == plain).all()
    assert search.score(X_test, y_test) == accuracy_score(y_test, search.predict(X_test))
    assert len(cross_val_score(LogisticRegression(max_iter=500), X, y, cv=2)) == 2
    monkeypatch.undo()


def test_even_a_broken_log_handler_is_survived(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(guard.voice, "warn", broken)
    assert guard.attempt("a step", False, broken) is None
