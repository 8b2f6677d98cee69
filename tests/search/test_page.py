"""Page tokens: what comes out is what went in, and anything else is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hito.core.errors import InvalidArgument
from hito.search import page

VALUES = [0, 1.5, "ñ", None]
SHAPE = [(int,), (int, float, type(None)), (str, type(None)), (str, type(None))]


def test_a_token_gives_its_values_back_to_the_same_search() -> None:
    search = page.digest("runs", [1, 2], "a = 'b'", [])
    assert page.decode(page.encode(search, VALUES), search, SHAPE) == VALUES


def test_the_empty_token_is_the_first_page() -> None:
    assert page.decode("", page.digest("runs"), SHAPE) == []


@pytest.mark.parametrize("other", [("runs", [1], "", []), ("runs", [1, 2], "x", []), ("models", [1, 2], "", [])])
def test_a_token_of_another_search_is_refused(other: tuple[object, ...]) -> None:
    token = page.encode(page.digest("runs", [1, 2], "", []), VALUES)
    with pytest.raises(InvalidArgument, match="another filter"):
        page.decode(token, page.digest(*other), SHAPE)


@given(st.one_of(st.text(min_size=1), st.binary(min_size=1).map(lambda raw: raw.decode("latin-1"))))
def test_garbage_is_refused(token: str) -> None:
    with pytest.raises(InvalidArgument):
        page.decode(token, page.digest("runs"), SHAPE)


@given(st.lists(st.one_of(st.integers(-(2**63), 2**64 - 1), st.floats(), st.text(), st.none()), max_size=5))
def test_values_of_the_wrong_kind_are_refused(values: list[int | float | str | None]) -> None:
    search = page.digest("runs")
    token = page.encode(search, values)
    try:
        found = page.decode(token, search, [(int,), (str,)])
    except InvalidArgument:
        return
    assert [type(value) for value in found] == [int, str]
    assert "\0" not in str(found[1])
    assert -(2**63) <= int(found[0] or 0) < 2**63
