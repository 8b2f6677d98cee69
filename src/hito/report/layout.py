"""The page's few shapes: a section, a figure, a grid of small figures, a table, a list of facts."""

from collections.abc import Iterable, Sequence

from hito.report import svg
from hito.report.figure import Figure
from hito.report.html import Html, join, tag
from hito.report.voice import Voice


def section(key: str, voice: Voice, *parts: Html | None, lede: str = "") -> Html:
    """A part of the page with its heading; `lede` says in a sentence what it is for."""
    return tag(
        "section",
        tag("h2", voice.say(f"section.{key}"), id=f"{key}-title"),
        tag("p", lede, class_="lede") if lede else None,
        [part for part in parts if part],
        id=key,
        aria_labelledby=f"{key}-title",
    )


def sub(title: str, *parts: Html | None, note: str = "") -> Html:
    """A part of a section."""
    return tag(
        "div", tag("h3", title), tag("p", note, class_="note") if note else None, [part for part in parts if part],
        class_="sub",
    )  # fmt: skip


def figure(given: Figure, *, level: str = "") -> Html:
    legend = None
    if given.legend:
        keys = [
            tag("span", tag("i", class_=f"key k-{tone}"), word or None, class_="entry") for tone, word in given.legend
        ]
        legend = tag("div", keys, class_="legend")
    caption = tag(
        "figcaption",
        tag("strong", given.title),
        tag("span", given.note, class_="note") if given.note else None,
        legend,
    )
    wide = given.width > 400
    picture = svg.draw(given)
    return tag(
        "figure",
        caption,
        tag("div", picture, class_="scroll") if wide else picture,
        class_="wide" if wide else level or None,
    )


def grid(figures: Iterable[Figure]) -> Html | None:
    """Small figures beside each other."""
    drawn = [figure(one) for one in figures]
    return tag("div", drawn, class_="grid") if drawn else None


def table(
    caption: str,
    head: Sequence[str],
    rows: Iterable[Sequence[Html | str | None]],
    *,
    numbers: Sequence[int] = (),
    class_: str | None = None,
) -> Html | None:
    """A table whose first column names its rows. `numbers`: columns that are aligned as numbers."""
    body = []
    for row in rows:
        first, *rest = row
        cells = [tag("td", cell, class_="num" if at in numbers else None) for at, cell in enumerate(rest, 1)]
        body.append(tag("tr", tag("th", first, scope="row"), cells))
    if not body:
        return None
    titles = [tag("th", name, scope="col", class_="num" if at in numbers else None) for at, name in enumerate(head)]
    inner = tag("table", tag("caption", caption), tag("thead", tag("tr", titles)), tag("tbody", body), class_=class_)
    return tag("div", inner, class_="scroll")


def facts(pairs: Iterable[tuple[str, Html | str | None]]) -> Html | None:
    """Names and values in two columns; what has no value is left out."""
    rows = [join(tag("dt", name), tag("dd", value)) for name, value in pairs if value]
    return tag("dl", rows, class_="facts") if rows else None


def more(summary: str, *parts: Html | None) -> Html | None:
    """What is there for those who want it: closed on the screen; paper shows its title."""
    kept = [part for part in parts if part]
    return tag("details", tag("summary", summary), kept) if kept else None
