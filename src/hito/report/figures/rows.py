"""One row explained: the waterfall of its contributions, and LIME's conditions."""

from hito.explain.results import Cell, Condition, Explanation, Lime, Shap, Waterfall
from hito.report.figure import Axis, Boxes, Figure, Labels, Line, Segments
from hito.report.scale import extent, ticks
from hito.report.voice import Voice

_SHOWN = 8
_ROW = 22


def waterfall(found: Explanation, shap: Shap, one: Waterfall, voice: Voice) -> Figure:
    """From the base to the answer, the strongest columns first; the others are one step."""
    order = sorted(range(len(one.values)), key=lambda at: -abs(one.values[at]))
    steps = [(_named(found.features[at], one.cells[at], voice), one.values[at]) for at in order[:_SHOWN]]
    rest = order[_SHOWN:]
    if rest:
        steps.append((voice.say("waterfall.rest", count=len(rest)), sum(one.values[at] for at in rest)))
    starts, ends, at = [], [], one.base
    for _, value in steps:
        starts.append(at)
        at += value
        ends.append(at)
    low, high = extent(starts, ends)
    rows = range(len(steps))
    joints = rows[:-1]
    return Figure(
        title=title(one.row, one.why, voice),
        note=_note(one, voice, shap),
        alt=voice.say("alt.waterfall", row=one.row, names=", ".join(name for name, _ in steps[:3])),
        x=Axis(low=low, high=high, ticks=ticks(low, high, voice.tick, 4), grid=True),
        y=Axis(low=len(steps), high=0, ticks=tuple((row + 0.5, steps[row][0]) for row in rows), bar=False),
        marks=(
            Line(x=(one.base, one.base), y=(0, len(steps)), tone="faint", width=1, dashed=True),
            Segments(x0=[ends[row] for row in joints], y0=[row + 0.5 for row in joints],
                     x1=[ends[row] for row in joints], y1=[row + 1.5 for row in joints], tone="faint", width=1),
            Boxes(x0=starts, x1=ends, y0=[row + 0.16 for row in rows], y1=[row + 0.84 for row in rows],
                  tones=["up" if value >= 0 else "down" for _, value in steps]),
            Labels(x=[max(a, b) for a, b in zip(starts, ends, strict=True)], y=[row + 0.5 for row in rows], dx=4,
                   texts=[_signed(value, voice) for _, value in steps], tone="muted"),
        ),
        height=44 + _ROW * len(steps),
        right=46,
    )  # fmt: skip


def lime_bars(found: Explanation, one: Lime, voice: Voice) -> Figure:
    shown = one.conditions[:_SHOWN]
    weights = [condition.weight for condition in shown]
    low, high = extent(weights, zero=True)
    rows = range(len(shown))
    fit = voice.say(
        "note.lime", fit=voice.fixed(one.fit, 2), answer=voice.number(one.answer), local=voice.number(one.local)
    )
    return Figure(
        title=title(one.row, one.why, voice),
        note=fit,
        alt=voice.say("alt.lime", row=one.row, names=", ".join(condition.text for condition in shown[:3])),
        x=Axis(low=low, high=high, ticks=ticks(low, high, voice.tick, 4), grid=True),
        y=Axis(low=len(shown), high=0, bar=False,
               ticks=tuple((row + 0.5, _worded(shown[row], found, voice)) for row in rows)),
        marks=(
            Line(x=(0, 0), y=(0, len(shown)), tone="muted", width=1),
            Boxes(x0=[0.0] * len(shown), x1=weights, y0=[row + 0.16 for row in rows], y1=[row + 0.84 for row in rows],
                  tones=["up" if weight >= 0 else "down" for weight in weights]),
        ),
        height=44 + _ROW * len(shown),
        right=22,
    )  # fmt: skip


def title(row: int, why: str, voice: Voice) -> str:
    return voice.say(f"row.{why}", row=row)


def _note(one: Waterfall, voice: Voice, shap: Shap) -> str:
    ends = {"base": voice.number(one.base), "answer": voice.number(one.answer)}
    said = (
        voice.say("note.waterfall_of", label=one.output, **ends) if one.output else voice.say("note.waterfall", **ends)
    )
    if one.actual is not None:
        said += " · " + voice.say("row.actual", actual=voice.cell(one.actual), predicted=voice.cell(one.predicted))
    return said


def _named(feature: str, cell: Cell, voice: Voice) -> str:
    """`age = 34`, the name cut rather than the value."""
    value = voice.number(cell, 3) if isinstance(cell, float | int) else voice.cell(cell)[:12]
    room = max(6, 22 - len(value))
    return f"{feature if len(feature) <= room else feature[: room - 1] + '…'} = {value}"


def _signed(value: float, voice: Voice) -> str:
    return ("+" if value >= 0 else "") + voice.number(value, 2)


def _worded(condition: Condition, found: Explanation, voice: Voice) -> str:
    """LIME's condition with signs and decimal point as they are printed, the name cut rather than the numbers."""
    name = found.features[condition.feature]
    before, here, after = condition.text.partition(name)
    before, after = (part.replace("<=", "≤").replace(">=", "≥") for part in (before, after))
    if voice.language != "en":
        before, after = before.replace(".", ","), after.replace(".", ",")
    room = max(6, 25 - len(before) - len(after))
    return before + (here if len(here) <= room else here[: room - 1] + "…") + after
