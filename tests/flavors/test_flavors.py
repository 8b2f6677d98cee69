"""Each flavor saves and loads its models with equal answers, and none opens what its reader does not trust."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from sklearn.cluster import DBSCAN
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from hito.core.errors import InvalidArgument, PermissionDenied
from hito.flavors import lightgbm, onnx, pyfunc, registry, sklearn, xgboost
from hito.flavors.digest import digest
from hito.flavors.infer import infer_signature
from hito.flavors.trust import VARIABLE, Trust

X, y = load_iris(return_X_y=True, as_frame=True)
FOREST = RandomForestClassifier(5, random_state=0).fit(X, y)


class Bomb:
    """Whoever unpickles it is told so."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (_explode, ())


def _explode() -> None:
    raise AssertionError("a pickle was opened")


class Doubling:
    def predict(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        return np.asarray(model_input) * (params or {}).get("times", 2)


@pytest.fixture(autouse=True)
def _untrusting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


def test_a_forest_is_kept_without_a_pickle_and_answers_the_same(tmp_path: Path) -> None:
    sklearn.save(FOREST, tmp_path / "model", input_example=X.head(2))

    loaded = sklearn.load(tmp_path / "model")

    np.testing.assert_array_equal(loaded.predict_proba(X), FOREST.predict_proba(X))
    assert isinstance(registry.load(tmp_path / "model"), RandomForestClassifier)
    settings = yaml.safe_load((tmp_path / "model/MLmodel").read_text())["flavors"]["sklearn"]
    assert settings["skops_trusted_types"] == ["sklearn.tree._tree.Tree"]


def test_boosters_of_both_kinds_are_kept_in_their_own_formats(tmp_path: Path) -> None:
    import lightgbm as lgb
    import xgboost as xgb

    wrapped = xgb.XGBClassifier(n_estimators=3, n_jobs=1).fit(X, y)
    light = lgb.LGBMClassifier(n_estimators=3, min_child_samples=5, verbose=-1, n_jobs=1).fit(X, y)
    cases: list[tuple[Any, Any, Callable[[Any], Any]]] = [
        (xgboost, wrapped, lambda model: model.predict_proba(X)),
        (xgboost, wrapped.get_booster(), lambda model: xgboost.predict(model, X)),
        (lightgbm, light, lambda model: model.predict_proba(X)),
        (lightgbm, light.booster_, lambda model: model.predict(X)),
    ]
    for number, (flavor, model, answer) in enumerate(cases):
        flavor.save(model, tmp_path / str(number), input_example=X.head(2))
        loaded = flavor.load(tmp_path / str(number))
        assert type(loaded) is type(model)
        np.testing.assert_allclose(answer(loaded), answer(model), rtol=1e-6)
        face = pyfunc.load(tmp_path / str(number))
        assert len(face.predict(X[X.columns[::-1]])) == len(X)


def test_a_booster_inside_a_pipeline_is_kept_too(tmp_path: Path) -> None:
    import lightgbm as lgb
    import xgboost as xgb

    for number, model in enumerate(
        [xgb.XGBClassifier(n_estimators=3, n_jobs=1), lgb.LGBMClassifier(n_estimators=3, verbose=-1, n_jobs=1)]
    ):
        pipeline = make_pipeline(StandardScaler(), model).fit(X.to_numpy(), y)
        sklearn.save(pipeline, tmp_path / str(number))
        loaded = sklearn.load(tmp_path / str(number))
        np.testing.assert_array_equal(loaded.predict(X.to_numpy()), pipeline.predict(X.to_numpy()))


def test_an_onnx_graph_is_kept_and_takes_frames_arrays_and_dicts(tmp_path: Path) -> None:
    from skl2onnx import to_onnx

    model = LogisticRegression(max_iter=1000).fit(X, y)
    data = X.to_numpy().astype(np.float32)
    onnx.save(to_onnx(model, data[:1], options={"zipmap": False}), tmp_path / "model", input_example=data[:2])

    face = pyfunc.load(tmp_path / "model")

    np.testing.assert_array_equal(face.predict(data)["label"], model.predict(X))
    np.testing.assert_array_equal(face.predict(pd.DataFrame(data))["label"], model.predict(X))
    session = onnx.Session(onnx.load(tmp_path / "model").SerializeToString())
    np.testing.assert_array_equal(session.predict({"X": X.to_numpy()})["label"], model.predict(X))


def test_an_onnx_graph_that_keeps_its_weights_elsewhere_is_refused(tmp_path: Path) -> None:
    import onnx as library
    from skl2onnx import to_onnx

    model = LogisticRegression(max_iter=1000).fit(X, y)
    graph = to_onnx(model, X.to_numpy().astype(np.float32)[:1], options={"zipmap": False})
    onnx.save(graph, tmp_path / "model")
    tensor = graph.graph.initializer.add()
    tensor.name, tensor.data_type = "stolen", library.TensorProto.UINT8
    tensor.dims.append(1)
    tensor.data_location = library.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../../../etc/passwd")
    (tmp_path / "model/model.onnx").write_bytes(graph.SerializeToString())

    with pytest.raises(InvalidArgument, match="etc/passwd"):
        onnx.load(tmp_path / "model")


def test_a_python_model_is_kept_only_by_a_pickle_that_was_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgument, match="serialization_format='cloudpickle'"):
        pyfunc.save(Doubling(), tmp_path / "model")
    signature = infer_signature(np.ones(2), None, {"times": 2})

    pyfunc.save(Doubling(), tmp_path / "model", serialization_format="cloudpickle", signature=signature)

    loaded = pyfunc.load(tmp_path / "model", trust=Trust(pickle=True))
    assert loaded.predict(np.ones(2)).tolist() == [2, 2]
    assert loaded.predict(np.ones(2), {"times": 3}).tolist() == [3, 3]
    assert type(loaded.unwrap_python_model()).__name__ == "Doubling"


def test_a_model_from_code_is_its_source_and_waits_at_the_same_gate(tmp_path: Path) -> None:
    source = tmp_path / "mine.py"
    source.write_text("from hito.flavors.pyfunc import set_model\nset_model(lambda data: [x + 1 for x in data])\n")

    pyfunc.save(source, tmp_path / "model")

    assert (tmp_path / "model/mine.py").read_text() == source.read_text()
    with pytest.raises(PermissionDenied, match=VARIABLE):
        pyfunc.load(tmp_path / "model")
    assert pyfunc.load(tmp_path / "model", trust=Trust(pickle=True)).predict([1, 2]) == [2, 3]


def test_predict_takes_columns_in_any_order_and_names_what_is_missing(tmp_path: Path) -> None:
    sklearn.save(FOREST, tmp_path / "model", input_example=X.head(2))
    face = pyfunc.load(tmp_path / "model")

    shuffled = X[X.columns[::-1]].assign(other="x")
    np.testing.assert_array_equal(face.predict(shuffled), FOREST.predict(X))
    with pytest.raises(InvalidArgument, match="sepal width"):
        face.predict(X.drop(columns="sepal width (cm)"))


def test_a_model_without_predict_is_saved_without_the_common_face(tmp_path: Path) -> None:
    sklearn.save(DBSCAN().fit(X), tmp_path / "model")

    assert isinstance(sklearn.load(tmp_path / "model"), DBSCAN)
    with pytest.raises(InvalidArgument, match="no flavor python_function"):
        pyfunc.load(tmp_path / "model")


def test_an_example_that_the_model_cannot_answer_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgument, match="cannot answer its input example"):
        sklearn.save(FOREST, tmp_path / "model", input_example=X.iloc[:2, :1])


def _with_pickle(folder: Path, settings: dict[str, Any]) -> Path:
    """A folder whose every file name leads to a pickle, and whose author trusts himself as loudly as he can."""
    folder.mkdir()
    (folder / "evil.pkl").write_bytes(pickle.dumps(Bomb()))
    (folder / "code").mkdir()
    loud = {"skops_trusted_types": ["builtins.eval", "test_flavors._explode"], "trust_pickle": True}
    files = dict.fromkeys(("data", "pickled_model", "python_model", "model_path", "model_data"), "evil.pkl")
    flavors = {name: {**files, **loud, **settings} for name in [*registry.names(), "pyfunc"]}
    (folder / "MLmodel").write_text(yaml.safe_dump({"flavors": flavors}))
    return folder


@pytest.mark.parametrize("name", registry.names())
@pytest.mark.parametrize("form", ["pickle", "cloudpickle", None, "skops", "joblib"])
@pytest.mark.parametrize("kind", ["lightgbm.sklearn.LGBMClassifier", "xgboost.core.Booster", "os.system"])
def test_no_flavor_opens_a_pickle_however_loudly_the_folder_asks(
    tmp_path: Path, name: str, form: str | None, kind: str
) -> None:
    for loader in pyfunc.LOADERS:
        settings = {"serialization_format": form, "model_class": kind, "loader_module": loader}
        folder = _with_pickle(tmp_path / loader, settings)

        with pytest.raises((PermissionDenied, InvalidArgument)):
            registry.flavor(name).load(folder)
        with pytest.raises((PermissionDenied, InvalidArgument)):
            pyfunc.load(folder)


def test_the_refusal_says_both_ways_to_trust_and_the_way_to_need_no_trust(tmp_path: Path) -> None:
    sklearn.save(FOREST, tmp_path / "model", serialization_format="cloudpickle")

    with pytest.raises(PermissionDenied) as caught:
        sklearn.load(tmp_path / "model")

    for part in ("trust_pickle=True", f"{VARIABLE}=1", "serialization_format='skops'"):
        assert part in caught.value.message


def test_the_environment_of_the_reader_can_trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sklearn.save(FOREST, tmp_path / "model", serialization_format="pickle")
    monkeypatch.setenv(VARIABLE, "1")

    np.testing.assert_array_equal(sklearn.load(tmp_path / "model").predict(X), FOREST.predict(X))
    with pytest.raises(PermissionDenied):
        sklearn.load(tmp_path / "model", trust=Trust(pickle=False))


def test_a_loader_module_of_the_folders_choice_is_not_imported(tmp_path: Path) -> None:
    (tmp_path / "MLmodel").write_text("flavors: {python_function: {loader_module: antigravity}}")

    with pytest.raises(InvalidArgument, match="nothing was imported"):
        pyfunc.load(tmp_path, trust=Trust(pickle=True))


def test_code_that_comes_with_a_model_is_not_on_the_path_unless_trusted(tmp_path: Path) -> None:
    import sys

    helper = tmp_path / "helper_of_mine.py"
    helper.write_text("VALUE = 1\n")
    sklearn.save(FOREST, tmp_path / "model", code_paths=[helper], input_example=X.head(1))
    before = list(sys.path)

    with pytest.raises(PermissionDenied):
        pyfunc.load(tmp_path / "model")
    assert sys.path == before
    assert isinstance(sklearn.load(tmp_path / "model"), RandomForestClassifier)


def test_the_flavor_of_a_model_is_that_of_its_library() -> None:
    import xgboost as xgb

    assert registry.flavor_of(FOREST).NAME == "sklearn"
    assert registry.flavor_of(xgb.XGBClassifier()).NAME == "xgboost"
    assert registry.flavor_of(Doubling()).NAME == "python_function"
    with pytest.raises(InvalidArgument, match="no flavor saves a int"):
        registry.flavor_of(3)
    with pytest.raises(InvalidArgument, match="no flavor 'torch'"):
        registry.flavor("torch")


def test_the_same_folder_has_the_same_digest_wherever_it_lies(tmp_path: Path) -> None:
    import shutil

    sklearn.save(FOREST, tmp_path / "model")
    shutil.copytree(tmp_path / "model", tmp_path / "copy")

    assert digest(tmp_path / "model") == digest(tmp_path / "copy")


def test_hito_flavors_import_none_of_the_libraries_until_they_are_asked(tmp_path: Path) -> None:
    import mlflow_clients as clients

    script = "import sys, hito.flavors.registry, hito.flavors.infer, hito.flavors.pyfunc, hito.core.signature\n"
    script += "print([name for name in ('numpy', 'pandas', 'sklearn', 'skops', 'xgboost') if name in sys.modules])"

    assert clients.run_alone(script, tmp_path).stdout.strip() == "[]"
