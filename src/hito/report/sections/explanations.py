"""Why it answers as it does: which columns matter, how, and single rows from base to answer."""

from hito.explain.results import Explanation, Shap
from hito.report.figures import dependence, importance, rows
from hito.report.figures.beeswarm import beeswarm
from hito.report.html import Html, tag
from hito.report.layout import figure, grid, section, sub
from hito.report.material import Material
from hito.report.voice import Voice

_DEPENDENCE = 4
_SWARMS = 3
_ROWS = 6


def draw(material: Material, voice: Voice) -> Html | None:
    found = material.explanation
    if found is None:
        return None
    parts = [
        _importance(found, voice),
        _swarms(found, found.shap, voice) if found.shap else None,
        _dependence(found, found.shap, voice) if found.shap else None,
        _curves(found, voice),
        _pairs(found, voice),
        _rows(found, found.shap, voice) if found.shap else None,
        _lime(found, voice),
        _how(found, voice),
    ]
    return section("explanations", voice, *parts, lede=voice.say("explanations.lede"))


def _importance(found: Explanation, voice: Voice) -> Html | None:
    figures = []
    if found.shap is not None:
        figures.append(importance.shap_bars(found, found.shap, voice))
    if found.permutation is not None:
        figures.append(importance.permutation_bars(found, found.permutation, voice))
    return sub(voice.say("importance.title"), grid(figures), note=voice.say("importance.note")) if figures else None


def _swarms(found: Explanation, shap: Shap, voice: Voice) -> Html:
    strength = [sum(values) for values in shap.importance]
    outputs = sorted(range(len(shap.outputs)), key=lambda at: -strength[at])[:_SWARMS]
    return sub(
        voice.say("beeswarm.title"),
        tag("div", (figure(beeswarm(found, shap, output, voice)) for output in sorted(outputs))),
        note=voice.say("beeswarm.note"),
    )


def _dependence(found: Explanation, shap: Shap, voice: Voice) -> Html:
    strength = [sum(values) for values in shap.importance]
    output = max(range(len(strength)), key=lambda at: strength[at])
    strongest = importance.strongest(shap, _DEPENDENCE)
    note = voice.say("dependence.note")
    if len(shap.outputs) > 1:
        note += f" {voice.say('class')}: {shap.outputs[output]}."
    figures = [dependence.shap_dependence(found, shap, output, feature, voice) for feature in strongest]
    return sub(voice.say("dependence.title"), grid(figures), note=note)


def _curves(found: Explanation, voice: Voice) -> Html | None:
    if not found.curves:
        return None
    figures = [dependence.partial_dependence(found, curve, voice) for curve in found.curves]
    return sub(voice.say("partial.title"), grid(figures), note=voice.say("partial.note"))


def _pairs(found: Explanation, voice: Voice) -> Html | None:
    if not found.pairs:
        return None
    figures = [dependence.pair_map(found, pair, voice) for pair in found.pairs]
    return sub(voice.say("pairs.title"), grid(figures), note=voice.say("pairs.note"))


def _rows(found: Explanation, shap: Shap, voice: Voice) -> Html | None:
    figures = [rows.waterfall(found, shap, one, voice) for one in shap.waterfalls[:_ROWS]]
    note = f"{voice.say('rows.note')} {voice.say(f'scale.{shap.scale}')}."
    return sub(voice.say("rows.title"), grid(figures), note=note) if figures else None


def _lime(found: Explanation, voice: Voice) -> Html | None:
    figures = [rows.lime_bars(found, one, voice) for one in found.lime[:4]]
    return sub(voice.say("lime.title"), grid(figures), note=voice.say("lime.note")) if figures else None


def _how(found: Explanation, voice: Voice) -> Html | None:
    """Ways, rows, seconds, and what was left out."""
    said = [
        voice.say(
            "explain.part",
            part=voice.name("part", one.name),
            rows=voice.count(one.rows),
            time=voice.duration(one.seconds),
        )
        for one in found.parts
    ]
    if found.shap is not None:
        said.insert(
            0,
            voice.say(
                f"way.{found.shap.method}", rows=found.shap.background, gap=voice.number(found.shap.largest_gap, 1)
            ),
        )
    said += [
        f"{voice.name('part', one.part)}: {voice.name('reason', one.reason)}"
        + (f" ({one.detail})" if one.detail else "")
        for one in found.omitted
    ]
    said.append(
        voice.say(
            "explain.seed", seed=found.seed, time=voice.duration(found.seconds), budget=voice.duration(found.budget)
        )
    )
    return tag("ul", (tag("li", one) for one in said), class_="how")
