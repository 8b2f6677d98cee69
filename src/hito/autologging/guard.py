"""The guard between logging and training: whatever fails in here ends here.

Training is the program's, logging is ours. Each step of logging is one call of `attempt`; when it fails, the step is
missing from the run, one warning says so, and the steps after it are tried all the same.
"""

import warnings
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from hito.client import voice

T = TypeVar("T")
P = ParamSpec("P")


def attempt(what: str, silent: bool, action: Callable[P, T], *args: P.args, **named: P.kwargs) -> T | None:
    """Do one step of logging.

    Args:
        what: the step, as the warning names it: `the confusion matrix`.
        silent: do not warn.
    Returns: what `action` returned; None if it failed. An interrupt by the user is no failure and goes through.
    """
    try:
        with warnings.catch_warnings():
            # What a metric or a picture warns about was computed for the log, not by the program.
            warnings.simplefilter("ignore")
            return action(*args, **named)
    except Exception as error:  # noqa: BLE001  the guard: a failure to log must not hurt training
        if not silent:
            _say(what, error)
        return None


def _say(what: str, error: Exception) -> None:
    lines = str(error).strip().splitlines()
    reason = f"{type(error).__name__}: {lines[0][:300]}" if lines else type(error).__name__
    try:
        voice.warn(f"autolog {what} {type(error).__name__}", f"hito: autolog could not log {what} ({reason}).")
    except Exception:  # noqa: BLE001,S110  nor may a broken log handler
        pass
