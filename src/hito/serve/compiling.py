"""A model as ONNX, when, and only when, its answers are proven equal.

    folder ──> Python model ──> ONNX with 32-bit input ─┐   for each: the same rows through both, compared (parity)
                             └> ONNX with 64-bit input ─┴─> the first that is exact, else the first within 1e-6, else none

Which bits matter: scikit-learn's trees and XGBoost compare 32-bit numbers, LightGBM and histogram boosting 64-bit ones,
linear models multiply in 64. The converter rounds 64-bit split points down, so that a 32-bit number falls on the same
side of them; whether it did is not believed but tried, on both neighbours of the split points.

A classifier's label is taken from its probabilities by us. Where the two largest lie closer than MARGIN, rounding could
have decided, and the row is answered by the Python model. So are rows with NaN, infinities or numbers beyond 32 bits,
unless the parity rows showed that both engines agree on them.

It runs in a process of its own (`python -m hito.serve.compiling`), so that the serving one never imports the libraries;
what comes out is kept by the digest of the model's files, and made once.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from msgspec import Struct

from hito.core.errors import HitoError
from hito.core.signature import Column, Scalar
from hito.flavors.digest import digest
from hito.serve import parity
from hito.serve.parity import EXACT, PYTHON

if TYPE_CHECKING:
    from numpy.typing import NDArray

MARGIN = 1e-5
"""Between the two largest probabilities; ten times what an engine within tolerance may be off."""
LABEL, PROBABILITIES, VALUE = "label", "probabilities", "value"
_FORMAT = 3
_SECONDS = 300
_RANGE_ROWS = 10
"""Rows of an example from which a column's range can be told."""
_SIZES = (1, 10, 100, 1_000, 10_000)
_OPSET = {"": 18, "ai.onnx.ml": 3}


class Compiled(Struct, frozen=True, kw_only=True):
    """What is known of a model's compiled form; `verdict` python: there is none, and `reason` says why.

    `bits`: of its input. `gives`: LABEL, PROBABILITIES or VALUE. `classes` and `dtype`: of the labels, or of the values.
    `nan`: whether rows with NaN may go to it. `python_from`: rows from which Python is faster; None: never. `lows` and
    `highs`: the range of each column in the input example, if that has rows enough to be one.
    """

    verdict: str
    reason: str = ""
    furthest: float = 0.0
    rows: int = 0
    bits: int = 32
    columns: tuple[str, ...] | None = None
    count: int = 0
    gives: str = VALUE
    output: int = 0
    classes: tuple[Any, ...] = ()
    dtype: str = "float64"
    flat: bool = True
    nan: bool = False
    python_from: int | None = None
    lows: tuple[float, ...] = ()
    highs: tuple[float, ...] = ()
    seconds: float = 0.0
    packages: dict[str, str] = {}


def compiled(
    folder: Path,
    cache: Path,
    *,
    trust_pickle: bool = False,
    files_digest: str | None = None,
    rows: Callable[[Path], Path | None] = lambda place: None,
) -> tuple[Compiled, Path | None]:
    """The compiled form of a model, from the cache or made now.

    Args:
        files_digest: of the folder, if it is known already.
        cache: where compiled forms are kept.
    Returns: what is known of it, and its ONNX file; None when there is none.
    """
    place = cache / "compiled" / f"{files_digest or digest(folder)}-{_versions()}"
    told = place / "compiled.json"
    if not told.is_file():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".making-", dir=place.parent) as made:
            _in_a_process(folder, Path(made), trust_pickle)
            _move(Path(made), place)
    found = msgspec.json.decode(told.read_bytes(), type=Compiled)
    return found, None if found.verdict == PYTHON else place / "model.onnx"


def _versions() -> str:
    """What the result depends on beside the files: in another environment it is made, and proven, again."""
    names = ("onnxruntime", "skl2onnx", "onnxmltools", "scikit-learn", "xgboost-cpu", "xgboost", "lightgbm", "numpy")
    said = [f"{name}={_version(name)}" for name in names]
    import hashlib

    text = json.dumps([_FORMAT, platform.machine(), sys.version_info[:2], said])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _in_a_process(folder: Path, out: Path, trust_pickle: bool) -> None:
    command = [sys.executable, "-m", "hito.serve.compiling", str(folder), str(out), "1" if trust_pickle else "0"]
    variables = {**os.environ, "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", str(os.cpu_count() or 1))}
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False, env=variables)  # noqa: S603
        problem = "" if done.returncode == 0 else done.stderr.decode("utf-8", "replace").strip()[-300:] or "it ended"
    except subprocess.TimeoutExpired:
        problem = f"it took longer than {_SECONDS} s"
    if problem:
        (out / "compiled.json").write_bytes(
            msgspec.json.encode(Compiled(verdict=PYTHON, reason=f"compiling failed: {problem}"))
        )


def _move(made: Path, place: Path) -> None:
    """Give it its name at once; if somebody else was faster, theirs is as good."""
    whole = made.with_name(f"{made.name}-whole")
    made.rename(whole)
    made.mkdir()
    try:
        whole.rename(place)
    except OSError:
        import shutil

        shutil.rmtree(whole, ignore_errors=True)


def make(folder: Path, out: Path, trust_pickle: bool) -> Compiled:
    """Compile and prove; writes model.onnx and compiled.json. A model that cannot be is told, not raised."""
    began = time.perf_counter()
    try:
        found = _make(folder, out, trust_pickle)
    except HitoError as error:
        found = Compiled(verdict=PYTHON, reason=str(error))
    except Exception as error:  # noqa: BLE001  converters raise whatever they like for what they do not know
        found = Compiled(
            verdict=PYTHON, reason=f"{type(error).__name__}: {str(error).splitlines()[0][:300] if str(error) else ''}"
        )
    found = msgspec.structs.replace(found, seconds=round(time.perf_counter() - began, 3))
    (out / "compiled.json").write_bytes(msgspec.json.encode(found))
    return found


def _make(folder: Path, out: Path, trust_pickle: bool) -> Compiled:
    from hito.flavors import pyfunc
    from hito.flavors.trust import Trust
    from hito.serve.splits import thresholds

    model = pyfunc.load(folder, trust=Trust(trust_pickle))
    native = model.unwrap_python_model()
    if type(native).__module__.partition(".")[0] not in ("sklearn", "xgboost", "lightgbm"):
        return Compiled(verdict=PYTHON, reason=f"there is no compiler for {type(native).__name__}")
    columns, count = _columns(model, native)
    wrap = _wrapper(columns)
    example = _example(folder, model, count)
    full = parity.rows(count, thresholds(native, count), example)
    expected = np.asarray(model.predict(wrap(full)))
    known = _outcome(native, model, expected)
    if known is None:
        return Compiled(verdict=PYTHON, reason="its answers are neither labels with probabilities nor numbers")
    known = msgspec.structs.replace(known, columns=columns, count=count)
    if example is not None and len(example) >= _RANGE_ROWS:
        lows, highs = np.nanmin(example, axis=0), np.nanmax(example, axis=0)
        known = msgspec.structs.replace(known, lows=tuple(lows.tolist()), highs=tuple(highs.tolist()))
    gaps = _gaps(model, wrap, full)
    best: tuple[Compiled, bytes] | None = None
    problems = []
    for bits in (32, 64):
        try:
            content = _converted(native, count, bits)
            tried = _tried(content, msgspec.structs.replace(known, bits=bits), full, expected, gaps)
        except Exception as error:  # noqa: BLE001  the converters' own and the runtime's
            problems.append(
                f"{bits}-bit: {type(error).__name__}: {str(error).splitlines()[0][:200] if str(error) else ''}"
            )
            continue
        if tried.verdict == PYTHON:
            problems.append(f"{bits}-bit: {tried.reason}")
        elif best is None or (tried.verdict == EXACT and best[0].verdict != EXACT):
            best = (tried, content)
        if tried.verdict == EXACT:
            break
    if best is None:
        return msgspec.structs.replace(known, verdict=PYTHON, reason="; ".join(problems) or "it cannot be compiled")
    (out / "model.onnx").write_bytes(best[1])
    return msgspec.structs.replace(
        best[0], python_from=_crossing(model, wrap, best[1], best[0], full), packages=_packages()
    )


def _packages() -> dict[str, str]:
    return {name: found for name in ("onnxruntime", "skl2onnx", "onnxmltools") if (found := _version(name))}


def _columns(model: Any, native: Any) -> tuple[tuple[str, ...] | None, int]:
    """Names, where columns go by name, and how many there are. Raises HitoError: not all are floating numbers."""
    from hito.core.errors import InvalidArgument

    inputs = model.signature.inputs if model.signature else None
    if inputs:
        if not all(isinstance(one, Column) and one.type in (Scalar("double"), Scalar("float")) for one in inputs):
            raise InvalidArgument("its input has other columns than floating numbers")
        if any(one.type == Scalar("float") for one in inputs):
            raise InvalidArgument("its input has 32-bit columns, which JSON's numbers do not fit exactly")
        if inputs[0].name is None:
            return None, len(inputs)
        return tuple(str(one.name) for one in inputs), len(inputs)
    names = getattr(native, "feature_names_in_", None)
    if names is not None:
        return tuple(map(str, names)), len(names)
    count = getattr(native, "n_features_in_", None)
    if count is None and hasattr(native, "num_features"):
        count = native.num_features()
    if count is None:
        raise InvalidArgument("how many columns it takes is not known; log it with a signature")
    return None, int(count)


def _wrapper(columns: tuple[str, ...] | None) -> Any:
    if columns is None:
        return lambda rows: rows
    import pandas as pd

    return lambda rows: pd.DataFrame(rows, columns=list(columns))


def _example(folder: Path, model: Any, count: int) -> "NDArray[np.float64] | None":
    from hito.flavors import example

    if model.metadata.example is None:
        return None
    try:
        inputs, _ = example.read(folder, model.metadata)
        found = np.asarray(inputs, dtype=np.float64)
    except (HitoError, ValueError, TypeError):
        return None
    return found if found.ndim == 2 and found.shape[1] == count else None


def _outcome(native: Any, model: Any, expected: Any) -> Compiled | None:
    """What the Python model answers with, and how the compiled one's outputs become that; None: neither is known."""
    method = str(model.metadata.flavor("python_function").get("predict_fn", "predict"))
    dtype = expected.dtype.name if expected.dtype != object else "object"
    classes = getattr(native, "classes_", None)
    if method == "predict_proba":
        return Compiled(verdict=PYTHON, gives=PROBABILITIES, output=1, dtype=dtype, flat=False)
    if method != "predict":
        return None
    if classes is not None and hasattr(native, "predict_proba"):
        if isinstance(classes, list) or np.asarray(classes).ndim != 1 or expected.ndim != 1:
            return None
        named = tuple(one.item() if isinstance(one, np.generic) else one for one in classes)
        return Compiled(verdict=PYTHON, gives=LABEL, output=1, classes=named, dtype=dtype)
    if classes is not None or expected.dtype.kind not in "fiu":
        return None
    return Compiled(verdict=PYTHON, gives=VALUE, output=0, dtype=dtype, flat=expected.ndim == 1)


def _gaps(model: Any, wrap: Any, full: "NDArray[np.float64]") -> Any:
    """Rows with NaN and what Python answers to them; None if it refuses them."""
    rows = parity.with_gaps(full)
    try:
        return rows, np.asarray(model.predict(wrap(rows)))
    except Exception:  # noqa: BLE001  many models take no NaN; then they get none
        return None


def _converted(native: Any, count: int, bits: int) -> bytes:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if type(native).__module__.startswith("sklearn"):
            from skl2onnx import convert_sklearn
            from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType

            kind = FloatTensorType if bits == 32 else DoubleTensorType
            options = {"zipmap": False} if hasattr(native, "classes_") else None
            made = convert_sklearn(
                native, initial_types=[("X", kind([None, count]))], target_opset=_OPSET,
                options={id(native): options} if options else None,
            )  # fmt: skip
        else:
            import onnxmltools
            from onnxmltools.convert.common.data_types import DoubleTensorType, FloatTensorType

            kind = FloatTensorType if bits == 32 else DoubleTensorType
            types = [("X", kind([None, count]))]
            if type(native).__module__.startswith("xgboost"):
                made = onnxmltools.convert_xgboost(native, initial_types=types, target_opset=15)
            else:
                made = onnxmltools.convert_lightgbm(native, initial_types=types, target_opset=15, zipmap=False)
    content: bytes = made.SerializeToString()
    return content


def _tried(content: bytes, known: Compiled, full: "NDArray[np.float64]", expected: Any, gaps: Any) -> Compiled:
    from hito.serve.engine import Engine

    engine = Engine(content, known)
    answer, sure = engine.ask(full)
    if sure.sum() < 0.5 * len(full):
        return msgspec.structs.replace(known, reason="for most rows its labels are too close to call")
    outcome = parity.compare(expected[sure], answer[sure])
    if outcome.verdict == PYTHON:
        return msgspec.structs.replace(
            known, furthest=outcome.furthest,
            reason=f"{outcome.differing} of {outcome.rows} rows differ, by {outcome.furthest:.3g} at most",
        )  # fmt: skip
    nan = False
    if gaps is not None:
        rows, wanted = gaps
        said, certain = engine.ask(rows)
        nan = parity.compare(wanted[certain], said[certain]).verdict in (EXACT, outcome.verdict)
    return msgspec.structs.replace(
        known, verdict=outcome.verdict, furthest=outcome.furthest, rows=outcome.rows, nan=nan, reason=""
    )


def _crossing(model: Any, wrap: Any, content: bytes, known: Compiled, full: "NDArray[np.float64]") -> int | None:
    """From how many rows on Python is faster, measured here and now; None: never."""
    from hito.serve.engine import Engine

    engine = Engine(content, known)
    found = None
    for size in _SIZES:
        rows = np.resize(full, (size, full.shape[1]))
        wrapped = wrap(rows)
        ours = _best(lambda rows=rows: engine.ask(rows))
        theirs = _best(lambda wrapped=wrapped: model.predict(wrapped))
        found = (size if found is None else found) if theirs < 0.8 * ours else None
    return found


def _best(work: Any) -> float:
    spent = []
    for _ in range(3):
        began = time.perf_counter()
        work()
        spent.append(time.perf_counter() - began)
    return min(spent)


if __name__ == "__main__":
    make(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "1")
