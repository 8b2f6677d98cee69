"""What an evaluation found: frozen values that are JSON, and nothing that computes or draws.

    Evaluation
    ├── model, test, train       what was evaluated, on what
    ├── scores                   the numbers, each with its interval; baseline, train_scores for comparison
    ├── class_scores             the same per class           ├── thresholds   the same per threshold (two classes)
    ├── confusions, curves, histograms                        what a classifier's pictures are drawn from
    ├── residuals, coverage                                   what a regressor's pictures are drawn from
    ├── slices, fairness, drift, learning                     where it is weak, whom it treats how, what has moved
    ├── findings                 advice: a rule's name and the numbers behind it; words are made where they are shown
    ├── omissions                what is not here, and why
    └── requirements             thresholds that were to be passed

It is kept as `evaluation/evaluation.json` of a run. A number that does not exist (an AUC of one class) is None or left
out, never NaN: JSON has none. Class labels are texts here, in the order of the model's classes.

Changing the format: a field may be added with a default. Anything else counts FORMAT up; `read` then needs a way for the
older one, and tests/evaluation keeps a file of each.
"""

from typing import Literal

from msgspec import Struct

FORMAT = 1

Task = Literal["binary", "multiclass", "multilabel", "regression"]
Direction = Literal["higher", "lower", "neither"]
Severity = Literal["note", "warning", "serious"]


class Score(Struct, frozen=True, kw_only=True):
    """One number about the whole of something.

    name: MLflow's evaluator's, where it has one (`accuracy_score`, `f1_score`, `roc_auc`, `mean_squared_error`, …).
    value, low, high: the score and the ends of its 95 % interval; these are None where none was computed.
    better: whether a higher or a lower value is the better one.
    group: `main`; `average` (macro, micro, weighted); `ranking` (top-k, lift, gain); `residual`; `custom`.
    """

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    better: Direction = "higher"
    group: str = "main"


class Dataset(Struct, frozen=True, kw_only=True):
    """Rows that a model was tested, or trained, on.

    rows: those that were evaluated. class_rows: per class, in the order of `Evaluation.classes`; of multilabel the rows
    that have the label. weighted: whether every row counts by a weight.
    """

    name: str
    rows: int
    features: tuple[str, ...] = ()
    target: str | None = None
    digest: str | None = None
    weighted: bool = False
    class_rows: tuple[int, ...] = ()


class Model(Struct, frozen=True, kw_only=True):
    """Which model. kind: its class's name (`RandomForestClassifier`). answers: the methods that it has."""

    kind: str
    library: str = ""
    uri: str | None = None
    model_id: str | None = None
    answers: tuple[str, ...] = ()
    params: dict[str, str] = {}


class ClassScores(Struct, frozen=True, kw_only=True):
    """One class against the rest: `precision_score`, `recall_score`, `f1_score`, `specificity`, `roc_auc`, `pr_auc`."""

    label: str
    support: float
    scores: tuple[Score, ...]


class ThresholdScores(Struct, frozen=True, kw_only=True):
    """A binary classifier that says "positive" from `threshold` on.

    rule: how the threshold was found: `default` (what `predict` does), `best_f1` (largest F1 on the test data: an
    optimistic choice, and said to be so), `youden` (largest true minus false positive rate).
    """

    rule: str
    threshold: float
    scores: tuple[Score, ...]
    true_negative: float
    false_positive: float
    false_negative: float
    true_positive: float


class Confusion(Struct, frozen=True, kw_only=True):
    """Who was taken for whom. Rows are the truth, columns what was predicted.

    name: `default`; `best_f1`, `youden`; of multilabel the label. counts: rows, or their weights. shares: each row of
    counts over its sum, None where a class is absent. threshold: for two classes.
    """

    name: str
    labels: tuple[str, ...]
    counts: tuple[tuple[float, ...], ...]
    shares: tuple[tuple[float | None, ...], ...]
    threshold: float | None = None


class Curve(Struct, frozen=True, kw_only=True):
    """A line: of at most 2,000 points, thinned so that no corner is lost.

    kind and its axes:
        roc               x false positive rate, y true positive rate, area: ROC AUC
        precision_recall  x recall, y precision (right-continuous steps), area: average precision
        calibration       x mean predicted probability, y share of positives; rows: in the bin; low, high: 95 % interval
                          (Wilson); area: expected calibration error
        lift              x share of rows, best scored first; y how many times more positives than in random rows
        gain              x share of rows, y share of the positives among them
        threshold         x threshold, y the score that `of` names: precision, recall, f1
        quantile_quantile x normal quantile, y standardised residual

    label: the class that is positive; `micro` or `macro` for a mean; empty for regression.
    thresholds: of each point; None: above any score.
    """

    kind: str
    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    area: float | None = None
    area_low: float | None = None
    area_high: float | None = None
    thresholds: tuple[float | None, ...] = ()
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    rows: tuple[float, ...] = ()
    of: str = ""


class Histogram(Struct, frozen=True, kw_only=True):
    """Counts between edges. name: `score` (probability of `label`, for rows whose truth is `truth`), `residual`."""

    name: str
    edges: tuple[float, ...]
    counts: tuple[float, ...]
    label: str = ""
    truth: str = ""


class Residuals(Struct, frozen=True, kw_only=True):
    """Truth minus prediction.

    truth, predicted: at most 2,000 rows, drawn at random, with the largest errors among them.
    quantiles: (level, residual). trend: Spearman's rank correlation of |residual| with the prediction: the error grows
    with it, or shrinks.
    """

    truth: tuple[float, ...]
    predicted: tuple[float, ...]
    mean: float
    deviation: float
    skewness: float | None
    kurtosis: float | None
    quantiles: tuple[tuple[float, float], ...]
    trend: float | None = None


class Coverage(Struct, frozen=True, kw_only=True):
    """How often the truth lies inside of a predicted interval.

    source: `quantiles` (the model's own), `trees` (of a forest), `residuals` (half of the rows calibrate, the other half
    is measured: split conformal). level: what was promised; share: what came; width: mean width of the intervals.
    """

    source: str
    level: float
    share: float
    low: float
    high: float
    width: float


class Condition(Struct, frozen=True, kw_only=True):
    """`feature <= value`, `feature > value`, `feature is value`, `feature is not value`, `feature is missing`."""

    feature: str
    operator: Literal["<=", ">", "is", "is not", "missing", "not missing"]
    value: float | str | None = None


class Slice(Struct, frozen=True, kw_only=True):
    """A segment of the rows, found by a shallow tree on one half of the rows and measured on the other.

    score: what is measured: `error_rate` or `mean_absolute_error`. value: inside; rest: outside of the segment.
    p_value: that they are the same (two-sided, Holm's correction over the segments shown).
    """

    conditions: tuple[Condition, ...]
    rows: int
    share: float
    score: str
    value: float
    low: float | None
    high: float | None
    rest: float
    p_value: float | None = None


class Group(Struct, frozen=True, kw_only=True):
    """One group of a fairness column. scores: rates, in the same order for every group; None where undefined."""

    name: str
    rows: int
    scores: dict[str, float | None]
    low: dict[str, float | None] = {}
    high: dict[str, float | None] = {}


class Gap(Struct, frozen=True, kw_only=True):
    """The distance of the groups by one rate.

    name: `demographic_parity` (selection rate), `equal_opportunity` (true positive rate), `equalised_odds` (larger of the
    gaps of true and false positive rate), `predictive_parity` (precision), `accuracy`; of regression `mean_error`, …
    difference: largest minus smallest. ratio: smallest over largest. p_value: of no difference at all, if tested.
    """

    name: str
    difference: float
    ratio: float | None
    lowest: str
    highest: str
    p_value: float | None = None


class Fairness(Struct, frozen=True, kw_only=True):
    column: str
    groups: tuple[Group, ...]
    gaps: tuple[Gap, ...]
    positive: str | None = None


class ColumnDrift(Struct, frozen=True, kw_only=True):
    """How far a column of the test data lies from the same column in training.

    psi: population stability index. statistic, p_value: Kolmogorov-Smirnov (`numeric`) or chi² (`category`); p_value is
    corrected over all columns (Holm). moved: psi ≥ 0.2 and p_value < 0.05.
    bins: edges, or categories; train, test: shares per bin.
    """

    feature: str
    kind: Literal["numeric", "category"]
    psi: float
    statistic: float | None
    p_value: float | None
    moved: bool
    missing_train: float
    missing_test: float
    bins: tuple[float | str, ...] = ()
    train: tuple[float, ...] = ()
    test: tuple[float, ...] = ()


class LearningCurve(Struct, frozen=True, kw_only=True):
    """A metric of the run over its steps, as it was logged while training. series: `train`, `validation`, or its name."""

    metric: str
    series: str
    steps: tuple[int, ...]
    values: tuple[float, ...]


class Finding(Struct, frozen=True, kw_only=True):
    """Advice. rule: its name (`overfit_gap`, `class_imbalance`, …; `advice.RULES` lists them). values: its reasons."""

    rule: str
    severity: Severity
    values: dict[str, float | str] = {}


class Omission(Struct, frozen=True, kw_only=True):
    """What was left out. part: `roc`, `fairness`, `drift`, …; reason: a sentence in English.

    rule: the reason's name, to be said in other languages; `failed` when computing it raised, with the error in `reason`.
    """

    part: str
    rule: str
    reason: str
    values: dict[str, float | str] = {}


class Requirement(Struct, frozen=True, kw_only=True):
    """A threshold and whether it was passed. value: None if the score does not exist, which fails."""

    text: str
    score: str
    operator: str
    wanted: float
    value: float | None
    passed: bool


class Picture(Struct, frozen=True, kw_only=True):
    """A picture that was drawn. name: `roc`, `confusion_default`, …; path: of the artifact, from the run's root."""

    name: str
    path: str


class Bootstrap(Struct, frozen=True, kw_only=True):
    """How intervals were made. samples: drawn within the time allowed, of those asked for."""

    samples: int
    asked: int
    level: float = 0.95
    method: str = "percentile"


class Evaluation(Struct, frozen=True, kw_only=True):
    """Everything that was found out about one model on one dataset."""

    task: Task
    model: Model
    test: Dataset
    train: Dataset | None = None
    classes: tuple[str, ...] = ()
    positive: str | None = None
    scores: tuple[Score, ...] = ()
    train_scores: tuple[Score, ...] = ()
    baseline: tuple[Score, ...] = ()
    baseline_kind: str = ""
    class_scores: tuple[ClassScores, ...] = ()
    thresholds: tuple[ThresholdScores, ...] = ()
    confusions: tuple[Confusion, ...] = ()
    curves: tuple[Curve, ...] = ()
    histograms: tuple[Histogram, ...] = ()
    residuals: Residuals | None = None
    coverage: tuple[Coverage, ...] = ()
    slices: tuple[Slice, ...] = ()
    fairness: tuple[Fairness, ...] = ()
    drift: tuple[ColumnDrift, ...] = ()
    learning: tuple[LearningCurve, ...] = ()
    findings: tuple[Finding, ...] = ()
    omissions: tuple[Omission, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    pictures: tuple[Picture, ...] = ()
    bootstrap: Bootstrap | None = None
    seed: int = 0
    created: int = 0
    seconds: dict[str, float] = {}
    versions: dict[str, str] = {}
    format: int = FORMAT

    def score(self, name: str) -> Score | None:
        """The score of this name; None if it does not exist for the data."""
        return next((one for one in self.scores if one.name == name), None)

    def curves_of(self, kind: str) -> tuple[Curve, ...]:
        """The curves of one kind, one for each label."""
        return tuple(one for one in self.curves if one.kind == kind)


class Summary(Struct, frozen=True, kw_only=True):
    """What the tag `hito.evaluation` of a run holds: enough for a table of runs. scores: name → value, low, high."""

    task: Task
    rows: int
    dataset: str
    scores: dict[str, tuple[float, float | None, float | None]]
    findings: dict[str, int] = {}
    passed: bool | None = None
    path: str = "evaluation/evaluation.json"
    format: int = FORMAT
