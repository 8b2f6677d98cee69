"""`hito diff A B`: two runs side by side."""

import json
import sys
from typing import TYPE_CHECKING

import click

from hito.core.errors import HitoError

if TYPE_CHECKING:
    from rich.text import Text

    from hito.reproduce.compare import Difference

_TITLES = {
    "source": "source", "environment": "environment", "command": "command", "parameters": "parameters",
    "metrics": "metrics", "data": "data", "machine": "machine",
}  # fmt: skip


@click.command()
@click.argument("a")
@click.argument("b")
@click.option(
    "--tracking-uri", metavar="URI", help="Where the runs are.  [default: HITO_TRACKING_URI, else the nearest .hito]"
)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def diff(a: str, b: str, tracking_uri: str | None, as_json: bool) -> None:
    """Show in what run B differs from run A.

    Source, environment, command, parameters, metrics, data and machine; what is equal is left out.
    Exit code 0: nothing differs; 1: something does; 2: there is no such run, or it cannot be read.
    """
    from hito.connect import Client
    from hito.fluent.configuration import get_tracking_uri
    from hito.fluent.past_runs import PastRuns
    from hito.reproduce.compare import difference, to_json

    try:
        reader = PastRuns(Client(tracking_uri or get_tracking_uri()))
        one, other = reader.past(a), reader.past(b)
    except HitoError as error:
        click.echo(f"hito: {error}", err=True)
        sys.exit(2)
    found = difference(one, other)
    if as_json:
        click.echo(json.dumps(to_json(found), indent=2))
    else:
        show(found, f"{one.name} ({a[:8]})", f"{other.name} ({b[:8]})")
    sys.exit(0 if found.equal else 1)


def show(found: "Difference", a: str, b: str) -> None:
    """Section by section, what differs."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    if found.equal:
        console.print(Text(f"{a} and {b} do not differ."))
        return
    for section, title in _TITLES.items():
        changes = found.changed(section)
        if changes:
            table = Table(box=None, pad_edge=False, title=Text(title, "bold"), title_justify="left", header_style="dim")
            table.add_column("", overflow="fold")
            for name in (a, b):
                table.add_column(Text(name), overflow="fold")
            table.add_column("")
            for one in changes:
                delta = "" if one.delta is None else f"{one.delta:+.4g}"
                table.add_row(Text(one.key), _value(one.a), _value(one.b), Text(delta))
            console.print(table)
            console.print()
    for file in found.files:
        for line in file.diff.splitlines():
            style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
            console.print(Text(line, "bold" if line.startswith(("---", "+++")) else style), soft_wrap=True)


def _value(value: str | None) -> "Text":
    from rich.text import Text

    return Text("absent", "dim") if value is None else Text(value)
