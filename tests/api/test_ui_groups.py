"""Groups and columns of runs against plain Python, and changes of many runs."""

import math
import statistics
from random import Random
from typing import Any

import numpy as np
import pytest

from hito.core.errors import InvalidArgument, NotFound
from hito.wire import runs as wire_runs
from hito.wire.ui import runs as wire

ODD = ["plain", "it's", 'a "b"', "both ' and \"", "line\nbreak", "%_", "\\", "", "ñ", "x" * 120]


@pytest.fixture
def known(page: Any) -> list[dict[str, Any]]:
    """Eighty runs, with what is known of each."""
    chance = Random(3)
    runs = []
    for number in range(80):
        one: dict[str, Any] = {
            "start": 1_700_000_000_000 + number,
            "p": chance.choice([*ODD, None]),
            "q": chance.choice(["1", "2.5", "-3e2"]),
            "m": chance.choice([None, math.nan, 1e9 + chance.random(), chance.random()]),
            "status": chance.choice(["FINISHED", "FAILED"]),
        }
        params = {"q": one["q"]} | ({} if one["p"] is None else {"p": one["p"]})
        metrics = {} if one["m"] is None else {"m": one["m"]}
        one["run_id"] = page.run(f"run {number}", params=params, metrics=metrics, end=one["status"], start=one["start"])
        runs.append(one)
    return runs


def test_groups_are_what_python_finds(page: Any, known: list[dict[str, Any]]) -> None:
    answer = page.ask(wire.GROUPS, by=["params.p", "status"], metrics=["metrics.m"], order="count")

    expected: dict[tuple[Any, Any], list[dict[str, Any]]] = {}
    for run in known:
        expected.setdefault((run["p"], run["status"]), []).append(run)
    assert answer["total"] == len(expected)
    assert {tuple(group["values"]) for group in answer["groups"]} == set(expected)
    counts = [group["count"] for group in answer["groups"]]
    assert counts == sorted(counts, reverse=True)
    for group in answer["groups"]:
        runs = expected[tuple(group["values"])]
        assert (group["count"], group["newest"]) == (len(runs), max(run["start"] for run in runs))
        values = {run["run_id"]: run["m"] for run in runs if run["m"] is not None and run["m"] == run["m"]}
        [summary] = group["metrics"]
        assert summary["count"] == len(values)
        if not values:
            assert (summary["mean"], summary["min"], summary["min_run"]) == (None, None, "")
            continue
        assert summary["mean"] == pytest.approx(statistics.fmean(values.values()), rel=1e-12)
        assert (summary["min"], summary["max"]) == (min(values.values()), max(values.values()))
        assert values[summary["min_run"]] == summary["min"]
        assert values[summary["max_run"]] == summary["max"]
        if len(values) > 1:
            assert summary["std"] == pytest.approx(statistics.stdev(values.values()), rel=1e-9)
        else:
            assert summary["std"] is None


@pytest.mark.parametrize("by", [["params.p"], ["params.p", "metrics.m"], ["start_time"], ["params.p", "params.none"]])
def test_a_group_s_query_finds_its_runs_and_no_others(page: Any, known: list[dict[str, Any]], by: list[str]) -> None:
    groups = page.ask(wire.GROUPS, by=by)["groups"]

    assert sum(group["count"] for group in groups) == len(known)
    for group in groups:
        assert page.ask(wire.COUNT, query=group["query"])["count"] == group["count"], group


def test_groups_are_sorted_by_what_their_metrics_come_to(page: Any) -> None:
    for name, values in {"a": [1, 9], "b": [4, 5], "c": [None]}.items():
        for value in values:
            page.run(params={"p": name}, metrics={} if value is None else {"m": value})

    def order(order: str, descending: bool) -> list[str]:
        answer = page.ask(wire.GROUPS, by=["params.p"], metrics=["metrics.m"], order=order, descending=descending)
        return [group["values"][0] for group in answer["groups"]]

    assert order("mean 0", True) == ["a", "b", "c"]
    assert order("mean 0", False) == ["b", "a", "c"]  # what has no value comes last either way
    assert order("min 0", False) == ["a", "b", "c"]
    assert order("max 0", True) == ["a", "b", "c"]
    assert order("newest", True) == ["c", "b", "a"]


def test_groups_follow_the_query_and_are_cut_at_a_limit(page: Any, known: list[dict[str, Any]]) -> None:
    answer = page.ask(wire.GROUPS, by=["run_name"], query="status = 'FAILED'", max_results=3)

    assert answer["total"] == sum(run["status"] == "FAILED" for run in known)
    assert len(answer["groups"]) == 3


@pytest.mark.parametrize(
    "fields",
    [{"by": ["params.p"] * 11}, {"by": ["params.p"], "order": "mean 0"}, {"by": ["params.p"], "order": "sum 0"},
     {"by": ["nonsense"]}, {"by": []}, {"by": ["params.p"], "max_results": 0}],
)  # fmt: skip
def test_groups_that_make_no_sense_are_refused(page: Any, fields: Any) -> None:
    with pytest.raises(InvalidArgument):
        page.ask(wire.GROUPS, **fields)


def test_columns_are_numbers_where_all_values_are_and_words_elsewhere(page: Any, known: list[dict[str, Any]]) -> None:
    header, columns = page.ask(
        wire.COLUMNS, columns=["metrics.m", "params.q", "params.p", "status", "metrics.none", "params.none"]
    )

    newest_first = list(reversed(known))
    rows = page.ask(wire.TABLE, max_results=1000)["rows"]
    assert columns["ids"].tolist() == [row["id"] for row in rows]
    assert np.array_equal(
        columns["metrics.m"], [math.nan if run["m"] is None else run["m"] for run in newest_first], equal_nan=True
    )
    assert columns["params.q"].tolist() == [float(run["q"]) for run in newest_first]
    words = {column["name"]: column.get("words") for column in header["columns"]}
    assert [None if at < 0 else words["params.p"][at] for at in columns["params.p"]] == [
        run["p"] for run in newest_first
    ]
    assert [words["status"][at] for at in columns["status"]] == [run["status"] for run in newest_first]
    assert np.isnan(columns["metrics.none"]).all()
    assert (columns["params.none"] == -1).all()


def test_columns_come_for_the_first_runs_of_an_order(page: Any, known: list[dict[str, Any]]) -> None:
    _, columns = page.ask(wire.COLUMNS, columns=["metrics.m"], order_by=["metrics.m DESC"], max_results=5)

    values = sorted((run["m"] for run in known if run["m"] is not None and run["m"] == run["m"]), reverse=True)
    assert columns["metrics.m"].tolist() == values[:5]


def test_a_change_says_what_was_there_before(page: Any) -> None:
    one, two = page.run("one", tags={"team": "a"}), page.run("two")

    def change(**fields: Any) -> Any:
        answer = page.ask(wire.CHANGE, run_ids=[one, two], **fields)
        return list(zip(answer["run_ids"], answer["before"], strict=True))

    def tags(run_id: str) -> dict[str, str]:
        data = page.ask(wire_runs.GET_RUN, run_id=run_id)["run"]["data"]
        return {tag["key"]: tag["value"] for tag in data["tags"]}

    assert change(action="set_tag", key="team", value="b") == [(one, "a"), (two, None)]
    assert change(action="set_tag", key="team", value="b") == []  # nothing was changed
    assert (tags(one)["team"], tags(two)["team"]) == ("b", "b")
    assert change(action="delete_tag", key="team") == [(one, "b"), (two, "b")]
    assert "team" not in tags(one)
    assert change(action="rename", value="same") == [(one, "one"), (two, "two")]
    assert tags(two)["mlflow.runName"] == "same"
    assert change(action="delete") == [(one, None), (two, None)]
    assert page.ask(wire.COUNT)["count"] == 0
    assert change(action="restore") == [(one, None), (two, None)]
    assert page.ask(wire.COUNT)["count"] == 2


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"action": "explode"}, InvalidArgument),
        ({"action": "rename"}, InvalidArgument),
        ({"action": "set_tag", "key": "", "value": "x"}, InvalidArgument),
        ({"action": "set_tag", "key": "k", "value": "x" * 8001}, InvalidArgument),
        ({"action": "delete_tag", "key": "mlflow.runName"}, InvalidArgument),
        ({"action": "delete", "run_ids": ["0" * 32]}, NotFound),
    ],
)
def test_a_change_is_all_or_nothing(page: Any, fields: Any, error: type[Exception]) -> None:
    run_id = page.run("one")
    with pytest.raises(error):
        page.ask(wire.CHANGE, **{"run_ids": [run_id, "0" * 32], **fields})
    assert [row["name"] for row in page.ask(wire.TABLE)["rows"]] == ["one"]
