"""Two models that nobody trained, with an evaluation and an explanation: all that the screens of a model show, in a second.

The predictions are drawn from a seed and truly evaluated; the explanation's numbers are drawn. Files are those that
`hito.evaluate` and `hito.sklearn.log_model` would write, without the libraries that they would load.
"""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from hito import Client
from hito.entities import Dataset, DatasetInput, InputTag, LoggedModelOutput, Metric, Param
from hito.evaluation import files
from hito.evaluation.evaluating import Asked, evaluate
from hito.explain import results
from hito.explain.results import Explanation

MEASURES = ["radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave points"]
ROWS = 143
FLAVORS: dict[str, dict[str, str]] = {
    "RandomForest": {"pickled_model": "model.skops", "serialization_format": "skops", "sklearn_version": "1.9.1"},
    "XGBoost": {"data": "model.ubj", "model_class": "xgboost.sklearn.XGBClassifier", "model_format": "ubj"},
}


def graded(client: Client, experiment_id: str, now: int) -> None:
    """A forest and a booster in an experiment, and version 1 of the model `tumour-…` of each. `now`: ms since 1970."""
    chance = np.random.default_rng(7)
    truth = chance.integers(0, 2, ROWS)
    features = chance.normal(10, 3, (ROWS, len(MEASURES)))
    features[:, 0] += 3 * truth
    for number, (name, flavor) in enumerate(FLAVORS.items()):
        started = now - (2 - number) * 60_000
        run_id = client.create_run(
            experiment_id, started, {"mlflow.note.content": f"A **{name}** on eight measures."}, name
        ).info.run_id
        sure = np.clip(0.5 + (truth - 0.5) * 0.7 + chance.normal(0, 0.24 - 0.04 * number, ROWS), 0.02, 0.98)
        asked = Asked(
            features=features,
            truth=truth,
            predictions=np.stack([1 - sure, sure], 1),
            model_type="classifier",
            names=MEASURES,
            dataset="test",
            budget=4,
        )
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            found = files.write(evaluate(asked), folder, draw=False)
            (folder / results.FILE).write_bytes(results.to_json(explanation(name, features, chance)))
            (folder / "report.html").write_text("<!doctype html><title>Report</title><h1>Report</h1>", "utf-8")
            (folder / "console.txt").write_text(f"{name}: trained on 426 tumours\n", "utf-8")
            client.log_artifacts(run_id, folder)
        client.set_tag(run_id, files.TAG, files.summary(found))
        client.log_batch(
            run_id,
            [Metric(key, value, started, 0) for key, value in files.metrics(found).items()],
            [Param("n_estimators", "20"), Param("max_depth", str(6 - 3 * number)), Param("random_state", "7")],
        )
        client.log_inputs(run_id, list(datasets()))
        log_model(client, experiment_id, run_id, name, flavor)
        client.set_terminated(run_id, "FINISHED", started + 9000)


def datasets() -> Iterator[DatasetInput]:
    """What was trained on, and what was evaluated on."""
    columns = [{"type": "double", "name": name, "required": True} for name in MEASURES]
    for name, context, rows in (("tumours", "training", 426), ("tumours-test", "eval", ROWS)):
        profile = {"num_rows": rows, "num_elements": rows * len(MEASURES)}
        yield DatasetInput(
            Dataset(
                name=name,
                digest=f"{rows:08x}",
                source_type="local",
                source=json.dumps({"uri": f"data/{name}.csv"}),
                schema=json.dumps({"mlflow_colspec": columns}),
                profile=json.dumps(profile),
            ),
            [InputTag("mlflow.data.context", context)],
        )


def log_model(client: Client, experiment_id: str, run_id: str, name: str, flavor: dict[str, str]) -> None:
    """A model whose files say what it takes and gives, and a version of it."""
    model = client.create_logged_model(experiment_id, "model", run_id, model_type=name)
    columns = [{"type": "double", "name": one, "required": True} for one in MEASURES]
    answer = [{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]
    described = {
        "artifact_path": model.artifact_location,
        "flavors": {
            "python_function": {
                "env": {"conda": "conda.yaml", "virtualenv": "python_env.yaml"},
                "loader_module": "mlflow.sklearn",
                "python_version": "3.11.7",
            },
            "sklearn" if name == "RandomForest" else "xgboost": flavor,
        },
        "mlflow_version": "3.17.2",
        "model_id": model.model_id,
        "run_id": run_id,
        "saved_input_example_info": {
            "artifact_path": "input_example.json",
            "pandas_orient": "split",
            "type": "dataframe",
        },
        "signature": {"inputs": json.dumps(columns), "outputs": json.dumps(answer), "params": None},
    }
    example: dict[str, Any] = {"columns": MEASURES, "data": [[round(1.5 * at, 2) for at in range(len(MEASURES))]]}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "MLmodel").write_text(json.dumps(described), "utf-8")  # JSON is YAML
        (folder / "requirements.txt").write_text("scikit-learn==1.9.1\nskops==0.16.0\n", "utf-8")
        (folder / "input_example.json").write_text(json.dumps(example), "utf-8")
        (folder / "model.skops").write_bytes(bytes(2000))
        client.log_model_artifacts(model.model_id, folder)
    client.finalize_logged_model(model.model_id, "READY")
    client.log_outputs(run_id, [LoggedModelOutput(model.model_id)])
    registered = f"tumour-{name.lower()}"
    client.create_registered_model(registered)
    client.create_model_version(registered, f"models:/{model.model_id}", run_id, model_id=model.model_id)


def explanation(model: str, features: Any, chance: np.random.Generator) -> Explanation:
    """Contributions that fall from the first measure to the last, of one output. features: (rows, measures)."""
    weights = 0.2 / np.arange(1, len(MEASURES) + 1)
    values = (features - features.mean(0)) / features.std(0) * weights  # (rows, measures)
    grid = np.linspace(4, 18, 15)
    curves = [
        results.Curve(
            feature=at,
            grid=grid.tolist(),
            outputs=["1"],
            mean=[(0.5 + weights[at] * np.tanh(grid - 11)).tolist()],
            single=[(0.5 + weights[at] * np.tanh(grid - 11 + shift)).tolist() for shift in chance.normal(0, 2, 5)],
            deciles=np.quantile(features[:, at], np.arange(0.1, 1, 0.1)).tolist(),
        )
        for at in range(2)
    ]
    first = results.Waterfall(
        row=0,
        why="typical",
        output="1",
        base=0.5,
        answer=float(0.5 + values[0].sum()),
        values=values[0].tolist(),
        cells=features[0].round(2).tolist(),
        actual="1",
        predicted="1",
    )
    shap = results.Shap(
        method="tree",
        scale="probability",
        background=0,
        outputs=["1"],
        base=[0.5],
        importance=[np.abs(values).mean(0).tolist()],
        rows=list(range(len(features))),
        columns=features.round(2).T.tolist(),
        values=[values.T.tolist()],
        waterfalls=[first],
        partners=[1, *[0] * (len(MEASURES) - 1)],
    )
    condition = results.Condition(feature=0, text="radius > 11.2", weight=0.3)
    return Explanation(
        task="binary",
        model=model,
        features=MEASURES,
        kinds=["number"] * len(MEASURES),
        outputs=["1"],
        rows=len(features),
        seed=7,
        budget=4,
        seconds=1,
        shap=shap,
        lime=[
            results.Lime(
                row=0, why="typical", output="1", answer=0.8, local=0.77, fit=0.6, conditions=[condition], samples=500
            )
        ],
        curves=curves,
        permutation=results.Permutation(
            score="roc_auc", baseline=0.95, drops=(weights[:, None] + chance.normal(0, 0.01, (8, 5))).tolist()
        ),
    )
