"""The same script under MLflow 3.17 and under hito: every name that MLflow logs is there, with the same value."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SCRIPT = HERE / "scripts" / "same_script.py"

ADDED_METRICS = re.compile(
    "training_.*"  # XGBoost's and LightGBM's scores on their training data
    "|(test|valid_1)_(precision|recall|f1|accuracy)_score|(test|valid_1)_(log_loss|roc_auc)"  # … and evaluation sets
    "|held_out_.*|out_of_fold_.*"
    "|(best_)?(mean|std|ci95_low|ci95_high)_test_.*|test_(f1|accuracy)"  # folds: as steps, and their interval
)
ADDED_FILES = re.compile(
    "hito|requirements.txt|console.txt"  # what every run of hito has
    r"|feature_importances\.(json|png)|out_of_fold_.*|evaluation"
    r"|(calibration|lift|precision_recall|roc)_curve_plot.png|confusion_matrix.png|shap_.*_plot.png|report.html"
    r"|(training|held_out|test|valid_1)_(confusion_matrix|roc_curve|precision_recall_curve).*"
)
ADDED_TO_BOOSTERS = "params of the estimator that its engine is not given, and tags estimator_name and estimator_class"
TIMES = re.compile("(mean|std)_(fit|score)_time|rank_test_.*")


def python() -> str:
    given = os.environ.get("HITO_CLIENT_317")
    path = Path(given) if given else ROOT / ".venvs" / "mlflow-3.17" / "bin" / "python"
    if not path.exists():
        pytest.skip("MLflow's client is not here: `make clients` builds it, or HITO_CLIENT_317 names it")
    return str(path)


def run(interpreter: str, library: str, uri: str, folder: Path, **env: str) -> Any:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("MLFLOW_", "HITO_"))}
    quiet = {
        "MPLBACKEND": "Agg",
        "OMP_NUM_THREADS": "1",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "GIT_PYTHON_REFRESH": "quiet",
    }
    quiet |= {"MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false", "MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT": "1"}
    done = subprocess.run(
        [interpreter, str(SCRIPT), library, uri, "same names"],
        cwd=folder, env={**inherited, **quiet, **env}, capture_output=True, text=True, timeout=400, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
def test_every_name_that_mlflow_logs_is_logged(tmp_path: Path, hito_server: Any) -> None:
    pytest.importorskip("xgboost")
    pytest.importorskip("lightgbm")
    client = python()
    theirs = run(client, "mlflow", hito_server.url, tmp_path, PYTHONPATH="")
    path = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    once = {"HITO_AUTOLOG_SECONDS": "0.1"}  # the first evaluation has all that belongs to it, the others their scores
    ours = run(sys.executable, "hito", "", tmp_path, PYTHONPATH=path, HITO_HOME=str(tmp_path / ".hito"), **once)
    assert len(theirs) == len(ours)
    for their, our in zip(theirs, ours, strict=True):
        boosted = their["tags"]["mlflow.autologging"] in ("xgboost", "lightgbm")
        assert {key: our["params"].get(key) for key in their["params"]} == their["params"]
        assert boosted or set(our["params"]) == set(their["params"]), ADDED_TO_BOOSTERS
        assert {key: our["tags"][key] for key, value in their["tags"].items() if value} == {
            key: value for key, value in their["tags"].items() if value
        }
        for name, value in their["metrics"].items():
            assert name in our["metrics"], (name, sorted(our["metrics"]))
            assert TIMES.fullmatch(name) or our["metrics"][name] == pytest.approx(value), name
        added = set(our["metrics"]) - set(their["metrics"])
        assert not [name for name in added if not ADDED_METRICS.fullmatch(name)]
        assert set(their["files"]) <= set(our["files"])
        assert not [name for name in set(our["files"]) - set(their["files"]) if not ADDED_FILES.fullmatch(name)]
        assert their["datasets"] == our["datasets"], their["tags"]
        assert their["models"] == our["models"]
