"""Datasets: names, digests, schemas, profiles."""

import json

import pytest

import hito

numpy = pytest.importorskip("numpy")
pandas = pytest.importorskip("pandas")


def test_a_frame_is_described_and_logged(tracking: str) -> None:
    frame = pandas.DataFrame({"a": [1, 2, 3], "b": ["x", "y", None]})
    dataset = hito.data.from_pandas(frame, source="https://user:secret@example.org/wine.csv", name="wine", targets="a")
    with hito.start_run() as run:
        hito.log_input(dataset, context="training", tags={"part": "1"})
        hito.log_metric("loss", 1, dataset=dataset)
    (found,) = hito.get_run(run.info.run_id).inputs.dataset_inputs
    assert (found.dataset.name, found.dataset.digest) == ("wine", dataset.digest)
    assert json.loads(found.dataset.source) == {"url": "https://example.org/wine.csv"}
    assert found.dataset.source_type == "http"
    assert json.loads(found.dataset.profile or "") == {
        "num_rows": 3,
        "num_elements": 6,
        "columns": [
            {"name": "a", "missing": 0, "mean": 2.0, "std": 1.0, "min": 1.0, "max": 3.0},
            {"name": "b", "missing": 1, "distinct": 2},
        ],
    }
    assert [column["name"] for column in json.loads(found.dataset.schema or "")["mlflow_colspec"]] == ["a", "b"]
    assert {tag.key: tag.value for tag in found.tags} == {"part": "1", "mlflow.data.context": "training"}
    (point,) = hito.MlflowClient().get_metric_history(run.info.run_id, "loss")
    assert point.value == 1.0


def test_arrays_are_described() -> None:
    dataset = hito.data.from_numpy(numpy.zeros((3, 2)), targets=numpy.ones(3))
    assert dataset.profile == {
        "features_shape": [3, 2], "features_size": 6, "features_nbytes": 48,
        "targets_shape": [3], "targets_size": 3, "targets_nbytes": 24,
    }  # fmt: skip
    assert set(json.loads(dataset.to_dict()["schema"])["mlflow_tensorspec"]) == {"features", "targets"}
    named = hito.data.from_numpy({"u": numpy.zeros((3, 2)), "v": numpy.zeros(3)})
    assert named.profile["features_shape"] == {"u": [3, 2], "v": [3]}
    assert dataset.source_type == "code"


def test_odd_columns_are_described_as_far_as_they_can_be() -> None:
    frame = pandas.DataFrame({"lists": [[1], [2]], "nothing": [numpy.nan, numpy.nan], "endless": [1.0, numpy.inf]})
    frame = pandas.concat([frame, frame[["nothing"]]], axis=1)  # two columns of one name
    assert hito.data.from_pandas(frame, source="x").profile["columns"] == [
        {"name": "lists", "missing": 0},
        {"name": "nothing", "missing": 2},
        {"name": "endless", "missing": 0, "min": 1.0},
        {"name": "nothing", "missing": 2},
    ]
    wide = pandas.DataFrame(numpy.zeros((2, 101)), columns=[str(one) for one in range(101)])
    assert hito.data.from_pandas(wide, source="x").profile["columns"] == []


def test_a_digest_tells_data_apart_and_is_the_same_for_the_same() -> None:
    frame = pandas.DataFrame({"a": range(30_000), "b": [[1]] * 30_000})
    same, first, last, renamed = frame.copy(), frame.copy(), frame.copy(), frame.rename(columns={"a": "c"})
    first.loc[0, "a"] = -1
    last.loc[29_999, "a"] = -1
    digests = [hito.data.from_pandas(one).digest for one in (frame, first, last, renamed, frame[:-1])]
    assert hito.data.from_pandas(same).digest == digests[0]
    assert len(set(digests)) == 5
    assert all(len(digest) == 8 for digest in digests)
    array = numpy.arange(6.0)
    shapes = [array, array.reshape(2, 3), array.astype("float32"), array[::-1]]
    assert len({hito.data.from_numpy(one).digest for one in shapes}) == 4


def test_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(hito.HitoError, match="targets column 'z'"):
        hito.data.from_pandas(pandas.DataFrame({"a": [1]}), targets="z")


def test_lists_of_different_lengths_are_refused(tracking: str) -> None:
    dataset = hito.data.from_numpy(numpy.zeros(2))
    with hito.start_run(), pytest.raises(hito.HitoError, match="same length"):
        hito.log_inputs([dataset], ["a", "b"], [None])
