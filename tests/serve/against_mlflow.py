"""Ask `mlflow models serve` and keep its answers: tests/serve/scoring.json.

.venvs/mlflow-3.17-server/bin/python tests/serve/against_mlflow.py            asks again, and says what differs
.venvs/mlflow-3.17-server/bin/python tests/serve/against_mlflow.py --write    keeps the answers
"""

import argparse
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
RECORD = HERE / "scoring.json"
JSON = "application/json"


def questions() -> Iterator[tuple[str, str, str, str]]:
    """(model, what it is about, content type, body)."""
    two = {"columns": ["a", "b", "c"], "data": [[1.5, 2.25, 3.0], [9, 8, 7]]}
    records = [{"a": 1.5, "b": 2.25, "c": 3.0}, {"a": 9, "b": 8, "c": 7}]
    rows = [[1.5, 2.25, 3.0], [9, 8, 7]]

    def forms(model: str) -> Iterator[tuple[str, str, object]]:
        yield model, "split", {"dataframe_split": two}
        yield model, "split with index", {"dataframe_split": {**two, "index": [5, 6]}}
        yield model, "split without columns", {"dataframe_split": {"data": rows}}
        yield model, "split, no rows", {"dataframe_split": {"columns": ["a", "b", "c"], "data": []}}
        yield model, "split with another member", {"dataframe_split": {**two, "more": 1}}
        yield model, "split without data", {"dataframe_split": {"columns": ["a", "b", "c"]}}
        yield (
            model,
            "split, rows of different lengths",
            {"dataframe_split": {"columns": ["a", "b", "c"], "data": [[1, 2, 3], [4, 5]]}},
        )
        yield model, "split, too few columns named", {"dataframe_split": {"columns": ["a", "b"], "data": rows}}
        yield model, "split is a list", {"dataframe_split": rows}
        yield model, "records", {"dataframe_records": records}
        yield model, "records is an object", {"dataframe_records": records[0]}
        yield model, "records are numbers", {"dataframe_records": [1, 2]}
        yield model, "instances, rows", {"instances": rows}
        yield model, "instances, objects", {"instances": records}
        yield model, "instances, one number", {"instances": 5}
        yield model, "inputs, rows", {"inputs": rows}
        yield model, "inputs, lists by name", {"inputs": {"a": [1.5, 9], "b": [2.25, 8], "c": [3.0, 7]}}
        yield model, "inputs, numbers by name", {"inputs": {"a": 1.5, "b": 2.25, "c": 3.0}}
        yield model, "two keys", {"instances": rows, "inputs": rows}
        yield model, "an unknown key", {"dataframe_split": two, "more": 1}
        yield model, "no key", {}
        yield model, "params alone", {"params": {"k": 1}}
        yield model, "params that the model does not know", {"dataframe_split": two, "params": {"k": 1}}
        yield model, "params is a list", {"dataframe_split": two, "params": [1]}
        yield model, "a missing number", {"dataframe_split": {"columns": ["a", "b", "c"], "data": [[1.5, None, 3.0]]}}
        yield model, "a list", [1, 2]
        yield model, "a number", 5

    for model in ("forest", "line", "array"):
        for name, about, body in forms(model):
            yield name, about, JSON, json.dumps(body)
    shuffled = {"columns": ["c", "z", "a", "b"], "data": [[3.0, 1, 1.5, 2.25], [7, 1, 9, 8]]}
    yield "forest", "columns in another order, and one more", JSON, json.dumps({"dataframe_split": shuffled})
    yield (
        "forest",
        "a column is missing",
        JSON,
        json.dumps({"dataframe_split": {"columns": ["a", "b"], "data": [[1, 2]]}}),
    )
    yield "forest", "a column is missing in a record", JSON, json.dumps({"dataframe_records": [{"a": 1, "b": 2}]})
    yield (
        "forest",
        "a column twice",
        JSON,
        json.dumps({"dataframe_split": {"columns": ["a", "a", "b", "c"], "data": [[1, 2, 3, 4]]}}),
    )
    for value in ("1.5", "x", "", True, [1], {"a": 1}, 1e400, 123456789012345678901234567890):
        body = json.dumps({"dataframe_split": {"columns": ["a", "b", "c"], "data": [[value, 2.25, 3.0]]}})
        yield "forest", f"a is {value!r}", JSON, body
    yield "forest", "NaN", JSON, '{"dataframe_split": {"columns": ["a", "b", "c"], "data": [[NaN, 2, 3]]}}'
    yield "forest", "Infinity", JSON, '{"dataframe_split": {"columns": ["a", "b", "c"], "data": [[Infinity, 2, 3]]}}'
    yield "forest", "CSV", "text/csv", "a,b,c\n1.5,2.25,3\n9,8,7\n"
    yield "forest", "CSV in another order", "text/csv", "c,a,b\n3,1.5,2.25\n7,9,8\n"
    yield "forest", "CSV without a column", "text/csv", "a,b\n1,2\n"
    yield "forest", "CSV, nothing", "text/csv", ""
    yield "forest", "CSV, a text for a number", "text/csv", "a,b,c\nx,2,3\n"
    yield "line", "CSV", "text/csv", "a,b,c\n1.5,2.25,3\n9,8,7\n"
    yield "forest", "no JSON", JSON, "{"
    yield "forest", "no body", JSON, ""
    yield "forest", "charset", "application/json; charset=utf-8", json.dumps({"dataframe_split": two})
    yield "forest", "another charset", "application/json; charset=latin-1", json.dumps({"dataframe_split": two})
    yield (
        "forest",
        "an unknown parameter of the type",
        "application/json; version=2",
        json.dumps({"dataframe_split": two}),
    )
    yield "forest", "another type", "text/plain", json.dumps({"dataframe_split": two})
    yield "forest", "type in capitals", "Application/JSON", json.dumps({"dataframe_split": two})

    full = {
        "a_boolean": True, "a_integer": 1, "a_long": 2, "a_float": 1.5, "a_double": 2.5, "a_string": "s",
        "a_binary": "aGk=", "a_datetime": "2024-01-02T03:04:05",
    }  # fmt: skip
    changes: dict[str, list[object]] = {
        "boolean": [0, "no", None], "integer": [1.5, "1", "1.5", None], "long": [1.0, 2**62, "x"], "float": [1, "2.5", None],
        "double": [1, None, "x"], "string": [5, None], "binary": ["!"], "datetime": [0, "x", "2024-01-02"],
    }  # fmt: skip
    yield "typed", "record", JSON, json.dumps({"dataframe_records": [full]})
    for change in ({f"a_{kind}": value} for kind, values in changes.items() for value in values):
        yield "typed", f"record with {change}", JSON, json.dumps({"dataframe_records": [{**full, **change}]})
    without = {name: value for name, value in full.items() if name != "a_string"}
    yield "typed", "without the optional column", JSON, json.dumps({"dataframe_records": [without]})
    yield "typed", "instances", JSON, json.dumps({"instances": [full]})
    yield "typed", "inputs", JSON, json.dumps({"inputs": {name: [value] for name, value in full.items()}})
    for params in (
        {"k": 5}, {"k": 5.5}, {"k": "5"}, {"k": None}, {"k": True}, {"names": ["a", "b"]}, {"names": "a"}, {"names": [1]},
        {"other": 1}, {},
    ):  # fmt: skip
        yield "typed", f"params {params}", JSON, json.dumps({"dataframe_records": [full], "params": params})
    yield "typed", "params null", JSON, json.dumps({"dataframe_records": [full], "params": None})
    for number in range(19):
        yield "answers", f"answer {number}", JSON, json.dumps({"instances": [number]})


def asked(url: str, kind: str, body: str) -> tuple[int, str]:
    """Status and body of an answer."""
    request = urllib.request.Request(f"{url}/invocations", body.encode(), {"content-type": kind})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@contextlib.contextmanager
def served(model: Path) -> Iterator[str]:
    """MLflow's own server of a model."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    command = [
        Path(sys.executable).parent / "mlflow",
        "models",
        "serve",
        "-m",
        str(model),
        "--env-manager",
        "local",
        "-p",
        str(port),
    ]
    quiet = {
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "true",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(
            command, stdout=log, stderr=log, env={**os.environ, **quiet}, start_new_session=True
        ) as process,
    ):
        try:
            url = f"http://127.0.0.1:{port}"
            deadline = time.monotonic() + 120
            while time.monotonic() < deadline:
                with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/ping", timeout=2):
                    break
                time.sleep(0.2)
            yield url
        finally:
            os.killpg(process.pid, 15)


def shortened(status: int, text: str) -> object:
    """What of an answer has to be the same: predictions, or the code of an error."""
    try:
        content = json.loads(text)
    except ValueError:
        return None
    if status == 200:
        return content
    return {"error_code": content.get("error_code")} if isinstance(content, dict) else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="keep the answers")
    arguments = parser.parse_args()
    import scoring_models

    found = []
    with tempfile.TemporaryDirectory() as space:
        folder = Path(space)
        scoring_models.save("mlflow", folder)
        scoring_models.save_python(folder)
        if arguments.write:
            import shutil

            for name in ("typed", "answers"):
                shutil.copytree(folder / name, HERE / "models" / name, dirs_exist_ok=True)
        for model in scoring_models.NAMES:
            with served(folder / model) as url:
                for name, about, kind, body in questions():
                    if name == model:
                        status, text = asked(url, kind, body)
                        found.append(
                            {
                                "model": model,
                                "about": about,
                                "type": kind,
                                "body": body,
                                "status": status,
                                "answer": shortened(status, text),
                            }
                        )
    if arguments.write:
        lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in found)
        RECORD.write_text(f"[\n{lines}\n]\n", "utf-8")
        print(f"{len(found)} pairs kept")
        return
    known = json.loads(RECORD.read_text("utf-8"))
    differing = [(old, new) for old, new in zip(known, found, strict=True) if json.dumps(old) != json.dumps(new)]
    for old, new in differing:
        print(f"{new['model']}, {new['about']}: {new['status']} {new['answer']}, kept: {old['status']} {old['answer']}")
    print(f"{len(found)} questions, {len(differing)} answered otherwise than kept")
    sys.exit(bool(differing))


if __name__ == "__main__":
    main()
