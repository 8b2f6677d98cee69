"""How any request is read: paths, methods, content types, odd JSON, spellings of fields."""

from scenario import RETRIED, UNFIT, also, call, delete, differs, get, new_experiment, new_run, post, scenario

NO_ENDPOINT = differs(
    "an unknown path is answered in JSON; MLflow's client makes the same code of an HTML 404",
    404,
    {"error_code": "ENDPOINT_NOT_FOUND", "message": "<message>"},
)
SERVER = also(
    "hito has no gateway to other people's models",
    store_type="SqlStore",
    workspaces_enabled=False,
    trace_archival_enabled=False,
    multipart_uploads_enabled=False,
    multipart_downloads_enabled=False,
    presigned_upload_run_id_supported=True,
    presigned_upload_model_id_supported=True,
    features_enabled={"gateway": False},
)

SCENARIOS = [
    scenario(
        "Some paths exist and others do not",
        get("health is a word", "/health"),
        get("the version is a bare text", "/version"),
        get(
            "a path that is no endpoint",
            "/api/2.0/mlflow/no-such-thing",
            **NO_ENDPOINT,
        ),
        post("a path that is no endpoint, by POST", "/api/2.0/mlflow/no-such-thing", {}, **NO_ENDPOINT),
        get(
            "a trailing slash is another path",
            "/api/2.0/mlflow/experiments/get/",
            {"experiment_id": "0"},
            **NO_ENDPOINT,
        ),
        get(
            "a version of the API that is not there",
            "/api/9.0/mlflow/experiments/get",
            {"experiment_id": "0"},
            **NO_ENDPOINT,
        ),
        get(
            "a POST endpoint by GET",
            "experiments/create",
            {"name": "x"},
            **differs(
                "a wrong method is answered in JSON",
                404,
                {"error_code": "ENDPOINT_NOT_FOUND", "message": "<message>"},
            ),
        ),
        call(
            "PUT",
            "a POST endpoint by PUT",
            "runs/create",
            {},
            **differs(
                "a wrong method is answered in JSON",
                404,
                {"error_code": "ENDPOINT_NOT_FOUND", "message": "<message>"},
            ),
        ),
        delete(
            "a GET endpoint by DELETE",
            "experiments/get",
            {"experiment_id": "0"},
            **differs(
                "a wrong method is answered in JSON",
                404,
                {"error_code": "ENDPOINT_NOT_FOUND", "message": "<message>"},
            ),
        ),
        get("features of the server are not told", "/api/3.0/mlflow/server-features", **NO_ENDPOINT),
    ),
    scenario(
        "Every endpoint has a twin for the web page",
        post(
            "creating",
            "/ajax-api/2.0/mlflow/experiments/create",
            {"name": "{unique}"},
            keep={"experiment_id": "experiment_id"},
        ),
        get("reading by GET", "/ajax-api/2.0/mlflow/experiments/get", {"experiment_id": "{experiment_id}"}),
        post(
            "searching by POST",
            "/ajax-api/2.0/mlflow/experiments/search",
            {"max_results": 5, "filter": "name = '{unique}'"},
        ),
    ),
    scenario(
        "A POST says that it is JSON",
        post("application/json", "experiments/create", raw='{"name": "{unique} a"}'),
        post(
            "with a charset",
            "experiments/create",
            raw='{"name": "{unique} b"}',
            headers={"Content-Type": "application/json; charset=utf-8"},
        ),
        post("text/plain", "experiments/create", raw='{"name": "{unique} c"}', headers={"Content-Type": "text/plain"}),
        post(
            "a form",
            "experiments/create",
            raw="name=c",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        ),
        post("nothing said", "experiments/create", raw='{"name": "{unique} d"}', headers={"Content-Type": None}),
        post(
            "upper case",
            "experiments/create",
            raw='{"name": "{unique} e"}',
            headers={"Content-Type": "Application/JSON"},
            **also("types of content are written in any case", experiment_id="<experiment id>"),
        ),
    ),
    scenario(
        "Bodies that are not objects",
        post("an empty body", "experiments/create", raw=""),
        post("broken JSON", "experiments/create", raw='{"name": '),
        post("a list", "experiments/create", raw='["name"]', **RETRIED),
        post("a number", "experiments/create", raw="7", **RETRIED),
        post("null", "experiments/create", raw="null"),
        post("a text", "experiments/create", raw='"name"', **RETRIED),
        post(
            "an object inside a text",
            "experiments/create",
            raw='"{\\"name\\": \\"{unique} twice\\"}"',
            keep={"experiment_id": "experiment_id"},
        ),
        get("which was read", "experiments/get", {"experiment_id": "{experiment_id}"}),
        post("an object inside a text inside a text", "experiments/create", raw='"\\"{}\\""', **RETRIED),
        post("bytes that are not UTF-8 text", "experiments/create", raw='{"name": "\\ud800"}'),
    ),
    scenario(
        "Fields have two spellings, and unknown ones are ignored",
        post(
            "an unknown field",
            "experiments/create",
            {"name": "{unique}", "colour": "blue"},
            keep={"experiment_id": "experiment_id"},
        ),
        post(
            "camelCase in a body",
            "runs/create",
            {"experimentId": "{experiment_id}", "runName": "camel", "startTime": 5},
            keep={"run_id": "run.info.run_id"},
        ),
        get("both names of a run, equal", "runs/get", {"run_id": "{run_id}", "run_uuid": "{run_id}"}),
        get("the old name of a run", "runs/get", {"run_uuid": "{run_id}"}),
        get(
            "camelCase in a query",
            "runs/get",
            {"runId": "{run_id}"},
            **also(
                "both spellings are known everywhere",
                run={
                    "info": {
                        "run_uuid": "{run_id}",
                        "experiment_id": "{experiment_id}",
                        "run_name": "camel",
                        "user_id": "",
                        "status": "RUNNING",
                        "start_time": 5,
                        "artifact_uri": "mlflow-artifacts:/{experiment_id}/{run_id}/artifacts",
                        "lifecycle_stage": "active",
                        "run_id": "{run_id}",
                    },
                    "data": {"tags": [{"key": "mlflow.runName", "value": "camel"}]},
                    "inputs": {},
                    "outputs": {},
                },
            ),
        ),
        get("the new name wins", "runs/get", {"run_id": "{run_id}", "run_uuid": "0123456789abcdef0123456789abcdef"}),
        post(
            "both spellings in a body",
            "runs/create",
            {"experimentId": "{experiment_id}", "experiment_id": "{experiment_id}"},
        ),
        get("an unknown field in a query", "runs/get", {"run_id": "{run_id}", "colour": "blue"}),
    ),
    scenario(
        "Integers and enums come in several forms",
        new_experiment(),
        post(
            "an integer as text",
            "runs/create",
            {"experiment_id": "{experiment_id}", "run_name": "a", "start_time": "123"},
        ),
        post(
            "an integer as float",
            "runs/create",
            {"experiment_id": "{experiment_id}", "run_name": "a", "start_time": 123.0},
        ),
        post(
            "a fraction",
            "runs/create",
            {"experiment_id": "{experiment_id}", "run_name": "a", "start_time": 1.5},
            **UNFIT,
        ),
        post(
            "an integer that is no number",
            "runs/create",
            {"experiment_id": "{experiment_id}", "run_name": "a", "start_time": "soon"},
        ),
        post(
            "an integer that is a truth",
            "runs/create",
            {"experiment_id": "{experiment_id}", "run_name": "a", "start_time": True},
            **UNFIT,
        ),
        post(
            "an integer beyond 64 bits",
            "runs/create",
            {"experiment_id": "{experiment_id}", "run_name": "a", "start_time": 2**63},
            **UNFIT,
        ),
        post(
            "an integer of 62 bits",
            "runs/create",
            {"experiment_id": "{experiment_id}", "run_name": "a", "start_time": 2**62},
        ),
        post("a text that is a number", "runs/create", {"experiment_id": "{experiment_id}", "run_name": 7}),
        post(
            "a text that is null", "runs/create", {"experiment_id": "{experiment_id}", "run_name": None, "user_id": "u"}
        ),
        post(
            "a list that is an object",
            "runs/create",
            {"experiment_id": "{experiment_id}", "tags": {"key": "a"}},
            **UNFIT,
        ),
        post(
            "a list of texts instead of objects",
            "runs/create",
            {"experiment_id": "{experiment_id}", "tags": ["a"]},
            **UNFIT,
        ),
        post("an id as a number", "runs/create", {"experiment_id": 0}),
        new_run(),
        post("an enum by name", "runs/update", {"run_id": "{run_id}", "status": "FAILED"}),
        post("an enum by number", "runs/update", {"run_id": "{run_id}", "status": 3}),
        post("an enum by an unknown name", "runs/update", {"run_id": "{run_id}", "status": "DANCING"}, **UNFIT),
        post("an enum by an unknown number", "runs/update", {"run_id": "{run_id}", "status": 99}),
        post("an enum in lower case", "runs/update", {"run_id": "{run_id}", "status": "finished"}, **UNFIT),
        get("the run is none the worse", "runs/get", {"run_id": "{run_id}"}),
    ),
    scenario(
        "The server tells what it can do",
        get("server-info", "/api/3.0/mlflow/server-info", **SERVER),
        get("server-info for the page", "/ajax-api/3.0/mlflow/server-info", **SERVER),
    ),
]
