"""The model card: the report's words and numbers as Markdown, to be kept with the code.

Source of the form: Mitchell et al., Model Cards for Model Reporting, 2019. What only people know (intended use) is asked
for, not made up.
"""

import re

from hito.evaluation.results import Evaluation
from hito.explain.results import Explanation
from hito.report.facts import RunFacts
from hito.report.figures.importance import strongest
from hito.report.sections import advice, verdict
from hito.report.voice import Voice

_SPECIAL = re.compile(r"([\\`*_\[\]|#~])")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def card(
    evaluation: Evaluation | None, explanation: Explanation | None, facts: RunFacts | None, language: str = "en"
) -> str:
    """The card. Raises: InvalidArgument: another language."""
    voice = Voice(language)
    title = facts.run_name if facts is not None and facts.run_name else evaluation.model.kind if evaluation else "–"
    parts = [
        f"# {_text(title)}",
        _about(evaluation, facts, voice),
        f"## {voice.say('card.use')}\n\n{voice.say('card.use_asked')}",
        _scores(evaluation, voice),
        _advice(evaluation, voice),
        _importance(explanation, voice),
        _fairness(evaluation, voice),
        _data(evaluation, facts, voice),
        _params(evaluation, facts, voice),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _about(found: Evaluation | None, facts: RunFacts | None, voice: Voice) -> str:
    said = []
    if found is not None:
        said.append(
            f"**{_text(verdict.headline(found, voice))}.** {_text(found.model.kind)}, {voice.say(f'task.{found.task}')}."
        )
    else:
        said.append(voice.say("card.none"))
    if facts is not None:
        line = f"{voice.say('lineage.run')}: `{_code(facts.run_id)}`"
        if facts.experiment:
            line += f", {voice.say('lineage.experiment')}: {_text(facts.experiment)}"
        if facts.commit:
            line += f", {voice.say('lineage.commit')}: `{_code(facts.commit[:12])}`"
        said.append(line)
        said += [
            f"{voice.say('lineage.step.version')}: {_text(one.name)} {_text(one.version)}"
            + (f" ({_text(one.stage)})" if one.stage not in ("", "None") else "")
            for one in facts.versions
        ]
        if facts.description:
            said.append(_text(facts.description))
    return "\n\n".join(said)


def _scores(found: Evaluation | None, voice: Voice) -> str:
    if found is None or not found.scores:
        return ""
    guess = {one.name: one.value for one in found.baseline}
    rows = []
    for one in found.scores:
        if one.group not in ("main", "custom"):
            continue
        between = "–"
        if one.low is not None and one.high is not None:
            between = f"{voice.score(one.low)} – {voice.score(one.high)}"
        rows.append([voice.name("score", one.name), voice.score(one.value), between, voice.score(guess.get(one.name))])
    head = [
        voice.say("scores.score"),
        voice.say("scores.value"),
        voice.say("scores.interval"),
        voice.say("scores.baseline"),
    ]
    return f"## {voice.say('section.scores')}\n\n{_table(head, rows)}"


def _advice(found: Evaluation | None, voice: Voice) -> str:
    if found is None or not found.findings:
        return ""
    lines = [
        f"- **{voice.say(f'severity.{one.severity}')}**: {_text(advice.sentence(one, voice))}. {_text(advice.action(one, voice))}"
        for one in found.findings
    ]
    return f"## {voice.say('card.limits')}\n\n" + "\n".join(lines)


def _importance(found: Explanation | None, voice: Voice) -> str:
    if found is None or found.shap is None:
        return ""
    rows = [
        [found.features[at], *(voice.number(values[at], 2) for values in found.shap.importance[:5])]
        for at in strongest(found.shap, 10)
    ]
    head = [voice.say("column"), *(name or voice.say(f"scale.{found.shap.scale}") for name in found.shap.outputs[:5])]
    return f"## {voice.say('figure.shap_bars')}\n\n{_table(head, rows)}"


def _fairness(found: Evaluation | None, voice: Voice) -> str:
    if found is None or not found.fairness:
        return ""
    rows = [
        [one.column, voice.name("gap", gap.name), voice.number(gap.difference), gap.lowest, gap.highest]
        for one in found.fairness
        for gap in one.gaps
    ]
    head = [voice.say("column"), *(voice.say(f"gap.{name}") for name in ("name", "difference", "lowest", "highest"))]
    return f"## {voice.say('section.fairness')}\n\n{_table(head, rows)}"


def _data(found: Evaluation | None, facts: RunFacts | None, voice: Voice) -> str:
    rows = []
    if found is not None:
        rows.append([found.test.name, voice.say("data.test"), voice.count(found.test.rows), found.test.digest or "–"])
        if found.train is not None:
            rows.append(
                [found.train.name, voice.say("data.train"), voice.count(found.train.rows), found.train.digest or "–"]
            )
    rows += [
        [one.name, one.context, "–" if one.rows is None else voice.count(one.rows), one.digest]
        for one in (facts.datasets if facts is not None else ())
    ]
    head = [voice.say(f"data.{name}") for name in ("name", "context", "rows", "digest")]
    return f"## {voice.say('section.data')}\n\n{_table(head, rows)}" if rows else ""


def _params(found: Evaluation | None, facts: RunFacts | None, voice: Voice) -> str:
    params = (
        dict(facts.params)
        if facts is not None and facts.params
        else dict(found.model.params)
        if found is not None
        else {}
    )
    rows = [[name, value] for name, value in sorted(params.items())]
    return (
        f"## {voice.say('params.caption')}\n\n{_table([voice.say('params.name'), voice.say('params.value')], rows)}"
        if rows
        else ""
    )


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *([_text(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _text(given: str) -> str:
    """Any text in one line, with nothing in it that Markdown or HTML would act on."""
    plain = _UNSEEN.sub(" ", given).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\1", plain)


def _code(given: str) -> str:
    return re.sub(r"[^\w.\-]", "", given)
