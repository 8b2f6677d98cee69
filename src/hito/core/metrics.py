"""Metrics: numbers logged over steps, and which of them is the latest."""

import math
import sys

from msgspec import Struct

MAX_FLOAT = sys.float_info.max


class Metric(Struct, frozen=True, omit_defaults=True, gc=False):
    """One measured number. `step` orders the curve, `timestamp` says when it was seen (ms since 1970, UTC).

    `value` is the text "NaN" where the number is not one, as JSON has no word for it. The other fields are given where
    a point stands outside its curve: the run it belongs to, the logged model and the dataset it is about.
    """

    key: str
    value: float | str
    timestamp: int
    step: int
    # Written also when they are 0: MLflow's client reads both without asking whether they are there.
    run_id: str | None = None
    model_id: str | None = None
    dataset_name: str | None = None
    dataset_digest: str | None = None


class Point(Struct, frozen=True, gc=False):
    """A point of a curve on its way into the store; a NaN is a NaN here."""

    key: str
    value: float
    timestamp: int
    step: int


def clamped(value: float) -> float:
    """±infinity become the largest finite number, as in MLflow, whose databases cannot hold them."""
    if value > MAX_FLOAT:
        return MAX_FLOAT
    if value < -MAX_FLOAT:
        return -MAX_FLOAT
    return value


def on_wire(value: float | None) -> float | str:
    """A value as JSON has it: NaN (None in the store) is the text "NaN"."""
    if value is None or math.isnan(value):
        return "NaN"
    return value
