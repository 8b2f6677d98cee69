"""An environment as a run had it, made by uv and kept for the next time.

    key = sha256(Python, requirements, versions of everything else, hito's wheel)   ──>  <cache>/environments/<key>/
                                                                                          .ready  when it is whole

The run's requirements are what it had imported; whatever these need beyond is held to the versions that were installed
then. Lines that would let a run's author fetch from anywhere (options, addresses) are refused unless the caller allows.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from hito.core.errors import InvalidArgument, Unavailable
from hito.reproduce import wheel
from hito.reproduce.packages import normal

_LINE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(\[[A-Za-z0-9._, -]+\])?\s*==\s*[A-Za-z0-9.*+!_-]+(\s*;[^@#]*)?")
_RANGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(\[[A-Za-z0-9._, -]*\])?\s*([<>=!~]=?=?[^;@#]*)?(;[^@#]*)?")
_PYTHON = re.compile(r"[0-9][0-9a-z.+*]*|([<>=!~]=?[0-9.*]+[, ]*)+")
_HASHES = re.compile(r"(\s*--hash=sha256:[0-9a-f]{64})+")
_OURS = frozenset({"hito"})


class Wanted(Struct, frozen=True, kw_only=True):
    """What an environment shall hold.

    Args:
        python: `3.11.7`, or as much of it as is known.
        requirements: pinned lines, as the run logged them.
        versions: name → version of everything that was installed; what else is needed is taken in these.
        instead: name → version, against what the two above say.
        ours: whether this hito belongs into it (the run used one that is on no index).
        loose: lines need not be pinned: they are a project's wishes, not what a run had.
    """

    python: str
    requirements: str
    versions: Mapping[str, str] = {}
    instead: Mapping[str, str] = {}
    ours: bool = False
    loose: bool = False


def checked(requirements: str, *, allow_urls: bool, pinned: bool = True) -> list[str]:
    """The lines of a requirements file, continued lines joined, comments left out.

    Args:
        pinned: whether each line must name one version.
    Raises: InvalidArgument: a line is an option, an address or a path, and `allow_urls` is not given.
    """
    form, what = (_LINE, "pinned package") if pinned else (_RANGE, "package")
    found = []
    for line in requirements.replace("\\\n", " ").splitlines():
        text = re.sub(r"(^|\s)#.*", "", line).strip()
        if not text:
            continue
        if form.fullmatch(_HASHES.sub("", text).strip()) is None and not allow_urls:
            raise InvalidArgument(
                f"the requirements hold {text[:120]!r}, which is no {what} of an index but lets their author "
                "choose where code comes from. If you trust them, allow it by --allow-urls"
            )
        found.append(text)
    return found


def build(
    wanted: Wanted,
    cache: Path,
    *,
    offline: bool = False,
    wheelhouse: Path | None = None,
    allow_urls: bool = False,
    say: Callable[[str], None] = lambda text: None,
) -> Path:
    """The folder of an environment, made now unless it is there already.

    Args:
        cache: where environments are kept.
        offline: take packages from uv's cache and the wheelhouse alone.
        wheelhouse: a folder of wheels; with `offline` nothing else is asked.
        say: is told what takes time.
    Raises: InvalidArgument: no such Python, a package that no index has, lines that are not allowed; Unavailable: another
        process is making it and does not end, the index does not answer, the disk is full.
    """
    lines = _lines(wanted, allow_urls)
    target = cache / "environments" / _key(wanted, lines)
    with _alone(target):
        if (target / ".ready").is_file():
            return target
        if target.exists():
            shutil.rmtree(target)
        began = time.monotonic()
        say(f"making an environment of {len(lines)} packages for Python {wanted.python or 'of this machine'}")
        try:
            _make(wanted, lines, target, offline, wheelhouse)
        except BaseException:
            shutil.rmtree(target, ignore_errors=True)
            raise
        (target / ".ready").touch()
        say(f"made in {time.monotonic() - began:.1f} s: {target}")
    return target


def python_of(environment: Path) -> Path:
    """The interpreter of an environment."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def contents(environment: Path) -> dict[str, str]:
    """What is installed in an environment: name → version."""
    command = [uv(), "pip", "list", "--quiet", "--format", "json", "--python", str(python_of(environment))]
    listed = json.loads(_run(command, "the list of packages") or "[]")
    return {str(one["name"]): str(one["version"]) for one in listed}


def version_of(environment: Path) -> str:
    """The version of an environment's Python, `3.11.7`."""
    said = _run(
        [str(python_of(environment)), "-I", "-c", "import platform; print(platform.python_version())"], "Python"
    )
    return said.strip()


def uv() -> str:
    """The path of uv: of this environment, else of the machine.

    Raises: InvalidArgument: there is none.
    """
    beside = Path(sys.executable).parent / "uv"
    found = str(beside) if beside.is_file() else shutil.which("uv")
    if found is None:
        raise InvalidArgument("this needs uv, which makes environments: pip install 'hito[reproduce]'")
    return found


def _lines(wanted: Wanted, allow_urls: bool) -> list[str]:
    lines = checked(wanted.requirements, allow_urls=allow_urls, pinned=not wanted.loose)
    instead = {normal(name): version for name, version in wanted.instead.items()}
    kept = [line for line in lines if _name(line) not in instead and (not wanted.ours or _name(line) not in _OURS)]
    return kept + [f"{name}=={version}" for name, version in sorted(instead.items())]


def _name(line: str) -> str:
    match = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", line)
    return normal(match[0]) if match else line


def _key(wanted: Wanted, lines: Sequence[str]) -> str:
    said = [wanted.python, lines, sorted(wanted.versions.items()), wanted.ours and _own_key()]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


def _own_key() -> str:
    """What this hito is, by the contents of its files."""
    return hashlib.sha256("".join(wheel.record()).encode()).hexdigest()


def _make(wanted: Wanted, lines: list[str], target: Path, offline: bool, wheelhouse: Path | None) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    asked = _python(wanted.python, offline)
    _run([uv(), "venv", "--quiet", "--python", asked, str(target)], f"Python {wanted.python}")
    requirements, constraints = target / "requirements.txt", target / "constraints.txt"
    requirements.write_text("\n".join(lines) + "\n", encoding="utf-8")
    named = {_name(line) for line in lines}
    held = [
        f"{name}=={version.partition('+')[0]}"
        for name, version in wanted.versions.items()
        if normal(name) not in named and normal(name) not in _OURS and re.fullmatch(r"[\w.!+-]+", version)
    ]
    hashed = bool(lines) and all("--hash=" in line for line in lines)
    constraints.write_text("\n".join([] if hashed else held) + "\n", encoding="utf-8")
    where = ["--offline"] if offline else []
    where += ["--find-links", str(wheelhouse)] if wheelhouse else []
    where += ["--no-index"] if wheelhouse and offline else []
    install = [uv(), "pip", "install", "--quiet", "--python", str(python_of(target)), *where]
    _run([*install, "-r", str(requirements), "-c", str(constraints)], "the run's packages")
    if wanted.ours:
        path = wheel.write(target)
        needs = wheel.requirements()
        _run([*install, "--no-deps", str(path)], "hito")
        _run(
            [*install, *needs, *([] if hashed else ["-r", str(requirements), "-c", str(constraints)])],
            "hito's packages",
        )


def _python(version: str, offline: bool) -> str:
    """What to ask uv for: this very interpreter if it is of the right version, since that one is here for sure."""
    own = ".".join(map(str, sys.version_info[:3]))
    if not version or own == version or own.startswith(f"{version}."):
        return sys.executable
    if not _PYTHON.fullmatch(version):  # uv also takes paths of programs and addresses
        raise InvalidArgument(f"{version[:80]!r} is no version of Python, such as 3.11.7")
    # A patch release that is nowhere to be had is no reason to give up: the check of the verdict names it.
    if own.rpartition(".")[0] == version.rpartition(".")[0]:
        return sys.executable
    return version if not offline else version.rpartition(".")[0]


def _run(command: list[str], what: str) -> str:
    quiet = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=quiet, check=False, stdin=subprocess.DEVNULL)  # noqa: S603
    except OSError as error:
        raise Unavailable(f"{what} could not be installed: {error}") from None
    if done.returncode:
        said = done.stderr.strip() or (
            f"it ended with exit code {done.returncode}"
            if done.returncode > 0
            else f"signal {-done.returncode} ended it"
        )
        kind = (
            Unavailable
            if re.search(r"No space left|timed out|dns error|connect", said, re.IGNORECASE)
            else InvalidArgument
        )
        raise kind(f"{what} cannot be installed as asked:\n{said}")
    return done.stdout


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """One process at a time makes an environment; the others wait for it."""
    import fcntl

    target.parent.mkdir(parents=True, exist_ok=True)
    with target.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def cache_folder() -> Path:
    """Where environments are kept: HITO_CACHE, else the user's cache folder."""
    named = os.environ.get("HITO_CACHE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hito"
