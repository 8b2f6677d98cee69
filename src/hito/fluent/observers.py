"""What goes along with a run without being asked: provenance, console, heartbeat, system metrics.

Each can be switched off: HITO_CAPTURE=0, HITO_CONSOLE=0, HITO_HEARTBEAT=0; system metrics are off until they are switched
on. All of it is the guard's: a failure is told once, in the log, and training goes on.
"""

import os
import threading
from collections.abc import Callable

from hito.client import voice
from hito.client.credentials import is_true, setting
from hito.fluent.active import Scope


def attach(scope: Scope, *, fresh: bool, system_metrics: bool | None) -> None:
    """Begin to watch a run that has just become active.

    Args:
        fresh: it is new; one that is resumed has its provenance already.
        system_metrics: None: as it was set for all runs.
    """
    if fresh and is_on("CAPTURE"):
        _guarded("capture", lambda: _capture(scope))
    if is_on("CONSOLE"):
        _guarded("console", lambda: _console(scope))
    if is_on("HEARTBEAT"):
        _guarded("heartbeat", lambda: _heartbeat(scope))
    if system_metrics or (system_metrics is None and is_true(setting("ENABLE_SYSTEM_METRICS_LOGGING"))):
        _guarded("system metrics", lambda: _system(scope, fresh))


def is_on(name: str) -> bool:
    """Whether something that is on by default was not switched off by `HITO_name=0`."""
    return os.environ.get(f"HITO_{name}", "1").strip().lower() not in ("0", "false", "no", "off")


def _capture(scope: Scope) -> None:
    # Imported here: reading processor and generators is nothing for those who switched it off.
    from hito.fluent import provenance

    provenance.begin(scope)
    scope.closing.append(lambda _: _guarded("capture", lambda: provenance.finish(scope)))


def _console(scope: Scope) -> None:
    from hito.fluent import console

    tail = console.listen()
    scope.closing.append(lambda _: _guarded("console", lambda: console.save(scope, tail)))


def _heartbeat(scope: Scope) -> None:
    from hito.fluent import heartbeat

    heartbeat.begin(scope)


def _system(scope: Scope, fresh: bool) -> None:
    from hito.fluent import system

    monitor = system.watch(scope, fresh=fresh)
    scope.closing.append(lambda _: _guarded("system metrics", monitor.stop))


def _guarded(what: str, act: Callable[[], None]) -> None:
    try:
        act()
    except Exception as error:  # noqa: BLE001  the guard: what goes along must not hurt the training
        voice.warn(
            f"observer {what}",
            f"hito: {what} of runs failed and is left out ({threading.current_thread().name}): {error!r}",
        )
