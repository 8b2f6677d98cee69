"""The client's methods, by one suite: against a store in this process, hito's server, and MLflow's where it is installed."""

import contextlib
import io
import math
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from hito.client.client import TransportClient
from hito.client.entities import (
    Dataset,
    DatasetInput,
    InputTag,
    LoggedModelInput,
    LoggedModelOutput,
    Metric,
    Param,
    RunTag,
    ViewType,
)  # fmt: skip
from hito.client.http import HttpTransport
from hito.client.transport import Transport
from hito.connect import EmbeddedTransport
from hito.core.errors import AlreadyExists, HitoError, InvalidArgument, NotFound

ROOT = Path(__file__).resolve().parent.parent.parent
MLFLOW = Path(os.environ.get("HITO_MLFLOW") or ROOT / ".venvs" / "mlflow-3.17-server" / "bin" / "mlflow")


@pytest.fixture(scope="session")
def mlflow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real MLflow server, if there is one to start."""
    if not MLFLOW.exists():
        pytest.skip("MLflow's server is not here: `make conform` builds it, or HITO_MLFLOW names its command")
    folder = tmp_path_factory.mktemp("mlflow")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("MLFLOW_", "HITO_", "PYTHON"))
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(MLFLOW), "server", "--port", str(port), "--workers", "1", "--backend-store-uri", f"sqlite:///{folder}/m.db",
             "--artifacts-destination", str(folder / "artifacts")],
            cwd=folder, stdout=log, stderr=log, env={**environment, "MLFLOW_DISABLE_TELEMETRY": "true"}, start_new_session=True,
        )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 120
    while True:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{url}/health", timeout=2).close()
            break
        assert process.poll() is None, (folder / "log").read_text()
        assert time.monotonic() < deadline
        time.sleep(0.2)
    yield url
    os.killpg(process.pid, 15)
    process.wait(30)


@pytest.fixture(scope="module", params=["embedded", "http", "mlflow"])
def client(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TransportClient]:
    folder = tmp_path_factory.mktemp("client")
    transport: Transport
    if request.param == "embedded":
        transport = EmbeddedTransport(f"sqlite:///{folder / 'hito.db'}")
    else:
        server = request.getfixturevalue("hito_server" if request.param == "http" else "mlflow_server")
        transport = HttpTransport(getattr(server, "url", server))
    made = TransportClient(transport, folder=folder / "journal")
    yield made
    made.close()


@pytest.fixture
def experiment(client: TransportClient) -> str:
    return client.create_experiment(f"e-{uuid4().hex}")


@pytest.fixture
def run_id(client: TransportClient, experiment: str) -> str:
    return client.create_run(experiment).info.run_id


def test_an_experiment_lives_its_life(client: TransportClient) -> None:
    name = f"e-{uuid4().hex}"
    made = client.create_experiment(name, tags={"team": "red"})
    assert client.get_experiment(made).tags == {"team": "red"}
    client.set_experiment_tag(made, "n", 3)
    client.rename_experiment(made, f"{name}-2")
    found = client.get_experiment_by_name(f"{name}-2")
    assert found is not None
    assert (found.experiment_id, found.tags["n"]) == (made, "3")
    client.delete_experiment(made)
    assert client.get_experiment(made).lifecycle_stage == "deleted"
    assert made in [one.experiment_id for one in client.search_experiments(ViewType.DELETED_ONLY)]
    client.restore_experiment(made)
    with pytest.raises(AlreadyExists):
        client.create_experiment(f"{name}-2")
    assert client.get_experiment_by_name("no such thing") is None


def test_a_run_tells_what_was_logged_to_it(client: TransportClient, experiment: str) -> None:
    run = client.create_run(experiment, run_name="first", tags={"a": "1"}, start_time=1_700_000_000_000)
    run_id = run.info.run_id
    client.log_param(run_id, "depth", 3)
    client.log_metric(run_id, "loss", 0.5, step=1, timestamp=1000)
    client.log_metric(run_id, "loss", 0.25, step=2, timestamp=2000)
    client.set_tag(run_id, "b", True)
    client.log_batch(run_id, [Metric("acc", 0.9, 1, 0)], [Param("lr", "0.1")], [RunTag("c", "x")])
    client.set_terminated(run_id, end_time=1_700_000_009_000)
    found = client.get_run(run_id)
    assert found.data.params == {"depth": "3", "lr": "0.1"}
    assert found.data.metrics == {"loss": 0.25, "acc": 0.9}
    assert {"a": "1", "b": "True", "c": "x", "mlflow.runName": "first"}.items() <= found.data.tags.items()
    info = found.info
    assert (info.status, info.start_time, info.end_time) == ("FINISHED", 1_700_000_000_000, 1_700_000_009_000)
    assert [(one.step, one.value) for one in client.get_metric_history(run_id, "loss")] == [(1, 0.5), (2, 0.25)]


def test_a_read_sees_what_was_logged_before_it(client: TransportClient, run_id: str) -> None:
    for step in range(2500):
        client.log_metric(run_id, "m", float(step), step=step, timestamp=step)
    assert [one.step for one in client.get_metric_history(run_id, "m")] == list(range(2500))


def test_values_that_are_no_numbers_keep_their_meaning(client: TransportClient, run_id: str) -> None:
    for step, value in enumerate([math.nan, math.inf, -math.inf, 1e-320]):
        client.log_metric(run_id, "odd", value, step=step, timestamp=step)
    found = [one.value for one in client.get_metric_history(run_id, "odd")]
    assert math.isnan(found[0])
    assert found[1:] == [1.7976931348623157e308, -1.7976931348623157e308, 1e-320]


def test_a_synchronous_call_raises_what_the_server_refuses(client: TransportClient, run_id: str) -> None:
    client.log_param(run_id, "p", "1", synchronous=True)
    with pytest.raises(InvalidArgument, match="p"):
        client.log_param(run_id, "p", "2", synchronous=True)
    with pytest.raises(NotFound):
        client.get_run(uuid4().hex)
    client.set_tag(run_id, "t", "1", synchronous=True)
    client.delete_tag(run_id, "t")
    with pytest.raises(HitoError) as refused:
        client.delete_tag(run_id, "t")
    assert refused.value.error_code == "RESOURCE_DOES_NOT_EXIST"


@pytest.mark.parametrize(("key", "value"), [("", 1.0), ("a//b", 1.0), ("x" * 251, 1.0), ("m", "abc"), ("m", None)])
def test_what_cannot_be_logged_is_refused_at_once(client: TransportClient, run_id: str, key: str, value: Any) -> None:
    with pytest.raises(InvalidArgument):
        client.log_metric(run_id, key, value)


def test_runs_are_found_page_by_page(client: TransportClient, experiment: str) -> None:
    made = [client.create_run(experiment, start_time=1000 + n).info.run_id for n in range(5)]
    for n, one in enumerate(made):
        client.log_metric(one, "score", n)
    first = client.search_runs([experiment], "metrics.score >= 1", max_results=3, order_by=["metrics.score DESC"])
    assert [run.info.run_id for run in first] == made[:1:-1]
    assert first.token
    rest = client.search_runs(
        [experiment], "metrics.score >= 1", max_results=3, order_by=["metrics.score DESC"], page_token=first.token
    )
    assert [run.info.run_id for run in rest] == [made[1]]
    assert rest.token is None
    client.delete_run(made[0])
    assert len(client.search_runs([experiment])) == 4
    client.restore_run(made[0])
    assert len(client.search_runs([experiment])) == 5


def test_a_run_can_be_renamed_resumed_and_find_its_parent(client: TransportClient, experiment: str) -> None:
    parent = client.create_run(experiment).info.run_id
    child = client.create_run(experiment, tags={"mlflow.parentRunId": parent}).info.run_id
    client.update_run(child, name="renamed")
    client.set_terminated(child, "FAILED")
    assert client.get_run(child).info.status == "FAILED"
    client.update_run(child, status="RUNNING")
    found = client.get_run(child).info
    assert (found.status, found.run_name) == ("RUNNING", "renamed")
    above = client.get_parent_run(child)
    assert above is not None
    assert above.info.run_id == parent
    assert client.get_parent_run(parent) is None


def test_inputs_and_outputs_are_kept(client: TransportClient, experiment: str, run_id: str) -> None:
    model = client.create_logged_model(experiment, "net", source_run_id=run_id)
    dataset = Dataset(name="iris", digest="d1", source_type="local", source="{}", schema="s", profile="p")
    client.log_inputs(
        run_id, [DatasetInput(dataset, [InputTag("mlflow.data.context", "train")])], [LoggedModelInput(model.model_id)]
    )
    client.log_outputs(run_id, [LoggedModelOutput(model.model_id, 7)])
    found = client.get_run(run_id)
    assert found.inputs.dataset_inputs[0].dataset == dataset
    assert found.inputs.dataset_inputs[0].tags == [InputTag("mlflow.data.context", "train")]
    assert found.inputs.model_inputs == [LoggedModelInput(model.model_id)]
    assert found.outputs.model_outputs == [LoggedModelOutput(model.model_id, 7)]


def test_files_go_and_come(client: TransportClient, run_id: str, tmp_path: Path) -> None:
    source = tmp_path / "stuff"
    (source / "deep").mkdir(parents=True)
    (source / "a b.txt").write_text("one")
    (source / "deep" / "ü.bin").write_bytes(bytes(range(256)) * 5000)
    client.log_artifact(run_id, source / "a b.txt", "single")
    client.log_artifact(run_id, source)
    client.log_artifacts(run_id, source, "inside")
    client.log_text(run_id, "höhe", "text.txt")
    client.log_dict(run_id, {"a": [1, 2]}, "d.json")
    client.log_dict(run_id, {"a": [1, 2]}, "d.yaml")
    client.log_stream(run_id, io.BytesIO(b"stream"), "s.bin")
    assert [file.path for file in client.list_artifacts(run_id)] == [
        "d.json",
        "d.yaml",
        "inside",
        "s.bin",
        "single",
        "stuff",
        "text.txt",
    ]
    assert [(file.path, file.is_dir) for file in client.list_artifacts(run_id, "stuff")] == [
        ("stuff/a b.txt", False),
        ("stuff/deep", True),
    ]
    local = Path(client.download_artifacts(run_id, "stuff", tmp_path / "back"))
    assert (local / "deep" / "ü.bin").read_bytes() == bytes(range(256)) * 5000
    assert Path(client.download_artifacts(run_id, "text.txt")).read_text("utf-8") == "höhe"
    whole = Path(client.download_artifacts(run_id, "", tmp_path / "all"))
    assert (whole / "inside" / "a b.txt").read_text() == "one"
    assert Path(client.download_artifacts(run_id, "d.yaml")).read_text() == "a:\n- 1\n- 2\n"
    with pytest.raises(NotFound):
        client.download_artifacts(run_id, "nothing/here.txt")
    with pytest.raises(InvalidArgument):
        client.log_text(run_id, "x", "../out.txt")


def test_a_table_grows(client: TransportClient, run_id: str) -> None:
    client.log_table(run_id, {"q": ["a"], "n": [1]}, "t.json")
    client.log_table(run_id, {"q": ["b"], "extra": [True]}, "t.json")
    import json

    table = json.loads(Path(client.download_artifacts(run_id, "t.json")).read_text())
    assert table == {"columns": ["q", "n", "extra"], "data": [["a", 1, None], ["b", None, True]]}


def test_a_logged_model_lives_its_life(client: TransportClient, experiment: str, run_id: str, tmp_path: Path) -> None:
    params = {f"p{n}": n for n in range(130)}
    model = client.create_logged_model(experiment, "forest", run_id, {"a": "1"}, params, "sklearn")
    assert (model.name, model.status, len(model.params)) == ("forest", "LOGGED_MODEL_PENDING", 130)
    (tmp_path / "MLmodel").write_text("flavors: {}")
    client.log_model_artifacts(model.model_id, tmp_path)
    assert [file.path for file in client.list_logged_model_artifacts(model.model_id)] == ["MLmodel"]
    client.set_logged_model_tags(model.model_id, {"b": "2"})
    client.delete_logged_model_tag(model.model_id, "a")
    assert client.finalize_logged_model(model.model_id, "READY").status == "LOGGED_MODEL_READY"
    found = client.get_logged_model(model.model_id)
    assert (found.tags, found.source_run_id, found.model_uri) == ({"b": "2"}, run_id, f"models:/{model.model_id}")
    assert [one.model_id for one in client.search_logged_models([experiment], "name = 'forest'")] == [model.model_id]
    client.delete_logged_model(model.model_id)
    assert client.search_logged_models([experiment]) == []


def test_a_registered_model_lives_its_life(client: TransportClient, run_id: str) -> None:
    name = f"m {uuid4().hex}"
    client.create_registered_model(name, {"k": "v"}, "about")
    with pytest.raises(AlreadyExists):
        client.create_registered_model(name)
    client.log_text(run_id, "flavors: {}", "model/MLmodel")
    first = client.create_model_version(name, f"runs:/{run_id}/model", run_id, {"x": "1"}, description="one")
    second = client.create_model_version(name, f"runs:/{run_id}/model", run_id)
    assert (first.version, second.version, first.status) == ("1", "2", "READY")
    client.set_registered_model_alias(name, "champion", 1)
    assert client.get_model_version_by_alias(name, "champion").version == "1"
    assert client.transition_model_version_stage(name, 2, "Production").current_stage == "Production"
    assert [one.version for one in client.get_latest_versions(name, ["Production"])] == ["2"]
    client.set_model_version_tag(name, 1, "y", "2")
    client.set_model_version_tag(name, key="z", value="3", stage="Production")
    client.delete_model_version_tag(name, 1, "x")
    assert client.get_model_version(name, 1).tags == {"y": "2"}
    assert client.update_model_version(name, 1, "new").description == "new"
    assert client.get_model_version_download_uri(name, 1).endswith("artifacts/model")
    assert client.get_registered_model(name).aliases == {"champion": "1"}
    assert [
        one.version for one in client.search_model_versions(f"name = '{name}'", order_by=["version_number ASC"])
    ] == ["1", "2"]
    copied = client.copy_model_version(f"models:/{name}/1", f"{name} copy")
    assert (copied.name, copied.version) == (f"{name} copy", "1")
    client.delete_registered_model_alias(name, "champion")
    client.delete_model_version(name, 1)
    renamed = client.rename_registered_model(name, f"{name} 2")
    assert renamed.name == f"{name} 2"
    client.set_registered_model_tag(f"{name} 2", "t", "1")
    client.delete_registered_model_tag(f"{name} 2", "k")
    client.update_registered_model(f"{name} 2", "other")
    found = client.search_registered_models(f"name = '{name} 2'")
    assert [(one.name, one.tags, one.description) for one in found] == [(f"{name} 2", {"t": "1"}, "other")]
    client.delete_registered_model(f"{name} 2")
    with pytest.raises(NotFound):
        client.get_registered_model(f"{name} 2")
