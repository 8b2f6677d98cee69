"""A curve is a set of points: whatever order, repetition and sealing they came in with, it answers like a set."""

import math
import random
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hito.core.metrics import MAX_FLOAT, clamped
from hito.series.order import Place, Series
from hito.store import curves, metrics
from hito.store.database import Database, Tx

Point = tuple[int, int, float]


class Oracle:
    """What a curve must answer, in the plainest way: a list of all its points, in the order they first came."""

    def __init__(self) -> None:
        self.points: list[Point] = []

    def add(self, points: list[Point]) -> None:
        known = {same(point) for point in self.points}
        for point in points:
            if same(point) not in known:
                known.add(same(point))
                self.points.append(point)

    def history(self) -> list[tuple[object, ...]]:
        return [same(p) for p in sorted(self.points, key=lambda p: (p[1], p[0], rank(p[2]), math.isnan(p[2])))]

    def by_step(self, low: int = -(2**63), high: int = 2**63) -> list[tuple[object, ...]]:
        found = sorted(self.points, key=lambda p: (p[0], p[1], rank(p[2]), math.isnan(p[2])))
        return [same(point) for point in found if low <= point[0] <= high]

    def state(self) -> dict[str, object]:
        def order(point: Point) -> Point:
            return point[0], point[1], rank(point[2])

        last, first = max(self.points, key=order), min(self.points, key=order)
        values = [point[2] for point in self.points if not math.isnan(point[2])]
        return {
            "value": same(last)[2], "step": last[0], "timestamp": last[1],
            "count": len(self.points), "nans": len(self.points) - len(values),
            "min": min(values, default=None), "max": max(values, default=None),
            "first": same(first)[2], "first_step": first[0], "first_timestamp": first[1],
        }  # fmt: skip


def rank(value: float) -> float:
    return 0.0 if math.isnan(value) else value


def same(point: Point) -> tuple[object, ...]:
    """A point as something that equals itself; a NaN is None."""
    return point[0], point[1], None if math.isnan(point[2]) else point[2]


def rows(series: Series) -> list[tuple[object, ...]]:
    return [same(point) for point in zip(*(column.tolist() for column in series), strict=True)]


def new_run(tx: Tx) -> int:
    if tx.one("SELECT 1 FROM experiments WHERE id = 7") is None:
        tx.run(
            "INSERT INTO experiments (id, name, artifact_location, creation_time, last_update_time) "
            "VALUES (7, 'e', '', 0, 0)"
        )
    row = tx.one(
        "INSERT INTO runs (uuid, experiment_id, name, user_id, status, start_time) "
        "VALUES (?, 7, '', '', 1, 5) RETURNING id",
        (uuid.uuid4().hex,),
    )
    assert row is not None
    return int(row[0])


class Curves:
    """A run in a store, and the functions under test with its ids filled in."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.run = database.write(new_run)

    def append(self, points: list[Point], key: str = "m", sealed_at: int = metrics.SEALED_AT) -> None:
        self.database.write(lambda tx: metrics.append(tx, self.run, 7, 5, {key: points}, sealed_at))

    def seal(self, least: int = 1) -> None:
        self.database.write(lambda tx: metrics.seal(tx, self.run, least))

    def key(self, key: str = "m") -> int:
        return self.database.write(lambda tx: tx.intern(key))

    def history(self, after: Place | None = None, limit: int | None = None) -> Series:
        key = self.key()
        return self.database.read(lambda tx: curves.history(tx, self.run, key, after, limit))

    def columns(self, start: int | None = None, end: int | None = None) -> Series:
        key = self.key()
        return self.database.read(lambda tx: curves.columns(tx, self.run, key, start, end))

    def interval(self, limit: int, start: int | None = None, end: int | None = None) -> Series:
        key = self.key()
        return self.database.read(lambda tx: curves.interval(tx, self.run, key, limit, start, end))

    def state(self) -> dict[str, object]:
        names = "value, step, timestamp, count, nans, min, max, first, first_step, first_timestamp, sum, tail"
        row = self.database.read(lambda tx: tx.one(f"SELECT {names} FROM metric_latest WHERE run_id = ?", (self.run,)))
        assert row is not None
        return dict(zip(names.split(", "), row, strict=True))

    def count(self, table: str) -> int:
        row = self.database.read(lambda tx: tx.one(f"SELECT count(*) FROM {table} WHERE run_id = ?", (self.run,)))
        assert row is not None
        return int(row[0])


@pytest.fixture
def curve(database: Database) -> Curves:
    return Curves(database)


def check(curve: Curves, oracle: Oracle, page: int = 3) -> None:
    """Everything a curve can be asked, compared with the oracle."""
    state = curve.state()
    total = state.pop("sum")
    tail = state.pop("tail")
    assert state == oracle.state()
    values = [point[2] for point in oracle.points if not math.isnan(point[2])]
    if values:
        assert total == pytest.approx(clamped(math.fsum(values)) if max(map(abs, values)) < 1e300 else total)
    assert tail == len(oracle.points) - sum_of_chunks(curve)
    expected = oracle.history()
    assert rows(curve.history()) == expected
    pages: list[tuple[object, ...]] = []
    after = None
    while True:
        found = curve.history(after, page)
        pages += rows(found)
        if len(found.steps) < page:
            break
        after = Place(int(found.timestamps[-1]), int(found.steps[-1]), float(found.values[-1]))
    assert pages == expected
    ordered = oracle.by_step()
    assert rows(curve.columns()) == ordered
    steps = sorted(point[0] for point in oracle.points)
    low, high = steps[len(steps) // 4], steps[3 * len(steps) // 4]
    assert rows(curve.columns(low, high)) == oracle.by_step(low, high)
    sample = rows(curve.interval(page))
    assert len(sample) == min(page, len(ordered))
    assert sample[-1] == ordered[-1]
    assert set(sample) <= set(ordered)


def sum_of_chunks(curve: Curves) -> int:
    row = curve.database.read(
        lambda tx: tx.one("SELECT coalesce(sum(count), 0) FROM metric_chunks WHERE run_id = ?", (curve.run,))
    )
    assert row is not None
    return int(row[0])


few_values = st.sampled_from([0.0, 1.0, -1.0, 2.5, math.nan, MAX_FLOAT, -MAX_FLOAT, 1e-300])
points = st.tuples(st.integers(-3, 6), st.integers(0, 4), few_values)
wild = st.tuples(
    st.integers(-(2**63), 2**63 - 1),
    st.integers(0, 2**63 - 1),
    st.floats(allow_nan=True, allow_infinity=False).map(lambda value: value + 0.0),
)
batches = st.lists(st.lists(points | wild, min_size=1, max_size=12), min_size=1, max_size=8)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(batches=batches, sealed_at=st.integers(2, 20), page=st.integers(1, 9), data=st.data())
def test_a_curve_answers_like_the_set_of_its_points(
    database: Database, batches: list[list[Point]], sealed_at: int, page: int, data: st.DataObject
) -> None:
    """Random batches with repetitions, NaN and no order; some are sent twice, some runs end in between."""
    curve, oracle = Curves(database), Oracle()
    for batch in batches:
        for _ in range(data.draw(st.integers(1, 2))):
            curve.append(batch, sealed_at=sealed_at)
            oracle.add(batch)
        if data.draw(st.booleans()):
            curve.seal(data.draw(st.integers(1, 5)))
    check(curve, oracle, page)


@pytest.mark.parametrize("kind", ["rising", "falling", "one moment", "one step, one moment", "random", "threads"])
def test_a_long_curve_in_any_order_answers_like_the_set_of_its_points(curve: Curves, kind: str) -> None:
    """In pieces of one, seven and a thousand points, some of them sent again."""
    chance = random.Random(kind)
    count = 3000
    series: list[Point] = {
        "rising": [(i, 1000 + i // 3, chance.random()) for i in range(count)],
        "falling": [(0, 5000 - i, chance.random()) for i in range(count)],
        "one moment": [(chance.randrange(10**6), 5, chance.random()) for _ in range(count)],
        "one step, one moment": [(0, 5, chance.choice([chance.random(), math.nan])) for _ in range(count)],
        "random": [(chance.randrange(100), chance.randrange(100), float(chance.randrange(3))) for _ in range(count)],
        "threads": [(i % 4 * 1000 + i // 4, 1000 + i, chance.random()) for i in range(count)],
    }[kind]
    oracle = Oracle()
    start = 0
    while start < count:
        length = chance.choice([1, 1, 1, 7, 1000 if start > 1000 else 50])
        piece = series[start : start + length]
        curve.append(piece, sealed_at=128)
        oracle.add(piece)
        if chance.random() < 0.3:
            curve.append(chance.sample(series[: start + length], min(5, start + length)), sealed_at=128)
        start += length
    curve.append(series[:1000], sealed_at=128)
    curve.append(series[-1000:], sealed_at=128)
    check(curve, oracle, 1000)


def test_a_batch_that_is_sent_again_changes_nothing(curve: Curves) -> None:
    batch = [(step, 1000 + step, step / 7) for step in range(1000)]
    curve.append(batch)
    curve.append([(1000 + step, 3000 + step, step / 7) for step in range(1000)])
    before = curve.state(), rows(curve.history())
    curve.append(batch)
    assert (curve.state(), rows(curve.history())) == before


def test_the_latest_is_the_highest_step_then_time_then_value(curve: Curves) -> None:
    for point in [(3, 20, 9.0), (3, 30, 3.0), (3, 30, 3.5), (3, 30, 3.25), (2, 40, 2.0), (1, 10, 1.0)]:
        curve.append([point])
    assert curve.state()["value"] == 3.5


@pytest.mark.parametrize(("one", "two", "latest"), [
    (math.nan, -1.0, None), (-1.0, math.nan, None), (0.0, math.nan, 0.0), (math.nan, 0.0, None), (math.nan, 1.0, 1.0),
])  # fmt: skip
def test_a_nan_counts_as_zero_among_the_latest(curve: Curves, one: float, two: float, latest: float | None) -> None:
    """Where they are equal, the one that came first stays."""
    curve.append([(0, 1, one)])
    curve.append([(0, 1, two)])
    assert curve.state()["value"] == latest


def test_a_full_tail_becomes_a_chunk(curve: Curves) -> None:
    curve.append([(step, step, 0.5) for step in range(1000)])
    assert (curve.count("metric_tail"), curve.count("metric_chunks")) == (1, 0)
    curve.append([(step, step, 0.5) for step in range(1000, 1024)])
    assert (curve.count("metric_tail"), curve.count("metric_chunks")) == (0, 1)
    assert curve.state()["tail"] == 0


def test_the_end_of_a_run_seals_tails_that_are_worth_it(curve: Curves) -> None:
    curve.append([(step, step, 0.5) for step in range(128)])
    curve.append([(step, step, 0.5) for step in range(127)], key="short")
    curve.seal(metrics.SEALED_AT_END)
    assert (curve.count("metric_tail"), curve.count("metric_chunks")) == (1, 1)
    assert len(curve.history().steps) == 128


def test_points_without_any_order_do_not_pile_up_in_the_tail_nor_in_chunks_that_all_overlap(curve: Curves) -> None:
    """What a look-up must read stays bounded: chunks that overlap too deeply are merged into ones that lie apart."""
    chance = random.Random(1)
    for _ in range(60):
        curve.append([(chance.randrange(10**9), 5, chance.random()) for _ in range(64)], sealed_at=64)
    boxes = curve.database.read(
        lambda tx: tx.all("SELECT min_step, max_step FROM metric_chunks WHERE run_id = ?", (curve.run,))
    )
    deepest = max(sum(low <= step <= high for low, high in boxes) for step in range(0, 10**9, 10**7))
    assert len(boxes) == 60
    assert deepest <= 16


def test_a_tail_of_single_points_out_of_order_is_rewritten_as_few_rows(curve: Curves) -> None:
    for step in range(300, 0, -1):
        curve.append([(step, 5, 0.5)])
    assert curve.count("metric_tail") <= 66


def test_many_points_at_once_become_chunks_of_bounded_size(curve: Curves) -> None:
    curve.append([(step, step, step / 3) for step in range(10_000)])
    curve.append([(step, step, step / 3) for step in range(10_000, 10_003)])
    sizes = curve.database.read(lambda tx: tx.all("SELECT count FROM metric_chunks WHERE run_id = ?", (curve.run,)))
    assert max(size for (size,) in sizes) <= 4096
    assert curve.history().steps.tolist() == list(range(10_003))


def test_latest_gives_every_curve_of_the_runs_that_have_any(database: Database) -> None:
    one, two = Curves(database), Curves(database)
    empty = Curves(database)
    one.append([(1, 2, 0.5)], "a")
    one.append([(1, 2, math.nan)], "b")
    two.append([(9, 8, 7.0)], "a")
    found = database.read(lambda tx: metrics.latest(tx, [one.run, two.run, empty.run]))
    assert {run: [(m.key, m.value, m.timestamp, m.step) for m in known] for run, known in found.items()} == {
        one.run: [("a", 0.5, 2, 1), ("b", "NaN", 2, 1)],
        two.run: [("a", 7.0, 8, 9)],
    }
