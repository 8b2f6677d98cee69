"""Batches: metrics, parameters and tags of one run in one request."""

from scenario import ONE_CODE, RETRIED, UNFIT, also, get, new_experiment, new_run, post, scenario

UNKNOWN = "0123456789abcdef0123456789abcdef"
RUN = {"run_id": "{run_id}"}
POINT = {"key": "m", "value": 1.5, "timestamp": 1, "step": 0}


def batch(name, metrics=None, params=None, tags=None, **options):
    """Log one batch; what is None is left out."""
    lists = {"metrics": metrics, "params": params, "tags": tags}
    return post(
        name, "runs/log-batch", {**RUN, **{key: items for key, items in lists.items() if items is not None}}, **options
    )


def pairs(count, prefix="k"):
    """So many key-value pairs."""
    return {"$times": count, "$of": {"key": f"{prefix}$i", "value": "v"}}


def points(count):
    """So many points, each of its own metric."""
    return {"$times": count, "$of": {"key": "m$i", "value": 1, "timestamp": 1, "step": 0}}


SCENARIOS = [
    scenario(
        "A batch holds all three",
        new_experiment(),
        new_run(),
        batch(
            "all three",
            [POINT, {**POINT, "step": 1, "value": "NaN"}],
            [{"key": "p", "value": "1"}],
            [{"key": "t", "value": "a"}],
        ),
        get("are there", "runs/get", RUN),
        batch("the same again", [POINT], [{"key": "p", "value": "1"}], [{"key": "t", "value": "b"}]),
        get("nothing twice", "metrics/get-history", {**RUN, "metric_key": "m"}),
        batch("empty lists", [], [], []),
        batch("no lists"),
        batch("a tag twice: the last wins", tags=[{"key": "t", "value": "c"}, {"key": "t", "value": "d"}]),
        batch("a metric twice in one batch", [POINT, POINT]),
        batch(
            "a long value is cut",
            params=[{"key": "cut", "value": "{long:6001}"}],
            tags=[{"key": "cut", "value": "{long:8001}"}],
        ),
        batch("values left out", params=[{"key": "empty"}], tags=[{"key": "empty"}]),
        batch(
            "infinities", [{**POINT, "key": "inf", "value": "Infinity"}, {**POINT, "key": "-inf", "value": "-Infinity"}]
        ),
        batch(
            "points out of order",
            [{**POINT, "key": "o", "step": 5, "value": 5}, {**POINT, "key": "o", "step": 2, "value": 2}],
        ),
        get("what is there", "runs/get", RUN),
    ),
    scenario(
        "A parameter in a batch is written once, and a refused batch leaves nothing",
        new_experiment(),
        new_run(),
        batch("first", params=[{"key": "p", "value": "1"}]),
        batch(
            "another value",
            [POINT],
            [{"key": "q", "value": "1"}, {"key": "p", "value": "2"}],
            [{"key": "t", "value": "a"}],
        ),
        get("nothing of it is there", "runs/get", RUN),
        batch("a parameter twice", params=[{"key": "r", "value": "1"}, {"key": "r", "value": "1"}]),
        batch("a parameter twice with two values", params=[{"key": "r", "value": "1"}, {"key": "r", "value": "2"}]),
        batch(
            "one bad point among good ones",
            [POINT, {**POINT, "key": "../x"}],
            [{"key": "s", "value": "1"}],
            [{"key": "t", "value": "a"}],
        ),
        batch("one bad tag", [POINT], [{"key": "s", "value": "1"}], [{"key": "", "value": "a"}]),
        batch("one bad parameter", [POINT], [{"key": "s!", "value": "1"}], [{"key": "t", "value": "a"}]),
        get("still nothing", "runs/get", RUN),
    ),
    scenario(
        "A batch has limits",
        new_experiment(),
        new_run(),
        batch("1000 metrics", points(1000)),
        batch("1001 metrics", points(1001)),
        batch("100 parameters", params=pairs(100)),
        batch("101 parameters", params=pairs(101, "l")),
        batch("100 tags", tags=pairs(100)),
        batch("101 tags", tags=pairs(101)),
        batch("1000 in total", points(800), pairs(100, "n"), pairs(100, "n")),
        batch("1001 in total", points(801), pairs(100, "o"), pairs(100, "o")),
    ),
    scenario(
        "A batch is refused",
        new_experiment(),
        new_run(),
        post("no run", "runs/log-batch", {"metrics": [POINT]}),
        post("an empty run", "runs/log-batch", {"run_id": "", "metrics": [POINT]}),
        post("an unknown run", "runs/log-batch", {"run_id": UNKNOWN, "metrics": [POINT]}),
        post("a run that cannot be", "runs/log-batch", {"run_id": "../x", "metrics": [POINT]}),
        batch("a metric without key", [{"value": 1, "timestamp": 1}]),
        batch("a metric without value", [{"key": "m", "timestamp": 1}]),
        batch("a metric without timestamp", [{"key": "m", "value": 1}]),
        batch("a metric without step is at step 0", [{"key": "nostep", "value": 1, "timestamp": 1}]),
        batch("a negative timestamp", [{**POINT, "timestamp": -1}]),
        batch("a null as value", [{**POINT, "value": None}]),
        batch("a parameter without key", params=[{"value": "1"}]),
        batch("a tag without key", tags=[{"value": "1"}]),
        batch("a key too long", [{**POINT, "key": "{long:251}"}]),
        batch("metrics that are no list", {"key": "m"}),
        post("a body that is no object", "runs/log-batch", raw="[1]", **RETRIED),
        post("a broken body", "runs/log-batch", raw='{"run_id": ', **RETRIED),
        post("an empty body", "runs/log-batch", raw="", **RETRIED),
        get("what is there", "runs/get", RUN),
    ),
    scenario(
        "What does not fit in a batch is refused",
        new_experiment(),
        new_run(),
        post(
            "a run by its old name only",
            "runs/log-batch",
            {"run_uuid": "{run_id}", "metrics": [POINT]},
            **also("the old name of a run is known everywhere"),
        ),
        batch("a null as parameter is an empty one", params=[{"key": "pnull", "value": None}]),
        batch("a word as value", [{**POINT, "value": "high"}], **UNFIT),
        batch("a truth as value", [{**POINT, "value": True}], **UNFIT),
        batch("a word as step", [{**POINT, "step": "one"}], **UNFIT),
        batch("a fraction as step", [{**POINT, "step": 1.5}], **UNFIT),
        batch("a number as parameter", params=[{"key": "p", "value": 1}], **UNFIT),
        batch("a number as tag", tags=[{"key": "t", "value": 1}], **UNFIT),
        batch("a metric that is no object", ["m"], **RETRIED),
        batch(
            "a model that is not there",
            [{**POINT, "key": "wm", "model_id": "m-0123456789abcdef0123456789abcdef"}],
            **ONE_CODE,
        ),
    ),
]
