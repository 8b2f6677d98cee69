"""Contributions add up to the model's own answer, whatever kind of model it is."""

import itertools
import math

import numpy
import pandas
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge, SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from hito.explain import Explanation, explain
from hito.explain.columns import Columns
from hito.explain.contributions import contributions
from hito.explain.surface import Surface

ROWS, FEATURES = 90, 5
NAMES = [f"f{at}" for at in range(FEATURES)]


def rows(seed: int = 0) -> numpy.ndarray:
    return numpy.random.default_rng(seed).normal(size=(ROWS, FEATURES))


def target(matrix: numpy.ndarray, task: str) -> numpy.ndarray:
    strength = 2 * matrix[:, 0] - matrix[:, 1] + matrix[:, 2] * matrix[:, 3]
    if task == "regression":
        return strength
    if task == "binary":
        return (strength > 0).astype(int)
    return numpy.digitize(strength, [-1, 1])


def explained(model, task: str, matrix=None, truth=None, **more) -> Explanation:
    matrix = rows() if matrix is None else matrix
    truth = target(numpy.asarray(matrix), task) if truth is None else truth
    classes = [] if task == "regression" else list(numpy.unique(truth))
    names = list(matrix.columns) if hasattr(matrix, "columns") else NAMES
    return explain(model, matrix, truth, task=task, feature_names=names, classes=classes, budget=30, **more)


def holds(found: Explanation) -> None:
    """base + sum = answer, in the waterfalls and in the sample; the largest gap says so, too."""
    shap = found.shap
    assert shap is not None, found.omitted
    for one in shap.waterfalls:
        assert one.base + sum(one.values) == pytest.approx(one.answer, abs=2e-3, rel=2e-3)
    spread = max(1.0, *(abs(one.answer) for one in shap.waterfalls))
    assert shap.largest_gap < 2e-3 * spread
    values = numpy.array(shap.values)
    assert values.shape == (len(shap.outputs), len(found.features), len(shap.rows))
    assert numpy.array(shap.importance).shape == (len(shap.outputs), len(found.features))


def boosters():
    import lightgbm
    import xgboost

    few = {"n_estimators": 8, "max_depth": 3, "n_jobs": 1}
    quiet = {**few, "verbose": -1, "min_child_samples": 5}
    return {
        "XGBClassifier": (xgboost.XGBClassifier(**few), "binary", "xgboost", "log_odds"),
        "XGBClassifier, many": (xgboost.XGBClassifier(**few), "multiclass", "xgboost", "log_odds"),
        "XGBRegressor": (xgboost.XGBRegressor(**few), "regression", "xgboost", "value"),
        "XGBRFRegressor": (xgboost.XGBRFRegressor(**few), "regression", "xgboost", "value"),
        "XGB linear": (xgboost.XGBRegressor(booster="gblinear", n_estimators=5), "regression", "xgboost", "value"),
        "LGBMClassifier": (lightgbm.LGBMClassifier(**quiet), "binary", "lightgbm", "log_odds"),
        "LGBMClassifier, many": (lightgbm.LGBMClassifier(**quiet), "multiclass", "lightgbm", "log_odds"),
        "LGBMRegressor": (lightgbm.LGBMRegressor(**quiet), "regression", "lightgbm", "value"),
    }


ESTIMATORS = {
    "RandomForestClassifier": (RandomForestClassifier(8, max_depth=4), "binary", "tree", "probability"),
    "RandomForestClassifier, many": (RandomForestClassifier(8, max_depth=4), "multiclass", "tree", "probability"),
    "RandomForestRegressor": (RandomForestRegressor(8, max_depth=4), "regression", "tree", "value"),
    "ExtraTreesRegressor": (ExtraTreesRegressor(8, max_depth=4), "regression", "tree", "value"),
    "DecisionTreeClassifier": (DecisionTreeClassifier(max_depth=3), "binary", "tree", "probability"),
    "GradientBoostingClassifier": (GradientBoostingClassifier(n_estimators=8), "binary", "tree", "log_odds"),
    "HistGradientBoostingClassifier": (HistGradientBoostingClassifier(max_iter=6), "binary", "tree", "log_odds"),
    "HistGradientBoostingRegressor": (HistGradientBoostingRegressor(max_iter=6), "regression", "tree", "value"),
    "LinearRegression": (LinearRegression(), "regression", "linear", "value"),
    "LogisticRegression": (LogisticRegression(), "binary", "linear", "log_odds"),
    "LogisticRegression, many": (LogisticRegression(), "multiclass", "linear", "log_odds"),
    "SGDClassifier": (SGDClassifier(random_state=0), "binary", "linear", "log_odds"),
    "scaled Ridge": (make_pipeline(StandardScaler(), Ridge()), "regression", "linear", "value"),
    "searched": (GridSearchCV(DecisionTreeClassifier(), {"max_depth": [2, 3]}, cv=2), "binary", "tree", "probability"),
    "KNeighborsRegressor": (KNeighborsRegressor(), "regression", "permutation", "value"),
    "GaussianNB, many": (GaussianNB(), "multiclass", "permutation", "probability"),
    "after PCA": (make_pipeline(PCA(2), LogisticRegression()), "binary", "permutation", "probability"),
}


@pytest.mark.parametrize("name", ESTIMATORS)
def test_contributions_of_an_estimator_add_up_to_its_answer(name):
    model, task, way, scale = ESTIMATORS[name]
    found = explained(model.fit(rows(), target(rows(), task)), task)
    holds(found)
    assert (found.shap.method, found.shap.scale) == (way, scale)


@pytest.mark.parametrize("name", boosters())
def test_contributions_of_a_booster_add_up_to_its_answer(name):
    model, task, way, scale = boosters()[name]
    found = explained(model.fit(rows(), target(rows(), task)), task)
    holds(found)
    assert (found.shap.method, found.shap.scale) == (way, scale)


def test_native_boosters_are_explained_like_their_estimators():
    import xgboost

    matrix = pandas.DataFrame(rows(), columns=NAMES)
    truth = target(rows(), "binary")
    booster = xgboost.train(
        {"objective": "binary:logistic", "max_depth": 3, "nthread": 1}, xgboost.DMatrix(matrix, truth), 6
    )
    found = explained(booster, "binary", matrix, truth)
    holds(found)
    assert found.permutation is not None
    assert found.curves


def test_text_columns_are_explained_as_they_were_given():
    generator = numpy.random.default_rng(0)
    frame = pandas.DataFrame(
        {
            "age": generator.integers(20, 70, ROWS).astype(float),
            "city": generator.choice(["Lima", "Oslo", "Rome"], ROWS),
            "paid": generator.choice([True, False], ROWS),
        }
    )
    frame.loc[3, "age"] = numpy.nan
    truth = ((frame["city"] == "Oslo") | (frame["age"] > 60)).astype(int)
    prepare = ColumnTransformer(
        [("n", make_pipeline(SimpleImputer(), StandardScaler()), ["age"]), ("c", OneHotEncoder(), ["city"])],
        remainder="passthrough",
    )
    model = make_pipeline(prepare, RandomForestClassifier(10, max_depth=5, random_state=0)).fit(frame, truth)
    found = explained(model, "binary", frame, truth, rows=[3])
    holds(found)
    assert found.shap.method == "tree"
    assert found.features == ["age", "city", "paid"]
    assert found.kinds == ["number", "category", "number"]
    assert numpy.argmax(found.shap.importance[0]) == 1
    asked = found.shap.waterfalls[0]
    assert (asked.why, asked.row, asked.cells[0], asked.cells[1]) == ("asked", 3, None, frame["city"][3])
    city = next(one for one in found.curves if one.feature == 1)
    assert city.grid == ["Lima", "Oslo", "Rome"]
    assert city.mean[0][1] > city.mean[0][0]


@pytest.mark.parametrize("library", ["xgboost", "lightgbm"])
def test_categories_of_pandas_go_to_boosters_as_they_are(library):
    generator = numpy.random.default_rng(0)
    frame = pandas.DataFrame(
        {"x": generator.normal(size=ROWS), "kind": pandas.Categorical(generator.choice(list("abc"), ROWS))}
    )
    truth = ((frame["kind"] == "b") ^ (frame["x"] > 1)).astype(int)
    if library == "xgboost":
        import xgboost

        model = xgboost.XGBClassifier(n_estimators=6, max_depth=3, enable_categorical=True, n_jobs=1)
    else:
        import lightgbm

        model = lightgbm.LGBMClassifier(n_estimators=6, min_child_samples=5, verbose=-1, n_jobs=1)
    found = explained(model.fit(frame, truth), "binary", frame, truth)
    holds(found)
    assert found.shap.method == library
    assert found.kinds == ["number", "category"]
    assert not found.omitted


def test_a_function_is_explained_by_asking_it():
    found = explained(lambda matrix: 3 * matrix[:, 0] - matrix[:, 1], "regression")
    holds(found)
    assert found.shap.method == "permutation"
    assert numpy.array(found.shap.importance[0])[2:] == pytest.approx(0, abs=1e-9)


def test_asking_a_model_finds_the_shapley_values_of_columns_that_act_in_pairs():
    """By definition: the mean over all orders of the columns of what each adds to the mean answer over the background."""

    def model(matrix):
        return matrix[:, 0] + 2 * matrix[:, 1] * matrix[:, 2] - matrix[:, 3] * matrix[:, 4]

    matrix = rows()
    surface = Surface(model, Columns(matrix, NAMES), "regression", [])
    found = contributions(surface, "permutation", matrix[:3], matrix[50:60], seed=1)

    def worth(row, known):
        filled = matrix[50:60].copy()
        filled[:, known] = row[known]
        return model(filled).mean()

    for row, values in zip(matrix[:3], found.values[0], strict=True):
        exact = numpy.zeros(FEATURES)
        for order in itertools.permutations(range(FEATURES)):
            for at, feature in enumerate(order):
                exact[feature] += worth(row, list(order[: at + 1])) - worth(row, list(order[:at]))
        assert values == pytest.approx(exact / math.factorial(FEATURES), abs=1e-9)


def test_a_model_that_gives_labels_only_is_explained_by_them():
    model = SVC().fit(rows(), numpy.array(["no", "yes"])[target(rows(), "binary")])
    found = explained(model, "binary", rows(), numpy.array(["no", "yes"])[target(rows(), "binary")])
    holds(found)
    assert found.outputs == ["yes"]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 10_000),
    features=st.integers(1, 4),
    task=st.sampled_from(["binary", "multiclass", "regression"]),
    holes=st.booleans(),
)
def test_sums_hold_for_any_small_boosted_model(seed, features, task, holes):
    import xgboost

    generator = numpy.random.default_rng(seed)
    matrix = generator.normal(size=(40, features)) * 10.0 ** generator.integers(-3, 4, features)
    if holes:
        matrix[generator.random(matrix.shape) < 0.2] = numpy.nan
    classes = {"binary": 2, "multiclass": 3, "regression": 0}[task]
    truth = numpy.arange(40) % classes if classes else generator.normal(size=40) * 100
    kind = xgboost.XGBClassifier if classes else xgboost.XGBRegressor
    model = kind(n_estimators=4, max_depth=3, n_jobs=1).fit(matrix, truth)
    found = explain(
        model,
        matrix,
        truth,
        task=task,
        feature_names=[f"c{at}" for at in range(features)],
        classes=list(range(classes)),
        budget=30,
    )
    holds(found)


def test_the_shared_generator_of_numpy_stays_as_it_was():
    numpy.random.seed(3)
    expected = numpy.random.random()
    numpy.random.seed(3)
    explained(KNeighborsRegressor().fit(rows(), target(rows(), "regression")), "regression")
    assert numpy.random.random() == expected
