"""Pictures of an explanation as files, by the names that MLflow's evaluator gives them; drawn without pyplot.

shap_feature_importance_plot.png   mean contributions                     shap_beeswarm_plot.png   rows as dots
shap_summary_plot.png              rows as dots; of several classes, their mean contributions beside each other
"""

import shutil
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hito.explain.results import Explanation, Shap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SHOWN = 15
_ROWS = 500
_BARS, _SWARM, _SUMMARY = (
    "shap_feature_importance_plot.png",
    "shap_beeswarm_plot.png",
    "shap_summary_plot.png",
)
_COLOURS = ("#2b5fd0", "#c2600f", "#17795a", "#7a4fc0", "#b03060", "#6b6f76")


def write_pictures(explanation: Explanation, folder: Path) -> list[str]:
    """Draw them into a folder. Returns: their names; none without SHAP."""
    shap = explanation.shap
    if shap is None:
        return []
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")  # a name in emoji is drawn as boxes
        for name, draw in _DRAWN.items():
            draw(explanation, shap).savefig(folder / name, dpi=110)
    usual = _BARS if len(shap.outputs) > 1 else _SWARM
    shutil.copyfile(folder / usual, folder / _SUMMARY)
    return [*_DRAWN, _SUMMARY]


def _bars(found: Explanation, shap: Shap) -> "Figure":
    order = _strongest(shap)
    figure, axes = _axes(len(order))
    ends = [0.0] * len(order)
    shown = list(zip(shap.outputs, shap.importance, _COLOURS, strict=False))
    for name, values, colour in shown:
        widths = [values[at] for at in order]
        axes.barh(range(len(order)), widths, left=ends, color=colour, height=0.65, label=name)
        ends = [end + width for end, width in zip(ends, widths, strict=True)]
    if len(shown) > 1:
        axes.legend(frameon=False, fontsize=8)
    _dressed(axes, [found.features[at] for at in order], f"mean |SHAP value| ({shap.scale.replace('_', ' ')})")
    return figure


def _swarm(found: Explanation, shap: Shap) -> "Figure":
    """Of several classes, the one with the largest contributions."""
    import numpy
    from matplotlib.colors import LinearSegmentedColormap

    order = _strongest(shap)
    output = max(range(len(shap.outputs)), key=lambda at: sum(shap.importance[at]))
    figure, axes = _axes(len(order))
    colours = LinearSegmentedColormap.from_list("low to high", ["#2b5fd0", "#b9aebf", "#c23a26"])
    axes.axvline(0, color="#63656d", linewidth=0.8)
    lines = [numpy.array(shap.values[output][at][:_ROWS]) for at in order]
    dots = axes.scatter(
        numpy.concatenate(lines),
        numpy.concatenate([row + _aside(values) for row, values in enumerate(lines)]),
        c=numpy.concatenate([_shades(found, shap, at) for at in order]),
        cmap=colours, vmin=0, vmax=1, s=7, linewidths=0,
    )  # fmt: skip
    bar = figure.colorbar(dots, ax=axes, ticks=[0, 1], aspect=40, pad=0.02)
    bar.set_ticklabels(["low", "high"], fontsize=8)
    bar.set_label("value of the column", fontsize=8, labelpad=-12)
    bar.outline.set_visible(False)
    label = f"SHAP value ({shap.scale.replace('_', ' ')})"
    if shap.outputs[output]:
        label += f" for {shap.outputs[output]}"
    _dressed(axes, [found.features[at] for at in order], label)
    return figure


def _shades(found: Explanation, shap: Shap, at: int) -> Any:
    """From 0 to 1 by the rank of the column's value; categories are all in the middle."""
    import numpy

    if found.kinds[at] == "category":
        return numpy.full(len(shap.columns[at][:_ROWS]), 0.5)
    cells = numpy.array([numpy.nan if cell is None else cell for cell in shap.columns[at][:_ROWS]], dtype="float64")
    ranks = numpy.searchsorted(numpy.sort(cells), cells, side="left") / max(len(cells) - 1, 1)
    return numpy.where(numpy.isnan(cells), 0.5, ranks)


def _aside(values: Any) -> Any:
    """How far each dot moves from the middle of its line, so that they do not lie on each other."""
    import numpy

    span = float(values.max() - values.min()) or 1.0
    places = ((values - values.min()) / span * 120).astype(int)
    order: dict[int, int] = {}
    shifts = []
    for place in places:
        number = order[int(place)] = order.get(int(place), 0) + 1
        shifts.append((number // 2) * (1 if number % 2 else -1))
    return numpy.clip(numpy.array(shifts) * 0.05, -0.42, 0.42)


def _strongest(shap: Shap) -> list[int]:
    """The strongest column last: matplotlib counts upwards."""
    strength = [sum(values) for values in zip(*shap.importance, strict=True)]
    return sorted(range(len(strength)), key=lambda at: -strength[at])[:_SHOWN][::-1]


def _dressed(axes: "Axes", names: list[str], label: str) -> None:
    axes.set_yticks(range(len(names)), [name.replace("$", r"\$")[:40] for name in names], fontsize=9)
    axes.set_xlabel(label.replace("$", r"\$"), fontsize=9)
    axes.tick_params(length=0, labelsize=9)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#b9bac0")


def _axes(rows: int) -> tuple["Figure", "Axes"]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 1.0 + 0.32 * rows), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()


_DRAWN = {_BARS: _bars, _SWARM: _swarm}
