"""What a store does when something around it breaks: power, disk, permissions, another process, the server."""

import contextlib
import ctypes
import os
import random
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import apsw
import pytest

from hito.core.errors import HitoError, PermissionDenied, Unavailable
from hito.store.database import Database, Tx
from hito.store.open import open_database
from hito.store.sqlite import SqliteDatabase

PUT = "INSERT INTO counters (name, value) VALUES (?, ?)"
GET = "SELECT value FROM counters WHERE name = ?"
NOBODY = 65534

WRITER = """
import os, sys, threading
from hito.store.open import open_database

database, prefix = open_database(sys.argv[1]), sys.argv[2]

def write(thread):
    for number in range(1_000_000):
        name = f"{prefix}-{thread}-{number}"
        def work(tx):
            tx.run("INSERT INTO counters (name, value) VALUES (?, ?)", (name, number))
            tx.run("UPDATE counters SET value = value + 1 WHERE name = 'sum'")
        database.write(work)
        os.write(1, f"{name}\\n".encode())  # acknowledged: whole lines, at once

for thread in range(4):
    threading.Thread(target=write, args=(thread,)).start()
"""


def put(name: str, value: int = 1) -> Callable[[Tx], None]:
    def work(tx: Tx) -> None:
        tx.run(PUT, (name, value))

    return work


def value_of(database: Database, name: str) -> int | None:
    row = database.read(lambda tx: tx.one(GET, (name,)))
    return row[0] if row else None


def acknowledged_before_kill(process: "subprocess.Popen[str]", lines: int) -> set[str]:
    """What a writer said was written, until it is killed after some lines."""
    assert process.stdout is not None
    seen = [process.stdout.readline() for _ in range(lines)]
    process.kill()
    seen += process.stdout.readlines()
    return {line.strip() for line in seen if line.endswith("\n")}


def everything_is_there(uri: str, acknowledged: set[str]) -> None:
    database = open_database(uri)
    rows = dict(database.read(lambda tx: tx.all("SELECT name, value FROM counters")))
    assert database.check() == []
    assert acknowledged <= rows.keys()
    assert rows["sum"] == sum(1 for name in rows if "-" in name), "a transaction is there whole or not at all"
    database.write(lambda tx: tx.run("UPDATE counters SET value = value WHERE name = 'sum'"))
    database.close()


def start_sum(uri: str) -> None:
    database = open_database(uri)
    database.write(put("sum", 0))
    database.close()


# --- kill -9 ---------------------------------------------------------------------------------------------------------


def test_every_acknowledged_write_survives_kill_9(store_uri: str, run_python: Any) -> None:
    start_sum(store_uri)
    acknowledged: set[str] = set()
    dice = random.Random(7)

    for attempt in range(6):
        writer = run_python(WRITER, store_uri, str(attempt))
        acknowledged |= acknowledged_before_kill(writer, dice.randint(1, 200))
        everything_is_there(store_uri, acknowledged)


def test_two_processes_write_and_one_is_killed(store_uri: str, run_python: Any) -> None:
    start_sum(store_uri)
    one, two = run_python(WRITER, store_uri, "one"), run_python(WRITER, store_uri, "two")

    acknowledged = acknowledged_before_kill(one, 50)
    acknowledged |= acknowledged_before_kill(two, 50)  # goes on after the other's death

    everything_is_there(store_uri, acknowledged)


def test_every_acknowledged_write_survives_a_crash_of_postgres(make_postgres: Any, run_python: Any) -> None:
    server = make_postgres(durable=True)
    uri = server.database()
    start_sum(uri)
    writer = run_python(WRITER, uri, "w")
    seen = {writer.stdout.readline().strip() for _ in range(100)}

    server.stop(signal.SIGQUIT)  # at once, without writing anything down
    seen |= acknowledged_before_kill(writer, 0)
    server.start()

    everything_is_there(uri, seen)


# --- another process -------------------------------------------------------------------------------------------------


def test_a_write_waits_for_another_process_and_reads_do_not(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "hito.db")
    database.write(put("before"))
    other = apsw.Connection(str(tmp_path / "hito.db"))
    other.execute("BEGIN IMMEDIATE")

    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(database.write, put("after"))
        assert value_of(database, "before") == 1
        assert not waiting.done()
        other.execute("ROLLBACK")
        waiting.result(30)

    other.close()
    assert value_of(database, "after") == 1
    database.close()


def test_a_write_that_waited_too_long_says_that_the_store_is_locked(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "hito.db", busy_ms=50)
    other = apsw.Connection(str(tmp_path / "hito.db"))
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(Unavailable, match="locked by another process"):
        database.write(put("n"))

    other.close()
    database.write(put("n"))
    assert value_of(database, "n") == 1
    database.close()


# --- disk full -------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MiB. Only root can mount one."""
    libc = ctypes.CDLL(None, use_errno=True)
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or libc.mount(b"tmpfs", bytes(folder), b"tmpfs", 0, b"size=4m"):
        pytest.skip("Only root can mount a small disk, and some containers do not let it.")
    yield folder
    libc.umount2(bytes(folder), 2)


def write_for_ever(database: Database, work: Callable[[Tx], None]) -> None:
    while True:
        database.write(work)


def test_a_full_disk_is_told_and_reads_go_on_and_nothing_is_half_written(small_disk: Path) -> None:
    uri = f"sqlite:///{small_disk / 'hito.db'}"
    database = open_database(uri)
    ballast = small_disk / "ballast"
    database.write(put("sum", 0))

    def fill(tx: Tx) -> None:
        tx.run("UPDATE counters SET value = value + 1 WHERE name = 'sum'")
        row = tx.one(GET, ("sum",))
        assert row is not None
        tx.run("INSERT INTO meta (name, value) VALUES (?, ?)", (f"fill {row[0]}", "x" * 100_000))

    ballast.write_bytes(b"x" * 1_000_000)
    with pytest.raises(Unavailable, match="is full"):
        write_for_ever(database, fill)

    written = value_of(database, "sum")
    count = "SELECT count(*) FROM meta WHERE name LIKE 'fill %'"
    assert written
    assert database.read(lambda tx: tx.one(count)) == (written,)
    with pytest.raises(Unavailable, match="is full"):
        database.write(fill)

    ballast.unlink()  # somebody made room
    database.write(fill)
    assert value_of(database, "sum") == written + 1
    assert database.check() == []
    database.close()
    again = open_database(uri)
    assert again.read(lambda tx: tx.one(count)) == (written + 1,)
    again.close()


FILLER = """
import resource, sys
sys.dont_write_bytecode = True  # else half a compiled module would be left for the other tests
from hito.core.errors import Unavailable
from hito.store.open import open_database

database = open_database(sys.argv[1])
database.write(lambda tx: tx.run("INSERT INTO counters (name, value) VALUES ('sum', 0)"))
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
done = 0
try:
    while True:
        def fill(tx):
            tx.run("INSERT INTO meta (name, value) VALUES (?, ?)", (f"fill {done}", "x" * 100_000))
        database.write(fill)
        done += 1
except Unavailable as error:
    print(error.message)
print(done, database.read(lambda tx: tx.one("SELECT count(*) FROM meta WHERE name LIKE 'fill %'"))[0], database.check())
"""


def test_a_file_that_may_not_grow_is_told_and_reads_go_on(tmp_path: Path, run_python: Any) -> None:
    process = run_python(FILLER, f"sqlite:///{tmp_path / 'hito.db'}")
    output, errors = process.communicate(timeout=60)

    message, counts = output.splitlines()
    done, found, damage = counts.split(maxsplit=2)
    assert message.startswith("The disk that holds the store")
    assert int(done) == int(found) > 5
    assert damage == "[]", errors


# --- no write access -------------------------------------------------------------------------------------------------


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder that other users can reach; pytest's own are closed to them."""
    with tempfile.TemporaryDirectory(prefix="hito-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        for path in (Path(folder), *Path(folder).rglob("*")):
            path.chmod(0o755)


@contextlib.contextmanager
def without_rights() -> Iterator[None]:
    """Root may write anywhere; what permissions mean is seen by somebody else."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def freeze(folder: Path) -> None:
    for path in folder.iterdir():
        path.chmod(0o444)
    folder.chmod(0o555)


def test_a_store_without_write_access_is_read_and_says_so_when_written(shared_folder: Path) -> None:
    uri = f"sqlite:///{shared_folder / 'hito.db'}"
    database = open_database(uri)
    database.write(put("n", 7))
    database.close()
    freeze(shared_folder)

    with without_rights():
        database = open_database(uri)
        assert value_of(database, "n") == 7
        with pytest.raises(PermissionDenied, match="read-only"):
            database.write(put("m"))
        assert database.check() == []
        assert value_of(database, "m") is None
        database.close()

    assert [path.name for path in shared_folder.iterdir()] == ["hito.db"]


def test_a_reader_without_write_access_sees_what_a_running_writer_commits(shared_folder: Path) -> None:
    uri = f"sqlite:///{shared_folder / 'hito.db'}"
    writer = open_database(uri)
    writer.write(put("n", 7))
    freeze(shared_folder)

    with without_rights():
        reader = open_database(uri)
        assert value_of(reader, "n") == 7
    writer.write(lambda tx: tx.run("UPDATE counters SET value = 8 WHERE name = 'n'"))
    with without_rights():
        assert value_of(reader, "n") == 8
        reader.close()
    writer.close()


def test_a_log_that_never_came_into_the_file_is_not_passed_over(shared_folder: Path) -> None:
    uri = f"sqlite:///{shared_folder / 'copy.db'}"
    writer = open_database(f"sqlite:///{shared_folder / 'hito.db'}")
    writer.write(put("n", 7))
    for end in ("", "-wal"):  # as after a crash, and a copy that forgot nothing but the -shm
        shutil.copy(shared_folder / f"hito.db{end}", shared_folder / f"copy.db{end}")
    writer.close()
    freeze(shared_folder)

    with without_rights(), pytest.raises(Unavailable, match="was not closed"):
        open_database(uri)


def test_a_store_that_cannot_be_made_is_told(shared_folder: Path) -> None:
    freeze(shared_folder)

    with without_rights(), pytest.raises(HitoError, match=r"cannot be|gives errors|read-only"):
        open_database(f"sqlite:///{shared_folder / 'hito.db'}")
    with without_rights(), pytest.raises(Unavailable, match="cannot be made"):
        open_database(f"sqlite:///{shared_folder / 'sub' / 'hito.db'}")


def test_a_folder_is_not_taken_for_a_store(tmp_path: Path) -> None:
    with pytest.raises(HitoError, match="is a folder"):
        open_database(f"sqlite:///{tmp_path}")


def test_a_role_that_may_only_read_reads_and_is_told_when_it_writes(postgres: Any) -> None:
    uri = postgres.database()
    owner = open_database(uri)
    owner.write(put("n", 7))
    for sql in (
        "DO $$ BEGIN CREATE ROLE reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader",
    ):
        owner.write(lambda tx, sql=sql: tx.run(sql))

    reader = open_database(uri.replace("postgres@", "reader@"))
    assert value_of(reader, "n") == 7
    with pytest.raises(PermissionDenied, match="read-only"):
        reader.write(put("m"))

    assert value_of(reader, "m") is None
    reader.close()
    owner.close()
    postgres.drop(uri)


# --- connections to PostgreSQL ---------------------------------------------------------------------------------------

END_OTHERS = (
    "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def test_work_goes_on_over_new_connections_when_the_old_ones_were_ended(postgres: Any) -> None:
    uri = postgres.database()
    database, administrator = open_database(uri), open_database(uri)
    database.write(put("n", 1))

    for turn in range(3):
        assert value_of(database, "n") == 1
        assert administrator.read(lambda tx: tx.one(END_OTHERS)) > (0,)
        database.write(put(f"after {turn}"))
        assert administrator.read(lambda tx: tx.one(END_OTHERS)) > (0,)

    assert value_of(database, "after 2") == 1
    database.close()
    administrator.close()
    postgres.drop(uri)


def test_work_whose_connection_ends_in_the_middle_is_done_once(postgres: Any) -> None:
    uri = postgres.database()
    database, administrator = open_database(uri), open_database(uri)
    tries = []

    def work(tx: Tx) -> None:
        tx.run(PUT, (f"try {len(tries)}", 1))
        tx.one(GET, ("n",))
        tries.append(1)
        if len(tries) == 1:
            administrator.read(lambda tx: tx.one(END_OTHERS))

    database.write(work)

    assert len(tries) == 2
    assert [value_of(database, f"try {number}") for number in (0, 1)] == [None, 1]
    database.close()
    administrator.close()
    postgres.drop(uri)


def test_a_server_that_is_down_is_told_at_once_and_used_again_when_it_is_up(make_postgres: Any) -> None:
    server = make_postgres()
    database = open_database(server.database())
    database.write(put("n", 1))
    server.stop()

    began = time.monotonic()
    with pytest.raises(Unavailable, match="cannot be reached"):
        database.write(put("m"))
    with pytest.raises(Unavailable, match="cannot be reached"):
        value_of(database, "n")
    assert time.monotonic() - began < 10

    server.start()
    database.write(put("m"))
    assert [value_of(database, name) for name in ("n", "m")] == [1, 1]
    database.close()


def test_a_server_without_a_free_connection_is_told(make_postgres: Any) -> None:
    server = make_postgres()
    uri = server.database()
    server.execute("ALTER ROLE postgres CONNECTION LIMIT 1")
    server.execute("CREATE ROLE few LOGIN CONNECTION LIMIT 1 SUPERUSER")
    server.execute("ALTER ROLE few NOSUPERUSER")
    server.execute("GRANT ALL ON SCHEMA public TO few")
    owner = open_database(uri)
    owner.write(lambda tx: tx.run("GRANT ALL ON ALL TABLES IN SCHEMA public TO few"))
    database = open_database(uri.replace("postgres@", "few@"))
    database.write(put("n", 1))  # the one connection is the writer's

    with pytest.raises(Unavailable):
        value_of(database, "n")

    database.write(put("m", 1))
    database.close()
    owner.close()


# --- the log of SQLite -----------------------------------------------------------------------------------------------


def test_the_log_beside_the_file_does_not_grow_for_ever(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "hito.db")
    log = tmp_path / "hito.db-wal"
    text = "x" * 500_000

    for number in range(120):  # 60 MB
        database.write(
            lambda tx, number=number: tx.run("INSERT INTO meta (name, value) VALUES (?, ?)", (f"n{number}", text))
        )

    assert log.stat().st_size < 40_000_000
    assert database.check() == []
    database.close()
    assert not log.exists(), "closing leaves one file"


def test_a_reader_that_stays_holds_back_no_write(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "hito.db")
    database.write(put("n", 1))
    stay, entered = threading.Event(), threading.Event()
    text = "x" * 500_000

    def reading(tx: Tx) -> Any:
        first = tx.one(GET, ("n",))
        entered.set()
        stay.wait(60)
        return first, tx.one(GET, ("n",))

    with ThreadPoolExecutor(1) as threads:
        reader = threads.submit(database.read, reading)
        entered.wait(30)
        database.write(lambda tx: tx.run("UPDATE counters SET value = 2 WHERE name = 'n'"))
        for number in range(40):
            database.write(
                lambda tx, number=number: tx.run("INSERT INTO meta (name, value) VALUES (?, ?)", (f"n{number}", text))
            )
        stay.set()
        assert reader.result() == ((1,), (1,))

    assert value_of(database, "n") == 2
    database.close()
