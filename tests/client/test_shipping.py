"""The shipper among several runs and servers, against transports that are honest members of the Protocol, in memory."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from hito.client import shipper as shipping
from hito.client.client import TransportClient
from hito.client.entities import Metric
from hito.client.http import HttpTransport
from hito.client.shipper import Shipper
from hito.client.writer import Writer
from hito.core.artifacts import FileInfo
from hito.core.errors import HitoError, InvalidArgument, Unauthenticated, Unavailable
from hito.wire import runs as wire


class MemoryTransport:
    """A server in memory. `trouble(run_id)` may raise what the server would."""

    def __init__(self, destination: str = "http://memory") -> None:
        self.destination = destination
        self.steps: dict[str, list[int]] = defaultdict(list)
        self.calls: list[tuple[float, str]] = []
        self.trouble: Callable[[str], None] = lambda run_id: None

    def call(self, endpoint: Any, message: Any, *, timeout: float | None = None, patient: bool = True) -> Any:
        self.calls.append((time.monotonic(), message.run_id))
        self.trouble(message.run_id)
        if endpoint is wire.LOG_BATCH:
            known = self.steps[message.run_id]
            known += [one.step for one in message.metrics if one.step not in known]
        return {"run": {"info": {"lifecycle_stage": "active"}}} if endpoint is wire.GET_RUN else {}

    def takes_run_ids(self) -> bool:
        return True

    def upload(self, root: str, path: str, chunks: Iterable[bytes], size: int) -> None:
        raise InvalidArgument("no files here")

    def download(self, root: str, path: str) -> AbstractContextManager[Iterator[bytes]]:
        raise InvalidArgument("no files here")

    def list_files(self, root: str, path: str) -> list[FileInfo]:
        return []

    def close(self) -> None:
        pass


@pytest.fixture
def server() -> MemoryTransport:
    return MemoryTransport()


@pytest.fixture
def shipper(server: MemoryTransport) -> Shipper:
    made = Shipper()
    made.add(server)
    return made


@pytest.fixture
def writer(shipper: Shipper, server: MemoryTransport, tmp_path: Path) -> Callable[[str], Writer]:
    return lambda run_id: Writer(tmp_path / "journal", server.destination, run_id, shipper.wake)


def log(writer: Writer, count: int, start: int = 0) -> None:
    for step in range(start, start + count):
        writer.metric("m", 0.5, step, 1)


def failing(error: HitoError) -> Callable[[str], None]:
    def trouble(run_id: str) -> None:
        raise error

    return trouble


def journals(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "journal").glob("*.log"))


def test_what_is_logged_is_gathered_into_few_requests(
    shipper: Shipper, server: MemoryTransport, writer: Callable[[str], Writer]
) -> None:
    run = writer("a" * 32)
    log(run, 3000)
    assert shipper.flush([run], 10.0)
    assert server.steps["a" * 32] == list(range(3000))
    assert len(server.calls) <= 12


def test_a_run_that_its_server_cannot_digest_does_not_hold_up_another(
    shipper: Shipper, server: MemoryTransport, writer: Callable[[str], Writer]
) -> None:
    def trouble(run_id: str) -> None:
        if run_id == "b" * 32:
            raise Unavailable("this run makes the server fail")

    server.trouble = trouble
    sick, well = writer("b" * 32), writer("a" * 32)
    log(sick, 10)
    assert not shipper.flush([sick], 1.0, polite=True)
    log(well, 10)
    assert shipper.flush([well], 10.0)
    assert server.steps["a" * 32] == list(range(10))


def test_a_missing_secret_loses_nothing(
    shipper: Shipper, server: MemoryTransport, writer: Callable[[str], Writer]
) -> None:
    server.trouble = failing(Unauthenticated("who are you?"))
    run = writer("a" * 32)
    log(run, 10)
    assert not shipper.flush([run], 5.0, polite=True)
    server.trouble = lambda run_id: None
    assert shipper.flush([run], 10.0)
    assert server.steps["a" * 32] == list(range(10))


def test_nobody_waits_twice_for_a_server_that_does_not_answer(
    shipper: Shipper, server: MemoryTransport, writer: Callable[[str], Writer]
) -> None:
    hanging = threading.Event()
    server.trouble = lambda run_id: hanging.wait(30) and None  # type: ignore[func-returns-value]
    first, second = writer("a" * 32), writer("b" * 32)
    log(first, 1)
    assert not shipper.flush([first], 0.3, polite=True)
    log(second, 1)
    began = time.monotonic()
    assert not shipper.flush([second], 20.0, polite=True)
    assert time.monotonic() - began < 5.0
    hanging.set()
    assert shipper.flush([first, second], 10.0)


def test_a_server_that_does_not_answer_is_not_asked_again_and_again(
    shipper: Shipper, server: MemoryTransport, writer: Callable[[str], Writer]
) -> None:
    server.trouble = failing(Unavailable("down"))
    runs = [writer(letter * 32) for letter in "abcdef"]
    for run in runs:
        log(run, 5)
    assert not shipper.flush(runs, 2.0)
    assert len(server.calls) < 20


def test_a_large_journal_makes_way_when_all_of_it_is_sent(
    shipper: Shipper, writer: Callable[[str], Writer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipping, "LARGE_BYTES", 1000)
    run = writer("a" * 32)
    log(run, 100)
    assert shipper.flush([run], 10.0)
    deadline = time.monotonic() + 10
    while journals(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert journals(tmp_path) == []
    log(run, 1, 100)
    assert len(journals(tmp_path)) == 1
    assert shipper.flush([run], 10.0)


def test_an_end_removes_what_is_sent_and_keeps_what_is_not(
    shipper: Shipper, server: MemoryTransport, writer: Callable[[str], Writer], tmp_path: Path, capsys: Any
) -> None:
    def trouble(run_id: str) -> None:
        if run_id == "b" * 32:
            raise Unavailable("not now")

    server.trouble = trouble
    for letter in "ab":
        log(writer(letter * 32), 5)
    shipper.close(5.0)
    assert [path.name[0] for path in journals(tmp_path)] == ["b"]
    assert "1 run could not be sent yet (not now)" in capsys.readouterr().err


def test_memory_is_used_once_and_the_disk_again_when_it_takes(
    shipper: Shipper,
    server: MemoryTransport,
    writer: Callable[[str], Writer],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from hito.client import writer as writing

    monkeypatch.setattr(writing, "_TRY_DISK_EVERY", 0.0)
    (tmp_path / "journal").write_text("no folder")
    run = writer("a" * 32)
    log(run, 50)
    assert shipper.flush([run], 10.0)
    (tmp_path / "journal").unlink()
    log(run, 50, 50)
    assert len(journals(tmp_path)) == 1
    assert shipper.flush([run], 10.0)
    assert server.steps["a" * 32] == list(range(100))


def test_files_go_straight_to_a_folder_that_the_server_does_not_serve(make_server: Any, tmp_path: Path) -> None:
    server = make_server(
        "--no-serve-artifacts", "--default-artifact-root", str(tmp_path / "store"), folder=tmp_path / "s"
    )
    client = TransportClient(HttpTransport(server.url), folder=tmp_path / "journal")
    run = client.create_run(client.create_experiment("direct"))
    client.log_text(run.info.run_id, "hello", "a/b.txt")
    assert Path(run.info.artifact_uri.removeprefix("file://"), "a", "b.txt").read_text() == "hello"
    assert [file.path for file in client.list_artifacts(run.info.run_id, "a")] == ["a/b.txt"]
    assert Path(client.download_artifacts(run.info.run_id, "a/b.txt", tmp_path / "back")).read_text() == "hello"
    client.log_batch(run.info.run_id, [Metric("m", 1.0, 0)], synchronous=True)
    client.close()
