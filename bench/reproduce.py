"""What does running again restore, what does it find, and how long does it take?

    python bench/reproduce.py [--mlflow .venvs/mlflow-3.17-server/bin/mlflow] [--only demo|changes|restores] [--json]

demo      examples/train_hito.py in a fresh clone; then both of its runs by `hito reproduce`: with nothing in any cache,
          with uv's cache of packages, and with the environment made already.
changes   a forest on a CSV file; then one thing is another one: an argument, a package, the data. Is it found, is it named?
restores  one MLproject, unchanged, by `hito run` and `mlflow run`; then the world goes on (a commit, an edit, a newer
          package, other data, other settings), and the run is to be had again: by `hito reproduce RUN`, and by the nearest
          that MLflow has, `mlflow run REPOSITORY -v COMMIT -P …` with what the run's page tells.

Everything happens in a scratch folder. Packages come from the index, or from uv's cache.
"""

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import hito
from hito.fluent.local_server import serving

ROOT = Path(__file__).resolve().parent.parent
HITO = Path(sys.executable).parent / "hito"
GIT = [
    "git",
    "-c",
    "user.name=a",
    "-c",
    "user.email=a@b",
    "-c",
    "init.defaultBranch=main",
    "-c",
    "commit.gpgsign=false",
]

FOREST = """
import argparse
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from xgboost import XGBClassifier
import hito as mlflow

parser = argparse.ArgumentParser()
parser.add_argument("data")
parser.add_argument("--depth", type=int, default=6)
given = parser.parse_args()
rows = pd.read_csv(given.data)
x, y = rows.drop(columns="target"), rows["target"]
with mlflow.start_run(run_name="forest"):
    mlflow.log_params({"depth": given.depth, "random_state": 7})
    forest = RandomForestClassifier(max_depth=given.depth, n_estimators=50, random_state=7).fit(x[::2], y[::2])
    mlflow.log_metric("accuracy", forest.score(x[1::2], y[1::2]))
    mlflow.log_metric("probability", float(forest.predict_proba(x[1::2])[:, 1].sum()))
    boost = XGBClassifier(max_depth=given.depth, n_estimators=50, random_state=7).fit(x[::2], y[::2])
    mlflow.log_metric("boosted", float(boost.predict_proba(x[1::2])[:, 1].astype(float).sum()))
"""

PROJECT = """
name: probe
python_env: python_env.yaml
entry_points:
  main:
    parameters:
      depth: {type: float, default: 3}
      data: path
    command: "python probe.py --depth {depth} --data {data}"
"""
PROBE = """
import argparse, hashlib, os, platform
import mlflow, wobble
MARK = "committed"
try:
    from extra import EXTRA
except ImportError:
    EXTRA = "absent"
parser = argparse.ArgumentParser()
parser.add_argument("--depth")
parser.add_argument("--data")
given = parser.parse_args()
facts = {
    "committed source": open("constant.txt").read().strip(),
    "uncommitted change": MARK,
    "untracked source file": EXTRA,
    "arguments": given.depth,
    "package versions": wobble.VERSION,
    "Python version": platform.python_version(),
    "thread setting": os.environ.get("OMP_NUM_THREADS", "none"),
    "hash seed": os.environ.get("PYTHONHASHSEED", "none"),
    "data": hashlib.sha256(open(given.data, "rb").read()).hexdigest()[:12],
}
with mlflow.start_run():
    for name, value in facts.items():
        mlflow.set_tag("probe." + name, value)
    mlflow.log_metric("result", float(wobble.FACTOR) * len(open(given.data).read()))
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mlflow", type=Path, default=ROOT / ".venvs" / "mlflow-3.17-server" / "bin" / "mlflow")
    parser.add_argument("--only", choices=["demo", "changes", "restores"])
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found: dict[str, Any] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
    }
    with tempfile.TemporaryDirectory(prefix="hito-bench-") as place:
        for name, part in (("demo", demo), ("changes", changes), ("restores", restores)):
            if given.only in (None, name):
                folder = Path(place) / name
                folder.mkdir()
                found[name] = part(folder, given.mlflow)
    if given.json:
        print(json.dumps(found, indent=2))
        return
    print(f"Python {platform.python_version()}, {found['machine']}")
    for name, rows in found.items():
        if isinstance(rows, list):
            print(f"\n{name}\n")
            show(rows)


def show(rows: list[dict[str, str]]) -> None:
    """As a table of Markdown."""
    names = list(rows[0])
    print(f"| {' | '.join(names)} |\n|{'---|' * len(names)}")
    for row in rows:
        print(f"| {' | '.join(row[name] for name in names)} |")


def demo(place: Path, _: Path) -> list[dict[str, str]]:
    clone, store = place / "clone", place / ".hito"
    run([*GIT, "clone", "-q", "--no-hardlinks", str(ROOT), str(clone)], place)
    run([sys.executable, "examples/train_hito.py"], clone, HITO_TRACKING_URI=str(store))
    client = hito.MlflowClient(str(store))
    experiment = client.get_experiment_by_name("breast cancer").experiment_id
    caches = {"nothing cached": (place / "a", place / "uv"), "packages cached": (place / "b", place / "uv")}
    caches["environment cached"] = caches["packages cached"]
    rows = []
    for name in ("RandomForestClassifier", "XGBClassifier"):
        run_id = client.search_runs([experiment], f"run_name = '{name}'", order_by=["start_time ASC"])[0].info.run_id
        for cache, (environments, packages) in list(caches.items()):
            if name == "XGBClassifier" and cache != "environment cached":
                continue
            seconds, verdict, said = reproduced(
                run_id, store, place, HITO_CACHE=str(environments), UV_CACHE_DIR=str(packages)
            )
            made = re.search(r"made in ([\d.]+) s", said)
            ran = re.search(r"ended after ([\d.]+) s", said)
            rows.append({
                "run": name,
                "caches": cache,
                "verdict": verdict["answer"],
                "things equal": f"{sum(row['passed'] is True for row in verdict['rows'])} of {len(verdict['rows'])}",
                "making the environment": f"{made[1]} s" if made else "0 s",
                "the program": f"{ran[1]} s" if ran else "",
                "all": f"{seconds:.1f} s",
            })  # fmt: skip
    return rows


def changes(place: Path, _: Path) -> list[dict[str, str]]:
    from sklearn.datasets import load_breast_cancer

    code, store = place / "code", place / ".hito"
    code.mkdir()
    data = load_breast_cancer(as_frame=True).frame
    data.to_csv(code / "tumours.csv", index=False)
    (code / "train.py").write_text(FOREST)
    (code / ".gitignore").write_text("*.csv\n")
    commit(code, "first", initial=True)
    run([sys.executable, "train.py", "tumours.csv", "--depth", "6"], code, HITO_TRACKING_URI=str(store))
    run_id = hito.MlflowClient(str(store)).search_runs(["0"])[0].info.run_id
    caches = {"HITO_CACHE": str(place / "cache")}
    rows = [row("nothing", reproduced(run_id, store, place, "--no-log", **caches))]
    rows.append(row("hyper-parameter", reproduced(run_id, store, place, "--no-log", "--argument", "6=2", **caches)))
    rows.append(
        row("package", reproduced(run_id, store, place, "--no-log", "--package", "xgboost-cpu==2.1.4", **caches))
    )
    data.iloc[::2].to_csv(code / "tumours.csv", index=False)
    rows.append(row("data file", reproduced(run_id, store, place, "--no-log", **caches)))
    rows.append(
        row("data file, and asked to go on", reproduced(run_id, store, place, "--no-log", "--changed-data", **caches))
    )
    return rows


def row(changed: str, found: tuple[float, dict[str, Any], str]) -> dict[str, str]:
    seconds, verdict, _ = found
    differing = [one["name"] for one in verdict["rows"] if one["passed"] is False]
    reason = " ".join(verdict["reason"].split())
    first = [one for one in verdict["candidates"] if not one.startswith(("threads", "seed"))]
    named = "; ".join(first[:2]) or (f"{reason[:150]}…" if len(reason) > 150 else reason)
    return {
        "changed": changed, "verdict": verdict["answer"], "what differs": ", ".join(differing) or "–",
        "what is named": re.sub(r"/\S*/", "…/", named) or "–", "seconds": f"{seconds:.1f}",
    }  # fmt: skip


def restores(place: Path, mlflow: Path) -> list[dict[str, str]]:
    code, wheels = place / "code", place / "wheels"
    code.mkdir()
    wheels.mkdir()
    wobble(wheels, "1.0", 1.0)
    (code / "MLproject").write_text(PROJECT)
    (code / "python_env.yaml").write_text("python: '3.11'\ndependencies: [mlflow-skinny, wobble]\n")
    (code / "probe.py").write_text(PROBE)
    (code / "constant.txt").write_text("one\n")
    (code / ".gitignore").write_text("mlruns\n")
    at_first = commit(code, "first", initial=True)
    (code / "probe.py").write_text(PROBE.replace('"committed"', '"edited"'))
    (code / "extra.py").write_text("EXTRA = 'there'\n")
    data = place / "x.csv"
    data.write_text("a,b\n1,2\n")
    common = {
        "UV_FIND_LINKS": str(wheels),
        "PATH": f"{HITO.parent}{os.pathsep}{os.environ['PATH']}",
        "HITO_CACHE": "first",
    }
    common |= {"MLFLOW_ENV_ROOT": str(place / "first-envs"), "HITO_CACHE": str(place / "first-cache")}
    given = ["-P", "depth=5", "-P", f"data={data}"]
    then = {**common, "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "11"}
    with serving(place / "theirs" / ".hito") as theirs:  # a server that `mlflow run` logs to; it takes no part else
        return _restores(place, mlflow, code, wheels, data, common, given, then, theirs, at_first)


def _restores(
    place: Path, mlflow: Path, code: Path, wheels: Path, data: Path, common: dict[str, str], given: list[str],
    then: dict[str, str], theirs: str, at_first: str,
) -> list[dict[str, str]]:  # fmt: skip
    run([str(HITO), "run", str(code), *given], place, HITO_TRACKING_URI=str(place / ".hito"), **then)
    run([str(mlflow), "run", str(code), *given, "--env-manager", "uv"], place, MLFLOW_TRACKING_URI=theirs, **then)

    # The world goes on.
    kept = place / "kept.csv"
    shutil.copyfile(data, kept)
    data.write_text("a,b\n1,3\n")
    (code / "constant.txt").write_text("two\n")
    (code / "probe.py").write_text(PROBE.replace('"committed"', '"edited once more"'))
    (code / "extra.py").unlink()
    commit(code, "second")
    wobble(wheels, "1.1", 1.5)
    now = {**common, "MLFLOW_ENV_ROOT": str(place / "second-envs"), "HITO_CACHE": str(place / "second-cache")}

    client = hito.MlflowClient(str(place / ".hito"))
    old = client.search_runs(["0"])[0]
    _, stopped, _ = reproduced(old.info.run_id, place / ".hito", place, **now)
    _, verdict, _ = reproduced(old.info.run_id, place / ".hito", place, "--data", f"{data}={kept}", **now)
    again = client.get_run(verdict["new_run_id"])
    run(
        [str(mlflow), "run", f"file://{code}", "-v", at_first, *given, "--env-manager", "uv"],
        place, MLFLOW_TRACKING_URI=theirs, **now,
    )  # fmt: skip
    runs = hito.MlflowClient(theirs).search_runs(["0"], order_by=["start_time ASC"])
    before, after = facts(runs[0].data.tags), facts(runs[-1].data.tags)
    rows = []
    for name in facts(old.data.tags):
        ours, theirs_then = facts(old.data.tags)[name], before[name]
        rows.append({
            "what": name,
            "hito reproduce": said(ours, facts(again.data.tags)[name]),
            "mlflow run": said(theirs_then, after[name]),
        })  # fmt: skip
    data_row = next(one for one in rows if one["what"] == "data")
    refused = "changed since the run" in stopped["reason"]
    data_row["hito reproduce"] += ", by --data; refused to run on the changed file" if refused else ""
    data_row["mlflow run"] += ", without a word" if not data_row["mlflow run"].startswith("restored") else ""
    rows.append({"what": "verdict", "hito reproduce": verdict["answer"], "mlflow run": "none"})
    return rows


def facts(tags: dict[str, str]) -> dict[str, str]:
    return {key.removeprefix("probe."): value for key, value in tags.items() if key.startswith("probe.")}


def said(then: str, now: str) -> str:
    return f"restored ({now})" if then == now else f"{then} became {now}"


def reproduced(
    run_id: str, store: Path, place: Path, *options: str, **variables: str
) -> tuple[float, dict[str, Any], str]:
    """Seconds, the verdict, what was said on the way."""
    began = time.perf_counter()
    done = subprocess.run(
        [HITO, "reproduce", run_id, "--tracking-uri", str(store), "--json", *options], cwd=place,
        env={**os.environ, **variables}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode not in (0, 1, 2) or not done.stdout:
        sys.exit(done.stderr)
    return time.perf_counter() - began, json.loads(done.stdout), done.stderr


def run(command: list[str], folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "GIT_TERMINAL_PROMPT": "0"}
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **quiet, **variables}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}")
    return done


def commit(folder: Path, message: str, *, initial: bool = False) -> str:
    if initial:
        run([*GIT, "init", "-q"], folder)
    run([*GIT, "add", "."], folder)
    run([*GIT, "commit", "-q", "-m", message], folder)
    return run([*GIT, "rev-parse", "HEAD"], folder).stdout.strip()


def wobble(folder: Path, version: str, factor: float) -> None:
    """A wheel of a package that consists of two numbers."""
    about = f"wobble-{version}.dist-info"
    contents = {
        "wobble.py": f"FACTOR, VERSION = {factor}, '{version}'\n",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: wobble\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: bench\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},,\n" for name in (*contents, f"{about}/RECORD"))
    with zipfile.ZipFile(folder / f"wobble-{version}-py3-none-any.whl", "w") as archive:
        for name, content in {**contents, f"{about}/RECORD": record}.items():
            archive.writestr(name, content)


if __name__ == "__main__":
    main()
