"""Fill a hito store with runs that can be searched, without a server: 20 params, 20 metrics (one point each), 10 tags.

    search_fill.py sqlite:////tmp/hito-bench/hito.db --runs 1000000

What a run holds follows from its number alone, and is what the common benchmark logs through REST, so the same searches
find the same runs in every system. Rows are written in the order of their primary keys, and the indexes that a search
needs are made when all rows are there: loading costs a fraction of logging. Nobody else may use the store meanwhile.
"""

import argparse
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from hito.core.runs import RUN_NAME, RunStatus
from hito.series.chunk import pack
from hito.store.open import open_database

START_MS = 1_700_000_000_000
OPTIMIZERS = ("adam", "sgd", "rmsprop", "adamw")
ARCHITECTURES = ("resnet50", "resnet101", "vit-b16", "convnext-t", "mlp")
TEAMS = ("vision", "speech", "ranking")
COLORS = ("red", "green", "blue")
BATCH = 2000

PARAMS = ("optimizer", "architecture", "learning_rate", "batch_size", *(f"param_{i:02}" for i in range(16)))
METRICS = ("accuracy", "loss", *(f"metric_{i:02}" for i in range(18)))
TAGS = (
    *("team", "note", "mlflow.user", "mlflow.source.name", "mlflow.source.type", RUN_NAME),
    *(f"tag_{i}" for i in range(4)),
)

COLUMNS = {
    "runs": "id, uuid, experiment_id, name, user_id, status, start_time, end_time",
    "params": "run_id, key_id, experiment_id, start_time, value",
    "tags": "run_id, key_id, experiment_id, start_time, value",
    "metric_latest": "run_id, key_id, experiment_id, start_time, value, step, timestamp, count, nans, min, max, sum, "
    "first, first_step, first_timestamp, tail",
    "metric_tail": "run_id, key_id, seq, points",
}
Rows = dict[str, list[tuple[Any, ...]]]


def values(number: int) -> tuple[list[str], list[float], list[str]]:
    """Params, metrics and tags of a run, in the order of their names above, drawn from its own chance."""
    chance = Random(number)
    params = [
        chance.choice(OPTIMIZERS),
        chance.choice(ARCHITECTURES),
        f"{10 ** chance.uniform(-5, -1):.6f}",
        str(2 ** chance.randint(4, 10)),
        *(str(chance.randint(0, 1000)) for _ in range(16)),
    ]
    metrics = [chance.random(), chance.expovariate(1.0), *(chance.gauss(0, 1) for _ in range(18))]
    tags = [
        chance.choice(TEAMS),
        f"sweep {number // 100} trial {number % 100}",
        *("bench", "train.py", "LOCAL", f"run-{number:06}"),
        *(chance.choice(COLORS) for _ in range(4)),
    ]
    return params, metrics, tags


def batches(experiment: int, count: int, first_id: int, keys: dict[str, int], curves: bool) -> Iterator[Rows]:
    """The rows of all runs, some thousand runs at a time, each table's in the order of its primary key."""
    params_keys, metric_keys, tag_keys = ([keys[name] for name in names] for names in (PARAMS, METRICS, TAGS))
    for begin in range(0, count, BATCH):
        made: Rows = {table: [] for table in COLUMNS}
        for number in range(begin, min(count, begin + BATCH)):
            params, metrics, tags = values(number)
            run, start = first_id + number, START_MS + number * 60_000
            end = start + 30_000
            run_id = uuid.UUID(int=Random(f"{experiment}/{number}").getrandbits(128)).hex
            made["runs"].append((run, run_id, experiment, tags[5], "bench", int(RunStatus.FINISHED), start, end))
            made["params"] += [
                (run, key, experiment, start, value) for key, value in zip(params_keys, params, strict=True)
            ]
            made["tags"] += [(run, key, experiment, start, value) for key, value in zip(tag_keys, tags, strict=True)]
            made["metric_latest"] += [
                (run, key, experiment, start, value, 0, end, 1, 0, value, value, value, value, 0, end, int(curves))
                for key, value in zip(metric_keys, metrics, strict=True)
            ]
            if curves:
                made["metric_tail"] += [
                    (run, key, 0, pack([(0, end, value)])) for key, value in zip(metric_keys, metrics, strict=True)
                ]
        for table in ("params", "tags"):
            made[table].sort()
        yield made


def prepared(uri: str, name: str, root: str) -> tuple[int, int, dict[str, int]]:
    """The new experiment's id, the first free id of a run, and the ids of all names."""
    database = open_database(uri)

    def work(tx: Any) -> tuple[int, int, dict[str, int]]:
        from hito.store import experiments

        experiment = experiments.create(tx, name, None, root, [])
        keys = {one: tx.intern(one) for one in (*PARAMS, *METRICS, *TAGS)}
        row = tx.one("SELECT coalesce(max(id), 0) + 1 FROM runs")
        return experiment, row[0], keys

    found = database.write(work)
    database.close()
    return found


def fill_sqlite(path: Path, rows: Iterator[Rows]) -> None:
    import apsw

    connection = apsw.Connection(str(path))
    connection.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("PRAGMA cache_size = -1000000; PRAGMA threads = 2; PRAGMA temp_store = FILE")
    indexes = connection.execute(
        f"SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL "
        f"AND tbl_name IN ({', '.join(repr(table) for table in COLUMNS)})"
    ).fetchall()
    for index, _ in indexes:
        connection.execute(f"DROP INDEX {index}")
    for made in rows:
        connection.execute("BEGIN")
        for table, columns in COLUMNS.items():
            marks = ", ".join("?" * (columns.count(",") + 1))
            connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", made[table])
        connection.execute("COMMIT")
    for _, statement in indexes:
        connection.execute(statement)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


def fill_postgres(uri: str, rows: Iterator[Rows]) -> None:
    import psycopg

    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET maintenance_work_mem = '1GB'")
        indexes = connection.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY (%s) AND schemaname = current_schema() "
            "AND indexname LIKE %s",
            (list(COLUMNS), "%_by_%"),
        ).fetchall()
        for index, _ in indexes:
            connection.execute(f"DROP INDEX {index}")
        for made in rows:
            with connection.transaction(), connection.cursor() as cursor:
                for table, columns in COLUMNS.items():
                    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                        for row in made[table]:
                            copy.write_row(row)
        for _, statement in indexes:
            connection.execute(statement)
        connection.execute("SELECT setval(pg_get_serial_sequence('runs', 'id'), (SELECT max(id) FROM runs))")
        connection.execute("VACUUM ANALYZE")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("uri", help="sqlite:////FILE or postgresql://…; made if it is not there")
    parser.add_argument("--runs", type=int, default=100_000, help="how many runs (default 100000)")
    parser.add_argument("--name", default="bench-search", help="name of the experiment (default bench-search)")
    parser.add_argument("--root", default="mlflow-artifacts:", help="root of the artifact locations")
    parser.add_argument("--no-curves", action="store_true", help="leave out the points themselves: histories are empty")
    arguments = parser.parse_args()

    began = time.perf_counter()
    experiment, first_id, keys = prepared(arguments.uri, arguments.name, arguments.root)
    rows = batches(experiment, arguments.runs, first_id, keys, curves=not arguments.no_curves)
    if arguments.uri.startswith("sqlite:///"):
        fill_sqlite(Path(arguments.uri.removeprefix("sqlite:///")), rows)
    else:
        fill_postgres(arguments.uri, rows)
    seconds = time.perf_counter() - began
    print(f"experiment {experiment}: {arguments.runs} runs in {seconds:.0f} s, {arguments.runs / seconds:.0f} runs/s")


if __name__ == "__main__":
    main()
