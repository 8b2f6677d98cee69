"""The HTTP skin: from a request to a message, from an answer to bytes.

It is a WSGI application, since everything below it waits for disks, not for events: a request has a thread from its
first byte to its last, and a thread that leads a commit (store/sqlite.py) pays for no other. docs/decisions/0002 has
the figures. The steps of a request stand in `Application.__call__`, in order.
"""

import logging
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hito.api.dispatch import Dispatch
from hito.core.errors import EndpointNotFound, HitoError, Internal, InvalidArgument, PermissionDenied, TooLarge
from hito.server import pages
from hito.server.news import Newsroom
from hito.server.observe import Observer
from hito.server.routes import Routes
from hito.server.security import HEADERS, PREFLIGHT, Gate
from hito.server.transfers import Reply, Transfer
from hito.wire.endpoint import Any_Endpoint
from hito.wire.errors import error_body
from hito.wire.json import decode_body, decode_query, encode
from hito.wire.ui.live import EVENTS, Listen

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]
log = logging.getLogger("hito.server")

_JSON = ("content-type", "application/json")
_JSON_HEADERS = [_JSON, *HEADERS]
_BYTES_HEADERS = [("content-type", "application/octet-stream"), *HEADERS]
_REASONS = {
    200: "OK", 204: "No Content", 206: "Partial Content", 304: "Not Modified", 400: "Bad Request", 401: "Unauthorized",
    403: "Forbidden", 404: "Not Found", 409: "Conflict", 413: "Content Too Large", 416: "Range Not Satisfiable",
    429: "Too Many Requests", 500: "Internal Server Error", 501: "Not Implemented", 503: "Service Unavailable",
}  # fmt: skip
_STATUS = {code: f"{code} {reason}" for code, reason in _REASONS.items()}
_DRAINED = 1 << 20
_WITHOUT_HOST_CHECK = ("/health", "/version")


class Application:
    """Answers requests with a `Dispatch`.

    Args:
        dispatch: what the product does.
        transfers: endpoints whose bodies are bytes, not messages, with what answers them.
        gate: which hosts and origins may speak; None: all.
        prefix: a path before every path, like `/tracking`; empty: none.
        observer: counts and logs requests.
    """

    def __init__(
        self,
        dispatch: Dispatch,
        transfers: Mapping[Any_Endpoint, Transfer],
        gate: Gate | None,
        prefix: str,
        observer: Observer,
    ) -> None:
        self._dispatch = dispatch
        self._gate = gate
        self._prefix = prefix
        self._observer = observer
        self.news = Newsroom(dispatch.database)
        transfers = {**transfers, EVENTS: self._listen}
        self._transfers = transfers
        self.routes = Routes([*dispatch.endpoints, *transfers])

    def __call__(self, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        began = time.perf_counter()
        name = ""
        try:
            reply, name = self._reply(environ)
        except HitoError as error:
            _drain(environ)
            reply = _refusal(error)
            if error.retryable:  # the message says that the log tells why
                log.warning(
                    "%s %s: %s", environ["REQUEST_METHOD"], environ["PATH_INFO"], error, exc_info=error.__cause__
                )
        except Exception as error:  # the outer door: whatever went wrong inside, a client gets a clean answer
            ticket = uuid.uuid4().hex[:12]
            log.exception(
                "request %s failed: %s %s", ticket, environ["REQUEST_METHOD"], environ["PATH_INFO"], exc_info=error
            )
            reply = _refusal(Internal(f"The server failed on this request; its log tells why under {ticket}."))
        if self._gate is not None:
            reply = reply.with_headers(self._gate.cors(environ.get("HTTP_ORIGIN")))
        if self._observer.active:
            self._observer.saw(environ, name, reply.status, time.perf_counter() - began)
        start(_STATUS.get(reply.status) or f"{reply.status} -", reply.headers)
        if environ["REQUEST_METHOD"] == "HEAD":
            reply.close()
            return [b""]
        return reply.body

    def _reply(self, environ: Environ) -> tuple[Reply, str]:
        """The answer, and the name of the endpoint that gave it (empty for none)."""
        method = environ["REQUEST_METHOD"]
        path = _path(environ, self._prefix)
        origin = environ.get("HTTP_ORIGIN")
        gate = self._gate
        if gate is not None:
            host = environ.get("HTTP_HOST", "")
            if path not in _WITHOUT_HOST_CHECK and not gate.admits_host(host):
                raise PermissionDenied(
                    f"Invalid Host header {host[:100]!r}: this server does not go by that name. Start it with "
                    "--allowed-hosts if it should (a comma-separated list, * matches any text)."
                )
            if gate.refuses_write(method, path, origin):
                raise PermissionDenied(
                    "Cross-origin request blocked: start the server with --cors-allowed-origins to allow it."
                )
        if method == "OPTIONS":
            return Reply(200 if origin else 204, [*HEADERS, *(PREFLIGHT if origin else [])], [b""]), ""

        match = self.routes.find(method, path)
        if match is None:
            page = pages.find(method, path, environ, self._prefix, self._observer)
            if page is not None:
                return page, path
            raise _nothing(self.routes, method, path)
        endpoint, given = match
        transfer = self._transfers.get(endpoint)
        if transfer is not None:
            if method == "POST" and not endpoint.writes:
                message = self._message(environ, endpoint, given)
            else:  # its body, if there is one, is a file
                message = decode_query(environ["QUERY_STRING"], endpoint.takes, given)
            reply = transfer(self._dispatch, endpoint, message, environ)
            if endpoint.writes:
                self.news.noticed(endpoint, message)
            return reply, endpoint.path
        if method in ("GET", "HEAD"):
            message = decode_query(environ["QUERY_STRING"], endpoint.takes, given)
        else:
            message = self._message(environ, endpoint, given)
        answer = self._dispatch.call(endpoint, message)
        if endpoint.writes:
            self.news.noticed(endpoint, message)
        if isinstance(answer, bytes):  # columns of numbers (wire/ui/frame.py)
            return Reply(200, _BYTES_HEADERS, [answer]), endpoint.path
        return Reply(200, _JSON_HEADERS, [encode(answer)]), endpoint.path

    def _listen(self, dispatch: Dispatch, endpoint: Any_Endpoint, message: Listen, environ: Environ) -> Reply:
        dispatch.outside(endpoint)  # whoever may not is refused
        if environ["REQUEST_METHOD"] == "HEAD":
            return Reply(200, [("content-type", "text/event-stream"), *HEADERS], [b""])
        return self.news.open(message)

    def _message(self, environ: Environ, endpoint: Any_Endpoint, given: dict[str, str] | None) -> Any:
        if endpoint.method in ("POST", "PUT"):
            # A page cannot send this type to a foreign server without asking first: it keeps forged forms out.
            kind = environ.get("CONTENT_TYPE") or environ.get("HTTP_CONTENT_TYPE") or ""
            if kind.partition(";")[0].strip().lower() != "application/json":
                raise InvalidArgument(f"Bad Request. Content-Type must be 'application/json', it is {kind[:100]!r}.")
        body = _body(environ, endpoint.limit)
        if not body and endpoint.method == "DELETE" and environ["QUERY_STRING"]:
            return decode_query(environ["QUERY_STRING"], endpoint.takes, given)
        return decode_body(body, endpoint.takes, given)


def _path(environ: Environ, prefix: str) -> str:
    # WSGI hands over bytes as Latin-1 text, with percent-escapes decoded, once.
    try:
        path: str = environ["PATH_INFO"].encode("latin-1").decode()
    except UnicodeError:
        raise InvalidArgument("The path is not UTF-8.") from None
    if prefix:
        if not path.startswith(prefix + "/"):
            raise EndpointNotFound(f"Nothing is served at {path[:200]!r}; every path here begins with {prefix}/.")
        path = path[len(prefix) :]
    return path


def _body(environ: Environ, limit: int) -> bytes:
    """The whole body, refused before it is read if it says that it is too large, and while it is read if it lied."""
    length = environ.get("CONTENT_LENGTH") or environ.get("HTTP_CONTENT_LENGTH") or ""
    if length.isdigit() and int(length) > limit:
        raise TooLarge(f"The body has {length} bytes, this endpoint takes {limit}.")
    body: bytes = environ["wsgi.input"].read(limit + 1)
    if len(body) > limit:
        raise TooLarge(f"The body has more than the {limit} bytes that this endpoint takes.")
    return body


def _drain(environ: Environ) -> None:
    """Read what is left of a small body that was refused: an unread one would cost the client its connection."""
    length = environ.get("CONTENT_LENGTH") or environ.get("HTTP_CONTENT_LENGTH") or ""
    if length.isdigit() and 0 < int(length) <= _DRAINED:
        environ["wsgi.input"].read(int(length))


def _nothing(routes: Routes, method: str, path: str) -> EndpointNotFound:
    others = routes.methods(path)
    if others:
        return EndpointNotFound(f"Nothing answers {method} at {path[:200]!r}; it takes {', '.join(others)}.")
    return EndpointNotFound(f"Nothing is served at {path[:200]!r}.")


def _refusal(error: HitoError) -> Reply:
    headers = _JSON_HEADERS
    if error.retryable:
        headers = [*headers, ("retry-after", "1")]
    return Reply(error.status, headers, [error_body(error)])
