"""Columns of values for charts."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from hito.api.context import Bindings, Context
from hito.api.ui.rows import check_columns, check_limit
from hito.api.ui.scope import fields_of, ordered, scope_of
from hito.search.ast import Attribute, Operand, Param, Tag
from hito.store.cells import Cell, Cells
from hito.wire.ui import runs as wire
from hito.wire.ui.frame import encode_frame

MAX_RUNS = 100_000
_TEXTS = frozenset({"run_id", "run_name", "user_id", "status", "artifact_uri"})


def columns(context: Context, message: wire.RunColumns) -> bytes:
    check_limit(message.max_results, MAX_RUNS)
    check_columns(message.columns)
    fields = fields_of(message.columns)
    ids = ordered(context.tx, message, message.max_results, "").ids
    found = Cells(context.tx, scope_of(context.tx, message).experiments, fields).columns(ids)
    frame: list[tuple[str, npt.NDArray[Any], list[str] | None]] = [("ids", np.array(ids, np.uint32), None)]
    for text, field, values in zip(message.columns, fields, found, strict=True):
        frame.append((text, *column(field, ids, values)))
    return encode_frame(frame)


def column(field: Operand, ids: Sequence[int], values: Mapping[int, Cell]) -> tuple[npt.NDArray[Any], list[str] | None]:
    """The values of runs as an array: numbers, or places in the words that come with it."""
    if isinstance(field, Attribute) and field.name in _TEXTS:
        return _worded(ids, values)
    if isinstance(field, Param | Tag):
        numbers = _numbers(values)
        if numbers is None:
            return _worded(ids, values)
        values = numbers
    elif any(isinstance(value, str) and value != "NaN" for value in values.values()):
        return _worded(ids, values)  # a dataset's name
    return np.array([values.get(one, "NaN") for one in ids], np.float64), None


def _numbers(values: Mapping[int, Cell]) -> dict[int, float] | None:
    """Texts as numbers, if every one is written as one."""
    known: dict[Cell, float] = {}
    try:
        for value in values.values():
            if value not in known:
                known[value] = _number(str(value))
    except ValueError:
        return None
    return {run: known[value] for run, value in values.items()} if known else None


def _number(text: str) -> float:
    if "_" in text:  # 1_000 is a number to Python only
        raise ValueError(text)
    return float(text)


def _worded(ids: Sequence[int], values: Mapping[int, Cell]) -> tuple[npt.NDArray[Any], list[str]]:
    words = sorted({str(value) for value in values.values() if value is not None})
    places = {word: place for place, word in enumerate(words)}
    found = (-1 if (value := values.get(one)) is None else places[str(value)] for one in ids)
    return np.fromiter(found, np.int32, len(ids)), words


BINDINGS: Bindings = [(wire.COLUMNS, columns)]
