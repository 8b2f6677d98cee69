"""What an explanation is, as plain values: numbers and texts that are stored as JSON and drawn later.

    Explanation
    ├── features, kinds, outputs     the input's columns, and what is explained: classes, or the one value
    ├── shap                         how much each column moved each answer
    │   ├── importance               over all explained rows
    │   ├── columns, values          the rows themselves: bee swarm and dependence are drawn from these
    │   └── waterfalls               chosen rows, column by column
    ├── lime                         the same chosen rows, by a simple model of their neighbourhood
    ├── curves, pairs                what the model answers on average if one column, or two, are set to a value (PDP, ICE)
    ├── permutation                  what a score loses if one column is shuffled
    ├── parts                        what was computed from how many rows in which time
    └── omitted                      what was not computed, and why

Only values are kept here, never an explainer: those are pickles, and whoever reads a pickle runs its author's code.

Shapes are given as (outer, inner) of nested lists. Numbers are rounded to six significant digits, which no picture shows.
A number that is not finite is None.
"""

from typing import Literal

import msgspec
from msgspec import Struct

from hito.core.errors import InvalidArgument

FILE = "evaluation/explanation.json"
"""Where a run keeps it, from the root of its artifacts."""
FORMAT = 1
"""Grows when a reader of the old form would misread the new one. A field with a default may be added without."""

Cell = float | str | None
"""A value of a row: a number, a category's text, or nothing."""

Why = Literal["typical", "worst", "asked"]
Reason = Literal["time", "not_supported", "too_few_rows", "no_target", "too_many_columns", "failed", "library_missing"]
Scale = Literal["probability", "log_odds", "value", "raw"]


class Part(Struct, frozen=True):
    """One part of the work: `shap`, `lime`, `curves`, `pairs`, `permutation`."""

    name: str
    rows: int
    """Rows that were explained, or that were averaged over."""
    seconds: float


class Omission(Struct, frozen=True):
    """A part that was left out, or made smaller. `detail` is a clause in English: figures, or the error's message."""

    part: str
    reason: Reason
    detail: str = ""


class Waterfall(Struct, frozen=True):
    """How one answer came about: base + sum(values) = answer."""

    row: int
    """Counted from 0 in the data that was explained."""
    why: Why
    output: str
    """The class whose score is explained; empty for a value."""
    base: float
    answer: float
    values: list[float]
    """(features,)"""
    cells: list[Cell]
    """(features,), what the row holds."""
    actual: Cell = None
    predicted: Cell = None


class Shap(Struct, frozen=True):
    """Contributions of each column to each answer. They add up: base + sum over the columns = the model's answer.

    Source: Lundberg and Lee, A Unified Approach to Interpreting Model Predictions, 2017.
    """

    method: Literal["tree", "xgboost", "lightgbm", "linear", "permutation"]
    scale: Scale
    """What the contributions add up to. `log_odds` is before the logistic function or softmax, as boosters add up."""
    background: int
    """Rows that a missing column was filled from; 0 where the trees themselves say what was frequent."""
    outputs: list[str]
    base: list[float]
    """(outputs,), the answer when nothing is known about a row."""
    importance: list[list[float]]
    """(outputs, features), mean absolute contribution over the explained rows."""
    rows: list[int]
    """Numbers of the rows below."""
    columns: list[list[Cell]]
    """(features, rows); nothing, (0,), for features beyond the strongest hundred"""
    values: list[list[list[float]]]
    """(outputs, features, rows), the same"""
    waterfalls: list[Waterfall]
    partners: list[int]
    """(features,), for each column the one that bends its effect most: the colour of its dependence; -1: none."""
    largest_gap: float = 0.0
    """The largest difference seen between base + sum and the answer: a proof by counting."""


class Condition(Struct, frozen=True):
    """`text` is a condition as LIME words it, `age > 50`; `weight` moves the answer up or down where it holds."""

    feature: int
    text: str
    weight: float


class Lime(Struct, frozen=True):
    """A linear model of the neighbourhood of one row.

    Source: Ribeiro, Singh and Guestrin, "Why Should I Trust You?", 2016.
    """

    row: int
    why: Why
    output: str
    answer: float
    """Of the model."""
    local: float
    """Of the linear model, for the same row."""
    fit: float | None
    """R² of the linear model in the neighbourhood: below about 0.3 it says little."""
    conditions: list[Condition]
    samples: int


class Curve(Struct, frozen=True):
    """What the model answers, on average and for single rows, if one column is set to each value of a grid.

    Source: Friedman, Greedy Function Approximation, 2001 (PDP); Goldstein et al., Peeking Inside the Black Box, 2015 (ICE).
    """

    feature: int
    grid: list[Cell]
    """(points,), rising; or categories"""
    outputs: list[str]
    mean: list[list[float]]
    """(outputs, points)"""
    single: list[list[float]]
    """(some rows, points), of the last output"""
    deciles: list[float]
    """Where the data lies; empty for categories."""


class Pair(Struct, frozen=True):
    """The average answer if two columns are set: where rows and columns of the map differ, the two act together."""

    first: int
    second: int
    first_grid: list[Cell]
    second_grid: list[Cell]
    output: str
    mean: list[list[float]]
    """(first's points, second's points)"""


class Permutation(Struct, frozen=True):
    """What the score loses if a column is shuffled, several times. Source: Breiman, Random Forests, 2001."""

    score: str
    """The score's name: `roc_auc`, `neg_log_loss`, `r2`, …; greater is better."""
    baseline: float
    drops: list[list[float]]
    """(features, repeats)"""


class Explanation(Struct, frozen=True, kw_only=True):
    """See the top of this file."""

    version: int = FORMAT
    task: Literal["binary", "multiclass", "regression", "multilabel"]
    model: str
    """The model's class, by name."""
    features: list[str]
    kinds: list[Literal["number", "category"]]
    """(features,)"""
    outputs: list[str]
    """What is explained: the positive class, all classes, or one empty name for a value."""
    rows: int
    """Of the data that was given."""
    seed: int
    budget: float
    seconds: float
    shap: Shap | None = None
    lime: list[Lime] = []
    curves: list[Curve] = []
    pairs: list[Pair] = []
    permutation: Permutation | None = None
    parts: list[Part] = []
    omitted: list[Omission] = []
    hidden: dict[str, int] = {}
    """`shap` → the number of features whose rows were not kept, the weakest ones."""


def to_json(explanation: Explanation) -> bytes:
    return msgspec.json.encode(explanation)


def from_json(text: bytes | str) -> Explanation:
    """Read what `to_json` wrote.

    Raises: InvalidArgument: it is no explanation, or one of a newer form.
    """
    try:
        found = msgspec.json.decode(text, type=Explanation)
    except msgspec.DecodeError as error:
        raise InvalidArgument(f"This is no explanation that hito wrote: {error}.") from None
    if found.version > FORMAT:
        raise InvalidArgument(
            f"This explanation has form {found.version}; this hito reads up to {FORMAT}. Update hito."
        )
    return found
