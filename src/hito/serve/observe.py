"""What a model server counts, for Prometheus and for people: requests, time, rows, and how its input drifts.

Counters are plain numbers, added to in the event loop and written as Prometheus' text when somebody asks; with several
workers each keeps its own file of them (prometheus_client's multiprocess mode).
"""

import os
from typing import Any

import numpy as np

from hito.serve.predictor import Predictor


class Observer:
    """Counts one worker's work.

    Raises: ModuleNotFoundError: prometheus_client is missing (it comes with `hito[serve]`).
    """

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self._registry = CollectorRegistry()
        names = ["model", "version"]
        steps = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
        self._seconds = Histogram(
            "hito_request_seconds", "Time of a scoring request", names, buckets=steps, registry=self._registry
        )
        self._rows = Counter("hito_rows", "Rows predicted", names, registry=self._registry)
        self._errors = Counter(
            "hito_refusals", "Requests refused, by status", [*names, "status"], registry=self._registry
        )
        self._outside = Counter(
            "hito_values_outside",
            "Values beyond what training saw, by column",
            [*names, "column"],
            registry=self._registry,
        )
        self._missing = Counter(
            "hito_values_missing", "Missing values, by column", [*names, "column"], registry=self._registry
        )
        self._children: dict[int, Any] = {}

    def answered(self, predictor: Predictor, rows: Any, count: int, seconds: float) -> None:
        """A request was answered. `rows`: its numbers, if they are a matrix."""
        observe, add = self._of(predictor)
        observe(seconds)
        add(count)
        if rows is not None and predictor.known.lows:
            self._drift(predictor, rows)

    def refused(self, predictor: Predictor | None, status: int) -> None:
        """A request got no prediction."""
        who = predictor.identity if predictor else None
        self._errors.labels(who.name if who else "", who.version if who else "", str(status)).inc()

    def text(self, more: str = "") -> bytes:
        """All counters, as Prometheus reads them; with several workers, of all of them."""
        from prometheus_client import CollectorRegistry, generate_latest

        registry = self._registry
        if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
            from prometheus_client import multiprocess

            registry = CollectorRegistry()
            collect: Any = multiprocess.MultiProcessCollector
            collect(registry)
        found: bytes = generate_latest(registry)
        return found + more.encode()

    def _of(self, predictor: Predictor) -> Any:
        found = self._children.get(id(predictor))
        if found is None:
            who = predictor.identity
            labels = (who.name or who.uri, who.version)
            found = self._children[id(predictor)] = (
                self._seconds.labels(*labels).observe,
                self._rows.labels(*labels).inc,
            )
        return found

    def _drift(self, predictor: Predictor, rows: Any) -> None:
        known, who = predictor.known, predictor.identity
        missing = np.isnan(rows).sum(axis=0)
        outside = ((rows < np.array(known.lows)) | (rows > np.array(known.highs))).sum(axis=0)
        for counter, counts in ((self._missing, missing), (self._outside, outside)):
            for at in np.flatnonzero(counts):
                name = known.columns[at] if known.columns else str(at)
                counter.labels(who.name or who.uri, who.version, name).inc(int(counts[at]))
