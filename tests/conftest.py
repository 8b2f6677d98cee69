"""What all tests share: a PostgreSQL of our own, an empty store in either database, and running servers.

    database        a fresh store, once in SQLite and once in PostgreSQL
    store_uri       the URI of such a store, not opened
    postgres        the PostgreSQL server behind it; `postgres.database()` gives the URI of one more empty store
    hito_server     one server for the whole session, over SQLite
    make_postgres   PostgreSQL servers that a test may stop and kill
    run_python      Python code in a process of its own
    make_server     starts servers with the flags a test needs

Every process is ended by its id when its fixture ends, and ends with us if we are killed. Nothing is shared between
the workers of pytest-xdist: each has its own PostgreSQL and its own servers.
"""

import contextlib
import fcntl
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest

from hito.store.database import Database
from hito.store.open import open_database

SOURCE = Path(__file__).resolve().parent.parent / "src"
STARTUP_SECONDS = 60
"""A fresh machine compiles bytecode first; a server that is not up then has hung."""


# --- PostgreSQL ------------------------------------------------------------------------------------------------------


class Postgres:
    """A PostgreSQL server in a temporary folder, reached by a Unix socket in that folder.

    A socket needs no free port, so any number of these can run beside each other and beside an installed PostgreSQL.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self.binaries = _binaries()
        # A short path: a socket's may have 107 bytes. In memory, if there is room: a database is copied for every test.
        in_memory = not durable and Path("/dev/shm").is_dir() and shutil.disk_usage("/dev/shm").free > 4 * 2**30
        self.folder = Path(tempfile.mkdtemp(prefix="hito-pg-", dir="/dev/shm" if in_memory else "/tmp"))
        self.log = self.folder / "log"
        self._names = itertools.count()
        self._settings = [] if durable else ["-c", "fsync=off", "-c", "full_page_writes=off"]
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._as_server_user = _unprivileged(self.folder)
            initdb = [str(self.binaries / "initdb"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]
            made = subprocess.run(
                [*self._as_server_user, *initdb, "--no-sync", "-D", str(self.folder / "data")],
                capture_output=True, text=True, check=False, cwd="/",
            )  # fmt: skip
            if made.returncode:
                _missing(f"initdb failed: {made.stderr.strip()}")
            self.start()
            self.execute("CREATE DATABASE hito_empty")
            open_database(self.uri("hito_empty")).close()
        except BaseException:
            self.close()
            raise

    def uri(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def database(self) -> str:
        """The URI of a fresh store that holds nothing. A copy of a template: about 25 ms."""
        name = f"hito_{next(self._names)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE hito_empty")
        return self.uri(name)

    def blank(self) -> str:
        """The URI of a fresh database without even a schema."""
        name = f"blank_{next(self._names)}"
        self.execute(f"CREATE DATABASE {name}")
        return self.uri(name)

    def drop(self, uri: str) -> None:
        name = uri.rpartition("?")[0].rpartition("/")[2]
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def execute(self, sql: str) -> None:
        """Run one statement as the owner of the cluster."""
        import psycopg

        with psycopg.connect(self.uri("postgres"), autocommit=True) as connection:
            connection.execute(sql)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start, and return when it answers."""
        import psycopg

        command = [str(self.binaries / "postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder)]
        settings = ["-c", "listen_addresses=", "-c", "max_connections=60", "-c", "shared_buffers=64MB", *self._settings]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self._as_server_user, *command, *settings], stdout=log, stderr=log, cwd="/"
            )
        deadline = time.monotonic() + STARTUP_SECONDS
        while True:
            try:
                psycopg.connect(self.uri("postgres")).close()
                return
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    _missing(f"PostgreSQL does not start: {self.log.read_text('utf-8')[-2000:]}")
                time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT: disconnect everybody and stop. SIGQUIT: at once, as in a crash; recovery runs at the next start."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait(30)

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def _missing(reason: str) -> NoReturn:
    """Without PostgreSQL half of the store is untested: on a laptop that is a skip, in CI a failure."""
    if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
        pytest.fail(f"CI must test PostgreSQL, but {reason}", pytrace=False)
    pytest.skip(reason)


def _binaries() -> Path:
    """The folder with `initdb` and `postgres`; installed by apt-get when it is missing and we are root."""
    found = _installed()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        _install()
        found = _installed()
    if found is None:
        _missing("PostgreSQL's server binaries are not here: `apt-get install postgresql` as root, or set PG_BIN")
    return found


def _installed() -> Path | None:
    named = [os.environ.get("PG_BIN"), *os.environ.get("PATH", "").split(os.pathsep)]
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parts[4]), reverse=True)
    for folder in [*(Path(name) for name in named if name), *debian]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


def _install() -> None:
    """Debian's package starts a cluster of its own when it is installed; its common part is told before not to."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    get = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]

    def run(*arguments: str) -> bool:
        done = subprocess.run([*get, *arguments], capture_output=True, text=True, check=False, env=environment)
        return done.returncode == 0

    # Tests run in several processes, and apt lets one at a time: the others would fail, not wait.
    with (Path(tempfile.gettempdir()) / "hito-tests-apt.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _installed() is not None:
            return
        run("update")
        if run("install", "-y", "--no-install-recommends", "postgresql-common"):
            with Path("/etc/postgresql-common/createcluster.conf").open("a", encoding="utf-8") as settings:
                settings.write("\ncreate_main_cluster = false\n")
            run("install", "-y", "--no-install-recommends", "postgresql")


def _unprivileged(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: what to put before its commands so that somebody else runs them.

    `--pdeathsig` ends the server even when the tests are killed.
    """
    setpriv = shutil.which("setpriv")
    dies_with_us = [setpriv, "--pdeathsig", "INT"] if setpriv else []
    if os.geteuid() != 0:
        return dies_with_us
    if setpriv is None:
        _missing("PostgreSQL does not run as root, and without `setpriv` (util-linux) nobody else can be asked to")
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            os.chown(folder, user.pw_uid, user.pw_gid)
            return [*dies_with_us, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    _missing("PostgreSQL does not run as root, and there is neither a user `postgres` nor `nobody`")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.close()


@pytest.fixture
def make_postgres() -> Iterator[Callable[..., Postgres]]:
    """`make_postgres(durable=True)`: a PostgreSQL that the test may stop, kill and start again."""
    started: list[Postgres] = []

    def make(*, durable: bool = False) -> Postgres:
        server = Postgres(durable=durable)
        started.append(server)
        return server

    yield make
    for server in started:
        server.close()


# --- stores ----------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", "postgres"])
def dialect(request: pytest.FixtureRequest) -> str:
    """A test that uses this, `store_uri` or `database` runs once for each database."""
    return str(request.param)


@pytest.fixture
def store_uri(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URI of an empty store."""
    if dialect == "sqlite":
        yield f"sqlite:///{tmp_path / 'hito.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    uri = server.database()
    yield uri
    server.drop(uri)


@pytest.fixture
def database(store_uri: str) -> Iterator[Database]:
    """An open, empty store."""
    opened = open_database(store_uri)
    yield opened
    opened.close()


# --- processes --------------------------------------------------------------------------------------------------------


@pytest.fixture
def run_python() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """`run_python(code, *arguments)`: starts Python code in a process of its own, which ends with the test."""
    started: list[subprocess.Popen[str]] = []

    def run(code: str, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": _python_path()},
        )  # fmt: skip
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _python_path() -> str:
    return os.pathsep.join(filter(None, [str(SOURCE), os.environ.get("PYTHONPATH")]))


# --- servers ---------------------------------------------------------------------------------------------------------


@dataclass
class Server:
    """A running `hito server`: its address, its process, and the folder with its store, artifacts and log."""

    url: str
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text("utf-8", "replace")

    def stop(self) -> None:
        """Ask it to end as a service manager does, and wait."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait(20)


ServerMaker = Callable[..., Server]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def start_server(
    folder: Path,
    *flags: str,
    backend_uri: str | None = None,
    env: dict[str, str] | None = None,
    port: int | None = None,
    wait: bool = True,
) -> Server:
    """Start `hito server` over `folder/hito.db` (or `backend_uri`) and wait until it answers."""
    port = port or free_port()
    folder.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable, "-m", "hito.cli.main", "server", "--host", "127.0.0.1", "--port", str(port),
        "--backend-store-uri", backend_uri or f"sqlite:///{folder / 'hito.db'}",
        "--artifacts-destination", str(folder / "artifacts"),
        *flags,
    ]  # fmt: skip
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "HITO_"))}
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, env={**inherited, "PYTHONPATH": _python_path(), **(env or {})}
        )
    server = Server(f"http://127.0.0.1:{port}", folder, process)
    if wait:
        try:
            wait_until_healthy(server)
        except BaseException:
            server.stop()
            raise
    return server


def wait_until_healthy(server: Server) -> None:
    deadline = time.monotonic() + STARTUP_SECONDS
    while not _answers(f"{server.url}/health"):
        if server.process.poll() is not None:
            pytest.fail(f"The server ended with {server.process.returncode}:\n{server.log[-4000:]}", pytrace=False)
        if time.monotonic() > deadline:
            pytest.fail(f"The server does not answer after {STARTUP_SECONDS} s:\n{server.log[-4000:]}", pytrace=False)
        time.sleep(0.02)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        error.close()
        return False
    except OSError:
        return False


@pytest.fixture(scope="session")
def hito_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that do not mind each other's experiments."""
    server = start_server(tmp_path_factory.mktemp("server"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def hito_server_on_postgres(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The same over PostgreSQL."""
    uri = postgres.database()
    server = start_server(tmp_path_factory.mktemp("server"), backend_uri=uri)
    yield server
    server.stop()
    postgres.drop(uri)


@pytest.fixture
def make_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerMaker]:
    """`make_server(*flags, backend_uri=…, folder=…, env=…, port=…, wait=True)`: as many servers as the test needs."""
    started: list[Server] = []

    def make(*flags: str, folder: Path | None = None, **options: Any) -> Server:
        server = start_server(folder or tmp_path_factory.mktemp("server"), *flags, **options)
        started.append(server)
        return server

    yield make
    for server in started:
        server.stop()
