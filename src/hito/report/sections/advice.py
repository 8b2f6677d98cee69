"""What to do next: rules that fired, each with the numbers that made it."""

from hito.evaluation.results import Finding
from hito.report.html import Html, tag
from hito.report.layout import section
from hito.report.material import Material
from hito.report.voice import Voice

_ORDER = {"serious": 0, "warning": 1, "note": 2}
_SHARES = frozenset("share largest level".split())
_COUNTS = frozenset("rows count columns step".split())


def draw(material: Material, voice: Voice) -> Html | None:
    found = material.evaluation
    if found is None:
        return None
    if not found.findings:
        return section("advice", voice, tag("p", voice.say("advice.none")))
    ordered = sorted(found.findings, key=lambda one: _ORDER[one.severity])
    return section("advice", voice, tag("ol", (_item(one, voice) for one in ordered), class_="advice"))


def sentence(one: Finding, voice: Voice) -> str:
    """The rule's sentence with its numbers; a rule that is newer than these words is named with them."""
    key = f"rule.{one.rule}"
    if "reason" in one.values and voice.knows(f"{key}.{one.values['reason']}"):
        key += f".{one.values['reason']}"
    if voice.knows(key):
        return voice.fill(key, _Gaps({name: _value(one, name, voice) for name in one.values}))
    values = ", ".join(f"{name} {_value(one, name, voice)}" for name in one.values)
    return f"{one.rule.replace('_', ' ')}: {values}" if values else one.rule.replace("_", " ")


def action(one: Finding, voice: Voice) -> str:
    """What to do about it."""
    key = f"do.{one.rule}"
    return voice.fill(key, _Gaps({name: _value(one, name, voice) for name in one.values})) if voice.knows(key) else ""


class _Gaps(dict[str, str]):
    """A value that a finding lacks is a dash in its sentence."""

    def __missing__(self, key: str) -> str:
        return "–"


def _item(one: Finding, voice: Voice) -> Html:
    done = action(one, voice)
    return tag(
        "li",
        tag("span", voice.say(f"severity.{one.severity}"), class_=f"badge {one.severity}"),
        tag("strong", f"{sentence(one, voice)}."),
        tag("span", done, class_="do") if done else None,
        tag("span", voice.say("advice.rule", rule=one.rule), class_="reason"),
    )


def _value(one: Finding, name: str, voice: Voice) -> str:
    value = one.values[name]
    if isinstance(value, str):
        return voice.name(name, value) if name in ("score", "gap") else value
    rate = one.rule == "weak_slice" and one.values.get("score") == "error_rate" and name in ("value", "rest")
    if name in _SHARES or rate:
        return voice.percent(value)
    return voice.count(value) if name in _COUNTS else voice.number(value)
