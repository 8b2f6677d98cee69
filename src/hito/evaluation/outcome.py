"""What a model said about rows whose truth is known, checked and put into codes: what all scores are computed from.

Labels become codes, their places in `labels`: sorted, or in the model's order. Of two classes the second is the positive
one. What the model cannot tell (no probabilities) is None, and what has to be left out for it is stated by whoever needs
it.
"""

from typing import Any

from msgspec import Struct

from hito.evaluation.results import Finding, Omission, Task


class Outcome(Struct, frozen=True, eq=False, kw_only=True):
    """
    Attributes:
        truth, predicted: codes, int64 of shape (n,); multilabel 0 or 1 of shape (n, labels); regression float64 (n,).
        chances: probabilities, float64 of shape (n, classes), multilabel (n, labels); or None.
        margins: what ranks rows where there are no probabilities, of the same shape, of two classes (n,); or None.
        weights: float64 of shape (n,), not negative; ones if none were given.
        finest: how near to 0 a probability of the model's own precision can be; log loss takes none as nearer.
        labels: what the codes mean.
        notes, omissions: what was noticed on the way.
    """

    task: Task
    truth: Any
    predicted: Any
    chances: Any = None
    margins: Any = None
    weights: Any
    weighted: bool = False
    finest: float = 2.0**-52
    labels: tuple[Any, ...] = ()
    notes: tuple[Finding, ...] = ()
    omissions: tuple[Omission, ...] = ()

    @property
    def rows(self) -> int:
        return len(self.truth)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(map(str, self.labels))

    @property
    def ranking(self) -> Any:
        """What ranks rows: probabilities, or else margins. Two classes: of the positive one, (n,); else (n, classes)."""
        if self.chances is None:
            return self.margins
        return self.chances[:, 1] if self.task == "binary" else self.chances

    def taken(self, places: Any) -> "Outcome":
        """Some of the rows, by their places."""
        return Outcome(
            task=self.task,
            truth=self.truth[places],
            predicted=self.predicted[places],
            chances=None if self.chances is None else self.chances[places],
            margins=None if self.margins is None else self.margins[places],
            weights=self.weights[places],
            weighted=self.weighted,
            finest=self.finest,
            labels=self.labels,
        )
