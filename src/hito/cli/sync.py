"""`hito sync` and `hito status`: what waits in journals, and sending it."""

import time
from datetime import UTC, datetime
from pathlib import Path

import click

from hito.client.folder import home_folder
from hito.client.leftovers import FOLDER, Waiting, survey

_WATCH_SECONDS = 5.0


def _journals(folder: Path | None) -> Path:
    return (folder or home_folder()) / FOLDER


_folder = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="The .hito folder.  [default: HITO_HOME, else the nearest one]",
)


@click.command()
@click.option("--watch", is_flag=True, help="Go on until interrupted: send what comes, and try again what waits.")
@click.option("--refused", is_flag=True, help="Send again what was set aside because its run was deleted or missing.")
@_folder
def sync(watch: bool, refused: bool, folder: Path | None) -> None:
    """Send what programs logged and could not send: each journal knows its server.

    Journals that a living program writes are left to it. Ends with 1 if something still waits.
    """
    from hito.client.sync import bring_back
    from hito.client.sync import sync as sync_folder
    from hito.connect import connect_again

    place = _journals(folder)
    if refused:
        bring_back(place)
    while True:
        done = sync_folder(place, connect_again, click.echo)
        if done.runs or not watch:
            refusals = f", {done.dropped} refused" if done.dropped else ""
            waits = f"; {done.waiting} journals wait" if done.waiting else ""
            aside = f"; {done.aside} set aside" if done.aside else ""
            click.echo(f"{done.sent} values of {len(done.runs)} runs sent{refusals}{waits}{aside}.")
        if not watch:
            raise SystemExit(1 if done.waiting else 0)
        time.sleep(_WATCH_SECONDS)


@click.command()
@_folder
def status(folder: Path | None) -> None:
    """Show what waits to be sent, and where to."""
    place = _journals(folder)
    waiting = survey(place)
    if not waiting:
        click.echo(f"Nothing waits in {place}.")
        return
    for one in waiting:
        click.echo(_line(one))
    unsent = sum(one.records for one in waiting if not one.aside)
    click.echo(f"{unsent} values in {len(waiting)} journals. `hito sync` sends those whose programs have ended.")


def _line(one: Waiting) -> str:
    if one.problem:
        return f"{one.path.name}  {one.problem}"
    begun = datetime.fromtimestamp(one.begun / 1000, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
    state = "refused as a whole" if one.aside else "being written" if one.alive else "waits"
    return f"{one.run_id}  {begun}  {one.records:>8} values  {state:<18}  {one.destination}"
