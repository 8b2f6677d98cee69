"""What the tests of handlers share: the handlers over an empty store, and things to begin with.

calling         makes `call` over a database, with other settings
call            `call(ENDPOINT, field=value, …)` sends JSON and gives JSON, as the server does
model           the registered model "forest"
run_id, logged  a run in the default experiment, and a logged model that it made
new_version     makes a version of "forest" and gives its number
"""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from hito.api import experiments, logged_models, metrics, registered_models, runs, versions
from hito.api.context import Settings
from hito.api.dispatch import Dispatch
from hito.store import experiments as stored_experiments
from hito.store.database import Database
from hito.wire import models as wire_models
from hito.wire import registry as wire
from hito.wire import runs as wire_runs
from hito.wire.json import decode_body, encode

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
