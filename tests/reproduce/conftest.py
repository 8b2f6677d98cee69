"""A project in git that was run once: its data unknown to git, one of its packages from a folder of wheels."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import hito

SCRIPT = """
import argparse, csv, os, random
import hito as mlflow
import wobble

parser = argparse.ArgumentParser()
parser.add_argument("data")
parser.add_argument("--depth", type=int, default=3)
given = parser.parse_args()

mlflow.set_tracking_uri(os.environ.get("STORE", "/nowhere/else"))  # a program that runs again has no say in this
with open(given.data) as stream:
    total = sum(float(row["x"]) for row in csv.DictReader(stream))
random.seed(7)
for name in ("first", "second"):
    with mlflow.start_run(run_name=name):
        mlflow.log_params({"depth": given.depth, "seed": 7})
        for step in range(5):
            mlflow.log_metric("loss", total * given.depth * wobble.FACTOR + random.random(), step=step)
        mlflow.log_metric("fit_seconds", random.SystemRandom().random())
        mlflow.log_text(f"total {total}", "total.txt")
print("trained")
"""

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


def wobble(folder: Path, version: str, factor: float) -> Path:
    """A wheel of a package that consists of one number."""
    path = folder / f"wobble-{version}-py3-none-any.whl"
    about = f"wobble-{version}.dist-info"
    contents = {
        "wobble.py": f"FACTOR = {factor}\n",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: wobble\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{about}/top_level.txt": "wobble\n",
    }
    record = "".join(f"{name},,\n" for name in (*contents, f"{about}/RECORD"))
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**contents, f"{about}/RECORD": record}.items():
            archive.writestr(name, content)
    return path


@pytest.fixture(scope="session")
def wheelhouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheelhouse")
    wobble(folder, "1.0", 1.0)
    wobble(folder, "1.1", 1.5)
    return folder


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Environments are kept for the session, as they are kept for a user."""
    return tmp_path_factory.mktemp("cache")


def untouched() -> dict[str, str]:
    """The environment without what other tests of this process left in it for children: an active run, an experiment."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "HITO_"))}


@pytest.fixture(autouse=True)
def as_in_a_new_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in set(os.environ) - set(untouched()):
        monkeypatch.delenv(name)


class Project:
    """A project and the runs that its program logged."""

    def __init__(self, folder: Path, store: Path, wheelhouse: Path, cache: Path) -> None:
        self.folder = folder
        self.store = store
        self.wheelhouse = wheelhouse
        self.cache = cache
        self.client = hito.MlflowClient(str(store))

    def train(self, *arguments: str, version: str = "1.0") -> None:
        variables = {**untouched(), "STORE": str(self.store), "PYTHONPATH": str(self.wheelhouse / version)}
        command = [sys.executable, "train.py", "data/x.csv", *arguments]
        done = subprocess.run(command, cwd=self.folder, env=variables, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def run(self, name: str) -> str:
        """The id of the newest run of a name."""
        runs = self.client.search_runs(["0"], f"run_name = '{name}'", order_by=["start_time DESC"])
        return runs[0].info.run_id

    def oldest(self, name: str) -> str:
        """The id of the first run of a name."""
        return self.client.search_runs(["0"], f"run_name = '{name}'", order_by=["start_time ASC"])[0].info.run_id

    def hito(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        variables = {**untouched(), "HITO_CACHE": str(self.cache), "COLUMNS": "160"}
        variables.pop("PYTHONPATH", None)
        return subprocess.run(
            [Path(sys.executable).parent / "hito", *arguments, "--tracking-uri", str(self.store)],
            cwd=self.folder.parent, env=variables, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def reproduce(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return self.hito("reproduce", *arguments, "--wheelhouse", str(self.wheelhouse))


@pytest.fixture(scope="session")
def make_project(tmp_path_factory: pytest.TempPathFactory, wheelhouse: Path, cache: Path) -> Callable[[], Project]:
    """A project whose program was run once."""
    for version in ("1.0", "1.1"):
        with zipfile.ZipFile(wheelhouse / f"wobble-{version}-py3-none-any.whl") as archive:
            archive.extractall(wheelhouse / version)

    def make() -> Project:
        place = tmp_path_factory.mktemp("project")
        folder = place / "code"
        (folder / "data").mkdir(parents=True)
        (folder / "train.py").write_text("import missing_until_patched\n")
        (folder / ".gitignore").write_text("data/\n")
        for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
            subprocess.run([*GIT, *arguments], cwd=folder, check=True)
        (folder / "train.py").write_text(SCRIPT)  # not committed: the patch has it
        (folder / "data" / "x.csv").write_text("x\n0.5\n0.25\n")
        project = Project(folder, place / ".hito", wheelhouse, cache)
        project.train()
        return project

    return make


@pytest.fixture(scope="module")
def project(make_project: Callable[[], Project]) -> Project:
    return make_project()
