"""Train two models with hito, on real data, evaluate them, and promote the better forest to Production.

    python examples/train_hito.py                                                  into the nearest .hito folder
    HITO_TRACKING_URI=http://127.0.0.1:5000 python examples/train_hito.py          to a server, hito's or MLflow's

It is `train_mlflow.py` with another import: `import hito as mlflow`. It logs parameters, scores, a confusion matrix and
the model; registers both models; promotes the forest; finds it again by searching; loads it from the registry; and
makes sure that it predicts what it predicted before. The forest is kept by skops, and checked when it is loaded: no pickle.

One line more than MLflow's: `mlflow.evaluate` with the training data beside the test gives scores with intervals, curves,
SHAP, LIME, dependence, and a report, which is an artifact of the run and is left in the folder `reports`, too.
"""

import tempfile
import time
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")

import matplotlib  # noqa: E402

matplotlib.use("Agg")  # draws into files; there may be no screen

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

import hito as mlflow  # noqa: E402
import hito.sklearn  # noqa: E402
import hito.xgboost  # noqa: E402
from hito import MlflowClient  # noqa: E402

EXPERIMENT = "breast cancer"
FOREST = "RandomForestClassifier"
BOOST = "XGBClassifier"
REPORTS = Path("reports")


def main() -> None:
    """Train, register, promote, find, load, compare, and say what to look at."""
    data = load_breast_cancer(as_frame=True)
    x_train, x_test, y_train, y_test = train_test_split(data.data, data.target, random_state=7, stratify=data.target)
    print(f"hito {mlflow.__version__} → {mlflow.get_tracking_uri()}")
    print(f"Data: {data.data.shape[0]} tumours, {data.data.shape[1]} measures each; {len(x_test)} kept for the test.\n")
    mlflow.set_experiment(EXPERIMENT)

    forest = RandomForestClassifier(n_estimators=100, max_depth=10, random_state=7)
    boost = XGBClassifier(n_estimators=150, max_depth=4, learning_rate=0.1, random_state=7)
    rows = [
        train(FOREST, "RandomForest", forest, hito.sklearn, ("n_estimators", "max_depth"),
              x_train, x_test, y_train, y_test),
        train(BOOST, "XGBoost", boost, hito.xgboost, ("n_estimators", "max_depth", "learning_rate"),
              x_train, x_test, y_train, y_test),
    ]  # fmt: skip
    show(rows)
    read(rows)

    version = promote(FOREST, rows[0]["version"])
    run_id = find_again(FOREST)
    loaded = mlflow.sklearn.load_model(f"models:/{FOREST}/Production")
    assert (loaded.predict(x_test) == forest.predict(x_test)).all(), "the model from the registry predicts otherwise"
    print(f"models:/{FOREST}/Production is version {version} of run {run_id[:8]}…")
    print(f"It was loaded back and gives the same answer for all {len(x_test)} tumours of the test.\n")
    point_to(run_id)


def train(name, folder, model, flavor, params, x_train, x_test, y_train, y_test) -> dict:
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
        flavor.log_model(model, folder)
        version = mlflow.register_model(f"runs:/{run.info.run_id}/{folder}", name)
        seconds = time.perf_counter() - began
        began = time.perf_counter()
        found = mlflow.evaluate(model, x_test, y_test, train=(x_train, y_train), name="tumours kept for the test")
    REPORTS.mkdir(exist_ok=True)
    page = REPORTS / f"{folder}.html"
    page.write_text(found.report, "utf-8")
    return {
        "model": name, **scores, "version": version.version, "seconds": seconds, "page": page, "run_id": run.info.run_id,
        "auc": found.evaluation.score("roc_auc"), "evaluated": time.perf_counter() - began,
    }  # fmt: skip


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


def read(rows: list[dict]) -> None:
    """Where the reports are, and their first number with its interval."""
    print("Evaluated, each with a report to send to a colleague (one file, no network):")
    for row in rows:
        auc = row["auc"]
        print(f"  {row['page'].resolve()}")
        print(
            f"    ROC AUC {auc.value:.3f}, between {auc.low:.3f} and {auc.high:.3f} in 95 of 100 such tests; "
            f"made in {row['evaluated']:.1f} s"
        )
    uri = mlflow.get_tracking_uri().rstrip("/")
    where = f" --tracking-uri {uri}" if uri.startswith("http") else ""
    first, second = (row["run_id"] for row in rows)
    print(f"  In Spanish             hito report {first}{where} --language es -o informe.html")
    print(f"  Both side by side      hito report --compare {first} {second}{where}\n")


def point_to(run_id: str) -> None:
    """What to look at next."""
    uri = mlflow.get_tracking_uri().rstrip("/")
    print("Look at it:")
    if uri.startswith("http"):
        print(f"  all runs, on a page    {uri}")
        print(f"  this run               curl '{uri}/api/2.0/mlflow/runs/get?run_id={run_id}'")
        print(f"  what is in Production  curl '{uri}/api/2.0/mlflow/registered-models/get?name={FOREST}'")
    else:
        print("  all runs, on a page    hito ui")
    print(f"  its files, in Python   hito.artifacts.list_artifacts('runs:/{run_id}')")


if __name__ == "__main__":
    main()
