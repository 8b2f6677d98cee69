"""Outcome → curves, confusion matrices and histograms of a classifier. Every curve is what scikit-learn's function of
the same name gives, with the points left out that lie on the line between their neighbours.
"""

from collections.abc import Sequence
from typing import Any

from hito.evaluation.intervals import wilson
from hito.evaluation.outcome import Outcome
from hito.evaluation.ranked import Ranked
from hito.evaluation.results import Confusion, Curve, Histogram, Omission
from hito.evaluation.scores import CALIBRATION_BINS, bin_of
from hito.evaluation.thin import kept

CLASSES = 10
"""Classes, the largest ones, that have curves of their own."""
_MATRIX_CLASSES = 200
_SCORE_BINS = 40


def curved(outcome: Outcome) -> list[int]:
    """The codes of the classes that get curves: the positive one of two, else the largest."""
    import numpy as np

    if outcome.task == "binary":
        return [1]
    rows = support(outcome)
    return sorted(int(code) for code in np.argsort(-rows, kind="stable")[:CLASSES] if rows[code] > 0)


def positives(outcome: Outcome, code: int) -> Any:
    """Which rows are of a class, or have a label; bool of shape (n,)."""
    return outcome.truth[:, code] == 1 if outcome.task == "multilabel" else outcome.truth == code


def ranking_of(outcome: Outcome, code: int) -> Any:
    """What ranks the rows for a class."""
    return outcome.ranking if outcome.task == "binary" else outcome.ranking[:, code]


def roc(ranked: Ranked, weights: Any, label: str) -> Curve:
    import numpy as np

    sums = ranked.sums(weights)
    x = np.append(0.0, sums.false) / sums.negatives
    y = np.append(0.0, sums.true) / sums.positives
    keep = kept(x, y)
    thresholds = [None, *ranked.thresholds.tolist()]
    return Curve(
        kind="roc",
        label=label,
        x=_plain(x[keep]),
        y=_plain(y[keep]),
        area=sums.roc_auc(),
        thresholds=tuple(thresholds[place] for place in keep),
    )


def precision_recall(ranked: Ranked, weights: Any, label: str) -> Curve:
    import numpy as np

    sums = ranked.sums(weights)
    x = np.append(0.0, sums.true) / sums.positives
    y = np.append(1.0, sums.precision())
    keep = kept(x, y)
    thresholds = [None, *ranked.thresholds.tolist()]
    return Curve(
        kind="precision_recall",
        label=label,
        x=_plain(x[keep]),
        y=_plain(y[keep]),
        area=sums.average_precision(),
        thresholds=tuple(thresholds[place] for place in keep),
    )


def gain_and_lift(ranked: Ranked, weights: Any, label: str) -> tuple[Curve, Curve]:
    """How many of the positives are found in the best part of the rows; and how many more than by chance."""
    import numpy as np

    sums = ranked.sums(weights)
    total = sums.true + sums.false
    share, found = np.append(0.0, total / total[-1]), np.append(0.0, sums.true / sums.positives)
    keep = kept(share, found)
    gain = Curve(kind="gain", label=label, x=_plain(share[keep]), y=_plain(found[keep]))
    some = share > 0
    x, y = share[some], found[some] / share[some]
    keep = kept(x, y)
    return gain, Curve(kind="lift", label=label, x=_plain(x[keep]), y=_plain(y[keep]))


def over_thresholds(ranked: Ranked, weights: Any, label: str) -> tuple[Curve, ...]:
    """Precision, recall and F1 of two classes for every threshold."""
    import numpy as np

    sums = ranked.sums(weights)
    precision, recall = sums.precision(), sums.true / sums.positives
    f1 = 2 * sums.true / (sums.true + sums.false + sums.positives)
    made = []
    for name, values in (("precision", precision), ("recall", recall), ("f1", f1)):
        x, y = ranked.thresholds[::-1], values[::-1]
        keep = kept(x, np.asarray(y), 500)
        made.append(Curve(kind="threshold", label=label, of=name, x=_plain(x[keep]), y=_plain(y[keep])))
    return tuple(made)


def calibration(chances: Any, positive: Any, weights: Any, label: str) -> Curve:
    """Ten bins of equal width, those without rows left out.

    The interval is that of a share of as many rows as the bin has; of weighted rows, of their effective number (Kish).
    """
    import numpy as np

    bins = bin_of(chances)
    total = np.bincount(bins, weights, CALIBRATION_BINS)
    squares = np.bincount(bins, weights**2, CALIBRATION_BINS)
    said = np.bincount(bins, weights * chances, CALIBRATION_BINS)
    came = np.bincount(bins, weights * positive, CALIBRATION_BINS)
    some = total > 0
    x, y = said[some] / total[some], came[some] / total[some]
    effective = total[some] ** 2 / squares[some]
    ends = [wilson(share * rows, rows) for share, rows in zip(y.tolist(), effective.tolist(), strict=True)]
    return Curve(
        kind="calibration",
        label=label,
        x=_plain(x),
        y=_plain(y),
        area=float(np.abs(said - came).sum() / total.sum()),
        low=tuple(low for low, _ in ends),
        high=tuple(high for _, high in ends),
        rows=_plain(total[some]),
    )


def of_classes(outcome: Outcome) -> tuple[list[Curve], list[Omission]]:
    """All curves of a classifier, and why some are missing."""
    ranking = outcome.ranking
    if ranking is None:
        reason = "The model has neither probabilities nor a decision function, so its rows cannot be ranked."
        return [], [Omission(part="curves", rule="no_ranking", reason=reason)]
    made: list[Curve] = []
    omissions: list[Omission] = []
    for code in curved(outcome):
        name, positive = outcome.names[code], positives(outcome, code)
        there = outcome.weights[positive].sum() > 0, outcome.weights[~positive].sum() > 0
        if not all(there):
            reason = f"All rows are {'' if there[0] else 'not '}of class {name}: there is nothing to separate."
            omissions.append(Omission(part="curves", rule="one_class", reason=reason, values={"label": name}))
            continue
        ranked = Ranked(positive, ranking_of(outcome, code))
        made += [roc(ranked, outcome.weights, name), precision_recall(ranked, outcome.weights, name)]
        gain, lift = gain_and_lift(ranked, outcome.weights, name)
        made += [gain, lift]
        if outcome.task == "binary":
            made += over_thresholds(ranked, outcome.weights, name)
        if outcome.chances is not None:
            made.append(calibration(outcome.chances[:, code], positive, outcome.weights, name))
    if outcome.chances is None:
        reason = "The model gives no probabilities; its calibration, log loss and Brier score do not exist."
        omissions.append(Omission(part="calibration", rule="no_probabilities", reason=reason))
    count = len(outcome.labels)
    if outcome.task != "binary" and count > CLASSES:
        reason = f"Of {count} classes, the {CLASSES} with the most rows have curves."
        values: dict[str, float | str] = {"classes": float(count), "shown": float(CLASSES)}
        omissions.append(Omission(part="curves", rule="many_classes", reason=reason, values=values))
    return made, omissions


def confusions(outcome: Outcome) -> tuple[list[Confusion], list[Omission]]:
    """The confusion matrix of what the model says; of multilabel one for each label."""
    import numpy as np

    size = len(outcome.labels)
    if outcome.task == "multilabel":
        return [
            confusion(
                _counts(outcome.truth[:, code], outcome.predicted[:, code], outcome.weights, 2),
                (f"not {outcome.names[code]}", outcome.names[code]),
                outcome.names[code],
            )
            for code in curved(outcome)
        ], []
    if size > _MATRIX_CLASSES:
        reason = f"A matrix of {size} × {size} classes cannot be read; scores per class are there."
        return [], [Omission(part="confusion", rule="many_classes", reason=reason, values={"classes": float(size)})]
    counts = _counts(outcome.truth, outcome.predicted, outcome.weights, size)
    return [confusion(np.asarray(counts), outcome.names, "default")], []


def confusion(counts: Any, labels: Sequence[str], name: str, threshold: float | None = None) -> Confusion:
    """A matrix with its shares."""
    rows = [tuple(float(value) for value in row) for row in counts.tolist()]
    shares = tuple(tuple(value / sum(row) if sum(row) > 0 else None for value in row) for row in rows)
    return Confusion(name=name, labels=tuple(labels), counts=tuple(rows), shares=shares, threshold=threshold)


def score_histograms(outcome: Outcome) -> list[Histogram]:
    """Of two classes: the scores of the positive class, by truth. Of more: the largest probability, right and wrong."""
    import numpy as np

    ranking = outcome.ranking
    if ranking is None or outcome.task == "multilabel":
        return []
    if outcome.task == "binary":
        values, label = ranking, outcome.names[1]
        parts = [(outcome.names[code], outcome.truth == code) for code in (0, 1)]
    else:
        values, label = ranking.max(axis=1), ""
        right = outcome.truth == outcome.predicted
        parts = [("wrong", ~right), ("right", right)]
    low, high = (0.0, 1.0) if outcome.chances is not None else (float(values.min()), float(values.max()))
    edges = np.linspace(low, high if high > low else low + 1, _SCORE_BINS + 1)
    return [
        Histogram(
            name="score",
            label=label,
            truth=truth,
            edges=_plain(edges),
            counts=_plain(np.histogram(values[chosen], edges, weights=outcome.weights[chosen])[0]),
        )
        for truth, chosen in parts
    ]


def _counts(truth: Any, predicted: Any, weights: Any, size: int) -> Any:
    import numpy as np

    return np.bincount(truth * size + predicted, weights, size * size).reshape(size, size)


def support(outcome: Outcome) -> Any:
    """The weight of each class's rows, or of the rows that have each label."""
    import numpy as np

    if outcome.task == "multilabel":
        return outcome.weights @ outcome.truth
    return np.bincount(outcome.truth, outcome.weights, len(outcome.labels))


def _plain(values: Any) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
