"""Runs: beginning, ending, going on, finding."""

import math
import os
from pathlib import Path

import pytest

import hito
from hito.fluent import runs


def test_a_run_keeps_what_was_logged_to_it(tracking: str) -> None:
    with hito.start_run(run_name="first", description="a note", tags={"team": "blue"}) as run:
        assert hito.log_param("depth", 5) == 5
        hito.log_params({"rate": 0.1, "kind": "tree"})
        hito.log_metric("loss", 0.5, step=1)
        hito.log_metric("loss", 0.25, step=2, timestamp=1_700_000_000_000)
        hito.log_metrics({"a": 1, "b": True}, step=3)
        hito.set_tag("key", 7)
        hito.set_tags({"one": "1", "two": "2"})
    found = hito.get_run(run.info.run_id)
    assert found.info.status == "FINISHED"
    assert found.info.run_name == "first"
    assert found.info.end_time is not None
    assert found.data.params == {"depth": "5", "rate": "0.1", "kind": "tree"}
    assert found.data.metrics == {"loss": 0.25, "a": 1.0, "b": 1.0}
    tags = found.data.tags
    assert tags["mlflow.note.content"] == "a note"
    assert (tags["team"], tags["key"], tags["one"], tags["two"]) == ("blue", "7", "1", "2")
    assert {"mlflow.user", "mlflow.source.name", "mlflow.source.type"} <= set(tags)
    history = hito.MlflowClient().get_metric_history(run.info.run_id, "loss")
    assert [(point.step, point.value) for point in history] == [(2, 0.25), (1, 0.5)]  # by time


def test_a_block_that_raises_ends_its_run_as_failed(tracking: str) -> None:
    with pytest.raises(ZeroDivisionError), hito.start_run() as run:
        _ = 1 / 0
    assert hito.get_run(run.info.run_id).info.status == "FAILED"
    assert hito.active_run() is None


def test_a_second_run_is_refused_unless_it_is_nested(tracking: str) -> None:
    with hito.start_run() as outer:
        with pytest.raises(hito.HitoError, match=f"{outer.info.run_id} is already active"):
            hito.start_run()
        with hito.start_run(nested=True) as inner:
            assert hito.active_run() is inner
        assert hito.active_run() is outer
    parent = hito.get_parent_run(inner.info.run_id)
    assert parent is not None
    assert parent.info.run_id == outer.info.run_id
    assert hito.get_parent_run(outer.info.run_id) is None


def test_a_run_may_be_a_child_of_one_that_has_ended(tracking: str) -> None:
    with hito.start_run() as first:
        pass
    with hito.start_run(parent_run_id=first.info.run_id) as second:
        pass
    assert hito.get_run(second.info.run_id).data.tags["mlflow.parentRunId"] == first.info.run_id


def test_a_run_is_gone_on_with_by_its_id(tracking: str) -> None:
    with hito.start_run() as first:
        hito.log_metric("x", 1)
    with hito.start_run(run_id=first.info.run_id) as again:
        assert again.info.run_id == first.info.run_id
        assert hito.get_run(first.info.run_id).info.status == "RUNNING"
        hito.log_metric("x", 2, step=1)
    found = hito.get_run(first.info.run_id)
    assert (found.info.status, found.data.metrics) == ("FINISHED", {"x": 2.0})


def test_a_deleted_run_is_not_gone_on_with(tracking: str) -> None:
    with hito.start_run() as first:
        pass
    hito.delete_run(first.info.run_id)
    with pytest.raises(hito.HitoError, match="deleted"):
        hito.start_run(run_id=first.info.run_id)
    hito.restore_run(first.info.run_id)
    with hito.start_run(run_id=first.info.run_id):
        pass


def test_the_environment_names_a_run_once(tracking: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with hito.start_run() as first:
        pass
    monkeypatch.setenv("MLFLOW_RUN_ID", first.info.run_id)
    monkeypatch.setattr(runs, "_TRIED", set())
    with hito.start_run() as again:
        assert again.info.run_id == first.info.run_id
    with hito.start_run() as other:
        assert other.info.run_id != first.info.run_id


def test_tags_come_from_the_environment(tracking: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_RUN_CONTEXT", '{"job": 12}')
    with hito.start_run() as run:
        pass
    assert hito.get_run(run.info.run_id).data.tags["job"] == "12"


def test_logging_without_a_run_begins_one(tracking: str) -> None:
    hito.log_metric("x", 1)
    run = hito.active_run()
    assert run is not None
    hito.end_run()
    assert hito.active_run() is None
    last = hito.last_active_run()
    assert last is not None
    assert (last.info.run_id, last.info.status, last.data.metrics) == (run.info.run_id, "FINISHED", {"x": 1.0})


def test_ending_without_a_run_does_nothing() -> None:
    hito.end_run()


def test_a_run_can_be_ended_inside_its_block(tracking: str) -> None:
    with hito.start_run() as run:
        hito.end_run("KILLED")
        with hito.start_run() as other:
            pass
    assert hito.get_run(run.info.run_id).info.status == "KILLED"
    assert hito.get_run(other.info.run_id).info.status == "FINISHED"


def test_another_value_for_a_param_is_refused(tracking: str) -> None:
    with hito.start_run():
        hito.log_param("depth", 5)
        hito.log_param("depth", 5)
        with pytest.raises(hito.HitoError, match="Changing param values is not allowed"):
            hito.log_param("depth", 6)


def test_values_that_are_no_numbers_are_refused_at_once(tracking: str) -> None:
    with hito.start_run() as run:
        for value in ("abc", None, [1, 2]):
            with pytest.raises(hito.HitoError, match="expected a number"):
                hito.log_metric("x", value)  # type: ignore[arg-type]
        hito.log_metric("nan", math.nan)
    assert math.isnan(hito.get_run(run.info.run_id).data.metrics["nan"])


def test_a_series_is_logged_with_one_call(tracking: str) -> None:
    numpy = pytest.importorskip("numpy")
    with hito.start_run() as run:
        hito.log_series("curve", numpy.linspace(0, 1, 1500), steps=range(10, 1510))
        hito.log_series("plain", [3, 2, 1])
        with pytest.raises(hito.HitoError, match="2 values, 1 steps"):
            hito.log_series("bad", [1, 2], [0])
    history = hito.MlflowClient().get_metric_history(run.info.run_id, "curve")
    assert len(history) == 1500
    assert (history[0].step, history[-1].step, history[-1].value) == (10, 1509, 1.0)
    assert hito.get_run(run.info.run_id).data.metrics == {"curve": 1.0, "plain": 1.0}


def test_values_go_to_another_run_by_its_id(tracking: str) -> None:
    with hito.start_run() as first:
        pass
    hito.log_metric("x", 4, run_id=first.info.run_id)
    hito.log_params({"late": 1}, run_id=first.info.run_id)
    hito.log_text("hello", "a/note.txt", run_id=first.info.run_id)
    assert hito.active_run() is None
    found = hito.get_run(first.info.run_id)
    assert (found.data.metrics, found.data.params) == ({"x": 4.0}, {"late": "1"})
    assert hito.artifacts.load_text(f"runs:/{first.info.run_id}/a/note.txt") == "hello"


def test_runs_are_found_as_a_frame_or_as_a_list(tracking: str) -> None:
    for depth in (3, 10):
        with hito.start_run(run_name=f"depth {depth}"):
            hito.log_param("depth", depth)
            if depth == 10:
                hito.log_metric("f1", 0.9)
    found = hito.search_runs(filter_string="params.depth = '10' AND metrics.f1 > 0.8", output_format="list")
    assert [run.info.run_name for run in found] == ["depth 10"]
    pytest.importorskip("pandas")
    frame = hito.search_runs(order_by=["params.depth ASC"])
    assert list(frame.columns[:6]) == ["run_id", "experiment_id", "status", "artifact_uri", "start_time", "end_time"]
    assert list(frame["params.depth"]) == ["10", "3"]
    assert math.isnan(frame["metrics.f1"][1])
    assert str(frame["start_time"].dt.tz) == "UTC"
    assert len(hito.search_runs(max_results=1)) == 1
    with pytest.raises(hito.HitoError, match="but not both"):
        hito.search_runs(experiment_ids=["0"], experiment_names=["a"])


def test_an_experiment_is_chosen_by_name_id_or_environment(tracking: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"chosen {os.getpid()} {tracking[:4]}"
    made = hito.create_experiment(name, tags={"a": "b"})
    assert hito.set_experiment(experiment_id=made).name == name
    with hito.start_run() as run:
        assert run.info.experiment_id == made
    hito.set_experiment_tag("c", "d")
    found = hito.get_experiment_by_name(name)
    assert found is not None
    assert found.tags == {"a": "b", "c": "d"}
    hito.delete_experiment(made)
    with pytest.raises(hito.HitoError, match="deleted"):
        hito.set_experiment(name)
    hito.restore_experiment(made)
    for given in ({}, {"experiment_name": "a", "experiment_id": "0"}):
        with pytest.raises(hito.HitoError, match="exactly one"):
            hito.set_experiment(**given)
    assert made in [one.experiment_id for one in hito.search_experiments()]


def test_the_environments_experiment_is_made_when_it_is_missing(tracking: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from hito.fluent import experiments

    name = f"from environment {os.getpid()} {tracking[:4]}"
    monkeypatch.setattr(experiments, "_chosen", experiments._Chosen())
    monkeypatch.setenv("HITO_EXPERIMENT_ID", "")
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", "")
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", name)
    with hito.start_run() as run:
        pass
    found = hito.get_experiment_by_name(name)
    assert found is not None
    assert run.info.experiment_id == found.experiment_id


def test_files_of_every_kind_are_kept(tracking: str, tmp_path: Path) -> None:
    numpy, _, _ = (pytest.importorskip(name) for name in ("numpy", "pandas", "PIL"))
    folder = tmp_path / "things"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text("a")
    (folder / "deep" / "b.txt").write_text("b")
    with hito.start_run() as run:
        hito.log_artifact(folder / "a.txt")
        hito.log_artifact(folder, "named")
        hito.log_artifacts(folder, "contents")
        hito.log_dict({"k": [1, 2]}, "d.json")
        hito.log_dict({"k": [1, 2]}, "d.yaml")
        hito.log_image(numpy.zeros((4, 4, 3), dtype="uint8"), "i.png")
        hito.log_table({"x": [1, 2]}, "t.json")
        hito.log_table({"x": [3]}, "t.json")
        assert hito.get_artifact_uri("t.json").endswith("/t.json")
        assert list(hito.load_table("t.json")["x"]) == [1, 2, 3]
    uri = f"runs:/{run.info.run_id}"
    assert {one.path for one in hito.artifacts.list_artifacts(uri)} == {
        "a.txt", "named", "contents", "d.json", "d.yaml", "i.png", "t.json",
    }  # fmt: skip
    assert hito.artifacts.load_dict(f"{uri}/d.json") == {"k": [1, 2]}
    assert hito.artifacts.load_image(f"{uri}/i.png").size == (4, 4)
    assert [
        one.path for one in hito.artifacts.list_artifacts(run_id=run.info.run_id, artifact_path="named/things")
    ] == [
        "named/things/a.txt",
        "named/things/deep",
    ]
    copied = hito.artifacts.download_artifacts(f"{uri}/contents", dst_path=str(tmp_path / "copy"))
    assert sorted(one.name for one in Path(copied).iterdir()) == ["a.txt", "deep"]
