"""Is one model better than another? Tests on the same rows, or over the same folds.

    same rows      paired bootstrap      any score: its difference, interval, p-value
                   McNemar               who is right where the other is wrong          (classes)
                   DeLong                two ROC AUCs                                    (two classes)
    same folds     corrected t           a score per fold, folds share training data    (Nadeau and Bengio)
                   5×2 cv                five halvings, each trained both ways           (Dietterich; Alpaydin's F)

Whoever tests many pairs finds something: `holm` of `many` corrects p-values; `evidence` says in one word what is left.
All functions are pure: arrays in, frozen values out.
"""

from collections.abc import Sequence
from typing import Any, Literal

from msgspec import Struct

from hito.core.errors import InvalidArgument
from hito.evaluation.intervals import RESAMPLES
from hito.evaluation.outcome import Outcome
from hito.evaluation.predictions import Predictions
from hito.evaluation.results import Direction
from hito.evaluation.scores import direction, scorer

Evidence = Literal["none", "weak", "strong"]

COMPARED = frozenset(
    "accuracy_score f1_score f1_macro f1_micro hamming_loss roc_auc average_precision_score log_loss brier_score_loss "
    "r2_score mean_absolute_error median_absolute_error root_mean_squared_error".split()
)
"""Scores that two models are compared by. Not all: every test more makes the others' evidence weaker."""

_SECONDS = 5.0


class Difference(Struct, frozen=True, kw_only=True):
    """One score of two models on the same rows, or folds. difference: second minus first.

    effect: the difference in standard deviations of it (per fold, or of the bootstrap): how clear it is.
    better: which way is better; winner: `first`, `second` or nothing, by the evidence. method: `bootstrap`, `delong`,
    `mcnemar`, `corrected_t`, `5x2cv`.
    """

    score: str
    first: float
    second: float
    difference: float
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    effect: float | None = None
    better: Direction = "higher"
    evidence: Evidence = "none"
    winner: str = ""
    method: str = "bootstrap"


class Comparison(Struct, frozen=True, kw_only=True):
    """Two models on the rows that both were asked. rows: how many those are; first_rows, second_rows: that each kept.

    pairing: `keys` (the same features), or `order` (the same truth in the same order). corrected: p-values are Holm's
    over all tests of this comparison, and of `tests` others beside it.
    """

    rows: int
    first_rows: int
    second_rows: int
    pairing: str
    differences: tuple[Difference, ...]
    tests: int = 0
    seed: int = 0


def compare(
    first: Predictions,
    second: Predictions,
    *,
    tests: int = 0,
    seed: int = 0,
    asked: int = RESAMPLES,
    seconds: float = _SECONDS,
) -> Comparison:
    """All tests that the stored rows of two runs allow.

    Args:
        tests: other comparisons that are made beside this one; p-values are corrected for them, too.
    Raises: InvalidArgument: the tasks or the classes differ, or there are no rows in common.
    """
    from hito.evaluation.many import holm

    left, right, pairing = aligned(first, second)
    found = list(bootstrap(left, right, seed=seed, asked=asked, seconds=seconds))
    if left.task in ("binary", "multiclass"):
        found.append(mcnemar(left.truth == left.predicted, right.truth == right.predicted))
    ranked = left.ranking is not None and right.ranking is not None
    if left.task == "binary" and ranked and not left.weighted and 0 < left.truth.sum() < left.rows:
        found.append(delong(left.truth == 1, left.ranking, right.ranking))
    corrected = holm([one.p_value for one in found] + [1.0] * tests)
    return Comparison(
        rows=left.rows,
        first_rows=len(first.truth),
        second_rows=len(second.truth),
        pairing=pairing,
        differences=tuple(_judged(one, p_value) for one, p_value in zip(found, corrected, strict=False)),
        tests=tests,
        seed=seed,
    )


def aligned(first: Predictions, second: Predictions) -> tuple[Outcome, Outcome, str]:
    """The rows that both have, in one order: by the keys of their features, else by equal truth in equal order.

    Raises: InvalidArgument: they cannot be paired; the message says why.
    """
    import numpy as np

    if first.task != second.task:
        raise InvalidArgument(
            f"One model is evaluated as {first.task}, the other as {second.task}; they have no score in common."
        )
    if set(first.labels) != set(second.labels):
        raise InvalidArgument(
            f"The models have other classes: {', '.join(first.labels[:5])}; and {', '.join(second.labels[:5])}."
        )
    if first.keys is not None and second.keys is not None:
        _, at, other = np.intersect1d(first.keys, second.keys, return_indices=True)
        places = np.argsort(at)
        at, other = at[places], other[places]
        left, right = _outcome(first, at, first.labels), _outcome(second, other, first.labels)
        if len(at) and np.array_equal(left.truth, right.truth):
            return left, right, "keys"
    every = np.arange(len(first.truth))
    if len(first.truth) == len(second.truth) and first.rows == second.rows:
        left, right = _outcome(first, every, first.labels), _outcome(second, every, first.labels)
        if np.array_equal(left.truth, right.truth):
            return left, right, "order"
    raise InvalidArgument(
        "The two runs were evaluated on other rows, so their models cannot be compared row by row; evaluate both on the "
        "same test data."
    )


def bootstrap(
    first: Outcome, second: Outcome, *, seed: int = 0, asked: int = RESAMPLES, seconds: float = _SECONDS
) -> list[Difference]:
    """The scores of COMPARED, of both on the same resamples: their difference, its 95 % interval and p-value.

    The p-value is that of the interval which just touches 0 (two-sided); where no resample reaches 0, the normal
    distribution's with the resamples' deviation, but no more than 1 / resamples.

    Source: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapters 13 and 16.
    """
    import time

    import numpy as np

    scores = scorer(first), scorer(second)
    whole = tuple(one(first.weights) for one in scores)
    # Where every row has one class, the micro F1 is the accuracy.
    wanted = COMPARED if first.task == "multilabel" else COMPARED - {"f1_micro"}
    names = [key for key in whole[0] if not key[0] and key in whole[1] and key[1] in wanted]
    rng = np.random.default_rng(seed)
    until = time.monotonic() + seconds
    drawn: list[list[float]] = []
    for _ in range(asked):
        counts = np.bincount(rng.integers(first.rows, size=first.rows), minlength=first.rows)
        weights = counts * first.weights
        if not weights.sum() > 0:
            continue
        one, other = scores[0](weights), scores[1](weights)
        drawn.append([other.get(key, np.nan) - one.get(key, np.nan) for key in names])
        if time.monotonic() > until:
            break
    table = np.array(drawn).reshape(len(drawn), len(names))
    return [
        _bootstrapped(name, whole[0][name], whole[1][name], table[:, place][np.isfinite(table[:, place])])
        for place, name in enumerate(names)
    ]


def _bootstrapped(key: tuple[str, str], first: float, second: float, drawn: Any) -> Difference:
    import numpy as np
    from scipy import stats

    difference = second - first
    low = high = p_value = effect = None
    if len(drawn) >= 100:
        low, high = (float(value) for value in np.quantile(drawn, [0.025, 0.975]))
        side = float(min((drawn <= 0).mean(), (drawn >= 0).mean()))
        spread = float(drawn.std(ddof=1))
        effect = difference / spread if spread > 0 else None
        p_value = min(1.0, 2 * side)
        if side == 0 and effect is not None:
            p_value = min(1 / len(drawn), float(2 * stats.norm.sf(abs(effect))))
    return Difference(
        score=key[1], first=first, second=second, difference=difference, low=low, high=high, p_value=p_value,
        effect=effect, better=direction(key[1]),
    )  # fmt: skip


def mcnemar(first: Any, second: Any) -> Difference:
    """Whether one classifier is right more often where they disagree: the exact test, for more than 1,000 such rows χ².

    Args:
        first, second: whether each row is right; bool of shape (n,).
    Returns: the accuracies; effect is Cohen's g, by how much the part of one side differs from a half.
    Source: McNemar, Psychometrika 12 (1947); Edwards' correction of 1948.
    """
    import numpy as np
    from scipy import stats

    right, other = np.asarray(first, dtype=bool), np.asarray(second, dtype=bool)
    lost, won = int((right & ~other).sum()), int((~right & other).sum())
    both = lost + won
    if both == 0:
        p_value = 1.0
    elif both <= 1000:
        p_value = float(stats.binomtest(won, both, 0.5).pvalue)
    else:
        p_value = float(stats.chi2.sf((abs(won - lost) - 1) ** 2 / both, 1))
    return Difference(
        score="accuracy_score",
        first=float(right.mean()),
        second=float(other.mean()),
        difference=float(other.mean() - right.mean()),
        p_value=p_value,
        effect=won / both - 0.5 if both else 0.0,
        method="mcnemar",
    )


def delong(positive: Any, first: Any, second: Any) -> Difference:
    """Two ROC AUCs on the same rows: the difference, with its 95 % interval and two-sided p-value.

    Args:
        positive: bool of shape (n,). first, second: scores of shape (n,); ties count half.
    Source: DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988), by the ranks of Sun and Xu, IEEE SPL 21 (2014).
    """
    import numpy as np
    from scipy import stats

    yes = np.asarray(positive, dtype=bool)
    m, n = int(yes.sum()), int((~yes).sum())
    if not m or not n:
        raise InvalidArgument("There are rows of one class only; an AUC needs both.")
    areas, of_positives, of_negatives = [], [], []
    for given in (first, second):
        scores = np.asarray(given, dtype=np.float64)
        together = stats.rankdata(np.concatenate([scores[yes], scores[~yes]]))
        apart = stats.rankdata(scores[yes]), stats.rankdata(scores[~yes])
        # The share of negatives below each positive, and of positives above each negative.
        of_positives.append((together[:m] - apart[0]) / n)
        of_negatives.append(1 - (together[m:] - apart[1]) / m)
        areas.append(float(of_positives[-1].mean()))
    gaps = of_positives[1] - of_positives[0], of_negatives[1] - of_negatives[0]
    variance = sum(float(gap.var(ddof=1)) / len(gap) for gap in gaps if len(gap) > 1)
    difference = areas[1] - areas[0]
    if not variance > 0:
        return Difference(
            score="roc_auc", first=areas[0], second=areas[1], difference=difference, method="delong",
            p_value=1.0 if difference == 0 else None,
        )  # fmt: skip
    deviation = variance**0.5
    half = 1.959963984540054 * deviation
    return Difference(
        score="roc_auc",
        first=areas[0],
        second=areas[1],
        difference=difference,
        low=difference - half,
        high=difference + half,
        p_value=float(2 * stats.norm.sf(abs(difference) / deviation)),
        effect=difference / deviation,
        method="delong",
    )


def corrected_t(
    first: Sequence[float], second: Sequence[float], *, test_share: float, score: str = "", level: float = 0.95
) -> Difference:
    """Scores over the same folds.

    Their training sets overlap, so that a plain t-test finds too much; the variance is made larger by test over training
    size.

    Args:
        test_share: of the rows in a fold's test part: 0.1 of tenfold cross-validation.
        score: its name; tells which way is better.
    Raises: InvalidArgument: fewer than two folds, another number of them, or no share between 0 and 1.
    Source: Nadeau and Bengio, Machine Learning 52 (2003), 239-281.
    """
    import numpy as np

    one, other = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if one.shape != other.shape or one.ndim != 1 or len(one) < 2:
        raise InvalidArgument(
            f"There are {one.size} and {other.size} folds; give the scores of the same folds, two or more."
        )
    if not 0 < test_share < 1:
        raise InvalidArgument(f"The test part is {test_share}; it lies between 0 and 1.")
    gaps = other - one
    mean, count = float(gaps.mean()), len(gaps)
    variance = float(gaps.var(ddof=1)) * (1 / count + test_share / (1 - test_share))
    low, high, p_value = _by_t(mean, variance, count - 1, level)
    spread = float(gaps.std(ddof=1))
    return _judged(
        Difference(
            score=score, first=float(one.mean()), second=float(other.mean()), difference=mean, low=low, high=high,
            p_value=p_value, effect=mean / spread if spread > 0 else None, better=direction(score), method="corrected_t",
        ),
        p_value,
    )  # fmt: skip


def five_by_two(first: Any, second: Any, *, score: str = "") -> Difference:
    """Five times, the data is halved, and each half trains the models that the other tests.

    Args:
        first, second: scores of shape (5, 2).
    Returns: the combined F-test's p-value, which unlike the first t-test does not hang on one of the ten differences.
    Source: Dietterich, Neural Computation 10 (1998); Alpaydin, Neural Computation 11 (1999).
    """
    import numpy as np
    from scipy import stats

    one, other = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if one.shape != (5, 2) or other.shape != (5, 2):
        raise InvalidArgument(f"The scores have the shapes {one.shape} and {other.shape}; 5×2 cv has (5, 2).")
    gaps = other - one
    variances = ((gaps - gaps.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    total = float(variances.sum())
    mean = float(gaps.mean())
    p_value = 1.0 if mean == 0 else 0.0
    if total > 0:
        p_value = float(stats.f.sf((gaps**2).sum() / (2 * total), 10, 5))
    spread = float(gaps.std(ddof=1))
    return _judged(
        Difference(
            score=score, first=float(one.mean()), second=float(other.mean()), difference=mean, p_value=p_value,
            effect=mean / spread if spread > 0 else None, better=direction(score), method="5x2cv",
        ),
        p_value,
    )  # fmt: skip


def evidence(p_value: float | None) -> Evidence:
    """In one word: `strong` below 0.005, `weak` below 0.05, else `none`.

    Source: for 0.005, Benjamin et al., Nature Human Behaviour 2 (2018), 6-10.
    """
    if p_value is None or p_value >= 0.05:
        return "none"
    return "strong" if p_value < 0.005 else "weak"


def _judged(one: Difference, p_value: float | None) -> Difference:
    """With a corrected p-value, and what follows from it."""
    import msgspec

    said = evidence(p_value)
    winner = ""
    if said != "none" and one.better != "neither":
        winner = "second" if (one.difference > 0) == (one.better == "higher") else "first"
    return msgspec.structs.replace(one, p_value=p_value, evidence=said, winner=winner)


def _by_t(mean: float, variance: float, freedom: int, level: float) -> tuple[float, float, float]:
    from scipy import stats

    if not variance > 0:
        return mean, mean, 1.0 if mean == 0 else 0.0
    deviation = variance**0.5
    half = float(stats.t.ppf((1 + level) / 2, freedom)) * deviation
    return mean - half, mean + half, float(2 * stats.t.sf(abs(mean) / deviation, freedom))


def _outcome(found: Predictions, places: Any, labels: Sequence[str]) -> Outcome:
    """Some rows, with codes in the order of `labels`."""
    import numpy as np

    truth, predicted, ranking = found.truth[places], found.predicted[places], found.ranking
    ranking = None if ranking is None else ranking[places].astype(np.float64)
    if tuple(labels) != tuple(found.labels) and found.task != "regression":
        moved = np.array([list(labels).index(name) for name in found.labels])
        back = np.argsort(moved)
        if found.task == "multilabel":
            truth, predicted = truth[:, back], predicted[:, back]
        else:
            truth, predicted = moved[truth], moved[predicted]
        if ranking is not None:
            flipped = 1 - ranking if found.probabilities else -ranking
            ranking = flipped if ranking.ndim == 1 else ranking[:, back]
    chances = ranking if found.probabilities else None
    if chances is not None and found.task == "binary":
        chances = np.column_stack([1 - chances, chances])
    return Outcome(
        task=found.task,
        truth=truth,
        predicted=predicted,
        chances=chances,
        margins=None if found.probabilities else ranking,
        weights=np.ones(len(truth)) if found.weights is None else found.weights[places],
        weighted=found.weights is not None,
        finest=float(np.finfo(np.float32).eps),
        labels=tuple(labels),
    )
