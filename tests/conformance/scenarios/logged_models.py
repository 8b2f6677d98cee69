"""Logged models: the models that runs make, before and beside the registry."""

from scenario import (
    ONE_CODE,
    RETRIED,
    UNFIT,
    delete,
    differs,
    finds,
    get,
    new_experiment,
    new_logged_model,
    new_run,
    patch,
    post,
    refuses,
    scenario,
)

UNKNOWN = "m-0123456789abcdef0123456789abcdef"
MODEL = "logged-models/{model_id}"
OURS = "hito's grammar holds more than MLflow's"
PATH_NAMES_IT = "MLflow wants the id in the body, too; to hito the path has said it"
HERE = {"experiment_id": "{experiment_id}"}


def search(name, filter=None, **fields):
    """Search `{experiment_id}`, and show the names found."""
    options = {"differs": fields.pop("differs")} if "differs" in fields else {}
    keep = {"keep": fields.pop("keep")} if "keep" in fields else {}
    body = {"experiment_ids": ["{experiment_id}"], **fields, **({"filter": filter} if filter is not None else {})}
    return post(name, "logged-models/search", body, show="models.info.name", **keep, **options)


def by(field, ascending=True, **dataset):
    """One item of an order."""
    return {"field_name": field, "ascending": ascending, **dataset}


def point(model, key, value, **fields):
    """Log one point of a model."""
    body = {
        "run_id": "{run_id}",
        "key": key,
        "value": value,
        "timestamp": 1,
        "step": 0,
        "model_id": "{" + model + "}",
        **fields,
    }
    return post(
        f"given {key} of {model} is {value}{' on ' + fields['dataset_name'] if 'dataset_name' in fields else ''}",
        "runs/log-metric",
        body,
    )


GIVEN = [
    new_experiment(),
    new_run(),
    new_logged_model(
        "ant",
        model_type="forest",
        source_run_id="{run_id}",
        params=[{"key": "k", "value": "1"}],
        tags=[{"key": "t", "value": "a"}],
    ),
    new_logged_model("bee", model_type="boost", params=[{"key": "k", "value": "2"}]),
    new_logged_model("cat", tags=[{"key": "t", "value": "b"}]),
    patch("given that ant is ready", "logged-models/{ant}", {"model_id": "{ant}", "status": "LOGGED_MODEL_READY"}),
    point("ant", "acc", 0.5, dataset_name="iris", dataset_digest="d1"),
    point("ant", "acc", 0.8, dataset_name="wine", dataset_digest="d2", step=1, timestamp=2),
    point("bee", "acc", 0.7, dataset_name="iris", dataset_digest="d1", step=2, timestamp=3),
]

SCENARIOS = [
    scenario(
        "A logged model is created and read",
        new_experiment(),
        new_run(),
        post(
            "create",
            "logged-models",
            {
                **HERE,
                "name": "forest",
                "model_type": "sklearn",
                "source_run_id": "{run_id}",
                "params": [{"key": "p", "value": "1"}],
                "tags": [{"key": "t", "value": "a"}],
            },
            keep={"model_id": "model.info.model_id"},
        ),
        get("get", MODEL),
        post("nothing but the experiment", "logged-models", HERE),
        post("an empty name", "logged-models", {**HERE, "name": ""}),
        post(
            "an empty value",
            "logged-models",
            {**HERE, "name": "e", "params": [{"key": "p", "value": ""}], "tags": [{"key": "t", "value": ""}]},
        ),
        post("names may be shared", "logged-models", {**HERE, "name": "forest"}),
        post("a name in another script", "logged-models", {**HERE, "name": "señal 数据"}),
        post(
            "an unknown run is not checked",
            "logged-models",
            {**HERE, "name": "r", "source_run_id": "0123456789abcdef0123456789abcdef"},
        ),
        post(
            "a long parameter is kept",
            "logged-models",
            {**HERE, "name": "l", "params": [{"key": "p", "value": "{long:6001}"}]},
        ),
    ),
    scenario(
        "Creating a logged model refuses",
        new_experiment(),
        post("no experiment", "logged-models", {"name": "a"}),
        post("an unknown experiment", "logged-models", {"experiment_id": "999999999", "name": "a"}),
        post("a word as experiment", "logged-models", {"experiment_id": "abc", "name": "a"}),
        *(post(f"{mark} in the name", "logged-models", {**HERE, "name": f"a{mark}b"}) for mark in "/:.%\"'"),
        post("a number as name", "logged-models", {**HERE, "name": 5}),
        post(
            "a parameter twice",
            "logged-models",
            {**HERE, "name": "a", "params": [{"key": "p", "value": "1"}, {"key": "p", "value": "1"}]},
            **ONE_CODE,
        ),
        post(
            "a tag twice",
            "logged-models",
            {**HERE, "name": "a", "tags": [{"key": "p", "value": "1"}, {"key": "p", "value": "2"}]},
            **ONE_CODE,
        ),
        post("a parameter without key", "logged-models", {**HERE, "name": "a", "params": [{"value": "1"}]}),
        post(
            "a parameter of an odd name",
            "logged-models",
            {**HERE, "name": "a", "params": [{"key": "../p", "value": "1"}]},
        ),
        post(
            "a parameter key too long",
            "logged-models",
            {**HERE, "name": "a", "params": [{"key": "{long:251}", "value": "1"}]},
        ),
        post("a tag of an odd name", "logged-models", {**HERE, "name": "a", "tags": [{"key": "../p", "value": "1"}]}),
        post(
            "a tag key too long", "logged-models", {**HERE, "name": "a", "tags": [{"key": "{long:251}", "value": "1"}]}
        ),
        post("given that the experiment is deleted", "experiments/delete", HERE),
        post("a deleted experiment", "logged-models", {**HERE, "name": "a"}),
    ),
    scenario(
        "A logged model is made ready",
        new_experiment(),
        new_logged_model(),
        patch("ready", MODEL, {"model_id": "{model_id}", "status": "LOGGED_MODEL_READY"}),
        get("is ready", MODEL),
        patch("failed", MODEL, {"model_id": "{model_id}", "status": "LOGGED_MODEL_UPLOAD_FAILED"}),
        patch("by number", MODEL, {"model_id": "{model_id}", "status": 2}),
        patch(
            "without id in the body",
            MODEL,
            {"status": "LOGGED_MODEL_READY"},
            **differs(
                PATH_NAMES_IT,
                json={
                    "model": {
                        "info": {
                            "model_id": "{model_id}",
                            "experiment_id": "{experiment_id}",
                            "name": "model_id",
                            "creation_timestamp_ms": "<time>",
                            "last_updated_timestamp_ms": "<time>",
                            "artifact_uri": "mlflow-artifacts:/{experiment_id}/models/{model_id}/artifacts",
                            "status": "LOGGED_MODEL_READY",
                            "model_type": "",
                            "source_run_id": "",
                        },
                        "data": {},
                    }
                },
            ),
        ),
        patch("no status", MODEL, {"model_id": "{model_id}"}),
        patch("back to pending", MODEL, {"model_id": "{model_id}", "status": "LOGGED_MODEL_PENDING"}),
        patch("an unknown status", MODEL, {"model_id": "{model_id}", "status": "DANCING"}, **UNFIT),
        patch("an unknown model", f"logged-models/{UNKNOWN}", {"model_id": UNKNOWN, "status": "LOGGED_MODEL_READY"}),
    ),
    scenario(
        "A logged model is deleted",
        new_experiment(),
        new_logged_model(),
        delete("delete", MODEL, {"model_id": "{model_id}"}),
        get("is gone", MODEL),
        get("unless one asks for deleted ones", MODEL, {"allow_deleted": "true"}),
        get("or not", MODEL, {"allow_deleted": "false"}),
        delete("delete again", MODEL, {"model_id": "{model_id}"}),
        search("is not found"),
        delete("an unknown one", f"logged-models/{UNKNOWN}"),
        get("get an unknown one", f"logged-models/{UNKNOWN}"),
        get("get what cannot be", "logged-models/x"),
        new_logged_model("second_id"),
        delete("delete without body", "logged-models/{second_id}"),
        get("is gone too", "logged-models/{second_id}"),
    ),
    scenario(
        "Tags and parameters of a logged model",
        new_experiment(),
        new_logged_model(),
        patch(
            "set two tags",
            f"{MODEL}/tags",
            {"model_id": "{model_id}", "tags": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]},
        ),
        patch("replace one, without id", f"{MODEL}/tags", {"tags": [{"key": "a", "value": "3"}]}),
        patch(
            "a tag twice: the last wins",
            f"{MODEL}/tags",
            {"model_id": "{model_id}", "tags": [{"key": "c", "value": "1"}, {"key": "c", "value": "2"}]},
        ),
        patch("no tags", f"{MODEL}/tags", {"model_id": "{model_id}", "tags": []}),
        patch("nothing", f"{MODEL}/tags", {}),
        patch("an odd key", f"{MODEL}/tags", {"model_id": "{model_id}", "tags": [{"key": "../a", "value": "1"}]}),
        patch(
            "a key too long", f"{MODEL}/tags", {"model_id": "{model_id}", "tags": [{"key": "{long:251}", "value": "1"}]}
        ),
        patch(
            "a key with a slash", f"{MODEL}/tags", {"model_id": "{model_id}", "tags": [{"key": "a/b", "value": "1"}]}
        ),
        patch("an unknown model", f"logged-models/{UNKNOWN}/tags", {"tags": [{"key": "a", "value": "1"}]}),
        get("what is there", MODEL),
        delete("delete one", f"{MODEL}/tags/a"),
        delete("delete it again", f"{MODEL}/tags/a"),
        delete("delete from an unknown model", f"logged-models/{UNKNOWN}/tags/a"),
        post("a parameter", f"{MODEL}/params", {"model_id": "{model_id}", "params": [{"key": "p", "value": "1"}]}),
        post(
            "the same again",
            f"{MODEL}/params",
            {"model_id": "{model_id}", "params": [{"key": "p", "value": "1"}]},
            **ONE_CODE,
        ),
        post(
            "another value",
            f"{MODEL}/params",
            {"model_id": "{model_id}", "params": [{"key": "p", "value": "2"}]},
            **ONE_CODE,
        ),
        post(
            "one twice in a request",
            f"{MODEL}/params",
            {"model_id": "{model_id}", "params": [{"key": "q", "value": "1"}, {"key": "q", "value": "1"}]},
            **ONE_CODE,
        ),
        post("no parameters", f"{MODEL}/params", {"model_id": "{model_id}", "params": []}),
        post(
            "a long parameter is kept whole",
            f"{MODEL}/params",
            {"model_id": "{model_id}", "params": [{"key": "long", "value": "{long:6001}"}]},
        ),
        post(
            "a parameter of an odd name",
            f"{MODEL}/params",
            {"model_id": "{model_id}", "params": [{"key": "../p", "value": "1"}]},
        ),
        post(
            "parameters of an unknown model",
            f"logged-models/{UNKNOWN}/params",
            {"params": [{"key": "p", "value": "1"}]},
            **refuses(PATH_NAMES_IT, 404, "RESOURCE_DOES_NOT_EXIST"),
        ),
        get("what is left", MODEL),
    ),
    scenario(
        "Metrics of a logged model are all its points",
        *GIVEN,
        get("ant", "logged-models/{ant}"),
        point("ant", "acc", 0.5, dataset_name="iris", dataset_digest="d1"),
        post(
            "a point in a batch",
            "runs/log-batch",
            {
                "run_id": "{run_id}",
                "metrics": [{"key": "loss", "value": 0.25, "timestamp": 5, "step": 1, "model_id": "{bee}"}],
            },
        ),
        get("bee", "logged-models/{bee}"),
        get("ant has nothing twice", "logged-models/{ant}"),
        get("the run has them too", "runs/get", {"run_id": "{run_id}"}),
        get("once", "metrics/get-history", {"run_id": "{run_id}", "metric_key": "loss"}),
    ),
    scenario(
        "Logged models are found",
        *GIVEN,
        search("the newest first"),
        *(
            search(text or "an empty filter", text)
            for text in (
                "",
                "name = 'ant'",
                "attributes.name = 'ant'",
                "name != 'ant'",
                "name LIKE '%e%'",
                "name ILIKE 'ANT'",
                "name IN ('ant', 'cat')",
                "name NOT IN ('ant', 'cat')",
                "model_id = '{ant}'",
                "model_type = 'forest'",
                "source_run_id = '{run_id}'",
                "experiment_id = '{experiment_id}'",
                "creation_timestamp > 0",
                "creation_time > 0",
                "last_updated_timestamp < 5",
                "metrics.acc > 0.6",
                "metrics.acc = 0.5",
                "metrics.acc != 0.5",
                "metrics.none > 0",
                "params.k = '1'",
                "params.k = 1",
                "params.k != '1'",
                "params.k LIKE '%'",
                "params.k IN ('1', '2')",
                "tags.t = 'a'",
                "tags.t != 'a'",
                "tags.t ILIKE 'A'",
                "params.k = '1' AND metrics.acc > 0",
                "name = 'ant' and model_type = 'forest'",
            )
        ),
        search("by name", order_by=[by("name")]),
        search("by name, backwards", order_by=[by("name", False)]),
        search("by name, its direction unsaid", order_by=[{"field_name": "name"}]),
        search("by creation", order_by=[by("creation_timestamp")]),
        search("by creation, its other name", order_by=[by("creation_time")]),
        search("by change", order_by=[by("last_updated_timestamp", False)]),
        search("by a metric", order_by=[by("metrics.acc")]),
        search("by a metric, backwards", order_by=[by("metrics.acc", False)]),
        search(
            "by a metric on a dataset", order_by=[by("metrics.acc", False, dataset_name="iris", dataset_digest="d1")]
        ),
        search(
            "a metric on a dataset", "metrics.acc > 0.6", datasets=[{"dataset_name": "iris", "dataset_digest": "d1"}]
        ),
        search(
            "on a dataset that is not", "metrics.acc > 0", datasets=[{"dataset_name": "iris", "dataset_digest": "none"}]
        ),
        search("a first page", max_results=2, keep={"token": "next_page_token"}),
        search("the next page", max_results=2, page_token="{token}"),
        search("exactly all", max_results=3),
        search("no experiment", experiment_ids=[]),
        search("an unknown experiment", experiment_ids=["999999999"]),
        post(
            "a whole answer", "logged-models/search", {"experiment_ids": ["{experiment_id}"], "filter": "name = 'ant'"}
        ),
        search("OR", "name = 'ant' OR name = 'bee'", **finds(OURS, "bee", "ant")),
        search("parentheses", "(name = 'ant')", **finds(OURS, "ant")),
        search("a missing parameter", "params.k IS NULL", **finds(OURS, "cat")),
        search(
            "a status by its short name",
            "status = 'READY'",
            **finds("MLflow compares with a number that nobody sees", "ant"),
        ),
        search(
            "a status by its long name",
            "status = 'LOGGED_MODEL_READY'",
            **finds("MLflow compares with a number that nobody sees", "ant"),
        ),
        search("a double-quoted value", 'name = "ant"', **finds("MLflow takes the quotes for part of the text", "ant")),
        search(
            "a dataset by name alone",
            "metrics.acc > 0.6",
            datasets=[{"dataset_name": "wine"}],
            **finds("MLflow finds only points without digest", "ant"),
        ),
        search(
            "a prefixed number", "attributes.creation_timestamp > 0", **finds("MLflow answers 500", "cat", "bee", "ant")
        ),
    ),
    scenario(
        "A search for logged models is refused",
        *GIVEN[:3],
        *(
            search(text, text)
            for text in (
                " ",
                "name",
                "name = ",
                "name > 'x'",
                "name == 'x'",
                "metrics.acc LIKE 'x'",
                "params.k > '1'",
                "metric.acc > 0",
                "param.k = '1'",
                "tag.t = '1'",
                "attribute.name = 'ant'",
                "name = 'unclosed",
            )
        ),
        *(search(text, text, **RETRIED) for text in ("metrics.acc > 'x'", "colour = 'x'", "creation_timestamp > 'x'")),
        post("experiments unsaid", "logged-models/search", {}),
        search("by a parameter", order_by=[by("params.k")]),
        search("by something unknown", order_by=[by("colour")]),
        search("by a digest without dataset", order_by=[by("metrics.acc", dataset_digest="d1")]),
        search("by nothing", order_by=[{}]),
        search("a dataset without name", datasets=[{"dataset_digest": "d"}]),
        search("none", max_results=0, **refuses("MLflow answers as if nothing was said")),
        search("fewer than none", max_results=-1, **refuses("MLflow answers an empty page and the promise of another")),
        search("a word as limit", max_results="many"),
        search("a bad token", page_token="nonsense", **RETRIED),
        search("a page of one", max_results=1, order_by=[by("name")]),
    ),
]
