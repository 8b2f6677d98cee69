"""Fewer points: an outline that loses no spike, and an even sample as MLflow takes it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hito.core.errors import InvalidArgument
from hito.series.envelope import envelope, sampled
from hito.series.order import Series, in_step_order

curves = st.lists(
    st.tuples(
        st.integers(-50, 50) | st.integers(-(2**63), 2**63 - 1),
        st.sampled_from([math.nan, 0.0, 1.0]) | st.floats(allow_nan=False, allow_infinity=False),
    ),
    min_size=1,
    max_size=80,
)


def curve_of(points: list[tuple[int, float]]) -> Series:
    steps = np.array([step for step, _ in points], np.int64)
    return in_step_order(Series(steps, np.arange(len(points)), np.array([value for _, value in points])))


@given(curves, st.integers(1, 20))
def test_an_envelope_is_short_keeps_the_extremes_and_invents_nothing(
    points: list[tuple[int, float]], width: int
) -> None:
    curve = curve_of(points)
    outline = envelope(curve, width)
    assert len(outline.steps) <= max(2 * width, 0)
    assert set(outline.timestamps.tolist()) <= set(curve.timestamps.tolist())
    assert (np.diff(outline.steps.astype(object)) >= 0).all()
    finite = curve.values[~np.isnan(curve.values)]
    if len(finite):
        assert np.nanmin(outline.values) == finite.min()
        assert np.nanmax(outline.values) == finite.max()
    else:
        assert np.isnan(outline.values).all()


def test_a_spike_of_one_point_among_a_million_is_kept() -> None:
    values = np.zeros(1_000_000)
    values[777_777] = 9.0
    outline = envelope(Series(np.arange(1_000_000), np.arange(1_000_000), values), 500)
    assert (outline.steps[outline.values == 9.0]).tolist() == [777_777]


def test_a_gap_as_wide_as_a_bucket_stays_a_gap() -> None:
    values = np.ones(100)
    values[40:60] = np.nan
    outline = envelope(Series(np.arange(100), np.arange(100), values), 10)
    assert np.isnan(outline.values).tolist().count(True) == 2


def test_a_short_curve_is_its_own_envelope() -> None:
    curve = curve_of([(1, 2.0), (2, 3.0)])
    assert envelope(curve, 1) is curve


def test_an_envelope_without_width_is_refused() -> None:
    with pytest.raises(InvalidArgument):
        envelope(curve_of([(1, 2.0)]), 0)


@pytest.mark.parametrize(("count", "limit", "expected"), [
    (11, 4, [0, 3, 6, 10]), (11, 5, [0, 3, 5, 7, 10]), (11, 3, [0, 4, 10]), (11, 1, [10]), (7, 6, [0, 2, 3, 4, 5, 6]),
    (23, 6, [0, 4, 8, 12, 16, 22]), (100, 3, [0, 34, 99]), (100, 6, [0, 17, 34, 51, 68, 99]), (20, 5, [0, 4, 8, 12, 19]),
    (5, 5, [0, 1, 2, 3, 4]), (0, 5, []),
])  # fmt: skip
def test_a_sample_is_the_one_that_mlflow_takes(count: int, limit: int, expected: list[int]) -> None:
    """Watched over the wire of MLflow 3.17.2."""
    series = Series(np.arange(count), np.arange(count), np.zeros(count))
    assert sampled(series, limit).steps.tolist() == expected
