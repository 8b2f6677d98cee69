"""`hito diff A B`: two runs side by side."""

import difflib
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hito.cli.screen import plain, screen, words
from hito.core.errors import HitoError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from hito.reproduce.compare import Change, Difference, FileChange, Side

_MARKS = {"added": ("+", "green"), "removed": ("−", "red"), "changed": ("~", "yellow")}
_KEY = 32
"""Columns of a name, at most, before it gets a line of its own."""
_VALUE = 24
_LINES = 400
"""Lines of a file's diff that are shown."""


@click.command()
@click.argument("a")
@click.argument("b")
@click.option(
    "--tracking-uri", metavar="URI", help="Where the runs are.  [default: HITO_TRACKING_URI, else the nearest .hito]"
)
@click.option(
    "--repository", "repositories", metavar="PATH", multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where the commits are.  [default: where the runs were]",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def diff(a: str, b: str, tracking_uri: str | None, repositories: tuple[Path, ...], as_json: bool) -> None:
    """Show in what run B differs from run A; of an id, the begin is enough.

    Source, environment, command, parameters, metrics, data and machine; what is equal is left out.
    Exit code 0: nothing differs; 1: something does; 2: there is no such run, or it cannot be read.
    """
    from hito.connect import Client
    from hito.fluent.configuration import get_tracking_uri
    from hito.fluent.past_runs import PastRuns, whole_id
    from hito.reproduce.compare import difference, to_json
    from hito.reproduce.trees import changed_files, repositories_of

    try:
        client = Client(tracking_uri or get_tracking_uri())
        reader = PastRuns(client)
        one, other = reader.past(whole_id(client, a)), reader.past(whole_id(client, b))
        files, problem = changed_files(one, other, list(repositories) or repositories_of(one, other))
    except HitoError as error:
        click.echo(f"hito: {plain(str(error))}", err=True)
        sys.exit(2)
    except OSError as error:
        click.echo(f"hito: the runs cannot be compared: {error.strerror or error}", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    found = difference(one, other, files, (problem,) if problem else ())
    if as_json:
        click.echo(json.dumps(to_json(found), indent=2))
    else:
        show(found)
    sys.exit(0 if found.equal else 1)


def show(found: "Difference") -> None:
    """Both runs, then section by section what differs, then the source."""
    from rich.text import Text

    console = screen()
    names = max(len(found.a.name), len(found.b.name))
    for letter, side in (("A", found.a), ("B", found.b)):
        console.print(_head(letter, side, names))
    for section in found.sections:
        changes = found.changed(section)
        if changes:
            console.print()
            console.print(Text.assemble((section, "bold"), (f"  {_counted(changes)}", "dim")))
            widths = _widths(changes)
            for change in changes:
                _show_change(console, change, widths)
    if found.files:
        console.print()
        console.print(Text.assemble(("files", "bold"), (f"  {_counted(found.files)}", "dim")))
        for file in found.files:
            _show_file(console, file)
    if found.equal:
        console.print()
        console.print(Text("They do not differ.", "bold green"))
    for note in found.notes:
        console.print()
        console.print(Text("note: ", "dim") + words(note, "dim"))


def _head(letter: str, side: "Side", width: int) -> "Text":
    from rich.text import Text

    when = datetime.fromtimestamp(side.start_time / 1000).astimezone().strftime("%Y-%m-%d %H:%M")
    about = f"  {plain(side.experiment)} · {when} · {side.status.lower()}"
    name = words(side.name.ljust(width), "bold")
    return Text.assemble((f"{letter}  ", "bold cyan"), name, (f"  {side.run_id[:8]}", "cyan"), (about, "dim"))


def _counted(changes: "tuple[Change, ...] | tuple[FileChange, ...]") -> str:
    kinds = [one.change for one in changes]
    return ", ".join(f"{kinds.count(kind)} {kind}" for kind in ("changed", "added", "removed") if kind in kinds)


def _widths(changes: "tuple[Change, ...]") -> tuple[int, int, int]:
    """Columns of names and of both values, so that arrows and deltas stand below each other."""
    keys = max(len(plain(one.key)) for one in changes)
    values = [
        max((len(_number(one)) for one in side if one), default=0)
        for side in (
            [one.a for one in changes if one.change == "changed"],
            [one.b for one in changes if one.change == "changed"],
        )
    ]
    return min(_KEY, keys), min(_VALUE, values[0]), min(_VALUE, values[1])


def _show_change(console: "Console", change: "Change", widths: tuple[int, int, int]) -> None:
    """`~ key   a → b   delta`, or on a line of its own each where that is too long."""
    from rich.text import Text

    mark, style = _MARKS[change.change]
    a, b = _parted(_number(change.a), _number(change.b), change.delta is not None)
    delta = Text("" if change.delta is None else f"   {change.delta:+.4g}{_share(change)}", "dim")
    between = Text(" → " if change.change == "changed" else "", "dim")
    key = words(change.key)
    begin = Text.assemble((f"{mark} ", style), key)
    line = begin.copy()
    line.append(" " * max(2, widths[0] - len(key) + 2))
    pads = [
        Text(" " * (max(0, width - len(one)) if change.change == "changed" else 0))
        for width, one in zip(widths[1:], (a, b), strict=True)
    ]
    line.append_text(Text.assemble(a, pads[0], between, b, pads[1] if delta else "", delta))
    if len(line) <= console.width and len(key) <= _KEY:
        console.print(line)
        return
    console.print(begin)
    for sign, value in (("−", a), ("+", b)):
        if value:
            console.print(Text.assemble((f"    {sign} ", "red" if sign == "−" else "green"), value))
    if delta:
        console.print(Text("    ") + delta)


def _number(value: str | None) -> str:
    """A value in what can be compared by eye: numbers in ten digits. --json has all."""
    if value is None:
        return ""
    try:
        return f"{float(value):.10g}" if "." in value and len(value) > 12 else value
    except ValueError:
        return value


def _share(change: "Change") -> str:
    before = float(change.a or 0)
    if not before or change.delta is None or abs(change.delta / before) > 10:
        return ""
    return f" ({change.delta / before:+.2%})"


def _parted(a: str, b: str, numbers: bool) -> "tuple[Text, Text]":
    """Both values; where they are sentences, what differs in them stands out."""
    from rich.text import Text

    one, other = plain(a).split(" "), plain(b).split(" ")
    if numbers or not a or not b or min(len(one), len(other)) < 2:
        return words(a, "red" if a and not b else ""), words(b, "green" if b and not a else "")
    texts = Text(), Text()
    for kind, i, j, k, m in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        for text, pieces, style in ((texts[0], one[i:j], "bold red"), (texts[1], other[k:m], "bold green")):
            if pieces:
                text.append(" " if text else "")
                text.append(" ".join(pieces), "" if kind == "equal" else style)
    return texts


def _show_file(console: "Console", file: "FileChange") -> None:
    from rich.text import Text

    lines = file.diff.splitlines()
    body = [line for line in lines if not line.startswith(("--- ", "+++ "))]
    added = sum(line.startswith("+") for line in body)
    removed = sum(line.startswith("-") for line in body)
    mark, style = _MARKS[file.change]
    console.print()
    counted = Text.assemble((f"  +{added}", "green"), (f" −{removed}", "red")) if body else Text("  binary", "dim")
    console.print(Text.assemble((f"{mark} ", style), words(file.path, "bold"), counted))
    for line in body[:_LINES]:
        shade = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "dim")
        console.print(words(f"  {line}", shade), soft_wrap=True)
    if len(body) > _LINES:
        console.print(Text(f"  … {len(body) - _LINES} more lines; --json has all", "dim"))
