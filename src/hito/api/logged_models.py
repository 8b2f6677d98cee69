"""What can be done with logged models.

A deleted one can still be tagged, given params and finalised, as in MLflow: a training that is under way when somebody
tidies up should end as it would have.
"""

from collections.abc import Sequence

from hito.api.context import Bindings, Context
from hito.core import rules
from hito.core.errors import AlreadyExists, InvalidArgument, NotFound
from hito.core.ids import new_model_id, new_name
from hito.core.models import LoggedModelStatus
from hito.store import experiments, logged_models
from hito.store.logged_models import existing
from hito.store.search import DatasetChoice, LoggedModelOrder, search_logged_models
from hito.wire import models as wire
from hito.wire.endpoint import Empty, missing
from hito.wire.types import Pair, enum_of

MAX_RESULTS = 50_000
"""Ours: MLflow sets no maximum."""
MAX_KEY = 500
"""Characters in a key. MLflow asks nothing of the keys of a logged model's params and tags; an index bounds ours."""
MAX_VALUE = 1 << 20
"""Characters in a value. MLflow keeps these whole, unlike the params of a run."""


def create(context: Context, message: wire.CreateLoggedModel) -> wire.LoggedModelAnswer:
    experiment = rules.check_experiment_id(message.experiment_id)
    name = rules.check_logged_model_name(message.name) if message.name else new_name()
    model_type = rules.check_text(message.model_type, MAX_KEY, "model_type")
    source_run_id = rules.check_text(message.source_run_id, MAX_KEY, "source_run_id")  # need not exist
    params = _distinct(_checked(message.params, "params"), "param")
    tags = _distinct(_checked(message.tags, "tags"), "tag")
    location = experiments.active(context.tx, experiment)
    known = _made_before(context, message.model_id, name, source_run_id) if message.model_id else None
    if known is not None:
        return wire.LoggedModelAnswer(logged_models.get(context.tx, known))
    made = logged_models.create(
        context.tx,
        message.model_id or new_model_id(),
        experiment,
        location,
        name=name,
        model_type=model_type,
        source_run_id=source_run_id,
        params=params,
        tags=tags,
    )
    return wire.LoggedModelAnswer(logged_models.get(context.tx, made))


def _made_before(context: Context, model_id: str, name: str, source_run_id: str) -> logged_models.LoggedModelKey | None:
    """The model that was made under an id which its client chose: asking again changes nothing."""
    if not rules.is_model_id(model_id):
        raise InvalidArgument(
            f"Invalid value {model_id[:100]!r} for parameter 'model_id': expected m- and 32 lower-case hex digits."
        )
    try:
        key = existing(context.tx, model_id, allow_deleted=True)
    except NotFound:
        return None
    try:
        existing(context.tx, model_id)
    except NotFound:
        raise AlreadyExists(f"The logged model {model_id} exists already, and is deleted.") from None
    found = logged_models.get(context.tx, key).info
    if (found.name, found.source_run_id or "") != (name, source_run_id):
        raise AlreadyExists(f"The logged model {model_id} exists already, and is another one: '{found.name}'.")
    return key


def get(context: Context, message: wire.GetLoggedModel) -> wire.LoggedModelAnswer:
    return wire.LoggedModelAnswer(
        logged_models.get(context.tx, existing(context.tx, message.model_id, message.allow_deleted))
    )


def finalize(context: Context, message: wire.FinalizeLoggedModel) -> wire.LoggedModelAnswer:
    assert message.status is not None  # `required` says so
    status = enum_of(LoggedModelStatus, message.status, "status")
    model = existing(context.tx, message.model_id, allow_deleted=True)
    logged_models.finalize(context.tx, model, status)
    return wire.LoggedModelAnswer(logged_models.get(context.tx, model))


def delete(context: Context, message: wire.ModelId) -> Empty:
    logged_models.delete(context.tx, existing(context.tx, message.model_id, allow_deleted=True))
    return Empty()


def set_tags(context: Context, message: wire.SetLoggedModelTags) -> Empty:
    tags = _checked(message.tags, "tags")
    logged_models.set_tags(context.tx, existing(context.tx, message.model_id, allow_deleted=True), tags)
    return Empty()


def delete_tag(context: Context, message: wire.DeleteLoggedModelTag) -> Empty:
    rules.check_text(message.tag_key, rules.MAX_DESCRIPTION, "tag_key")
    logged_models.delete_tag(context.tx, existing(context.tx, message.model_id, allow_deleted=True), message.tag_key)
    return Empty()


def log_params(context: Context, message: wire.LogLoggedModelParams) -> Empty:
    params = _distinct(_checked(message.params, "params"), "param")
    logged_models.log_params(context.tx, existing(context.tx, message.model_id, allow_deleted=True), params)
    return Empty()


def search(context: Context, message: wire.SearchLoggedModels) -> wire.LoggedModelsPage:
    if not 1 <= message.max_results <= MAX_RESULTS:
        raise InvalidArgument(
            f"Invalid value {message.max_results} for parameter 'max_results': expected 1 to {MAX_RESULTS}."
        )
    page = search_logged_models(
        context.tx,
        [rules.check_experiment_id(one) for one in message.experiment_ids or ()],
        message.filter,
        [_dataset(dataset, f"datasets[{place}]") for place, dataset in enumerate(message.datasets)],
        [_order(order, f"order_by[{place}]") for place, order in enumerate(message.order_by)],
        message.max_results,
        message.page_token,
    )
    return wire.LoggedModelsPage(logged_models.get_many(context.tx, page.ids), page.token)


def _checked(pairs: Sequence[Pair], where: str) -> list[tuple[str, str]]:
    return [
        (
            rules.check_text(pair.key, MAX_KEY, f"{where}[{place}].key"),
            rules.check_text(pair.value, MAX_VALUE, f"{where}[{place}].value"),
        )
        for place, pair in enumerate(pairs)
    ]


def _distinct(pairs: list[tuple[str, str]], what: str) -> list[tuple[str, str]]:
    seen = set()
    for key, _ in pairs:
        if key in seen:
            raise InvalidArgument(f"Duplicate {what} keys have been submitted: '{key[:100]}' is given more than once.")
        seen.add(key)
    return pairs


def _dataset(given: wire.DatasetFilter, where: str) -> DatasetChoice:
    if not given.dataset_name:
        raise missing(f"{where}.dataset_name")
    rules.check_text(given.dataset_name, MAX_VALUE, f"{where}.dataset_name")
    rules.check_text(given.dataset_digest, MAX_VALUE, f"{where}.dataset_digest")
    return DatasetChoice(given.dataset_name, given.dataset_digest or None)


def _order(given: wire.OrderBy, where: str) -> LoggedModelOrder:
    """A digest without a name chooses nothing, as in MLflow."""
    if not given.field_name:
        raise missing(f"{where}.field_name")
    chosen = wire.DatasetFilter(given.dataset_name, given.dataset_digest)
    dataset = _dataset(chosen, where) if given.dataset_name else None
    return LoggedModelOrder(given.field_name, given.ascending, dataset)


BINDINGS: Bindings = [
    (wire.CREATE_LOGGED_MODEL, create),
    (wire.GET_LOGGED_MODEL, get),
    (wire.FINALIZE_LOGGED_MODEL, finalize),
    (wire.DELETE_LOGGED_MODEL, delete),
    (wire.SET_LOGGED_MODEL_TAGS, set_tags),
    (wire.DELETE_LOGGED_MODEL_TAG, delete_tag),
    (wire.LOG_LOGGED_MODEL_PARAMS, log_params),
    (wire.SEARCH_LOGGED_MODELS, search),
]
