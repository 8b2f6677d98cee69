"""Models: logged, found by every kind of URI, loaded, registered, checked."""

from pathlib import Path
from typing import Any

import pytest

import hito

sklearn = pytest.importorskip("sklearn")
pytest.importorskip("skops")
pandas = pytest.importorskip("pandas")

import hito.pyfunc  # noqa: E402
import hito.sklearn  # noqa: E402


@pytest.fixture(scope="module")
def fitted() -> tuple[Any, Any]:
    from sklearn.datasets import load_iris
    from sklearn.ensemble import RandomForestClassifier

    data = load_iris(as_frame=True)
    return RandomForestClassifier(5, random_state=0).fit(data.data, data.target), data.data


def _same(one: Any, other: Any, frame: Any) -> bool:
    return bool((one.predict(frame) == other.predict(frame)).all())


def test_a_model_is_found_by_every_kind_of_uri(tracking: str, fitted: tuple[Any, Any], tmp_path: Path) -> None:
    model, frame = fitted
    name = f"forest {tmp_path.name}"
    with hito.start_run() as run:
        hito.log_param("trees", 5)
        info = hito.sklearn.log_model(model, "forest", input_example=frame[:3], registered_model_name=name)
    client = hito.MlflowClient()
    client.transition_model_version_stage(name, 1, "Production")
    client.set_registered_model_alias(name, "best", 1)
    folder = hito.artifacts.download_artifacts(info.model_uri, dst_path=str(tmp_path / "copy"))
    for uri in (
        info.model_uri,
        f"runs:/{run.info.run_id}/forest",
        f"models:/{name}/1",
        f"models:/{name}/production",
        f"models:/{name}/latest",
        f"models:/{name}@best",
        folder,
        Path(folder).as_uri(),
    ):
        assert _same(hito.sklearn.load_model(uri), model, frame), uri
        assert _same(hito.pyfunc.load_model(uri), model, frame), uri
    logged = hito.get_logged_model(str(info.model_id))
    assert (logged.name, logged.status, logged.params) == ("forest", "LOGGED_MODEL_READY", {"trees": "5"})
    assert logged.source_run_id == run.info.run_id
    assert [one.model_id for one in hito.get_run(run.info.run_id).outputs.model_outputs] == [info.model_id]
    assert info.signature is not None
    assert hito.models.get_model_info(f"models:/{name}/1").signature == info.signature
    last = hito.last_logged_model()
    assert last is not None
    assert last.model_id == info.model_id


def test_metrics_of_the_same_step_are_the_models(tracking: str, fitted: tuple[Any, Any]) -> None:
    model, _ = fitted
    with hito.start_run():
        hito.log_metric("before", 0.5)
        hito.log_metric("curve", 1, step=3)
        info = hito.sklearn.log_model(model, name="forest")
        hito.log_metric("after", 0.7)
    metrics = {one.key: one.value for one in hito.get_logged_model(str(info.model_id)).metrics}
    assert metrics == {"before": 0.5, "after": 0.7}


def test_a_version_whose_files_were_changed_is_refused(fitted: tuple[Any, Any], tmp_path: Path) -> None:
    model, frame = fitted
    with hito.start_run():
        info = hito.sklearn.log_model(model, name="forest", registered_model_name="kept")
    assert _same(hito.sklearn.load_model("models:/kept/1"), model, frame)
    stored = next((tmp_path / ".hito").rglob("model.skops"))
    stored.write_bytes(stored.read_bytes() + b" ")
    for uri in ("models:/kept/1", info.model_uri):
        with pytest.raises(hito.HitoError, match="digest"):
            hito.sklearn.load_model(uri)


def test_register_model_takes_a_runs_model(tracking: str, fitted: tuple[Any, Any], tmp_path: Path) -> None:
    model, _ = fitted
    name = f"registered {tmp_path.name}"
    with hito.start_run() as run:
        info = hito.sklearn.log_model(model, name="forest")
    first = hito.register_model(f"runs:/{run.info.run_id}/forest", name, tags={"by": "hand"})
    second = hito.register_model(info.model_uri, name)
    assert (first.version, second.version) == ("1", "2")
    assert first.tags["by"] == "hand"
    assert first.run_id == run.info.run_id
    assert first.tags["hito.digest"] == second.tags["hito.digest"]
    hito.set_model_version_tag(name, "2", "checked", "yes")
    found = hito.search_model_versions(filter_string=f"name = '{name}'")
    assert sorted(one.version for one in found) == ["1", "2"]
    assert [one.name for one in hito.search_registered_models(filter_string=f"name = '{name}'")] == [name]


def test_a_model_that_cannot_be_saved_is_marked_failed(tracking: str) -> None:
    with hito.start_run(), pytest.raises(hito.HitoError):
        hito.sklearn.log_model(lambda: 1, name="wrong")
    found = hito.search_logged_models(output_format="list")
    assert [one.status for one in found] == ["LOGGED_MODEL_UPLOAD_FAILED"]


def test_without_a_run_a_model_belongs_to_the_experiment(tracking: str, fitted: tuple[Any, Any]) -> None:
    model, frame = fitted
    info = hito.sklearn.log_model(model, name="alone", params={"a": 1}, tags={"b": 2})
    assert hito.active_run() is None
    logged = hito.get_logged_model(str(info.model_id))
    assert (logged.source_run_id, logged.params, logged.tags["b"]) == (None, {"a": "1"}, "2")
    assert _same(hito.sklearn.load_model(info.model_uri), model, frame)


def test_a_model_kept_with_its_run_is_found_there(fitted: tuple[Any, Any], tmp_path: Path, tracking: str) -> None:
    """What MLflow 2 did, and what hito does when no server answers."""
    model, frame = fitted
    hito.sklearn.save_model(model, tmp_path / "saved")
    with hito.start_run() as run:
        hito.log_artifacts(tmp_path / "saved", "forest")
    uri = f"runs:/{run.info.run_id}/forest"
    assert _same(hito.sklearn.load_model(uri), model, frame)
    version = hito.register_model(uri, f"old {tmp_path.name}")
    assert _same(hito.sklearn.load_model(f"models:/{version.name}/1"), model, frame)


def test_a_python_model_is_read_only_by_those_who_trust_it(tracking: str) -> None:
    pytest.importorskip("cloudpickle")

    def double(frame: Any) -> Any:
        return frame * 2

    info = hito.pyfunc.log_model(name="double", python_model=double, serialization_format="cloudpickle")
    with pytest.raises(hito.HitoError, match="trust_pickle"):
        hito.pyfunc.load_model(info.model_uri)
    loaded = hito.pyfunc.load_model(info.model_uri, trust_pickle=True)
    assert list(loaded.predict(pandas.DataFrame({"a": [1, 2]}))["a"]) == [2, 4]


def test_a_signature_can_be_set_later(tracking: str, fitted: tuple[Any, Any]) -> None:
    model, frame = fitted
    info = hito.sklearn.log_model(model, name="forest", registered_model_name=f"later {info_name(tracking)}")
    signature = hito.models.infer_signature(frame, model.predict(frame))
    hito.models.set_signature(info.model_uri, signature)
    assert hito.models.get_model_info(info.model_uri).signature == signature
    assert _same(hito.sklearn.load_model(info.model_uri), model, frame)
    with pytest.raises(hito.HitoError, match="does not change"):
        hito.models.set_signature(f"models:/later {info_name(tracking)}/1", signature)


def info_name(tracking: str) -> str:
    return tracking[:4]


def test_external_and_active_models(tracking: str) -> None:
    made = hito.create_external_model("elsewhere", params={"a": "1"})
    assert (made.status, made.tags["mlflow.model.isExternal"]) == ("LOGGED_MODEL_READY", "true")
    with hito.start_run():
        with hito.set_active_model(name="elsewhere") as model:
            assert model.model_id == made.model_id == hito.get_active_model_id()
            hito.log_model_params({"b": "2"})
            hito.log_metric("x", 3, step=4)
        assert hito.get_active_model_id() is None
    found = hito.get_logged_model(made.model_id)
    assert found.params == {"a": "1", "b": "2"}
    assert [(one.key, one.value) for one in found.metrics] == [("x", 3.0)]


@pytest.mark.parametrize("uri", ["models:/", "models:/name", "models:/name/word", "runs:/", "models:/name/1/"])
def test_uris_that_name_nothing_are_refused(uri: str) -> None:
    with pytest.raises(hito.HitoError):
        hito.sklearn.load_model(uri)
