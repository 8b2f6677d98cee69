"""Data files that the program reads, seen while it reads them, and hashed when the run ends.

Python tells of every file that its own `open` opens (PEP 578). The hook notes names and nothing else, so it costs a
fraction of a microsecond; it cannot be taken back, but it can be told to look away. Files that a library opens from C
are not seen: those that were named on the command line are looked up as well.
"""

import hashlib
import os
import sys
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

SUFFIXES = frozenset(
    ".csv .tsv .parquet .pq .feather .arrow .json .jsonl .ndjson .npy .npz .txt .xlsx .xls .h5 .hdf5 .db .sqlite .libsvm "
    ".svm .data .gz .zst .zip .pkl .pickle .joblib .png .jpg .jpeg .wav .avro .orc .mat .arff .dat".split()
)
"""What a data file's name ends in. Others are programs, settings, libraries' own files."""
MAX_FILES = 64
MAX_BYTES = 1 << 30
"""Hashed in all, at most; some two seconds of a thread that nobody waits for."""
_CHUNK = 1 << 20
_NOT_DATA = ("site-packages", "dist-packages", ".hito", "__pycache__", ".venv", "mlruns", ".cache")

_seen: dict[str, None] = {}
_lock = threading.Lock()
_hooked = False


def watch() -> None:
    """Begin to note the names of files that are opened for reading."""
    global _hooked
    with _lock:
        if not _hooked:
            _hooked = True
            sys.addaudithook(_note)


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "open" or len(_seen) >= MAX_FILES * 4:
        return
    path, mode, flags = arguments
    if type(path) is not str or (mode is not None and mode[:1] not in ("r", "")):
        return
    if mode is None and flags & (os.O_WRONLY | os.O_RDWR):
        return
    if path[path.rfind(".") :].lower() in SUFFIXES:
        _seen[path] = None


def described(arguments: Iterable[str], folder: str) -> list[dict[str, Any]]:
    """Every data file that was read, or named on the command line, as it is now.

    Args:
        arguments: the command line; names that are no files are passed over.
        folder: where relative names begin.
    Returns: path (absolute), bytes, sha256, in the order of their paths.
    """
    found: list[dict[str, Any]] = []
    left = MAX_BYTES
    for path in sorted({*_paths(list(_seen), folder), *_paths(_named(arguments), folder)}):
        if len(found) >= MAX_FILES:
            break
        try:
            size = path.stat().st_size
            if size > left:
                continue
            left -= size
            found.append({"path": str(path), "bytes": size, "sha256": sha256(path)})
        except OSError:
            continue  # gone since, or not ours to read
    return found


def sha256(path: Path) -> str:
    """The digest of a file's content."""
    whole = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            whole.update(chunk)
    return whole.hexdigest()


def _named(arguments: Iterable[str]) -> list[str]:
    return [text for argument in arguments for text in (argument, argument.partition("=")[2]) if text]


def _paths(names: Iterable[str], folder: str) -> set[Path]:
    found = set()
    for name in names:
        path = Path(os.path.normpath(Path(folder, name)))
        if path.suffix.lower() in SUFFIXES and not any(part in _NOT_DATA for part in path.parts) and path.is_file():
            found.add(path)
    installed = {Path(sys.prefix), Path(sys.base_prefix), Path("/usr"), Path("/proc"), Path("/sys"), Path("/etc")}
    scratch = Path(tempfile.gettempdir())
    if not Path(folder).is_relative_to(scratch):  # what a program reads there, somebody has just written there
        installed.add(scratch)
    return {path for path in found if not any(path.is_relative_to(place) for place in installed)}
