"""The client's methods about logged models."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hito.client.artifacts import Artifacts
from hito.client.entities import LoggedModel, PagedList
from hito.core.artifacts import FileInfo
from hito.core.models import LoggedModelStatus
from hito.wire import models as wire
from hito.wire.types import Pair, enum_of

_PARAMS_AT_ONCE = 100


class LoggedModels(Artifacts):
    def create_logged_model(
        self,
        experiment_id: str,
        name: str | None = None,
        source_run_id: str | None = None,
        tags: Mapping[str, object] | None = None,
        params: Mapping[str, object] | None = None,
        model_type: str | None = None,
    ) -> LoggedModel:
        """A new model, PENDING until `finalize_logged_model`."""
        given = pairs_of(params)
        message = wire.CreateLoggedModel(
            experiment_id=str(experiment_id),
            name=name or "",
            model_type=model_type or "",
            source_run_id=self._settle(source_run_id) if source_run_id else "",
            params=given[:_PARAMS_AT_ONCE],
            tags=pairs_of(tags),
        )
        made = LoggedModel.of(self._call(wire.CREATE_LOGGED_MODEL, message)["model"])
        if len(given) <= _PARAMS_AT_ONCE:
            return made
        self.log_model_params(made.model_id, dict(list((params or {}).items())[_PARAMS_AT_ONCE:]))
        return self.get_logged_model(made.model_id)

    def get_logged_model(self, model_id: str) -> LoggedModel:
        """Raises: NotFound."""
        return LoggedModel.of(self._call(wire.GET_LOGGED_MODEL, wire.GetLoggedModel(model_id=model_id))["model"])

    def finalize_logged_model(self, model_id: str, status: str | int) -> LoggedModel:
        """Say that a model's files are all there (`READY`), or never will be (`FAILED`)."""
        short = {"READY": "LOGGED_MODEL_READY", "FAILED": "LOGGED_MODEL_UPLOAD_FAILED"}
        name = enum_of(
            LoggedModelStatus, short.get(status, status) if isinstance(status, str) else status, "status"
        ).name
        message = wire.FinalizeLoggedModel(model_id=model_id, status=name)
        return LoggedModel.of(self._call(wire.FINALIZE_LOGGED_MODEL, message)["model"])

    def delete_logged_model(self, model_id: str) -> None:
        self._call(wire.DELETE_LOGGED_MODEL, wire.ModelId(model_id=model_id))

    def search_logged_models(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None = None,
        datasets: Sequence[Mapping[str, str]] | None = None,
        max_results: int | None = None,
        order_by: Sequence[Mapping[str, Any]] | None = None,
        page_token: str | None = None,
    ) -> PagedList[LoggedModel]:
        """One page. `datasets` and the entries of `order_by` are dicts, with the keys that MLflow's documentation names."""
        message = wire.SearchLoggedModels(
            experiment_ids=[str(one) for one in experiment_ids],
            filter=filter_string or "",
            datasets=[wire.DatasetFilter(**one) for one in datasets or ()],
            max_results=max_results or 50,
            order_by=[wire.OrderBy(**one) for one in order_by or ()],
            page_token=page_token or "",
        )
        answer = self._call(wire.SEARCH_LOGGED_MODELS, message)
        return PagedList(
            [LoggedModel.of(one) for one in answer.get("models", ())], answer.get("next_page_token") or None
        )

    def set_logged_model_tags(self, model_id: str, tags: Mapping[str, object]) -> None:
        self._call(wire.SET_LOGGED_MODEL_TAGS, wire.SetLoggedModelTags(model_id=model_id, tags=pairs_of(tags)))

    def delete_logged_model_tag(self, model_id: str, key: str) -> None:
        self._call(wire.DELETE_LOGGED_MODEL_TAG, wire.DeleteLoggedModelTag(model_id=model_id, tag_key=key))

    def log_model_params(self, model_id: str, params: Mapping[str, object]) -> None:
        """Add params, any number of them."""
        given = pairs_of(params)
        for start in range(0, len(given), _PARAMS_AT_ONCE):
            some = given[start : start + _PARAMS_AT_ONCE]
            self._call(wire.LOG_LOGGED_MODEL_PARAMS, wire.LogLoggedModelParams(model_id=model_id, params=some))

    def log_model_artifact(self, model_id: str, local_path: str | Path, artifact_path: str | None = None) -> None:
        """Store a file, or a folder under its own name, with a model."""
        self._send(self.get_logged_model(model_id).artifact_location, Path(local_path), artifact_path, keep_name=True)

    def log_model_artifacts(self, model_id: str, local_dir: str | Path, artifact_path: str | None = None) -> None:
        """Store what is in a folder with a model."""
        self._send(self.get_logged_model(model_id).artifact_location, Path(local_dir), artifact_path, keep_name=False)

    def list_logged_model_artifacts(self, model_id: str, path: str | None = None) -> list[FileInfo]:
        """The entries of a folder of a model's files; their paths begin at the model's root."""
        return self._listed(self.get_logged_model(model_id).artifact_location, path or "")


def pairs_of(given: Mapping[str, object] | None) -> list[Pair]:
    """A dict as the wire has it; every value becomes text."""
    return [Pair(key, str(value)) for key, value in (given or {}).items()]
