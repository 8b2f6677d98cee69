"""The client's methods about experiments."""

from collections.abc import Mapping, Sequence

from hito.client.entities import Experiment, PagedList
from hito.client.session import Session
from hito.core.errors import NotFound
from hito.core.runs import ViewType
from hito.wire import experiments as wire
from hito.wire.types import Pair


class Experiments(Session):
    def create_experiment(
        self, name: str, artifact_location: str | None = None, tags: Mapping[str, object] | None = None
    ) -> str:
        """The id of a new experiment.

        Raises: AlreadyExists: the name is taken, perhaps by one that is deleted.
        """
        message = wire.CreateExperiment(
            name=name,
            artifact_location=str(artifact_location or ""),
            tags=[Pair(key, str(value)) for key, value in (tags or {}).items()],
        )
        return str(self._call(wire.CREATE_EXPERIMENT, message)["experiment_id"])

    def get_experiment(self, experiment_id: str) -> Experiment:
        """An experiment, active or deleted. Raises: NotFound."""
        answer = self._call(wire.GET_EXPERIMENT, wire.ExperimentId(experiment_id=str(experiment_id)))
        return Experiment.of(answer["experiment"])

    def get_experiment_by_name(self, name: str) -> Experiment | None:
        """An experiment, active or deleted; None if there is none of this name."""
        try:
            answer = self._call(wire.GET_EXPERIMENT_BY_NAME, wire.ExperimentName(experiment_name=name))
        except NotFound:
            return None
        return Experiment.of(answer["experiment"])

    def search_experiments(
        self,
        view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        filter_string: str | None = None,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[Experiment]:
        """One page; the list's `token` asks for the next."""
        message = wire.SearchExperiments(
            max_results=max_results,
            page_token=page_token or "",
            filter=filter_string or "",
            order_by=list(order_by or ()),
            view_type=ViewType(view_type).name,
        )
        answer = self._call(wire.SEARCH_EXPERIMENTS, message)
        return PagedList(
            [Experiment.of(one) for one in answer.get("experiments", ())], answer.get("next_page_token") or None
        )

    def delete_experiment(self, experiment_id: str) -> None:
        """Mark an experiment and its runs deleted."""
        self._call(wire.DELETE_EXPERIMENT, wire.ExperimentId(experiment_id=str(experiment_id)))

    def restore_experiment(self, experiment_id: str) -> None:
        self._call(wire.RESTORE_EXPERIMENT, wire.ExperimentId(experiment_id=str(experiment_id)))

    def rename_experiment(self, experiment_id: str, new_name: str) -> None:
        self._call(wire.UPDATE_EXPERIMENT, wire.UpdateExperiment(experiment_id=str(experiment_id), new_name=new_name))

    def set_experiment_tag(self, experiment_id: str, key: str, value: object) -> None:
        self._call(
            wire.SET_EXPERIMENT_TAG,
            wire.SetExperimentTag(experiment_id=str(experiment_id), key=key, value=str(value)),
        )

    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        self._call(wire.DELETE_EXPERIMENT_TAG, wire.DeleteExperimentTag(experiment_id=str(experiment_id), key=key))
