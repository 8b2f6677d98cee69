"""`hito run` with projects and repositories: real programs, real repositories, a real store."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import hito

ROOT = Path(__file__).resolve().parent.parent.parent
MLFLOW = ROOT / ".venvs" / "mlflow-3.17" / "bin" / "python"
GIT = [
    "git",
    "-c",
    "user.name=a",
    "-c",
    "user.email=a@b",
    "-c",
    "init.defaultBranch=main",
    "-c",
    "commit.gpgsign=false",
]

PROJECT = """
name: forest
python_env: python_env.yaml
entry_points:
  main:
    parameters:
      depth: {type: float, default: 2}
      data: path
      token: {type: string, default: none}
    command: "python train.py --depth {depth} --data {data}"
  slow:
    command: "python -c 'import time; print(\\"begun\\", flush=True); time.sleep(600)'"
  mlflow:
    command: "MLFLOW trains.py"
"""
TRAIN = """
import argparse
import hito as mlflow
import wobble
parser = argparse.ArgumentParser()
parser.add_argument("--depth", type=float)
parser.add_argument("--data")
given = parser.parse_args()
with mlflow.start_run():
    for step in range(3):
        mlflow.log_metric("loss", len(open(given.data).read()) * given.depth * wobble.FACTOR / (step + 1), step=step)
"""
TRAINS = """
import mlflow
mlflow.log_metric("by_mlflow", 1.5)
mlflow.log_text("x", "x.txt")
"""


class Place:
    """A repository with a project below `models/`, and an empty folder with a store."""

    def __init__(self, folder: Path, wheelhouse: Path, cache: Path) -> None:
        self.folder, self.wheelhouse, self.cache = folder, wheelhouse, cache
        self.repository, self.work = folder / "repository", folder / "work"
        self.project = self.repository / "models"
        self.project.mkdir(parents=True)
        self.work.mkdir()
        (self.project / "MLproject").write_text(PROJECT.replace("MLFLOW", str(MLFLOW)))
        (self.project / "python_env.yaml").write_text("python: '3.11'\ndependencies: ['wobble==1.*', hito]\n")
        (self.project / "train.py").write_text(TRAIN)
        (self.project / "trains.py").write_text(TRAINS)
        self.git("init", "-q")
        self.git("add", ".")
        self.git("commit", "-q", "-m", "first")
        self.git("tag", "v1")
        (self.project / "train.py").write_text("raise SystemExit('of a later commit')\n")
        self.git("commit", "-q", "-a", "-m", "second")
        (self.work / "x.csv").write_text("a,b\n1,2\n")
        self.client = hito.MlflowClient(str(self.work / ".hito"))

    def git(self, *arguments: str) -> str:
        done = subprocess.run([*GIT, *arguments], cwd=self.repository, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        variables = {**os.environ, "HITO_CACHE": str(self.cache), "HITO_TRACKING_URI": str(self.work / ".hito")}
        variables |= {"COLUMNS": "160", "TMPDIR": str(self.folder)}
        variables.pop("MLFLOW_TRACKING_URI", None)
        return subprocess.Popen(
            [Path(sys.executable).parent / "hito", *arguments], cwd=self.work, env=variables, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip

    def hito(self, *arguments: str) -> tuple[int, str]:
        process = self.start(*arguments)
        out, said = process.communicate(timeout=120)
        return process.returncode, out + said

    def newest(self):
        return self.client.search_runs(["0"], order_by=["start_time DESC"], max_results=1)[0]


@pytest.fixture(scope="module")
def place(tmp_path_factory, make_project, wheelhouse, cache) -> Place:
    return Place(tmp_path_factory.mktemp("place"), wheelhouse, cache)


def test_a_project_of_a_repository_is_run_in_its_environment_and_had_again(place):
    wheels = ["--wheelhouse", str(place.wheelhouse)]
    code, said = place.hito(
        "run", f"file://{place.repository}#models@v1", "-P", "data=x.csv", "-P", "token=hunter2hunter2", *wheels
    )
    assert code == 0, said
    run = place.newest()
    assert (run.info.status, run.info.run_name) == ("FINISHED", "forest")
    assert run.data.params == {"depth": "2", "data": str(place.work / "x.csv"), "token": "***"}
    assert run.data.metrics["loss"] == pytest.approx(8 * 2 * 1.5 / 3)
    tags = run.data.tags
    assert tags["mlflow.source.git.commit"] == place.git("rev-parse", "v1")
    assert (tags["mlflow.source.type"], tags["mlflow.project.entryPoint"]) == ("PROJECT", "main")
    described = json.loads(Path(place.client.download_artifacts(run.info.run_id, "hito/environment.json")).read_text())
    assert described["distributions"]["wobble"] == "1.1"
    # By another process: closing a database's file here would take SQLite's locks from this one.
    found = subprocess.run(["grep", "-rl", "hunter2hunter2", str(place.work)], capture_output=True, text=True)
    assert found.stdout == ""

    code, said = place.hito("reproduce", run.info.run_id[:12], *wheels, "--fill", "another", "--no-log")
    assert (code, "verdict: same" in said) == (0, True), said
    assert place.git("status", "--porcelain") == ""
    assert not [one for one in place.folder.iterdir() if one.name.startswith("hito-")]


@pytest.mark.skipif(not MLFLOW.exists(), reason="the official client is set up by make clients")
def test_a_program_of_mlflow_logs_to_the_embedded_store_unchanged(place):
    code, said = place.hito("run", str(place.project), "-e", "mlflow", "--env-manager", "local", "--run-name", "theirs")
    assert code == 0, said
    run = place.newest()
    assert (run.info.run_name, run.info.status) == ("theirs", "FINISHED")
    assert run.data.metrics == {"by_mlflow": 1.5}
    assert {one.path for one in place.client.list_artifacts(run.info.run_id)} >= {"x.txt", "hito", "console.txt"}


def test_a_script_of_a_repository_at_a_commit_is_run_in_a_clone(place):
    commit = place.git("rev-parse", "v1")
    script = place.project / "show.py"
    code, said = place.hito("run", "--git", f"{place.repository}@{commit}", "--no-autolog", "models/trains2.py")
    assert (code, "there is no file models/trains2.py" in said) == (2, True), said
    assert not script.exists()
    code, said = place.hito("run", "--no-autolog", "--git", f"file://{place.repository}@main", "models/train.py")
    assert (code, "of a later commit" in said) == (1, True), said
    run = place.newest()
    assert run.info.status == "FAILED"
    assert run.data.tags["mlflow.source.git.commit"] == place.git("rev-parse", "main")
    assert run.data.tags["mlflow.source.git.repoURL"] == f"file://{place.repository}"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["PROJECT", "-e", "nothing"], "it has: main, slow, mlflow"),
        (["PROJECT"], "needs data: -P data=VALUE"),
        (["PROJECT", "-P", "data=gone.csv"], "there is no 'gone.csv'"),
        (["PROJECT", "-P", "data=x.csv", "-P", "data=x.csv"], "given twice"),
        (["file:///no/such/repository"], "cannot be had"),
        (["PROJECT", "-v", "0000000", "-P", "data=x.csv"], "0000000 of"),
        (["http://127.0.0.1:9/a.git"], "nor an address that is cloned"),
        (["--git", "ext::sh -c true@x", "a.py"], "in no git repository"),
        (["nothing.py"], "there is no file nothing.py"),
        ([], "name a script"),
    ],
)
def test_what_cannot_be_run_is_told_in_a_sentence_and_leaves_no_run(place, arguments, says):
    before = len(place.client.search_runs(["0"]))
    code, said = place.hito("run", *[str(place.project) if one == "PROJECT" else one for one in arguments])
    assert (code, says in said) == (2, True), said
    assert "Traceback" not in said
    assert len(place.client.search_runs(["0"])) == before


def test_an_interrupted_project_is_ended_and_its_run_killed(place):
    process = place.start("run", str(place.project), "-e", "slow", "--env-manager", "local")
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    os.kill(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert place.newest().info.status == "KILLED"
