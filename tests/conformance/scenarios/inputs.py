"""What a run used and what it made: datasets and models."""

from scenario import ONE_CODE, also, get, new_experiment, new_logged_model, new_run, post, refuses, scenario

UNKNOWN = "0123456789abcdef0123456789abcdef"
RUN = {"run_id": "{run_id}"}
DATASET = {"name": "d", "digest": "abc", "source_type": "local", "source": '{"uri": "x"}'}
TRAIN = [{"key": "mlflow.data.context", "value": "train"}]


def data(name, *datasets, **options):
    """Log these datasets."""
    return post(name, "runs/log-inputs", {**RUN, "datasets": list(datasets)}, **options)


def without(field):
    """The dataset without that field."""
    return {"dataset": {key: value for key, value in DATASET.items() if key != field}}


LAX = refuses("MLflow stores an empty text where the message requires one; its client always sends them")

SCENARIOS = [
    scenario(
        "Datasets are linked to a run",
        new_experiment(),
        new_run(),
        new_run("other_id"),
        data("a dataset", {"dataset": {**DATASET, "schema": '{"a": 1}', "profile": '{"rows": 5}'}, "tags": TRAIN}),
        get("is there", "runs/get", RUN),
        data("the same again", {"dataset": DATASET, "tags": TRAIN}),
        data(
            "the same with other tags", {"dataset": DATASET, "tags": [{"key": "mlflow.data.context", "value": "eval"}]}
        ),
        get("the first tags stay", "runs/get", RUN),
        data("another source under the same name and digest", {"dataset": {**DATASET, "source": '{"uri": "y"}'}}),
        data(
            "two more", {"dataset": {**DATASET, "digest": "def"}, "tags": TRAIN}, {"dataset": {**DATASET, "name": "e"}}
        ),
        get("three datasets", "runs/get", RUN),
        post(
            "another run uses it",
            "runs/log-inputs",
            {"run_id": "{other_id}", "datasets": [{"dataset": {**DATASET, "schema": "other"}}]},
        ),
        get("and sees the first one's schema", "runs/get", {"run_id": "{other_id}"}),
        post(
            "the experiment lists its datasets",
            "/ajax-api/2.0/mlflow/experiments/search-datasets",
            {"experiment_ids": ["{experiment_id}"]},
        ),
    ),
    scenario(
        "Datasets are refused",
        new_experiment(),
        new_run(),
        data("a name too long", {"dataset": {**DATASET, "name": "{long:501}"}}),
        data("the longest name", {"dataset": {**DATASET, "name": "{long:500}"}}),
        data("a digest too long", {"dataset": {**DATASET, "digest": "{long:37}"}}),
        data("a source too long", {"dataset": {**DATASET, "source": "{long:65536}"}}),
        data("a schema too long", {"dataset": {**DATASET, "schema": "{long:1048576}"}}),
        data("a tag key too long", {"dataset": DATASET, "tags": [{"key": "{long:256}", "value": "x"}]}),
        data("a tag value too long", {"dataset": DATASET, "tags": [{"key": "x", "value": "{long:501}"}]}),
        data("none"),
        post("nothing", "runs/log-inputs", RUN),
        post("no run", "runs/log-inputs", {"datasets": [{"dataset": DATASET}]}),
        post("an unknown run", "runs/log-inputs", {"run_id": UNKNOWN, "datasets": [{"dataset": DATASET}]}),
        post("a run that cannot be", "runs/log-inputs", {"run_id": "../x", "datasets": [{"dataset": DATASET}]}),
        get("what is there", "runs/get", RUN),
    ),
    scenario(
        "A dataset lacks what it must have",
        new_experiment(),
        new_run(),
        data("no name", without("name"), **LAX),
        data("no digest", without("digest"), **LAX),
        data("no source type", without("source_type"), **LAX),
        data("no source", without("source"), **LAX),
        data("no dataset", {"tags": TRAIN}, **LAX),
        data("an empty name", {"dataset": {**DATASET, "name": ""}}, **LAX),
        data("a tag without key", {"dataset": DATASET, "tags": [{"value": "x"}]}, **LAX),
        data("a tag without value", {"dataset": DATASET, "tags": [{"key": "x"}]}, **LAX),
        data("a dataset that is no object", "d", **LAX),
    ),
    scenario(
        "A model lacks what it must have",
        new_experiment(),
        new_run(),
        post("an input without id", "runs/log-inputs", {**RUN, "models": [{}]}, **LAX),
        post("an output without id", "runs/outputs", {**RUN, "models": [{"step": 1}]}, **LAX),
    ),
    scenario(
        "Models are inputs and outputs of runs",
        new_experiment(),
        new_run(),
        new_logged_model(),
        new_logged_model("second_id"),
        post("an input", "runs/log-inputs", {**RUN, "models": [{"model_id": "{model_id}"}]}),
        post("the same input", "runs/log-inputs", {**RUN, "models": [{"model_id": "{model_id}"}]}),
        post(
            "an input that is not there",
            "runs/log-inputs",
            {**RUN, "models": [{"model_id": "m-0123456789abcdef0123456789abcdef"}]},
        ),
        post("an output", "runs/outputs", {**RUN, "models": [{"model_id": "{model_id}", "step": 3}]}),
        post(
            "the same output",
            "runs/outputs",
            {**RUN, "models": [{"model_id": "{model_id}", "step": 3}]},
            differs={
                "why": "a repeated request must be harmless, since the client repeats",
                "expect": {"status": 200, "json": {}},
            },
        ),
        post("another output", "runs/outputs", {**RUN, "models": [{"model_id": "{second_id}", "step": 0}]}),
        get("are there", "runs/get", RUN),
        post("an output without step", "runs/outputs", {**RUN, "models": [{"model_id": "{second_id}"}]}, **ONE_CODE),
        post("no outputs", "runs/outputs", RUN, **also("no models are no work, as no datasets are")),
        post("outputs of no run", "runs/outputs", {"models": [{"model_id": "{model_id}", "step": 3}]}),
        post(
            "outputs of an unknown run",
            "runs/outputs",
            {"run_id": UNKNOWN, "models": [{"model_id": "{model_id}", "step": 3}]},
        ),
        post("a search shows outputs", "runs/search", {"experiment_ids": ["{experiment_id}"]}),
    ),
    scenario(
        "Datasets of experiments are listed",
        post("of none", "/ajax-api/2.0/mlflow/experiments/search-datasets", {"experiment_ids": []}),
        post("of nothing", "/ajax-api/2.0/mlflow/experiments/search-datasets", {}),
        post(
            "of an unknown experiment",
            "/ajax-api/2.0/mlflow/experiments/search-datasets",
            {"experiment_ids": ["999999999"]},
        ),
        post(
            "of 21 experiments",
            "/ajax-api/2.0/mlflow/experiments/search-datasets",
            {"experiment_ids": [str(i) for i in range(900000, 900021)]},
        ),
    ),
]
