"""MLproject files: what a project offers to run, with which parameters, in which environment. Text in, values out.

    name: forest
    python_env: python_env.yaml            # or conda_env: conda.yaml, of which python and the pip part are used
    entry_points:
      main:
        parameters:
          alpha: {type: float, default: 0.5}
          data: path                       # a type alone: the parameter must be given
        command: "python train.py --alpha {alpha} --data {data}"

The rules are those that `mlflow run` shows: a value is quoted for the shell before it is put in; parameters that the entry
point does not name are added as `--name value`; a `path` becomes absolute and must exist; a `uri` must have a scheme; a
`float` is not checked. A .py or .sh file of the project is an entry point of its own. Two things are easier here: a
relative path that is not there from the working directory is looked for in the project, and what is logged as a param is
the value, not its quoted form.
"""

import os
import re
import shlex
import string
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from msgspec import Struct

from hito.core.errors import InvalidArgument, NotFound

FILE = "MLproject"
PYTHON_ENV, CONDA_ENV = "python_env.yaml", "conda.yaml"
TYPES = ("string", "float", "path", "uri")

_MAX_FILE = 1 << 20


class Parameter(Struct, frozen=True):
    """`default` is None if there is none: then a value must be given."""

    type: str = "string"
    default: str | None = None


class EntryPoint(Struct, frozen=True):
    name: str
    command: str
    parameters: dict[str, Parameter] = {}


class Environment(Struct, frozen=True):
    """What a project wants to be installed. `python`: as much of a version as is asked for; empty: any.

    `left_out`: packages of conda that no index of Python has.
    """

    python: str = ""
    requirements: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


class Project(Struct, frozen=True):
    """A project. `environment` is None if it names none."""

    folder: Path
    name: str = ""
    entry_points: dict[str, EntryPoint] = {}
    environment: Environment | None = None

    def entry_point(self, name: str) -> EntryPoint:
        """An entry point by its name, or a program of the project by its path.

        Raises: NotFound.
        """
        if name in self.entry_points:
            return self.entry_points[name]
        program = self.folder / name
        within = program.resolve().is_relative_to(self.folder.resolve())
        if within and program.is_file() and program.suffix in (".py", ".sh"):
            return EntryPoint(name, f"{'python' if program.suffix == '.py' else 'bash'} {shlex.quote(name)}")
        known = ", ".join(self.entry_points) or "none"
        raise NotFound(
            f"the project has no entry point {name!r} (it has: {known}), and no .py or .sh file of this name; "
            "choose one by -e"
        )


class Source(Struct, frozen=True):
    """Where a project is: a folder, or a repository with a revision ("" for its head); `below`: a folder in it."""

    place: str
    revision: str = ""
    below: str = ""

    @property
    def is_repository(self) -> bool:
        return is_repository(self.place)


def is_repository(text: str) -> bool:
    """Whether a text is the address of a git repository."""
    return text.startswith(("https://", "http://", "ssh://", "git@", "file://", "git://"))


def source_of(text: str, revision: str = "", *, cloned: bool = False) -> Source:
    """`URI[#folder][@revision]` taken apart; `revision` goes before the one in the text.

    Args:
        cloned: a folder is a repository, too, and its head is taken if no revision is named.

    Raises: InvalidArgument: a revision that is none, a folder that leads out of the repository.
    """
    place, _, named = text.rpartition("@")
    # What follows the user of an address, `git@host:x`, `https://user@host/x`, has a colon or a slash.
    if not place or not (cloned or is_repository(place)) or re.search(r"[/:]", named):
        place, named = text, ""
    place, _, below = place.partition("#")
    below, _, inner = below.partition("@")
    wanted = revision or inner or named or ("HEAD" if cloned else "")
    if wanted and (wanted.startswith("-") or not re.fullmatch(r"[\w./+-]+", wanted) or ".." in wanted):
        raise InvalidArgument(f"{wanted[:80]!r} is no commit, tag or branch")
    if below.startswith("/") or ".." in Path(below).parts:
        raise InvalidArgument(f"the folder {below[:80]!r} leads out of the repository")
    return Source(place, wanted, below.strip("/"))


def read(folder: Path) -> Project:
    """The project in a folder; one without an MLproject file has its programs as entry points.

    Raises: InvalidArgument: a file of it is malformed or asks for what is not done here; NotFound: there is no folder.
    """
    if not folder.is_dir():
        raise NotFound(f"there is no folder {folder}")
    file = next((one for one in sorted(folder.iterdir()) if one.name.lower() == FILE.lower() and one.is_file()), None)
    said = _mapping(file) if file is not None else {}
    if "docker_env" in said:
        raise InvalidArgument(f"{FILE} asks for a Docker container, in which hito does not run projects")
    points = said.get("entry_points") or {}
    if not isinstance(points, dict):
        raise InvalidArgument(f"{FILE}: entry_points must be a mapping of names")
    return Project(
        folder, str(said.get("name") or ""), {str(name): _point(str(name), one) for name, one in points.items()},
        _environment(folder, said),
    )  # fmt: skip


def resolved(
    point: EntryPoint, given: Mapping[str, str | None], project: Path, working: Path
) -> tuple[dict[str, str], dict[str, str | None]]:
    """The values of all parameters: those that the entry point names, and the others.

    Args:
        given: None is a switch, which has no value; only parameters that the entry point does not name can be one.
        working: where relative paths begin; then at the project.
    Raises: InvalidArgument: a value is missing, a path is not there, a URI is none.
    """
    missing = [name for name, one in point.parameters.items() if given.get(name, one.default) is None]
    if missing:
        raise InvalidArgument(f"entry point {point.name!r} needs {', '.join(missing)}: -P {missing[0]}=VALUE")
    named = {
        name: _typed(name, one, str(given.get(name, one.default)), project, working)
        for name, one in point.parameters.items()
    }
    return named, {name: value for name, value in given.items() if name not in point.parameters}


def command(point: EntryPoint, named: Mapping[str, str], others: Mapping[str, str | None]) -> str:
    """The command line, for a shell.

    Raises: InvalidArgument: it names a parameter that the entry point does not have.
    """
    quoted = {name: shlex.quote(value) for name, value in {**others, **named}.items() if value is not None}
    try:
        pieces = []
        for text, field, form, _ in string.Formatter().parse(point.command):
            pieces.append(text)
            if field is not None:
                if form or field not in quoted:
                    raise InvalidArgument(
                        f"the command of entry point {point.name!r} names {{{field}}}, which is none of its parameters"
                    )
                pieces.append(quoted[field])
    except ValueError as error:
        raise InvalidArgument(f"the command of entry point {point.name!r} is malformed: {error}") from None
    for name, value in others.items():
        pieces.append(f" {shlex.quote(f'--{name}')}")
        pieces += [f" {shlex.quote(value)}"] if value is not None else []
    return "".join(pieces)


def _point(name: str, said: Any) -> EntryPoint:
    if not isinstance(said, dict) or not isinstance(said.get("command"), str):
        raise InvalidArgument(f"{FILE}: entry point {name!r} has no command")
    parameters = said.get("parameters") or {}
    if not isinstance(parameters, dict):
        raise InvalidArgument(f"{FILE}: the parameters of entry point {name!r} must be a mapping of names")
    return EntryPoint(name, said["command"], {str(key): _parameter(str(key), one) for key, one in parameters.items()})


def _parameter(name: str, said: Any) -> Parameter:
    if isinstance(said, str):
        said = {"type": said}
    if not isinstance(said, dict) or said.get("type", "string") not in TYPES:
        raise InvalidArgument(f"{FILE}: parameter {name!r} has no type of {', '.join(TYPES)}")
    default = said.get("default")
    return Parameter(said.get("type", "string"), None if default is None else str(default))


def _typed(name: str, parameter: Parameter, value: str, project: Path, working: Path) -> str:
    if parameter.type == "uri" and not urlsplit(value).scheme:
        raise InvalidArgument(f"parameter {name} must be a URI, {value!r} has no scheme such as https:")
    if parameter.type != "path" or value.startswith(("runs:/", "models:/")):
        return value
    if "://" in value:
        raise InvalidArgument(f"parameter {name} must be a path; fetch {value!r} first and give the file")
    for folder in (working, project):
        place = os.path.abspath(Path(folder, value).expanduser())  # noqa: PTH100  `..` gone, links as they are
        if Path(place).exists():
            return place
    raise InvalidArgument(f"parameter {name} must be a path, and there is no {value!r} in {working} or {project}")


def _environment(folder: Path, said: Mapping[str, Any]) -> Environment | None:
    named, conda = said.get("python_env"), said.get("conda_env")
    if named is None and conda is None:
        named = PYTHON_ENV if (folder / PYTHON_ENV).is_file() else None
        conda = CONDA_ENV if named is None and (folder / CONDA_ENV).is_file() else None
    if named is not None:
        return _of_python_env(folder, _within(folder, str(named)))
    return None if conda is None else _of_conda_env(folder, _within(folder, str(conda)))


def _within(folder: Path, name: str) -> Path:
    """A file of the project. Raises: InvalidArgument: it leads out of it, or is not there."""
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
        raise InvalidArgument(f"the project names the file {name!r}, which is not in it")
    return path


def _of_python_env(folder: Path, file: Path) -> Environment:
    """`python`, `build_dependencies`, `dependencies`; a dependency `-r FILE` is that file's lines."""
    said = _mapping(file)
    lines = [*_list(said, "build_dependencies", file), *_list(said, "dependencies", file)]
    return Environment(str(said.get("python") or ""), tuple(_expanded(folder, file.parent, lines)))


def _of_conda_env(folder: Path, file: Path) -> Environment:
    python, lines, left_out = "", [], []
    for one in _mapping(file).get("dependencies") or ():
        if isinstance(one, dict):
            lines += _list(one, "pip", file)
            continue
        name, version = _conda_line(str(one))
        if name == "python":
            python = version
        elif name not in ("pip", "setuptools", "wheel"):
            left_out.append(str(one))
    return Environment(python, tuple(_expanded(folder, file.parent, lines)), tuple(left_out))


def _conda_line(text: str) -> tuple[str, str]:
    """`python=3.11`, `python==3.11.*`, `python>=3.10` as name and version, or range of versions."""
    match = re.match(r"([\w.-]+)\s*(.*)", text.rpartition("::")[2].strip())
    name, wish = match.groups() if match else (text, "")
    return name, re.sub(r"\s", "", wish).removeprefix("=").removeprefix("=").removesuffix(".*")


def _expanded(folder: Path, beside: Path, lines: Sequence[str], depth: int = 5) -> list[str]:
    found: list[str] = []
    for line in lines:
        text = re.sub(r"(^|\s)#.*", "", line).strip()
        option, _, name = text.partition(" ")
        if option not in ("-r", "--requirement"):
            found += [text] if text else []
            continue
        if not depth:
            raise InvalidArgument("the project's requirement files name each other without end")
        file = _within(folder, str((beside / name.strip()).relative_to(folder)))
        inner = _text(file).replace("\\\n", " ").splitlines()
        found += _expanded(folder, file.parent, inner, depth - 1)
    return found


def _list(said: Mapping[str, Any], key: str, file: Path) -> list[str]:
    found = said.get(key) or []
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise InvalidArgument(f"{file.name}: {key} must be a list of requirements")
    return found


def _mapping(file: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(_text(file))
    except (yaml.YAMLError, RecursionError) as error:
        raise InvalidArgument(f"{file.name} is no YAML: {error}") from None
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise InvalidArgument(f"{file.name} must be a mapping")
    return found


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > _MAX_FILE:
            raise InvalidArgument(f"{file.name} has more than {_MAX_FILE >> 20} MiB")
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidArgument(f"{file.name} cannot be read: {error}") from None
