"""Tables of numbers, as a compiled model takes them: one matrix of 64-bit floats, whatever the signature calls its columns."""

from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct

if TYPE_CHECKING:
    from numpy.typing import NDArray

KINDS = {"double": "d", "float": "f", "long": "l", "integer": "i"}
_DTYPES = {"d": "float64", "f": "float32", "l": "int64", "i": "int32"}
_MOST = {"l": 2.0**53, "i": 2.0**31 - 1}
"""Whole numbers beyond 2**53 are not all 64-bit floats."""


class Form(Struct, frozen=True, kw_only=True):
    """Which tables of numbers a compiled model takes.

    Args:
        count: columns. names: theirs; None: they are known by their places.
        kinds: a letter for each column: d(ouble), f(loat, 32 bits), l(ong), i(nteger); what JSON gives is made that.
        signed: whether a signature says so. It lets further columns pass; without one the names must be these.
        placed: whether rows without names are taken, in the order of the columns.
        tensor: whether the Python model is given an array and not a table.
    """

    count: int
    names: tuple[str, ...] | None = None
    kinds: str
    signed: bool = True
    placed: bool = False
    tensor: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether every column is of 64-bit floats, so that nothing has to be cast."""
        return self.kinds.count("d") == self.count

    @property
    def whole(self) -> list[int]:
        """Places of the columns of whole numbers."""
        return [at for at, kind in enumerate(self.kinds) if kind in "li"]

    @property
    def narrow(self) -> list[int]:
        """Places of the columns of 32-bit floats."""
        return [at for at, kind in enumerate(self.kinds) if kind == "f"]


def wrapped(rows: "NDArray[np.float64]", form: Form) -> Any:
    """Rows as the Python model takes them."""
    if form.tensor:
        return rows.astype(_DTYPES[form.kinds[0]], copy=False)
    if form.names is None and not form.signed:
        return rows
    import pandas as pd

    names = list(form.names) if form.names is not None else list(range(form.count))
    if len(set(form.kinds)) == 1:
        return pd.DataFrame(rows.astype(_DTYPES[form.kinds[0]], copy=False), columns=names)
    made = {
        name: rows[:, at].astype(_DTYPES[kind]) for at, (name, kind) in enumerate(zip(names, form.kinds, strict=True))
    }
    return pd.DataFrame(made)


def fitted(rows: "NDArray[np.float64]", form: Form) -> "NDArray[np.float64]":
    """Rows as they are after the signature has cast them: rounded to what each column can hold."""
    found = rows.copy()
    with np.errstate(over="ignore"):
        for at, kind in enumerate(form.kinds):
            if kind == "f":
                found[:, at] = rows[:, at].astype(np.float32)
            elif kind in "li":
                found[:, at] = np.clip(np.round(rows[:, at]), -_MOST[kind], _MOST[kind])
    return found


def taken(rows: "NDArray[np.float64]", form: Form) -> "NDArray[np.float64] | None":
    """Rows from a request as the signature casts them; None where that is more than rounding, or a refusal."""
    if "f" in form.kinds:
        with np.errstate(over="ignore"):
            rows[:, form.narrow] = rows[:, form.narrow].astype(np.float32)
    for at in form.whole:
        column = rows[:, at]
        if not (np.abs(column) <= _MOST[form.kinds[at]]).all() or not (column == np.trunc(column)).all():
            return None
    return rows
