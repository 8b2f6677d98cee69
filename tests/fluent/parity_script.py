"""One script for two clients: its first argument says which of them `mlflow` is. Prints the ids of its runs as JSON."""

import importlib
import json
import sys

import numpy as np
import pandas as pd

mlflow = importlib.import_module(sys.argv[1])
mlflow.set_experiment(sys.argv[2])

ids = {}
with mlflow.start_run(run_name="outer", tags={"team": "blue"}, description="a note") as run:
    ids["outer"] = run.info.run_id
    mlflow.log_param("depth", 5)
    mlflow.log_params({"rate": 0.1, "kind": None, "list": [1, 2], "long": "x" * 7000})
    for step in range(5):
        mlflow.log_metric("loss", 1 / (step + 1), step=step, timestamp=1_700_000_000_000 + step)
    mlflow.log_metrics({"a": 1, "b": True, "c": np.float32(0.5)}, step=2, timestamp=1_700_000_000_000)
    mlflow.log_metric("nan", float("nan"), timestamp=1_700_000_000_000)
    mlflow.log_metric("inf", float("inf"), timestamp=1_700_000_000_000)
    mlflow.log_metric("zero_d", np.array(3.0), timestamp=1_700_000_000_000)
    mlflow.set_tag("number", 7)
    mlflow.set_tags({"none": None, "dict": {"a": 1}})
    mlflow.delete_tag("number")
    mlflow.log_text("hello", "notes/hello.txt")
    mlflow.log_dict({"a": [1, 2.5, None], "b": "ü"}, "settings.json")
    mlflow.log_dict({"b": 1, "a": "x"}, "settings.yaml")
    mlflow.log_table({"x": [1, 2], "y": ["a", "b"]}, "table.json")
    mlflow.log_table(pd.DataFrame({"x": [3], "y": ["c"]}), "table.json")
    mlflow.log_image(np.zeros((4, 4, 3), dtype=np.uint8), "picture.png")
    frame = pd.DataFrame({"f": [1.0, 2.0], "i": [1, 2], "s": ["a", None], "t": pd.to_datetime(["2024-01-01", None])})
    mlflow.log_input(mlflow.data.from_pandas(frame, name="frame", targets="i"), context="training", tags={"k": "v"})
    mlflow.log_input(mlflow.data.from_numpy(np.zeros((2, 3)), targets=np.ones(2), name="array"), context="eval")
    with mlflow.start_run(nested=True, run_name="inner") as run:
        ids["inner"] = run.info.run_id
        mlflow.log_metric("inner", 1.0, timestamp=1_700_000_000_000)
try:
    with mlflow.start_run(run_name="failed") as run:
        ids["failed"] = run.info.run_id
        raise RuntimeError("no")
except RuntimeError:
    pass
with mlflow.start_run(run_id=ids["inner"]):
    mlflow.log_param("later", "yes")
with mlflow.start_run(run_name="killed") as run:
    ids["killed"] = run.info.run_id
    mlflow.end_run("KILLED")
frame = mlflow.search_runs(filter_string="metrics.a > 0", order_by=["attributes.start_time DESC"])
found = {
    "columns": sorted(name for name in frame.columns if not name.startswith("tags.hito.")),
    "rows": len(frame),
    "depth": frame["params.depth"][0],
    "text": mlflow.artifacts.load_text(f"runs:/{ids['outer']}/notes/hello.txt"),
    "dict": mlflow.artifacts.load_dict(f"runs:/{ids['outer']}/settings.json"),
    "table": mlflow.load_table("table.json")["x"].tolist(),
    "files": sorted(one.path for one in mlflow.artifacts.list_artifacts(f"runs:/{ids['outer']}/notes")),
    "history": [[one.step, one.value] for one in mlflow.MlflowClient().get_metric_history(ids["outer"], "loss")],
    "last": mlflow.last_active_run().info.run_name,
    "active": mlflow.active_run(),
    "parent": mlflow.get_parent_run(ids["inner"]).info.run_name,
}
print(json.dumps({"ids": ids, "found": found}))
