"""How long the server takes for what the page asks, over a store that `search_fill.py` has filled.

    python bench/ui_api.py sqlite:////FILE [--curves]

Every question is asked through the whole HTTP skin, in this process: what a request costs but for its socket. The first
call of each is not counted. CPU ms is what this process worked, whatever else the machine did meanwhile. `--curves` writes
an experiment with 10 runs of a million points into the store, once.
"""

import argparse
import json
import statistics
import time
from io import BytesIO
from typing import Any

import numpy as np

from hito.api.catalogue import dispatch
from hito.api.context import Settings
from hito.api.ui import catalogue
from hito.core.runs import RunStatus
from hito.server.app import Application
from hito.server.observe import Observer
from hito.server.page_transfers import PAGE_TRANSFERS
from hito.store import experiments, metrics, runs

CURVES = "bench-curves"
POINTS = 1_000_000
RUNS = 10
MANY = [f"params.param_{number:02}" for number in range(16)]


class Asking:
    """Sends questions into the application and takes the time."""

    def __init__(self, store: str) -> None:
        self.dispatch = dispatch(store, Settings(serve_artifacts=False), catalogue.INSIDE)
        self.application = Application(self.dispatch, PAGE_TRANSFERS, None, "", Observer())

    def ask(self, method: str, path: str, message: dict[str, Any]) -> bytes:
        body = json.dumps(message).encode()
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": f"/ajax-api/2.0/hito/{path}", "QUERY_STRING": "",
            "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body),
            "wsgi.url_scheme": "http",
        }  # fmt: skip
        status = []
        answer = b"".join(self.application(environ, lambda line, _: status.append(line)))
        assert status == ["200 OK"], (path, message, answer[:500])
        return answer

    def time(self, name: str, method: str, path: str, message: dict[str, Any], times: int = 7) -> None:
        self.ask(method, path, message)
        taken, worked = [], []
        size = 0
        for _ in range(times):
            began, busy = time.perf_counter(), time.process_time()
            size = len(self.ask(method, path, message))
            taken.append((time.perf_counter() - began) * 1000)
            worked.append((time.process_time() - busy) * 1000)
            if sum(taken) > 10_000:
                break
        print(
            f"{name:<58}{min(taken):>9.1f}{statistics.median(taken):>9.1f}{min(worked):>9.1f}{size / 1024:>9.0f}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store")
    parser.add_argument("--curves", action="store_true", help="also curves of a million points")
    parser.add_argument("--only-curves", action="store_true")
    given = parser.parse_args()
    asking = Asking(given.store)
    print(f"{'question':<58}{'min ms':>9}{'median':>9}{'CPU ms':>9}{'KB':>9}")
    if not given.only_curves:
        runs_questions(asking)
    if given.curves or given.only_curves:
        curve_questions(asking)
    asking.dispatch.database.close()


def runs_questions(asking: Asking) -> None:
    few = ["metrics.accuracy", "metrics.loss", "params.optimizer", "params.learning_rate", "tags.team"]
    twenty = [*few, "duration", *(f"metrics.metric_{number:02}" for number in range(14))]
    odd = [f"metrics.accuracy + {number}" for number in range(1)]
    many = [*twenty, *(f"metrics.metric_{number:02}.max" for number in range(18)), *MANY]
    wide = (many * 12)[:500]
    table = {"experiment_ids": ["1"], "max_results": 100}
    asking.time("tree", "GET", "experiments/tree", {})
    asking.time("recent", "GET", "runs/recent", {})
    asking.time("table, newest first, 5 columns", "POST", "runs/table", {**table, "columns": few})
    asking.time("table, newest first, 20 columns", "POST", "runs/table", {**table, "columns": twenty})
    asking.time("table, newest first, 500 columns (55 distinct)", "POST", "runs/table", {**table, "columns": wide})
    asking.time("table, arithmetic column", "POST", "runs/table", {**table, "columns": odd})
    by_loss = {**table, "order_by": ["metrics.loss ASC"]}
    asking.time("table, by a metric", "POST", "runs/table", {**by_loss, "columns": twenty})
    asking.time(
        "table, by a param", "POST", "runs/table", {**table, "order_by": ["params.learning_rate"], "columns": twenty}
    )
    asking.time(
        "table, by a metric's maximum (no index)", "POST", "runs/table", {**table, "order_by": ["metrics.loss.max"]}, 3
    )
    asking.time("table, by duration (no index)", "POST", "runs/table", {**table, "order_by": ["duration"]}, 3)
    for name, query in (
        ("a param and a metric", "params.optimizer = 'adam' AND metrics.loss < 0.1"),
        ("a rare metric range", "metrics.accuracy > 0.9999"),
        ("two common params", "params.optimizer = 'adam' AND params.architecture = 'mlp'"),
        ("a text", "run-0999"),
        ("a text that nothing has", "zebra"),
    ):
        asking.time(f"table, filter: {name}", "POST", "runs/table", {**table, "query": query, "columns": few})
        asking.time(f"  … by a metric: {name}", "POST", "runs/table", {**by_loss, "query": query, "columns": few})
        asking.time(f"  … count: {name}", "POST", "runs/count", {"experiment_ids": ["1"], "query": query})
    asking.time("count, everything", "POST", "runs/count", {"experiment_ids": ["1"]})
    asking.time("table, roots only", "POST", "runs/table", {**table, "roots": True, "columns": few})
    order = {"experiment_ids": ["1"], "max_results": 100_000}
    asking.time("order of 100,000, newest first", "POST", "runs/order", order, 3)
    asking.time("order of 100,000, by a metric", "POST", "runs/order", {**order, "order_by": ["metrics.loss"]}, 3)
    asking.time(
        "order of 50,000 by a metric",
        "POST",
        "runs/order",
        {**order, "max_results": 50_000, "order_by": ["metrics.loss"]},
        3,
    )
    asking.time(
        "order, filter by two params",
        "POST",
        "runs/order",
        {**order, "query": "params.optimizer = 'adam' AND params.architecture = 'mlp'"},
        3,
    )
    asking.time("fields", "POST", "runs/fields", {"experiment_ids": ["1"]})
    asking.time("values of a param", "POST", "runs/values", {"experiment_ids": ["1"], "field": "params.optimizer"})
    asking.time(
        "values of a param that begin with 12",
        "POST",
        "runs/values",
        {"experiment_ids": ["1"], "field": "params.param_03", "begins": "12"},
    )
    asking.time(
        "columns of 10,000 runs, 5 fields", "POST", "runs/columns", {"experiment_ids": ["1"], "columns": few}, 3
    )
    asking.time(
        "groups by a param, 2 metrics",
        "POST",
        "runs/groups",
        {"experiment_ids": ["1"], "by": ["params.optimizer"], "metrics": few[:2]},
        2,
    )


def curve_questions(asking: Asking) -> None:
    ids = curves(asking)
    whole = {"run_ids": ids, "keys": ["loss"], "width": 800}
    asking.time("curves, 10 × 1,000,000 points, whole", "POST", "curves", whole)
    asking.time("curves, 10 × 1,000,000 points, whole, by time", "POST", "curves", {**whole, "x": "time"})
    for wide in (500_000, 120_000, 50_000, 5_000):
        zoom = {**whole, "start": 300_000, "end": 300_000 + wide}
        asking.time(f"  … zoomed to {wide:,} steps", "POST", "curves", zoom)
        times = {
            **whole,
            "x": "time",
            "start": 1_700_000_000_000 + 300_000 * 1000,
            "end": 1_700_000_000_000 + (300_000 + wide) * 1000,
        }
        asking.time(f"  … zoomed to {wide:,} seconds, by time", "POST", "curves", times)


def curves(asking: Asking) -> list[str]:
    """Ids of ten runs of a million points each, made once: a walk at random, a point a second."""
    database = asking.dispatch.database
    found = database.read(
        lambda tx: tx.all(
            "SELECT r.uuid FROM runs AS r JOIN experiments AS e ON e.id = r.experiment_id WHERE e.name = ?", (CURVES,)
        )
    )
    if found:
        return [row[0] for row in found]
    experiment = database.write(lambda tx: experiments.create(tx, CURVES, None, "mlflow-artifacts:", []))
    chance = np.random.default_rng(7)
    ids = [f"{number:032x}" for number in range(RUNS)]
    for run_id in ids:
        values = chance.standard_normal(POINTS).cumsum()

        def work(tx: Any, run_id: str = run_id, values: Any = values) -> None:
            start = 1_700_000_000_000
            runs.create(tx, run_id, experiment, "", f"curve {run_id[-1]}", "bench", start, [])
            run = runs.existing(tx, run_id)
            for begin in range(0, POINTS, metrics.SEALED_AT):
                steps = range(begin, min(POINTS, begin + metrics.SEALED_AT))
                points = [(step, start + step * 1000, float(values[step])) for step in steps]
                metrics.append(tx, run.id, experiment, start, {"loss": points})
            runs.update(tx, run, RunStatus.FINISHED, start + POINTS * 1000, "")

        database.write(work)
    return ids


if __name__ == "__main__":
    main()
