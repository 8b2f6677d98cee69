"""Artifacts as objects in a bucket: S3 and whatever speaks like it, Google Cloud Storage, Azure.

A file is an object whose key is the path. A bucket has no folders, so they are made up from the slashes in keys, and
what a file system would ensure is ensured here: no key lies below another key. This is checked before a write, not
locked, so two uploads at the same moment may still collide.

Uploads of unknown length go in parts of some megabytes, two under way at once; storage shows the object when all have
arrived, and obstore calls the upload off when the sender breaks off.
"""

import itertools
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import obstore
from obstore.exceptions import BaseError, InvalidPathError, NotSupportedError
from obstore.store import AzureStore, GCSStore, MemoryStore, S3Store

from hito.artifacts.store import (
    Content,
    Page,
    Stat,
    WithoutUploads,
    check_not_root,
    file_in_the_way,
    folder_in_the_way,
    is_folder,
    nothing_at,
    slice_bounds,
)
from hito.core.artifacts import FileInfo, SafePath, is_safe_name
from hito.core.errors import InvalidArgument, NotImplementedHere, RangeNotSatisfiable, Unavailable

if TYPE_CHECKING:
    from obstore import GetOptions, ObjectMeta  # these exist for the type checker only

Backend = S3Store | GCSStore | AzureStore | MemoryStore

MAX_KEY_BYTES = 1024  # S3, GCS and Azure alike
_READ_BYTES = 256 * 1024
_PART_BYTES = 5 * 1024 * 1024  # S3 takes no smaller parts
_MAX_PARTS = 9_000  # S3 takes 10,000
_UNKNOWN_PART_BYTES = 8 * 1024 * 1024  # reaches 70 GB without a known size
_PARTS_UNDER_WAY = 2
_LISTING_SECONDS = 60
_KNOWN_FOLDERS = 10_000
_NO_BUCKET = "the bucket of the artifacts does not exist; an operator must make it"


class ObjectStore(WithoutUploads):
    """The objects of one bucket below one prefix."""

    def __init__(self, backend: Backend, prefix: SafePath | None = None) -> None:
        self._backend = backend
        self._prefix = prefix or SafePath.root()
        self._can_presign: bool | None = None
        self._folders: set[SafePath] = set()  # seen to be folders; asking again would cost a request for each write
        self._listing: tuple[SafePath, float, list[FileInfo]] | None = None
        self._lock = threading.Lock()

    @property
    def can_presign(self) -> bool:
        if self._can_presign is None:
            try:
                self.presign(SafePath.parse("probe"), "GET", 1)
                self._can_presign = True
            except (NotImplementedHere, Unavailable):
                self._can_presign = False  # such as credentials that carry no key to sign with
        return self._can_presign

    def list_folder(self, path: SafePath, after: str = "", limit: int | None = None) -> Page:
        # Storage can only list a folder from its beginning. The pages of one walk are cut from one listing: it would
        # take a hundred requests for each page of a folder with 100,000 files.
        files = self._listed(path) if after else None
        if files is None:
            files = self._list(path)
            if limit is not None and len(files) > limit:
                with self._lock:
                    self._listing = (path, time.monotonic(), files)
        new = [file for file in files if file.path > after] if after else files
        if limit is None or len(new) <= limit:
            return Page(new)
        return Page(new[:limit], new[limit - 1].path if limit else after)

    def stat(self, path: SafePath) -> Stat | None:
        if path.is_root:
            return Stat(is_dir=True, size=0, etag="", modified_at=0)
        return self._stat_file(path) or self._stat_folder(path)

    def read(self, path: SafePath, start: int = 0, end: int | None = None) -> Content:
        if path.is_root:
            raise is_folder(path)
        whole = start == 0 and end is None
        try:
            with _translated(path):
                result = obstore.get(self._backend, self._key(path), options={} if whole else _range(start, end))
                meta, (first, last) = _stat(result.meta), result.range
                if not whole:
                    slice_bounds(meta.size, start, end)  # storage may find nothing wrong with no bytes of none
                stream = result.stream(_READ_BYTES)
        except FileNotFoundError:
            raise is_folder(path) if self._stat_folder(path) else nothing_at(path) from None
        except (RangeNotSatisfiable, Unavailable):
            # Storages differ in how they refuse a range; what the file's size says is the same for all.
            if not whole and (found := self._stat_file(path)):
                slice_bounds(found.size, start, end)
            raise
        return Content(meta, first, last, _ObjectChunks(stream, path))

    def write(self, path: SafePath, chunks: Iterable[bytes], size: int | None = None) -> None:
        check_not_root(path)
        key = self._key(path)
        self._clear_the_way(path)
        part_bytes = _UNKNOWN_PART_BYTES if size is None else max(_PART_BYTES, -(-size // _MAX_PARTS))
        source = iter(chunks)
        begin, more = _first_part(source, part_bytes)
        with _in_bucket(path):
            if more is None:
                obstore.put(self._backend, key, begin, use_multipart=False)
            else:
                rest = itertools.chain((begin, more), source)
                obstore.put(
                    self._backend,
                    key,
                    rest,
                    use_multipart=True,
                    chunk_size=part_bytes,
                    max_concurrency=_PARTS_UNDER_WAY,
                )

    def delete(self, path: SafePath) -> None:
        check_not_root(path)
        key = self._key(path)
        with self._lock:
            self._folders.clear()
            self._listing = None
        with _in_bucket(path):
            for batch in obstore.list(self._backend, key, chunk_size=1000):
                self._delete_keys([item["path"] for item in batch])
            self._delete_keys([key])

    def presign(self, path: SafePath, method: Literal["GET", "PUT"], seconds: int) -> str:
        check_not_root(path)
        if isinstance(self._backend, MemoryStore):
            raise NotImplementedHere("objects in memory have no address; use the artifact endpoints")
        with _translated(path):
            return obstore.sign(self._backend, method, self._key(path), timedelta(seconds=seconds))

    def _key(self, path: SafePath) -> str:
        key = str(self._prefix / path)
        if len(key.encode()) > MAX_KEY_BYTES:
            raise InvalidArgument(f'"{path}" is too long: with its prefix, object storage takes {MAX_KEY_BYTES} bytes')
        return key

    def _list(self, path: SafePath) -> list[FileInfo]:
        folder = self._key(path)
        with _in_bucket(path):
            found = obstore.list_with_delimiter(self._backend, folder or None)
        start = len(folder) + 1 if folder else 0
        # Some tools write an empty object for a folder: it has the folder's own key, so no name is left here.
        entries = {name: FileInfo.of(name, item["size"]) for item in found["objects"] if (name := item["path"][start:])}
        for key in found["common_prefixes"]:
            name = key[start:].rstrip("/")
            entries[name] = FileInfo.of(name, None)
        return [entries[name] for name in sorted(entries) if is_safe_name(name)]

    def _listed(self, path: SafePath) -> list[FileInfo] | None:
        """The listing of which a page was given a moment ago."""
        with self._lock:
            listing = self._listing
        if listing and listing[0] == path and time.monotonic() - listing[1] < _LISTING_SECONDS:
            return listing[2]
        return None

    def _stat_file(self, path: SafePath) -> Stat | None:
        try:
            with _translated(path):
                return _stat(obstore.head(self._backend, self._key(path)))
        except FileNotFoundError:
            return None

    def _stat_folder(self, path: SafePath) -> Stat | None:
        with _in_bucket(path):
            for batch in obstore.list(self._backend, self._key(path), chunk_size=1):
                return Stat(is_dir=True, size=0, etag="", modified_at=_milliseconds(batch[0])) if batch else None
        return None

    def _clear_the_way(self, path: SafePath) -> None:
        """Refuse a file that would lie below a file, or where a folder is."""
        if path in self._folders or self._stat_folder(path):
            raise folder_in_the_way(path)
        folder = path.parent
        while not folder.is_root and folder not in self._folders:
            if self._stat_file(folder):
                raise file_in_the_way(path)
            folder = folder.parent
        with self._lock:
            if len(self._folders) > _KNOWN_FOLDERS:
                self._folders.clear()
            folder = path.parent
            while not folder.is_root:
                self._folders.add(folder)
                folder = folder.parent

    def _delete_keys(self, keys: list[str]) -> None:
        try:
            obstore.delete(self._backend, keys)
        except FileNotFoundError:
            # Google and Azure refuse to delete what is not there, and with it perhaps the rest of the batch.
            for key in keys if len(keys) > 1 else ():
                self._delete_keys([key])


class _ObjectChunks:
    """The pieces of an object as they arrive."""

    def __init__(self, stream: Iterable[bytes], path: SafePath) -> None:
        self._stream: Iterator[bytes] | None = iter(stream)
        self._path = path

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._stream is None:
            raise StopIteration
        with _translated(self._path):
            return bytes(next(self._stream))

    def close(self) -> None:
        self._stream = None  # the connection is given back when nothing holds the stream


def _first_part(source: Iterator[bytes], part_bytes: int) -> tuple[bytes, bytes | None]:
    """The first bytes, up to about a part, and the chunk after them; None when all of it fits, so that a small file
    takes one request and an empty one is legal (storage refuses an upload of no parts).
    """
    pieces: list[bytes] = []
    size = 0
    for chunk in source:
        if size + len(chunk) > part_bytes and pieces:
            return b"".join(pieces), chunk
        pieces.append(chunk)
        size += len(chunk)
    return b"".join(pieces), None


def _range(start: int, end: int | None) -> "GetOptions":
    if start < 0 and end is None:
        return {"range": {"suffix": -start}}
    if end is None:
        return {"range": {"offset": start}}
    if not 0 <= start < end:
        raise RangeNotSatisfiable(f"no byte lies from {start} up to {end}")
    return {"range": (start, end)}


def _stat(meta: "ObjectMeta") -> Stat:
    # Storage's own tag: it changes with the bytes. Where there is none, time and size must do.
    etag = meta["e_tag"] or f'"{_milliseconds(meta):x}-{meta["size"]:x}"'
    return Stat(is_dir=False, size=meta["size"], etag=etag, modified_at=_milliseconds(meta))


def _milliseconds(meta: "ObjectMeta") -> int:
    return int(meta["last_modified"].timestamp() * 1000)


@contextmanager
def _translated(path: SafePath) -> Iterator[None]:
    """What storage refuses, said in our words. FileNotFoundError stays, for the caller knows what it means."""
    try:
        yield
    except InvalidPathError:
        raise InvalidArgument(f'"{path}" cannot be a key in this object storage; choose another name') from None
    except NotSupportedError:
        raise NotImplementedHere("the configured object storage cannot do this") from None
    except BaseError as error:
        if "NoSuchBucket" in str(error):
            raise Unavailable(_NO_BUCKET) from error
        # The first line names the fault; what follows is obstore's inside, and may hold addresses.
        reason = type(error).__name__.removesuffix("Error")
        raise Unavailable(f'object storage cannot answer for "{path}" ({reason}); see the log of the server') from error


@contextmanager
def _in_bucket(path: SafePath) -> Iterator[None]:
    """Like `_translated`, for calls that only a missing bucket can answer with FileNotFoundError."""
    try:
        with _translated(path):
            yield
    except FileNotFoundError as error:
        raise Unavailable(_NO_BUCKET) from error


def memory_store() -> ObjectStore:
    """A store that lives as long as this object: for tests and trials."""
    return ObjectStore(MemoryStore())
