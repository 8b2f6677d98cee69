"""What a model server counts, for Prometheus and for people: requests, time, rows, and how its input drifts.

Counters are plain numbers, added to in the event loop and written as Prometheus' text when somebody asks; with several
workers each keeps its own file of them (prometheus_client's multiprocess mode).
"""

import os
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from hito.serve.predictor import Predictor

_AT_ONCE = 256
"""Rows that are looked at together."""


class Observer:
    """Counts one worker's work.

    Raises: ModuleNotFoundError: prometheus_client is missing (it comes with `hito[serve]`).
    """

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self.shared = bool(os.environ.get("PROMETHEUS_MULTIPROC_DIR"))
        """Whether other workers count as well; then the counters lie in files."""
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
        self._children: WeakKeyDictionary[Predictor, Any] = WeakKeyDictionary()
        self._drifts: WeakKeyDictionary[Predictor, _Drift] = WeakKeyDictionary()

    def answered(self, predictor: Predictor, rows: Any, count: int, seconds: float) -> None:
        """A request was answered. `rows`: its numbers, if they are a matrix."""
        observe, add = self._of(predictor)
        observe(seconds)
        add(count)
        if rows is not None and predictor.known.lows:
            drift = self._drifts.get(predictor)
            if drift is None:
                drift = self._drifts[predictor] = _Drift(predictor)
            drift.add(rows)

    def refused(self, predictor: Predictor | None, status: int) -> None:
        """A request got no prediction."""
        who = predictor.identity if predictor else None
        self._errors.labels((who.name or who.uri) if who else "", who.version if who else "", str(status)).inc()

    def text(self, more: str = "") -> bytes:
        """All counters, as Prometheus reads them; with several workers, of all of them."""
        from prometheus_client import CollectorRegistry, generate_latest

        self.flush()
        registry = self._registry
        if self.shared:
            from prometheus_client import multiprocess

            registry = CollectorRegistry()
            collect: Any = multiprocess.MultiProcessCollector
            collect(registry)
        found: bytes = generate_latest(registry)
        return found + more.encode()

    def _of(self, predictor: Predictor) -> Any:
        found = self._children.get(predictor)
        if found is None:
            who = predictor.identity
            labels = (who.name or who.uri, who.version)
            found = self._children[predictor] = (
                self._seconds.labels(*labels).observe,
                self._rows.labels(*labels).inc,
            )
        return found

    def flush(self) -> None:
        """Bring what was added up into the counters that Prometheus reads."""
        for drift in self._drifts.values():
            drift.flush(self._outside, self._missing)


class _Drift:
    """How the input of one model differs from what training saw, added up in two arrays."""

    def __init__(self, predictor: Predictor) -> None:
        known, who = predictor.known, predictor.identity
        self._lows = np.array([-np.inf if value is None else value for value in known.lows])
        self._highs = np.array([np.inf if value is None else value for value in known.highs])
        self._who = (who.name or who.uri, who.version)
        self._names = known.form.names if known.form else None
        self._outside = np.zeros(len(self._lows), dtype=np.int64)
        self._missing = np.zeros(len(self._lows), dtype=np.int64)
        self._waiting: list[Any] = []
        self._count = 0

    def add(self, rows: Any) -> None:
        """Some rows came. They are looked at when they are many: one by one it would cost what predicting them costs."""
        self._waiting.append(rows)
        self._count += len(rows)
        if self._count >= _AT_ONCE:
            self._look()

    def _look(self) -> None:
        if not self._waiting:
            return
        rows = np.concatenate(self._waiting)
        self._waiting.clear()
        self._count = 0
        inside = (rows >= self._lows) & (rows <= self._highs)
        if inside.all():  # a NaN is in no range
            return
        missing = np.isnan(rows)
        self._missing += missing.sum(axis=0)
        self._outside += (~inside & ~missing).sum(axis=0)

    def flush(self, outside: Any, missing: Any) -> None:
        """Hand over what was counted since the last time."""
        self._look()
        for counter, counts in ((outside, self._outside), (missing, self._missing)):
            for at in np.flatnonzero(counts):
                counter.labels(*self._who, self._names[at] if self._names else str(at)).inc(int(counts[at]))
            counts[:] = 0
