"""How a model treats groups of rows: rates per group of a named column, and the distance between the groups.

    demographic_parity   selection rate                    equal_opportunity   true positive rate
    equalised_odds       true and false positive rate      predictive_parity   precision
    accuracy             share of right answers            (regression: mean_error, mean_absolute_error)

Source: Hardt, Price and Srebro, NIPS 2016, for opportunity and odds; the ratio of selection rates is that of the
four-fifths rule (29 CFR 1607.4 D).
"""

import itertools
from typing import Any

from hito.evaluation.intervals import wilson
from hito.evaluation.many import holm
from hito.evaluation.outcome import Outcome
from hito.evaluation.results import Fairness, Gap, Group
from hito.evaluation.table import Column

GROUPS = 12
_BINNED_FROM = 10
"""Different numbers from which a numeric column is cut into quarters."""
OTHER = "(other)"

_GAPS = {
    "demographic_parity": ("selection_rate",),
    "equal_opportunity": ("true_positive_rate",),
    "equalised_odds": ("true_positive_rate", "false_positive_rate"),
    "predictive_parity": ("precision",),
    "accuracy": ("accuracy",),
    "mean_error": ("mean_error",),
    "mean_absolute_error": ("mean_absolute_error",),
}


def fairness(column: Column, outcome: Outcome) -> Fairness:
    """The rates of each group and the gaps between them."""
    names, members = grouped(column)
    groups, counts = [], []
    for name, member in zip(names, members, strict=True):
        found = _rates(outcome, member)
        groups.append(
            Group(
                name=name,
                rows=int(member.sum()),
                scores={key: value for key, (value, _, _, _) in found.items()},
                low={key: low for key, (_, low, _, _) in found.items()},
                high={key: high for key, (_, _, high, _) in found.items()},
            )
        )
        counts.append({key: pair for key, (_, _, _, pair) in found.items()})
    gaps = [gap for name, rates in _GAPS.items() if (gap := _gap(name, rates, groups, counts, outcome, members))]
    corrected = holm([gap.p_value for gap in gaps])
    return Fairness(
        column=column.name,
        groups=tuple(groups),
        gaps=tuple(
            Gap(
                name=gap.name, difference=gap.difference, ratio=gap.ratio, lowest=gap.lowest, highest=gap.highest,
                p_value=p_value,
            )
            for gap, p_value in zip(gaps, corrected, strict=True)
        ),
        positive=outcome.names[1] if outcome.task == "binary" else None,
    )  # fmt: skip


def grouped(column: Column) -> tuple[list[str], list[Any]]:
    """The groups' names, and which rows are of each."""
    import numpy as np

    values = column.values
    if column.numeric:
        finite = np.isfinite(values)
        distinct = np.unique(values[finite])
        if len(distinct) > _BINNED_FROM:
            edges = np.unique(np.quantile(values[finite], [0, 0.25, 0.5, 0.75, 1]))
            names = [f"{low:.4g} – {high:.4g}" for low, high in itertools.pairwise(edges)]
            bins = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(names) - 1)
            members = [finite & (bins == place) for place in range(len(names))]
        else:
            names = [f"{value:g}" for value in distinct]
            members = [values == value for value in distinct]
        if not finite.all():
            names, members = [*names, "(missing)"], [*members, ~finite]
        return names, members
    found, counts = np.unique(values.astype(str), return_counts=True)
    order = np.argsort(-counts, kind="stable")
    shown = sorted(order[: GROUPS if len(order) <= GROUPS else GROUPS - 1])
    names, members = [str(found[place]) for place in shown], [values == found[place] for place in shown]
    if len(order) > GROUPS:
        names, members = [*names, OTHER], [*members, ~np.any(members, axis=0)]
    return names, members


_Rate = tuple[float | None, float | None, float | None, tuple[float, float] | None]
"""A rate, its interval, and the rows it is a share of: how many, of how many."""


def _rates(outcome: Outcome, member: Any) -> dict[str, _Rate]:
    import numpy as np

    truth, said, weights = outcome.truth[member], outcome.predicted[member], outcome.weights[member]
    if outcome.task == "regression":
        off = truth - said
        return {"mean_error": _mean(off, weights), "mean_absolute_error": _mean(np.abs(off), weights)}
    if outcome.task == "multilabel":
        return {"accuracy": _share((truth == said).all(axis=1), np.ones(len(truth), bool), weights)}
    every = np.ones(len(truth), bool)
    found = {"accuracy": _share(truth == said, every, weights)}
    if outcome.task == "binary":
        found["selection_rate"] = _share(said == 1, every, weights)
        found["base_rate"] = _share(truth == 1, every, weights)
        found["true_positive_rate"] = _share(said == 1, truth == 1, weights)
        found["false_positive_rate"] = _share(said == 1, truth == 0, weights)
        found["precision"] = _share(truth == 1, said == 1, weights)
    return found


def _share(hit: Any, of: Any, weights: Any) -> _Rate:
    whole = float(weights[of].sum())
    if whole <= 0:
        return None, None, None, None
    share = float(weights[of & hit].sum()) / whole
    rows = float(of.sum())
    low, high = wilson(share * rows, rows)
    return share, low, high, (float((of & hit).sum()), rows)


def _mean(values: Any, weights: Any) -> _Rate:
    import numpy as np

    if not weights.sum() > 0:
        return None, None, None, None
    mean = float(np.average(values, weights=weights))
    if len(values) < 2:
        return mean, None, None, None
    half = 1.959963984540054 * float(values.std(ddof=1)) / len(values) ** 0.5
    return mean, mean - half, mean + half, None


def _gap(
    name: str,
    rates: tuple[str, ...],
    groups: list[Group],
    counts: list[dict[str, tuple[float, float] | None]],
    outcome: Outcome,
    members: list[Any],
) -> Gap | None:
    """The widest of the gaps of these rates; None if fewer than two groups have them."""
    import numpy as np

    widest: Gap | None = None
    for rate in rates:
        known = [(group.scores[rate], group.name) for group in groups if group.scores.get(rate) is not None]
        if len(known) < 2:
            continue
        values = [(value, label) for value, label in known if value is not None]
        (low, lowest), (high, highest) = min(values), max(values)
        ratio = low / high if high > 0 and low >= 0 else None
        pairs = [pair for one in counts if (pair := one.get(rate)) is not None]
        if pairs:
            p_value = _same_share(pairs)
        else:
            off = outcome.truth - outcome.predicted
            errors = np.abs(off) if rate == "mean_absolute_error" else off
            p_value = _same_mean([errors[member] for member in members])
        gap = Gap(name=name, difference=high - low, ratio=ratio, lowest=lowest, highest=highest, p_value=p_value)
        if widest is None or gap.difference > widest.difference:
            widest = gap
    return widest


def _same_share(pairs: list[tuple[float, float]]) -> float | None:
    """χ² test of equal shares; None where all rows hit, or none."""
    from scipy import stats

    table = [[hit, of - hit] for hit, of in pairs]
    if any(sum(column) == 0 for column in zip(*table, strict=True)):
        return None
    return float(stats.chi2_contingency(table, correction=False).pvalue)


def _same_mean(parts: list[Any]) -> float | None:
    """Welch's test for two groups, Kruskal and Wallis' for more."""
    import numpy as np
    from scipy import stats

    some = [part for part in parts if len(part) > 1]
    if len(some) < 2 or not np.ptp(np.concatenate(some)) > 0:
        return None
    found = stats.ttest_ind(*some, equal_var=False) if len(some) == 2 else stats.kruskal(*some)
    return float(found.pvalue) if np.isfinite(found.pvalue) else None
