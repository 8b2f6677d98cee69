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


def follow(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(SOURCE), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, "-m", "hito.cli.main", "run", "--experiment", "e", "--no-models", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "MPLBACKEND": "Agg"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_script_is_logged_and_ends_with_its_own_code(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SCRIPT.replace("CODE", "3"))
    done = follow(tmp_path, "train.py", "--depth", "3")
    assert done.returncode == 3, done.stderr
    (run,) = hito.search_runs(experiment_names=["e"], output_format="list")
    assert (run.info.run_name, run.info.status) == ("train", "FAILED")
    assert "training_roc_auc" in run.data.metrics
    assert run.data.params["max_iter"] == "500"
    assert run.data.tags["mlflow.source.name"] == "train.py"
    # The script is in no checkout; the one in which this command lives is not its source.
    assert not any(key.startswith("mlflow.source.git") for key in run.data.tags)


def test_a_module_or_file_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    for words in (("-m", "no.such.module"), ("-m", "nosuchmodule"), ("nothing.py",)):
        done = follow(tmp_path, *words)
        assert done.returncode == 2
        assert "there is no" in done.stderr
        assert "Traceback" not in done.stderr
