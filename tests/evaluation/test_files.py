"""docs/evaluation-files.md, which other programs are written by, names what the files hold: no more and no less."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hito.evaluation import results
from hito.explain import results as explained

PAGE = Path(__file__).parents[2] / "docs" / "evaluation-files.md"
STRUCTS: dict[str, Any] = {
    **{name: getattr(results, name) for name in dir(results) if hasattr(getattr(results, name), "__struct_fields__")},
    "Explanation": explained.Explanation,
    "Shap": explained.Shap,
    "Waterfall": explained.Waterfall,
    "Lime": explained.Lime,
    "LimeCondition": explained.Condition,
    "DependenceCurve": explained.Curve,
    "Pair": explained.Pair,
    "Permutation": explained.Permutation,
    "Part": explained.Part,
    "ExplanationOmission": explained.Omission,
}
del STRUCTS["Struct"]


def interfaces() -> dict[str, list[str]]:
    """Name → its fields, of every interface on the page."""
    text = re.sub(r"//.*", "", PAGE.read_text("utf-8"))
    found = re.findall(r"interface (\w+) \{(.*?)\}", text, re.DOTALL)
    return {name: re.findall(r"(\w+)\s*:(?!\s*\w+\s*,)", re.sub(r"\[.*?\]", "", body)) for name, body in found}


@pytest.mark.parametrize("name", sorted(STRUCTS))
def test_every_field_is_on_the_page(name: str) -> None:
    fields = [one.encode_name for one in msgspec.structs.fields(STRUCTS[name])]
    assert interfaces()[name] == fields


def test_the_page_speaks_of_nothing_else() -> None:
    assert set(interfaces()) == set(STRUCTS)
