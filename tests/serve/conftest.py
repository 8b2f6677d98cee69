"""Models, a registry and model servers, for the tests of serving.

forests         two forests that disagree on the row DISPUTED, saved once
registry        an embedded store in which both are versions 1 and 2 of Forest, 1 in Production
make_serving    starts `hito models serve` with the flags a test needs
cache           where compiled forms are kept: one for all, as compiling takes seconds
"""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier

from hito.connect import Client
from hito.flavors import sklearn
from hito.flavors.digest import digest
from hito.flavors.infer import infer_signature
from hito.flavors.profile import profile
from hito.fluent.places import DIGEST
from hito.serve import compiling, making

SOURCE = Path(__file__).resolve().parents[2] / "src"
COLUMNS = ["a", "b", "c"]
DISPUTED = [9.0, 1.0, 5.0]
"""Version 1 says 1 to it, version 2 says 0."""
JSON = {"content-type": "application/json"}
_STARTUP_SECONDS = 300


@pytest.fixture(scope="session", autouse=True)
def _bytecode() -> Iterator[None]:
    """Processes started here may keep bytecode: without it, each spends ten seconds on compiling what it imports."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        yield


@pytest.fixture(scope="session")
def table() -> pd.DataFrame:
    random = np.random.default_rng(1)
    return pd.DataFrame(random.uniform(0, 10, size=(300, 3)), columns=COLUMNS)


@pytest.fixture(scope="session")
def forests(table: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("forests")
    made = []
    for number, labels in enumerate((table["a"] > 5, table["b"] > 5)):
        model = RandomForestClassifier(10, max_depth=4, random_state=0).fit(table, labels.astype("int64"))
        where = folder / str(number + 1)
        signature = infer_signature(table, model.predict(table))
        sklearn.save(model, where, signature=signature, input_example=table.head(20), profile=profile(table))
        made.append(where)
    return made


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for the whole run, whichever process a test is in: what is compiled is named by its digest."""
    base = tmp_path_factory.getbasetemp()
    found = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "cache"
    found.mkdir(mode=0o700, exist_ok=True)
    return found


@pytest.fixture(scope="session")
def compile_here(cache: Path) -> Callable[[Path], None]:
    """Fills the cache from this process, which has the libraries in memory; a process of its own imports them for 2 s."""

    def compile_(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(compiling, "_in_a_process", making.make)
            compiling.compiled(folder, cache, digest(folder), trust_pickle=True)

    return compile_


@dataclass
class Registry:
    """A store with registered models, and ways to change what is promoted."""

    uri: str
    client: Client
    folder: Path

    def add(self, name: str, folder: Path, *, expected: str | None = None) -> str:
        """A new version made of a model's folder; its number."""
        version = self.client.create_model_version(name, str(folder), tags={DIGEST: expected or digest(folder)})
        return version.version

    def promote(self, version: str, name: str = "Forest") -> None:
        self.client.transition_model_version_stage(name, version, "Production", archive_existing_versions=True)


@pytest.fixture
def registry(forests: list[Path], tmp_path: Path) -> Registry:
    folder = tmp_path / "store"
    folder.mkdir()
    found = Registry(f"sqlite:///{folder / 'hito.db'}", Client(f"sqlite:///{folder / 'hito.db'}"), folder)
    found.client.create_registered_model("Forest")
    experiment = found.client.create_experiment("forests")
    for place in forests:
        run = found.client.create_run(experiment)
        found.client.log_artifacts(run.info.run_id, place, "model")
        found.client.create_model_version(
            "Forest", f"runs:/{run.info.run_id}/model", run.info.run_id, {DIGEST: digest(place)}
        )
    found.promote("1")
    return found


class Answer:
    """What came back. `json` reads NaN as Python's clients do."""

    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def predictions(self) -> Any:
        assert self.status == 200, self.body[:2000]
        return self.json["predictions"]


@dataclass
class Serving:
    """A running `hito models serve`."""

    url: str
    process: subprocess.Popen[bytes]
    log_file: Path

    @property
    def log(self) -> str:
        return self.log_file.read_text("utf-8", "replace")

    def ask(
        self, path: str = "/invocations", body: Any = None, headers: dict[str, str] | None = None, method: str = ""
    ) -> Answer:
        """One request on a connection of its own. A body that is no bytes is sent as JSON."""
        raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        try:
            connection.request(method or ("GET" if raw is None else "POST"), path, raw, {**JSON, **(headers or {})})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def predict(self, rows: Any, route: str = "") -> Any:
        """The predictions for rows of COLUMNS."""
        path = f"/models/{route}/invocations" if route else "/invocations"
        return self.ask(path, split(rows)).predictions

    def wait_until(self, holds: Callable[[], bool], what: str) -> None:
        """Look again until it holds; what fails is that it never does."""
        deadline = time.monotonic() + _STARTUP_SECONDS
        while not holds():
            assert time.monotonic() < deadline, f"{what} never was so; the log:\n{self.log[-3000:]}"
            assert self.process.poll() is None, f"the server ended:\n{self.log[-3000:]}"
            time.sleep(0.02)

    def stop(self) -> int:
        """Ask it to end as a service manager does; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


def split(rows: Any) -> dict[str, Any]:
    """A request of rows of COLUMNS."""
    return {"dataframe_split": {"columns": COLUMNS, "data": rows}}


Maker = Callable[..., Serving]


@pytest.fixture(scope="session")
def make_serving(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[Maker]:
    """`make_serving(*flags, uri=…, wait=True, env=…)`."""
    from tests.conftest import free_port

    started: list[Serving] = []

    def make(*flags: str, uri: str = "", wait: bool = True, env: dict[str, str] | None = None) -> Serving:
        port = free_port()
        folder = tmp_path_factory.mktemp("serving")
        command = [
            sys.executable,
            "-m",
            "hito.cli.main",
            "models",
            "serve",
            "-p",
            str(port),
            "--cache",
            str(cache),
            *flags,
        ]
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "HITO_"))}
        named = {"HITO_TRACKING_URI": uri} if uri else {}
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                command,
                cwd=folder,
                stdout=log,
                stderr=log,
                env={**inherited, "PYTHONPATH": str(SOURCE), **named, **(env or {})},
            )
        scheme = "https" if "--ssl-certfile" in flags else "http"
        found = Serving(f"{scheme}://127.0.0.1:{port}", process, folder / "log")
        started.append(found)
        if wait:
            found.wait_until(lambda: _answers(found), "an answer at /ping")
        return found

    yield make
    for one in started:
        one.stop()


def _answers(server: Serving) -> bool:
    try:
        return server.ask("/ping").status == 200
    except OSError:
        return False


@pytest.fixture(scope="session")
def forest(forests: list[Path], make_serving: Maker) -> Serving:
    """A server of the first forest, for tests that change nothing about it."""
    return make_serving("-m", str(forests[0]))
