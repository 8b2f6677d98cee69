"""`hito report` on a real store: runs with and without evaluation, an experiment, two runs, a card, paper."""

import shutil

import numpy
import pandas
import pytest
from click.testing import CliRunner
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

import hito
from hito.cli.main import main
from hito.report import pdf


@pytest.fixture(scope="module")
def store(hito_server):
    """A server with two evaluated runs, and a sweep without evaluation."""
    hito.set_tracking_uri(hito_server.url)
    try:
        generator = numpy.random.default_rng(0)
        frame = pandas.DataFrame(generator.normal(size=(240, 4)), columns=list("abcd"))
        frame["y"] = (frame["a"] + frame["b"] * frame["c"] + generator.normal(size=240) > 0).astype(int)
        hito.set_experiment("reported")
        runs = {}
        models = {"forest": RandomForestClassifier(10, max_depth=4, random_state=0), "linear": LogisticRegression()}
        for name, model in models.items():
            with hito.start_run(run_name=name) as run:
                hito.log_params({"kind": name})
                model.fit(frame[list("abcd")][:120], frame["y"][:120])
                hito.evaluate(model, frame[120:], targets="y", model_type="classifier", report=False, budget=20)
                for fold in range(5):
                    hito.log_metric("test_score", 0.8 + 0.01 * fold + (0.1 if name == "linear" else 0), step=fold)
            runs[name] = run.info.run_id
        hito.set_experiment("swept")
        for number in range(9):
            with hito.start_run(run_name=f"try {number}") as run:
                hito.log_params({"depth": number % 3, "seed": number})
                hito.log_metric("accuracy", 0.7 + 0.1 * (number % 3))
        runs["plain"] = run.info.run_id
    finally:
        hito.set_tracking_uri("")
    return hito_server.url, runs


@pytest.fixture
def report(store, tmp_path):
    def call(*arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(main, ["report", *arguments, "--tracking-uri", store[0], "-o", str(tmp_path / "out")])
        assert done.exit_code == code, done.output
        assert "Traceback" not in done.output
        return (tmp_path / "out").read_text("utf-8") if code == 0 else done.output

    return call


def test_an_evaluated_run_has_its_whole_report(report, store):
    page = report(store[1]["forest"])
    for section in ("verdict", "scores", "curves", "errors", "explanations", "params", "environment", "lineage"):
        assert f'<section id="{section}"' in page
    assert "could not be drawn" not in page
    assert "reported" in page


def test_a_run_that_nobody_evaluated_is_reported_with_what_it_has(report, store):
    page = report(store[1]["plain"], "--language", "es")
    assert "Aún sin evaluación" in page
    assert "depth" in page


def test_an_experiment_says_who_leads_and_which_parameter_mattered(report):
    page = report("--experiment", "swept")
    assert page.index("try 2") < page.index("try 0")
    importance = page[page.index('<section id="importance"') :]
    assert importance.index(">depth<") < importance.index(">seed<") if ">seed<" in importance else True
    assert "Leaderboard" in page


def test_two_runs_are_tested_row_by_row_and_over_their_folds(report, store):
    page = report("--compare", store[1]["forest"], store[1]["linear"])
    for word in ("McNemar", "DeLong", "paired bootstrap", "corrected t", "120 rows", "Holm"):
        assert word in page, word
    assert "B (linear) is better: the evidence is strong" in page  # by the folds, which are made to differ


def test_a_card_and_a_kept_report(report, store):
    assert report(store[1]["linear"], "--card").startswith("# linear\n")
    report(store[1]["linear"], "--log")
    kept = hito.MlflowClient(store[0]).list_artifacts(store[1]["linear"])
    assert "report.html" in [one.path for one in kept]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 2, "give one of RUN"),
        (("nope",), 2, "No run has the id 'nope'"),
        (("--experiment", "nope"), 2, "There is no experiment 'nope'"),
        (("--experiment", "swept", "--metric", "auc"), 2, "No run has the metric 'auc'; there are accuracy"),
        (("--compare", "a", "a"), 2, "given twice"),
        (("x", "--language", "fr"), 2, "'fr' is not one of"),
        (("x", "--metric", "m"), 2, "--metric goes with --experiment"),
        (("--experiment", "swept", "--card"), 2, "need a RUN"),
        (("x", "--card", "--log"), 2, "neither --pdf nor --log"),
    ],
)
def test_wrong_use_is_one_clear_sentence(report, arguments, code, said):
    assert said in report(*arguments, code=code)


def test_a_damaged_evaluation_is_named(report, store):
    client = hito.MlflowClient(store[0])
    run = client.create_run(client.get_experiment_by_name("swept").experiment_id)
    client.log_text(run.info.run_id, "{", "evaluation/evaluation.json")
    assert "is no evaluation" in report(run.info.run_id, code=2)


def test_a_file_that_cannot_be_written_is_named(store, tmp_path):
    where = tmp_path / "no" / "such" / "folder.html"
    done = CliRunner().invoke(main, ["report", store[1]["plain"], "--tracking-uri", store[0], "-o", str(where)])
    assert done.exit_code == 2
    assert "cannot be written" in done.output


@pytest.mark.skipif(not any(shutil.which(name) for name in pdf.BROWSERS), reason="no browser to print with")
def test_the_report_is_printed(report, store, tmp_path):
    report(store[1]["forest"], "--pdf", str(tmp_path / "out.pdf"))
    printed = (tmp_path / "out.pdf").read_bytes()
    assert printed.startswith(b"%PDF-")
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") != 1


def test_without_a_printer_the_reason_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(hito.MlflowException, match="WeasyPrint"):
        pdf.write_pdf("<p>", tmp_path / "out.pdf")
