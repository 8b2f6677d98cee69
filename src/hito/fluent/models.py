"""Saving a model with its experiment: `hito.sklearn.log_model(model, "forest", input_example=X[:5])`.

    create (PENDING) ──> save into a temporary folder ──> upload ──> finalize (READY) ──> register, if a name is given
                                    └── fails ──> finalize (FAILED), and the error is the caller's

A model is code's result and worth more than its tracking: if the server does not answer, the folder goes to the run's
own artifacts, which wait in the journal, and `runs:/<run id>/<name>` finds it there.
"""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from hito.client import voice
from hito.client.entities import LoggedModel, LoggedModelOutput, Metric, ModelVersion
from hito.core.errors import InvalidArgument, Unavailable
from hito.core.signature import Signature
from hito.flavors import digest, example, mlmodel
from hito.flavors.mlmodel import ExampleInfo, MLmodel, Origin
from hito.fluent import active, logged_models
from hito.fluent.active import Scope
from hito.fluent.configuration import client
from hito.fluent.loading import download
from hito.fluent.places import DIGEST, locate
from hito.fluent.registry import register
from hito.fluent.runs import begin

Save = Callable[[Path, Origin], MLmodel]
"""Writes a model's folder; the ids are to stand in its MLmodel file."""

_KEYS_RELATED = 200
"""Of how many metrics, at most, the points of the model's step are looked up."""


class ModelInfo(Struct, kw_only=True):
    """What was logged, and how to find it: `model_uri` is what load_model takes."""

    model_uri: str
    name: str | None
    artifact_path: str | None
    flavors: Mapping[str, Any]
    model_id: str | None = None
    model_uuid: str | None = None
    run_id: str | None = None
    signature: Signature | None = None
    saved_input_example_info: ExampleInfo | None = None
    utc_time_created: str | None = None
    mlflow_version: str | None = None
    metadata: Mapping[str, Any] | None = None
    registered_model_version: str | None = None
    params: Mapping[str, str] | None = None
    tags: Mapping[str, str] | None = None
    step: int = 0


class Placing(Struct, kw_only=True):
    """Where a model goes and what is said about it, as every flavor's `log_model` takes it."""

    name: str | None = None
    artifact_path: str | None = None
    registered_model_name: str | None = None
    await_registration_for: int | None = 300
    params: Mapping[str, Any] | None = None
    tags: Mapping[str, Any] | None = None
    model_type: str | None = None
    step: int = 0
    model_id: str | None = None


def log(save: Save, placing: Placing) -> ModelInfo:
    """Log a model that `save` writes.

    Raises: InvalidArgument: it cannot be saved; what is wrong is said by the flavor.
    """
    name = placing.name or placing.artifact_path or "model"
    scope = active.current()
    try:
        made = _created(placing, name, scope)
    except Unavailable as error:
        return _with_run(save, placing, name, error)
    with tempfile.TemporaryDirectory(prefix="hito-") as scratch:
        folder = Path(scratch) / "model"
        through = scope.client if scope is not None else client()
        origin = Origin(model_id=made.model_id, run_id=made.source_run_id, artifact_path=made.artifact_location)
        try:
            written = save(folder, origin)
            fingerprint = digest.digest(folder)
            through.log_model_artifacts(made.model_id, folder)
            through.set_logged_model_tags(made.model_id, {DIGEST: fingerprint})
            through.finalize_logged_model(made.model_id, logged_models.READY)
        except Unavailable as error:
            return _with_run(save, placing, name, error)
        except BaseException:
            _failed(made)
            raise
    version = None
    if placing.registered_model_name:
        name_there, patience = placing.registered_model_name, placing.await_registration_for
        try:
            version = register(made.model_uri, name_there, patience, model=made, fingerprint=fingerprint)
        except Unavailable as error:
            again = f"hito.register_model('{made.model_uri}', '{name_there}')"
            voice.say(f"hito: '{name}' is logged but not registered ({error.message}); {again} does it.")
    return _info(written, made.model_uri, name, made, version, placing.step)


def _created(placing: Placing, name: str, scope: Scope | None) -> LoggedModel:
    """The new logged model, tied to the active run."""
    if placing.model_id is not None:
        made = client().get_logged_model(placing.model_id)
        logged_models.chosen.last = made.model_id
    else:
        params = {key: str(value) for key, value in (placing.params or {}).items()}
        if scope is not None:
            params |= scope.client.get_run(scope.run_id).data.params
        tags = {key: str(value) for key, value in (placing.tags or {}).items()}
        made = logged_models.initialize_logged_model(name, None, tags, params, placing.model_type)
    if scope is not None:
        scope.client.log_outputs(scope.run_id, [LoggedModelOutput(made.model_id, placing.step)])
        _relate(scope, made.model_id, placing.step)
        scope.models[placing.step] = made.model_id
    return made


def _relate(scope: Scope, model_id: str, step: int) -> None:
    """Give the points that the run has at the model's step to the model, too."""
    run = scope.client.get_run(scope.run_id)
    points: list[Metric] = []
    for key in list(run.data.metrics)[:_KEYS_RELATED]:
        history = scope.client.get_metric_history(scope.run_id, key)
        there = (one for one in history if one.step == step and one.model_id in (None, "", model_id))
        points.extend(Metric(key, one.value, one.timestamp, step, model_id) for one in there)
    if points:
        scope.client.log_batch(scope.run_id, metrics=points)


def _with_run(save: Save, placing: Placing, name: str, error: Unavailable) -> ModelInfo:
    """Without a server: keep the folder with the run, whose files wait for it."""
    scope = active.current() or begin(named=False)
    with tempfile.TemporaryDirectory(prefix="hito-") as scratch:
        folder = Path(scratch) / "model"
        written = save(folder, Origin(run_id=scope.run_id, artifact_path=name))
        scope.client.log_artifacts(scope.run_id, folder, name)
    voice.warn(
        f"model {scope.run_id} {name}",
        f"hito: the server does not take the model '{name}' now ({error.message}); it is kept with run {scope.run_id}"
        + (f", and is not registered as '{placing.registered_model_name}'." if placing.registered_model_name else "."),
    )
    return _info(written, f"runs:/{scope.run_id}/{name}", name, None, None, placing.step)


def _failed(made: LoggedModel) -> None:
    try:
        client().finalize_logged_model(made.model_id, logged_models.FAILED)
    except Exception as error:  # noqa: BLE001  the error that brought us here is the one to see
        voice.warn(f"model {made.model_id}", f"hito: {made.model_id} stays pending: {error}")


def _info(
    written: MLmodel, uri: str, name: str, made: LoggedModel | None, version: ModelVersion | None, step: int
) -> ModelInfo:
    return ModelInfo(
        model_uri=uri,
        name=name,
        artifact_path=written.origin.artifact_path,
        flavors=written.flavors,
        model_id=made.model_id if made else None,
        model_uuid=written.origin.model_id or written.model_uuid,
        run_id=written.origin.run_id,
        signature=written.signature,
        saved_input_example_info=written.example,
        utc_time_created=written.utc_time_created,
        mlflow_version=written.mlflow_version,
        metadata=written.metadata,
        registered_model_version=version.version if version else None,
        params=made.params if made else None,
        tags=made.tags if made else None,
        step=step,
    )


def get_model_info(model_uri: str) -> ModelInfo:
    """What a model's MLmodel file says; only that file is fetched."""
    through = client()
    place = locate(through, model_uri)
    with tempfile.TemporaryDirectory(prefix="hito-") as target:
        path = f"{place.path}/{mlmodel.FILE}" if place.path else mlmodel.FILE
        folder = place.local or Path(through.download(place.root, path, target)).parent
        read = mlmodel.read(folder)
    name = place.model.name if place.model is not None else read.origin.artifact_path
    return _info(read, str(model_uri), name or "model", place.model, None, 0)


def set_signature(model_uri: str, signature: Signature) -> None:
    """Give a model that is logged, or lies in a folder, another signature.

    Versions that were registered from it before keep the digest of what they were made from, and are refused from then
    on when they are loaded: register the model again.
    Raises: InvalidArgument: it is a version of a registered model; those do not change.
    """
    through = client()
    place = locate(through, model_uri)
    if place.source == model_uri and model_uri.startswith("models:/") and place.model is None:
        raise InvalidArgument(f"'{model_uri}' is a registered version, which does not change; log the model again.")
    with tempfile.TemporaryDirectory(prefix="hito-") as target:
        folder = place.local or Path(download(through, place, target))
        mlmodel.write(msgspec.structs.replace(mlmodel.read(folder), signature=signature), folder)
        file = folder / mlmodel.FILE
        if place.model is not None:
            through.log_model_artifact(place.model.model_id, file)
            through.set_logged_model_tags(place.model.model_id, {DIGEST: digest.digest(folder)})
        elif place.local is None and place.run_id is not None:
            through.log_artifact(place.run_id, file, place.path or None)
        elif place.local is None:
            raise InvalidArgument(
                f"'{model_uri}' is neither a logged model, nor a run's, nor a folder of this machine."
            )


def serving_input(input_example: Any) -> str | None:
    """An example as the request that a model's server takes, as JSON; None for none."""
    if input_example is None:
        return None
    with tempfile.TemporaryDirectory(prefix="hito-") as folder:
        example.write(input_example, Path(folder))
        return (Path(folder) / example.SERVING_FILE).read_text("utf-8")


def checked_requirements(conda_env: Any, pip_requirements: Any) -> Any:
    """The pip requirements among the two ways of MLflow's to give them.

    Raises: InvalidArgument: both were given, or an environment whose conda packages hito would have to leave out.
    """
    if conda_env is None:
        return pip_requirements
    if pip_requirements is not None:
        raise InvalidArgument("Give conda_env or pip_requirements, and not both.")
    if isinstance(conda_env, str | Path):
        import yaml

        conda_env = yaml.safe_load(Path(conda_env).read_text("utf-8"))
    for dependency in conda_env.get("dependencies", ()) if isinstance(conda_env, dict) else ():
        if isinstance(dependency, dict) and "pip" in dependency:
            return list(dependency["pip"])
    raise InvalidArgument("conda_env has no pip section; give pip_requirements instead.")
