"""People's scripts, run by MLflow's own clients against hito.

Each script in `scripts/` is one that a user could have written; it asserts what the client sees, and prints what it
made as JSON. The tests then look at the same things through REST, as another program would. The clients live in
environments of their own: `make clients` builds them, HITO_CLIENT_317 and HITO_CLIENT_222 name others.
To watch the same journeys on another server: JOURNEY_URL=http://127.0.0.1:5000 pytest tests/journeys
"""

import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CLIENTS = ("3.17", "2.22")
SCRIPTS = {path.stem: path for path in (HERE / "scripts").glob("*.py")} | {
    "train_mlflow": ROOT / "examples" / "train_mlflow.py"
}
QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MPLBACKEND": "Agg",
    "PYTHONWARNINGS": "ignore",
    # Finding out what a model needs, MLflow loads it in a process of its own, for ten seconds. That is not our subject.
    "MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT": "1",
    # A refusal that the client would repeat for minutes fails the journey instead.
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "OMP_NUM_THREADS": "1",
    "GIT_PYTHON_REFRESH": "quiet",
}


def python_of(client: str) -> str:
    """The interpreter that has this client."""
    given = os.environ.get(f"HITO_CLIENT_{client.replace('.', '')}")
    path = Path(given) if given else ROOT / ".venvs" / f"mlflow-{client}" / "bin" / "python"
    if not path.exists():
        pytest.fail(f"there is no {path}: `make clients` builds the environments of MLflow's clients")
    return str(path)


def _of_a_new_shell() -> dict[str, str]:
    """The environment without what other tests of this process left in it for children: an active run, an experiment."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "HITO_"))}


class Journeys:
    """Runs each script once for each client, the two clients side by side, and remembers what came of it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.pool = ThreadPoolExecutor(len(CLIENTS))
        self.begun: dict[tuple[str, str], Future[str]] = {}

    def output(self, script: str, client: str) -> str:
        """What the script printed. Both clients set out when the first is asked for."""
        for each in CLIENTS:
            if (script, each) not in self.begun:
                self.begun[script, each] = self.pool.submit(self._run, script, each, python_of(each))
        return self.begun[script, client].result()

    def outcome(self, script: str, client: str) -> Any:
        """The last line of what it printed, which is JSON."""
        return json.loads(self.output(script, client).splitlines()[-1])

    def name(self, script: str, client: str) -> str:
        """The name under which it works: of its experiment or its model."""
        return f"{script} {client.replace('.', '-')} {os.getpid()}"

    def get(self, endpoint: str, **query: Any) -> Any:
        """Ask the server."""
        with urllib.request.urlopen(f"{self.url}/api/2.0/mlflow/{endpoint}?{urlencode(query)}") as response:
            return json.load(response)

    def post(self, endpoint: str, body: Any) -> Any:
        """Ask the server with a body."""
        request = urllib.request.Request(
            f"{self.url}/api/2.0/mlflow/{endpoint}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request) as response:
            return json.load(response)

    def run(self, run_id: str) -> "RunSeen":
        """A run as REST shows it."""
        return RunSeen(self.get("runs/get", run_id=run_id)["run"])

    def files(self, run_id: str, path: str = "") -> set[str]:
        """The names of a run's files in one folder."""
        listed = self.get("artifacts/list", run_id=run_id, **({"path": path} if path else {}))
        return {file["path"] for file in listed.get("files", [])}

    def _run(self, script: str, client: str, python: str) -> str:
        folder = self.folder / f"{script} {client}"
        folder.mkdir()
        done = subprocess.run(
            [python, str(SCRIPTS[script]), self.name(script, client)],
            cwd=folder,
            env={**_of_a_new_shell(), **QUIET, "MLFLOW_TRACKING_URI": self.url, "HOME": str(folder)},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, f"{script} with MLflow {client}:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        return done.stdout


class RunSeen:
    """A run with its lists made into mappings."""

    def __init__(self, run: dict[str, Any]) -> None:
        self.info = run["info"]
        data = run["data"]
        self.params = {param["key"]: param["value"] for param in data.get("params", [])}
        self.tags = {tag["key"]: tag["value"] for tag in data.get("tags", [])}
        self.metrics = {metric["key"]: metric["value"] for metric in data.get("metrics", [])}
        self.datasets = run["inputs"].get("dataset_inputs", [])
        self.outputs = run["outputs"].get("model_outputs", [])


@pytest.fixture(scope="session")
def journeys(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journeys]:
    given = os.environ.get("JOURNEY_URL")
    url = given.rstrip("/") if given else request.getfixturevalue("hito_server").url
    made = Journeys(url, tmp_path_factory.mktemp("journeys"))
    yield made
    made.pool.shutdown(cancel_futures=True)


pytestmark = [pytest.mark.slow, pytest.mark.parametrize("client", CLIENTS)]


def test_the_first_script_of_every_user_runs_unchanged(journeys: Journeys, client: str) -> None:
    journeys.output("issue", client)
    versions = journeys.get("model-versions/search", filter="name = 'RandomForestClassifier'")["model_versions"]
    registered = ", ".join(f"'{version['run_id']}'" for version in versions)
    # Asked for by their ids: other tests leave runs of every age in the default experiment.
    asked = {"experiment_ids": ["0"], "filter": f"attributes.run_id IN ({registered})", "order_by": ["start_time DESC"]}
    run = journeys.run(journeys.post("runs/search", asked)["runs"][0]["info"]["run_id"])
    assert run.info["status"] == "FINISHED"
    assert run.params == {"n_estimators": "100", "max_depth": "10"}
    assert run.metrics.keys() == {"accuracy", "f1"}
    assert "confusion_matrix_rf.png" in journeys.files(run.info["run_id"])


def test_the_example_trains_promotes_and_loads_back(journeys: Journeys, client: str) -> None:
    output = journeys.output("train_mlflow", client)
    assert f"MLflow client {client}" in output
    assert "the same answer for all 143 tumours" in output
    assert "Warning" not in output
    latest = journeys.post(
        "registered-models/get-latest-versions", {"name": "RandomForestClassifier", "stages": ["Production"]}
    )["model_versions"]
    assert [version["current_stage"] for version in latest] == ["Production"]
    assert journeys.get("registered-models/get", name="XGBClassifier")["registered_model"]["latest_versions"]


def test_everything_that_is_logged_can_be_read_again(journeys: Journeys, client: str) -> None:
    made = journeys.outcome("tracking", client)
    run = journeys.run(made["run_id"])
    assert run.info["status"] == "FINISHED"
    assert run.params["layers"] == "[64, 32]"
    assert run.metrics["nan"] == "NaN"
    assert run.metrics["inf"] == 1.7976931348623157e308
    assert run.tags["señal"] == "ñandú 🚀"
    assert {data["dataset"]["name"] for data in run.datasets} == {"points", "grid"}
    assert journeys.files(made["run_id"], "tree/deeper") == {
        "tree/deeper/empty.bin", "tree/deeper/large.bin", "tree/deeper/one.txt",
    }  # fmt: skip
    found = journeys.post("runs/search", {"experiment_ids": [made["experiment_id"]], "filter": "metrics.score >= 0"})
    assert len(found["runs"]) == 3


def test_a_model_goes_through_the_registry_and_is_loaded_by_every_name(journeys: Journeys, client: str) -> None:
    made = journeys.outcome("registry", client)
    model = journeys.get("registered-models/get", name=made["name"])["registered_model"]
    assert model["description"] == "a model of four points"
    assert {version["current_stage"] for version in model["latest_versions"]} == {"Production", "Staging"}
    assert [(alias["alias"], alias["version"]) for alias in model["aliases"]] == [("champion", "1")]
    version = journeys.get("model-versions/get", name=made["name"], version="1")["model_version"]
    assert version["run_id"] == made["run_one"]
    assert made["source"].startswith("models:/m-" if client.startswith("3") else "mlflow-artifacts:/")


def test_training_logs_itself(journeys: Journeys, client: str) -> None:
    made = journeys.outcome("autolog", client)
    forest = journeys.run(made["runs"]["forest"])
    assert forest.params["n_estimators"] == "10"
    assert forest.tags["estimator_name"] == "RandomForestClassifier"
    assert forest.metrics["training_accuracy_score"] > 0.9
    # Scores of a later test belong to the run, though it was finished by then.
    assert forest.info["status"] == "FINISHED"
    assert {"RandomForestClassifier_score_X_test", "accuracy_score_X_test"} <= forest.metrics.keys()
    assert "training_confusion_matrix.png" in journeys.files(made["runs"]["forest"])

    inside = journeys.run(made["runs"]["inside"])
    assert inside.params["mine"] == "too"
    assert inside.params["n_estimators"] == "5"

    grid = journeys.run(made["runs"]["grid"])
    assert grid.params["best_n_estimators"] in {"3", "6"}
    assert "cv_results.csv" in journeys.files(made["runs"]["grid"])
    children = journeys.post(
        "runs/search",
        {
            "experiment_ids": [grid.info["experiment_id"]],
            "filter": f"tags.mlflow.parentRunId = '{made['runs']['grid']}'",
            "order_by": ["metrics.mean_test_score DESC"],
        },
    )["runs"]
    assert len(children) == 4
    assert {child["info"]["status"] for child in children} == {"FINISHED"}

    boost = journeys.run(made["runs"]["boost"])
    assert boost.params["max_depth"] == "3"
    assert "feature_importance_weight.json" in journeys.files(made["runs"]["boost"])
    train = journeys.run(made["runs"]["train"])
    assert train.params["num_boost_round"] == "40"
    assert {"train-logloss", "test-auc", "best_iteration", "stopped_iteration"} <= train.metrics.keys()
    curve = journeys.get("metrics/get-history", run_id=made["runs"]["train"], metric_key="test-logloss")["metrics"]
    steps = [point["step"] for point in curve]
    assert steps == sorted(steps)
    assert len(steps) >= made["rounds"]
    if client.startswith("3"):  # 2.x keeps models among the run's files
        assert len(train.outputs) == 1
        assert len(grid.outputs) == 2
    else:
        assert "model" in journeys.files(made["runs"]["train"])


def test_background_logging_errors_pages_and_logged_models(journeys: Journeys, client: str) -> None:
    made = journeys.outcome("client", client)
    background = journeys.run(made["background"])
    assert background.metrics["loss"] == 1 / 1000
    points = journeys.get("metrics/get-history", run_id=made["background"], metric_key="long")["metrics"]
    assert [point["step"] for point in points] == list(range(3000))
    if client.startswith("3"):
        model = journeys.get(f"logged-models/{made['model_id']}")["model"]
        assert model["info"]["status"] == "LOGGED_MODEL_READY"
        assert {metric["key"]: metric["run_id"] for metric in model["data"]["metrics"]} == dict.fromkeys(
            ("auc", "f1", "auc2"), made["run_id"]
        )
