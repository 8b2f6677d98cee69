"""Artifacts as files in folders on this machine.

    <root>/0/3f…/artifacts/model/                      folders 0700, files 0600
        MLmodel
        model.ubj
        .artifact.uploading.5e0c…                      an upload under way; never listed, renamed when whole

*Whole or not at all.* Bytes go to a file of a reserved name in the same folder, are forced to the disk, and are renamed
into place; then the folder is forced, since a rename is a change of the folder. After a power cut there is the old file
or the new one. A killed process needs none of this, but leaves its temporary file behind: `sweep` removes old ones.

*Inside the root.* A SafePath cannot leave the root by its names; a link on the disk could. Every path is resolved and
compared with the resolved root before use, and the last step refuses to follow a link. Nobody can make a link through
this store: it needs an account on this machine with the right to write here.
"""

import errno
import heapq
import os
import shutil
import stat as modes
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Literal

from hito.artifacts.store import (
    CHUNK_BYTES,
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
from hito.core.artifacts import RESERVED_PREFIX, FileInfo, SafePath, is_safe_name
from hito.core.errors import InvalidArgument, NotImplementedHere, Unavailable

# Opening a pipe that somebody put here must not wait for its other end: O_NONBLOCK changes nothing for files.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_MISSING = (FileNotFoundError, NotADirectoryError)


class LocalStore(WithoutUploads):
    """The files below one folder, which is made by the first write.

    Args:
        root: any folder; it may be a link, and its own rights are left as they are.
        private: new folders and files are for this user alone (0700, 0600). False leaves it to the umask, for a
            folder that a group of users reads directly.
        durable: False skips forcing bytes to the disk: for tests, and for folders that may be lost in a power cut.
    """

    can_presign = False

    def __init__(self, root: str | os.PathLike[str], *, private: bool = True, durable: bool = True) -> None:
        self.root = os.path.realpath(root)
        self._inside = self.root.rstrip(os.sep) + os.sep
        self._folder_mode, self._file_mode = (0o700, 0o600) if private else (0o777, 0o666)
        self._durable = durable

    def list_folder(self, path: SafePath, after: str = "", limit: int | None = None) -> Page:
        with _translated(path):
            try:
                folder = os.open(self._resolve(path), _READ | os.O_DIRECTORY)
            except _MISSING:
                return Page([])
            try:
                with os.scandir(folder) as found:
                    names = (entry.name for entry in found)
                    new = (name for name in names if name > after and not name.startswith(RESERVED_PREFIX))
                    # One page is kept, not the folder: it may have more names than there should be memory for.
                    chosen = sorted(new) if limit is None else heapq.nsmallest(limit + 1, new)
                more = limit is not None and len(chosen) > limit
                chosen = chosen[:limit]
                files = [info for name in chosen if (info := self._entry(folder, path, name)) is not None]
            finally:
                os.close(folder)
        return Page(files, chosen[-1] if more else None)

    def stat(self, path: SafePath) -> Stat | None:
        with _translated(path):
            try:
                return _stat(self._resolve(path).lstat())
            except _MISSING:
                return None

    def read(self, path: SafePath, start: int = 0, end: int | None = None) -> Content:
        with _translated(path):
            try:
                descriptor = os.open(self._resolve(path), _READ)
            except _MISSING:
                raise nothing_at(path) from None
            try:
                found = _stat(os.fstat(descriptor))
                if found is None:
                    raise nothing_at(path)
                if found.is_dir:
                    raise is_folder(path)
                first, last = slice_bounds(found.size, start, end)
                os.lseek(descriptor, first, os.SEEK_SET)
                file = FileIO(descriptor)
            except BaseException:
                os.close(descriptor)
                raise
        return Content(found, first, last, _FileChunks(file, last - first))

    def write(self, path: SafePath, chunks: Iterable[bytes], size: int | None = None) -> None:
        check_not_root(path)
        with _translated(path):
            folder = self._resolve(path.parent)
            target = folder / path.name
            if target.is_dir():  # asked before the bytes come, which may be many
                raise folder_in_the_way(path)
            temporary = folder / f"{RESERVED_PREFIX}{uuid.uuid4().hex}"
            file = self._create(temporary, path)
        try:
            with file:
                for chunk in chunks:
                    with _translated(path):
                        _write_all(file, chunk)
                with _translated(path):
                    self._force(file.fileno())
            with _translated(path):
                self._rename_into_place(temporary, target, path)
        except BaseException:
            _remove_if_there(temporary)
            raise

    def delete(self, path: SafePath) -> None:
        check_not_root(path)
        with _translated(path):
            # Only the folders above are resolved: a link is removed itself, never what it leads to.
            target = self._resolve(path.parent) / path.name
            try:
                if modes.S_ISDIR(target.lstat().st_mode):
                    _remove_folder(target)
                else:
                    target.unlink()
                self._force_folder(target.parent)
            except _MISSING:
                return

    def presign(self, path: SafePath, method: Literal["GET", "PUT"], seconds: int) -> str:
        raise NotImplementedHere("files on the server's disk have no address of their own; use the artifact endpoints")

    def sweep(self, before: float) -> int:
        """Remove what killed uploads and deletions left behind, if last changed before that time (seconds since 1970).

        Returns: how many were removed.
        """
        removed = 0
        for folder, folders, files in os.walk(self.root):
            for name in [name for name in folders + files if name.startswith(RESERVED_PREFIX)]:
                left = Path(folder, name)
                if left.lstat().st_mtime < before:
                    shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
                    removed += 1
            folders[:] = [name for name in folders if not name.startswith(RESERVED_PREFIX)]
        return removed

    def _resolve(self, path: SafePath) -> Path:
        """Where `path` really is, with every link followed; it need not exist."""
        real = os.path.realpath(self._inside + str(path))
        if real != self.root and not real.startswith(self._inside):
            raise InvalidArgument(f'"{path}" leads out of the artifact root through a link; it is not followed')
        return Path(real)

    def _entry(self, folder: int, path: SafePath, name: str) -> FileInfo | None:
        """What to say of a name in a folder; None hides it, because it could not be read or asked for anyway."""
        if not is_safe_name(name):
            return None
        try:
            found = os.stat(name, dir_fd=folder, follow_symlinks=False)
            if modes.S_ISLNK(found.st_mode):
                found = self._resolve(path / name).lstat()
        except (OSError, InvalidArgument):
            return None
        known = _stat(found)
        return FileInfo.of(name, None if known.is_dir else known.size) if known else None

    def _create(self, temporary: Path, path: SafePath) -> FileIO:
        # Somebody may delete the folder between its making and its use; three tries are more than that ever takes.
        for _ in range(3):
            try:
                return FileIO(os.open(temporary, _CREATE, self._file_mode), "w")
            except NotADirectoryError:
                raise file_in_the_way(path) from None
            except FileNotFoundError:
                self._make_folder(temporary.parent, path)
        raise Unavailable(f'the folder of "{path}" is being deleted; try again')

    def _make_folder(self, folder: Path, path: SafePath) -> None:
        missing = []
        while not os.path.lexists(folder):
            missing.append(folder)
            folder = folder.parent
        for made in reversed(missing):
            try:
                made.mkdir(self._folder_mode)
            except FileExistsError:
                continue  # another upload was faster
            except NotADirectoryError:
                raise file_in_the_way(path) from None
            except FileNotFoundError:
                return  # a deletion was faster; _create tries again
            self._force_folder(made.parent)

    def _rename_into_place(self, temporary: Path, target: Path, path: SafePath) -> None:
        try:
            temporary.replace(target)
        except IsADirectoryError:
            raise folder_in_the_way(path) from None
        except FileNotFoundError:
            raise Unavailable(f'the folder of "{path}" was deleted while it was written; try again') from None
        self._force_folder(target.parent)

    def _force(self, descriptor: int) -> None:
        if self._durable:
            os.fsync(descriptor)

    def _force_folder(self, folder: Path) -> None:
        if not self._durable:
            return
        try:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError:
            return  # deleted meanwhile, which undoes what was to be made lasting
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class _FileChunks:
    """The next `left` bytes of a file, which is closed at the end."""

    def __init__(self, file: FileIO, left: int) -> None:
        self._file = file
        self._left = left

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        chunk = self._file.read(min(CHUNK_BYTES, self._left)) if self._left else b""
        if not chunk:
            self.close()
            raise StopIteration
        self._left -= len(chunk)
        return chunk

    def close(self) -> None:
        self._left = 0
        self._file.close()

    def __del__(self) -> None:
        self.close()


def _stat(found: os.stat_result) -> Stat | None:
    if modes.S_ISDIR(found.st_mode):
        return Stat(is_dir=True, size=0, etag="", modified_at=found.st_mtime_ns // 1_000_000)
    if not modes.S_ISREG(found.st_mode):
        return None  # pipes, sockets and devices are no artifacts
    # Every write makes a new file, so the inode changes even if clock and size do not.
    etag = f'"{found.st_mtime_ns:x}-{found.st_size:x}-{found.st_ino:x}"'
    return Stat(is_dir=False, size=found.st_size, etag=etag, modified_at=found.st_mtime_ns // 1_000_000)


def _write_all(file: FileIO, chunk: bytes) -> None:
    left = memoryview(chunk)
    while left:
        left = left[file.write(left) or 0 :]


def _remove_folder(folder: Path) -> None:
    """Take a folder away in one step, then its files at leisure: nobody sees half of it or writes into it."""
    gone = folder.with_name(f"{RESERVED_PREFIX}{uuid.uuid4().hex}")
    try:
        folder.rename(gone)
    except OSError as error:
        if error.errno not in (errno.EBUSY, errno.EXDEV):  # a mounted folder stays where it is
            raise
        gone = folder
    # An upload that had found the folder just before may still put its file into it, and the folder is not empty then.
    for _ in range(3):
        try:
            return shutil.rmtree(gone, onerror=_ignore_missing)  # does not follow links
        except OSError as error:
            if error.errno != errno.ENOTEMPTY:
                raise
    if gone == folder:
        raise Unavailable("the folder is being written; try again")
    return None  # out of sight already: `sweep` will take the rest


def _ignore_missing(function: object, path: str, info: tuple[type, BaseException, object]) -> None:
    if not isinstance(info[1], FileNotFoundError):
        raise info[1]


def _remove_if_there(file: Path) -> None:
    try:
        file.unlink()
    except OSError:
        pass  # the error that brought us here matters more; `sweep` will find the file


@contextmanager
def _translated(path: SafePath) -> Iterator[None]:
    """What the system refuses, said in our words. Only the path is told, never where the root is."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENAMETOOLONG, errno.ELOOP):
            raise InvalidArgument(f'"{path}" is too long or goes in circles; choose a shorter path') from None
        raise Unavailable(f'the artifact store cannot reach "{path}": {os.strerror(error.errno or 0)}') from error
