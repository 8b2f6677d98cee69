"""How long does a short experiment take with each tracker? MLtraq's public test, with today's versions.

    python bench/trackers.py --python mlflow=/path/python --python wandb=/path/python … [--repeat 5] [--json]

MLtraq's test (https://mltraq.com/benchmarks/speed/, notebook "07 Tracking speed - Benchmarks rev1" of its repository)
begins every measurement with an empty storage folder, tracks the float 123.45 with one call a value, offline on the local
disk, in the foreground, with all capture of git, code, environment and system switched off, ten times in one process
whose imports are done; it gives the mean for one experiment with 1 run of 1 value, 1 run of 10,000, and 10 runs of 1.

Followed here: the empty folder (its making counts), one call a value, offline, capture off, one process per tracker, and
its own procedures where they still run. Different:

- A repetition is a fresh process with an interpreter of its own; the median of repetitions is given. The import is told
  apart, and so is the first experiment of a process (1 run, 1 value): it pays for what is imported late.
- Every run is ended, and what a tracker can be told to finish, flush, close or persist, counts. MLtraq's procedure ends
  only the last run of wandb, and never closes Aim's.
- Values have steps where the tracker knows steps, as a training loop has. MLtraq's are all of step 0.
- "Program" is a whole process: import, 1 run with 1 value, exit. So nothing hides behind `atexit`.
- 10 runs of 10,000 values are measured, too. A tracker that takes more than `--patience` seconds for 1 run of 10,000 does
  that once, and not 10 of them.
- hito is measured three times: by the rules of the test; with everything that it captures by default; and with values
  that are kept in a list and logged with one call at the end, which is what MLtraq does with all values: its procedure
  appends to a list in memory, and writes nothing before `persist`.
- "file" is no tracker: a line of JSON a value, flushed to the system, and fsync at the end of a run. It is what the
  machine allows.

Nothing of this talks to a network. A tracker that is not given with --python is left out; hito and file always take part.
"""

import argparse
import importlib
import importlib.metadata
import json
import logging
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

VALUE = 123.45
FIRST, ONE, RUNS, VALUES, BOTH = "first 1 x 1", "1 x 1", "10 x 1", "1 x 10,000", "10 x 10,000"
SIZES = {FIRST: (1, 1), ONE: (1, 1), RUNS: (10, 1), VALUES: (1, 10_000), BOTH: (10, 10_000)}
PROGRAM, IMPORT = "program", "import"
COLUMNS = (IMPORT, *SIZES, PROGRAM)
QUIET = {
    "HITO_CAPTURE": "0",
    "HITO_CONSOLE": "0",
    "HITO_HEARTBEAT": "0",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "WANDB_SILENT": "true",
    "WANDB_ERROR_REPORTING": "false",
    "WANDB_DISABLE_GIT": "true",
    "WANDB_DISABLE_CODE": "true",
    "WANDB_MODE": "offline",
    "COMET_LOGGING_CONSOLE": "error",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}
"""Offline, silent, nothing but the values, nothing told to anybody."""


# --- what is measured: `runs` runs of `values` values each, in a folder that does not exist yet ---


def hito(folder: Path, runs: int, values: int) -> None:
    import hito as tracker

    tracker.set_tracking_uri(folder)
    experiment = tracker.create_experiment(folder.name)
    for _ in range(runs):
        with tracker.start_run(experiment_id=experiment):
            for step in range(values):
                tracker.log_metric("value", VALUE, step=step)


def hito_all(folder: Path, runs: int, values: int) -> None:
    from hito.fluent import provenance

    hito(folder, runs, values)
    if not provenance.wait(60):
        raise RuntimeError("the provenance of the runs was not recorded within a minute")


def hito_series(folder: Path, runs: int, values: int) -> None:
    import hito as tracker

    tracker.set_tracking_uri(folder)
    experiment = tracker.create_experiment(folder.name)
    for _ in range(runs):
        with tracker.start_run(experiment_id=experiment):
            value: list[float] = []
            for _ in range(values):
                value.append(VALUE)  # noqa: PERF401  a value at a time, as in a training loop
            tracker.log_series("value", value)


def mlflow(folder: Path, runs: int, values: int) -> None:
    import mlflow as tracker

    folder.mkdir()
    tracker.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
    experiment = tracker.create_experiment(folder.name, artifact_location=str(folder / "artifacts"))
    for _ in range(runs):
        with tracker.start_run(experiment_id=experiment):
            for step in range(values):
                tracker.log_metric("value", VALUE, step=step)


def wandb(folder: Path, runs: int, values: int) -> None:
    import wandb as tracker

    folder.mkdir()
    # What MLtraq could not switch off in its version, or left on: system figures, console, the list of packages.
    silent = tracker.Settings(
        silent=True, console="off", disable_git=True, disable_code=True, x_disable_stats=True, x_disable_meta=True
    )
    for _ in range(runs):
        run = tracker.init(project=folder.name, dir=str(folder), mode="offline", settings=silent)
        for step in range(values):
            run.log({"value": VALUE}, step=step)
        run.finish()


def aim(folder: Path, runs: int, values: int) -> None:
    import aim as tracker

    for _ in range(runs):
        run = tracker.Run(
            repo=str(folder), experiment=folder.name, system_tracking_interval=None, capture_terminal_logs=False
        )
        for step in range(values):
            run.track(VALUE, name="value", step=step)
        run.close()


def trackio(folder: Path, runs: int, values: int) -> None:
    import trackio as tracker

    # Its folder is fixed when it is imported; a new project is a new database in it.
    for _ in range(runs):
        tracker.init(project=folder.name, embed=False, auto_log_gpu=False, auto_log_cpu=False)
        for step in range(values):
            tracker.log({"value": VALUE}, step=step)
        tracker.finish()


def mltraq(folder: Path, runs: int, values: int) -> None:
    import mltraq as tracker

    folder.mkdir()
    session = tracker.create_session(f"sqlite:///{folder}/mltraq.db")
    with tracker.options().ctx({"tqdm.disable": True}):
        experiment = session.create_experiment()
        for _ in range(runs):
            with experiment.run() as run:
                run.fields.value = []
                for _ in range(values):
                    run.fields.value.append(VALUE)
        experiment.persist()


def comet(folder: Path, runs: int, values: int) -> None:
    import comet_ml as tracker

    folder.mkdir()
    off = ("code", "graph", "env_gpu", "env_cpu", "env_network", "env_disk", "env_host", "git_metadata", "env_details")
    for _ in range(runs):
        run = tracker.OfflineExperiment(
            project_name=folder.name,
            offline_directory=str(folder),
            display_summary_level=0,
            **{f"log_{what}": False for what in off},
        )
        for step in range(values):
            run.log_metric("value", VALUE, step=step)
        run.end()


def neptune(folder: Path, runs: int, values: int) -> None:
    import neptune as tracker

    folder.mkdir()
    os.chdir(folder)  # it writes to .neptune of the working folder
    for _ in range(runs):
        run = tracker.init_run(
            project=f"bench/{folder.name}",
            mode="offline",
            git_ref=False,
            source_files=[],
            capture_stdout=False,
            capture_stderr=False,
            capture_traceback=False,
            capture_hardware_metrics=False,
        )
        for step in range(values):
            run["value"].append(VALUE, step=step)
        run.wait()
        run.stop()


def file(folder: Path, runs: int, values: int) -> None:
    folder.mkdir()
    for number in range(runs):
        with (folder / f"{number}.jsonl").open("w", encoding="utf-8") as lines:
            for step in range(values):
                lines.write(f'{{"step": {step}, "value": {VALUE!r}, "time": {time.time_ns() // 1_000_000}}}\n')
                lines.flush()
            os.fsync(lines.fileno())


TRACKERS: dict[str, tuple[str, Callable[[Path, int, int], None]]] = {
    "file": ("json", file),
    "hito": ("hito", hito),
    "hito, all captured": ("hito", hito_all),
    "hito, one series": ("hito", hito_series),
    "mltraq": ("mltraq", mltraq),
    "mlflow": ("mlflow", mlflow),
    "wandb": ("wandb", wandb),
    "aim": ("aim", aim),
    "trackio": ("trackio", trackio),
    "comet": ("comet_ml", comet),
    "neptune": ("neptune", neptune),
}
"""By its name: the module that is imported, and its procedure."""


# --- in the process that is measured ---


def measure(name: str, wanted: list[str], answer: Path) -> None:
    """Do experiments of these sizes, one after the other, and write how many seconds each took."""
    module, procedure = TRACKERS[name]
    took: dict[str, Any] = {}
    began = time.perf_counter()
    importlib.import_module(module)
    took[IMPORT] = time.perf_counter() - began
    logging.disable()
    here = Path.cwd()
    for number, size in enumerate(wanted):
        began = time.perf_counter()
        procedure(here / f"bench{number}", *SIZES[size])
        took[size] = time.perf_counter() - began
        os.chdir(here)
        if name.startswith("hito"):
            _check_hito(f"bench{number}", *SIZES[size])
    try:
        took["version"] = importlib.metadata.version(module)
    except importlib.metadata.PackageNotFoundError:
        took["version"] = getattr(sys.modules[module], "__version__", "") if name != "file" else ""
    answer.write_text(json.dumps(took))


def _check_hito(experiment: str, runs: int, values: int) -> None:
    """It is in the store when its time ends: this reads it back, past the journal."""
    from hito.fluent.configuration import client

    through = client()
    found = through.get_experiment_by_name(experiment)
    stored = through.search_runs([found.experiment_id])
    counts = [len(through.get_metric_history(run.info.run_id, "value")) for run in stored]
    if counts != [values] * runs:
        raise RuntimeError(f"{experiment}: {runs} runs of {values} values were logged, found {counts}")


# --- in the process that asks ---


def ask(name: str, python: str, wanted: list[str]) -> dict[str, Any]:
    """A fresh process in a fresh folder; what it measured, and as `program` how long it lived."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("HITO_", "MLFLOW_"))}
    environment.update(QUIET)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # compiling is not importing
    if name == "hito, all captured":
        for key in ("HITO_CAPTURE", "HITO_CONSOLE", "HITO_HEARTBEAT"):
            del environment[key]
    with tempfile.TemporaryDirectory(prefix="trackers-", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        environment.update(HOME=place, HITO_HOME=f"{place}/.hito", TRACKIO_DIR=f"{place}/trackio", TMPDIR=place)
        if not name.startswith("hito"):
            environment.pop("PYTHONPATH", None)
        began = time.perf_counter()
        done = subprocess.run(
            [python, str(Path(__file__).resolve()), "--measure", name, "--sizes", json.dumps(wanted)],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
        )
        lived = time.perf_counter() - began
        answer = folder / "answer.json"
        if not answer.exists():
            raise RuntimeError(f"{name} could not be measured:\n{done.stderr[-2000:]}")
        return {**json.loads(answer.read_text()), PROGRAM: lived}


def rounds(name: str, python: str, repeat: int, patience: float) -> dict[str, Any]:
    """The medians of one tracker, in seconds; a size that would take too long is missing."""
    seen: dict[str, list[float]] = {column: [] for column in COLUMNS}
    version = ""
    ask(name, python, [FIRST])  # compiles, and brings the files into memory
    for _ in range(repeat):
        alone = ask(name, python, [FIRST])
        seen[PROGRAM].append(alone[PROGRAM])
        wanted = [FIRST, ONE, RUNS]
        slow = bool(seen[VALUES]) and seen[VALUES][0] > patience
        if not slow:  # who is slow is asked once: a minute is a minute
            wanted.append(VALUES)
        if seen[VALUES] and not slow and len(seen[BOTH]) < 3:
            wanted.append(BOTH)
        found = ask(name, python, wanted)
        version = found["version"]
        for column in (IMPORT, *wanted):
            seen[column].append(found[column])
    medians = {column: statistics.median(times) for column, times in seen.items() if times}
    return {"tracker": name, "version": version, **medians}


def table(rows: list[dict[str, Any]]) -> str:
    """Seconds, as a table of Markdown."""
    lines = ["| tracker | " + " | ".join(COLUMNS) + " |", "|---|" + "--:|" * len(COLUMNS)]
    for row in rows:
        cells = [f"{row[column]:.3f}" if column in row else "–" for column in COLUMNS]
        lines.append(f"| {row['tracker']} {row['version']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--python", action="append", default=[], metavar="TRACKER=PATH", help="an interpreter that has it"
    )
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--patience", type=float, default=5.0, help="seconds; who is slower logs 10,000 values once")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--sizes", type=json.loads, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        measure(given.measure, given.sizes, Path.cwd() / "answer.json")
        return
    pythons = {"file": sys.executable, "hito": sys.executable, **dict(one.split("=", 1) for one in given.python)}
    for variant in ("hito, all captured", "hito, one series"):
        pythons[variant] = pythons["hito"]
    unknown = pythons.keys() - TRACKERS.keys()
    if unknown:
        parser.error(f"no tracker {sorted(unknown)}, expected some of {', '.join(TRACKERS)}")
    before, rows = os.getloadavg(), []
    for name in TRACKERS:
        if name not in pythons:
            continue
        try:
            rows.append(rounds(name, pythons[name], given.repeat, given.patience))
            print(f"{name} is measured", file=sys.stderr)
        except RuntimeError as error:
            print(error, file=sys.stderr)
    conditions = {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "repetitions": given.repeat,
        "load before": round(before[0], 1),
        "load after": round(os.getloadavg()[0], 1),
    }
    if given.json:
        print(json.dumps({"conditions": conditions, "seconds": rows}, indent=2))
        return
    print(", ".join(f"{name} {value}" for name, value in conditions.items()))
    print("Seconds, medians; runs x values.\n")
    print(table(rows))


if __name__ == "__main__":
    main()
