"""The history of registered models, and saved views."""

from typing import Any

import pytest

from hito.core.errors import AlreadyExists, InvalidArgument, NotFound
from hito.wire import registry as wire
from hito.wire.ui import views
from hito.wire.ui.models import MODEL_HISTORY


def events(page: Any, name: str = "forest", **fields: Any) -> list[tuple[str, ...]]:
    found = page.ask(MODEL_HISTORY, name=name, **fields).get("events", [])
    return [tuple(one[key] for key in ("action", "version", "subject", "before", "after")) for one in found]


@pytest.fixture
def forest(page: Any) -> Any:
    """A model with two versions."""
    page.ask(wire.CREATE_REGISTERED_MODEL, name="forest", description="why")
    for _ in range(2):
        page.ask(wire.CREATE_VERSION, name="forest", source="s3://bucket/model")
    return page


def test_everything_that_is_done_to_a_model_is_written_down_the_newest_first(forest: Any) -> None:
    def on(endpoint: Any, **fields: Any) -> None:
        forest.ask(endpoint, name="forest", **fields)

    on(wire.UPDATE_REGISTERED_MODEL, description="better")
    on(wire.SET_REGISTERED_MODEL_TAG, key="team", value="a")
    on(wire.SET_REGISTERED_MODEL_TAG, key="team", value="b")
    on(wire.DELETE_REGISTERED_MODEL_TAG, key="team")
    on(wire.SET_ALIAS, alias="champion", version="1")
    on(wire.SET_ALIAS, alias="champion", version="2")
    on(wire.DELETE_ALIAS, alias="champion")
    on(wire.UPDATE_VERSION, version="1", description="first")
    on(wire.SET_VERSION_TAG, version="1", key="ok", value="yes")
    on(wire.DELETE_VERSION_TAG, version="1", key="ok")

    assert events(forest) == [
        ("tag_removed", "1", "ok", "yes", ""),
        ("tag", "1", "ok", "", "yes"),
        ("version_described", "1", "", "", "first"),
        ("alias_removed", "2", "champion", "2", ""),
        ("alias", "2", "champion", "1", "2"),
        ("alias", "1", "champion", "", "1"),
        ("tag_removed", "", "team", "b", ""),
        ("tag", "", "team", "a", "b"),
        ("tag", "", "team", "", "a"),
        ("described", "", "", "why", "better"),
        ("version_created", "2", "", "", ""),
        ("version_created", "1", "", "", ""),
        ("created", "", "", "", "why"),
    ]


def test_a_promotion_tells_also_what_it_archived(forest: Any) -> None:
    forest.ask(wire.TRANSITION_STAGE, name="forest", version="1", stage="Production")
    forest.ask(wire.TRANSITION_STAGE, name="forest", version="2", stage="Production", archive_existing_versions=True)

    assert set(events(forest)[:2]) == {
        ("stage", "2", "", "None", "Production"),
        ("stage", "1", "", "Production", "Archived"),
    }


def test_a_history_follows_a_model_that_is_renamed_and_outlives_one_that_is_deleted(forest: Any) -> None:
    forest.ask(wire.RENAME_REGISTERED_MODEL, name="forest", new_name="wood")
    assert events(forest, "wood")[0] == ("renamed", "", "", "forest", "wood")
    assert len(events(forest, "wood")) == 4
    with pytest.raises(NotFound):
        events(forest, "forest")

    forest.ask(wire.DELETE_REGISTERED_MODEL, name="wood")
    assert events(forest, "wood")[0][0] == "deleted"


def test_nothing_is_kept_of_what_a_version_said_that_is_deleted(forest: Any) -> None:
    forest.ask(wire.UPDATE_VERSION, name="forest", version="1", description="a secret")
    forest.ask(wire.SET_VERSION_TAG, name="forest", version="1", key="k", value="a secret")
    forest.ask(wire.DELETE_VERSION, name="forest", version="1")

    assert events(forest)[:3] == [
        ("version_deleted", "1", "", "None", ""), ("tag", "1", "k", "", ""), ("version_described", "1", "", "", ""),
    ]  # fmt: skip


def test_what_was_refused_is_not_in_the_history(forest: Any) -> None:
    with pytest.raises(NotFound):
        forest.ask(wire.TRANSITION_STAGE, name="forest", version="9", stage="Staging")
    with pytest.raises(NotFound):
        forest.ask(wire.UPDATE_VERSION, name="forest", version="9", description="x")

    assert len(events(forest)) == 3


def test_a_history_comes_in_pages(forest: Any) -> None:
    first = forest.ask(MODEL_HISTORY, name="forest", max_results=2)
    second = forest.ask(MODEL_HISTORY, name="forest", max_results=2, page_token=first["next_page_token"])

    assert [one["action"] for one in first["events"] + second["events"]] == [
        "version_created", "version_created", "created",
    ]  # fmt: skip
    assert "next_page_token" not in second
    assert all(one["at"] > 0 and one["who"] == "" for one in first["events"])


@pytest.mark.parametrize("fields", [{"page_token": "x"}, {"max_results": 0}, {"name": ""}])
def test_a_history_that_makes_no_sense_is_refused(forest: Any, fields: Any) -> None:
    with pytest.raises(InvalidArgument):
        forest.ask(MODEL_HISTORY, **{"name": "forest", **fields})


def test_a_view_is_saved_listed_replaced_and_deleted(page: Any) -> None:
    made = page.ask(views.SAVE_VIEW, scope="experiments/1", name=" best ", state="?sort=auc")
    page.ask(views.SAVE_VIEW, scope="folders/a", name="best", state="?")
    assert (made["name"], made["owner"]) == ("best", "")

    page.ask(views.SAVE_VIEW, scope="experiments/1", id=made["id"], name="better", state="?sort=loss")
    [view] = page.ask(views.LIST_VIEWS, scope="experiments/1")["views"]
    assert (view["id"], view["name"], view["state"]) == (made["id"], "better", "?sort=loss")

    page.ask(views.DELETE_VIEW, id=made["id"])
    assert page.ask(views.LIST_VIEWS, scope="experiments/1") == {"views": []}


@pytest.mark.parametrize(
    ("endpoint", "fields", "error"),
    [
        (views.SAVE_VIEW, {"scope": "s", "name": "best", "state": "?"}, AlreadyExists),
        (views.SAVE_VIEW, {"scope": "s", "name": "  ", "state": "?"}, InvalidArgument),
        (views.SAVE_VIEW, {"scope": "s", "name": "n", "state": "x" * 32_769}, InvalidArgument),
        (views.SAVE_VIEW, {"scope": "s", "name": "n" * 201, "state": "?"}, InvalidArgument),
        (views.SAVE_VIEW, {"scope": "s", "name": "n", "state": "?", "id": 99}, NotFound),
        (views.DELETE_VIEW, {"id": 99}, NotFound),
        (views.DELETE_VIEW, {}, InvalidArgument),
    ],
)
def test_a_view_that_makes_no_sense_is_refused(page: Any, endpoint: Any, fields: Any, error: type[Exception]) -> None:
    page.ask(views.SAVE_VIEW, scope="s", name="best", state="?")
    with pytest.raises(error):
        page.ask(endpoint, **fields)
