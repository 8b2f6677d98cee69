"""The client's methods about runs and what is logged to them.

What is logged goes to the run's journal and is on its way when the method returns; what is read waits for it. Give
`synchronous=True` to have the server's answer, or its refusal, at once.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from hito.client import beginning
from hito.client.entities import (
    Dataset,
    DatasetInput,
    LoggedModelInput,
    LoggedModelOutput,
    Metric,
    PagedList,
    Param,
    Run,
    RunData,
    RunInfo,
    RunTag,
)
from hito.client.journal import (
    INPUTS,
    METRIC,
    OUTPUTS,
    PARAM,
    RICH_METRIC,
    TAG,
    UPDATE,
    Create,
    Inputs,
    Outputs,
    Update,
)
from hito.client.session import FINISH_SECONDS, Session, now_ms
from hito.core import rules
from hito.core.errors import InvalidArgument, NotFound, Unavailable
from hito.core.ids import new_name, new_run_id
from hito.core.runs import RUN_NAME, RunStatus, ViewType
from hito.wire import metrics as wire_metrics
from hito.wire import runs as wire
from hito.wire.types import MetricIn, Pair, enum_of

PARENT_RUN_ID = "mlflow.parentRunId"
_HISTORY_PAGE = 25_000


class Runs(Session):
    # --- runs ---

    def create_run(
        self,
        experiment_id: str | None = None,
        start_time: int | None = None,
        tags: Mapping[str, object] | None = None,
        run_name: str | None = None,
        *,
        experiment_name: str | None = None,
        user_id: str = "",
    ) -> Run:
        """Begin a run. When the server does not answer, it begins all the same, and is created there later.

        Args:
            start_time: ms since 1970; None: now.
            experiment_name: instead of an id; created if there is none of this name.
            user_id: as the server shows it.
        Raises: HitoError: the server refuses; never Unavailable.
        """
        texts = {key: text_of(value) for key, value in (tags or {}).items()}
        create = Create(
            experiment_id=str(experiment_id) if experiment_id is not None else "",
            experiment_name=experiment_name or "",
            run_name=run_name or texts.get(RUN_NAME) or new_name(),
            user_id=user_id or texts.get("mlflow.user", ""),
            start_time=now_ms() if start_time is None else start_time,
            tags=[Pair(key, value) for key, value in texts.items()],
        )
        if not create.experiment_id and not create.experiment_name:
            raise InvalidArgument("A run needs an experiment: give experiment_id or experiment_name.")
        run_id = new_run_id()
        if not self._shipper.is_down(self._tracking.destination):
            try:
                begun = beginning.begin(self._tracking, run_id, create, uncertain=False, timeout=FINISH_SECONDS)
            except Unavailable as error:
                self._unanswered(error)
            else:
                run = Run.of(begun)
                self._roots[run.info.run_id] = run.info.artifact_uri
                return run
        self.writer(run_id).begin(create)
        info = RunInfo(
            run_id=run_id,
            run_name=create.run_name,
            experiment_id=create.experiment_id,
            user_id=create.user_id,
            start_time=create.start_time,
        )
        return Run(info, RunData(tags={**texts, RUN_NAME: create.run_name}))

    def get_run(self, run_id: str) -> Run:
        """A run with its latest metrics, params, tags, inputs and outputs. Raises: NotFound."""
        answer = self._call(wire.GET_RUN, wire.RunId(run_id=self._settle(run_id)))
        return Run.of(answer["run"])

    def get_parent_run(self, run_id: str) -> Run | None:
        """The run in which a nested run was started; None for a run that is not nested."""
        parent = self.get_run(run_id).data.tags.get(PARENT_RUN_ID)
        return self.get_run(parent) if parent else None

    def search_runs(
        self,
        experiment_ids: Sequence[str],
        filter_string: str = "",
        run_view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[Run]:
        """One page; the list's `token` asks for the next. No experiment: no runs."""
        self._shipper.flush(list(self._writers.values()), FINISH_SECONDS, polite=True)
        message = wire.SearchRuns(
            experiment_ids=[
                str(one) for one in ([experiment_ids] if isinstance(experiment_ids, str) else experiment_ids)
            ],
            filter=filter_string or "",
            run_view_type=ViewType(run_view_type).name,
            max_results=max_results,
            order_by=list(order_by or ()),
            page_token=page_token or "",
        )
        answer = self._call(wire.SEARCH_RUNS, message)
        return PagedList([Run.of(one) for one in answer.get("runs", ())], answer.get("next_page_token") or None)

    def update_run(self, run_id: str, status: str | int | None = None, name: str | None = None) -> None:
        """Change a run's status or name, now."""
        message = wire.UpdateRun(run_id=self._settle(run_id), status=_status(status), run_name=name or "")
        self._call(wire.UPDATE_RUN, message)

    def set_terminated(self, run_id: str, status: str | int | None = None, end_time: int | None = None) -> bool:
        """End a run; its status is FINISHED if none is given. It waits a little for the server.

        Returns: whether everything is on the server; if not, it is in the journal.
        """
        text = _status(status) or RunStatus.FINISHED.name
        writer = self.writer(run_id)
        writer.append(UPDATE, Update(text, now_ms() if end_time is None else end_time))
        writer.finished = True
        done = self._shipper.flush([writer], FINISH_SECONDS, polite=True)
        if done and self._server_id(run_id) == run_id:
            self._writers.pop(run_id, None)  # a search over parameters may begin a million runs
        return done

    def delete_run(self, run_id: str) -> None:
        """Mark a run deleted."""
        self._call(wire.DELETE_RUN, wire.RunId(run_id=self._settle(run_id)))

    def restore_run(self, run_id: str) -> None:
        self._call(wire.RESTORE_RUN, wire.RunId(run_id=self._settle(run_id)))

    # --- logging ---

    def log_metric(
        self,
        run_id: str,
        key: str,
        value: float,
        timestamp: int | None = None,
        step: int | None = None,
        synchronous: bool | None = None,
        dataset_name: str | None = None,
        dataset_digest: str | None = None,
        model_id: str | None = None,
    ) -> None:
        """Log one point of a curve. `timestamp` is in ms since 1970, and now if it is not given; `step` is 0.

        Raises: InvalidArgument: the key is no name, or the value no number.
        """
        if timestamp is None:
            timestamp = time.time_ns() // 1_000_000
            if timestamp < 0:  # a clock before 1970 must not cost the point
                timestamp = 0
        elif timestamp < 0:
            raise InvalidArgument(f"The metric '{key}' got timestamp {timestamp}, expected ms since 1970.")
        if synchronous or model_id or dataset_name:
            metric = Metric(key, value, timestamp, step or 0, model_id, dataset_name, dataset_digest)
            self.log_batch(run_id, metrics=[metric], synchronous=synchronous)
            return
        writer = self._writers.get(run_id)
        if writer is None:
            writer = self.writer(run_id)
        writer.metric(key, value, step or 0, timestamp)

    def log_param(self, run_id: str, key: str, value: Any, synchronous: bool | None = None) -> Any:
        """Log a param, which is written once: another value for it is refused, and told on the run."""
        self.log_batch(run_id, params=[Param(key, text_of(value))], synchronous=synchronous)
        return value

    def set_tag(self, run_id: str, key: str, value: Any, synchronous: bool | None = None) -> None:
        self.log_batch(run_id, tags=[RunTag(key, text_of(value))], synchronous=synchronous)

    def delete_tag(self, run_id: str, key: str) -> None:
        """Remove a tag, now. Raises: NotFound: the run has none of this name."""
        self._call(wire.DELETE_TAG, wire.DeleteTag(run_id=self._settle(run_id), key=key))

    def log_batch(
        self,
        run_id: str,
        metrics: Sequence[Metric] = (),
        params: Sequence[Param] = (),
        tags: Sequence[RunTag] = (),
        synchronous: bool | None = None,
    ) -> None:
        """Log any number of points, params and tags.

        Raises: InvalidArgument: a key is no name, or a value no number; nothing of the batch is logged.
        """
        points = [_point(metric) for metric in metrics]
        pairs = [Pair(rules.check_key(one.key), text_of(one.value)) for one in params]
        marks = [Pair(rules.check_key(one.key), text_of(one.value)) for one in tags]
        if synchronous:
            self._call(
                wire.LOG_BATCH, wire.LogBatch(run_id=self._settle(run_id), metrics=points, params=pairs, tags=marks)
            )
            return
        records: list[tuple[int, Any]] = [(PARAM, pair) for pair in pairs]
        records += [(RICH_METRIC if one.model_id or one.dataset_name else METRIC, one) for one in points]
        records += [(TAG, pair) for pair in marks]
        if records:
            self.writer(run_id).extend(records)

    def log_inputs(
        self,
        run_id: str,
        datasets: Sequence[DatasetInput] | None = None,
        models: Sequence[LoggedModelInput] | None = None,
    ) -> None:
        """Say what a run was fed with."""
        given = [_dataset_input(one) for one in datasets or ()]
        inputs = Inputs(given, [wire.ModelInputIn(model.model_id) for model in models or ()])
        self.writer(run_id).append(INPUTS, inputs)

    def log_outputs(self, run_id: str, models: Iterable[LoggedModelOutput]) -> None:
        """Say which models a run made."""
        outputs = Outputs([wire.ModelOutputIn(model.model_id, model.step) for model in models])
        self.writer(run_id).append(OUTPUTS, outputs)

    def get_metric_history(self, run_id: str, key: str) -> list[Metric]:
        """Every point of a curve, by time, step and value. Unknown: none."""
        server_id = self._settle(run_id)
        found: list[Metric] = []
        token = ""
        while True:
            message = wire_metrics.GetHistory(
                run_id=server_id, metric_key=key, page_token=token, max_results=_HISTORY_PAGE
            )
            try:
                answer = self._call(wire_metrics.GET_HISTORY, message)
            except NotFound:
                return found
            found += [Metric.of(one) for one in answer.get("metrics", ())]
            token = answer.get("next_page_token") or ""
            if not token:
                return found


def text_of(value: object) -> str:
    """A value as text that can be sent: names of files may hold what is no Unicode, which is then shown as an escape."""
    text = str(value)
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _status(status: str | int | None) -> str | None:
    return None if status is None else enum_of(RunStatus, status, "status").name


def _point(metric: Metric) -> MetricIn:
    rules.check_key(metric.key)
    try:
        value, step, timestamp = float(metric.value), int(metric.step or 0), max(0, int(metric.timestamp))
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidArgument(
            f"The metric '{metric.key}' got {metric.value!r:.100}, expected a number: {error}."
        ) from None
    if not rules.INT64_MIN <= step <= rules.INT64_MAX or timestamp > rules.INT64_MAX:
        raise InvalidArgument(f"The metric '{metric.key}' got step {step}, expected an integer of 64 bits.")
    return MetricIn(
        metric.key,
        value,
        timestamp,
        step,
        metric.model_id or "",
        metric.dataset_name or "",
        metric.dataset_digest or "",
    )


def _dataset_input(given: DatasetInput) -> wire.DatasetInputIn:
    dataset: Dataset = given.dataset
    return wire.DatasetInputIn(
        [Pair(tag.key, str(tag.value)) for tag in given.tags],
        msgspec.convert(dataset, wire.DatasetIn, from_attributes=True),
    )
