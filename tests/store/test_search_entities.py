"""Experiments, registered models, versions and logged models are found by what the grammar says of them."""

from functools import partial
from typing import Any

import pytest

from hito.core.errors import InvalidArgument, SearchSyntaxError
from hito.core.models import IS_PROMPT, LoggedModelStatus
from hito.core.runs import ViewType
from hito.store.database import Database, Tx
from hito.store.search import (
    DatasetChoice,
    LoggedModelOrder,
    search_experiments,
    search_logged_models,
    search_model_versions,
    search_registered_models,
    search_runs,
)


def pages(database: Database, search: Any, size: int = 2, **fields: Any) -> list[Any]:
    """All ids, from pages of two."""
    found: list[Any] = []
    token = ""
    while True:
        page = database.read(partial(search, max_results=size, token=token, **fields))
        found += page.ids
        if page.token is None:
            return found
        assert len(page.ids) == size
        token = page.token


# Experiments


@pytest.fixture
def experiments(database: Database) -> Database:
    def fill(tx: Tx) -> None:
        rows = [(1, "alpha", 0, 100), (2, "Beta", 0, 200), (3, "gamma/ñandú", 0, 200), (10, "old", 1, 50)]
        for number, name, deleted, created in rows:
            tx.run(
                "INSERT INTO experiments (id, name, artifact_location, deleted, creation_time, last_update_time) "
                "VALUES (?, ?, '', ?, ?, ?)",
                (number, name, deleted, created, created + number),
            )
        tx.run(
            "INSERT INTO experiment_tags (experiment_id, key, value) VALUES (1, 'team', 'vision'), (2, 'team', 'speech')"
        )

    database.write(fill)
    return database


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ("", [2, 3, 1]),
        ("experiment_id IN ('1','2')", [2, 1]),
        ("experiment_id != '1'", [2, 3]),
        ("experiment_id NOT IN ('1', '2', '99')", [3]),
        ("name LIKE '%a%'", [2, 3, 1]),
        ("name LIKE 'b%'", []),
        ("name ilike 'b%'", [2]),
        ("name ILIKE '%ÑANDÚ'", [3]),
        ("attribute.name = 'alpha'", [1]),
        ("name MATCHES '^[aB]'", [2, 1]),
        ("tags.team != 'vision'", [2]),
        ("tags.team IS NULL", [3]),
        ("tag.team IS NOT NULL and creation_time > 150", [2]),
        ("NOT tags.team = 'vision'", [2, 3]),
        ("creation_time < '1970-01-02'", [2, 3, 1]),
        ("creation_time >= now() - 7d", []),
        ("last_update_time - creation_time >= 2", [2, 3]),
        ("last_update_time BETWEEN 101 AND 202", [2, 1]),
    ],
)
def test_experiments_are_found_newest_first(experiments: Database, filter: str, found: list[int]) -> None:
    assert pages(experiments, search_experiments, filter=filter) == found


@pytest.mark.parametrize(
    ("order", "found"),
    [
        (["name"], [2, 1, 3]),
        (["name DESC"], [3, 1, 2]),
        (["creation_time"], [1, 3, 2]),
        (["experiment_id"], [1, 2, 3]),
        (["last_update_time DESC"], [3, 2, 1]),
    ],
)
def test_experiments_are_ordered_with_ties_by_id_descending(
    experiments: Database, order: list[str], found: list[int]
) -> None:
    assert pages(experiments, search_experiments, order_by=order) == found


def test_deleted_experiments_are_seen_when_asked_for(experiments: Database) -> None:
    assert pages(experiments, search_experiments, view=ViewType.DELETED_ONLY) == [10]
    assert pages(experiments, search_experiments, view=ViewType.ALL) == [2, 3, 1, 10]


# The registry


@pytest.fixture
def registry(database: Database) -> Database:
    def fill(tx: Tx) -> None:
        for number, name, updated in [(1, "churn", 30), (2, "Ads", 20), (3, "prompt", 40), (4, "not-prompt", 20)]:
            tx.run(
                "INSERT INTO registered_models (id, name, name_folded, creation_timestamp, last_updated_timestamp) "
                "VALUES (?, ?, ?, 0, ?)",
                (number, name, name, updated),
            )
        for number, key, value in [(1, "a", "x"), (2, "a", "y"), (3, IS_PROMPT, "true"), (4, IS_PROMPT, "false")]:
            tx.run("INSERT INTO registered_model_tags (model_id, key, value) VALUES (?, ?, ?)", (number, key, value))
        versions = [
            (1, 1, 10, 0, "r1"),
            (1, 2, 30, 0, "r2"),
            (1, 3, 20, 1, "r3"),
            (2, 1, 30, 0, "r1"),
            (3, 1, 99, 0, ""),
        ]
        for model, version, updated, deleted, run in versions:
            tx.run(
                "INSERT INTO model_versions (model_id, version, stage, source, run_id, run_link, creation_timestamp, "
                "last_updated_timestamp, deleted) VALUES (?, ?, 0, ?, ?, '', 0, ?, ?)",
                (model, version, f"s3://bucket/{model}/{version}", run, updated, deleted),
            )
        tx.run("INSERT INTO model_version_tags (model_id, version, key, value) VALUES (3, 1, ?, 'true')", (IS_PROMPT,))
        tx.run("INSERT INTO model_version_tags (model_id, version, key, value) VALUES (1, 2, 'stage', 'x')")

    database.write(fill)
    return database


PROMPT = f"tag.`{IS_PROMPT}`"


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ("", [2, 1, 4]),
        (f"{PROMPT} != 'true'", [2, 1, 4]),
        (f"{PROMPT} = 'false'", [2, 1, 4]),
        (f"{PROMPT} = 'true'", [3]),
        (f"{PROMPT} != 'false'", [3]),
        (f"name LIKE '%r%' AND {PROMPT} != 'true'", [1, 4]),
        ("tags.a != 'x'", [2]),
        ("tags.a IS NULL", [4]),
        ("name ILIKE 'ADS'", [2]),
        ("name IN ('churn', 'prompt')", [1]),
        ("name MATCHES '^.{3}$' OR tags.a = 'x'", [2, 1]),
    ],
)
def test_registered_models_are_found_by_name_and_prompts_only_when_asked_for(
    registry: Database, filter: str, found: list[int]
) -> None:
    assert pages(registry, search_registered_models, filter=filter) == found


def test_registered_models_are_ordered_by_their_last_update(registry: Database) -> None:
    assert pages(registry, search_registered_models, order_by=["timestamp"]) == [2, 4, 1]
    assert pages(registry, search_registered_models, order_by=["last_updated_timestamp DESC"]) == [1, 2, 4]
    assert pages(registry, search_registered_models, order_by=["name DESC"]) == [4, 1, 2]


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ("", [(2, 1), (1, 2), (1, 1)]),
        ("name = 'churn'", [(1, 2), (1, 1)]),
        ("version_number > 1 AND name = 'churn'", [(1, 2)]),
        ("version_number = '1'", [(2, 1), (1, 1)]),
        ("version_number IN (2, 3)", [(1, 2)]),
        ("run_id IN ('r1', 'r3')", [(2, 1), (1, 1)]),
        ("source_path LIKE 's3://%/1/%'", [(1, 2), (1, 1)]),
        ("source_path MATCHES '/2/1$'", [(2, 1)]),
        ("tags.stage = 'x'", [(1, 2)]),
        (f"{PROMPT} = 'true'", [(3, 1)]),
        (f"{PROMPT} != 'true'", [(2, 1), (1, 2), (1, 1)]),
    ],
)
def test_versions_are_found_last_updated_first(registry: Database, filter: str, found: list[tuple[int, int]]) -> None:
    assert pages(registry, search_model_versions, filter=filter) == found


def test_versions_are_ordered_with_ties_by_name_and_version(registry: Database) -> None:
    assert pages(registry, search_model_versions, order_by=["version_number"]) == [(2, 1), (1, 1), (1, 2)]
    assert pages(registry, search_model_versions, order_by=["name DESC"]) == [(1, 2), (1, 1), (2, 1)]
    assert pages(registry, search_model_versions, order_by=["creation_timestamp"]) == [(2, 1), (1, 2), (1, 1)]


# Logged models


@pytest.fixture
def logged(database: Database) -> Database:
    def fill(tx: Tx) -> None:
        tx.run(
            "INSERT INTO experiments (id, name, artifact_location, creation_time, last_update_time) "
            "VALUES (1, 'one', '', 0, 0), (2, 'two', '', 0, 0)"
        )
        ready, pending = int(LoggedModelStatus.LOGGED_MODEL_READY), int(LoggedModelStatus.LOGGED_MODEL_PENDING)
        rows = [
            (1, 1, "a", ready, 10, 0),
            (2, 1, "b", pending, 20, 0),
            (3, 2, "c", ready, 20, 0),
            (4, 1, "d", ready, 30, 1),
        ]
        for number, experiment, name, status, created, deleted in rows:
            tx.run(
                "INSERT INTO logged_models (id, uuid, experiment_id, name, model_type, source_run_id, artifact_uri, status, "
                "creation_timestamp, last_updated_timestamp, deleted) VALUES (?, ?, ?, ?, '', 'r', '', ?, ?, ?, ?)",
                (number, f"m-{9 - number}", experiment, name, status, created, created, deleted),
            )
        tx.run("INSERT INTO logged_model_params (model_id, key, value) VALUES (1, 'k', '1'), (2, 'k', 'x')")
        tx.run("INSERT INTO logged_model_tags (model_id, key, value) VALUES (1, 't', 'v')")
        points = [
            (1, "m", 1, 0.1, "train", "d1"), (1, "m", 2, 0.9, "test", "d2"), (2, "m", 1, 0.5, "train", "d1"),
            (2, "m", 2, None, "test", "d3"), (3, "n", 1, 1.0, None, None),
        ]  # fmt: skip
        for model, key, time, value, name, digest in points:
            tx.run(
                "INSERT INTO logged_model_metrics (model_id, key, timestamp, step, run_id, value, dataset_name, "
                "dataset_digest) VALUES (?, ?, ?, 0, 'r', ?, ?, ?)",
                (model, key, time, value, name, digest),
            )

    database.write(fill)
    return database


def logged_ids(database: Database, **fields: Any) -> list[Any]:
    return pages(database, search_logged_models, **{"experiment_ids": [1, 2], **fields})


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ("", [3, 2, 1]),
        ("name = 'a'", [1]),
        ("params.k = 1 AND metrics.m > 0", [1]),
        ("params.k = x", [2]),
        ("params.k IN ('1', 'x')", [2, 1]),
        ("status = 'READY'", [3, 1]),
        ("status != 'LOGGED_MODEL_READY'", [2]),
        ("status IN ('PENDING', 'FAILED')", [2]),
        ("metrics.m > 0.8", [1]),
        ("metrics.m < 0.2", [1]),
        ("metrics.m != 0.5", [2, 1]),
        ("metrics.m IS NULL", [3]),
        ("creation_timestamp = 20", [3, 2]),
        ("attributes.experiment_id = '2'", [3]),
        ("model_id LIKE 'm-8'", [1]),
        ("tags.t MATCHES 'v'", [1]),
    ],
)
def test_logged_models_are_found_newest_first(logged: Database, filter: str, found: list[int]) -> None:
    assert logged_ids(logged, filter=filter) == found


def test_a_metric_counts_only_on_the_datasets_asked_for(logged: Database) -> None:
    assert logged_ids(logged, filter="metrics.m > 0.3", datasets=[DatasetChoice("train")]) == [2]
    assert logged_ids(logged, filter="metrics.m > 0.3", datasets=[DatasetChoice("test", "d2")]) == [1]
    assert logged_ids(logged, filter="metrics.m > 0.3", datasets=[DatasetChoice("test", "d1")]) == []


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ([LoggedModelOrder("name")], [1, 2, 3]),
        ([LoggedModelOrder("creation_time")], [1, 3, 2]),
        ([LoggedModelOrder("metrics.m")], [1, 2, 3]),
        ([LoggedModelOrder("metrics.m", False)], [1, 2, 3]),
        ([LoggedModelOrder("metrics.m", True, DatasetChoice("train"))], [1, 2, 3]),
        ([LoggedModelOrder("metrics.m", False, DatasetChoice("train", "d1"))], [2, 1, 3]),
    ],
)
def test_logged_models_are_ordered_with_what_is_missing_last(
    logged: Database, order: list[LoggedModelOrder], found: list[int]
) -> None:
    assert logged_ids(logged, order_by=order) == found


def test_logged_models_are_not_ordered_by_params(logged: Database) -> None:
    with pytest.raises(InvalidArgument, match="cannot be ordered"):
        logged_ids(logged, order_by=[LoggedModelOrder("params.k")])


# Runs


def add_run(tx: Tx, number: int, experiment: int, start: int) -> None:
    tx.run(
        "INSERT INTO runs (uuid, experiment_id, name, user_id, status, start_time) VALUES (?, ?, 'n', 'u', 1, ?)",
        (f"{number:032x}", experiment, start),
    )


def test_runs_that_are_added_while_one_pages_neither_repeat_nor_hide_others(logged: Database) -> None:
    def fill(tx: Tx) -> None:
        for number in range(6):
            add_run(tx, number, 1, number)

    logged.write(fill)
    first = logged.read(lambda tx: search_runs(tx, [1], max_results=3))
    logged.write(lambda tx: add_run(tx, 100, 1, 50))
    logged.write(lambda tx: add_run(tx, 101, 1, -50))
    second = logged.read(lambda tx: search_runs(tx, [1], max_results=10, token=first.token))
    uuids = logged.read(lambda tx: dict(tx.all("SELECT id, uuid FROM runs")))
    assert [int(uuids[one], 16) for one in first.ids] == [5, 4, 3]
    assert [int(uuids[one], 16) for one in second.ids] == [2, 1, 0, 101]
    assert second.token is None


def test_runs_of_very_many_experiments_are_found_together(logged: Database) -> None:
    def fill(tx: Tx) -> None:
        for number in range(200):
            tx.run(
                "INSERT INTO experiments (id, name, artifact_location, creation_time, last_update_time) "
                "VALUES (?, ?, '', 0, 0)",
                (1000 + number, f"many {number}"),
            )
            add_run(tx, number, 1000 + number, number)

    logged.write(fill)
    found = pages(logged, search_runs, size=70, experiment_ids=list(range(50_000)))
    uuids = logged.read(lambda tx: dict(tx.all("SELECT id, uuid FROM runs")))
    assert [int(uuids[one], 16) for one in found] == list(reversed(range(200)))


def test_a_token_of_another_search_and_a_broken_filter_are_refused(logged: Database) -> None:
    logged.write(lambda tx: [add_run(tx, number, 1, number) for number in range(3)])
    token = logged.read(lambda tx: search_runs(tx, [1], max_results=1)).token
    with pytest.raises(InvalidArgument, match="token"):
        logged.read(lambda tx: search_runs(tx, [1], "run_name = 'n'", max_results=1, token=token))
    with pytest.raises(SearchSyntaxError):
        logged.read(lambda tx: search_runs(tx, [1], "run_name == 'n'"))


@pytest.mark.parametrize(
    "text", ["", "'", '"', "%", "_", "\\", "*", "[", "]", "?", ";--", "$1", "{}", "%s", "ñ", "\U0010ffff"]
)
@pytest.mark.parametrize("operator", ["=", "LIKE", "NOT ILIKE", "IN"])
def test_no_text_is_taken_for_sql(logged: Database, text: str, operator: str) -> None:
    quote = '"' if "'" in text else "'"
    value = f"({quote}{text}{quote})" if operator == "IN" else f"{quote}{text}{quote}"
    for field in ("run_name", "tags.t", "params.`{}?`", "artifact_uri", "dataset.name"):
        assert pages(logged, search_runs, experiment_ids=[1], filter=f"{field} {operator} {value}") == []
