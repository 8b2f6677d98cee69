"""The small line below a number: its interval, and where guessing would be."""

import math
from collections.abc import Sequence

from hito.evaluation.results import Score
from hito.report.html import Html, tag
from hito.report.voice import Voice

_WIDTH, _HEIGHT = 120, 14
_BETWEEN = frozenset(
    ("accuracy", "roc", "f1", "precision", "recall", "balanced", "average", "r2", "jaccard", "specificity")
)


def span(score: Score, baseline: Sequence[Score], voice: Voice) -> Html | None:
    """Drawn from 0 to 1 for what lies there, else around the interval itself."""
    low, high = score.low, score.high
    if low is None or high is None or not all(map(math.isfinite, (low, high, score.value))):
        return None
    guess = next((one.value for one in baseline if one.name == score.name and math.isfinite(one.value)), None)
    if score.name.partition("_")[0] in _BETWEEN and low >= 0:
        start, end = 0.0, 1.0
    else:
        known = [low, high, score.value, *([guess] if guess is not None else [])]
        room = (max(known) - min(known)) * 0.1 or abs(high) * 0.1 or 1.0
        start, end = min(known) - room, max(known) + room

    def x(value: float) -> str:
        place = 3 + (min(max(value, start), end) - start) / (end - start) * (_WIDTH - 6)
        return f"{place:.1f}"

    middle = _HEIGHT / 2
    return tag(
        "svg",
        tag("path", class_="axis", d=f"M3 {middle}H{_WIDTH - 3}"),
        tag("path", class_="line s-muted", stroke_width=1.5, d=f"M{x(guess)} 2V{_HEIGHT - 2}")
        if guess is not None
        else None,
        tag("path", class_="line s-accent", stroke_width=3, d=f"M{x(low)} {middle}H{x(high)}"),
        tag("path", class_="dots s-accent", stroke_width=8, d=f"M{x(score.value)} {middle}h0"),
        role="img",
        aria_label=voice.say("alt.interval", low=voice.number(low), high=voice.number(high)),
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        width=_WIDTH,
        height=_HEIGHT,
        class_="span",
    )
