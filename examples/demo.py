"""`make demo`: a server that stays, two models trained against it, by hito's client and by MLflow's own, one of them served.

The servers keep their data in demo/.hito and go on running when this ends; run it again and the old ones are replaced.
`python examples/demo.py stop` ends them.
"""

import json
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
SERVING_PID = FOLDER / "serving.pid"
PORT = int(os.environ.get("PORT", "5000"))
URL = f"http://127.0.0.1:{PORT}"
SERVING_PORT = int(os.environ.get("SERVING_PORT", str(PORT + 1)))
SERVED = "models:/RandomForestClassifier/Production"
CLIENT = ROOT / ".venvs" / "mlflow-3.17" / "bin" / "python"
HITO = Path(sys.executable).parent / "hito"


def main() -> None:
    stop(SERVING_PID)
    stop(PID)
    if sys.argv[1:] == ["stop"]:
        return
    FOLDER.mkdir(exist_ok=True)
    start()
    train(sys.executable, "train_hito.py")
    print("\nThe same by MLflow's own client, which does not notice the difference:\n", flush=True)
    train(CLIENT, "train_mlflow.py")
    serve()
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


def serve() -> None:
    """Serve what is in Production, and ask it by curl about the first two tumours."""
    from sklearn.datasets import load_breast_cancer

    rows = load_breast_cancer(as_frame=True).data.head(2)
    request = FOLDER / "request.json"
    request.write_text(json.dumps({"dataframe_split": {"columns": list(rows.columns), "data": rows.values.tolist()}}))
    # MLflow's client has pickled its forest. We trust it, since we have just trained it; nobody else's is opened unasked.
    command = ["models", "serve", "-m", SERVED, "-p", str(SERVING_PORT), "--trust-pickle"]
    print(f"\nThe model in Production answers requests:\n\n  hito {' '.join(command)}", flush=True)
    log = (FOLDER / "serving.log").open("wb")
    process = subprocess.Popen(
        [HITO, *command], cwd=FOLDER, stdout=log, stderr=log, start_new_session=True,
        env={**os.environ, "HITO_TRACKING_URI": URL},
    )  # fmt: skip
    SERVING_PID.write_text(f"{process.pid}\n")
    address = f"http://127.0.0.1:{SERVING_PORT}"
    began = time.monotonic()
    while process.poll() is None and time.monotonic() - began < 300:
        try:
            with urllib.request.urlopen(f"{address}/models", timeout=1) as answer:
                told = json.load(answer)["models"][0]
                break
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    else:
        sys.exit(
            (FOLDER / "serving.log").read_text() + f"\nIs port {SERVING_PORT} taken? Try: SERVING_PORT=5002 make demo"
        )
    print(f"  version {told['version']} after {time.monotonic() - began:.1f} s; compiled: {told['compiled']}, "
          f"proven on {told['rows_proven']:,} rows\n", flush=True)  # fmt: skip
    asked = ["curl", "-s", f"{address}/invocations", "-H", "content-type: application/json", "-d", "@request.json"]
    print(f"  curl -s {address}/invocations -H 'content-type: application/json' -d @{FOLDER.name}/request.json")
    said = subprocess.run(asked, cwd=FOLDER, check=True, capture_output=True, text=True).stdout
    print(
        f"  {said}\n\nIt goes on running: {address} is a page to try it, the next version in Production takes over by itself."
    )


def stop(pid_file: Path) -> None:
    """End a server of an earlier demo, and wait until it is gone."""
    try:
        pid = int(pid_file.read_text())
        command = Path(f"/proc/{pid}/cmdline").read_bytes() if Path("/proc").exists() else b"hito"
        if b"hito" in command:  # the number may belong to another program by now
            os.kill(pid, signal.SIGTERM)
            while Path(f"/proc/{pid}/stat").exists():
                time.sleep(0.05)
    except (FileNotFoundError, ProcessLookupError, ValueError):
        pass
    pid_file.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
