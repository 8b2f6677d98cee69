"""Everything that can be logged to a run, and read again."""

# ruff: noqa: PT017 — a plain script, without pytest

import json
import sys
import time
from pathlib import Path

import matplotlib.pyplot as plt
import mlflow
import numpy as np
import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException

EXPERIMENT = sys.argv[1]
client = MlflowClient()

experiment = mlflow.set_experiment(EXPERIMENT)
mlflow.set_experiment_tag("team", "red")
assert client.get_experiment_by_name(EXPERIMENT).tags["team"] == "red"
assert client.get_experiment_by_name("no experiment of this name") is None

with mlflow.start_run(run_name="parent", description="the whole story", tags={"kind": "story"}) as parent:
    mlflow.log_param("lr", 0.1)
    mlflow.log_params({"layers": [64, 32], "optimizer": "adam", "none": None, "long": "x" * 6000})
    for step in range(20):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_metrics({"nan": float("nan"), "inf": float("inf"), "accuracy": 0.9}, step=3)
    mlflow.set_tag("colour", "blue")
    mlflow.set_tags({"señal": "ñandú 🚀", "temporary": "yes"})
    mlflow.delete_tag("temporary")

    figure, axes = plt.subplots()
    axes.plot([1, 2, 3])
    mlflow.log_figure(figure, "figures/line.png")
    mlflow.log_dict({"a": [1, 2]}, "config/a.json")
    mlflow.log_dict({"a": [1, 2]}, "config/a.yaml")
    mlflow.log_text("ünïcode text", "notes/with blank.txt")
    mlflow.log_table({"question": ["q1", "q2"], "answer": ["a1", "a2"]}, "table.json")
    mlflow.log_table(pd.DataFrame({"question": ["q3"], "answer": ["a3"]}), "table.json")
    mlflow.log_image(np.zeros((8, 8, 3), dtype=np.uint8), "image.png")
    mlflow.log_image(np.zeros((8, 8, 3), dtype=np.uint8), key="steps/one", step=1)
    folder = Path("folder/deeper")
    folder.mkdir(parents=True)
    (folder / "one.txt").write_text("one")
    (folder / "empty.bin").write_bytes(b"")
    (folder / "large.bin").write_bytes(bytes(range(256)) * 4096)
    mlflow.log_artifact("folder/deeper/one.txt", "single")
    mlflow.log_artifacts("folder", "tree")

    frame = pd.DataFrame({"x": [1.0, 2.0], "y": [0, 1]})
    mlflow.log_input(mlflow.data.from_pandas(frame, name="points", targets="y"), context="train")
    mlflow.log_input(
        mlflow.data.from_numpy(np.arange(6).reshape(3, 2), name="grid"), context="eval", tags={"fold": "1"}
    )

    for child in range(3):
        with mlflow.start_run(run_name=f"child {child}", nested=True):
            mlflow.log_metric("score", child / 10)
            mlflow.log_param("child", child)

run_id = parent.info.run_id
run = mlflow.get_run(run_id)
assert run.info.status == "FINISHED"
assert run.info.run_name == "parent"
assert run.info.end_time >= run.info.start_time > time.time() * 1000 - 600_000
assert run.data.params == {"lr": "0.1", "layers": "[64, 32]", "optimizer": "adam", "none": "None", "long": "x" * 6000}
assert run.data.metrics["loss"] == 1 / 20
assert np.isnan(run.data.metrics["nan"])
assert run.data.metrics["inf"] > 1e308
assert run.data.tags["señal"] == "ñandú 🚀"
assert run.data.tags["mlflow.note.content"] == "the whole story"
assert "temporary" not in run.data.tags
assert {(i.dataset.name, i.tags[0].value) for i in run.inputs.dataset_inputs if len(i.tags) == 1} == {
    ("points", "train")
}
assert len(run.inputs.dataset_inputs) == 2

history = client.get_metric_history(run_id, "loss")
assert [(point.step, point.value) for point in history] == [(step, 1 / (step + 1)) for step in range(20)]

# Files: what was put is listed and comes back byte for byte.
top = {file.path: file.is_dir for file in client.list_artifacts(run_id)}
assert top == {
    "config": True, "figures": True, "image.png": False, "images": True, "notes": True, "single": True,
    "table.json": False, "tree": True,
}, top  # fmt: skip
assert [(file.path, file.file_size) for file in client.list_artifacts(run_id, "single")] == [("single/one.txt", 3)]
local = Path(mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="tree", dst_path="down"))
assert (local / "deeper/large.bin").read_bytes() == bytes(range(256)) * 4096
assert (local / "deeper/empty.bin").read_bytes() == b""
assert mlflow.artifacts.load_text(f"runs:/{run_id}/notes/with blank.txt") == "ünïcode text"
assert mlflow.artifacts.load_dict(f"{run.info.artifact_uri}/config/a.json") == {"a": [1, 2]}
assert mlflow.load_table("table.json", run_ids=[run_id])["answer"].tolist() == ["a1", "a2", "a3"]

# A batch by the client, a run resumed, a run deleted and restored.
now = int(time.time() * 1000)
client.log_batch(
    run_id,
    metrics=[Metric("batch", step / 2, now + step, step) for step in range(1000)],
    params=[Param(f"p{i}", str(i)) for i in range(90)],
    tags=[RunTag("batched", "yes")],
)
assert len(client.get_metric_history(run_id, "batch")) == 1000
with mlflow.start_run(run_id=run_id):
    mlflow.log_metric("resumed", 1)
    assert mlflow.get_run(run_id).info.status == "RUNNING"
assert mlflow.get_run(run_id).info.status == "FINISHED"
try:
    client.log_param(run_id, "lr", "0.2")
    raise AssertionError("a parameter was changed")
except MlflowException as error:
    assert error.error_code == "INVALID_PARAMETER_VALUE", error.error_code

try:
    with mlflow.start_run(run_name="fails") as failing:
        raise ZeroDivisionError
except ZeroDivisionError:
    assert mlflow.get_run(failing.info.run_id).info.status == "FAILED"
mlflow.delete_run(failing.info.run_id)
assert mlflow.get_run(failing.info.run_id).info.lifecycle_stage == "deleted"
deleted = client.search_runs([experiment.experiment_id], run_view_type=ViewType.DELETED_ONLY)
assert [found.info.run_id for found in deleted] == [failing.info.run_id]
client.restore_run(failing.info.run_id)

# Searching, as a table.
table = mlflow.search_runs(experiment_names=[EXPERIMENT], order_by=["metrics.score DESC"])
assert table.shape[0] == 5
assert table["tags.mlflow.runName"].tolist()[:3] == ["child 2", "child 1", "child 0"]
assert table["metrics.score"].tolist()[:3] == [0.2, 0.1, 0.0]
assert str(table["start_time"].dtype).startswith("datetime64")
children = mlflow.search_runs(
    [experiment.experiment_id], f"tags.mlflow.parentRunId = '{run_id}' AND metrics.score > 0.05"
)
assert sorted(children["params.child"]) == ["1", "2"]
assert mlflow.search_runs([experiment.experiment_id], "params.optimizer ILIKE 'AD%'").run_id.tolist() == [run_id]

client.rename_experiment(experiment.experiment_id, f"{EXPERIMENT} renamed")
client.delete_experiment(experiment.experiment_id)
assert client.get_experiment(experiment.experiment_id).lifecycle_stage == "deleted"
client.restore_experiment(experiment.experiment_id)
found = mlflow.search_experiments(filter_string=f"name = '{EXPERIMENT} renamed' AND tags.team = 'red'")
assert [one.experiment_id for one in found] == [experiment.experiment_id]

print(json.dumps({"experiment_id": experiment.experiment_id, "run_id": run_id}))
