"""Bytes of curves: what is packed or sealed comes back, and damage is an error of ours."""

import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hito.core.errors import Internal
from hito.series import chunk
from hito.series.order import Series

int64s = st.integers(-(2**63), 2**63 - 1)
floats = st.floats(allow_nan=True, allow_infinity=True) | st.floats(width=32)
points = st.lists(st.tuples(int64s, int64s, floats), min_size=1, max_size=60)
smooth = st.lists(
    st.tuples(
        st.integers(0, 300), st.integers(1_700_000_000_000, 1_700_000_100_000), st.sampled_from([0.0, -0.0, 0.5])
    ),
    min_size=1,
    max_size=60,
).map(sorted)


def series_of(given_points: list[tuple[int, int, float]]) -> Series:
    steps, timestamps, values = zip(*given_points, strict=True)
    return Series(np.array(steps, np.int64), np.array(timestamps, np.int64), np.array(values, np.float64))


def bits(series: Series) -> tuple[list[int], list[int], list[bytes]]:
    """A series as something that equals itself bit by bit; every NaN is the same."""
    values = [b"nan" if math.isnan(value) else struct.pack("<d", value) for value in series.values.tolist()]
    return series.steps.tolist(), series.timestamps.tolist(), values


@given(points | smooth)
def test_what_is_sealed_comes_back_bit_by_bit_in_its_order(some: list[tuple[int, int, float]]) -> None:
    series = series_of(some)
    assert bits(chunk.unseal(chunk.seal(series))) == bits(series)


@given(points)
def test_what_is_packed_comes_back(some: list[tuple[int, int, float]]) -> None:
    expected = bits(series_of(some))
    assert bits(chunk.unpack([chunk.pack(some)])) == expected
    assert bits(chunk.unpack([chunk.pack_series(series_of(some))])) == expected


@given(st.lists(points, min_size=1, max_size=5))
def test_pieces_are_unpacked_together(pieces: list[list[tuple[int, int, float]]]) -> None:
    """Single points may come first, so only the set of points is promised."""
    together = chunk.unpack([chunk.pack(piece) for piece in pieces])
    expected = series_of([point for piece in pieces for point in piece])
    assert sorted(zip(*bits(together), strict=True)) == sorted(zip(*bits(expected), strict=True))


def test_no_pieces_are_an_empty_series() -> None:
    assert len(chunk.unpack([]).steps) == 0


@pytest.mark.parametrize("count", [1, 2, chunk.MOST])
def test_a_chunk_holds_from_one_point_to_the_most(count: int) -> None:
    series = Series(np.arange(count), np.arange(count), np.random.default_rng(1).random(count))
    assert bits(chunk.unseal(chunk.seal(series))) == bits(series)


@pytest.mark.parametrize("jump", [1, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, 2**63 - 1])
def test_deltas_of_every_width_are_exact(jump: int) -> None:
    steps = np.array([0, 0, jump, jump, 0, -jump, jump], np.int64)
    series = Series(steps, steps[::-1].copy(), np.zeros(7))
    assert bits(chunk.unseal(chunk.seal(series))) == bits(series)


def test_every_nan_becomes_the_one_nan() -> None:
    odd = np.array([0x7FF0_0000_0000_0001, 0xFFF8_0000_0000_1234], np.uint64).view(np.float64)
    back = chunk.unseal(chunk.seal(Series(np.arange(2), np.arange(2), odd)))
    assert set(back.values.view(np.uint64).tolist()) == {0x7FF8_0000_0000_0000}


def test_a_common_curve_takes_less_than_nine_bytes_a_point() -> None:
    chance = np.random.default_rng(1)
    timestamps = 1_700_000_000_000 + np.cumsum(chance.integers(0, 50, 1024))
    values = chance.random(1024)
    assert len(chunk.seal(Series(np.arange(1024), timestamps, values))) < 9 * 1024
    short = values.astype("f4").astype("f8")
    assert len(chunk.seal(Series(np.arange(1024), timestamps, short))) < 5 * 1024


@given(st.lists(floats, min_size=1, max_size=20))
def test_the_bounds_of_a_chunk_can_be_compared_as_bytes(values: list[float]) -> None:
    """NaN counts as 0, and so does -0."""
    data = chunk.seal(Series(np.arange(len(values)), np.arange(len(values)), np.array(values)))
    numbers = [0.0 if math.isnan(value) else value for value in values]
    assert chunk.bounds(data) == (chunk.sortable(min(numbers)), chunk.sortable(max(numbers)))


@given(floats, floats)
def test_sortable_bytes_sort_as_numbers_do(one: float, two: float) -> None:
    one, two = (0.0 if math.isnan(value) else value for value in (one, two))
    assert (chunk.sortable(one) < chunk.sortable(two)) == (one < two)
    assert (chunk.sortable(one) == chunk.sortable(two)) == (one == two)


@given(st.binary(max_size=200))
def test_any_bytes_are_points_or_an_error_of_ours(data: bytes) -> None:
    for first in (b"", b"\x11", b"\x12"):
        for work in (chunk.unseal, lambda some: chunk.unpack([some])):
            try:
                work(first + data)
            except Internal:
                pass


@given(smooth | points, st.data())
def test_a_damaged_chunk_is_told_from_a_sound_one(some: list[tuple[int, int, float]], data: st.DataObject) -> None:
    """The compressed part carries a checksum; in the head, damage may change numbers but never crashes."""
    sound = chunk.seal(series_of(some))
    place = data.draw(st.integers(0, len(sound) - 1))
    damaged = bytearray(sound)
    damaged[place] ^= data.draw(st.integers(1, 255))
    try:
        back = chunk.unseal(bytes(damaged))
    except Internal:
        return
    assert place < 56 or bits(back) == bits(series_of(some))


@given(smooth, st.integers(0, 200))
def test_a_chunk_that_was_cut_is_an_error(some: list[tuple[int, int, float]], length: int) -> None:
    data = chunk.seal(series_of(some))
    if length < len(data):
        with pytest.raises(Internal, match="hito db check"):
            chunk.unseal(data[:length])


def test_a_count_that_lies_allocates_nothing() -> None:
    data = bytearray(chunk.seal(Series(np.arange(3), np.arange(3), np.zeros(3))))
    data[1:5] = struct.pack("<I", 0xFFFF_FFFF)
    with pytest.raises(Internal):
        chunk.unseal(bytes(data))
