"""A model that answers with another kind of thing for each number that it is asked, or fails."""

import datetime

import numpy as np
import pandas as pd

try:
    from mlflow.models import set_model
    from mlflow.pyfunc import PythonModel
except ModuleNotFoundError:
    from hito.pyfunc import PythonModel, set_model

KINDS = [
    lambda: np.array([1, 2, 3]),
    lambda: np.array([[0.1, 1e-7], [1e20, -0.0]]),
    lambda: [1, "two", None, [3.5]],
    lambda: pd.DataFrame({"x": [1, 2], "y": [0.5, None], "z": ["p", "q"]}),
    lambda: pd.DataFrame([[1, 2.5]]),
    lambda: pd.Series([1, 2]),
    lambda: {"a": np.array([1.5, 2.5]), "b": [True, False]},
    lambda: 7.25,
    lambda: np.array([np.nan, np.inf, -np.inf]),
    lambda: pd.DataFrame({"when": pd.to_datetime(["2024-01-02T03:04:05", "2025-06-07"])}),
    lambda: np.array(["a", "ü€"]),
    lambda: np.array([True, False]),
    lambda: np.float32(0.1),
    lambda: np.array([0.1, 0.2], dtype=np.float32),
    lambda: "text",
    lambda: [datetime.date(2024, 1, 2).isoformat()],
    lambda: 1 / 0,
    lambda: pd.Series([1.5, 2.5], name="score"),
    lambda: [{"a": 1}, {"b": [2]}],
]


class Answers(PythonModel):
    def predict(self, context, model_input, params=None):
        return KINDS[int(np.asarray(model_input).reshape(-1)[0])]()


set_model(Answers())
