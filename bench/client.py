"""How long does a program wait for its tracking?

    python bench/client.py [--uri URI] [--mlflow PYTHON] [--points 100000]

Without a URI the store is embedded; with `http://…` a server must run there. `down` is a port where nobody listens.
Everything is measured in fresh processes, in temporary folders, and printed as one line of JSON per question.
`--mlflow` names a Python with mlflow installed, whose `log_metric` is timed in the same run.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

_LOOP = """
import json, os, statistics, sys, time
from hito.connect import Client
uri, count = sys.argv[1] or None, int(sys.argv[2])
client = Client(uri)
warm = client.create_run("0").info.run_id
client.set_terminated(warm)
both = []
for _ in range(40):
    began = time.perf_counter()
    client.set_terminated(client.create_run("0").info.run_id)
    both.append(time.perf_counter() - began)
run_id = client.create_run("0").info.run_id
clock, took = time.perf_counter_ns, []
began = time.perf_counter()
for step in range(count):
    start = clock()
    client.log_metric(run_id, "loss", 1 / (step + 1), step=step)
    took.append(clock() - start)
looped = time.perf_counter() - began
durable = client.flush(run_id, 60.0) if "--down" not in sys.argv else False
shipped = time.perf_counter() - began
took.sort()
found = len(client.get_metric_history(run_id, "loss")) if durable else None
import hito
if uri:
    hito.set_tracking_uri(uri)
fluent, begun = [], []
for number in range(11):
    hito.start_run()
    for step in range(2000):
        start = clock()
        hito.log_metric("loss", 1 / (step + 1), step=step)
        fluent.append(clock() - start)
    if number == 0:
        fluent.clear()
    hito.end_run()
for number in range(21):
    began = time.perf_counter()
    hito.start_run()
    hito.end_run()
    begun.append(time.perf_counter() - began)
fluent.sort()
print(json.dumps({
    "log_metric median us": took[count // 2] / 1e3, "p99 us": took[count * 99 // 100] / 1e3,
    "p99.9 us": took[count * 999 // 1000] / 1e3, "max ms": took[-1] / 1e6, "loop s": round(looped, 3),
    "until durable s": round(shipped, 3) if durable else None, "points read": found,
    "create_run + set_terminated ms, median": statistics.median(both) * 1e3, "p90": sorted(both)[36] * 1e3,
    "hito.log_metric median us": fluent[10_000] / 1e3, "hito.log_metric p99 us": fluent[19_800] / 1e3,
    "hito.start_run + end_run ms, median": statistics.median(begun) * 1e3,
}))
"""

_MLFLOW = """
import json, sys, time
import mlflow
mlflow.set_tracking_uri(sys.argv[1] or "sqlite:///mlflow.db")
client = mlflow.MlflowClient()
began = time.perf_counter()
run_id = client.create_run("0").info.run_id
client.set_terminated(run_id)
took, count = [], 300
for step in range(count):
    start = time.perf_counter_ns()
    client.log_metric(run_id, "loss", 1 / (step + 1), step=step)
    took.append(time.perf_counter_ns() - start)
took.sort()
print(json.dumps({"mlflow log_metric median us": took[count // 2] / 1e3, "p99 us": took[count * 99 // 100] / 1e3}))
"""

_IMPORT = """
import resource, time
began = time.process_time()
{}
print(time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def run(code: str, *arguments: str, python: str = sys.executable) -> str:
    """A program in a fresh process and folder; what it printed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HITO_", "MLFLOW_"))}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # compiling is not importing
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [python, "-c", code, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=True
        )
    return done.stdout.strip()


def imports() -> dict[str, float]:
    """Seconds of processor time and memory that an import adds, the best of seven."""
    found = {}
    for name in ("nothing", "hito", "msgspec", "hito.connect", "hito.fluent.runs"):
        code = "pass" if name == "nothing" else f"import {name}"
        seen = [tuple(map(float, run(_IMPORT.format(code)).split())) for _ in range(7)]
        found[f"import {name} ms"] = round(min(one[0] for one in seen) * 1e3, 1)
        found[f"with {name} MB"] = round(min(one[1] for one in seen), 1)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--uri", default="")
    parser.add_argument("--mlflow", default="")
    parser.add_argument("--points", default="100000")
    given = parser.parse_args()
    print("import  ", json.dumps(imports()))
    print(f"{given.uri or 'embedded':8}", run(_LOOP, given.uri, given.points))
    print("down    ", run(_LOOP, "http://127.0.0.1:9", given.points, "--down"))
    if given.mlflow:
        print("mlflow  ", run(_MLFLOW, given.uri, python=given.mlflow))


if __name__ == "__main__":
    main()
