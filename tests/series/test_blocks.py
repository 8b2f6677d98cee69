"""Outlines of chunks: the extremes of each block, and bytes that keep them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hito.core.errors import Internal
from hito.series.blocks import BLOCK, block_outline, pack_outline, unpack_outlines
from hito.series.order import Series

VALUES = st.lists(st.floats(allow_infinity=False, width=32), min_size=1, max_size=300)


def series(values: list[float]) -> Series:
    return Series(np.arange(len(values)) * 3, np.arange(len(values)) + 10**12, np.array(values, np.float64))


@given(VALUES)
def test_each_block_keeps_its_lowest_and_its_highest_point(values: list[float]) -> None:
    outline = block_outline(series(values))

    places = outline.steps // 3
    assert np.all(np.diff(places) > 0)
    assert np.array_equal(np.array(values)[places], outline.values, equal_nan=True)
    for begin in range(0, len(values), BLOCK):
        block = np.array(values[begin : begin + BLOCK])
        kept = outline.values[(places >= begin) & (places < begin + BLOCK)]
        assert 1 <= len(kept) <= 2
        if np.isnan(block).all():
            assert np.isnan(kept).all()
            assert places[(places >= begin) & (places < begin + BLOCK)].tolist() == [begin]
        else:
            assert (np.nanmin(kept), np.nanmax(kept)) == (np.nanmin(block), np.nanmax(block))


@given(st.lists(VALUES, min_size=1, max_size=4))
def test_pieces_join_to_what_they_were_made_of(curves: list[list[float]]) -> None:
    joined = unpack_outlines([pack_outline(series(values)) for values in curves])

    parts = [block_outline(series(values)) for values in curves]
    for column, found in enumerate(joined):
        assert np.array_equal(found, np.concatenate([part[column] for part in parts]), equal_nan=True)


@pytest.mark.parametrize("damaged", [b"", b"\x12" + bytes(24), b"\x13" + bytes(23)])
def test_damaged_bytes_are_told(damaged: bytes) -> None:
    with pytest.raises(Internal, match="hito db check"):
        unpack_outlines([damaged])


def test_the_largest_numbers_are_extremes_too() -> None:
    least, most = -math.ldexp(1, 1023), math.ldexp(1, 1023)

    assert block_outline(series([math.nan, most, least])).values.tolist() == [most, least]
