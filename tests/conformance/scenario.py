"""The words in which conformance scenarios are written.

A scenario is a short story told in HTTP requests: what is sent, which values of the answers are kept for later, and,
where hito means to answer otherwise than MLflow, why and how. `record.py` plays the stories against a real MLflow
server and writes them, with the answers, to `<noun>.json`; from there on the JSON is the contract.

    scenario("A parameter is written once",
        post("an experiment", "experiments/create", {"name": "{unique}"}, keep={"experiment_id": "experiment_id"}),
        ...)

`{experiment_id}` in a later path, query or body stands for what was kept. `{unique}` is a word that no other play has
used, so that stories can be told to a server that holds other data, again and again. Two more forms keep the files
small: `{long:6001}` is the letter x, 6001 times, and `{"$times": 3, "$of": …}` is a list of three, `$i` counting in it.
"""

from typing import Any

Step = dict[str, Any]


def scenario(title: str, *steps: Step) -> dict[str, Any]:
    """A story of its own: it creates what it needs and relies on no other story."""
    return {"scenario": title, "steps": list(steps)}


def differs(why: str, status: int = 200, json: Any = None, text: str | None = None) -> dict[str, Any]:
    """hito's answer where it is not MLflow's, and the reason."""
    expect: dict[str, Any] = {"status": status}
    if text is not None:
        expect["text"] = text
    else:
        expect["json"] = {} if json is None else json
    return {"differs": {"why": why, "expect": expect}}


def refuses(why: str, status: int = 400, code: str = "INVALID_PARAMETER_VALUE") -> dict[str, Any]:
    """hito refuses with this code where MLflow does something else."""
    return differs(why, status, {"error_code": code, "message": "<message>"})


# Reasons that recur.
UNFIT = refuses("MLflow drops what does not fit the message and goes on with defaults; the caller would never know")
RETRIED = refuses("MLflow answers 500, which its client repeats for minutes")
ONE_CODE = refuses("MLflow says BAD_REQUEST here; hito has one code for input that cannot be right")


def also(why: str, **json: Any) -> dict[str, Any]:
    """hito does what was asked where MLflow refuses or answers less."""
    return differs(why, json=json)


def finds(why: str, *shown: str) -> dict[str, Any]:
    """hito answers a search that MLflow refuses, with these items."""
    return differs(why, json={"shown": list(shown)})


def call(method: str, name: str, path: str, body: Any = None, **options: Any) -> Step:
    """One request. A path without a leading slash is below /api/2.0/mlflow/.

    Options: query (mapping or list of pairs), headers, raw (the body as text), keep (variable → path in the answer),
    show (of a page, only this field of each item), show_headers (names of answer headers to record), differs (from
    `differs`, `refuses`, `also` or `finds`, spread with **).
    """
    step: Step = {"name": name, "method": method, "path": path if path.startswith("/") else f"/api/2.0/mlflow/{path}"}
    if body is not None:
        step["body"] = body
    query = options.pop("query", None)
    if query is not None:
        step["query"] = [list(pair) for pair in (query.items() if isinstance(query, dict) else query)]
    for option in ("headers", "raw", "keep", "show", "show_headers", "differs"):
        if option in options:
            step[option] = options.pop(option)
    if options:
        raise TypeError(f"{name}: unknown options {sorted(options)}")
    return step


def post(name: str, path: str, body: Any = None, **options: Any) -> Step:
    """POST with a JSON body."""
    return call("POST", name, path, body, **options)


def get(name: str, path: str, query: Any = None, **options: Any) -> Step:
    """GET with its arguments in the query."""
    return call("GET", name, path, None, query=query, **options)


def patch(name: str, path: str, body: Any = None, **options: Any) -> Step:
    """PATCH with a JSON body."""
    return call("PATCH", name, path, body, **options)


def delete(name: str, path: str, body: Any = None, **options: Any) -> Step:
    """DELETE with a JSON body, as MLflow's client sends it."""
    return call("DELETE", name, path, body, **options)


# Beginnings that many stories share.


def new_experiment(variable: str = "experiment_id", suffix: str = "") -> Step:
    """Create an experiment of a fresh name."""
    return post(
        f"given an experiment{suffix}",
        "experiments/create",
        {"name": "{unique}" + suffix},
        keep={variable: "experiment_id"},
    )


def new_run(variable: str = "run_id", start_time: int = 1000, **fields: Any) -> Step:
    """Create a run in `{experiment_id}`."""
    body = {"experiment_id": "{experiment_id}", "run_name": variable, "start_time": start_time, **fields}
    return post(f"given a run, {variable}", "runs/create", body, keep={variable: "run.info.run_id"})


def new_registered_model(suffix: str = "") -> Step:
    """Create a registered model, named by the fresh word."""
    return post(f"given a registered model{suffix}", "registered-models/create", {"name": "{unique}" + suffix})


def new_version(number: int, suffix: str = "", **fields: Any) -> Step:
    """Create the next version of that model."""
    body = {"name": "{unique}" + suffix, "source": f"s3://bucket/{number}", **fields}
    return post(f"given version {number}{suffix}", "model-versions/create", body)


def new_logged_model(variable: str = "model_id", **fields: Any) -> Step:
    """Create a logged model in `{experiment_id}`."""
    body = {"experiment_id": "{experiment_id}", "name": variable, **fields}
    return post(f"given a logged model, {variable}", "logged-models", body, keep={variable: "model.info.model_id"})
