"""MLflow's scoring protocol: what `mlflow models serve` answered (scoring.json), and MLflow's own client as a caller."""

import json
import math
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from hito.connect import Client

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import scoring_models  # noqa: E402

PAIRS = json.loads((HERE / "scoring.json").read_text("utf-8"))
CLIENT = HERE.parents[1] / ".venvs" / "mlflow-3.17" / "bin" / "python"

DIFFERENT = {
    # A media type's letters may be small or capital (RFC 9110, 8.3.1).
    ("forest", "type in capitals"): (200, {"predictions": [0, 1]}),
    # MLflow reads no bytes from a text that is no base64, and the model answers to those.
    ("typed", "record with {'a_binary': '!'}"): (400, {"error_code": "BAD_REQUEST"}),
}
"""Questions that are answered otherwise than by MLflow, and why."""


@pytest.fixture(scope="module")
def served(tmp_path_factory, make_serving, compile_here):
    """All models of the record behind one server, each at its own route."""
    folder = tmp_path_factory.mktemp("scoring")
    scoring_models.save("hito", folder)
    uri = f"sqlite:///{folder / 'hito.db'}"
    client = Client(uri)
    experiment = client.create_experiment("scoring")
    for name in scoring_models.NAMES:
        run = client.create_run(experiment)
        place = folder / name if (folder / name).is_dir() else HERE / "models" / name
        compile_here(place)
        client.log_artifacts(run.info.run_id, place, "model")
        client.create_registered_model(name)
        client.create_model_version(name, f"runs:/{run.info.run_id}/model", run.info.run_id)
        client.set_registered_model_alias(name, "one", "1")
    return make_serving("--registry", "--trust-pickle", uri=uri)


@pytest.mark.parametrize("pair", PAIRS, ids=[f"{one['model']}: {one['about']}" for one in PAIRS])
def test_the_answer_is_mlflows(served, pair):
    answer = served.ask(
        f"/models/{pair['model']}/@one/invocations", pair["body"].encode(), {"content-type": pair["type"]}
    )
    expected = DIFFERENT.get((pair["model"], pair["about"]), (pair["status"], pair["answer"]))
    status, said = expected[0], expected[1]
    assert answer.status == status, answer.body[:500]
    if status == 200:
        assert same(answer.json, said), answer.body[:500]
    elif said is not None:
        assert answer.json["error_code"] == said["error_code"]


def same(a, b):
    """Equal, where NaN is NaN and a number may differ in its last bits (another order of a sum)."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, float) and isinstance(b, float | int):
        return math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-12) or (math.isnan(a) and math.isnan(b))
    return type(a) is type(b) and a == b


def test_mlflows_own_client_is_answered(served):
    """`mlflow.deployments` and `mlflow.models` write requests; here MLflow's own code does, and reads the answer."""
    code = """
import sys, json, urllib.request
import pandas as pd
from mlflow.pyfunc.scoring_server.client import ScoringServerClient
host, port = sys.argv[1].split(":")
client = ScoringServerClient(host=host, port=int(port))
client.url_prefix += "/models/forest/1"
print(json.dumps(client.invoke(pd.DataFrame({"c": [3.0], "a": [9.0], "b": [8.0]})).get_predictions().values.tolist()))
"""
    host = urlsplit(served.url).netloc
    done = subprocess.run([CLIENT, "-c", code, host], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1]) == [[1]]
