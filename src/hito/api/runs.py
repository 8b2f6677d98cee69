"""What can be done with runs."""

import json
from collections.abc import Sequence

from hito.api import metrics
from hito.api.context import Bindings, Context
from hito.core import rules
from hito.core.errors import AlreadyExists, InvalidArgument
from hito.core.ids import new_name, new_run_id
from hito.core.runs import RUN_NAME, Dataset, Run, RunStatus, ViewType
from hito.store import datasets, experiments, runs
from hito.store.search.runs import search_runs
from hito.wire import runs as wire
from hito.wire.endpoint import Empty, missing
from hito.wire.types import Pair, enum_of

MAX_RESULTS = 50_000
_MODEL_HISTORY = "mlflow.log-model.history"


def create(context: Context, message: wire.CreateRun) -> wire.RunAnswer:
    experiment = rules.check_experiment_id(message.experiment_id)
    tags = _distinct([(tag.key, tag.value) for tag in message.tags], "tag")
    for key, value in tags.items():  # nothing else is asked of tags that come with a new run
        rules.check_text(key, rules.MAX_TAG_VALUE, "a tag's key")
        rules.check_text(value, 1 << 20, f"the value of tag '{key}'")
    tagged = tags.pop(RUN_NAME, "")
    if message.run_name and tagged and message.run_name != tagged:
        raise InvalidArgument(
            f"The run has two names: run_name is '{message.run_name}', the tag {RUN_NAME} is '{tagged}'. Give one."
        )
    name = rules.check_text(message.run_name or tagged or new_name(), rules.MAX_RUN_NAME, "run_name")
    user = rules.check_text(message.user_id, rules.MAX_TAG_VALUE, "user_id")
    location = experiments.active(context.tx, experiment)
    known = _begun_before(context, message.run_id, experiment) if message.run_id else None
    if known is not None:
        run = runs.get_many(context.tx, [known.id])[0]
        return wire.RunAnswer(Run(run.info, run.data, run.inputs))
    run_id = message.run_id or new_run_id()
    return wire.RunAnswer(
        runs.create(context.tx, run_id, experiment, location, name, user, message.start_time, tags.items())
    )


def _begun_before(context: Context, run_id: str, experiment: int) -> runs.RunKey | None:
    """The run that was made under an id which its client chose: asking again changes nothing."""
    if not rules.is_own_run_id(run_id):
        raise InvalidArgument(
            f"Invalid value {run_id[:100]!r} for parameter 'run_id': expected 32 lower-case hex digits."
        )
    known = runs.find(context.tx, run_id)
    if known is not None and known.experiment_id != experiment:
        raise AlreadyExists(f"The run {run_id} exists already, in experiment {known.experiment_id}.")
    return known


def get(context: Context, message: wire.RunId) -> wire.RunAnswer:
    return wire.RunAnswer(runs.get(context.tx, message.run_id))


def update(context: Context, message: wire.UpdateRun) -> wire.RunInfoAnswer:
    status = None if message.status in (None, "") else enum_of(RunStatus, message.status, "status")
    name = rules.check_text(message.run_name, rules.MAX_RUN_NAME, "run_name")
    run = runs.writable(context.tx, message.run_id)
    return wire.RunInfoAnswer(runs.update(context.tx, run, status, message.end_time, name))


def delete(context: Context, message: wire.RunId) -> Empty:
    runs.delete(context.tx, message.run_id)
    return Empty()


def restore(context: Context, message: wire.RunId) -> Empty:
    runs.restore(context.tx, message.run_id)
    return Empty()


def set_tag(context: Context, message: wire.SetTag) -> Empty:
    tag = (rules.check_key(message.key), rules.truncated(message.value, rules.MAX_TAG_VALUE, "value"))
    runs.set_tags(context.tx, runs.writable(context.tx, message.run_id), [tag])
    return Empty()


def delete_tag(context: Context, message: wire.DeleteTag) -> Empty:
    runs.delete_tag(context.tx, runs.writable(context.tx, message.run_id), message.key)
    return Empty()


def log_param(context: Context, message: wire.LogParam) -> Empty:
    param = (rules.check_key(message.key), rules.truncated(message.value, rules.MAX_PARAM_VALUE, "value"))
    runs.log_params(context.tx, runs.writable(context.tx, message.run_id), [param])
    return Empty()


def log_batch(context: Context, message: wire.LogBatch) -> Empty:
    """All or nothing: params, metrics and tags of one run."""
    rules.check_run_id(message.run_id)
    points = metrics.checked(message.metrics)
    params = _checked(message.params, rules.MAX_PARAM_VALUE, "params")
    tags = _checked(message.tags, rules.MAX_TAG_VALUE, "tags")
    _check_size("metrics", len(message.metrics), rules.MAX_BATCH_METRICS)
    _check_size("params", len(params), rules.MAX_BATCH_PARAMS)
    _check_size("tags", len(tags), rules.MAX_BATCH_TAGS)
    _check_size("entities", len(message.metrics) + len(params) + len(tags), rules.MAX_BATCH_ENTITIES)
    _distinct(params, "param")
    run = runs.writable(context.tx, message.run_id)
    if params:
        runs.log_params(context.tx, run, params)
    metrics.log(context, run, points)
    if tags:
        runs.set_tags(context.tx, run, tags)
    return Empty()


def log_inputs(context: Context, message: wire.LogInputs) -> Empty:
    rules.check_run_id(message.run_id)
    inputs = [_dataset_input(given, f"datasets[{place}]") for place, given in enumerate(message.datasets)]
    models = _model_ids([model.model_id for model in message.models])
    run = runs.writable(context.tx, message.run_id)
    datasets.log(context.tx, run.id, run.experiment_id, inputs)
    runs.log_model_inputs(context.tx, run, models)
    return Empty()


def log_outputs(context: Context, message: wire.LogOutputs) -> Empty:
    models = []
    for place, model_id in enumerate(_model_ids([model.model_id for model in message.models])):
        step = message.models[place].step
        if step is None:
            raise missing(f"models[{place}].step")
        models.append((model_id, step))
    runs.log_outputs(context.tx, runs.writable(context.tx, message.run_id), models)
    return Empty()


def log_model(context: Context, message: wire.LogModel) -> Empty:
    """MLflow's old way to say that a run holds a model: a JSON array in a tag."""
    model = _model_json(message.model_json)
    run = runs.writable(context.tx, message.run_id)
    try:
        history = json.loads(runs.tag(context.tx, run, _MODEL_HISTORY) or "[]")
    except ValueError:  # somebody set the tag by hand
        history = []
    known = history if isinstance(history, list) else []
    runs.set_tags(context.tx, run, [(_MODEL_HISTORY, json.dumps([*known, model]))])
    return Empty()


def search(context: Context, message: wire.SearchRuns) -> wire.RunsPage:
    if not 1 <= message.max_results <= MAX_RESULTS:
        raise InvalidArgument(
            f"Invalid value {message.max_results} for parameter 'max_results': expected 1 to {MAX_RESULTS}."
        )
    ids = [rules.check_experiment_id(one) for one in message.experiment_ids]
    view = enum_of(ViewType, message.run_view_type, "run_view_type")
    page = search_runs(context.tx, ids, message.filter, message.order_by, view, message.max_results, message.page_token)
    return wire.RunsPage(runs.get_many(context.tx, page.ids), page.token)


def _checked(pairs: Sequence[Pair], limit: int, where: str) -> list[tuple[str, str]]:
    found = []
    for place, pair in enumerate(pairs):
        key = rules.check_key(pair.key, f"{where}[{place}].key")
        found.append((key, rules.truncated(pair.value, limit, f"{where}[{place}].value")))
    return found


def _check_size(what: str, count: int, limit: int) -> None:
    if count > limit:
        raise InvalidArgument(f"A batch may hold {limit} {what}, this one holds {count}. Send several.")


def _distinct(pairs: Sequence[tuple[str, str]], what: str) -> dict[str, str]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise InvalidArgument(f"Duplicate {what} keys have been submitted: '{twice}' is given more than once.")
    return found


def _dataset_input(given: wire.DatasetInputIn, where: str) -> tuple[Dataset, list[tuple[str, str]]]:
    dataset = given.dataset
    if dataset is None:
        raise missing(f"{where}.dataset")
    for name, limit in (
        ("name", rules.MAX_DATASET_NAME),
        ("digest", rules.MAX_DATASET_DIGEST),
        ("source_type", rules.MAX_DATASET_SOURCE),
        ("source", rules.MAX_DATASET_SOURCE),
    ):
        if not getattr(dataset, name):
            raise missing(f"{where}.dataset.{name}")
        rules.check_text(getattr(dataset, name), limit, f"{where}.dataset.{name}")
    rules.check_text(dataset.schema or "", rules.MAX_DATASET_SCHEMA, f"{where}.dataset.schema")
    rules.check_text(dataset.profile or "", rules.MAX_DATASET_PROFILE, f"{where}.dataset.profile")
    tags = []
    for place, tag in enumerate(given.tags):
        if not tag.key:
            raise missing(f"{where}.tags[{place}].key")
        if not tag.value:
            raise missing(f"{where}.tags[{place}].value")
        key = rules.check_text(tag.key, rules.MAX_INPUT_TAG_KEY, f"{where}.tags[{place}].key")
        tags.append((key, rules.check_text(tag.value, rules.MAX_INPUT_TAG_VALUE, f"{where}.tags[{place}].value")))
    return (
        Dataset(
            name=dataset.name,
            digest=dataset.digest,
            source_type=dataset.source_type,
            source=dataset.source,
            schema=dataset.schema,
            profile=dataset.profile,
        ),
        tags,
    )


def _model_ids(given: Sequence[str]) -> list[str]:
    for place, model_id in enumerate(given):
        if not model_id:
            raise missing(f"models[{place}].model_id")
        rules.check_text(model_id, rules.MAX_KEY, f"models[{place}].model_id")
    return list(given)


def _model_json(text: str) -> dict[str, object]:
    rules.check_text(text, 1 << 20, "model_json")
    try:
        model = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidArgument("Malformed model info: 'model_json' is not JSON.") from None
    if not isinstance(model, dict):
        raise InvalidArgument("Malformed model info: 'model_json' is not a JSON object.")
    lacking = sorted({"artifact_path", "flavors", "utc_time_created", "run_id"} - model.keys())
    if lacking:
        raise InvalidArgument(f"Malformed model info: 'model_json' lacks {', '.join(lacking)}.")
    if "\0" in json.dumps(model, ensure_ascii=False):
        raise InvalidArgument("Malformed model info: 'model_json' holds a NUL character.")
    return model


def beat(context: Context, message: wire.Beat) -> Empty:
    every = message.every or 0
    if not 0 < every <= MAX_BEAT:
        raise InvalidArgument(f"Invalid value {every} for 'every': expected 1 to {MAX_BEAT} milliseconds.")
    runs.beat(context.tx, runs.writable(context.tx, message.run_id), every)
    return Empty()


MAX_BEAT = 24 * 60 * 60 * 1000
"""Milliseconds; a program that speaks less than once a day tells nothing."""

BINDINGS: Bindings = [
    (wire.BEAT, beat),
    (wire.CREATE_RUN, create),
    (wire.GET_RUN, get),
    (wire.UPDATE_RUN, update),
    (wire.DELETE_RUN, delete),
    (wire.RESTORE_RUN, restore),
    (wire.SET_TAG, set_tag),
    (wire.DELETE_TAG, delete_tag),
    (wire.LOG_PARAM, log_param),
    (wire.LOG_BATCH, log_batch),
    (wire.LOG_INPUTS, log_inputs),
    (wire.LOG_OUTPUTS, log_outputs),
    (wire.LOG_MODEL, log_model),
    (wire.SEARCH_RUNS, search),
]
