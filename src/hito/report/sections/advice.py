"""What to do next: rules that fired, each with the numbers that made it."""

from hito.evaluation.results import Finding
from hito.report.html import Html, tag
from hito.report.layout import section
from hito.report.material import Material
from hito.report.voice import Voice

_ORDER = {"serious": 0, "warning": 1, "note": 2}


def draw(material: Material, voice: Voice) -> Html | None:
    found = material.evaluation
    if found is None:
        return None
    if not found.findings:
        return section("advice", voice, tag("p", voice.say("advice.none")))
    ordered = sorted(found.findings, key=lambda one: _ORDER[one.severity])
    return section("advice", voice, tag("ol", (_item(one, voice) for one in ordered), class_="advice"))


def _item(one: Finding, voice: Voice) -> Html:
    values = {name: _value(name, value, voice) for name, value in one.values.items()}
    return tag(
        "li",
        tag("span", voice.say(f"severity.{one.severity}"), class_=f"badge {one.severity}"),
        tag("strong", sentence(one, voice)),
        tag("span", action, class_="do") if (action := _action(one, voice)) else None,
        tag("span", _reason(one.rule, values), class_="reason"),
        class_=one.severity,
    )


def sentence(one: Finding, voice: Voice) -> str:
    """The rule's sentence, or its name made readable if it is newer than these words."""
    key = f"rule.{one.rule}"
    return voice.say(key) if voice.knows(key) else one.rule.replace("_", " ").capitalize()


def _action(one: Finding, voice: Voice) -> str:
    key = f"do.{one.rule}"
    return voice.say(key) if voice.knows(key) else ""


def _reason(rule: str, values: dict[str, str]) -> str:
    return " · ".join([f"{name} {value}" for name, value in values.items()] + [rule])


def _value(name: str, value: float | str, voice: Voice) -> str:
    return value if isinstance(value, str) else voice.number(value)
