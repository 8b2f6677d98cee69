"""Rows that have several labels at once: truth and answers are matrices of 0 and 1."""

import warnings
from collections.abc import Sequence
from typing import Any

from hito.core.errors import InvalidArgument
from hito.evaluation.given import answer_of
from hito.evaluation.outcome import Outcome
from hito.evaluation.predictor import Predictor
from hito.evaluation.results import Omission


def several_labels(
    predictor: Predictor | None,
    features: Any,
    known: Any,
    predictions: Any,
    weights: Any,
    weighted: bool,
    labels: Sequence[Any] | None,
) -> Outcome:
    """What a model says of each label. Raises: InvalidArgument: shapes differ, or the truth is not 0 and 1."""
    import numpy as np

    width = known.shape[1]
    if not np.isin(known.astype(float), (0, 1)).all():
        raise InvalidArgument(
            f"y has {width} columns with values other than 0 and 1. Multilabel truth is 0 or 1; of several classes give "
            "one column with their labels."
        )
    if hasattr(predictions, "toarray"):
        predictions = predictions.toarray()
    answer = np.asarray(predictions, dtype=np.float64)
    if answer.shape != known.shape:
        raise InvalidArgument(f"The predictions have the shape {answer.shape}, y has {known.shape}.")
    omissions = []
    chances = None
    if not np.isin(answer, (0, 1)).all():
        chances, answer = answer, (answer > 0.5).astype(np.float64)
    elif predictor is not None and predictor.predict_proba is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of labels that never occur
            found = answer_of(predictor.predict_proba, features, "predict_proba")
        # scikit-learn has a list, a matrix for each label, with one column where the label has but one value.
        if isinstance(found, list):
            seen = predictor.classes if isinstance(predictor.classes, list) else [np.array([0, 1])] * width
            found = np.column_stack(
                [
                    one[:, list(kinds).index(1)] if 1 in kinds else np.zeros(len(one))
                    for one, kinds in zip(found, seen, strict=True)
                ]
            )
        chances = np.asarray(found, dtype=np.float64)
    if chances is not None and (
        chances.shape != known.shape or not np.isfinite(chances).all() or (chances < 0).any() or (chances > 1).any()
    ):
        reason = f"The model's probabilities of {width} labels are not {width} numbers from 0 to 1 for each row."
        omissions.append(Omission(part="probabilities", rule="bad_probabilities", reason=reason))
        chances = None
    if labels is not None and len(labels) != width:
        raise InvalidArgument(f"label_list names {len(labels)} labels, y has {width} columns.")
    return Outcome(
        task="multilabel",
        truth=known.astype(np.int64),
        predicted=answer.astype(np.int64),
        chances=chances,
        weights=weights,
        weighted=weighted,
        labels=tuple(range(width)) if labels is None else tuple(labels),
        omissions=tuple(omissions),
    )
