"""What to think of it, in words that need no statistics; then the few numbers behind them."""

from hito.evaluation.results import Evaluation, Score
from hito.report.figures.key_score import span
from hito.report.html import Html, tag
from hito.report.layout import section
from hito.report.material import Material
from hito.report.voice import Voice

_MAIN = {
    "binary": ("accuracy_score", "roc_auc", "f1_score", "log_loss"),
    "multiclass": ("accuracy_score", "f1_macro", "balanced_accuracy_score", "log_loss"),
    "multilabel": ("accuracy_score", "f1_samples", "jaccard_samples", "hamming_loss"),
    "regression": ("r2_score", "mean_absolute_error", "root_mean_squared_error", "max_error"),
}
_SHOWN = 4


def draw(material: Material, voice: Voice) -> Html | None:
    found = material.evaluation
    if found is None:
        return None
    return section("verdict", voice, _words(found, voice), _tiles(found, voice), _requirements(found, voice))


def headline(found: Evaluation, voice: Voice) -> str:
    """The verdict as one sentence."""
    lead = lead_score(found)
    if lead is None:
        return voice.say("verdict.none")
    if lead.name == "accuracy_score":
        return voice.say("verdict.right", share=voice.percent(lead.value))
    if lead.name == "mean_absolute_error":
        return voice.say(
            "verdict.wrong_by", size=voice.number(lead.value), target=found.test.target or voice.say("target")
        )
    return voice.say("verdict.score", name=voice.name("score", lead.name), value=voice.number(lead.value))


def lead_score(found: Evaluation) -> Score | None:
    """The score that a person understands first."""
    wanted = "mean_absolute_error" if found.task == "regression" else "accuracy_score"
    return found.score(wanted) or (found.scores[0] if found.scores else None)


def grade(found: Evaluation) -> str:
    """Against guessing: `clear` if even the worse end of the interval is better, `perhaps` if the score is, else `no`.

    Another score may say otherwise (mean absolute error lies closer together than R²): the page must not contradict its advice.
    """
    lead = lead_score(found)
    baseline = next((one for one in found.baseline if lead is not None and one.name == lead.name), None)
    if lead is None or baseline is None:
        return "unknown"
    sign = -1 if lead.better == "lower" else 1
    worse_end = lead.high if lead.better == "lower" else lead.low
    doubted = any(one.rule == "no_better_than_baseline" for one in found.findings)
    if not doubted and worse_end is not None and sign * (worse_end - baseline.value) > 0:
        return "clear"
    return "perhaps" if sign * (lead.value - baseline.value) > 0 else "no"


def _words(found: Evaluation, voice: Voice) -> Html:
    lead = lead_score(found)
    sentences = []
    how = grade(found)
    if how != "unknown":
        sentences.append(voice.say(f"verdict.{how}"))
    baseline = next((one for one in found.baseline if lead is not None and one.name == lead.name), None)
    if lead is not None and lead.low is not None and lead.high is not None:
        write = voice.percent if lead.name == "accuracy_score" else voice.score
        sentences.append(voice.say("verdict.expect", low=write(lead.low), high=write(lead.high)))
    if baseline is not None and lead is not None:
        write = voice.percent if lead.name == "accuracy_score" else voice.score
        key = "verdict.baseline_class" if lead.name == "accuracy_score" else "verdict.baseline_value"
        sentences.append(voice.say(key, value=write(baseline.value)))
    serious = sum(one.severity == "serious" for one in found.findings)
    warnings = sum(one.severity == "warning" for one in found.findings)
    if serious or warnings:
        count = serious + warnings
        sentences.append(voice.say("verdict.finding" if count == 1 else "verdict.findings", count=count))
    return tag(
        "div",
        tag("p", headline(found, voice), class_=f"headline is-{how}"),
        tag("p", " ".join(sentences), class_="sentences"),
        class_="words",
    )


def _tiles(found: Evaluation, voice: Voice) -> Html | None:
    tiles = []
    names = [one for one in _MAIN[found.task] if found.score(one) is not None][:_SHOWN]
    for name in names:
        one = found.score(name)
        if one is None:
            continue
        between = ""
        if one.low is not None and one.high is not None:
            between = f"{voice.score(one.low)} – {voice.score(one.high)}"
        tiles.append(
            tag(
                "div",
                tag("span", voice.name("score", name), class_="name"),
                tag("span", voice.score(one.value), class_="value"),
                span(one, found.baseline, voice) if between else None,
                tag("span", between, class_="between") if between else None,
                class_="tile",
            )
        )
    return tag("div", tiles, class_="tiles") if tiles else None


def _requirements(found: Evaluation, voice: Voice) -> Html | None:
    if not found.requirements:
        return None
    rows = [
        tag(
            "li",
            tag("span", voice.say("requirement.passed" if one.passed else "requirement.failed"),
                class_="badge " + ("good" if one.passed else "bad")),
            f" {one.text} · {voice.say('requirement.value')} {voice.score(one.value)}",
        )
        for one in found.requirements
    ]  # fmt: skip
    return tag("ul", rows, class_="requirements")
