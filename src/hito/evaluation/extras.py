"""Scores and artifacts of the user's own, in MLflow's forms and in a plainer one.

a score        f(truth, predicted) → number                                 as scikit-learn's are
               make_metric(eval_fn=f, greater_is_better=…, name=…)          MLflow's; f(predictions, targets, metrics)
                                                                            or f(eval_df, builtin_metrics)
an artifact    f(eval_df, builtin_metrics, artifacts_dir) → name → value    a path, frame, array, figure, picture, dict
"""

import inspect
import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from hito.core import rules
from hito.core.artifacts import SafePath
from hito.core.errors import InvalidArgument
from hito.evaluation.evaluating import Custom
from hito.evaluation.outcome import Outcome
from hito.flavors.infer import is_pandas


class MetricValue(Struct, frozen=True):
    """What an `eval_fn` may answer beside a number: per row, and aggregated."""

    scores: list[Any] | None = None
    justifications: list[str] | None = None
    aggregate_results: dict[str, float] | None = None


class EvaluationMetric(Struct, frozen=True):
    """A score of the user's, as `make_metric` makes it."""

    eval_fn: Callable[..., Any]
    name: str
    greater_is_better: bool | None = None


def make_metric(
    *, eval_fn: Callable[..., Any], greater_is_better: bool, name: str | None = None, **described: Any
) -> EvaluationMetric:
    """A score of one's own, for `evaluate(extra_metrics=[…])`. What MLflow takes beside is accepted and not kept."""
    called = name or getattr(eval_fn, "__name__", "")
    if not called or called == "<lambda>":
        raise InvalidArgument("A lambda has no name; give make_metric one by name=…")
    return EvaluationMetric(eval_fn, called, greater_is_better)


def scores(given: Mapping[str, Any] | Iterable[Any] | None) -> dict[str, Custom]:
    """Custom scores by name.

    Raises: InvalidArgument: one is no function and none of MLflow's metrics, or two have one name.
    """
    if given is None:
        return {}
    pairs = given.items() if isinstance(given, Mapping) else [(_name(one), one) for one in given]
    made: dict[str, Custom] = {}
    for name, one in pairs:
        function = getattr(one, "eval_fn", one)
        if not callable(function):
            raise InvalidArgument(
                f"The metric {name!r} is a {type(one).__name__}; give a function, or what make_metric made."
            )
        try:
            rules.check_key(str(name))
        except InvalidArgument:
            raise InvalidArgument(
                f"A metric is called {name!r}, which cannot be logged; give {{'name': function}}, or hito.models.make_metric."
            ) from None
        if name in made:
            raise InvalidArgument(f"Two metrics are called {name!r}; give each a name of its own.")
        made[str(name)] = _adapted(function, hasattr(one, "eval_fn"))
    return made


def artifacts(
    functions: Sequence[Callable[..., Any]], frame: Any, metrics: Mapping[str, float], folder: Path
) -> tuple[dict[str, Path], dict[str, str]]:
    """Let the user's functions make artifacts below a folder.

    Returns: name → file; and, of those that failed, name → why.
    """
    made: dict[str, Path] = {}
    failed: dict[str, str] = {}
    for function in functions:
        called = getattr(function, "__name__", type(function).__name__)
        own = folder / "made"
        own.mkdir(parents=True, exist_ok=True)
        try:
            found = function(frame.copy(), dict(metrics), str(own))
            if not isinstance(found, Mapping):
                raise InvalidArgument(f"it answered a {type(found).__name__}; a dict of name → artifact is expected")
            for name, value in found.items():
                made[str(name)] = _written(str(name), value, folder)
        except Exception as error:  # noqa: BLE001  the guard: the user's function leaves the evaluation alone
            failed[called] = f"{type(error).__name__}: {str(error)[:300]}"
    return made, failed


def _name(one: Any) -> str:
    return str(getattr(one, "name", None) or getattr(one, "__name__", type(one).__name__))


def _adapted(function: Callable[..., Any], mlflows: bool) -> Custom:
    names = list(inspect.signature(function).parameters) if _has_signature(function) else []
    named = set(names)

    def score(outcome: Outcome) -> float:
        truth, predicted = original(outcome)
        if "eval_df" in named or {"builtin_metrics"} & named:
            given: tuple[Any, ...] = (eval_frame(outcome), {})
            return _number(function(*given[: max(1, len(names))]))
        if mlflows or named & {"predictions", "targets", "metrics"}:
            ready = {"predictions": _series(predicted), "targets": _series(truth), "metrics": {}}
            known = {name: value for name, value in ready.items() if name in named}
            return _number(function(**known) if known else function(_series(predicted), _series(truth)))
        if "sample_weight" in named and outcome.weighted:
            return _number(function(truth, predicted, sample_weight=outcome.weights))
        return _number(function(truth, predicted))

    return score


def _has_signature(function: Callable[..., Any]) -> bool:
    try:
        inspect.signature(function)
    except (TypeError, ValueError):
        return False
    return True


def _number(found: Any) -> float:
    aggregated = getattr(found, "aggregate_results", None)
    if aggregated:
        return float(aggregated.get("mean", next(iter(aggregated.values()))))
    rows = getattr(found, "scores", None)
    if rows is not None:
        return float(sum(rows) / len(rows))
    return float(found)


def original(outcome: Outcome) -> tuple[Any, Any]:
    """Truth and predictions as labels or numbers, not as codes."""
    import numpy as np

    if outcome.task in ("regression", "multilabel"):
        return outcome.truth, outcome.predicted
    labels = np.array(outcome.labels)
    return labels[outcome.truth], labels[outcome.predicted]


def eval_frame(outcome: Outcome) -> Any:
    """MLflow's `eval_df`: a row for each row, with `prediction` and `target`."""
    import pandas

    truth, predicted = original(outcome)
    many = outcome.task == "multilabel"
    return pandas.DataFrame(
        {"prediction": list(predicted) if many else predicted, "target": list(truth) if many else truth}
    )


def _series(values: Any) -> Any:
    import pandas

    return pandas.Series(values) if values.ndim == 1 else pandas.DataFrame(values)


def _written(name: str, value: Any, folder: Path) -> Path:
    """Put an artifact into a file of a kind that needs no trust to be read."""
    stem = str(SafePath.parse(name))
    if isinstance(value, str | Path):
        source = Path(value)
        if not source.is_file():
            raise InvalidArgument(f"the artifact {name!r} is the path {source}, where there is no file")
        target = folder / (stem if Path(stem).suffix else stem + source.suffix)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        return target
    kinds: list[tuple[bool, str]] = [
        (is_pandas(value, "DataFrame"), ".csv"),
        (type(value).__module__.partition(".")[0] == "numpy", ".npy"),
        (hasattr(value, "savefig"), ".png"),
        (type(value).__module__.startswith("PIL."), ".png"),
        (isinstance(value, dict | list), ".json"),
    ]
    ending = next((ending for fits, ending in kinds if fits), None)
    if ending is None:
        raise InvalidArgument(
            f"the artifact {name!r} is a {type(value).__name__}; give a path, a frame, an array, a figure, a picture or a dict"
        )
    target = folder / (stem if Path(stem).suffix == ending else stem + ending)
    target.parent.mkdir(parents=True, exist_ok=True)
    if ending == ".csv":
        value.to_csv(target, index=False)
    elif ending == ".npy":
        import numpy as np

        np.save(target, value, allow_pickle=False)
    elif ending == ".json":
        target.write_text(json.dumps(value, indent=1), "utf-8")
    elif hasattr(value, "savefig"):
        value.savefig(target)
    else:
        value.save(target)
    return target
