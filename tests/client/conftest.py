"""Programs as people write them, run as real processes in a folder of their own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hito.client.client import TransportClient
from hito.client.http import HttpTransport
from hito.client.transport import Transport
from hito.connect import EmbeddedTransport

SOURCE = Path(__file__).resolve().parents[2] / "src"


class Programs:
    """Starts Python programs with `client` connected to one URI, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._opened: list[TransportClient] = []

    @property
    def journals(self) -> Path:
        return self.folder / ".hito" / "journal"

    def waiting(self) -> list[Path]:
        """Journals that are there."""
        return sorted(self.journals.glob("*.log")) if self.journals.exists() else []

    def environment(self, **more: str) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("HITO_", "MLFLOW_"))}
        return {**kept, "PYTHONPATH": str(SOURCE), **more}

    def start(self, code: str, uri: str = "", **options: Any) -> subprocess.Popen[str]:
        """Start a program; `client` is there, and `log(run_id, count)` logs steps 0 … count-1 of "m"."""
        begin = (
            "import os, sys, time, threading\n"
            "from hito.connect import Client\n"
            f"client = Client({uri or None!r})\n"
            "def log(run_id, count, start=0):\n"
            "    for step in range(start, start + count): client.log_metric(run_id, 'm', step, step=step)\n"
        )
        environment = self.environment(**options.pop("env", {}))
        return subprocess.Popen(
            [sys.executable, "-c", begin + code],
            cwd=self.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options,
        )  # fmt: skip

    def run(self, code: str, uri: str = "", **options: Any) -> "Ended":
        """Run a program to its end."""
        process = self.start(code, uri, **options)
        out, err = process.communicate(timeout=90)
        return Ended(process.returncode, out.strip(), err)

    def command(self, *arguments: str) -> "Ended":
        """Run `hito …` here."""
        done = subprocess.run(
            [sys.executable, "-m", "hito.cli.main", *arguments],
            cwd=self.folder, env=self.environment(), capture_output=True, text=True, timeout=90, check=False,
        )  # fmt: skip
        return Ended(done.returncode, done.stdout.strip(), done.stderr)

    def client(self, url: str) -> TransportClient:
        """A client of a server, to look with."""
        return self._looking(HttpTransport(url))

    def embedded(self) -> TransportClient:
        """A client of the store in this folder, to look with."""
        return self._looking(EmbeddedTransport(f"sqlite:///{self.folder / '.hito' / 'hito.db'}"))

    def _looking(self, transport: Transport) -> TransportClient:
        self._opened.append(TransportClient(transport, folder=self.folder / "look"))
        return self._opened[-1]

    def close(self) -> None:
        for client in self._opened:
            client.close()


class Ended:
    """A process that has ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def warnings(self) -> list[str]:
        """What the journal's part of hito said, without the sentence at the end about what is left."""
        return [
            line for line in self.err.splitlines() if line.startswith("hito:") and "`hito sync` sends them" not in line
        ]

    def __repr__(self) -> str:
        return f"<ended with {self.code}>\n{self.out}\n{self.err}"


@pytest.fixture
def programs(tmp_path: Path) -> Iterator[Programs]:
    (tmp_path / ".hito").mkdir()
    made = Programs(tmp_path)
    yield made
    made.close()


@pytest.fixture
def steps() -> Callable[[TransportClient, str], list[int]]:
    """The steps of "m" in a run, in the order of the history."""

    def read(client: TransportClient, run_id: str) -> list[int]:
        return [point.step for point in client.get_metric_history(run_id, "m")]

    return read
