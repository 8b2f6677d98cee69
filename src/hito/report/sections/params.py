"""Parameters and metrics: what the run was given, and what it logged."""

from hito.report.figures.course import course
from hito.report.html import Html, tag
from hito.report.layout import grid, more, section, sub, table
from hito.report.material import Material
from hito.report.voice import Voice

_SHOWN = 24
_CURVES = 12
_METRICS = 30


def draw(material: Material, voice: Voice) -> Html | None:
    run, found = material.facts, material.evaluation
    params = dict(run.params) if run is not None else {}
    if not params and found is not None:
        params = dict(found.model.params)
    parts = [_params(params, voice), _metrics(material, voice)]
    return section("params", voice, *parts) if any(parts) else None


def _params(params: dict[str, str], voice: Voice) -> Html | None:
    head = [voice.say("params.name"), voice.say("params.value")]
    rows = [[name, tag("code", value[:500])] for name, value in sorted(params.items())]
    first = table(voice.say("params.caption"), head, rows[:_SHOWN])
    rest = table(voice.say("params.caption"), head, rows[_SHOWN:])
    return (
        tag("div", first, more(voice.say("params.more", count=len(rows) - _SHOWN), rest) if rest else None)
        if rows
        else None
    )


def _metrics(material: Material, voice: Voice) -> Html | None:
    if material.facts is None or not material.facts.metrics:
        return None
    metrics = material.facts.metrics
    figures = [
        course(one.key, {one.key: (one.steps, one.values)}, voice) for one in metrics if len(one.steps) > 1
    ][:_CURVES]  # fmt: skip
    rows = [[one.key, voice.number(one.value, 5)] for one in metrics]
    head = [voice.say("metrics.name"), voice.say("metrics.latest")]
    listed = table(voice.say("metrics.caption"), head, rows[:_METRICS], numbers=(1,))
    rest = table(voice.say("metrics.caption"), head, rows[_METRICS:], numbers=(1,))
    shown = (
        more(voice.say("metrics.more", count=len(rows)), listed, rest) if material.evaluation is not None else listed
    )
    hidden = (
        more(voice.say("params.more", count=len(rows) - _METRICS), rest)
        if material.evaluation is None and rest
        else None
    )
    return sub(voice.say("metrics.title"), grid(figures), shown, hidden)
