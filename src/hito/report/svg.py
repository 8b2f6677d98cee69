"""A figure as SVG. Its colours are classes, so that one picture does for light, dark and paper.

    ┌───────────────────────────────┐
    │ left │ field            │ right    left: as wide as the longest name on the y axis
    │      │                  │     │
    │      └──────────────────┘     │
    │        ticks and label        │
    └───────────────────────────────┘

Dots and boxes of one tone are one path: a bee swarm of three thousand dots is 30 kB, not 300.
"""

import math
from collections.abc import Callable, Sequence
from itertools import groupby

from hito.report.figure import Area, Axis, Boxes, Dots, Figure, Labels, Line, Mark, Segments
from hito.report.html import Html, join, tag

_CHARACTER = 6.1
"""Mean width of a character of the small text, in pixels."""
_LONGEST = 26
"""Characters of a name on an axis; the rest is cut."""
_TOP, _BOTTOM, _LABEL = 10, 22, 18

Place = Callable[[float], float]


def draw(figure: Figure) -> Html:
    """The picture; its text alternative goes with it."""
    names = [_cut(name) for _, name in figure.y.ticks]
    left = max([10.0, *(len(name) * _CHARACTER + 10 for name in names)]) + (_LABEL if figure.y.label else 0)
    bottom = (_BOTTOM if figure.x.ticks else 6) + (_LABEL if figure.x.label else 0)
    width: float = figure.width - left - figure.right
    height: float = figure.height - _TOP - bottom
    if figure.square:
        height = width = min(width, height if figure.height > figure.width else width)
    total = _TOP + height + bottom
    x = _placed(figure.x, left, left + width)
    y = _placed(figure.y, _TOP + height, _TOP)
    return tag(
        "svg",
        _grid(figure, x, y, left, _TOP, width, height),
        (_mark(mark, x, y) for mark in figure.marks),
        _axes(figure, x, y, left, _TOP, width, height),
        role="img",
        aria_label=figure.alt,
        viewBox=f"0 0 {figure.width} {total:.0f}",
        width=figure.width,
        height=round(total),
    )


def _placed(axis: Axis, start: float, end: float) -> Place:
    span = (axis.high - axis.low) or 1.0
    return lambda value: start + (value - axis.low) / span * (end - start)


def _grid(figure: Figure, x: Place, y: Place, left: float, top: float, width: float, height: float) -> Html:
    path = []
    if figure.x.grid:
        path += [f"M{_n(x(at))} {_n(top)}v{_n(height)}" for at, _ in figure.x.ticks]
    if figure.y.grid:
        path += [f"M{_n(left)} {_n(y(at))}h{_n(width)}" for at, _ in figure.y.ticks]
    return tag("path", class_="rules", d="".join(path)) if path else join()


def _axes(figure: Figure, x: Place, y: Place, left: float, top: float, width: float, height: float) -> Html:
    below = top + height
    parts = []
    if figure.x.bar:
        parts.append(tag("path", class_="axis", d=f"M{_n(left)} {_n(below)}h{_n(width)}"))
    for at, name in figure.x.ticks:
        parts.append(tag("text", name, class_="tick", x=_n(x(at)), y=_n(below + 15), text_anchor="middle"))
    if figure.x.label:
        middle, line = _n(left + width / 2), _n(below + (32 if figure.x.ticks else 17))
        parts.append(tag("text", figure.x.label, class_="label", x=middle, y=line, text_anchor="middle"))
    for at, name in figure.y.ticks:
        short = _cut(name)
        title = tag("title", name) if short != name else None
        parts.append(tag("text", title, short, class_="tick", x=_n(left - 7), y=_n(y(at) + 3.5), text_anchor="end"))
    if figure.y.label:
        turned = f"translate(11 {_n(top + height / 2)}) rotate(-90)"
        parts.append(tag("text", figure.y.label, class_="label", transform=turned, text_anchor="middle"))
    return join(parts)


def _mark(mark: Mark, x: Place, y: Place) -> Html:
    match mark:
        case Line():
            return _line(mark, x, y)
        case Area():
            there = [f"{_n(x(at))} {_n(y(value))}" for at, value in zip(mark.x, mark.high, strict=True)]
            back = [f"{_n(x(at))} {_n(y(value))}" for at, value in zip(mark.x, mark.low, strict=True)]
            return tag("path", class_=f"area f-{mark.tone}", d=f"M{'L'.join(there + back[::-1])}Z") if there else join()
        case Dots():
            return _dots(mark, x, y)
        case Boxes():
            return _boxes(mark, x, y)
        case Segments():
            d = "".join(
                f"M{_n(x(a))} {_n(y(b))}L{_n(x(c))} {_n(y(d))}"
                for a, b, c, d in zip(mark.x0, mark.y0, mark.x1, mark.y1, strict=True)
            )
            return tag("path", class_=_stroke(mark.tone, mark.dashed), stroke_width=mark.width, d=d) if d else join()
        case Labels():
            return _labels(mark, x, y)


def _line(mark: Line, x: Place, y: Place) -> Html:
    d, pen, before = [], "M", None
    for at, value in zip(mark.x, mark.y, strict=True):
        if value is None or not math.isfinite(value):
            pen = "M"
            continue
        if mark.stepped and pen == "L" and before is not None:
            d.append(f"L{_n(x(at))} {_n(y(before))}")
        d.append(f"{pen}{_n(x(at))} {_n(y(value))}")
        pen, before = "L", value
    if not d:
        return join()
    return tag("path", class_=_stroke(mark.tone, mark.dashed), stroke_width=mark.width, d="".join(d))


def _dots(mark: Dots, x: Place, y: Place) -> Html:
    """A dot is a line without length and with round ends."""
    tones = mark.tones or [mark.tone] * len(mark.x)
    paths = []
    for tone in dict.fromkeys(tones):
        d = "".join(f"M{_n(x(a))} {_n(y(b))}h0" for a, b, own in zip(mark.x, mark.y, tones, strict=True) if own == tone)
        paths.append(
            tag("path", class_=f"dots s-{tone}", stroke_width=_n(2 * mark.radius), opacity=_n(mark.opacity), d=d)
        )  # fmt: skip
    return join(paths)


def _boxes(mark: Boxes, x: Place, y: Place) -> Html:
    tones = mark.tones or [mark.tone] * len(mark.x0)
    shades = [round(max(0.0, min(1.0, shade)) * 20) / 20 for shade in mark.shades] or [1.0] * len(mark.x0)
    drawn = []
    for a, b, c, d, tone, shade in zip(mark.x0, mark.x1, mark.y0, mark.y1, tones, shades, strict=True):
        left, right = sorted((x(a), x(b)))
        top, bottom = sorted((y(c), y(d)))
        gap = mark.gap / 2
        width, height = max(right - left - 2 * gap, 0.5), max(bottom - top - 2 * gap, 0.5)
        drawn.append((tone, shade, f"M{_n(left + gap)} {_n(top + gap)}h{_n(width)}v{_n(height)}h{_n(-width)}z"))
    drawn.sort(key=lambda one: one[:2])
    paths = []
    for (tone, shade), group in groupby(drawn, key=lambda one: one[:2]):
        d = "".join(path for _, _, path in group)
        paths.append(tag("path", class_=f"f-{tone}", fill_opacity=None if shade == 1 else _n(shade), d=d))
    return join(paths)


def _labels(mark: Labels, x: Place, y: Place) -> Html:
    tones: Sequence[str] = mark.tones or [mark.tone] * len(mark.texts)
    return join(
        tag(
            "text",
            words,
            class_=f"mark t-{tone}" + (" strong" if mark.strong else ""),
            x=_n(x(a) + mark.dx),
            y=_n(y(b) + mark.dy),
            text_anchor=mark.anchor,
        )
        for a, b, words, tone in zip(mark.x, mark.y, mark.texts, tones, strict=True)
    )


def _stroke(tone: str, dashed: bool) -> str:
    return f"line s-{tone}" + (" dashed" if dashed else "")


def _cut(name: str) -> str:
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"


def _n(number: float) -> str:
    """A tenth of a pixel is enough."""
    written = f"{number:.1f}"
    return written.removesuffix(".0")
