"""Bundles from a tracking server, and into one. See `hito.reproduce.bundle` for the file.

    pack     run, its models, on request its children  ──>  bundle
    unpack   bundle, verified whole  ──>  what is there already is compared  ──>  what is missing is added

Bringing in is a union. Ids stay, so that the same bundle twice is once, and two bundles of one run are one run: points
are added that are not there, params, tags, files and models likewise. What is there is never changed, but for a run that
an earlier import left unfinished. A param or a file that differs from what is there is a conflict, found and told before
anything is written.

MLflow's server chooses ids itself. There the run carries its old id in the tag `hito.run_id`, by which it is found again.
"""

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct

from hito import __version__
from hito.client import beginning
from hito.client.entities import LoggedModel, Run
from hito.client.journal import Create
from hito.client.transport import Transport
from hito.connect import Client
from hito.core import rules
from hito.core.artifacts import SafePath
from hito.core.errors import AlreadyExists, HitoError, InvalidArgument, NotFound
from hito.reproduce import bundle as bundles
from hito.reproduce.bundle import MODELS, RUNS, Bundle, DatasetRecord, File, ModelRecord, Point, RunRecord, Writer
from hito.wire import models as wire_models
from hito.wire import runs as wire
from hito.wire.types import MetricIn, Pair

UNFINISHED = "hito.bundle"
"""The tag, with the value `unfinished`, of a run that is being brought in."""
_PARENT, _NAME = "mlflow.parentRunId", "mlflow.runName"
_PAGE = 1000
T = TypeVar("T")


class Arrival(Struct, frozen=True):
    """A run that was brought in: its id there; whether it is new; what was added to it."""

    run_id: str
    name: str
    new: bool
    points: int
    params: int
    tags: int
    files: int
    models: int

    @property
    def changed(self) -> bool:
        return self.new or any((self.points, self.params, self.tags, self.files, self.models))


# --- out ---


def pack(
    client: Client, transport: Transport, run_ids: Sequence[str], path: Path | None, *, children: bool,
    say: Callable[[str], None] = lambda text: None,
) -> Path:  # fmt: skip
    """Write runs into a bundle; its path.

    Args:
        transport: the client's.
        path: None: a name made of the first run's, in the working directory.
        children: also the runs that were started inside of these, and inside of those.
    Raises: NotFound: no such run; AlreadyExists: there is such a file; nothing is left of what fails on the way.
    """
    found = _family(client, run_ids) if children else {one: client.get_run(one) for one in run_ids}
    wanted = list(found.values())
    records = [_record(client, run) for run in wanted]
    target = path or Path.cwd() / bundles.default_name(records[0])
    if target.exists():
        raise AlreadyExists(f"there is a file {target} already; it was left as it is")
    if not target.parent.is_dir():
        raise NotFound(f"there is no folder {target.parent} to write into")
    try:
        with Writer(target, __version__) as writer:
            for run, record in zip(wanted, records, strict=True):
                say(f"{record.name} ({record.run_id})")
                made = [client.get_logged_model(one) for one in record.models]
                writer.run(record, _points(client, run, made))
                _pack_files(transport, writer, RUNS, record.run_id, run.info.artifact_uri)
                for model in made:
                    writer.model(_model_record(model, record.experiment))
                    _pack_files(transport, writer, MODELS, model.model_id, model.artifact_location)
    except OSError as error:
        raise InvalidArgument(f"{target} cannot be written: {error.strerror or error}; nothing is left of it") from None
    return target


def _family(client: Client, run_ids: Sequence[str]) -> dict[str, Run]:
    """Runs and all below them, parents first."""
    found: dict[str, Run] = {}
    waiting = list(run_ids)
    while waiting:
        run_id = waiting.pop(0)
        if run_id in found:
            continue
        run = found[run_id] = client.get_run(run_id)
        token = None
        while True:
            page = client.search_runs(
                [run.info.experiment_id], f"tags.`{_PARENT}` = '{run_id}'", max_results=_PAGE, page_token=token
            )
            waiting += [one.info.run_id for one in page]
            token = page.token
            if not token:
                break
    return found


def _record(client: Client, run: Run) -> RunRecord:
    models = {}
    for output in run.outputs.model_outputs:
        try:
            models[client.get_logged_model(output.model_id).model_id] = output.step
        except NotFound:
            continue  # deleted since
    return RunRecord(
        run_id=run.info.run_id,
        name=run.info.run_name,
        experiment=client.get_experiment(run.info.experiment_id).name,
        user=run.info.user_id,
        status=run.info.status,
        start_time=run.info.start_time,
        end_time=run.info.end_time,
        params=dict(sorted(run.data.params.items())),
        tags={key: value for key, value in sorted(run.data.tags.items()) if key not in (_NAME, UNFINISHED)},
        metrics={key: bundles.readable(value) for key, value in sorted(run.data.metrics.items())},
        datasets=[
            DatasetRecord(
                name=one.dataset.name, digest=one.dataset.digest, source_type=one.dataset.source_type,
                source=one.dataset.source, schema=one.dataset.schema, profile=one.dataset.profile,
                tags={tag.key: tag.value for tag in one.tags},
            )
            for one in sorted(run.inputs.dataset_inputs, key=lambda one: (one.dataset.name, one.dataset.digest))
        ],
        models=dict(sorted(models.items())),
        fed=sorted(one.model_id for one in run.inputs.model_inputs),
    )  # fmt: skip


def _model_record(model: LoggedModel, experiment: str) -> ModelRecord:
    return ModelRecord(
        model_id=model.model_id,
        name=model.name,
        experiment=experiment,
        run_id=model.source_run_id or "",
        model_type=model.model_type or "",
        status=model.status,
        params=dict(sorted(model.params.items())),
        tags=dict(sorted(model.tags.items())),
    )


def _points(client: Client, run: Run, models: Iterable[LoggedModel]) -> Iterator[Point]:
    """All points of a run. Which model a point is about stands with the model, not with the curve."""
    about = {
        _identity(point.key, point.step, point.timestamp, point.value): (
            model.model_id, point.dataset_name or "", point.dataset_digest or "",
        )
        for model in models
        for point in model.metrics
        if point.run_id in (None, run.info.run_id)
    }  # fmt: skip
    for key in sorted(run.data.metrics):
        for one in client.get_metric_history(run.info.run_id, key):
            known = about.get(_identity(key, one.step, one.timestamp, one.value))
            yield Point(
                key, one.step, one.timestamp, one.value,
                *(known or (one.model_id or "", one.dataset_name or "", one.dataset_digest or "")),
            )  # fmt: skip


def _identity(key: str, step: int, timestamp: int, value: float) -> tuple[str, int, int, float | None]:
    """What makes two points one; NaN equals NaN here."""
    return key, step, timestamp, None if math.isnan(value) else value


def _pack_files(transport: Transport, writer: Writer, kind: str, owner: str, root: str) -> None:
    for path in sorted(_walk(transport, root, SafePath.root()), key=str):
        with transport.download(root, str(path)) as chunks:
            writer.file(kind, owner, path, chunks)


def _walk(transport: Transport, root: str, folder: SafePath) -> Iterator[SafePath]:
    for entry in transport.list_files(root, str(folder)):
        path = folder / entry.path
        if entry.is_dir:
            yield from _walk(transport, root, path)
        else:
            yield path


# --- in ---


def unpack(
    client: Client, transport: Transport, bundle: Bundle, *, say: Callable[[str], None] = lambda text: None
) -> list[Arrival]:
    """Bring everything of a bundle in.

    Raises: InvalidArgument: it is damaged, or a run is deleted there; AlreadyExists: a param or a file differs from what is
        there. In these cases nothing was written. Any other error leaves a run that is tagged as unfinished, and that
        the next import of the same bundle completes.
    """
    bundle.verify()
    say(f"{bundle.path.name}: {len(bundle.runs)} runs, {len(bundle.models)} models, every checksum holds")
    records = [bundle.run(run_id) for run_id in bundle.runs]
    known = {record.run_id: run for record in records if (run := _there(client, transport, record)) is not None}
    for record in records:
        if record.run_id in known:
            _refuse_conflicts(client, transport, bundle, record, known[record.run_id])
    ids: dict[str, str] = {}
    return [_bring(client, transport, bundle, record, known.get(record.run_id), ids) for record in records]


def _there(client: Client, transport: Transport, record: RunRecord) -> Run | None:
    """The run, if it is there already."""
    if transport.takes_run_ids():
        try:
            found = client.get_run(record.run_id)
        except NotFound:
            return None
    else:
        experiment = client.get_experiment_by_name(record.experiment)
        if experiment is None:
            return None
        tagged = f"tags.`{beginning.RUN_ID_TAG}` = '{record.run_id}'"
        page = client.search_runs([experiment.experiment_id], tagged, max_results=1)
        if not page:
            return None
        found = client.get_run(page[0].info.run_id)
    if found.info.lifecycle_stage != "active":
        raise InvalidArgument(f"run {record.run_id} is there, but deleted; restore it, then import again")
    return found


def _refuse_conflicts(client: Client, transport: Transport, bundle: Bundle, record: RunRecord, run: Run) -> None:
    for key, value in record.params.items():
        if run.data.params.get(key, value) != value:
            raise AlreadyExists(
                f"run {record.run_id} is there with param {key} = {run.data.params[key]!r}, in the bundle it is {value!r}; "
                "nothing was brought in"
            )
    _missing(transport, bundle, RUNS, record.run_id, run.info.artifact_uri)
    for model_id in record.models:
        if model_id in bundle.models:
            model = _model_there(client, transport, bundle.model(model_id), run)
            if model is not None:
                _missing(transport, bundle, MODELS, model_id, model.artifact_location)


def _missing(transport: Transport, bundle: Bundle, kind: str, owner: str, root: str) -> list[File]:
    """Files of the bundle that are not there.

    Raises: AlreadyExists: one is there with another content.
    """
    sizes = dict(_sizes(transport, root, SafePath.root()))
    absent = []
    for file in bundle.files(kind, owner):
        if file.path not in sizes:
            absent.append(file)
        elif sizes[file.path] != file.size or _digest(transport, root, file.path) != file.sha256:
            raise AlreadyExists(
                f"{kind[:-1]} {owner} is there with another {file.path} than in the bundle; nothing of it was brought in"
            )
    return absent


def _sizes(transport: Transport, root: str, folder: SafePath) -> Iterator[tuple[SafePath, int]]:
    for entry in transport.list_files(root, str(folder)):
        if entry.is_dir:
            yield from _sizes(transport, root, folder / entry.path)
        else:
            yield folder / entry.path, entry.file_size or 0


def _digest(transport: Transport, root: str, path: SafePath) -> str:
    whole = hashlib.sha256()
    with transport.download(root, str(path)) as chunks:
        for chunk in chunks:
            whole.update(chunk)
    return whole.hexdigest()


def _bring(
    client: Client, transport: Transport, bundle: Bundle, record: RunRecord, known: Run | None, ids: dict[str, str]
) -> Arrival:
    run = known or _begin(transport, record, ids)
    run_id = ids[record.run_id] = run.info.run_id
    try:
        models = sum(
            _bring_model(client, transport, bundle, one, step, run)
            for one, step in record.models.items()
            if one in bundle.models
        )
        points = _log_points(client, transport, bundle, record, run)
        params = [Pair(key, value) for key, value in record.params.items() if key not in run.data.params]
        tags = [Pair(key, value) for key, value in _tags(record, ids) if key not in run.data.tags] if known else []
        for some in _in_parts(params, rules.MAX_BATCH_PARAMS):
            transport.call(wire.LOG_BATCH, wire.LogBatch(run_id=run_id, params=some))
        for some in _in_parts(tags, rules.MAX_BATCH_TAGS):
            transport.call(wire.LOG_BATCH, wire.LogBatch(run_id=run_id, tags=some))
        _log_inputs(transport, record, run)
        files = _missing(transport, bundle, RUNS, record.run_id, run.info.artifact_uri)
        _upload(transport, bundle, RUNS, record.run_id, run.info.artifact_uri, files)
        if known is None or UNFINISHED in known.data.tags:
            if record.end_time is not None:
                message = wire.UpdateRun(run_id=run_id, status=record.status, end_time=record.end_time)
                transport.call(wire.UPDATE_RUN, message)
            transport.call(wire.DELETE_TAG, wire.DeleteTag(run_id=run_id, key=UNFINISHED))
    except HitoError as error:
        raise type(error)(
            f"{error.message}\nrun {record.run_id} was brought in in part and is tagged {UNFINISHED}; "
            "import the same bundle again to complete it"
        ) from error
    return Arrival(run_id, record.name, known is None, points, len(params), len(tags), len(files), models)


def _begin(transport: Transport, record: RunRecord, ids: dict[str, str]) -> Run:
    tags = [Pair(key, value) for key, value in _tags(record, ids)]
    create = Create(
        experiment_name=record.experiment, run_name=record.name, user_id=record.user, start_time=record.start_time,
        tags=[*tags, Pair(UNFINISHED, "unfinished")],
    )  # fmt: skip
    return Run.of(beginning.begin(transport, record.run_id, create, uncertain=True))


def _tags(record: RunRecord, ids: dict[str, str]) -> Iterator[tuple[str, str]]:
    for key, value in record.tags.items():
        if key != beginning.RUN_ID_TAG:
            yield key, ids.get(value, value) if key == _PARENT else value


def _log_points(client: Client, transport: Transport, bundle: Bundle, record: RunRecord, run: Run) -> int:
    there: set[Any] = set()
    if run.data.metrics:
        for key in run.data.metrics:
            for one in client.get_metric_history(run.info.run_id, key):
                there.add(_identity(one.key, one.step, one.timestamp, one.value))
    ours = transport.takes_run_ids()
    absent = (
        MetricIn(
            one.key, one.value, one.timestamp, one.step, one.model_id if ours and one.model_id in bundle.models else "",
            one.dataset_name, one.dataset_digest,
        )
        for one in bundle.points(record.run_id)
        if _identity(one.key, one.step, one.timestamp, one.value) not in there
    )  # fmt: skip
    count = 0
    for some in _in_parts(absent, rules.MAX_BATCH_METRICS):
        transport.call(wire.LOG_BATCH, wire.LogBatch(run_id=run.info.run_id, metrics=some))
        count += len(some)
    return count


def _log_inputs(transport: Transport, record: RunRecord, run: Run) -> None:
    there = {(one.dataset.name, one.dataset.digest) for one in run.inputs.dataset_inputs}
    datasets = [
        wire.DatasetInputIn(
            [Pair(key, value) for key, value in one.tags.items()],
            wire.DatasetIn(one.name, one.digest, one.source_type, one.source, one.schema, one.profile),
        )
        for one in record.datasets
        if (one.name, one.digest) not in there
    ]
    if datasets:
        transport.call(wire.LOG_INPUTS, wire.LogInputs(run_id=run.info.run_id, datasets=datasets))


def _bring_model(client: Client, transport: Transport, bundle: Bundle, model_id: str, step: int, run: Run) -> bool:
    """Whether anything of a model was missing, and is there now."""
    record = bundle.model(model_id)
    found = _model_there(client, transport, record, run)
    made = found is None
    if found is None:
        message = wire_models.CreateLoggedModel(
            experiment_id=run.info.experiment_id, name=record.name, model_type=record.model_type,
            source_run_id=run.info.run_id if record.run_id else "", model_id=model_id,
        )  # fmt: skip
        found = LoggedModel.of(transport.call(wire_models.CREATE_LOGGED_MODEL, message)["model"])
    if all(one.model_id != found.model_id for one in run.outputs.model_outputs):
        outputs = [wire.ModelOutputIn(found.model_id, step)]
        transport.call(wire.LOG_OUTPUTS, wire.LogOutputs(run_id=run.info.run_id, models=outputs))
    params = {key: value for key, value in record.params.items() if key not in found.params}
    tags = {key: value for key, value in record.tags.items() if key not in found.tags}
    if params:
        client.log_model_params(found.model_id, params)
    if tags:
        client.set_logged_model_tags(found.model_id, tags)
    files = _missing(transport, bundle, MODELS, model_id, found.artifact_location)
    _upload(transport, bundle, MODELS, model_id, found.artifact_location, files)
    if found.status != record.status and record.status != "LOGGED_MODEL_PENDING":
        client.finalize_logged_model(found.model_id, record.status)
        made = True
    return made or bool(params or tags or files)


def _model_there(client: Client, transport: Transport, record: ModelRecord, run: Run) -> LoggedModel | None:
    if transport.takes_run_ids():
        try:
            return client.get_logged_model(record.model_id)
        except NotFound:
            return None
    made_here = f"name = '{record.name}' AND source_run_id = '{run.info.run_id}'"
    page = client.search_logged_models([run.info.experiment_id], made_here, max_results=1)
    return page[0] if page else None


def _upload(transport: Transport, bundle: Bundle, kind: str, owner: str, root: str, files: Iterable[File]) -> None:
    for file in files:
        transport.upload(root, str(file.path), bundle.content(kind, owner, file.path), file.size)


def _in_parts(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
