"""`hito run`: a script that knows nothing of hito is followed."""

import os
import subprocess
import sys
from pathlib import Path

import hito

SOURCE = Path(__file__).resolve().parent.parent.parent / "src"
SCRIPT = """
import sys
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
assert __name__ == "__main__" and sys.argv[1:] == ["--depth", "3"]
LogisticRegression(max_iter=500).fit(*load_iris(return_X_y=True))
sys.exit(CODE)
"""


def follow(folder: Path, code: int) -> subprocess.CompletedProcess[str]:
    (folder / "train.py").write_text(SCRIPT.replace("CODE", str(code)))
    command = [
        sys.executable,
        "-m",
        "hito.cli.main",
        "run",
        "--experiment",
        "e",
        "--no-models",
        "train.py",
        "--depth",
        "3",
    ]
    path = os.pathsep.join([str(SOURCE), os.environ.get("PYTHONPATH", "")])
    env = {**os.environ, "PYTHONPATH": path, "MPLBACKEND": "Agg"}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=120, check=False)


def test_a_script_is_logged_and_ends_with_its_own_code(tmp_path: Path) -> None:
    done = follow(tmp_path, 3)
    assert done.returncode == 3, done.stderr
    (run,) = hito.search_runs(experiment_names=["e"], output_format="list")
    assert (run.info.run_name, run.info.status) == ("train", "FAILED")
    assert "training_roc_auc" in run.data.metrics
    assert run.data.params["max_iter"] == "500"
