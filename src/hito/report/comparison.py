"""Two runs side by side: is the difference real, what differs, and their curves over each other.

The first is A, the second B; a difference is B minus A. All tests of one page are corrected together, and the page says
how many there were: whoever tests many things finds something.
"""

from collections.abc import Sequence

from msgspec import Struct

from hito.evaluation.paired import Comparison, Difference
from hito.evaluation.results import Curve, Evaluation
from hito.explain.results import Explanation, Shap
from hito.report.facts import RunFacts
from hito.report.figure import Axis, Boxes, Dots, Figure, Line, Segments
from hito.report.figures.importance import strongest
from hito.report.html import Html, tag
from hito.report.layout import grid, section, sub, table
from hito.report.page import page
from hito.report.scale import extent, ticks
from hito.report.voice import Voice

_TONES = ("muted", "accent")
_SHOWN = 12


class Side(Struct, frozen=True, kw_only=True):
    """One of the two runs."""

    facts: RunFacts
    evaluation: Evaluation | None = None
    explanation: Explanation | None = None

    @property
    def name(self) -> str:
        return self.facts.run_name or self.facts.run_id[:8]


def comparison_report(
    first: Side,
    second: Side,
    tests: Comparison | None,
    folds: Sequence[Difference] = (),
    why: str = "",
    language: str = "en",
) -> str:
    """A whole HTML page.

    Args:
        tests: on the rows that both runs were asked; None: there are none, and `why` says the reason, in English.
        folds: over the folds of both runs' cross-validations.
    Raises: InvalidArgument: another language.
    """
    voice = Voice(language)
    sections: list[tuple[str, Html | None]] = [
        ("comparison", _verdict(first, second, tests, folds, voice)),
        ("tests", _tests(first, second, tests, folds, why, voice)),
        ("changes", _changes(first, second, voice)),
        ("overlay", _overlay(first, second, voice)),
    ]
    about = f"A {first.facts.run_id} · B {second.facts.run_id}"
    title = f"{first.name} · {second.name}" if first.name != second.name else f"A {first.name} · B {second.name}"
    return page(title, voice.say("comparison.title"), about, [(key, made) for key, made in sections if made], voice)


def _verdict(first: Side, second: Side, tests: Comparison | None, folds: Sequence[Difference], voice: Voice) -> Html:
    differences = [*(tests.differences if tests is not None else ()), *folds]
    strong = {one.winner for one in differences if one.winner and one.evidence == "strong"}
    weak = {one.winner for one in differences if one.winner}
    winners = strong or weak
    if not differences:
        key, how = "comparison.unknown", "unknown"
    elif len(winners) == 1:
        key, how = ("comparison.strong", "clear") if strong else ("comparison.weak", "perhaps")
    elif winners:
        key, how = "comparison.mixed", "perhaps"
    else:
        key, how = "comparison.none", "unknown"
    best = second if winners == {"second"} else first
    letter = "B" if best is second else "A"
    said = tag("p", voice.say(key, name=f"{letter} ({best.name})"), class_=f"headline is-{how}")
    return section("comparison", voice, said, _many(tests, folds, voice))


def _many(tests: Comparison | None, folds: Sequence[Difference], voice: Voice) -> Html | None:
    """The warning about many comparisons."""
    count = (len(tests.differences) + tests.tests if tests is not None else 0) + len(folds)
    return tag("p", voice.say("comparison.many", count=count), class_="sentences") if count > 1 else None


def _tests(
    first: Side, second: Side, tests: Comparison | None, folds: Sequence[Difference], why: str, voice: Voice
) -> Html:
    parts = []
    if tests is not None:
        lede = voice.say("tests.rows", rows=voice.count(tests.rows), pairing=voice.name("pairing", tests.pairing))
        parts.append(_table(voice.say("tests.caption"), tests.differences, voice))
    else:
        lede = voice.say("tests.missing", why=why)
    if folds:
        parts.append(
            sub(
                voice.say("tests.folds"),
                _table(voice.say("tests.folds_caption"), folds, voice),
                note=voice.say("tests.folds_note"),
            )
        )
    return section("tests", voice, *parts, lede=lede)


def _table(caption: str, differences: Sequence[Difference], voice: Voice) -> Html | None:
    rows = []
    for one in differences:
        between = "–"
        if one.low is not None and one.high is not None:
            between = f"{_signed(one.low, voice)} … {_signed(one.high, voice)}"
        badge = {"strong": "good", "weak": "warning", "none": "note"}[one.evidence]
        winner = {"first": "A", "second": "B"}.get(one.winner, "")
        rows.append(
            [
                voice.name("score", one.score), voice.score(one.first), voice.score(one.second),
                tag("b", _signed(one.difference, voice)), between, voice.p(one.p_value),
                "–" if one.effect is None else voice.number(one.effect, 2),
                tag("span", f"{voice.name('evidence', one.evidence)} {winner}".strip(), class_=f"badge {badge}"),
                voice.name("test", one.method),
            ]
        )  # fmt: skip
    head = [voice.say("scores.score"), "A", "B", "B − A", voice.say("scores.interval"), voice.say("p_value")]
    head += [voice.say(f"tests.{name}") for name in ("effect", "evidence", "method")]
    return table(caption, head, rows, numbers=(1, 2, 3, 4, 5, 6))


def _changes(first: Side, second: Side, voice: Voice) -> Html:
    """Params, data, source: what is not the same."""
    names = sorted({*first.facts.params, *second.facts.params})
    rows = [
        [name, tag("code", one[:80]), tag("code", other[:80])]
        for name in names
        if (one := first.facts.params.get(name, "–")) != (other := second.facts.params.get(name, "–"))
    ]
    for label, one, other in (
        (voice.say("lineage.commit"), first.facts.commit[:12], second.facts.commit[:12]),
        (voice.say("lineage.source"), first.facts.source, second.facts.source),
        (voice.say("data.digest"), _digests(first), _digests(second)),
    ):
        if one != other:
            rows.append([label, tag("code", one or "–"), tag("code", other or "–")])
    head = [voice.say("params.name"), f"A {first.name}", f"B {second.name}"]
    made = table(voice.say("comparison.differs"), head, rows)
    return section("changes", voice, made or tag("p", voice.say("comparison.same")))


def _digests(side: Side) -> str:
    return ", ".join(dict.fromkeys(one.digest for one in side.facts.datasets))


def _overlay(first: Side, second: Side, voice: Voice) -> Html | None:
    figures = []
    one, other = first.evaluation, second.evaluation
    if one is not None and other is not None:
        for kind in ("roc", "precision_recall", "calibration"):
            pair = [_first(found.curves_of(kind)) for found in (one, other)]
            if pair[0] is not None and pair[1] is not None:
                figures.append(_curves(kind, pair[0], pair[1], voice))
        figures += _scores(one, other, voice)
    left, right = first.explanation, second.explanation
    if left is not None and right is not None and left.shap is not None and right.shap is not None:
        figures.append(_importance(left, left.shap, right, right.shap, voice))
    legend = tag("p", voice.say("overlay.legend", first=first.name, second=second.name), class_="lede")
    drawn = grid(figures)
    return section("overlay", voice, legend, drawn) if drawn else None


def _first(curves: Sequence[Curve]) -> Curve | None:
    """The mean over classes if there is one, else the first."""
    return next((one for one in curves if one.label in ("macro", "micro")), curves[0] if curves else None)


def _curves(kind: str, first: Curve, second: Curve, voice: Voice) -> Figure:
    axes = {
        "roc": ("axis.false_positive_rate", "axis.true_positive_rate"),
        "precision_recall": ("axis.recall", "axis.precision"),
        "calibration": ("axis.predicted_probability", "axis.observed_share"),
    }[kind]
    marks: list[Line | Dots] = []
    if kind != "precision_recall":
        marks.append(Line(x=(0, 1), y=(0, 1), tone="faint", width=1, dashed=True))
    for curve, tone in zip((first, second), _TONES, strict=True):
        marks.append(Line(x=curve.x, y=curve.y, tone=tone, width=1.75))
        if kind == "calibration":
            marks.append(Dots(x=curve.x, y=curve.y, tone=tone, radius=2.5))
    areas = " · ".join(f"{name} {voice.fixed(one.area)}" for name, one in (("A", first), ("B", second)))
    return Figure(
        title=voice.say(f"figure.{kind}"),
        note=areas,
        alt=f"{voice.say(f'figure.{kind}')}: {areas}",
        x=Axis(low=0, high=1.005, ticks=voice.unit_ticks(), label=voice.say(axes[0])),
        y=Axis(low=0, high=1.005, ticks=voice.unit_ticks(), label=voice.say(axes[1]), grid=True),
        marks=tuple(marks),
        legend=tuple(zip(_TONES, "AB", strict=True)),
        square=True,
        height=352,
    )


def _scores(one: Evaluation, other: Evaluation, voice: Voice) -> list[Figure]:
    """Scores between 0 and 1 of both, with their intervals."""
    names = [
        score.name for score in one.scores
        if score.group == "main" and score.better == "higher" and 0 <= score.value <= 1 and other.score(score.name) is not None
    ][:_SHOWN]  # fmt: skip
    if not names:
        return []
    marks: list[Segments | Dots] = []
    known: list[float | None] = []
    for found, tone, place in ((one, "muted", 0.36), (other, "accent", 0.64)):
        scores = [score for name in names if (score := found.score(name)) is not None]
        y = [at + place for at in range(len(scores))]
        spans = [(at, score.low, score.high) for at, score in zip(y, scores, strict=True)]
        whole = [(at, low, high) for at, low, high in spans if low is not None and high is not None]
        known += [score.value for score in scores] + [end for _, *ends in whole for end in ends]
        marks.append(
            Segments(x0=[low for _, low, _ in whole], y0=[at for at, _, _ in whole], x1=[high for _, _, high in whole],
                     y1=[at for at, _, _ in whole], tone=tone, width=1.75)
        )  # fmt: skip
        marks.append(Dots(x=[score.value for score in scores], y=y, tone=tone, radius=3.2))
    low, high = extent(known)
    return [
        Figure(
            title=voice.say("section.scores"),
            alt=voice.say("alt.both_scores", count=len(names)),
            x=Axis(low=low, high=high, ticks=ticks(low, high, voice.tick, 4), grid=True),
            y=Axis(low=len(names), high=0, bar=False,
                   ticks=tuple((at + 0.5, voice.name("score", name)) for at, name in enumerate(names))),
            marks=tuple(marks),
            legend=tuple(zip(_TONES, "AB", strict=True)),
            height=40 + 26 * len(names),
            right=20,
        )
    ]  # fmt: skip


def _importance(one: Explanation, left: Shap, other: Explanation, right: Shap, voice: Voice) -> Figure:
    """Each column's part of all contributions: the models may answer on different scales."""
    shares = [_shares(one, left), _shares(other, right)]
    names = list(
        dict.fromkeys(
            [one.features[at] for at in strongest(left, 8)] + [other.features[at] for at in strongest(right, 8)]
        )
    )[:_SHOWN]
    marks = [
        Boxes(x0=[0.0] * len(names), x1=[found.get(name, 0.0) for name in names], y0=[at + start for at in range(len(names))],
              y1=[at + start + 0.34 for at in range(len(names))], tone=tone)
        for found, tone, start in zip(shares, _TONES, (0.14, 0.5), strict=True)
    ]  # fmt: skip
    _, high = extent(*(list(found.values()) for found in shares), zero=True)
    return Figure(
        title=voice.say("figure.shap_bars"),
        note=voice.say("note.shares"),
        alt=voice.say("alt.shap_bars", names=", ".join(names[:5])),
        x=Axis(low=0, high=high, ticks=ticks(0, high, voice.tick_share, 4), grid=True),
        y=Axis(low=len(names), high=0, ticks=tuple((at + 0.5, name) for at, name in enumerate(names)), bar=False),
        marks=tuple(marks),
        legend=tuple(zip(_TONES, "AB", strict=True)),
        height=40 + 26 * len(names),
        right=20,
    )


def _shares(found: Explanation, shap: Shap) -> dict[str, float]:
    strength = [sum(values) for values in zip(*shap.importance, strict=True)]
    total = sum(strength) or 1.0
    return {name: value / total for name, value in zip(found.features, strength, strict=True)}


def _signed(value: float, voice: Voice) -> str:
    return ("+" if value > 0 else "") + voice.score(value)
