"""Where a model is worst: segments of the rows, described by one to three conditions on features.

A shallow tree learns, on one half of the rows, where the errors are large; its leaves are then measured on the other
half. So a segment is not shown for having been unlucky in the rows by which it was found.

Source: the idea is that of slice finding, Chung et al., ICDE 2019; the tree is scikit-learn's.
"""

from typing import Any

from hito.evaluation.many import holm
from hito.evaluation.outcome import Outcome
from hito.evaluation.results import Condition, Slice
from hito.evaluation.table import MISSING, Table

SHOWN = 5
_DEPTH = 3
_ROWS = 50_000
"""Rows by which segments are searched; more do not make them better."""
_FEWEST = 10
_LARGEST = 0.5
"""Share of the rows up to which a leaf is a segment; beyond, it is the rule and the rest the exception."""
_CATEGORIES = 10
"""Categories of a column, the most frequent ones, that can be a condition."""


class _Question:
    """A column of the tree's input, and what `> cut` of it means."""

    def __init__(self, feature: str, kind: str, category: str = "") -> None:
        self.feature = feature
        self.kind = kind
        self.category = category

    def condition(self, cut: float, above: bool) -> Condition:
        if self.kind == "missing":
            return Condition(feature=self.feature, operator="missing" if above else "not missing")
        if self.kind == "category":
            return Condition(feature=self.feature, operator="is" if above else "is not", value=self.category)
        return Condition(feature=self.feature, operator=">" if above else "<=", value=float(f"{cut:.6g}"))


def errors_of(outcome: Outcome) -> tuple[str, Any]:
    """The name of what is wrong with each row, and how much; float64 of shape (n,)."""
    import numpy as np

    if outcome.task == "regression":
        return "mean_absolute_error", np.abs(outcome.truth - outcome.predicted)
    if outcome.task == "multilabel":
        return "hamming_loss", (outcome.truth != outcome.predicted).mean(axis=1)
    return "error_rate", (outcome.truth != outcome.predicted).astype(np.float64)


def slices(table: Table, outcome: Outcome, seed: int) -> list[Slice]:
    """The worst segments, worst first; nothing if none is clearly worse than the rest."""
    import numpy as np
    from sklearn.tree import DecisionTreeRegressor

    name, errors = errors_of(outcome)
    rng = np.random.default_rng(seed)
    places = rng.permutation(table.rows)[: 2 * _ROWS]
    half = len(places) // 2
    search, check = places[:half], places[half:]
    if half < 2 * _FEWEST or not np.ptp(errors[search]) > 0:
        return []
    matrix, questions = _matrix(table)
    if not questions:
        return []
    tree = DecisionTreeRegressor(
        max_depth=_DEPTH, min_samples_leaf=max(_FEWEST, half // 50), random_state=int(rng.integers(2**31))
    )
    tree.fit(matrix[search], errors[search], sample_weight=outcome.weights[search])
    leaves = tree.apply(matrix[check])
    found = []
    for leaf, conditions in _leaves(tree.tree_, questions):
        inside = leaves == leaf
        if inside.sum() < _FEWEST or inside.mean() > _LARGEST:
            continue
        found.append(_measured(conditions, inside, errors[check], outcome.weights[check], name))
    worse = sorted((one for one in found if one.value > one.rest), key=lambda one: one.rest - one.value)[:SHOWN]
    corrected = holm([one.p_value for one in worse])
    return [
        Slice(
            conditions=one.conditions, rows=one.rows, share=one.share, score=one.score, value=one.value, low=one.low,
            high=one.high, rest=one.rest, p_value=p_value,
        )
        for one, p_value in zip(worse, corrected, strict=True)
    ]  # fmt: skip


def _measured(conditions: tuple[Condition, ...], inside: Any, errors: Any, weights: Any, name: str) -> Slice:
    import numpy as np
    from scipy import stats

    here, there = errors[inside], errors[~inside]
    value = float(np.average(here, weights=weights[inside]))
    spread = 1.959963984540054 * float(here.std(ddof=1)) / len(here) ** 0.5
    p_value: float | None = None
    if np.ptp(errors) > 0:
        p_value = float(stats.ttest_ind(here, there, equal_var=False).pvalue)
        if not np.isfinite(p_value):
            p_value = None
    return Slice(
        conditions=conditions,
        rows=int(inside.sum()),
        share=float(weights[inside].sum() / weights.sum()),
        score=name,
        value=value,
        low=max(0.0, value - spread),
        high=value + spread if name == "mean_absolute_error" else min(1.0, value + spread),
        rest=float(np.average(there, weights=weights[~inside])),
        p_value=p_value,
    )


def _matrix(table: Table) -> tuple[Any, list[_Question]]:
    """The features as the tree takes them: numbers, their gaps filled; categories as yes or no."""
    import numpy as np

    columns, questions = [], []
    for one in table.columns:
        if one.numeric:
            finite = np.isfinite(one.values)
            if not finite.any():
                continue
            columns.append(np.where(finite, one.values, np.median(one.values[finite])))
            questions.append(_Question(one.name, "number"))
            if not finite.all():
                columns.append((~finite).astype(np.float64))
                questions.append(_Question(one.name, "missing"))
            continue
        names, counts = np.unique(one.values.astype(str), return_counts=True)
        for place in np.argsort(-counts, kind="stable")[:_CATEGORIES]:
            name = str(names[place])
            columns.append((one.values == name).astype(np.float64))
            questions.append(_Question(one.name, "missing" if name == MISSING else "category", name))
    return (np.column_stack(columns).astype(np.float32) if columns else None), questions


def _leaves(tree: Any, questions: list[_Question]) -> list[tuple[int, tuple[Condition, ...]]]:
    """Every leaf and the conditions that lead to it; of several on one number only the closest."""
    found: list[tuple[int, tuple[Condition, ...]]] = []
    waiting: list[tuple[int, dict[tuple[str, str, str], Condition]]] = [(0, {})]
    while waiting:
        node, known = waiting.pop()
        if tree.children_left[node] == -1:
            if known:
                found.append((node, tuple(known.values())))
            continue
        question = questions[tree.feature[node]]
        for child, above in ((tree.children_left[node], False), (tree.children_right[node], True)):
            condition = question.condition(float(tree.threshold[node]), above)
            key = (question.feature, condition.operator, question.category)
            waiting.append((int(child), {**known, key: condition}))
    return found
