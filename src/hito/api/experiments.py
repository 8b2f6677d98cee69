"""What can be done with experiments."""

from hito.api.context import Bindings, Context
from hito.core import rules
from hito.core.artifacts import check_artifact_location
from hito.core.errors import InvalidArgument
from hito.core.runs import ViewType
from hito.store import datasets, experiments
from hito.store.search.experiments import search_experiments
from hito.wire import experiments as wire
from hito.wire.endpoint import Empty
from hito.wire.types import enum_of

MAX_RESULTS = 50_000
MAX_DATASET_EXPERIMENTS = 20


def create(context: Context, message: wire.CreateExperiment) -> wire.CreatedExperiment:
    rules.check_experiment_name(message.name)
    location = None
    if message.artifact_location:
        location = check_artifact_location(message.artifact_location, context.settings.trusted_schemes)
    tags = [(tag.key, _checked_tag(tag.key, tag.value)) for tag in message.tags]
    made = experiments.create(context.tx, message.name, location, context.settings.artifact_root, tags)
    return wire.CreatedExperiment(str(made))


def get(context: Context, message: wire.ExperimentId) -> wire.ExperimentAnswer:
    return wire.ExperimentAnswer(experiments.get(context.tx, rules.check_experiment_id(message.experiment_id)))


def get_by_name(context: Context, message: wire.ExperimentName) -> wire.ExperimentAnswer:
    return wire.ExperimentAnswer(experiments.get_by_name(context.tx, message.experiment_name))


def search(context: Context, message: wire.SearchExperiments) -> wire.ExperimentsPage:
    limit = message.max_results or 0
    if not 1 <= limit <= MAX_RESULTS:
        raise InvalidArgument(f"Invalid value {limit} for parameter 'max_results': expected 1 to {MAX_RESULTS}.")
    view = enum_of(ViewType, message.view_type, "view_type")
    page = search_experiments(context.tx, message.filter, message.order_by, view, limit, message.page_token)
    return wire.ExperimentsPage(experiments.get_many(context.tx, page.ids), page.token)


def delete(context: Context, message: wire.ExperimentId) -> Empty:
    experiments.delete(context.tx, rules.check_experiment_id(message.experiment_id))
    return Empty()


def restore(context: Context, message: wire.ExperimentId) -> Empty:
    experiments.restore(context.tx, rules.check_experiment_id(message.experiment_id))
    return Empty()


def update(context: Context, message: wire.UpdateExperiment) -> Empty:
    rules.check_experiment_name(message.new_name)
    experiments.rename(context.tx, rules.check_experiment_id(message.experiment_id), message.new_name)
    return Empty()


def set_tag(context: Context, message: wire.SetExperimentTag) -> Empty:
    experiment = rules.check_experiment_id(message.experiment_id)
    value = _checked_tag(message.key, message.value)
    experiments.active(context.tx, experiment)
    experiments.set_tags(context.tx, experiment, [(message.key, value)])
    return Empty()


def delete_tag(context: Context, message: wire.DeleteExperimentTag) -> Empty:
    experiment = rules.check_experiment_id(message.experiment_id)
    experiments.active(context.tx, experiment)
    experiments.delete_tag(context.tx, experiment, message.key)
    return Empty()


def search_datasets(context: Context, message: wire.SearchDatasets) -> wire.DatasetSummaries:
    if not 1 <= len(message.experiment_ids) <= MAX_DATASET_EXPERIMENTS:
        raise InvalidArgument(
            f"'experiment_ids' names {len(message.experiment_ids)} experiments, expected 1 to {MAX_DATASET_EXPERIMENTS}."
        )
    ids = [rules.check_experiment_id(one) for one in message.experiment_ids]
    return wire.DatasetSummaries(datasets.summaries(context.tx, ids))


def _checked_tag(key: str, value: str) -> str:
    rules.check_key(key)
    return rules.check_text(value, rules.MAX_EXPERIMENT_TAG_VALUE, f"the value of tag '{key}'")


BINDINGS: Bindings = [
    (wire.CREATE_EXPERIMENT, create),
    (wire.GET_EXPERIMENT, get),
    (wire.GET_EXPERIMENT_BY_NAME, get_by_name),
    (wire.SEARCH_EXPERIMENTS, search),
    (wire.SEARCH_EXPERIMENTS_BY_GET, search),
    (wire.DELETE_EXPERIMENT, delete),
    (wire.RESTORE_EXPERIMENT, restore),
    (wire.UPDATE_EXPERIMENT, update),
    (wire.SET_EXPERIMENT_TAG, set_tag),
    (wire.DELETE_EXPERIMENT_TAG, delete_tag),
    (wire.SEARCH_DATASETS, search_datasets),
]
