"""Tables of runs: which rows, in which order, with which values."""

import math
from random import Random
from typing import Any

import pytest

from hito.core.errors import InvalidArgument, NotFound
from hito.wire import runs as wire_runs
from hito.wire.ui import runs as wire

PARENT = "mlflow.parentRunId"


def names(answer: Any) -> list[str]:
    return [row["name"] for row in answer.get("rows", [])]


def test_a_row_has_the_value_of_each_column_in_the_order_that_was_asked_for(page: Any) -> None:
    page.run(
        "one", params={"depth": "3"}, metrics={"auc": [0.2, 0.9, 0.5], "bad": math.nan}, tags={"team": "a"}, user="luis"
    )
    columns = [
        "tags.team", "metrics.auc", "metrics.auc.max", "metrics.auc.min", "metrics.auc.first", "metrics.auc.count",
        "metrics.auc.mean", "params.depth", "params.none", "metrics.bad", "metrics.bad.max", "duration", "status",
        "user_id", "run_name", "metrics.auc + 1", "metrics.auc / metrics.none", "metrics.bad * 2", "dataset.name",
        "params.depth",
    ]  # fmt: skip

    [row] = page.ask(wire.TABLE, columns=columns)["rows"]

    assert row["values"][6] == pytest.approx(1.6 / 3)
    assert row["values"][:6] == ["a", 0.5, 0.9, 0.2, 0.2, 3]
    assert row["values"][7:] == [
        "3", None, "NaN", "NaN", 1000, "FINISHED", "luis", "one", 1.5, None, "NaN", None, "3",
    ]  # fmt: skip
    assert (row["status"], row["lifecycle_stage"], row["parent"], row["children"]) == ("FINISHED", "active", "", 0)


def test_a_metric_that_bears_the_name_of_an_aggregate_is_meant_before_it(page: Any) -> None:
    page.run(metrics={"auc": [1.0, 2.0], "auc.max": 7.0})

    [row] = page.ask(wire.TABLE, columns=["metrics.auc.max", "metrics.`auc`.max"])["rows"]

    assert row["values"] == [7.0, 2.0]


def test_a_run_s_datasets_are_columns(page: Any) -> None:
    run_id = page.run()
    dataset = {"name": "tumours", "digest": "abc", "source_type": "local", "source": "{}"}
    tag = {"key": "mlflow.data.context", "value": "training"}
    page.ask(wire_runs.LOG_INPUTS, run_id=run_id, datasets=[{"dataset": dataset, "tags": [tag]}])

    [row] = page.ask(wire.TABLE, columns=["dataset.name", "dataset.digest", "dataset.context"])["rows"]

    assert row["values"] == ["tumours", "abc", "training"]


def test_pages_orders_and_python_agree_on_every_order(page: Any) -> None:
    chance = Random(7)
    known = []
    for number in range(60):
        metrics = {"m": chance.choice([0.0, 1.0, 2.0, math.nan])} if chance.random() < 0.8 else {}
        params = {"p": chance.choice("abc")} if chance.random() < 0.8 else {}
        start = 1_700_000_000_000 + chance.randint(0, 20)
        run_id = page.run(f"run {number % 7}", params=params, metrics=metrics, start=start)
        known.append((run_id, metrics.get("m"), params.get("p"), start))

    def rank(value: Any) -> int:
        return 2 if value is None else 1 if value != value else 0

    known.sort(key=lambda one: (-one[3], one[0]))
    by_metric = sorted(known, key=lambda one: (rank(one[1]), -one[1] if rank(one[1]) == 0 else 0))
    by_param = sorted(known, key=lambda one: (rank(one[2]), one[2] or ""))
    orders = (
        ([], known), (["metrics.m DESC"], by_metric), (["metrics.m.max DESC"], by_metric), (["params.p"], by_param),
    )  # fmt: skip
    for order, wanted in orders:
        found, ids, token = [], [], ""
        while True:
            answer = page.ask(wire.TABLE, order_by=order, max_results=13, page_token=token)
            found += [row["run_id"] for row in answer["rows"]]
            ids += [row["id"] for row in answer["rows"]]
            token = answer.get("next_page_token", "")
            if not token:
                break
        header, columns = page.ask(wire.RUN_ORDER, order_by=order)
        assert found == [one[0] for one in wanted]
        assert columns["ids"].tolist() == ids
        assert header["next_page_token"] is None


def test_an_order_goes_on_where_its_page_ended(page: Any) -> None:
    for number in range(5):
        page.run(f"run {number}")
    whole = page.ask(wire.RUN_ORDER)[1]["ids"].tolist()

    header, first = page.ask(wire.RUN_ORDER, max_results=3)
    page.run("new")  # neither hides nor repeats anything behind the first page
    last_header, second = page.ask(wire.RUN_ORDER, max_results=3, page_token=header["next_page_token"])

    assert first["ids"].tolist() + second["ids"].tolist() == whole
    assert last_header["next_page_token"] is None


def test_a_folder_is_every_experiment_below_it_and_the_one_of_its_name(page: Any) -> None:
    for name in ("vision", "vision/resnet", "vision/vit/large", "visions", "tabular"):
        page.run(name, page.experiment(name))

    found = page.ask(wire.TABLE, folder="vision")

    assert sorted(names(found)) == ["vision", "vision/resnet", "vision/vit/large"]
    assert page.ask(wire.COUNT, folder="vision")["count"] == 3
    assert page.ask(wire.COUNT)["count"] == 5
    assert page.ask(wire.COUNT, folder="nowhere")["count"] == 0


def test_an_experiment_that_joins_a_folder_does_not_end_its_pages(page: Any) -> None:
    for number in range(3):
        page.run(f"run {number}", page.experiment(f"f/{number}"))
    token = page.ask(wire.TABLE, folder="f", max_results=2)["next_page_token"]
    page.experiment("f/new")

    assert names(page.ask(wire.TABLE, folder="f", max_results=2, page_token=token)) == ["run 0"]


def test_children_are_counted_left_out_and_asked_for(page: Any) -> None:
    parent = page.run("parent")
    children = [page.run(f"child {number}", tags={PARENT: parent}) for number in range(3)]
    page.run("grandchild", tags={PARENT: children[0]})
    gone = page.run("gone", tags={PARENT: parent})
    page.ask(wire_runs.DELETE_RUN, run_id=gone)

    roots = page.ask(wire.TABLE, roots=True)
    below = page.ask(wire.TABLE, parent=parent)
    around = page.ask(wire.AROUND, run_id=children[0])

    assert [(row["name"], row["children"]) for row in roots["rows"]] == [("parent", 3)]
    assert [(row["name"], row["parent"] == parent, row["children"]) for row in below["rows"]] == [
        ("child 2", True, 0), ("child 1", True, 0), ("child 0", True, 1),
    ]  # fmt: skip
    assert around["experiment"] == "Default"
    assert around["parent"] == {"run_id": parent, "name": "parent"}
    assert (names({"rows": around["children"]}), around["children_count"]) == (["grandchild"], 1)
    assert page.ask(wire.AROUND, run_id=parent)["children_count"] == 3


def test_a_plain_text_finds_runs_by_their_names_in_any_case(page: Any) -> None:
    for name in ("ResNet-50", "resnet_101", "vit", "100% sure", "100 sure", "ÑANDÚ"):
        page.run(name)

    def found(query: str) -> list[str]:
        assert page.ask(wire.COUNT, query=query)["count"] == len(names(page.ask(wire.TABLE, query=query)))
        return sorted(names(page.ask(wire.TABLE, query=query, order_by=["run_name"])))

    assert found("resnet") == ["ResNet-50", "resnet_101"]
    assert found("t_1") == ["resnet_101"]
    assert found("100%") == ["100% sure"]
    assert found("ñandú") == ["ÑANDÚ"]
    assert found("nothing") == []
    assert len(found("  ")) == 6


def test_deleted_runs_are_seen_when_they_are_asked_for(page: Any) -> None:
    page.run("stays")
    page.ask(wire_runs.DELETE_RUN, run_id=page.run("goes"))

    assert names(page.ask(wire.TABLE)) == ["stays"]
    assert [(row["name"], row["lifecycle_stage"]) for row in page.ask(wire.TABLE, view="DELETED_ONLY")["rows"]] == [
        ("goes", "deleted")
    ]
    assert page.ask(wire.COUNT, view="ALL")["count"] == 2


def test_rows_by_number_come_in_the_order_of_the_numbers_and_leave_out_what_is_gone(page: Any) -> None:
    for number in range(3):
        page.run(f"run {number}", metrics={"m": number})
    ids = page.ask(wire.RUN_ORDER)[1]["ids"].tolist()

    rows = page.ask(wire.RUN_ROWS, ids=[ids[2], 10**9, ids[0]], columns=["metrics.m"])["rows"]

    assert [(row["name"], row["values"]) for row in rows] == [("run 0", [0.0]), ("run 2", [2.0])]


def test_a_filter_counts_what_it_finds(page: Any) -> None:
    for number in range(40):
        page.run(metrics={"m": number % 10}, params={"p": str(number % 4)})
    for query in ("metrics.m < 3", "params.p = '1' AND metrics.m > 2", "NOT params.p = '0'", "params.p IN ('1', '2')"):
        found = len(page.ask(wire.TABLE, query=query)["rows"])
        assert page.ask(wire.COUNT, query=query) == {"count": found, "at_least": False}
        assert 0 < found < 40


def test_the_newest_runs_of_all_experiments_come_first(page: Any) -> None:
    for number in range(5):
        page.run(f"run {number}", page.experiment(f"e{number}"))

    assert names(page.ask(wire.RECENT, max_results=3)) == ["run 4", "run 3", "run 2"]


def test_whole_runs_come_in_the_order_of_their_ids(page: Any) -> None:
    first, second = page.run("first", params={"p": "1"}), page.run("second")

    runs = page.ask(wire.MANY, run_ids=[second, "0" * 32, first])["runs"]

    assert [run["info"]["run_name"] for run in runs] == ["second", "first"]
    assert runs[1]["data"]["params"] == [{"key": "p", "value": "1"}]


@pytest.mark.parametrize(
    ("endpoint", "fields"),
    [
        (wire.TABLE, {"query": "metrics.a <"}),
        (wire.TABLE, {"columns": ["params"]}),
        (wire.TABLE, {"columns": ["metrics.a"] * 2001}),
        (wire.TABLE, {"order_by": ["metrics.a SIDEWAYS"]}),
        (wire.TABLE, {"max_results": 0}),
        (wire.TABLE, {"page_token": "nonsense"}),
        (wire.TABLE, {"experiment_ids": ["x"]}),
        (wire.TABLE, {"view": "SOME"}),
        (wire.RUN_ROWS, {"ids": [1] * 501}),
        (wire.MANY, {"run_ids": ["a"] * 101}),
    ],
)
def test_what_makes_no_sense_is_refused(page: Any, endpoint: Any, fields: Any) -> None:
    page.run()
    with pytest.raises(InvalidArgument):
        page.ask(endpoint, **fields)


def test_nothing_is_around_a_run_that_does_not_exist(page: Any) -> None:
    with pytest.raises(NotFound):
        page.ask(wire.AROUND, run_id="0" * 32)
