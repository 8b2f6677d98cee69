"""A compiled model answers what the Python model answers, or is not used: splits, ties, gaps, types, damaged files."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeRegressor

from hito.flavors import pyfunc, sklearn
from hito.flavors.digest import digest
from hito.flavors.infer import infer_signature
from hito.flavors.trust import Trust
from hito.serve import compiling, making, parity
from hito.serve.engine import Engine
from hito.serve.parity import EXACT, PYTHON, WITHIN
from hito.serve.payload import Parsed
from hito.serve.predictor import Identity, Predictor
from hito.serve.splits import thresholds
from hito.serve.surroundings import differences
from hito.serve.votes import Votes


@pytest.fixture
def made(tmp_path):
    """`made(model, table, target)`: fits, saves and compiles; what is known, its files, and the model by Python."""

    def make(model, table, target, **details):
        model.fit(table, target)
        folder, out = tmp_path / "model", tmp_path / "out"
        out.mkdir()
        details.setdefault("signature", infer_signature(table, model.predict(table)))
        sklearn.save(model, folder, serialization_format="cloudpickle", **details)
        return making.make(folder, out, trust_pickle=True), out, folder

    return make


def predictor(known, out, folder):
    return Predictor(
        Identity(uri="x"), folder, digest(folder), known, out if known.verdict != PYTHON else None, Trust(True)
    )


def test_a_forest_is_exact_also_beside_its_splits_and_where_its_trees_tie(made, table):
    model = RandomForestClassifier(8, random_state=0)  # pure leaves: each tree says yes or no, and four may say each
    known, out, folder = made(model, table, (table["a"] + table["b"] > 10).astype(int))
    assert (known.verdict, known.votes, known.furthest) == (EXACT, True, 0.0)
    rows = parity.rows(3, thresholds(model, 3), None, seed=99)
    given = pd.DataFrame(rows, columns=table.columns)
    chances = model.predict_proba(given)
    answer, sure = Engine.read(out, known).ask(rows)
    assert sure.all()
    assert np.array_equal(answer, model.predict(given))
    assert (np.abs(chances[:, 1] - 0.5) < 1e-9).any()  # there are ties among them
    assert predictor(known, out, folder)._python is None  # nothing but the compiled form was loaded


@pytest.mark.parametrize("kind", [RandomForestClassifier, ExtraTreesClassifier])
def test_votes_are_counted_as_scikit_learn_counts_them(kind, table):
    labels = np.array(["x", "y", "z"])[(table["a"] // 4).astype(int)]
    model = kind(7, max_depth=4, random_state=1).fit(table.to_numpy(), labels)
    arrays = Votes.of(model)
    assert arrays is not None
    random = np.random.default_rng(2)
    rows = random.uniform(-5, 15, size=(2_000, 3))
    assert np.array_equal(model.classes_[Votes(arrays).winners(rows)], model.predict(rows))
    assert Votes.of(LinearRegression()) is None


def test_numbers_are_within_a_millionth_and_say_so(made, table):
    known, out, folder = made(LinearRegression(), table, table["a"] * 3 - table["b"])
    assert known.verdict in (EXACT, WITHIN)
    assert known.furthest < 1e-12  # 64 bits were taken, which are nearer than 32
    answer = predictor(known, out, folder).answer(Parsed(matrix=table.to_numpy()))
    assert np.allclose(answer, table["a"] * 3 - table["b"], rtol=1e-9)


@pytest.mark.parametrize("last", [LogisticRegression(), RandomForestClassifier(5, random_state=0)], ids=str)
def test_what_the_python_model_computes_in_64_bits_is_not_computed_in_32(last, made, table):
    # In 32 bits all of these numbers are one; no rows were kept with the model that could show it.
    near = pd.DataFrame({"a": 2.0**27 + table["a"], "b": table["b"], "c": table["c"].where(table["c"] > 1)})
    labels = (table["a"] > 5).astype(int)
    scaled = make_pipeline(SimpleImputer(), StandardScaler(), last)
    known, out, folder = made(scaled, near, labels)
    assert (known.verdict, known.bits, known.nan) == (EXACT, 64, True)
    answer = predictor(known, out, folder).answer(Parsed(matrix=near.to_numpy()))
    assert np.array_equal(answer, scaled.predict(near))
    assert len(set(near["a"].astype("float32"))) < 5


def test_labels_are_left_to_python_where_the_compiled_scores_are_too_far_off_to_tell(made, table):
    model = SVC(C=1e6)  # whose coefficients the converter rounds to 32 bits
    known, out, folder = made(model, table, (table["a"] + np.sin(9 * table["b"]) > 5).astype(int))
    assert (known.verdict, known.gives) == (EXACT, compiling.LABEL)
    assert known.margin > 100 * compiling.MARGIN
    rows = np.random.default_rng(3).uniform(0, 10, size=(3_000, 3))
    answer, sure = Engine.read(out, known).ask(rows)
    assert 0 < (~sure).sum() < 300
    assert np.array_equal(answer[sure], model.predict(pd.DataFrame(rows[sure], columns=table.columns)))
    assert np.array_equal(
        predictor(known, out, folder).answer(Parsed(matrix=rows)),
        model.predict(pd.DataFrame(rows, columns=table.columns)),
    )


def test_labels_may_be_texts(made, table):
    labels = np.where(table["a"] > 5, "high", "low")
    known, out, folder = made(LogisticRegression(), table, labels)
    assert (known.verdict, known.classes) == (EXACT, ("high", "low"))
    answer = predictor(known, out, folder).answer(Parsed(matrix=np.array([[9.0, 1, 1], [1.0, 1, 1]])))
    assert answer.tolist() == ["high", "low"]


def test_whole_numbers_and_32_bit_columns_are_cast_as_the_signature_says(made, table):
    mixed = pd.DataFrame({"a": table["a"].astype("float32"), "b": (table["b"] * 100).astype("int64"), "c": table["c"]})
    known, out, folder = made(DecisionTreeRegressor(max_depth=4, random_state=0), mixed, table["a"] + table["b"])
    assert (known.form.kinds, known.verdict != PYTHON) == ("fld", True)
    served = predictor(known, out, folder)
    body = json.dumps({"dataframe_split": {"columns": ["a", "b", "c"], "data": [[0.1, 250, 3.5]]}}).encode()
    parsed = served.parse(body, "application/json")
    assert parsed.matrix.tolist() == [[float(np.float32(0.1)), 250.0, 3.5]]
    expected = pyfunc.load(folder, trust=Trust(True)).predict(
        pd.DataFrame({"a": np.array([0.1], "float32"), "b": [250], "c": [3.5]})
    )
    assert np.allclose(served.answer(parsed), expected, rtol=1e-6)


def test_what_has_no_proof_runs_in_python_and_says_why(made, table):
    texts = table.assign(c="red")
    known, out, folder = made(DummyClassifier(), texts, (table["a"] > 5).astype(int))
    assert (known.verdict, "other columns than numbers" in known.reason) == (PYTHON, True)
    served = predictor(known, out, folder)
    assert served.verdict == PYTHON
    assert len(served.answer(Parsed(data=texts.head(3)))) == 3


def test_numbers_beyond_the_proof_are_not_given_to_the_engine(made, table):
    known, out, _ = made(RandomForestClassifier(3, random_state=0), table, (table["a"] > 5).astype(int))
    engine = Engine.read(out, known)
    assert engine.takes(np.array([[1.0, -1e38, 0.0]]))
    for value in (np.inf, -np.inf, 1e39):
        assert not engine.takes(np.array([[1.0, value, 0.0]]))
    assert engine.takes(np.array([[1.0, np.nan, 0.0]])) == known.nan


def test_a_compiled_file_that_was_changed_is_made_anew(forests, tmp_path, monkeypatch):
    monkeypatch.setattr(compiling, "_in_a_process", making.make)  # its process is started by the tests of servers
    name = digest(forests[0])
    known, place = compiling.compiled(forests[0], tmp_path, name)
    before = (place / compiling.MODEL).read_bytes()
    (place / compiling.MODEL).write_bytes(before[:-1] + b"\0")
    again, place = compiling.compiled(forests[0], tmp_path, name)
    assert again.hashes == known.hashes
    assert (place / compiling.MODEL).read_bytes() == before


def test_rows_that_a_model_was_evaluated_on_are_among_those_of_the_proof(made, table, tmp_path):
    known, _, folder = made(DecisionTreeRegressor(max_depth=4, random_state=0), table, table["a"] + table["b"])
    assert known.ranged_by == "splits"
    rows = (table.head(120) + 1_000).assign(extra="x")[["c", "extra", "a", "b"]]
    (tmp_path / "rows.json").write_text(rows.to_json(orient="split", index=False))
    (tmp_path / "more").mkdir()
    again = making.make(folder, tmp_path / "more", trust_pickle=True, table=tmp_path / "rows.json")
    assert (again.verdict, again.ranged_by, again.rows) == (EXACT, "rows", known.rows + 120)
    assert again.lows == pytest.approx(rows[["a", "b", "c"]].min())
    for damaged in ("{", '{"columns": ["a"], "data": [[1]]}', '{"columns": ["a", "b", "c"], "data": [["x", 1, 2]]}'):
        (tmp_path / "rows.json").write_text(damaged)
        assert making.make(folder, tmp_path / "more", True, tmp_path / "rows.json").rows == known.rows


def test_comparison_knows_labels_sizes_and_nan():
    assert parity.compare(["a", "b"], ["a", "b"]).verdict == EXACT
    assert parity.compare(["a", "b"], ["a", "c"]).verdict == PYTHON
    assert parity.compare([1, 2], [1, 3]).verdict == PYTHON
    assert parity.compare([1.0, np.nan], [1.0, np.nan]).verdict == EXACT
    assert parity.compare([1e6], [1e6 + 0.5]).verdict == WITHIN
    assert parity.compare([1.0, 1.0], [1.0, 1.00001]).verdict == PYTHON
    # Small answers are compared by their own size: a millionth of 1 would be all of them.
    assert parity.compare([1e-8, 2e-8], [1.1e-8, 2e-8]).verdict == PYTHON
    assert parity.compare([1.0], [[1.0]]).verdict == PYTHON


def test_another_environment_is_named_exactly(forests, tmp_path):
    assert differences(forests[0]) == []
    (tmp_path / "requirements.txt").write_text("mlflow==3.17.2\nscikit-learn==1.0.1\nno-such-package==2\nnumpy\n")
    (tmp_path / "python_env.yaml").write_text("python: 3.7.1\n")
    found = differences(tmp_path)
    assert len(found) == 3
    assert "Python 3.7.1, here is 3." in found[0]
    assert "scikit-learn 1.0.1, here is" in found[1]
    assert "no-such-package 2, which is not installed" in found[2]
