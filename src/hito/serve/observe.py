"""What a model server counts, for Prometheus and for people: requests, time, rows, and how far its input has drifted.

Counters are plain numbers, added to in the event loop and written as Prometheus' text when somebody asks; with several
workers each keeps its own file of them (prometheus_client's multiprocess mode).
"""

import os
from typing import Any
from weakref import WeakKeyDictionary

from hito.serve.drift import Drift
from hito.serve.payload import Parsed
from hito.serve.predictor import Predictor


class Observer:
    """Counts one worker's work.

    Raises: ModuleNotFoundError: prometheus_client is missing (it comes with `hito[serve]`).
    """

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

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
        self._psi = Gauge(
            "hito_input_psi",
            "Population stability index of the rows asked lately against the training data, by column",
            [*names, "column"],
            registry=self._registry,
            multiprocess_mode="livemax",
        )
        self._children: WeakKeyDictionary[Predictor, Any] = WeakKeyDictionary()
        self._drifts: WeakKeyDictionary[Predictor, Drift] = WeakKeyDictionary()

    def answered(self, predictor: Predictor, parsed: Parsed, count: int, seconds: float) -> None:
        """A request was answered."""
        observe, add = self._of(predictor)
        observe(seconds)
        add(count)
        drift = self._drifts.get(predictor)
        if drift is None:
            known = predictor.known
            names = known.form.names if known.form else None
            drift = self._drifts[predictor] = Drift(names, known.lows, known.highs, predictor.profile)
        drift.add(parsed.data if parsed.matrix is None else parsed.matrix)

    def drifted(self, predictor: Predictor) -> dict[str, float]:
        """Population stability index by column, the farthest first; nothing while too little was asked, or is known."""
        drift = self._drifts.get(predictor)
        return drift.indices() if drift is not None else {}

    def refused(self, predictor: Predictor | None, status: int) -> None:
        """A request got no prediction."""
        self._errors.labels(*(_labels(predictor) if predictor else ("", "")), str(status)).inc()

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
            labels = _labels(predictor)
            found = self._children[predictor] = (
                self._seconds.labels(*labels).observe,
                self._rows.labels(*labels).inc,
            )
        return found

    def flush(self) -> None:
        """Bring what was added up into the counters that Prometheus reads."""
        for predictor, drift in self._drifts.items():
            who = _labels(predictor)
            for counter, counts in zip((self._outside, self._missing), drift.counts(), strict=True):
                for column, count in counts.items():
                    counter.labels(*who, column).inc(count)
            for column, index in drift.indices().items():
                self._psi.labels(*who, column).set(index)


def _labels(predictor: Predictor) -> tuple[str, str]:
    who = predictor.identity
    return who.name or who.uri, who.version
