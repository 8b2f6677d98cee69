"""From a tracking URI to a transport: the one module that knows both towers.

    http://host:5000, https://…                    a server: hito's or MLflow's
    nothing                                        the nearest .hito folder, or HITO_HOME: its hito.db, in this process
    sqlite:///relative.db, sqlite:////absolute.db  that store, in this process
    postgresql://…                                 that store, in this process
    a folder, file:///folder                       a folder like .hito

Embedded, a call takes the same road as over HTTP from `api.dispatch` on; what is left out is the socket. The server's
code is imported when the first call is made, which keeps `import hito` light.
"""

import contextlib
import os
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import msgspec

from hito.client.client import TransportClient
from hito.client.credentials import setting
from hito.client.folder import NAME, home_folder
from hito.client.http import HttpTransport
from hito.client.transport import Transport
from hito.core.artifacts import FileInfo, SafePath
from hito.core.errors import InvalidArgument
from hito.wire.endpoint import Any_Endpoint
from hito.wire.json import encode
from hito.wire.runs import LOG_BATCH

if TYPE_CHECKING:
    from hito.api.dispatch import Dispatch
    from hito.artifacts.store import ArtifactStore

STORE, ARTIFACTS = "hito.db", "artifacts"

_transports: dict[str, Transport] = {}
_lock = threading.Lock()


class Client(TransportClient):
    """Everything that a program may ask of a tracking server.

    Args:
        tracking_uri: None: `HITO_TRACKING_URI`, `MLFLOW_TRACKING_URI`, else the nearest `.hito` folder.
        registry_uri: None: `HITO_REGISTRY_URI`, `MLFLOW_REGISTRY_URI`, else the tracking URI.
    """

    def __init__(self, tracking_uri: str | Path | None = None, registry_uri: str | Path | None = None) -> None:
        tracking = connect(tracking_uri)
        named = registry_uri or setting("REGISTRY_URI")
        super().__init__(tracking, connect(named) if named else None)


def connect(uri: str | Path | None = None) -> Transport:
    """The transport to what a URI names; the same one for the same URI.

    Raises: InvalidArgument: the URI names nothing that hito knows.
    """
    text = str(uri or "") or setting("TRACKING_URI")
    over_http = text.startswith(("http://", "https://"))
    key = text if over_http else _store_uri(text)
    with _lock:
        known = _transports.get(key)
        if known is None:
            known = HttpTransport(key) if over_http else EmbeddedTransport(key)
            _transports[key] = known
        return known


def connect_again(destination: str) -> Transport:
    """The transport to the destination that a journal names, which has no user name and no password.

    They are taken from where they always are; also from the tracking URI, if that means the same server.
    """
    named = setting("TRACKING_URI")
    if named and "@" in named:
        transport = connect(named)
        if transport.destination == destination:
            return transport
    return connect(destination)


def _store_uri(text: str) -> str:
    """What an embedded store is called everywhere: `sqlite:////its/absolute/path`, or the URI of its PostgreSQL."""
    if not text:
        return f"sqlite:///{home_folder() / STORE}"
    parts = urlsplit(text)
    scheme = parts.scheme.partition("+")[0].lower()
    if scheme in ("postgresql", "postgres"):
        return text
    if scheme == "sqlite":
        path = unquote(text.partition("://")[2].partition("?")[0].removeprefix("/"))
        if not path or path == ":memory:":
            raise InvalidArgument(f"'{text}' names no file, expected sqlite:///relative.db or sqlite:////absolute.db.")
        return f"sqlite:///{Path(path).absolute()}"
    if scheme in ("", "file") or (os.sep == "\\" and len(scheme) == 1):
        folder = Path(unquote(parts.path) if scheme == "file" else text).expanduser().absolute()
        if any(folder.glob("*/meta.yaml")):
            raise InvalidArgument(
                f"'{folder}' is a file store of MLflow; `hito import mlflow {folder}` brings it into hito."
            )
        return f"sqlite:///{folder / STORE}"
    raise InvalidArgument(
        f"'{scheme}:' is no tracking URI that hito knows: expected http://host:port, "
        "sqlite:///file.db, postgresql://… or a folder."
    )


class EmbeddedTransport:
    """`client.transport.Transport` to a store in this process. See `connect` for which."""

    def __init__(self, store: str) -> None:
        parts = urlsplit(store)
        self._store = store
        self.destination = store
        if parts.password:
            host = parts.netloc.rpartition("@")[2]
            self.destination = parts._replace(netloc=f"{parts.username or ''}@{host}").geturl()
        self._dispatch: Dispatch | None = None
        self._process = os.getpid()
        self._lock = threading.Lock()

    def call(self, endpoint: Any_Endpoint, message: Any, *, timeout: float | None = None, patient: bool = True) -> Any:
        if endpoint is not LOG_BATCH:  # the client makes those only from what it has checked
            # The very rules that a message meets when it comes as JSON.
            try:
                message = msgspec.convert(msgspec.to_builtins(message), endpoint.takes, strict=False)
            except msgspec.ValidationError as error:
                raise InvalidArgument(f"Invalid request: {error}.") from None
        message.check()
        # By way of JSON, because an answer may hold pieces that are JSON already.
        return msgspec.json.decode(encode(self._open().call(endpoint, message)))

    def takes_run_ids(self) -> bool:
        return True

    def upload(self, root: str, path: str, chunks: Iterable[bytes], size: int) -> None:
        self._artifacts(root).write(SafePath.parse(path), chunks, size)

    @contextlib.contextmanager
    def download(self, root: str, path: str) -> Iterator[Iterator[bytes]]:
        with self._artifacts(root).read(SafePath.parse(path)) as content:
            yield iter(content)

    def list_files(self, root: str, path: str) -> list[FileInfo]:
        from hito.artifacts.store import entries

        return list(entries(self._artifacts(root), SafePath.folder(path)))

    def _artifacts(self, root: str) -> "ArtifactStore":
        store: ArtifactStore = self._open().artifacts.at(root)
        return store

    def _open(self) -> "Dispatch":
        dispatch = self._dispatch
        if dispatch is not None and self._process == os.getpid():
            return dispatch
        if self._process != os.getpid():
            # The connections are those of the process that forked us: SQLite forbids to use them, or to close them.
            _inherited.append(self._dispatch)
            self._dispatch, self._process, self._lock = None, os.getpid(), threading.Lock()
        with self._lock:
            if self._dispatch is None:
                self._dispatch = self._opened()
            return self._dispatch

    def _opened(self) -> "Dispatch":
        try:
            from hito.api.catalogue import dispatch
            from hito.api.context import Settings
        except ModuleNotFoundError as error:
            raise InvalidArgument(
                f"Working without a server needs {error.name}: pip install 'hito[server]', or set a tracking URI."
            ) from error
        folder = self._folder()
        folder.mkdir(parents=True, exist_ok=True)
        return dispatch(self._store, Settings(artifacts_destination=str(folder / ARTIFACTS)))

    def _folder(self) -> Path:
        """The folder with the artifacts: the store's own if it is a .hito, else where `hito server` has them."""
        if self._store.startswith("sqlite:///"):
            file = Path(self._store.removeprefix("sqlite:///"))
            if file.name == STORE or file.parent.name == NAME:
                return file.parent
        return home_folder()

    def close(self) -> None:
        """Close the store; the next call opens it again."""
        with self._lock:
            if self._dispatch is not None and self._process == os.getpid():
                self._dispatch.database.close()
            self._dispatch = None


_inherited: list[Any] = []
"""Stores of the parent process, kept so that no destructor closes them in a child."""
