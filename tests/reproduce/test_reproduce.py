"""The same result again, or the reason why not: a real program, a real environment, real stores."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def as_it_was(project):
    yield
    (project.folder / "data" / "x.csv").write_text("x\n0.5\n0.25\n")


def test_a_run_is_had_again_and_kept_as_a_child_of_the_original(project):
    run = project.run("second")
    before = subprocess.run(["git", "status", "--porcelain"], cwd=project.folder, capture_output=True, text=True).stdout

    done = project.reproduce(run)

    assert done.returncode == 0, done.stderr
    assert "verdict: same" in done.stdout
    assert "trained" in done.stderr  # the program's output is shown as it comes
    old = project.client.get_run(run)
    new = project.client.get_run(old.data.tags["hito.reproduced_by"])
    assert new.data.tags["mlflow.parentRunId"] == new.data.tags["hito.reproduces"] == run
    assert new.data.tags["hito.reproduce.verdict"] == "same"
    assert new.data.params == old.data.params
    assert new.data.metrics["loss"] == old.data.metrics["loss"]
    assert len(project.client.get_metric_history(new.info.run_id, "loss")) == 5
    assert {entry.path for entry in project.client.list_artifacts(new.info.run_id)} >= {"total.txt", "hito"}
    # The user's copy is as it was, and neither its repository nor the store got anything else.
    after = subprocess.run(["git", "status", "--porcelain"], cwd=project.folder, capture_output=True, text=True).stdout
    assert after == before
    assert not Path("/nowhere/else").exists()
    assert len(project.client.search_runs(["0"])) == 3


def test_the_first_and_the_second_run_of_a_program_are_told_apart(project):
    done = project.reproduce(project.run("first"), "--no-log", "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["answer"]) == (0, "same"), done.stderr  # the second run's losses are other numbers
    assert {row["name"]: row["passed"] for row in found["rows"]} == {
        "depth": True, "seed": True, "loss": True, "total.txt": True, "fit_seconds": None,
    }  # fmt: skip


def test_a_changed_argument_is_found_and_named(project):
    done = project.reproduce(project.run("first"), "--no-log", "--argument", "data/x.csv=data/x.csv", "--json")
    assert done.returncode == 0, done.stderr
    project.train("--depth", "4")
    deep = project.run("first")
    done = project.reproduce(deep, "--no-log", "--argument", "4=5", "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["answer"]) == (1, "differs"), done.stderr
    assert found["candidates"][0] == "parameter depth: 4 then, 5 now"
    assert {row["name"] for row in found["rows"] if row["passed"] is False} == {"depth", "loss"}


def test_two_runs_are_shown_side_by_side(project):
    first, second = project.run("first"), project.run("second")
    differing = project.hito("diff", first, second, "--json")
    found = json.loads(differing.stdout)
    assert differing.returncode == 1
    assert {name: [one["key"] for one in changes] for name, changes in found["sections"].items() if changes} == {
        "metrics": ["fit_seconds", "loss"]
    }
    assert project.hito("diff", first, first).returncode == 0
    assert project.hito("diff", first, "0" * 32).returncode == 2

    program = project.folder / "train.py"
    program.write_text(program.read_text().replace("total * given.depth", "total + given.depth"))
    project.train("--depth", "7")
    edited = project.hito("diff", first, project.run("first"))
    assert "--depth 7" in edited.stdout
    assert '+        mlflow.log_metric("fit' not in edited.stdout
    assert '+            mlflow.log_metric("loss", total + given.depth' in edited.stdout
    program.write_text(program.read_text().replace("total + given.depth", "total * given.depth"))


def test_a_changed_package_is_found_named_and_bisected(project):
    done = project.reproduce(project.oldest("second"), "--no-log", "--package", "wobble==1.1", "--json")
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    assert (done.returncode, found["answer"]) == (1, "differs"), done.stderr
    assert "package: wobble 1.0 then, 1.1 now" in found["candidates"]
    loss = next(row for row in found["rows"] if row["name"] == "loss")
    assert loss["delta"] == pytest.approx(0.75 * 3 * 0.5)

    project.train(version="1.1")
    newer = project.run("first")
    done = project.reproduce(newer, "--no-log", "--bisect-env", project.oldest("first"))
    assert (done.returncode, "wobble 1.0: MAKES A DIFFERENCE" in done.stdout) == (0, True), done.stdout + done.stderr


def test_changed_data_stops_the_run_before_it_begins_unless_asked_to_go_on(project, tmp_path):
    run = project.run("first")
    file = project.folder / "data" / "x.csv"
    kept = tmp_path / "kept.csv"
    kept.write_bytes(file.read_bytes())
    file.write_text("x\n0.5\n0.75\n")

    stopped = project.reproduce(run, "--no-log")
    assert stopped.returncode == 2
    assert "data changed since the run" in stopped.stdout
    assert str(file) in stopped.stdout
    assert "trained" not in stopped.stderr

    gone_on = project.reproduce(run, "--no-log", "--changed-data", "--json")
    assert gone_on.returncode == 1
    assert json.loads(gone_on.stdout)["candidates"][0] == f"data: {file} has other content"

    elsewhere = project.reproduce(run, "--no-log", "--data", f"data/x.csv={kept}")
    assert elsewhere.returncode == 0, elsewhere.stdout

    file.unlink()
    assert "nowhere to be found" in project.reproduce(run, "--no-log").stdout


def test_what_cannot_be_run_is_said_with_exit_code_2(project):
    run = project.run("first")
    for arguments, says in (
        (["0" * 32], "No run has the id"),
        ([run, "--repository", "/no/such/folder"], "there is no such folder"),
        ([run, "--repository", "ext::sh -c touch% /tmp/x"], "neither a folder nor an address"),
        ([run, "--package", "wobble==9.9"], "cannot be installed"),
        ([run, "--tolerance", "much"], "no tolerance"),
        ([run, "--argument", "data/x.csv=gone.csv"], "exit code 1"),
    ):
        done = project.reproduce(*arguments, "--no-log")
        said = done.stdout + done.stderr
        assert done.returncode == 2, said
        assert says in said
        assert "Traceback" not in done.stdout


def test_an_interrupted_reproduction_leaves_nothing_behind(project, tmp_path):
    variables = {**os.environ, "HITO_CACHE": str(project.cache), "TMPDIR": str(tmp_path)}
    slow = project.folder / "slow.py"
    slow.write_text(
        "import hito, os, time\nrun = hito.start_run(run_name='slow')\nprint('begun', flush=True)\n"
        "time.sleep(0 if os.environ.get('ONCE') else 600)\n"
    )
    logged = {**os.environ, "HITO_TRACKING_URI": str(project.store), "ONCE": "1"}
    subprocess.run([sys.executable, "slow.py"], cwd=project.folder, env=logged, check=True)
    process = subprocess.Popen(
        [Path(sys.executable).parent / "hito", "reproduce", project.run("slow"), "--tracking-uri", project.store],
        env=variables, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=tmp_path, start_new_session=True,
    )  # fmt: skip
    seen = ""
    for line in process.stderr:
        seen += line
        if line.startswith("begun"):
            break
    os.kill(process.pid, signal.SIGINT)
    _, rest = process.communicate(timeout=60)
    assert process.returncode == 130, seen + rest
    assert "interrupted" in rest
    assert list(tmp_path.glob("hito-reproduce-*")) == []
    slow.unlink()
