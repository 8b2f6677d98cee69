"""The data sheet: what it was tested and trained on."""

from hito.evaluation.results import Dataset
from hito.report.html import Html, tag
from hito.report.layout import facts, section, sub, table
from hito.report.material import Material
from hito.report.voice import Voice


def draw(material: Material, voice: Voice) -> Html | None:
    found, run = material.evaluation, material.facts
    parts = []
    if found is not None:
        parts.append(sub(voice.say("data.test"), _sheet(found.test, found.classes, voice)))
        if found.train is not None:
            parts.append(sub(voice.say("data.train"), _sheet(found.train, found.classes, voice, found.test.features)))
    if run is not None and run.datasets:
        rows = [
            [one.name, one.context, tag("code", one.digest), _count(one.rows, voice), one.source[:120]]
            for one in run.datasets
        ]
        head = [voice.say(f"data.{name}") for name in ("name", "context", "digest", "rows", "source")]
        parts.append(sub(voice.say("data.logged"), table(voice.say("data.logged_caption"), head, rows, numbers=(3,))))
    return section("data", voice, *parts) if parts else None


def _sheet(one: Dataset, classes: tuple[str, ...], voice: Voice, known: tuple[str, ...] | None = None) -> Html | None:
    shares = ""
    if one.class_rows and classes:
        total = sum(one.class_rows) or 1
        shares = ", ".join(
            f"{name}: {voice.count(rows)} ({voice.percent(rows / total)})"
            for name, rows in list(zip(classes, one.class_rows, strict=False))[:12]
        )
    names = f"{len(one.features)}: " + ", ".join(one.features[:60]) + ("…" if len(one.features) > 60 else "")
    if one.features == known:
        names = voice.say("data.same_columns", count=len(one.features))
    return facts(
        [
            (voice.say("data.name"), one.name),
            (voice.say("data.rows"), voice.count(one.rows)),
            (voice.say("data.classes"), shares),
            (voice.say("data.target"), one.target or ""),
            (voice.say("data.columns"), names if one.features else ""),
            (voice.say("data.digest"), tag("code", one.digest) if one.digest else None),
            (voice.say("data.weighted"), voice.say("yes") if one.weighted else ""),
        ]
    )


def _count(rows: int | None, voice: Voice) -> str:
    return "–" if rows is None else voice.count(rows)
