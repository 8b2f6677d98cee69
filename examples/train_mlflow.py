"""Train two models with MLflow's own client, on real data, and promote the better forest to Production.

    export MLFLOW_TRACKING_URI=http://127.0.0.1:5000
    python examples/train_mlflow.py

The script knows nothing of hito: `import mlflow` is the official package, 2.22 or 3.x. It logs parameters, scores, a
confusion matrix and the model; registers both models; promotes the forest; finds it again by searching; loads it from
the registry; and makes sure that it predicts what it predicted before.
"""

import contextlib
import io
import logging
import os
import sys
import tempfile
import time
import warnings
from pathlib import Path

# Set before mlflow is imported, which reads them: no messages home, no progress bars.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("DO_NOT_TRACK", "true")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
warnings.filterwarnings("ignore")

import matplotlib  # noqa: E402

matplotlib.use("Agg")  # draws into files; there may be no screen

import cloudpickle  # noqa: E402
import mlflow  # noqa: E402
import mlflow.sklearn  # noqa: E402
import mlflow.xgboost  # noqa: E402
import sklearn  # noqa: E402
import xgboost  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from sklearn.datasets import load_breast_cancer  # noqa: E402
from sklearn.ensemble import RandomForestClassifier  # noqa: E402
from sklearn.metrics import (  # noqa: E402
    ConfusionMatrixDisplay,
    accuracy_score,
    f1_score,
    precision_score,
    recall_score,
)
from sklearn.model_selection import train_test_split  # noqa: E402
from xgboost import XGBClassifier  # noqa: E402

EXPERIMENT = "breast cancer"
FOREST = "RandomForestClassifier"
BOOST = "XGBClassifier"
IS_THREE = int(mlflow.__version__.split(".")[0]) >= 3
# What it takes to load a model, said here: left unsaid, MLflow loads the model once more in a process of its own to
# find out, which takes ten seconds. MLflow 3 wants to know how a forest is written; to 2.x, a pickle goes without saying.
FOREST_NEEDS = {
    "pip_requirements": [f"scikit-learn=={sklearn.__version__}", f"cloudpickle=={cloudpickle.__version__}"],
    **({"serialization_format": "cloudpickle"} if IS_THREE else {}),
}
BOOST_NEEDS = {"pip_requirements": [f"xgboost-cpu=={xgboost.__version__}"]}


def main() -> None:
    """Train, register, promote, find, load, compare, and say what to look at."""
    if "MLFLOW_TRACKING_URI" not in os.environ:
        sys.exit("Say where the server is: MLFLOW_TRACKING_URI=http://127.0.0.1:5000 python examples/train_mlflow.py")
    quiet()
    data = load_breast_cancer(as_frame=True)
    x_train, x_test, y_train, y_test = train_test_split(data.data, data.target, random_state=7, stratify=data.target)
    print(f"MLflow client {mlflow.__version__} → {mlflow.get_tracking_uri()}")
    print(f"Data: {data.data.shape[0]} tumours, {data.data.shape[1]} measures each; {len(x_test)} kept for the test.\n")
    mlflow.set_experiment(EXPERIMENT)

    forest = RandomForestClassifier(n_estimators=100, max_depth=10, random_state=7)
    boost = XGBClassifier(n_estimators=150, max_depth=4, learning_rate=0.1, random_state=7)
    rows = [
        train(FOREST, "RandomForest", forest, mlflow.sklearn, ("n_estimators", "max_depth"), FOREST_NEEDS,
              x_train, x_test, y_train, y_test),
        train(BOOST, "XGBoost", boost, mlflow.xgboost, ("n_estimators", "max_depth", "learning_rate"), BOOST_NEEDS,
              x_train, x_test, y_train, y_test),
    ]  # fmt: skip
    show(rows)

    version = promote(FOREST, rows[0]["version"])
    run_id = find_again(FOREST)
    loaded = mlflow.sklearn.load_model(f"models:/{FOREST}/Production")
    assert (loaded.predict(x_test) == forest.predict(x_test)).all(), "the model from the registry predicts otherwise"
    print(f"models:/{FOREST}/Production is version {version} of run {run_id[:8]}…")
    print(f"It was loaded back and gives the same answer for all {len(x_test)} tumours of the test.\n")
    point_to(run_id)


def train(name, folder, model, flavor, params, needs, x_train, x_test, y_train, y_test) -> dict:
    """One run: fit, score, log everything, register the model. Returns a row for the table."""
    began = time.perf_counter()
    with mlflow.start_run(run_name=name) as run:
        model.fit(x_train, y_train)
        predicted = model.predict(x_test)
        scores = {
            "accuracy": accuracy_score(y_test, predicted),
            "precision": precision_score(y_test, predicted),
            "recall": recall_score(y_test, predicted),
            "f1": f1_score(y_test, predicted),
        }
        for param in params:
            mlflow.log_param(param, getattr(model, param))
        for score, value in scores.items():
            mlflow.log_metric(score, value)
        with tempfile.TemporaryDirectory() as scratch:
            picture = Path(scratch) / f"confusion_matrix_{folder.lower()}.png"
            display = ConfusionMatrixDisplay.from_predictions(y_test, predicted, display_labels=["malignant", "benign"])
            display.figure_.savefig(picture, dpi=120, bbox_inches="tight")
            mlflow.log_artifact(str(picture))
        flavor.log_model(model, folder, **needs)
        with aside():
            version = mlflow.register_model(f"runs:/{run.info.run_id}/{folder}", name)
    return {"model": name, **scores, "version": version.version, "seconds": time.perf_counter() - began}


def promote(name: str, version: str) -> str:
    """Put this version into Production, and whatever was there into the archive."""
    client = MlflowClient()
    moved = client.transition_model_version_stage(name, version, "Production", archive_existing_versions=True)
    return moved.version


def find_again(name: str) -> str:
    """The newest run of that name with good scores, found by what was logged."""
    found = mlflow.search_runs(
        experiment_names=[EXPERIMENT],
        filter_string=f"run_name = '{name}' AND params.max_depth = '10' AND metrics.accuracy > 0.8",
        order_by=["start_time DESC"],
        max_results=1,
    )
    return found.run_id[0]


def show(rows: list[dict]) -> None:
    """The scores as a table."""
    print(f"{'model':<24}{'accuracy':>10}{'precision':>11}{'recall':>9}{'f1':>9}{'version':>9}{'seconds':>9}")
    for row in rows:
        print(
            f"{row['model']:<24}{row['accuracy']:>10.4f}{row['precision']:>11.4f}{row['recall']:>9.4f}"
            f"{row['f1']:>9.4f}{row['version']:>9}{row['seconds']:>9.1f}"
        )
    print()


def point_to(run_id: str) -> None:
    """What to look at next, in a browser and in a shell."""
    uri = mlflow.get_tracking_uri().rstrip("/")
    experiment = mlflow.get_experiment_by_name(EXPERIMENT).experiment_id
    search = f'{{"experiment_ids": ["{experiment}"], "filter": "metrics.f1 > 0.9", "order_by": ["metrics.f1 DESC"]}}'
    print("Look at it:")
    print(f"  all runs, on a page    {uri}")
    print("Ask for it:")
    print(f"  this run               curl '{uri}/api/2.0/mlflow/runs/get?run_id={run_id}'")
    print(f"  the best by f1         curl '{uri}/api/2.0/mlflow/runs/search' --json '{search}'")
    print(f"  what is in Production  curl '{uri}/api/2.0/mlflow/registered-models/get?name={FOREST}'")
    print(f"  its files              curl '{uri}/api/2.0/mlflow/artifacts/list?run_id={run_id}'")


def quiet() -> None:
    """Keep the client's hints off the screen: this output is for reading."""
    for name in ("mlflow", "mlflow.tracking", "mlflow.sklearn", "mlflow.models.model", "alembic"):
        logging.getLogger(name).setLevel(logging.ERROR)


@contextlib.contextmanager
def aside():
    """`register_model` prints what it did; the table below says it better."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


if __name__ == "__main__":
    main()
