"""The client's other sides: logging in the background, errors and their codes, pages, logged models."""

# ruff: noqa: PT017 — a plain script, without pytest

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Metric
from mlflow.exceptions import MlflowException, RestException

EXPERIMENT = sys.argv[1]
IS_THREE = not mlflow.__version__.startswith("2.")
client = MlflowClient()
experiment_id = mlflow.set_experiment(EXPERIMENT).experiment_id
UNKNOWN = "0123456789abcdef0123456789abcdef"

# In the background: a thousand calls, all of them there after the flush.
with mlflow.start_run(run_name="background") as background:
    for step in range(1000):
        mlflow.log_metric("loss", 1 / (step + 1), step=step, synchronous=False)
    for i in range(50):
        mlflow.log_param(f"p{i}", i, synchronous=False)
    mlflow.set_tag("kind", "async", synchronous=False)
    mlflow.log_metrics({"a": 1, "b": 2}, synchronous=False).wait()
mlflow.flush_async_logging()
assert len(client.get_metric_history(background.info.run_id, "loss")) == 1000
data = mlflow.get_run(background.info.run_id).data
assert len([key for key in data.params if key.startswith("p")]) == 50
assert data.metrics["a"] == 1
assert data.tags["kind"] == "async"


def refused(code, call, *arguments, **more):
    """The server refuses this call with this code, at once: what is repeated takes minutes."""
    began = time.monotonic()
    try:
        call(*arguments, **more)
    except MlflowException as error:
        assert error.error_code == code, (call.__name__, error.error_code, str(error))
        assert isinstance(error, RestException) or code == "INVALID_PARAMETER_VALUE", type(error)
        assert str(error).strip() not in {"", f"{code}:"}
    else:
        raise AssertionError(f"{call.__name__}{arguments} was not refused")
    assert time.monotonic() - began < 5, call.__name__


run_id = background.info.run_id
refused("RESOURCE_DOES_NOT_EXIST", client.get_run, UNKNOWN)
refused("RESOURCE_DOES_NOT_EXIST", client.get_experiment, "987654321")
refused("RESOURCE_DOES_NOT_EXIST", client.delete_run, UNKNOWN)
refused("RESOURCE_DOES_NOT_EXIST", client.log_metric, UNKNOWN, "a", 1)
refused("RESOURCE_DOES_NOT_EXIST", client.delete_tag, run_id, "no such tag")
refused("RESOURCE_ALREADY_EXISTS", client.create_experiment, EXPERIMENT)
refused("RESOURCE_DOES_NOT_EXIST", client.create_run, "987654321")
refused("INVALID_PARAMETER_VALUE", client.search_runs, [experiment_id], "metrics.a > 'text'")
refused("INVALID_PARAMETER_VALUE", client.search_runs, [experiment_id], order_by=["metrics.a SIDEWAYS"])
refused("INVALID_PARAMETER_VALUE", client.search_runs, [experiment_id], max_results=50001)
refused("INVALID_PARAMETER_VALUE", client.search_runs, [experiment_id], page_token="nonsense")
refused("INVALID_PARAMETER_VALUE", client.log_param, run_id, "p1", "another value")
refused("INVALID_PARAMETER_VALUE", client.set_tag, run_id, "../climbing", "x")
refused("INVALID_PARAMETER_VALUE", client.search_registered_models, "colour = 'blue'")
refused("RESOURCE_DOES_NOT_EXIST", client.get_registered_model, f"{EXPERIMENT} no model")
refused("RESOURCE_DOES_NOT_EXIST", client.get_model_version, f"{EXPERIMENT} no model", "1")
refused("RESOURCE_DOES_NOT_EXIST", client.create_model_version, f"{EXPERIMENT} no model", "s3://bucket/a", run_id)
client.delete_run(run_id)
refused("INVALID_PARAMETER_VALUE", client.set_tag, run_id, "a", "b")
client.restore_run(run_id)


# Pages: more runs than one page holds, each once, in order.
def create(i):
    """One finished run."""
    run = client.create_run(experiment_id, start_time=1000 + i, run_name=f"run {i:03}")
    client.log_metric(run.info.run_id, "i", i)
    client.set_terminated(run.info.run_id)


with ThreadPoolExecutor(4) as pool:
    list(pool.map(create, range(60)))
seen, token = [], None
while True:
    page = client.search_runs(
        [experiment_id], "metrics.i >= 0", max_results=25, order_by=["metrics.i DESC"], page_token=token
    )
    seen += [int(run.data.metrics["i"]) for run in page]
    token = page.token
    if not token:
        break
assert seen == list(range(59, -1, -1)), seen
assert len(mlflow.search_runs([experiment_id], "metrics.i < 1000")) == 60
history = [Metric("long", i, 1000 + i, i) for i in range(3000)]
for start in range(0, 3000, 1000):
    client.log_batch(run_id, metrics=history[start : start + 1000])
assert [point.step for point in client.get_metric_history(run_id, "long")] == list(range(3000))

# Models before and beside the registry.
models = {}
if IS_THREE:
    with mlflow.start_run(run_name="models") as run:
        model = mlflow.initialize_logged_model(name="early", params={"depth": "3"}, tags={"t": "1"}, model_type="tree")
        mlflow.log_metric("auc", 0.75, model_id=model.model_id)
        mlflow.log_metrics({"f1": 0.5, "auc2": 0.25}, model_id=model.model_id, step=2)
        mlflow.finalize_logged_model(model.model_id, "READY")
    external = mlflow.create_external_model(name="outside", params={"a": "1"})
    mlflow.set_logged_model_tags(model.model_id, {"stage": "tried"})
    mlflow.delete_logged_model_tag(model.model_id, "t")
    read = mlflow.get_logged_model(model.model_id)
    assert read.status == "READY"
    assert read.params["depth"] == "3"
    assert read.tags["stage"] == "tried"
    assert "t" not in read.tags
    assert {metric.key: metric.value for metric in read.metrics} == {"auc": 0.75, "f1": 0.5, "auc2": 0.25}
    found = mlflow.search_logged_models(
        [experiment_id], "metrics.auc > 0.5 AND params.depth = '3'", output_format="list"
    )
    assert [one.model_id for one in found] == [model.model_id]
    table = mlflow.search_logged_models([experiment_id], order_by=[{"field_name": "creation_time", "ascending": True}])
    assert table["name"].tolist() == ["early", "outside"]
    assert mlflow.get_run(run.info.run_id).outputs is not None
    client.delete_logged_model(external.model_id)
    refused("RESOURCE_DOES_NOT_EXIST", client.get_logged_model, external.model_id)
    models = {"model_id": model.model_id, "run_id": run.info.run_id}

print(json.dumps({"experiment_id": experiment_id, "background": run_id, **models}))
