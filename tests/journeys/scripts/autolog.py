"""What the client logs by itself while scikit-learn and XGBoost are trained, and after."""

import json
import logging
import sys

import mlflow
import sklearn.metrics
import xgboost
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV, train_test_split

logging.getLogger("mlflow").setLevel(logging.CRITICAL)
mlflow.set_experiment(sys.argv[1])
X, y = load_breast_cancer(as_frame=True, return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
runs = {}

mlflow.sklearn.autolog()
forest = RandomForestClassifier(n_estimators=10, max_depth=4, random_state=1).fit(X_train, y_train)
runs["forest"] = mlflow.last_active_run().info.run_id
forest.score(X_test, y_test)  # this and the next belong to a run that is finished already
predicted = forest.predict(X_test)
sklearn.metrics.accuracy_score(y_test, predicted)  # by its full name: autolog replaces what the module holds

with mlflow.start_run(run_name="inside") as run:
    RandomForestClassifier(n_estimators=5, random_state=1).fit(X_train, y_train)
    mlflow.log_param("mine", "too")
runs["inside"] = run.info.run_id

GridSearchCV(RandomForestClassifier(random_state=1), {"n_estimators": [3, 6], "max_depth": [2, 3]}, cv=2).fit(
    X_train, y_train
)
runs["grid"] = mlflow.last_active_run().info.run_id
mlflow.sklearn.autolog(disable=True)

mlflow.xgboost.autolog()
xgboost.XGBClassifier(n_estimators=8, max_depth=3).fit(X_train, y_train)
runs["boost"] = mlflow.last_active_run().info.run_id

train = xgboost.DMatrix(X_train, y_train)
test = xgboost.DMatrix(X_test, y_test)
booster = xgboost.train(
    {"objective": "binary:logistic", "max_depth": 3, "eval_metric": ["logloss", "auc"]},
    train, num_boost_round=40, evals=[(train, "train"), (test, "test")], early_stopping_rounds=3, verbose_eval=False,
)  # fmt: skip
runs["train"] = mlflow.last_active_run().info.run_id
mlflow.flush_async_logging()

print(json.dumps({"experiment": sys.argv[1], "runs": runs, "rounds": booster.num_boosted_rounds()}))
