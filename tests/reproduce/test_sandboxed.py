"""A program of MLflow that runs again cannot reach another server than the sandbox, by whatever way it names one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hito.reproduce import sandboxed

VENVS = Path(__file__).resolve().parent.parent.parent / ".venvs"
PROGRAM = """
import mlflow
mlflow.set_tracking_uri("http://127.0.0.1:9")
mlflow.set_registry_uri("http://127.0.0.1:9")
client = mlflow.MlflowClient("http://127.0.0.1:9", "http://127.0.0.1:9")
print(mlflow.get_tracking_uri(), mlflow.get_registry_uri(), client.tracking_uri, client._registry_uri)
"""


@pytest.mark.parametrize("version", ["3.17", "2.22"])
def test_mlflow_is_held_in_the_sandbox(version, tmp_path):
    python = VENVS / f"mlflow-{version}" / "bin" / "python"
    if not python.exists():
        pytest.skip("the official clients are set up by make clients")
    shutil.copyfile(sandboxed.__file__, tmp_path / "sitecustomize.py")
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "HITO_"))}
    variables |= {"PYTHONPATH": str(tmp_path), "MLFLOW_TRACKING_URI": "http://sandbox:1"}
    cases = [({"HITO_SANDBOX": "1"}, "http://sandbox:1")]
    cases += [({}, "http://127.0.0.1:9")] if version == "3.17" else []  # what would happen without it
    for sandbox, expected in cases:
        done = subprocess.run([python, "-c", PROGRAM], env=variables | sandbox, capture_output=True, text=True)
        assert done.stdout.split() == [expected] * 4, done.stderr


def test_a_program_without_mlflow_does_not_notice(tmp_path):
    shutil.copyfile(sandboxed.__file__, tmp_path / "sitecustomize.py")
    variables = {**os.environ, "PYTHONPATH": str(tmp_path), "HITO_SANDBOX": "1"}
    code = "import sys, json; print('mlflow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], env=variables, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("False\n", "")
