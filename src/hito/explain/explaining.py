"""The whole explanation of a model: the parts one after the other, each in its share of the time.

    shap ──────> which columns are strong, and which bend each other
    lime         the chosen rows once more                                 15 %
    curves, pairs <── the strong ones                                 25 + 10 %
    permutation                                                            20 %

A part that fails, or for which a library is missing, is left out and named; the others go on.
"""

import warnings
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hito.core.errors import HitoError, InvalidArgument
from hito.explain.chosen import Chosen, checked_rows, choose
from hito.explain.columns import Columns
from hito.explain.deadline import Deadline
from hito.explain.dependence import curves_part, pairs_part
from hito.explain.neighbourhood import lime_part
from hito.explain.results import Curve, Explanation, Omission, Pair, Part, Permutation, Shap
from hito.explain.sample import Sample
from hito.explain.shap_values import shap_part
from hito.explain.shuffling import permutation_part
from hito.explain.surface import Surface

_MANY_COLUMNS = 2000
"""Columns up to which there is an explanation at all; each method asks the model for every column."""

Found = TypeVar("Found")


def explain(
    predictor: Any,
    X: Any,  # noqa: N803 - the name that scikit-learn has for it
    y: Any | None = None,
    *,
    task: str,
    feature_names: Sequence[str],
    classes: Sequence[Any] = (),
    background: Any | None = None,
    rows: Sequence[int] | None = None,
    budget: float = 20.0,
    seed: int = 0,
) -> Explanation:
    """Explain what a model answers for some rows.

    Args:
        predictor: a fitted model or pipeline of scikit-learn, XGBoost or LightGBM; anything with predict_proba (two
            dimensions) or predict; or a function of the rows. An attribute `native`, or a pyfunc model's, is looked behind.
        X: DataFrame, array of shape (rows, features), sparse matrix or list of rows: as the predictor takes them.
        y: the truth, of shape (rows,); of multilabel 0 and 1 of shape (rows, labels). Without it there are no worst errors
            and no permutation importance.
        task: `binary`, `multiclass`, `multilabel` (several labels for a row: each label is an output), `regression`.
        classes: in the order of predict_proba; of two classes the second is the positive one; of multilabel the labels.
        background: rows of the training data, which stand for "nothing is known"; None: rows of X.
        rows: numbers of rows to explain one by one, beside typical ones and the worst errors. At most 20.
        budget: seconds. Samples are halved until they fit; what became smaller or was left out is in `omitted`.
        seed: of everything that is drawn. Same seed, same samples; and same numbers where the time sufficed.
    Raises: InvalidArgument: there is nothing to explain, names and columns differ, or there is no such row.
    """
    deadline = Deadline(budget)
    if task not in ("binary", "multiclass", "regression", "multilabel"):
        raise InvalidArgument(f"Task '{task}' is unknown; expected binary, multiclass, regression or multilabel.")
    if task != "regression" and len(classes) < 2:
        raise InvalidArgument(f"A classifier's explanation needs its classes, at least two; found {len(classes)}.")
    if task == "binary" and len(classes) != 2:
        raise InvalidArgument(f"A binary task has two classes; found {len(classes)}. Say task='multiclass'.")
    columns = Columns(X, feature_names)
    truth = _truth(y, X, len(classes) if task == "multilabel" else 1)
    work = _Work(deadline)
    if len(columns.names) > _MANY_COLUMNS:
        work.omitted.append(Omission("shap", "too_many_columns", f"{len(columns.names)}, more than {_MANY_COLUMNS}"))
        return work.result(columns, task, type(predictor).__name__, list(map(str, classes)), _rows(X), seed)
    surface = Surface(predictor, columns, task, classes)
    checked_rows(list(rows or ()), _rows(X))
    with warnings.catch_warnings():
        # Libraries warn about names of columns and their own old habits; nothing of it is the reader's business.
        warnings.simplefilter("ignore")
        _all_parts(work, surface, X, truth, background, list(rows or ()), seed)
    name = type(surface.native).__name__
    return work.result(columns, task, name, surface.outputs, _rows(X), seed)


class _Work:
    """What was done so far, and the time that is left for the rest."""

    def __init__(self, deadline: Deadline) -> None:
        self.deadline = deadline
        self.parts: list[Part] = []
        self.omitted: list[Omission] = []
        self.found: dict[str, Any] = {}

    def share(self, of_all: float) -> float:
        """Seconds for a part: its share, unless less than that is left."""
        return min(self.deadline.left, of_all * self.deadline.seconds)

    def do(self, part: str, work: Callable[[], tuple[Found, list[Omission], int]], empty: Found) -> Found:
        """Do one part; keep what it gives, or why it gives nothing."""
        began = self.deadline.spent
        if self.deadline.is_over:
            self.omitted.append(Omission(part, "time", "nothing was left of it"))
            return empty
        try:
            found, omitted, rows = work()
        except ModuleNotFoundError as error:
            self.omitted.append(Omission(part, "library_missing", f"pip install {error.name}"))
            return empty
        except HitoError as error:
            self.omitted.append(Omission(part, "failed", error.message))
            return empty
        except Exception as error:  # noqa: BLE001 - models are anybody's code: one part's failure must leave the others
            self.omitted.append(Omission(part, "failed", f"{type(error).__name__}: {error}"[:500]))
            return empty
        self.omitted += omitted
        if rows:
            self.parts.append(Part(part, rows, round(self.deadline.spent - began, 3)))
        self.found[part] = found
        return found

    def result(self, columns: Columns, task: Any, model: str, outputs: list[str], rows: int, seed: int) -> Explanation:
        return Explanation(
            task=task,
            model=model,
            features=columns.names,
            kinds=["number" if known is None else "category" for known in columns.categories],
            outputs=outputs,
            rows=rows,
            seed=seed,
            budget=self.deadline.seconds,
            seconds=round(self.deadline.spent, 3),
            parts=self.parts,
            omitted=self.omitted,
            hidden=_hidden(self.found.get("shap")),
            **self.found,
        )


def _all_parts(
    work: _Work, surface: Surface, given: Any, truth: Any, background: Any, asked: list[int], seed: int
) -> None:
    sample = _Prepared()

    def prepare() -> tuple[None, list[Omission], int]:
        sample.value = Sample(surface, given, background, seed, work.share(0.1))
        sample.chosen = choose(surface, sample.value, truth, asked)
        return None, [], 0

    work.do("answers", prepare, None)
    work.found.pop("answers", None)
    drawn, chosen = sample.value, sample.chosen
    if drawn is None:
        return
    none: Shap | None = None
    shap = work.do("shap", lambda: shap_part(surface, drawn, chosen, truth, work.share(0.35), drawn.cost), none)
    nothing: Permutation | None = None
    shuffled = work.do("permutation", lambda: permutation_part(surface, drawn, truth, work.share(0.2)), nothing)
    ranked = _ranked(len(surface.columns.names), shap, shuffled)
    curves: list[Curve] = []
    work.do("curves", lambda: curves_part(surface, drawn, ranked, work.share(0.25)), curves)
    partners = shap.partners if shap is not None else []
    pairs: list[Pair] = []
    work.do("pairs", lambda: pairs_part(surface, drawn, ranked, partners, work.share(0.1)), pairs)

    def lime() -> tuple[Any, list[Omission], int]:
        found, omitted = lime_part(surface, drawn, chosen, work.share(0.15))
        return found, omitted, len(found)

    work.do("lime", lime, [])


class _Prepared:
    """What all parts start from; empty if the model did not answer."""

    value: Sample | None = None
    chosen: list[Chosen] = []


def _ranked(features: int, shap: Shap | None, shuffled: Permutation | None) -> list[int]:
    """Numbers of the columns, the strongest first: by contributions, else by shuffling, else as they stand."""
    if shap is not None:
        strength = [sum(values) for values in zip(*shap.importance, strict=True)]
    elif shuffled is not None:
        strength = [sum(drops) for drops in shuffled.drops]
    else:
        strength = [0.0] * features
    return sorted(range(features), key=lambda at: -strength[at])


def _truth(y: Any | None, given: Any, labels: int) -> Any:
    import numpy

    if y is None:
        return None
    truth = numpy.asarray(y.to_numpy() if hasattr(y, "to_numpy") else y)
    if truth.ndim == 2 and truth.shape[1] == 1:
        truth = truth.reshape(-1)
    if truth.ndim == 2 and truth.shape[1] != labels:
        raise InvalidArgument(f"The truth has {truth.shape[1]} columns; expected {labels}, one for each label.")
    if len(truth) != _rows(given):
        raise InvalidArgument(f"The data has {_rows(given)} rows, but the truth has {len(truth)}.")
    return truth


def _rows(given: Any) -> int:
    return int(given.shape[0]) if hasattr(given, "shape") else len(given)


def _hidden(shap: Shap | None) -> dict[str, int]:
    without = 0 if shap is None else sum(not one for one in shap.columns)
    return {"shap": without} if without else {}
