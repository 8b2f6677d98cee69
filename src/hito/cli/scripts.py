"""A script, run as Python would run it, with autolog on and a run around it.

The script is not touched and need not know of hito: it finds its own arguments in `sys.argv`, its folder on the path, and
`__name__` is `"__main__"`. What it logs itself, with hito or through autolog, goes to that run; the runs that it starts
are children of it.
"""

import importlib.util
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

_NESTED_PLACE = 4
"""Where `nested` stands among start_run's arguments."""


def run_script(
    script: str, arguments: tuple[str, ...], *, module: bool, experiment: str | None, run_name: str | None,
    tracking_uri: str | None, autolog: bool, models: bool, say: Callable[[str], None],
) -> int:  # fmt: skip
    """Run a script, or a module by its name; the exit code."""
    import hito

    if tracking_uri:
        hito.set_tracking_uri(tracking_uri)
    if experiment:
        hito.set_experiment(experiment)
    _as_python_would(script, arguments, module)
    if autolog:
        from hito.autologging import autolog as log_training

        log_training(log_models=models)
    name = run_name or (None if module else Path(script).stem)
    active = hito.start_run(run_name=name)
    _nest_runs(active.info.run_id)
    status, code = "FAILED", 1
    try:
        if module:
            runpy.run_module(script, run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(script, run_name="__main__")
        status, code = "FINISHED", 0
    except SystemExit as error:
        code = _code(error)
        status = "FAILED" if code else "FINISHED"
    except KeyboardInterrupt:
        status, code = "KILLED", 130
    except BaseException as error:  # noqa: BLE001  whatever a script can raise is shown as Python shows it
        _show(error)
    hito.end_run(status)
    say(f"run {active.info.run_name} ({active.info.run_id}) {status}")
    return code


def origin_of(module: str) -> str | None:
    """The file of a module by its name; None if there is none."""
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError):  # its package is not there, or the name is no name
        return None
    return None if spec is None else spec.origin or ""


def _as_python_would(script: str, arguments: tuple[str, ...], module: bool) -> None:
    """Arguments and path as the script would find them."""
    sys.argv[:] = [script, *arguments]
    folder = str(Path.cwd()) if module else str(Path(script).resolve().parent)
    if Path(script).is_dir():
        folder = script
    sys.path.insert(0, folder)
    # What is captured as the run's source is the script and its checkout, not this command and hito's.
    sys.modules["__main__"].__file__ = (origin_of(script) or None) if module else str(Path(script).resolve())


def _nest_runs(around: str) -> None:
    """Let the script call `start_run()`: inside of our run, which it knows nothing of."""
    from hito.autologging.patch import Original, Patches
    from hito.fluent import active, runs

    def begin(original: Original, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        outer = active.current()
        if outer is not None and outer.run_id == around and len(given) < _NESTED_PLACE:
            named = {**named, "nested": True}
        return original(*given, **named)

    Patches().functions({runs.start_run: begin}, at_home=True)


def _code(error: SystemExit) -> int:
    """The exit code that Python would end with."""
    if error.code is None:
        return 0
    if isinstance(error.code, int):
        return error.code
    click.echo(error.code, err=True)
    return 1


def _show(error: BaseException) -> None:
    """The script's traceback, without the frames that ran it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_globals.get("__name__") in (__name__, "runpy"):
        trace = trace.tb_next
    sys.excepthook(type(error), error, trace)
