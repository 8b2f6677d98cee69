"""Files: put, listed, read and deleted, through the proxy and beside it."""

from scenario import (
    ONE_CODE,
    call,
    delete,
    differs,
    get,
    new_experiment,
    new_logged_model,
    new_run,
    post,
    refuses,
    scenario,
)

PROXY = "/api/2.0/mlflow-artifacts/artifacts"
UNKNOWN = "0123456789abcdef0123456789abcdef"
ROOT = "{experiment_id}/{run_id}/artifacts"
REPEATED = "MLflow answers 500, which its client repeats for minutes"


def put(name, path, text="hello", **options):
    """Send a file."""
    headers = {"Content-Type": "text/plain", **options.pop("headers", {})}
    return call("PUT", name, f"{PROXY}/{path}", raw=text, headers=headers, **options)


def listing(name, path):
    """List a folder through the proxy."""
    return get(name, PROXY, {"path": path})


def read(name, path, *shown, **options):
    """Read a file."""
    return call(
        "GET",
        name,
        f"{PROXY}/{path}",
        show_headers=["Content-Type", "X-Content-Type-Options", "Accept-Ranges", *shown],
        **options,
    )


DETAIL = refuses("MLflow answers with a field `detail` and without a code")

SCENARIOS = [
    scenario(
        "Files go through the server",
        new_experiment(),
        new_run(),
        put("put", f"{ROOT}/a.txt"),
        put("put below a folder that is not there yet", f"{ROOT}/deep/er/b.json", '{"b": 1}'),
        put("put an empty file", f"{ROOT}/empty.bin", ""),
        put("put a name with a blank", f"{ROOT}/with blank.txt"),
        put("put a name in another script", f"{ROOT}/señal 数据.txt"),
        put("put again", f"{ROOT}/a.txt", "hello again"),
        listing("list the root", ROOT),
        listing("list a folder", f"{ROOT}/deep"),
        listing("list with a slash at the end", f"{ROOT}/deep/"),
        listing("list what is not there", f"{ROOT}/none"),
        listing("list a file", f"{ROOT}/a.txt"),
        read("read", f"{ROOT}/a.txt", "Content-Length"),
        read("read JSON", f"{ROOT}/deep/er/b.json"),
        read("read an empty file", f"{ROOT}/empty.bin", "Content-Length"),
        read("read a name with a blank", f"{ROOT}/with blank.txt"),
        read("read a name in another script", f"{ROOT}/señal 数据.txt"),
        read("read what is not there", f"{ROOT}/none"),
        read("read a folder", f"{ROOT}/deep", **DETAIL),
        read("read a range", f"{ROOT}/a.txt", "Content-Range", "Content-Length", headers={"Range": "bytes=1-3"}),
        read("read the end", f"{ROOT}/a.txt", "Content-Range", headers={"Range": "bytes=-2"}),
        read("read from somewhere", f"{ROOT}/a.txt", "Content-Range", headers={"Range": "bytes=9-"}),
        read(
            "read beyond the end",
            f"{ROOT}/a.txt",
            "Content-Range",
            headers={"Range": "bytes=99-"},
            **differs(
                "an error is told in JSON", 416, {"error_code": "INVALID_PARAMETER_VALUE", "message": "<message>"}
            ),
        ),
        get("the run lists its root", "artifacts/list", {"run_id": "{run_id}"}),
        get("the run lists a folder", "artifacts/list", {"run_id": "{run_id}", "path": "deep"}),
        get("the run lists a folder in it", "artifacts/list", {"run_id": "{run_id}", "path": "deep/er"}),
        get("the run lists what is not there", "artifacts/list", {"run_id": "{run_id}", "path": "none"}),
        get("the run lists a file", "artifacts/list", {"run_id": "{run_id}", "path": "a.txt"}),
        get("the run lists by its old name", "artifacts/list", {"run_uuid": "{run_id}"}),
        delete("delete a file", f"{PROXY}/{ROOT}/a.txt"),
        delete("delete it again", f"{PROXY}/{ROOT}/a.txt"),
        delete("delete a folder", f"{PROXY}/{ROOT}/deep"),
        listing("what is left", ROOT),
    ),
    scenario(
        "Files have types",
        new_experiment(),
        new_run(),
        *(
            step
            for file in (
                "a.txt",
                "a.log",
                "a.csv",
                "a.json",
                "a.yaml",
                "a.yml",
                "a.md",
                "a.py",
                "a.html",
                "a.png",
                "a.svg",
                "a.pkl",
                "a.bin",
                "MLmodel",
                "noextension",
                "a.xml",
                "a.js",
            )
            for step in (put(f"given {file}", f"{ROOT}/{file}", "x"), read(file, f"{ROOT}/{file}"))
        ),
        put("given a.pdf", f"{ROOT}/a.pdf", "x"),
        read(
            "a.pdf",
            f"{ROOT}/a.pdf",
            differs={
                "why": "a type that no page shows is a stream of bytes",
                "expect": {
                    "status": 200,
                    "text": "x",
                    "headers": {
                        "Content-Type": "application/octet-stream",
                        "X-Content-Type-Options": "nosniff",
                        "Accept-Ranges": "bytes",
                    },
                },
            },
        ),
    ),
    scenario(
        "Paths that lead outside are refused",
        new_experiment(),
        new_run(),
        put("put above", f"{ROOT}/../../x"),
        put("put above, encoded", f"{ROOT}/%2e%2e/%2e%2e/x"),
        put("put above, encoded twice", f"{ROOT}/%252e%252e/x"),
        put("put a name with a number sign", f"{ROOT}/a%23b"),
        put("put a name with a backslash", f"{ROOT}/..%5Cx", **refuses("a backslash leads outside on Windows")),
        put("put a name with a NUL", f"{ROOT}/a%00b", **refuses("no file has such a name")),
        put(
            "put no name",
            "",
            **differs("no path has this end", 404, {"error_code": "ENDPOINT_NOT_FOUND", "message": "<message>"}),
        ),
        put("put with a slash at the end", f"{ROOT}/folder/", **DETAIL),
        put("put a name kept for uploads", f"{ROOT}/.artifact.uploading.x"),
        listing("list above", f"{ROOT}/../../.."),
        listing("list above, encoded", f"{ROOT}/%2e%2e"),
        listing("list an absolute path", "/etc"),
        listing("list a file URI", "file:///etc"),
        read("read above", f"{ROOT}/../../../x"),
        read("read above, encoded", "%2e%2e/%2e%2e/etc/passwd"),
        read("read an absolute path", "%2Fetc%2Fpasswd"),
        delete("delete above", f"{PROXY}/{ROOT}/../../x"),
        delete("delete above, encoded", f"{PROXY}/%2e%2e/x"),
        get("the run lists above", "artifacts/list", {"run_id": "{run_id}", "path": "../.."}),
        get("the run lists an absolute path", "artifacts/list", {"run_id": "{run_id}", "path": "/etc"}),
        get("the run lists above, encoded", "artifacts/list", {"run_id": "{run_id}", "path": "%2e%2e/%2e%2e"}),
        get("a run that is not there", "artifacts/list", {"run_id": UNKNOWN}),
        get("no run", "artifacts/list", {}),
    ),
    scenario(
        "A file is not a folder",
        new_experiment(),
        new_run(),
        put("given a file", f"{ROOT}/a"),
        put("given a file in a folder", f"{ROOT}/d/b"),
        put("put below a file", f"{ROOT}/a/b", **refuses(REPEATED)),
        put("put over a folder", f"{ROOT}/d", **refuses(REPEATED)),
        read("the file is still there", f"{ROOT}/a"),
        read("the folder too", f"{ROOT}/d/b"),
    ),
    scenario(
        "Large files are sent in one piece",
        new_experiment(),
        new_run(),
        post("multipart upload", f"/api/2.0/mlflow-artifacts/mpu/create/{ROOT}/a", {"path": "a", "num_parts": 2}),
        post(
            "its end", f"/api/2.0/mlflow-artifacts/mpu/complete/{ROOT}/a", {"path": "a", "upload_id": "x", "parts": []}
        ),
        post("giving it up", f"/api/2.0/mlflow-artifacts/mpu/abort/{ROOT}/a", {"path": "a", "upload_id": "x"}),
        get("a signed address", f"/api/2.0/mlflow-artifacts/presigned/{ROOT}/a"),
        post("a signed address to upload", "artifacts/presigned-upload-url", {"run_id": "{run_id}", "path": "a"}),
        post("a signed address to download", "artifacts/presigned-download-url", {"run_id": "{run_id}", "path": "a"}),
        post("for nobody", "artifacts/presigned-upload-url", {"path": "a"}),
        post("for nothing", "artifacts/presigned-upload-url", {"run_id": "{run_id}"}),
    ),
    scenario(
        "The page reads and writes files",
        new_experiment(),
        new_run(),
        call(
            "POST",
            "upload",
            "/ajax-api/2.0/mlflow/upload-artifact",
            query={"run_uuid": "{run_id}", "path": "up/a.txt"},
            raw="from the page",
            headers={"Content-Type": "text/plain"},
        ),
        call(
            "POST",
            "upload nothing",
            "/ajax-api/2.0/mlflow/upload-artifact",
            query={"run_uuid": "{run_id}", "path": "up/b.txt"},
            raw="",
            headers={"Content-Type": "text/plain"},
        ),
        call(
            "POST",
            "upload to nowhere",
            "/ajax-api/2.0/mlflow/upload-artifact",
            query={"run_uuid": "{run_id}"},
            raw="x",
            headers={"Content-Type": "text/plain"},
        ),
        call(
            "POST",
            "upload to no run",
            "/ajax-api/2.0/mlflow/upload-artifact",
            query={"path": "a"},
            raw="x",
            headers={"Content-Type": "text/plain"},
        ),
        call(
            "POST",
            "upload to an unknown run",
            "/ajax-api/2.0/mlflow/upload-artifact",
            query={"run_uuid": UNKNOWN, "path": "a"},
            raw="x",
            headers={"Content-Type": "text/plain"},
        ),
        call(
            "POST",
            "upload above",
            "/ajax-api/2.0/mlflow/upload-artifact",
            query={"run_uuid": "{run_id}", "path": "../a"},
            raw="x",
            headers={"Content-Type": "text/plain"},
        ),
        get(
            "read",
            "/get-artifact",
            {"run_id": "{run_id}", "path": "up/a.txt"},
            show_headers=["Content-Type", "X-Content-Type-Options"],
        ),
        get("read by the old name", "/get-artifact", {"run_uuid": "{run_id}", "path": "up/a.txt"}),
        get("read what is not there", "/get-artifact", {"run_id": "{run_id}", "path": "none"}),
        get("read a folder", "/get-artifact", {"run_id": "{run_id}", "path": "up"}),
        get("read above", "/get-artifact", {"run_id": "{run_id}", "path": "../../x"}),
        get("read of an unknown run", "/get-artifact", {"run_id": UNKNOWN, "path": "a"}),
        get("read of no run", "/get-artifact", {"path": "a"}, **refuses("MLflow looks for a run without name")),
        get(
            "read nothing",
            "/get-artifact",
            {"run_id": "{run_id}"},
            **differs(
                "an error is told in JSON", 400, {"error_code": "INVALID_PARAMETER_VALUE", "message": "<message>"}
            ),
        ),
    ),
    scenario(
        "Files of logged models and of versions",
        new_experiment(),
        new_run(),
        new_logged_model("model_id", source_run_id="{run_id}"),
        put("put MLmodel", "{experiment_id}/models/{model_id}/artifacts/MLmodel", "flavors: {}\n"),
        put("put data", "{experiment_id}/models/{model_id}/artifacts/data/x", "x"),
        get("list the model", "logged-models/{model_id}/artifacts/directories"),
        get(
            "list a folder of it", "logged-models/{model_id}/artifacts/directories", {"artifact_directory_path": "data"}
        ),
        get(
            "list what is not there",
            "logged-models/{model_id}/artifacts/directories",
            {"artifact_directory_path": "none"},
        ),
        get("list above", "logged-models/{model_id}/artifacts/directories", {"artifact_directory_path": "../.."}),
        get("list of an unknown model", "logged-models/m-0123456789abcdef0123456789abcdef/artifacts/directories"),
        get(
            "read a file of it",
            "/ajax-api/2.0/mlflow/logged-models/{model_id}/artifacts/files",
            {"artifact_file_path": "MLmodel"},
        ),
        get(
            "read what is not there",
            "/ajax-api/2.0/mlflow/logged-models/{model_id}/artifacts/files",
            {"artifact_file_path": "none"},
        ),
        get("read nothing", "/ajax-api/2.0/mlflow/logged-models/{model_id}/artifacts/files", **ONE_CODE),
        get(
            "read above",
            "/ajax-api/2.0/mlflow/logged-models/{model_id}/artifacts/files",
            {"artifact_file_path": "../../x"},
        ),
        post("given a registered model", "registered-models/create", {"name": "{unique}"}),
        post(
            "given a version",
            "model-versions/create",
            {"name": "{unique}", "source": "models:/{model_id}", "model_id": "{model_id}"},
        ),
        get(
            "read a file of the version",
            "/model-versions/get-artifact",
            {"name": "{unique}", "version": "1", "path": "MLmodel"},
        ),
        get(
            "read of a version what is not there",
            "/model-versions/get-artifact",
            {"name": "{unique}", "version": "1", "path": "none"},
        ),
        get(
            "read of an unknown version",
            "/model-versions/get-artifact",
            {"name": "{unique}", "version": "9", "path": "MLmodel"},
        ),
        get(
            "read of a version above it",
            "/model-versions/get-artifact",
            {"name": "{unique}", "version": "1", "path": "../x"},
        ),
    ),
]
