"""A store of its own for every test that logs."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import hito
from hito.fluent import active, experiments


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """An empty embedded store, which is set; its folder."""
    for name in [name for name in os.environ if name.startswith(("HITO_", "MLFLOW_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HITO_HOME", str(tmp_path / ".hito"))
    monkeypatch.setenv("HITO_CAPTURE", "0")
    monkeypatch.setenv("HITO_CONSOLE", "0")
    monkeypatch.setattr(experiments, "_chosen", experiments._Chosen())
    hito.set_tracking_uri(f"sqlite:///{tmp_path / '.hito' / 'hito.db'}")
    yield tmp_path
    while hito.active_run() is not None:
        hito.end_run()
    for run_id in list(active._open):
        active.end(run_id, "FINISHED")
    hito.set_tracking_uri("")
