"""SHAP values of a model, by the quickest exact way that its kind allows.

    kind                                    way            adds up to          asks for
    ──────────────────────────────────────  ─────────────  ──────────────────  ──────────────
    XGBoost, also random forests, linear    xgboost        margin (log odds)   nothing but XGBoost
    LightGBM                                lightgbm       raw score           nothing but LightGBM
    trees and forests of scikit-learn       tree           probability, value  shap
    boosted trees of scikit-learn           tree           log odds, value     shap
    linear models of scikit-learn           linear         log odds, value     shap
    anything else                           permutation    probability, value  nothing but the model's answers

Every way is checked by counting: base + sum must be what the model itself answers. If it is not (a wrapper that shap does
not see through, a kind of tree that it reads otherwise), the next way is taken: the last one only asks the model.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal

from msgspec import Struct

from hito.explain.preprocessing import add_up, dense, owners, split
from hito.explain.results import Scale
from hito.explain.surface import Surface, class_names, library_of

Way = Literal["tree", "xgboost", "lightgbm", "linear", "permutation"]

_TOLERANCE = 1e-3
"""Of the answers' spread: XGBoost adds in float32, and a forest's hundred trees round a hundred times."""

_PERMUTATIONS = 2
"""Of each row, there and back."""
_CALL_ROWS = 100_000
"""Rows that the model is asked for at once."""

_FORESTS = frozenset(
    "DecisionTreeClassifier DecisionTreeRegressor ExtraTreeClassifier ExtraTreeRegressor RandomForestClassifier "
    "RandomForestRegressor ExtraTreesClassifier ExtraTreesRegressor".split()
)
_BOOSTED = frozenset(
    "GradientBoostingClassifier GradientBoostingRegressor HistGradientBoostingClassifier HistGradientBoostingRegressor".split()
)
_LINEAR = frozenset(
    "LinearRegression Ridge RidgeCV Lasso LassoCV LassoLars LassoLarsCV ElasticNet ElasticNetCV Lars LarsCV BayesianRidge "
    "ARDRegression HuberRegressor TheilSenRegressor RANSACRegressor OrthogonalMatchingPursuit SGDRegressor LinearSVR "
    "LogisticRegression LogisticRegressionCV RidgeClassifier RidgeClassifierCV SGDClassifier LinearSVC Perceptron "
    "PassiveAggressiveClassifier PassiveAggressiveRegressor LinearDiscriminantAnalysis".split()
)


class Contributions(Struct, frozen=True):
    """`values` float64 of shape (outputs, rows, features), `base` (outputs,), `answers` (rows, outputs) of the model."""

    way: Way
    scale: Scale
    background: int
    values: Any
    base: Any
    answers: Any

    @property
    def gap(self) -> float:
        """The largest distance of base + sum from the model's own answer."""
        import numpy

        sums = self.base[:, None] + self.values.sum(axis=2)
        return float(numpy.abs(sums.T - self.answers).max(initial=0.0))

    @property
    def adds_up(self) -> bool:
        import numpy

        if not (numpy.isfinite(self.values).all() and numpy.isfinite(self.base).all()):
            return False
        spread = float(self.answers.max() - self.answers.min())
        return self.gap <= _TOLERANCE * max(spread, float(numpy.abs(self.answers).max(initial=0.0)), 1e-6)


class Unreadable(Exception):
    """A way cannot explain a model; the next one is taken."""


def quick_way(surface: Surface) -> Way | None:
    """The way that reads the model instead of asking it; None if there is none. Cheap: nothing is imported.

    A model of several labels for a row is asked: one answer tells of all labels.
    """
    if surface.task == "multilabel":
        return None
    _, model = split(surface.native)
    names, library = class_names(model), library_of(model)
    if library == "xgboost":
        return "xgboost"
    if library == "lightgbm":
        return "lightgbm"
    if library != "sklearn":
        return None
    if names & _FORESTS or names & _BOOSTED:
        return "tree"
    return "linear" if names & _LINEAR else None


def contributions(surface: Surface, way: Way, rows: Any, background: Any, *, seed: int) -> Contributions:
    """The contributions of the input's columns to the answers for `rows`.

    Args:
        rows, background: as the model wants them.
    Raises: Unreadable: this way does not do for this model, or does not add up.
    """
    if way == "permutation":
        return _by_permutation(surface, rows, background, seed)
    transform, model = split(surface.native)
    prepared, origin = rows, None
    if transform is not None:
        both = transform.transform(rows)
        origin = owners(transform, background, surface.columns, seed)
        if origin is None:
            raise Unreadable("its preparation mixes columns")
        prepared = both
    try:
        found = _WAYS[way](
            model, surface, prepared, transform.transform(background) if transform is not None else background
        )
    except Unreadable:
        raise
    except Exception as error:  # whatever a library cannot read is explained by asking the model instead
        raise Unreadable(f"{type(error).__name__}: {error}") from error
    if origin is not None:
        values = add_up(found.values, origin, len(surface.columns.names))
        if values is None:
            raise Unreadable("a prepared column belongs to no input column")
        found = Contributions(found.way, found.scale, found.background, values, found.base, found.answers)
    if found.values.shape != (len(surface.outputs), len(rows), len(surface.columns.names)):
        raise Unreadable(f"contributions of shape {found.values.shape}")
    if not found.adds_up:
        raise Unreadable(f"contributions miss the model's answer by up to {found.gap:.3g}")
    return found


def _by_xgboost(model: Any, surface: Surface, rows: Any, _: Any) -> Contributions:
    import numpy
    import xgboost  # the model is one of its own

    booster = model if "Booster" in class_names(model) else model.get_booster()
    last = getattr(booster, "best_iteration", None) if _has_best(booster) else None
    limits = (0, last + 1) if last is not None else (0, 0)
    missing = getattr(model, "missing", None)
    matrix = xgboost.DMatrix(rows, missing=numpy.nan if missing is None else missing, enable_categorical=True)
    margins = numpy.asarray(booster.predict(matrix, output_margin=True, iteration_range=limits), dtype="float64")
    found = numpy.asarray(booster.predict(matrix, pred_contribs=True, iteration_range=limits), dtype="float64")
    found = found[:, None, :] if found.ndim == 2 else found  # (rows, outputs, features + base)
    margins = margins.reshape(len(margins), -1)
    objective = str(getattr(model, "objective", None) or booster.attr("objective") or "")
    scale: Scale = "log_odds" if surface.task != "regression" else ("value" if _is_plain(objective) else "raw")
    return Contributions(
        "xgboost", scale, 0, found[:, :, :-1].transpose(1, 0, 2), found[:, :, -1].mean(axis=0), margins
    )  # fmt: skip


def _by_lightgbm(model: Any, surface: Surface, rows: Any, _: Any) -> Contributions:
    import numpy

    found = numpy.asarray(model.predict(rows, pred_contrib=True), dtype="float64")
    raw = numpy.asarray(model.predict(rows, raw_score=True), dtype="float64").reshape(len(found), -1)
    outputs = raw.shape[1]
    shaped = found.reshape(len(found), outputs, -1)
    objective = str(getattr(model, "objective_", None) or getattr(model, "objective", None) or "")
    scale: Scale = "log_odds" if surface.task != "regression" else ("value" if _is_plain(objective) else "raw")
    return Contributions(
        "lightgbm", scale, 0, shaped[:, :, :-1].transpose(1, 0, 2), shaped[:, :, -1].mean(axis=0), raw
    )  # fmt: skip


def _by_trees(model: Any, surface: Surface, rows: Any, _: Any) -> Contributions:
    import numpy

    import shap  # isort: skip  # seconds to import: only for models that do not bring their own contributions

    prepared = dense(rows)
    explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
    values = _by_output(explainer.shap_values(prepared, check_additivity=False), surface)
    base = numpy.atleast_1d(numpy.asarray(explainer.expected_value, dtype="float64"))[-len(values) :]
    boosted = bool(class_names(model) & _BOOSTED)
    if surface.task == "regression":
        return Contributions("tree", "value", 0, values, base, _native_answers(model.predict, rows))
    answers = _native_answers(model.decision_function if boosted else model.predict_proba, rows)
    return Contributions("tree", "log_odds" if boosted else "probability", 0, values, base, answers[:, -len(values) :])


def _by_coefficients(model: Any, surface: Surface, rows: Any, background: Any) -> Contributions:
    import numpy

    import shap  # isort: skip  # see above

    prepared, around = dense(rows), dense(background)
    masker = shap.maskers.Independent(around, max_samples=len(around))
    explainer = shap.LinearExplainer(model, masker)
    values = _by_output(explainer.shap_values(prepared), surface)
    base = numpy.atleast_1d(numpy.asarray(explainer.expected_value, dtype="float64"))
    if surface.task == "regression":
        return Contributions("linear", "value", len(around), values, base, _native_answers(model.predict, rows))
    answers = _native_answers(model.decision_function, rows)
    return Contributions("linear", "log_odds", len(around), values, base, answers)


def _by_permutation(surface: Surface, rows: Any, background: Any, seed: int) -> Contributions:
    """Antithetic permutations: exact up to interactions of two columns, and adding up in any case.

        from the background   ∅ ──f₁──> {f₁} ──f₂──> {f₁ f₂} ── … ──> the row      what each step adds
        and back, same order  the row ──f₁──> without f₁ ── … ──> ∅                what each step takes

    shap's PermutationExplainer walks the same way; numba compiles its parts anew in every process, 10 s before the first row.
    Source: Štrumbelj and Kononenko, 2010; antithetic: Mitchell et al., Sampling Permutations for Shapley Value Estimation, 2022.
    """
    import numpy

    matrix, around = surface.columns.encode(rows), surface.columns.encode(background)
    features, width = matrix.shape[1], len(surface.outputs)
    generator = numpy.random.default_rng(seed)
    values = numpy.zeros((len(matrix), features, width))
    states = 2 * features + 1
    base = surface.answers(around).mean(axis=0)
    chunk = max(1, _CALL_ROWS // (states * len(around)))
    for _ in range(_PERMUTATIONS):
        for begin in range(0, len(matrix), chunk):
            part = matrix[begin : begin + chunk]
            orders = generator.permuted(numpy.tile(numpy.arange(features), (len(part), 1)), axis=1)
            # place[i, f]: when the column f of row i comes; before state s of the first half, all columns with place < s.
            place = orders.argsort(axis=1)[:, None, :]
            step = numpy.arange(states)[None, :, None]
            own = numpy.where(step <= features, place < step, place >= step - features)
            # (rows, states, background, features)
            asked = numpy.where(own[:, :, None, :], part[:, None, None, :], around[None, None])
            answers = surface.answers(asked.reshape(-1, features)).reshape(len(part), states, len(around), width)
            steps = numpy.diff(answers.mean(axis=2), axis=1)
            moved = (steps[:, :features] - steps[:, features:]) / (2 * _PERMUTATIONS)
            numpy.add.at(values, (numpy.arange(begin, begin + len(part))[:, None], orders), moved)
    return Contributions(
        "permutation",
        "value" if surface.task == "regression" else "probability",
        len(around),
        values.transpose(2, 0, 1),
        base,
        surface.answers(matrix),
    )


def evaluations(features: int) -> int:
    """Answers that one row costs, for each row of the background: there and back."""
    return _PERMUTATIONS * (2 * features + 1)


def _by_output(values: Any, surface: Surface) -> Any:
    """The shapes of shap as (outputs, rows, features): it gives a list, or the outputs last, or no axis for one output."""
    import numpy

    if isinstance(values, list):
        shaped = numpy.stack([numpy.asarray(one, dtype="float64") for one in values])
    else:
        values = numpy.asarray(values, dtype="float64")
        shaped = values[None] if values.ndim == 2 else values.transpose(2, 0, 1)
    if surface.task == "binary" and len(shaped) == 2:
        shaped = shaped[1:]
    return shaped


def _native_answers(method: Callable[[Any], Any], rows: Any) -> Any:
    import numpy

    found = numpy.asarray(method(rows), dtype="float64")
    return found.reshape(len(found), -1)


def _has_best(booster: Any) -> bool:
    return booster.attr("best_iteration") is not None


def _is_plain(objective: str) -> bool:
    """Whether the margin is the value: no link function behind it."""
    linked = ("poisson", "gamma", "tweedie", "logistic", "cross_entropy")
    return not any(name in objective for name in linked)


_WAYS: dict[str, Callable[[Any, Surface, Any, Any], Contributions]] = {
    "xgboost": _by_xgboost,
    "lightgbm": _by_lightgbm,
    "tree": _by_trees,
    "linear": _by_coefficients,
}


def ways(surface: Surface) -> Sequence[Way]:
    """The ways to try, in order."""
    quick = quick_way(surface)
    return (quick, "permutation") if quick else ("permutation",)
