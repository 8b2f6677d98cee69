"""`hito run PROJECT`: an entry point of an MLproject, in its environment, with a run around it.

    folder or repository@revision ──> project ──> parameters, command ──> environment by uv ──> run ──> the program

The program finds its run as MLflow's projects do, by MLFLOW_RUN_ID, whether it imports mlflow or hito. What it was made
of (source, packages, command, parameters, data files given as paths) is recorded as for every other run, so that
`hito reproduce` can have it again.
"""

import io
import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from msgspec import Struct

from hito.client.client import TransportClient
from hito.connect import Client
from hito.core.errors import InvalidArgument, NotFound
from hito.fluent.local_server import reachable
from hito.reproduce import checkout, context, environments, files, machine, packages, project, replay, source
from hito.reproduce.capture import COMMAND, DATA, DIRTY, ENVIRONMENT, FOLDER, PYTHON, REQUIREMENTS
from hito.reproduce.environments import Wanted, python_of
from hito.reproduce.packages import normal
from hito.reproduce.past import Call
from hito.reproduce.project import EntryPoint, Project, Source
from hito.reproduce.secrets import masked_arguments

CONSOLE = "console.txt"
_CONSOLE_BYTES = 1_000_000
_PROJECT = "PROJECT"


class Asked(Struct, frozen=True, kw_only=True):
    """What to run, and how; see the options of `hito run`."""

    source: Source
    entry_point: str = "main"
    values: Mapping[str, str | None] = {}
    env_manager: str = "uv"
    offline: bool = False
    wheelhouse: Path | None = None
    allow_urls: bool = False
    experiment: str = ""
    run_name: str | None = None


class Ended(Struct, frozen=True):
    """How it went: the run, its status, the program's exit code."""

    run_id: str
    name: str
    status: str
    code: int


def run(uri: str, asked: Asked, say: Callable[[str], None], out: Callable[[bytes], None]) -> Ended:
    """Run a project.

    Args:
        uri: where the run is logged to.
        say: is told what is being done, a line at a time.
        out: is given the program's output as it comes.
    Raises: HitoError: the project cannot be had, or cannot be run as asked; then there is no run. KeyboardInterrupt: after
        the program was ended and its run is KILLED.
    """
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hito-run-")))
        found = project.read(folder_of(asked.source, place / "source", say))
        point = found.entry_point(asked.entry_point)
        named, others = project.resolved(point, asked.values, found.folder, Path.cwd())
        server = stack.enter_context(reachable(uri))
        client = Client(server)
        named = {name: _fetched(client, name, point, value, place) for name, value in named.items()}
        line = project.command(point, named, others)
        shown = project.command(point, without_secrets(named), without_secrets(others))
        environment = environment_of(found, asked, say)
        begun = client.create_run(
            None, tags=_tags(asked, found, point, shown), run_name=asked.run_name or found.name or found.folder.name,
            experiment_name=asked.experiment or "Default", user_id=context.user(),
        )  # fmt: skip
        run_id, name = begun.info.run_id, begun.info.run_name
        status, code, tail = "FAILED", 1, _Tail(out)
        try:
            log_params(client, run_id, named, others)
            capture(client, run_id, found.folder, Call(point, named, others), environment)
            client.flush(run_id)
            say(f"run {name} ({run_id}): {shown}")
            variables = _variables(environment) | variables_of(server, run_id, client)
            code = replay.run(replay.Program(["bash", "-c", line], found.folder, variables), tail)
            status = "FAILED" if code else "FINISHED"
        except KeyboardInterrupt:
            status, code = "KILLED", 130
        finally:
            if tail.content and not any(one.path == CONSOLE for one in client.list_artifacts(run_id)):
                client.log_text(run_id, tail.content.decode("utf-8", "replace"), CONSOLE)
            client.set_terminated(run_id, status)
            client.flush(run_id)
        return Ended(run_id, name, status, code)


def folder_of(wanted: Source, into: Path, say: Callable[[str], None]) -> Path:
    """The project's folder: where it is, or a clone of its repository at the revision."""
    if not wanted.is_repository and not wanted.revision:
        return Path(wanted.place, wanted.below).resolve()
    repository, below = wanted.place, wanted.below
    if not wanted.is_repository:
        folder = Path(wanted.place).resolve()
        root = context.git_root(folder)
        if root is None:
            raise NotFound(f"{wanted.place} is in no git repository, and no address of one that is cloned from here")
        repository, below = str(root), str(folder.relative_to(root) / below)
    commit = checkout.fetch(repository, wanted.revision, into)
    say(f"{repository} at commit {commit[:12]}")
    folder = into / below
    if not folder.resolve().is_relative_to(into.resolve()) or not folder.is_dir():
        raise NotFound(f"there is no folder {below} in {repository} at commit {commit[:12]}")
    return folder.resolve()


def environment_of(found: Project, asked: Asked, say: Callable[[str], None]) -> Path:
    """The environment in which the project wants to run."""
    if asked.env_manager == "local" or found.environment is None:
        say("environment: this one" + ("" if found.environment is None else ", as asked"))
        return replay.own_environment()
    if found.environment.left_out:
        say(f"environment: left out, since no index of Python has them: {', '.join(found.environment.left_out)}")
    lines = found.environment.requirements
    ours = any(normal(line.partition("=")[0].partition("[")[0].strip()) == "hito" for line in lines)
    wanted = Wanted(
        python=found.environment.python, requirements="\n".join(lines), versions={}, ours=ours, loose=True
    )  # fmt: skip
    return environments.build(
        wanted, environments.cache_folder(), offline=asked.offline, wheelhouse=asked.wheelhouse,
        allow_urls=asked.allow_urls, say=lambda text: say(f"environment: {text}"),
    )  # fmt: skip


def log_params(
    client: TransportClient, run_id: str, named: Mapping[str, str | None], others: Mapping[str, str | None]
) -> None:
    """Every parameter's value is a param of the run; a switch is True, what looks secret is not told."""
    for name, value in without_secrets({**others, **named}).items():
        client.log_param(run_id, name, "True" if value is None else value)


def without_secrets(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, but for those whose names say that they are secret."""
    return {
        name: value if value is None else masked_arguments([f"--{name}", value])[1] for name, value in values.items()
    }


def variables_of(server: str, run_id: str, client: TransportClient) -> dict[str, str]:
    """What tells a program which run is its own."""
    experiment = client.get_run(run_id).info.experiment_id
    said = {"TRACKING_URI": server, "RUN_ID": run_id, "EXPERIMENT_ID": experiment}
    return {f"{whose}_{name}": value for whose in ("HITO", "MLFLOW") for name, value in said.items()}


def _variables(environment: Path) -> dict[str, str]:
    """Ours, credentials for the server among them, in the environment that the program is given."""
    left_out = {"VIRTUAL_ENV", "PYTHONHOME", "HITO_EXPERIMENT_NAME", "MLFLOW_EXPERIMENT_NAME"}
    left_out |= set() if environment == replay.own_environment() else {"PYTHONPATH"}
    variables = {name: value for name, value in os.environ.items() if name not in left_out}
    return variables | {"PYTHONUNBUFFERED": "1", "PATH": replay.variables_in(environment)["PATH"]}


class _Tail:
    """Output that is handed on, and of which the end is kept."""

    def __init__(self, out: Callable[[bytes], None]) -> None:
        self._out, self.content = out, b""

    def __call__(self, chunk: bytes) -> None:
        self.content = (self.content + chunk)[-_CONSOLE_BYTES:]
        self._out(chunk)


def _fetched(client: Client, name: str, point: EntryPoint, value: str, place: Path) -> str:
    """The file that a path parameter names by an artifact of a run."""
    if point.parameters[name].type != "path" or not value.startswith(("runs:/", "models:/")):
        return value
    run_id, _, path = value.removeprefix("runs:/").strip("/").partition("/")
    if value.startswith("models:/") or not run_id or not path:
        raise InvalidArgument(f"parameter {name} must be a path or runs:/RUN_ID/path, found {value!r}")
    (place / "inputs").mkdir(exist_ok=True)
    return client.download_artifacts(run_id, path, place / "inputs")


def _tags(asked: Asked, found: Project, point: EntryPoint, line: str) -> dict[str, str]:
    below = f"#{asked.source.below}" if asked.source.below else ""
    place = asked.source.place if asked.source.is_repository else str(Path(asked.source.place).absolute())
    tags = {
        context.USER: context.user(),
        context.SOURCE_NAME: context.without_secret(place) + below,
        context.SOURCE_TYPE: _PROJECT,
        "mlflow.project.entryPoint": point.name,
        "mlflow.project.backend": "local",
        "mlflow.project.env": "local" if asked.env_manager == "local" or found.environment is None else "uv",
        COMMAND: line[:5000],
    }
    tags |= context.tags_of(found.folder)
    if asked.source.is_repository:
        tags[context.REPOSITORY] = context.without_secret(asked.source.place)
        tags["mlflow.gitRepoURL"] = tags[context.REPOSITORY]
    return tags


def capture(client: TransportClient, run_id: str, folder: Path, call: Call, environment: Path) -> None:
    """Record what a run is made of, as `reproduce.capture` does for programs that import hito.

    Args:
        folder: the project's.
        environment: that in which it runs.
    """
    shown = Call(call.entry_point, without_secrets(call.named), without_secrets(call.others))
    line = project.command(shown.entry_point, shown.named, shown.others)
    own = environment == replay.own_environment()
    installed = packages.installed() if own else environments.contents(environment)
    python = ".".join(map(str, sys.version_info[:3])) if own else environments.version_of(environment)
    seen = source.of_folder(folder)
    described: dict[str, Any] = {
        "entry_point": str(folder / project.FILE),
        "command": ["bash", "-c", line],
        "folder": str(folder),
        "ordinal": 0,
        **machine.describe(),
        "seeds": {},
        "source": {"git_root": seen.git_root or str(folder), "dirty": seen.dirty, "left_out": seen.left_out},
        "distributions": installed,
        "project": {
            "entry_point": shown.entry_point.name,
            "command": shown.entry_point.command,
            "parameters": shown.named,
            "others": shown.others,
        },
    }
    described["python"] |= {
        "version": python, "executable": str(python_of(environment)), "prefix": str(environment),
    }  # fmt: skip
    pins = "".join(f"{name}=={version.partition('+')[0]}\n" for name, version in sorted(installed.items()))
    kept = {f"{FOLDER}/{name}": content for name, content in seen.files.items()}
    kept[ENVIRONMENT] = json.dumps(described, indent=2, default=str).encode()
    kept[REQUIREMENTS] = f"# Python {python}; what was installed, pinned\n{pins}".encode()
    data = files.described([value for value in call.named.values() if Path(value).is_file()], os.fspath(Path.cwd()))
    if data:
        kept[DATA] = json.dumps({"files": data}, indent=2).encode()
    client.set_tag(run_id, PYTHON, python)
    if seen.dirty is not None:
        client.set_tag(run_id, DIRTY, str(seen.dirty).lower())
    for path, content in kept.items():
        client.log_stream(run_id, io.BytesIO(content), path)
