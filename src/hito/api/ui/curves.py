"""Curves for charts, as columns of numbers."""

import math
from typing import Any

import numpy as np

from hito.api.context import Bindings, Context
from hito.core.errors import InvalidArgument
from hito.store import outlines, runs
from hito.store.outlines import Outline
from hito.wire.ui import curves as wire
from hito.wire.ui.frame import encode_frame

MAX_SERIES = 2000
MAX_WIDTH = 4000


def curves(context: Context, message: wire.Curves) -> bytes:
    _check(message)
    tx = context.tx
    axis: outlines.Axis = "time" if message.x == "time" else "step"
    found = [run for run_id in dict.fromkeys(message.run_ids) if (run := runs.find(tx, run_id)) is not None]
    keys = {key: number for key in dict.fromkeys(message.keys) if (number := tx.key(key)) is not None}
    known = outlines.existing(tx, [run.id for run in found], list(keys.values()))
    series: list[dict[str, Any]] = []
    drawn: list[Outline] = []
    for run in found:
        for key, number in keys.items():
            curve = known.get((run.id, number))
            if curve is None:
                continue
            outline = outlines.outline(tx, curve, axis, message.start, message.end, message.width)
            drawn.append(outline)
            series.append(
                {
                    "run_id": run.uuid,
                    "key": key,
                    "count": outline.count,
                    "points": len(outline.series.steps),
                    "x_min": outline.x_min,
                    "x_max": outline.x_max,
                }
            )
    x = [outline.series.steps for outline in drawn]
    y = [outline.series.values for outline in drawn]
    columns = [
        (name, np.concatenate(parts, dtype=np.float64) if parts else np.empty(0, np.float64), None)
        for name, parts in (("x", x), ("y", y))
    ]
    return encode_frame(columns, {"series": series})


def _check(message: wire.Curves) -> None:
    if message.x not in ("step", "time"):
        raise InvalidArgument(f"Invalid value {message.x[:100]!r} for parameter 'x': expected step or time.")
    if not 1 <= message.width <= MAX_WIDTH:
        raise InvalidArgument(f"Invalid value {message.width} for parameter 'width': expected 1 to {MAX_WIDTH}.")
    if len(message.run_ids) * len(message.keys) > MAX_SERIES:
        raise InvalidArgument(
            f"{len(message.run_ids)} runs with {len(message.keys)} keys may be more than {MAX_SERIES} curves; ask in parts."
        )
    for name, bound in (("start", message.start), ("end", message.end)):
        if bound is not None and math.isnan(bound):
            raise InvalidArgument(f"Invalid value NaN for parameter '{name}': expected a number.")


BINDINGS: Bindings = [(wire.CURVES, curves)]
