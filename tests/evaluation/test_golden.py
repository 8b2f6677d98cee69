# ruff: noqa: N803, N806  X is what everybody calls it
"""Pictures look as they did when somebody last looked at them: `golden/` holds what was seen.

After a change that is meant to be seen: `HITO_RENEW_GOLDEN=1 .venv/bin/pytest tests/evaluation/test_golden.py`, look at each
picture that git says has changed, and commit those that are good.

Nothing is drawn by chance: the data are fractions of multiples of square roots, the models formulas. Pictures of matplotlib are
compared as small ones, so that another release of its renderer may draw an edge differently; the report's own as text.
"""

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from PIL import Image

import hito
from hito.explain.results import Explanation
from hito.report.figures import dependence, importance, rows
from hito.report.svg import draw
from hito.report.voice import Voice

GOLDEN = Path(__file__).parent / "golden"
RENEW = os.environ.get("HITO_RENEW_GOLDEN") == "1"
WIDTH = 480
MOST = 6.0
"""Root of the mean squared difference of two pictures' colours, of 255; one picture for another is 20 and more."""

CLASSES = ["confusion_matrix", "roc_curve_plot", "precision_recall_curve_plot", "calibration_curve_plot", "lift_curve_plot",
           "thresholds", "score_histogram", "fairness", "drift",
           "shap_beeswarm_plot", "shap_feature_importance_plot"]  # fmt: skip
VALUES = ["residuals", "prediction_truth"]


class Chances:
    """A classifier by formula."""

    classes_ = np.array(["declined", "granted"])

    def predict_proba(self, X: pd.DataFrame) -> npt.NDArray[np.float64]:
        chance = 1 / (1 + np.exp(-(4 * X["income"] - 3 * X["debt"] + X["age"] * X["income"] - 1)))
        return np.column_stack([1 - chance, chance])

    def predict(self, X: pd.DataFrame) -> Any:
        return self.classes_[(self.predict_proba(X)[:, 1] >= 0.5).astype(int)]


def spread(rows: int, root: float, begin: int = 0) -> npt.NDArray[np.float64]:
    """Numbers from 0 to 1, evenly and without an order that a column with another root would share."""
    return np.modf(np.arange(begin, begin + rows) * np.sqrt(root))[0]


def applicants(rows: int, begin: int = 0) -> pd.DataFrame:
    return pd.DataFrame(
        {name: spread(rows, root, begin) for name, root in (("income", 2), ("debt", 3), ("age", 5), ("street", 7))}
    )


@pytest.fixture(scope="module")
def classified() -> Any:
    X, X_train = applicants(400), applicants(600, begin=400)
    model = Chances()
    y, y_train = (
        model.classes_[(model.predict_proba(some)[:, 1] > spread(len(some), 11)).astype(int)] for some in (X, X_train)
    )
    group = np.where(spread(len(X), 13) < 0.4, "north", "south")
    X_train["debt"] *= 0.7  # what is drawn as drift
    return hito.evaluate(
        model, X, y, train=(X_train, y_train), group=group, model_type="classifier", log=False, report=False, seed=7
    )


@pytest.fixture(scope="module")
def valued() -> Any:
    X = applicants(300)
    predicted = 3 * X["income"] + X["age"]
    truth = predicted + (spread(len(X), 11) - 0.5) * (0.4 + X["income"])
    return hito.evaluate(None, X, truth, predictions=predicted, model_type="regressor", log=False, report=False, seed=7)


@pytest.mark.parametrize("name", CLASSES)
def test_a_picture_of_a_classifier_looks_as_it_did(classified: Any, name: str) -> None:
    agree(classified.artifacts[name].content, name)


@pytest.mark.parametrize("name", VALUES)
def test_a_picture_of_a_regressor_looks_as_it_did(valued: Any, name: str) -> None:
    agree(valued.artifacts[name].content, name)


@pytest.mark.parametrize("name", ["waterfall", "partial_dependence", "lime", "shap_bars"])
def test_a_figure_of_the_report_is_drawn_as_it_was(classified: Any, name: str) -> None:
    found: Explanation = classified.explanation
    voice = Voice("en")
    assert found.shap is not None
    figure = {
        "waterfall": lambda: rows.waterfall(found, found.shap, found.shap.waterfalls[0], voice),
        "partial_dependence": lambda: dependence.partial_dependence(found, found.curves[0], voice),
        "lime": lambda: rows.lime_bars(found, found.lime[0], voice),
        "shap_bars": lambda: importance.shap_bars(found, found.shap, voice),
    }[name]()
    drawn, kept = str(draw(figure)), GOLDEN / f"{name}.svg"
    if RENEW:
        kept.write_text(drawn + "\n", "utf-8")
    assert drawn == kept.read_text("utf-8").rstrip("\n")


def test_another_picture_is_told_apart() -> None:
    kept = [Image.open(GOLDEN / f"{name}.png").convert("RGB") for name in ("roc_curve_plot", "lift_curve_plot")]
    assert distance(*kept) > 2 * MOST


def agree(picture: Image.Image, name: str) -> None:
    kept, drawn = GOLDEN / f"{name}.png", picture.convert("RGB")
    small = drawn.resize((WIDTH, round(drawn.height * WIDTH / drawn.width)), Image.Resampling.LANCZOS)
    if RENEW:
        small.quantize(64).save(kept, optimize=True)
    assert distance(small, Image.open(kept).convert("RGB")) < MOST


def distance(one: Image.Image, other: Image.Image) -> float:
    """Pictures of other sizes are far from each other."""
    if abs(one.height - other.height) > 3:
        return 255.0
    size = (WIDTH // 2, one.height // 2)
    first, second = (np.asarray(some.resize(size), dtype=np.float64) for some in (one, other))
    return float(np.sqrt(((first - second) ** 2).mean()))
