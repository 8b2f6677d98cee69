"""Where it is wrong: whom it takes for whom, how far off it is, and in which segments of the data."""

from hito.evaluation.results import Condition, Evaluation, Slice
from hito.report.figures import residuals
from hito.report.figures.confusion import confusion
from hito.report.figures.intervals import whiskers
from hito.report.html import Html
from hito.report.layout import figure, grid, section, sub, table
from hito.report.material import Material
from hito.report.voice import Voice

_MATRICES = 4


def draw(material: Material, voice: Voice) -> Html | None:
    found = material.evaluation
    if found is None:
        return None
    parts = [_matrices(found, voice), _residuals(found, voice), _coverage(found, voice), _slices(found, voice)]
    return section("errors", voice, *parts) if any(parts) else None


def _matrices(found: Evaluation, voice: Voice) -> Html | None:
    different = {one.counts: one for one in reversed(found.confusions)}  # thresholds may give the same answers
    shown = [one for one in found.confusions if different[one.counts] is one]
    return grid(confusion(one, voice) for one in shown[:_MATRICES])


def _residuals(found: Evaluation, voice: Voice) -> Html | None:
    if found.residuals is None:
        return None
    figures = [
        residuals.truth_and_prediction(found.residuals, voice),
        residuals.residuals_over_prediction(found.residuals, voice),
    ]
    figures += [residuals.residual_histogram(one, voice) for one in found.histograms if one.name == "residual"]
    figures += [residuals.quantiles(one, voice) for one in found.curves_of("quantile_quantile")]
    return grid(figures)


def _coverage(found: Evaluation, voice: Voice) -> Html | None:
    rows = [
        [
            voice.name("coverage", one.source), voice.percent(one.level, 0), voice.percent(one.share),
            f"{voice.percent(one.low)} – {voice.percent(one.high)}", voice.number(one.width),
        ]
        for one in found.coverage
    ]  # fmt: skip
    head = [voice.say(f"coverage.{name}") for name in ("source", "level", "share", "interval", "width")]
    made = table(voice.say("coverage.caption"), head, rows, numbers=(1, 2, 3, 4))
    return sub(voice.say("coverage.title"), made, note=voice.say("coverage.note")) if made else None


def _slices(found: Evaluation, voice: Voice) -> Html | None:
    if not found.slices:
        return None
    share = found.slices[0].score == "error_rate"
    write = voice.percent if share else voice.number
    shown = found.slices[:8]
    names = [slice_name(one, voice) for one in shown]
    rows = [
        [
            name, f"{voice.count(one.rows)} ({voice.percent(one.share, 0)})", write(one.value), write(one.rest),
            voice.p(one.p_value),
        ]
        for name, one in zip(names, shown, strict=True)
    ]  # fmt: skip
    score = voice.name("score", shown[0].score)
    head = [voice.say("slice"), voice.say("rows"), score, voice.say("slices.rest"), voice.say("p_value")]
    picture = whiskers(
        names,
        [one.value for one in shown],
        [one.low for one in shown],
        [one.high for one in shown],
        title=score,
        alt=voice.say("alt.slices", count=len(shown), worst=names[0]),
        voice=voice,
        rule=shown[0].rest,
        share=share,
        width=736,
    )
    return sub(
        voice.say("slices.title"),
        figure(picture),
        table(voice.say("slices.caption"), head, rows, numbers=(1, 2, 3, 4)),
        note=voice.say("slices.note"),
    )


def slice_name(one: Slice, voice: Voice) -> str:
    """Its conditions, as one reads them."""
    return ", ".join(_condition(each, voice) for each in one.conditions)


def _condition(one: Condition, voice: Voice) -> str:
    if one.operator in ("missing", "not missing"):
        said = voice.name("condition", one.operator.replace(" ", "_"))
        return f"{one.feature} {said}"
    sign = {"<=": "≤", ">": ">", "is": "=", "is not": "≠"}[one.operator]
    return f"{one.feature} {sign} {voice.cell(one.value)}"
