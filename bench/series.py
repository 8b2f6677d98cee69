"""What does a curve cost: as bytes, on its way in, on its way out?

    python bench/series.py [FOLDER]

Prints microseconds of processor time (the best of some rounds; not of the clock, since machines are shared) and points
a second. The store is SQLite in FOLDER (default: a temporary one); appends are measured inside one transaction, since
what its commit costs is another question.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec
import numpy as np

from hito.api import metrics as api
from hito.series import chunk
from hito.series.envelope import envelope, sampled
from hito.series.order import Place, Series, picked
from hito.store import curves, metrics
from hito.store.database import Tx
from hito.store.sqlite import SqliteDatabase
from hito.wire.types import MetricIn

N = 1024


def best(work: Callable[[], object], times: int = 100, rounds: int = 5) -> float:
    """Microseconds of one call."""
    found = []
    for _ in range(rounds):
        begin = time.process_time()
        for _ in range(times):
            work()
        found.append((time.process_time() - begin) / times)
    return min(found) * 1e6


def said(what: str, micros: float, points: int = 0) -> None:
    rate = f"{points / micros:10.2f} M points/s" if points else ""
    print(f"  {what:52} {micros:12.1f} µs {rate}")


def shapes() -> dict[str, Series]:
    chance = np.random.default_rng(1)
    steps = np.arange(N, dtype=np.int64)
    timestamps = 1_700_000_000_000 + np.cumsum(chance.integers(0, 50, N)).astype(np.int64)
    loss = np.exp(-np.arange(N) / 300) + chance.normal(size=N) * 0.01
    return {
        "random": Series(steps, timestamps, chance.random(N)),
        "loss, double": Series(steps, timestamps, loss),
        "loss, float32": Series(steps, timestamps, loss.astype("f4").astype("f8")),
        "accuracy, 4 decimals": Series(steps, timestamps, np.round(chance.random(N), 4)),
        "counts": Series(steps, timestamps, chance.integers(0, 1000, N).astype("f8")),
        "constant": Series(steps, timestamps, np.full(N, 0.1)),
        "random steps and times": Series(
            chance.integers(-(2**62), 2**62, N), chance.integers(0, 2**62, N), chance.random(N)
        ),
    }


def codec() -> None:
    print(f"sealed form, {N} points")
    for name, series in shapes().items():
        data = chunk.seal(series)
        said(f"seal    {name}: {len(data) / N:.2f} bytes a point", best(partial(chunk.seal, series)), N)
        said(f"unseal  {name}", best(partial(chunk.unseal, data)), N)
    print("open form")
    one = [(7, 1_700_000_000_000, 0.5)]
    said("pack 1 point", best(lambda: chunk.pack(one), 10_000), 1)
    hundred = [(step, 1_700_000_000_000 + step, step / 7) for step in range(100)]
    said("pack 100 points", best(lambda: chunk.pack(hundred), 1000), 100)
    pieces = [chunk.pack([point]) for point in hundred] * 10
    said("unpack 1000 pieces of 1 point", best(lambda: chunk.unpack(pieces)), 1000)
    print("charts")
    long = Series(np.arange(10**6), np.arange(10**6), np.random.default_rng(1).random(10**6))
    said("envelope of 1,000,000 points, 1000 wide", best(lambda: envelope(long, 1000), 1), 10**6)
    said("even sample of 1,000,000 points", best(lambda: sampled(long, 2500), 1), 10**6)


class Store:
    """A store with some runs."""

    def __init__(self, folder: Path) -> None:
        self.database = SqliteDatabase(folder / "series.db")
        self.runs = 0
        self.database.write(
            lambda tx: tx.run(
                "INSERT INTO experiments (id, name, artifact_location, creation_time, last_update_time) "
                "VALUES (1, 'e', '', 0, 0)"
            )
        )

    def run(self, tx: Tx) -> int:
        self.runs += 1
        row = tx.one(
            "INSERT INTO runs (uuid, experiment_id, name, user_id, status, start_time) VALUES (?, 1, '', '', 1, 5) "
            "RETURNING id",
            (f"{self.runs:032x}",),
        )
        assert row is not None
        return int(row[0])


def appends(store: Store) -> None:
    print("append, SQLite, within a transaction")

    def singles(points: list[tuple[int, int, float]]) -> Callable[[Tx], float]:
        def work(tx: Tx) -> float:
            run = store.run(tx)
            begin = time.process_time()
            for point in points:
                metrics.append(tx, run, 1, 5, {"loss": [point]})
            return (time.process_time() - begin) / len(points) * 1e6

        return work

    now = 1_700_000_000_000
    chance = np.random.default_rng(1).random(20_000).tolist()
    order = np.random.default_rng(2).permutation(20_000).tolist()
    for name, points in {
        "1 point, rising steps": [(i, now + i, chance[i]) for i in range(20_000)],
        "1 point, all of step 0, some in the same ms": [(0, now + i // 4, chance[i]) for i in range(20_000)],
        "1 point, 4 threads with ranges of their own": [(i % 4 * 10**6 + i, now + i, chance[i]) for i in range(20_000)],
        "1 point, falling times, step 0": [(0, now - i, chance[i]) for i in range(5000)],
        "1 point, random steps, constant time": [(order[i], now, chance[i]) for i in range(20_000)],
        "1 point, constant step and time": [(0, now, chance[i]) for i in range(20_000)],
    }.items():
        said(name, min(store.database.write(singles(points)) for _ in range(2)), 1)

    def batches(again: bool, keys: int, each: int) -> Callable[[Tx], float]:
        def work(tx: Tx) -> float:
            run = store.run(tx)
            found = []
            for start in range(0, 20 * each, each):
                curve = [(step, now + step, step / 7) for step in range(start, start + each)]
                batch = {f"metric {key}": curve for key in range(keys)}
                if again:
                    metrics.append(tx, run, 1, 5, batch)
                begin = time.process_time()
                metrics.append(tx, run, 1, 5, batch)
                found.append(time.process_time() - begin)
            return sum(found) / len(found) * 1e6

        return work

    for keys, each in ((10, 100), (1, 1000), (1000, 1)):
        said(f"{keys} keys × {each} points", store.database.write(batches(False, keys, each)), keys * each)
        said(f"{keys} keys × {each} points, sent again", store.database.write(batches(True, keys, each)), keys * each)
    given = [MetricIn(f"metric {i % 10}", i / 7, now + i, i) for i in range(1000)]
    said("check 1000 points of 10 keys", best(lambda: api.checked(given)), 1000)


def asked(tx: Tx, name: str, run: int, key: int) -> None:
    """What one curve answers, and how fast."""
    whole = curves.history(tx, run, key)
    count = len(whole.steps)
    middle = count // 2
    after = Place(int(whole.timestamps[middle]), int(whole.steps[middle]), float(whole.values[middle]))
    part = picked(whole, slice(25_000))
    print(f"  a curve {name}")
    said("whole", best(lambda: curves.history(tx, run, key), 1), count)
    said("page of 25,000 from the middle", best(lambda: curves.history(tx, run, key, after, 25_000), 5), 25_000)
    said("page of 100 from the middle", best(lambda: curves.history(tx, run, key, after, 100), 5), 100)
    said("interval of 2500", best(lambda: curves.interval(tx, run, key, 2500), 1), count)
    said("interval of 2500 in 10,000 steps", best(lambda: curves.interval(tx, run, key, 2500, 90_000, 99_999), 5))
    said("JSON of 25,000 points", best(lambda: api.page_json([("loss", None, part)]), 5), 25_000)
    said("JSON of all", best(lambda: msgspec.json.encode(api.page_json([("loss", None, whole)])), 1, 2), count)


def reads(store: Store) -> None:
    print("read, SQLite")
    keys: dict[str, tuple[int, int]] = {}

    def fill(tx: Tx) -> None:
        chance = np.random.default_rng(1)
        count = 10**6
        values = chance.random(count).tolist()
        steps = chance.permutation(count).tolist()
        for name, curve in {
            "in order": [(i, 1_700_000_000_000 + 20 * i, values[i]) for i in range(count)],
            "no order": [(steps[i], 1_700_000_000_000, values[i]) for i in range(count // 5)],
        }.items():
            run = store.run(tx)
            begin = time.process_time()
            for start in range(0, len(curve), 1000):
                metrics.append(tx, run, 1, 5, {"loss": curve[start : start + 1000]})
            took = (time.process_time() - begin) * 1e6
            said(f"(write {len(curve)} points, {name}, 1000 at a time)", took, len(curve))
            keys[name] = (run, tx.intern("loss"))

    store.database.write(fill)
    for name, (run, key) in keys.items():
        store.database.read(partial(asked, name=name, run=run, key=key))

    def many(tx: Tx) -> list[int]:
        runs = [store.run(tx) for _ in range(100)]
        for run in runs:
            metrics.append(tx, run, 1, 5, {f"metric {key}": [(0, 5, 0.5)] for key in range(20)})
        return runs

    runs = store.database.write(many)
    store.database.read(lambda tx: said("latest of 100 runs × 20 metrics", best(lambda: metrics.latest(tx, runs), 20)))


if __name__ == "__main__":
    codec()
    with tempfile.TemporaryDirectory() as temporary:
        opened = Store(Path(sys.argv[1] if len(sys.argv) > 1 else temporary))
        appends(opened)
        reads(opened)
