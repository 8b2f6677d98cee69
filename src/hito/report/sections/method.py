"""How all this was made, and what is not in it."""

from hito.report.html import Html, tag
from hito.report.layout import section
from hito.report.material import Material
from hito.report.voice import Voice


def draw(material: Material, voice: Voice) -> Html | None:
    found = material.evaluation
    if found is None:
        return None
    said = [f"{voice.name('part', one.part)}: {_reason(one.rule, one.reason, voice)}" for one in found.omissions]
    if found.bootstrap is not None:
        said.append(
            voice.say("method.bootstrap", samples=voice.count(found.bootstrap.samples), asked=voice.count(found.bootstrap.asked),
                      seed=found.seed)
        )  # fmt: skip
    total = sum(found.seconds.values())
    if total:
        said.append(voice.say("method.seconds", time=voice.duration(total)))
    return section("method", voice, tag("ul", (tag("li", one) for one in said), class_="how")) if said else None


def _reason(rule: str, reason: str, voice: Voice) -> str:
    """In other languages than the sentence's own by its name."""
    key = f"omission.{rule}"
    if voice.language != "en" and voice.knows(key):
        return voice.say(key)
    return reason
