"""The official client, each generation in an environment of its own, to read what we write and write what we read."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLIENTS = {"3.17": "HITO_CLIENT_317", "2.22": "HITO_CLIENT_222"}


def python_of(version: str) -> str:
    """The interpreter with that client: from the environment, or as `make clients` sets it up."""
    found = os.environ.get(CLIENTS[version]) or str(ROOT / f".venvs/mlflow-{version}/bin/python")
    if not Path(found).exists():
        pytest.skip(f"no mlflow {version} here; make clients sets it up")
    return found


def run(version: str, script: str, folder: Path) -> str:
    """Run a script of the client, with `folder` as its first argument; what it printed."""
    return _run(python_of(version), script, folder, dict(os.environ))


def run_alone(script: str, folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run a script of ours in a process of its own, which may die."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1", **variables}
    command = [sys.executable, "-W", "ignore", "-c", script, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300, check=False)


def _run(python: str, script: str, folder: Path, environment: dict[str, str]) -> str:
    environment = {**environment, "OMP_NUM_THREADS": "1", "MLFLOW_DISABLE_TELEMETRY": "true"}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(
        [python, "-W", "ignore", "-c", script, str(folder)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout
