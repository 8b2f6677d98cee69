"""Completion: names, values, and whether a query is right."""

from typing import Any

import pytest

from hito.wire import experiments as wire_protocol
from hito.wire.ui import experiments as wire_experiments
from hito.wire.ui import runs as wire


def test_fields_are_named_in_order_for_the_experiments_that_are_looked_at(page: Any) -> None:
    first, second = page.experiment("a/1"), page.experiment("b")
    page.run(experiment=first, params={"z": "1", "a": "2"}, metrics={"loss": 1.0})
    page.run(experiment=second, params={"other": "1"}, metrics={"auc": 1.0}, tags={"team": "x"})

    fields = page.ask(wire.FIELDS, folder="a")

    assert (fields["metrics"], fields["params"], fields["cut"]) == (["loss"], ["a", "z"], False)
    assert page.ask(wire.FIELDS)["params"] == ["a", "other", "z"]
    assert page.ask(wire.FIELDS, experiment_ids=[second])["tags"] == ["mlflow.runName", "team"]


def test_values_are_completed_from_what_they_begin_with(page: Any) -> None:
    long = "x" * 150
    for value in ("adam", "adamw", "sgd", f"{long}1", f"{long}2"):
        page.run(f"run {value[:5]}", params={"optimizer": value}, user=value[:3])

    def values(field: str, begins: str = "") -> list[str]:
        found: list[str] = page.ask(wire.VALUES, field=field, begins=begins)["values"]
        return found

    assert values("params.optimizer") == ["adam", "adamw", "sgd", f"{long}1", f"{long}2"]
    assert values("params.optimizer", "adam") == ["adam", "adamw"]
    assert values("params.optimizer", f"{long}2") == [f"{long}2"]
    assert values("run_name", "run a") == ["run adam", "run adamw"]
    assert values("user_id") == ["ada", "sgd", "xxx"]
    assert values("status", "FI") == ["FINISHED"]
    assert values("params.none") == []
    assert values("metrics.m") == []
    assert page.ask(wire.VALUES, field="params.optimizer", max_results=2)["values"] == ["adam", "adamw"]


@pytest.mark.parametrize(
    ("query", "kind", "span"),
    [
        ("", "filter", None),
        ("  ", "filter", None),
        ("metrics.a < 1", "filter", None),
        ("status = 'RUNNING' OR params.b IS NULL", "filter", None),
        ("resnet", "text", None),
        ("cats and dogs", "text", None),
        ("bob's run (2)", "text", None),
        ("a-b/c:d", "text", None),
        ("metrics.a <", "wrong", (10, 11)),
        ("metrics.a < 1 AND OR", "wrong", (19, 20)),
        ("metrics.a < 1 banana", "wrong", (14, 20)),
        ("params.", "wrong", None),
        ("nope = 1", "wrong", (0, 4)),
        ("a\0b", "wrong", (1, 3)),
        ("x" * 600, "wrong", None),
    ],
)
def test_a_query_is_a_filter_a_text_or_wrong_at_a_place(page: Any, query: str, kind: str, span: Any) -> None:
    found = page.ask(wire.CHECK, query=query)

    assert found["kind"] == kind
    assert bool(found["problem"]) == (kind == "wrong")
    if span is not None:
        assert (found["start"], found["end"]) == span
    assert 0 <= found["start"] <= found["end"] <= max(len(query), 1)


def test_the_tree_says_what_runs_come_to(page: Any) -> None:
    used, empty, gone = page.experiment("a/used"), page.experiment("a/empty"), page.experiment("gone")
    page.run(experiment=used, start=5000)
    page.run(experiment=used, start=9000, end="")
    page.run(experiment=gone)
    page.ask(wire_protocol.SET_EXPERIMENT_TAG, experiment_id=empty, key="mlflow.note.content", value="**why**")
    page.ask(wire_protocol.DELETE_EXPERIMENT, experiment_id=gone)

    def nodes(**fields: Any) -> dict[str, Any]:
        return {node["name"]: node for node in page.ask(wire_experiments.TREE, **fields)["experiments"]}

    found = nodes()
    assert list(found) == ["Default", "a/empty", "a/used"]
    assert (found["a/used"]["runs"], found["a/used"]["running"], found["a/used"]["last_start"]) == (2, 1, 9000)
    assert (found["a/empty"]["runs"], found["a/empty"]["last_start"]) == (0, None)
    assert found["a/empty"]["description"] == "**why**"
    assert list(nodes(view="DELETED_ONLY")) == ["gone"]
    assert nodes(view="DELETED_ONLY")["gone"]["runs"] == 1
