"""Is the new run the old one again? Figure by figure, file by file, model by model; and if not, where to look.

    parameters   equal as texts
    metrics      last value and every point of the curve within a relative tolerance; NaN equals NaN
    artifacts    equal bytes; pictures equal pixel by pixel; JSON equal but for numbers within the tolerance
    models       equal predictions on the input example, within the tolerance; without an example, equal bytes

Times are not compared: no program takes as long twice. Neither are files that tell of the run itself (console, source,
environment): what differs there is a reason, not a result.
"""

import fnmatch
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from hito.core.errors import HitoError
from hito.reproduce.compare import CHANGED, Difference, number
from hito.reproduce.files import sha256
from hito.reproduce.past import Past, Reader

SAME, DIFFERS, UNKNOWN = "same", "differs", "could not run"

RELATIVE = 1e-9
"""Metrics may differ by this share of the larger value: sums in another order stay well below it."""

_TIMES = re.compile(
    r"(^|[_/. ])(time|times|seconds|secs|duration|elapsed|ms|latency|timestamp|date)s?($|[_/. ])", re.IGNORECASE
)
_ABOUT = ("hito/*", "console.txt", "requirements.txt", "*report.html", "*.lock")
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff"})
_JSON_LIMIT = 32 << 20


class Row(Struct, frozen=True, omit_defaults=True):
    """One thing that was compared. `passed` None: it was not, and `note` says why."""

    kind: str
    name: str
    old: str
    new: str
    passed: bool | None
    delta: float | None = None
    note: str = ""


class Verdict(Struct, frozen=True, omit_defaults=True):
    """`answer` is SAME, DIFFERS or UNKNOWN; `candidates` where a difference may come from, the likeliest first."""

    run_id: str
    answer: str
    new_run_id: str = ""
    rows: tuple[Row, ...] = ()
    candidates: tuple[str, ...] = ()
    reason: str = ""


class Tolerance(Struct, frozen=True):
    """Relative tolerances: one for all, others by metric (patterns with * are names, too)."""

    relative: float = RELATIVE
    named: Mapping[str, float] = {}

    def of(self, name: str) -> float:
        """The tolerance of a metric."""
        for pattern, value in self.named.items():
            if fnmatch.fnmatchcase(name, pattern):
                return value
        return self.relative


Predictor = Callable[[Path, Path], tuple[Any, Any] | None]
"""Loads two model folders and predicts the first one's input example with both; None if there is no example."""


def verdict(
    old: Past,
    new: Past,
    difference: Difference,
    of_old: Reader,
    of_new: Reader,
    *,
    tolerance: Tolerance,
    scratch: Path,
    predictions: Predictor,
    ignore: Sequence[str] = (),
) -> Verdict:
    """Compare a run with its original.

    Args:
        difference: of the two, for the candidates.
        of_old, of_new: read their curves, files and models.
        scratch: a folder for copies.
        ignore: patterns of names of metrics and artifacts that need not be equal.
    """
    rows = [
        *_parameters(old, new),
        *_metrics(old, new, of_old, of_new, tolerance, ignore),
        *_artifacts(old, new, of_old, of_new, tolerance, scratch, predictions, ignore),
        *_models(old, new, of_old, of_new, tolerance, scratch, predictions),
    ]
    failed = [row for row in rows if row.passed is False]
    compared = [row for row in rows if row.passed is not None]
    if not compared:
        return Verdict(
            old.run_id, UNKNOWN, new.run_id, tuple(rows), reason="the run has nothing that could be compared"
        )
    answer = DIFFERS if failed else SAME
    return Verdict(old.run_id, answer, new.run_id, tuple(rows), candidates(old, new, difference) if failed else ())


def candidates(old: Past, new: Past, difference: Difference) -> tuple[str, ...]:
    """Where a difference may come from, from what differs around the two runs; the likeliest first."""
    found = [f"parameter {one.key}: {one.a} then, {one.b} now" for one in difference.changed("parameters")]
    found += [f"{one.key}: {one.a or 'none'} then, {one.b or 'none'} now" for one in difference.changed("command")]
    found += [f"source: {file.path} differs" for file in difference.files]
    found += [
        f"source: {one.key} {(one.a or 'none')[:12]} then, {(one.b or 'none')[:12]} now"
        for one in difference.changed("source")
    ]
    found += [f"data: {one.key} was {_short(one.a)}, is {_short(one.b)}" for one in difference.changed("data")]
    packages = difference.changed("environment")
    found += [
        f"package: {one.key} {one.a or 'absent'} then, {one.b or 'absent'} now"
        for one in sorted(packages, key=lambda one: one.change != CHANGED)
    ]
    found += [
        f"machine: {one.key} {one.a or 'unknown'} then, {one.b or 'unknown'} now"
        for one in difference.changed("machine")
    ]
    if not _seeded(old):
        found.append("seed: the run recorded none; a program that draws numbers without a seed differs every time")
    if not (old.environment.get("settings") or {}).get("OMP_NUM_THREADS"):
        found.append("threads: their number was not set (OMP_NUM_THREADS); sums can come out in another order")
    return tuple(found)


def _seeded(past: Past) -> bool:
    named = any(
        re.search(r"seed|random_state", key) and value not in ("None", "") for key, value in past.params.items()
    )
    seeds = past.environment.get("seeds") or {}
    return named or any("seed" in value if isinstance(value, dict) else True for value in seeds.values())


def _short(text: str | None) -> str:
    return "absent" if text is None else text if len(text) <= 60 else f"{text[:57]}…"


def _parameters(old: Past, new: Past) -> list[Row]:
    keys = sorted({*old.params, *new.params})
    return [_parameter(key, old.params.get(key), new.params.get(key)) for key in keys]


def _parameter(key: str, a: str | None, b: str | None) -> Row:
    return Row("parameter", key, _given(a), _given(b), a == b)


def _given(value: str | None) -> str:
    return "absent" if value is None else value


def _metrics(
    old: Past, new: Past, of_old: Reader, of_new: Reader, tolerance: Tolerance, ignore: Sequence[str]
) -> list[Row]:
    rows = []
    for key in sorted({*old.metrics, *new.metrics}):
        a, b = old.metrics.get(key), new.metrics.get(key)
        said = "absent" if a is None else number(a), "absent" if b is None else number(b)
        if key.startswith("system/") or _TIMES.search(key) or _matches(key, ignore):
            rows.append(Row("metric", key, *said, None, note="a time, or asked to be left out"))
        elif a is None or b is None:
            rows.append(Row("metric", key, *said, False))
        else:
            allowed = tolerance.of(key)
            passed, note = close(a, b, allowed), ""
            if passed:
                passed, note = _curves(of_old.curve(old.run_id, key), of_new.curve(new.run_id, key), allowed)
            rows.append(Row("metric", key, *said, passed, b - a, note))
    return rows


def _curves(a: list[tuple[int, float]], b: list[tuple[int, float]], allowed: float) -> tuple[bool, str]:
    if len(a) != len(b):
        return False, f"{len(a)} points then, {len(b)} now"
    for (step, x), (other, y) in zip(a, b, strict=True):
        if step != other or not close(x, y, allowed):
            return False, f"the curves part at step {step}: {number(x)} then, {number(y)} now"
    return True, "" if len(a) < 2 else f"{len(a)} points"


def close(a: float, b: float, relative: float) -> bool:
    """Whether two numbers are equal within a share of the larger one. NaN equals NaN, an infinity itself."""
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    if math.isinf(a) or math.isinf(b):
        return a == b
    return abs(a - b) <= relative * max(abs(a), abs(b))


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def _artifacts(
    old: Past, new: Past, of_old: Reader, of_new: Reader, tolerance: Tolerance, scratch: Path, predictions: Predictor,
    ignore: Sequence[str],
) -> list[Row]:  # fmt: skip
    rows = []
    models = {path.rpartition("/")[0] for path in old.artifacts if path.rpartition("/")[2] == "MLmodel"}
    for folder in sorted(models):
        name = folder or "."
        if not any(path.startswith(f"{folder}/") for path in new.artifacts):
            rows.append(Row("model", name, "there", "absent", False))
            continue
        a = of_old.fetch(old.run_id, folder, scratch / "old")
        b = of_new.fetch(new.run_id, folder, scratch / "new")
        rows.append(_model(name, a, b, tolerance, predictions))
    for path in sorted({*old.artifacts, *new.artifacts}):
        if any(path.startswith(f"{folder}/") for folder in models):
            continue
        if _matches(path, _ABOUT) or _matches(path, ignore) or _TIMES.search(path):
            continue
        if path not in old.artifacts or path not in new.artifacts:
            there = ("there", "absent") if path in old.artifacts else ("absent", "there")
            rows.append(Row("artifact", path, *there, False))
            continue
        a = of_old.fetch(old.run_id, path, scratch / "old")
        b = of_new.fetch(new.run_id, path, scratch / "new")
        rows.append(_file(path, a, b, tolerance))
        a.unlink(missing_ok=True)
        b.unlink(missing_ok=True)
    return rows


def _file(path: str, a: Path, b: Path, tolerance: Tolerance) -> Row:
    digests = sha256(a), sha256(b)
    said = digests[0][:12], digests[1][:12]
    if digests[0] == digests[1]:
        return Row("artifact", path, *said, True, note="equal bytes")
    suffix = Path(path).suffix.lower()
    try:
        if suffix in _PICTURES:
            differing = pixels(a, b)
            note = "equal pixels" if differing == 0 else f"{differing:.2%} of the pixels differ"
            return Row("artifact", path, *said, differing == 0, note=note)
        if suffix == ".json" and a.stat().st_size < _JSON_LIMIT:
            place = unequal(json.loads(a.read_bytes()), json.loads(b.read_bytes()), tolerance.relative)
            note = "equal but for rounding and times" if place is None else f"differs at {place}"
            return Row("artifact", path, *said, place is None, note=note)
    except (ValueError, OSError, ImportError) as error:
        return Row("artifact", path, *said, False, note=f"bytes differ, and it cannot be looked into: {error}")
    return Row("artifact", path, *said, False, note="bytes differ")


def pixels(a: Path, b: Path) -> float:
    """The share of pixels in which two pictures differ; 1.0 if their sizes do."""
    import numpy as np
    from PIL import Image  # an extra: it comes with the pictures that are compared

    with Image.open(a) as one, Image.open(b) as other:
        if one.size != other.size:
            return 1.0
        differing = np.any(np.asarray(one.convert("RGBA")) != np.asarray(other.convert("RGBA")), axis=-1)
    return float(differing.mean())


def unequal(a: Any, b: Any, relative: float, path: str = "$") -> str | None:
    """Where two JSON values differ by more than rounding, `$.a[3]`; None: nowhere. Members that are times may differ."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in {**a, **b}:
            if _TIMES.search(key) or key in ("run_id", "model_id", "uuid"):
                continue
            if key not in a or key not in b:
                return f"{path}.{key}"
            place = unequal(a[key], b[key], relative, f"{path}.{key}")
            if place is not None:
                return place
        return None
    if isinstance(a, list) and isinstance(b, list):
        if len(a) != len(b):
            return f"{path} ({len(a)} items then, {len(b)} now)"
        for index, (one, other) in enumerate(zip(a, b, strict=True)):
            place = unequal(one, other, relative, f"{path}[{index}]")
            if place is not None:
                return place
        return None
    numbers = (
        isinstance(a, int | float)
        and isinstance(b, int | float)
        and not isinstance(a, bool)
        and not isinstance(b, bool)
    )
    equal = close(float(a), float(b), relative) if numbers else a == b
    return None if equal else path


def _models(
    old: Past, new: Past, of_old: Reader, of_new: Reader, tolerance: Tolerance, scratch: Path, predictions: Predictor
) -> list[Row]:
    rows = []
    for name in sorted({*old.models, *new.models}):
        if name not in old.models or name not in new.models:
            there = ("there", "absent") if name in old.models else ("absent", "there")
            rows.append(Row("model", name, *there, False))
            continue
        a = of_old.fetch_model(old.models[name], scratch / "old-model")
        b = of_new.fetch_model(new.models[name], scratch / "new-model")
        rows.append(_model(name, a, b, tolerance, predictions))
    return rows


def _model(name: str, a: Path, b: Path, tolerance: Tolerance, predictions: Predictor) -> Row:
    try:
        both = predictions(a, b)
    except HitoError as error:
        return Row("model", name, "there", "there", _equal_folders(a, b) or None, note=f"not loaded: {error}")
    if both is None:
        equal = _equal_folders(a, b)
        note = "equal bytes" if equal else "no input to predict is known, and its bytes differ"
        return Row("model", name, "there", "there", True if equal else None, note=note)
    import numpy as np

    x, y = (np.asarray(one) for one in both)
    if x.shape != y.shape:
        return Row("model", name, f"{x.shape}", f"{y.shape}", False, note="predictions of another shape")
    if x.dtype.kind in "fiub" and y.dtype.kind in "fiub":
        x, y = x.astype(float), y.astype(float)
        furthest = float(np.nanmax(np.abs(x - y), initial=0.0))
        passed = bool(np.allclose(x, y, rtol=tolerance.relative, atol=0.0, equal_nan=True))
        note = f"{len(x)} predictions of each"
        return Row("model", name, "predicts", "predicts", passed, furthest, note)
    same = bool((x == y).all())
    return Row("model", name, "predicts", "predicts", same, note=f"{len(x)} predictions of each")


def _equal_folders(a: Path, b: Path) -> bool:
    """Whether two model folders hold the same files, but for those that name their run, time and packages."""
    about = {"MLmodel", "registered_model_meta", "requirements.txt", "conda.yaml", "python_env.yaml"}
    files = [
        {path.relative_to(folder).as_posix(): sha256(path) for path in folder.rglob("*") if path.is_file()}
        for folder in (a, b)
    ]
    return {name: one for name, one in files[0].items() if name not in about} == {
        name: one for name, one in files[1].items() if name not in about
    }


def to_json(found: Verdict) -> dict[str, Any]:
    """As plain values."""
    return {
        "run_id": found.run_id,
        "new_run_id": found.new_run_id,
        "answer": found.answer,
        "reason": found.reason,
        "candidates": list(found.candidates),
        "rows": [
            {
                "kind": row.kind, "name": row.name, "old": row.old, "new": row.new, "passed": row.passed,
                "delta": row.delta if row.delta is None or math.isfinite(row.delta) else str(row.delta), "note": row.note,
            }
            for row in found.rows
        ],
    }  # fmt: skip
