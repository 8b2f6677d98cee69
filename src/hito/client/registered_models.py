"""The client's methods about registered models and their versions."""

import time
from collections.abc import Mapping, Sequence

from hito.client.entities import ModelVersion, PagedList, RegisteredModel
from hito.client.models import LoggedModels, pairs_of
from hito.core.errors import AlreadyExists, InvalidArgument, NotFound, Unavailable
from hito.core.models import STAGES
from hito.wire import registry


class RegisteredModels(LoggedModels):
    # --- registered models ---

    def create_registered_model(
        self, name: str, tags: Mapping[str, object] | None = None, description: str | None = None
    ) -> RegisteredModel:
        """Raises: AlreadyExists."""
        message = registry.CreateRegisteredModel(name=name, tags=pairs_of(tags), description=description)
        return RegisteredModel.of(self._call_registry(registry.CREATE_REGISTERED_MODEL, message)["registered_model"])

    def get_registered_model(self, name: str) -> RegisteredModel:
        """Raises: NotFound."""
        answer = self._call_registry(registry.GET_REGISTERED_MODEL, registry.ModelName(name=name))
        return RegisteredModel.of(answer["registered_model"])

    def search_registered_models(
        self,
        filter_string: str | None = None,
        max_results: int = 100,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[RegisteredModel]:
        message = registry.SearchRegisteredModels(
            filter=filter_string or "",
            max_results=max_results,
            order_by=list(order_by or ()),
            page_token=page_token or "",
        )
        answer = self._call_registry(registry.SEARCH_REGISTERED_MODELS, message)
        found = [RegisteredModel.of(one) for one in answer.get("registered_models", ())]
        return PagedList(found, answer.get("next_page_token") or None)

    def rename_registered_model(self, name: str, new_name: str) -> RegisteredModel:
        message = registry.RenameRegisteredModel(name=name, new_name=new_name)
        return RegisteredModel.of(self._call_registry(registry.RENAME_REGISTERED_MODEL, message)["registered_model"])

    def update_registered_model(self, name: str, description: str | None = None) -> RegisteredModel:
        message = registry.UpdateRegisteredModel(name=name, description=description)
        return RegisteredModel.of(self._call_registry(registry.UPDATE_REGISTERED_MODEL, message)["registered_model"])

    def delete_registered_model(self, name: str) -> None:
        self._call_registry(registry.DELETE_REGISTERED_MODEL, registry.ModelName(name=name))

    def set_registered_model_tag(self, name: str, key: str, value: object) -> None:
        message = registry.SetRegisteredModelTag(name=name, key=key, value=str(value))
        self._call_registry(registry.SET_REGISTERED_MODEL_TAG, message)

    def delete_registered_model_tag(self, name: str, key: str) -> None:
        self._call_registry(registry.DELETE_REGISTERED_MODEL_TAG, registry.DeleteRegisteredModelTag(name=name, key=key))

    def set_registered_model_alias(self, name: str, alias: str, version: str | int) -> None:
        self._call_registry(registry.SET_ALIAS, registry.SetAlias(name=name, alias=alias, version=str(version)))

    def delete_registered_model_alias(self, name: str, alias: str) -> None:
        self._call_registry(registry.DELETE_ALIAS, registry.AliasName(name=name, alias=alias))

    # --- versions ---

    def create_model_version(
        self,
        name: str,
        source: str,
        run_id: str | None = None,
        tags: Mapping[str, object] | None = None,
        run_link: str | None = None,
        description: str | None = None,
        await_creation_for: int | None = 300,
        model_id: str | None = None,
    ) -> ModelVersion:
        """Register what lies at `source`: an artifact URI, `runs:/id/path`, `models:/m-…` or `models:/name/version`.

        Args:
            await_creation_for: seconds to wait until the version is READY; None or 0: do not wait.
        """
        message = registry.CreateVersion(
            name=name,
            source=self._resolved(source),
            run_id=self._settle(run_id) if run_id else "",
            tags=pairs_of(tags),
            run_link=run_link or "",
            description=description,
            model_id=model_id or "",
        )
        made = ModelVersion.of(self._call_registry(registry.CREATE_VERSION, message)["model_version"])
        deadline = time.monotonic() + (await_creation_for or 0)
        while made.status == "PENDING_REGISTRATION" and time.monotonic() < deadline:
            time.sleep(0.5)
            made = self.get_model_version(name, made.version)
        if made.status == "FAILED_REGISTRATION":
            raise Unavailable(f"Version {made.version} of '{name}' could not be registered: {made.status_message}.")
        return made

    def _resolved(self, source: str) -> str:
        """A `runs:/` URI as the artifact URI that it means."""
        if not source.startswith("runs:/"):
            return source
        run_id, _, path = source.removeprefix("runs:/").strip("/").partition("/")
        if not path:
            raise InvalidArgument(f"'{source}' names a run and no model in it, expected runs:/<run id>/<path>.")
        return f"{self._root_of(run_id)}/{path}"

    def get_model_version(self, name: str, version: str | int) -> ModelVersion:
        """Raises: NotFound."""
        answer = self._call_registry(registry.GET_VERSION, registry.VersionName(name=name, version=str(version)))
        return ModelVersion.of(answer["model_version"])

    def get_model_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        """Raises: NotFound: no such model; InvalidArgument: no such alias."""
        if alias.lower() == "latest":
            newest = self.search_model_versions(f"name = '{_quoted(name)}'", 1, ["version_number DESC"])
            if not newest:
                raise NotFound(f"The registered model '{name}' has no versions.")
            return newest[0]
        answer = self._call_registry(registry.GET_VERSION_BY_ALIAS, registry.AliasName(name=name, alias=alias))
        return ModelVersion.of(answer["model_version"])

    def get_latest_versions(self, name: str, stages: Sequence[str] | None = None) -> list[ModelVersion]:
        """The newest version of each stage, or of those that are named."""
        message = registry.GetLatestVersions(name=name, stages=list(stages or ()))
        answer = self._call_registry(registry.GET_LATEST_VERSIONS, message)
        return [ModelVersion.of(one) for one in answer.get("model_versions", ())]

    def search_model_versions(
        self,
        filter_string: str | None = None,
        max_results: int = 10_000,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[ModelVersion]:
        message = registry.SearchVersions(
            filter=filter_string or "",
            max_results=max_results,
            order_by=list(order_by or ()),
            page_token=page_token or "",
        )
        answer = self._call_registry(registry.SEARCH_VERSIONS, message)
        found = [ModelVersion.of(one) for one in answer.get("model_versions", ())]
        return PagedList(found, answer.get("next_page_token") or None)

    def update_model_version(self, name: str, version: str | int, description: str | None = None) -> ModelVersion:
        message = registry.UpdateVersion(name=name, version=str(version), description=description)
        return ModelVersion.of(self._call_registry(registry.UPDATE_VERSION, message)["model_version"])

    def delete_model_version(self, name: str, version: str | int) -> None:
        self._call_registry(registry.DELETE_VERSION, registry.VersionName(name=name, version=str(version)))

    def transition_model_version_stage(
        self, name: str, version: str | int, stage: str, archive_existing_versions: bool = False
    ) -> ModelVersion:
        """Move a version to None, Staging, Production or Archived, and perhaps those that are there to Archived."""
        message = registry.TransitionStage(
            name=name, version=str(version), stage=stage, archive_existing_versions=archive_existing_versions
        )
        return ModelVersion.of(self._call_registry(registry.TRANSITION_STAGE, message)["model_version"])

    def get_model_version_download_uri(self, name: str, version: str | int) -> str:
        answer = self._call_registry(registry.GET_DOWNLOAD_URI, registry.VersionName(name=name, version=str(version)))
        return str(answer["artifact_uri"])

    def get_model_version_stages(self, name: str, version: str | int) -> list[str]:
        """Every stage there is; the arguments are MLflow's and change nothing."""
        return [stage.label for stage in STAGES.values()]

    def set_model_version_tag(
        self, name: str, version: str | int | None = None, key: str = "", value: object = "", stage: str | None = None
    ) -> None:
        """Tag a version, or the newest one of a stage."""
        number = self._number(name, version, stage)
        message = registry.SetVersionTag(name=name, version=number, key=key, value=str(value))
        self._call_registry(registry.SET_VERSION_TAG, message)

    def delete_model_version_tag(
        self, name: str, version: str | int | None = None, key: str = "", stage: str | None = None
    ) -> None:
        number = self._number(name, version, stage)
        self._call_registry(registry.DELETE_VERSION_TAG, registry.DeleteVersionTag(name=name, version=number, key=key))

    def copy_model_version(self, src_model_uri: str, dst_name: str) -> ModelVersion:
        """Register a version once more, under another name, which is made if there is none.

        Args:
            src_model_uri: `models:/name/version` or `models:/name@alias`.
        """
        rest = src_model_uri.removeprefix("models:/")
        name, at, alias = rest.partition("@")
        if at:
            source = self.get_model_version_by_alias(name, alias)
        else:
            name, _, number = rest.rpartition("/")
            if rest == src_model_uri or not name or not number.isdigit():
                raise InvalidArgument(f"'{src_model_uri}' names no version, expected models:/name/version.")
            source = self.get_model_version(name, number)
        try:
            self.create_registered_model(dst_name)
        except AlreadyExists:
            pass
        return self.create_model_version(
            dst_name,
            f"models:/{source.name}/{source.version}",
            source.run_id,
            source.tags,
            source.run_link,
            source.description,
            model_id=source.model_id,
        )

    def _number(self, name: str, version: str | int | None, stage: str | None) -> str:
        if (version is None) == (stage is None):
            raise InvalidArgument("Give a version or a stage, and not both.")
        if version is not None:
            return str(version)
        newest = self.get_latest_versions(name, [stage or ""])
        if not newest:
            raise NotFound(f"The registered model '{name}' has no version in stage '{stage}'.")
        return newest[0].version


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")
