"""kill -9, a hundred times: every call that returned is in the store, once, in order."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

KILLS = 100

# One process starts all the others by fork, since a fresh interpreter takes longer than most of them live. The children
# tell of every call that returned by a byte in a pipe; what is in the pipe when they are killed has been returned.
_FORKER = """
import json, os, random, signal, sys, time
from hito.connect import Client
import hito.api.catalogue
uri, kills, seed = sys.argv[1] or None, int(sys.argv[2]), int(sys.argv[3])
random.seed(seed)
told = []
for number in range(kills):
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        client = Client(uri)
        run_id = client.create_run("0").info.run_id
        os.write(into, run_id.encode())
        step = 0
        while True:
            client.log_metric(run_id, "m", step * 0.5, step=step)
            os.write(into, b".")
            step += 1
            if step % 50 == 0:
                time.sleep(0.001)
    os.close(into)
    first = os.read(out, 32)
    time.sleep(random.expovariate(1 / 0.03))
    os.set_blocking(out, False)
    count = 0
    def drain():
        global count
        while True:
            try: piece = os.read(out, 1 << 16)
            except BlockingIOError: return
            if not piece: return
            count += len(piece)
    drain()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.set_blocking(out, True)
    drain()
    os.close(out)
    told.append((first.decode(), count))
print(json.dumps(told))
"""


@pytest.mark.slow
@pytest.mark.parametrize("way", ["embedded", "http"])
def test_every_call_that_returned_is_in_the_store_after_a_hundred_kills(
    way: str, programs: Any, make_server: Any, tmp_path: Path
) -> None:
    uri = ""
    if way == "http":
        uri = make_server(folder=tmp_path / "server").url
    done = subprocess.run(
        [sys.executable, "-c", _FORKER, uri, str(KILLS), "7"],
        cwd=programs.folder, env=programs.environment(), capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    told = json.loads(done.stdout)
    synced = programs.command("sync")
    assert synced.code == 0, synced
    assert programs.waiting() == []
    client = programs.client(uri) if uri else programs.embedded()
    killed_in_the_middle = 0
    for run_id, returned in told:
        points = sorted(client.get_metric_history(run_id, "m"), key=lambda point: point.step)
        assert [point.step for point in points] == list(range(len(points))), run_id
        assert [point.value for point in points] == [step * 0.5 for step in range(len(points))]
        # A call may have been written and not have returned when the signal came.
        assert returned <= len(points) <= returned + 1
        killed_in_the_middle += returned > 0
    assert killed_in_the_middle > KILLS // 2
    print(f"{KILLS} kills, {sum(count for _, count in told)} calls returned, all of them stored once")
