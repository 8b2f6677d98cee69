"""What advice is given from beside the scores: unbelievable columns, probabilities that do not come true."""

from typing import Any

from hito.evaluation.outcome import Outcome
from hito.evaluation.ranked import Ranked
from hito.evaluation.table import Table

_TELLING_ROWS = 5000


def spiegelhalter(outcome: Outcome) -> float | None:
    """p-value that the probabilities are what comes: of the positive class, or of the most likely one.

    Source: Spiegelhalter, Statistics in Medicine 5 (1986), 421-433.
    """
    import numpy as np
    from scipy import stats

    if outcome.chances is None or outcome.task in ("multilabel", "regression"):
        return None
    if outcome.task == "binary":
        chances, came = outcome.chances[:, 1], outcome.truth
    else:
        chances, came = outcome.chances.max(axis=1), outcome.truth == outcome.chances.argmax(axis=1)
    away = 1 - 2 * chances
    spread = np.sqrt(np.dot(away**2, chances * (1 - chances)))
    if not spread > 0:
        return None
    return float(2 * stats.norm.sf(abs(np.dot(came - chances, away) / spread)))


def telling(known: Table, outcome: Outcome, seed: int) -> tuple[str, float] | None:
    """A single column that orders the rows as the truth does, nearly without fault."""
    import numpy as np
    from scipy import stats

    if outcome.task not in ("binary", "regression") or outcome.rows < 50:
        return None
    places = np.random.default_rng(seed).permutation(outcome.rows)[:_TELLING_ROWS]
    truth, ones = outcome.truth[places], np.ones(len(places))
    if len(np.unique(truth)) < 2:
        return None
    strongest: tuple[str, float] | None = None
    for one in known.columns:
        if not one.numeric:
            continue
        values = one.values[places]
        if not np.isfinite(values).all() or is_constant(values):
            continue
        if outcome.task == "binary":
            area = Ranked(truth == 1, values).sums(ones).roc_auc()
            strength, limit = max(area, 1 - area), 0.995
        else:
            strength, limit = abs(float(stats.spearmanr(values, truth).statistic)), 0.999
        if strength >= limit and (strongest is None or strength > strongest[1]):
            strongest = (one.name, strength)
    return strongest


def is_constant(values: Any) -> bool:
    """Whether a column holds one value only."""
    first = values[0]
    return bool((values == first).all())
