"""Words and numbers, in both languages."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hito.core.errors import InvalidArgument
from hito.evaluation.advice import RULES
from hito.report.run import SECTIONS
from hito.report.voice import LANGUAGES, Voice

SOURCE = Path(__file__).parents[2] / "src/hito/report"
EN, ES = LANGUAGES["en"], LANGUAGES["es"]


def test_both_languages_have_the_same_keys_with_the_same_gaps():
    assert set(EN) == set(ES)
    for key in EN:
        assert _gaps(EN[key]) == _gaps(ES[key]), key


def test_no_key_is_written_twice():
    for language in LANGUAGES:
        tree = ast.parse((SOURCE / f"words/{language}.py").read_text("utf-8"))
        keys = [key.value for node in ast.walk(tree) if isinstance(node, ast.Dict) for key in node.keys]
        assert len(keys) == len(set(keys))


def test_every_key_is_used_and_every_key_that_is_used_exists():
    code = "\n".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py") if path.parent.name != "words")
    plain = set(re.findall(r"""["']([a-z_]+(?:\.[a-z_0-9]+)*)["']""", code))
    # Keys that are put together: `say(f"scale.{…}")`, `name("score", …)`, and labels like "lineage." + name.
    heads = set(re.findall(r"""f["']([a-z_.]+)\.\{""", code)) | set(re.findall(r"""name\(\s*["']([a-z_]+)["']""", code))
    heads |= {"month"}
    unused = [
        key for key in EN if key not in plain and key.rpartition(".")[0] not in heads and key.split(".")[0] not in heads
    ]
    assert unused == []
    said = set(re.findall(r"""say\(\s*["']([a-z_.0-9]+)["']""", code))
    assert said - set(EN) == set()


def test_every_rule_of_the_advice_and_every_section_has_words():
    for rule in RULES:
        assert any(key == f"rule.{rule}" or key.startswith(f"rule.{rule}.") for key in EN), rule
        assert f"do.{rule}" in EN
    for section in SECTIONS:
        assert f"section.{section}" in EN


@pytest.mark.parametrize(
    ("value", "english", "spanish"),
    [
        (0.9583, "0.958", "0,958"), (12.34, "12.3", "12,3"), (-0.5, "−0.500", "−0,500"), (12345.6, "12\u202f346", "12\u202f346"),
        (1.2345e-7, "1.23×10⁻⁷", "1,23×10⁻⁷"), (3.0, "3", "3"), (float("inf"), "∞", "∞"), (float("nan"), "–", "–"),
        (None, "–", "–"), (9876.0, "9876", "9876"),
    ],
)  # fmt: skip
def test_numbers_follow_the_custom_of_the_language(value, english, spanish):
    assert Voice("en").number(value) == english
    assert Voice("es").number(value) == spanish


def test_a_percentage_a_time_and_a_size_have_their_units():
    voice = Voice("es")
    assert voice.percent(0.9651) == "96,5\u202f%"
    assert voice.duration(75) == "1\u202fmin 15\u202fs"
    assert voice.moment(0) == "1 de enero de 1970, 00:00 UTC"
    assert Voice("en").moment(0) == "1 January 1970, 00:00 UTC"
    assert voice.size(1536) == "1,5\u202fkB"


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_any_number_can_be_written_and_none_looks_like_code(value):
    for voice in (Voice("en"), Voice("es")):
        for written in (voice.number(value), voice.score(value), voice.fixed(value)):
            assert written
            assert "e" not in written
            assert "nan" not in written
            assert "-" not in written


def test_a_language_that_nobody_wrote_is_refused():
    with pytest.raises(InvalidArgument, match="en or es"):
        Voice("fr")


def _gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
