"""The bee swarm: every row of the sample a dot, every column a line of them, coloured by the column's value."""

from collections.abc import Sequence

from hito.explain.results import Cell, Explanation, Shap
from hito.report.figure import Axis, Dots, Figure, Line, ramp
from hito.report.figures.importance import strongest
from hito.report.scale import extent, ticks
from hito.report.voice import Voice

_SHOWN = 12
_ROWS = 220
_HEIGHT = 30
_WIDTH = 736
_RADIUS = 2.0


def beeswarm(found: Explanation, shap: Shap, output: int, voice: Voice) -> Figure:
    """Dots that would lie on each other are moved aside, as bees on a swarm."""
    order = strongest(shap, _SHOWN)
    count = min(_ROWS, len(shap.rows))
    values = [shap.values[output][at][:count] for at in order]
    low, high = extent(*values, zero=True)
    x: list[float] = []
    y: list[float] = []
    tones: list[str] = []
    for row, (at, line) in enumerate(zip(order, values, strict=True)):
        x += line
        y += [row + 0.5 + shift for shift in _aside(line, low, high)]
        tones += ramp([_number(cell, at, found) for cell in shap.columns[at][:count]])
    names = [found.features[at] for at in order]
    title = voice.say("figure.beeswarm")
    if shap.outputs[output]:
        title = voice.say("figure.beeswarm_of", label=shap.outputs[output])
    return Figure(
        title=title,
        note=voice.say("note.beeswarm", rows=count),
        alt=voice.say("alt.beeswarm", rows=count, names=", ".join(names[:5])),
        x=Axis(low=low, high=high, ticks=ticks(low, high, voice.tick, 7), grid=True,
               label=voice.say(f"scale.{shap.scale}")),
        y=Axis(low=len(order), high=0, ticks=tuple((at + 0.5, name) for at, name in enumerate(names)), bar=False),
        marks=(
            Line(x=(0, 0), y=(0, len(order)), tone="muted", width=1),
            Dots(x=x, y=y, tones=tones, radius=_RADIUS, opacity=0.9),
        ),
        width=_WIDTH,
        height=60 + _HEIGHT * len(order),
        legend=(("r0", voice.say("ramp.low")), ("r3", ""), ("r6", voice.say("ramp.high"))),
    )  # fmt: skip


def _aside(line: Sequence[float], low: float, high: float) -> list[float]:
    """How far each dot is moved from the middle of its line, in lines: the dots of one narrow bin are stacked."""
    bins: dict[int, int] = {}
    steps = _WIDTH * 0.75 / (1.6 * _RADIUS)
    shifts = []
    step = 1.55 * _RADIUS / _HEIGHT
    for value in line:
        place = int((value - low) / (high - low) * steps)
        number = bins[place] = bins.get(place, 0) + 1
        shifts.append(max(-0.44, min(0.44, step * (number // 2) * (1 if number % 2 else -1))))
    return shifts


def _number(cell: Cell, at: int, found: Explanation) -> float | None:
    """A value that can be coloured; categories have no low and high."""
    return cell if isinstance(cell, float | int) and found.kinds[at] == "number" else None
