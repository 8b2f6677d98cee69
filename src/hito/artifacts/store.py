"""What every artifact store can do, and the views that work on any of them.

A store is a tree of files below a root that only the store knows. It takes `SafePath`s and nothing else. Calls block
and may come from many threads. Bytes travel in chunks both ways, so that memory does not grow with a file, and a file
appears only when it is whole: a reader sees the old bytes or the new, never a part.

Stores on objects have no folders of their own: there, a folder exists while something lies below it.
"""

from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Literal, NoReturn, Protocol, Self

from msgspec import Struct

from hito.core.artifacts import FileInfo, SafePath
from hito.core.errors import InvalidArgument, NotFound, NotImplementedHere, RangeNotSatisfiable

CHUNK_BYTES = 512 * 1024
"""Size of the pieces in which files are read. Smaller costs calls, larger costs memory for each download under way."""

PAGE_NAMES = 10_000
"""Names fetched at a time by `entries`: each page reads the folder anew, and ten thousand names take one megabyte."""


class Stat(Struct, frozen=True):
    """What is known of a file or folder without reading it. For a folder, `size` is 0 and `etag` is empty.

    `etag` is a strong validator with its quotes: other bytes have another one. `modified_at` is ms since 1970, UTC.
    """

    is_dir: bool
    size: int
    etag: str
    modified_at: int


class Page(Struct, frozen=True):
    """Some entries of one folder, by base name, in the order of their names (by code point).

    `after` is what to pass to get the next page, None on the last. A page may be short, or empty, and not the last.
    """

    files: list[FileInfo]
    after: str | None = None


class Part(Struct, frozen=True):
    """One part of an upload that goes around the server. `etag` is what the storage answered to it."""

    number: int
    url: str
    etag: str = ""


class Upload(Struct, frozen=True):
    """An upload in parts: its id at the storage, and where each part is to be PUT."""

    id: str
    parts: list[Part]


class Chunks(Protocol):
    """Pieces of a file in order. `close` gives back the file or connection, and may be called again."""

    def __iter__(self) -> Iterator[bytes]: ...
    def __next__(self) -> bytes: ...
    def close(self) -> None: ...


class Content:
    """An open file: iterate over it once, inside `with`.

    `size` is that of the whole file; the chunks carry bytes `start` up to, not including, `end`.
    """

    def __init__(self, stat: Stat, start: int, end: int, chunks: Chunks) -> None:
        self.size = stat.size
        self.etag = stat.etag
        self.modified_at = stat.modified_at
        self.start = start
        self.end = end
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._chunks)

    def close(self) -> None:
        self._chunks.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class ArtifactStore(Protocol):
    """A tree of files. Besides what is said below, any call may raise Unavailable when the storage cannot answer."""

    @property
    def can_presign(self) -> bool:
        """Whether `presign` gives addresses that work without this server."""
        ...

    def list_folder(self, path: SafePath, after: str = "", limit: int | None = None) -> Page:
        """The entries of one folder whose names come after `after`, at most `limit` of them.

        A folder that is missing, or is a file, has no entries: MLflow's client lists in order to find out.
        """
        ...

    def stat(self, path: SafePath) -> Stat | None:
        """What lies at `path`; None when nothing does."""
        ...

    def read(self, path: SafePath, start: int = 0, end: int | None = None) -> Content:
        """Open a file. `start` and `end` are as in a slice: a negative `start` counts from the end of the file.

        Raises: NotFound; InvalidArgument: a folder; RangeNotSatisfiable: a given range has no byte of this file.
        """
        ...

    def write(self, path: SafePath, chunks: Iterable[bytes], size: int | None = None) -> None:
        """Create or replace a file and the folders above it. When this returns, the bytes are safe.

        When `chunks` raises, nothing changes and the error goes on to the caller. `size` is a hint in bytes.
        Raises: InvalidArgument: a folder is there, or a file where a folder is needed.
        """
        ...

    def delete(self, path: SafePath) -> None:
        """Remove a file, or a folder and all below it. What is missing is as good as deleted.

        Raises: InvalidArgument: `path` is the root.
        """
        ...

    def presign(self, path: SafePath, method: Literal["GET", "PUT"], seconds: int) -> str:
        """An address at which anybody may GET or PUT this file for `seconds`.

        Raises: NotImplementedHere.
        """
        ...

    def create_upload(self, path: SafePath, parts: int) -> Upload:
        """Begin an upload whose parts go straight to the storage. Raises: NotImplementedHere."""
        ...

    def complete_upload(self, path: SafePath, upload_id: str, parts: list[Part]) -> None: ...

    def abort_upload(self, path: SafePath, upload_id: str) -> None: ...


class WithoutUploads:
    """The answers of a store that takes no parts: the client then sends the file in one PUT through the server."""

    def create_upload(self, path: SafePath, parts: int) -> Upload:
        refuse_uploads()

    def complete_upload(self, path: SafePath, upload_id: str, parts: list[Part]) -> None:
        refuse_uploads()

    def abort_upload(self, path: SafePath, upload_id: str) -> None:
        refuse_uploads()


def refuse_uploads() -> NoReturn:
    # MLflow's client compares the beginning of this sentence and falls back to a plain PUT; other words end the upload.
    raise NotImplementedHere(
        "Multipart upload is not supported for the current artifact repository; send the file in one PUT"
    )


class Below(WithoutUploads):
    """A folder of a store, seen as a store of its own."""

    def __init__(self, store: ArtifactStore, folder: SafePath) -> None:
        self._store = store
        self._folder = folder

    @property
    def can_presign(self) -> bool:
        return self._store.can_presign

    def list_folder(self, path: SafePath, after: str = "", limit: int | None = None) -> Page:
        return self._store.list_folder(self._folder / path, after, limit)

    def stat(self, path: SafePath) -> Stat | None:
        return self._store.stat(self._folder / path)

    def read(self, path: SafePath, start: int = 0, end: int | None = None) -> Content:
        return self._store.read(self._folder / path, start, end)

    def write(self, path: SafePath, chunks: Iterable[bytes], size: int | None = None) -> None:
        check_not_root(path)
        self._store.write(self._folder / path, chunks, size)

    def delete(self, path: SafePath) -> None:
        check_not_root(path)
        self._store.delete(self._folder / path)

    def presign(self, path: SafePath, method: Literal["GET", "PUT"], seconds: int) -> str:
        check_not_root(path)
        return self._store.presign(self._folder / path, method, seconds)


def walk(store: ArtifactStore, folder: SafePath) -> Iterator[tuple[SafePath, FileInfo]]:
    """Every file below `folder`, with its path from the root of the store; a folder's files before its folders."""
    folders = [folder]
    while folders:
        here = folders.pop()
        found: list[SafePath] = []
        for entry in entries(store, here):
            if entry.is_dir:
                found.append(here / entry.path)
            else:
                yield here / entry.path, entry
        folders.extend(reversed(found))


def entries(store: ArtifactStore, folder: SafePath) -> Iterator[FileInfo]:
    """All entries of one folder, fetched page by page."""
    after: str | None = ""
    while after is not None:
        page = store.list_folder(folder, after, PAGE_NAMES)
        yield from page.files
        after = page.after


def check_not_root(path: SafePath) -> None:
    if path.is_root:
        raise InvalidArgument("the path of an artifact is empty; name a file or a folder below the artifact root")


def nothing_at(path: SafePath) -> NotFound:
    return NotFound(f'no artifact "{path}"; list its folder to see what is there')


def is_folder(path: SafePath) -> InvalidArgument:
    return InvalidArgument(f'"{path}" is a folder; name a file in it, or list it')


def folder_in_the_way(path: SafePath) -> InvalidArgument:
    return InvalidArgument(f'"{path}" is a folder and cannot become a file; choose another name or delete it first')


def file_in_the_way(path: SafePath) -> InvalidArgument:
    return InvalidArgument(f'"{path}" cannot be written, since a part of its path is a file; choose another folder')


def slice_bounds(size: int, start: int, end: int | None) -> tuple[int, int]:
    """The bytes that `start` and `end` mean in a file of `size` bytes, as two offsets.

    Raises: RangeNotSatisfiable: a range was asked for (not the whole), and the file has no byte in it.
    """
    if start == 0 and end is None:
        return 0, size
    first = max(0, size + start) if start < 0 else start
    last = size if end is None else min(end, size)
    if first >= last:
        raise RangeNotSatisfiable(f"the file has {size} bytes, and none of them is in the range that was asked for")
    return first, last
