"""Curves for charts: no spike is lost, whatever is read of them."""

import math
from typing import Any

import numpy as np
import pytest

from hito.core.errors import InvalidArgument
from hito.core.runs import RunStatus
from hito.series.blocks import BLOCK
from hito.series.envelope import envelope
from hito.series.order import Series
from hito.store import metrics, runs
from hito.store.database import Tx
from hito.wire.ui.curves import CURVES

START = 1_700_000_000_000
POINTS = 30_000


def logged(page: Any, values: np.ndarray, steps: np.ndarray | None = None, end: bool = True) -> str:
    """A run with a curve `m`, logged in batches, a point each 10 ms."""
    run_id: str = page.run(end="")
    order = np.arange(len(values)) if steps is None else steps

    def work(tx: Tx) -> None:
        run = runs.existing(tx, run_id)
        for begin in range(0, len(values), 1000):
            points = [
                (int(order[at]), START + at * 10, float(values[at]))
                for at in range(begin, min(begin + 1000, len(values)))
            ]
            metrics.append(tx, run.id, run.experiment_id, run.start_time, {"m": points})
        if end:
            runs.update(tx, run, RunStatus.FINISHED, START, "")

    page.database.write(work)
    return run_id


def drawn(page: Any, run_id: str, **fields: Any) -> tuple[Any, Any, Any]:
    header, columns = page.ask(CURVES, **{"run_ids": [run_id], "keys": ["m"], "width": 100, **fields})
    return header["series"][0], columns["x"], columns["y"]


def walk() -> np.ndarray:
    values = np.random.default_rng(5).standard_normal(POINTS).cumsum()
    values[12_345] = 5000.0
    values[20_001] = -5000.0
    values[7000:7800] = math.nan
    return values


@pytest.mark.parametrize("axis", ["step", "time"])
@pytest.mark.parametrize("ended", [True, False])
def test_the_outline_of_a_long_curve_is_as_good_as_one_of_all_points(page: Any, axis: str, ended: bool) -> None:
    values = walk()
    x = np.arange(POINTS) if axis == "step" else START + np.arange(POINTS) * 10
    run_id = logged(page, values, end=ended)

    head, xs, ys = drawn(page, run_id, x=axis)

    assert (head["count"], head["x_min"], head["x_max"]) == (POINTS, x[0], x[-1])
    assert head["points"] == len(xs) <= 200
    place = np.searchsorted(x, xs)
    assert np.array_equal(values[place], ys, equal_nan=True)  # every point that is drawn is one of the curve
    assert (np.nanmax(ys), np.nanmin(ys)) == (5000.0, -5000.0)
    assert np.isnan(ys).any()  # the gap is wider than a pixel
    # No point of the exact outline stands out of this one by more than what a border between two blocks moves.
    exact = envelope(Series(np.arange(POINTS), np.arange(POINTS), values), 100)
    for at, value in zip(exact.steps, exact.values, strict=True):
        near = ys[(place >= at - POINTS // 100 - BLOCK) & (place <= at + POINTS // 100 + BLOCK)]
        assert np.isnan(value) or (np.nanmin(near) <= value <= np.nanmax(near))


@pytest.mark.parametrize("axis", ["step", "time"])
def test_a_narrow_view_is_made_from_the_points_themselves(page: Any, axis: str) -> None:
    values = walk()
    run_id = logged(page, values)
    scale, zero = (1, 0) if axis == "step" else (10, START)

    head, xs, ys = drawn(page, run_id, x=axis, start=zero + 12_300 * scale, end=zero + 12_399.4 * scale)
    _, spike, _ = drawn(page, run_id, x=axis, start=zero + 12_345 * scale, end=zero + 12_345 * scale)
    nothing, none, _ = drawn(page, run_id, x=axis, start=zero - 10_000, end=zero - 1)

    assert np.array_equal(xs, zero + np.arange(12_300, 12_400) * scale)
    assert np.array_equal(ys, values[12_300:12_400])
    assert (head["count"], head["x_min"], head["x_max"]) == (100, zero, zero + (POINTS - 1) * scale)
    assert spike.tolist() == [zero + 12_345 * scale]
    assert (nothing["count"], len(none)) == (0, 0)


@pytest.mark.parametrize(
    ("start", "end"), [(0, POINTS - 1), (1, POINTS - 2), (511.5, 27_777), (None, 20_000), (9000, None)]
)
def test_a_wide_view_counts_its_points_to_the_last_one(page: Any, start: Any, end: Any) -> None:
    run_id = logged(page, walk())

    head, xs, _ = drawn(page, run_id, start=start, end=end)

    first, last = math.ceil(start or 0), math.floor(POINTS - 1 if end is None else end)
    assert head["count"] == last - first + 1
    assert first <= xs[0]
    assert xs[-1] <= last
    assert np.all(np.diff(xs) > 0)


def test_points_that_came_in_no_order_are_drawn_in_order(page: Any) -> None:
    chance = np.random.default_rng(9)
    steps = chance.permutation(POINTS)
    values = np.zeros(POINTS)
    values[steps == 4321] = 99.0

    head, xs, ys = drawn(page, logged(page, values, steps))

    assert np.all(np.diff(xs) > 0)
    assert xs[ys == 99.0].tolist() == [4321]
    assert head["count"] == POINTS


def test_chunks_without_outlines_are_read(page: Any) -> None:
    run_id = logged(page, walk())
    page.database.write(lambda tx: tx.run("DELETE FROM metric_outlines WHERE seq > 5000"))

    head, _, ys = drawn(page, run_id)

    assert (head["count"], np.nanmax(ys)) == (POINTS, 5000.0)


def test_curves_come_run_by_run_and_key_by_key_and_those_that_are_not_there_are_left_out(page: Any) -> None:
    one = page.run(metrics={"a": [1, 2, 3], "b": [4]})
    two = page.run(metrics={"a": [5]})

    header, columns = page.ask(CURVES, run_ids=[two, one, "0" * 32], keys=["a", "b", "c"])

    series = [(one["run_id"], one["key"], one["points"]) for one in header["series"]]
    assert series == [(two, "a", 1), (one, "a", 3), (one, "b", 1)]
    assert columns["y"].tolist() == [5, 1, 2, 3, 4]
    assert columns["x"].tolist() == [0, 0, 1, 2, 0]


@pytest.mark.parametrize(
    "fields", [{"x": "phase"}, {"width": 0}, {"width": 4001}, {"keys": ["a"] * 2001}, {"start": "NaN"}]
)
def test_curves_that_make_no_sense_are_refused(page: Any, fields: Any) -> None:
    with pytest.raises(InvalidArgument):
        page.ask(CURVES, **{"run_ids": ["a"], "keys": ["a"], **fields})
