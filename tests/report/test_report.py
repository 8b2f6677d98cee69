"""The page: what it holds, what it must not do, and what it survives."""

import math
import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from itertools import pairwise

import msgspec
import pytest
from materials import a_run

from hito.core.errors import InvalidArgument
from hito.evaluation import results
from hito.report import run_report
from hito.report.card import card
from hito.report.facts import MetricFacts
from hito.report.page import POLICY
from hito.report.pdf import pictures_dressed
from hito.report.run import SECTIONS

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202egnp.exe\x1b[31m"


class Elements(HTMLParser):
    """What a browser would see: elements, headings, attributes; and whether all that was opened is closed."""

    VOID = frozenset("meta br col hr wbr".split())

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    def names(self) -> list[str]:
        return [name for name, _ in self.tags]


@pytest.fixture(params=["en", "es"])
def language(request) -> str:
    return request.param


@pytest.fixture(params=["cancer", "diabetes"])
def material(request):
    return request.getfixturevalue(request.param)


def page_of(material, language="en", **changes) -> str:
    one = msgspec.structs.replace(material, **changes)
    return run_report(one.evaluation, one.explanation, one.facts, language)


def test_a_report_is_one_small_file_that_loads_and_runs_nothing(material, language):
    page = page_of(material, language)
    seen = Elements(page)
    assert not seen.open
    assert len(page.encode()) < 3 * 2**20
    assert not {"script", "link", "iframe", "object", "embed", "img", "form", "base"} & set(seen.names())
    assert POLICY in [attributes.get("content") for name, attributes in seen.tags if name == "meta"]
    for _, attributes in seen.tags:
        assert not [key for key in attributes if key.startswith("on")]
        assert str(attributes.get("href", "#")).startswith("#")
        assert "src" not in attributes
    assert not re.search(r"url\(|@import|https?://", page)


def test_a_page_says_its_language_and_has_every_section_of_its_material(cancer, language):
    page = page_of(cancer, language)
    assert f'<html lang="{language}">' in page
    ids = [attributes.get("id") for name, attributes in Elements(page).tags if name == "section"]
    assert ids == [key for key in SECTIONS if key != "missing"]


def test_headings_descend_one_by_one_and_figures_and_tables_can_be_heard(material, language):
    seen = Elements(page_of(material, language))
    levels = [int(name[1]) for name in seen.names() if re.fullmatch("h[1-6]", name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    pictures = [attributes for name, attributes in seen.tags if name == "svg"]
    assert pictures
    assert all(one.get("role") == "img" and one.get("aria-label") for one in pictures)
    assert seen.names().count("table") == seen.names().count("caption")
    assert all(attributes.get("scope") in ("row", "col") for name, attributes in seen.tags if name == "th")
    ids = [attributes["id"] for _, attributes in seen.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert all(attributes["href"][1:] in ids for name, attributes in seen.tags if name == "a")


def test_pictures_are_well_formed_and_hold_no_number_that_cannot_be_drawn(material):
    pictures = re.findall(r"<svg.*?</svg>", page_of(material), re.DOTALL)
    assert len(pictures) > 8
    for picture in pictures:
        ElementTree.fromstring(picture)
        drawn = " ".join(re.findall(r' (?:d|x|y|width|height|viewBox|transform)="([^"]*)"', picture))
        assert not re.search("nan|inf", drawn)


def test_names_that_are_markup_are_shown_as_text(cancer, language):
    facts = a_run(
        run_name=HOSTILE,
        experiment=HOSTILE,
        user=HOSTILE,
        source=HOSTILE,
        command=HOSTILE,
        params={HOSTILE: HOSTILE},
        metrics=(MetricFacts(HOSTILE, 1.0, (1, 2), (1.0, 2.0)),),
        environment=((HOSTILE, HOSTILE),),
        packages={HOSTILE: HOSTILE},
    )
    evaluation = msgspec.structs.replace(
        cancer.evaluation,
        classes=(HOSTILE, "b"),
        model=results.Model(kind=HOSTILE),
        findings=(
            results.Finding(rule="weak_slice", severity="note", values={"feature": HOSTILE}),
            results.Finding(rule=HOSTILE, severity="note"),
        ),
        omissions=(results.Omission(part=HOSTILE, rule=HOSTILE, reason=HOSTILE),),
    )
    explanation = msgspec.structs.replace(cancer.explanation, features=[HOSTILE] * len(cancer.explanation.features))
    page = page_of(cancer, language, facts=facts, evaluation=evaluation, explanation=explanation)
    seen = Elements(page)
    assert not {"script", "img"} & set(seen.names())
    assert not [key for _, attributes in seen.tags for key in attributes if key.startswith("on")]
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert "could not be drawn" not in page
    written = card(evaluation, explanation, facts, language)
    assert "<script" not in written
    assert "<img" not in written
    assert "\u202e" not in written


def test_a_run_without_an_evaluation_is_told_what_it_lacks(language):
    page = run_report(None, None, a_run(), language)
    ids = [attributes.get("id") for name, attributes in Elements(page).tags if name == "section"]
    assert ids == ["missing", "data", "params", "environment", "lineage"]
    assert "hito.evaluate(" in page


def test_a_report_of_nothing_but_scores_is_whole(language):
    bare = results.Evaluation(
        task="multiclass",
        model=results.Model(kind="M"),
        test=results.Dataset(name="t", rows=3),
        scores=(results.Score(name="accuracy_score", value=1.0),),
    )
    page = run_report(bare, None, None, language)
    assert not Elements(page).open
    assert "could not be drawn" not in page


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf, 0.0, -1e300, 1e-300])
def test_odd_numbers_do_not_break_a_section(cancer, diabetes, odd, caplog):
    scores = tuple(msgspec.structs.replace(one, value=odd, low=odd, high=odd) for one in cancer.evaluation.scores)
    evaluation = msgspec.structs.replace(cancer.evaluation, scores=scores, baseline=scores)
    facts = a_run(metrics=(MetricFacts("loss", odd, (1, 2, 3), (odd, odd, 1.0)),))
    page_of(cancer, evaluation=evaluation, facts=facts)
    numbers = msgspec.structs.replace(diabetes.evaluation.residuals, truth=(odd,) * 5, predicted=(1.0,) * 5, mean=odd)
    page_of(diabetes, evaluation=msgspec.structs.replace(diabetes.evaluation, residuals=numbers))
    assert not [record for record in caplog.records if "could not be drawn" in record.message]


def test_a_section_that_fails_is_named_and_leaves_the_others(cancer, caplog):
    broken = results.Confusion(name="default", labels=("a", "b"), counts=((1.0,),), shares=())
    page = page_of(cancer, evaluation=msgspec.structs.replace(cancer.evaluation, confusions=(broken,)))
    assert "This section could not be drawn: ValueError" in page
    ids = [attributes.get("id") for name, attributes in Elements(page).tags if name == "section"]
    assert ids == [key for key in SECTIONS if key != "missing"]
    assert "'errors'" in caplog.text


def test_the_verdict_is_better_than_guessing_only_if_its_interval_is(cancer):
    from hito.report.sections.verdict import grade

    def graded(low: float, value: float) -> str:
        score = results.Score(name="accuracy_score", value=value, low=low, high=1.0)
        return grade(msgspec.structs.replace(cancer.evaluation, scores=(score,)))

    assert graded(0.9, 0.95) == "clear"
    assert graded(0.5, 0.7) == "perhaps"
    assert graded(0.4, 0.6) == "no"


def test_the_verdict_does_not_contradict_the_advice(cancer):
    doubt = results.Finding(rule="no_better_than_baseline", severity="warning")
    assert "is-clear" in page_of(cancer)
    assert "is-perhaps" in page_of(cancer, evaluation=msgspec.structs.replace(cancer.evaluation, findings=(doubt,)))


def test_another_language_is_refused(cancer):
    with pytest.raises(InvalidArgument, match="'de'"):
        page_of(cancer, "de")


def test_a_card_has_the_scores_and_asks_for_what_only_people_know(cancer, language):
    written = card(cancer.evaluation, cancer.explanation, cancer.facts, language)
    assert written.startswith("# RandomForest\n")
    assert "| --- |" in written
    assert {"en": "Intended use", "es": "Uso previsto"}[language] in written
    assert {"en": "0.965", "es": "0,965"}[language] in written


def test_pictures_for_weasyprint_carry_their_own_rules_and_no_variables(material):
    for picture in re.findall(r"<svg.*?</svg>", pictures_dressed(page_of(material)), re.DOTALL):
        style = picture.partition("<style>")[2].partition("</style>")[0]
        assert "var(" not in style
        for tone in set(re.findall(r"\b[fs]-[a-z0-9]+", picture.replace(style, ""))):
            assert f".{tone}{{" in style, tone
