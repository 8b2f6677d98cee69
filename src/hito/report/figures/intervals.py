"""Numbers with what chance allows: groups of fairness, slices, drift."""

from collections.abc import Sequence

from hito.report.figure import Axis, Boxes, Dots, Figure, Labels, Line, Segments
from hito.report.scale import extent, ticks
from hito.report.voice import Voice

_ROW = 24


def whiskers(
    names: Sequence[str],
    values: Sequence[float | None],
    lows: Sequence[float | None],
    highs: Sequence[float | None],
    *,
    title: str,
    alt: str,
    voice: Voice,
    rule: float | None = None,
    share: bool = True,
    note: str = "",
    width: int = 352,
) -> Figure:
    """A dot with a whisker for each name; `rule`: the value to compare with, a dashed line."""
    known = [at for at, value in enumerate(values) if value is not None]
    low, high = extent(values, lows, highs, [rule] if rule is not None else [])
    if share:
        low, high = max(low, -0.005), min(high, 1.005)
    y = [at + 0.5 for at in known]
    marks: list[Line | Segments | Dots | Labels] = []
    if rule is not None:
        marks.append(Line(x=(rule, rule), y=(0, len(names)), tone="muted", width=1, dashed=True))
    spans = [(at, a, b) for at in known if (a := lows[at]) is not None and (b := highs[at]) is not None]
    if spans:
        middle = [at + 0.5 for at, _, _ in spans]
        marks.append(
            Segments(
                x0=[a for _, a, _ in spans],
                y0=middle,
                x1=[b for _, _, b in spans],
                y1=middle,
                tone="accent",
                width=1.75,
            )
        )
    shown = [value for value in values if value is not None]
    marks.append(Dots(x=shown, y=y, tone="accent", radius=4))
    write = voice.tick_share if share else voice.tick
    return Figure(
        title=title,
        note=note,
        alt=alt,
        x=Axis(low=low, high=high, ticks=ticks(low, high, write, 4), grid=True),
        y=Axis(low=len(names), high=0, ticks=tuple((at + 0.5, name) for at, name in enumerate(names)), bar=False),
        marks=tuple(marks),
        height=34 + _ROW * len(names),
        right=22,
        width=width,
    )


def two_shares(
    names: Sequence[str],
    first: Sequence[float],
    second: Sequence[float],
    *,
    title: str,
    note: str,
    alt: str,
    voice: Voice,
) -> Figure:
    """Pairs of bars: how a column was spread in training and is spread now."""
    _, high = extent(first, second, zero=True)
    count = len(first)
    every = -(-count // 4)
    return Figure(
        title=title,
        note=note,
        alt=alt,
        x=Axis(low=0, high=count, ticks=tuple((at + 0.5, names[at][:9]) for at in range(0, count, every))),
        y=Axis(low=0, high=high, ticks=ticks(0, high, voice.tick_share, 3), grid=True, bar=False),
        marks=(
            Boxes(x0=[at + 0.1 for at in range(count)], x1=[at + 0.5 for at in range(count)], y0=[0.0] * count, y1=first,
                  tone="faint"),
            Boxes(x0=[at + 0.5 for at in range(count)], x1=[at + 0.9 for at in range(count)], y0=[0.0] * count, y1=second),
        ),
        legend=(("faint", voice.say("drift.train")), ("accent", voice.say("drift.test"))),
        height=180,
    )  # fmt: skip
