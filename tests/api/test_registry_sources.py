"""Where a new version may come from, and what it inherits."""

from collections.abc import Callable
from typing import Any

import pytest

from hito.core.errors import InvalidArgument, NotFound
from hito.store.database import Database
from hito.wire import models as wire_models
from hito.wire import registry as wire

Call = Callable[..., Any]


def version(call: Call, number: str, name: str = "forest") -> dict[str, Any]:
    found: dict[str, Any] = call(wire.GET_VERSION, name=name, version=number)["model_version"]
    return found


def registered(call: Call, name: str = "forest") -> dict[str, Any]:
    found: dict[str, Any] = call(wire.GET_REGISTERED_MODEL, name=name)["registered_model"]
    return found


OUTSIDE = [
    "/etc/passwd",
    "etc/passwd",
    "../../etc",
    "file:///etc/passwd",
    "file:/etc",
    "http://127.0.0.1/x",
    "mlflow-artifacts:/0",
    "mlflow-artifacts:/",
    "mlflow-artifacts://host/0/{run}/artifacts",
    "mlflow-artifacts:/0/{run}",
    "mlflow-artifacts:/0/{run}/artifacts/../..",
    "mlflow-artifacts:/0/{run}/artifacts/%2e%2e/%2e%2e",
    "mlflow-artifacts:/0/{run}/artifacts/..%252f..",
    "mlflow-artifacts:/0/{run}/artifacts2",
    "mlflow-artifacts:/0/models",
    "mlflow-artifacts:/0/{run}/artifacts#/../..",
    "mlflow-artifacts:/0/{run}/artifacts?x=/../..",
    "runs:/other/model",
    "runs:/{run}/../other",
    "models:/",
    "models:/forest",
    "models:/forest/1/2",
    "models:/m-0123456789abcdef0123456789abcdef",
    "MLFLOW-ARTIFACTS:/0",
    "a\0b",
    "s3://bucket/a\0b",
    "\\\\host\\share",
    "dummy-source",
]


@pytest.mark.parametrize("tags", [[], [{"key": "mlflow.prompt.is_prompt", "value": "true"}]])
def test_a_source_outside_of_what_is_named_is_refused_whatever_its_tags(
    call: Call, model: str, run_id: str, tags: list[dict[str, str]], new_version: Call
) -> None:
    for source in OUTSIDE:
        with pytest.raises((InvalidArgument, NotFound)):
            new_version(source=source.replace("{run}", run_id), run_id=run_id, tags=tags)
        assert "latest_versions" not in registered(call), source


def test_a_version_is_made_from_inside_its_run(call: Call, model: str, run_id: str, new_version: Call) -> None:
    source = f"mlflow-artifacts:/0/{run_id}/artifacts/model"
    with pytest.raises(InvalidArgument):
        new_version(source=source)
    number = new_version(source=source, run_id=run_id)
    assert call(wire.GET_DOWNLOAD_URI, name=model, version=number)["artifact_uri"] == source


def test_a_version_of_a_logged_model_has_its_run_and_its_files(
    call: Call, model: str, run_id: str, logged: str, new_version: Call
) -> None:
    number = new_version(source=f"models:/{logged}", model_id=logged)
    assert version(call, number)["run_id"] == run_id
    uri = call(wire.GET_DOWNLOAD_URI, name=model, version=number)["artifact_uri"]
    assert uri == f"mlflow-artifacts:/0/models/{logged}/artifacts"


def test_a_logged_model_lists_its_versions_once_though_the_client_lists_them_again(
    call: Call, model: str, logged: str, new_version: Call
) -> None:
    new_version(source=f"models:/{logged}", model_id=logged)
    listed = '[{"name": "forest", "version": "1"}, {"name": "forest", "version": 1}]'
    tags = [{"key": "mlflow.modelVersions", "value": listed}]
    call(wire_models.SET_LOGGED_MODEL_TAGS, model_id=logged, tags=tags)
    new_version(source=f"models:/{logged}", model_id=logged)
    answer = call(wire_models.GET_LOGGED_MODEL, model_id=logged)
    assert answer["model"]["info"]["tags"] == [
        {
            "key": "mlflow.modelVersions",
            "value": '[{"name": "forest", "version": "1"}, {"name": "forest", "version": "2"}]',
        }
    ]


def test_versions_are_made_though_somebody_set_the_list_to_something_else(
    call: Call, model: str, logged: str, new_version: Call
) -> None:
    for odd in ("{", "5", "[1]", '[{"name": "a"}]', "[" * 5000):
        tags = [{"key": "mlflow.modelVersions", "value": odd}]
        call(wire_models.SET_LOGGED_MODEL_TAGS, model_id=logged, tags=tags)
        new_version(source=f"models:/{logged}", model_id=logged)


def test_a_deleted_logged_model_makes_no_version(call: Call, model: str, logged: str, new_version: Call) -> None:
    call(wire_models.DELETE_LOGGED_MODEL, model_id=logged)
    with pytest.raises(NotFound):
        new_version(source=f"models:/{logged}", model_id=logged)


def test_a_copy_names_the_number_and_keeps_files_and_run(
    call: Call, model: str, run_id: str, logged: str, new_version: Call
) -> None:
    new_version(source=f"models:/{logged}", model_id=logged)
    call(wire.TRANSITION_STAGE, name=model, version="1", stage="Production")
    call(wire.SET_ALIAS, name=model, version="1", alias="champion")
    call(wire.CREATE_REGISTERED_MODEL, name="copy")
    copies = [
        new_version("copy", f"models:/forest{which}")
        for which in ("/1", "/latest", "/Latest", "/production", "@champion", "@latest")
    ]
    call(wire.DELETE_VERSION, name=model, version="1")
    for number in copies:
        made = version(call, number, "copy")
        assert (made["source"], made["run_id"]) == ("models:/forest/1", run_id)
        uri = call(wire.GET_DOWNLOAD_URI, name="copy", version=number)["artifact_uri"]
        assert uri == f"mlflow-artifacts:/0/models/{logged}/artifacts"


def test_a_copy_of_what_is_not_there_is_not_found(model: str, new_version: Call) -> None:
    new_version()
    for which in ("/2", "/staging", "/0"):
        with pytest.raises(NotFound):
            new_version(source=f"models:/forest{which}")


def test_a_copy_may_repeat_the_run_but_not_change_it(call: Call, model: str, new_version: Call) -> None:
    new_version(run_id="r1")
    with pytest.raises(InvalidArgument):
        new_version(source="models:/forest/1", run_id="r2")
    assert new_version(source="models:/forest/1", run_id="r1") == "2"
    new_version()
    with pytest.raises(InvalidArgument):
        new_version(source="models:/forest/3", run_id="r1")


def test_the_operators_pattern_is_asked_of_every_source(database: Database, calling: Callable[..., Call]) -> None:
    call = calling(database, version_source_pattern="^s3://ours/")
    call(wire.CREATE_REGISTERED_MODEL, name="forest")
    with pytest.raises(InvalidArgument):
        call(wire.CREATE_VERSION, name="forest", source="s3://theirs/m")
    call(wire.CREATE_VERSION, name="forest", source="s3://ours/m")


def test_a_pattern_that_is_none_lets_nothing_in(database: Database, calling: Callable[..., Call]) -> None:
    call = calling(database, version_source_pattern="(?=a)(")
    call(wire.CREATE_REGISTERED_MODEL, name="forest")
    with pytest.raises(InvalidArgument):
        call(wire.CREATE_VERSION, name="forest", source="s3://ours/m")
