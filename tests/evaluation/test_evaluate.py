# ruff: noqa: N806  X is what everybody calls it
"""`hito.evaluate` and `hito evaluate`, from a model to what its run holds."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from sklearn.datasets import load_breast_cancer, load_iris, make_multilabel_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, fbeta_score
from sklearn.model_selection import train_test_split

import hito
import hito.sklearn
from hito.cli.main import main
from hito.core.errors import InvalidArgument, NotFound
from hito.fluent.evaluate import load_predictions
from hito.fluent.evaluated import ModelValidationFailedException

MLFLOWS_NAMES = (
    "accuracy_score example_count f1_score false_negatives false_positives log_loss precision_recall_auc precision_score "
    "recall_score roc_auc score true_negatives true_positives"
).split()
MLFLOWS_FILES = (
    "calibration_curve_plot confusion_matrix lift_curve_plot precision_recall_curve_plot roc_curve_plot".split()
)


@pytest.fixture(scope="module")
def cancer() -> Any:
    frame = load_breast_cancer(as_frame=True).frame
    train, test = train_test_split(frame, random_state=0)
    model = RandomForestClassifier(30, random_state=0).fit(train.drop(columns="target"), train["target"])
    return train, test, model


def test_everything_is_logged_to_the_active_run(store: Path, cancer: Any) -> None:
    train, test, model = cancer
    X = test.drop(columns="target")
    with hito.start_run() as run:
        result = hito.evaluate(
            model, X, test["target"], train=(train.drop(columns="target"), train["target"]), name="cancer", budget=8
        )
    assert result.run_id == run.info.run_id
    logged = hito.get_run(run.info.run_id)
    assert set(MLFLOWS_NAMES) <= set(logged.data.metrics)
    assert logged.data.metrics["accuracy_score"] == pytest.approx(accuracy_score(test["target"], model.predict(X)))
    assert json.loads(logged.data.tags["hito.evaluation"])["rows"] == len(test)
    given = logged.inputs.dataset_inputs[0]
    assert given.dataset.name == "cancer"
    assert given.tags[0].value == "eval"
    client = hito.MlflowClient()
    names = {one.path for one in client.list_artifacts(run.info.run_id)}
    assert {f"{name}.png" for name in MLFLOWS_FILES} <= names
    assert "report.html" in names
    assert hito.load_evaluation(run.info.run_id) == result.evaluation or result.evaluation.pictures
    assert result.explanation is not None
    assert "evaluation/explanation.json" in {one.path for one in client.list_artifacts(run.info.run_id, "evaluation")}
    kept = load_predictions(run.info.run_id)
    assert len(kept.truth) == len(test)


def test_mlflows_form_gives_mlflows_result(store: Path, cancer: Any) -> None:
    _, test, model = cancer
    with hito.start_run():
        info = hito.sklearn.log_model(model, "model")

    def f2(predictions: Any, targets: Any, metrics: Any) -> float:
        return float(fbeta_score(targets, predictions, beta=2))

    def table(eval_df: Any, builtin_metrics: Any, artifacts_dir: str) -> dict[str, Any]:
        (Path(artifacts_dir) / "note.txt").write_text(f"{builtin_metrics['roc_auc']:.3f}")
        return {"note": str(Path(artifacts_dir) / "note.txt"), "errors": eval_df[eval_df.prediction != eval_df.target]}

    result = hito.models.evaluate(
        model=info.model_uri, data=test, targets="target", model_type="classifier", evaluators=["default"],
        evaluator_config={"log_model_explainability": False, "metric_prefix": "test_"},
        extra_metrics=[hito.models.make_metric(eval_fn=f2, greater_is_better=True, name="f2")], custom_artifacts=[table],
    )  # fmt: skip
    X = test.drop(columns="target")
    assert result.metrics["test_f2"] == pytest.approx(fbeta_score(test["target"], model.predict(X), beta=2))
    assert {f"test_{name}" for name in MLFLOWS_NAMES} <= set(result.metrics)
    assert set(MLFLOWS_FILES) <= set(result.artifacts)
    assert result.artifacts["confusion_matrix"].content.format == "PNG"
    assert list(result.artifacts["errors"].content.columns) == ["prediction", "target"]
    assert float(result.artifacts["note"].content) > 0.9
    assert result.tables["eval_results_table"].shape == (len(test), 32)
    logged = hito.get_run(result.run_id)
    assert logged.info.status == "FINISHED", "a run that was begun for it ends with it"
    assert logged.data.metrics["test_f2"] == pytest.approx(result.metrics["test_f2"])


def test_several_labels_for_a_row_are_evaluated_explained_and_described(
    store: Path, caplog: pytest.LogCaptureFixture
) -> None:
    X, y = make_multilabel_classification(120, 4, n_classes=3, random_state=0)
    frame = pd.DataFrame(X, columns=list("abcd"))
    model = RandomForestClassifier(5, random_state=0).fit(frame[:60], y[:60])
    with hito.start_run() as run:
        result = hito.evaluate(model, frame[60:], y[60:])
    assert result.explanation is not None
    assert result.explanation.outputs == ["0", "1", "2"]
    assert "shap_beeswarm_plot" in result.artifacts
    [used] = hito.get_run(run.info.run_id).inputs.dataset_inputs
    assert {"a", "target.0", "target.2"} <= {
        column["name"] for column in json.loads(used.dataset.schema)["mlflow_colspec"]
    }
    assert not [record for record in caplog.records if "could not" in record.message]


def test_a_result_is_saved_and_loaded(store: Path, cancer: Any, tmp_path: Path) -> None:
    _, test, model = cancer
    result = hito.evaluate(model, test.drop(columns="target"), test["target"], log=False, explain=False, report=False)
    result.save(tmp_path / "saved")
    again = hito.models.EvaluationResult.load(tmp_path / "saved")
    assert again.metrics == result.metrics
    assert again.evaluation == result.evaluation
    assert again.artifacts["roc_curve_plot"].content.size == result.artifacts["roc_curve_plot"].content.size
    with pytest.raises(NotFound):
        hito.models.EvaluationResult.load(tmp_path / "nowhere")


def test_predictions_need_no_model(store: Path, cancer: Any) -> None:
    _, test, model = cancer
    said = model.predict(test.drop(columns="target"))
    frame = pd.DataFrame({"truth": test["target"].to_numpy(), "said": said})
    result = hito.evaluate(data=frame, targets="truth", predictions="said", model_type="classifier", log=False)
    assert result.run_id is None
    assert result.metrics["accuracy_score"] == pytest.approx(accuracy_score(test["target"], said))


def test_several_classes_have_mlflows_table(store: Path) -> None:
    X, y = load_iris(return_X_y=True, as_frame=True)
    model = RandomForestClassifier(10, random_state=0).fit(X, y)
    result = hito.evaluate(model, X, y, log=False, explain=False, report=False)
    table = result.artifacts["per_class_metrics"].content
    assert list(table["positive_class"]) == [0, 1, 2]
    assert {"true_positives", "accuracy_score", "roc_auc"} <= set(table.columns)


def test_a_model_that_does_not_pass_is_refused_by_mlflows_validation(store: Path, cancer: Any) -> None:
    _, test, model = cancer
    result = hito.evaluate(model, test.drop(columns="target"), test["target"], log=False, explain=False, report=False)
    limit = hito.models.MetricThreshold(threshold=0.999, greater_is_better=True)
    with pytest.raises(ModelValidationFailedException, match=r"accuracy_score is 0\.9"):
        hito.validate_evaluation_results({"accuracy_score": limit}, result)
    hito.validate_evaluation_results({"roc_auc": hito.models.MetricThreshold(0.9, greater_is_better=True)}, result)


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ({"targets": "nope"}, "none of the data's columns"),
        ({"evaluators": "other"}, "'default' is the only one"),
        ({"group": "nope"}, "group column"),
        ({"require": "well"}, "is no requirement"),
        ({"budget": 0}, "above 0"),
        ({"language": "fr"}, "'en' or 'es'"),
        ({"model_type": "question-answering"}, "'classifier' or 'regressor'"),
        ({"extra_metrics": [3]}, "give a function"),
        ({"extra_metrics": [lambda truth, said: 1.0]}, "cannot be logged"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_logged(
    store: Path, cancer: Any, named: dict[str, Any], message: str
) -> None:
    _, test, model = cancer
    with pytest.raises(InvalidArgument, match=message):
        hito.evaluate(model, **{"data": test, "targets": "target", **named})
    assert hito.search_runs(search_all_experiments=True, output_format="list") == []


def test_a_run_without_an_evaluation_says_so(store: Path) -> None:
    with hito.start_run() as run:
        pass
    with pytest.raises(NotFound, match="evaluate"):
        hito.load_evaluation(run.info.run_id)


def test_the_same_is_logged_through_a_server(store: Path, hito_server: Any, cancer: Any) -> None:
    _, test, model = cancer
    hito.set_tracking_uri(hito_server.url)
    result = hito.evaluate(model, test, "target", explain=False)
    found = hito.load_evaluation(str(result.run_id))
    assert found.scores == result.evaluation.scores
    assert result.artifacts["report"].uri.endswith("report.html")


def test_boosters_are_asked_as_their_objectives_say(store: Path, cancer: Any) -> None:
    xgboost = pytest.importorskip("xgboost")
    train, test, _ = cancer
    X, y = test.drop(columns="target"), test["target"]
    matrix = xgboost.DMatrix(train.drop(columns="target"), train["target"])
    booster = xgboost.train({"objective": "binary:logistic"}, matrix, 10)
    result = hito.evaluate(booster, X, y, log=False, explain=False, report=False)
    chances = booster.predict(xgboost.DMatrix(X))
    assert result.metrics["accuracy_score"] == pytest.approx(((chances > 0.5) == y).mean())
    assert result.evaluation.score("roc_auc") is not None
    linear = xgboost.train({"objective": "reg:squarederror"}, matrix, 10)
    assert hito.evaluate(linear, X, y, log=False, explain=False, report=False).evaluation.task == "regression"


# --- the command ---


@pytest.fixture
def files(store: Path, cancer: Any) -> Path:
    train, test, model = cancer
    train.to_csv(store / "train.csv", index=False)
    test.assign(size=np.where(test["mean radius"] > 14, "big", "small")).to_csv(store / "test.csv", index=False)
    hito.sklearn.save_model(model, store / "model")
    return store


def command(*arguments: str) -> Any:
    return CliRunner().invoke(main, ["evaluate", *arguments])


def test_the_command_prints_scores_and_ends_with_0(files: Path) -> None:
    done = command(
        "-m", str(files / "model"), "--data", str(files / "test.csv"), "--target", "target", "--train",
        str(files / "train.csv"), "--group", "size", "--require", "accuracy >= 0.9", "--no-explain",
        "--report", str(files / "out" / "report.html"),
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "roc_auc" in done.stdout
    assert "passed: accuracy >= 0.9" in done.stdout
    assert (files / "out" / "report.html").read_text("utf-8").startswith("<!doctype html>")
    run = hito.search_runs(search_all_experiments=True, output_format="list")[0]
    assert run.info.run_id in done.stderr


def test_the_command_ends_with_1_if_something_required_is_not_reached(files: Path) -> None:
    done = command(
        "-m", str(files / "model"), "--data", str(files / "test.csv"), "--target", "target", "--no-log",
        "--no-explain", "--require", "accuracy >= 99.9%", "--json",
    )  # fmt: skip
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    assert found["task"] == "binary"
    assert found["requirements"][0]["passed"] is False


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"--data": "nowhere.csv"}, "There is no file"),
        ({"--target": "nope"}, "none of the data's columns"),
        ({"-m": "models:/nothing/1"}, "not found"),
        ({"--require": "fast"}, "is no requirement"),
    ],
)
def test_the_command_ends_with_2_and_a_sentence_if_it_could_not(
    files: Path, change: dict[str, str], message: str
) -> None:
    given = {"-m": str(files / "model"), "--data": str(files / "test.csv"), "--target": "target"} | change
    done = command(*[word for pair in given.items() for word in pair], "--no-log")
    assert done.exit_code == 2
    assert message in done.stderr
    assert "Traceback" not in done.output
    assert len(done.stderr.strip().splitlines()) == 1
