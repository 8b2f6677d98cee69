"""Servers that are down, hang or talk nonsense; disks that are full; folders that cannot be written; many processes."""

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hito.client import leftovers
from hito.client.client import TransportClient

TRAINING = """
run = client.create_run(experiment_name="faults", tags={"k": "v"})
run_id = run.info.run_id
client.log_param(run_id, "lr", 0.1)
log(run_id, 500)
client.set_tag(run_id, "done", "yes")
client.log_text(run_id, "hello", "notes/hello.txt")
client.set_terminated(run_id)
print(run_id)
"""


class BadServer:
    """Accepts connections and answers each request in one bad way."""

    def __init__(self, answer: bytes | None, port: int = 0) -> None:
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._open.append(connection)
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while connection.recv(1 << 16):
                if self._answer is not None:
                    connection.sendall(self._answer.replace(b"SELF", self.url.encode()))
                    connection.close()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            connection.close()


def answer(status: str, body: bytes, kind: str = "text/html", more: str = "") -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}Connection: close\r\n\r\n"
    )
    return head.encode() + body


WAYS: dict[str, bytes | None] = {
    "hangs": None,
    "answers 500": answer("500 Oops", b'{"error_code": "INTERNAL_ERROR", "message": "oops"}', "application/json"),
    "answers a page": answer("200 OK", b"<!doctype html><title>Sign in</title>"),
    "answers other JSON": answer("200 OK", b'{"hello": ["world"]}', "application/json"),
    "answers no JSON object": answer("200 OK", b"[1, 2]", "application/json"),
    "is in a circle": answer("307 Go", b"", more="Location: SELF/again\r\n"),
    "refuses with a proxy's page": answer("400 Bad", b"<html>no</html>"),
    "breaks off": b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf",
    "talks another protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
}


def assert_all_arrived(client: TransportClient, run_id: str, count: int = 500) -> None:
    run = client.get_run(run_id)
    assert run.info.status == "FINISHED"
    assert run.data.params == {"lr": "0.1"}
    assert run.data.tags["done"] == "yes"
    assert [point.step for point in client.get_metric_history(run_id, "m")] == list(range(count))
    assert [file.path for file in client.list_artifacts(run_id, "notes")] == ["notes/hello.txt"]


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_a_training_whose_server_is_sick_ends_well_and_is_synced_when_the_server_is(
    way: str, programs: Any, make_server: Any, tmp_path: Path
) -> None:
    sick = BadServer(WAYS[way])
    began = time.monotonic()
    ended = programs.run(TRAINING, sick.url)
    took = time.monotonic() - began
    sick.close()
    assert ended.code == 0, ended
    assert len(ended.warnings) == 1, ended
    assert took < 30, ended
    assert len(programs.waiting()) == 1
    server = make_server(folder=tmp_path / "server", port=sick.port)
    synced = programs.command("sync")
    assert synced.code == 0, synced
    assert_all_arrived(programs.client(server.url), ended.out)
    assert programs.waiting() == []


def test_a_training_without_its_server_ends_at_once_and_says_so_once(
    programs: Any, make_server: Any, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    ended = programs.run(TRAINING, f"http://127.0.0.1:{port}")
    assert ended.code == 0
    assert len(ended.warnings) == 1, ended
    shown = programs.command("status")
    assert ended.out in shown.out
    assert "waits" in shown.out
    assert programs.command("sync").code == 1
    server = make_server(folder=tmp_path / "server", port=port)
    assert programs.command("sync").code == 0
    assert_all_arrived(programs.client(server.url), ended.out)
    assert "Nothing waits" in programs.command("status").out


def kill_with_workers(server: Any) -> None:
    """kill -9, as the machine's memory guard does it; the workers first, since they would outlive the process that watches."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    server.process.kill()
    server.process.wait()
    for child in map(int, children):
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def test_a_server_that_dies_and_returns_during_a_training_misses_nothing(
    programs: Any, make_server: Any, tmp_path: Path
) -> None:
    first = make_server(folder=tmp_path / "server")
    process = programs.start(
        "run_id = client.create_run('0').info.run_id\nlog(run_id, 300); client.flush(run_id)\n"
        "print(run_id, flush=True); sys.stdin.readline()\nlog(run_id, 300, 300)\nprint(client.flush(run_id, 1.0), flush=True)\n"
        "sys.stdin.readline()\nprint(client.flush(run_id), flush=True)\nclient.set_terminated(run_id)",
        first.url,
        stdin=subprocess.PIPE,
    )
    run_id = process.stdout.readline().strip()
    kill_with_workers(first)
    process.stdin.write("\n")
    process.stdin.flush()
    assert process.stdout.readline().strip() == "False"
    port = int(first.url.rpartition(":")[2])
    again = make_server(folder=tmp_path / "server", port=port)
    out, err = process.communicate("\n", timeout=60)
    assert out.strip() == "True", err
    client = programs.client(again.url)
    assert [point.step for point in client.get_metric_history(run_id, "m")] == list(range(600))
    assert client.get_run(run_id).info.status == "FINISHED"
    assert programs.waiting() == []


def test_what_the_server_refuses_is_told_on_the_run_and_stops_nothing(programs: Any, steps: Any) -> None:
    ended = programs.run(
        "run_id = client.create_run('0').info.run_id\n"
        "client.log_param(run_id, 'lr', 1); log(run_id, 100); client.log_param(run_id, 'lr', 2); log(run_id, 100, 100)\n"
        "client.set_terminated(run_id); print(run_id)"
    )
    assert ended.code == 0, ended
    assert len(ended.warnings) == 1
    client = programs.embedded()
    run = client.get_run(ended.out)
    assert run.data.params == {"lr": "1"}
    assert steps(client, ended.out) == list(range(200))
    assert "lr" in run.data.tags["hito.refused"]
    assert run.info.status == "FINISHED"


def test_what_is_logged_to_a_deleted_run_is_set_aside_and_can_be_sent_after_its_return(
    programs: Any, steps: Any
) -> None:
    ended = programs.run(
        "run_id = client.create_run('0').info.run_id\nlog(run_id, 10); client.delete_run(run_id); log(run_id, 10, 10)\n"
        "client.flush(run_id); log(run_id, 10, 20); client.set_terminated(run_id); print(run_id)"
    )
    assert ended.code == 0, ended
    assert len(ended.warnings) == 1
    assert "is deleted" in ended.err
    client = programs.embedded()
    assert steps(client, ended.out) == list(range(10))
    assert "refused as a whole" in programs.command("status").out
    client.restore_run(ended.out)
    assert programs.command("sync", "--refused").code == 0
    assert steps(client, ended.out) == list(range(30))


# --- disks ---


def test_a_folder_that_cannot_be_written_costs_a_warning_and_nothing_else(
    programs: Any, make_server: Any, tmp_path: Path
) -> None:
    server = make_server(folder=tmp_path / "server")
    (programs.folder / "file").write_text("no folder can be made here")
    ended = programs.run(TRAINING, server.url, env={"HITO_HOME": str(programs.folder / "file" / ".hito")})
    assert ended.code == 0, ended
    assert len(ended.warnings) == 1, ended
    assert "HITO_HOME" in ended.err
    assert_all_arrived(programs.client(server.url), ended.out)


def test_a_disk_that_is_full_costs_a_warning_and_nothing_else(programs: Any, make_server: Any, tmp_path: Path) -> None:
    """A limit on the size of files refuses a write in the middle of a frame, as a full disk does."""
    server = make_server(folder=tmp_path / "server")
    limit = (
        "import resource, signal, sys\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "sys.dont_write_bytecode = True\n"  # else half a compiled module would be left for the other tests
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))\n"
    )
    ended = programs.run(limit + TRAINING.replace("500", "20000"), server.url)
    assert ended.code == 0, ended
    assert len(ended.warnings) == 1, ended
    assert_all_arrived(programs.client(server.url), ended.out, 20000)


def test_what_neither_disk_nor_memory_takes_is_counted_and_said(programs: Any) -> None:
    ended = programs.run(
        "from hito.client import writer\nwriter.MEMORY_BYTES = 10_000\n"
        "run_id = client.create_run(experiment_name='e').info.run_id\nlog(run_id, 5000)\n",
        "http://127.0.0.1:9",
        env={"HITO_HOME": "/dev/null/.hito"},
    )
    assert ended.code == 0, ended
    assert "values could be kept nowhere and are lost" in ended.err


def test_a_clock_that_is_wrong_only_makes_times_wrong(programs: Any, steps: Any) -> None:
    ended = programs.run(
        "import hito.client.runs as r\nreal = time.time_ns\n"
        "time.time_ns = lambda: -5\nrun_id = client.create_run('0').info.run_id\nlog(run_id, 10)\n"
        "time.time_ns = real\nlog(run_id, 10, 10)\nclient.set_terminated(run_id); print(run_id)"
    )
    assert ended.code == 0, ended
    assert sorted(steps(programs.embedded(), ended.out)) == list(range(20))


# --- processes ---


def left_behind(programs: Any, uri: str, runs: int = 1, count: int = 200) -> list[str]:
    """Journals of programs that died before they could send."""
    code = (
        f"from hito.client import shipper\nshipper.LINGER = 100.0\nimport os, signal\n"
        f"for _ in range({runs}):\n"
        f"    run_id = client.create_run('0').info.run_id\n    log(run_id, {count})\n    print(run_id, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = programs.run(code, uri)
    assert ended.code == -9
    return list(ended.out.split())


def test_two_processes_that_sync_one_folder_send_everything_once(programs: Any, steps: Any) -> None:
    runs = left_behind(programs, "", runs=12)
    assert len(programs.waiting()) == 12
    results: list[Any] = []
    threads = [threading.Thread(target=lambda: results.append(programs.command("sync"))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert programs.waiting() == []
    client = programs.embedded()
    for run_id in runs:
        assert steps(client, run_id) == list(range(200))
    sent = sum(int(line.split()[0]) for one in results for line in one.out.splitlines() if " runs sent" in line)
    assert sent == 12 * 200


def test_the_journal_of_a_living_process_is_left_to_it(programs: Any) -> None:
    process = programs.start(
        "from hito.client import shipper\nshipper.LINGER = 100.0\nrun_id = client.create_run('0').info.run_id\nlog(run_id, 5)\n"
        "print(run_id, flush=True); sys.stdin.readline(); client.set_terminated(run_id)",
        stdin=subprocess.PIPE,
    )
    process.stdout.readline()
    assert programs.command("sync").code == 1
    assert len(programs.waiting()) == 1
    assert "being written" in programs.command("status").out
    process.communicate("\n", timeout=30)
    assert programs.waiting() == []


def test_the_next_program_sends_what_a_dead_one_left(programs: Any, steps: Any) -> None:
    (run_id,) = left_behind(programs, "")
    ended = programs.run("run_id = client.create_run('0').info.run_id\nlog(run_id, 1)\nclient.set_terminated(run_id)")
    assert ended.code == 0, ended
    assert programs.waiting() == []
    assert steps(programs.embedded(), run_id) == list(range(200))


def test_a_read_waits_for_what_a_dead_worker_logged(programs: Any) -> None:
    ended = programs.run(
        "run_id = client.create_run('0').info.run_id\nchild = os.fork()\n"
        "if child == 0:\n    log(run_id, 50)\n    os._exit(0)\n"
        "os.waitpid(child, 0)\nprint(len(client.get_metric_history(run_id, 'm')))"
    )
    assert (ended.code, ended.out) == (0, "50"), ended


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_workers_of_every_kind_log_to_one_run(method: str, programs: Any, steps: Any) -> None:
    (programs.folder / "work.py").write_text(
        "from hito.connect import Client\n"
        "def work(run_id, start):\n"
        "    client = Client()\n"
        "    for step in range(start, start + 50): client.log_metric(run_id, 'm', step, step=step)\n"
    )
    code = (
        "import multiprocessing, work\nsys.path.insert(0, '')\n"
        "if __name__ == '__main__':\n"
        "    run_id = client.create_run('0').info.run_id\n    log(run_id, 50)\n"
        f"    context = multiprocessing.get_context({method!r})\n"
        "    workers = [context.Process(target=work.work, args=(run_id, 50 * n)) for n in (1, 2, 3)]\n"
        "    [worker.start() for worker in workers]; [worker.join() for worker in workers]\n"
        "    log(run_id, 50, 200)\n    client.set_terminated(run_id)\n    print(run_id)"
    )
    ended = programs.run(code)
    assert ended.code == 0, ended
    assert sorted(steps(programs.embedded(), ended.out)) == list(range(250))
    assert programs.waiting() == []


def test_a_forked_child_keeps_logging_to_a_run_that_began_without_a_server(
    programs: Any, make_server: Any, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    ended = programs.run(
        "run_id = client.create_run(experiment_name='e').info.run_id\nlog(run_id, 10)\nchild = os.fork()\n"
        "if child == 0:\n    log(run_id, 10, 10)\n    os._exit(0)\n"
        "os.waitpid(child, 0)\nprint(run_id)",
        f"http://127.0.0.1:{port}",
    )
    assert len(programs.waiting()) == 2
    server = make_server(folder=tmp_path / "server", port=port)
    assert programs.command("sync").code == 0
    client = programs.client(server.url)
    assert sorted(point.step for point in client.get_metric_history(ended.out, "m")) == list(range(20))


def test_threads_log_to_one_run_without_losing_a_point(programs: Any, steps: Any) -> None:
    ended = programs.run(
        "run_id = client.create_run('0').info.run_id\n"
        "threads = [threading.Thread(target=log, args=(run_id, 2000, 2000 * n)) for n in range(4)]\n"
        "[t.start() for t in threads]; [t.join() for t in threads]\nclient.set_terminated(run_id); print(run_id)"
    )
    assert ended.code == 0, ended
    assert sorted(steps(programs.embedded(), ended.out)) == list(range(8000))


def test_asyncio_is_not_held_up_by_logging(programs: Any, steps: Any) -> None:
    ended = programs.run(
        "import asyncio\nrun_id = client.create_run('0').info.run_id\n"
        "async def work(n):\n    for step in range(n * 100, n * 100 + 100):\n"
        "        client.log_metric(run_id, 'm', step, step=step)\n        await asyncio.sleep(0)\n"
        "async def main():\n    await asyncio.gather(*(work(n) for n in range(5)))\n"
        "asyncio.run(main()); client.set_terminated(run_id); print(run_id)"
    )
    assert ended.code == 0, ended
    assert sorted(steps(programs.embedded(), ended.out)) == list(range(500))


# --- damage ---


def damaged(programs: Any, change: Callable[[bytearray], None]) -> str:
    (run_id,) = left_behind(programs, "")
    (path,) = programs.waiting()
    data = bytearray(path.read_bytes())
    change(data)
    path.write_bytes(data)
    return run_id


def test_a_flipped_bit_costs_one_point_and_is_told(programs: Any, steps: Any) -> None:
    def flip(data: bytearray) -> None:
        data[len(data) // 2] ^= 0x10

    run_id = damaged(programs, flip)
    synced = programs.command("sync")
    assert synced.code == 0, synced
    assert "damaged" in synced.err
    found = steps(programs.embedded(), run_id)
    assert len(found) == 199
    assert found == sorted(found)


def test_a_torn_tail_costs_one_point(programs: Any, steps: Any) -> None:
    def cut(data: bytearray) -> None:
        del data[-3:]

    run_id = damaged(programs, cut)
    assert programs.command("sync").code == 0
    assert steps(programs.embedded(), run_id) == list(range(199))
    assert programs.waiting() == []


def test_a_journal_without_a_beginning_is_kept_and_shown(programs: Any) -> None:
    def break_header(data: bytearray) -> None:
        data[:300] = bytes(300)

    damaged(programs, break_header)
    assert programs.command("sync").code == 1
    assert len(programs.waiting()) == 1
    assert "damaged" in programs.command("status").out


def test_the_journal_of_a_newer_hito_is_kept(programs: Any) -> None:
    from hito.client import journal

    programs.journals.mkdir(parents=True)
    header = journal.Header("http://host", "a" * 32, 5, 1, version=9)
    (programs.journals / f"{'a' * 32}-00000005.log").write_bytes(journal.opening(header))
    synced = programs.command("sync")
    assert synced.code == 1
    assert "Upgrade hito" in synced.out
    assert len(programs.waiting()) == 1


def test_a_mark_that_is_lost_changes_nothing(programs: Any, steps: Any) -> None:
    (run_id,) = left_behind(programs, "")
    (path,) = programs.waiting()
    kept = path.read_bytes()
    assert programs.command("sync").code == 0
    path.write_bytes(kept)  # as if neither its removal nor its mark had reached the disk
    assert programs.command("sync").code == 0
    assert steps(programs.embedded(), run_id) == list(range(200))


def test_no_secret_is_written_to_a_journal(programs: Any) -> None:
    ended = programs.run(
        "client.create_run(experiment_name='e')",
        "http://anna:s3cret@127.0.0.1:9",
        env={"MLFLOW_TRACKING_TOKEN": "t0ken"},
    )
    assert ended.code == 0, ended
    (path,) = programs.waiting()
    data = path.read_bytes()
    for secret in (b"s3cret", b"anna", b"t0ken"):
        assert secret not in data
    assert leftovers.survey(programs.journals)[0].destination == "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def no_child_is_left() -> Iterator[None]:
    yield
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def test_logging_does_not_change_what_a_seeded_training_draws(programs: Any) -> None:
    code = "import random\nrandom.seed(7)\n{}\nprint([random.random() for _ in range(3)])"
    logs = (
        "run_id = client.create_run(experiment_name='e').info.run_id\nlog(run_id, 2000)\nclient.set_terminated(run_id)"
    )
    plain = programs.run(code.format(""))
    assert programs.run(code.format(logs)).out == plain.out
    assert programs.run(code.format(logs), "http://127.0.0.1:9").out == plain.out
