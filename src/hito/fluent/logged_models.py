"""Logged models: saved folders, each with an id, that belong to an experiment and mostly to a run."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from hito.client.credentials import setting
from hito.client.entities import LoggedModel, LoggedModelOutput
from hito.core.errors import InvalidArgument
from hito.fluent import active, experiments
from hito.fluent.configuration import client
from hito.fluent.runs import scope_here
from hito.fluent.tables import models_frame, wants_frame
from hito.reproduce import context

EXTERNAL = "mlflow.model.isExternal"
READY, FAILED = "READY", "FAILED"
_PAGE = 50


class _Chosen:
    """The active model, and the one that was logged last."""

    model_id: str | None = None
    last: str | None = None


chosen = _Chosen()
chosen.model_id = setting("ACTIVE_MODEL_ID") or None


class ActiveModel(LoggedModel):
    """The model that metrics without a model are about. In a `with` statement, until its end."""

    def __enter__(self) -> "ActiveModel":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        clear_active_model()


def initialize_logged_model(
    name: str | None = None,
    source_run_id: str | None = None,
    tags: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    model_type: str | None = None,
    experiment_id: str | None = None,
) -> LoggedModel:
    """A new model, PENDING until `finalize_logged_model`; of the active run and its experiment, if none are given."""
    scope = active.current()
    run_id = source_run_id or (scope.run_id if scope is not None else None)
    if experiment_id is None:
        experiment_id = scope.run.info.experiment_id if scope is not None else experiments.current_experiment_id()
    through = scope.client if scope is not None else client()
    made = through.create_logged_model(
        experiment_id, name, run_id, {**_origin_tags(), **(tags or {})}, params, model_type
    )
    chosen.last = made.model_id
    return made


def create_external_model(
    name: str | None = None,
    source_run_id: str | None = None,
    tags: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    model_type: str | None = None,
    experiment_id: str | None = None,
) -> LoggedModel:
    """A model whose files are elsewhere: it is READY at once and has an MLmodel file without flavors."""
    from hito.flavors import mlmodel  # a YAML writer, for those who have such models

    made = initialize_logged_model(
        name, source_run_id, {**(tags or {}), EXTERNAL: "true"}, params, model_type, experiment_id
    )
    with tempfile.TemporaryDirectory(prefix="hito-") as folder:
        origin = mlmodel.Origin(model_id=made.model_id, run_id=made.source_run_id, artifact_path=made.artifact_location)
        mlmodel.write(mlmodel.MLmodel(flavors={}, origin=origin, utc_time_created=mlmodel.now_text()), Path(folder))
        client().log_model_artifacts(made.model_id, folder)
    return finalize_logged_model(made.model_id, READY)


def finalize_logged_model(model_id: str, status: str | int = READY) -> LoggedModel:
    """Say that a model's files are all there (`READY`), or never will be (`FAILED`)."""
    return client().finalize_logged_model(model_id, status)


def get_logged_model(model_id: str) -> LoggedModel:
    """Raises: NotFound."""
    return client().get_logged_model(model_id)


def last_logged_model() -> LoggedModel | None:
    """The model that this process has logged last; None if it has logged none."""
    return None if chosen.last is None else client().get_logged_model(chosen.last)


def search_logged_models(
    experiment_ids: Sequence[str] | None = None,
    filter_string: str | None = None,
    datasets: Sequence[Mapping[str, str]] | None = None,
    max_results: int | None = None,
    order_by: Sequence[Mapping[str, Any]] | None = None,
    output_format: Literal["pandas", "list"] | None = None,
) -> Any:
    """All models that match, or the first `max_results`: a DataFrame if pandas is installed, else a list.

    Args:
        experiment_ids: None: the active experiment.
        datasets: count metrics on these alone: dicts with `dataset_name` and perhaps `dataset_digest`.
        order_by: dicts with `field_name`, and perhaps `ascending`, `dataset_name`, `dataset_digest`.
    """
    frame = wants_frame(output_format)
    places = [experiments.current_experiment_id()] if experiment_ids is None else list(experiment_ids)
    found: list[LoggedModel] = []
    token = None
    while places and (max_results is None or len(found) < max_results):
        size = _PAGE if max_results is None else min(_PAGE, max_results - len(found))
        page = client().search_logged_models(places, filter_string, datasets, size, order_by, token)
        found += page
        token = page.token
        if not token:
            break
    return models_frame(found) if frame else found


def set_logged_model_tags(model_id: str, tags: Mapping[str, Any]) -> None:
    client().set_logged_model_tags(model_id, tags)


def delete_logged_model_tag(model_id: str, key: str) -> None:
    client().delete_logged_model_tag(model_id, key)


def log_model_params(params: Mapping[str, str], model_id: str | None = None) -> None:
    """Add params to a model; None: the active one. Raises: InvalidArgument: there is none."""
    wanted = model_id or active_model_id()
    if wanted is None:
        raise InvalidArgument("There is no active model; give model_id, or call hito.set_active_model first.")
    client().log_model_params(wanted, params)


def log_outputs(models: Sequence[LoggedModelOutput]) -> None:
    """Say which models the active run made."""
    scope = scope_here()
    given = list(models)
    scope.client.log_outputs(scope.run_id, given)
    scope.models.update((model.step, model.model_id) for model in given)


def set_active_model(*, name: str | None = None, model_id: str | None = None) -> ActiveModel:
    """Metrics that name no model are about this one from now on.

    Args:
        name: the newest one of this name in the active experiment; an external one is created if there is none.
    Raises: InvalidArgument: not exactly one of the two was given.
    """
    if (name is None) == (model_id is None):
        raise InvalidArgument("Set an active model by exactly one of name and model_id.")
    if model_id is not None:
        found = client().get_logged_model(model_id)
    else:
        # Its name is no text of the user's that could end the filter: names hold no quotes.
        same = search_logged_models(filter_string=f"name = '{name}'", max_results=1, output_format="list")
        found = same[0] if same else create_external_model(name)
    chosen.model_id = found.model_id
    return ActiveModel(**{field: getattr(found, field) for field in LoggedModel.__struct_fields__})


def get_active_model_id() -> str | None:
    """The id of the active model; None if none was set."""
    return chosen.model_id


active_model_id = get_active_model_id


def clear_active_model() -> None:
    """No model is active any more."""
    chosen.model_id = None


def _origin_tags() -> dict[str, str]:
    return {name: value for name, value in context.tags().items() if not name.startswith("mlflow.source.git.")}
