"""The report of one run: every section by itself, so that the failure of one leaves the others."""

import logging
from collections.abc import Callable, Mapping
from types import MappingProxyType

from hito.evaluation.results import Evaluation
from hito.explain.results import Explanation
from hito.report.facts import RunFacts
from hito.report.html import Html, tag
from hito.report.layout import section
from hito.report.material import Material
from hito.report.page import page
from hito.report.sections import (
    advice,
    curves,
    data,
    drift,
    environment,
    errors,
    explanations,
    fairness,
    lineage,
    method,
    missing,
    params,
    scores,
    verdict,
)
from hito.report.voice import Voice

_log = logging.getLogger("hito")

Section = Callable[[Material, Voice], Html | None]

SECTIONS: Mapping[str, Section] = MappingProxyType(
    {
        "verdict": verdict.draw,
        "missing": missing.draw,
        "advice": advice.draw,
        "scores": scores.draw,
        "curves": curves.draw,
        "errors": errors.draw,
        "explanations": explanations.draw,
        "fairness": fairness.draw,
        "drift": drift.draw,
        "data": data.draw,
        "params": params.draw,
        "environment": environment.draw,
        "lineage": lineage.draw,
        "method": method.draw,
    }
)
"""In the order of the page."""


def run_report(
    evaluation: Evaluation | None,
    explanation: Explanation | None,
    facts: RunFacts | None,
    language: str = "en",
) -> str:
    """A whole HTML page of what there is.

    Args:
        language: `en` or `es`.
    Raises: InvalidArgument: another language.
    """
    voice = Voice(language)
    material = Material(evaluation=evaluation, explanation=explanation, facts=facts)
    drawn = []
    for key, draw in SECTIONS.items():
        try:
            content = draw(material, voice)
        except Exception as error:  # noqa: BLE001 - a report with a hole is worth more than none; the hole is named
            _log.warning("hito: the report's section '%s' could not be drawn: %s: %s", key, type(error).__name__, error)
            said = voice.say("section.failed", error=f"{type(error).__name__}: {error}"[:300])
            content = section(key, voice, tag("p", said, class_="failed"))
        if content:
            drawn.append((key, content))
    return page(_title(material, voice), _kicker(material, voice), _about(material, voice), drawn, voice)


def _title(material: Material, voice: Voice) -> str:
    run, found = material.facts, material.evaluation
    if run is not None and run.run_name:
        return run.run_name
    if found is not None:
        return found.model.kind
    return run.run_id if run is not None else voice.say("title")


def _kicker(material: Material, voice: Voice) -> str:
    run = material.facts
    return f"{voice.say('title')} · {run.experiment}" if run is not None and run.experiment else voice.say("title")


def _about(material: Material, voice: Voice) -> str:
    run, found = material.facts, material.evaluation
    said = []
    if found is not None:
        said.append(found.model.kind)
        said.append(voice.say(f"task.{found.task}"))
        said.append(voice.say("about.rows", rows=voice.count(found.test.rows), name=found.test.name))
        if found.created:
            said.append(voice.moment(found.created))
    elif run is not None:
        said += [run.status, voice.moment(run.begun) if run.begun else ""]
    return " · ".join(one for one in said if one)
