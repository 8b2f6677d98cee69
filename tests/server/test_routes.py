"""Every endpoint is found where MLflow has it, and every endpoint says what right it needs."""

import pytest

from hito.api.catalogue import INSIDE, OUTSIDE
from hito.auth.policy import ANYBODY, Actor, Level, can
from hito.server.routes import Routes, paths
from hito.server.transfers import TRANSFERS
from hito.wire.endpoint import Action, Any_Endpoint, Right, Subject
from hito.wire.info import SERVER_INFO

ENDPOINTS = [*dict(INSIDE), *dict(OUTSIDE), *TRANSFERS]


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=repr)
def test_an_endpoint_is_found_under_both_prefixes(endpoint: Any_Endpoint) -> None:
    routes = Routes(ENDPOINTS)
    for path in paths(endpoint):
        concrete = path.replace("{model_id}", "m-1").replace("{tag_key+}", "a/b").replace("{path+}", "0/x.txt")
        match = routes.find(endpoint.method, concrete)
        assert match is not None
        assert match[0] is endpoint


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=repr)
def test_only_server_info_is_open_to_somebody_who_is_not_known(endpoint: Any_Endpoint) -> None:
    assert isinstance(endpoint.needs, Right)
    assert can(Actor(), endpoint.needs, Level.NO_PERMISSIONS) is (endpoint is SERVER_INFO)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=repr)
def test_a_reader_may_not_change_anything(endpoint: Any_Endpoint) -> None:
    changes = endpoint.needs.action in (Action.UPDATE, Action.DELETE, Action.MANAGE, Action.ADMIN)
    assert can(Actor(name="ann"), endpoint.needs, Level.READ) is not changes
    assert not endpoint.writes or endpoint.needs.action is not Action.READ


def test_deletion_needs_more_than_editing() -> None:
    assert not can(Actor(name="ann"), Right(Action.DELETE, Subject.RUN), Level.EDIT)
    assert can(Actor(name="ann"), Right(Action.DELETE, Subject.RUN), Level.MANAGE)
    assert can(ANYBODY, Right(Action.ADMIN, Subject.SERVER))


def test_a_path_with_a_name_in_it_gives_the_name() -> None:
    routes = Routes(ENDPOINTS)
    match = routes.find("DELETE", "/api/2.0/mlflow/logged-models/m-1/tags/a/b c")
    assert match is not None
    assert match[1] == {"model_id": "m-1", "tag_key": "a/b c"}
    assert routes.find("GET", "/api/2.0/mlflow-artifacts/artifacts/") is None
    assert routes.find("GET", "/api/2.0/mlflow/runs/get/") is None
