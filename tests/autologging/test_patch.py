"""Wrapping and unwrapping: nobody but us may see a difference."""

import copy
import inspect
import pickle
import sys
import threading
import types
from typing import Any

from sklearn import metrics
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.ensemble._forest import BaseForest
from sklearn.metrics._classification import f1_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

import hito
from hito.autologging import imports
from hito.autologging.patch import Patches


class Base:
    def grow(self, by: int = 1) -> int:
        """Grow."""
        return by


class Child(Base):
    pass


def doubled(original: Any, args: Any, named: Any) -> Any:
    return 2 * original(*args, **named)


def test_a_wrapped_method_is_called_by_subclasses_and_comes_back_exactly() -> None:
    before = Base.__dict__["grow"]
    patches = Patches()
    assert patches.method(Base, "grow", doubled)
    assert not patches.method(Base, "grow", doubled)
    assert not patches.method(Child, "grow", doubled)
    assert Child().grow(by=3) == 6
    assert str(inspect.signature(Base.grow)) == "(self, by: int = 1) -> int"
    assert Base.grow.__doc__ == "Grow."
    patches.undo()
    patches.undo()
    assert Base.__dict__["grow"] is before


def test_autolog_twice_and_off_leaves_the_libraries_as_they_were() -> None:
    kinds = [BaseForest, Pipeline, StandardScaler]
    before = [dict(vars(kind)) for kind in kinds]
    functions = {name: getattr(metrics, name) for name in metrics.__all__}
    finders = list(sys.meta_path)
    hito.autolog()
    hito.autolog()
    assert BaseForest.fit is not before[0]["fit"]
    hito.autolog(disable=True)
    assert [dict(vars(kind)) for kind in kinds] == before
    assert {name: getattr(metrics, name) for name in metrics.__all__} == functions
    assert sys.meta_path == finders


def test_a_condition_for_a_method_is_kept() -> None:
    hito.sklearn.autolog()
    assert not hasattr(make_pipeline(StandardScaler()), "predict")
    assert hasattr(make_pipeline(RandomForestClassifier()), "predict")


def test_functions_imported_before_and_scorers_can_be_pickled_and_copied() -> None:
    original = f1_score
    hito.sklearn.autolog()
    assert f1_score is not original
    assert metrics.f1_score is f1_score
    assert str(inspect.signature(f1_score)) == str(inspect.signature(original))
    assert pickle.loads(pickle.dumps(f1_score)) is original
    assert copy.deepcopy(f1_score) is original
    for scorer in (metrics.get_scorer("f1"), metrics.make_scorer(f1_score)):
        assert pickle.loads(pickle.dumps(scorer))._score_func is original


def test_estimators_are_pickled_and_cloned_as_ever() -> None:
    plain = pickle.dumps(RandomForestClassifier(3))
    hito.sklearn.autolog()
    assert pickle.dumps(RandomForestClassifier(3)) == plain
    assert clone(RandomForestClassifier(3)).get_params() == RandomForestClassifier(3).get_params()


def test_what_is_imported_later_is_patched_when_its_code_has_run(tmp_path: Any, monkeypatch: Any) -> None:
    package = tmp_path / "late_package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "inner.py").write_text("value = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    seen: list[str] = []
    imports.watch("test", "late_package", lambda module: seen.append(f"{module.__name__} {hasattr(module, 'value')}"))
    try:
        import late_package.inner  # noqa: F401
    finally:
        imports.forget("test", "late_package")
        for name in ("late_package", "late_package.inner"):
            sys.modules.pop(name, None)
    assert seen == ["late_package False", "late_package.inner True"]


def test_an_import_never_fails_because_of_what_watches_it(tmp_path: Any, monkeypatch: Any) -> None:
    (tmp_path / "late_module.py").write_text("value = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))

    def broken(module: types.ModuleType) -> None:
        raise RuntimeError("no")

    imports.watch("test", "late_module", broken)
    try:
        import late_module

        assert late_module.value == 1
    finally:
        imports.forget("test", "late_module")
        sys.modules.pop("late_module", None)


def test_threads_that_patch_and_undo_at_once_end_with_the_original() -> None:
    before = Base.__dict__["grow"]
    patches = Patches()

    def churn() -> None:
        for _ in range(200):
            patches.method(Base, "grow", doubled)
            patches.undo()

    threads = [threading.Thread(target=churn) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Base.__dict__["grow"] is before
