"""Evaluations and explanations of small models on real data, made once for all tests of the report."""

import sys
from pathlib import Path

import numpy
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.model_selection import train_test_split

from hito.evaluation import results
from hito.explain import explain
from hito.report.material import Material

sys.path.insert(0, str(Path(__file__).parent))
# Files here are imported by name; pytest's importlib mode adds no folder by itself.
from materials import a_run, classified, floats


@pytest.fixture(scope="session")
def cancer() -> Material:
    """A forest of twenty trees, with everything that a report can have."""
    data = load_breast_cancer(as_frame=True)
    x, test, y, truth = train_test_split(data.data, data.target, random_state=7, stratify=data.target)
    model = RandomForestClassifier(20, max_depth=6, random_state=7).fit(x, y)
    found = explain(
        model, test, truth, task="binary", feature_names=list(x.columns), classes=["malignant", "benign"], background=x,
        rows=[3], budget=20, seed=0,
    )  # fmt: skip
    evaluation = classified(truth.to_numpy(), model.predict_proba(test)[:, 1])
    return Material(evaluation=evaluation, explanation=found, facts=a_run())


@pytest.fixture(scope="session")
def diabetes() -> Material:
    """A regressor."""
    data = load_diabetes(as_frame=True)
    x, test, y, truth = train_test_split(data.data, data.target, random_state=7)
    model = RandomForestRegressor(15, max_depth=5, random_state=7).fit(x, y)
    predicted = model.predict(test)
    errors = truth.to_numpy() - predicted
    counts, edges = numpy.histogram(errors, bins=12)
    evaluation = results.Evaluation(
        task="regression",
        model=results.Model(kind="RandomForestRegressor", library="sklearn"),
        test=results.Dataset(name="diabetes", rows=len(test), target="progression"),
        scores=(
            results.Score(name="r2_score", value=0.45, low=0.3, high=0.56),
            results.Score(name="mean_absolute_error", value=43.2, low=38.0, high=48.9, better="lower"),
        ),
        baseline=(results.Score(name="mean_absolute_error", value=65.0, better="lower"),),
        residuals=results.Residuals(
            truth=floats(truth), predicted=floats(predicted), mean=float(errors.mean()), deviation=float(errors.std()),
            skewness=0.1, kurtosis=0.2, quantiles=((0.5, 0.0),),
        ),
        histograms=(results.Histogram(name="residual", edges=floats(edges), counts=floats(counts)),),
        coverage=(results.Coverage(source="residuals", level=0.9, share=0.88, low=0.8, high=0.94, width=170.0),),
    )  # fmt: skip
    found = explain(model, test, truth, task="regression", feature_names=list(x.columns), background=x, budget=10)
    return Material(evaluation=evaluation, explanation=found, facts=a_run(run_name="diabetes"))
