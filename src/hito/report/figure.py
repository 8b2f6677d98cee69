"""A chart as plain data: marks on two axes. `figures/` makes it of results, `svg` draws it; tests look at it here.

Colours are named by what they mean, the style sheet says what they are in light, dark and print:

    accent second third …   series         good bad          right and wrong, up and down
    muted faint             context        r0 … r6           a ramp from low to high
"""

from collections.abc import Sequence

from msgspec import Struct

from hito.report.scale import Tick

RAMP = 7
"""Steps of the ramp."""


class Axis(Struct, frozen=True, kw_only=True):
    """From `low` to `high`, in the units of the data; low above high turns it around.

    ticks: where there is a number, or a name. grid: whether a tick has a line through the chart. bar: whether the axis
    itself is drawn.
    """

    low: float
    high: float
    ticks: tuple[Tick, ...] = ()
    label: str = ""
    grid: bool = False
    bar: bool = True


class Line(Struct, frozen=True, kw_only=True):
    """Points that are joined; a None among y interrupts."""

    x: Sequence[float]
    y: Sequence[float | None]
    tone: str = "accent"
    width: float = 1.75
    dashed: bool = False
    stepped: bool = False


class Area(Struct, frozen=True, kw_only=True):
    """Between two lines."""

    x: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    tone: str = "accent"


class Dots(Struct, frozen=True, kw_only=True):
    """`tones`: one for each dot, else `tone` for all."""

    x: Sequence[float]
    y: Sequence[float]
    tone: str = "accent"
    tones: Sequence[str] = ()
    radius: float = 2.0
    opacity: float = 1.0


class Boxes(Struct, frozen=True, kw_only=True):
    """Rectangles: bars, bins, cells. `shades` from 0 to 1: how strong each is; empty: all fully."""

    x0: Sequence[float]
    x1: Sequence[float]
    y0: Sequence[float]
    y1: Sequence[float]
    tone: str = "accent"
    tones: Sequence[str] = ()
    shades: Sequence[float] = ()
    gap: float = 0.0
    """Pixels left free between neighbours."""


class Segments(Struct, frozen=True, kw_only=True):
    """Single lines: whiskers, rules."""

    x0: Sequence[float]
    y0: Sequence[float]
    x1: Sequence[float]
    y1: Sequence[float]
    tone: str = "ink"
    width: float = 1.25
    dashed: bool = False


class Labels(Struct, frozen=True, kw_only=True):
    """Words at points; dx and dy move them by pixels."""

    x: Sequence[float]
    y: Sequence[float]
    texts: Sequence[str]
    anchor: str = "start"
    tone: str = "ink"
    tones: Sequence[str] = ()
    dx: float = 0.0
    dy: float = 3.5
    strong: bool = False


Mark = Line | Area | Dots | Boxes | Segments | Labels


class Figure(Struct, frozen=True, kw_only=True):
    """A chart. `alt` says to those who cannot see it what it shows; `note` stands below the title.

    width, height: of the inner field and what is around it, in pixels. legend: tone and word.
    """

    title: str
    alt: str
    x: Axis
    y: Axis
    marks: tuple[Mark, ...]
    note: str = ""
    width: int = 352
    height: int = 260
    legend: tuple[tuple[str, str], ...] = ()
    square: bool = False
    right: int = 12
    """Pixels kept free on the right, for labels of the ends of lines."""


def ramp(values: Sequence[float | None]) -> list[str]:
    """A tone for each value by its rank: equal steps would spend all colours on an outlier. Missing ones are `faint`."""
    known = sorted({value for value in values if value is not None})
    if not known:
        return ["faint"] * len(values)
    if len(known) == 1:
        return ["faint" if value is None else f"r{RAMP // 2}" for value in values]
    place = {value: min(RAMP - 1, at * RAMP // len(known)) for at, value in enumerate(known)}
    if len(known) == 2:
        place = {known[0]: 0, known[1]: RAMP - 1}
    return ["faint" if value is None else f"r{place[value]}" for value in values]
