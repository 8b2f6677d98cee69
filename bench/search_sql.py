"""How long searches of runs take inside the store, without HTTP: the median and the worst of some repetitions.

The processor's time is told, too: on a machine with other work it is the figure to compare (of PostgreSQL, it is only
our side of the wire).


search_fill.py sqlite:////tmp/hito-bench/100k.db --runs 100000
search_sql.py sqlite:////tmp/hito-bench/100k.db
"""

import argparse
import statistics
import time
from typing import Any

from hito.store.open import open_database
from hito.store.search import search_runs

BOTH = "metrics.accuracy > 0.5 and params.optimizer = 'adam'"
SEARCHES: dict[str, dict[str, Any]] = {
    "first page, default order": {},
    "metric and param": {"filter": BOTH},
    "metric and param, by metric": {"filter": BOTH, "order_by": ["metrics.loss ASC"]},
    "by metric DESC": {"order_by": ["metrics.accuracy DESC"]},
    "by metric ASC": {"order_by": ["metrics.loss"]},
    "by param ASC": {"order_by": ["params.learning_rate ASC"]},
    "by param with ties, then metric": {"order_by": ["params.optimizer", "metrics.accuracy DESC"]},
    "by tag DESC": {"order_by": ["tags.note DESC"]},
    "by name": {"order_by": ["run_name ASC"]},
    "by end_time": {"order_by": ["end_time DESC"]},
    "by status": {"order_by": ["status"]},
    "nothing: param": {"filter": "params.optimizer = 'none'"},
    "nothing: status": {"filter": "status = 'FAILED'"},
    "nothing: key that no run has": {"filter": "metrics.unknown > 0"},
    "nothing: LIKE": {"filter": "tags.note LIKE '%none%'"},
    "nothing: two that exclude each other": {"filter": "params.optimizer = 'adam' and NOT params.optimizer = 'adam'"},
    "rare metric": {"filter": "metrics.accuracy > 0.999"},
    "rare metric and common param": {"filter": "metrics.accuracy > 0.999 and params.optimizer = 'adam'"},
    "two rare metrics": {"filter": "metrics.accuracy > 0.99 and metrics.loss < 0.01"},
    "against the order": {"filter": "metrics.accuracy < 0.001", "order_by": ["metrics.accuracy DESC"]},
    "oldest by filter": {"filter": "start_time < 1700001000000"},
    "LIKE in the middle": {"filter": "tags.note LIKE '%trial 42%'"},
    "LIKE from the start": {"filter": "tags.note LIKE 'sweep 7 %'"},
    "ILIKE": {"filter": "tags.team ILIKE 'VIS%'"},
    "MATCHES": {"filter": "tags.note MATCHES 'trial 4[0-9]$'"},
    "run_name": {"filter": "attributes.run_name = 'run-000777'"},
    "OR": {"filter": "params.optimizer = 'adam' OR metrics.accuracy > 0.9"},
    "OR of rare": {"filter": "metrics.accuracy > 0.9999 OR metrics.loss < 0.0001"},
    "arithmetic": {"filter": "metrics.accuracy - metrics.loss > 0.5"},
    "aggregate": {"filter": "metrics.accuracy.max > 0.9"},
    "page of 1000": {"max_results": 1000},
}
SLOW = {
    "by arithmetic": {"order_by": ["metrics.accuracy - metrics.loss DESC"]},
    "by duration": {"order_by": ["duration DESC"]},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("uri", help="the store: sqlite:////FILE or postgresql://…")
    parser.add_argument("--name", default="bench-search", help="name of the experiment (default bench-search)")
    parser.add_argument("--times", type=int, default=20, help="repetitions of each search (default 20)")
    parser.add_argument("--pages", type=int, default=50, help="pages of 100 to walk (default 50)")
    parser.add_argument("--only", default="", help="only searches whose title has this in it")
    parser.add_argument("--slow", action="store_true", help="also orders that no index has, which sort everything")
    arguments = parser.parse_args()

    database = open_database(arguments.uri)
    row = database.read(lambda tx: tx.one("SELECT id FROM experiments WHERE name = ?", (arguments.name,)))
    assert row is not None, f"no experiment {arguments.name}: fill the store first"
    experiment = row[0]

    def search(**fields: Any) -> Any:
        return database.read(lambda tx: search_runs(tx, [experiment], **{"max_results": 100, **fields}))

    def timed(**fields: Any) -> tuple[Any, float, float]:
        """The page, the milliseconds it took, and those in which this thread was at work."""
        began, worked = time.perf_counter(), time.thread_time()
        found = search(**fields)
        return found, (time.perf_counter() - began) * 1000, (time.thread_time() - worked) * 1000

    def tell(what: str, spent: list[tuple[float, float]], found: int) -> None:
        wall, work = (sorted(times) for times in zip(*spent, strict=True))
        print(
            f"{what:40} {statistics.median(wall):9.2f} ms  worst {wall[-1]:9.2f}  "
            f"cpu {statistics.median(work):9.2f}  {found:6} runs",
            flush=True,
        )

    for what, fields in (SEARCHES | (SLOW if arguments.slow else {})).items():
        if arguments.only not in what:
            continue
        spent: list[tuple[float, float]] = []
        while len(spent) < arguments.times and sum(wall for wall, _ in spent) < 5000:
            found, *times = timed(**fields)
            spent.append((times[0], times[1]))
        tell(what, spent, len(found.ids))
    for order in ([], ["metrics.accuracy DESC"], ["params.optimizer"]):
        token, spent = "", []
        for _ in range(arguments.pages if arguments.only in "page 50" else 0):
            found, *times = timed(order_by=order, token=token)
            spent.append((times[0], times[1]))
            token = found.token
            if not token:
                break
        if spent:
            tell(f"page {len(spent)} by {order or 'default'}", spent[-3:], len(found.ids))
    database.close()


if __name__ == "__main__":
    main()
