"""A folder as a ZIP file that is never whole anywhere: it is written while it is sent.

    local header, bytes, sizes and CRC  |  … for each file  |  directory of all files

The sizes come after the bytes, since an object store tells them late or not at all; ZIP64 lets any file and the whole
pass 4 GB. Memory holds one chunk, and some hundred bytes for each file until the directory is written.
"""

import io
import time
import zipfile
from collections.abc import Iterator

from hito.artifacts.store import ArtifactStore, walk
from hito.core.artifacts import SafePath

# These are compressed already: to deflate them again costs time and wins nothing.
_PACKED = frozenset(
    {"png", "jpg", "jpeg", "gif", "webp", "avif", "zip", "gz", "bz2", "xz", "zst", "7z", "parquet", "npz"}
)
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # a ZIP knows no time before


def zip_folder(store: ArtifactStore, folder: SafePath) -> Iterator[bytes]:
    """The pieces of a ZIP file with everything below `folder`; names in it are relative to `folder`.

    An error in the middle ends the iteration by raising, so that the transfer breaks off rather than ends well.
    """
    outbox = _Outbox()
    with zipfile.ZipFile(outbox, "w", allowZip64=True) as archive:
        for path, _ in walk(store, folder):
            with store.read(path) as content:
                entry = zipfile.ZipInfo(str(path.relative_to(folder)), _when(content.modified_at))
                packed = path.name.rpartition(".")[2].lower() in _PACKED
                entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16  # a plain file: no program, no link
                with archive.open(entry, "w", force_zip64=True) as target:
                    for chunk in content:
                        target.write(chunk)
                        yield from outbox.take()
            yield from outbox.take()
    yield from outbox.take()


class _Outbox(io.RawIOBase):
    """A file that can only be written, and forgets what was taken from it. zipfile then puts sizes after the bytes."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []
        self._size = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        data = bytes(piece)  # type: ignore[call-overload] # zipfile writes bytes and memory views
        self._pieces.append(data)
        self._size += len(data)
        return len(data)

    def take(self) -> Iterator[bytes]:
        """What was written since the last call, as one piece."""
        if self._pieces:
            whole = b"".join(self._pieces)
            self._pieces.clear()
            if whole:
                yield whole


def _when(modified_at: int) -> tuple[int, int, int, int, int, int]:
    year, month, day, hour, minute, second = time.gmtime(modified_at / 1000)[:6]
    return max(_EARLIEST, (year, month, day, hour, minute, second))
