"""Reports of what a store holds: runs are read through a client, from wherever they are.

    facts(client, run_id)        what the run says of itself          ┐
    evaluation, explanation      evaluation/*.json of its artifacts   ├──> report.run_report ──> one page
                                                                      ┘
A run of anybody can be reported, also one that MLflow's client logged: what it does not have is left out, and said.
"""

import contextlib
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from hito.client.client import TransportClient
from hito.client.entities import Metric, ModelVersion, PagedList, Run
from hito.core.artifacts import FileInfo
from hito.core.errors import HitoError, InvalidArgument, NotFound
from hito.evaluation import files as evaluations
from hito.evaluation import paired
from hito.evaluation.predictions import Predictions
from hito.evaluation.results import Evaluation
from hito.explain import results as explanations
from hito.report.card import card
from hito.report.comparison import Side, comparison_report
from hito.report.experiment import ExperimentFacts, experiment_report
from hito.report.facts import DatasetFacts, FileFacts, MetricFacts, ModelFacts, RunFacts, VersionFacts
from hito.report.run import run_report

REPORT = "report.html"

_ENVIRONMENT = "hito/environment.json"
_CURVES = 12
_POINTS = 300
_FILES = 400
_FOLDERS = 40
_FEWEST_FOLDS, _MOST_FOLDS = 3, 50
_LARGEST = 64 << 20
_RUNS = 1000
"""Runs of an experiment that its report looks at: the newest."""

Found = TypeVar("Found")


def report_of_run(client: TransportClient, run_id: str, language: str = "en") -> str:
    """The page of a run, as HTML.

    Raises: NotFound: there is no such run. InvalidArgument: another language, or an evaluation that cannot be read.
    """
    run = client.get_run(run_id)
    return run_report(evaluation_of(client, run_id), explanation_of(client, run_id), _facts(client, run), language)


def card_of_run(client: TransportClient, run_id: str, language: str = "en") -> str:
    """The model card of a run, as Markdown."""
    run = client.get_run(run_id)
    return card(evaluation_of(client, run_id), explanation_of(client, run_id), _facts(client, run), language)


def report_of_experiment(client: TransportClient, name: str, metric: str | None = None, language: str = "en") -> str:
    """The page of an experiment.

    Args:
        metric: what the leaderboard is ordered by; None: the one that most runs have.
    Raises: NotFound: there is no such experiment, or it has no runs.
    """
    experiment = client.get_experiment_by_name(name)
    if experiment is None:
        raise NotFound(f"There is no experiment '{name}'. `hito.search_experiments()` lists them.")
    runs: list[Run] = []
    token = ""
    while len(runs) < _RUNS:
        page = client.search_runs(
            [experiment.experiment_id], max_results=min(500, _RUNS), order_by=["start_time DESC"], page_token=token
        )
        runs += page
        token = page.token or ""
        if not token:
            break
    if not runs:
        raise NotFound(f"The experiment '{name}' has no runs to report.")
    given = ExperimentFacts(
        name=name,
        runs=tuple(_plain_facts(run, name) for run in runs[:_RUNS]),
        metric=metric,
        more=bool(token) or len(runs) > _RUNS,
    )
    return experiment_report(given, lambda run_id: evaluation_of(client, run_id), language)


def report_of_comparison(client: TransportClient, first: str, second: str, language: str = "en") -> str:
    """The page of two runs side by side.

    Raises: NotFound: there is no such run. InvalidArgument: they are the same one.
    """
    if first == second:
        raise InvalidArgument(f"Run {first} was given twice; a comparison needs two runs.")
    one, other = _side(client, first), _side(client, second)
    folds = _folds(one.facts, other.facts)
    tests, why = None, ""
    try:
        tests = paired.compare(_predictions(client, first), _predictions(client, second), tests=len(folds))
    except HitoError as error:
        why = error.message
    return comparison_report(one, other, tests, folds, why, language)


def keep(client: TransportClient, run_id: str, html: str) -> None:
    """Store a page as the run's artifact `report.html`."""
    client.log_text(run_id, html, REPORT)


def facts(client: TransportClient, run_id: str) -> RunFacts:
    """What a run says of itself. Raises: NotFound."""
    return _facts(client, client.get_run(run_id))


def evaluation_of(client: TransportClient, run_id: str) -> Evaluation | None:
    """The evaluation that a run keeps; None if it has none. Raises: InvalidArgument: it is damaged, or of a newer format."""
    with _fetched(client, run_id, evaluations.FILE) as file:
        return None if file is None else evaluations.read(file)


def explanation_of(client: TransportClient, run_id: str) -> explanations.Explanation | None:
    """The explanation that a run keeps; None if it has none. Raises: InvalidArgument: it is damaged, or of a newer form."""
    with _fetched(client, run_id, explanations.FILE) as file:
        return None if file is None else explanations.from_json(file.read_bytes())


def _side(client: TransportClient, run_id: str) -> Side:
    return Side(
        facts=facts(client, run_id),
        evaluation=evaluation_of(client, run_id),
        explanation=explanation_of(client, run_id),
    )


def _predictions(client: TransportClient, run_id: str) -> Predictions:
    with _fetched(client, run_id, evaluations.PREDICTIONS) as file:
        found = None if file is None else evaluations.read_predictions(file)
    if found is None:
        raise NotFound(f"Run {run_id} keeps no predictions; evaluate it with hito.evaluate on the same data.")
    return found


def _folds(first: RunFacts, second: RunFacts) -> list[paired.Difference]:
    """Tests over the folds that autologging logged: a `test_` metric with a step for each, the same number in both."""
    found = []
    theirs = {one.key: one for one in second.metrics}
    for one in first.metrics:
        other = theirs.get(one.key)
        if other is None or not one.key.startswith("test_") or not _FEWEST_FOLDS <= len(one.steps) <= _MOST_FOLDS:
            continue
        if one.steps == other.steps == tuple(range(len(one.steps))):
            share = 1 / len(one.steps)
            found.append(paired.corrected_t(one.values, other.values, test_share=share, score=one.key))
    return found


def _facts(client: TransportClient, run: Run) -> RunFacts:
    run_id = run.info.run_id
    try:
        experiment = client.get_experiment(run.info.experiment_id).name
    except HitoError:  # deleted for good, or not to be seen
        experiment = run.info.experiment_id
    known = _plain_facts(run, experiment)
    environment = _environment(client, run_id)
    return msgspec.structs.replace(
        known,
        metrics=tuple(_metrics(client, run)),
        models=tuple(_models(client, run)),
        versions=tuple(_versions(client, run_id)),
        files=tuple(_files(client, run_id)),
        environment=tuple(_machine(environment)),
        command=" ".join(map(str, environment.get("command") or ())) or known.command,
        packages=_packages(environment),
    )


def _plain_facts(run: Run, experiment: str) -> RunFacts:
    """What the run itself holds, without asking again."""
    tags = run.data.tags
    return RunFacts(
        run_id=run.info.run_id,
        run_name=run.info.run_name,
        experiment=experiment,
        user=run.info.user_id or tags.get("mlflow.user", ""),
        status=run.info.status,
        begun=run.info.start_time,
        ended=run.info.end_time,
        source=tags.get("mlflow.source.name", ""),
        commit=tags.get("mlflow.source.git.commit", ""),
        dirty=tags.get("hito.git.dirty", "") == "true",
        command=tags.get("hito.command", ""),
        description=tags.get("mlflow.note.content", ""),
        params=dict(run.data.params),
        metrics=tuple(MetricFacts(key, value) for key, value in sorted(run.data.metrics.items())),
        tags={key: value for key, value in tags.items() if not key.startswith(("mlflow.", "hito."))},
        datasets=tuple(_datasets(run)),
    )


def _datasets(run: Run) -> Iterator[DatasetFacts]:
    for one in run.inputs.dataset_inputs:
        context = next((tag.value for tag in one.tags if tag.key == "mlflow.data.context"), "")
        try:
            profile = json.loads(one.dataset.profile or "{}")
            rows = profile.get("num_rows") if isinstance(profile, dict) else None
        except ValueError:
            rows = None
        rows = rows if isinstance(rows, int) else None
        yield DatasetFacts(one.dataset.name, one.dataset.digest, context, _origin(one.dataset.source), rows)


def _origin(source: str) -> str:
    """Where data came from, of what MLflow's clients write: a place; of data made in a script, the script."""
    try:
        known = json.loads(source)
    except ValueError:
        return source
    if not isinstance(known, dict):
        return source
    tags = known.get("tags")
    script = tags.get("mlflow.source.name") if isinstance(tags, dict) else None
    return str(
        next((known[name] for name in ("uri", "url", "path", "table_name") if known.get(name)), script or source)
    )


def _metrics(client: TransportClient, run: Run) -> Iterator[MetricFacts]:
    """All with their latest values; of those that were logged over steps, the first dozen with their curves."""
    drawn = 0
    for key, value in sorted(run.data.metrics.items()):
        system = key.startswith("system/")
        points: list[Metric] = []
        if not system and drawn < _CURVES:
            points = _or(lambda name: client.get_metric_history(run.info.run_id, name), key, points)
        by_step = {point.step: point.value for point in points if point.value == point.value}
        if len(by_step) < 2:
            yield MetricFacts(key, value)
            continue
        drawn += 1
        steps = sorted(by_step)
        every = max(1, len(steps) // _POINTS)
        kept = [step for at, step in enumerate(steps) if at % every == 0 or at == len(steps) - 1]
        yield MetricFacts(key, value, tuple(kept), tuple(by_step[step] for step in kept))


def _models(client: TransportClient, run: Run) -> Iterator[ModelFacts]:
    for one in run.outputs.model_outputs:
        name = _or(lambda model_id: client.get_logged_model(model_id).name, one.model_id, one.model_id)
        yield ModelFacts(name, one.model_id)


def _versions(client: TransportClient, run_id: str) -> Iterator[VersionFacts]:
    none: PagedList[ModelVersion] = PagedList([], None)
    for one in _or(client.search_model_versions, f"run_id = '{run_id}'", none):
        aliases = one.aliases or _aliases(client, one)
        yield VersionFacts(one.name, one.version, one.current_stage, tuple(aliases))


def _aliases(client: TransportClient, one: ModelVersion) -> list[str]:
    """MLflow's servers leave them out of searches."""
    try:
        return client.get_model_version(one.name, one.version).aliases
    except HitoError:
        return []


def _files(client: TransportClient, run_id: str) -> list[FileFacts]:
    """All files, up to a number: what stands in a folder that is not looked into is left out."""
    found: list[FileFacts] = []
    folders = [""]
    opened = 0
    while folders and len(found) < _FILES and opened < _FOLDERS:
        folder = folders.pop(0)
        opened += 1
        none: list[FileInfo] = []
        for entry in _or(lambda path: client.list_artifacts(run_id, path), folder, none):
            if entry.is_dir:
                folders.append(entry.path)
            else:
                found.append(FileFacts(entry.path, entry.file_size))
    return sorted(found, key=lambda one: one.path)


def _environment(client: TransportClient, run_id: str) -> dict[str, Any]:
    """hito/environment.json, if the run has one that can be read."""
    try:
        with _fetched(client, run_id, _ENVIRONMENT) as file:
            found = json.loads(file.read_bytes()) if file is not None else {}
    except (ValueError, HitoError):
        return {}
    return found if isinstance(found, dict) else {}


def _machine(environment: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Labels and texts; what is not there, or not of the kind it should be, is left out."""

    def part(name: str) -> dict[str, Any]:
        found = environment.get(name)
        return found if isinstance(found, dict) else {}

    python, system, processor = part("python"), part("platform"), part("processor")
    if python.get("version"):
        yield "python", f"{python.get('implementation', '')} {python['version']}".strip()
    if system.get("system"):
        yield "system", f"{system['system']} {system.get('release', '')} {system.get('machine', '')}".strip()
    if processor.get("count"):
        yield "processor", f"{processor.get('model') or ''} × {processor['count']}".strip()
    if isinstance(processor.get("memory_bytes"), int):
        yield "memory", f"{processor['memory_bytes'] / 2**30:.1f} GiB"
    for name in ("entry_point", "folder"):
        if environment.get(name):
            yield name, str(environment[name])


def _packages(environment: dict[str, Any]) -> dict[str, str]:
    found = environment.get("distributions")
    if not isinstance(found, dict):
        return {}
    return {str(name): str(version) for name, version in found.items() if isinstance(version, str)}


@contextlib.contextmanager
def _fetched(client: TransportClient, run_id: str, path: str) -> Iterator[Path | None]:
    """A copy of a file of the run; None if it has none of this name."""
    folder = path.rpartition("/")[0]
    entry = next((one for one in client.list_artifacts(run_id, folder) if one.path == path), None)
    if entry is None:
        yield None
        return
    if (entry.file_size or 0) > _LARGEST:
        raise InvalidArgument(f"{path} of run {run_id} has {entry.file_size} bytes, more than hito ever writes.")
    with tempfile.TemporaryDirectory(prefix="hito-") as place:
        yield Path(client.download_artifacts(run_id, path, place))


def _or(ask: Callable[[str], Found], given: str, otherwise: Found) -> Found:
    """What is asked, unless the server refuses: older servers know no logged models, others have no registry."""
    try:
        return ask(given)
    except HitoError:
        return otherwise
