"""What a frame's columns hold, in a few figures each, so that two versions of a dataset can be told apart by more than a digest.

{"name": "radius", "missing": 0, "mean": 14.127, "std": 3.524, "min": 6.981, "max": 28.11}
{"name": "ward", "missing": 2, "distinct": 17}
"""

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

MAX_COLUMNS = 100
MAX_VALUES = 5_000_000
"""A frame of more values is not looked through: a training would wait for it. These take some 0.2 s."""


def statistics(frame: "pd.DataFrame") -> list[dict[str, Any]]:
    """Of each column: its name, how many values are missing, and mean, standard deviation, minimum and maximum, or how
    many different values there are. Empty for frames that are too large.
    """
    if frame.size > MAX_VALUES or frame.shape[1] > MAX_COLUMNS:
        return []
    return [{"name": str(name), **_figures(frame.iloc[:, place])} for place, name in enumerate(frame.columns)]


def _figures(column: "pd.Series[Any]") -> dict[str, Any]:
    found: dict[str, Any] = {"missing": int(column.isna().sum())}
    if column.dtype.kind in "iufb":
        import numpy as np  # not of the client's few: whoever has frames has it

        numbers = column.astype("float64")
        with np.errstate(all="ignore"):  # infinities
            figures = {"mean": numbers.mean(), "std": numbers.std(), "min": numbers.min(), "max": numbers.max()}
        return found | {name: float(f"{value:.10g}") for name, value in figures.items() if math.isfinite(value)}
    try:
        return found | {"distinct": int(column.nunique())}
    except TypeError:  # values that have no hash: lists, arrays
        return found
