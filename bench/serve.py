"""How fast a served forest answers: hito, beside `mlflow models serve` if its program is named, and the limit below both.

    python bench/serve.py                                          hito alone
    python bench/serve.py --mlflow .venvs/mlflow/bin/mlflow        both, for the same folder of a model
    python bench/serve.py --swaps 10                               promotions under load: what failed, what was mixed

The forest is the demo's: 100 trees of depth 10 on 30 columns, pickled as MLflow's client does. Both servers are warm, have
one worker, and share the processors with the load generator; each load is driven three times by turns and the median
kept. Start-up is from the command to the first answer, with the compiled form in the cache. Memory is what the
server's processes hold alone (PSS).
"""

import argparse
import contextlib
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path
from random import Random

from load import Outcome, drive, request

COLUMNS = [f"f{at:02}" for at in range(30)]
TIMES = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mlflow", type=Path, help="the program `mlflow` of an environment with scikit-learn")
    parser.add_argument(
        "--requests", type=int, default=2_000, help="single rows per load (default 2000; MLflow a tenth)"
    )
    parser.add_argument("--swaps", type=int, help="only promote so many times under load, and count")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as space:
        folder = Path(space)
        for number in (1, 2):
            train(folder / str(number), number)
        if arguments.swaps:
            swaps(folder, arguments.swaps)
        else:
            compare(folder, arguments.mlflow, arguments.requests)


def train(folder: Path, seed: int) -> None:
    """Save a forest, pickled."""
    import pandas as pd
    from sklearn.datasets import load_breast_cancer
    from sklearn.ensemble import RandomForestClassifier

    from hito.flavors import sklearn
    from hito.flavors.infer import infer_signature

    values, labels = load_breast_cancer(return_X_y=True)
    table = pd.DataFrame(values, columns=COLUMNS)
    labels = labels if seed == 1 else 1 - labels
    model = RandomForestClassifier(n_estimators=100, max_depth=10, random_state=seed).fit(table, labels)
    signature = infer_signature(table, model.predict(table))
    sklearn.save(model, folder, signature=signature, serialization_format="cloudpickle")


def question(rows: int) -> bytes:
    """A request of so many plausible rows."""
    chance = Random(rows)
    data = [[round(chance.uniform(0, 30), 4) for _ in COLUMNS] for _ in range(rows)]
    return json.dumps({"dataframe_split": {"columns": COLUMNS, "data": data}}).encode()


def hito(folder: Path, *more: str, env: dict[str, str] | None = None) -> "Server":
    place = folder.parent / "cache"
    command = [sys.executable, "-m", "hito.cli.main", "models", "serve", "--trust-pickle", "--cache", str(place), *more]
    return Server("hito", command, env or {})


class Server:
    """A server's processes, from its start."""

    def __init__(self, name: str, command: list[str], env: dict[str, str]) -> None:
        self.name = name
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        began = time.perf_counter()
        quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
        self._process = subprocess.Popen(
            [*command, "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, **quiet, **env}, start_new_session=True,
        )  # fmt: skip
        while True:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/ping", timeout=5):
                break
            if self._process.poll() is not None:
                sys.exit(f"{name} ended with {self._process.returncode}")
            time.sleep(0.01)
        self.startup = time.perf_counter() - began

    def memory(self) -> float:
        """Megabytes that its processes hold, pages shared with others divided."""
        total = 0
        for status in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError, IndexError, ValueError):
                fields = status.read_text().rpartition(")")[2].split()
                if int(fields[3]) == self._process.pid:  # its session
                    rollup = (status.parent / "smaps_rollup").read_text()
                    total += int(rollup.split("\nPss:")[1].split()[0])
        return total / 1024

    def cpu(self) -> float:
        """Seconds of processor time that its processes have used."""
        total = 0
        for status in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError, IndexError, ValueError):
                fields = status.read_text().rpartition(")")[2].split()
                if int(fields[3]) == self._process.pid:
                    total += int(fields[11]) + int(fields[12])
        return total / os.sysconf("SC_CLK_TCK")

    def ask(self, body: bytes) -> tuple[int, str, bytes]:
        """Status, version and body of an answer."""
        asked = urllib.request.Request(f"{self.url}/invocations", body, {"content-type": "application/json"})
        with contextlib.suppress(urllib.request.HTTPError), urllib.request.urlopen(asked, timeout=120) as answer:
            return answer.status, answer.headers.get("x-hito-version", ""), answer.read()
        return 0, "", b""

    def stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, 15)
        self._process.wait(60)


def compare(folder: Path, mlflow: Path | None, requests: int) -> None:
    hito(folder / "1", "-m", str(folder / "1")).stop()  # compiles, once
    servers = [hito(folder / "1", "-m", str(folder / "1"))]
    if mlflow:
        path = {"PATH": f"{mlflow.absolute().parent}:{os.environ['PATH']}"}
        command = [str(mlflow.absolute()), "models", "serve", "-m", str(folder / "1"), "--env-manager", "local"]
        servers.append(Server("mlflow", command, path))
    try:
        print(
            f"{platform.processor() or platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n"
        )
        print(f"{'':<34}" + "".join(f"{one.name:>14}" for one in servers))
        row("start-up, s", [one.startup for one in servers])
        row("memory, idle, MB", [one.memory() for one in servers])
        for one in servers:
            for _ in range(20):
                assert one.ask(question(1))[0] == 200
        for connections in (1, 8, 32):
            loads(servers, connections, requests)
        many = question(10_000)
        spent: list[list[float]] = [[] for _ in servers]
        for _ in range(5):
            for at, one in enumerate(servers):
                began = time.perf_counter()
                status, _, body = one.ask(many)
                spent[at].append(time.perf_counter() - began)
                assert (status, len(json.loads(body)["predictions"])) == (200, 10_000)
        row("10,000 rows, median, ms", [statistics.median(one) * 1e3 for one in spent])
        row("10,000 rows, shortest, ms", [min(one) * 1e3 for one in spent])
        row("memory, after that, MB", [one.memory() for one in servers])
        limit(folder)
    finally:
        for one in servers:
            one.stop()


def loads(servers: list[Server], connections: int, requests: int) -> None:
    """One row a request, over so many connections."""
    found: list[list[Outcome]] = [[] for _ in servers]
    spent: list[list[float]] = [[] for _ in servers]
    for _ in range(TIMES):
        for at, one in enumerate(servers):
            count = (requests if one.name == "hito" else max(requests // 10, 64)) // connections
            message = request(one.url, "POST", "/invocations", question(1))
            before = one.cpu()
            outcome = drive(one.url, [[message] * count for _ in range(connections)])
            spent[at].append((one.cpu() - before) / (count * connections))
            found[at].append(outcome)
    about = f"1 row, {connections} connection{'s' if connections > 1 else ''}"
    row(f"{about}, requests/s", [statistics.median(one.rate for one in some) for some in found])
    for share in (0.5, 0.99):
        values = [statistics.median(one.percentile(share) for one in some) for some in found]
        row(f"{about}, p{share * 100:.0f}, ms", values)
    row(f"{about}, processor, µs", [statistics.median(some) * 1e6 for some in spent])
    row(f"{about}, errors", [sum(one.errors for one in some) for some in found])


def row(what: str, values: list[float]) -> None:
    ratio = f"{max(values) / min(values):>10.1f}×" if len(values) == 2 and min(values) > 0 else ""
    print(f"{what:<34}" + "".join(f"{value:>14,.2f}" for value in values) + ratio, flush=True)


def limit(folder: Path) -> None:
    """ONNX Runtime in a loop, without a server."""
    import numpy as np

    from hito.flavors.digest import digest
    from hito.serve import compiling
    from hito.serve.engine import Engine

    known, made = compiling.compiled(folder / "1", folder / "cache", digest(folder / "1"), trust_pickle=True)
    assert made is not None
    engine = Engine.read(made, known)
    rows = np.random.default_rng(0).uniform(0, 30, size=(1, 30))
    times = []
    for _ in range(2_000):
        began = time.perf_counter()
        engine.ask(rows)
        times.append(time.perf_counter() - began)
    print(
        f"\nONNX Runtime in a loop, one row: {statistics.median(times) * 1e6:.0f} µs, shortest {min(times) * 1e6:.0f} µs"
    )


def swaps(folder: Path, count: int) -> None:
    """Promote one of two versions, the other, the first again, …, while 8 callers ask and check every answer."""
    from hito.connect import Client

    store = f"sqlite:///{folder / 'hito.db'}"
    client = Client(store)
    client.create_registered_model("Forest")
    experiment = client.create_experiment("forests")
    for number in ("1", "2"):
        run = client.create_run(experiment)
        client.log_artifacts(run.info.run_id, folder / number, "model")
        client.create_model_version("Forest", f"runs:/{run.info.run_id}/model", run.info.run_id)
    client.transition_model_version_stage("Forest", "1", "Production")
    body = question(50)
    servers = [
        hito(folder / "1", "-m", f"models:/Forest/{number}", env={"HITO_TRACKING_URI": store}) for number in "12"
    ]
    says = {str(at + 1): one.ask(body)[2] for at, one in enumerate(servers)}
    for one in servers:
        one.stop()
    assert says["1"] != says["2"]
    server = hito(folder / "1", "-m", "models:/Forest/Production", "--follow", "0.1", env={"HITO_TRACKING_URI": store})
    answers, failed, mixed = {"1": 0, "2": 0}, 0, 0
    lock, ended = threading.Lock(), threading.Event()

    def caller() -> None:
        nonlocal failed, mixed
        while not ended.is_set():
            status, version, answer = server.ask(body)
            with lock:
                if status != 200:
                    failed += 1
                elif answer != says[version]:
                    mixed += 1
                else:
                    answers[version] += 1

    callers = [threading.Thread(target=caller) for _ in range(8)]
    for one in callers:
        one.start()
    waited = []
    try:
        for at in range(count):
            version = "21"[at % 2]
            began = time.perf_counter()
            client.transition_model_version_stage("Forest", version, "Production", archive_existing_versions=True)
            while server.ask(body)[1] != version:
                time.sleep(0.01)
            waited.append(time.perf_counter() - began)
    finally:
        ended.set()
        for one in callers:
            one.join()
        server.stop()
    print(
        f"{count} promotions under load: {sum(answers.values()):,} answers right ({answers}), {failed} failed, {mixed} mixed"
    )
    print(
        f"from promotion to answer: median {statistics.median(waited):.2f} s, longest {max(waited):.2f} s (looks every 0.1 s)"
    )


if __name__ == "__main__":
    main()
