"""Stores to test: folders, a real S3-speaking server (OpenStack Swift), and objects in memory.

Swift's four small servers run in one process, started once, on free ports, with all their files in a temporary folder.
It is ended by its id, or with us if we are killed. Where Swift is not installed, root on Debian or Ubuntu installs it;
elsewhere the S3 tests skip.
"""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hito.artifacts.local import LocalStore
from hito.artifacts.objects import ObjectStore, memory_store
from hito.artifacts.store import ArtifactStore
from hito.artifacts.uri import open_destination

KINDS = ("account", "container", "object")
PACKAGES = [f"swift-{kind}" for kind in ("proxy", *KINDS)]
SYSTEM_PYTHON = "/usr/bin/python3"  # Debian's packages are for Debian's Python

SWIFT = """[swift-hash]
swift_hash_path_prefix = a
swift_hash_path_suffix = b
[storage-policy:0]
name = one
default = yes
"""

COMMON = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
user = {user}
log_level = CRITICAL
disable_fallocate = true
"""

PROXY = """
[pipeline:main]
pipeline = catch_errors cache s3api tempauth bulk slo proxy-server
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:cache]
paste.filter_factory = memory_cache:factory
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:bulk]
use = egg:swift#bulk
[filter:slo]
use = egg:swift#slo
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
"""

# Swift insists on memcached for what it remembers between requests; one process can remember in a dictionary.
MEMORY_CACHE = """
class Cache:
    def __init__(self):
        self.items = {}
    def get(self, key, **options):
        return self.items.get(key)
    def set(self, key, value, **options):
        self.items[key] = value
    def incr(self, key, delta=1, **options):
        self.items[key] = int(self.items.get(key) or 0) + delta
        return self.items[key]
    def delete(self, key, **options):
        self.items.pop(key, None)

def factory(settings, **local):
    cache = Cache()
    def around(app):
        def call(environment, start):
            environment["swift.cache"] = cache
            return app(environment, start)
        return call
    return around
"""

# A ring says on which disks of which servers things lie: here one copy, one disk. Then each server is loaded as its own
# program would load it. One process for all of them starts in half the time of four, which matters on a busy machine.
SERVE = """
import eventlet
eventlet.patcher.monkey_patch()
import sys
from eventlet import wsgi
from swift.common.ring import RingBuilder
from swift.common.storage_policy import reload_storage_policies
from swift.common.utils import set_swift_dir
from swift.common.wsgi import loadapp

folder = sys.argv[1]
ports = dict(pair.split("=") for pair in sys.argv[2:])
for kind in ("account", "container", "object"):
    ring = RingBuilder(4, 1, 0)
    port = int(ports[kind])
    ring.add_dev({"id": 0, "region": 1, "zone": 1, "ip": "127.0.0.1", "port": port, "device": "d1", "weight": 1.0,
                  "replication_ip": "127.0.0.1", "replication_port": port, "meta": ""})
    ring.rebalance()
    ring.get_ring().save(f"{folder}/{kind}.ring.gz")
set_swift_dir(folder)
reload_storage_policies()
servers = []
for kind, port in ports.items():
    app = loadapp(f"{folder}/{kind}.conf")
    # Without a minimum, a chunk of a chunked answer is sent when it is there.
    options = {"log_output": False, "minimum_chunk_size": 1}
    servers.append(eventlet.spawn(wsgi.server, eventlet.listen(("127.0.0.1", int(port))), app, **options))
for server in servers:
    server.wait()
"""


@pytest.fixture(scope="session")
def s3_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment variables that lead to a running S3 server with a bucket called `artifacts`."""
    if problem := missing_swift():
        pytest.skip(problem)
    folder = tmp_path_factory.mktemp("swift")
    ports = dict(zip(("proxy", *KINDS), free_ports(4), strict=True))
    write_settings(folder, ports)
    setpriv = shutil.which("setpriv")
    dies_with_us = [setpriv, "--pdeathsig", "TERM"] if setpriv else []
    server = subprocess.Popen(
        [*dies_with_us, SYSTEM_PYTHON, "-c", SERVE, str(folder), *(f"{kind}={port}" for kind, port in ports.items())],
        env={**os.environ, "PYTHONPATH": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    environment = {
        "MLFLOW_S3_ENDPOINT_URL": f"http://127.0.0.1:{ports['proxy']}",
        "AWS_ACCESS_KEY_ID": "test:tester",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }
    try:
        for port in ports.values():
            wait_for(port)
        make_bucket(environment, "artifacts")
        yield environment
    finally:
        server.terminate()
        server.wait(10)


def missing_swift() -> str | None:
    """Why there is no Swift here, after an attempt to install it."""
    if all(shutil.which(f"swift-{kind}-server") for kind in ("proxy", *KINDS)):
        return None
    command = ["apt-get", "install", "-y", "--no-install-recommends", *PACKAGES]
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return f"no OpenStack Swift here; on Debian: sudo {' '.join(command)}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False}
    noninteractive = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # Tests run in several processes, and apt lets one at a time: the others would fail, not wait.
    with (Path(tempfile.gettempdir()) / "hito-tests-apt.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(["apt-get", "update"], env=noninteractive, **quiet)
        done = subprocess.run(command, env=noninteractive, **quiet)
    return f"OpenStack Swift could not be installed: {' '.join(command)}" if done.returncode else None


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [taken.getsockname()[1] for taken in sockets]
    for taken in sockets:
        taken.close()
    return ports


def write_settings(folder: Path, ports: dict[str, int]) -> None:
    (folder / "devices" / "d1").mkdir(parents=True)
    (folder / "swift.conf").write_text(SWIFT)
    (folder / "memory_cache.py").write_text(MEMORY_CACHE)
    user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    for kind, port in ports.items():
        pipeline = f"[pipeline:main]\npipeline = {kind}-server\n[app:{kind}-server]\nuse = egg:swift#{kind}\n"
        common = COMMON.format(port=port, folder=folder, user=user)
        (folder / f"{kind}.conf").write_text(common + (PROXY if kind == "proxy" else pipeline))


def wait_for(port: int, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"no server on port {port} after {seconds} s")


def make_bucket(environment: dict[str, str], name: str) -> None:
    """Object stores cannot be asked to make a bucket through obstore; a signed PUT of the bare bucket can."""
    import urllib.request
    from datetime import timedelta

    import obstore
    from obstore.store import S3Store

    endpoint = environment["MLFLOW_S3_ENDPOINT_URL"]
    keys = (environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])
    # With the bucket taken for a key in no bucket, the signed address is that of the bucket itself.
    store = S3Store(
        name,
        endpoint=endpoint,
        access_key_id=keys[0],
        secret_access_key=keys[1],
        region="us-east-1",
        client_options={"allow_http": True},
    )
    url = obstore.sign(store, "PUT", "", timedelta(minutes=1))
    with urllib.request.urlopen(urllib.request.Request(url, method="PUT")) as answer:
        assert answer.status == 200


@pytest.fixture(scope="session")
def s3_store(s3_environment: dict[str, str]) -> Callable[[], ObjectStore]:
    """Makes empty stores in the bucket."""

    def make() -> ObjectStore:
        store = open_destination(f"s3://artifacts/{uuid.uuid4().hex}", s3_environment)
        assert isinstance(store, ObjectStore)
        return store

    return make


@pytest.fixture(params=["local", "memory", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ArtifactStore:
    """An empty store, of every kind in turn."""
    if request.param == "local":
        return LocalStore(tmp_path / "artifacts", durable=False)
    if request.param == "memory":
        return memory_store()
    made: ArtifactStore = request.getfixturevalue("s3_store")()
    return made


@pytest.fixture
def local(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "artifacts", durable=False)


@pytest.fixture(scope="session")
def python() -> str:
    return sys.executable
