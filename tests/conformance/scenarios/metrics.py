"""Metrics: points of curves, the latest of them, and their history."""

from scenario import ONE_CODE, RETRIED, UNFIT, differs, get, new_experiment, new_run, post, refuses, scenario

UNKNOWN = "0123456789abcdef0123456789abcdef"
RUN = {"run_id": "{run_id}"}
BULK = "/ajax-api/2.0/mlflow/metrics/get-history-bulk"
INTERVAL = "metrics/get-history-bulk-interval"

BARE = refuses("JSON has no such number; MLflow stores zero in its place, at time zero")


def metric(name, value, step=0, timestamp=1, key="m", **options):
    """Log one point."""
    return post(
        name, "runs/log-metric", {**RUN, "key": key, "value": value, "timestamp": timestamp, "step": step}, **options
    )


def refused(name, **fields):
    """Log one point with these fields changed; None leaves a field out."""
    options = {"differs": fields.pop("differs")} if "differs" in fields else {}
    body = {**RUN, "key": "m", "value": 1.5, "timestamp": 1, "step": 0, **fields}
    return post(
        name, "runs/log-metric", {field: value for field, value in body.items() if value is not None}, **options
    )


SCENARIOS = [
    scenario(
        "The latest value is the one of the highest step, then time, then value",
        new_experiment(),
        new_run(),
        metric("step 1", 1, 1, 10),
        metric("step 3", 3, 3, 30),
        metric("step 2, logged later", 2, 2, 40),
        get("the highest step is the latest", "runs/get", RUN),
        metric("step 3 again, an earlier time", 9, 3, 20),
        get("the later time stays", "runs/get", RUN),
        metric("step 3, the same time, a higher value", 3.5, 3, 30),
        get("the higher value is the latest", "runs/get", RUN),
        metric("step 3, the same time, a lower value", 3.25, 3, 30),
        get("the higher value stays", "runs/get", RUN),
        metric("the same point again", 3, 3, 30),
        get("the history has each point once, by time", "metrics/get-history", {**RUN, "metric_key": "m"}),
    ),
    scenario(
        "Values that are not finite",
        new_experiment(),
        new_run(),
        metric("NaN", "NaN", 1, key="nan"),
        metric("NaN again", "NaN", 1, key="nan"),
        metric("Infinity", "Infinity", key="inf"),
        metric("-Infinity", "-Infinity", key="-inf"),
        metric("an integer", 7, key="int"),
        metric("a number as text", "0.25", key="text"),
        metric("a huge one", 1e308, key="huge"),
        metric("a tiny one", 5e-324, key="tiny"),
        metric("minus zero", -0.0, key="zero"),
        metric("a decimal of 17 digits", 0.1 + 0.2, key="digits"),
        get("how they are shown", "runs/get", RUN),
        get("in a history too", "metrics/get-history", {**RUN, "metric_key": "nan"}),
        metric("NaN and then minus one at one step and time", "NaN", key="mixed"),
        metric("minus one", -1, key="mixed"),
        metric("NaN at one step and time, then plus one", "NaN", key="mixed up"),
        metric("plus one", 1, key="mixed up"),
        metric("zero at one step and time, then NaN", 0, key="mixed zero"),
        metric("and NaN", "NaN", key="mixed zero"),
        get("NaN counts as zero", "runs/get", RUN),
        get("and stays in the history", "metrics/get-history", {**RUN, "metric_key": "mixed"}),
    ),
    scenario(
        "A point is refused",
        new_experiment(),
        new_run(),
        refused("no key", key=None),
        refused("an empty key", key=""),
        refused("no value", value=None),
        refused("an empty value", value=""),
        refused("a word as value", value="high"),
        refused("no timestamp", timestamp=None),
        refused("a negative timestamp", timestamp=-1),
        refused("a word as timestamp", timestamp="now"),
        refused("a word as step", step="one"),
        refused("no run", run_id=None),
        refused("an unknown run", run_id=UNKNOWN),
        refused("a key that climbs", key="../a"),
        refused("a key that begins at the root", key="/a"),
        refused("a key with an empty part", key="a//b"),
        refused("a key that ends with a slash", key="a/"),
        refused("a dot as key", key="."),
        refused("a strange character", key="a!b"),
        refused("a percent sign", key="a%"),
        refused("an at sign", key="recall@5"),
        refused("brackets", key="a(b)"),
        refused("a newline", key="a\nb"),
        refused("a key too long", key="{long:251}"),
        refused("a number as key", key=5),
        get("nothing was stored", "runs/get", RUN),
    ),
    scenario(
        "A point that does not fit the message is refused",
        new_experiment(),
        new_run(),
        refused("a truth as value", value=True, **UNFIT),
        refused("a list as value", value=[1], **RETRIED),
        refused("a fraction as timestamp", timestamp=1.5, **UNFIT),
        refused("a fraction as step", step=1.5, **UNFIT),
        refused("a step beyond 64 bits", step=2**63, **UNFIT),
        refused(
            "a model that is not there", model_id="m-0123456789abcdef0123456789abcdef", key="with model", **ONE_CODE
        ),
    ),
    scenario(
        "A bare NaN is not JSON",
        new_experiment(),
        new_run(),
        post("NaN", "runs/log-metric", raw='{"run_id": "{run_id}", "key": "a", "value": NaN, "timestamp": 1}', **BARE),
        post(
            "Infinity",
            "runs/log-metric",
            raw='{"run_id": "{run_id}", "key": "b", "value": Infinity, "timestamp": 1}',
            **BARE,
        ),
        post(
            "a number beyond doubles",
            "runs/log-metric",
            raw='{"run_id": "{run_id}", "key": "c", "value": 1e999, "timestamp": 1}',
            **BARE,
        ),
    ),
    scenario(
        "A point is taken",
        new_experiment(),
        new_run(),
        refused("without step", step=None),
        refused("a negative step", step=-7, key="negative"),
        refused("a step as text", step="12", key="text step"),
        refused("the largest step", step=2**53, key="large"),
        refused("the timestamp zero", timestamp=0, key="zero"),
        refused("a timestamp as text", timestamp="1700000000000", key="text time"),
        refused("slashes, dots, dashes, colons and blanks", key="val/a.b-c:d e"),
        refused("letters of other scripts", key="señal_数据"),
        refused("the longest key", key="{long:250}"),
        refused("a leading blank", key=" a"),
        refused("a trailing dot", key="a."),
        get("all are there", "runs/get", RUN),
        refused("a dataset without digest", dataset_name="d", key="half dataset"),
        refused("a digest without dataset", dataset_digest="d", key="half dataset"),
        refused("a dataset and no model", dataset_name="d", dataset_digest="e", key="dataset"),
        post(
            "a run by its old name",
            "runs/log-metric",
            {"run_uuid": "{run_id}", "key": "old", "value": 1, "timestamp": 1},
        ),
        get("after that", "runs/get", RUN),
    ),
    scenario(
        "A history is read in pages",
        new_experiment(),
        new_run(),
        post(
            "seven points in a batch",
            "runs/log-batch",
            {**RUN, "metrics": {"$times": 7, "$of": {"key": "m", "value": 0.5, "timestamp": "10$i", "step": "$i"}}},
        ),
        get("all at once", "metrics/get-history", {**RUN, "metric_key": "m"}),
        get(
            "the first three",
            "metrics/get-history",
            {**RUN, "metric_key": "m", "max_results": 3},
            keep={"token": "next_page_token"},
        ),
        get(
            "the next three",
            "metrics/get-history",
            {**RUN, "metric_key": "m", "max_results": 3, "page_token": "{token}"},
            keep={"token": "next_page_token"},
        ),
        get(
            "the last one", "metrics/get-history", {**RUN, "metric_key": "m", "max_results": 3, "page_token": "{token}"}
        ),
        get("exactly all", "metrics/get-history", {**RUN, "metric_key": "m", "max_results": 7}),
        get("more than all", "metrics/get-history", {**RUN, "metric_key": "m", "max_results": 25000}),
        get(
            "an empty token", "metrics/get-history", {**RUN, "metric_key": "m", "page_token": "", "max_results": 25000}
        ),
        get("by the old name", "metrics/get-history", {"run_uuid": "{run_id}", "metric_key": "m", "max_results": 1}),
        get("none", "metrics/get-history", {**RUN, "metric_key": "m", "max_results": 0}),
        get("fewer than none", "metrics/get-history", {**RUN, "metric_key": "m", "max_results": -1}),
        get("a word", "metrics/get-history", {**RUN, "metric_key": "m", "max_results": "many"}, **UNFIT),
        get(
            "a bad token", "metrics/get-history", {**RUN, "metric_key": "m", "max_results": 3, "page_token": "nonsense"}
        ),
        get("an unknown key", "metrics/get-history", {**RUN, "metric_key": "other"}),
        get("an unknown run", "metrics/get-history", {"run_id": UNKNOWN, "metric_key": "m"}),
        get("no key", "metrics/get-history", RUN),
        get("an empty key", "metrics/get-history", {**RUN, "metric_key": ""}),
        get("no run", "metrics/get-history", {"metric_key": "m"}),
    ),
    scenario(
        "Histories of several runs come together",
        new_experiment(),
        new_run("run_a"),
        new_run("run_b"),
        post(
            "points of one",
            "runs/log-batch",
            {
                "run_id": "{run_a}",
                "metrics": {"$times": 9, "$of": {"key": "m", "value": 1, "timestamp": "10$i", "step": "$i"}},
            },
        ),
        post(
            "a point of the other",
            "runs/log-batch",
            {
                "run_id": "{run_b}",
                "metrics": [
                    {"key": "n", "value": 2, "timestamp": 1, "step": 0},
                    {"key": "odd", "value": "NaN", "timestamp": 1, "step": 0},
                ],
            },
        ),
        get("bulk of one", BULK, {"run_id": "{run_a}", "metric_key": "m", "max_results": 3}),
        get("bulk of one, all", BULK, {"run_id": "{run_a}", "metric_key": "m"}),
        get("bulk with a run that has none", BULK, [["run_id", "{run_b}"], ["run_id", UNKNOWN], ["metric_key", "n"]]),
        get("bulk without metric", BULK, {"run_id": "{run_a}"}),
        get("bulk without run", BULK, {"metric_key": "m"}),
        get("bulk of 101 runs", BULK, [*[["run_id", f"{i:032x}"] for i in range(101)], ["metric_key", "m"]]),
        get("bulk with too large a page", BULK, {"run_id": "{run_a}", "metric_key": "m", "max_results": 25001}),
        get(
            "bulk with a word as limit",
            BULK,
            {"run_id": "{run_a}", "metric_key": "m", "max_results": "many"},
            **RETRIED,
        ),
        get("interval of one, all", INTERVAL, {"run_ids": "{run_a}", "metric_key": "m"}),
        get(
            "interval for the page",
            "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval",
            {"run_ids": "{run_a}", "metric_key": "m", "max_results": 2500},
        ),
        get(
            "interval of some steps",
            INTERVAL,
            {"run_ids": "{run_a}", "metric_key": "m", "start_step": 2, "end_step": 4},
        ),
        get(
            "interval of one step", INTERVAL, {"run_ids": "{run_a}", "metric_key": "m", "start_step": 2, "end_step": 2}
        ),
        get("interval without end", INTERVAL, {"run_ids": "{run_a}", "metric_key": "m", "start_step": 2}),
        get("interval without start", INTERVAL, {"run_ids": "{run_a}", "metric_key": "m", "end_step": 2}),
        get("interval backwards", INTERVAL, {"run_ids": "{run_a}", "metric_key": "m", "start_step": 4, "end_step": 2}),
        get("interval of none", INTERVAL, {"run_ids": "{run_a}", "metric_key": "m", "max_results": 0}),
        get("interval of too many", INTERVAL, {"run_ids": "{run_a}", "metric_key": "m", "max_results": 2501}),
        get("interval without metric", INTERVAL, {"run_ids": "{run_a}"}),
        get("interval without run", INTERVAL, {"metric_key": "m"}),
        get("interval of an unknown run", INTERVAL, {"run_ids": UNKNOWN, "metric_key": "m"}),
        get("interval of an unknown metric", INTERVAL, {"run_ids": "{run_a}", "metric_key": "other"}),
        get("interval of 101 runs", INTERVAL, [*[["run_ids", f"{i:032x}"] for i in range(101)], ["metric_key", "m"]]),
        get(
            "bulk of NaN",
            BULK,
            {"run_id": "{run_b}", "metric_key": "odd"},
            **differs(
                "a bare NaN is not JSON",
                json={"metrics": [{"key": "odd", "value": "NaN", "timestamp": 1, "step": 0, "run_id": "{run_b}"}]},
            ),
        ),
        get("interval of NaN", INTERVAL, {"run_ids": "{run_b}", "metric_key": "odd"}),
    ),
]
