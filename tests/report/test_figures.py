"""Figures as plain data, and their drawing."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hito.report.experiment import importance, lower_is_better, progress, ranking, usual_metric
from hito.report.facts import MetricFacts, RunFacts
from hito.report.figure import Axis, Boxes, Dots, Figure, Line, ramp
from hito.report.figures.beeswarm import beeswarm
from hito.report.figures.rows import waterfall
from hito.report.scale import extent, nice_step, ticks
from hito.report.svg import draw
from hito.report.voice import Voice

VOICE = Voice("en")


@given(st.floats(-1e12, 1e12), st.floats(1e-9, 1e12), st.integers(1, 12))
def test_ticks_are_round_rise_and_stay_inside(low, span, about):
    high = low + span
    found = [at for at, _ in ticks(low, high, VOICE.tick, about)]
    assert found == sorted(found)
    assert len(found) <= about + 1
    room = abs(span) * 1e-6 + max(abs(low), abs(high)) * 1e-9
    assert all(low - room <= at <= high + room for at in found)


@given(st.floats(1e-12, 1e12))
def test_a_step_is_one_two_or_five_of_a_power_of_ten(rough):
    step = nice_step(rough)
    assert rough * 0.99 <= step <= 5.01 * rough
    assert f"{step:e}"[0] in "1259"


@given(st.lists(st.one_of(st.none(), st.floats(allow_nan=False)), max_size=40))
def test_a_ramp_rises_with_the_values(values):
    tones = ramp(values)
    known = sorted(
        (value, int(tone[1]))
        for value, tone in zip(values, tones, strict=True)
        if value is not None and tone != "faint"
    )
    assert [tone for _, tone in known] == sorted(tone for _, tone in known)


def test_equal_dots_and_boxes_are_one_path():
    unit = Axis(low=0, high=1)
    marks = (Dots(x=[0.1] * 500, y=[0.2] * 500), Boxes(x0=[0] * 9, x1=[1] * 9, y0=[0] * 9, y1=[1] * 9))
    drawn = draw(Figure(title="", alt="a", x=unit, y=unit, marks=marks))
    assert drawn.count("<path") == 3  # and the axis
    assert len(drawn) < 10_000


def test_a_gap_interrupts_a_line():
    unit = Axis(low=0, high=3, bar=False)
    drawn = draw(Figure(title="", alt="a", x=unit, y=unit, marks=(Line(x=[0, 1, 2, 3], y=[0, 1, None, 2]),)))
    assert re.search(r' d="M[^"]*L[^"]*M[^"]*"', drawn)


def test_a_waterfall_runs_from_the_base_to_the_answer(cancer):
    shap = cancer.explanation.shap
    for one in shap.waterfalls:
        boxes = next(mark for mark in waterfall(cancer.explanation, shap, one, VOICE).marks if isinstance(mark, Boxes))
        assert boxes.x0[0] == pytest.approx(one.base)
        assert boxes.x1[-1] == pytest.approx(one.answer, abs=1e-4)
        assert list(boxes.x0[1:]) == list(boxes.x1[:-1])


def test_a_bee_swarm_keeps_every_dot_at_its_value_and_in_its_line(cancer):
    shap = cancer.explanation.shap
    drawn = beeswarm(cancer.explanation, shap, 0, VOICE)
    dots = next(mark for mark in drawn.marks if isinstance(mark, Dots))
    count = len(shap.rows)
    first = max(range(len(shap.importance[0])), key=lambda at: shap.importance[0][at])
    assert list(dots.x[:count]) == shap.values[0][first][:count]
    assert all(row <= y <= row + 1 for row in range(12) for y in dots.y[row * count : (row + 1) * count])


def run(number: int, value: float | None, metric: str = "accuracy", **params: str) -> RunFacts:
    metrics = () if value is None else (MetricFacts(metric, value),)
    return RunFacts(run_id=f"{number:032x}", run_name=f"r{number}", begun=number, params=params, metrics=metrics)


def test_runs_are_ranked_by_what_is_better_and_those_without_a_value_are_left_out():
    runs = [run(1, 0.3), run(2, None), run(3, 0.9), run(4, float("nan"))]
    assert [one.run_name for one, _ in ranking(runs, "accuracy")] == ["r3", "r1"]
    losses = [run(1, 0.3, "val_loss"), run(3, 0.9, "val_loss")]
    assert [one.run_name for one, _ in ranking(losses, "val_loss")] == ["r1", "r3"]
    assert lower_is_better("rmse")
    assert not lower_is_better("neg_log_loss")
    assert usual_metric([run(1, 0.3), run(2, 0.1, "zeal"), run(3, 0.1, "zeal")]) == "zeal"


def test_progress_tells_what_each_better_run_changed():
    runs = [run(3, 0.9, depth="4", lr="1"), run(1, 0.5, depth="2"), run(2, 0.4, depth="3")]
    assert [(one.run.run_name, one.before, one.changes) for one in progress(runs, "accuracy")] == [
        ("r1", None, ()),
        ("r3", 0.5, (("depth", "2", "4"), ("lr", "–", "1"))),
    ]


def test_the_parameter_that_drives_the_metric_matters_most_and_a_name_for_each_run_does_not():
    runs = [run(at, 0.1 * (at % 3), depth=str(at % 3), name=f"n{at}", odd="ab"[at % 2]) for at in range(24)]
    found = dict(importance(runs, "accuracy"))
    assert found["depth"] == pytest.approx(1.0)
    assert "name" not in found
    assert found["odd"] < 0.2
    assert importance(runs[:5], "accuracy") == []


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=5), st.booleans(), st.sampled_from([0, 0.04]))
def test_a_range_is_never_empty_and_holds_all_that_can_be_drawn(values, zero, pad):
    low, high = extent([value for value in values if abs(value) < 1e300 or value != value], zero=zero, pad=pad)
    assert low < high
    assert all(low <= value <= high for value in values if abs(value) < 1e300)
