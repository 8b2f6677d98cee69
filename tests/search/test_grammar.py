"""The language of filters and orders: grammar.json says what each text means, or where it stops making sense.

`shown` is the meaning, printed by `search.printer`; `error` is the position of the caret.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hito.core.errors import InvalidArgument, SearchSyntaxError
from hito.search import fields, lexer, parser
from hito.search.parser import parse_filter, parse_order
from hito.search.printer import show, show_order

ENTITIES = {
    "runs": fields.RUNS,
    "experiments": fields.EXPERIMENTS,
    "registered_models": fields.REGISTERED_MODELS,
    "model_versions": fields.MODEL_VERSIONS,
    "logged_models": fields.LOGGED_MODELS,
}
CASES = json.loads((Path(__file__).parent / "grammar.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['entity']}: {case.get('filter', case.get('order'))!r}")
def test_a_text_means_what_the_table_says(case: dict[str, Any]) -> None:
    entity = ENTITIES[case["entity"]]

    def meaning(text: str) -> str:
        if "order" in case:
            return show_order(parse_order([text], entity)[0])
        return show(parse_filter(text, entity))

    text = case.get("filter", case.get("order"))
    if "error" in case:
        with pytest.raises(SearchSyntaxError) as caught:
            meaning(text)
        assert caught.value.position == case["error"], caught.value.message
        assert "^" in caught.value.message
    else:
        shown = meaning(text)
        assert shown == case["shown"]
        if not case.get("once"):
            assert meaning(shown) == shown


WORDS = [
    *(
        "metrics.a",
        "params.`a b`",
        "tags.x",
        "run_id",
        "start_time",
        "dataset.name",
        "status",
        "name",
        "version_number",
    ),
    *("metrics.a.max", "metrics.`a`.min", "now()", "AND", "OR", "NOT", "IN", "IS", "NULL", "LIKE", "ILIKE", "MATCHES"),
    *("BETWEEN", "=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "(", ")", ",", "1", "2.5", "7d", "'x'", '"y"'),
    *(
        "'2026-01-31'",
        "`",
        "'",
        '"',
        ".",
        ";",
        "\n",
        "\t",
        "ñ",
        "\x00",
        "ASC",
        "DESC",
        "e",
        "0x1",
        "\\",
        "''",
        "\ud800",
    ),
]
texts = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join),
    st.lists(st.sampled_from(WORDS)).map("".join),
)


def refusal(parse: Callable[[], object]) -> SearchSyntaxError | None:
    try:
        parse()
    except SearchSyntaxError as error:
        return error
    return None


@given(texts, st.sampled_from(list(ENTITIES.values())))
def test_any_text_is_understood_or_refused_at_a_place_inside_it(text: str, entity: fields.Entity) -> None:
    for error in (refusal(lambda: parse_filter(text, entity)), refusal(lambda: parse_order([text], entity))):
        assert error is None or (error.text == text and 0 <= error.position <= len(text))


@given(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join))
def test_what_is_shown_means_the_same(text: str) -> None:
    try:
        tree = parse_filter(text, fields.RUNS)
    except SearchSyntaxError:
        return
    assert parse_filter(show(tree), fields.RUNS) == tree


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000,
        "NOT " * 100_000 + "metrics.a > 1",
        "(" * 500 + "metrics.a > 1" + ")" * 500,
        "metrics.a > " + "-" * 10_000 + "1",
        "metrics.a > 1" + " + 1" * 5000,
        " AND ".join(["metrics.a > 1"] * 5000),
        "metrics.a > " + "1" * 100_000 + "x",
        "params.a = '" + "''" * 100_000,
        "a" * (lexer.MAX_LENGTH + 1),
        "run_name MATCHES '" + "a" * 2000 + "'",
    ],
    ids=lambda text: text[:30],
)
def test_a_text_that_asks_too_much_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument):
        parse_filter(text, fields.RUNS)


def test_limits_leave_room_for_real_filters() -> None:
    many = ", ".join(f"'{number:032x}'" for number in range(20_000))
    assert parse_filter(f"run_id IN ({many})", fields.RUNS)
    assert parse_filter(" AND ".join(["params.a != 'x'"] * parser.MAX_CLAUSES), fields.RUNS)
    assert parse_filter("(" * 40 + "metrics.a > 1" + ")" * 40, fields.RUNS)
    assert parse_filter("metrics.a < " + "9" * 5000, fields.RUNS)


def test_the_caret_stands_under_the_place() -> None:
    with pytest.raises(SearchSyntaxError) as caught:
        parse_filter("metrics.acc > '0.5'", fields.RUNS)
    first, line, caret = caught.value.message.split("\n")
    assert line[caret.index("^")] == "'"
    assert "number" in first


def test_a_field_that_is_ordered_by_twice_counts_once() -> None:
    orders = parse_order(["metrics.a DESC", "start_time", "metrics.a"], fields.RUNS)
    assert [show_order(order) for order in orders] == ["metrics.`a` DESC", "start_time ASC"]
