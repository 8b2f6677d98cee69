"""`make conform`: play the recorded conversations to a real MLflow 3.17, so that we know they are still its own.

Builds an environment with MLflow's server (once), starts a fresh server on a free port, and runs the tests against it.
With the word `record`, it writes MLflow's answers down anew instead. HITO_MLFLOW names another `mlflow` program.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
STARTUP_SECONDS = 120


def main() -> int:
    """Start MLflow, play or record, end it. Returns the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        log = Path(folder) / "server.log"
        server = subprocess.Popen(
            [
                mlflow(), "server", "--port", str(port), "--workers", "1",
                "--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--artifacts-destination", f"{folder}/artifacts",
            ],
            cwd=folder, stdout=log.open("wb"), stderr=subprocess.STDOUT, start_new_session=True,
            env={**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"},
        )  # fmt: skip
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(url, server, log)
            return subprocess.run(
                [sys.executable, HERE / "record.py", url]
                if sys.argv[1:] == ["record"]
                else [sys.executable, "-m", "pytest", "-q", HERE],
                env={**os.environ, "CONFORMANCE_URL": url},
                check=False,
            ).returncode
        finally:
            os.killpg(server.pid, 15)  # its own group: the workers, too
            server.wait(30)


def mlflow() -> str:
    """The program, built if it is not there."""
    if given := os.environ.get("HITO_MLFLOW"):
        return given
    subprocess.run(["make", "--silent", ".venvs/mlflow-3.17-server/.ready"], cwd=ROOT, check=True)
    return str(ROOT / ".venvs/mlflow-3.17-server/bin/mlflow")


def wait_for(url: str, server: subprocess.Popen, log: Path) -> None:
    """Until MLflow answers, or has given up."""
    deadline = time.monotonic() + STARTUP_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/health", timeout=1).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    sys.exit(f"MLflow did not start:\n{log.read_text()[-3000:]}")


if __name__ == "__main__":
    sys.exit(main())
