"""A closed-loop HTTP load: each connection writes a ready-made request, waits for the whole answer, writes the next."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Outcome:
    """What came of a load: seconds in all, the latency of each answer in ms, and how many answers of each status."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """Good answers per second."""
        return self.statuses[200] / self.seconds

    @property
    def errors(self) -> int:
        return sum(self.statuses.values()) - self.statuses[200]

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def __str__(self) -> str:
        problems = f", {self.errors} errors {dict(self.statuses)}" if self.errors else ""
        return f"{self.rate:,.0f}/s · p50 {self.percentile(0.5):.2f} · p99 {self.percentile(0.99):.2f} ms{problems}"


def request(url: str, method: str, path: str, body: bytes = b"") -> bytes:
    """The bytes of a request."""
    head = f"{method} {path} HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def drive(url: str, loads: Iterable[Iterable[bytes]]) -> Outcome:
    """Send each iterable of requests over a connection of its own, all at once."""
    return asyncio.run(_drive(url, [iter(load) for load in loads]))


async def _drive(url: str, loads: list[Iterator[bytes]]) -> Outcome:
    parts, outcome, loop = urlsplit(url), Outcome(), asyncio.get_running_loop()
    ends = [loop.create_future() for _ in loads]
    pairs = zip(loads, ends, strict=True)
    connections = [
        await loop.create_connection(
            lambda load=load, end=end: _Connection(load, outcome, end), parts.hostname, parts.port
        )
        for load, end in pairs
    ]
    began = time.perf_counter()
    for _, connection in connections:
        connection.next()
    await asyncio.gather(*ends)
    outcome.seconds = time.perf_counter() - began
    return outcome


class _Connection(asyncio.Protocol):
    def __init__(self, load: Iterator[bytes], outcome: Outcome, end: "asyncio.Future[None]") -> None:
        self.load, self.outcome, self.end = load, outcome, end
        self.buffer = bytearray()
        self.sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def next(self) -> None:
        message = next(self.load, None)
        if message is None:
            self.transport.close()
            return
        self.sent = time.perf_counter()
        self.transport.write(message)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self.buffer[:end]).lower()
        at = head.index(b"\r\ncontent-length:") + 17
        if len(self.buffer) < end + 4 + int(head[at:].split(b"\r\n", 1)[0]):
            return
        self.outcome.latencies.append((time.perf_counter() - self.sent) * 1000)
        self.outcome.statuses[int(head[9:12])] += 1
        self.buffer.clear()
        self.next()

    def connection_lost(self, error: Exception | None) -> None:
        if error is not None:
            self.outcome.statuses[0] += 1
        if not self.end.done():
            self.end.set_result(None)
