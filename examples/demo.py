"""`make demo`: a server that stays, and two models trained against it, by hito's client and by MLflow's own.

The server keeps its data in demo/.hito and goes on running when this ends; run it again and the old one is replaced.
`python examples/demo.py stop` ends it.
"""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
FOLDER = ROOT / "demo"
PID = FOLDER / "server.pid"
PORT = int(os.environ.get("PORT", "5000"))
URL = f"http://127.0.0.1:{PORT}"
CLIENT = ROOT / ".venvs" / "mlflow-3.17" / "bin" / "python"
HITO = Path(sys.executable).parent / "hito"


def main() -> None:
    stop()
    if sys.argv[1:] == ["stop"]:
        return
    FOLDER.mkdir(exist_ok=True)
    start()
    train(sys.executable, "train_hito.py")
    print("\nThe same by MLflow's own client, which does not notice the difference:\n", flush=True)
    train(CLIENT, "train_mlflow.py")
    print(f"\nThe server goes on running at {URL} (process {PID.read_text().strip()}, data in {FOLDER.name}/.hito).")
    print(f"Stop it with:  {Path(sys.executable).relative_to(ROOT)} examples/demo.py stop")


def train(python: str | Path, script: str) -> None:
    """Run one of the examples against the server."""
    quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    subprocess.run(
        [python, HERE / script], check=True, cwd=FOLDER, env={**os.environ, "MLFLOW_TRACKING_URI": URL, **quiet}
    )


def start() -> None:
    """Start the server, and wait until it answers."""
    (FOLDER / ".hito").mkdir(exist_ok=True)  # the nearest one, so that nothing lands in a folder further up
    log = (FOLDER / "server.log").open("wb")
    process = subprocess.Popen(
        [HITO, "server", "--port", str(PORT)], cwd=FOLDER, stdout=log, stderr=log, start_new_session=True
    )
    PID.write_text(f"{process.pid}\n")
    began = time.monotonic()
    while time.monotonic() - began < 30:
        if process.poll() is not None:
            PID.unlink()
            sys.exit((FOLDER / "server.log").read_text() + f"\nIs port {PORT} taken? Try: PORT=5001 make demo")
        try:
            with urllib.request.urlopen(f"{URL}/health", timeout=1):
                print(f"hito answers at {URL} after {time.monotonic() - began:.1f} s.\n", flush=True)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    sys.exit(f"The server did not answer within 30 s; see {FOLDER / 'server.log'}.")


def stop() -> None:
    """End the server of an earlier demo, and wait until it is gone."""
    try:
        pid = int(PID.read_text())
        command = Path(f"/proc/{pid}/cmdline").read_bytes() if Path("/proc").exists() else b"hito"
        if b"hito" in command:  # the number may belong to another program by now
            os.kill(pid, signal.SIGTERM)
            while Path(f"/proc/{pid}/stat").exists():
                time.sleep(0.05)
    except (FileNotFoundError, ProcessLookupError, ValueError):
        pass
    PID.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
