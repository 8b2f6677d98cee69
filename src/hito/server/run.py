"""Starting and ending the server process.

One process listens and watches over the workers (Granian, in Rust); each worker answers requests on threads of its own.
A worker learns its options from the environment, since it may be a new process.
"""

import atexit
import contextlib
import ctypes
import logging
import os
import signal
import socket
import sys
from pathlib import Path

import msgspec

from hito.api.catalogue import dispatch as make_dispatch
from hito.api.context import Settings
from hito.api.ui import catalogue as page
from hito.core.errors import HitoError
from hito.server.app import Application
from hito.server.observe import Observer
from hito.server.page_transfers import PAGE_TRANSFERS
from hito.server.security import Gate
from hito.server.transfers import TRANSFERS
from hito.store.open import without_password

_M_ARENA_MAX = -8
_PR_SET_PDEATHSIG = 1
_VARIABLE = "_HITO_SERVER_OPTIONS"
_THREADS = 48
"""Threads of a worker: as many requests may wait for the disk, or stream a file, at once. More wait in line."""
_STOP_SECONDS = 20
"""How long requests in flight may take to finish after SIGTERM."""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line and the environment said."""

    host: str = "127.0.0.1"
    port: int = 5000
    workers: int = 1
    store: str
    artifact_root: str = ""
    artifacts: str
    serve_artifacts: bool = True
    prefix: str = ""
    hosts: list[str] = []
    origins: list[str] = []
    gated: bool = True
    prometheus: str = ""
    log_requests: bool = False
    trusted_schemes: list[str] = []
    version_source_pattern: str = ""


def run(options: Options) -> int:
    """Serve until SIGTERM or SIGINT; the exit code."""
    try:
        _check_address(options.host, options.port)
        # Opened once here, so that a store that cannot be used is told before anything listens, and a new one is made
        # by one process only.
        make_dispatch(options.store, _settings(options)).database.close()
    except HitoError as error:
        print(f"hito: {error.message}", file=sys.stderr)
        return 1
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    os.environ[_VARIABLE] = msgspec.json.encode(options).decode()
    print(
        f"hito: serving {without_password(options.store)} on http://{options.host}:{options.port}{options.prefix}",
        file=sys.stderr,
        flush=True,
    )
    server = Granian(
        "hito.server.run:worker",
        factory=True,
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        workers=options.workers,
        blocking_threads=_THREADS,
        backlog=1024,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=30_000, max_buffer_size=512 * 1024),
        websockets=False,
        log_access=False,
        log_level=LogLevels.error,
        workers_kill_timeout=_STOP_SECONDS,
        respawn_failed_workers=True,
    )
    server.serve()
    return 0


def worker() -> Application:
    """The application of one worker, from the options in the environment."""
    _end_with_parent()
    _share_arenas()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    requests = logging.getLogger("hito.requests")  # lines of JSON and nothing else
    requests.propagate = False
    requests.addHandler(logging.StreamHandler(sys.stderr))
    options = msgspec.json.decode(os.environ[_VARIABLE], type=Options)
    application = make(options)
    atexit.register(application._dispatch.database.close)  # noqa: SLF001
    return application


def _share_arenas() -> None:
    """Keep memory flat: each of many threads would otherwise get a heap of its own from glibc and keep what it freed."""
    with contextlib.suppress(AttributeError, OSError):  # another C library
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


def _end_with_parent() -> None:
    """Have the kernel end this worker when the process that listens is killed: nobody would be left to tell it."""
    with contextlib.suppress(AttributeError, OSError):  # not Linux
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def make(options: Options) -> Application:
    """An application over the store and the artifacts that the options name."""
    return Application(
        make_dispatch(options.store, _settings(options), page.INSIDE),
        TRANSFERS | PAGE_TRANSFERS,
        Gate(options.hosts, options.origins) if options.gated else None,
        options.prefix,
        Observer(options.log_requests, Path(options.prometheus) if options.prometheus else None),
    )


def _settings(options: Options) -> Settings:
    return Settings(
        artifact_root=options.artifact_root or ("mlflow-artifacts:/" if options.serve_artifacts else options.artifacts),
        artifacts_destination=options.artifacts,
        serve_artifacts=options.serve_artifacts,
        trusted_schemes=frozenset(options.trusted_schemes),
        version_source_pattern=options.version_source_pattern,
    )


def _check_address(host: str, port: int) -> None:
    """Tell a taken port in our words, before the server does in its own."""
    from hito.core.errors import Unavailable

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Unavailable(
                f"Cannot listen on {host}:{port}: {error.strerror}. Choose another with --host, --port."
            ) from None
