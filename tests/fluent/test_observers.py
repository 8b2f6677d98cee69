"""What goes along with a run: console, system metrics, provenance."""

import contextlib
import json
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import hito
from hito.fluent import console, provenance, system


def test_the_console_of_a_run_is_kept(tracking: str, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setenv("HITO_CONSOLE", "1")
    before = sys.stdout
    print("before")
    with hito.start_run() as run:
        print("out")
        print("error", file=sys.stderr)
        assert sys.stdout.isatty() is before.isatty()
    assert sys.stdout is before
    print("after")
    assert hito.artifacts.load_text(f"runs:/{run.info.run_id}/console.txt") == "out\nerror\n"
    assert capsys.readouterr().out == "before\nout\nafter\n"


def test_of_a_long_console_the_end_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "MAX_CHARACTERS", 100)
    tail = console.Tail()
    for number in range(1000):
        tail.add(f"line {number}\n")
    text = tail.text()
    assert text.endswith("line 998\nline 999\n")
    assert text.startswith("… ")
    assert len(text) < 200


def test_a_run_that_prints_nothing_has_no_console(tracking: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HITO_CONSOLE", "1")
    with hito.start_run() as run:
        pass
    assert hito.artifacts.list_artifacts(run_id=run.info.run_id) == []


def test_the_machine_is_watched_when_it_is_asked_for(tracking: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("psutil")
    monkeypatch.setenv("HITO_SYSTEM_METRICS_SAMPLING_INTERVAL", "0.05")
    monkeypatch.setenv("HITO_SYSTEM_METRICS_NODE_ID", "box")
    with hito.start_run(log_system_metrics=True) as run:
        time.sleep(0.4)
    metrics = hito.get_run(run.info.run_id).data.metrics
    assert metrics["system/box/system_memory_usage_megabytes"] > 0
    assert {name.rpartition("/")[2] for name in metrics} >= {
        "cpu_utilization_percentage", "disk_usage_percentage", "network_receive_megabytes",
    }  # fmt: skip
    steps = [
        one.step for one in hito.MlflowClient().get_metric_history(run.info.run_id, "system/box/disk_usage_percentage")
    ]
    with hito.start_run(run_id=run.info.run_id, log_system_metrics=True):
        time.sleep(0.3)
    later = [
        one.step for one in hito.MlflowClient().get_metric_history(run.info.run_id, "system/box/disk_usage_percentage")
    ]
    assert sorted(later) == list(range(len(later)))
    assert len(later) > len(steps)


def test_system_metrics_are_switched_on_for_all_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HITO_ENABLE_SYSTEM_METRICS_LOGGING", "")
    hito.enable_system_metrics_logging()
    assert system.setting("ENABLE_SYSTEM_METRICS_LOGGING") == "true"
    hito.disable_system_metrics_logging()
    assert system.setting("ENABLE_SYSTEM_METRICS_LOGGING") == "false"


def test_where_a_run_comes_from_is_recorded(tracking: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HITO_CAPTURE", "1")
    began = time.perf_counter()
    with hito.start_run() as run:
        pass
    assert time.perf_counter() - began < 1.0
    assert provenance.wait(30)
    uri = f"runs:/{run.info.run_id}"
    described = hito.artifacts.load_dict(f"{uri}/hito/environment.json")
    assert described["python"]["version"] == ".".join(map(str, sys.version_info[:3]))
    assert "msgspec" in described["distributions"]
    assert "msgspec==" in hito.artifacts.load_text(f"{uri}/requirements.txt")
    assert hito.get_run(run.info.run_id).data.tags["hito.python"] == described["python"]["version"]
    json.dumps(described)


def test_a_failure_to_record_never_reaches_the_program(
    tracking: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from hito.reproduce import capture

    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setenv("HITO_CAPTURE", "1")
    monkeypatch.setenv("HITO_CONSOLE", "1")
    monkeypatch.setattr(capture, "gather", broken)
    monkeypatch.setattr(console, "listen", broken)
    with hito.start_run() as run:
        hito.log_metric("x", 1)
    assert provenance.wait(30)
    assert hito.get_run(run.info.run_id).data.metrics == {"x": 1.0}


def test_a_run_beats_while_it_is_active(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from hito.fluent import heartbeat

    with hito.start_run(experiment_id="0") as run:
        assert heartbeat.beat_once() == 1
    assert heartbeat.beat_once() == 0
    query = "SELECT heartbeat_time, heartbeat_every, uuid FROM runs"
    with contextlib.closing(sqlite3.connect(tmp_path / ".hito" / "hito.db")) as store:
        ((beaten, every, uuid),) = store.execute(query).fetchall()
    assert (every, uuid) == (30_000, run.info.run_id)
    assert abs(beaten - time.time() * 1000) < 60_000


def test_a_beat_reaches_a_server(hito_server: Any) -> None:
    from hito.fluent import heartbeat

    hito.set_tracking_uri(hito_server.url)
    with hito.start_run(experiment_id="0"):
        assert heartbeat.beat_once() == 1
