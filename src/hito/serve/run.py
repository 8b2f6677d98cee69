"""Starting and ending the model server's processes.

One worker is the process itself. Several are processes of their own, each with its event loop and its copy of the
models, made from one cache; they learn their options from the environment.
"""

import asyncio
import atexit
import contextlib
import ctypes
import importlib
import json
import logging
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from hito.core.errors import HitoError, InvalidArgument, PermissionDenied
from hito.serve.app import Application, Limits
from hito.serve.following import Follower
from hito.serve.loading import Source
from hito.serve.observe import Observer
from hito.serve.served import Served

_VARIABLE = "_HITO_SERVING_OPTIONS"
_STOP_SECONDS = 30
"""How long requests in flight may take to finish after SIGTERM."""
_PR_SET_PDEATHSIG = 1


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line said. `source`: `module:function` that makes the Source from `source_options`."""

    source: str
    source_options: dict[str, Any] = {}
    host: str = "127.0.0.1"
    port: int = 5001
    workers: int = 1
    cache: str
    compile: bool = True
    trust_pickle: bool = False
    follow_seconds: float = 1.0
    unload_seconds: float = 0.0
    body_limit: int = 64 << 20
    max_requests: int = 1_024
    body_seconds: float = 30.0
    predict_seconds: float = 60.0
    keys_file: str = ""
    certificate: str = ""
    key: str = ""
    canary: dict[str, tuple[str, float]] = {}
    shadow: dict[str, str] = {}
    sample_share: float = 0.0


def run(options: Options) -> int:
    """Serve until SIGTERM or SIGINT; the exit code."""
    _log()
    try:
        keys(options)
        check_address(options.host, options.port)
        _leave(asyncio.run(_alone(options)) if options.workers == 1 else _many(options))
    except PermissionDenied as error:
        print(f"hito: {error}. Here that is --trust-pickle", file=sys.stderr)
        return 1
    except HitoError as error:
        print(f"hito: {error}", file=sys.stderr)
        return 1


def _leave(code: int) -> NoReturn:
    """End at once. Granian's own threads may still ask for the interpreter while it is taken down, which aborts it."""
    atexit._run_exitfuncs()  # noqa: SLF001  what an ordinary end would do, and os._exit does not
    logging.shutdown()
    sys.stderr.flush()
    os._exit(code)


def variables(options: Options) -> dict[str, str]:
    """By which `python -m hito.serve.run`, in whatever environment, learns its options."""
    return {_VARIABLE: msgspec.json.encode(options).decode()}


async def _alone(options: Options) -> int:
    """One worker: this very process. Two would hold everything twice for nobody's good."""
    from granian.server.embed import Server

    logging.getLogger("_granian").setLevel(logging.CRITICAL)
    loop = asyncio.get_running_loop()
    application, follower = make(options)
    follower.begin(loop)
    server = Server(application, **_settings(options))
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    serving = loop.create_task(server.serve())
    ended = loop.create_task(stopped.wait())
    _tell(options)
    await asyncio.wait((serving, ended), return_when=asyncio.FIRST_COMPLETED)
    if not stopped.is_set():
        return 1
    await application.drained(_STOP_SECONDS)
    server.stop()  # type: ignore[no-untyped-call]
    await serving
    follower.end()
    return 0


def _many(options: Options) -> int:
    """Several workers, which are processes watched by this one. It holds no model itself."""
    from granian import Granian

    # What cannot be served is told before anything listens, and compiled before several processes want it at once.
    Follower(make_source(options), Served(), options, 0.0).prepare()
    os.environ.update(variables(options))
    with tempfile.TemporaryDirectory(prefix="hito-metrics-") as counters:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = counters
        _tell(options)
        Granian(
            "hito.serve.run:worker",
            factory=True,
            workers=options.workers,
            workers_kill_timeout=_STOP_SECONDS,
            respawn_failed_workers=True,
            **_settings(options),
        ).serve()
    return 0


def _settings(options: Options) -> dict[str, Any]:
    """Granian's, for either way."""
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    return {
        "address": options.host,
        "port": options.port,
        "interface": Interfaces.RSGI,
        "backlog": 1024,
        "http": HTTPModes.http1,
        "http1_settings": HTTP1Settings(header_read_timeout=10_000, max_buffer_size=64 * 1024),
        "websockets": False,
        "log_access": False,
        "log_level": LogLevels.error,
        "ssl_cert": Path(options.certificate) if options.certificate else None,
        "ssl_key": Path(options.key) if options.key else None,
    }


def _tell(options: Options) -> None:
    scheme = "https" if options.certificate else "http"
    print(f"hito: models answer at {scheme}://{options.host}:{options.port}", file=sys.stderr, flush=True)


def check_address(host: str, port: int) -> None:
    """Raises: InvalidArgument: nothing can listen there."""
    try:
        kind, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(kind, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        raise InvalidArgument(
            f"nothing can listen at {host}:{port}: {error.strerror or error}; try another -p"
        ) from None


def worker() -> Application:
    """The application of one of several workers, from the options in the environment."""
    with contextlib.suppress(AttributeError, OSError):  # not Linux
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    _log()
    application, follower = make(msgspec.json.decode(os.environ[_VARIABLE], type=Options))
    application.begin, application.end = follower.begin, follower.end
    return application


def make(options: Options) -> tuple[Application, Follower]:
    """An application that serves what the options name, and what keeps it up to date."""
    source, served = make_source(options), Served()
    follower = Follower(
        source, served, options, options.follow_seconds, options.unload_seconds, options.canary, options.shadow
    )
    limits = Limits(
        body=options.body_limit,
        body_seconds=options.body_seconds,
        predict_seconds=options.predict_seconds,
        requests=options.max_requests,
    )
    return Application(served, Observer(), limits, keys(options), _sampler(source, options.sample_share)), follower


def make_source(options: Options) -> Source:
    """Call the function that the options name; it is ours, or a plugin's that the operator chose."""
    module, _, name = options.source.partition(":")
    made: Source = getattr(importlib.import_module(module), name)(options.source_options)
    return made


def keys(options: Options) -> list[str]:
    """API keys: lines of the file, and HITO_SERVING_KEYS, separated by commas.

    Raises: InvalidArgument: the file is empty or cannot be read, or a key is short enough to be guessed.
    """
    found = [one.strip() for one in os.environ.get("HITO_SERVING_KEYS", "").split(",") if one.strip()]
    if options.keys_file:
        try:
            lines = Path(options.keys_file).read_text("utf-8").splitlines()
        except (OSError, UnicodeError) as error:
            raise InvalidArgument(f"The file of API keys cannot be read: {error}.") from None
        found += [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        if not found:
            raise InvalidArgument(f"{options.keys_file} holds no API keys, one a line is expected.")
    if any(len(key) < 16 for key in found):
        raise InvalidArgument("An API key has fewer than 16 characters, and could be guessed; make longer ones.")
    return found


def _sampler(source: Source, share: float) -> Callable[[dict[str, Any]], None] | None:
    """Hands a share of requests and answers to the source, if it keeps such."""
    keep = getattr(source, "keep", None)
    if not share or keep is None:
        return None
    import random

    def sample(said: dict[str, Any]) -> None:
        if random.random() < share:  # noqa: S311  a share, no secret
            keep(json.dumps(said))

    return sample


def _log() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    logging.getLogger("_granian").setLevel(logging.ERROR)


if __name__ == "__main__":
    sys.exit(run(msgspec.json.decode(os.environ[_VARIABLE], type=Options)))
