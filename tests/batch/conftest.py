"""A forest on three columns, one of them whole numbers, saved once; the table it predicts."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier

from hito.flavors import pyfunc, sklearn
from hito.flavors.infer import infer_signature


@pytest.fixture(scope="session")
def table() -> pd.DataFrame:
    random = np.random.default_rng(7)
    return pd.DataFrame(
        {
            "id": [f"{number:05d}" for number in range(2_500)],
            "width": random.normal(size=2_500),
            "height": random.normal(size=2_500) * 1e-7,
            "count": random.integers(0, 9, 2_500),
        }
    )


@pytest.fixture(scope="session")
def folder(table: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    inputs = table[["width", "height", "count"]]
    labels = (table["width"] + table["count"] > 4).astype(int)
    model = RandomForestClassifier(n_estimators=8, max_depth=5, random_state=0).fit(inputs, labels)
    where = tmp_path_factory.mktemp("models") / "forest"
    sklearn.save(model, where, signature=infer_signature(inputs, labels))
    return where


@pytest.fixture
def model(folder: Path) -> pyfunc.Model:
    return pyfunc.load(folder)


@pytest.fixture
def expected(model: pyfunc.Model, table: pd.DataFrame) -> np.ndarray:
    return np.asarray(model.predict(table))
