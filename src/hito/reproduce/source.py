"""The program's source, as it is now.

    in a git checkout     commit + patch (hito/source.patch) + untracked source files (hito/source.zip)
    without git           the script and the modules it imported from its own folders (hito/source.zip)
    in a notebook         also the cells that were run, in their order (hito/cells.py)

`git` is asked with everything off by which a repository could make it run programs.
"""

import io
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from hito.reproduce import context
from hito.reproduce.secrets import holds_secret, is_secret_file, masked_lines

PATCH, ARCHIVE, CELLS = "source.patch", "source.zip", "cells.py"

MAX_FILE = 1 << 20
"""Bytes of one source file; larger ones are data."""
MAX_ARCHIVE = 10 << 20
MAX_PATCH = 10 << 20
MAX_FILES = 2000
GIT_SECONDS = 10.0

_SOURCE = frozenset(
    ".py .pyi .pyx .pxd .ipynb .yaml .yml .toml .cfg .ini .json .sql .sh .r .jl .c .cc .cpp .h .hpp .cu .rs .go .txt".split()
)
_NOT_SOURCE = frozenset({"__pycache__", "node_modules", "mlruns", "venv"})
_QUIET = [
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "diff.external=",
    "-c",
    "core.quotePath=false",
]


class Source(Struct, frozen=True):
    """`files` are contents by name; `left_out` tells what is missing, and why; `dirty` is None without git."""

    files: dict[str, bytes]
    left_out: list[str]
    dirty: bool | None = None
    git_root: str | None = None


def gather() -> Source:
    """Read the source. It never changes anything, neither files nor git's index."""
    folder = context.source_folder()
    files: dict[str, bytes] = {}
    left_out: list[str] = []
    cells = notebook_cells()
    if cells:
        files[CELLS] = masked_lines(cells).encode()
    root = context.git_root(folder)
    if root is None or shutil.which("git") is None:
        archive = _zipped(_own_files(folder), left_out)
        if archive:
            files[ARCHIVE] = archive
        return Source(files, left_out)
    return _of_checkout(root, files, left_out)


def _of_checkout(root: Path, files: dict[str, bytes], left_out: list[str]) -> Source:
    """The patch and the untracked files of a checkout, added to `files`."""
    patch = _patch(root, left_out)
    untracked = _untracked(root)
    if patch:
        files[PATCH] = patch
    archive = _zipped(((root / name, name) for name in untracked if Path(name).suffix.lower() in _SOURCE), left_out)
    if archive:
        files[ARCHIVE] = archive
    return Source(files, left_out, bool(patch) or bool(archive) or bool(left_out), str(root))


def of_folder(folder: Path) -> Source:
    """The source in a folder that is run as a project; without git, all its source files."""
    files: dict[str, bytes] = {}
    left_out: list[str] = []
    root = context.git_root(folder)
    if root is not None and shutil.which("git") is not None:
        return _of_checkout(root, files, left_out)
    archive = _zipped(_below(folder), left_out)
    return Source({ARCHIVE: archive} if archive else {}, left_out)


def _below(folder: Path) -> Iterable[tuple[Path, str]]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _NOT_SOURCE)
        for name in sorted(names):
            path = Path(place, name)
            if path.suffix.lower() in _SOURCE or name == "MLproject":
                yield path, path.relative_to(folder).as_posix()


def notebook_cells() -> str:
    """The cells that were run in this session, in their order, as a script with `# %%` between them."""
    shell = context.notebook()
    if shell is None:
        return ""
    cells = [text for text in shell.user_ns.get("In", ()) if text]
    return "".join(f"# %%\n{text}\n\n" for text in cells)


def _git(root: Path, *arguments: str, limit: int) -> bytes | None:
    """What git prints; None if it fails, takes too long, or prints more than `limit` bytes."""
    command = ["git", "--no-optional-locks", "-C", str(root), *_QUIET, *arguments]
    quiet = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(  # noqa: S603  a fixed command
            command, capture_output=True, timeout=GIT_SECONDS, env=quiet, stdin=subprocess.DEVNULL, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 and len(done.stdout) <= limit else None


def _patch(root: Path, left_out: list[str]) -> bytes:
    """What differs from the commit, without files that look secret."""
    patch = _git(root, "diff", "--no-ext-diff", "--no-textconv", "--no-color", "HEAD", limit=MAX_PATCH)
    if patch is None:
        left_out.append(f"the patch: git gives none within {GIT_SECONDS:.0f} s and {MAX_PATCH >> 20} MiB")
        return b""
    kept = []
    for section in _sections(patch):
        name = section.split(b"\n", 1)[0].rpartition(b" b/")[2].decode("utf-8", "replace").strip('"')
        if is_secret_file(name) or holds_secret(section.decode("utf-8", "replace")):
            left_out.append(f"{name}: it looks like a secret")
        else:
            kept.append(section)
    return b"".join(kept)


def _sections(patch: bytes) -> list[bytes]:
    """The patch, file by file."""
    marker = b"diff --git "
    return [marker + part for part in (b"\n" + patch).split(b"\n" + marker)[1:] for part in [_ended(part)]]


def _ended(part: bytes) -> bytes:
    return part if part.endswith(b"\n") else part + b"\n"


def _untracked(root: Path) -> list[str]:
    listed = _git(root, "ls-files", "--others", "--exclude-standard", "-z", limit=MAX_PATCH)
    return [name.decode("utf-8", "surrogateescape") for name in (listed or b"").split(b"\0") if name]


def _own_files(folder: Path) -> Iterable[tuple[Path, str]]:
    """The script and the modules that are the user's: below the script's or the working folder, not installed."""
    script = context.script()
    roots = [folder, Path.cwd()]
    installed = {Path(sysconfig.get_paths()[name]).resolve() for name in ("stdlib", "purelib", "platlib")}
    files = [script] if script is not None else []
    files += [Path(file) for module in list(sys.modules.values()) if (file := getattr(module, "__file__", None))]
    seen = set()
    for file in files:
        path = file.absolute()
        if path in seen or path.suffix != ".py" or any(path.resolve().is_relative_to(place) for place in installed):
            continue
        seen.add(path)
        root = next((place for place in roots if path.is_relative_to(place)), None)
        if root is not None and not any(part in ("site-packages", "dist-packages") for part in path.parts):
            yield path, path.relative_to(root).as_posix()


def _zipped(files: Iterable[tuple[Path, str]], left_out: list[str]) -> bytes:
    """Files as a zip; empty if there are none. Its bytes depend on the files alone, not on when they were written."""
    target = io.BytesIO()
    size = count = 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, name in files:
            content, reason = _read(path, name)
            if not reason and (size + len(content) > MAX_ARCHIVE or count >= MAX_FILES):
                reason = f"the archive has {MAX_ARCHIVE >> 20} MiB and {MAX_FILES} files at most"
            if reason:
                left_out.append(f"{name}: {reason}")
                continue
            size, count = size + len(content), count + 1
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return target.getvalue() if count else b""


def _read(path: Path, name: str) -> tuple[bytes, str]:
    """A file's content, or why it is left out."""
    if is_secret_file(name):
        return b"", "it looks like a secret"
    try:
        if path.is_symlink() or not path.is_file():
            return b"", "it is no plain file"
        if path.stat().st_size > MAX_FILE:
            return b"", f"it is larger than {MAX_FILE >> 20} MiB"
        content = path.read_bytes()
    except OSError as error:
        return b"", f"it cannot be read ({error.strerror})"
    if holds_secret(content.decode("utf-8", "replace")):
        return b"", "it holds something that looks like a secret"
    return content, ""
