"""The outline of a sealed chunk: of each block of points its lowest and its highest, kept beside the chunk.

    chunk, in history order    ├─ 64 points ─┼─ 64 points ─┼─ 64 points ─┼─ … ─┤
    outline                       ▲     ▼       ▼    ▲         ▲  ▼

A chart of a million points is 1000 pixels wide. Its envelope is the same, but for which of two neighbouring pixels a point
at a block's border goes to, whether it is made from all points or from those of the outlines, of which there are 32 times
fewer, and which are not compressed. No extreme is lost: each point has one at least as high, and one at least as low, in
its block's outline.

As bytes, all numbers little-endian; the first byte holds the version (high half) and the form (low half), as in chunk.py:

      0      1          9               17          25
      ┌──────┬──────────┬───────────────┬───────────┬───
      │ 0x13 │ step i64 │ timestamp i64 │ value f64 │ …      one point after the other, so that pieces join by copying
      └──────┴──────────┴───────────────┴───────────┴───
"""

from collections.abc import Iterable

import numpy as np

from hito.core.errors import Internal
from hito.series.order import Series, picked

BLOCK = 64
"""Points in a block. Two of 24 bytes are kept of each, a tenth of what the points take."""
_FORM = b"\x13"
_POINT = np.dtype([("step", "<i8"), ("timestamp", "<i8"), ("value", "<f8")])


def block_outline(series: Series) -> Series:
    """The lowest and the highest point of each block, in the order of the series.

    A block that holds nothing but NaN gives its first point, so that a gap stays one. A block whose points are all equal
    gives one point.
    """
    count = len(series.steps)
    starts = np.arange(0, count, BLOCK)
    padded = np.full(len(starts) * BLOCK, np.nan)
    padded[:count] = series.values
    blocks = padded.reshape(-1, BLOCK)
    # argmin takes NaN for the least: what is none becomes the greatest possible, and in turn.
    nan = np.isnan(blocks)
    lows = np.where(nan, np.inf, blocks).argmin(axis=1) + starts
    highs = np.where(nan, -np.inf, blocks).argmax(axis=1) + starts
    return picked(series, np.unique(np.concatenate((lows, highs))))


def pack_outline(series: Series) -> bytes:
    """The outline of a chunk as bytes."""
    outline = block_outline(series)
    points = np.empty(len(outline.steps), _POINT)
    points["step"], points["timestamp"], points["value"] = outline
    return _FORM + points.tobytes()


def unpack_outlines(pieces: Iterable[bytes]) -> Series:
    """The points of outlines, one piece after the other.

    Raises: Internal: bytes that are no outline.
    """
    bodies = []
    for piece in pieces:
        if piece[:1] != _FORM or (len(piece) - 1) % _POINT.itemsize:
            raise Internal("An outline of a curve in the store is damaged. Stop the server and run `hito db check`.")
        bodies.append(piece[1:])
    points = np.frombuffer(b"".join(bodies), _POINT)
    return Series(
        points["step"].astype(np.int64), points["timestamp"].astype(np.int64), points["value"].astype(np.float64)
    )
