"""Points as bytes: the open form for what has just come, the sealed form for what will be read.

All numbers are little-endian, except the two bounds, which a database compares as bytes.

Open: a piece of a tail, n = 1 … as many as one request brought, n = (length - 1) / 24.

      0      1                 1+8n               1+16n            1+24n
      ┌──────┬─────────────────┬──────────────────┬────────────────┐
      │ 0x11 │ n × step i64    │ n × timestamp i64│ n × value f64  │
      └──────┴─────────────────┴──────────────────┴────────────────┘

Sealed: 1 … 65,536 points, best in history order (timestamp, step, value), where deltas are small.

      0      1         5         13         21    22    23    24          40          56
      ┌──────┬─────────┬─────────┬──────────┬─────┬─────┬─────┬───────────┬───────────┬─────────────────────────────┐
      │ 0x12 │ n u32   │ least   │ greatest │ wt  │ ws  │ wv  │ timestamp │ step      │ zstd frame, checksummed, of │
      │      │         │ value   │ value    │ u8  │ u8  │ u8  │ i64, i64  │ i64, i64  │ (n-1)·wt + (n-1)·ws + n·wv  │
      └──────┴─────────┴─────────┴──────────┴─────┴─────┴─────┴───────────┴───────────┴─────────────────────────────┘

`least` and `greatest` bound the values, NaN counting as 0, as 8 bytes that sort like the numbers do (big-endian, the
sign bit flipped, a negative number inverted): SQL can compare `substr(points, 6, 8)` with a parameter.

Timestamps and steps are stored as their first number, their least delta, and what each delta is above that, in the
fewest of 0, 1, 2, 4, 8 bytes that hold the greatest. A step that rises by one at a time thus costs nothing at all, and
zstd is given less to do. Deltas are taken modulo 2⁶⁴, so every int64 is exact.

Values are 8 bytes, or 4 when every one is a float32 (what most training loops log). They are stored byte by byte: all
first bytes, all second bytes and so on, since signs and exponents resemble each other and the low bytes of a mantissa
resemble nothing. Every bit is kept, except that a NaN becomes the one NaN.

The first byte holds the version (high half) and the form (low half). To change a form: give it the next version, keep
the decoder of the old one, and add a store written with the old one to tests/upgrades/.
"""

import struct
import threading
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import zstandard

from hito.core.errors import Internal
from hito.series.order import EMPTY, Floats, Ints, Series, joined, ranked

MOST = 65_536
"""Points in a sealed chunk at most: what a damaged count can make us allocate."""

_OPEN, _SEALED = 0x11, 0x12
_ONE = struct.Struct("<Bqqd")
_HEAD = struct.Struct("<BI8s8sBBBqqqq")
_ROW = np.dtype([("form", "u1"), ("step", "<i8"), ("timestamp", "<i8"), ("value", "<f8")])
_WIDTHS = {0: None, 1: np.dtype("<u1"), 2: np.dtype("<u2"), 4: np.dtype("<u4"), 8: np.dtype("<u8")}

Point = tuple[int, int, float]
"""A step, a timestamp and a value."""


class _Codecs(threading.local):
    """zstd's contexts, one for each thread: it serves one at a time, and costs more to make than to use."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=1, write_checksum=True, write_content_size=True)
        self.decompressor = zstandard.ZstdDecompressor()


_CODECS = _Codecs()


def pack(points: Sequence[Point]) -> bytes:
    """Points, in any order, in the open form."""
    if len(points) == 1:
        return _ONE.pack(_OPEN, *points[0])
    steps, timestamps, values = zip(*points, strict=True)
    count = len(points)
    return struct.pack(f"<B{2 * count}q{count}d", _OPEN, *steps, *timestamps, *values)


def pack_series(series: Series) -> bytes:
    """A series in the open form."""
    return b"".join(
        (
            bytes((_OPEN,)),
            series.steps.astype("<i8", copy=False).tobytes(),
            series.timestamps.astype("<i8", copy=False).tobytes(),
            series.values.astype("<f8", copy=False).tobytes(),
        )
    )


def unpack(pieces: Iterable[bytes]) -> Series:
    """The points of open pieces, one piece after the other.

    Raises: Internal: bytes that are no open piece.
    """
    found: list[Series] = []
    singles: list[bytes] = []
    for piece in pieces:
        if len(piece) == _ONE.size:
            singles.append(piece)  # most pieces: read together, 1000 of them cost 50 µs
        else:
            found.append(_unpacked(piece))
    if singles:
        rows = np.frombuffer(b"".join(singles), _ROW)
        if (rows["form"] != _OPEN).any():
            raise _damaged("it is not an open piece")
        found.append(
            Series(
                rows["step"].astype(np.int64),
                rows["timestamp"].astype(np.int64),
                rows["value"].astype(np.float64),
            )
        )
    return joined(found) if found else EMPTY


def _unpacked(piece: bytes) -> Series:
    count, rest = divmod(len(piece) - 1, 24)
    if rest or count < 1 or piece[0] != _OPEN:
        raise _damaged("it is not an open piece")
    integers = np.frombuffer(piece, "<i8", 2 * count, 1)
    return Series(
        integers[:count].astype(np.int64),
        integers[count:].astype(np.int64),
        np.frombuffer(piece, "<f8", count, 1 + 16 * count).astype(np.float64),
    )


def seal(series: Series) -> bytes:
    """A series in the sealed form.

    Args:
        series: 1 to `MOST` points; in history order they take the least room, but any order is kept.
    """
    count = len(series.steps)
    assert 1 <= count <= MOST
    values = series.values
    nan = np.isnan(values)
    if nan.any():
        values = np.where(nan, np.nan, values)
    rank = ranked(values)
    timestamp_width, timestamp, timestamp_delta, timestamps = _deltas(series.timestamps)
    step_width, step, step_delta, steps = _deltas(series.steps)
    value_width, planes = _planes(values)
    head = _HEAD.pack(
        _SEALED,
        count,
        sortable(float(rank.min())),
        sortable(float(rank.max())),
        timestamp_width,
        step_width,
        value_width,
        timestamp,
        timestamp_delta,
        step,
        step_delta,
    )
    return head + _CODECS.compressor.compress(timestamps + steps + planes)


def unseal(data: bytes) -> Series:
    """The points of a sealed chunk, in the order they were sealed in.

    Nothing is allocated before the sizes agree with each other, so damaged bytes cost no memory.

    Raises: Internal: bytes that are no sealed chunk.
    """
    if len(data) < _HEAD.size or data[0] != _SEALED:
        raise _damaged("it is not a sealed chunk")
    head = _HEAD.unpack_from(data)
    count, timestamp_width, step_width, value_width = head[1], head[4], head[5], head[6]
    widths_known = timestamp_width in _WIDTHS and step_width in _WIDTHS and value_width in (4, 8)
    if not widths_known or not 1 <= count <= MOST:
        raise _damaged("its head makes no sense")
    expected = (count - 1) * (timestamp_width + step_width) + count * value_width
    frame = data[_HEAD.size :]
    try:
        if zstandard.frame_content_size(frame) != expected:
            raise _damaged("its sizes disagree")
        body = _CODECS.decompressor.decompress(frame, max_output_size=expected, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise _damaged(str(error)) from None
    if len(body) != expected:
        raise _damaged("its sizes disagree")
    middle = (count - 1) * timestamp_width
    end = middle + (count - 1) * step_width
    return Series(
        _summed(body, middle, step_width, count, head[9], head[10]),
        _summed(body, 0, timestamp_width, count, head[7], head[8]),
        _values(body, end, value_width, count),
    )


def bounds(data: bytes) -> tuple[bytes, bytes]:
    """The least and the greatest value of a sealed chunk, as `sortable` bytes."""
    return data[5:13], data[13:21]


def sortable(value: float) -> bytes:
    """8 bytes that sort as the numbers do; a NaN as 0, and -0 as 0."""
    if value != value or value == 0.0:
        value = 0.0
    bits: int = struct.unpack("<Q", struct.pack("<d", value))[0]
    bits = bits ^ 0xFFFF_FFFF_FFFF_FFFF if bits >> 63 else bits | 1 << 63
    return bits.to_bytes(8, "big")


def _deltas(column: Ints) -> tuple[int, int, int, bytes]:
    """Width, first number, least delta, and the deltas above it in that width."""
    first = int(column[0])
    if len(column) == 1:
        return 0, first, 0, b""
    deltas = column[1:] - column[:-1]  # modulo 2⁶⁴
    least = deltas.min()
    above = (deltas - least).view(np.uint64)
    greatest = int(above.max())
    if greatest == 0:
        return 0, first, int(least), b""
    width = 1 if greatest < 1 << 8 else 2 if greatest < 1 << 16 else 4 if greatest < 1 << 32 else 8
    return width, first, int(least), above.astype(_WIDTHS[width]).tobytes()


def _summed(body: bytes, offset: int, width: int, count: int, first: int, least: int) -> Ints:
    """The inverse of `_deltas`: int64 of shape (count,)."""
    column = np.empty(count, np.int64)
    column[0] = first
    if width == 0:
        column[1:] = least
    else:
        above = np.frombuffer(body, "<i8" if width == 8 else _WIDTHS[width], count - 1, offset)
        np.add(above, np.int64(least), out=column[1:], casting="unsafe")
    return np.cumsum(column, out=column)


def _planes(values: Floats) -> tuple[int, bytes]:
    """Width of a value and the values byte by byte."""
    with np.errstate(over="ignore"):
        short = values.astype("<f4")
    if np.array_equal(short, values, equal_nan=True):
        return 4, short.view(np.uint8).reshape(-1, 4).T.tobytes()
    return 8, values.astype("<f8", copy=False).view(np.uint8).reshape(-1, 8).T.tobytes()


def _values(body: bytes, offset: int, width: int, count: int) -> Floats:
    """The inverse of `_planes`: float64 of shape (count,)."""
    planes: npt.NDArray[np.uint8] = np.frombuffer(body, np.uint8, width * count, offset).reshape(width, count)
    return np.ascontiguousarray(planes.T).view(f"<f{width}").ravel().astype(np.float64, copy=False)


def _damaged(how: str) -> Internal:
    return Internal(f"A piece of a curve in the store is damaged: {how}. Stop the server and run `hito db check`.")
