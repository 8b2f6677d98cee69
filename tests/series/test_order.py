"""The two orders of a curve, against Python's own sorting; and the sieve, which misses nothing."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hito.series.order import Place, Series, before, beyond, in_history_order, in_step_order, picked
from hito.series.sieve import Sieve

small = st.integers(-2, 3)
values = st.sampled_from([math.nan, 0.0, 1.0, -1.0, 2.5])
points = st.sets(st.tuples(small, small, values.map(lambda value: None if math.isnan(value) else value)), max_size=60)

Row = tuple[int, int, float | None]


def series_of(rows: list[Row]) -> Series:
    return Series(
        np.array([row[0] for row in rows], np.int64),
        np.array([row[1] for row in rows], np.int64),
        np.array([math.nan if row[2] is None else row[2] for row in rows], np.float64),
    )


def rows_of(series: Series) -> list[Row]:
    columns = zip(*(column.tolist() for column in series), strict=True)
    return [(step, timestamp, None if math.isnan(value) else value) for step, timestamp, value in columns]


def in_history(row: Row) -> tuple[object, ...]:
    return row[1], row[0], row[2] or 0.0, row[2] is None


def in_steps(row: Row) -> tuple[object, ...]:
    return row[0], row[1], row[2] or 0.0, row[2] is None


@given(points)
def test_the_orders_are_by_timestamp_or_step_first_and_a_nan_stands_right_after_zero(some: set[Row]) -> None:
    series = series_of(list(some))
    assert rows_of(in_history_order(series)) == sorted(some, key=in_history)
    assert rows_of(in_step_order(series)) == sorted(some, key=in_steps)


@given(points, small, small, values)
def test_beyond_is_what_a_next_page_holds(some: set[Row], timestamp: int, step: int, value: float) -> None:
    place = in_history((step, timestamp, None if math.isnan(value) else value))
    found = rows_of(picked(series_of(list(some)), beyond(series_of(list(some)), Place(timestamp, step, value))))
    assert set(found) == {row for row in some if in_history(row) > place}


@given(points, small, small)
def test_before_is_what_lies_below_a_corner(some: set[Row], timestamp: int, step: int) -> None:
    series = series_of(list(some))
    assert set(rows_of(picked(series, before(series, timestamp, step)))) == {
        row for row in some if (row[1], row[0]) < (timestamp, step)
    }


@given(st.integers(0, 2**32), st.integers(1, 50))
def test_a_sieve_catches_all_that_are_given_and_few_others(seed: int, wanted: int) -> None:
    chance = np.random.default_rng(seed)
    series = Series(
        chance.integers(-(2**63), 2**63 - 1, 2000),
        chance.integers(0, 2**63 - 1, 2000),
        np.where(chance.random(2000) < 0.1, np.nan, chance.random(2000)),
    )
    given_points = list(zip(*(column[:wanted].tolist() for column in series), strict=True))
    caught = set(rows_of(Sieve(given_points).caught(series)))
    assert set(rows_of(picked(series, slice(wanted)))) <= caught
    assert len(caught) <= wanted + 40
