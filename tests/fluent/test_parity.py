"""The same script, by MLflow's client and by ours, leaves the same in the store.

What is let differ is listed: what names the client's process, times and ids, and what hito adds of its own.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import pytest
import yaml

import hito

pytest.importorskip("pandas")
pytest.importorskip("PIL")

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
OURS_ALONE = {"console.txt", "hito", "requirements.txt"}
"""Files at the root of a run that only hito keeps."""
MAY_DIFFER = {
    "mlflow.source.git.commit": "MLflow's client reads it only where GitPython is installed",
    "mlflow.source.git.branch": "ours",
    "mlflow.source.git.repoURL": "ours",
    "mlflow.parentRunId": "an id",
}


def _mlflow() -> Path:
    given = os.environ.get("HITO_CLIENT_317")
    path = Path(given) if given else ROOT / ".venvs" / "mlflow-3.17" / "bin" / "python"
    if not path.exists():
        pytest.fail(f"there is no {path}: `make clients` builds the environments of MLflow's clients")
    return path


def _run(python: Path | str, module: str, experiment: str, url: str, folder: Path) -> Any:
    folder.mkdir()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("HITO_", "MLFLOW_"))}
    source = str(Path(hito.__file__).parent.parent) if module == "hito" else ""
    env = {
        **inherited,
        "PYTHONPATH": source,
        "MLFLOW_TRACKING_URI": url,
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
        "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
        "PYTHONWARNINGS": "ignore",
        "HITO_HOME": str(folder / ".hito"),
    }
    command = [str(python), str(HERE / "parity_script.py"), module, experiment]
    done = subprocess.run(command, env=env, cwd=folder, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def both(hito_server: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("parity")
    with ThreadPoolExecutor(2) as pool:
        theirs = pool.submit(_run, _mlflow(), "mlflow", f"parity mlflow {folder}", hito_server.url, folder / "theirs")
        ours = pool.submit(_run, sys.executable, "hito", f"parity hito {folder}", hito_server.url, folder / "ours")
        return {"url": hito_server.url, "mlflow": theirs.result(), "hito": ours.result()}


def _get(url: str, path: str) -> Any:
    with urlopen(f"{url}/api/2.0/mlflow/{path}") as answer:
        return json.load(answer)


def _stored(both: dict[str, Any], client: str, run: str) -> Any:
    return _get(both["url"], f"runs/get?run_id={both[client]['ids'][run]}")["run"]


@pytest.mark.parametrize("run", ["outer", "inner", "failed", "killed"])
def test_runs_params_metrics_and_tags_are_the_same(both: dict[str, Any], run: str) -> None:
    def shown(client: str) -> Any:
        stored = _stored(both, client, run)
        info, data = stored["info"], stored["data"]
        tags = {one["key"]: one.get("value", "") for one in data.get("tags", ())}
        return {
            "status": info["status"],
            "name": info["run_name"],
            "user": info["user_id"],
            "params": {one["key"]: one.get("value", "") for one in data.get("params", ())},
            "metrics": {
                one["key"]: (one["value"], one.get("step"), one["timestamp"]) for one in data.get("metrics", ())
            },
            "tags": {
                key: value for key, value in tags.items() if key not in MAY_DIFFER and not key.startswith("hito.")
            },
            "parent": "mlflow.parentRunId" in tags,
        }

    assert shown("hito") == shown("mlflow")


def test_inputs_are_the_same(both: dict[str, Any]) -> None:
    def shown(client: str) -> Any:
        found = _stored(both, client, "outer")["inputs"]["dataset_inputs"]
        for one in found:
            del one["dataset"]["digest"]  # another hash
            source = json.loads(one["dataset"]["source"])
            source["tags"] = {key: value for key, value in source["tags"].items() if key not in MAY_DIFFER}
            one["dataset"]["source"] = source
            one["dataset"]["schema"] = json.loads(one["dataset"]["schema"])
            one["dataset"]["profile"] = json.loads(one["dataset"]["profile"])
            one["dataset"]["profile"].pop("columns", None)  # ours tells what each column holds
            one["tags"].sort(key=lambda tag: str(tag["key"]))
        return sorted(found, key=lambda one: str(one["dataset"]["name"]))

    assert shown("hito") == shown("mlflow")


def test_files_are_the_same(both: dict[str, Any]) -> None:
    def shown(client: str) -> Any:
        run_id = both[client]["ids"]["outer"]
        found = {}
        waiting = [""]
        while waiting:
            folder = waiting.pop()
            listed = _get(both["url"], f"artifacts/list?run_id={run_id}&path={quote(folder)}")
            for one in listed.get("files", ()):
                if one["path"] in OURS_ALONE:
                    continue
                if one["is_dir"]:
                    waiting.append(one["path"])
                    continue
                with urlopen(f"{both['url']}/get-artifact?run_id={run_id}&path={quote(one['path'])}") as answer:
                    found[one["path"]] = answer.read()
        for name in ("settings.json", "table.json"):
            found[name] = json.loads(found[name])
        found["settings.yaml"] = yaml.safe_load(found["settings.yaml"])  # MLflow sorts keys; we keep their order
        found.pop("picture.png")  # the same picture, perhaps by another version of zlib
        return found

    assert shown("hito") == shown("mlflow")


def test_what_is_read_back_is_the_same(both: dict[str, Any]) -> None:
    ours, theirs = both["hito"]["found"], both["mlflow"]["found"]
    for found in (ours, theirs):
        found["columns"] = [name for name in found["columns"] if name.removeprefix("tags.") not in MAY_DIFFER]
    assert ours == theirs
