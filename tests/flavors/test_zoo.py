"""Every estimator of scikit-learn crosses a skops file unharmed, alone and in a pipeline, or is listed with its reason.

The table in docs/safe-models.md is written by `python tests/flavors/test_zoo.py` and compared here.
"""

import re
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import skops.io
import zoo

from hito.core.errors import InvalidArgument
from hito.flavors.safe.load import audit, load

DOCUMENT = Path(__file__).parents[2] / "docs/safe-models.md"
BEGIN, END = "<!-- zoo -->", "<!-- end of zoo -->"

REASONS = {"Birch": "skops does not write it: its tree of clusters is linked in circles"}
"""Estimators that cannot be kept safely, and why. Their authors can still name a pickle."""


def outcome(one: zoo.Fitted) -> str:
    """`equal`, or what went wrong."""
    if one.problem:
        return f"cannot be fitted: {one.problem}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            content = skops.io.dumps(one.model)
            loaded = load(content, "it")
        except (TypeError, InvalidArgument) as error:
            return str(error)
        expected, found = zoo.answers(one.model, one.data), zoo.answers(loaded, one.data)
    different = [name for name in expected if not zoo.same(expected[name], found.get(name))]
    return f"answers otherwise: {', '.join(different)}" if different or expected.keys() != found.keys() else "equal"


def rows() -> Iterator[tuple[str, str, str, str]]:
    """(estimator, alone, in a pipeline, what is checked)."""
    for one in zoo.fitted():
        combined = zoo.in_pipeline(one) if not one.problem else None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                checked = _checked(skops.io.dumps(one.model))
            except TypeError:
                checked = ""
        yield one.name, outcome(one), "–" if combined is None else outcome(combined), checked


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_every_estimator_answers_the_same_after_a_round_trip_or_is_listed() -> None:
    found = list(rows())

    assert len(found) > 200
    troubled = {name for name, alone, combined, _ in found if alone != "equal" or combined not in ("equal", "–")}
    assert troubled == set(REASONS)


def test_the_table_names_every_estimator_and_every_reason() -> None:
    text = DOCUMENT.read_text()
    table = text[text.index(BEGIN) : text.index(END)]
    named = set(re.findall(r"^\| (\w+) \|", table, re.MULTILINE)) - {"estimator"}

    assert named == {name for name, _ in zoo.all_estimators()}
    assert all(reason in table for reason in REASONS.values())


def _checked(content: bytes) -> str:
    from hito.flavors.safe.load import CHECKS

    return ", ".join(sorted({kind.rpartition(".")[2] for kind in audit(content, "it").types if kind in CHECKS}))


def table() -> str:
    """The table as it stands in the document."""
    lines = ["| estimator | alone | in a pipeline | contents checked |", "|---|---|---|---|"]
    for name, alone, combined, checked in rows():
        alone, combined = (REASONS[name], "–") if name in REASONS else (alone, combined)
        lines.append(f"| {name} | {alone} | {combined} | {checked or '–'} |")
    return "\n".join(lines)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    text = DOCUMENT.read_text()
    DOCUMENT.write_text(text[: text.index(BEGIN) + len(BEGIN)] + f"\n{table()}\n" + text[text.index(END) :])
    sys.stdout.write(f"{DOCUMENT} written\n")
