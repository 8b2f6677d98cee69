"""How much columns matter: SHAP's mean contributions, and what a score loses when one is shuffled."""

from collections.abc import Sequence

from hito.explain.results import Explanation, Permutation, Shap
from hito.report.figure import Axis, Boxes, Figure, Labels, Segments
from hito.report.scale import extent, ticks
from hito.report.voice import Voice

SHOWN = 15
_ROW = 19
_TONES = ("accent", "second", "third", "r1", "r5")


def strongest(shap: Shap, count: int = SHOWN) -> list[int]:
    """Numbers of the columns with the largest mean contributions over all outputs."""
    strength = [sum(values) for values in zip(*shap.importance, strict=True)]
    return sorted(range(len(strength)), key=lambda at: -strength[at])[:count]


def shap_bars(found: Explanation, shap: Shap, voice: Voice) -> Figure:
    """Bars, of several classes beside each other in one bar."""
    order = strongest(shap)
    marks: list[Boxes | Labels] = []
    ends = [0.0] * len(order)
    outputs = shap.importance[: len(_TONES)]
    for values, tone in zip(outputs, _TONES, strict=False):
        starts = list(ends)
        ends = [start + values[at] for start, at in zip(starts, order, strict=True)]
        rows = range(len(order))
        marks.append(
            Boxes(x0=starts, x1=ends, y0=[row + 0.18 for row in rows], y1=[row + 0.82 for row in rows], tone=tone)
        )
    marks.append(
        Labels(x=ends, y=[row + 0.5 for row in range(len(order))], texts=[voice.number(end, 2) for end in ends],
               tone="muted", dx=5)
    )  # fmt: skip
    names = [found.features[at] for at in order]
    return Figure(
        title=voice.say("figure.shap_bars"),
        note=voice.say(f"scale.{shap.scale}"),
        alt=voice.say("alt.shap_bars", names=", ".join(names[:5])),
        x=Axis(low=0, high=max([*ends, 1e-12]), bar=False),
        y=_rows(names),
        marks=tuple(marks),
        height=20 + _ROW * len(order),
        legend=tuple(zip(_TONES, shap.outputs, strict=False)) if len(outputs) > 1 else (),
        right=52,
    )


def permutation_bars(found: Explanation, shuffled: Permutation, voice: Voice) -> Figure:
    """Mean drop as a dot's bar, least and largest of the repeats as a whisker."""
    means = [sum(drops) / len(drops) for drops in shuffled.drops]
    order = sorted(range(len(means)), key=lambda at: -means[at])[:SHOWN]
    lows, highs = [min(shuffled.drops[at]) for at in order], [max(shuffled.drops[at]) for at in order]
    low, high = extent(lows, highs, zero=True)
    rows = range(len(order))
    names = [found.features[at] for at in order]
    middle = [row + 0.5 for row in rows]
    return Figure(
        title=voice.say("figure.permutation"),
        note=voice.say("note.permutation", score=voice.name("score", shuffled.score), value=voice.fixed(shuffled.baseline)),
        alt=voice.say("alt.permutation", names=", ".join(names[:5])),
        x=Axis(low=low, high=high, ticks=ticks(low, high, voice.tick, 4), grid=True),
        y=_rows(names),
        marks=(
            Boxes(x0=[0.0] * len(order), x1=[means[at] for at in order], y0=[row + 0.18 for row in rows],
                  y1=[row + 0.82 for row in rows], tone="second", shades=[0.55] * len(order)),
            Segments(x0=lows, y0=middle, x1=highs, y1=middle, tone="ink"),
        ),
        height=42 + _ROW * len(order),
        right=22,
    )  # fmt: skip


def _rows(names: Sequence[str]) -> Axis:
    return Axis(low=len(names), high=0, ticks=tuple((at + 0.5, name) for at, name in enumerate(names)), bar=False)
