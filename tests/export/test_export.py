"""An exported model: a folder with all that serving it needs, whole or not there at all."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from sklearn.ensemble import RandomForestClassifier

from hito.cli.export import export
from hito.flavors import pyfunc, sklearn
from hito.flavors.digest import digest
from hito.flavors.infer import infer_signature
from hito.reproduce import environments, wheel


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    random = np.random.default_rng(0)
    table = pd.DataFrame(random.normal(size=(60, 2)), columns=["a", "b"])
    labels = (table["a"] > 0).astype(int)
    where = tmp_path_factory.mktemp("models") / "forest"
    forest = RandomForestClassifier(3, random_state=0).fit(table, labels)
    sklearn.save(forest, where, signature=infer_signature(table, labels))
    return where


def test_the_folder_holds_the_model_its_locked_packages_and_a_way_to_start_it(model, tmp_path):
    target = tmp_path / "forest"
    done = CliRunner().invoke(export, ["-m", str(model), "-o", str(target)])
    assert done.exit_code == 0, done.output

    assert digest(target / "model") == digest(model)
    assert {path.name for path in target.iterdir()} == {
        "README.md", "serve.sh", "Dockerfile", "requirements.txt", "wheels", "model",
    }  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == ["forest"]

    locked = (target / "requirements.txt").read_text()
    pins = re.findall(r"^([a-z0-9-]+)==\S+", locked, re.MULTILINE)
    assert {"scikit-learn", "skops", "granian", "onnxruntime", "msgspec"} <= set(pins)
    assert not {"mlflow", "hito"} & set(pins)
    assert locked.count("--hash=sha256:") >= len(pins)
    assert "://" not in locked

    subprocess.run(["sh", "-n", target / "serve.sh"], check=True)
    assert os.access(target / "serve.sh", os.X_OK)
    assert "--trust-pickle" not in (target / "serve.sh").read_text()
    assert f"python{sys.version_info.major}.{sys.version_info.minor}" in (target / "serve.sh").read_text()


def test_hitos_wheel_runs_where_it_is_installed(tmp_path):
    path = wheel.write(tmp_path)
    assert path.read_bytes() == wheel.write(tmp_path).read_bytes()  # the same hito, the same bytes

    place = tmp_path / "site"
    command = [
        environments.uv(),
        "pip",
        "install",
        "--quiet",
        "--offline",
        "--no-deps",
        "--target",
        str(place),
        str(path),
    ]
    subprocess.run(command, check=True)
    asked = "import hito, hito.cli.main as main; print(hito.__file__); main.main(['--version'])"
    found = subprocess.run(
        [sys.executable, "-c", asked], env={**os.environ, "PYTHONPATH": str(place)}, check=True, capture_output=True, text=True
    )  # fmt: skip
    assert str(place) in found.stdout
    with zipfile.ZipFile(path) as archive:
        assert not [name for name in archive.namelist() if "__pycache__" in name]


class Doubled:
    def predict(self, data):
        return data["a"] * 2


def test_a_model_that_runs_code_is_exported_only_when_trusted_and_says_so(tmp_path):
    pyfunc.save(Doubled(), tmp_path / "code", serialization_format="cloudpickle")
    asked = ["-m", str(tmp_path / "code"), "-o", str(tmp_path / "out")]

    refused = CliRunner().invoke(export, asked)
    assert (refused.exit_code, "trust" in refused.stderr, (tmp_path / "out").exists()) == (2, True, False)

    assert CliRunner().invoke(export, [*asked, "--trust-pickle"]).exit_code == 0
    assert "--trust-pickle" in (tmp_path / "out" / "serve.sh").read_text()
    assert '"--trust-pickle"' in (tmp_path / "out" / "Dockerfile").read_text()


def test_what_stands_in_the_way_is_named_and_stays(model, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    for target, says in (("full", "exists already"), ("no/where", "no folder")):
        failed = CliRunner().invoke(export, ["-m", str(model), "-o", str(tmp_path / target)])
        assert (failed.exit_code, says in failed.stderr) == (2, True), failed.output
    assert (tmp_path / "full" / "mine.txt").read_text() == "mine"


def test_requirements_that_name_an_address_are_refused(model, tmp_path):
    import shutil

    shutil.copytree(model, tmp_path / "model")
    with (tmp_path / "model" / "requirements.txt").open("a") as stream:
        stream.write("--index-url http://127.0.0.1/simple\n")
    failed = CliRunner().invoke(export, ["-m", str(tmp_path / "model"), "-o", str(tmp_path / "out")])
    assert (failed.exit_code, "no plain requirement" in failed.stderr) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
