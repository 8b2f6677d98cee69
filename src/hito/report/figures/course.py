"""Metrics over steps: learning curves, and whatever a run logged."""

from collections.abc import Mapping, Sequence

from hito.report.figure import Axis, Figure, Labels, Line
from hito.report.scale import extent, ticks
from hito.report.voice import Voice

_TONES = ("accent", "second", "third", "r1", "r5")


def course(name: str, series: Mapping[str, tuple[Sequence[int], Sequence[float]]], voice: Voice) -> Figure:
    """Lines of one metric, one for each series."""
    shown = list(series.items())[: len(_TONES)]
    low, high = extent(*(values for _, (_, values) in shown))
    first = min(min(steps) for _, (steps, _) in shown)
    last = max(max(steps) for _, (steps, _) in shown)
    last = last if last > first else first + 1
    marks: list[Line | Labels] = [
        Line(x=steps, y=values, tone=tone) for (_, (steps, values)), tone in zip(shown, _TONES, strict=False)
    ]
    ends = ", ".join(f"{label}: {voice.number(values[-1])}" for label, (_, values) in shown)
    return Figure(
        title=name,
        alt=voice.say("alt.course", name=name, ends=ends),
        x=Axis(low=first, high=last, ticks=ticks(first, last, voice.tick, 4), label=voice.say("axis.step")),
        y=Axis(low=low, high=high, ticks=ticks(low, high, voice.tick, 4), grid=True, bar=False),
        marks=tuple(marks),
        legend=tuple((tone, label) for (label, _), tone in zip(shown, _TONES, strict=False)) if len(shown) > 1 else (),
        height=210,
        right=16,
    )
