"""A bundle: runs with all that belongs to them in one file, to be read anywhere, with or without hito.

A bundle is a ZIP file (deflated, ZIP64 where it must be) with these entries:

    hito-bundle.json                 {"format": 1, "hito": …, "runs": [ids], "models": [ids]}
    README.txt                       what this is, for whoever unzips it
    runs/<run id>/run.json           a `RunRecord`: names, times, params, tags, latest metrics, datasets, models
    runs/<run id>/curves.csv         key,step,timestamp,value,model_id,dataset_name,dataset_digest: a line for each point
    runs/<run id>/artifacts/…        its files; requirements.txt and hito/source.* are among them
    models/<model id>/model.json     a `ModelRecord`
    models/<model id>/artifacts/…    the model's files
    checksums.sha256                 the last one: every entry above, as `sha256sum --check` reads it

Times are ms since 1970. A value is the shortest decimal text from which the same number is read again; NaN, inf and -inf
are `nan`, `inf` and `-inf`. Entries have one date and an order, so that what has not changed gives the same bytes.

Whoever reads a bundle has it from somebody else. So a name is a SafePath, links are refused, what the directory promises
is the most that is read of an entry, and nothing is believed before its checksum was compared. Checksums tell of damage;
they are no signature.

A new format gets another number; a reader takes the numbers that it knows, and says so of others.
"""

import contextlib
import csv
import hashlib
import io
import math
import uuid
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec
from msgspec import Struct

from hito.core import rules
from hito.core.artifacts import SafePath
from hito.core.errors import HitoError, InvalidArgument, NotFound

FORMAT = 1
MANIFEST, README, CHECKSUMS = "hito-bundle.json", "README.txt", "checksums.sha256"
RUNS, MODELS = "runs", "models"

PLAIN_BYTES = 1 << 30
"""A bundle that unfolds to more than this must not be more than `RATIO` times larger unfolded than packed."""
RATIO = 100
MAX_ENTRIES = 200_000
MAX_RECORD = 256 << 20
"""Bytes of run.json and model.json, of the manifest and of the checksums."""

_FIELDS = ("key", "step", "timestamp", "value", "model_id", "dataset_name", "dataset_digest")
_CHUNK = 1 << 20
_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that ZIP knows
_PACKED = frozenset("png jpg jpeg gif webp zip gz bz2 xz zst 7z parquet npz skops".split())
_ABOUT = """This is a bundle of runs, written by hito. It is a plain ZIP file:

  runs/<id>/run.json      params, tags, latest metrics, datasets
  runs/<id>/curves.csv    every point of every metric
  runs/<id>/artifacts/    the files of the run
  models/<id>/            the models that runs made
  checksums.sha256        sha256sum --check checksums.sha256

`hito bundle import FILE` brings it into a tracking store; importing twice changes nothing.
"""


class DatasetRecord(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A dataset of a run; `source`, `schema` and `profile` are texts as they were logged."""

    name: str
    digest: str
    source_type: str = ""
    source: str = ""
    schema: str | None = None
    profile: str | None = None
    tags: dict[str, str] = {}


class RunRecord(Struct, frozen=True, kw_only=True):
    """A run. `metrics` holds latest values for people to read; the curves are what counts.

    `models`: ids of the models that it made, and at which step; `fed`: ids of those that it was given.
    """

    run_id: str
    name: str
    experiment: str
    user: str = ""
    status: str = "FINISHED"
    start_time: int = 0
    end_time: int | None = None
    params: dict[str, str] = {}
    tags: dict[str, str] = {}
    metrics: dict[str, float | str] = {}
    datasets: list[DatasetRecord] = []
    models: dict[str, int] = {}
    fed: list[str] = []


class ModelRecord(Struct, frozen=True, kw_only=True):
    """A logged model; its files stand beside."""

    model_id: str
    name: str
    experiment: str
    run_id: str = ""
    model_type: str = ""
    status: str = "LOGGED_MODEL_READY"
    params: dict[str, str] = {}
    tags: dict[str, str] = {}


class Point(Struct, frozen=True):
    """A point of a curve."""

    key: str
    step: int
    timestamp: int
    value: float
    model_id: str = ""
    dataset_name: str = ""
    dataset_digest: str = ""


class File(Struct, frozen=True):
    """A file of a run or model: its path there, its bytes, their digest."""

    path: SafePath
    size: int
    sha256: str


class _Manifest(Struct, frozen=True):
    format: int
    hito: str = ""
    runs: list[str] = []
    models: list[str] = []


class Writer:
    """Writes a bundle; in a `with` block. The file appears under its name when the block ends well, else not at all."""

    def __init__(self, path: Path, version: str) -> None:
        self._path, self._version = path, version
        self._part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
        self._sums: list[str] = []
        self._runs: list[str] = []
        self._models: list[str] = []

    def __enter__(self) -> "Writer":
        self._archive = zipfile.ZipFile(self._part, "x", zipfile.ZIP_DEFLATED)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                manifest = _Manifest(FORMAT, self._version, self._runs, self._models)
                self._add(MANIFEST, [_json(manifest)])
                self._add(README, [_ABOUT.encode()])
                self._add(CHECKSUMS, ["".join(self._sums).encode()])
            self._archive.close()
            if kind is None:
                self._part.replace(self._path)
        finally:
            with contextlib.suppress(OSError, ValueError):
                self._archive.close()
            self._part.unlink(missing_ok=True)

    def run(self, record: RunRecord, points: Iterable[Point]) -> None:
        """Add a run and its curves; its files are added by `file`."""
        self._runs.append(record.run_id)
        self._add(f"{RUNS}/{record.run_id}/run.json", [_json(record)])
        self._add(f"{RUNS}/{record.run_id}/curves.csv", _lines(points))

    def model(self, record: ModelRecord) -> None:
        """Add a model; its files are added by `file`."""
        self._models.append(record.model_id)
        self._add(f"{MODELS}/{record.model_id}/model.json", [_json(record)])

    def file(self, kind: str, owner: str, path: SafePath, chunks: Iterable[bytes]) -> None:
        """Add a file of a run (`RUNS`) or model (`MODELS`)."""
        self._add(f"{kind}/{owner}/artifacts/{path}", chunks)

    def _add(self, name: str, chunks: Iterable[bytes]) -> None:
        entry = zipfile.ZipInfo(name, _DATE)
        packed = name.rpartition(".")[2].lower() in _PACKED
        entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        whole = hashlib.sha256()
        with self._archive.open(entry, "w", force_zip64=True) as target:
            for chunk in chunks:
                whole.update(chunk)
                target.write(chunk)
        self._sums.append(f"{whole.hexdigest()}  {name}\n")


class Bundle:
    """Reads a bundle; in a `with` block.

    Args:
        max_bytes: what it may unfold to; None: `PLAIN_BYTES`, or `RATIO` times the size of the file if that is more.
    Raises: NotFound: there is no such file; InvalidArgument: it is no bundle, is damaged, has names that lead elsewhere,
        or unfolds to too much. All methods raise InvalidArgument for damage that they meet.
    """

    def __init__(self, path: Path, max_bytes: int | None = None) -> None:
        self.path = path
        with _damage(path):
            self._archive = zipfile.ZipFile(path)
            try:
                size = path.stat().st_size
                self._entries = _checked(self._archive, size, max_bytes or max(PLAIN_BYTES, RATIO * size))
                self._sums = self._checksums()
                manifest = msgspec.json.decode(self._whole(MANIFEST))
                if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
                    found = manifest.get("format") if isinstance(manifest, dict) else None
                    raise InvalidArgument(
                        f"{path.name} has format {found!r:.40}, and this hito reads format {FORMAT}; a newer hito may read it"
                    )
                self._manifest = msgspec.convert(manifest, _Manifest)
                self._check_layout()
            except BaseException:
                self._archive.close()
                raise

    def __enter__(self) -> "Bundle":
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    @property
    def runs(self) -> list[str]:
        """Ids, in the order in which they should be brought in."""
        return self._manifest.runs

    @property
    def models(self) -> list[str]:
        return self._manifest.models

    @property
    def unfolded(self) -> int:
        """Bytes of all entries."""
        return sum(entry.file_size for entry in self._entries.values())

    def verify(self) -> None:
        """Compare every entry with its checksum, and read every record and curve."""
        for name in self._sums:
            for _ in self._read(name):
                pass
        for run_id in self.runs:
            self.run(run_id)
            for _ in self.points(run_id):
                pass
        for model_id in self.models:
            self.model(model_id)

    def run(self, run_id: str) -> RunRecord:
        record: RunRecord = self._record(f"{RUNS}/{run_id}/run.json", RunRecord)
        if record.run_id != run_id:
            raise InvalidArgument(f"{self.path.name} is damaged: the record of run {run_id} is that of another run")
        return record

    def model(self, model_id: str) -> ModelRecord:
        record: ModelRecord = self._record(f"{MODELS}/{model_id}/model.json", ModelRecord)
        if record.model_id != model_id:
            raise InvalidArgument(f"{self.path.name} is damaged: the record of {model_id} is that of another model")
        return record

    def points(self, run_id: str) -> Iterator[Point]:
        """Every point of a run, curve by curve."""
        name = f"{RUNS}/{run_id}/curves.csv"
        with _damage(self.path):
            pieces = io.TextIOWrapper(io.BufferedReader(_Stream(self._read(name))), "utf-8", newline="")
            rows = csv.reader(pieces, strict=True)
            if tuple(next(rows, ())) != _FIELDS:
                raise InvalidArgument(
                    f"{self.path.name} is damaged: {name} has other columns than {', '.join(_FIELDS)}"
                )
            for row in rows:
                if len(row) != len(_FIELDS):
                    raise InvalidArgument(f"{self.path.name} is damaged: line {rows.line_num} of {name}")
                key, step, timestamp, value, *about = row
                yield Point(key, int(step), int(timestamp), float(value), *about)

    def files(self, kind: str, owner: str) -> list[File]:
        """The files of a run (`RUNS`) or model (`MODELS`), by path."""
        below = f"{kind}/{owner}/artifacts/"
        return [
            File(SafePath.parse(name.removeprefix(below)), entry.file_size, self._sums[name])
            for name, entry in sorted(self._entries.items())
            if name.startswith(below)
        ]

    def content(self, kind: str, owner: str, path: SafePath) -> Iterator[bytes]:
        """The content of a file, in pieces; at its end the checksum is compared."""
        return self._read(f"{kind}/{owner}/artifacts/{path}")

    def _record(self, name: str, kind: type[Any]) -> Any:
        with _damage(self.path):
            return msgspec.json.decode(self._whole(name), type=kind)

    def _whole(self, name: str) -> bytes:
        entry = self._entries.get(name)
        if entry is None or entry.file_size > MAX_RECORD:
            raise InvalidArgument(f"{self.path.name} is no bundle of hito: {name} is missing or too large")
        return b"".join(self._read(name)) if name != CHECKSUMS else self._archive.read(entry)

    def _read(self, name: str) -> Iterator[bytes]:
        with _damage(self.path):
            entry = self._entries.get(name)
            if entry is None:
                raise InvalidArgument(f"{self.path.name} is damaged: {name} is missing")
            whole = hashlib.sha256()
            with self._archive.open(entry) as stream:
                while chunk := stream.read(_CHUNK):
                    whole.update(chunk)
                    yield chunk
            if whole.hexdigest() != self._sums[name]:
                raise InvalidArgument(f"{self.path.name} is damaged: {name} is not what its checksum says")

    def _checksums(self) -> dict[str, str]:
        found = {}
        for line in self._whole(CHECKSUMS).decode().splitlines():
            digest, _, name = line.partition("  ")
            if len(digest) != 64 or not name:
                raise InvalidArgument(f"{self.path.name} is damaged: {CHECKSUMS} cannot be read")
            found[name] = digest
        if {*found, CHECKSUMS} != {*self._entries}:
            odd = min({*found, CHECKSUMS} ^ {*self._entries})
            raise InvalidArgument(f"{self.path.name} is damaged: {odd!r} is not in both its directory and {CHECKSUMS}")
        return found

    def _check_layout(self) -> None:
        """Ids are ids, and every entry belongs to one."""
        runs, models = set(self.runs), set(self.models)
        if len(runs) != len(self.runs) or len(models) != len(self.models):
            raise InvalidArgument(f"{self.path.name} is damaged: it names a run or model twice")
        if not all(rules.is_own_run_id(one) for one in runs) or not all(rules.is_model_id(one) for one in models):
            raise InvalidArgument(f"{self.path.name} is no bundle of hito: it names a run or model by what is no id")
        for name in self._entries:
            kind, _, rest = name.partition("/")
            owner, _, rest = rest.partition("/")
            known = name in (MANIFEST, README, CHECKSUMS)
            known |= (
                kind == RUNS and owner in runs and (rest in ("run.json", "curves.csv") or rest[:10] == "artifacts/")
            )
            known |= kind == MODELS and owner in models and (rest == "model.json" or rest[:10] == "artifacts/")
            if not known:
                raise InvalidArgument(f"{self.path.name} is no bundle of hito: {name[:120]!r} belongs to nothing in it")


class _Stream(io.RawIOBase):
    """Pieces of bytes as a file that can be read once."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces, self._rest = pieces, b""

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = piece
        count = min(len(target), len(self._rest))
        target[:count], self._rest = self._rest[:count], self._rest[count:]
        return count


def _checked(archive: zipfile.ZipFile, size: int, max_bytes: int) -> dict[str, zipfile.ZipInfo]:
    """The entries by name.

    Raises: InvalidArgument: names twice or unsafe, links, encrypted or overlapping entries, too many, too much.
    """
    found: dict[str, zipfile.ZipInfo] = {}
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise InvalidArgument(f"the bundle has {len(entries)} entries, at most {MAX_ENTRIES} are read")
    for entry in entries:
        if str(SafePath.parse(entry.filename)) != entry.filename or entry.is_dir():
            raise InvalidArgument(f"the bundle has an entry {entry.filename[:120]!r}, which is no name of a file in it")
        if entry.filename in found:
            raise InvalidArgument(f"the bundle has {entry.filename[:120]!r} twice")
        if (entry.external_attr >> 16) & 0o170000 not in (0, 0o100000) or entry.flag_bits & 1:
            raise InvalidArgument(
                f"the bundle's entry {entry.filename[:120]!r} is a link or encrypted, not a plain file"
            )
        found[entry.filename] = entry
    if sum(entry.compress_size for entry in entries) > size:
        raise InvalidArgument("the bundle's entries overlap, which no program writes in good faith")
    whole = sum(entry.file_size for entry in entries)
    if whole > max_bytes:
        raise InvalidArgument(
            f"the bundle of {size} bytes would unfold to {whole}, more than {max_bytes}; if you trust it, give --max-bytes"
        )
    return found


@contextlib.contextmanager
def _damage(path: Path) -> Iterator[None]:
    """What reading a foreign file can raise, as ours."""
    try:
        yield
    except HitoError:
        raise
    except FileNotFoundError:
        raise NotFound(f"there is no file {path}") from None
    except (
        zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError,
        OSError, csv.Error, OverflowError, msgspec.MsgspecError,
    ) as error:  # fmt: skip
        raise InvalidArgument(f"{path.name} is no bundle of hito, or it is damaged: {error}") from None


def _json(record: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n"


def _lines(points: Iterable[Point]) -> Iterator[bytes]:
    """The points as CSV, in pieces."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(_FIELDS)
    for count, one in enumerate(points, 1):
        about = (one.model_id, one.dataset_name, one.dataset_digest)
        rows.writerow((one.key, one.step, one.timestamp, repr(float(one.value)), *about))
        if count % 10_000 == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def readable(value: float) -> float | str:
    """A number for JSON, which knows no NaN and no infinity: these as texts."""
    return value if math.isfinite(value) else str(value)


def default_name(record: RunRecord) -> str:
    """A file name for a bundle: `<run name>-<begin of its id>.hito.zip`."""
    name = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in record.name).strip("-.")
    return f"{name[:60] or 'run'}-{record.run_id[:8]}.hito.zip"
