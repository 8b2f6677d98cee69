"""How the answer depends on one column, or on two: SHAP's dependence, PDP with ICE, and the map of a pair."""

from collections.abc import Sequence

from hito.explain.results import Cell, Curve, Explanation, Pair, Shap
from hito.report.figure import Axis, Boxes, Dots, Figure, Line, Segments, ramp
from hito.report.scale import Tick, extent, ticks
from hito.report.voice import Voice

_TONES = ("accent", "second", "third", "r1", "r5")


def shap_dependence(found: Explanation, shap: Shap, output: int, feature: int, voice: Voice) -> Figure:
    """Each row a dot: the column's value against its contribution, coloured by the column that bends it most."""
    cells, values = shap.columns[feature], shap.values[output][feature]
    partner = shap.partners[feature]
    places, axis = _along(cells, voice)
    known = [at for at, place in enumerate(places) if place is not None]
    tones: list[str] = []
    note = ""
    if partner >= 0 and found.kinds[partner] == "number":
        shades = ramp([cell if isinstance(cell, float | int) else None for cell in shap.columns[partner]])
        tones = [shades[at] for at in known]
        note = voice.say("note.partner", name=found.features[partner])
    low, high = extent([values[at] for at in known], zero=True)
    return Figure(
        title=found.features[feature],
        note=note,
        alt=voice.say("alt.dependence", name=found.features[feature]),
        x=axis,
        y=Axis(low=low, high=high, ticks=ticks(low, high, voice.tick, 4), grid=True, bar=False),
        marks=(
            Line(x=(axis.low, axis.high), y=(0, 0), tone="faint", width=1),
            Dots(x=[places[at] or 0.0 for at in known], y=[values[at] for at in known], tones=tones, radius=2.1,
                 opacity=0.85),
        ),
        height=200,
        right=18,
    )  # fmt: skip


def partial_dependence(found: Explanation, curve: Curve, voice: Voice) -> Figure:
    """The average as a strong line, single rows as thin ones, deciles of the data as marks on the axis."""
    places, axis = _along(curve.grid, voice, pad=0.0)
    x = [place if place is not None else axis.high for place in places]
    alone = len(curve.outputs) == 1
    shown = curve.single[:30] if alone else []
    low, high = extent(*curve.mean, *shown)
    room = (high - low) * 0.05
    marks: list[Line | Segments | Dots] = [Line(x=x, y=one, tone="thin", width=0.8) for one in shown]
    means = curve.mean[: len(_TONES)]
    if found.kinds[curve.feature] == "category":
        marks += [Dots(x=x, y=one, tone=tone, radius=3.5) for one, tone in zip(means, _TONES, strict=False)]
    else:
        marks += [Line(x=x, y=one, tone=tone, width=2.25) for one, tone in zip(means, _TONES, strict=False)]
    if curve.deciles:
        rug = [at for at in curve.deciles[1:-1] if axis.low <= at <= axis.high]
        marks.append(Segments(x0=rug, y0=[low] * len(rug), x1=rug, y1=[low + room] * len(rug), tone="muted", width=1))
    return Figure(
        title=found.features[curve.feature],
        alt=voice.say("alt.partial_dependence", name=found.features[curve.feature]),
        x=axis,
        y=Axis(low=low, high=high, ticks=ticks(low, high, voice.tick, 4), grid=True, bar=False),
        marks=tuple(marks),
        height=200,
        legend=tuple(zip(_TONES, curve.outputs, strict=False)) if not alone else (),
        right=18,
    )


def pair_map(found: Explanation, pair: Pair, voice: Voice) -> Figure:
    """The average answer where two columns are set; stripes along one axis: they do not act together."""
    low, high = extent(*pair.mean, pad=0)
    x0, x1, y0, y1, tones = [], [], [], [], []
    for i, row in enumerate(pair.mean):
        for j, value in enumerate(row):
            x0.append(float(i))
            x1.append(i + 1.0)
            y0.append(float(j))
            y1.append(j + 1.0)
            tones.append(f"r{min(6, int((value - low) / (high - low) * 7))}")
    first, second = found.features[pair.first], found.features[pair.second]
    return Figure(
        title=f"{first} × {second}",
        note=voice.say("note.pair", low=voice.number(low), high=voice.number(high)),
        alt=voice.say("alt.pair", first=first, second=second, low=voice.number(low), high=voice.number(high)),
        x=Axis(low=0, high=len(pair.first_grid), ticks=_cells(pair.first_grid, voice), label=first, bar=False),
        y=Axis(low=0, high=len(pair.second_grid), ticks=_cells(pair.second_grid, voice), label=second, bar=False),
        marks=(Boxes(x0=x0, x1=x1, y0=y0, y1=y1, tones=tones, gap=1),),
        height=300,
    )


def _along(cells: Sequence[Cell], voice: Voice, pad: float = 0.03) -> tuple[list[float | None], Axis]:
    """Values as places on an axis: numbers where they are, categories one after the other."""
    numbers = [cell for cell in cells if isinstance(cell, float | int)]
    names = list(dict.fromkeys(str(cell) for cell in cells if isinstance(cell, str)))
    if not names:
        low, high = extent(numbers, pad=pad)
        if pad == 0 and numbers:
            low, high = min(numbers), max(numbers)
            high = high if high > low else low + 1
        axis = Axis(low=low, high=high, ticks=ticks(low, high, voice.tick, 4))
        return [float(cell) if isinstance(cell, float | int) else None for cell in cells], axis
    names.sort()
    if any(cell is None for cell in cells):
        names.append(voice.say("missing"))
    place = {name: at + 0.5 for at, name in enumerate(names)}
    every = -(-len(names) // 6)
    marked = tuple((at + 0.5, name[:12]) for at, name in enumerate(names) if at % every == 0)
    axis = Axis(low=0, high=len(names), ticks=marked)
    return [place[voice.say("missing") if cell is None else str(cell)] for cell in cells], axis


def _cells(grid: Sequence[Cell], voice: Voice) -> tuple[Tick, ...]:
    every = -(-len(grid) // 4)
    return tuple((at + 0.5, _short(cell, voice)) for at, cell in enumerate(grid) if at % every == 0)


def _short(cell: Cell, voice: Voice) -> str:
    return voice.number(cell, 3) if isinstance(cell, float | int) else voice.cell(cell)[:10]
