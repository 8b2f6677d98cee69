"""What a finished run says of itself, as plain values: all that running again and comparing need.

Whoever reads runs (a client of a server, of a folder, of a bundle) fills these in; nothing here asks anybody anything.
Runs that were logged by MLflow have fewer of them: what is unknown is empty, and what follows from that is said later.
"""

import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct

from hito.core.artifacts import SafePath
from hito.core.errors import InvalidArgument
from hito.reproduce.project import EntryPoint
from hito.reproduce.source import MAX_FILES

MAX_ARCHIVE = 64 << 20
"""Bytes that a source archive may unfold to; ours has 10 MiB."""


class Data(Struct, frozen=True, kw_only=True):
    """A dataset of a run. `source`, `schema` and `profile` are JSON texts, as they were logged."""

    name: str
    digest: str
    context: str = ""
    source_type: str = ""
    source: str = ""
    schema: str = ""
    profile: str = ""


class DataFile(Struct, frozen=True):
    """A file that the program read: its path as it was then, absolute, and what was in it."""

    path: str
    size: int
    sha256: str


class Call(Struct, frozen=True):
    """An entry point of a project with the values of its parameters; see `project.command`."""

    entry_point: EntryPoint
    named: dict[str, str]
    others: dict[str, str | None]


class Past(Struct, frozen=True, kw_only=True):
    """A run. `metrics` holds the last values; `artifacts` paths and sizes; `models` names of logged models → their ids.

    `environment` is hito/environment.json, {} if there is none; `sources` the text of files of hito/source.zip by path.
    """

    run_id: str
    name: str = ""
    experiment: str = ""
    status: str = ""
    start_time: int = 0
    end_time: int | None = None
    params: dict[str, str] = {}
    metrics: dict[str, float] = {}
    tags: dict[str, str] = {}
    data: tuple[Data, ...] = ()
    files: tuple[DataFile, ...] = ()
    artifacts: dict[str, int] = {}
    models: dict[str, str] = {}
    environment: dict[str, Any] = {}
    requirements: str = ""
    patch: str = ""
    sources: dict[str, str] = {}

    @property
    def commit(self) -> str:
        return self.tags.get("mlflow.source.git.commit", "")

    @property
    def command(self) -> list[str]:
        """The command line, without values that looked secret."""
        return list(self.environment.get("command") or ())

    @property
    def python(self) -> str:
        """Python's version, `3.11.7`; empty if unknown."""
        return str((self.environment.get("python") or {}).get("version", "")) or self.tags.get("hito.python", "")

    @property
    def distributions(self) -> dict[str, str]:
        """Everything that was installed: name → version; what was imported, where no more is known."""
        found = self.environment.get("distributions")
        return {str(name): str(version) for name, version in found.items()} if found else pins(self.requirements)

    @property
    def project(self) -> Call | None:
        """The entry point that was run; None if the run was no project's."""
        said = self.environment.get("project")
        if not isinstance(said, dict) or not isinstance(said.get("command"), str):
            return None
        named, others = said.get("parameters"), said.get("others")
        point = EntryPoint(str(said.get("entry_point", "")), said["command"])
        switches = (
            {str(key): None for key, value in others.items() if value is None} if isinstance(others, dict) else {}
        )
        return Call(point, _texts(named), {**_texts(others), **switches})

    @property
    def ordinal(self) -> int | None:
        """The run's place among those that its program began, from 0; None if unknown."""
        found = self.environment.get("ordinal")
        return found if isinstance(found, int) else None


def _texts(found: Any) -> dict[str, str]:
    return (
        {str(key): str(value) for key, value in found.items() if value is not None} if isinstance(found, dict) else {}
    )


class Reader(Protocol):
    """Where runs are read from."""

    def past(self, run_id: str) -> Past:
        """Raises: NotFound."""

    def curve(self, run_id: str, key: str) -> list[tuple[int, float]]:
        """All points of a metric as (step, value), in the order of their steps."""

    def fetch(self, run_id: str, path: str, folder: Path) -> Path:
        """Copy a file, or a folder with all that is in it; where it is."""

    def fetch_model(self, model_id: str, folder: Path) -> Path:
        """Copy a logged model's folder; where it is."""


def environment_of(text: bytes) -> dict[str, Any]:
    """hito/environment.json as a dict; {} if it is damaged: a run is not worth less for it than one without."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def files_of(text: bytes) -> tuple[DataFile, ...]:
    """hito/data.json as values; () if it is damaged."""
    try:
        return tuple(
            DataFile(str(one["path"]), int(one["bytes"]), str(one["sha256"])) for one in json.loads(text)["files"]
        )
    except (ValueError, KeyError, TypeError):
        return ()


def sources_of(content: bytes) -> dict[str, str]:
    """The files of hito/source.zip that are text, by path. See `unzip` for what is refused."""
    found = {}
    for path, body in unzip(content):
        text = body.decode("utf-8", "replace")
        found[str(path)] = text
    return found


def unzip(content: bytes, *, max_files: int = MAX_FILES, max_bytes: int = MAX_ARCHIVE) -> list[tuple[SafePath, bytes]]:
    """The files of an archive that somebody else may have made.

    Raises: InvalidArgument: no zip, damaged, a name that leads elsewhere, a link, or more than `max_files` files, or
        `max_bytes` bytes when unfolded, whatever its directory promises.
    """
    found: list[tuple[SafePath, bytes]] = []
    left = max_bytes
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                if entry.is_dir():
                    continue
                if (entry.external_attr >> 16) & 0o170000 == 0o120000:
                    raise InvalidArgument(
                        f"the archive holds a link, {entry.filename!r}; files alone are taken from it"
                    )
                if len(found) >= max_files:
                    raise InvalidArgument(f"the archive holds more than {max_files} files")
                with archive.open(entry) as stream:
                    body = stream.read(left + 1)
                left -= len(body)
                if left < 0:
                    raise InvalidArgument(f"the archive unfolds to more than {max_bytes >> 20} MiB")
                found.append((SafePath.parse(entry.filename), body))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise InvalidArgument(f"the archive cannot be read: {error}") from None
    return found


_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*==\s*([^\s;\\]+)", re.MULTILINE)


def pins(requirements: str) -> dict[str, str]:
    """Name → version of the lines that pin one."""
    return dict(_PIN.findall(requirements))


Fetch = Callable[[str], bytes | None]


def with_capture(past: Past, fetch: Fetch, known: Mapping[str, int]) -> Past:
    """The run with what its capture files say.

    Args:
        fetch: a small file of the run by its path; None if it is not there.
        known: the run's files, by path.
    """
    from msgspec import structs

    def one(path: str) -> bytes:
        return (fetch(path) or b"") if path in known else b""

    archive = one("hito/source.zip")
    cells = one("hito/cells.py")
    sources = sources_of(archive) if archive else {}
    if cells:
        sources["cells.py"] = cells.decode("utf-8", "replace")
    return structs.replace(
        past,
        artifacts=dict(known),
        environment=environment_of(one("hito/environment.json")),
        files=files_of(one("hito/data.json")),
        requirements=one("requirements.txt").decode("utf-8", "replace"),
        patch=one("hito/source.patch").decode("utf-8", "surrogateescape"),
        sources=sources,
    )
