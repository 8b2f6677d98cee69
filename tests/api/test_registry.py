"""What registered models, their versions, stages and aliases do, in either database."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from hito.core.errors import AlreadyExists, InvalidArgument, NotFound
from hito.store.database import Database, Row, Tx
from hito.store.sqlite import SqliteDatabase
from hito.store.versions import get_many
from hito.wire import registry as wire

Call = Callable[..., Any]


class Clock:
    """A clock that a test moves."""

    now = 1000

    def __call__(self) -> int:
        return self.now


def version(call: Call, number: str, name: str = "forest") -> dict[str, Any]:
    found: dict[str, Any] = call(wire.GET_VERSION, name=name, version=number)["model_version"]
    return found


def registered(call: Call, name: str = "forest") -> dict[str, Any]:
    found: dict[str, Any] = call(wire.GET_REGISTERED_MODEL, name=name)["registered_model"]
    return found


# --- names ---


def test_a_name_is_taken_once(call: Call, model: str) -> None:
    with pytest.raises(AlreadyExists):
        call(wire.CREATE_REGISTERED_MODEL, name=model)


def test_a_name_that_looks_like_another_is_refused(call: Call) -> None:
    call(wire.CREATE_REGISTERED_MODEL, name="other")
    for number, (first, second) in enumerate(
        [
            ("model a", "model%20a"),
            ("model%20a", "model a"),
            ("model a", "model%2520a"),
            ("model a", "model  a"),
            ("model a", "model\u00a0a"),
            ("model a", "model\u200b a"),
            ("model a", "model%0Aa"),
            ("model a", "model%00 a"),
            ("model a", "ｍｏｄｅｌ a"),
            ("é", "e\u0301"),
            ("Aa", "％41a"),
        ]
    ):
        call(wire.CREATE_REGISTERED_MODEL, name=f"{number} {first}")
        with pytest.raises(InvalidArgument, match="looks like"):
            call(wire.CREATE_REGISTERED_MODEL, name=f"{number} {second}")
        with pytest.raises(InvalidArgument, match="looks like"):
            call(wire.RENAME_REGISTERED_MODEL, name="other", new_name=f"{number} {second}")


def test_a_model_may_be_renamed_to_what_looks_like_itself(call: Call) -> None:
    call(wire.CREATE_REGISTERED_MODEL, name="model%20a")
    call(wire.RENAME_REGISTERED_MODEL, name="model%20a", new_name="model a")
    assert registered(call, "model a")["name"] == "model a"


def test_a_name_that_cannot_be_is_refused_everywhere(call: Call, model: str) -> None:
    for name in ("\u200b", "%00", "ﷺ" * 400, "a\0b", "a\nb", "a/b", "a:b", "..", " ", "x" * 501):
        with pytest.raises(InvalidArgument):
            call(wire.CREATE_REGISTERED_MODEL, name=name)
        with pytest.raises(InvalidArgument):
            call(wire.RENAME_REGISTERED_MODEL, name=model, new_name=name)
        with pytest.raises((InvalidArgument, NotFound)):
            call(wire.GET_REGISTERED_MODEL, name=name)


def test_the_longest_name_is_kept(call: Call) -> None:
    call(wire.CREATE_REGISTERED_MODEL, name="🚀" * 500)
    assert registered(call, "🚀" * 500)["name"] == "🚀" * 500


# --- descriptions and times ---


def test_a_description_of_a_version_is_written_when_empty_and_left_out_when_cleared(
    call: Call, model: str, new_version: Call
) -> None:
    assert version(call, new_version())["description"] == ""
    call(wire.UPDATE_VERSION, name=model, version="1", description="good")
    assert version(call, "1")["description"] == "good"
    call(wire.UPDATE_VERSION, name=model, version="1")
    assert "description" not in version(call, "1")


def test_the_times_that_move(tmp_path: Path, calling: Callable[..., Call]) -> None:
    clock = Clock()
    database = SqliteDatabase(tmp_path / "hito.db", clock)
    call = calling(database)

    def times() -> tuple[int, int]:
        one = registered(call)
        return one["last_updated_timestamp"], version(call, "1")["last_updated_timestamp"]

    call(wire.CREATE_REGISTERED_MODEL, name="forest")
    call(wire.CREATE_VERSION, name="forest", source="s3://bucket/1")
    for moves, endpoint, fields in [
        ((False, False), wire.SET_REGISTERED_MODEL_TAG, {"key": "k", "value": "v"}),
        ((False, False), wire.SET_VERSION_TAG, {"version": "1", "key": "k", "value": "v"}),
        ((False, False), wire.SET_ALIAS, {"version": "1", "alias": "champion"}),
        ((False, True), wire.UPDATE_VERSION, {"version": "1", "description": "d"}),
        ((True, False), wire.UPDATE_REGISTERED_MODEL, {"description": "d"}),
        ((True, True), wire.TRANSITION_STAGE, {"version": "1", "stage": "Staging"}),
        ((True, False), wire.CREATE_VERSION, {"source": "s3://bucket/2"}),
        ((True, False), wire.DELETE_VERSION, {"version": "2"}),
        ((True, False), wire.RENAME_REGISTERED_MODEL, {"new_name": "forest"}),
    ]:
        before = times()
        clock.now += 10
        call(endpoint, name="forest", **fields)
        after = times()
        assert (after[0] > before[0], after[1] > before[1]) == moves, endpoint
    database.close()


# --- versions ---


def test_numbers_are_never_given_twice(call: Call, model: str, new_version: Call) -> None:
    assert [new_version() for _ in range(3)] == ["1", "2", "3"]
    call(wire.DELETE_VERSION, name=model, version="3")
    assert new_version() == "4"


def test_creators_at_the_same_moment_get_different_numbers(call: Call, model: str, new_version: Call) -> None:
    made: list[str] = []
    threads = [threading.Thread(target=lambda: made.extend(new_version() for _ in range(5))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(int, made)) == list(range(1, 41))


def test_a_deleted_version_keeps_nothing_but_its_number(
    call: Call, model: str, database: Database, new_version: Call
) -> None:
    number = new_version(run_id="secret-run", run_link="http://secret", description="secret")
    call(wire.SET_VERSION_TAG, name=model, version=number, key="k", value="secret")
    call(wire.SET_ALIAS, name=model, version=number, alias="secret")
    call(wire.DELETE_VERSION, name=model, version=number)
    left = database.read(
        lambda tx: [
            tx.all(f"SELECT * FROM {table}")
            for table in ("model_versions", "model_version_tags", "registered_model_aliases")
        ]
    )
    assert "secret" not in str(left)
    for endpoint in (wire.GET_VERSION, wire.GET_DOWNLOAD_URI, wire.DELETE_VERSION, wire.UPDATE_VERSION):
        with pytest.raises(NotFound):
            call(endpoint, name=model, version=number)


def test_a_model_that_is_registered_again_begins_at_one(call: Call, model: str, new_version: Call) -> None:
    new_version()
    call(wire.SET_ALIAS, name=model, version="1", alias="champion")
    call(wire.DELETE_REGISTERED_MODEL, name=model)
    call(wire.CREATE_REGISTERED_MODEL, name=model)
    assert "aliases" not in registered(call)
    assert new_version() == "1"


def test_a_number_that_is_not_there_is_not_found(call: Call, model: str, new_version: Call) -> None:
    new_version()
    for number in ("0", "-1", "2", "999999999999999999"):
        with pytest.raises(NotFound):
            version(call, number)


def test_a_version_that_is_no_decimal_text_is_refused(call: Call, model: str, new_version: Call) -> None:
    new_version()
    for number in ("one", "1.5", "1e3", "٣", "+1", " 1", "1\n", "9999999999999999999", 1, ""):
        for endpoint in (wire.GET_VERSION, wire.DELETE_VERSION, wire.UPDATE_VERSION, wire.GET_DOWNLOAD_URI):
            with pytest.raises(InvalidArgument):
                call(endpoint, name=model, version=number)


def test_a_page_of_versions_is_put_together_in_few_statements(
    database: Database, model: str, new_version: Call
) -> None:
    numbers = [int(new_version(tags=[{"key": "k", "value": "v"}])) for _ in range(30)]
    asked: list[str] = []

    class Counting:
        def __init__(self, tx: Tx) -> None:
            self._tx = tx

        def all(self, sql: str, parameters: Any = ()) -> list[Row]:
            asked.append(sql)
            return self._tx.all(sql, parameters)

    keys = [(1, number) for number in reversed(numbers)]
    found = database.read(lambda tx: get_many(cast("Tx", Counting(tx)), keys, with_aliases=True))
    assert [one.version for one in found] == [str(number) for number in reversed(numbers)]
    assert len(asked) == 4


def test_more_versions_than_a_statement_takes_are_found(call: Call, database: Database, model: str) -> None:
    def fill(tx: Tx) -> None:
        tx.many(
            "INSERT INTO model_versions (model_id, version, stage, source, run_id, run_link, creation_timestamp, "
            "last_updated_timestamp) VALUES (1, ?, 0, 's3://bucket/m', '', '', 1, 1)",
            [(number,) for number in range(1, 2502)],
        )

    database.write(fill)
    found = call(wire.SEARCH_VERSIONS, filter="name = 'forest'", order_by=["version_number ASC"])["model_versions"]
    assert [one["version"] for one in found] == [str(n) for n in range(1, 2502)]
    assert [one["version"] for one in registered(call)["latest_versions"]] == ["2501"]


# --- stages ---


def test_archiving_moves_every_other_version_of_the_stage_and_no_other(
    call: Call, model: str, new_version: Call
) -> None:
    for stage in ("Production", "Production", "Staging", "None"):
        call(wire.TRANSITION_STAGE, name=model, version=new_version(), stage=stage)
    call(wire.TRANSITION_STAGE, name=model, version="4", stage="production", archive_existing_versions=True)
    stages = [version(call, str(n))["current_stage"] for n in range(1, 5)]
    assert stages == ["Archived", "Archived", "Staging", "Production"]


def test_archiving_is_true_or_false(call: Call, model: str, new_version: Call) -> None:
    new_version()
    for archive in ("true", 1, 0, [], {}, "no"):
        with pytest.raises(InvalidArgument):
            call(wire.TRANSITION_STAGE, name=model, version="1", stage="Staging", archive_existing_versions=archive)


def test_nothing_is_archived_when_the_version_is_not_there(call: Call, model: str, new_version: Call) -> None:
    call(wire.TRANSITION_STAGE, name=model, version=new_version(), stage="Staging")
    with pytest.raises(NotFound):
        call(wire.TRANSITION_STAGE, name=model, version="9", stage="Staging", archive_existing_versions=True)
    assert version(call, "1")["current_stage"] == "Staging"


# --- aliases ---


def test_an_alias_that_is_missing_is_a_wrong_argument(call: Call, model: str) -> None:
    with pytest.raises(InvalidArgument):
        call(wire.GET_VERSION_BY_ALIAS, name=model, alias="champion")


def test_latest_skips_what_is_deleted(call: Call, model: str, new_version: Call) -> None:
    new_version(), new_version()
    call(wire.DELETE_VERSION, name=model, version="2")
    assert call(wire.GET_VERSION_BY_ALIAS, name=model, alias="LATEST")["model_version"]["version"] == "1"


def test_an_alias_that_cannot_be_is_refused(call: Call, model: str, new_version: Call) -> None:
    new_version()
    for alias in ("a\0b", "a b", "latest", "V7", "x" * 256, "☃", "a\n"):
        with pytest.raises(InvalidArgument):
            call(wire.SET_ALIAS, name=model, version="1", alias=alias)
