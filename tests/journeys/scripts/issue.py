"""The script that hito must serve without a changed line: train, log, register."""

import matplotlib.pyplot as plt
import mlflow
import mlflow.sklearn
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import ConfusionMatrixDisplay, accuracy_score, f1_score
from sklearn.model_selection import train_test_split

X_train, X_test, y_train, y_test = train_test_split(*load_iris(return_X_y=True), random_state=1)

with mlflow.start_run():
    model = RandomForestClassifier(n_estimators=100, max_depth=10)
    model.fit(X_train, y_train)
    y_pred = model.predict(X_test)
    accuracy = accuracy_score(y_test, y_pred)
    f1 = f1_score(y_test, y_pred, average="macro")
    ConfusionMatrixDisplay.from_predictions(y_test, y_pred)
    plt.savefig("confusion_matrix_rf.png")

    mlflow.log_param("n_estimators", 100)
    mlflow.log_param("max_depth", 10)
    mlflow.log_metric("accuracy", accuracy)
    mlflow.log_metric("f1", f1)
    mlflow.log_artifact("confusion_matrix_rf.png")
    if mlflow.__version__.startswith("2."):
        mlflow.sklearn.log_model(model, "RandomForest")
    else:  # MLflow 3 warns unless one says how the model is written
        mlflow.sklearn.log_model(model, "RandomForest", serialization_format="cloudpickle")
    mlflow.register_model(
        model_uri=f"runs:/{mlflow.active_run().info.run_id}/RandomForest",
        name="RandomForestClassifier",
    )
