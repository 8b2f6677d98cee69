"""The permutation part: what a score loses if one column is shuffled."""

from typing import Any

from hito.explain.columns import take
from hito.explain.deadline import halved_to_fit
from hito.explain.results import Omission, Permutation
from hito.explain.rounding import rounded
from hito.explain.sample import Sample
from hito.explain.surface import Surface

_ROWS = 2000
_LEAST_ROWS = 40
_REPEATS = 10
_LEAST_REPEATS = 3


def permutation_part(
    surface: Surface, sample: Sample, truth: Any | None, seconds: float
) -> tuple[Permutation | None, list[Omission], int]:
    """Drops of ROC AUC (two classes), of log loss (more; of several labels their mean), or of R².

    Returns: what was found, what was left out, and the number of rows.
    """
    import numpy

    if truth is None:
        return None, [Omission("permutation", "no_target")], 0
    target = _numbers(surface, truth)
    known = [row for row in sample.order if numpy.isfinite(target[row]).all()][:_ROWS]
    features = len(surface.columns.names)
    for repeats in (_REPEATS, _LEAST_REPEATS):
        rows = halved_to_fit(
            len(known), min(_LEAST_ROWS, len(known)), sample.cost * (features * repeats + 1), 0.8 * seconds
        )
        if rows:
            break
    if not rows and known:
        return None, [Omission("permutation", "time", f"{_LEAST_ROWS} rows take longer than {seconds:.1f} s")], 0
    numbers = known[:rows]
    if len(numbers) < _LEAST_ROWS // 4 or len(numpy.unique(target[numbers], axis=0)) < 2:
        return None, [Omission("permutation", "too_few_rows", f"{rows} rows, of one class or with one value")], 0
    matrix = surface.columns.encode(take(sample.given, numbers))
    omitted = []
    if rows < len(known) or repeats < _REPEATS:
        omitted.append(Omission("permutation", "time", f"{rows} of {len(known)} rows, {repeats} of {_REPEATS} repeats"))
    baseline, drops = _drops(surface, matrix, target[numbers], repeats, sample.seed)
    return Permutation(_NAMES[surface.task], float(f"{baseline:.6g}"), rounded(drops)), omitted, rows


_NAMES = {"binary": "roc_auc", "multiclass": "neg_log_loss", "multilabel": "neg_log_loss", "regression": "r2"}


def _drops(surface: Surface, matrix: Any, target: Any, repeats: int, seed: int) -> tuple[float, Any]:
    """The score, and what it loses, of shape (features, repeats).

    All repeats of a column are one call of the model: scikit-learn's `permutation_importance` makes one for each, which
    costs a forest of a hundred trees 4.5 s for thirty columns, and this one 0.9. A test holds the two together.
    """
    import numpy

    generator = numpy.random.default_rng(seed)
    baseline = float(_scores(surface, target, surface.answers(matrix)[None])[0])
    drops = numpy.zeros((matrix.shape[1], repeats))
    for feature in range(matrix.shape[1]):
        stacked = numpy.repeat(matrix[None], repeats, axis=0)
        for one in stacked:
            one[:, feature] = generator.permutation(one[:, feature])
        answers = surface.answers(stacked.reshape(-1, matrix.shape[1])).reshape(repeats, len(matrix), -1)
        drops[feature] = baseline - _scores(surface, target, answers)
    return baseline, drops


def _scores(surface: Surface, target: Any, answers: Any) -> Any:
    """A score for each repeat, greater is better; answers: (repeats, rows, outputs).

    scikit-learn's functions give the same for one repeat at a time, and spend 7 ms each on checking what they are given.
    """
    import numpy
    from scipy.stats import rankdata

    if surface.task == "binary":
        positive = target == 1
        ones = int(positive.sum())
        ranks = rankdata(answers[:, :, 0], axis=1)[:, positive].sum(axis=1)
        return (ranks - ones * (ones + 1) / 2) / (ones * (len(target) - ones))
    if surface.task == "regression":
        spread = ((target - target.mean()) ** 2).sum()
        return 1 - ((answers[:, :, 0] - target) ** 2).sum(axis=1) / spread
    finest = numpy.finfo("float64").eps
    if surface.task == "multilabel":
        right = numpy.clip(numpy.where(target == 1, answers, 1 - answers), finest, 1 - finest)
        return numpy.log(right).mean(axis=(1, 2))
    own = answers[:, numpy.arange(len(target)), target.astype(int)] / answers.sum(axis=2)
    return numpy.log(numpy.clip(own, finest, 1 - finest)).mean(axis=1)


def _numbers(surface: Surface, truth: Any) -> Any:
    """The target as numbers: the place of the class, 0 and 1 for each label, or the value.

    A class that the model does not know is NaN.
    """
    import numpy

    if surface.task == "multilabel":
        return numpy.asarray(truth, dtype="float64")
    values = numpy.asarray(truth).reshape(-1)
    if surface.task == "regression":
        return values.astype("float64")
    return numpy.array([numpy.nan if code < 0 else float(code) for code in surface.codes(values)])
