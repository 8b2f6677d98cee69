"""ROC and precision–recall: what a classifier gains for what it risks."""

from collections.abc import Sequence

from hito.evaluation.results import Curve
from hito.report.figure import Area, Axis, Figure, Line
from hito.report.voice import Voice

_TONES = ("accent", "second", "third", "r1", "r5")
SHOWN = len(_TONES)


def roc(curves: Sequence[Curve], voice: Voice) -> Figure:
    """Up to five classes in one field; the diagonal is chance."""
    marks: list[Line | Area] = [Line(x=(0, 1), y=(0, 1), tone="faint", width=1, dashed=True)]
    if len(curves) == 1:
        one = curves[0]
        marks.insert(0, Area(x=one.x, low=[0.0] * len(one.x), high=one.y))
    marks += [Line(x=one.x, y=one.y, tone=tone) for one, tone in zip(curves, _TONES, strict=False)]
    return Figure(
        title=voice.say("figure.roc"),
        note=_areas(curves, voice, "AUC"),
        alt=voice.say("alt.roc", areas=_areas(curves, voice, "AUC")),
        x=_unit(voice, "axis.false_positive_rate"),
        y=_unit(voice, "axis.true_positive_rate", grid=True),
        marks=tuple(marks),
        legend=_legend(curves),
        square=True,
        height=352,
    )


def precision_recall(curves: Sequence[Curve], voice: Voice) -> Figure:
    marks = [
        Line(x=one.x, y=one.y, tone=tone, stepped=True) for one, tone in zip(map(_rising, curves), _TONES, strict=False)
    ]
    return Figure(
        title=voice.say("figure.precision_recall"),
        note=_areas(curves, voice, "AP"),
        alt=voice.say("alt.precision_recall", areas=_areas(curves, voice, "AP")),
        x=_unit(voice, "axis.recall"),
        y=_unit(voice, "axis.precision", grid=True),
        marks=tuple(marks),
        legend=_legend(curves),
        square=True,
        height=352,
    )


def _rising(curve: Curve) -> Curve:
    """From left to right, whichever way it came."""
    if len(curve.x) > 1 and curve.x[0] > curve.x[-1]:
        return Curve(kind=curve.kind, label=curve.label, x=curve.x[::-1], y=curve.y[::-1])
    return curve


def _unit(voice: Voice, key: str, *, grid: bool = False) -> Axis:
    return Axis(low=0.0, high=1.005, ticks=voice.unit_ticks(), label=voice.say(key), grid=grid)


def _areas(curves: Sequence[Curve], voice: Voice, word: str) -> str:
    parts = []
    for one in curves[:SHOWN]:
        if one.area is None:
            continue
        between = ""
        if one.area_low is not None and one.area_high is not None:
            between = f" ({voice.fixed(one.area_low)} – {voice.fixed(one.area_high)})"
        name = f"{one.label}: " if len(curves) > 1 else ""
        parts.append(f"{name}{word} {voice.fixed(one.area)}{between}")
    return " · ".join(parts)


def _legend(curves: Sequence[Curve]) -> tuple[tuple[str, str], ...]:
    return tuple((tone, one.label) for one, tone in zip(curves, _TONES, strict=False)) if len(curves) > 1 else ()
