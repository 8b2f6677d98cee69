"""The whole evaluation: the parts one after the other, each behind a guard.

    model + rows ──outcome──> codes ──scores──> numbers ──bootstrap──> intervals
                                    ├─curves, confusions, histograms   (classes)
                                    ├─residuals, coverage              (numbers)
                                    ├─slices, fairness, drift          (with the features)
                                    └─advice <── all of it

What the rows themselves forbid (no truth, another number of predictions) is an error. A part that fails is left out, and
said so: the others stand. This is a guard like autolog's: a report with a hole is worth more than none.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib import metadata
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from hito.core.errors import InvalidArgument
from hito.evaluation import advice, curves, residuals, thresholds
from hito.evaluation.advice import Clues
from hito.evaluation.clues import is_constant, spiegelhalter, telling
from hito.evaluation.drift import drift
from hito.evaluation.fairness import fairness
from hito.evaluation.intervals import Intervals, intervals
from hito.evaluation.observing import observe
from hito.evaluation.outcome import Outcome
from hito.evaluation.predictor import Predictor, last_step
from hito.evaluation.requirements import check, parse
from hito.evaluation.results import (
    Bootstrap,
    ClassScores,
    Confusion,
    Coverage,
    Curve,
    Dataset,
    Evaluation,
    Fairness,
    Histogram,
    LearningCurve,
    Model,
    Omission,
    Residuals,
    Score,
    ThresholdScores,
)
from hito.evaluation.scores import Found, direction, group, scorer
from hito.evaluation.slices import slices
from hito.evaluation.table import Table, column, count, names_of, row_keys, table

BUDGET = 60.0
_BOOTSTRAP_SHARE = 0.08
"""The part of the budget that the intervals may take."""
_TRAIN_ROWS = 50_000
"""Rows of the training data that are scored, to see the gap."""
_CUSTOM_RESAMPLES, _CUSTOM_SECONDS = 400, 1.0
_LIBRARIES = ("hito", "numpy", "scikit-learn", "scipy", "pandas", "xgboost", "lightgbm")

T = TypeVar("T")
S = TypeVar("S", bound=Struct)
Custom = Callable[[Outcome], float]
"""A score of the user's: outcome → number."""


class Asked(Struct, frozen=True, eq=False, kw_only=True):
    """What is to be evaluated, and how. Everything but features, or predictions, and truth may be left out.

    Attributes:
        predictor: the model; None: `predictions` are given.
        features, truth, weights: the test data; features None: only the truth is compared with predictions.
        train: features and truth of the training data; the truth may be None.
        groups: name → a value for each row, for fairness.
        quantiles: level → predicted quantile for each row.
        custom: name → score of the user's.
        requirements: texts like `accuracy >= 0.9`.
        learning: curves of the run; folds: name → mean and deviation over its folds.
        names: of the columns, if the features do not tell. positive, labels, model_type: see `observing.observe`.
        budget: seconds for all; what is optional is left out when they are over. seed: of everything drawn.
    """

    predictor: Predictor | None = None
    features: Any = None
    truth: Any
    weights: Any = None
    predictions: Any = None
    model_type: str | None = None
    positive: Any = None
    labels: Sequence[Any] | None = None
    train: tuple[Any, Any] | None = None
    groups: Mapping[str, Any] = {}
    quantiles: Mapping[float, Any] = {}
    custom: Mapping[str, Custom] = {}
    requirements: Sequence[str] = ()
    learning: Sequence[LearningCurve] = ()
    folds: Mapping[str, tuple[float, float]] = {}
    names: Sequence[str] | None = None
    dataset: str = "test"
    target: str | None = None
    digest: str | None = None
    model: Model | None = None
    budget: float = BUDGET
    seed: int = 0


class Evaluated(Struct, frozen=True, eq=False):
    """The results; and, for explanations and files, what they were computed from: features as the model takes them."""

    evaluation: Evaluation
    outcome: Outcome
    features: Any
    names: tuple[str, ...]
    keys: Any


def evaluate(asked: Asked) -> Evaluated:
    """Evaluate.

    Raises: InvalidArgument: what was given cannot be evaluated; the message says what to give.
    """
    wanted = [parse(text) for text in asked.requirements]
    work = _Work(asked)
    outcome = work.observed()
    found = work.evaluation(outcome)
    found = _with(found, requirements=tuple(check(one, found) for one in wanted))
    return Evaluated(found, outcome, work.features, work.names, work.keys)


class _Work:
    """One evaluation on its way: what was left out, and how long each part took."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.began = time.monotonic()
        self.omissions: list[Omission] = []
        self.seconds: dict[str, float] = {}
        self.features = asked.features
        self.names = () if asked.features is None else names_of(asked.features, asked.names)
        self.ignored: tuple[str, ...] = ()
        self.reordered = False
        self.table: Table | None = None
        self.keys: Any = None

    def part(self, name: str, work: Callable[[], T], empty: Any) -> T:
        """Do one part; if it fails, or the time is over, it is left out."""
        if time.monotonic() - self.began > self.asked.budget and name not in ("scores", "curves", "confusion"):
            reason = f"The {self.asked.budget:g} seconds of the evaluation were over; give it a larger budget."
            values: dict[str, float | str] = {"budget": self.asked.budget}
            self.omissions.append(Omission(part=name, rule="time", reason=reason, values=values))
            nothing: T = empty
            return nothing
        began = time.perf_counter()
        try:
            return work()
        except Exception as error:  # noqa: BLE001  the guard: one part's failure leaves the others
            words = str(error).strip().splitlines() or [""]
            reason = f"{type(error).__name__}: {words[0][:300]}"
            self.omissions.append(Omission(part=name, rule="failed", reason=reason))
            left: T = empty
            return left
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began

    def observed(self) -> Outcome:
        asked, began = self.asked, time.perf_counter()
        if asked.predictor is not None and asked.features is not None:
            self.features, ignored, self.reordered = asked.predictor.fitted(asked.features)
            self.ignored = tuple(ignored)
            self.names = names_of(self.features, None if ignored else asked.names)
        outcome = observe(
            asked.predictor,
            self.features,
            asked.truth,
            model_type=asked.model_type,
            predictions=asked.predictions,
            weights=asked.weights,
            positive=asked.positive,
            labels=asked.labels,
        )
        self.omissions += outcome.omissions
        self.seconds["predictions"] = time.perf_counter() - began
        if self.features is not None:
            self.table = self.part("table", lambda: table(self.features, self.names or None), None)
            self.keys = self.part("keys", lambda: row_keys(self.features), None)
        if self.table is None:
            reason = "The features are no table of columns; what looks at columns is left out."
            self.omissions.append(Omission(part="slices", rule="no_table", reason=reason))
        return outcome

    def evaluation(self, outcome: Outcome) -> Evaluation:
        asked = self.asked
        rules = self.part("thresholds", lambda: thresholds.chosen(outcome), {})
        scores, per_class, at_rules, bootstrap = self._scores(outcome, rules)
        lines, matrices, histograms = self._classes(outcome, rules)
        lines = self._with_areas(outcome, lines, scores, per_class)
        off, coverage, more_lines, more_histograms = self._numbers(outcome)
        found = Evaluation(
            task=outcome.task,
            model=asked.model
            or (asked.predictor.facts() if asked.predictor is not None else Model(kind="predictions")),
            test=self._dataset(outcome),
            train=self._train_dataset(),
            classes=outcome.names,
            positive=outcome.names[1] if outcome.task == "binary" else None,
            scores=(*scores, *self._custom(outcome)),
            train_scores=self._train_scores(outcome),
            baseline=self.part("baseline", lambda: self._baseline(outcome), ()),
            baseline_kind="mean" if outcome.task == "regression" else "most_frequent",
            class_scores=per_class,
            thresholds=at_rules,
            confusions=tuple(matrices),
            curves=(*lines, *more_lines),
            histograms=(*histograms, *more_histograms),
            residuals=off,
            coverage=tuple(coverage),
            slices=tuple(self._slices(outcome)),
            fairness=tuple(self._fairness(outcome)),
            drift=tuple(self._drift()),
            learning=tuple(asked.learning),
            findings=outcome.notes,
            bootstrap=bootstrap,
            seed=asked.seed,
            created=time.time_ns() // 1_000_000,
            versions=_versions(),
        )
        clues = self.part("clues", lambda: self._clues(outcome), Clues())
        findings = self.part("advice", lambda: advice.advise(found, clues), outcome.notes)
        self.seconds["total"] = time.monotonic() - self.began
        seconds = {name: round(value, 4) for name, value in self.seconds.items()}
        return _with(found, findings=findings, omissions=tuple(self.omissions), seconds=seconds)

    # --- numbers ---

    def _scores(
        self, outcome: Outcome, rules: Mapping[str, float]
    ) -> tuple[tuple[Score, ...], tuple[ClassScores, ...], tuple[ThresholdScores, ...], Bootstrap | None]:
        score = scorer(outcome, rules)
        values = score(outcome.weights)
        seconds = _BOOTSTRAP_SHARE * self.asked.budget
        nothing: tuple[Intervals, Bootstrap | None] = ({}, None)

        def drawn() -> tuple[Intervals, Bootstrap | None]:
            return intervals(score, outcome.weights, seed=self.asked.seed, seconds=seconds)

        ends, bootstrap = self.part("intervals", drawn, nothing)
        if not ends:
            reason = "There was no time to draw the rows again often enough for intervals."
            self.omissions.append(Omission(part="intervals", rule="time", reason=reason))
        by_section: dict[str, list[Score]] = {}
        for (section, name), value in values.items():
            low, high = ends.get((section, name), (None, None))
            made = Score(name=name, value=value, low=low, high=high, better=direction(name), group=group(name))
            by_section.setdefault(section, []).append(made)
        main = tuple(by_section.get("", ()))
        classes: tuple[ClassScores, ...] = ()
        if outcome.task != "regression":
            support = curves.support(outcome).tolist()
            classes = tuple(
                ClassScores(label=name, support=support[code], scores=tuple(by_section.get(f"class {code}", ())))
                for code, name in enumerate(outcome.names)
            )
        at_rules = []
        for rule, threshold in rules.items():
            matrix = thresholds.at(outcome, rule, threshold).counts
            # What the model itself says may differ from its threshold by ties; its own words count.
            own = main if rule == "default" else by_section.get(rule, ())
            told = [one.name for one in by_section.get(rule, ())]
            at_rules.append(
                ThresholdScores(
                    rule=rule, threshold=threshold, scores=tuple(one for one in own if one.name in told),
                    true_negative=matrix[0][0], false_positive=matrix[0][1], false_negative=matrix[1][0],
                    true_positive=matrix[1][1],
                )
            )  # fmt: skip
        return main, classes, tuple(at_rules), bootstrap

    def _custom(self, outcome: Outcome) -> list[Score]:
        found = []
        for name, score in self.asked.custom.items():
            value: float | None = self.part(f"score {name}", partial(_number, score, outcome), None)
            if value is not None and value == value:
                interval = partial(self._resampled, score, outcome)
                low, high = self.part(f"interval of {name}", interval, (None, None))
                found.append(Score(name=name, value=value, low=low, high=high, better="neither", group="custom"))
        return found

    def _resampled(self, score: Custom, outcome: Outcome) -> tuple[float | None, float | None]:
        import numpy as np

        rng = np.random.default_rng(self.asked.seed)
        until = time.monotonic() + min(_CUSTOM_SECONDS, 0.02 * self.asked.budget)
        values: list[float] = []
        while len(values) < _CUSTOM_RESAMPLES and time.monotonic() < until:
            values.append(float(score(outcome.taken(rng.integers(outcome.rows, size=outcome.rows)))))
        if len(values) < _CUSTOM_RESAMPLES // 4:
            return None, None
        low, high = np.quantile(values, [0.025, 0.975])
        return float(low), float(high)

    def _train_scores(self, outcome: Outcome) -> tuple[Score, ...]:
        train, predictor = self.asked.train, self.asked.predictor
        if train is None or train[1] is None or predictor is None:
            return ()

        def scored() -> tuple[Score, ...]:
            import numpy as np

            features, truth = predictor.fitted(train[0])[0], train[1]
            rows = count(features)
            if rows > _TRAIN_ROWS:
                places = np.sort(np.random.default_rng(self.asked.seed).choice(rows, _TRAIN_ROWS, replace=False))
                features, truth = _taken(features, places), _taken(truth, places)
            seen = observe(
                predictor, features, truth, model_type=self.asked.model_type, positive=self.asked.positive,
                labels=self.asked.labels,
            )  # fmt: skip
            if seen.task != outcome.task:
                return ()
            return _main(scorer(seen)(seen.weights))

        return self.part("train_scores", scored, ())

    def _baseline(self, outcome: Outcome) -> tuple[Score, ...]:
        """What a model that looks at no feature would have: the mean, or the most frequent class."""
        import numpy as np

        weights = outcome.weights
        if outcome.task == "regression":
            mean = float(np.average(outcome.truth, weights=weights))
            dummy = _with_said(outcome, np.full(outcome.rows, mean))
        elif outcome.task == "multilabel":
            common = (np.average(outcome.truth, axis=0, weights=weights) > 0.5).astype(np.int64)
            dummy = _with_said(outcome, np.tile(common, (outcome.rows, 1)))
        else:
            shares = np.bincount(outcome.truth, weights, len(outcome.labels)) / weights.sum()
            said = np.full(outcome.rows, int(shares.argmax()))
            dummy = _with_said(outcome, said, np.tile(shares, (outcome.rows, 1)))
        return _main(scorer(dummy)(weights))

    # --- pictures' data ---

    def _classes(
        self, outcome: Outcome, rules: Mapping[str, float]
    ) -> tuple[list[Curve], list[Confusion], list[Histogram]]:
        if outcome.task == "regression":
            return [], [], []
        lines, left_out = self.part("curves", lambda: curves.of_classes(outcome), ([], []))
        matrices, more = self.part("confusion", lambda: curves.confusions(outcome), ([], []))
        self.omissions += [*left_out, *more]
        for rule, threshold in rules.items():
            if rule != "default":
                matrices = [*matrices, thresholds.at(outcome, rule, threshold)]
        histograms = self.part("histograms", lambda: curves.score_histograms(outcome), [])
        return lines, matrices, histograms

    def _with_areas(
        self, outcome: Outcome, lines: list[Curve], scores: tuple[Score, ...], per_class: tuple[ClassScores, ...]
    ) -> list[Curve]:
        """Curves with the intervals of their areas."""
        names = {"roc": "roc_auc", "precision_recall": "average_precision_score"}
        known = {("", one.name): one for one in scores} if outcome.task == "binary" else {}
        known |= {(one.label, score.name): score for one in per_class for score in one.scores}
        made = []
        for line in lines:
            label = "" if outcome.task == "binary" else line.label
            score = known.get((label, names.get(line.kind, "")))
            made.append(line if score is None else _with(line, area_low=score.low, area_high=score.high))
        return made

    def _numbers(self, outcome: Outcome) -> tuple[Residuals | None, list[Coverage], list[Curve], list[Histogram]]:
        if outcome.task != "regression":
            return None, [], [], []
        seed, asked = self.asked.seed, self.asked
        found = self.part("residuals", lambda: residuals.residuals(outcome, seed), None)
        coverage = self.part("coverage", lambda: residuals.of_quantiles(asked.quantiles, outcome), [])
        coverage = [*coverage, *self.part("coverage", lambda: residuals.conformal(outcome, seed), [])]
        native = asked.predictor.native if asked.predictor is not None else None
        if native is not None and self.features is not None and last_step(native) is native:
            coverage += self.part("coverage", lambda: residuals.of_trees(native, self.features, outcome), [])
        line = self.part("residuals", lambda: residuals.normal_plot(outcome), None)
        histogram = self.part("residuals", lambda: [residuals.histogram(outcome)], [])
        return found, coverage, [] if line is None else [line], histogram

    # --- with the features ---

    def _slices(self, outcome: Outcome) -> Any:
        known = self.table
        if known is None or not known.columns:
            return ()
        return self.part("slices", lambda: slices(known, outcome, self.asked.seed), [])

    def _fairness(self, outcome: Outcome) -> list[Fairness]:
        made = []
        for name, values in self.asked.groups.items():
            found: Fairness | None = self.part(f"fairness of {name}", partial(_fair, values, name, outcome), None)
            if found is not None:
                made.append(found)
        return made

    def _drift(self) -> Any:
        if self.asked.train is None:
            reason = "Without training data nothing can be said of drift, of the gap to training, or of shared rows."
            self.omissions.append(Omission(part="drift", rule="no_train", reason=reason))
            return ()
        known, features = self.table, self.asked.train[0]
        if known is None:
            return ()

        def compared() -> Any:
            old = table(features, self.asked.names)
            return () if old is None else drift(old, known, self.asked.seed)

        return self.part("drift", compared, ())

    def _clues(self, outcome: Outcome) -> Clues:
        import numpy as np

        overlap, duplicates = None, 0.0
        if self.keys is not None:
            plain = row_keys(self.features, numbered=False)
            duplicates = 1 - len(np.unique(plain)) / len(plain)
            if self.asked.train is not None:
                features = self.asked.train[0]
                if self.asked.predictor is not None:
                    features = self.asked.predictor.fitted(features)[0]
                seen = row_keys(features, numbered=False)
                overlap = None if seen is None else float(np.isin(plain, seen).mean())
        constant: tuple[str, ...] = ()
        if self.table is not None and self.table.rows > 1:
            constant = tuple(one.name for one in self.table.columns if is_constant(one.values))
        return Clues(
            overlap=overlap,
            duplicates=duplicates,
            telling=telling(self.table, outcome, self.asked.seed) if self.table is not None else None,
            calibration=spiegelhalter(outcome),
            folds=self.asked.folds,
            reordered=self.reordered,
            ignored=tuple(name for name in self.ignored if name not in self.asked.groups),
            constant=constant,
        )

    def _dataset(self, outcome: Outcome) -> Dataset:
        import numpy as np

        rows: tuple[int, ...] = ()
        if outcome.task == "multilabel":
            rows = tuple(int(value) for value in outcome.truth.sum(axis=0))
        elif outcome.task != "regression":
            rows = tuple(int(value) for value in np.bincount(outcome.truth, minlength=len(outcome.labels)))
        return Dataset(
            name=self.asked.dataset, rows=outcome.rows, features=self.names, target=self.asked.target,
            digest=self.asked.digest, weighted=outcome.weighted, class_rows=rows,
        )  # fmt: skip

    def _train_dataset(self) -> Dataset | None:
        train = self.asked.train
        return None if train is None else Dataset(name="train", rows=count(train[0]), features=names_of(train[0]))


def _fair(values: Any, name: str, outcome: Outcome) -> Fairness:
    if count(values) != outcome.rows:
        raise InvalidArgument(f"The group column {name} has {count(values)} values for {outcome.rows} rows.")
    return fairness(column(values, name), outcome)


def _number(score: Custom, outcome: Outcome) -> float:
    return float(score(outcome))


def _with_said(outcome: Outcome, predicted: Any, chances: Any = None) -> Outcome:
    return Outcome(
        task=outcome.task, truth=outcome.truth, predicted=predicted, chances=chances, weights=outcome.weights,
        weighted=outcome.weighted, finest=outcome.finest, labels=outcome.labels,
    )  # fmt: skip


def _main(found: Found) -> tuple[Score, ...]:
    return tuple(
        Score(name=name, value=value, better=direction(name), group=group(name))
        for (section, name), value in found.items()
        if not section
    )


def _taken(given: Any, places: Any) -> Any:
    import numpy as np

    if hasattr(given, "iloc"):
        return given.iloc[places]
    return given[places] if hasattr(given, "shape") else np.asarray(given)[places]


def _versions() -> dict[str, str]:
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _with(struct: S, **changes: Any) -> S:
    return msgspec.structs.replace(struct, **changes)
