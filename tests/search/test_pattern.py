"""Patterns mean the same to Python and to the databases."""

import pytest

from hito.search import pattern


@pytest.mark.parametrize(
    ("expression", "portable"),
    [
        ("^run-[0-9]+$", "(?:^run-[0-9]+$)"),
        ("a.b", r"(?:a[^\n]b)"),
        (r"\d\w\s\.", r"(?:[0-9][0-9A-Za-z_][\t\n\f\r ]\.)"),
        ("(a|b)?ñ", "(?:(a|b)?ñ)"),
        ("", None),
        ("(?i)a", None),
        ("a{2}", None),
        ("a+?", None),
        ("^*", None),
        ("[[:alpha:]]", None),
        (r"\pL", None),
        (r"\bx", None),
    ],
)
def test_only_what_both_engines_read_alike_is_given_to_postgresql(expression: str, portable: str | None) -> None:
    assert pattern.portable(expression) == portable


@pytest.mark.parametrize(
    ("character", "found"), [("a", "aA"), ("Ñ", "Ññ"), ("1", "1"), ("ß", "ß"), ("%", "%"), ("é", "éÉ")]
)
def test_a_letter_stands_for_both_its_cases(character: str, found: str) -> None:
    assert pattern.variants(character) == found


def test_a_regular_expression_takes_linear_time() -> None:
    assert not pattern.matches("(a+)+$", "a" * 100_000 + "b")
