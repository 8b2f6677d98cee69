# ruff: noqa: N806  X is what everybody calls it
"""Autolog against an embedded store in a folder of the test's own, with the libraries given back afterwards."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sklearn")

import hito
from hito.autologging import autolog, later
from hito.client import voice
from hito.client.entities import Run


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name in ("TRACKING_URI", "EXPERIMENT_ID", "EXPERIMENT_NAME", "RUN_ID"):
        monkeypatch.setenv(f"HITO_{name}", "")
        monkeypatch.delenv(f"MLFLOW_{name}", raising=False)
    monkeypatch.setenv("HITO_HOME", str(tmp_path / ".hito"))
    monkeypatch.setenv("HITO_AUTOLOG_SECONDS", "0")  # explanations and the page are the business of test_evaluated.py
    voice._said.clear()
    yield tmp_path
    autolog(disable=True)
    later.wait()
    while hito.active_run() is not None:
        hito.end_run()


@pytest.fixture
def last() -> Callable[[], Run]:
    """The run that was started last, with everything that was put off."""

    def find() -> Run:
        later.wait()
        found = hito.last_active_run()
        assert found is not None
        return hito.get_run(found.info.run_id)

    return find


@pytest.fixture
def files() -> Callable[[Run], set[str]]:
    def find(run: Run) -> set[str]:
        return {one.path for one in hito.MlflowClient().list_artifacts(run.info.run_id)}

    return find


@pytest.fixture(scope="session")
def iris() -> Any:
    from sklearn.datasets import load_iris
    from sklearn.model_selection import train_test_split

    X, y = load_iris(return_X_y=True, as_frame=True)
    return train_test_split(X, y, random_state=0)
