"""Everything that running again needs to know, as tags and files.

    hito/environment.json   entry point, arguments, folder, Python, machine, settings, seeds, all that is installed
    hito/data.json          data files that the program read, with their digests (written when the run ends)
    hito/source.patch       what differs from the commit; hito/source.zip, hito/cells.py: see `source`
    requirements.txt        what was imported, pinned

It takes some hundred milliseconds the first time and some ten later, in a thread that lets others go first. Source and
packages are looked at again at a run's end, because imports happen late: what has not changed is not written twice.
"""

import json
import sys
import threading
import time
from pathlib import Path

from msgspec import Struct

from hito.reproduce import context, files, machine, packages, source
from hito.reproduce.secrets import masked_arguments

FOLDER = "hito"
ENVIRONMENT = f"{FOLDER}/environment.json"
REQUIREMENTS = "requirements.txt"
DATA = f"{FOLDER}/data.json"

DIRTY, COMMAND, PYTHON = "hito.git.dirty", "hito.command", "hito.python"

FRESH_SECONDS = 2.0
"""Runs that begin within this time of each other share one look at the source."""


class Provenance(Struct, frozen=True):
    """Where a run comes from: `tags` for the run, `files` by their path among its artifacts."""

    tags: dict[str, str]
    files: dict[str, bytes]


class _Known:
    """The last look at the source, and at what is installed."""

    look: source.Source | None = None
    at = 0.0
    modules = 0
    installed: dict[str, str] | None = None


_known = _Known()
_lock = threading.Lock()


def gather(beginning: machine.Beginning) -> Provenance:
    """Everything, as it is now.

    Raises: nothing that a program could do something about; what cannot be read is missing.
    """
    with _lock:
        found = _source()
        if _known.installed is None:
            _known.installed = packages.installed()
    command = masked_arguments(beginning.argv)
    script = context.script()
    described = {
        "entry_point": str(script) if script is not None else context.source_name(),
        "command": command,
        "folder": beginning.folder,
        "ordinal": beginning.ordinal,
        **machine.describe(),
        "seeds": beginning.seeds,
        "source": {"git_root": found.git_root, "dirty": found.dirty, "left_out": found.left_out, **_git()},
        "distributions": _known.installed,
    }
    tags = {COMMAND: " ".join(command)[:5000], PYTHON: described["python"]["version"]}
    if found.dirty is not None:
        tags[DIRTY] = str(found.dirty).lower()
    files = {f"{FOLDER}/{name}": content for name, content in found.files.items()}
    files[ENVIRONMENT] = json.dumps(described, indent=2, default=str).encode()
    files[REQUIREMENTS] = requirements()
    return Provenance(tags, files)


def requirements() -> bytes:
    """The requirements file, as it is now."""
    folder = context.git_root(context.source_folder()) or context.source_folder()
    try:
        return packages.requirements(folder).encode()
    except (OSError, ValueError):  # a broken lock file: then without its hashes
        return packages.requirements().encode()


def gather_again(before: dict[str, bytes]) -> dict[str, bytes]:
    """At a run's end: what differs from the files that were kept at its beginning, and what is new.

    In a git checkout the source is what it was at the beginning, whatever was edited since; without git, modules that
    were imported meanwhile are added; in a notebook, cells that were run.
    """
    found = {REQUIREMENTS: requirements()}
    read = files.described(getattr(sys, "orig_argv", sys.argv)[1:], str(Path.cwd()))
    if read:
        found[DATA] = json.dumps({"files": read}, indent=2).encode()
    cells = source.notebook_cells()
    if cells or f"{FOLDER}/{source.PATCH}" not in before:
        with _lock:
            now = _source()
        if now.git_root is None:
            found |= {f"{FOLDER}/{name}": content for name, content in now.files.items()}
        elif source.CELLS in now.files:
            found[f"{FOLDER}/{source.CELLS}"] = now.files[source.CELLS]
    return {name: content for name, content in found.items() if before.get(name) != content}


def _source() -> source.Source:
    now = time.monotonic()
    stale = now - _known.at > FRESH_SECONDS or len(sys.modules) != _known.modules or context.notebook() is not None
    if _known.look is None or stale:
        _known.modules = len(sys.modules)
        _known.look = source.gather()
        _known.at = time.monotonic()
    return _known.look


def _git() -> dict[str, str]:
    return {name: value for name, value in context.tags().items() if name.startswith("mlflow.source.git.")}
