"""Parameters, written once, and tags, written as often as you like."""

from scenario import get, new_experiment, new_run, post, scenario

UNKNOWN = "0123456789abcdef0123456789abcdef"
RUN = {"run_id": "{run_id}"}


def param(name, key="p", value="1", **fields):
    """Log one parameter; None leaves a field out."""
    body = {**RUN, "key": key, "value": value, **fields}
    return post(name, "runs/log-parameter", {field: given for field, given in body.items() if given is not None})


def tag(name, key="t", value="1", **fields):
    """Set one tag; None leaves a field out."""
    body = {**RUN, "key": key, "value": value, **fields}
    return post(name, "runs/set-tag", {field: given for field, given in body.items() if given is not None})


SCENARIOS = [
    scenario(
        "A parameter is written once",
        new_experiment(),
        new_run(),
        param("first"),
        param("the same again"),
        param("another value", value="2"),
        param("without value", "empty", None),
        param("an empty value again", "empty", ""),
        param("then a value", "empty", "x"),
        param("a longest value", "long", "{long:6000}"),
        param("a value too long is cut", "cut", "{long:6001}"),
        param("and compared as cut", "cut", "{long:6500}"),
        param("unicode", "señal/数据", "🚀 ñ"),
        param("a number as value", "number", 5),
        param("a truth as value", "truth", True),
        get("what is there", "runs/get", RUN),
        post("by the old name", "runs/log-parameter", {"run_uuid": "{run_id}", "key": "old", "value": "1"}),
    ),
    scenario(
        "A parameter is refused",
        new_experiment(),
        new_run(),
        param("no key", None),
        param("an empty key", ""),
        param("a key that climbs", "../a"),
        param("a strange character", "a,b"),
        param("a key too long", "{long:251}"),
        param("no run", run_id=None),
        param("an unknown run", run_id=UNKNOWN),
        get("nothing is there", "runs/get", RUN),
    ),
    scenario(
        "A tag is set, replaced and deleted",
        new_experiment(),
        new_run(),
        tag("set"),
        tag("replace", value="2"),
        tag("without value", "empty", None),
        tag("a longest value", "long", "{long:8000}"),
        tag("a value too long is cut", "cut", "{long:8001}"),
        tag("a note", "mlflow.note.content", "# A note\n\nwith *lines*"),
        tag("a number as value", "number", 5),
        get("what is there", "runs/get", RUN),
        tag("no key", None),
        tag("an empty key", ""),
        tag("a key that climbs", "../a"),
        tag("a strange character", "a?b"),
        tag("the longest key", "{long:250}"),
        tag("a key too long", "{long:251}"),
        tag("no run", run_id=None),
        tag("an unknown run", run_id=UNKNOWN),
        post("by the old name", "runs/set-tag", {"run_uuid": "{run_id}", "key": "old", "value": "1"}),
        post("delete", "runs/delete-tag", {**RUN, "key": "t"}),
        post("delete again", "runs/delete-tag", {**RUN, "key": "t"}),
        post("delete without key", "runs/delete-tag", RUN),
        post("delete an empty key", "runs/delete-tag", {**RUN, "key": ""}),
        post("delete without run", "runs/delete-tag", {"key": "t"}),
        post("delete from an unknown run", "runs/delete-tag", {"run_id": UNKNOWN, "key": "t"}),
        get("what is left", "runs/get", RUN),
    ),
]
