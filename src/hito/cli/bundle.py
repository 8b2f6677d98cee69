"""`hito bundle`: runs as one file, out of a store and into one."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from hito.cli.screen import plain
from hito.core.errors import HitoError

_uri = click.option(
    "--tracking-uri", metavar="URI", help="Of the store.  [default: HITO_TRACKING_URI, else the nearest .hito]"
)
_file = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
_max = click.option(
    "--max-bytes", type=click.IntRange(1), metavar="N",
    help="What the bundle may unfold to.  [default: 1 GiB, or 100 times its size]",
)  # fmt: skip


@click.group()
def bundle() -> None:
    """Runs as one file: everything of them, checksummed, readable without a server."""


@bundle.command("export")
@click.argument("runs", nargs=-1, required=True, metavar="RUN…")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="The file.  [default: <name>-<id>.hito.zip here]",
)  # fmt: skip
@click.option("--children", is_flag=True, help="Also the runs that were started inside of these.")
@_uri
def export(runs: tuple[str, ...], output: Path | None, children: bool, tracking_uri: str | None) -> None:
    """Write RUNs with their curves, files, models, source and requirements into a ZIP file.

    Exit code 0: written; 2: it could not be, and nothing is left.
    """
    from hito.connect import Client, connect
    from hito.fluent.bundling import pack
    from hito.fluent.configuration import get_tracking_uri

    with _clearly("nothing is left of the file"):
        uri = tracking_uri or get_tracking_uri()
        path = pack(Client(uri), connect(uri), runs, output, children=children, say=_say)
    click.echo(f"{path}  {_size(path.stat().st_size)}")


@bundle.command("import")
@_file
@_uri
@_max
def import_(file: Path, tracking_uri: str | None, max_bytes: int | None) -> None:
    """Bring the runs of FILE into a store. Ids stay; what is there already is not changed; twice is once.

    Exit code 0: everything is there now; 2: it is not, and the message says what is.
    """
    from hito.connect import Client, connect
    from hito.fluent.bundling import unpack
    from hito.fluent.configuration import get_tracking_uri
    from hito.reproduce.bundle import Bundle

    with _clearly("import the same bundle again to complete it"):
        uri = tracking_uri or get_tracking_uri()
        with Bundle(file, max_bytes) as opened:
            arrived = unpack(Client(uri), connect(uri), opened, say=_say)
    for one in arrived:
        added = [(one.points, "points"), (one.params, "params"), (one.tags, "tags"), (one.files, "files")]
        added += [(one.models, "models")]
        told = ", ".join(f"{count} {what if count > 1 else what[:-1]}" for count, what in added if count)
        state = "new" if one.new else "completed" if one.changed else "was there, nothing changed"
        click.echo(f"{one.run_id}  {plain(one.name)}  {state}{f': {told}' if told else ''}")


@bundle.command()
@_file
@_max
def show(file: Path, max_bytes: int | None) -> None:
    """Say what is in FILE, after every checksum was compared. Exit code 0: it is whole; 2: it is not."""
    from hito.reproduce.bundle import MODELS, RUNS, Bundle

    with _clearly("nothing was changed"), Bundle(file, max_bytes) as opened:
        opened.verify()
        click.echo(
            f"{file.name}: {len(opened.runs)} runs, {len(opened.models)} models, {_size(file.stat().st_size)} "
            f"({_size(opened.unfolded)} unfolded); every checksum holds"
        )
        for run_id in opened.runs:
            record = opened.run(run_id)
            points = sum(1 for _ in opened.points(run_id))
            click.echo(plain(f"\nrun {run_id}  {record.name}  {record.status}  in {record.experiment}"))
            click.echo(f"  {len(record.params)} params, {len(record.metrics)} metrics with {points} points")
            for one in opened.files(RUNS, run_id):
                click.echo(plain(f"  {_size(one.size):>10}  {one.path}"))
            for model_id in record.models:
                if model_id in opened.models:
                    files = opened.files(MODELS, model_id)
                    whole = _size(sum(one.size for one in files))
                    name = plain(opened.model(model_id).name)
                    click.echo(f"  {whole:>10}  model {name} ({model_id}), {len(files)} files")


@contextmanager
def _clearly(interrupted: str) -> Iterator[None]:
    try:
        yield
    except HitoError as error:
        _say(str(error))
        sys.exit(2)
    except KeyboardInterrupt:
        click.echo(f"hito: interrupted; {interrupted}", err=True)
        sys.exit(130)


def _say(text: str) -> None:
    click.echo(f"hito: {plain(text)}", err=True)


def _size(count: float) -> str:
    for unit in ("B", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} GiB"
