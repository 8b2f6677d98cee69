"""What has moved since training: columns whose spread is another."""

from hito.evaluation.results import ColumnDrift
from hito.report.figure import Figure
from hito.report.figures.intervals import two_shares
from hito.report.html import Html, tag
from hito.report.layout import grid, more, section, table
from hito.report.material import Material
from hito.report.voice import Voice

_DRAWN = 6
_SHOWN = 12


def draw(material: Material, voice: Voice) -> Html | None:
    found = material.evaluation
    if found is None or not found.drift:
        return None
    ordered = sorted(found.drift, key=lambda one: (not one.moved, -one.psi))
    moved = [one for one in ordered if one.moved]
    lede = (
        voice.say("drift.moved", count=len(moved), of=len(ordered))
        if moved
        else voice.say("drift.still", of=len(ordered))
    )
    shown = [one for one in (moved or ordered[:2])[:_DRAWN] if one.train and len(one.train) == len(one.test)]
    return section(
        "drift",
        voice,
        grid(_drawn(one, voice) for one in shown),
        _table(ordered[:_SHOWN], voice),
        more(voice.say("drift.more", count=len(ordered) - _SHOWN), _table(ordered[_SHOWN:], voice))
        if len(ordered) > _SHOWN
        else None,
        lede=lede,
    )


def _table(columns: list[ColumnDrift], voice: Voice) -> Html | None:
    rows = [
        [
            one.feature,
            tag("span", voice.say("drift.yes"), class_="badge warning") if one.moved else voice.say("drift.no"),
            voice.fixed(one.psi),
            voice.p(one.p_value),
            voice.percent(one.missing_train),
            voice.percent(one.missing_test),
        ]
        for one in columns
    ]
    head = [
        voice.say("column"), voice.say("drift.has_moved"), "PSI", voice.say("p_value"), voice.say("drift.missing_train"),
        voice.say("drift.missing_test"),
    ]  # fmt: skip
    return table(voice.say("drift.caption"), head, rows, numbers=(2, 3, 4, 5))


def _drawn(one: ColumnDrift, voice: Voice) -> Figure:
    count = _bins(one)
    psi = voice.fixed(one.psi, 2)
    return two_shares(
        [_bin(one, at, voice) for at in range(count)],
        one.train[:count],
        one.test[:count],
        title=one.feature,
        note=f"PSI {psi}",
        alt=voice.say("alt.drift", name=one.feature, psi=psi),
        voice=voice,
    )


def _bins(one: ColumnDrift) -> int:
    """How many there are to draw: the last one is of missing values, if there are any."""
    filled = one.missing_train or one.missing_test or one.kind == "category"
    return len(one.train) if filled else len(one.train) - 1


def _bin(one: ColumnDrift, at: int, voice: Voice) -> str:
    """A category, or the lower edge of a bin."""
    if at >= len(one.bins):
        return voice.say("missing")
    return voice.cell(one.bins[at])
