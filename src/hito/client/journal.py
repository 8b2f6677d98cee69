r"""The journal of a run: bytes and records, nothing else. Files are the business of `client.book`.

What a program logs is appended to a file before anything is sent. The file must stand a process that is killed at any
moment, a machine that loses power, and a disk that flips bits; so it is a line of text and then frames, each with its
length and a checksum:

    file    = line  header  header  frame*
    line    = "hito journal 1\n"            for people and for `file(1)`; never trusted
    header  = a frame of kind HEADER with the version, written twice: one damaged byte cannot orphan the rest

              0      1            5            9                9 + length
    frame   = ┌──────┬────────────┬────────────┬────────────────┐
              │ 0xF5 │ length u32 │ crc32  u32 │ body           │      integers are little-endian
              └──────┴────────────┴────────────┴────────────────┘
              The CRC is over the body, begun with the journal's salt (0 for headers). The salt is random and stands in
              the file's name and in its header: bytes that merely look like a frame, such as a param that holds a
              piece of another journal, are not one.

              0      1          9             17         25
    METRIC  = ┌──────┬──────────┬─────────────┬──────────┬────────────┐
              │ 0x01 │ step i64 │ time ms i64 │ value f64│ key, UTF-8 │
              └──────┴──────────┴─────────────┴──────────┴────────────┘
    others  = │ kind │ MessagePack of the record │

A metric carries its key. Numbers for keys would save 10 bytes a point, and would make one damaged frame cost a curve.

Reading. Frames follow each other; an unfinished one at the end was never promised to anybody and is left alone. Where
no sound frame stands, the reader goes on byte by byte to the next offset at which marker, length and CRC agree, and
says how many bytes it passed over. So a flipped bit costs the frame it is in, and a cut costs the last one.

The next version keeps line and headers as they are, with another number, so that every hito can tell what it holds;
`read` then chooses by `Header.version`, and the old way stays, since journals may wait for weeks. A journal of a
version above ours is refused and kept, not guessed at.
"""

import os
import struct
import zlib
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from hito.core.errors import InvalidArgument
from hito.wire.runs import DatasetInputIn, ModelInputIn, ModelOutputIn
from hito.wire.types import MetricIn, Pair

VERSION = 1
_LINE = b"hito journal %d\n"
_LINE_BYTES = len(_LINE % VERSION)
MARKER = 0xF5
HEADER, METRIC, RICH_METRIC, PARAM, TAG, UPDATE, INPUTS, OUTPUTS, CREATE, ARTIFACT = range(10)
MAX_BODY = 96 << 20
"""Bytes of a body: what `log-inputs` may carry, with room. A length above it is damage."""

_head = struct.Struct("<BII")
_metric = struct.Struct("<Bqqd")
HEAD_BYTES, KEY_AT = _head.size, _metric.size
HEADER_BYTES = 64 << 10
"""Both headers lie within this many bytes from the beginning."""
pack_head, pack_metric = _head.pack, _metric.pack
crc32 = zlib.crc32


class Header(Struct, frozen=True):
    """What a journal is about. `destination` has no user name and no password."""

    destination: str
    run_id: str
    salt: int
    begun: int
    """Milliseconds since 1970, UTC."""
    version: int = VERSION


class Update(Struct, frozen=True, omit_defaults=True):
    """A change of the run itself."""

    status: str = ""
    end_time: int | None = None


class Inputs(Struct, frozen=True, omit_defaults=True):
    datasets: list[DatasetInputIn] = []
    models: list[ModelInputIn] = []


class Outputs(Struct, frozen=True, omit_defaults=True):
    models: list[ModelOutputIn] = []


class Create(Struct, frozen=True, omit_defaults=True):
    """A run that began without a server; the experiment is known by its id, or by its name only."""

    experiment_id: str = ""
    experiment_name: str = ""
    run_name: str = ""
    user_id: str = ""
    start_time: int = 0
    tags: list[Pair] = []


class Artifact(Struct, frozen=True):
    """A file that could not be uploaded when it was logged: `file` is the name of its copy in the folder `FILES`."""

    path: str
    file: str


FILES = "files"
"""The folder beside the journals with copies of files that wait."""

Payload = MetricIn | Pair | Update | Inputs | Outputs | Create | Artifact
_TYPES: dict[int, Any] = {
    HEADER: Header,
    RICH_METRIC: MetricIn,
    PARAM: Pair,
    TAG: Pair,
    UPDATE: Update,
    INPUTS: Inputs,
    OUTPUTS: Outputs,
    CREATE: Create,
    ARTIFACT: Artifact,
}
_encode = msgspec.msgpack.Encoder().encode
_decoders: dict[int, Callable[[bytes], Any]] = {kind: msgspec.msgpack.Decoder(of).decode for kind, of in _TYPES.items()}


class Record(Struct, frozen=True, gc=False):
    """One frame that was read: its kind, what it holds, and the offset at which it ends."""

    kind: int
    payload: Any
    end: int


class Reading(Struct):
    """What stands in a piece of a journal. `position` is where to go on; `passed_over` counts damaged bytes."""

    records: list[Record]
    position: int
    passed_over: int = 0


def frame(kind: int, payload: Payload | Header, salt: int) -> bytes:
    """One frame of any kind.

    Raises: InvalidArgument: the payload is larger than a frame may be.
    """
    return framed(body(kind, payload), salt)


def body(kind: int, payload: Payload | Header) -> bytes:
    """What a frame of any kind but METRIC holds."""
    return bytes((kind,)) + _encode(payload)


def framed(content: bytes, salt: int) -> bytes:
    """A body with its head.

    Raises: InvalidArgument: it is larger than a frame may be.
    """
    if len(content) > MAX_BODY:
        raise InvalidArgument(f"{len(content)} bytes are to be logged at once, the journal takes {MAX_BODY}. Log less.")
    return pack_head(MARKER, len(content), crc32(content, salt)) + content


def opening(header: Header) -> bytes:
    """The first bytes of a new journal."""
    return _LINE % VERSION + 2 * frame(HEADER, header, 0)


def read_header(data: bytes) -> tuple[Header, int] | None:
    """The header of a journal and where its frames begin; None if both copies of it are damaged.

    Args:
        data: the beginning of the file, `HEADER_BYTES` or all of it.
    Raises: InvalidArgument: a newer hito wrote this.
    """
    found: Header | None = None
    position = 0
    while (start := data.find(MARKER, position)) >= 0:
        end = _sound(data, start, 0)
        if end is not None and data[start + HEAD_BYTES] == HEADER:
            found, position = _decoders[HEADER](data[start + HEAD_BYTES + 1 : end]), end
        elif found is not None:
            break  # a record, or the damaged second copy, which the reader of records passes over
        else:
            position = start + 1
    if found is None:
        return None
    if found.version > VERSION:
        raise InvalidArgument(f"The journal has version {found.version}, this hito reads {VERSION}. Upgrade hito.")
    return found, position


def read(data: bytes, salt: int, start: int = 0, base: int = 0, *, last: bool = True) -> Reading:
    """The records in `data` from index `start` on.

    Args:
        salt: the journal's.
        base: the offset in the journal of `data[0]`; ends of records and the position are offsets in the journal.
        last: no byte comes after these. If more come, an unfinished frame is not damage: `position` is its beginning.
    """
    records: list[Record] = []
    append = records.append
    unpack_head, unpack_metric = _head.unpack_from, _metric.unpack_from
    keys: dict[bytes, str] = {}
    size = len(data)
    passed_over = 0
    position = start
    while position + HEAD_BYTES <= size:
        marker, length, crc = unpack_head(data, position)
        body_at = position + HEAD_BYTES
        end = body_at + length
        if marker == MARKER and end <= size and length:
            content = data[body_at:end]
            if crc32(content, salt) == crc:
                kind = content[0]
                if kind == METRIC and length > KEY_AT:
                    _, step, timestamp, value = unpack_metric(content)
                    encoded = content[KEY_AT:]
                    key = keys.get(encoded)
                    if key is None:
                        key = keys[encoded] = encoded.decode("utf-8", "replace")
                    append(Record(METRIC, MetricIn(key, value, timestamp, step), base + end))
                else:
                    payload = _payload(kind, content)
                    if payload is not None:
                        append(Record(kind, payload, base + end))
                    else:
                        passed_over += end - position
                position = end
                continue
        elif marker == MARKER and not last and length <= MAX_BODY:
            break  # the rest of it is not here yet
        onward = _resync(data, position + 1, salt)
        if onward is None:
            break  # an unfinished frame, or damage up to the end: there is nothing sound behind
        passed_over += onward - position
        position = onward
    return Reading(records, base + position, passed_over)


def _payload(kind: int, content: bytes) -> Any:
    decode = _decoders.get(kind)
    if decode is None:
        return None
    try:
        return decode(content[1:])
    except msgspec.DecodeError:
        return None


def _resync(data: bytes, position: int, salt: int) -> int | None:
    """The next offset at which a sound frame begins."""
    while (position := data.find(MARKER, position)) >= 0:
        if _sound(data, position, salt) is not None:
            return position
        position += 1
    return None


def _sound(data: bytes, position: int, salt: int) -> int | None:
    """Where the frame at `position` ends, if marker, length and CRC agree."""
    if position + HEAD_BYTES >= len(data):
        return None
    marker, length, crc = _head.unpack_from(data, position)
    end: int = position + HEAD_BYTES + length
    if marker != MARKER or not 0 < length <= MAX_BODY or end > len(data):
        return None
    return end if crc32(memoryview(data)[position + HEAD_BYTES : end], salt) == crc else None


def new_salt() -> int:
    """A salt that is not 0, from the system's random source: forked processes must not agree on it."""
    return int.from_bytes(os.urandom(4), "little") or 1
