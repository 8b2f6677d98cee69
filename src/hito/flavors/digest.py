"""What a model's files are, in one number, so that a version can say later whether they are still the same.

    sha256 of, for each file in the order of its path's bytes:
        length of path (8 bytes, big end first) · path (UTF-8, / between names) · length of content (8) · content

The lengths keep two different folders from giving the same stream.
"""

import hashlib
import os
from pathlib import Path

from hito.core.errors import InvalidArgument

CHUNK = 1024 * 1024

NOT_PART = frozenset({"registered_model_meta"})
"""Files that a client writes beside a downloaded model; they were never uploaded."""


def digest(folder: Path) -> str:
    """The digest of a model's folder: 64 hexadecimal digits, the same on every system.

    Raises: InvalidArgument: the folder holds a symbolic link or another thing that is neither file nor folder, whose
        content could change without the folder changing.
    """
    whole = hashlib.sha256()
    for name, path in sorted(_files(folder)):
        _feed_length(whole, len(name))
        whole.update(name)
        _feed_length(whole, path.stat().st_size)
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                whole.update(chunk)
    return whole.hexdigest()


def verify(folder: Path, expected: str) -> None:
    """Check a folder against the digest that its version keeps.

    Raises: InvalidArgument: the files are not those that were registered.
    """
    found = digest(folder)
    if found != expected:
        raise InvalidArgument(
            f"the files of {folder} have digest {found[:12]}…, but the version was registered with {expected[:12]}…: "
            "they were changed since, or were not downloaded whole. Download them again, or register them anew"
        )


def _files(folder: Path) -> list[tuple[bytes, Path]]:
    found = []
    for root, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            path = Path(root, name)
            if path.is_symlink() or not (path.is_dir() or path.is_file()):
                raise InvalidArgument(f"{path} is neither a file nor a folder; a model consists of these alone")
        for name in files:
            path = Path(root, name)
            relative = path.relative_to(folder).as_posix()
            if relative not in NOT_PART:
                found.append((relative.encode(), path))
    return found


def _feed_length(whole: "hashlib._Hash", length: int) -> None:
    whole.update(length.to_bytes(8, "big"))
