"""What a regressor's pictures show: truth against prediction, and how the errors lie."""

from hito.evaluation.results import Curve, Histogram, Residuals
from hito.report.figure import Axis, Boxes, Dots, Figure, Line
from hito.report.scale import extent, ticks
from hito.report.voice import Voice


def truth_and_prediction(found: Residuals, voice: Voice) -> Figure:
    low, high = extent(found.truth, found.predicted)
    axis = ticks(low, high, voice.tick)
    return Figure(
        title=voice.say("figure.truth_prediction"),
        alt=voice.say("alt.truth_prediction", rows=len(found.truth)),
        x=Axis(low=low, high=high, ticks=axis, label=voice.say("axis.prediction")),
        y=Axis(low=low, high=high, ticks=axis, label=voice.say("axis.truth"), grid=True),
        marks=(
            Dots(x=found.predicted, y=found.truth, radius=1.8, opacity=0.45),
            Line(x=(low, high), y=(low, high), tone="muted", width=1, dashed=True),
        ),
        square=True,
        height=352,
    )


def residuals_over_prediction(found: Residuals, voice: Voice) -> Figure:
    errors = [truth - predicted for truth, predicted in zip(found.truth, found.predicted, strict=True)]
    x_low, x_high = extent(found.predicted)
    y_low, y_high = extent(errors)
    return Figure(
        title=voice.say("figure.residuals"),
        alt=voice.say("alt.residuals", mean=voice.number(found.mean), deviation=voice.number(found.deviation)),
        note=voice.say("note.residuals", mean=voice.number(found.mean), deviation=voice.number(found.deviation)),
        x=Axis(low=x_low, high=x_high, ticks=ticks(x_low, x_high, voice.tick),
               label=voice.say("axis.prediction")),
        y=Axis(low=y_low, high=y_high, ticks=ticks(y_low, y_high, voice.tick),
               label=voice.say("axis.residual"), grid=True, bar=False),
        marks=(
            Dots(x=found.predicted, y=errors, radius=1.8, opacity=0.45),
            Line(x=(x_low, x_high), y=(0, 0), tone="muted", width=1, dashed=True),
        ),
        height=330,
    )  # fmt: skip


def residual_histogram(found: Histogram, voice: Voice) -> Figure:
    _, high = extent(found.counts, zero=True)
    low_x, high_x = found.edges[0], found.edges[-1]
    return Figure(
        title=voice.say("figure.residual_histogram"),
        alt=voice.say("alt.residual_histogram", low=voice.number(low_x), high=voice.number(high_x)),
        x=Axis(low=low_x, high=high_x, ticks=ticks(low_x, high_x, voice.tick),
               label=voice.say("axis.residual")),
        y=Axis(low=0, high=high, ticks=ticks(0, high, voice.tick, 4), grid=True, bar=False),
        marks=(
            Boxes(x0=found.edges[:-1], x1=found.edges[1:], y0=[0.0] * len(found.counts), y1=found.counts, gap=1,
                  shades=[0.75] * len(found.counts)),
            Line(x=(0, 0), y=(0, high), tone="muted", width=1, dashed=True),
        ),
    )  # fmt: skip


def quantiles(curve: Curve, voice: Voice) -> Figure:
    low, high = extent(curve.x, curve.y)
    axis = ticks(low, high, voice.tick)
    return Figure(
        title=voice.say("figure.quantile_quantile"),
        alt=voice.say("alt.quantile_quantile"),
        x=Axis(low=low, high=high, ticks=axis, label=voice.say("axis.normal_quantile")),
        y=Axis(low=low, high=high, ticks=axis, label=voice.say("axis.residual_quantile"), grid=True),
        marks=(
            Line(x=(low, high), y=(low, high), tone="faint", width=1, dashed=True),
            Dots(x=curve.x, y=curve.y, radius=1.8, opacity=0.7),
        ),
    )
