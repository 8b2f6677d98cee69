"""What a regressor got wrong, and by how much: residuals (truth minus prediction), and intervals that should hold it."""

from collections.abc import Mapping
from typing import Any

from hito.core.errors import InvalidArgument
from hito.evaluation.intervals import wilson
from hito.evaluation.outcome import Outcome
from hito.evaluation.results import Coverage, Curve, Histogram, Residuals
from hito.evaluation.thin import kept

SHOWN = 2000
LEVELS = (0.5, 0.8, 0.9, 0.95)
_QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
_LARGEST = 50
_BINS = 50
_TREE_CELLS = 50_000_000


def residuals(outcome: Outcome, seed: int) -> Residuals:
    """Statistics of the residuals, weighted, and rows to draw."""
    import numpy as np
    from scipy import stats

    truth, said, weights = outcome.truth, outcome.predicted, outcome.weights
    off = truth - said
    total = weights.sum()
    mean = float(np.dot(off, weights) / total)
    centred = off - mean
    deviation = float(np.sqrt(np.dot(centred**2, weights) / total))
    scaled = centred / deviation if deviation > 0 else None
    rng = np.random.default_rng(seed)
    places = np.arange(len(off))
    if len(off) > SHOWN:
        largest = np.argsort(-np.abs(off), kind="stable")[:_LARGEST]
        others = np.setdiff1d(places, largest)
        places = np.sort(np.concatenate([largest, rng.choice(others, SHOWN - _LARGEST, replace=False)]))
    trend = None
    if deviation > 0 and np.ptp(said) > 0 and len(off) > 2:
        trend = float(stats.spearmanr(np.abs(off), said).statistic)
    return Residuals(
        truth=_plain(truth[places]),
        predicted=_plain(said[places]),
        mean=mean,
        deviation=deviation,
        skewness=None if scaled is None else float(np.dot(scaled**3, weights) / total),
        kurtosis=None if scaled is None else float(np.dot(scaled**4, weights) / total - 3),
        quantiles=tuple((level, weighted_quantile(off, weights, level)) for level in _QUANTILES),
        trend=trend if trend is not None and np.isfinite(trend) else None,
    )


def histogram(outcome: Outcome) -> Histogram:
    """Of the residuals; what lies beyond the outer half percent is counted at the ends, so that the middle can be seen."""
    import numpy as np

    off = outcome.truth - outcome.predicted
    low, high = np.quantile(off, [0.005, 0.995])
    if not high > low:
        low, high = float(off.min()), float(off.max())
    if not high > low:
        low, high = low - 0.5, high + 0.5
    edges = np.linspace(low, high, _BINS + 1)
    counts, _ = np.histogram(np.clip(off, low, high), edges, weights=outcome.weights)
    return Histogram(name="residual", edges=_plain(edges), counts=_plain(counts))


def normal_plot(outcome: Outcome) -> Curve | None:
    """Standardised residuals over the quantiles that a normal distribution would have (Blom's positions)."""
    import numpy as np
    from scipy import stats

    off = np.sort(outcome.truth - outcome.predicted)
    spread = off.std()
    if not spread > 0 or len(off) < 3:
        return None
    x = stats.norm.ppf((np.arange(1, len(off) + 1) - 0.375) / (len(off) + 0.25))
    y = (off - off.mean()) / spread
    keep = kept(x, y)
    return Curve(kind="quantile_quantile", label="", x=_plain(x[keep]), y=_plain(y[keep]))


def conformal(outcome: Outcome, seed: int) -> list[Coverage]:
    """How wide an interval around the prediction must be: half of the rows tell the width, the others check it.

    Source: Papadopoulos et al., ECML 2002; Lei et al., JASA 113 (2018), split conformal prediction.
    """
    import numpy as np

    error = np.abs(outcome.truth - outcome.predicted)
    if len(error) < 40:
        return []
    mixed = np.random.default_rng(seed).permutation(error)
    half = len(mixed) // 2
    known, fresh = np.sort(mixed[:half]), mixed[half:]
    made = []
    for level in LEVELS:
        place = int(np.ceil((half + 1) * level)) - 1
        if place >= half:
            continue  # too few rows for so high a level
        width = float(known[place])
        made.append(_coverage("residuals", level, fresh <= width, 2 * width))
    return made


def of_trees(native: Any, features: Any, outcome: Outcome) -> list[Coverage]:
    """The middle part of what the trees of a forest say, each for itself; nothing for other models.

    It shows how far the trees agree, and is no prediction interval: it is usually too narrow.
    """
    import numpy as np

    trees = getattr(native, "estimators_", None)
    if "Forest" not in type(native).__name__ and "ExtraTrees" not in type(native).__name__:
        return []
    if not isinstance(trees, list) or len(trees) < 20 or len(trees) * outcome.rows > _TREE_CELLS:
        return []
    rows = np.asarray(features, dtype=np.float32)
    said = np.stack([tree.predict(rows) for tree in trees])
    return [_between("trees", level, said, outcome) for level in LEVELS]


def of_quantiles(given: Mapping[float, Any], outcome: Outcome) -> list[Coverage]:
    """Predicted quantiles, in pairs around the middle: 0.05 and 0.95 are an interval of 90 %.

    Raises: InvalidArgument: one is no level, or has another number of rows.
    """
    import numpy as np

    levels = {}
    for level, values in given.items():
        array = np.asarray(values, dtype=np.float64).reshape(-1)
        if not 0 < float(level) < 1 or len(array) != outcome.rows:
            raise InvalidArgument(
                f"The quantile {level!r} has {len(array)} values for {outcome.rows} rows; give levels between 0 and 1 "
                "with a prediction for each row."
            )
        levels[float(level)] = array
    made = []
    for level, low in sorted(levels.items()):
        high = next((values for other, values in levels.items() if abs(other + level - 1) < 1e-9), None)
        if level < 0.5 and high is not None:
            inside = (outcome.truth >= low) & (outcome.truth <= high)
            made.append(_coverage("quantiles", round(1 - 2 * level, 10), inside, float(np.mean(high - low))))
    return made


def weighted_quantile(values: Any, weights: Any, level: float) -> float:
    """The smallest value below or at which lies at least this part of the weight."""
    import numpy as np

    order = np.argsort(values, kind="stable")
    rising = np.cumsum(weights[order])
    place = int(np.searchsorted(rising, level * rising[-1] * (1 - 1e-12)))
    return float(values[order][min(place, len(order) - 1)])


def _between(source: str, level: float, said: Any, outcome: Outcome) -> Coverage:
    import numpy as np

    low, high = np.quantile(said, [(1 - level) / 2, (1 + level) / 2], axis=0)
    inside = (outcome.truth >= low) & (outcome.truth <= high)
    return _coverage(source, level, inside, float(np.mean(high - low)))


def _coverage(source: str, level: float, inside: Any, width: float) -> Coverage:
    low, high = wilson(float(inside.sum()), float(len(inside)))
    return Coverage(source=source, level=level, share=float(inside.mean()), low=low, high=high, width=width)


def _plain(values: Any) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
