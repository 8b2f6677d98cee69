"""Runs: created, read, changed, deleted and restored."""

from scenario import ONE_CODE, RETRIED, UNFIT, also, get, new_experiment, new_run, post, scenario

UNKNOWN = "0123456789abcdef0123456789abcdef"
RUN = {"run_id": "{run_id}"}

OLD_MODEL = (
    '{"artifact_path": "m", "flavors": {"python_function": {}}, "model_uuid": "u", '
    '"utc_time_created": "2026-01-01 00:00:00", "run_id": "{run_id}"}'
)
OTHER_OLD_MODEL = OLD_MODEL.replace('"m"', '"n"')

SCENARIOS = [
    scenario(
        "A run is created and read",
        new_experiment(),
        post(
            "create",
            "runs/create",
            {
                "experiment_id": "{experiment_id}",
                "user_id": "ann",
                "run_name": "first",
                "start_time": 1700000000000,
                "tags": [{"key": "a", "value": "1"}],
            },
            keep={"run_id": "run.info.run_id"},
        ),
        get("get", "runs/get", RUN),
        post(
            "nothing but the experiment",
            "runs/create",
            {"experiment_id": "{experiment_id}"},
            keep={"bare": "run.info.run_id"},
        ),
        get("has a generated name", "runs/get", {"run_id": "{bare}"}),
        post("an empty name", "runs/create", {"experiment_id": "{experiment_id}", "run_name": ""}),
        post(
            "a name in another script", "runs/create", {"experiment_id": "{experiment_id}", "run_name": "señal 数据 🚀"}
        ),
        post("two runs may share a name", "runs/create", {"experiment_id": "{experiment_id}", "run_name": "first"}),
        post(
            "a negative start", "runs/create", {"experiment_id": "{experiment_id}", "run_name": "r", "start_time": -5}
        ),
    ),
    scenario(
        "The name of a run is also a tag",
        new_experiment(),
        post(
            "by the tag",
            "runs/create",
            {"experiment_id": "{experiment_id}", "tags": [{"key": "mlflow.runName", "value": "by tag"}]},
        ),
        post(
            "by both, equal",
            "runs/create",
            {
                "experiment_id": "{experiment_id}",
                "run_name": "same",
                "tags": [{"key": "mlflow.runName", "value": "same"}],
            },
        ),
        post(
            "by both, different",
            "runs/create",
            {
                "experiment_id": "{experiment_id}",
                "run_name": "one",
                "tags": [{"key": "mlflow.runName", "value": "two"}],
            },
        ),
        new_run(),
        post("setting the tag", "runs/set-tag", {**RUN, "key": "mlflow.runName", "value": "renamed by tag"}),
        get("renames the run", "runs/get", RUN),
        post("updating the name", "runs/update", {**RUN, "run_name": "renamed by update"}),
        get("writes the tag", "runs/get", RUN),
        post("an empty new name is ignored", "runs/update", {**RUN, "run_name": ""}),
        post(
            "a batch with the tag",
            "runs/log-batch",
            {**RUN, "tags": [{"key": "mlflow.runName", "value": "renamed by batch"}]},
        ),
        get("what a batch does to the name", "runs/get", RUN),
        post("deleting the tag", "runs/delete-tag", {**RUN, "key": "mlflow.runName"}),
        get("what is left of the name", "runs/get", RUN),
    ),
    scenario(
        "Creating a run refuses",
        new_experiment(),
        post("no experiment", "runs/create", {"run_name": "r"}, **ONE_CODE),
        post("an empty experiment", "runs/create", {"experiment_id": ""}, **ONE_CODE),
        post("an unknown experiment", "runs/create", {"experiment_id": "999999999"}),
        post("a word as experiment", "runs/create", {"experiment_id": "abc"}),
        post(
            "the same tag twice",
            "runs/create",
            {"experiment_id": "{experiment_id}", "tags": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]},
            **ONE_CODE,
        ),
        post(
            "the same tag twice with one value",
            "runs/create",
            {"experiment_id": "{experiment_id}", "tags": [{"key": "a", "value": "1"}, {"key": "a", "value": "1"}]},
            **ONE_CODE,
        ),
        post(
            "tags of odd names are taken",
            "runs/create",
            {
                "experiment_id": "{experiment_id}",
                "run_name": "r",
                "tags": [{"key": "../up", "value": "1"}, {"key": "a!b", "value": "2"}],
            },
        ),
        post(
            "a tag without value",
            "runs/create",
            {"experiment_id": "{experiment_id}", "run_name": "r", "tags": [{"key": "a"}]},
        ),
        post(
            "a tag without key",
            "runs/create",
            {"experiment_id": "{experiment_id}", "run_name": "r", "tags": [{"value": "a"}]},
        ),
        post(
            "a tag whose value is a number",
            "runs/create",
            {"experiment_id": "{experiment_id}", "run_name": "r", "tags": [{"key": "a", "value": 1}]},
            **UNFIT,
        ),
    ),
    scenario(
        "Reading a run",
        get("no id", "runs/get", {}),
        get("an empty id", "runs/get", {"run_id": ""}),
        get("an unknown id", "runs/get", {"run_id": UNKNOWN}),
        get("an id that cannot be", "runs/get", {"run_id": "../x"}),
        get("the old name, unknown", "runs/get", {"run_uuid": UNKNOWN}),
    ),
    scenario(
        "A run is updated",
        new_experiment(),
        new_run(),
        post("finish", "runs/update", {**RUN, "status": "FINISHED", "end_time": 2000}),
        get("is finished", "runs/get", RUN),
        post("resume as the client does", "runs/update", {**RUN, "status": "RUNNING", "end_time": 2000}),
        post("kill", "runs/update", {"run_uuid": "{run_id}", "status": "KILLED"}),
        post("schedule", "runs/update", {**RUN, "status": "SCHEDULED"}),
        post("only the end", "runs/update", {**RUN, "end_time": 3000}),
        post("nothing", "runs/update", RUN),
        post("an end before the start", "runs/update", {**RUN, "end_time": 1}),
        post("an end that is no number", "runs/update", {**RUN, "end_time": "later"}),
        post("no run", "runs/update", {"status": "FINISHED"}),
        post("an unknown run", "runs/update", {"run_id": UNKNOWN, "status": "FINISHED"}),
        post("a finished run", "runs/update", {**RUN, "status": "FINISHED"}),
        post("stays open to metrics", "runs/log-metric", {**RUN, "key": "m", "value": 1, "timestamp": 1}),
        post("to parameters", "runs/log-parameter", {**RUN, "key": "p", "value": "1"}),
        post("to tags", "runs/set-tag", {**RUN, "key": "t", "value": "1"}),
        get("and shows all of it", "runs/get", RUN),
    ),
    scenario(
        "A deleted run is read but not written",
        new_experiment(),
        new_run(),
        post("a metric before", "runs/log-metric", {**RUN, "key": "m", "value": 1, "timestamp": 1}),
        post("delete", "runs/delete", RUN),
        get("is read", "runs/get", RUN),
        get("its history too", "metrics/get-history", {**RUN, "metric_key": "m"}),
        post("delete again", "runs/delete", RUN),
        post("update", "runs/update", {**RUN, "status": "FAILED"}),
        post("log-metric", "runs/log-metric", {**RUN, "key": "m", "value": 1, "timestamp": 1}),
        post("log-parameter", "runs/log-parameter", {**RUN, "key": "p", "value": "1"}),
        post("set-tag", "runs/set-tag", {**RUN, "key": "t", "value": "1"}),
        post("delete-tag", "runs/delete-tag", {**RUN, "key": "mlflow.runName"}),
        post("log-batch", "runs/log-batch", {**RUN, "tags": [{"key": "t", "value": "1"}]}),
        post("an empty log-batch", "runs/log-batch", RUN),
        post("log-inputs", "runs/log-inputs", {**RUN, "datasets": []}),
        post("outputs", "runs/outputs", {**RUN, "models": []}),
        post("restore", "runs/restore", RUN),
        get("is active again", "runs/get", RUN),
        post("restore again", "runs/restore", RUN),
        post("delete an unknown one", "runs/delete", {"run_id": UNKNOWN}),
        post("restore an unknown one", "runs/restore", {"run_id": UNKNOWN}),
        post("delete without id", "runs/delete", {}),
        post("restore without id", "runs/restore", {}),
    ),
    scenario(
        "A model is noted on a run in the old way",
        new_experiment(),
        new_run(),
        post(
            "log-model",
            "runs/log-model",
            {
                **RUN,
                "model_json": OLD_MODEL,
            },
        ),
        get("is kept in a tag", "runs/get", RUN),
        post(
            "a second one",
            "runs/log-model",
            {
                **RUN,
                "model_json": OTHER_OLD_MODEL,
            },
        ),
        get("is added", "runs/get", RUN),
        post("no model", "runs/log-model", RUN),
        post("no JSON", "runs/log-model", {**RUN, "model_json": "model"}),
        post("JSON that is no object", "runs/log-model", {**RUN, "model_json": "[1]"}, **RETRIED),
        post("an object that is no model", "runs/log-model", {**RUN, "model_json": "{}"}),
        post("no run", "runs/log-model", {"model_json": "{}"}),
        post(
            "an unknown run",
            "runs/log-model",
            {
                "run_id": UNKNOWN,
                "model_json": '{"artifact_path": "m", "flavors": {}, "utc_time_created": "x", "run_id": "r"}',
            },
        ),
    ),
    scenario(
        "The old name of a run is known everywhere",
        new_experiment(),
        new_run(),
        *(
            post(
                f"runs/{action}",
                f"runs/{action}",
                {"run_uuid": "{run_id}", **fields},
                **also("the old name is known everywhere"),
            )
            for action, fields in (
                ("delete", {}),
                ("restore", {}),
                ("log-inputs", {}),
                ("delete-tag", {"key": "mlflow.runName"}),
            )
        ),
    ),
    scenario(
        "A run that ended at time zero has ended",
        new_experiment(),
        new_run(),
        post(
            "an end of zero",
            "runs/update",
            {**RUN, "end_time": 0},
            **also(
                "zero is a time, too",
                run_info={
                    "run_uuid": "{run_id}",
                    "experiment_id": "{experiment_id}",
                    "run_name": "run_id",
                    "user_id": "",
                    "status": "RUNNING",
                    "start_time": 1000,
                    "end_time": 0,
                    "artifact_uri": "mlflow-artifacts:/{experiment_id}/{run_id}/artifacts",
                    "lifecycle_stage": "active",
                    "run_id": "{run_id}",
                },
            ),
        ),
    ),
]
