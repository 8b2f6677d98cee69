"""Advice by rules: each looks at numbers and says nothing, or a finding with the numbers that are its reason.

Nothing here guesses: the same evaluation always has the same findings. Words are made where they are shown; what a
finding's `values` hold is said at each rule.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from msgspec import Struct

from hito.evaluation.results import Evaluation, Finding, Score, Severity

HEADLINES = {"binary": "roc_auc", "multiclass": "accuracy_score", "multilabel": "f1_micro", "regression": "r2_score"}
"""The score by which a task is judged first; `accuracy_score` or `f1_score` where it does not exist."""


class Clues(Struct, frozen=True, kw_only=True):
    """What advice needs beside the results.

    overlap: share of the test rows that are in the training data, too; None if that is not known. duplicates: share of
    the test rows that occur more than once. telling: a feature that alone orders the rows (almost) as the truth does, and
    its AUC or rank correlation. calibration: p-value of Spiegelhalter's test. folds: the run's scores over folds: name →
    mean, standard deviation. reordered, ignored: columns that were put in order, or left out, for the model.
    constant: features with one value only. coverage: of intervals that the model itself predicted.
    """

    overlap: float | None = None
    duplicates: float = 0.0
    telling: tuple[str, float] | None = None
    calibration: float | None = None
    folds: Mapping[str, tuple[float, float]] = {}
    reordered: bool = False
    ignored: tuple[str, ...] = ()
    constant: tuple[str, ...] = ()


Rule = Callable[[Evaluation, Clues], Finding | None]


def advise(found: Evaluation, clues: Clues) -> tuple[Finding, ...]:
    """All findings, the most serious first."""
    made = [one for name, rule in RULES.items() if (one := rule(found, clues)) is not None and one.rule == name]
    order: list[Severity] = ["serious", "warning", "note"]
    return tuple(sorted(made, key=lambda one: order.index(one.severity)))


def headline(found: Evaluation) -> Score | None:
    """The score by which the evaluation is judged first."""
    for name in (HEADLINES[found.task], "accuracy_score", "f1_score"):
        score = found.score(name)
        if score is not None:
            return score
    return None


def _overfit_gap(found: Evaluation, clues: Clues) -> Finding | None:
    """score, train, test, gap: the same score on both, and how much worse it is on the test data (a part, of errors)."""
    score = headline(found)
    train = next((one for one in found.train_scores if score is not None and one.name == score.name), None)
    if score is None or train is None:
        return None
    gap = train.value - score.value if score.better == "higher" else score.value - train.value
    outside = train.value > (score.high if score.high is not None else score.value)
    if gap < 0.05 or not outside:
        return None
    severity: Severity = "serious" if gap >= 0.15 else "warning"
    values: dict[str, float | str] = {
        "score": score.name, "train": train.value, "test": score.value, "gap": gap,
    }  # fmt: skip
    return Finding(rule="overfit_gap", severity=severity, values=values)


def _no_better_than_baseline(found: Evaluation, clues: Clues) -> Finding | None:
    """score, value, low, baseline, kind: the interval of the score reaches what `kind`, which looks at no feature, has."""
    name = {"binary": "accuracy_score", "multiclass": "accuracy_score", "regression": "mean_squared_error"}
    score = found.score(name.get(found.task, "accuracy_score"))
    dummy = next((one for one in found.baseline if score is not None and one.name == score.name), None)
    if score is None or dummy is None or score.low is None or score.high is None:
        return None
    reaches = score.low <= dummy.value if score.better == "higher" else score.high >= dummy.value
    worse = score.value <= dummy.value if score.better == "higher" else score.value >= dummy.value
    if not reaches:
        return None
    values: dict[str, float | str] = {
        "score": score.name, "value": score.value, "low": score.low, "high": score.high, "baseline": dummy.value,
        "kind": found.baseline_kind,
    }  # fmt: skip
    return Finding(rule="no_better_than_baseline", severity="serious" if worse else "warning", values=values)


def _class_imbalance(found: Evaluation, clues: Clues) -> Finding | None:
    """label, share, largest: the rarest class that occurs, its part of the rows, and the part of the largest."""
    rows = [(count, label) for count, label in zip(found.test.class_rows, found.classes, strict=False) if count]
    total = sum(count for count, _ in rows)
    if found.task not in ("binary", "multiclass") or len(rows) < 2 or total == 0:
        return None
    share, largest = min(rows)[0] / total, max(rows)[0] / total
    if share >= 0.1 and largest / share < 5:
        return None
    severity: Severity = "warning" if share < 0.05 or largest / share >= 10 else "note"
    values: dict[str, float | str] = {"label": min(rows)[1], "share": share, "largest": largest}
    return Finding(rule="class_imbalance", severity=severity, values=values)


def _rare_class(found: Evaluation, clues: Clues) -> Finding | None:
    """labels, count, rows: classes with fewer than 10 test rows; their scores are hardly known."""
    rare = [
        (count, label) for count, label in zip(found.test.class_rows, found.classes, strict=False) if 0 < count < 10
    ]
    if not rare:
        return None
    values: dict[str, float | str] = {
        "labels": ", ".join(label for _, label in rare[:5]), "count": float(len(rare)), "rows": float(min(rare)[0]),
    }  # fmt: skip
    return Finding(rule="rare_class", severity="note", values=values)


def _leak_suspect(found: Evaluation, clues: Clues) -> Finding | None:
    """reason: `telling_feature` (feature, strength), `overlap` (share) or `too_good` (score, value)."""
    if clues.telling is not None:
        values: dict[str, float | str] = {
            "reason": "telling_feature", "feature": clues.telling[0], "strength": clues.telling[1],
        }  # fmt: skip
        return Finding(rule="leak_suspect", severity="serious", values=values)
    if clues.overlap is not None and clues.overlap >= 0.01:
        severity: Severity = "serious" if clues.overlap >= 0.05 else "warning"
        return Finding(rule="leak_suspect", severity=severity, values={"reason": "overlap", "share": clues.overlap})
    score = headline(found)
    if score is not None and score.better == "higher" and score.value >= 0.999 and found.test.rows >= 100:
        values = {"reason": "too_good", "score": score.name, "value": score.value}
        return Finding(rule="leak_suspect", severity="warning", values=values)
    return None


def _lucky_seed(found: Evaluation, clues: Clues) -> Finding | None:
    """score, value, mean, deviation: better on this test data than over folds, by more than two standard deviations."""
    for name, (mean, deviation) in clues.folds.items():
        score = found.score(name)
        if score is None or deviation <= 0:
            continue
        better = score.value - mean if score.better == "higher" else mean - score.value
        if better > 2 * deviation:
            values: dict[str, float | str] = {
                "score": name, "value": score.value, "mean": mean, "deviation": deviation,
            }  # fmt: skip
            return Finding(rule="lucky_seed", severity="warning", values=values)
    return None


def _wide_interval(found: Evaluation, clues: Clues) -> Finding | None:
    """score, low, high, width, rows: another draw of as many test rows could have given anything in between."""
    score = headline(found)
    if score is None or score.low is None or score.high is None or score.better == "neither":
        return None
    width = score.high - score.low
    if width < 0.1 or (found.task == "regression" and score.name != "r2_score"):
        return None
    values: dict[str, float | str] = {
        "score": score.name, "low": score.low, "high": score.high, "width": width, "rows": float(found.test.rows),
    }  # fmt: skip
    return Finding(rule="wide_interval", severity="warning" if width >= 0.2 else "note", values=values)


def _uncalibrated(found: Evaluation, clues: Clues) -> Finding | None:
    """error, p_value, direction: expected calibration error; Spiegelhalter's test; `over` or `under` confident."""
    error = found.score("expected_calibration_error")
    if error is None or clues.calibration is None or clues.calibration >= 0.01 or error.value < 0.05:
        return None
    curve = next(iter(found.curves_of("calibration")), None)
    over = 0.0
    if curve is not None:
        away = [
            (x - y) * (1 if x >= 0.5 else -1) * rows for x, y, rows in zip(curve.x, curve.y, curve.rows, strict=True)
        ]
        over = sum(away)
    values: dict[str, float | str] = {
        "error": error.value, "p_value": clues.calibration, "direction": "over" if over > 0 else "under",
    }  # fmt: skip
    return Finding(rule="uncalibrated", severity="warning", values=values)


def _better_threshold(found: Evaluation, clues: Clues) -> Finding | None:
    """threshold, default, f1, default_f1: F1 gains at least 0.05 at another threshold than the model's."""
    by_rule = {one.rule: one for one in found.thresholds}
    best, usual = by_rule.get("best_f1"), by_rule.get("default")
    if best is None or usual is None:
        return None
    f1 = [next((score.value for score in one.scores if score.name == "f1_score"), 0.0) for one in (best, usual)]
    if f1[0] - f1[1] < 0.05:
        return None
    values: dict[str, float | str] = {
        "threshold": best.threshold, "default": usual.threshold, "f1": f1[0], "default_f1": f1[1],
    }  # fmt: skip
    return Finding(rule="better_threshold", severity="warning", values=values)


def _constant_prediction(found: Evaluation, clues: Clues) -> Finding | None:
    """label, share: (nearly) every row gets the same answer, though the truth differs."""
    if found.task not in ("binary", "multiclass"):
        return None
    usual = next((one for one in found.confusions if one.name == "default"), None)
    if usual is None:
        return None
    said = [sum(column) for column in zip(*usual.counts, strict=True)]
    true = [sum(row) for row in usual.counts]
    total = sum(said)
    share, largest = max(said) / total, max(true) / total
    if share < 0.995 or largest >= 0.995:
        return None
    values: dict[str, float | str] = {"label": usual.labels[said.index(max(said))], "share": share}
    return Finding(rule="constant_prediction", severity="serious", values=values)


def _weak_slice(found: Evaluation, clues: Clues) -> Finding | None:
    """feature, rows, value, rest, p_value: the worst segment that chance does not explain; `found.slices` describe it."""
    for at, one in enumerate(found.slices):
        if one.p_value is not None and one.p_value < 0.05 and one.value >= 1.5 * one.rest:
            values: dict[str, float | str] = {
                "slice": float(at), "feature": one.conditions[0].feature, "rows": float(one.rows), "value": one.value,
                "rest": one.rest, "p_value": one.p_value, "score": one.score,
            }  # fmt: skip
            return Finding(rule="weak_slice", severity="warning", values=values)
    return None


def _fairness_gap(found: Evaluation, clues: Clues) -> Finding | None:
    """column, gap, difference, ratio, lowest, highest, p_value: a rate of one group below four fifths of another's."""
    for one in found.fairness:
        for gap in sorted(one.gaps, key=lambda gap: gap.name == "demographic_parity"):
            unequal = gap.ratio is not None and gap.ratio < 0.8
            if unequal and gap.difference >= 0.05 and gap.p_value is not None and gap.p_value < 0.05:
                values: dict[str, float | str] = {
                    "column": one.column, "gap": gap.name, "difference": gap.difference, "ratio": gap.ratio or 0.0,
                    "lowest": gap.lowest, "highest": gap.highest, "p_value": gap.p_value,
                }  # fmt: skip
                # The selection rate may differ because the groups do; the other rates are about the model's errors.
                severity: Severity = "warning" if gap.name == "demographic_parity" else "serious"
                return Finding(rule="fairness_gap", severity=severity, values=values)
    return None


def _drift(found: Evaluation, clues: Clues) -> Finding | None:
    """count, columns, feature, psi: columns of the test data that have moved, and the one that has most."""
    moved = [one for one in found.drift if one.moved]
    if not moved:
        return None
    values: dict[str, float | str] = {
        "count": float(len(moved)), "columns": float(len(found.drift)), "feature": moved[0].feature, "psi": moved[0].psi,
    }  # fmt: skip
    return Finding(rule="drift", severity="warning", values=values)


def _biased(found: Evaluation, clues: Clues) -> Finding | None:
    """mean, low, high: residuals whose mean is not 0, by more than a tenth of their deviation."""
    score, residuals = found.score("mean_residual"), found.residuals
    if score is None or residuals is None or score.low is None or score.high is None:
        return None
    if score.low <= 0 <= score.high or abs(score.value) < 0.1 * residuals.deviation:
        return None
    values: dict[str, float | str] = {"mean": score.value, "low": score.low, "high": score.high}
    return Finding(rule="biased", severity="warning", values=values)


def _error_grows(found: Evaluation, clues: Clues) -> Finding | None:
    """trend: rank correlation of the error's size with the prediction."""
    residuals = found.residuals
    if residuals is None or residuals.trend is None or abs(residuals.trend) < 0.3 or found.test.rows < 50:
        return None
    return Finding(rule="error_grows", severity="note", values={"trend": residuals.trend})


def _outliers(found: Evaluation, clues: Clues) -> Finding | None:
    """rmse, mae, ratio: a few errors are much larger than the others."""
    rmse, mae = found.score("root_mean_squared_error"), found.score("mean_absolute_error")
    if rmse is None or mae is None or mae.value <= 0 or rmse.value / mae.value < 2:
        return None
    values: dict[str, float | str] = {"rmse": rmse.value, "mae": mae.value, "ratio": rmse.value / mae.value}
    return Finding(rule="outliers", severity="note", values=values)


def _coverage_off(found: Evaluation, clues: Clues) -> Finding | None:
    """level, share, low, high: of the model's own intervals that hold the truth too rarely, or too often."""
    for one in found.coverage:
        if one.source == "quantiles" and not one.low <= one.level <= one.high and abs(one.share - one.level) >= 0.03:
            values: dict[str, float | str] = {
                "level": one.level, "share": one.share, "low": one.low, "high": one.high,
            }  # fmt: skip
            return Finding(rule="coverage_off", severity="warning", values=values)
    return None


def _past_the_best(found: Evaluation, clues: Clues) -> Finding | None:
    """metric, step, best, last: a validation curve that got worse again after its best step."""
    for one in found.learning:
        lower = any(word in one.metric.lower() for word in ("loss", "error", "rmse", "mae", "mse", "logloss"))
        known = any(word in one.metric.lower() for word in ("auc", "acc", "f1", "r2", "map", "ndcg"))
        if "train" in one.series.lower() or len(one.values) < 10 or not (lower or known):
            continue
        best = min(one.values) if lower else max(one.values)
        at = one.values.index(best)
        span = max(one.values) - min(one.values)
        worse = abs(one.values[-1] - best)
        if at < 0.8 * (len(one.values) - 1) and span > 0 and worse > 0.1 * span:
            values: dict[str, float | str] = {
                "metric": one.metric, "series": one.series, "step": float(one.steps[at]), "best": best,
                "last": one.values[-1],
            }  # fmt: skip
            return Finding(rule="past_the_best", severity="warning", values=values)
    return None


def _duplicates(found: Evaluation, clues: Clues) -> Finding | None:
    """share: of the test rows that are copies of others, which makes every interval too narrow."""
    if clues.duplicates < 0.05:
        return None
    return Finding(rule="duplicates", severity="note", values={"share": clues.duplicates})


def _columns_arranged(found: Evaluation, clues: Clues) -> Finding | None:
    """`reordered` (1 or 0), ignored, count: what was done to the columns so that the model could take them."""
    if not clues.reordered and not clues.ignored:
        return None
    values: dict[str, float | str] = {
        "reordered": float(clues.reordered), "ignored": ", ".join(clues.ignored[:5]), "count": float(len(clues.ignored)),
    }  # fmt: skip
    return Finding(rule="columns_arranged", severity="note", values=values)


def _constant_features(found: Evaluation, clues: Clues) -> Finding | None:
    """features, count: columns that have one value in all test rows, so that nothing is known of their effect."""
    if not clues.constant:
        return None
    values: dict[str, float | str] = {
        "features": ", ".join(clues.constant[:5]), "count": float(len(clues.constant)),
    }  # fmt: skip
    return Finding(rule="constant_features", severity="note", values=values)


def _unknown_labels(found: Evaluation, clues: Clues) -> Finding | None:
    """labels, count: classes of the truth that the model does not know; their rows are always wrong."""
    return next((one for one in found.findings if one.rule == "unknown_labels"), None)


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "leak_suspect": _leak_suspect,
        "no_better_than_baseline": _no_better_than_baseline,
        "constant_prediction": _constant_prediction,
        "overfit_gap": _overfit_gap,
        "lucky_seed": _lucky_seed,
        "wide_interval": _wide_interval,
        "class_imbalance": _class_imbalance,
        "rare_class": _rare_class,
        "unknown_labels": _unknown_labels,
        "uncalibrated": _uncalibrated,
        "better_threshold": _better_threshold,
        "weak_slice": _weak_slice,
        "fairness_gap": _fairness_gap,
        "drift": _drift,
        "past_the_best": _past_the_best,
        "biased": _biased,
        "error_grows": _error_grows,
        "outliers": _outliers,
        "coverage_off": _coverage_off,
        "duplicates": _duplicates,
        "columns_arranged": _columns_arranged,
        "constant_features": _constant_features,
    }
)
"""Every rule by its name."""
