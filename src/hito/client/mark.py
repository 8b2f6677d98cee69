r"""The mark of a journal: how much of it the server has, kept beside it as `<journal>.mark`.

    {"acknowledged": 8123, "run_id": "", "refused": 0}␠␠␠…␠\n        JSON, padded to 512 bytes

It is overwritten in place with one write of one block: a process that is killed leaves the old mark or the new one, and
a disk that is full has room for it already. A mark that cannot be read means that nothing is known to have arrived, so
everything is sent again, which changes nothing (docs/journal.md).
"""

import contextlib
import os
from pathlib import Path

import msgspec
from msgspec import Struct

BLOCK = 512
_encode = msgspec.json.Encoder().encode


class State(Struct):
    """`acknowledged`: the offset up to which everything is settled. `run_id`: the server's, where it is not ours."""

    acknowledged: int = 0
    run_id: str = ""
    refused: int = 0


_decode = msgspec.json.Decoder(State).decode


class Mark:
    """The mark at one path; it works without a file, too, when the disk takes none."""

    def __init__(self, path: Path | None) -> None:
        self.state = State()
        self._descriptor = -1
        if path is not None:
            with contextlib.suppress(OSError):
                self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
                with contextlib.suppress(msgspec.DecodeError):
                    self.state = _decode(os.pread(self._descriptor, BLOCK, 0))

    def save(self) -> None:
        """Write the state. A disk that refuses is no reason to stop: the worst is that something is sent twice."""
        if self._descriptor >= 0:
            with contextlib.suppress(OSError):
                os.pwrite(self._descriptor, _encode(self.state).ljust(BLOCK - 1) + b"\n", 0)

    def close(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


def read(path: Path) -> State:
    """The state that a mark file holds; the beginning if there is none, or it is damaged."""
    try:
        return _decode(path.read_bytes())
    except (OSError, msgspec.DecodeError):
        return State()
