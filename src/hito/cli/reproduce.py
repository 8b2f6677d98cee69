"""`hito reproduce RUN`: the same result again, or the reason why not."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hito.cli.screen import plain
from hito.core.errors import HitoError

if TYPE_CHECKING:
    from hito.fluent.reproducing import Wishes

_CODES = {"same": 0, "differs": 1, "could not run": 2}


@click.command()
@click.argument("run")
@click.option(
    "--tracking-uri", metavar="URI", help="Where the run is.  [default: HITO_TRACKING_URI, else the nearest .hito]"
)
@click.option(
    "--tolerance",
    metavar="[METRIC=]SHARE",
    multiple=True,
    help="How far metrics may differ, relative; for one metric, or names with *.  [default: 1e-9]",
)
@click.option(
    "--ignore",
    metavar="PATTERN",
    multiple=True,
    help="Metrics and artifacts that need not be equal; * matches any text.",
)
@click.option("--data", metavar="OLD=NEW", multiple=True, help="A data file of the run is elsewhere now.")
@click.option("--changed-data", is_flag=True, help="Run although data files have other contents now.")
@click.option("--repository", metavar="PATH|URL", help="Where the commit is.  [default: where it was]")
@click.option(
    "--env-manager",
    type=click.Choice(["uv", "local"]),
    default="uv",
    show_default=True,
    help="Rebuild the environment, or use this one.",
)
@click.option(
    "--package", metavar="NAME==VERSION", multiple=True, help="Another version of a package than the run had."
)
@click.option(
    "--bisect-env", metavar="RUN|current", help="Try each package that differs in that environment, one at a time."
)
@click.option("--offline", is_flag=True, help="Ask no package index.")
@click.option(
    "--wheelhouse",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of wheels to install from.",
)
@click.option("--allow-urls", is_flag=True, help="Install requirements that name addresses or options, too.")
@click.option("--trust-pickle", is_flag=True, help="Compare models whose files can run code of their author.")
@click.option(
    "--fill", metavar="VALUE", multiple=True, help="An argument that was not recorded because it looked secret."
)
@click.option("--argument", metavar="OLD=NEW", multiple=True, help="Run with another argument than then.")
@click.option("--no-log", is_flag=True, help="Do not keep the new run beside the old one.")
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON; everything else goes to stderr.")
def reproduce(run: str, tracking_uri: str | None, bisect_env: str | None, as_json: bool, **options: object) -> None:
    """Rebuild source and environment of RUN, run it again, and compare. Of its id, the begin is enough.

    The program logs to a server of its own; nothing that it registers or promotes reaches yours. The new run is kept as
    a child of the old one. Exit code 0: same; 1: it differs, with the likely reasons; 2: it could not be run.
    """
    from hito.connect import Client
    from hito.fluent import reproducing
    from hito.fluent.configuration import get_tracking_uri
    from hito.fluent.past_runs import whole_id

    try:
        wishes = _wishes(options)
        client = Client(tracking_uri or get_tracking_uri())
        run = whole_id(client, run)
        found = reproducing.reproduce(client, run, wishes, _say, _out)
        tried = []
        if bisect_env and found.answer != "could not run":
            other = reproducing.versions_of(client, bisect_env)
            tried = reproducing.bisect(client, run, other, wishes, _say, _out)
    except HitoError as error:
        click.echo(f"hito: {plain(str(error))}", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        click.echo("hito: interrupted; nothing is left of the try", err=True)
        sys.exit(130)
    if as_json:
        from hito.reproduce.verdict import to_json

        bisected = [{"package": name, "version": version, "answer": one.answer} for name, version, one in tried]
        click.echo(json.dumps({**to_json(found), **({"bisected": bisected} if tried else {})}, indent=2))
    else:
        from hito.cli import verdict

        verdict.show(found)
        if bisect_env and found.answer != "could not run":
            verdict.show_tried(tried)
    sys.exit(_CODES[found.answer])


def _wishes(options: dict[str, object]) -> "Wishes":
    from hito.fluent import reproducing

    def all_of(name: str) -> tuple[str, ...]:
        return tuple(options[name])  # type: ignore[arg-type]

    return reproducing.Wishes(
        tolerance=reproducing.wanted_tolerance(all_of("tolerance")),
        ignore=all_of("ignore"),
        moved=dict(_pair(one, "=") for one in all_of("data")),
        changed_data=bool(options["changed_data"]),
        repository=options["repository"],  # type: ignore[arg-type]
        packages=dict(_pair(one, "==") for one in all_of("package")),
        env_manager=str(options["env_manager"]),
        offline=bool(options["offline"]),
        wheelhouse=options["wheelhouse"],  # type: ignore[arg-type]
        allow_urls=bool(options["allow_urls"]),
        trust_pickle=bool(options["trust_pickle"]) or None,
        fill=all_of("fill"),
        replaced=dict(_pair(one, "=") for one in all_of("argument")),
        log=not options["no_log"],
    )


def _pair(text: str, between: str) -> tuple[str, str]:
    name, found, value = text.partition(between)
    if not found or not name or not value:
        raise click.UsageError(f"expected two things with {between} between them, found {text!r}")
    return name, value


def _say(text: str) -> None:
    click.echo(f"hito: {plain(text)}", err=True)


def _out(content: bytes) -> None:
    sys.stderr.buffer.write(content)
    sys.stderr.buffer.flush()
