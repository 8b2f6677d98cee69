"""Where it ran: interpreter, machine, libraries, source."""

from hito.report.html import Html, tag
from hito.report.layout import facts, more, section, table
from hito.report.material import Material
from hito.report.voice import Voice


def draw(material: Material, voice: Voice) -> Html | None:
    run, found = material.facts, material.evaluation
    pairs: list[tuple[str, Html | str | None]] = []
    packages: dict[str, str] = {}
    if run is not None:
        pairs += [(voice.name("environment", label), text) for label, text in run.environment]
        pairs.append((voice.say("environment.command"), tag("code", run.command) if run.command else None))
        packages |= run.packages
    if found is not None:
        packages |= found.versions
    listed = table(
        voice.say("environment.packages"),
        [voice.say("environment.package"), voice.say("environment.version")],
        [[name, tag("code", version)] for name, version in sorted(packages.items())],
    )
    parts = [facts(pairs), more(voice.say("environment.packages_more", count=len(packages)), listed)]
    return section("environment", voice, *parts) if any(parts) else None
