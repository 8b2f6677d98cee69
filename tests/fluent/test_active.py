"""Which run is active: in threads, tasks, forks, workers and notebook cells."""

import asyncio
import contextvars
import multiprocessing
import socket
import subprocess
import threading
import time
import types
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import hito
from hito.fluent import active


def _in_thread(function: Any) -> Any:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(function()))
    thread.start()
    thread.join()
    return found[0]


def test_each_thread_has_its_own_run(tracking: str) -> None:
    def one(number: int) -> tuple[str, str]:
        with hito.start_run() as run:
            hito.log_param("number", number)
            return run.info.run_id, str(number)

    with ThreadPoolExecutor(4) as pool:
        for run_id, number in pool.map(one, range(8)):
            assert hito.get_run(run_id).data.params == {"number": number}


def test_a_thread_does_not_see_the_run_of_another(tracking: str) -> None:
    with hito.start_run():
        assert _in_thread(hito.active_run) is None


def test_a_thread_without_a_run_logs_to_the_one_that_was_started(tracking: str) -> None:
    with hito.start_run() as run, ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda step: hito.log_metric("x", step, step=step), range(5)))
    assert hito.get_run(run.info.run_id).data.metrics == {"x": 4.0}
    assert len(hito.search_runs(output_format="list")) == 1


def test_tasks_do_not_see_the_runs_of_their_siblings(tracking: str) -> None:
    async def one(number: int) -> str:
        with hito.start_run(nested=True) as run:
            await asyncio.sleep(0.01)
            hito.log_param("number", number)
            await asyncio.sleep(0.01)
            assert hito.active_run() is run
            return run.info.run_id

    async def all_of_them() -> list[str]:
        with hito.start_run():
            return await asyncio.gather(*(one(number) for number in range(4)))

    for number, run_id in enumerate(asyncio.run(all_of_them())):
        found = hito.get_run(run_id)
        assert found.data.params == {"number": str(number)}
        assert "mlflow.parentRunId" in found.data.tags


def _logs_in_child() -> None:
    hito.log_metric("from_child", 1)
    hito.end_run()  # the run is the parent's to end


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork.*:DeprecationWarning")
def test_a_forked_process_logs_to_its_parents_run(tracking: str) -> None:
    with hito.start_run() as run:
        hito.log_metric("before", 1)
        child = multiprocessing.get_context("fork").Process(target=_logs_in_child)
        child.start()
        child.join(30)
        assert child.exitcode == 0
        assert hito.get_run(run.info.run_id).info.status == "RUNNING"
        hito.log_metric("after", 1)
    assert set(hito.get_run(run.info.run_id).data.metrics) == {"before", "from_child", "after"}


def test_a_worker_process_logs_by_the_runs_id(tracking: str) -> None:
    joblib = pytest.importorskip("joblib")

    def work(run_id: str, step: int) -> None:  # in here, so that it travels by value: workers cannot import a test
        import hito

        hito.log_metric("worked", step, step=step, run_id=run_id)

    with hito.start_run() as run:
        run_id = run.info.run_id
        with joblib.parallel_config(backend="loky", n_jobs=2):
            joblib.Parallel()(joblib.delayed(work)(run_id, step) for step in range(4))
    deadline = time.monotonic() + 20  # the workers live on, and ship what they logged in their own time
    while len(hito.MlflowClient().get_metric_history(run_id, "worked")) < 4:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    joblib.externals.loky.get_reusable_executor().shutdown()  # they would keep this test's tracking URI


def test_a_joblib_thread_logs_to_the_run(tracking: str) -> None:
    joblib = pytest.importorskip("joblib")
    with hito.start_run() as run, joblib.parallel_config(backend="threading", n_jobs=2):
        joblib.Parallel()(joblib.delayed(hito.log_metric)("x", step, step) for step in range(4))
    assert hito.get_run(run.info.run_id).data.metrics == {"x": 3.0}


def test_a_notebooks_cells_go_on_with_the_run(tracking: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel runs every cell in a task of its own, and says so to whoever registered for `pre_run_cell`."""
    before: list[Any] = []
    events = types.SimpleNamespace(register=lambda name, function: before.append(function))
    shell = types.SimpleNamespace(events=events, user_ns={"In": ["", "import hito"]})
    monkeypatch.setitem(__import__("sys").modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setattr(active, "_cells", active._Cells())

    async def kernel() -> str:
        async def cell(code: Any) -> Any:
            for function in before:
                function(None)
            found = code()
            return await found if asyncio.iscoroutine(found) else found

        def run(code: Any) -> Any:
            return asyncio.get_running_loop().create_task(cell(code), context=contextvars.Context())

        async def children() -> None:
            async def child() -> None:
                with hito.start_run(nested=True):
                    await asyncio.sleep(0.01)

            await asyncio.gather(child(), child())

        begun = await run(hito.start_run)
        await run(lambda: hito.log_metric("x", 1))
        await run(children)
        assert await run(hito.active_run) is begun
        await run(hito.end_run)
        assert await run(hito.active_run) is None
        return str(begun.info.run_id)

    found = hito.get_run(asyncio.run(kernel()))
    assert (found.info.status, found.data.metrics) == ("FINISHED", {"x": 1.0})
    assert found.data.tags["mlflow.source.type"] == "NOTEBOOK"


@pytest.mark.parametrize(("ending", "status"), [("", "FINISHED"), ("raise SystemError('no')", "FAILED")])
def test_a_program_that_ends_ends_its_runs(
    ending: str, status: str, tmp_path: Path, python_env: dict[str, str]
) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        f"import hito\nprint('hello')\nhito.start_run(run_name='left')\nhito.log_metric('x', 1)\nprint('inside')\n{ending}\n"
    )
    done = subprocess.run(
        [python_env["PYTHON"], script], env=python_env, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == (1 if ending else 0), done.stderr
    run = hito.search_runs(output_format="list", search_all_experiments=True)[0]
    assert (run.info.run_name, run.info.status, run.data.metrics) == ("left", status, {"x": 1.0})
    uri = f"runs:/{run.info.run_id}"
    assert "inside" in hito.artifacts.load_text(f"{uri}/console.txt")
    assert "msgspec==" in hito.artifacts.load_text(f"{uri}/requirements.txt")
    assert {one.path for one in hito.artifacts.list_artifacts(f"{uri}/hito")} >= {"hito/environment.json"}


WITHOUT_SERVER = """
import hito
hito.set_experiment("later")
with hito.start_run(run_name="offline") as run:
    hito.log_param("p", 1)
    hito.log_metric("x", 1)
    hito.log_text("t", "t.txt")
print(run.info.run_id)
"""


def test_an_unanswering_server_does_not_stop_a_script(
    tmp_path: Path, python_env: dict[str, str], make_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    env = {**python_env, "HITO_TRACKING_URI": f"http://127.0.0.1:{port}"}
    command = [python_env["PYTHON"], "-c", WITHOUT_SERVER]
    done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "hito sync" in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 4
    assert list((tmp_path / ".hito" / "journal").iterdir())

    make_server(port=port)
    synced = [python_env["PYTHON"], "-m", "hito.cli.main", "sync"]
    subprocess.run(synced, env=env, cwd=tmp_path, capture_output=True, timeout=60, check=True)
    hito.set_tracking_uri(env["HITO_TRACKING_URI"])
    found = hito.get_run(done.stdout.strip())
    assert (found.info.run_name, found.info.status, found.data.metrics) == ("offline", "FINISHED", {"x": 1.0})
    assert hito.get_experiment(found.info.experiment_id).name == "later"
    assert hito.artifacts.load_text(f"runs:/{found.info.run_id}/t.txt") == "t"
    assert hito.artifacts.load_dict(f"runs:/{found.info.run_id}/hito/environment.json")
