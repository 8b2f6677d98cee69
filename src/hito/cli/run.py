"""`hito run`: a script, a module, or a project, with a run around it.

    hito run train.py --depth 3                         a script, as Python would run it, with autolog on
    hito run -m forest.train                            a module
    hito run --git URL@commit train.py --depth 3        a script of a repository, in a clone that is removed again
    hito run FOLDER|URL[#folder] -e main -P depth=3     an entry point of an MLproject, in its environment

Scripts are run in this process, see `hito.cli.scripts`; projects in one of their own, see `hito.fluent.projects`.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hito.cli.screen import plain
from hito.core.errors import HitoError, NotFound

if TYPE_CHECKING:
    from hito.reproduce.project import Source

_SETTINGS = {"ignore_unknown_options": True, "allow_interspersed_args": False}

_COMMON = [
    click.option("--experiment", "--experiment-name", metavar="NAME", help="The run's experiment, made if it is new."),
    click.option("--run-name", metavar="NAME", help="The run's name.  [default: made of the script's or project's]"),
    click.option(
        "--tracking-uri", metavar="URI", help="Where to log.  [default: HITO_TRACKING_URI, else the nearest .hito]"
    ),
]  # fmt: skip
_PROJECTS = [
    click.option(
        "--entry-point", "-e", metavar="NAME",
        help="Of a project: what to run, an entry point or a .py or .sh file.  [default: main]",
    ),
    click.option("--param", "--param-list", "-P", metavar="NAME=VALUE", multiple=True, help="Of a project: a parameter."),
    click.option("--version", "-v", metavar="REVISION", help="Of a repository: a commit, tag or branch.  [default: its head]"),
    click.option(
        "--env-manager", metavar="uv|local",
        type=click.Choice(["uv", "local", "virtualenv", "conda"]), help="Of a project: make its environment, or use this one.",
    ),
    click.option("--offline", is_flag=True, help="Of a project: ask no package index."),
    click.option(
        "--wheelhouse", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="FOLDER",
        help="Of a project: wheels to install from.",
    ),
    click.option("--allow-urls", is_flag=True, help="Of a project: install requirements that name addresses, too."),
]  # fmt: skip
_SCRIPTS = [
    click.option("--git", metavar="URL[@REVISION]", help="Take the script or project from this repository."),
    click.option("--no-autolog", is_flag=True, help="Of a script: log only what it logs itself."),
    click.option("--no-models", is_flag=True, help="Of a script: do not keep the models that it trains."),
    click.option("-m", "--module", is_flag=True, help="TARGET is a module's name, as for python -m."),
]


@click.command(context_settings=_SETTINGS)
@click.argument("target", required=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def run(target: str | None, arguments: tuple[str, ...], **options: Any) -> None:
    """Run TARGET, and log it.

    A Python script is run with its ARGUMENTS, and its training is logged. A folder with an MLproject file, or the address
    of a repository with one, is a project, and its entry point is run in the environment that it names.

    The run ends as the program does: FINISHED, or FAILED if it raised or exited with another code than 0; that code is
    the command's own. 2: it could not be run.
    """
    from hito.reproduce.project import source_of

    try:
        if options["git"]:
            _from_git(source_of(options["git"], options["version"] or "", cloned=True), target, arguments, options)
        elif target is None:
            raise click.UsageError("name a script, a project's folder, or --git URL")
        elif not options["module"] and _is_project(target, options):
            more = _project_options(arguments)
            source = source_of(target, more["version"] or options["version"] or "")
            _run_project(source, {**options, **{key: value for key, value in more.items() if value}})
        else:
            _run_script(target, arguments, options)
    except HitoError as error:
        _say(str(error))
        sys.exit(2)


for _option in [*_SCRIPTS, *_PROJECTS, *_COMMON][::-1]:
    run = _option(run)


def _is_project(target: str, options: dict[str, Any]) -> bool:
    from hito.reproduce.project import is_repository

    folder = Path(target)
    if is_repository(target):
        return True
    runs_itself = (folder / "__main__.py").is_file() and not (options["entry_point"] or options["param"])
    return folder.is_dir() and not runs_itself


def _project_options(arguments: tuple[str, ...]) -> dict[str, Any]:
    """Options may follow a project's name, as MLflow's do."""
    command = click.Command("hito run PROJECT", params=[], callback=lambda **given: given)
    for option in [*_PROJECTS, *_COMMON]:
        command = option(command)
    given: dict[str, Any] = command.main(list(arguments), "hito run PROJECT", standalone_mode=False)
    return given


def _run_project(source: "Source", options: dict[str, Any]) -> None:
    from hito.fluent import projects
    from hito.fluent.configuration import get_tracking_uri

    values: dict[str, str | None] = {}
    for one in options["param"]:
        name, given, value = one.partition("=")
        if not name or name in values:
            raise click.UsageError(f"-P {one!r}: {'a parameter is given twice' if name else 'it has no name'}")
        values[name] = value if given else None
    asked = projects.Asked(
        source=source,
        entry_point=options["entry_point"] or "main",
        values=values,
        env_manager="local" if options["env_manager"] == "local" else "uv",
        offline=options["offline"],
        wheelhouse=options["wheelhouse"].absolute() if options["wheelhouse"] else None,
        allow_urls=options["allow_urls"],
        experiment=options["experiment"] or "",
        run_name=options["run_name"],
    )
    try:
        ended = projects.run(options["tracking_uri"] or get_tracking_uri(), asked, _say, _out)
    except KeyboardInterrupt:
        _say("interrupted before the program began; there is no run")
        sys.exit(130)
    _say(f"run {ended.name} ({ended.run_id}) {ended.status}")
    sys.exit(ended.code)


def _from_git(source: "Source", target: str | None, arguments: tuple[str, ...], options: dict[str, Any]) -> None:
    """A project or, with a target, a script of a repository."""
    from hito.fluent.configuration import get_tracking_uri
    from hito.fluent.projects import folder_of

    if target is None and not options["module"]:
        _run_project(source, options)
        return
    if target is None:
        raise click.UsageError("-m needs the name of a module")
    # The nearest .hito is the one near here, not near the clone.
    options = {**options, "tracking_uri": options["tracking_uri"] or get_tracking_uri()}
    with tempfile.TemporaryDirectory(prefix="hito-run-") as place:
        folder = folder_of(source, Path(place) / "source", _say)
        before = Path.cwd()
        os.chdir(folder)
        try:
            if not options["module"] and not Path(target).is_file():
                raise NotFound(f"there is no file {target} in {source.place} at that commit")
            sys.orig_argv = _in_the_clone(target, arguments, options)
            _run_script(target, arguments, options)
        finally:
            os.chdir(before)


def _in_the_clone(target: str, arguments: tuple[str, ...], options: dict[str, Any]) -> list[str]:
    """The command line that is recorded: what is to be run again begins in a clone, and need not make one."""
    said = [sys.executable, "-m", "hito.cli.main", "run"]
    for name in ("experiment", "run_name"):
        said += [f"--{name.replace('_', '-')}", options[name]] if options[name] else []
    said += [f"--{name.replace('_', '-')}" for name in ("no_autolog", "no_models", "module") if options[name]]
    return [*said, target, *arguments]


def _run_script(target: str, arguments: tuple[str, ...], options: dict[str, Any]) -> None:
    from hito.cli import scripts

    if not options["module"] and not Path(target).exists():
        raise click.UsageError(f"there is no file {target}, and no folder with a project")
    if options["module"] and scripts.origin_of(target) is None:
        raise click.UsageError(f"there is no module {target}")
    code = scripts.run_script(
        target, arguments, module=options["module"], experiment=options["experiment"], run_name=options["run_name"],
        tracking_uri=options["tracking_uri"], autolog=not options["no_autolog"], models=not options["no_models"], say=_say,
    )  # fmt: skip
    if code:
        sys.exit(code)


def _say(text: str) -> None:
    click.echo(f"hito: {plain(text)}", err=True)


def _out(content: bytes) -> None:
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
