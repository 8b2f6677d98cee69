"""The verdict of `hito reproduce` as a terminal shows it: what was compared, why it may differ, the answer last."""

from typing import TYPE_CHECKING

from hito.cli.screen import screen, words

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

    from hito.reproduce.verdict import Row, Verdict

_KINDS = {"parameter": "parameters", "metric": "metrics", "artifact": "files", "model": "models"}
_ANSWERS = {"same": ("✓", "bold green"), "differs": ("✗", "bold red"), "could not run": ("!", "bold yellow")}
_MARKS = {True: ("=", "green"), False: ("≠", "bold red"), None: ("·", "dim")}
_EQUALS = 12
"""Equal things of a kind that are listed; of more, their number is told."""
_CANDIDATES = 12
_NARROW = 76


def show(found: "Verdict") -> None:
    """Kind by kind, what differs first; then candidates, and the answer."""
    from rich.text import Text

    console = screen()
    for kind, title in _KINDS.items():
        rows = [row for row in found.rows if row.kind == kind]
        if rows:
            console.print()
            console.print(Text.assemble((title, "bold"), (f"  {_counted(rows)}", "dim")))
            _show_rows(console, rows, numbers=kind in ("parameter", "metric"))
    if found.candidates:
        console.print()
        console.print(Text("where it may come from, the likeliest first", "bold"))
        for number, candidate in enumerate(found.candidates[:_CANDIDATES], 1):
            console.print(_hanging(Text(f"{number:>2}", "dim"), _candidate(candidate)))
        if len(found.candidates) > _CANDIDATES:
            console.print(Text(f"    … and {len(found.candidates) - _CANDIDATES} more; --json has all", "dim"))
    console.print()
    mark, style = _ANSWERS[found.answer]
    console.print(Text.assemble((f"{mark} verdict: {found.answer}", style), f"  {_summary(found)}"))
    if found.reason:
        console.print(words(found.reason))
    if found.new_run_id:
        console.print(Text(f"  kept as run {found.new_run_id}", "dim"))


def _counted(rows: "list[Row]") -> str:
    counts = {
        "equal": sum(row.passed is True for row in rows),
        "different": sum(row.passed is False for row in rows),
        "not compared": sum(row.passed is None for row in rows),
    }
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count)


def _summary(found: "Verdict") -> str:
    compared = [row for row in found.rows if row.passed is not None]
    failed = sum(row.passed is False for row in compared)
    if not compared:
        return ""
    return f"{failed} of {len(compared)} things differ" if failed else f"all of {len(compared)} things compared"


def _show_rows(console: "Console", rows: "list[Row]", *, numbers: bool) -> None:
    from rich.table import Table
    from rich.text import Text

    rows = sorted(rows, key=lambda row: (row.passed is not False, row.passed is None))
    equal = [row for row in rows if row.passed is True]
    shown = [row for row in rows if row.passed is not True] + equal[:_EQUALS]
    shown.sort(key=lambda row: (row.passed is not False, row.passed is None))
    narrow = console.width < _NARROW
    table = Table(box=None, pad_edge=False, header_style="dim", show_header=numbers and not narrow)
    table.add_column("", width=1)
    table.add_column("", overflow="fold", min_width=12, max_width=max(20, console.width * 2 // 5))
    if numbers and not narrow:
        for title in ("then", "now", "change"):
            table.add_column(title, justify="right", overflow="fold", max_width=console.width // 4)
    table.add_column("", overflow="fold")
    for row in shown:
        table.add_row(*_cells(row, numbers=numbers, narrow=narrow))
    console.print(table)
    if len(equal) > _EQUALS:
        console.print(Text(f"   … and {len(equal) - _EQUALS} more that are equal", "dim"))


def _cells(row: "Row", *, numbers: bool, narrow: bool) -> "list[Text]":
    from rich.text import Text

    mark, style = _MARKS[row.passed]
    named = [Text(mark, style), words(row.name, "" if row.passed is not None else "dim")]
    change = "" if row.delta in (None, 0.0) else f"{row.delta:+.3g}"
    if not numbers:
        furthest = f", at most {row.delta:.3g} apart" if row.delta else ""
        return [*named, words(row.note + furthest or f"{row.old} then, {row.new} now", "dim")]
    then, now = words(_short(row.old)), words(_short(row.new), "bold red" if row.passed is False else "")
    if not narrow:
        return [*named, then, now, Text(change), words(row.note, "dim")]
    told = Text.assemble(then, " → ", now, f"  {change}") if row.passed is False else then
    return [*named, Text.assemble(told, words(f"  {row.note}" if row.note else "", "dim"))]


def _candidate(text: str) -> "Text":
    """`kind: what`, the kind standing out."""
    from rich.text import Text

    kind, colon, rest = text.partition(": ")
    return Text.assemble(words(kind + colon, "cyan"), words(rest)) if colon else words(text)


def _hanging(mark: "Text", text: "Text") -> "RenderableType":
    """A text whose further lines stand below its first."""
    from rich.table import Table

    table = Table.grid(padding=(0, 1, 0, 1))
    table.add_column(width=2)
    table.add_column(overflow="fold")
    table.add_row(mark, text)
    return table


def _short(value: str) -> str:
    """A number in ten digits, which is what can be compared by eye; --json has them all."""
    try:
        return f"{float(value):.10g}" if "." in value else value
    except ValueError:
        return value


def show_tried(tried: "list[tuple[str, str, Verdict]]") -> None:
    """What each package of the other environment does to the result."""
    from rich.text import Text

    console = screen()
    console.print()
    if not tried:
        console.print(Text("The two environments hold the same packages that the run had imported."))
        return
    console.print(Text("packages of the other environment, one at a time", "bold"))
    for name, version, found in tried:
        mark, style = _ANSWERS[found.answer]
        said = {"same": "changes nothing", "differs": "MAKES A DIFFERENCE", "could not run": "could not be tried"}
        reason = f": {found.reason}" if found.reason else ""
        console.print(Text.assemble((f"{mark} ", style), words(f"{name} {version}: {said[found.answer]}{reason}")))
