"""Outcome and weights → scores, by formulas that take any weights, so that the bootstrap can ask again and again.

All that does not depend on the weights (codes of cells, orders, losses of rows) is made once. Every formula gives what
scikit-learn's function of the same name gives; tests/evaluation proves it on random data. A score that does not exist
for the data at hand is left out.

A scorer answers a dict with keys (section, name):

    ""               the whole                        "class 2"       the class of this code against the rest
    "rule"           at the threshold of this rule (two classes)
"""

import math
from collections.abc import Mapping
from typing import Any, Protocol

from hito.evaluation.outcome import Outcome
from hito.evaluation.ranked import Ranked
from hito.evaluation.results import Direction

Key = tuple[str, str]
Found = dict[Key, float]

_RANKED_CLASSES = 20
"""Classes up to which every one has its own areas; each costs a sorting of all rows."""
_TOP = (2, 3, 5)
_SHARE = 0.1
CALIBRATION_BINS = 10

_ERRORS = frozenset(
    "mean_absolute_error mean_squared_error root_mean_squared_error mean_absolute_percentage_error median_absolute_error "
    "max_error".split()
)
LOWER = _ERRORS | {"log_loss", "brier_score_loss", "expected_calibration_error", "hamming_loss"}
_NEITHER = frozenset("mean_on_target sum_on_target mean_residual".split())


def direction(name: str) -> Direction:
    return "lower" if name in LOWER else "neither" if name in _NEITHER else "higher"


def bounds(name: str) -> tuple[float, float]:
    """The least and the largest value that a score can have."""
    if name in ("matthews_corrcoef", "cohen_kappa_score"):
        return -1.0, 1.0
    if name in ("r2_score", "explained_variance_score"):
        return -math.inf, 1.0
    if name in _NEITHER:
        return -math.inf, math.inf
    if name.startswith("lift_") or name in ("log_loss", "brier_score_loss") or name in _ERRORS:
        return 0.0, math.inf
    return 0.0, 1.0


def group(name: str) -> str:
    """The part of a report that a score belongs to."""
    if name.endswith(("_macro", "_micro", "_weighted", "_samples")):
        return "average"
    if name.startswith(("top_", "lift_", "gain_")):
        return "ranking"
    return "residual" if name == "mean_residual" else "main"


class Scorer(Protocol):
    """Scores of one outcome for any weights of its rows."""

    def __call__(self, weights: Any) -> Found:
        """All scores that exist; `weights`: float64 of shape (n,)."""


def scorer(outcome: Outcome, thresholds: Mapping[str, float] | None = None) -> Scorer:
    """The scorer for a task.

    Args:
        thresholds: rule → threshold, for two classes: scores at each of them, too.
    """
    if outcome.task == "regression":
        return _Regression(outcome)
    if outcome.task == "multilabel":
        return _Multilabel(outcome)
    return _Classes(outcome, thresholds or {})


class _Classes:
    """Two or more classes, of which each row has one."""

    def __init__(self, outcome: Outcome, thresholds: Mapping[str, float]) -> None:
        import numpy as np

        self.count = len(outcome.labels)
        self.cells = outcome.truth * self.count + outcome.predicted
        self.binary = outcome.task == "binary"
        self.row_losses: dict[str, Any] = {}
        chances, ranking = outcome.chances, outcome.ranking
        rows = np.arange(outcome.rows)
        if chances is not None:
            own = np.clip(chances[rows, outcome.truth], outcome.finest, 1 - outcome.finest)
            self.row_losses["log_loss"] = -np.log(own)
            if self.binary:
                self.row_losses["brier_score_loss"] = (chances[:, 1] - outcome.truth) ** 2
            else:
                off = chances**2
                self.row_losses["brier_score_loss"] = (
                    off.sum(axis=1) - off[rows, outcome.truth] + (1 - chances[rows, outcome.truth]) ** 2
                )
        if not self.binary and ranking is not None:
            # scikit-learn lets, of equal scores, the class with the higher code win.
            own = ranking[rows, outcome.truth][:, None]
            later = np.arange(self.count)[None, :] > outcome.truth[:, None]
            above = ((ranking > own) | ((ranking == own) & later)).sum(axis=1)
            for k in _TOP:
                if k < self.count:
                    self.row_losses[f"top_{k}_accuracy_score"] = (above < k).astype(np.float64)
        self.calibration: Any = None
        if chances is not None:
            confidence = chances[:, 1] if self.binary else chances.max(axis=1)
            right = outcome.truth if self.binary else outcome.truth == chances.argmax(axis=1)
            self.calibration = (bin_of(confidence), confidence - right)
        self.ranked: dict[int, Ranked] = {}
        if ranking is not None and self.binary:
            self.ranked[1] = Ranked(outcome.truth == 1, ranking)
        elif ranking is not None and self.count <= _RANKED_CLASSES:
            self.ranked = {code: Ranked(outcome.truth == code, ranking[:, code]) for code in range(self.count)}
        self.rules = {rule: self.ranked[1].place(value) for rule, value in thresholds.items()} if self.ranked else {}

    def __call__(self, weights: Any) -> Found:
        import numpy as np

        size = self.count
        matrix = np.bincount(self.cells, weights, size * size).reshape(size, size)
        found: Found = {("", name): value for name, value in from_matrix(matrix, self.binary).items()}
        found |= _per_class(matrix)
        total = weights.sum()
        for name, losses in self.row_losses.items():
            found["", name] = float(np.dot(losses, weights) / total)
        if self.calibration is not None:
            bins, errors = self.calibration
            gaps = np.bincount(bins, errors * weights, CALIBRATION_BINS)
            found["", "expected_calibration_error"] = float(np.abs(gaps).sum() / total)
        if self.binary:
            self._two(weights, found)
        else:
            self._several(weights, found)
        return found

    def _two(self, weights: Any, found: Found) -> None:
        import numpy as np

        if 1 not in self.ranked:
            return
        sums = self.ranked[1].sums(weights)
        if sums.both:
            found["", "roc_auc"] = sums.roc_auc()
        if sums.positives > 0:
            found["", "precision_recall_auc"] = sums.precision_recall_area()
            found["", "average_precision_score"] = sums.average_precision()
            gain = sums.gain(_SHARE)
            found["", "gain_at_10"], found["", "lift_at_10"] = gain, gain / _SHARE
        for rule, place in self.rules.items():
            true, false = (sums.true[place - 1], sums.false[place - 1]) if place else (0.0, 0.0)
            matrix = np.array([[sums.negatives - false, false], [sums.positives - true, true]])
            for name, value in from_matrix(matrix, binary=True).items():
                if group(name) == "main":
                    found[rule, name] = value

    def _several(self, weights: Any, found: Found) -> None:
        areas, precisions, shares = [], [], []
        for code, ranked in self.ranked.items():
            sums = ranked.sums(weights)
            if not sums.both:
                continue
            area, precision = sums.roc_auc(), sums.average_precision()
            found[f"class {code}", "roc_auc"] = area
            found[f"class {code}", "average_precision_score"] = precision
            areas.append(area)
            precisions.append(precision)
            shares.append(sums.positives)
        if areas:
            total = sum(shares)
            found["", "roc_auc"] = sum(a * s for a, s in zip(areas, shares, strict=True)) / total
            found["", "roc_auc_macro"] = sum(areas) / len(areas)
            found["", "average_precision_score"] = sum(p * s for p, s in zip(precisions, shares, strict=True)) / total
            found["", "average_precision_macro"] = sum(precisions) / len(precisions)


def from_matrix(matrix: Any, binary: bool) -> dict[str, float]:
    """The scores that a confusion matrix of weights tells. Of two classes the second is positive."""
    import numpy as np

    total = matrix.sum()
    truth, said, right = matrix.sum(axis=1), matrix.sum(axis=0), np.diag(matrix)
    here = truth + said > 0
    precision, recall = _ratio(right, said), _ratio(right, truth)
    f1 = _ratio(2 * right, truth + said)
    accuracy = float(right.sum() / total)
    found = {"accuracy_score": accuracy, "balanced_accuracy_score": float(recall[truth > 0].mean())}
    weighted = {
        "precision": float(np.dot(precision, truth) / total),
        "recall": float(np.dot(recall, truth) / total),
        "f1": float(np.dot(f1, truth) / total),
    }
    if binary:
        found |= {"precision_score": float(precision[1]), "recall_score": float(recall[1]), "f1_score": float(f1[1])}
        if truth[0] > 0:
            found["specificity_score"] = float(recall[0])
    else:
        found |= {f"{name}_score": value for name, value in weighted.items()}
    for name, values in (("precision", precision), ("recall", recall), ("f1", f1)):
        found[f"{name}_macro"] = float(values[here].mean())
        found[f"{name}_micro"] = accuracy
        found[f"{name}_weighted"] = weighted[name]
    spread = np.sqrt((total**2 - np.dot(said, said)) * (total**2 - np.dot(truth, truth)))
    common = np.dot(truth, said)
    found["matthews_corrcoef"] = float((right.sum() * total - common) / spread) if spread > 0 else 0.0
    if total**2 - common > 0:
        found["cohen_kappa_score"] = float((right.sum() * total - common) / (total**2 - common))
    return found


def _per_class(matrix: Any) -> Found:
    truth, said, right = matrix.sum(axis=1), matrix.sum(axis=0), matrix.diagonal()
    rest = matrix.sum() - truth
    found: Found = {}
    columns = {
        "precision_score": _ratio(right, said),
        "recall_score": _ratio(right, truth),
        "f1_score": _ratio(2 * right, truth + said),
        "specificity_score": _ratio(rest - (said - right), rest),
    }
    for name, values in columns.items():
        for code, value in enumerate(values.tolist()):
            found[f"class {code}", name] = value
    return found


def _ratio(part: Any, whole: Any) -> Any:
    import numpy as np

    return np.divide(part, whole, out=np.zeros(len(whole)), where=whole > 0)


def bin_of(confidence: Any) -> Any:
    """The bin of each probability: ten of equal width, as `sklearn.calibration.calibration_curve` has them."""
    import numpy as np

    edges = np.linspace(0.0, 1.0, CALIBRATION_BINS + 1)
    return np.searchsorted(edges[1:-1], confidence)


class _Multilabel:
    """Rows that have any number of labels."""

    def __init__(self, outcome: Outcome) -> None:
        import numpy as np

        truth, said = outcome.truth, outcome.predicted
        self.width = truth.shape[1]
        self.truth, self.said = truth.astype(np.float64), said.astype(np.float64)
        self.right = self.truth * self.said
        self.same = (truth == said).all(axis=1).astype(np.float64)
        self.wrong = (truth != said).mean(axis=1)
        union = np.maximum(truth, said).sum(axis=1)
        common = self.right.sum(axis=1)
        both = truth.sum(axis=1) + said.sum(axis=1)
        self.row_f1 = np.divide(2.0 * common, both, out=np.zeros(len(both)), where=both > 0)
        self.row_jaccard = np.divide(common, union, out=np.zeros(len(union)), where=union > 0)
        self.losses: Any = None
        self.ranked: dict[int, Ranked] = {}
        if outcome.chances is not None:
            kept = np.clip(outcome.chances, outcome.finest, 1 - outcome.finest)
            self.losses = -(truth * np.log(kept) + (1 - truth) * np.log(1 - kept)).mean(axis=1)
            self.brier = ((outcome.chances - truth) ** 2).mean(axis=1)
            if self.width <= _RANKED_CLASSES:
                self.ranked = {at: Ranked(truth[:, at] == 1, outcome.chances[:, at]) for at in range(self.width)}

    def __call__(self, weights: Any) -> Found:
        import numpy as np

        total = weights.sum()
        truth, said, right = weights @ self.truth, weights @ self.said, weights @ self.right
        columns = {
            "precision": _ratio(right, said),
            "recall": _ratio(right, truth),
            "f1": _ratio(2 * right, truth + said),
        }
        micro = {
            "precision": (right.sum(), said.sum()),
            "recall": (right.sum(), truth.sum()),
            "f1": (2 * right.sum(), truth.sum() + said.sum()),
        }
        found: Found = {
            ("", "accuracy_score"): float(np.dot(self.same, weights) / total),
            ("", "hamming_loss"): float(np.dot(self.wrong, weights) / total),
            ("", "f1_samples"): float(np.dot(self.row_f1, weights) / total),
            ("", "jaccard_samples"): float(np.dot(self.row_jaccard, weights) / total),
        }
        for name, values in columns.items():
            part, whole = micro[name]
            mean = float(np.dot(values, truth) / truth.sum()) if truth.sum() > 0 else 0.0
            found["", f"{name}_score"] = mean
            found["", f"{name}_macro"] = float(values.mean())
            found["", f"{name}_micro"] = float(part / whole) if whole > 0 else 0.0
            found["", f"{name}_weighted"] = mean
            for at, value in enumerate(values.tolist()):
                found[f"class {at}", f"{name}_score"] = value
        if self.losses is not None:
            found["", "log_loss"] = float(np.dot(self.losses, weights) / total)
            found["", "brier_score_loss"] = float(np.dot(self.brier, weights) / total)
        areas, precisions = [], []
        for at, ranked in self.ranked.items():
            sums = ranked.sums(weights)
            if sums.both:
                areas.append(sums.roc_auc())
                precisions.append(sums.average_precision())
                found[f"class {at}", "roc_auc"], found[f"class {at}", "average_precision_score"] = (
                    areas[-1],
                    precisions[-1],
                )
        if areas:
            found["", "roc_auc_macro"] = sum(areas) / len(areas)
            found["", "average_precision_macro"] = sum(precisions) / len(precisions)
        return found


class _Regression:
    """Numbers."""

    def __init__(self, outcome: Outcome) -> None:
        import numpy as np

        truth, said = outcome.truth, outcome.predicted
        self.truth = truth
        self.residual = truth - said
        self.error = np.abs(self.residual)
        self.square = self.residual**2
        # scikit-learn's guard against a truth of 0.
        self.share = self.error / np.maximum(np.abs(truth), np.finfo(np.float64).eps)
        self.order = np.argsort(self.error, kind="stable")
        self.ordered = self.error[self.order]

    def __call__(self, weights: Any) -> Found:
        import numpy as np

        total = weights.sum()

        def mean(values: Any) -> float:
            return float(np.dot(values, weights) / total)

        square, bias, centre = mean(self.square), mean(self.residual), mean(self.truth)
        spread = mean((self.truth - centre) ** 2)
        found: Found = {
            ("", "mean_absolute_error"): mean(self.error),
            ("", "mean_squared_error"): square,
            ("", "root_mean_squared_error"): square**0.5,
            ("", "mean_absolute_percentage_error"): mean(self.share),
            ("", "median_absolute_error"): self._median(weights),
            ("", "max_error"): float(self.error[weights > 0].max()),
            ("", "mean_residual"): bias,
            ("", "mean_on_target"): centre,
            ("", "sum_on_target"): float(np.dot(self.truth, weights)),
        }
        if spread > 0:
            found["", "r2_score"] = 1 - square / spread
            found["", "explained_variance_score"] = 1 - max(square - bias**2, 0.0) / spread
        return found

    def _median(self, weights: Any) -> float:
        """The weighted median; where half of the weight ends at a row, the mean of it and the next."""
        import numpy as np

        rising = np.cumsum(weights[self.order])
        half = rising[-1] / 2
        low = int(np.searchsorted(rising, half * (1 - 1e-12)))
        high = int(np.searchsorted(rising, half * (1 + 1e-12), side="right"))
        return float((self.ordered[low] + self.ordered[min(high, len(rising) - 1)]) / 2)
