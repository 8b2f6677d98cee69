"""Every score with its interval, beside training and guessing; then by class and by threshold."""

from collections.abc import Sequence

from hito.evaluation.results import Evaluation, Score
from hito.report.figures.key_score import span
from hito.report.html import Html, join, tag
from hito.report.layout import more, section, sub, table
from hito.report.material import Material
from hito.report.voice import Voice

_CLASSES = 30


def draw(material: Material, voice: Voice) -> Html | None:
    found = material.evaluation
    if found is None or not found.scores:
        return None
    main = [one for one in found.scores if one.group == "main" or one.group == "custom"]
    others = [one for one in found.scores if one not in main]
    lede = voice.say("scores.lede", rows=voice.count(found.test.rows))
    if found.bootstrap is not None:
        lede += " " + voice.say("scores.bootstrap", samples=voice.count(found.bootstrap.samples))
    return section(
        "scores",
        voice,
        _table(voice.say("scores.caption"), main or others, found, voice),
        more(
            voice.say("scores.more", count=len(others)), _table(voice.say("scores.more_caption"), others, found, voice)
        )
        if main and others
        else None,
        _classes(found, voice),
        _thresholds(found, voice),
        lede=lede,
    )


def _table(caption: str, scores: Sequence[Score], found: Evaluation, voice: Voice) -> Html | None:
    train = {one.name: one.value for one in found.train_scores}
    guess = {one.name: one.value for one in found.baseline}
    head = [voice.say("scores.score"), voice.say("scores.value"), voice.say("scores.interval"), ""]
    if train:
        head.append(voice.say("scores.train"))
    if guess:
        head.append(voice.say("scores.baseline"))
    rows = []
    for one in scores:
        between = "–"
        if one.low is not None and one.high is not None:
            between = f"{voice.score(one.low)} – {voice.score(one.high)}"
        row: list[Html | str | None] = [
            join(voice.name("score", one.name), _arrow(one, voice)),
            tag("b", voice.score(one.value)),
            between,
            span(one, found.baseline, voice),
        ]
        if train:
            row.append(voice.score(train.get(one.name)))
        if guess:
            row.append(voice.score(guess.get(one.name)))
        rows.append(row)
    return table(caption, head, rows, numbers=(1, 2, 4, 5), class_="scores")


def _arrow(one: Score, voice: Voice) -> Html | None:
    if one.better != "lower":
        return None
    return tag("span", " ↓", class_="muted", title=voice.say("scores.lower"))


def _classes(found: Evaluation, voice: Voice) -> Html | None:
    if not found.class_scores:
        return None
    names = list(dict.fromkeys(score.name for one in found.class_scores for score in one.scores))
    rows = []
    for one in found.class_scores[:_CLASSES]:
        values = {score.name: score.value for score in one.scores}
        rows.append([one.label, voice.count(one.support), *(voice.fixed(values.get(name)) for name in names)])
    head = [voice.say("class"), voice.say("rows"), *(voice.name("score", name) for name in names)]
    hidden = len(found.class_scores) - _CLASSES
    note = voice.say("classes.hidden", count=hidden) if hidden > 0 else ""
    return sub(
        voice.say("classes.title"),
        table(voice.say("classes.caption"), head, rows, numbers=range(1, len(head))),
        note=note,
    )


def _thresholds(found: Evaluation, voice: Voice) -> Html | None:
    if not found.thresholds:
        return None
    names = list(dict.fromkeys(score.name for one in found.thresholds for score in one.scores))[:5]
    rows = []
    for one in found.thresholds:
        values = {score.name: score.value for score in one.scores}
        rows.append(
            [
                voice.name("threshold_rule", one.rule),
                voice.fixed(one.threshold),
                *(voice.fixed(values.get(name)) for name in names),
                voice.count(one.false_positive),
                voice.count(one.false_negative),
            ]
        )
    head = [
        voice.say("threshold_rule"), voice.say("threshold"), *(voice.name("score", name) for name in names),
        voice.say("false_positive"), voice.say("false_negative"),
    ]  # fmt: skip
    return sub(
        voice.say("thresholds.title"),
        table(voice.say("thresholds.caption"), head, rows, numbers=range(1, len(head))),
        note=voice.say("thresholds.note"),
    )
