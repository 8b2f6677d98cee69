"""Rows of one class against the rest, the best scored first: areas and shares for any weights, after one sorting.

A resample of the bootstrap is the same rows with other weights, so the order is made once and each resample costs a few
passes over the rows. Rows of one score stand together: no threshold can tell them apart.
"""

from typing import Any


class Sums:
    """What lies at or above each distinct score. true, false: weights of positives and negatives, rising, shape (m,)."""

    def __init__(self, true: Any, false: Any) -> None:
        self.true = true
        self.false = false

    @property
    def positives(self) -> float:
        return float(self.true[-1])

    @property
    def negatives(self) -> float:
        return float(self.false[-1])

    @property
    def both(self) -> bool:
        return self.positives > 0 and self.negatives > 0

    def roc_auc(self) -> float:
        """The area under the ROC curve by the trapezoidal rule: ties count half. Needs rows of both."""
        import numpy as np

        true, false = np.append(0.0, self.true), np.append(0.0, self.false)
        area = np.dot(np.diff(false), true[1:] + true[:-1]) / 2
        return float(area / (self.positives * self.negatives))

    def average_precision(self) -> float:
        """Σ (recall_i - recall_{i-1})·precision_i, without interpolation. Needs positives."""
        import numpy as np

        return float(np.dot(np.diff(self.true, prepend=0.0), self.precision()) / self.positives)

    def precision_recall_area(self) -> float:
        """The area under the PR curve by the trapezoidal rule, as MLflow has it: it is a little larger."""
        import numpy as np

        precision = np.append(1.0, self.precision())
        recall = np.append(0.0, self.true) / self.positives
        return float(np.dot(np.diff(recall), precision[1:] + precision[:-1]) / 2)

    def precision(self) -> Any:
        """At each distinct score; 1 where no row is above it."""
        import numpy as np

        total = self.true + self.false
        return np.divide(self.true, total, out=np.ones_like(total), where=total > 0)

    def gain(self, share: float) -> float:
        """The part of the positives that is among this share of the rows, best first; ties are shared evenly."""
        import numpy as np

        total = np.append(0.0, self.true + self.false)
        return float(np.interp(share * total[-1], total, np.append(0.0, self.true)) / self.positives)


class Ranked:
    """positive: whether each row is one; bool of shape (n,). scores: the higher the more positive."""

    def __init__(self, positive: Any, scores: Any) -> None:
        import numpy as np

        order = np.argsort(-scores, kind="stable")
        ordered = scores[order]
        self.order = order
        self.positive = positive[order].astype(np.float64)
        self.ends = np.append(np.flatnonzero(ordered[1:] != ordered[:-1]), len(order) - 1)
        self.thresholds = ordered[self.ends]

    def sums(self, weights: Any) -> Sums:
        import numpy as np

        ordered = weights[self.order]
        true = np.cumsum(ordered * self.positive)[self.ends]
        # Summed by itself: the difference of two sums would not rise everywhere, by rounding.
        return Sums(true, np.cumsum(ordered * (1 - self.positive))[self.ends])

    def place(self, threshold: float) -> int:
        """The number of distinct scores at or above a threshold."""
        import numpy as np

        return int(np.searchsorted(-self.thresholds, -threshold, side="right"))
