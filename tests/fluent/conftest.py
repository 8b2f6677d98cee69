"""A clean process for every test: no settings, no active run, a store of its own, embedded or behind a server."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import hito
from hito.fluent import active, experiments, logged_models, provenance


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name in [name for name in os.environ if name.startswith(("HITO_", "MLFLOW_"))]:
        monkeypatch.delenv(name)
    for name in ("HITO_EXPERIMENT_ID", "MLFLOW_EXPERIMENT_ID", "HITO_TRACKING_URI", "MLFLOW_TRACKING_URI"):
        monkeypatch.setenv(name, "")  # restored, whatever the test sets
    monkeypatch.setenv("HITO_HOME", str(tmp_path / ".hito"))
    monkeypatch.setenv("HITO_CAPTURE", "0")
    monkeypatch.setenv("HITO_CONSOLE", "0")
    monkeypatch.setattr(experiments, "_chosen", experiments._Chosen())
    monkeypatch.setattr(logged_models.chosen, "model_id", None)
    yield
    while hito.active_run() is not None:
        hito.end_run()
    for run_id in list(active._open):
        active.end(run_id, "FINISHED")
    provenance.wait(20)


@pytest.fixture(params=["embedded", "http"])
def tracking(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A tracking URI that is set: what follows runs once without a server and once against one."""
    if request.param == "embedded":
        uri = f"sqlite:///{tmp_path / '.hito' / 'hito.db'}"
    else:
        server: Any = request.getfixturevalue("hito_server")
        uri = server.url
    hito.set_tracking_uri(uri)
    hito.set_experiment(f"{request.node.name} {os.getpid()}")
    yield uri
    hito.set_tracking_uri("")


@pytest.fixture
def python_env(tmp_path: Path) -> dict[str, str]:
    """The environment of a script that logs to this test's store."""
    source = str(Path(hito.__file__).parent.parent)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("HITO_", "MLFLOW_"))}
    path = os.pathsep.join(filter(None, [source, os.environ.get("PYTHONPATH")]))
    return {**inherited, "PYTHONPATH": path, "HITO_HOME": str(tmp_path / ".hito"), "PYTHON": sys.executable}
