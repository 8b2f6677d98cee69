"""A tracking server of hito on this machine, for as long as a program needs one.

    `hito reproduce`   one with a store of its own, in which the program can do what it likes
    `hito run`         one in front of the embedded store, for projects whose programs speak to MLflow's servers alone

It listens on this machine only, and ends with the block that asked for it.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hito.client.folder import NAME, home_folder
from hito.connect import ARTIFACTS, STORE, connect
from hito.core.errors import Unavailable

_SECONDS = 30.0


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve the store in a folder, which is made; the server's address."""
    folder.mkdir(parents=True, exist_ok=True)
    with _server(f"sqlite:///{folder / STORE}", folder) as address:
        yield address


@contextmanager
def reachable(uri: str) -> Iterator[str]:
    """An address of http at which the store is that a tracking URI names: its own, else that of a server made for it."""
    if uri.startswith(("http://", "https://")):
        yield uri
        return
    known = connect(uri).destination
    embedded = known.startswith("sqlite:///")
    file = Path(known.removeprefix("sqlite:///"))
    beside = embedded and (file.name == STORE or file.parent.name == NAME)
    with _server(known if embedded else uri, file.parent if beside else home_folder()) as address:
        yield address


@contextmanager
def _server(store: str, folder: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("HITO_", "MLFLOW_"))}
    command = [
        sys.executable, "-m", "hito.cli.main", "server", "--port", str(port),
        "--backend-store-uri", store, "--artifacts-destination", str(folder / ARTIFACTS),
    ]  # fmt: skip
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(  # noqa: S603
            command, cwd=folder if folder.is_dir() else None, env=variables, stdin=subprocess.DEVNULL, stdout=log,
            stderr=log, start_new_session=True,
        )  # fmt: skip
        address = f"http://127.0.0.1:{port}"
        try:
            if not _answers(address, process):
                log.seek(0)
                said = log.read().decode("utf-8", "replace")
                raise Unavailable(f"the server for the program did not start: {said[-500:]}")
            yield address
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _answers(address: str, process: "subprocess.Popen[bytes]") -> bool:
    began = time.monotonic()
    while time.monotonic() - began < _SECONDS and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=1):  # noqa: S310  an address of ours
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    return False
