"""From data to version: what came of what; and the run's files."""

from hito.report.html import Html, join, tag
from hito.report.layout import facts, more, section, table
from hito.report.material import Material
from hito.report.voice import Voice

_FILES = 300


def draw(material: Material, voice: Voice) -> Html | None:
    run = material.facts
    if run is None:
        return None
    ended = voice.moment(run.ended) if run.ended else None
    lasted = voice.duration((run.ended - run.begun) / 1000) if run.ended and run.begun else ""
    pairs: list[tuple[str, Html | str | None]] = [
        (voice.say("lineage.experiment"), run.experiment),
        (voice.say("lineage.run"), join(run.run_name, " ", tag("code", run.run_id))),
        (voice.say("lineage.status"), run.status),
        (voice.say("lineage.user"), run.user),
        (voice.say("lineage.begun"), voice.moment(run.begun) if run.begun else None),
        (voice.say("lineage.ended"), f"{ended} ({lasted})" if ended and lasted else ended),
        (voice.say("lineage.source"), run.source),
        (
            voice.say("lineage.commit"),
            join(tag("code", run.commit[:12]), f" {voice.say('lineage.dirty')}" if run.dirty else None)
            if run.commit
            else None,
        ),
    ]
    return section("lineage", voice, _chain(material, voice), facts(pairs), _files(material, voice))


def _chain(material: Material, voice: Voice) -> Html | None:
    run = material.facts
    if run is None:
        return None
    steps: list[tuple[str, list[str]]] = [
        ("data", list(dict.fromkeys(one.name for one in run.datasets))),
        ("run", [run.run_name or run.run_id]),
        ("model", list(dict.fromkeys(one.name for one in run.models))),
        ("version", [_version(one.name, one.version, one.stage, one.aliases) for one in run.versions]),
    ]
    if not steps[0][1] and material.evaluation is not None:
        steps[0] = ("data", [material.evaluation.test.name])
    items = [
        tag(
            "li",
            tag("span", voice.say(f"lineage.step.{kind}"), class_="kind"),
            [tag("span", name, class_="name") for name in names[:4]] or tag("span", "–", class_="name muted"),
            tag("span", f"+{len(names) - 4}", class_="muted") if len(names) > 4 else None,
        )
        for kind, names in steps
    ]
    return tag("ol", items, class_="chain", aria_label=voice.say("lineage.chain"))


def _version(name: str, version: str, stage: str, aliases: tuple[str, ...]) -> str:
    said = f"{name} v{version}"
    if stage and stage != "None":
        said += f" · {stage}"
    return said + "".join(f" · @{alias}" for alias in aliases)


def _files(material: Material, voice: Voice) -> Html | None:
    if material.facts is None or not material.facts.files:
        return None
    files = material.facts.files
    rows = [[one.path, "–" if one.size is None else voice.size(one.size)] for one in files[:_FILES]]
    made = table(voice.say("files.caption"), [voice.say("files.path"), voice.say("files.size")], rows, numbers=(1,))
    hidden = (
        tag("p", voice.say("files.hidden", count=len(files) - _FILES), class_="note") if len(files) > _FILES else None
    )
    return more(voice.say("files.title", count=len(files)), made, hidden)
