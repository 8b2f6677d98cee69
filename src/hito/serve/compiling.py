"""The compiled form of a model: what is known of it, and where it is kept.

    <cache>/compiled/<digest of the model's files>-<versions>/compiled.json   model.onnx   votes.npz

It is made by `making`, in a process of its own, so that the serving one never imports the libraries; and made once: the
digest names the files, and the versions those of every library that the result depends on. A file that is not what
was written is not used: it is made, and proven, again.
"""

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from hito.serve.form import Form
from hito.serve.parity import PYTHON

MARGIN = 1e-5
"""Between the two largest scores, at least; ten times what an engine within tolerance may be off."""
LABEL, VALUE, CHANCES, CHANCE = "label", "value", "chances", "chance"
MODEL, VOTES, TOLD = "model.onnx", "votes.npz", "compiled.json"
_FORMAT = 12
_SECONDS = 600
_LIBRARIES = (
    "onnxruntime",
    "onnx",
    "skl2onnx",
    "scikit-learn",
    "xgboost-cpu",
    "xgboost",
    "lightgbm",
    "numpy",
)


class Compiled(Struct, frozen=True, kw_only=True):
    """What is known of a model's compiled form; `verdict` python: there is none, and `reason` says why.

    Args:
        furthest: the largest difference to the Python model in `rows` rows of the proof.
        bits: of its input. output: the one that is read; gives: what is made of it: LABEL, the class of the largest
            chance; VALUE, itself; CHANCES, a row of it for each row; CHANCE, that of the second class.
        classes, dtype: of the labels, or of the values.
        margin: labels whose largest scores lie closer are not decided by the compiled engine.
        nan: whether rows with NaN may go to it. votes: whether ties are counted by `votes`.
        python_from: rows from which Python is faster; None: never. quick: rows that take two milliseconds.
        lows, highs: the range of each column as training saw it, None where it is not known; `ranged_by`: rows that were
            kept with the model, or the outermost splits of its trees.
        hashes: of the files, by name.
    """

    verdict: str
    reason: str = ""
    furthest: float = 0.0
    rows: int = 0
    form: Form | None = None
    bits: int = 32
    gives: str = VALUE
    output: int = 0
    classes: tuple[Any, ...] = ()
    dtype: str = "float64"
    flat: bool = True
    margin: float = MARGIN
    nan: bool = False
    votes: bool = False
    python_from: int | None = None
    quick: int = 1
    lows: tuple[float | None, ...] = ()
    highs: tuple[float | None, ...] = ()
    ranged_by: str = ""
    seconds: float = 0.0
    packages: dict[str, str] = {}
    hashes: dict[str, str] = {}


def compiled(
    folder: Path,
    cache: Path,
    files_digest: str,
    *,
    trust_pickle: bool = False,
    rows: Callable[[Path], Path | None] = lambda place: None,
) -> tuple[Compiled, Path | None]:
    """The compiled form of a model, from the cache or made now.

    Args:
        cache: where compiled forms are kept.
        files_digest: of the model's folder.
        rows: brings a table of rows that the model was evaluated on to a folder, if there is one.
    Returns: what is known of it, and the folder of its files; None when there is none.
    """
    place = cache / "compiled" / f"{files_digest}-{_versions(trust_pickle)}"
    found = _read(place)
    if found is None:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.rmtree(place, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=".making-", dir=place.parent) as space:
            made = Path(space) / "made"
            made.mkdir()
            table = rows(Path(space))
            found = _in_a_process(folder, made, trust_pickle, table)
            with suppress(OSError):  # another process was faster, and made the same
                made.rename(place)
        found = _read(place) or found
    return found, None if found.verdict == PYTHON else place


def _read(place: Path) -> Compiled | None:
    """What is kept there, if it is whole."""
    try:
        found = msgspec.json.decode((place / TOLD).read_bytes(), type=Compiled)
        whole = all(_hash(place / name) == known for name, known in found.hashes.items())
    except (OSError, msgspec.DecodeError):
        return None
    return found if whole else None


def write(found: Compiled, folder: Path) -> Compiled:
    """Keep what is known beside the files that it speaks of."""
    hashes = {name: _hash(folder / name) for name in (MODEL, VOTES) if (folder / name).is_file()}
    found = msgspec.structs.replace(found, hashes=hashes)
    (folder / TOLD).write_bytes(msgspec.json.encode(found))
    return found


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _versions(trust_pickle: bool) -> str:
    """What the result depends on beside the files: in another environment it is made, and proven, again."""
    said = [f"{name}={version(name)}" for name in _LIBRARIES]
    text = json.dumps([_FORMAT, platform.machine(), sys.version_info[:2], said, trust_pickle])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def version(name: str) -> str:
    """Of an installed distribution; "" if it is none."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _in_a_process(folder: Path, out: Path, trust_pickle: bool, table: Path | None) -> Compiled:
    command = [
        sys.executable,
        "-m",
        "hito.serve.making",
        str(folder),
        str(out),
        str(int(trust_pickle)),
        str(table or ""),
    ]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False, env=os.environ)  # noqa: S603
        problem = "" if done.returncode == 0 else done.stderr.decode("utf-8", "replace").strip()[-300:] or "it ended"
    except subprocess.TimeoutExpired:
        problem = f"it took longer than {_SECONDS} s"
    found = None if problem else _read(out)
    return found or write(Compiled(verdict=PYTHON, reason=f"compiling failed: {problem or 'it wrote nothing'}"), out)
