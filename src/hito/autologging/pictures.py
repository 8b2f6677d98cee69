"""Results → figures of matplotlib, drawn without pyplot: no window, no global state, from any thread."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_NAMED_CLASSES = 30
"""Classes up to which a confusion matrix has numbers in its cells."""
_SHOWN_FEATURES = 40
"""Features of an importance chart, the most important ones; its data has all."""


def confusion_matrix(found: Mapping[str, Any], title: str) -> "Figure":
    """A matrix of `scores.confusion`, each row as shares of its true class."""
    labels, rows = [str(label) for label in found["labels"]], found["matrix"]
    shares = [[value / (sum(row) or 1) for value in row] for row in rows]
    size = min(12.0, max(4.0, 0.5 * len(labels) + 2))
    figure, axes = _axes(title, size, size * 0.85)
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    if len(labels) <= _NAMED_CLASSES:
        for i, row in enumerate(shares):
            for j, value in enumerate(row):
                colour = "white" if value > 0.5 else "black"
                axes.text(j, i, f"{value:.2f}", ha="center", va="center", color=colour, fontsize=8)
        axes.set_xticks(range(len(labels)), labels, rotation=90 if max(map(len, labels)) > 4 else 0)
        axes.set_yticks(range(len(labels)), labels)
    axes.set_xlabel("Predicted label")
    axes.set_ylabel("True label")
    figure.colorbar(image, ax=axes)
    return figure


def roc_curve(found: Mapping[str, Any], title: str) -> "Figure":
    figure, axes = _axes(title, 5, 4.5)
    axes.plot(found["false_positive_rate"], found["true_positive_rate"], label=f"AUC = {found['area']:.3f}")
    axes.plot([0, 1], [0, 1], "--", color="grey", linewidth=1)
    axes.set_xlabel(f"False positive rate (positive: {found['positive']})")
    axes.set_ylabel("True positive rate")
    axes.legend(loc="lower right")
    return figure


def precision_recall_curve(found: Mapping[str, Any], title: str) -> "Figure":
    figure, axes = _axes(title, 5, 4.5)
    name = f"AP = {found['average_precision']:.3f}"
    axes.plot(found["recall"], found["precision"], drawstyle="steps-post", label=name)
    axes.set_xlabel(f"Recall (positive: {found['positive']})")
    axes.set_ylabel("Precision")
    axes.set_ylim(0, 1.03)
    axes.legend(loc="lower left")
    return figure


def importances(found: Mapping[str, float], title: str) -> "Figure":
    """Bars, the longest on top. `found`: feature → importance."""
    ranked = sorted(found.items(), key=lambda one: abs(one[1]), reverse=True)[:_SHOWN_FEATURES][::-1]
    figure, axes = _axes(title, 6.5, max(2.0, 0.22 * len(ranked) + 1))
    axes.barh([str(name) for name, _ in ranked], [value for _, value in ranked])
    axes.set_xlabel("Importance")
    return figure


def folds(scores: Mapping[str, Sequence[float]], title: str) -> "Figure":
    """The scores of each fold as points, their mean as a line."""
    figure, axes = _axes(title, max(4.0, 1.2 * len(scores) + 2), 4)
    for place, values in enumerate(scores.values()):
        axes.plot([place] * len(values), list(values), "o", alpha=0.6, color="C0")
        mean = sum(values) / len(values)
        axes.hlines(mean, place - 0.25, place + 0.25, color="C1")
    axes.set_xticks(range(len(scores)), list(scores), rotation=20)
    axes.set_xlim(-0.6, len(scores) - 0.4)
    return figure


def _axes(title: str, width: float, height: float) -> tuple["Figure", "Axes"]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=100, layout="tight")
    FigureCanvasAgg(figure)
    axes: Axes = figure.add_subplot()
    axes.set_title(title, fontsize=10)
    return figure, axes
