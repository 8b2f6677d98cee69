"""Calibration: whether 80 % means 80 %."""

from collections.abc import Sequence

from hito.evaluation.results import Curve, Histogram
from hito.report.figure import Axis, Boxes, Dots, Figure, Line, Segments
from hito.report.scale import extent, ticks
from hito.report.voice import Voice

_TONES = ("accent", "second", "third")


def calibration(curves: Sequence[Curve], voice: Voice) -> Figure:
    """Dots at what came, with whiskers of chance; the diagonal is what was promised."""
    marks: list[Line | Segments | Dots] = [Line(x=(0, 1), y=(0, 1), tone="faint", width=1, dashed=True)]
    for one, tone in zip(curves, _TONES, strict=False):
        if one.low and one.high:
            marks.append(Segments(x0=one.x, y0=one.low, x1=one.x, y1=one.high, tone=tone))
        marks.append(Line(x=one.x, y=one.y, tone=tone, width=1))
        marks.append(Dots(x=one.x, y=one.y, tone=tone, radius=3))
    errors = [f"{voice.say('calibration.error')} {voice.fixed(one.area)}" for one in curves if one.area is not None]
    unit = voice.unit_ticks()
    return Figure(
        title=voice.say("figure.calibration"),
        note=" · ".join(errors[:3]),
        alt=voice.say("alt.calibration", error=", ".join(errors[:3])),
        x=Axis(low=0, high=1.005, ticks=unit, label=voice.say("axis.predicted_probability")),
        y=Axis(low=0, high=1.005, ticks=unit, label=voice.say("axis.observed_share"), grid=True),
        marks=tuple(marks),
        legend=tuple((tone, one.label) for one, tone in zip(curves, _TONES, strict=False)) if len(curves) > 1 else (),
        square=True,
        height=352,
    )


def score_histogram(found: Sequence[Histogram], voice: Voice) -> Figure:
    """How the probabilities of the two classes lie: apart, or over each other."""
    tones = ("second", "accent")
    marks = []
    for one, tone in zip(found, tones, strict=False):
        total = sum(one.counts) or 1
        shares = [count / total for count in one.counts]
        marks.append(
            Boxes(x0=one.edges[:-1], x1=one.edges[1:], y0=[0.0] * len(shares), y1=shares, tone=tone,
                  shades=[0.55] * len(shares), gap=1)
        )  # fmt: skip
    _, high = extent([value for mark in marks for value in mark.y1], zero=True)
    return Figure(
        title=voice.say("figure.score_histogram"),
        alt=voice.say("alt.score_histogram", classes=", ".join(one.truth for one in found)),
        x=Axis(low=0, high=1, ticks=voice.unit_ticks(),
               label=voice.say("axis.probability_of", label=found[0].label)),
        y=Axis(low=0, high=high, ticks=ticks(0, high, voice.tick_share, 4), grid=True, bar=False),
        marks=tuple(marks),
        legend=tuple((tone, one.truth) for one, tone in zip(found, tones, strict=False)),
    )  # fmt: skip
