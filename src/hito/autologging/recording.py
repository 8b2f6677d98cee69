"""The run that a training is logged to, and the means to log to it, step by step.

    no active run        one is begun, tagged `mlflow.autologging`, and ended with the training: FINISHED or FAILED
    the program's run    it is used, and left open; with `exclusive`, it is left alone

Everything goes to an explicit run of an explicit client, so a background job logs where its training did, whatever the
program has made active since.
"""

import contextvars
import importlib
import time
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

from hito.autologging import later
from hito.autologging.guard import attempt
from hito.autologging.settings import Settings
from hito.client import voice
from hito.client.client import TransportClient
from hito.client.entities import Dataset, DatasetInput, Metric, Param, RunTag
from hito.core.outermost import entered
from hito.core.rules import MAX_PARAM_VALUE
from hito.flavors.profile import Profile
from hito.fluent import active, data, experiments, models, runs

TAG = "mlflow.autologging"
PARENT = "mlflow.parentRunId"
MODEL = "model"
_PATIENCE = 8.0
"""Seconds that the shortest training waits for its jobs; two less for each second of its own, at last a five-hundredth of it."""

T = TypeVar("T")
G = TypeVar("G")
P = ParamSpec("P")


class Recording:
    """One training on one run."""

    def __init__(self, flavor: str, settings: Settings, scope: active.Scope, managed: bool) -> None:
        self.flavor = flavor
        self.settings = settings
        self.scope = scope
        self.managed = managed
        self.run_id: str = scope.run_id
        self.client: TransportClient = scope.client
        self.model_id: str | None = None
        self.dataset: Dataset | None = None
        self.profile: Profile | None = None
        """Of the training data; kept with the model."""
        self.seconds = 0.0
        """How long the training itself took, once it is done."""
        self._began = time.monotonic()
        self._jobs: list[later.Ticket] = []

    def step(self, what: str, action: Callable[P, T], *args: P.args, **named: P.kwargs) -> T | None:
        """Do one step; if it fails, the rest goes on."""
        return attempt(what, self.settings.silent, action, *args, **named)

    # --- what is logged ---

    def params(self, found: Mapping[str, Any]) -> None:
        """Params, as text. One that the run has with another value stays as it is: a param is written once."""
        known = self.scope.params
        fresh = {key: _text(value) for key, value in found.items()}
        kept = {key: value for key, value in fresh.items() if known.get(key, value) == value}
        if len(kept) < len(fresh):
            self.step("params twice", self._say_kept, sorted(set(fresh) - set(kept)))
        pairs = [Param(key, value) for key, value in kept.items() if key not in known]
        self.client.log_batch(self.run_id, params=pairs)
        known.update(kept)

    def tags(self, found: Mapping[str, Any]) -> None:
        self.client.log_batch(self.run_id, tags=[RunTag(key, str(value)) for key, value in found.items()])

    def metrics(
        self, found: Mapping[str, float], step: int = 0, *, dataset: Dataset | None = None, run_id: str | None = None
    ) -> None:
        """Metrics of one step, on what they were measured, and about the model if that is logged already."""
        self.client.log_batch(run_id or self.run_id, metrics=self.points(found, step, dataset=dataset))

    def points(self, found: Mapping[str, float], step: int = 0, *, dataset: Dataset | None = None) -> list[Metric]:
        now = time.time_ns() // 1_000_000
        named = {} if dataset is None else {"dataset_name": dataset.name, "dataset_digest": dataset.digest}
        return [Metric(key, float(value), now, step, self.model_id, **named) for key, value in found.items()]

    def input(self, dataset: Dataset, context: str) -> None:
        self.client.log_inputs(self.run_id, [self.as_input(dataset, context)])

    @staticmethod
    def as_input(dataset: Dataset, context: str) -> DatasetInput:
        return data.input_of(dataset, context, None)

    @staticmethod
    def pairs(found: Mapping[str, Any]) -> list[Param]:
        return [Param(key, _text(value)) for key, value in found.items()]

    def json(self, found: Any, file: str) -> None:
        self.client.log_dict(self.run_id, found, file)

    def text(self, text: str, file: str) -> None:
        self.client.log_text(self.run_id, text, file)

    def figure(self, figure: Any, file: str) -> None:
        self.client.log_figure(self.run_id, figure, file)

    def model(
        self, flavor: str, model: Any, name: str = MODEL, params: Mapping[str, Any] | None = None, **details: Any
    ) -> str | None:
        """Keep a model with the run; its id, or None if it waits for the server.

        Args:
            params: of the model, beside those of the run.
            details: as `hito.flavors.<flavor>.save` takes them.
        """
        save = importlib.import_module(f"hito.flavors.{flavor}").save
        registered = self.settings.registered_model_name if name == MODEL else None
        details.setdefault("profile", self.profile)
        placing = models.Placing(name=name, registered_model_name=registered, params=params)

        def log() -> str | None:
            if active.current() is not self.scope:
                active.enter(self.scope)  # in a context of our own
            return models.log(lambda folder, origin: save(model, folder, origin=origin, **details), placing).model_id

        return contextvars.copy_context().run(log)

    # --- what need not be waited for ---

    def put_off(self, job: Callable[[], None]) -> None:
        """Have something done that may take long. Each of its steps is to be a `step`."""
        self._jobs.append(later.submit(job, self.run_id))

    def restart(self) -> None:
        """The training itself begins."""
        self._began = time.monotonic()

    def trained(self) -> None:
        """The training itself is done; what comes now is ours."""
        self.seconds = time.monotonic() - self._began

    def close(self, status: str) -> None:
        """Wait as long as it is fair, and end the run if it was begun for this."""
        limit = max(_PATIENCE - 2 * self.seconds, 0.002 * self.seconds)
        until = time.monotonic() + limit
        for job in self._jobs:
            if not job.wait(max(0.0, until - time.monotonic())) and not self.managed:
                # The run is the program's: it ends when everything is on it.
                self.scope.closing.append(lambda _: _ignore(later.wait(self.run_id)))
                break
        if self.managed:
            active.end(self.run_id, status)

    def child(self, run_name: str | None, tags: Mapping[str, str], start_time: int | None = None) -> str:
        """Begin a run below this one; its id."""
        own = {PARENT: self.run_id, TAG: self.flavor, **self.settings.extra_tags, **tags}
        user = self.scope.run.data.tags
        own |= {key: user[key] for key in ("mlflow.user", "mlflow.source.name", "mlflow.source.type") if key in user}
        run = self.client.create_run(
            self.scope.run.info.experiment_id or experiments.current_experiment_id(), start_time, own, run_name
        )
        return run.info.run_id

    def _say_kept(self, names: list[str]) -> None:
        if not self.settings.silent:
            voice.warn(
                f"autolog params {self.run_id}",
                f"hito: autolog kept the params of the first training in run {self.run_id}; "
                f"another one has other values of {', '.join(names[:5])}. Give each training a run of its own.",
            )


def around(
    flavor: str,
    settings: Settings,
    plain: Callable[[], T],
    before: Callable[[Recording], G],
    train: Callable[[Recording, G | None], T],
    after: Callable[[Recording, G, T], None],
) -> T:
    """A training with a recording around it.

    Args:
        plain: the training as the program meant it, for where nothing is logged.
        before: what is known before; what it returns is given to the others, or None if it failed.
        train: the training itself, which may be given means to be watched; what it raises is the program's.
        after: the results; only if `before` went well.
    Returns: what the training returned.
    """
    with entered():
        found = attempt("a new run", settings.silent, begin, flavor, settings)
        if found is None:
            return plain()
        status = "FAILED"
        try:
            given = found.step("what is known before the training", before, found)
            found.restart()
            result = train(found, given)
            found.trained()
            status = "FINISHED"
            if given is not None:
                found.step("the training's results", after, found, given, result)
            return result
        finally:
            found.step("the end of the run", found.close, status)


def begin(flavor: str, settings: Settings) -> Recording | None:
    """Where to log a training that begins now; None if nowhere."""
    scope = active.current() or active.shared()
    if scope is not None:
        if settings.exclusive:
            return None
        return Recording(flavor, settings, scope, managed=False)
    begun = runs.begin(tags={**settings.extra_tags, TAG: flavor}, named=False)
    return Recording(flavor, settings, begun, managed=True)


def _text(value: Any) -> str:
    return str(value)[:MAX_PARAM_VALUE]


def _ignore(_: object) -> None:
    """What a hook of a run's end returns is of no interest."""
