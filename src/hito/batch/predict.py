"""Predictions for one file, by this process."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hito.batch import tables
from hito.core.errors import InvalidArgument

ROWS = 10_000
"""Rows of a piece: some milliseconds of work for a forest, some megabytes of memory."""


def predict_file(
    model: Any,
    source: Path,
    target: Path,
    *,
    source_format: str | None = None,
    target_format: str | None = None,
    keep: Sequence[str] = (),
    params: Mapping[str, Any] | None = None,
    rows: int = ROWS,
    told: Callable[[float], None] = lambda share: None,
) -> int:
    """Predict every row of a file, in its order.

    Args:
        model: a loaded `flavors.pyfunc.Model`.
        source, target: CSV, Parquet or JSON lines, by their names or as the formats say; they need not be alike.
        keep: columns of the input that stand before the predictions.
        rows: of a piece, 1 or more.
        told: is given the share of the input that is done, 0 to 1.
    Returns: rows written; as many as were read.
    Raises: NotFound, InvalidArgument: see `tables`, and what the model's signature refuses. Nothing is left at target.
    """
    inputs = model.signature.inputs if model.signature else None
    kind = tables.format_of(source, source_format)
    written = 0
    with tables.writing(target, tables.format_of(target, target_format)) as writer:
        for frame in tables.pieces(source, kind, rows, inputs, keep, told):
            writer.write(predicted(model, frame, keep, params))
            written += len(frame)
        if not written:
            raise InvalidArgument(f"{source.name} has no rows")
    return written


def predicted(model: Any, frame: Any, keep: Sequence[str], params: Mapping[str, Any] | None) -> Any:
    """The predictions for a frame, as a frame of as many rows, behind the columns that are kept.

    One number a row is the column `prediction`, several are `prediction_0` and so on; a model that answers with named
    columns keeps their names.
    Raises: InvalidArgument: the model gave another number of rows, or a kept column has a prediction's name.
    """
    import pandas as pd

    answer = _frame(model.predict(frame, params))
    if len(answer) != len(frame):
        raise InvalidArgument(
            f"the model gave {len(answer)} predictions for {len(frame)} rows; it cannot run in pieces"
        )
    kept = tables.columns(keep, frame).reset_index(drop=True)
    taken = [name for name in kept.columns if name in answer.columns]
    if taken:
        raise InvalidArgument(f"the column {taken[0]!r} cannot be kept: the predictions have a column of this name")
    return pd.concat([kept, answer], axis=1)


def _frame(answer: Any) -> Any:
    import numpy as np
    import pandas as pd

    if isinstance(answer, pd.DataFrame):
        found = answer.reset_index(drop=True)
        found.columns = [f"prediction_{name}" if isinstance(name, int) else str(name) for name in found.columns]
        return found
    values = np.asarray(answer)
    if values.ndim == 1:
        return pd.DataFrame({"prediction": values})
    flat = values.reshape(len(values), -1)
    return pd.DataFrame(flat, columns=[f"prediction_{place}" for place in range(flat.shape[1])])
