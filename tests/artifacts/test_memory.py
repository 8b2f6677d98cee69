"""Memory does not grow with a file: 256 MB up and down, in a process of its own."""

import json
import os
import subprocess
from pathlib import Path

import pytest

PROGRAM = """
import json, os, sys, time
from pathlib import Path
from hito.artifacts.uri import open_destination
from hito.core.artifacts import SafePath

def peak():
    # Not getrusage: its maximum is that of the process before exec, too, which was a copy of pytest.
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024

MEGABYTES = 256
piece = os.urandom(1 << 20)
store = open_destination(sys.argv[1])
path = SafePath.parse("folder/large.bin")
# What libraries and connections take once is not what a file takes.
store.write(SafePath.parse("folder/small"), [piece])
with store.read(SafePath.parse("folder/small")) as content:
    assert sum(map(len, content)) == 1 << 20
before = peak()
started = time.monotonic()
store.write(path, (piece for _ in range(MEGABYTES)), size=MEGABYTES << 20)
up = peak() - before
uploaded = time.monotonic()
with store.read(path) as content:
    largest = total = 0
    for chunk in content:
        total += len(chunk)
        largest = max(largest, len(chunk))
down = peak() - before
print(json.dumps({"up": up, "down": down, "total": total, "largest": largest,
    "seconds": [uploaded - started, time.monotonic() - uploaded]}))
"""


@pytest.mark.parametrize("kind", ["local", "s3"])
def test_memory_stays_flat_while_256_mb_go_up_and_down(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, python: str
) -> None:
    environment, destination = dict(os.environ), str(tmp_path / "artifacts")
    if kind == "s3":
        environment |= request.getfixturevalue("s3_environment")
        destination = "s3://artifacts/memory"
    done = subprocess.run(
        [python, "-c", PROGRAM, destination], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["total"] == 256 << 20
    assert seen["up"] < 30, seen
    assert seen["down"] < 30, seen
    assert seen["largest"] <= 2 << 20
