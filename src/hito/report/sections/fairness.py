"""Whether groups of people, or of anything, are treated alike."""

from hito.evaluation.results import Fairness
from hito.report.figures.intervals import whiskers
from hito.report.html import Html
from hito.report.layout import grid, section, sub, table
from hito.report.material import Material
from hito.report.voice import Voice


def draw(material: Material, voice: Voice) -> Html | None:
    found = material.evaluation
    if found is None or not found.fairness:
        return None
    return section("fairness", voice, *(_column(one, voice) for one in found.fairness), lede=voice.say("fairness.lede"))


def _column(one: Fairness, voice: Voice) -> Html:
    names = list(dict.fromkeys(name for group in one.groups for name in group.scores))
    labels = [f"{group.name} ({voice.count(group.rows)})" for group in one.groups]
    figures = [
        whiskers(
            labels,
            [group.scores.get(name) for group in one.groups],
            [group.low.get(name) for group in one.groups],
            [group.high.get(name) for group in one.groups],
            title=voice.name("rate", name),
            alt=voice.say("alt.groups", name=voice.name("rate", name), column=one.column),
            voice=voice,
            share=all((value := group.scores.get(name)) is None or 0 <= value <= 1 for group in one.groups),
        )
        for name in names[:6]
        if any(group.scores.get(name) is not None for group in one.groups)
    ]
    rows = [
        [
            voice.name("gap", gap.name), voice.number(gap.difference), voice.number(gap.ratio), gap.lowest, gap.highest,
            voice.p(gap.p_value),
        ]
        for gap in one.gaps
    ]  # fmt: skip
    head = [voice.say(f"gap.{name}") for name in ("name", "difference", "ratio", "lowest", "highest")]
    return sub(
        one.column,
        grid(figures),
        table(voice.say("gap.caption"), [*head, voice.say("p_value")], rows, numbers=(1, 2, 5)),
    )
