# ruff: noqa: E402, PERF401  X is what everybody calls it; autolog comes first, as in many a script
"""One script for two libraries: `same_script.py mlflow|hito URI EXPERIMENT` prints what autolog left on each run."""

import importlib
import json
import sys
import warnings
from typing import Any

warnings.simplefilter("ignore")
mlflow: Any = importlib.import_module(sys.argv[1])
for name in ("sklearn", "xgboost", "lightgbm"):
    importlib.import_module(f"{sys.argv[1]}.{name}")
if sys.argv[2]:
    mlflow.set_tracking_uri(sys.argv[2])
experiment = mlflow.set_experiment(sys.argv[3])
mlflow.sklearn.autolog()
mlflow.xgboost.autolog()
mlflow.lightgbm.autolog()

import lightgbm
import xgboost
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

X, y = load_breast_cancer(return_X_y=True, as_frame=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
forest = RandomForestClassifier(5, random_state=0).fit(X_train, y_train)
forest.score(X_test, y_test)
predicted = forest.predict(X_test)
f1_score(y_test, predicted)
accuracy_score(y_test, predicted)
accuracy_score(y_test, predicted)
RandomForestRegressor(3, random_state=0).fit(*load_diabetes(return_X_y=True))
pipeline = make_pipeline(StandardScaler(), LogisticRegression())
GridSearchCV(pipeline, {"logisticregression__C": [0.1, 1]}, cv=2, scoring=["f1", "accuracy"], refit="f1").fit(X, y)
a, b = xgboost.DMatrix(X_train, y_train), xgboost.DMatrix(X_test, y_test)
params = {"objective": "binary:logistic", "max_depth": 3, "eval_metric": ["logloss", "auc"]}
xgboost.train(params, a, 30, evals=[(a, "train"), (b, "test")], early_stopping_rounds=3, verbose_eval=False)
boosted = xgboost.XGBClassifier(n_estimators=4).fit(X_train, y_train, eval_set=[(X_test, y_test)], verbose=False)
boosted.score(X_test, y_test)
c = lightgbm.Dataset(X_train, y_train)
d = lightgbm.Dataset(X_test, y_test, reference=c)
stop = lightgbm.early_stopping(3, verbose=False)
lightgbm.train({"objective": "binary", "verbose": -1}, c, 30, valid_sets=[c, d], callbacks=[stop])
lightgbm.LGBMRegressor(n_estimators=3, verbose=-1).fit(X_train, y_train)
if sys.argv[1] == "hito":
    importlib.import_module("hito.autologging.later").wait()
mlflow.flush_async_logging()

client = mlflow.MlflowClient()
found = []
for run in client.search_runs([experiment.experiment_id]):
    found.append(
        {
            "start": run.info.start_time,
            "child": "mlflow.parentRunId" in run.data.tags,
            "params": run.data.params,
            "metrics": run.data.metrics,
            "tags": {
                key: run.data.tags.get(key) for key in ("mlflow.autologging", "estimator_name", "estimator_class")
            },
            "files": sorted(one.path for one in client.list_artifacts(run.info.run_id)),
            "datasets": sorted([one.dataset.name, one.tags[0].value] for one in run.inputs.dataset_inputs),
            "models": len(run.outputs.model_outputs),
        }
    )
found.sort(key=lambda one: (one["child"], one["start"], sorted(one["params"].items())))
print(json.dumps(found))
