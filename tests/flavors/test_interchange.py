"""Models cross over: what hito writes, MLflow loads, and the other way round, with equal predictions."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import mlflow_clients as clients
import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from hito.flavors import lightgbm as lightgbm_flavor
from hito.flavors import onnx as onnx_flavor
from hito.flavors import pyfunc, registry
from hito.flavors import sklearn as sklearn_flavor
from hito.flavors import xgboost as xgboost_flavor
from hito.flavors.infer import infer_signature
from hito.flavors.trust import Trust

X = load_iris(as_frame=True).data.round(2)
y = load_iris().target

WRITE = """
import sys, pathlib, pandas, numpy, mlflow, mlflow.sklearn, mlflow.xgboost, mlflow.pyfunc, xgboost
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
folder = pathlib.Path(sys.argv[1]) / "theirs"
X, y = pandas.read_csv(folder / "input.csv"), numpy.loadtxt(folder / "target.csv").astype(int)
requirements = dict(pip_requirements=["mlflow"])
old = mlflow.__version__.startswith("2")
models = {
    "forest": RandomForestClassifier(10, random_state=0).fit(X, y),
    "logistic": LogisticRegression(max_iter=1000).fit(X, y),
}
for name, model in models.items():
    signature = mlflow.models.infer_signature(X, model.predict(X))
    formats = ["cloudpickle"] if old else ["cloudpickle", "skops"]
    for form in formats:
        more = dict(skops_trusted_types=["sklearn.tree._tree.Tree"]) if form == "skops" else {}
        mlflow.sklearn.save_model(model, str(folder / f"{name}-{form}"), signature=signature,
                                  serialization_format=form, **requirements, **more)
    numpy.savetxt(folder / f"{name}.csv", model.predict_proba(X))
booster = xgboost.train({"objective": "multi:softprob", "num_class": 3, "nthread": 1}, xgboost.DMatrix(X, y), 5)
mlflow.xgboost.save_model(booster, str(folder / "booster"), **requirements)
numpy.savetxt(folder / "booster.csv", booster.predict(xgboost.DMatrix(X)))
wrapped = xgboost.XGBClassifier(n_estimators=5, n_jobs=1).fit(X, y)
mlflow.xgboost.save_model(wrapped, str(folder / "xgbclassifier"), input_example=X.head(2), **requirements)
numpy.savetxt(folder / "xgbclassifier.csv", wrapped.predict_proba(X))
"""


WRITE_THE_REST = """
import logging, os, sys, warnings
os.chdir(os.path.join(sys.argv[1], "rest"))
warnings.filterwarnings("ignore"); logging.disable(logging.WARNING)
import lightgbm, mlflow.lightgbm, mlflow.onnx, numpy, onnx, pandas
from onnx import TensorProto, helper

X = pandas.DataFrame(numpy.random.RandomState(0).rand(100, 4), columns=list("abcd"))
X.to_csv("x.csv", index=False)
y = (X.a > X.b).astype(int)
requirements = dict(pip_requirements=["mlflow"])  # MLflow would start a process for each model to find them
booster = lightgbm.train({"objective": "binary", "verbosity": -1, "num_threads": 1}, lightgbm.Dataset(X, y), 5)
mlflow.lightgbm.save_model(booster, "booster", **requirements)
numpy.savetxt("booster.csv", booster.predict(X))
wrapped = lightgbm.LGBMClassifier(n_estimators=5, verbosity=-1, n_jobs=1).fit(X, y)
mlflow.lightgbm.save_model(wrapped, "wrapped", **requirements)
numpy.savetxt("wrapped.csv", wrapped.predict(X))
weights = numpy.arange(4, dtype="float32")
graph = helper.make_graph(
    [helper.make_node("MatMul", ["x", "w"], ["y"])], "g",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 4])],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 1])],
    [helper.make_tensor("w", TensorProto.FLOAT, [4, 1], weights.tolist())],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
mlflow.onnx.save_model(model, "onnx", **requirements)
numpy.savetxt("onnx.csv", X.values.astype("float32") @ weights)
"""

READ = """
import json, sys, pathlib, pandas, numpy, mlflow
folder = pathlib.Path(sys.argv[1]) / "ours"
X = pandas.read_csv(folder / "input.csv")
answers = {}
for path in sorted(folder.iterdir()):
    if (path / "MLmodel").exists():
        model = mlflow.pyfunc.load_model(str(path))
        answer = model.predict(X.astype("float32").values if "onnx" in path.name else X)
        answer = answer if not isinstance(answer, dict) else list(answer.values())[0]
        answers[path.name] = numpy.asarray(answer).ravel().tolist()
        assert mlflow.models.get_model_info(str(path)).signature is not None
print(json.dumps(answers))
"""


# As it would be typed in a notebook: cloudpickle keeps the code of what it cannot import.
DOUBLE = """
def double(model_input):
    return model_input.iloc[:, 0] * 2
"""


class Crossing(NamedTuple):
    """Models that went both ways between us and one generation of the client, in one process of its own."""

    version: str
    theirs: Path
    rest: Path
    expected: dict[str, Any]
    """What our models answered before they left."""
    answers: dict[str, list[float]]
    """What they answered over there."""


@pytest.fixture(scope="module", params=clients.CLIENTS)
def crossing(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Crossing:
    version = request.param
    clients.python_of(version)
    folder = tmp_path_factory.mktemp(f"crossing-{version}")
    ours, theirs, rest = (folder / name for name in ("ours", "theirs", "rest"))
    for place in (ours, theirs, rest):
        place.mkdir()
        X.to_csv(place / "input.csv", index=False)
        np.savetxt(place / "target.csv", y)
    expected = {**_leave(ours, version), **_leave_the_rest(ours, version)}
    printed = clients.run(version, WRITE + WRITE_THE_REST + READ, folder)
    return Crossing(version, theirs, rest, expected, json.loads(printed.splitlines()[-1]))


def _leave(folder: Path, version: str) -> dict[str, Any]:
    import xgboost

    forms = ["cloudpickle"] if version == "2.22" else ["cloudpickle", "skops"]  # MLflow 2 has no skops
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(X, y)
    forest = RandomForestClassifier(10, random_state=0).fit(X, y)
    signature = infer_signature(X, forest.predict(X))
    expected = {}
    for form in forms:
        for name, model in {"pipeline": pipeline, "forest": forest}.items():
            sklearn_flavor.save(model, folder / f"{name}-{form}", serialization_format=form, input_example=X.head(3))
            expected[f"{name}-{form}"] = model.predict(X)
    wrapped = xgboost.XGBClassifier(n_estimators=5, n_jobs=1).fit(X, y)
    xgboost_flavor.save(wrapped, folder / "xgbclassifier", input_example=X.head(3))
    expected["xgbclassifier"] = wrapped.predict(X)
    booster = xgboost.train({"objective": "reg:squarederror", "nthread": 1}, xgboost.DMatrix(X, y), 5)
    xgboost_flavor.save(booster, folder / "booster", signature=signature, model_format="json")
    expected["booster"] = booster.predict(xgboost.DMatrix(X))
    notebook: dict[str, Any] = {"__name__": "__main__"}
    exec(DOUBLE, notebook)
    pyfunc.save(notebook["double"], folder / "function", serialization_format="cloudpickle", input_example=X.head(2))
    return {**expected, "function": X.iloc[:, 0] * 2}


def _leave_the_rest(folder: Path, version: str) -> dict[str, Any]:
    import lightgbm
    from skl2onnx import to_onnx

    parameters = {"n_estimators": 5, "min_child_samples": 5, "verbose": -1, "n_jobs": 1}
    wrapped = lightgbm.LGBMClassifier(**parameters).fit(X, y)
    form = "pickle" if version == "2.22" else "skops"
    lightgbm_flavor.save(wrapped, folder / "lgbmclassifier", serialization_format=form, input_example=X.head(3))
    lightgbm_flavor.save(wrapped.booster_, folder / "lgbm-booster", input_example=X.head(3))
    logistic = LogisticRegression(max_iter=1000).fit(X, y)
    graph = to_onnx(logistic, X.head(1).values.astype(np.float32), options={"zipmap": False})
    onnx_flavor.save(graph, folder / "onnx", input_example=X.head(2).values.astype(np.float32))
    return {
        "lgbmclassifier": wrapped.predict(X),
        "lgbm-booster": wrapped.booster_.predict(X),
        "onnx": logistic.predict(X),
    }


@pytest.mark.slow
def test_mlflow_answers_as_we_do_with_the_models_that_we_wrote(crossing: Crossing) -> None:
    assert set(crossing.answers) == set(crossing.expected)
    for name, values in crossing.expected.items():
        np.testing.assert_allclose(crossing.answers[name], np.asarray(values).ravel(), rtol=1e-6, err_msg=name)


@pytest.mark.slow
def test_we_answer_as_mlflow_does_with_the_models_that_it_wrote(crossing: Crossing) -> None:
    import xgboost

    folder = crossing.theirs
    checked = 0
    for path in sorted(folder.iterdir()):
        if not (path / "MLmodel").exists():
            continue
        model = registry.load(path, trust=Trust(pickle="pickle" in path.name))
        expected = np.loadtxt(folder / f"{path.name.partition('-')[0]}.csv")
        found = model.predict(xgboost.DMatrix(X)) if path.name == "booster" else model.predict_proba(X)
        np.testing.assert_allclose(found, expected, rtol=1e-6)
        shuffled = X[X.columns[::-1]].assign(more="x") if path.name != "booster" else X
        face = pyfunc.load(path, trust=Trust(pickle="pickle" in path.name))
        assert len(face.predict(shuffled)) == len(X)
        checked += 1
    assert checked == (4 if crossing.version == "2.22" else 6)


@pytest.mark.slow
def test_we_read_lightgbm_and_onnx_as_mlflow_writes_them(crossing: Crossing) -> None:
    import pandas as pd

    folder = crossing.rest
    rows = pd.read_csv(folder / "x.csv")
    for name in ("booster", "wrapped", "onnx"):
        # MLflow 2.22 keeps LightGBM's wrappers as a pickle, which we open only because this test says so.
        face = pyfunc.load(folder / name, trust=Trust(pickle=name == "wrapped" and crossing.version == "2.22"))
        found = face.predict(rows.astype("float32") if name == "onnx" else rows)
        answer = next(iter(found.values())) if isinstance(found, dict) else found
        np.testing.assert_allclose(np.asarray(answer).ravel(), np.loadtxt(folder / f"{name}.csv"), rtol=1e-5, atol=1e-6)
