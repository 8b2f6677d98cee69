"""Curves as a chart draws them: an outline at the chart's width that loses no spike."""

from typing import ClassVar

from hito.wire.endpoint import Action, Endpoint, Message, Right, Subject
from hito.wire.types import Int64


class Curves(Message):
    """Outlines of the metrics `keys` of the runs, as a frame.

    `x`: `step` or `time` (ms since 1970). `start` and `end` bound x, both included; None: the whole curve. `width`: buckets,
    about one per pixel, 1 to 4000; each gives its lowest and its highest point, so at most 2·width points a curve.

    The frame's header has `series`, a list of {run_id, key, count, points, x_min, x_max}: `count` is how many points the
    range has, `points` how many are given, x_min and x_max what the whole curve spans. The columns `x` and `y` hold the
    points of all series, one series after the other; a NaN in `y` is a gap. Runs without a key have no series.
    """

    run_ids: list[str] = []
    keys: list[str] = []
    x: str = "step"
    start: float | None = None
    end: float | None = None
    width: Int64 = 800
    required: ClassVar[tuple[str, ...]] = ("run_ids", "keys")


CURVES = Endpoint(
    "POST", "/hito/curves", takes=Curves, gives=bytes, needs=Right(Action.SEARCH, Subject.RUN), writes=False
)
