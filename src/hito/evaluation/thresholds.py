"""From which score on a row of two classes is called positive: the model's own threshold, and better ones.

The better ones are chosen on the data that they are measured on, which flatters them; whoever means to use one must
choose it on other data.
"""

from typing import Any

from hito.evaluation.curves import confusion
from hito.evaluation.outcome import Outcome
from hito.evaluation.ranked import Ranked
from hito.evaluation.results import Confusion

RULES = ("default", "best_f1", "youden")


def chosen(outcome: Outcome) -> dict[str, float]:
    """Rule → threshold; nothing for other tasks, without scores, or where one class has no rows."""
    import numpy as np

    if outcome.task != "binary" or outcome.ranking is None:
        return {}
    ranked = Ranked(outcome.truth == 1, outcome.ranking)
    sums = ranked.sums(outcome.weights)
    if not sums.both:
        return {}
    f1 = 2 * sums.true / (sums.true + sums.false + sums.positives)
    youden = sums.true / sums.positives - sums.false / sums.negatives
    return {
        "default": default(outcome),
        "best_f1": float(ranked.thresholds[int(np.argmax(f1))]),
        "youden": float(ranked.thresholds[int(np.argmax(youden))]),
    }


def default(outcome: Outcome) -> float:
    """The threshold that `predict` has: 0.5, or 0 of margins, unless the predictions tell another one."""
    usual = 0.5 if outcome.chances is not None else 0.0
    scores, said = outcome.ranking, outcome.predicted == 1
    if ((scores >= usual) == said).all() or ((scores > usual) == said).all():
        return usual
    low = float(scores[said].min()) if said.any() else float("inf")
    high = float(scores[~said].max()) if (~said).any() else float("-inf")
    return low if low > high else usual


def at(outcome: Outcome, rule: str, threshold: float) -> Confusion:
    """The confusion matrix at a threshold; that of `default` is what the model said itself."""
    import numpy as np

    said = outcome.predicted if rule == "default" else (outcome.ranking >= threshold).astype(np.int64)
    counts: Any = np.bincount(outcome.truth * 2 + said, outcome.weights, 4).reshape(2, 2)
    return confusion(counts, outcome.names, rule, threshold)
