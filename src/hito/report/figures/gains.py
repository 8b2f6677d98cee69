"""Lift and gain: what it brings to start with the best scored rows; and scores over the threshold."""

from collections.abc import Sequence

from hito.evaluation.results import Curve
from hito.report.figure import Axis, Figure, Line
from hito.report.scale import extent, ticks
from hito.report.voice import Voice

_TONES = ("accent", "second", "third")


def gain(curve: Curve, voice: Voice) -> Figure:
    unit = tuple((at / 4, voice.percent(at / 4, 0)) for at in range(5))
    return Figure(
        title=voice.say("figure.gain"),
        alt=voice.say("alt.gain", share=voice.percent(_at(curve, 0.2)), label=curve.label),
        note=voice.say("note.gain", share=voice.percent(_at(curve, 0.2), 0)),
        x=Axis(low=0, high=1, ticks=unit, label=voice.say("axis.share_of_rows")),
        y=Axis(low=0, high=1.01, ticks=unit, label=voice.say("axis.share_of_positives"), grid=True),
        marks=(
            Line(x=(0, 1), y=(0, 1), tone="faint", width=1, dashed=True),
            Line(x=curve.x, y=curve.y),
        ),
        right=20,
    )


def lift(curve: Curve, voice: Voice) -> Figure:
    _, high = extent(curve.y, zero=True)
    unit = tuple((at / 4, voice.percent(at / 4, 0)) for at in range(5))
    return Figure(
        title=voice.say("figure.lift"),
        alt=voice.say("alt.lift", lift=voice.number(_at(curve, 0.1), 2), label=curve.label),
        note=voice.say("note.lift", lift=voice.number(_at(curve, 0.1), 2)),
        x=Axis(low=0, high=1, ticks=unit, label=voice.say("axis.share_of_rows")),
        y=Axis(low=0, high=high, ticks=ticks(0, high, voice.tick, 4), grid=True, bar=False),
        marks=(
            Line(x=(0, 1), y=(1, 1), tone="faint", width=1, dashed=True),
            Line(x=curve.x, y=curve.y),
        ),
        right=20,
    )


def thresholds(curves: Sequence[Curve], voice: Voice) -> Figure:
    """Precision, recall and F1 for every threshold one could choose."""
    unit = voice.unit_ticks()
    return Figure(
        title=voice.say("figure.threshold"),
        alt=voice.say("alt.threshold"),
        x=Axis(low=0, high=1, ticks=unit, label=voice.say("axis.threshold")),
        y=Axis(low=0, high=1.01, ticks=unit, grid=True, bar=False),
        marks=tuple(
            Line(x=one.x, y=one.y, tone=tone, width=1.5) for one, tone in zip(curves, _TONES, strict=False)
        ),
        legend=tuple(
            (tone, voice.name("score", one.of or one.label)) for one, tone in zip(curves, _TONES, strict=False)
        ),
    )  # fmt: skip


def _at(curve: Curve, share: float) -> float | None:
    """The curve's value at a place, between its points."""
    before = None
    for at, value in zip(curve.x, curve.y, strict=True):
        if at >= share:
            if before is None or at == before[0]:
                return value
            return before[1] + (value - before[1]) * (share - before[0]) / (at - before[0])
        before = (at, value)
    return None
