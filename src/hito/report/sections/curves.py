"""The curves: what is gained for what is risked, whether probabilities mean what they say, how training went."""

from hito.evaluation.results import Evaluation
from hito.report.figure import Figure
from hito.report.figures import calibration, gains, rates
from hito.report.figures.course import course
from hito.report.html import Html
from hito.report.layout import grid, section, sub
from hito.report.material import Material
from hito.report.voice import Voice


def draw(material: Material, voice: Voice) -> Html | None:
    found = material.evaluation
    if found is None:
        return None
    figures = _figures(found, voice)
    learning = _learning(found, voice)
    if not figures and learning is None:
        return None
    return section("curves", voice, grid(figures), learning, lede=voice.say("curves.lede") if figures else "")


def _figures(found: Evaluation, voice: Voice) -> list[Figure]:
    figures = []
    roc, rates_of = found.curves_of("roc"), found.curves_of("precision_recall")
    if roc:
        figures.append(rates.roc(_few(roc), voice))
    if rates_of:
        figures.append(rates.precision_recall(_few(rates_of), voice))
    if curves := found.curves_of("calibration"):
        figures.append(calibration.calibration(curves[:3], voice))
    if scores := [one for one in found.histograms if one.name == "score"]:
        first = scores[0].label
        figures.append(calibration.score_histogram([one for one in scores if one.label == first][:2], voice))
    if curves := found.curves_of("gain"):
        figures.append(gains.gain(curves[0], voice))
    if curves := found.curves_of("lift"):
        figures.append(gains.lift(curves[0], voice))
    if curves := found.curves_of("threshold"):
        label = curves[0].label
        figures.append(gains.thresholds([one for one in curves if one.label == label], voice))
    return figures


def _few(curves: tuple) -> list:  # type: ignore[type-arg]
    """The means first, then as many classes as can be told apart."""
    means = [one for one in curves if one.label in ("micro", "macro")]
    return [*means, *(one for one in curves if one not in means)][: rates.SHOWN]


def _learning(found: Evaluation, voice: Voice) -> Html | None:
    metrics = list(dict.fromkeys(one.metric for one in found.learning))
    figures = [
        course(
            metric,
            {
                voice.name("series", one.series): (one.steps, one.values)
                for one in found.learning
                if one.metric == metric and one.steps
            },
            voice,
        )
        for metric in metrics[:6]
        if any(one.steps for one in found.learning if one.metric == metric)
    ]
    return sub(voice.say("learning.title"), grid(figures), note=voice.say("learning.note")) if figures else None
