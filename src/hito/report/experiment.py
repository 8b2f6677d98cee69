"""The report of an experiment: who leads, how it got there, which parameters mattered, and the best run in short."""

import math
from collections.abc import Callable, Sequence

from msgspec import Struct

from hito.core.errors import InvalidArgument
from hito.evaluation.results import Evaluation
from hito.report.facts import RunFacts
from hito.report.figure import Axis, Boxes, Dots, Figure, Labels, Line
from hito.report.html import Html, tag
from hito.report.layout import facts as facts_list
from hito.report.layout import figure, section, table
from hito.report.page import page
from hito.report.scale import extent, ticks
from hito.report.sections import verdict
from hito.report.voice import Voice

_LOWER = ("loss", "error", "rmse", "mae", "mse", "brier", "hamming", "seconds", "time", "deviance")
_LEADERS = 20
_COLUMNS = 6
_LEAST_RUNS = 8


class ExperimentFacts(Struct, frozen=True, kw_only=True):
    """Runs with params and latest metrics, the newest first. `more`: there are older ones that were not looked at."""

    name: str
    runs: tuple[RunFacts, ...]
    metric: str | None = None
    more: bool = False


class Progress(Struct, frozen=True):
    """A run that was better than all before it: its value, what was the best before, and the params that differ."""

    run: RunFacts
    value: float
    before: float | None
    changes: tuple[tuple[str, str, str], ...]


def experiment_report(
    given: ExperimentFacts, evaluation_of: Callable[[str], Evaluation | None], language: str = "en"
) -> str:
    """A whole HTML page.

    Args:
        evaluation_of: gives a run's evaluation; asked for the best run only.
    Raises: InvalidArgument: no run has the metric; or another language.
    """
    voice = Voice(language)
    metric = given.metric or usual_metric(given.runs)
    ranked = ranking(given.runs, metric)
    drawn: list[tuple[str, Html]] = [
        ("leaderboard", _leaderboard(given, ranked, metric, voice)),
        ("changes", _changes(given, metric, voice)),
    ]
    mattered = importance(given.runs, metric)
    drawn.append(("importance", _importance(mattered, len(ranked), metric, voice)))
    drawn.append(("best", _best(ranked[0][0], evaluation_of(ranked[0][0].run_id), voice)))
    about = voice.say("experiment.about", runs=voice.count(len(given.runs)), metric=metric)
    if given.more:
        about += f" · {voice.say('experiment.more')}"
    return page(given.name, voice.say("experiment.title"), about, drawn, voice)


def usual_metric(runs: Sequence[RunFacts]) -> str:
    """The metric that most runs have; of equals, the one that the first letters put first.

    Raises: InvalidArgument: there is none.
    """
    counts: dict[str, int] = {}
    for run in runs:
        for one in run.metrics:
            if math.isfinite(one.value) and not one.key.startswith("system/"):
                counts[one.key] = counts.get(one.key, 0) + 1
    if not counts:
        raise InvalidArgument("No run of this experiment has a metric, so there is nothing to order them by.")
    known = [name for name in ("roc_auc", "accuracy_score", "accuracy", "r2_score", "f1_score") if name in counts]
    best = max(counts.values())
    return next((name for name in known if counts[name] == best), min(counts, key=lambda name: (-counts[name], name)))


def lower_is_better(metric: str) -> bool:
    """By the metric's name: losses and errors."""
    name = metric.lower()
    return any(word in name for word in _LOWER) and not name.startswith("neg_")


def ranking(runs: Sequence[RunFacts], metric: str) -> list[tuple[RunFacts, float]]:
    """Runs that have the metric, the best first. Raises: InvalidArgument: none has."""
    found = [(run, value) for run in runs if (value := _value(run, metric)) is not None]
    if not found:
        names = sorted({one.key for run in runs for one in run.metrics})[:12]
        raise InvalidArgument(f"No run has the metric '{metric}'; there are {', '.join(names) or 'none'}.")
    return sorted(found, key=lambda one: one[1] if lower_is_better(metric) else -one[1])


def progress(runs: Sequence[RunFacts], metric: str) -> list[Progress]:
    """In order of time, each run that was better than all before it, and what it changed against that one."""
    found: list[Progress] = []
    for run in sorted(runs, key=lambda one: one.begun):
        value = _value(run, metric)
        if value is None:
            continue
        if not found:
            found.append(Progress(run, value, None, ()))
        elif (value < found[-1].value) if lower_is_better(metric) else (value > found[-1].value):
            before = found[-1].run.params
            names = sorted({*before, *run.params})
            changes = tuple(
                (name, before.get(name, "–"), run.params.get(name, "–"))
                for name in names
                if before.get(name) != run.params.get(name)
            )
            found.append(Progress(run, value, found[-1].value, changes))
    return found


def importance(runs: Sequence[RunFacts], metric: str) -> list[tuple[str, float]]:
    """How much of the metric's variance goes with each parameter alone, strongest first; empty for few runs.

    A number is cut into at most four groups of equal size, a text is its own group. The share of variance between groups
    is corrected for the number of groups, so that a parameter with many values does not win by chance.

    Source: Kelley, An unbiased correlation ratio measure, 1935 (ε²).
    """
    rows = [(run.params, value) for run in runs if (value := _value(run, metric)) is not None]
    if len(rows) < _LEAST_RUNS:
        return []
    found = []
    for name in sorted({name for params, _ in rows for name in params}):
        known = [(params[name], value) for params, value in rows if name in params]
        groups = _groups([text for text, _ in known])
        strength = _epsilon_squared(groups, [value for _, value in known])
        if strength is not None:
            found.append((name, strength))
    return sorted(found, key=lambda one: -one[1])


def _epsilon_squared(groups: Sequence[int], values: Sequence[float]) -> float | None:
    members: dict[int, list[float]] = {}
    for group, value in zip(groups, values, strict=True):
        members.setdefault(group, []).append(value)
    count, kinds = len(values), len(members)
    if kinds < 2 or count - kinds < 3:
        return None
    mean = sum(values) / count
    total = sum((value - mean) ** 2 for value in values)
    if total <= 0:
        return None
    within = sum(sum((value - sum(own) / len(own)) ** 2 for value in own) for own in members.values())
    return max(0.0, 1 - (within / (count - kinds)) / (total / (count - 1)))


def _groups(texts: Sequence[str]) -> list[int]:
    try:
        numbers = [float(text) for text in texts]
    except ValueError:
        place = {text: at for at, text in enumerate(dict.fromkeys(texts))}
        return [place[text] for text in texts]
    unique = sorted(set(numbers))
    if len(unique) <= 4:
        return [unique.index(number) for number in numbers]
    ordered = sorted(numbers)
    edges = [ordered[len(ordered) * at // 4] for at in (1, 2, 3)]
    return [sum(number >= edge for edge in edges) for number in numbers]


def _leaderboard(given: ExperimentFacts, ranked: Sequence[tuple[RunFacts, float]], metric: str, voice: Voice) -> Html:
    shown = ranked[:_LEADERS]
    columns = _differing([run for run, _ in ranked])[:_COLUMNS]
    rows = [
        [
            tag("span", run.run_name or run.run_id[:8], title=run.run_id), tag("b", voice.number(value, 4)),
            *(run.params.get(name, "–")[:24] for name in columns), tag("span", _day(run, voice), class_="whole"),
        ]
        for run, value in shown
    ]  # fmt: skip
    head = [voice.say("lineage.run"), metric, *columns, voice.say("lineage.begun")]
    arrow = voice.say("scores.lower") if lower_is_better(metric) else voice.say("experiment.higher")
    return section(
        "leaderboard",
        voice,
        figure(_timeline(given.runs, metric, voice)),
        table(voice.say("leaderboard.caption", shown=len(shown), all=len(ranked)), head, rows, numbers=(1,)),
        lede=f"{metric}: {arrow}.",
    )


def _timeline(runs: Sequence[RunFacts], metric: str, voice: Voice) -> Figure:
    """Each run a dot in the order they were begun; the line is the best so far."""
    ordered = [value for run in sorted(runs, key=lambda one: one.begun) if (value := _value(run, metric)) is not None]
    best: list[float] = []
    for value in ordered:
        best.append(value if not best else (min if lower_is_better(metric) else max)(best[-1], value))
    x = [float(at) for at in range(1, len(ordered) + 1)]
    low, high = extent(ordered)
    return Figure(
        title=voice.say("figure.timeline", metric=metric),
        alt=voice.say("alt.timeline", metric=metric, runs=len(ordered), best=voice.number(best[-1], 4)),
        x=Axis(
            low=0.5,
            high=len(ordered) + 0.5,
            ticks=ticks(1, max(len(ordered), 2), voice.tick, 8),
            label=voice.say("axis.run"),
        ),
        y=Axis(low=low, high=high, ticks=ticks(low, high, voice.tick, 4), grid=True, bar=False),
        marks=(
            Line(x=x, y=best, stepped=True, tone="accent"),
            Dots(x=x, y=ordered, tone="muted", radius=2.6, opacity=0.8),
            Labels(x=x[-1:], y=best[-1:], texts=[voice.number(best[-1], 4)], tone="accent", dx=6),
        ),
        width=736,
        height=230,
        right=54,
    )


def _changes(given: ExperimentFacts, metric: str, voice: Voice) -> Html:
    rows = []
    for one in progress(given.runs, metric)[-12:]:
        gained = (
            "–"
            if one.before is None
            else ("+" if one.value > one.before else "") + voice.number(one.value - one.before, 2)
        )
        said = ", ".join(f"{name} {before} → {after}" for name, before, after in one.changes[:6]) or "–"
        rows.append([one.run.run_name or one.run.run_id[:8], voice.number(one.value, 4), gained, said[:300]])
    head = [voice.say("lineage.run"), metric, voice.say("changes.gain"), voice.say("changes.params")]
    return section(
        "changes",
        voice,
        table(voice.say("changes.caption"), head, rows, numbers=(1, 2)),
        lede=voice.say("changes.lede"),
    )


def _importance(found: Sequence[tuple[str, float]], runs: int, metric: str, voice: Voice) -> Html:
    if not found:
        return section("importance", voice, tag("p", voice.say("importance.few", runs=runs, least=_LEAST_RUNS)))
    shown = found[:15]
    rows = range(len(shown))
    drawn = Figure(
        title=voice.say("figure.param_importance", metric=metric),
        note=voice.say("note.param_importance"),
        alt=voice.say("alt.param_importance", names=", ".join(name for name, _ in shown[:5])),
        x=Axis(low=0, high=1, ticks=ticks(0, 1, voice.tick_share, 4), grid=True),
        y=Axis(low=len(shown), high=0, ticks=tuple((row + 0.5, shown[row][0]) for row in rows), bar=False),
        marks=(
            Boxes(x0=[0.0] * len(shown), x1=[strength for _, strength in shown], y0=[row + 0.18 for row in rows],
                  y1=[row + 0.82 for row in rows]),
        ),
        width=736,
        height=44 + 22 * len(shown),
        right=24,
    )  # fmt: skip
    return section("importance", voice, figure(drawn))


def _best(run: RunFacts, evaluation: Evaluation | None, voice: Voice) -> Html:
    said = (
        tag("p", verdict.headline(evaluation, voice), class_="headline is-" + verdict.grade(evaluation))
        if evaluation
        else None
    )
    listed = facts_list(
        [
            (voice.say("lineage.run"), f"{run.run_name} {run.run_id}"),
            (
                voice.say("params.caption"),
                ", ".join(f"{name} = {value[:60]}" for name, value in sorted(run.params.items())[:20]),
            ),
            (
                voice.say("metrics.title"),
                ", ".join(f"{one.key} {voice.number(one.value, 4)}" for one in run.metrics[:20]),
            ),
        ]
    )
    hint = tag("p", voice.say("best.report"), " ", tag("code", f"hito report {run.run_id}"), class_="note")
    return section("best", voice, said, listed, hint)


def _differing(runs: Sequence[RunFacts]) -> list[str]:
    """Names of the params that are not the same everywhere; those that most runs have first."""
    values: dict[str, set[str]] = {}
    counts: dict[str, int] = {}
    for run in runs:
        for name, value in run.params.items():
            values.setdefault(name, set()).add(value)
            counts[name] = counts.get(name, 0) + 1
    found = [name for name, known in values.items() if len(known) > 1 or counts[name] < len(runs)]
    return sorted(found, key=lambda name: (-counts[name], name))


def _day(run: RunFacts, voice: Voice) -> str:
    return voice.moment(run.begun).rpartition(",")[0] if run.begun else "–"


def _value(run: RunFacts, metric: str) -> float | None:
    return next((one.value for one in run.metrics if one.key == metric and math.isfinite(one.value)), None)
