"""What is installed, and which of it a program has imported.

The names of distributions and their versions stand in the names of their folders; only for those that were imported a
file is read, once in a process. Between two of them other threads get their turn: a training goes on meanwhile.
"""

import csv
import json
import re
import sys
import threading
import time
import tomllib
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from hito.reproduce.context import without_secret

LOCKS = ("uv.lock", "poetry.lock", "pylock.toml")
"""Files beside a program from which hashes are taken."""
REQUIREMENT_FILES = ("requirements.txt", "requirements.lock", "requirements/base.txt")

_HASHED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
_HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})")

_lock = threading.Lock()
_by_module: dict[str, list[metadata.Distribution]] = {}
_read: set[str] = set()


def installed() -> dict[str, str]:
    """Every distribution that can be imported from here: name → version."""
    found: dict[str, str] = {}
    for distribution in metadata.distributions():
        name, version = _named(distribution)
        found.setdefault(name, version)
        time.sleep(0)  # let go of the interpreter lock
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))


def imported() -> list[metadata.Distribution]:
    """The distributions of what was imported until now, and what of their requirements was imported, too."""
    modules = {name.partition(".")[0] for name in list(sys.modules)} - set(sys.stdlib_module_names)
    with _lock:
        _look_up()
    found = {normal(_named(one)[0]): one for module in modules for one in _by_module.get(module, ())}
    return [found[name] for name in sorted(found)]


def requirements(folder: Path | None = None) -> str:
    """A requirements file for what was imported, each pinned.

    Args:
        folder: where the program's lock file is looked for. If it has hashes for every one of these versions, they are
            added; some hashes only would make pip refuse the others.
    """
    lines = []
    names: dict[str, tuple[str, str]] = {}
    plain = True
    for distribution in imported():
        name, version = _named(distribution)
        origin = _origin(distribution)
        if "vcs_info" in origin:
            vcs = origin["vcs_info"]
            address = without_secret(str(origin.get("url", "")))
            lines.append(f"{name} @ {vcs.get('vcs', 'git')}+{address}@{vcs.get('commit_id', '')}")
            plain = False
        elif "dir_info" in origin:
            lines.append(f"# {name}=={version} was installed from a folder of this machine")
        else:
            # A local version, such as +cpu, is on no index.
            public = version.partition("+")[0]
            lines.append(f"{name}=={public}")
            names[lines[-1]] = (normal(name), public)
    hashes = known_hashes(folder) if folder is not None and plain else {}
    if names and all(hashes.get(one) for one in names.values()):
        lines = [_with_hashes(line, hashes[names[line]]) if line in names else line for line in lines]
    python = ".".join(map(str, sys.version_info[:3]))
    return f"# Python {python}; what the run had imported, pinned\n" + "".join(f"{line}\n" for line in lines)


def known_hashes(folder: Path) -> dict[tuple[str, str], list[str]]:
    """(name, version) → hashes, from the lock files in a folder."""
    found: dict[tuple[str, str], list[str]] = {}
    for name in LOCKS:
        path = folder / name
        if path.is_file():
            found.update(_from_lock(tomllib.loads(path.read_text("utf-8"))))
    for name in REQUIREMENT_FILES:
        path = folder / name
        if path.is_file():
            found.update(_from_requirements(path.read_text("utf-8")))
    return found


def normal(name: str) -> str:
    """A distribution's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _look_up() -> None:
    """Fill `_by_module` with the distributions that are not in it yet."""
    for distribution in metadata.distributions():
        place = str(getattr(distribution, "_path", id(distribution)))
        if place in _read:
            continue
        _read.add(place)
        for module in _modules(distribution):
            _by_module.setdefault(module, []).append(distribution)
        time.sleep(0)


def _modules(distribution: metadata.Distribution) -> set[str]:
    """The top-level modules of a distribution."""
    listed = distribution.read_text("top_level.txt")
    if listed is not None:
        return set(listed.split())
    record = distribution.read_text("RECORD") or ""
    found = set()
    for row in csv.reader(record.splitlines()):
        top, _, rest = row[0].partition("/") if row else ("", "", "")
        if rest and not top.endswith((".dist-info", ".data", "..")) and top != "__pycache__":
            found.add(top)
        elif not rest and top.endswith((".py", ".so", ".pyd")):
            found.add(top.partition(".")[0])
    return found


def _named(distribution: metadata.Distribution) -> tuple[str, str]:
    path = getattr(distribution, "_path", None)
    stem = Path(str(path)).name.removesuffix(".dist-info") if path is not None else ""
    name, _, version = stem.partition("-")
    if name and version and not stem.endswith(".egg-info"):
        return name.replace("_", "-"), version
    return str(distribution.metadata["Name"]), distribution.version


def _origin(distribution: metadata.Distribution) -> dict[str, Any]:
    """What `direct_url.json` says of a distribution that came from no index (PEP 610)."""
    text = distribution.read_text("direct_url.json")
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _from_lock(content: Mapping[str, Any]) -> dict[tuple[str, str], list[str]]:
    """uv.lock and poetry.lock have `package`, pylock.toml has `packages`."""
    found: dict[tuple[str, str], list[str]] = {}
    for package in [*content.get("package", ()), *content.get("packages", ())]:
        files = [*package.get("wheels", ()), *package.get("files", ())]
        files += [package["sdist"]] if isinstance(package.get("sdist"), dict) else []
        hashes = [f"sha256:{file['hashes']['sha256']}" for file in files if "sha256" in file.get("hashes", {})]
        hashes += [file["hash"] for file in files if str(file.get("hash", "")).startswith("sha256:")]
        if hashes and package.get("name") and package.get("version"):
            found[normal(package["name"]), str(package["version"])] = hashes
    return found


def _from_requirements(text: str) -> dict[tuple[str, str], list[str]]:
    joined = text.replace("\\\n", " ")
    found: dict[tuple[str, str], list[str]] = {}
    for line in joined.splitlines():
        pinned, hashes = _HASHED.match(line), _HASH.findall(line)
        if pinned and hashes:
            found[normal(pinned[1]), pinned[2]] = hashes
    return found


def _with_hashes(line: str, hashes: Iterable[str]) -> str:
    return " \\\n    ".join([line, *(f"--hash={one}" for one in sorted(set(hashes)))])
