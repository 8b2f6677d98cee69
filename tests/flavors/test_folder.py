"""What lies in a model's folder beside the model: MLmodel, environment, example, code, and the digest of all."""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from hito.core.errors import AlreadyExists, InvalidArgument, NotFound
from hito.core.signature import Column, Scalar
from hito.flavors import environment, example, mlmodel
from hito.flavors import sklearn as sklearn_flavor
from hito.flavors.digest import digest, verify
from hito.flavors.mlmodel import Origin

FRAME = pd.DataFrame({"a": [0.5, 1.5, 2.5, 3.5], "b": [1, 2, 3, 5]})
MODEL = LogisticRegression().fit(FRAME, [0, 1, 0, 1])


def test_a_folder_says_what_the_contract_asks_for(tmp_path: Path) -> None:
    origin = Origin(model_id="m-" + "0" * 32, run_id="1" * 32, artifact_path="mlflow-artifacts:/0/models/m-0/artifacts")

    sklearn_flavor.save(MODEL, tmp_path / "model", input_example=FRAME.head(2), metadata={"by": "me"}, origin=origin)

    said = yaml.safe_load((tmp_path / "model/MLmodel").read_text())
    assert list(said) == sorted(said)
    assert set(said) == {
        "artifact_path", "flavors", "is_signature_from_type_hint", "metadata", "mlflow_version", "model_id",
        "model_size_bytes", "model_uuid", "prompts", "run_id", "saved_input_example_info", "signature",
        "type_hint_from_example", "utc_time_created",
    }  # fmt: skip
    assert said["mlflow_version"] == "3.17.2"
    assert said["model_id"] == said["model_uuid"] == origin.model_id
    assert json.loads(said["signature"]["inputs"])[1] == {"type": "long", "name": "b", "required": True}
    assert json.loads(said["signature"]["outputs"])[0]["tensor-spec"] == {"dtype": "int64", "shape": [-1]}
    assert said["flavors"]["python_function"]["loader_module"] == "mlflow.sklearn"
    assert said["flavors"]["sklearn"]["serialization_format"] == "skops"
    files = {path.name for path in (tmp_path / "model").iterdir()}
    assert files == {
        "MLmodel", "model.skops", "requirements.txt", "conda.yaml", "python_env.yaml", "input_example.json",
        "serving_input_example.json",
    }  # fmt: skip
    assert (tmp_path / "model").stat().st_mode & 0o077 == 0


def test_what_is_written_to_mlmodel_is_read_again(tmp_path: Path) -> None:
    written = sklearn_flavor.save(MODEL, tmp_path / "model", input_example=(FRAME, {"k": 1}), signature=False)
    read = mlmodel.read(tmp_path / "model")

    assert (read.flavors, read.example, read.size) == (written.flavors, written.example, written.size)
    assert read.signature is None


def test_a_folder_with_something_in_it_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine")

    with pytest.raises(AlreadyExists, match="not empty"):
        sklearn_flavor.save(MODEL, tmp_path)
    assert (tmp_path / "note.txt").read_text() == "mine"


@pytest.mark.parametrize(
    "text",
    [
        "flavors: !!python/object/apply:os.system [echo]",
        "a: &a [1]\nflavors: {x: *a}",
        "just a text",
        "flavors: 3",
        "flavors: {x: 3}",
        "\x00",
        "[" * 5000,
        "signature: {inputs: nonsense}\nflavors: {}",
    ],
)
def test_a_hostile_mlmodel_file_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "MLmodel").write_text(text)

    with pytest.raises(InvalidArgument):
        mlmodel.read(tmp_path)


def test_a_folder_without_mlmodel_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no MLmodel"):
        mlmodel.read(tmp_path)


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a/../../secret", 3, "", "link"])
def test_a_file_outside_the_folder_is_not_opened(tmp_path: Path, name: object) -> None:
    (tmp_path / "secret").write_text("s")
    (tmp_path / "model").mkdir()
    (tmp_path / "model/link").symlink_to(tmp_path / "secret")

    with pytest.raises(InvalidArgument):
        mlmodel.part(tmp_path / "model", name, "the model file")


def test_requirements_are_mlflows_line_and_the_imported_distributions_pinned() -> None:
    import sklearn

    lines = environment.requirements(["sklearn"])

    assert lines[0] == "mlflow==3.17.2"
    assert f"scikit-learn=={sklearn.__version__}" in lines
    assert f"numpy=={np.__version__}" in lines
    assert not any(line.startswith("pytest") for line in lines)


@pytest.mark.parametrize(
    "line",
    [
        "-r other.txt",
        "--index-url http://x",
        "pkg @ https://x/y.whl",
        "git+https://x",
        "./local",
        "a; rm -rf /",
        "a\nb",
        "-e .",
    ],
)
def test_a_requirement_that_is_an_option_or_an_address_is_refused(line: str) -> None:
    with pytest.raises(InvalidArgument, match="no plain requirement"):
        environment.checked([line])


@pytest.mark.parametrize(
    "line", ["numpy", "numpy==1.2.3", "a[b,c]>=1,<2", "torch==2.1+cpu", 'x>1; python_version < "3.12"']
)
def test_a_plain_requirement_is_taken(line: str) -> None:
    assert environment.checked([line, "", "# comment"]) == [line]


def test_requirements_given_win_over_those_found() -> None:
    assert environment.merged(["mlflow==3.17.2", "numpy==2"], None, ["numpy<3"]) == ["mlflow==3.17.2", "numpy<3"]
    assert environment.merged(["numpy==2"], ["pandas"], None) == ["mlflow==3.17.2", "pandas"]


def test_the_modules_of_a_pickle_are_found_without_opening_it() -> None:
    import cloudpickle

    space = {"__name__": "__main__"}
    exec("def f(x):\n    import pandas\n    return pandas.DataFrame(x)\n", space)

    found = environment.modules_in_pickle(cloudpickle.dumps((space["f"], MODEL)))

    assert {"pandas", "sklearn", "cloudpickle"} <= set(found)
    assert not set(found) & (sys.stdlib_module_names | {"pytest", "hypothesis"})


@pytest.mark.parametrize(
    ("data", "content", "request_body"),
    [
        (
            FRAME.head(1),
            {"columns": ["a", "b"], "data": [[0.5, 1]]},
            {"dataframe_split": {"columns": ["a", "b"], "data": [[0.5, 1]]}},
        ),
        (pd.DataFrame([[1, 2]]), {"data": [[1, 2]]}, {"dataframe_split": {"data": [[1, 2]]}}),
        (np.ones((1, 2)), [[1.0, 1.0]], {"inputs": [[1.0, 1.0]]}),
        ({"x": np.ones(2)}, {"x": [1.0, 1.0]}, {"inputs": {"x": [1.0, 1.0]}}),
        (["a"], ["a"], {"inputs": ["a"]}),
        ((["a"], {"k": 1}), {"inputs": ["a"], "params": {"k": 1}}, {"inputs": ["a"], "params": {"k": 1}}),
    ],
)
def test_an_example_is_saved_as_the_table_says(
    tmp_path: Path, data: object, content: object, request_body: object
) -> None:
    info = example.write(data, tmp_path)

    assert json.loads((tmp_path / "input_example.json").read_text()) == content
    assert json.loads((tmp_path / "serving_input_example.json").read_text()) == request_body
    model = mlmodel.MLmodel(flavors={}, example=info)
    read, _ = example.read(tmp_path, model)
    np.testing.assert_equal(_bare(read), _bare(example.split(data)[0]))


def _bare(data: object) -> object:
    return data.to_dict("list") if isinstance(data, pd.DataFrame) else data


def test_a_date_in_an_example_comes_back_as_a_date(tmp_path: Path) -> None:
    frame = pd.DataFrame({"day": pd.to_datetime(["2024-02-29"])})
    info = example.write(frame, tmp_path)
    signature = mlmodel.Signature(inputs=(Column(Scalar("datetime"), "day"),))

    read, _ = example.read(tmp_path, mlmodel.MLmodel(flavors={}, example=info, signature=signature))

    assert read["day"].iloc[0] == frame["day"].iloc[0]


@given(st.dictionaries(st.sampled_from(["a", "b", "ab", "c/d", "c/e"]), st.binary(max_size=5), min_size=1))
def test_two_folders_have_one_digest_only_if_they_hold_the_same(files: dict[str, bytes]) -> None:
    import tempfile

    def written(content: dict[str, bytes]) -> str:
        with tempfile.TemporaryDirectory() as folder:
            for name, body in content.items():
                path = Path(folder, name)
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(body)
            return digest(Path(folder))

    assert written(files) == written(dict(reversed(files.items())))
    first = next(iter(files))
    assert written(files) != written({**files, first: files[first] + b"x"})
    assert written(files) != written({**files, "z": b""})


def test_a_changed_folder_is_found_out_and_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a")
    kept = digest(tmp_path)
    verify(tmp_path, kept)
    (tmp_path / "registered_model_meta").write_text("written by a client after download")
    verify(tmp_path, kept)

    (tmp_path / "file").write_text("b")
    with pytest.raises(InvalidArgument, match="changed since"):
        verify(tmp_path, kept)
    (tmp_path / "link").symlink_to("/etc/passwd")
    with pytest.raises(InvalidArgument, match="neither a file nor a folder"):
        digest(tmp_path)
