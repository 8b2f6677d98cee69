"""A folder of Parquet on a cluster: the same rows as without one."""

import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hito.batch import clusters
from hito.batch.clusters import pack_model, predict_folder, unpack
from hito.core.errors import InvalidArgument, NotFound
from hito.flavors import pyfunc
from hito.flavors.digest import digest
from hito.flavors.trust import Trust


@pytest.fixture(scope="module", autouse=True)
def a_cluster_of_this_machine() -> Iterator[None]:
    import ray

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, configure_logging=False)
        yield
        ray.shutdown()


@pytest.fixture
def parquet(table, tmp_path) -> Path:
    place = tmp_path / "in"
    place.mkdir()
    for part in range(3):
        table.iloc[part * 1_000 : (part + 1) * 1_000].to_parquet(place / f"part-{part}.parquet", index=False)
    return place


@pytest.mark.parametrize("engine", ["ray", "dask"])
def test_the_same_rows_come_out_in_the_same_order(engine, folder, parquet, table, expected, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Ray and Dask say of their own future
        count = predict_folder(
            engine, folder, str(parquet), str(tmp_path / "out"), keep=["id"], rows=400, trust=Trust()
        )
    files = sorted((tmp_path / "out").iterdir())
    assert [path.name for path in files] == ["part-0.parquet", "part-1.parquet", "part-2.parquet"]
    found = pd.concat([pd.read_parquet(path) for path in files], ignore_index=True)
    assert count == len(table) == len(found)
    assert list(found["id"]) == list(table["id"])
    assert np.array_equal(found["prediction"], expected)


@pytest.mark.parametrize("engine", ["ray", "dask"])
def test_input_that_does_not_fit_is_refused_in_our_words(engine, folder, table, tmp_path):
    (tmp_path / "in").mkdir()
    table.drop(columns="height").to_parquet(tmp_path / "in" / "part.parquet", index=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(InvalidArgument, match="height"):
            predict_folder(engine, folder, str(tmp_path / "in"), str(tmp_path / "out"), trust=Trust())

        assert not list((tmp_path / "out").iterdir())  # nothing half-made


def test_a_folder_without_parquet_is_refused_before_a_cluster_is_asked(folder, tmp_path):
    for place in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(NotFound):
            predict_folder("ray", folder, str(place), str(tmp_path / "out"), trust=Trust())


def test_a_model_travels_unchanged(folder, tmp_path):
    unpack(pack_model(folder), tmp_path)
    assert digest(tmp_path) == digest(folder)


def test_a_process_loads_a_model_once_however_many_threads_begin_with_it(folder, monkeypatch):
    loads = []

    def slowly(place, **_):
        loads.append(place)
        time.sleep(0.05)  # so that the others come meanwhile
        return object()

    monkeypatch.setattr(pyfunc, "load", slowly)
    monkeypatch.setattr(clusters, "_models", {})
    content = pack_model(folder)
    with ThreadPoolExecutor(4) as pool:
        models = list(pool.map(lambda _: clusters._loaded(content, Trust()), range(8)))
    assert len(loads) == 1
    assert len(set(map(id, models))) == 1
