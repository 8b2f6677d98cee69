"""Runs as a file: a table for spreadsheets, or JSON. It is written while it is sent, a page of runs at a time."""

import csv
import functools
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from hito.api.context import Outside
from hito.api.ui.rows import check_columns, rows_of
from hito.api.ui.scope import fields_of, ordered, scope_of
from hito.core.errors import InvalidArgument
from hito.server.security import HEADERS
from hito.server.transfers import Reply
from hito.store.database import Tx
from hito.wire.ui import runs as wire

_PAGE = 1000
_HEAD = ("run_id", "name", "experiment_id", "status", "start_time", "end_time", "user_id")
_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠|%]")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


def export(outside: Outside, message: wire.ExportRuns, environ: dict[str, Any]) -> Reply:
    if message.format not in _TYPES:
        raise InvalidArgument(f"Invalid value {message.format[:100]!r} for parameter 'format': expected csv or json.")
    check_columns(message.columns)
    fields_of(message.columns)
    first, token = outside.read(lambda tx: _page(tx, message, ""))  # what is wrong is told before anything is sent
    pages = _pages(outside, message, first, token)
    body = _csv(message.columns, pages) if message.format == "csv" else _json(message.columns, pages)
    return Reply(
        200,
        [
            ("content-type", _TYPES[message.format]),
            ("content-disposition", f"attachment; filename=runs.{message.format}"),
            ("cache-control", "no-store"),
            *HEADERS,
        ],
        body,
    )


_Page = list[wire.RunRow]


def _page(tx: Tx, message: wire.ExportRuns, token: str) -> tuple[_Page, str]:
    page = ordered(tx, message, _PAGE, token)
    return rows_of(tx, page.ids, message.columns, scope_of(tx, message).experiments), page.token or ""


def _pages(outside: Outside, message: wire.ExportRuns, first: _Page, token: str) -> Iterator[_Page]:
    yield first
    while token:
        page, token = outside.read(functools.partial(_page, message=message, token=token))
        yield page


def _csv(columns: Sequence[str], pages: Iterator[_Page]) -> Iterator[bytes]:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([harmless(name) for name in (*_HEAD, *columns)])
    for page in pages:
        writer.writerows([[harmless(value) for value in _values(row)] for row in page])
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()


def _json(columns: Sequence[str], pages: Iterator[_Page]) -> Iterator[bytes]:
    names = (*_HEAD, *columns)
    before = b"["
    for page in pages:
        for row in page:
            yield before + msgspec.json.encode(dict(zip(names, _values(row), strict=True)))
            before = b",\n"
    yield b"[]" if before == b"[" else b"]"


def _values(row: wire.RunRow) -> list[Any]:
    head = [row.run_id, row.name, row.experiment_id, row.status, row.start_time, row.end_time, row.user_id]
    return [*head, *row.values]


def harmless(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula: an apostrophe makes it a text, and shows only there.

    Numbers stay numbers, also those with a sign.
    """
    if isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return "" if value is None else value
