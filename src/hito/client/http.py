"""The transport over HTTP: kept-alive connections of the standard library, and what a request must survive.

`http.client` and not urllib3: it is there, it costs 26 ms of import against 110, sets TCP_NODELAY, and what urllib3 adds
(a pool, retries, redirects) is this page, whose retries are bounded by our rules. It is imported with the first request.

The rest of hito speaks of endpoints; nothing above this file knows of status codes.
"""

import contextlib
import os
import random
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlencode, urljoin, urlsplit

import msgspec

from hito.client import credentials, direct
from hito.client.credentials import setting
from hito.client.transport import Busy
from hito.core.artifacts import FileInfo, SafePath
from hito.core.errors import EndpointNotFound, HitoError, InvalidArgument, Unavailable
from hito.wire import artifacts as wire_artifacts
from hito.wire.endpoint import Any_Endpoint, Empty
from hito.wire.errors import read_error
from hito.wire.info import SERVER_INFO, Nothing
from hito.wire.json import encode
from hito.wire.runs import LogBatch
from hito.wire.types import MetricIn

if TYPE_CHECKING:
    import http.client
    import ssl

CONNECT_SECONDS = 10.0
"""For the connection alone; a server that is not there should be known soon."""
REQUEST_SECONDS = 120.0
RETRIES = 3
"""Further attempts of a call that somebody waits for, within some two seconds."""
REDIRECTS = 5
CHUNK_BYTES = 1 << 20
MAX_ANSWER_BYTES = 1 << 30
"""An answer of JSON that is larger is no answer."""
_IDLE = 8
"""Connections kept open without a request."""
_INFINITY = float("inf")
_ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts"


class HttpTransport:
    """`client.transport.Transport` to the server at one address, such as `http://host:5000/prefix`."""

    def __init__(self, uri: str, environment: Mapping[str, str] = os.environ) -> None:
        parts = urlsplit(uri)
        try:
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise InvalidArgument(f"'{_shown(uri)}' is no address of a server: {error}.") from None
        if parts.scheme not in ("http", "https") or not host:
            raise InvalidArgument(f"'{_shown(uri)}' is no address of a server, expected http://host:port.")
        netloc = f"[{host}]" if ":" in host else host
        self.destination = f"{parts.scheme}://{netloc}{f':{port}' if port else ''}{parts.path.rstrip('/')}"
        self._prefix = parts.path.rstrip("/")
        self._home = (parts.scheme, host, port or (443 if parts.scheme == "https" else 80))
        self._environment = environment
        found = credentials.find(unquote(parts.username or ""), unquote(parts.password or ""), environment)
        self._authorization = found.header
        self.user = found.user
        self._trust = credentials.trust(environment)
        self._redirects = setting("ALLOW_HTTP_REDIRECTS", environment).lower() not in ("false", "0", "no")
        self._context: ssl.SSLContext | None = None
        self._idle: list[_Connection] = []
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._takes_run_ids: bool | None = None
        self._random = random.SystemRandom()  # never the shared generator, which a training may have seeded

    # --- messages ---

    def call(self, endpoint: Any_Endpoint, message: Any, *, timeout: float | None = None, patient: bool = True) -> Any:
        method, path, body, headers = self._request_of(endpoint, message)
        attempts = self._attempts() if patient else 1
        for attempt in range(attempts):
            try:
                status, answer = self._exchange(method, path, body, headers, timeout)
                return self._answer(endpoint, path, status, answer)
            except Unavailable as error:
                if attempt + 1 == attempts:
                    raise
                asked = error.retry_after if isinstance(error, Busy) else 0.0
                time.sleep(max(min(asked, 30.0), 0.2 * 2.0**attempt * (0.5 + self._random.random())))
        raise AssertionError("the loop above returns or raises")

    def takes_run_ids(self) -> bool:
        if self._takes_run_ids is None:
            try:
                info = self.call(SERVER_INFO, Nothing(), patient=False, timeout=5.0)
                self._takes_run_ids = bool(info.get("takes_run_ids"))
            except Unavailable:
                raise
            except HitoError:  # MLflow before 3.9 has no such endpoint
                self._takes_run_ids = False
        return self._takes_run_ids

    def _attempts(self) -> int:
        text = setting("HTTP_REQUEST_MAX_RETRIES", self._environment)
        return 1 + (int(text) if text.isdigit() else RETRIES)

    def _request_of(self, endpoint: Any_Endpoint, message: Any) -> tuple[str, str, bytes | None, dict[str, str]]:
        if isinstance(message, LogBatch):
            message = _finite(message)
        path = endpoint.path
        given: dict[str, Any] | None = None
        if "{" in path or endpoint.method == "GET":
            given = msgspec.to_builtins(message)
            for name in [part.strip("{}+") for part in path.split("/") if part.startswith("{")]:
                text = str(given.get(name, ""))
                if endpoint.method == "GET":  # else MLflow wants what its path names once more in the body
                    given.pop(name, None)
                path = path.replace(f"{{{name}}}", quote(text, safe="")).replace(f"{{{name}+}}", quote(text))
        prefix = f"{self._prefix}/api/{endpoint.version}" if endpoint.version else self._prefix
        if endpoint.method == "GET":
            assert given is not None
            query = urlencode({key: _text(value) for key, value in given.items()}, doseq=True)
            return "GET", prefix + path + ("?" + query if query else ""), None, {}
        body = encode(message if given is None else given)
        return endpoint.method, prefix + path, body, {"Content-Type": "application/json"}

    def _answer(self, endpoint: Any_Endpoint, path: str, status: int, body: bytes) -> Any:
        if status >= 400:
            error = read_error(status, body)
            if isinstance(error, EndpointNotFound):
                error = EndpointNotFound(f"{error.message} Is {self.destination} a tracking server?")
            raise error
        if not 200 <= status < 300:
            raise Unavailable(
                f"{self.destination} answered {status} to {endpoint.method} {path}, which means nothing here."
            )
        try:
            found = msgspec.json.decode(body or b"{}")
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            found = None
        if not isinstance(found, dict) or not _fits(found, endpoint.gives):
            shown = " ".join(body[:200].decode("utf-8", "replace").split())
            raise Unavailable(
                f"{self.destination} answered {endpoint.method} {path} with {shown[:80]!r}, which is not MLflow's "
                "protocol. Is the tracking URI right?"
            )
        return found

    # --- files ---

    def upload(self, root: str, path: str, chunks: Iterable[bytes], size: int) -> None:
        if not _proxied(root):
            direct.store_at(root).write(SafePath.parse(path), chunks, size)
            return
        target = self._file_path(root, path)
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
        with self._streamed("PUT", target, chunks, headers) as response:
            body = response.read(1 << 16)
        if response.status >= 300:
            raise read_error(response.status, body)

    @contextlib.contextmanager
    def download(self, root: str, path: str) -> Iterator[Iterator[bytes]]:
        if not _proxied(root):
            with direct.store_at(root).read(SafePath.parse(path)) as content:
                yield iter(content)
            return
        with self._streamed("GET", self._file_path(root, path), None, {}) as response:
            if response.status != 200:
                raise read_error(response.status, response.read(1 << 16))
            yield self._pieces(response)

    def _pieces(self, response: "http.client.HTTPResponse") -> Iterator[bytes]:
        while True:
            with _translated(self.destination):
                piece = response.read(CHUNK_BYTES)
                if not piece and response.length:
                    raise Unavailable(f"{self.destination} ended a file {response.length} bytes too early.")
            if not piece:
                return
            yield piece

    def list_files(self, root: str, path: str) -> list[FileInfo]:
        if not _proxied(root):
            return direct.list_folder(root, path)
        base = self._file_path(root, "")
        prefix, _, below = base.partition(_ARTIFACTS)
        folder = "/".join(filter(None, [unquote(below.strip("/")), path]))
        if prefix != self._prefix:
            raise InvalidArgument(f"The files of {root} are served by another server; set the tracking URI to it.")
        answer = self.call(wire_artifacts.LIST_ARTIFACTS, wire_artifacts.ListArtifacts(path=folder))
        return [msgspec.convert(file, FileInfo, strict=False) for file in answer.get("files", [])]

    def _file_path(self, root: str, path: str) -> str:
        """The path of the request for a file below `root`, which must be one that this server proxies."""
        parts = urlsplit(root)
        if parts.netloc and parts.netloc != urlsplit(self.destination).netloc:
            raise InvalidArgument(f"The files of {root} are served by another server; set the tracking URI to it.")
        segments = "/".join(filter(None, [unquote(parts.path.strip("/")), path]))
        return f"{self._prefix}{_ARTIFACTS}/{quote(segments)}"

    @contextlib.contextmanager
    def _streamed(
        self, method: str, path: str, body: Iterable[bytes] | None, headers: dict[str, str]
    ) -> "Iterator[http.client.HTTPResponse]":
        """A request on a connection of its own, whose body and answer are not held in memory."""
        with _translated(self.destination):
            connection = self._connect(None, self._home)
        try:
            with _translated(self.destination):
                connection.request(method, path, body=body, headers={**self._headers(), **headers})
                response = connection.getresponse()
            yield response
        finally:
            connection.close()

    # --- connections ---

    def _exchange(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str], timeout: float | None
    ) -> tuple[int, bytes]:
        """One request and its whole answer, redirects followed."""
        place = self._home
        headers = {**self._headers(), **headers}
        for _ in range(REDIRECTS + 1):
            with _translated(self.destination):
                status, answer, told = self._once(place, method, path, body, headers, timeout)
            if status not in (301, 302, 303, 307, 308) or not self._redirects or not told.get("location"):
                if status in (429, 503) and (after := told.get("retry-after", "")).isdigit():
                    raise Busy(
                        f"{self.destination} answered {status} and asks to come again in {after} s.", float(after)
                    )
                return status, answer
            target = urlsplit(urljoin(f"{place[0]}://{place[1]}:{place[2]}{path}", told["location"]))
            if target.scheme not in ("http", "https") or not target.hostname:
                break
            place = (target.scheme, target.hostname, target.port or (443 if target.scheme == "https" else 80))
            path = target.path + (f"?{target.query}" if target.query else "")
            if place != self._home:
                headers = {name: value for name, value in headers.items() if name != "Authorization"}
        raise Unavailable(f"{self.destination} sends requests from one address to another without an end.")

    def _once(
        self,
        place: tuple[str, str, int],
        method: str,
        path: str,
        body: bytes | None,
        headers: dict[str, str],
        timeout: float | None,
    ) -> tuple[int, bytes, dict[str, str]]:
        import http.client

        while True:
            connection = self._kept() if place == self._home else None
            fresh = connection is None
            if connection is None:
                connection = self._connect(timeout, place)
            elif connection.sock is not None:
                connection.sock.settimeout(timeout or self._seconds())
            try:
                connection.request(method, path, body=body, headers=headers)
                response = connection.getresponse()
                answer = response.read(MAX_ANSWER_BYTES)
            except (http.client.RemoteDisconnected, ConnectionError):
                connection.close()
                if fresh:
                    raise
                continue  # the server had closed a connection that was idle: that says nothing about it
            except BaseException:
                connection.close()
                raise
            if response.will_close or place != self._home:
                connection.close()
            else:
                self._keep(connection)
            return response.status, answer, {name.lower(): value for name, value in response.getheaders()}

    def _connect(self, timeout: float | None, place: tuple[str, str, int]) -> "_Connection":
        import http.client

        scheme, host, port = place
        seconds = timeout or self._seconds()
        connection: _Connection
        if scheme == "https":
            connection = http.client.HTTPSConnection(
                host, port, timeout=min(CONNECT_SECONDS, seconds), context=self._tls()
            )
        else:
            connection = http.client.HTTPConnection(host, port, timeout=min(CONNECT_SECONDS, seconds))
        connection.connect()
        connection.sock.settimeout(seconds)
        return connection

    def _tls(self) -> "ssl.SSLContext":
        if self._context is None:
            import ssl

            context = ssl.create_default_context(cafile=self._trust.authorities or None)
            if self._trust.insecure:
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
            if self._trust.own_certificate:
                context.load_cert_chain(self._trust.own_certificate)
            self._context = context
        return self._context

    def _kept(self) -> "_Connection | None":
        if self._process != os.getpid():
            # The sockets are shared with the process that forked us: neither use them nor say good-bye on them.
            self._idle, self._process, self._lock = [], os.getpid(), threading.Lock()
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _keep(self, connection: "_Connection") -> None:
        with self._lock:
            if len(self._idle) < _IDLE:
                self._idle.append(connection)
                return
        connection.close()

    def _headers(self) -> dict[str, str]:
        headers = {"User-Agent": "hito-client", "Accept": "application/json"}
        if self._authorization:
            headers["Authorization"] = self._authorization
        if workspace := setting("WORKSPACE", self._environment):
            headers["X-MLFLOW-WORKSPACE"] = workspace
        return headers

    def _seconds(self) -> float:
        try:
            return max(0.1, float(setting("HTTP_REQUEST_TIMEOUT", self._environment) or REQUEST_SECONDS))
        except ValueError:
            return REQUEST_SECONDS

    def close(self) -> None:
        while (connection := self._kept()) is not None:
            connection.close()


def _fits(found: dict[str, Any], gives: Any) -> bool:
    """Whether an answer has what it must have. Something where nothing is expected comes from another kind of server:
    to take that for "stored" would lose what was sent.
    """
    if gives is Empty:
        return not found
    fields = gives.__struct_fields__
    return all(name in found for name in fields[: len(fields) - len(gives.__struct_defaults__)])


_Connection = Any
"""`http.client.HTTPConnection`, whose module is not imported yet."""


@contextlib.contextmanager
def _translated(destination: str) -> Iterator[None]:
    """Whatever sockets, TLS and HTTP raise, as Unavailable."""
    import http.client

    try:
        yield
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, TimeoutError):
            raise Unavailable(f"{destination} did not answer in time.") from error
        raise Unavailable(f"{destination} cannot be reached: {error or type(error).__name__}.") from error


def _finite(batch: LogBatch) -> LogBatch:
    """The batch with NaN and infinities as texts, since JSON has no numbers for them."""
    metrics: list[Any] = batch.metrics
    for place, metric in enumerate(metrics):
        value = metric.value
        if value != value or value in (_INFINITY, -_INFINITY):
            if metrics is batch.metrics:
                metrics = list(metrics)
            text: Any = "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
            metrics[place] = MetricIn(
                metric.key,
                text,
                metric.timestamp,
                metric.step,
                metric.model_id,
                metric.dataset_name,
                metric.dataset_digest,
            )
    if metrics is batch.metrics:
        return batch
    return LogBatch(run_id=batch.run_id, metrics=metrics, params=batch.params, tags=batch.tags)


def _proxied(root: str) -> bool:
    """Whether files below this artifact URI travel through a tracking server."""
    return root.startswith("mlflow-artifacts:")


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def _shown(uri: str) -> str:
    head, at, tail = uri.rpartition("@")
    return f"…@{tail}" if at else head + tail
