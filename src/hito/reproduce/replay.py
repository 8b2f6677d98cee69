"""Running a program again: where it stands now, what it is given, and what it must not touch.

The program gets a tracking server of its own, in the folder of the replay, and cannot choose another one: what it logs,
registers and promotes stays there. Only afterwards the one run that was asked for is copied to where its original is.

    old                                      new
    <git root>/examples/train.py             <replay>/source/examples/train.py
    <environment>/bin/python, bin/hito       <environment by uv>/bin/python, bin/hito
    working folder below the git root        the same below <replay>/source; else an empty one
    data files below it, unknown to git      copied there, after their digests were compared
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from hito.core.errors import InvalidArgument, NotFound
from hito.reproduce import project, sandboxed
from hito.reproduce.checkout import Checkout
from hito.reproduce.environments import python_of
from hito.reproduce.files import sha256
from hito.reproduce.machine import THREAD_SETTINGS
from hito.reproduce.past import Call, DataFile, Past
from hito.reproduce.secrets import MASK

SANDBOX = "HITO_SANDBOX"
"""Set for a program that runs again: it logs to the server that it is given, whatever it asks for."""
_GRACE = 10.0


class Program(Struct, frozen=True):
    """What to run: the command, its folder, its environment variables.

    `moved` tells of texts that name places now what they named then. `project` is the entry point that is called, if any.
    """

    command: list[str]
    folder: Path
    variables: dict[str, str]
    moved: dict[str, str] = {}
    project: Call | None = None

    def then(self, text: str) -> str:
        """A text in which places are named as they were then."""
        for now, was in self.moved.items():
            text = text.replace(now, was)
        return text


class Found(Struct, frozen=True):
    """A data file of the run and where it is now. `changed`: its content is another one."""

    was: DataFile
    now: Path
    changed: bool = False


def find_data(
    past: Past, moved: Mapping[str, str], artifact: Callable[[str], Path | None]
) -> tuple[list[Found], list[DataFile]]:
    """Look for every data file of a run: where the caller says, where it was, among the run's artifacts.

    Args:
        moved: old path → new path; an old one may be given by its last names.
        artifact: a copy of the run's artifact of this name, or None.
    Returns: those that are found, and those that are nowhere.
    Raises: NotFound: a new path does not exist.
    """
    found, missing = [], []
    for file in past.files:
        named = _moved(file.path, moved)
        if named is not None and not named.is_file():
            raise NotFound(f"there is no file {named}, which was given for {file.path}")
        candidates = [named] if named is not None else [Path(file.path)]
        place = next((one for one in candidates if one.is_file()), None)
        if (place is None or sha256(place) != file.sha256) and named is None:
            copy = artifact(Path(file.path).name)
            if copy is not None and sha256(copy) == file.sha256:
                place = copy
        if place is None:
            missing.append(file)
        else:
            found.append(Found(file, place, sha256(place) != file.sha256))
    return found, missing


def _moved(path: str, moved: Mapping[str, str]) -> Path | None:
    for old, new in moved.items():
        if path == old or path.endswith("/" + old.lstrip("/")):
            return Path(new)
    return None


def prepare(
    past: Past,
    checkout: Checkout,
    environment: Path,
    data: Sequence[Found],
    *,
    server: str,
    fill: Sequence[str] = (),
    replaced: Mapping[str, str] = {},
) -> Program:
    """Say how the program is run again, and put its data in place.

    Args:
        environment: its folder, or that of the environment we run in.
        server: the address that it logs to.
        fill: values for arguments that were left out as secrets, in their order.
        replaced: arguments, old → new.
    Raises: InvalidArgument: a secret argument has no value, or the run does not say how it was begun.
    """
    command = past.command or _guessed(past)
    if not command:
        raise InvalidArgument(f"run {past.run_id} does not say which program it was, so it cannot be run again")
    was = str(past.environment.get("folder") or checkout.was)
    folder = _below(was, checkout) or (checkout.root.parent / "folder" if was else checkout.root)
    folder.mkdir(parents=True, exist_ok=True)
    places = {}
    for one in data:
        place = _below(one.was.path, checkout) or _inside(one.was.path, was, folder)
        if place is None:
            places[one.was.path] = str(one.now)  # it was elsewhere on the disk, and is read where it is
        elif not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(one.now, place)
    secrets = list(fill)

    def now(argument: str) -> str:
        found = _translated(argument, past, checkout, environment, places, secrets)
        return replaced.get(argument, replaced.get(found, found))

    site = checkout.root.parent / "site"
    site.mkdir()
    shutil.copyfile(sandboxed.__file__, site / "sitecustomize.py")
    variables = _variables(past, environment, server) | {"PYTHONPATH": str(site)}
    moved = {now: then for then, now in places.items()}
    moved |= {str(checkout.root): checkout.was} if checkout.was else {}
    moved |= {str(folder): was} if was else {}
    moved |= {str(environment): prefix} if (prefix := _prefix(past)) else {}
    if past.project is not None:
        named = {name: now(value) for name, value in past.project.named.items()}
        others = {name: None if value is None else now(value) for name, value in past.project.others.items()}
        line = project.command(past.project.entry_point, named, others)
        again = Call(past.project.entry_point, named, others)
        return Program(["bash", "-c", line], folder, variables, moved, again)
    return Program([str(python_of(environment)), *(now(one) for one in command[1:])], folder, variables, moved)


def _guessed(past: Past) -> list[str]:
    """The command of a run that MLflow logged: it keeps the program's name alone."""
    name = past.tags.get("mlflow.source.name", "")
    return ["python", name] if name.endswith(".py") else []


def _below(path: str, checkout: Checkout) -> Path | None:
    """Where something below the old top is now."""
    if not checkout.was or not path:
        return None
    relative = os.path.relpath(path, checkout.was) if Path(path).is_absolute() else path
    if relative == ".." or relative.startswith("../"):
        return None
    return checkout.root / relative


def _inside(path: str, was: str, folder: Path) -> Path | None:
    """Where a file below the old working folder is now, if that folder was outside of the source."""
    relative = os.path.relpath(path, was) if was else ".."
    return None if relative.startswith("..") else folder / relative


def _translated(
    argument: str, past: Past, checkout: Checkout, environment: Path, places: Mapping[str, str], secrets: list[str]
) -> str:
    """An argument as it must be now."""
    option, equals, value = argument.partition("=")
    if equals and option.startswith("-"):
        return f"{option}={_translated(value, past, checkout, environment, places, secrets)}"
    if MASK in argument:
        if not secrets:
            raise InvalidArgument("the command line had a secret that was not recorded; give its value by --fill VALUE")
        return argument.replace(MASK, secrets.pop(0))
    if argument in places:
        return places[argument]
    if Path(argument).is_absolute():
        prefix = _prefix(past)
        if prefix and argument.startswith(f"{prefix}/bin/"):
            return str(environment / "bin" / argument.rpartition("/")[2])
        below = _below(argument, checkout)
        return str(below) if below is not None and below.exists() else argument
    return argument


def _prefix(past: Past) -> str:
    """The folder of the environment that the run had."""
    return str((past.environment.get("python") or {}).get("prefix") or "")


def _variables(past: Past, environment: Path, server: str) -> dict[str, str]:
    """Ours, without what steers numbers or tracking; then what the run had of these."""
    variables = variables_in(environment)
    for name in THREAD_SETTINGS:
        variables.pop(name, None)
    settings = past.environment.get("settings") or {}
    variables |= {name: str(settings[name]) for name in THREAD_SETTINGS if name in settings}
    return variables | {"HITO_TRACKING_URI": server, "MLFLOW_TRACKING_URI": server, SANDBOX: "1"}


def variables_in(environment: Path) -> dict[str, str]:
    """Our variables for a program in an environment, without those that would lead it to another one."""
    left_out = re.compile(r"(HITO|MLFLOW|GIT)_.*|PYTHON(?!HASHSEED).*|VIRTUAL_ENV|CONDA_.*")
    variables = {name: value for name, value in os.environ.items() if not left_out.fullmatch(name)}
    variables["PYTHONUNBUFFERED"] = "1"
    variables["PATH"] = f"{python_of(environment).parent}{os.pathsep}{variables.get('PATH', '')}"
    return variables


def run(program: Program, out: Callable[[bytes], None]) -> int:
    """Run it, its output handed on as it comes; its exit code.

    When we are interrupted it is asked to end, then made to; it is never left behind.
    """
    process = subprocess.Popen(  # noqa: S603  the program of the run that the caller asked for
        program.command, cwd=program.folder, env=program.variables, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        while chunk := process.stdout.read1(65536):  # type: ignore[attr-defined]
            out(chunk)
        return process.wait()
    finally:
        if process.poll() is None:
            _end(process)
        process.stdout.close()


def _end(process: "subprocess.Popen[bytes]") -> None:
    for signal_ in (signal.SIGINT, signal.SIGKILL):
        try:
            os.killpg(process.pid, signal_)
            process.wait(_GRACE)
            return
        except subprocess.TimeoutExpired:
            continue
        except ProcessLookupError:
            return


def own_environment() -> Path:
    """The environment that we run in."""
    return Path(sys.prefix)
