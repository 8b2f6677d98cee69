"""What the server tells of its own work: a log line for each request, and counters for Prometheus. Both are off unless
asked for, since a small request takes less time than a line of log.
"""

import json
import logging
import os
from pathlib import Path
from typing import Any

log = logging.getLogger("hito.requests")

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Observer:
    """Sees every request once it is answered.

    Args:
        logs: write a line of JSON for each request to the logger `hito.requests`.
        folder: export counters at /metrics; workers share them through files in this folder. None: no export.
    """

    def __init__(self, logs: bool = False, folder: Path | None = None) -> None:
        self.logs = logs
        self.exports = folder is not None
        self.active = logs or self.exports
        self.export_type = "text/plain; version=0.0.4; charset=utf-8"
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
            from prometheus_client import Counter, Histogram  # only for those who want it: 40 ms of import

            self._count = Counter("hito_requests", "Requests answered.", ["method", "endpoint", "status"])
            self._seconds = Histogram(
                "hito_request_seconds", "Seconds until the answer began.", ["endpoint"], buckets=_BUCKETS
            )

    def saw(self, environ: dict[str, Any], endpoint: str, status: int, seconds: float) -> None:
        if self.logs:
            log.info(
                json.dumps(
                    {
                        "method": environ["REQUEST_METHOD"],
                        "path": environ["PATH_INFO"],  # not the query: it may name secrets
                        "status": status,
                        "ms": round(seconds * 1000, 3),
                        "peer": environ.get("REMOTE_ADDR", ""),
                        "agent": environ.get("HTTP_USER_AGENT", "")[:100],
                    }
                )
            )
        if self.exports:
            name = endpoint or "unknown"  # never the path: paths are without number
            self._count.labels(environ["REQUEST_METHOD"], name, str(status)).inc()
            self._seconds.labels(name).observe(seconds)

    def export(self) -> bytes:
        """The counters of all workers, as Prometheus reads them."""
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        text: bytes = generate_latest(registry)
        return text
