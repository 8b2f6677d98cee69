"""System metrics: what a run takes of the machine, as metrics `system/…` under MLflow's names.

A thread looks every ten seconds (`set_system_metrics_sampling_interval`), and logs the mean of as many looks as
`set_system_metrics_samples_before_logging` says. Needs psutil; GPUs of NVIDIA are seen if `pynvml` is installed.
"""

import os
import threading
from collections.abc import Callable
from typing import Any

from hito.client.credentials import setting
from hito.client.session import now_ms
from hito.core.errors import InvalidArgument
from hito.fluent.active import Scope

MIB = 1e6  # a megabyte is what the names say, and what MLflow's charts show


def enable_system_metrics_logging() -> None:
    """Watch the machine in all runs that start from now on."""
    os.environ["HITO_ENABLE_SYSTEM_METRICS_LOGGING"] = "true"


def disable_system_metrics_logging() -> None:
    """Watch it only in runs that are started with `log_system_metrics=True`."""
    os.environ["HITO_ENABLE_SYSTEM_METRICS_LOGGING"] = "false"


def set_system_metrics_sampling_interval(interval: float | None) -> None:
    """Seconds between two looks; None: 10."""
    _export("SYSTEM_METRICS_SAMPLING_INTERVAL", interval)


def set_system_metrics_samples_before_logging(samples: int | None) -> None:
    """How many looks make one point; None: 1."""
    _export("SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING", samples)


def set_system_metrics_node_id(node_id: str | None) -> None:
    """A name for this machine, to tell several that log to one run: `system/<node>/…`."""
    _export("SYSTEM_METRICS_NODE_ID", node_id)


class Monitor:
    """The thread that looks."""

    def __init__(self, scope: Scope, step: int, look: Callable[[], dict[str, float]]) -> None:
        self._scope = scope
        self._step = step
        self._look = look
        self._prefix = _prefix()
        self._every = _positive("SYSTEM_METRICS_SAMPLING_INTERVAL", 10.0)
        self._samples = max(1, int(_positive("SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING", 1.0)))
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="hito-system-metrics", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(2.0)

    def _watch(self) -> None:
        looks: list[dict[str, float]] = []
        while not self._stopped.wait(self._every):
            looks.append(self._look())
            if len(looks) >= self._samples:
                self._log(looks)
                looks = []

    def _log(self, looks: list[dict[str, float]]) -> None:
        when = now_ms()
        for name in looks[-1]:
            values = [look[name] for look in looks if name in look]
            self._scope.metric(self._prefix + name, sum(values) / len(values), self._step, when)
        self._step += 1


def watch(scope: Scope, *, fresh: bool) -> Monitor:
    """Begin to watch; a run that is resumed goes on behind its last point.

    Raises: InvalidArgument: psutil is not installed.
    """
    try:
        import psutil
    except ModuleNotFoundError:
        raise InvalidArgument("System metrics need psutil: pip install psutil.") from None
    step = 0
    if not fresh:
        history = scope.client.get_metric_history(scope.run_id, f"{_prefix()}cpu_utilization_percentage")
        step = max((point.step for point in history), default=-1) + 1
    return Monitor(scope, step, _looker(psutil))


def _looker(psutil: Any) -> Callable[[], dict[str, float]]:
    """A function that measures; the network is counted from now on."""
    begun = psutil.net_io_counters()
    psutil.cpu_percent()  # the first call has nothing to compare with
    graphics = _graphics()

    def look() -> dict[str, float]:
        memory = psutil.virtual_memory()
        disk = psutil.disk_usage(os.sep)
        network = psutil.net_io_counters()
        return {
            "cpu_utilization_percentage": psutil.cpu_percent(),
            "system_memory_usage_megabytes": memory.used / MIB,
            "system_memory_usage_percentage": memory.percent,
            "disk_usage_megabytes": disk.used / MIB,
            "disk_usage_percentage": disk.percent,
            "disk_available_megabytes": disk.free / MIB,
            "network_receive_megabytes": (network.bytes_recv - begun.bytes_recv) / MIB,
            "network_transmit_megabytes": (network.bytes_sent - begun.bytes_sent) / MIB,
            **graphics(),
        }

    return look


def _graphics() -> Callable[[], dict[str, float]]:
    try:
        import pynvml

        pynvml.nvmlInit()
        handles = [pynvml.nvmlDeviceGetHandleByIndex(at) for at in range(pynvml.nvmlDeviceGetCount())]
    except Exception:  # noqa: BLE001  no library, no driver, no card: there is nothing to measure
        return dict

    def look() -> dict[str, float]:
        found: dict[str, float] = {}
        for at, handle in enumerate(handles):
            memory, power = pynvml.nvmlDeviceGetMemoryInfo(handle), pynvml.nvmlDeviceGetPowerUsage(handle)
            limit = pynvml.nvmlDeviceGetEnforcedPowerLimit(handle)
            found |= {
                f"gpu_{at}_memory_usage_percentage": 100 * memory.used / memory.total,
                f"gpu_{at}_memory_usage_megabytes": memory.used / MIB,
                f"gpu_{at}_utilization_percentage": float(pynvml.nvmlDeviceGetUtilizationRates(handle).gpu),
                f"gpu_{at}_power_usage_watts": power / 1000,
                f"gpu_{at}_power_usage_percentage": 100 * power / limit,
            }
        return found

    return look


def _prefix() -> str:
    node = setting("SYSTEM_METRICS_NODE_ID")
    return f"system/{node}/" if node else "system/"


def _positive(name: str, default: float) -> float:
    try:
        found = float(setting(name))
    except ValueError:
        return default
    return found if found > 0 else default


def _export(name: str, value: object) -> None:
    if value is None:
        os.environ.pop(f"HITO_{name}", None)
    else:
        os.environ[f"HITO_{name}"] = str(value)
