"""How fast and how small is the server? Start, memory, ingest, search, curves, files; one table.

    python bench/server.py                      hito, on SQLite in a temporary folder
    python bench/server.py --store postgresql://…
    python bench/server.py --url http://…       any other server that speaks MLflow's protocol, already running

Client, load and server share this machine: read the figures as ratios.
"""

import argparse
import http.client
import json
import os
import platform
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from load import drive, request

API = "/api/2.0/mlflow/"
KEYS = 10


class Server:
    """One system under test, and a blocking connection to it."""

    def __init__(self, url: str, pid: int | None = None) -> None:
        self.url, self.pid = url, pid
        parts = urlsplit(url)
        self.connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=600)

    def call(self, method: str, path: str, body: bytes | None = None) -> bytes:
        self.connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{method} {path}: {answer.status} {content[:300]!r}")
        return content

    def post(self, endpoint: str, **fields: Any) -> Any:
        return json.loads(self.call("POST", API + endpoint, json.dumps(fields).encode()) or b"{}")

    def get(self, endpoint: str, **query: Any) -> Any:
        return json.loads(self.call("GET", f"{API}{endpoint}?{urlencode(query, doseq=True)}"))

    def new_run(self) -> str:
        experiment = self.post("experiments/create", name=f"bench-{time.time_ns()}")["experiment_id"]
        run_id: str = self.post("runs/create", experiment_id=experiment, start_time=1)["run"]["info"]["run_id"]
        return run_id

    def memory_mb(self) -> float:
        """Resident memory of the whole process tree."""
        if self.pid is None:
            return 0.0
        pids = [self.pid]
        for pid in pids:
            pids += [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return (
            sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids)
            * os.sysconf("SC_PAGE_SIZE")
            / 1e6
        )


@contextmanager
def started(store: str | None) -> Iterator[tuple[Server, float]]:
    """A hito server in a folder of its own, and the seconds until it answered."""
    with tempfile.TemporaryDirectory() as folder:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [str(Path(sys.executable).parent / "hito"), "server", "--port", str(port)]
        (Path(folder) / ".hito").mkdir()
        began = time.perf_counter()
        process = subprocess.Popen(command + (["--backend-store-uri", store] if store else []), cwd=folder)
        try:
            while True:
                try:
                    with socket.create_connection(("127.0.0.1", port), timeout=1):
                        break
                except OSError:
                    time.sleep(0.005)
            server = Server(f"http://127.0.0.1:{port}", process.pid)
            server.call("GET", "/health")
            yield server, time.perf_counter() - began
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def ingest(server: Server) -> None:
    for connections in (1, 8, 32):
        runs = [server.new_run() for _ in range(connections)]
        share = 320 // connections
        outcome = drive(server.url, [list(batches(server, run, share)) for run in runs])
        print(f"log-batch of 1000, {connections:2} connections: {outcome.rate * 1000:,.0f} points/s · {outcome}")
    for connections in (1, 8, 32):
        runs = [server.new_run() for _ in range(connections)]
        share = 6400 // connections if connections > 1 else 2000
        outcome = drive(server.url, [list(singles(server, run, share)) for run in runs])
        print(f"log-metric, {connections:2} connections: {outcome}")


def batches(server: Server, run_id: str, count: int) -> Iterator[bytes]:
    for number in range(count):
        metrics = [
            {"key": f"m{key}", "value": step * 0.001 + key, "timestamp": 1_700_000_000_000 + step, "step": step}
            for step in range(number * 100, number * 100 + 100)
            for key in range(KEYS)
        ]
        body = json.dumps({"run_id": run_id, "metrics": metrics}).encode()
        yield request(server.url, "POST", API + "runs/log-batch", body)


def singles(server: Server, run_id: str, count: int) -> Iterator[bytes]:
    for number in range(count):
        step = number // KEYS
        point = {"key": f"m{number % KEYS}", "value": step * 0.1, "timestamp": 1_700_000_000_000 + step, "step": step}
        yield request(server.url, "POST", API + "runs/log-metric", json.dumps({"run_id": run_id, **point}).encode())


def curves(server: Server, points: int = 1_000_000) -> None:
    run = server.new_run()

    def bodies() -> Iterator[bytes]:
        for first in range(0, points, 1000):
            metrics = [
                {"key": "loss", "value": random.random(), "timestamp": 1_700_000_000_000 + step, "step": step}
                for step in range(first, first + 1000)
            ]
            yield request(
                server.url, "POST", API + "runs/log-batch", json.dumps({"run_id": run, "metrics": metrics}).encode()
            )

    outcome = drive(server.url, [bodies()])
    print(f"one curve of {points:,} points: {outcome.rate * 1000:,.0f} points/s (building the requests included)")
    began, seen, token = time.perf_counter(), 0, ""
    while token is not None:
        more = {"page_token": token} if token else {}
        page = server.get("metrics/get-history", run_id=run, metric_key="loss", max_results=25_000, **more)
        seen, token = seen + len(page["metrics"]), page.get("next_page_token")
    print(f"its history in pages of 25,000: {time.perf_counter() - began:.2f} s ({seen:,} points)")
    began = time.perf_counter()
    size = len(server.call("GET", f"{API}metrics/get-history?run_id={run}&metric_key=loss"))
    print(f"its history in one answer: {time.perf_counter() - began:.2f} s, {size / 1e6:.0f} MB")
    began = time.perf_counter()
    server.get("metrics/get-history-bulk-interval", run_ids=[run], metric_key="loss", max_results=2500)
    print(f"2,500 points of it for a chart: {(time.perf_counter() - began) * 1000:.0f} ms")


def files(server: Server, megabytes: int = 256) -> None:
    run = server.get("runs/get", run_id=server.new_run())["run"]["info"]
    path = (
        "/api/2.0/mlflow-artifacts/artifacts/" + run["artifact_uri"].removeprefix("mlflow-artifacts:/") + "/large.bin"
    )
    content = os.urandom(megabytes << 20)
    before = server.memory_mb()
    began = time.perf_counter()
    server.connection.request("PUT", path, content)
    assert server.connection.getresponse().read() == b""
    print(f"PUT of {megabytes} MiB: {megabytes / (time.perf_counter() - began):,.0f} MiB/s")
    began = time.perf_counter()
    assert len(server.call("GET", path)) == len(content)
    print(f"GET of {megabytes} MiB: {megabytes / (time.perf_counter() - began):,.0f} MiB/s")
    print(f"memory of the server meanwhile: {before:.0f} → {server.memory_mb():.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="a server that runs already")
    parser.add_argument("--store", help="a store for hito's server (default: SQLite in a temporary folder)")
    arguments = parser.parse_args()
    print(
        f"{platform.node()} · {os.cpu_count()} cores · Python {platform.python_version()} · load {os.getloadavg()[0]:.1f}"
    )
    if arguments.url:
        measure(Server(arguments.url))
        return
    with started(arguments.store) as (server, seconds):
        time.sleep(2)
        print(f"start to first answer: {seconds:.2f} s; idle memory of the process tree: {server.memory_mb():.0f} MB")
        measure(server)


def measure(server: Server) -> None:
    ingest(server)
    curves(server)
    files(server)


if __name__ == "__main__":
    main()
