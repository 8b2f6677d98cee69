"""What a verdict says: how far is far, what is left out, and which reason comes first."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hito.reproduce.compare import difference
from hito.reproduce.past import Past
from hito.reproduce.verdict import DIFFERS, SAME, UNKNOWN, Tolerance, candidates, close, unequal, verdict

A, B = "a" * 32, "b" * 32


class Curves:
    """A `Reader` of curves alone."""

    def __init__(self, curves):
        self.curves = curves

    def curve(self, run_id, key):
        return self.curves.get(key, [])


def judged(old: Past, new: Past, of_old=None, of_new=None, tolerance=Tolerance(), ignore=()):  # noqa: B008
    return verdict(
        old, new, difference(old, new), Curves(of_old or {}), Curves(of_new or {}), tolerance=tolerance,
        scratch=None, predictions=None, ignore=ignore,
    )  # fmt: skip


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(0, 0.1))
def test_close_is_symmetric_and_holds_for_a_number_and_itself(x, relative):
    assert close(x, x, relative)
    assert close(x, -x, relative) == close(-x, x, relative)


def test_no_number_and_infinities_equal_themselves_alone():
    assert close(math.nan, math.nan, 0)
    assert close(math.inf, math.inf, 0)
    assert not close(math.inf, -math.inf, 1)
    assert not close(math.nan, 1.0, 1)
    assert not close(0.0, 1e-300, 1e-9)


@pytest.mark.parametrize(
    ("tolerance", "answer"), [(Tolerance(), DIFFERS), (Tolerance(1e-3), SAME), (Tolerance(named={"lo*": 1e-3}), SAME)]
)
def test_a_tolerance_is_for_all_metrics_or_for_some(tolerance, answer):
    found = judged(Past(run_id=A, metrics={"loss": 1.0}), Past(run_id=B, metrics={"loss": 1.0001}), tolerance=tolerance)
    assert found.answer == answer


def test_equal_ends_of_different_curves_differ():
    old, new = Past(run_id=A, metrics={"loss": 1.0}), Past(run_id=B, metrics={"loss": 1.0})
    found = judged(old, new, {"loss": [(0, 2.0), (1, 1.0)]}, {"loss": [(0, 3.0), (1, 1.0)]})
    assert (found.answer, found.rows[0].note) == (DIFFERS, "the curves part at step 0: 2.0 then, 3.0 now")


def test_times_and_what_is_to_be_ignored_decide_nothing():
    old = Past(run_id=A, metrics={"fit_seconds": 1.0, "system/cpu": 1.0, "noise": 1.0, "auc": 0.5})
    new = Past(run_id=B, metrics={"fit_seconds": 2.0, "system/cpu": 2.0, "noise": 2.0, "auc": 0.5})
    assert judged(old, new, ignore=("noi*",)).answer == SAME
    nothing = judged(Past(run_id=A, metrics={"fit_seconds": 1.0}), Past(run_id=B, metrics={"fit_seconds": 2.0}))
    assert (nothing.answer, nothing.candidates) == (UNKNOWN, ())


def test_what_is_there_on_one_side_alone_differs():
    found = judged(Past(run_id=A, params={"depth": "1"}), Past(run_id=B, metrics={"loss": 1.0}))
    assert [(row.name, row.passed) for row in found.rows] == [("depth", False), ("loss", False)]


def test_changed_versions_come_before_absent_packages_and_what_both_had_is_no_reason():
    had = {"distributions": {"apsw": "3", "xgboost": "3.2", "beta": "1"}}
    have = {"distributions": {"apsw": "3", "xgboost": "2.1", "alpha": "1"}}
    old = Past(run_id=A, requirements="apsw==3\nbeta==1\nxgboost==3.2\n", params={"seed": "7"}, environment=had)
    new = Past(run_id=B, requirements="xgboost==2.1\nalpha==1\n", params={"seed": "7"}, environment=have)
    assert candidates(old, new, difference(old, new))[:-1] == (
        "package: xgboost 3.2 then, 2.1 now", "package: alpha absent then, 1 now", "package: beta 1 then, absent now",
    )  # fmt: skip


def test_a_missing_seed_and_an_open_number_of_threads_are_named():
    found = candidates(Past(run_id=A), Past(run_id=B), difference(Past(run_id=A), Past(run_id=B)))
    assert [one.partition(":")[0] for one in found] == ["seed", "threads"]


def test_json_is_compared_but_for_rounding_and_times():
    a = {"auc": 0.5, "when": [1, {"timestamp": 1}], "name": "x"}
    assert unequal(a, {"auc": 0.5 + 1e-12, "when": [1, {"timestamp": 2}], "name": "x"}, 1e-9) is None
    assert unequal(a, {**a, "when": [1, {"other": 1}]}, 1e-9) == "$.when[1].other"
    assert unequal([1, 2], [1], 0) == "$ (2 items then, 1 now)"
    assert unequal({"a": True}, {"a": 1.5}, 0) == "$.a"
