"""What is peculiar to folders on disk: links, rights, what a killed process leaves behind."""

import os
import stat
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hito.artifacts.local import LocalStore
from hito.artifacts.store import walk
from hito.core.artifacts import RESERVED_PREFIX, SafePath
from hito.core.errors import InvalidArgument, NotFound, Unavailable

ROOT = SafePath.root()
FILE = SafePath.parse("0/run/file")


def names(store: LocalStore, folder: SafePath = ROOT) -> list[str]:
    return [file.path for file in store.list_folder(folder).files]


def bytes_of(store: LocalStore, path: str) -> bytes:
    with store.read(SafePath.parse(path)) as content:
        return b"".join(content)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file outside of the store."""
    file = tmp_path / "outside" / "secret"
    file.parent.mkdir()
    file.write_text("secret")
    return file


@pytest.fixture
def linked(local: LocalStore, secret: Path) -> LocalStore:
    """A store in which somebody with an account on the machine has made links that lead out."""
    local.write(SafePath.parse("a/real"), [b"inside"])
    (Path(local.root) / "a" / "file").symlink_to(secret)
    (Path(local.root) / "a" / "folder").symlink_to(secret.parent)
    (Path(local.root) / "a" / "relative").symlink_to("../../outside")
    (Path(local.root) / "a" / "broken").symlink_to("nowhere")
    (Path(local.root) / "a" / "circle").symlink_to("circle")
    return local


@pytest.mark.parametrize("path", ["a/file", "a/folder/secret", "a/relative/secret", "a/folder", "a/folder/missing"])
def test_a01_a_link_that_leaves_the_root_is_not_read(linked: LocalStore, path: str) -> None:
    for use in (linked.read, linked.stat, linked.list_folder):
        with pytest.raises(InvalidArgument, match="leads out"):
            use(SafePath.parse(path))


def test_a01_a_link_tells_nothing_of_what_lies_behind_it(linked: LocalStore) -> None:
    messages = set()
    for path in ("a/folder/secret", "a/folder/other6"):
        with pytest.raises(InvalidArgument) as refused:
            linked.read(SafePath.parse(path))
        messages.add(refused.value.message.replace(path, "…"))
    assert len(messages) == 1


@pytest.mark.parametrize("path", ["a/folder/new", "a/relative/secret"])
def test_a11_nothing_is_written_through_a_link_that_leaves_the_root(
    linked: LocalStore, secret: Path, path: str
) -> None:
    with pytest.raises(InvalidArgument, match="leads out"):
        linked.write(SafePath.parse(path), [b"evil"])
    assert sorted(file.name for file in secret.parent.iterdir()) == ["secret"]
    assert secret.read_text() == "secret"


def test_a12_a_write_to_a_link_replaces_the_link_and_not_its_target(linked: LocalStore, secret: Path) -> None:
    linked.write(SafePath.parse("a/file"), [b"mine"])
    assert secret.read_text() == "secret"
    assert bytes_of(linked, "a/file") == b"mine"


@pytest.mark.parametrize("path", ["a/file", "a/folder", "a/relative", "a/broken", "a/circle", "a"])
def test_a06_deleting_a_link_or_a_folder_of_links_spares_what_they_lead_to(
    linked: LocalStore, secret: Path, path: str
) -> None:
    linked.delete(SafePath.parse(path))
    assert secret.read_text() == "secret"
    assert not os.path.lexists(Path(linked.root) / path)


@pytest.mark.parametrize("path", ["a/folder/secret", "a/relative/secret"])
def test_a06_nothing_behind_a_link_is_deleted(linked: LocalStore, secret: Path, path: str) -> None:
    with pytest.raises(InvalidArgument, match="leads out"):
        linked.delete(SafePath.parse(path))
    assert secret.exists()


def test_links_that_lead_out_or_nowhere_are_not_listed(linked: LocalStore) -> None:
    assert names(linked, SafePath.parse("a")) == ["real"]
    assert [str(path) for path, _ in walk(linked, ROOT)] == ["a/real"]


def test_a_link_inside_the_root_is_followed(local: LocalStore) -> None:
    local.write(SafePath.parse("v1/model"), [b"one"])
    (Path(local.root) / "latest").symlink_to("v1")
    assert bytes_of(local, "latest/model") == b"one"
    assert [(file.path, file.is_dir) for file in local.list_folder(ROOT).files] == [("latest", True), ("v1", True)]


def test_the_root_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "artifacts").symlink_to("disk")
    store = LocalStore(tmp_path / "artifacts")
    store.write(FILE, [b"1"])
    assert (tmp_path / "disk" / "0" / "run" / "file").read_bytes() == b"1"


def test_a_pipe_or_a_socket_is_no_artifact(local: LocalStore) -> None:
    local.write(FILE, [b"1"])
    os.mkfifo(Path(local.root) / "0" / "run" / "pipe")
    assert names(local, FILE.parent) == ["file"]
    with pytest.raises(NotFound):
        local.read(SafePath.parse("0/run/pipe"))


def test_names_that_nobody_could_ask_for_are_not_listed(local: LocalStore) -> None:
    local.write(FILE, [b"1"])
    folder = Path(local.root) / "0" / "run"
    for name in (b"\xff\xfe", b"new\nline", b"back\\slash", b"a#b", f"{RESERVED_PREFIX}left".encode()):
        (Path(os.fsdecode(bytes(folder) + b"/" + name))).write_bytes(b"1")
    assert names(local, FILE.parent) == ["file"]


def test_a46_folders_and_files_are_for_their_owner_alone(local: LocalStore) -> None:
    before = os.umask(0)
    try:
        local.write(FILE, [b"1"])
    finally:
        os.umask(before)
    for below, mode in (("", 0o700), ("0", 0o700), ("0/run", 0o700), ("0/run/file", 0o600)):
        assert stat.S_IMODE((Path(local.root) / below).stat().st_mode) == mode


def test_a_store_for_a_group_leaves_the_rights_to_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        LocalStore(tmp_path / "artifacts", private=False).write(FILE, [b"1"])
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "artifacts/0/run").stat().st_mode) == 0o750
    assert stat.S_IMODE((tmp_path / "artifacts/0/run/file").stat().st_mode) == 0o640


def test_an_upload_that_was_killed_is_never_seen_and_is_swept_away(local: LocalStore, python: str) -> None:
    local.write(FILE, [b"old"])
    program = f"""
import os, signal
from hito.artifacts.local import LocalStore
from hito.core.artifacts import SafePath
def chunks():
    yield b"half of the new"
    os.kill(os.getpid(), signal.SIGKILL)
    yield b"bytes"
LocalStore({local.root!r}).write(SafePath.parse({str(FILE)!r}), chunks())
"""
    subprocess.run([python, "-c", program], check=False, timeout=30)
    folder = Path(local.root) / "0" / "run"
    left = [file for file in folder.iterdir() if file.name.startswith(RESERVED_PREFIX)]
    assert len(left) == 1
    assert bytes_of(local, str(FILE)) == b"old"
    assert names(local, FILE.parent) == ["file"]
    assert local.sweep(before=left[0].stat().st_mtime) == 0
    assert local.sweep(before=time.time() + 60) == 1
    assert sorted(file.name for file in folder.iterdir()) == ["file"]


def test_a_failed_upload_leaves_no_temporary_file(local: LocalStore) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"half"
        raise TimeoutError

    with pytest.raises(TimeoutError):
        local.write(FILE, chunks())
    assert list((Path(local.root) / "0" / "run").iterdir()) == []


def test_a_reader_keeps_the_file_that_it_opened(local: LocalStore) -> None:
    local.write(FILE, [b"old" * 1_000_000])
    with local.read(FILE) as content:
        pieces = iter(content)
        first = next(pieces)
        local.write(FILE, [b"new"])
        assert first + b"".join(pieces) == b"old" * 1_000_000
    assert bytes_of(local, str(FILE)) == b"new"


def test_writers_and_a_deleter_of_one_folder_never_see_a_fault_of_ours(local: LocalStore) -> None:
    stop = threading.Event()
    faults: list[BaseException] = []

    def write(number: int) -> None:
        while not stop.is_set():
            try:
                local.write(SafePath.parse(f"a/b/{number}"), [b"x" * 100])
            except Unavailable:
                pass  # "the folder was deleted while it was written": the client sends it again
            except BaseException as fault:
                faults.append(fault)
                return

    threads = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(30):
            local.delete(SafePath.parse("a"))
    finally:
        stop.set()
        for thread in threads:
            thread.join(10)
    assert faults == []


def test_a_store_that_cannot_write_says_so_and_not_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InvalidArgument) as refused:
        LocalStore(tmp_path / "file").write(FILE, [b"1"])
    assert str(tmp_path) not in refused.value.message


def test_a_path_that_is_too_long_for_this_root_is_refused(local: LocalStore) -> None:
    path = SafePath.parse("/".join(["x" * 255] * 16))
    with pytest.raises(InvalidArgument, match="too long"):
        local.write(path, [b"1"])


def test_a_durable_write_is_the_same_to_the_eye(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "artifacts")
    store.write(FILE, [b"1"])
    assert bytes_of(store, str(FILE)) == b"1"
    store.delete(FILE.parent)
    assert names(store, SafePath.parse("0")) == []


def test_no_descriptor_stays_open(local: LocalStore) -> None:
    local.write(FILE, [b"1" * 2_000_000])
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(20):
        local.read(FILE).close()
        with local.read(FILE) as content:
            next(iter(content))
        local.list_folder(FILE.parent)
        with pytest.raises(InvalidArgument):
            local.read(FILE.parent)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
