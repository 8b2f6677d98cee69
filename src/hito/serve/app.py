"""The model server's HTTP skin: requests to models, answers to bytes. An RSGI application.

RSGI, since a request's body is awaited and not read by a thread: a client that sends a byte a second holds a few
hundred bytes of ours, not one of few threads. What a model computes for longer than a moment is done in its own thread.

    POST /invocations                             the model of a server of one
    POST /models/{name}/{version}/invocations     of a server of many; also a stage, or @alias
    GET  /ping /health /version /models /metrics /openapi.json /
"""

import asyncio
import hashlib
import hmac
import itertools
import json
import logging
import re
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import unquote

from msgspec import Struct

from hito import __version__
from hito.core.models import STAGES
from hito.serve import describe, page
from hito.serve.deadlines import Deadlines
from hito.serve.observe import Observer
from hito.serve.payload import Parsed, encode, encode_value
from hito.serve.predictor import Predictor
from hito.serve.refusal import Refusal
from hito.serve.served import Entry, Served

log = logging.getLogger("hito.serve")

MLFLOW_VERSION = "3.17.2"
_JSON = ("content-type", "application/json")
_SAFE = ("x-content-type-options", "nosniff")
_TEXT = ("content-type", "text/plain; charset=utf-8")
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_PIECE = 10_000
"""Rows of a large request that are predicted, and sent, at once."""
_READ_TIMES = 8
"""A body that is too large is read up to so many times the limit, so that its sender hears why it is refused."""
_OPEN = ("/ping", "/health")
_ORIGIN = uuid.uuid4().hex[:8]
_numbers = itertools.count(1)


class Limits(Struct, frozen=True, kw_only=True):
    """What a request may cost.

    Args:
        body: bytes; body_seconds: in which they must have come; predict_seconds: in which it must be answered.
        requests: under way at once; more are refused with 429.
    """

    body: int = 64 << 20
    body_seconds: float = 30.0
    predict_seconds: float = 60.0
    requests: int = 1_024


class Application:
    """Answers requests with what is served.

    Args:
        keys: API keys, one of which a request must show; none: everybody may ask.
        sample: is told of a request and its answer, for those who log some of them.
    """

    def __init__(
        self,
        served: Served,
        observer: Observer,
        limits: Limits,
        keys: Sequence[str] = (),
        sample: Callable[[dict[str, Any]], None] | None = None,
    ) -> None:
        self.served = served
        self._observer = observer
        self._limits = limits
        self._keys = [hashlib.sha256(key.encode()).digest() for key in keys]
        self._sample = sample
        self.begin: Callable[[asyncio.AbstractEventLoop], None] = lambda loop: None
        self.end: Callable[[], None] = lambda: None
        self._deadlines = Deadlines(limits.body_seconds)
        self._under_way = 0
        self._draining = False

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.begin(loop)
        if self._observer.shared:
            self._tick(loop)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        """Any worker may be asked for the counters of all; they read what each has written."""
        self._observer.flush()
        loop.call_later(1.0, self._tick, loop)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.end()

    async def drained(self, seconds: float) -> None:
        """Say at /ping that nothing more is taken, and wait until what is under way is answered."""
        self._draining = True
        deadline = time.monotonic() + seconds
        while self._under_way and time.monotonic() < deadline:
            await asyncio.sleep(0.01)

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        headers = scope.headers
        given = headers.get("x-request-id")
        ticket = given if given and _ID.fullmatch(given) else f"{_ORIGIN}-{next(_numbers):x}"
        named = [("x-request-id", ticket), _SAFE]
        entry: Entry | None = None
        try:
            path = scope.path
            if self._keys:
                self._check_key(headers, path)
            route = _route(path)
            if route is None:
                self._other(scope, protocol, path, named)
                return
            if scope.method != "POST":
                raise Refusal(405, "", f"{path[:200]} takes POST.")
            entry = self.served.entries.get(route) or await self.served.entry(route)
            await self._predict(headers, protocol, entry, named, ticket)
        except Refusal as refusal:
            self._observer.refused(entry.current.predictor if entry else None, refusal.status)
            _refuse(protocol, refusal, named)
        except _Broken as broken:
            log.warning("request %s: its answer broke off after some of it was sent: %s", ticket, broken)
            self._observer.refused(entry.current.predictor if entry else None, 500)
        except Exception as error:
            log.exception("request %s failed", ticket, exc_info=error)
            self._observer.refused(None, 500)
            said = f"The server failed; its log tells why under {ticket}."
            _refuse(protocol, Refusal(500, "INTERNAL_ERROR", said), named)

    async def _predict(
        self, headers: Any, protocol: Any, entry: Entry, named: list[tuple[str, str]], ticket: str
    ) -> None:
        if self._under_way >= self._limits.requests:
            said = f"{self._limits.requests} requests are under way; try again."
            raise Refusal(429, "REQUEST_LIMIT_EXCEEDED", said, retry_after=1)
        self._under_way += 1
        try:
            began = time.perf_counter()
            body = await self._body(headers, protocol)
            line = entry.choose()
            predictor = line.predictor
            parsed = predictor.parse(body, headers.get("content-type") or "")
            rows = parsed.matrix
            named = [_JSON, *named, *predictor.headers]
            if rows is not None and len(rows) > 2 * _PIECE:
                await _stream(protocol, named, line.predict, rows)
                self._observer.answered(predictor, parsed, len(rows), time.perf_counter() - began)
                return
            answer = line.at_once(parsed)
            if answer is None:
                answer = await line.predict(parsed)
            protocol.response_bytes(200, named, encode(answer))
            count = len(answer) if hasattr(answer, "__len__") else 1
            self._observer.answered(predictor, parsed, count, time.perf_counter() - began)
            if entry.shadow is not None:
                entry.compare(parsed, answer)
            if self._sample is not None:
                self._sample(_sampled(ticket, predictor, body, answer))
        finally:
            self._under_way -= 1

    async def _body(self, headers: Any, protocol: Any) -> bytes:
        """The whole body, refused when it is too large or too slow."""
        limit = self._limits.body
        length = headers.get("content-length") or ""
        try:
            if length.isdigit() and int(length) > limit:
                if int(length) <= _READ_TIMES * limit:
                    await self._deadlines.within(_passed(protocol))
                said = f"The body has {length} bytes, this server takes {limit}. Send fewer rows at once."
                raise Refusal(413, "BAD_REQUEST", said)
            return await self._deadlines.within(protocol() if length.isdigit() else _collected(protocol, limit))
        except TimeoutError:
            seconds = self._limits.body_seconds
            raise Refusal(408, "BAD_REQUEST", f"The body did not come within {seconds:g} s.") from None

    def _check_key(self, headers: Any, path: str) -> None:
        if (
            path in _OPEN or path == "/" or path in page.FILES
        ):  # the page holds nothing; what it asks for is asked with a key
            return
        given = headers.get("x-api-key") or ""
        scheme, _, token = (headers.get("authorization") or "").partition(" ")
        if scheme.lower() == "bearer":
            given = token.strip()
        shown = hashlib.sha256(given.encode("utf-8", "surrogateescape")).digest()
        fitting = sum(hmac.compare_digest(shown, key) for key in self._keys)  # all, whatever the first says
        if not fitting:
            raise Refusal(401, "UNAUTHENTICATED", "Show an API key: Authorization: Bearer KEY, or X-API-Key: KEY.")

    def _other(self, scope: Any, protocol: Any, path: str, named: list[tuple[str, str]]) -> None:
        if scope.method not in ("GET", "HEAD"):
            known = path in ("/ping", "/health", "/version", "/models", "/metrics", "/openapi.json", "/", *page.FILES)
            raise Refusal(
                405 if known else 404,
                "",
                f"{path[:200]} takes GET." if known else f"Nothing is served at {path[:200]}.",
            )
        if path in _OPEN:
            status = 503 if self._draining else 200 if self.served.entries or self.served.load else 404
            protocol.response_bytes(status, [_JSON, *named], b"\n")
        elif path == "/version":
            if "json" in (scope.headers.get("accept") or ""):
                protocol.response_bytes(
                    200,
                    [_JSON, *named],
                    json.dumps({"mlflow": MLFLOW_VERSION, "hito": __version__, "models": self._models()}).encode(),
                )
            else:
                protocol.response_bytes(200, [_JSON, *named], MLFLOW_VERSION.encode())
        elif path == "/models":
            protocol.response_bytes(200, [_JSON, *named], json.dumps({"models": self._models()}).encode())
        elif path == "/metrics":
            protocol.response_bytes(
                200,
                [("content-type", "text/plain; version=0.0.4; charset=utf-8"), *named],
                self._observer.text(self._routes_text()),
            )
        elif path == "/openapi.json":
            protocol.response_bytes(
                200,
                [_JSON, *named],
                json.dumps(describe.document(self.served, keyed=bool(self._keys)), default=str).encode(),
            )
        elif path == "/" or path in page.FILES:
            kind, content = page.find(path)
            protocol.response_bytes(200, [("content-type", kind), *page.HEADERS, *named], content)
        else:
            raise Refusal(404, "", f"Nothing is served at {path[:200]}.")

    def _models(self) -> list[dict[str, Any]]:
        """What is served, for people and programs."""
        return [
            _described(route, entry) | {"drift": self._observer.drifted(entry.current.predictor)}
            for route, entry in sorted(self.served.entries.items())
        ]

    def _routes_text(self) -> str:
        lines = []
        for route, entry in sorted(self.served.entries.items()):
            label = '{route="' + route.replace("\\", "\\\\").replace('"', '\\"') + '"'
            lines.append(f"hito_swaps_total{label}}} {entry.swaps}")
            if entry.shadow is not None:
                lines += [
                    f'hito_shadow_total{label},outcome="{name}"}} {getattr(entry.shadowed, name)}'
                    for name in entry.shadowed.__struct_fields__
                ]
        return "".join(f"{line}\n" for line in lines)


def _described(route: str, entry: Entry) -> dict[str, Any]:
    predictor, known = entry.current.predictor, entry.current.predictor.known
    canary, shadow, counted = entry.canary, entry.shadow, entry.shadowed
    return {
        "route": f"/models/{route}/invocations" if route else "/invocations",
        "uri": predictor.identity.uri,
        "name": predictor.identity.name,
        "version": predictor.identity.version,
        "digest": predictor.digest,
        "compiled": predictor.verdict,
        "reason": known.reason,
        "furthest": known.furthest,
        "rows_proven": known.rows,
        "python_from": known.python_from,
        "swaps": entry.swaps,
        "joined": entry.current.joined,
        "canary": canary and {"version": canary[0].predictor.identity.version, "share": canary[1]},
        "shadow": shadow
        and {
            "version": shadow.predictor.identity.version,
            **{name: getattr(counted, name) for name in counted.__struct_fields__},
        },
    }


def _route(path: str) -> str | None:
    """Which model a path asks for; None: it is no scoring path."""
    if path == "/invocations":
        return ""
    if path.startswith("/models/") and path.endswith("/invocations"):
        name, _, which = unquote(path[len("/models/") : -len("/invocations")]).rpartition("/")
        stage = STAGES.get(which.lower())
        return f"{name}/{stage.label if stage else which}"
    return None


async def _passed(protocol: Any) -> bytes:
    """Read a body and forget it: a client that is still sending would not read why it is refused."""
    async for _ in protocol:
        pass
    return b""


async def _collected(protocol: Any, limit: int) -> bytes:
    pieces, size = [], 0
    async for piece in protocol:
        size += len(piece)
        if size <= limit:
            pieces.append(bytes(piece))
        elif size > _READ_TIMES * limit:
            break
    if size > limit:
        raise Refusal(413, "BAD_REQUEST", f"The body has more than the {limit} bytes that this server takes.")
    return b"".join(pieces)


async def _stream(protocol: Any, headers: list[tuple[str, str]], predict: Any, rows: Any) -> None:
    """Answer many rows piece by piece: memory stays that of a piece, and other requests get their turns in between."""
    first = await predict(Parsed(matrix=rows[:_PIECE]))
    transport = protocol.response_stream(200, headers)
    try:
        await transport.send_bytes(b'{"predictions": [' + encode_value(first)[1:-1])
        for start in range(_PIECE, len(rows), _PIECE):
            answer = await predict(Parsed(matrix=rows[start : start + _PIECE]))
            await transport.send_bytes(b"," + encode_value(answer)[1:-1])
        await transport.send_bytes(b"]}")
    except Exception as error:
        raise _Broken(str(error)) from error


class _Broken(Exception):
    """An answer of which a part was sent already; nothing more can be said to this client."""


def _sampled(ticket: str, predictor: Predictor, body: bytes, answer: Any) -> dict[str, Any]:
    who = predictor.identity
    return {
        "request_id": ticket,
        "model": who.name or who.uri,
        "version": who.version,
        "time": time.time(),
        "request": body.decode("utf-8", "replace"),
        "answer": encode_value(answer).decode(),
    }


def _refuse(protocol: Any, refusal: Refusal, named: list[tuple[str, str]]) -> None:
    more = [("retry-after", str(refusal.retry_after))] if refusal.retry_after else []
    if not refusal.code:
        protocol.response_bytes(refusal.status, [_TEXT, *named, *more], refusal.message.encode())
        return
    body = json.dumps({"error_code": refusal.code, "message": refusal.message}).encode()
    protocol.response_bytes(refusal.status, [_JSON, *named, *more], body)
