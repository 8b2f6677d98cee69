"""Compile a model and prove it, in a process of its own: `python -m hito.serve.making FOLDER OUT TRUST [TABLE]`.

    folder ──> Python model ─┬> ONNX of its trees, as they are ─┐
                             ├> by skl2onnx, 32-bit input ──────┤  for each: the same rows through both, compared (parity)
                             └> by skl2onnx, 64-bit input ──────┴─> the first that is exact, else the nearest within 1e-6

skl2onnx rounds 64-bit split points so that a 32-bit number falls on the same side of them; whether it did is not
believed but tried, on both neighbours of the split points.

A classifier's label is taken from its chances or scores by us. Where the two largest lie closer than ten times what these
were found to be off, rounding could have decided, and the row is counted by `votes`, or answered by the Python model.
So are rows with NaN, infinities or numbers beyond 32 bits, unless the rows of the proof showed that both engines agree on
them.
"""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from hito.core.errors import HitoError, InvalidArgument
from hito.core.signature import Column, Scalar, Tensor
from hito.serve import compiling, parity
from hito.serve.compiling import CHANCE, CHANCES, LABEL, MARGIN, VALUE, Compiled
from hito.serve.converting import LIBRARIES, converted, library, of_trees
from hito.serve.engine import Engine
from hito.serve.ensembles import LOGISTIC, Ensemble
from hito.serve.form import KINDS, Form, fitted, wrapped
from hito.serve.parity import EXACT, PYTHON
from hito.serve.votes import Votes

if TYPE_CHECKING:
    from numpy.typing import NDArray

_RANGE_ROWS = 10
"""Rows of an example from which a column's range can be told."""
_SIZES = (1, 10, 100, 1_000, 10_000)
_QUICK_SECONDS = 0.002
_MOST_QUICK = 2_000
_MOST_STORED = 5_000
_USUAL_ROWS = 3_000
"""Of the rows of the proof the first so many are plausible ones."""


def make(folder: Path, out: Path, trust_pickle: bool, table: Path | None = None) -> Compiled:
    """Compile and prove; writes model.onnx and compiled.json. A model that cannot be is told, not raised.

    Args:
        table: rows that the model was evaluated on, as MLflow's eval_results_table.json.
    """
    began = time.perf_counter()
    try:
        found = _make(folder, out, trust_pickle, table)
    except HitoError as error:
        found = Compiled(verdict=PYTHON, reason=str(error))
    except Exception as error:  # noqa: BLE001  converters raise whatever they like for what they do not know
        found = Compiled(verdict=PYTHON, reason=_said(error))
    return compiling.write(msgspec.structs.replace(found, seconds=round(time.perf_counter() - began, 3)), out)


def _make(folder: Path, out: Path, trust_pickle: bool, table: Path | None) -> Compiled:
    from hito.flavors import pyfunc
    from hito.flavors.trust import Trust

    model = pyfunc.load(folder, trust=Trust(trust_pickle))
    native = model.unwrap_python_model()
    if library(native) not in LIBRARIES:
        return Compiled(verdict=PYTHON, reason=f"there is no compiler for {type(native).__name__}")
    form = _form(model, native)
    work = _Work(model, native, form, _stored(folder, model, form, table))
    best: tuple[Compiled, bytes] | None = None
    problems: list[str] = []
    for attempt in work.attempts():
        for tried, content in attempt(problems):
            if best is None or tried.furthest < best[0].furthest:
                best = (tried, content)
        if best is not None and best[0].verdict == EXACT:
            break
    known = work.described()
    if best is None:
        reason = "; ".join(dict.fromkeys(problems)) or "its answers are neither labels with chances nor numbers"
        return msgspec.structs.replace(known, reason=reason)
    (out / compiling.MODEL).write_bytes(best[1])
    if best[0].votes:
        Votes.write(Votes.of(native) or {}, out / compiling.VOTES)
    python_from, quick = work.speeds(best[1], best[0])
    return msgspec.structs.replace(
        best[0], lows=known.lows, highs=known.highs, ranged_by=known.ranged_by, python_from=python_from, quick=quick,
        packages={name: found for name in ("onnxruntime", "skl2onnx") if (found := compiling.version(name))},
    )  # fmt: skip


class _Work:
    """One model on its way: the rows, and what the Python model says to them."""

    def __init__(self, model: Any, native: Any, form: Form, stored: "NDArray[np.float64] | None") -> None:
        from hito.serve.splits import thresholds

        self._model = model
        self._native = native
        self._form = form
        self._stored = stored
        self._splits = thresholds(native, form.count)
        self._rows = fitted(parity.rows(form.count, self._splits, stored), form)
        self._expected = np.asarray(model.predict(wrapped(self._rows, form)))
        self._gaps = self._asked_gaps()
        arrays = Votes.of(native)
        self._votes = Votes(arrays) if arrays is not None and self._method == "predict" else None

    def attempts(self) -> "list[Callable[[list[str]], Iterator[tuple[Compiled, bytes]]]]":
        """Ways to compile it, that which computes in the bits of the Python model first.

        A forest of scikit-learn compares 32-bit numbers, and `votes` counts its ties: one tree for all classes, which is
        faster than one for each. Everything else computes in 64, at least before its trees; in 32 a sum of large terms that
        cancel may have another sign, which no sample of rows is sure to show.
        """
        if self._votes is not None:
            return [self.by_32_bits, self.by_64_bits]
        return [self.trees, self.by_64_bits, self.by_32_bits]

    def trees(self, problems: list[str]) -> Iterator[tuple[Compiled, bytes]]:
        """The form that compares and adds as the trees' library does, if the model is trees and nothing else."""
        try:
            found = of_trees(self._native, self._form.names, self._form.count, self._method)
        except Exception as error:  # noqa: BLE001  private attributes may be elsewhere in another version
            problems.append(f"trees: {_said(error)}")
            return
        if found is not None:
            content, ensemble = found
            yield from self._proven(content, 64, self._outcomes_of_trees(ensemble), "trees", problems)

    def by_32_bits(self, problems: list[str]) -> Iterator[tuple[Compiled, bytes]]:
        """skl2onnx' forms with 32-bit input that hold."""
        return self._by_converter(32, problems)

    def by_64_bits(self, problems: list[str]) -> Iterator[tuple[Compiled, bytes]]:
        """Those with 64-bit input."""
        return self._by_converter(64, problems)

    def _by_converter(self, bits: int, problems: list[str]) -> Iterator[tuple[Compiled, bytes]]:
        try:
            content = converted(self._native, self._form.names, self._form.count, bits)
        except InvalidArgument as error:
            problems.append(str(error))
        except Exception as error:  # noqa: BLE001  the converter's own
            problems.append(f"{bits}-bit: {_said(error)}")
        else:
            yield from self._proven(content, bits, self._outcomes(), f"{bits}-bit", problems)

    def _proven(
        self, content: bytes, bits: int, outcomes: Iterable[Compiled], way: str, problems: list[str]
    ) -> Iterator[tuple[Compiled, bytes]]:
        """The first way to read a form's outputs that holds."""
        for known in outcomes:
            try:
                found = self._compared(content, msgspec.structs.replace(known, bits=bits, form=self._form))
            except Exception as error:  # noqa: BLE001  the runtime's own
                problems.append(f"{way}: {_said(error)}")
                continue
            if found.verdict != PYTHON:
                yield found, content
                return
            problems.append(f"{way}: {found.reason}")

    def described(self) -> Compiled:
        """What is known of the model itself: the range of its columns."""
        found = Compiled(verdict=PYTHON, form=self._form)
        if self._stored is not None and len(self._stored) >= _RANGE_ROWS:
            lows, highs = np.fmin.reduce(self._stored, axis=0), np.fmax.reduce(self._stored, axis=0)
            by = "rows"
        elif self._splits:
            lows, highs = np.full(self._form.count, -np.inf), np.full(self._form.count, np.inf)
            for at, values in self._splits.items():
                lows[at], highs[at] = values.min(), values.max()
            by = "splits"
        else:
            return found
        return msgspec.structs.replace(found, lows=_floats(lows), highs=_floats(highs), ranged_by=by)

    def speeds(self, content: bytes, known: Compiled) -> tuple[int | None, int]:
        """From how many rows on Python is faster (None: never), and how many rows take two milliseconds here."""
        engine = Engine(content, known, self._votes)
        python_from, quick = None, 1
        for size in _SIZES:
            rows = np.resize(self._rows, (size, self._form.count))
            given = wrapped(rows, self._form)
            ours = _best(lambda rows=rows: engine.ask(rows))
            theirs = _best(lambda given=given: self._model.predict(given))
            python_from = (size if python_from is None else python_from) if theirs < 0.8 * ours else None
            if ours < _QUICK_SECONDS:
                quick = min(_MOST_QUICK, max(quick, int(size * _QUICK_SECONDS / max(ours, 1e-7))))
            if min(ours, theirs) > 1.0:
                break  # larger ones tell nothing new
        return python_from, quick

    @property
    def _method(self) -> str:
        return str(self._model.metadata.flavor("python_function").get("predict_fn", "predict"))

    @property
    def _dtype(self) -> str:
        kind: np.dtype[Any] = self._expected.dtype
        return "object" if kind.kind in "OUST" else kind.name

    def _outcomes_of_trees(self, ensemble: Ensemble) -> Iterator[Compiled]:
        flat = self._expected.ndim == 1
        if ensemble.labels:
            classes = getattr(self._native, "classes_", (-1, 1))  # the latter of IsolationForest
            yield Compiled(verdict=PYTHON, gives=LABEL, classes=_plain(classes), dtype=self._dtype)
        elif ensemble.link == LOGISTIC:
            yield Compiled(verdict=PYTHON, gives=CHANCE if flat else CHANCES, dtype=self._dtype, flat=flat)
        else:
            yield Compiled(verdict=PYTHON, gives=VALUE, dtype=self._dtype, flat=flat)

    def _outcomes(self) -> Iterator[Compiled]:
        """Ways in which the compiled one's outputs may become what the Python model answers with, likely ones first."""
        expected, dtype = self._expected, self._dtype
        classes = getattr(self._native, "classes_", None)
        if self._method != "predict":
            if expected.dtype.kind == "f" and expected.ndim == 2:
                yield Compiled(verdict=PYTHON, gives=CHANCES, output=1, dtype=dtype, flat=False)
            return
        if classes is not None:
            if isinstance(classes, list) or np.asarray(classes).ndim != 1 or expected.ndim != 1:
                return
            yield Compiled(
                verdict=PYTHON,
                gives=LABEL,
                output=1,
                classes=_plain(classes),
                dtype=dtype,
                votes=self._votes is not None,
            )
        elif expected.dtype.kind == "f":
            flat = expected.ndim == 1
            yield Compiled(verdict=PYTHON, gives=VALUE, output=0, dtype=dtype, flat=flat)
            yield Compiled(verdict=PYTHON, gives=CHANCE if flat else CHANCES, output=1, dtype=dtype, flat=flat)

    def _compared(self, content: bytes, known: Compiled) -> Compiled:
        if known.gives == LABEL and known.output == 1 and not known.votes:
            known = msgspec.structs.replace(known, margin=self._margin(content, known))
        engine = Engine(content, known, self._votes)
        answer, sure = engine.ask(self._rows)
        if sure.sum() < 0.5 * len(self._rows):
            return msgspec.structs.replace(known, reason="for most rows its labels are too close to call")
        outcome = parity.compare(self._expected[sure], answer[sure])
        if outcome.verdict == PYTHON:
            return msgspec.structs.replace(
                known, furthest=outcome.furthest,
                reason=f"{outcome.differing} of {outcome.rows} rows differ, by {outcome.furthest:.3g} at most",
            )  # fmt: skip
        nan = False
        if self._gaps is not None:
            rows, wanted = self._gaps
            said, certain = engine.ask(rows)
            nan = parity.compare(wanted[certain], said[certain]).verdict in (EXACT, outcome.verdict)
        return msgspec.structs.replace(
            known, verdict=outcome.verdict, furthest=outcome.furthest, rows=outcome.rows, nan=nan, reason=""
        )

    def _margin(self, content: bytes, known: Compiled) -> float:
        """Ten times the farthest that the scores behind the labels are from those of the Python model, in usual rows."""
        method = next((name for name in ("predict_proba", "decision_function") if hasattr(self._native, name)), None)
        if method is None:
            return MARGIN
        rows = (
            self._rows[:_USUAL_ROWS]
            if self._stored is None
            else np.concatenate([self._rows[:_USUAL_ROWS], self._stored])
        )
        rows = rows[np.isfinite(rows).all(axis=1)]
        theirs = _paired(np.asarray(getattr(self._native, method)(wrapped(rows, self._form))))
        ours = _paired(
            Engine(content, msgspec.structs.replace(known, gives=CHANCES, classes=(), dtype="float64", flat=False)).ask(
                rows
            )[0]
        )
        if ours.shape != theirs.shape:
            raise ValueError(f"it gives {ours.shape[1]} scores where the model has {theirs.shape[1]}")
        return max(MARGIN, 10 * float(np.abs(ours - theirs).max()))

    def _asked_gaps(self) -> Any:
        """Rows with NaN and what Python answers to them; None if it refuses them, or never sees one."""
        if set(self._form.kinds) & set("li"):
            return None
        rows = parity.with_gaps(self._rows)
        try:
            return rows, np.asarray(self._model.predict(wrapped(rows, self._form)))
        except Exception:  # noqa: BLE001  many models take no NaN; then they get none
            return None


def _paired(scores: "NDArray[Any]") -> "NDArray[np.float64]":
    """Scores with a column for each class; a single one speaks for the second of two."""
    found = scores.astype(np.float64).reshape(len(scores), -1)
    return np.concatenate([-found, found], axis=1) if found.shape[1] == 1 else found


def _form(model: Any, native: Any) -> Form:
    """What it takes. Raises: InvalidArgument: not a table of numbers."""
    inputs = model.signature.inputs if model.signature else None
    if inputs and isinstance(inputs[0], Tensor):
        one = inputs[0]
        if len(inputs) != 1 or one.name is not None or one.dtype not in ("float64", "float32") or len(one.shape) != 2:
            raise InvalidArgument("its input has another shape than rows of floating numbers")
        count = one.shape[1] if one.shape[1] > 0 else _counted(native)
        return Form(count=count, kinds=("d" if one.dtype == "float64" else "f") * count, placed=True, tensor=True)
    if inputs:
        columns = [one for one in inputs if isinstance(one, Column)]
        kinds = [KINDS.get(one.type.name, "") if isinstance(one.type, Scalar) else "" for one in columns]
        if not all(kinds):
            raise InvalidArgument("its input has other columns than numbers")
        if any(not one.required and kind in "li" for one, kind in zip(columns, kinds, strict=True)):
            raise InvalidArgument("its input has whole numbers that may be missing")
        if columns[0].name is None:
            return Form(count=len(columns), kinds="".join(kinds), placed=True)
        return Form(count=len(columns), kinds="".join(kinds), names=tuple(str(one.name) for one in columns))
    names = getattr(native, "feature_names_in_", None)
    if names is None and library(native) == "lightgbm" and not hasattr(native, "n_features_in_"):
        names = None
    count = len(names) if names is not None else _counted(native)
    form = Form(count=count, kinds="d" * count, signed=False, names=None if names is None else tuple(map(str, names)))
    return msgspec.structs.replace(form, placed=_takes_array(model, count))


def _counted(native: Any) -> int:
    for name in ("n_features_in_", "num_features", "num_feature"):
        found = getattr(native, name, None)
        if found is not None:
            return int(found() if callable(found) else found)
    raise InvalidArgument("how many columns it takes is not known; log it with a signature")


def _takes_array(model: Any, count: int) -> bool:
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.predict(np.zeros((2, count)))
    except Exception:  # noqa: BLE001  it wants names
        return False
    return True


def _stored(folder: Path, model: Any, form: Form, table: Path | None) -> "NDArray[np.float64] | None":
    """Rows that somebody kept: the input example, and what the model was evaluated on."""
    found = [_example(folder, model, form), _evaluated(table, form) if table else None]
    kept = [one for one in found if one is not None and len(one)]
    return np.concatenate(kept) if kept else None


def _example(folder: Path, model: Any, form: Form) -> "NDArray[np.float64] | None":
    from hito.flavors import example

    if model.metadata.example is None:
        return None
    try:
        inputs, _ = example.read(folder, model.metadata)
        if form.names is not None and hasattr(inputs, "columns"):
            inputs = inputs[list(form.names)]
        found = np.asarray(inputs, dtype=np.float64)
    except (HitoError, ValueError, TypeError, KeyError):
        return None
    return found if found.ndim == 2 and found.shape[1] == form.count else None


def _evaluated(table: Path, form: Form) -> "NDArray[np.float64] | None":
    if form.names is None:
        return None
    try:
        content = msgspec.json.decode(table.read_bytes())
        place = {name: at for at, name in enumerate(content["columns"])}
        picked = [[row[place[name]] for name in form.names] for row in content["data"][:_MOST_STORED]]
        found = np.array(picked, dtype=np.float64)
    except (OSError, msgspec.DecodeError, KeyError, IndexError, ValueError, TypeError):
        return None
    return found if found.ndim == 2 and found.shape[1] == form.count else None


def _plain(classes: Any) -> tuple[Any, ...]:
    """Labels as JSON keeps them."""
    return tuple(one.item() if isinstance(one, np.generic) else one for one in classes)


def _floats(values: "NDArray[np.float64]") -> tuple[float | None, ...]:
    """As JSON keeps them: what is no finite number is None."""
    return tuple(float(value) if np.isfinite(value) else None for value in values)


def _best(work: Any) -> float:
    spent = []
    for _ in range(3):
        began = time.perf_counter()
        work()
        spent.append(time.perf_counter() - began)
        if spent[0] > 0.5:
            break
    return min(spent)


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {str(error).splitlines()[0][:200] if str(error) else ''}"


if __name__ == "__main__":
    make(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "1", Path(sys.argv[4]) if sys.argv[4] else None)
