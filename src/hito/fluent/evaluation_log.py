"""What an evaluation leaves on a run: files, explanations, pictures, metrics, its dataset and the page.

    found ──> files ──┐
      └──> explain ───┼──> the run: metrics, evaluation/*, pictures, report.html
                page <┘
Only the scores may fail. Explanations and the page are extras: if one fails, the rest is kept, and a warning says what is
missing.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct

from hito.client import voice
from hito.client.client import TransportClient
from hito.client.entities import Metric, RunTag
from hito.core.errors import HitoError
from hito.evaluation import evaluating, extras, files
from hito.evaluation.evaluating import Asked, Evaluated
from hito.evaluation.results import Evaluation
from hito.flavors.infer import is_pandas
from hito.fluent import active, data
from hito.fluent.evaluated import EvaluationArtifact, EvaluationResult, copied
from hito.fluent.given import Given

REPORT = "report.html"
_EXPLAIN_SHARE = 1 / 3
"""Of the budget, that explanations take at most."""

T = TypeVar("T")


class Told(Struct, frozen=True, eq=False):
    """What there is to keep."""

    found: Evaluated
    explanation: Any
    taken: Given
    model_id: str | None = None
    prefix: str = ""
    custom: Sequence[Callable[..., Any]] = ()
    path: str | None = None
    """Where the data came from."""
    language: str = "en"
    report: bool = True
    record: bool = True
    """Whether the scores become metrics of the run, and the data one of its inputs."""


def evaluated(asked: Asked, began: float, explain: bool) -> tuple[Evaluated, Any]:
    """The evaluation, and the explanation in the time that is left."""
    found = evaluating.evaluate(asked)
    left = min(_EXPLAIN_SHARE * asked.budget, 0.8 * (asked.budget - (time.monotonic() - began)))
    if not explain or asked.predictor is None or found.features is None or left < 1:
        return found, None
    return found, attempt("the explanations", lambda: _explained(asked, found, left))


def _explained(asked: Asked, found: Evaluated, seconds: float) -> Any:
    """The other half: `hito.explain` with the model as it is, its own classes, and the training data behind it."""
    from hito.explain import explain  # its libraries are an extra

    face, outcome = asked.predictor, found.outcome
    assert face is not None
    own = face.classes
    many = outcome.task == "multilabel"
    classes = list(outcome.labels) if many or own is None or isinstance(own, list) else [_plain(one) for one in own]
    truth = outcome.truth if many else extras.original(outcome)[0]
    background = None if asked.train is None else face.fitted(asked.train[0])[0]
    return explain(
        face,
        found.features,
        truth,
        task=outcome.task,
        feature_names=found.names,
        classes=classes,
        background=background,
        budget=seconds,
        seed=asked.seed,
    )


def _plain(label: Any) -> Any:
    return label.item() if hasattr(label, "item") else label


def kept(told: Told, folder: Path, through: TransportClient | None, run_id: str | None) -> EvaluationResult:
    """Write the files, log them, and make the page."""
    own = files.metrics(told.found.evaluation)
    metrics = {f"{told.prefix}{name}": value for name, value in own.items()}
    root = folder / "run"
    evaluation = files.write(told.found, root)
    if told.explanation is not None:
        attempt("the explanations", lambda: _write_explanation(told.explanation, root))
    if told.custom:
        made, failed = extras.artifacts(told.custom, extras.eval_frame(told.found.outcome), own, folder / "own")
        copied(made, root)
        for name, reason in failed.items():
            voice.warn(f"evaluate {name}", f"hito: the artifact function {name} failed ({reason}).")
    if through is not None and run_id is not None:
        _log(told, evaluation, metrics, through, run_id, root)
    page = None
    if told.report:
        page = attempt("the report", lambda: _page(evaluation, told, through, run_id))
    if page is not None:
        (root / REPORT).write_text(page, "utf-8")
        if through is not None and run_id is not None:
            through.log_text(run_id, page, REPORT)
    where = _uri(through, run_id)
    artifacts = {
        _name(path.relative_to(root)): EvaluationArtifact(
            f"{where}/{path.relative_to(root).as_posix()}" if where else "", path.name, path.read_bytes()
        )
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }
    tables = {"eval_results_table": _table(told)} if told.taken.features is not None else {}
    return EvaluationResult(metrics, artifacts, evaluation, told.explanation, run_id, page, tables)


def _log(
    told: Told,
    evaluation: Evaluation,
    metrics: Mapping[str, float],
    through: TransportClient,
    run_id: str,
    root: Path,
) -> None:
    points = _recorded(told, evaluation, metrics, through, run_id) if told.record else []
    tags = [RunTag(files.TAG, files.summary(evaluation))]
    through.log_batch(run_id, metrics=points, tags=tags)
    through.log_artifacts(run_id, root)


def _recorded(
    told: Told, evaluation: Evaluation, metrics: Mapping[str, float], through: TransportClient, run_id: str
) -> list[Metric]:
    """The dataset becomes an input of the run; and the metrics, measured on it."""
    described = attempt("the dataset's description", lambda: _described(told, evaluation))
    named = {}
    if described is not None:
        entity = data.input_of(described, "eval", None)
        through.log_inputs(run_id, [entity])
        named = {"dataset_name": entity.dataset.name, "dataset_digest": entity.dataset.digest}
    now = time.time_ns() // 1_000_000
    return [Metric(key, value, now, 0, told.model_id, **named) for key, value in metrics.items()]


def _described(told: Told, evaluation: Evaluation) -> Any:
    import numpy as np

    features, name = told.taken.features, evaluation.test.name
    truth = np.asarray(told.taken.truth)
    target = evaluation.test.target or "target"
    if is_pandas(features, "DataFrame") and truth.ndim == 2:  # a dataset has one target at most
        labels = zip(evaluation.classes, truth.T, strict=True)
        frame = features.assign(**{f"{target}.{label}": column for label, column in labels})
        return data.from_pandas(frame, told.path, None, name)
    if is_pandas(features, "DataFrame"):
        return data.from_pandas(features.assign(**{target: truth}), told.path, target, name)
    array = truth if features is None else np.asarray(features)
    return data.from_numpy(array, told.path, None if features is None else truth, name)


def _write_explanation(explanation: Any, root: Path) -> None:
    from hito.explain import to_json
    from hito.explain.pictures import write_pictures
    from hito.explain.results import FILE

    (root / FILE).write_bytes(to_json(explanation))
    write_pictures(explanation, root)


def _page(evaluation: Evaluation, told: Told, through: TransportClient | None, run_id: str | None) -> str:
    from hito.report import run_report

    facts = None
    if through is not None and run_id is not None:
        from hito.fluent.report import facts as facts_of

        through.flush()
        try:
            facts = facts_of(through, run_id)
        except HitoError:
            facts = None  # its server is away: the page has what is known here
    return run_report(evaluation, told.explanation, facts, told.language)


def _uri(through: TransportClient | None, run_id: str | None) -> str:
    if through is None or run_id is None:
        return ""
    known = active.find(run_id)
    if known is not None and known.run.info.artifact_uri:
        return str(known.run.info.artifact_uri)
    try:
        return str(through.get_run(run_id).info.artifact_uri)
    except HitoError:
        return ""


def _name(path: Path) -> str:
    return path.with_suffix("").name


def _table(told: Told) -> Any:
    import pandas

    frame = extras.eval_frame(told.found.outcome)
    features = told.taken.features
    if not is_pandas(features, "DataFrame"):
        return frame
    return pandas.concat([features.reset_index(drop=True), frame], axis=1)


def attempt(what: str, action: Callable[[], T]) -> T | None:
    """Do what the evaluation can do without; if it fails, say so."""
    try:
        return action()
    except Exception as error:  # noqa: BLE001  the guard: an extra's failure leaves the scores
        lines = str(error).strip().splitlines() or [""]
        voice.warn(
            f"evaluate {what}", f"hito: evaluate could not make {what} ({type(error).__name__}: {lines[0][:300]})."
        )
        return None
