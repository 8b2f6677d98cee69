"""An evaluation's curves and tables as figures of matplotlib, drawn without pyplot: no window, no global state.

Curves that MLflow's evaluator draws have its file names at the root of the run; the others lie below `evaluation/`.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from hito.evaluation.results import Condition, Confusion, Curve, Evaluation, Slice

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, QUIET, FAINT = "#20262e", "#6b7480", "#d9dee4"
COLOURS = ("#2a6fb0", "#c8553d", "#3b8f6b", "#8659a5", "#b98a1d", "#4d9fb8", "#b0497c", "#6a7a2c", "#7a6a5d", "#5a5f9e")
_NAMED_CLASSES = 30
_SHOWN = 20

Draw = Callable[[Evaluation], "Figure | None"]


def drawn(found: Evaluation) -> list[tuple[str, str, Draw]]:
    """The pictures that an evaluation has something for: name, path from the run's root, and how to draw it."""
    pictures: list[tuple[str, str, Draw, bool]] = [
        ("confusion_matrix", "confusion_matrix.png", confusion_matrix, bool(_usual(found))),
        ("roc", "roc_curve_plot.png", roc, bool(found.curves_of("roc"))),
        ("precision_recall", "precision_recall_curve_plot.png", precision_recall, bool(found.curves_of("roc"))),
        ("calibration", "calibration_curve_plot.png", calibration, bool(found.curves_of("calibration"))),
        ("lift", "lift_curve_plot.png", lift, bool(found.curves_of("lift"))),
        ("thresholds", "evaluation/thresholds.png", thresholds, bool(found.curves_of("threshold"))),
        ("score_histogram", "evaluation/score_histogram.png", histogram, _has(found, "score")),
        ("confusion_thresholds", "evaluation/confusion_thresholds.png", confusions, len(found.thresholds) > 1),
        ("prediction_truth", "evaluation/prediction_truth.png", prediction_truth, found.residuals is not None),
        ("residuals", "evaluation/residuals.png", residuals, found.residuals is not None),
        ("slices", "evaluation/slices.png", slices, bool(found.slices)),
        ("fairness", "evaluation/fairness.png", fairness, bool(found.fairness)),
        ("drift", "evaluation/drift.png", drift, bool(found.drift)),
        ("learning", "evaluation/learning.png", learning, bool(found.learning)),
    ]
    return [(name, path, draw) for name, path, draw, wanted in pictures if wanted]


def confusion_matrix(found: Evaluation) -> "Figure | None":
    """The matrix of what the model says: counts, and each row's shares as colour. Of multilabel the largest labels'."""
    shown = _usual(found)
    if not shown:
        return None
    if len(shown) == 1:
        size = min(14.0, max(4.2, 0.55 * len(shown[0].labels) + 2.4))
        figure, (axes,) = _panels("Confusion matrix", 1, size, size * 0.88)
        _matrix(axes, shown[0])
        return figure
    figure, panels = _panels("Confusion matrices", len(shown), 3.2 * len(shown), 3.5)
    for axes, one in zip(panels, shown, strict=True):
        _matrix(axes, one)
        axes.set_title(one.name, fontsize=9, color=QUIET)
    return figure


def confusions(found: Evaluation) -> "Figure | None":
    """The matrices of two classes at each threshold."""
    shown = [one for one in found.confusions if one.threshold is not None]
    usual = next((one for one in found.thresholds if one.rule == "default"), None)
    first = next((one for one in found.confusions if one.name == "default"), None)
    named = [(first, usual.threshold)] if first is not None and usual is not None else []
    named += [(one, one.threshold or 0.0) for one in shown if one.name != "default"]
    if not named:
        return None
    figure, panels = _panels("Confusion at several thresholds", len(named), 3.4 * len(named), 3.7)
    for axes, (one, threshold) in zip(panels, named, strict=True):
        _matrix(axes, one)
        axes.set_title(f"{one.name.replace('_', ' ')}, from {threshold:.3g}", fontsize=9, color=QUIET)
    return figure


def roc(found: Evaluation) -> "Figure | None":
    figure, (axes,) = _panels("ROC curve", 1, 5.2, 4.8)
    for colour, line in _coloured(found.curves_of("roc")):
        axes.plot(line.x, line.y, color=colour, linewidth=1.8, label=_area(line, "AUC"))
    axes.plot([0, 1], [0, 1], color=FAINT, linewidth=1, zorder=0)
    _unit(axes, "False positive rate", "True positive rate")
    _legend(axes, "lower right")
    return figure


def precision_recall(found: Evaluation) -> "Figure | None":
    figure, (axes,) = _panels("Precision and recall", 1, 5.2, 4.8)
    for colour, line in _coloured(found.curves_of("precision_recall")):
        axes.plot(line.x, line.y, color=colour, linewidth=1.8, label=_area(line, "AP"))
    _unit(axes, "Recall", "Precision")
    _legend(axes, "lower left")
    return figure


def calibration(found: Evaluation) -> "Figure | None":
    figure, (axes,) = _panels("Calibration", 1, 5.2, 4.8)
    axes.plot([0, 1], [0, 1], color=FAINT, linewidth=1, zorder=0)
    lines = found.curves_of("calibration")
    for colour, line in _coloured(lines):
        if len(lines) <= 3:
            axes.vlines(line.x, line.low, line.high, color=colour, linewidth=1, alpha=0.5)
        name = f"{line.label}, error {line.area:.3f}" if line.area is not None else line.label
        axes.plot(line.x, line.y, "o-", color=colour, linewidth=1.5, markersize=4, label=name)
    _unit(axes, "Mean predicted probability", "Share that came true")
    _legend(axes, "upper left")
    return figure


def lift(found: Evaluation) -> "Figure | None":
    """Lift, and the positives that are found."""
    figure, (left, right) = _panels("Lift and gain", 2, 9, 4.2)
    for colour, line in _coloured(found.curves_of("lift")):
        left.plot(line.x, line.y, color=colour, linewidth=1.8, label=line.label)
    left.axhline(1, color=FAINT, linewidth=1, zorder=0)
    _named(left, "Share of rows, best first", "Times better than chance")
    left.set_ylim(bottom=0)
    left.set_xlim(0, 1)
    for colour, line in _coloured(found.curves_of("gain")):
        right.plot(line.x, line.y, color=colour, linewidth=1.8, label=line.label)
    right.plot([0, 1], [0, 1], color=FAINT, linewidth=1, zorder=0)
    _unit(right, "Share of rows, best first", "Share of positives found")
    _legend(right, "lower right")
    return figure


def thresholds(found: Evaluation) -> "Figure | None":
    figure, (axes,) = _panels("Scores over the threshold", 1, 7.2, 4.2)
    for colour, line in _coloured(found.curves_of("threshold")):
        axes.plot(line.x, line.y, color=colour, linewidth=1.8, label=line.of)
    for one, style in zip(found.thresholds, (":", "--", "-."), strict=False):
        words = f"{one.rule.replace('_', ' ')}, {one.threshold:.3g}"
        axes.axvline(one.threshold, color=QUIET, linewidth=0.9, linestyle=style, label=words)
    _named(axes, "Positive from this score on", "")
    axes.set_ylim(0, 1.03)
    _legend(axes, (1.01, 0.55))
    return figure


def histogram(found: Evaluation) -> "Figure | None":
    """The scores of both classes, or of right and wrong answers."""
    import numpy as np

    parts = [one for one in found.histograms if one.name == "score"]
    figure, (axes,) = _panels("Scores by truth", 1, 5.8, 4)
    for colour, part in zip(COLOURS[1::-1] if len(parts) == 2 else COLOURS, parts, strict=False):
        edges = np.array(part.edges)
        total = sum(part.counts) or 1
        axes.stairs(np.array(part.counts) / total, edges, fill=True, alpha=0.35, color=colour)
        axes.stairs(np.array(part.counts) / total, edges, color=colour, label=f"{part.truth} ({total:g})")
    _named(axes, f"Score of {parts[0].label}" if parts[0].label else "Largest probability", "Share of the rows")
    _legend(axes, "best")
    return figure


def prediction_truth(found: Evaluation) -> "Figure | None":
    off = found.residuals
    if off is None:
        return None
    figure, (axes,) = _panels("Prediction and truth", 1, 5.2, 4.8)
    low, high = min(*off.truth, *off.predicted), max(*off.truth, *off.predicted)
    axes.plot([low, high], [low, high], color=FAINT, linewidth=1, zorder=0)
    axes.plot(off.truth, off.predicted, "o", color=COLOURS[0], markersize=3.5, alpha=_alpha(len(off.truth)), mew=0)
    score = found.score("r2_score")
    if score is not None:
        axes.text(
            0.03, 0.97, f"R² = {score.value:.3f}", transform=axes.transAxes, va="top", fontsize=9, color=INK
        )  # fmt: skip
    _named(axes, "Truth", "Prediction")
    return figure


def residuals(found: Evaluation) -> "Figure | None":
    """Residuals over the prediction, how often each is, and how normal they are."""
    import numpy as np

    off = found.residuals
    if off is None:
        return None
    line = next(iter(found.curves_of("quantile_quantile")), None)
    counted = next((one for one in found.histograms if one.name == "residual"), None)
    figure, panels = _panels("Residuals (truth minus prediction)", 3 if line is not None else 2, 11, 3.8)
    axes = panels[0]
    away = np.array(off.truth) - np.array(off.predicted)
    axes.axhline(0, color=FAINT, linewidth=1, zorder=0)
    axes.plot(off.predicted, away, "o", color=COLOURS[0], markersize=3.5, alpha=_alpha(len(away)), mew=0)
    _named(axes, "Prediction", "Residual")
    if counted is not None:
        panels[1].stairs(np.array(counted.counts), np.array(counted.edges), fill=True, color=COLOURS[0], alpha=0.6)
        panels[1].axvline(off.mean, color=COLOURS[1], linewidth=1.2, label=f"mean {off.mean:.4g}")
        _named(panels[1], "Residual", "Rows")
        _legend(panels[1], "best")
    if line is not None:
        ends = [min(line.x), max(line.x)]
        panels[2].plot(ends, ends, color=FAINT, linewidth=1, zorder=0)
        panels[2].plot(line.x, line.y, ".", color=COLOURS[0], markersize=4)
        _named(panels[2], "Normal quantile", "Standardised residual")
    return figure


def slices(found: Evaluation) -> "Figure | None":
    names = [said(one).replace(" and ", "\nand ", 1) for one in found.slices][::-1]
    figure, (axes,) = _panels("Where the model is worst", 1, 8, 0.5 * len(names) + 1.7)
    for place, one in enumerate(found.slices[::-1]):
        if one.low is not None and one.high is not None:
            axes.hlines(place, one.low, one.high, color=COLOURS[1], linewidth=1.4)
        axes.plot([one.value], [place], "o", color=COLOURS[1], markersize=6)
        axes.plot([one.rest], [place], "o", color=QUIET, markersize=5, mfc="white", clip_on=False, zorder=5)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.set_ylim(-0.6, len(names) - 0.4)
    _named(axes, f"{found.slices[0].score.replace('_', ' ')} (open: of all other rows)", "")
    axes.set_xlim(left=0)
    return figure


def fairness(found: Evaluation) -> "Figure | None":
    """The rates of the groups, a panel for each rate of the first columns."""
    one = found.fairness[0]
    rates = [name for name in one.groups[0].scores if any(group.scores.get(name) is not None for group in one.groups)]
    names = [f"{group.name} ({group.rows})" for group in one.groups][::-1]
    figure, panels = _panels(f"By {one.column}", len(rates), 2.1 * len(rates) + 1.6, 0.36 * len(names) + 1.7)
    for at, (axes, rate) in enumerate(zip(panels, rates, strict=True)):
        for place, group in enumerate(one.groups[::-1]):
            value, low, high = group.scores.get(rate), group.low.get(rate), group.high.get(rate)
            if value is None:
                continue
            if low is not None and high is not None:
                axes.hlines(place, low, high, color=COLOURS[0], linewidth=1.2, alpha=0.6)
            axes.plot([value], [place], "o", color=COLOURS[0], markersize=5)
        axes.set_yticks(range(len(names)), names if at == 0 else [""] * len(names), fontsize=8)
        axes.set_ylim(-0.6, len(names) - 0.4)
        _named(axes, rate.replace("_", " "), "")
        if found.task != "regression":
            axes.set_xlim(-0.03, 1.03)
    return figure


def drift(found: Evaluation) -> "Figure | None":
    shown = found.drift[:_SHOWN][::-1]
    figure, (axes,) = _panels("Drift of the test data", 1, 7, 0.25 * len(shown) + 1.6)
    colours = [COLOURS[1] if one.moved else COLOURS[0] for one in shown]
    axes.barh([_short(one.feature) for one in shown], [one.psi for one in shown], color=colours, height=0.7)
    axes.axvline(0.2, color=QUIET, linewidth=0.8, linestyle="--")
    axes.tick_params(axis="y", labelsize=8)
    _named(axes, "Population stability index; beyond the line it is large, red: and not by chance", "")
    return figure


def learning(found: Evaluation) -> "Figure | None":
    """The curves of the training, a panel for each metric."""
    from matplotlib.ticker import MaxNLocator

    metrics = list(dict.fromkeys(one.metric for one in found.learning))[:3]
    figure, panels = _panels("While it was trained", len(metrics), 4.4 * len(metrics) + 0.4, 3.8)
    for axes, metric in zip(panels, metrics, strict=True):
        lines = [one for one in found.learning if one.metric == metric]
        for colour, line in zip(COLOURS * 3, lines, strict=False):
            axes.plot(line.steps, line.values, color=colour, linewidth=1.6, label=line.series)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        _named(axes, "Step", metric)
        _legend(axes, "best")
    return figure


def said(one: Slice) -> str:
    """A segment in words: `age > 60 and sex is f (412 rows)`."""
    return f"{' and '.join(_condition(part) for part in one.conditions)} ({one.rows} rows)"


def _condition(one: Condition) -> str:
    if one.operator in ("missing", "not missing"):
        return f"{_short(one.feature)} is {one.operator}"
    value = f"{one.value:.4g}" if isinstance(one.value, float | int) else str(one.value)
    return f"{_short(one.feature)} {one.operator} {value}"


def axes_of(title: str, width: float, height: float) -> tuple["Figure", "Axes"]:
    """One pair of axes in this style."""
    figure, (axes,) = _panels(title, 1, width, height)
    return figure, axes


def _panels(title: str, count: int, width: float, height: float) -> tuple["Figure", "Sequence[Axes]"]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, count, squeeze=False)[0]
    figure.suptitle(title, fontsize=11, color=INK, x=0.02, ha="left")
    for axes in panels:
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines[["left", "bottom"]].set_color(QUIET)
        axes.tick_params(colors=QUIET, labelsize=8, length=3)
    return figure, list(panels)


def _matrix(axes: "Axes", one: Confusion) -> None:
    shares = [[0.0 if value is None else value for value in row] for row in one.shares]
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.spines[["left", "bottom"]].set_visible(False)
    count = len(one.labels)
    if count <= _NAMED_CLASSES:
        for i, row in enumerate(one.counts):
            for j, value in enumerate(row):
                colour = "white" if shares[i][j] > 0.55 else INK
                words = f"{value:g}" if count > 10 else f"{value:.6g}\n{shares[i][j]:.0%}"
                axes.text(j, i, words, ha="center", va="center", color=colour, fontsize=8 if count <= 10 else 7)
        names = [_short(label, 14) for label in one.labels]
        axes.set_xticks(range(count), names, rotation=90 if max(map(len, names)) > 6 and count > 2 else 0)
        axes.set_yticks(range(count), names)
    axes.set_xlabel("Predicted", fontsize=9, color=QUIET)
    axes.set_ylabel("Truth", fontsize=9, color=QUIET)


def _usual(found: Evaluation) -> list[Confusion]:
    if found.task == "multilabel":
        return list(found.confusions[:4])
    return [one for one in found.confusions if one.name == "default"]


def _has(found: Evaluation, name: str) -> bool:
    return any(one.name == name and sum(one.counts) > 0 for one in found.histograms)


def _coloured(lines: Sequence[Curve]) -> list[tuple[str, Curve]]:
    return [(COLOURS[at % len(COLOURS)], line) for at, line in enumerate(lines)]


def _area(line: Curve, name: str) -> str:
    words = f"{_short(line.label, 18)}  {name} {line.area:.3f}" if line.area is not None else line.label
    if line.area_low is not None and line.area_high is not None:
        words += f" ({line.area_low:.3f} – {line.area_high:.3f})"
    return words


def _unit(axes: "Axes", x: str, y: str) -> None:
    axes.set_xlim(-0.01, 1.01)
    axes.set_ylim(-0.01, 1.03)
    _named(axes, x, y)


def _named(axes: "Axes", x: str, y: str) -> None:
    axes.set_xlabel(x, fontsize=9, color=QUIET)
    axes.set_ylabel(y, fontsize=9, color=QUIET)


def _legend(axes: "Axes", place: Any) -> None:
    axes.legend(loc=place, fontsize=8, frameon=False, labelcolor=INK)


def _alpha(rows: int) -> float:
    return max(0.15, min(0.7, 150 / rows))


def _short(text: str, most: int = 32) -> str:
    # Matplotlib reads what stands between two dollars as a formula.
    plain = text.replace("$", r"\$")
    return plain if len(text) <= most else plain[: most - 1] + "…"
