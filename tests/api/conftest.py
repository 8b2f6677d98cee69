"""What the tests of handlers share: the handlers over an empty store, and things to begin with.

calling         makes `call` over a database, with other settings
call            `call(ENDPOINT, field=value, …)` sends JSON and gives JSON, as the server does
model           the registered model "forest"
run_id, logged  a run in the default experiment, and a logged model that it made
new_version     makes a version of "forest" and gives its number
page            what the page asks: `page.ask(ENDPOINT, field=value, …)`, and short ways to make runs
"""

import itertools
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from hito.api import experiments, logged_models, metrics, registered_models, runs, versions
from hito.api.context import Settings
from hito.api.dispatch import Dispatch
from hito.api.ui import catalogue
from hito.store import experiments as stored_experiments
from hito.store.database import Database
from hito.wire import experiments as wire_experiments
from hito.wire import models as wire_models
from hito.wire import registry as wire
from hito.wire import runs as wire_runs
from hito.wire.json import decode_body, encode
from hito.wire.ui.frame import decode_frame

Call = Callable[..., Any]


@pytest.fixture
def calling() -> Callable[..., Call]:
    def over(database: Database, **settings: Any) -> Call:
        database.write(lambda tx: stored_experiments.ensure_default(tx, "mlflow-artifacts:/"))
        bindings = [
            *experiments.BINDINGS,
            *runs.BINDINGS,
            *metrics.BINDINGS,
            *registered_models.BINDINGS,
            *versions.BINDINGS,
            *logged_models.BINDINGS,
        ]
        dispatch = Dispatch(database, Settings(**settings), None, bindings, [])

        def call(endpoint: Any, **fields: Any) -> Any:
            message = decode_body(encode(fields), endpoint.takes)
            return msgspec.json.decode(encode(dispatch.call(endpoint, message)))

        return call

    return over


@pytest.fixture
def call(database: Database, calling: Callable[..., Call]) -> Call:
    return calling(database)


@pytest.fixture
def model(call: Call) -> str:
    call(wire.CREATE_REGISTERED_MODEL, name="forest")
    return "forest"


@pytest.fixture
def new_version(call: Call) -> Call:
    def make(name: str = "forest", source: str = "s3://bucket/model", **fields: Any) -> str:
        return str(call(wire.CREATE_VERSION, name=name, source=source, **fields)["model_version"]["version"])

    return make


@pytest.fixture
def run_id(call: Call) -> str:
    return str(call(wire_runs.CREATE_RUN, experiment_id="0")["run"]["info"]["run_id"])


@pytest.fixture
def logged(call: Call, run_id: str) -> str:
    answer = call(wire_models.CREATE_LOGGED_MODEL, experiment_id="0", source_run_id=run_id)
    return str(answer["model"]["info"]["model_id"])


class Page:
    """The protocol's handlers and the page's, over one store."""

    def __init__(self, database: Database) -> None:
        database.write(lambda tx: stored_experiments.ensure_default(tx, "mlflow-artifacts:/"))
        bindings = [
            *experiments.BINDINGS,
            *runs.BINDINGS,
            *metrics.BINDINGS,
            *registered_models.BINDINGS,
            *versions.BINDINGS,
            *logged_models.BINDINGS,
            *catalogue.INSIDE,
        ]
        self.database = database
        self._dispatch = Dispatch(database, Settings(), None, bindings, [])
        self._starts = itertools.count(1_700_000_000_000, 1000)

    def ask(self, endpoint: Any, **fields: Any) -> Any:
        """The answer as JSON, or a frame's header and columns."""
        answer = self._dispatch.call(endpoint, decode_body(encode(fields), endpoint.takes))
        return decode_frame(answer) if isinstance(answer, bytes) else msgspec.json.decode(encode(answer))

    def experiment(self, name: str) -> str:
        made: str = self.ask(wire_experiments.CREATE_EXPERIMENT, name=name)["experiment_id"]
        return made

    def run(
        self,
        name: str = "run",
        experiment: str = "0",
        params: dict[str, str] | None = None,
        metrics: dict[str, Any] | None = None,
        tags: dict[str, str] | None = None,
        end: str = "FINISHED",
        start: int | None = None,
        user: str = "ana",
    ) -> str:
        """A run; a metric is a number, or its curve as a list. It lasts a second; `end` "" leaves it running."""
        start = next(self._starts) if start is None else start
        made = self.ask(
            wire_runs.CREATE_RUN, experiment_id=experiment, run_name=name, start_time=start, user_id=user,
            tags=[{"key": key, "value": value} for key, value in (tags or {}).items()],
        )["run"]["info"]["run_id"]  # fmt: skip
        curves = {key: value if isinstance(value, list) else [value] for key, value in (metrics or {}).items()}
        points = [
            {"key": key, "value": "NaN" if value != value else value, "step": step, "timestamp": start + step}
            for key, curve in curves.items()
            for step, value in enumerate(curve)
        ]
        given = [{"key": key, "value": value} for key, value in (params or {}).items()]
        self.ask(wire_runs.LOG_BATCH, run_id=made, metrics=points, params=given)
        if end:
            self.ask(wire_runs.UPDATE_RUN, run_id=made, status=end, end_time=start + 1000)
        return str(made)


@pytest.fixture
def page(database: Database) -> Page:
    return Page(database)
