"""A model's way through the registry: versions, stages, aliases, and loading it by every name it has."""

# ruff: noqa: PT017 — a plain script, without pytest

import json
import sys

import mlflow
import numpy as np
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.models import infer_signature
from sklearn.linear_model import LogisticRegression

NAME = sys.argv[1]
IS_THREE = not mlflow.__version__.startswith("2.")
client = MlflowClient()
mlflow.set_experiment(NAME)
X = np.array([[0.0], [1.0], [2.0], [3.0]])
y = np.array([0, 0, 1, 1])
HOW = {"serialization_format": "cloudpickle"} if IS_THREE else {}


def log(strength, **more):
    """One run with one model, whose requirements are said, since finding them out takes seconds."""
    model = LogisticRegression(C=strength).fit(X, y)
    with mlflow.start_run() as run:
        info = mlflow.sklearn.log_model(
            model, "model", signature=infer_signature(X, y), input_example=X[:1],
            pip_requirements=["scikit-learn", "cloudpickle"], **HOW, **more,
        )  # fmt: skip
    return run.info.run_id, info, model


run_one, info_one, first = log(0.1)
run_two, info_two, second = log(10.0, registered_model_name=f"{NAME} other")

one = mlflow.register_model(f"runs:/{run_one}/model", NAME, tags={"from": "run"})
two = mlflow.register_model(info_two.model_uri, NAME)
assert (one.version, two.version) == (1, 2) or (one.version, two.version) == ("1", "2"), (one.version, two.version)
assert one.run_id == run_one
assert client.get_model_version(f"{NAME} other", "1").run_id == run_two

client.update_registered_model(NAME, "a model of four points")
client.update_model_version(NAME, "1", "the first")
client.set_registered_model_tag(NAME, "team", "red")
client.set_registered_model_tag(NAME, "gone", "soon")
client.delete_registered_model_tag(NAME, "gone")
client.set_model_version_tag(NAME, "1", "checked", "yes")
client.set_model_version_tag(NAME, "1", "gone", "soon")
client.delete_model_version_tag(NAME, "1", "gone")
model = client.get_registered_model(NAME)
assert model.description == "a model of four points"
assert model.tags == {"team": "red"}, model.tags
version = client.get_model_version(NAME, "1")
assert version.description == "the first"
assert version.tags == {"from": "run", "checked": "yes"}, version.tags
assert version.status == "READY"

client.transition_model_version_stage(NAME, "1", "Production")
client.transition_model_version_stage(NAME, "2", "Production", archive_existing_versions=True)
assert client.get_model_version(NAME, "1").current_stage == "Archived"
client.transition_model_version_stage(NAME, "1", "Staging")
assert {v.current_stage: v.version for v in client.get_latest_versions(NAME)} in (
    {"Production": "2", "Staging": "1"}, {"Production": 2, "Staging": 1},
)  # fmt: skip

client.set_registered_model_alias(NAME, "champion", "2")
client.set_registered_model_alias(NAME, "challenger", "1")
assert str(client.get_model_version_by_alias(NAME, "champion").version) == "2"
client.set_registered_model_alias(NAME, "champion", "1")
assert sorted(client.get_model_version(NAME, "1").aliases) == ["challenger", "champion"]
client.delete_registered_model_alias(NAME, "challenger")
try:
    client.get_model_version_by_alias(NAME, "challenger")
    raise AssertionError("an alias that is gone was found")
except MlflowException as error:
    assert error.error_code in {"INVALID_PARAMETER_VALUE", "RESOURCE_DOES_NOT_EXIST"}, error.error_code

uris = [
    (f"models:/{NAME}/1", first),
    (f"models:/{NAME}/2", second),
    (f"models:/{NAME}/latest", second),
    (f"models:/{NAME}/Production", second),
    (f"models:/{NAME}/Staging", first),
    (f"models:/{NAME}@champion", first),
    (f"runs:/{run_one}/model", first),
    (info_one.model_uri, first),
]
for uri, expected in uris:
    loaded = mlflow.sklearn.load_model(uri)
    assert np.allclose(loaded.predict_proba(X), expected.predict_proba(X)), uri
if IS_THREE:
    assert info_one.model_uri.startswith("models:/m-"), info_one.model_uri
general = mlflow.pyfunc.load_model(f"models:/{NAME}@champion")
assert (general.predict(X) == first.predict(X)).all()
assert general.metadata.signature is not None
assert mlflow.models.get_model_info(f"models:/{NAME}/1").signature == info_one.signature

copied = client.copy_model_version(f"models:/{NAME}/2", f"{NAME} copy")
assert np.allclose(mlflow.sklearn.load_model(f"models:/{NAME} copy/1").predict_proba(X), second.predict_proba(X))

found = client.search_model_versions(f"name = '{NAME}'", order_by=["version_number ASC"])
assert [str(v.version) for v in found] == ["1", "2"]
assert [str(v.version) for v in client.search_model_versions(f"run_id = '{run_one}' AND name = '{NAME}'")] == ["1"]
models = client.search_registered_models(f"name LIKE '{NAME}%'", order_by=["name DESC"])
assert [m.name for m in models] == [f"{NAME} other", f"{NAME} copy", NAME], [m.name for m in models]
assert [m.name for m in client.search_registered_models("tags.team = 'red' AND name = '" + NAME + "'")] == [NAME]

client.rename_registered_model(f"{NAME} copy", f"{NAME} renamed")
client.delete_model_version(f"{NAME} renamed", "1")
client.delete_registered_model(f"{NAME} renamed")
for gone in (f"{NAME} renamed", f"{NAME} copy"):
    try:
        client.get_registered_model(gone)
        raise AssertionError(f"{gone} is still there")
    except MlflowException as error:
        assert error.error_code == "RESOURCE_DOES_NOT_EXIST"
client.create_registered_model(f"{NAME} empty", tags={"a": "b"}, description="nothing yet")
try:
    client.create_registered_model(NAME)
    raise AssertionError("a name was taken twice")
except MlflowException as error:
    assert error.error_code == "RESOURCE_ALREADY_EXISTS"

print(json.dumps({"name": NAME, "run_one": run_one, "run_two": run_two, "source": one.source}))
