"""A frame: a small JSON header and columns of numbers, as bytes that a page turns into typed arrays without copying.

     0        4              4 + n                    multiple of 8
    ┌────────┬──────────────┬─────────┬──────────────┬─────────┬──────────────┐
    │ n: u32 │ header: JSON │ padding │ column 0     │ padding │ column 1   … │      all little-endian
    └────────┴──────────────┴─────────┴──────────────┴─────────┴──────────────┘

`header.columns` names them in order: {name, type, count, words}. `type`: `f8` float64, `i4` int32, `u4` uint32. Every column
begins at a multiple of 8 bytes. `words` belongs to a column of places in a list of texts.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Struct

_TYPES = {"f8": "<f8", "i4": "<i4", "u4": "<u4"}


class Column(Struct, frozen=True, omit_defaults=True):
    name: str
    type: str
    count: int
    words: list[str] | None = None


def encode_frame(
    columns: Sequence[tuple[str, npt.NDArray[Any], list[str] | None]], header: dict[str, Any] | None = None
) -> bytes:
    """A frame of named columns.

    Args:
        columns: name, array of float64, int32 or uint32 of shape (n,), and its words where it is places in a list.
        header: what else the header says.
    """
    named = [
        Column(name, f"{values.dtype.kind}{values.dtype.itemsize}", len(values), words)
        for name, values, words in columns
    ]
    head = msgspec.json.encode({**(header or {}), "columns": named})
    parts = [len(head).to_bytes(4, "little"), head, b"\0" * (-(4 + len(head)) % 8)]
    for _, values, _ in columns:
        data = np.ascontiguousarray(values, _TYPES[f"{values.dtype.kind}{values.dtype.itemsize}"]).tobytes()
        parts += [data, b"\0" * (-len(data) % 8)]
    return b"".join(parts)


def decode_frame(frame: bytes) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """The header and the columns of a frame.

    Raises: ValueError: it is cut short or is no frame.
    """
    size = int.from_bytes(frame[:4], "little")
    head = msgspec.json.decode(frame[4 : 4 + size])
    place = 4 + size + (-(4 + size) % 8)
    found: dict[str, npt.NDArray[Any]] = {}
    for column in msgspec.convert(head["columns"], list[Column]):
        kind = np.dtype(_TYPES[column.type])
        found[column.name] = np.frombuffer(frame, kind, column.count, place)
        place += column.count * kind.itemsize
        place += -place % 8
    return head, found
