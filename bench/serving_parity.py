"""Which models compile, and how equal their answers are proven to be: the table of docs/serving-parity.md.

    python bench/serving_parity.py                      the whole zoo, on the screen
    python bench/serving_parity.py --only Forest        those whose name holds it
    python bench/serving_parity.py --write docs/serving-parity.md

Each model is trained on the 569 tumours of scikit-learn's breast-cancer data (or its first columns), saved with a
signature, compiled as `hito models serve` would do it, and timed: one row and 10,000 rows, by either engine.
"""

import argparse
import os
import platform
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from sklearn import ensemble, linear_model, naive_bayes, neighbors, neural_network, pipeline, preprocessing, svm, tree
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV

from hito.flavors import lightgbm as lightgbm_flavor
from hito.flavors import pyfunc
from hito.flavors import sklearn as sklearn_flavor
from hito.flavors import xgboost as xgboost_flavor
from hito.flavors.infer import infer_signature
from hito.flavors.trust import Trust
from hito.serve import compiling, making
from hito.serve.engine import Engine
from hito.serve.form import wrapped

DATA, TARGET = load_breast_cancer(return_X_y=True, as_frame=True)
FLOWERS, SPECIES = load_iris(return_X_y=True, as_frame=True)
SIZE = DATA["mean area"] + 7 * DATA["mean texture"]


def zoo() -> Iterator[tuple[str, Callable[[Path], None]]]:
    """Names, and what saves the model of that name into a folder."""
    scaled = pipeline.make_pipeline

    def on(
        model: Any, data: Any = DATA, target: Any = TARGET, method: str = "predict", flavor: Any = sklearn_flavor
    ) -> Any:
        def save(folder: Path) -> None:
            model.fit(data, target)
            more = {"pyfunc_predict_fn": method} if method != "predict" else {}
            said = getattr(model, method)(data)
            example = data.head(50) if hasattr(data, "head") else data[:50]
            options = {"serialization_format": "cloudpickle"} if flavor is sklearn_flavor else {}
            flavor.save(model, folder, signature=infer_signature(data, said), input_example=example, **options, **more)

        return save

    yield "LogisticRegression", on(scaled(preprocessing.StandardScaler(), linear_model.LogisticRegression()))
    yield "LogisticRegression, three classes", on(linear_model.LogisticRegression(max_iter=5000), FLOWERS, SPECIES)
    yield (
        "LogisticRegression, predict_proba",
        on(linear_model.LogisticRegression(max_iter=5000), FLOWERS, SPECIES, "predict_proba"),
    )
    yield (
        "LogisticRegression, labels are texts",
        on(
            linear_model.LogisticRegression(max_iter=5000),
            FLOWERS,
            SPECIES.map({0: "setosa", 1: "versicolor", 2: "virginica"}),
        ),
    )
    yield (
        "SGDClassifier, log loss",
        on(scaled(preprocessing.StandardScaler(), linear_model.SGDClassifier(loss="log_loss", random_state=0))),
    )
    yield "RidgeClassifier", on(linear_model.RidgeClassifier())
    yield "LinearSVC", on(scaled(preprocessing.StandardScaler(), svm.LinearSVC()))
    yield "SVC", on(scaled(preprocessing.StandardScaler(), svm.SVC(random_state=0)))
    yield "SVC, three classes", on(svm.SVC(random_state=0), FLOWERS, SPECIES)
    yield (
        "SGDClassifier, hinge loss",
        on(scaled(preprocessing.StandardScaler(), linear_model.SGDClassifier(random_state=0))),
    )
    yield "SVR", on(scaled(preprocessing.StandardScaler(), svm.SVR()), DATA, SIZE)
    yield "LinearRegression", on(linear_model.LinearRegression(), DATA, SIZE)
    yield "Ridge", on(linear_model.Ridge(), DATA, SIZE)
    yield "Lasso", on(linear_model.Lasso(), DATA, SIZE)
    yield "ElasticNet, two targets", on(linear_model.ElasticNet(), DATA, np.column_stack([SIZE, DATA["mean area"]]))
    yield "GaussianNB", on(naive_bayes.GaussianNB())
    yield "KNeighborsClassifier", on(neighbors.KNeighborsClassifier())
    yield "MLPClassifier", on(scaled(preprocessing.StandardScaler(), neural_network.MLPClassifier(random_state=0)))
    yield (
        "MLPRegressor",
        on(scaled(preprocessing.StandardScaler(), neural_network.MLPRegressor(random_state=0)), DATA, SIZE),
    )
    yield "DecisionTreeClassifier", on(tree.DecisionTreeClassifier(random_state=0))
    yield "DecisionTreeRegressor", on(tree.DecisionTreeRegressor(random_state=0), DATA, SIZE)
    yield "RandomForestClassifier", on(ensemble.RandomForestClassifier(random_state=0, max_depth=10))
    yield (
        "RandomForestClassifier, predict_proba",
        on(ensemble.RandomForestClassifier(random_state=0), DATA, TARGET, "predict_proba"),
    )
    yield "RandomForestClassifier, three classes", on(ensemble.RandomForestClassifier(random_state=0), FLOWERS, SPECIES)
    yield "RandomForestRegressor", on(ensemble.RandomForestRegressor(random_state=0), DATA, SIZE)
    yield "ExtraTreesClassifier", on(ensemble.ExtraTreesClassifier(random_state=0))
    yield "ExtraTreesRegressor", on(ensemble.ExtraTreesRegressor(random_state=0), DATA, SIZE)
    yield "GradientBoostingClassifier", on(ensemble.GradientBoostingClassifier(random_state=0))
    yield "GradientBoostingRegressor", on(ensemble.GradientBoostingRegressor(random_state=0), DATA, SIZE)
    yield "HistGradientBoostingClassifier", on(ensemble.HistGradientBoostingClassifier(random_state=0))
    yield "HistGradientBoostingRegressor", on(ensemble.HistGradientBoostingRegressor(random_state=0), DATA, SIZE)
    yield "AdaBoostClassifier", on(ensemble.AdaBoostClassifier(random_state=0))
    yield "BaggingClassifier of trees", on(ensemble.BaggingClassifier(random_state=0))
    yield (
        "VotingClassifier, soft",
        on(
            ensemble.VotingClassifier(
                [("a", linear_model.LogisticRegression(max_iter=9999)), ("b", naive_bayes.GaussianNB())], voting="soft"
            )
        ),
    )
    yield (
        "StackingClassifier",
        on(
            ensemble.StackingClassifier(
                [("a", tree.DecisionTreeClassifier(max_depth=3)), ("b", naive_bayes.GaussianNB())]
            )
        ),
    )
    yield "CalibratedClassifierCV", on(CalibratedClassifierCV(ensemble.RandomForestClassifier(10, random_state=0)))
    yield "IsolationForest", on(ensemble.IsolationForest(random_state=0))
    yield "KMeans", on(KMeans(4, random_state=0, n_init=1))
    yield (
        "imputer, scaler, forest",
        on(
            scaled(SimpleImputer(), preprocessing.StandardScaler(), ensemble.RandomForestClassifier(20, random_state=0))
        ),
    )
    yield (
        "PCA, logistic regression",
        on(scaled(preprocessing.StandardScaler(), PCA(5), linear_model.LogisticRegression())),
    )
    yield "columns apart, logistic regression", on(
        scaled(
            ColumnTransformer([
                ("a", preprocessing.StandardScaler(), list(DATA.columns[:10])),
                ("b", preprocessing.MinMaxScaler(), list(DATA.columns[10:20])),
            ]),
            linear_model.LogisticRegression(),
        )
    )  # fmt: skip
    yield "GridSearchCV of a tree", on(GridSearchCV(tree.DecisionTreeClassifier(random_state=0), {"max_depth": [2, 4]}))
    yield (
        "RandomForestClassifier, 32-bit array",
        on(ensemble.RandomForestClassifier(20, random_state=0), DATA.to_numpy(np.float32), TARGET),
    )
    yield (
        "RandomForestClassifier, whole numbers",
        on(ensemble.RandomForestClassifier(20, random_state=0), DATA.mul(100).astype("int64"), TARGET),
    )

    import lightgbm
    import xgboost

    yield "XGBClassifier", on(xgboost.XGBClassifier(random_state=0), flavor=xgboost_flavor)
    yield (
        "XGBClassifier, three classes",
        on(xgboost.XGBClassifier(random_state=0), FLOWERS, SPECIES, flavor=xgboost_flavor),
    )
    yield "XGBRegressor", on(xgboost.XGBRegressor(random_state=0), DATA, SIZE, flavor=xgboost_flavor)
    yield "XGBRFClassifier", on(xgboost.XGBRFClassifier(random_state=0), flavor=xgboost_flavor)
    yield "scaler, XGBClassifier", on(scaled(preprocessing.StandardScaler(), xgboost.XGBClassifier(random_state=0)))

    def booster(folder: Path) -> None:
        trained = xgboost.train({"objective": "binary:logistic"}, xgboost.DMatrix(DATA, TARGET), 50)
        signature = infer_signature(DATA, trained.predict(xgboost.DMatrix(DATA)))
        xgboost_flavor.save(trained, folder, signature=signature, input_example=DATA.head(50))

    yield "XGBoost's own Booster", booster
    quiet = {"verbosity": -1, "random_state": 0}
    plain = DATA.rename(columns=lambda name: name.replace(" ", "_"))
    yield "LGBMClassifier", on(lightgbm.LGBMClassifier(**quiet), plain, flavor=lightgbm_flavor)
    yield (
        "LGBMClassifier, three classes",
        on(lightgbm.LGBMClassifier(**quiet), FLOWERS.set_axis(list("abcd"), axis=1), SPECIES, flavor=lightgbm_flavor),
    )
    yield "LGBMRegressor", on(lightgbm.LGBMRegressor(**quiet), plain, SIZE, flavor=lightgbm_flavor)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="those whose name holds it")
    parser.add_argument("--write", type=Path, help="write the page")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    lines = []
    for name, save in zoo():
        if arguments.only.lower() in name.lower():
            lines.append(line(name, save))
            print(lines[-1], flush=True)
    if arguments.write:
        arguments.write.write_text(page(lines), "utf-8")


def line(name: str, save: Callable[[Path], None]) -> str:
    """One row of the table."""
    with tempfile.TemporaryDirectory() as space:
        folder, out = Path(space) / "model", Path(space) / "out"
        out.mkdir()
        save(folder)
        found = making.make(folder, out, trust_pickle=True)
        model = pyfunc.load(folder, trust=Trust(True))
        row = f"| {name} | {found.verdict} | "
        if found.verdict == "python":
            return row + f"| | | | | {found.reason.replace('|', '/')[:160]} |"
        engine, form = Engine.read(out, found), found.form
        assert form is not None
        rows = np.random.default_rng(0).uniform(0, 30, size=(10_000, form.count))
        many = wrapped(rows.round() if form.whole else rows, form)
        one = many[:1]
        times = [
            best(lambda: engine.ask(rows[:1]), 200) * 1e6, best(lambda: model.predict(one), 5) * 1e3,
            best(lambda: engine.ask(rows), 3) * 1e3, best(lambda: model.predict(many), 3) * 1e3,
        ]  # fmt: skip
        content = compiling.MODEL
        size = (out / content).stat().st_size / 1024
        said = [
            f"{found.rows:,} rows",
            f"{found.bits} bits",
            "ties counted" if found.votes else "",
            "NaN too" if found.nan else "",
        ]
        far = "0" if found.furthest == 0 else f"{found.furthest:.1e}"
        return (
            row + f"{far} | {times[0]:.0f} µs | {times[1]:.1f} ms | {times[2]:.0f} ms | {times[3]:.0f} ms | "
            f"{', '.join(one for one in said if one)}, {size:,.0f} kB |"
        )


def best(work: Callable[[], object], times: int) -> float:
    """The shortest of some runs, in seconds."""
    work()
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        spent.append(time.perf_counter() - began)
    return min(spent)


def page(lines: list[str]) -> str:
    """The whole page."""
    libraries = ("onnxruntime", "skl2onnx", "scikit-learn", "xgboost-cpu", "lightgbm")
    said = ", ".join(f"{name} {version(name)}" for name in libraries)
    compiled = sum("| python |" not in one for one in lines)
    return f"""# What compiles, and how equal it is

Made by `python bench/serving_parity.py --write docs/serving-parity.md`; edit that, not this. {compiled} of {len(lines)} compile.

`exact`: every answer of the proof is the Python model's, bit by bit. `within 1e-6`: the largest difference, relative to the
answer's size, is that small. `python`: no proof was found, so the Python model answers. The proof takes the model's input
example, rows that it was evaluated on, rows in the range of its splits, rows on both sides of every split (64-bit and
32-bit neighbours), numbers from 1e-300 to 1e20, and, where the model takes them, rows with NaN. How the proof goes:
[serving.md](serving.md).

Times are of one run on a machine of {os.cpu_count()} processors with nothing else to do
({platform.machine()}, Python {platform.python_version()}; {said}), one thread, the shortest of
some runs; the Python ones include the check of the signature, as serving needs it.

| model | verdict | furthest | 1 row, compiled | 1 row, Python | 10,000, compiled | 10,000, Python | |
|---|---|---:|---:|---:|---:|---:|---|
{chr(10).join(lines)}
"""


if __name__ == "__main__":
    main()
