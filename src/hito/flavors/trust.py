"""The one gate between a model's folder and code that its author wrote.

A pickle is a program: whoever loads it runs what its author wanted to be run. The same is true of Python files that a
model brings along. So every flavor asks here before it opens either, and the answer depends on the reader alone:

    the reader's call (trust_pickle=True) ──┐
                                            ├──> Trust ──> Trust.require_pickle(...)   opens, or explains
    the reader's HITO_TRUST_PICKLE=1 ───────┘

Nothing that stands in the folder takes part, however loudly it asks to be trusted.
"""

import os
import pickle
from pathlib import Path
from typing import Any

from msgspec import Struct

from hito.core.errors import InvalidArgument, PermissionDenied

VARIABLE = "HITO_TRUST_PICKLE"


class Trust(Struct, frozen=True):
    """What the reader of a model allows.

    `pickle`: files that can run code when they are read, and Python files that come with the model.
    """

    pickle: bool = False

    @staticmethod
    def given(trust_pickle: bool | None = None) -> "Trust":
        """The reader's word, or, where None was said, that of the environment (HITO_TRUST_PICKLE=1)."""
        if trust_pickle is None:
            trust_pickle = os.environ.get(VARIABLE, "").strip().lower() in ("1", "true", "yes")
        return Trust(pickle=trust_pickle)

    def require_pickle(self, path: Path, instead: str) -> None:
        """Let the reading of `path` go on, or explain.

        Args:
            instead: how its author can save the same model without a pickle; a clause.
        Raises: PermissionDenied.
        """
        if not self.pickle:
            raise PermissionDenied(
                f"{path.name} can run any code of its author when it is read, so it was left closed. If you trust that "
                f"author, load it with trust_pickle=True or set {VARIABLE}=1. To need no trust, {instead}"
            )


def load_pickle(path: Path, trust: Trust, instead: str) -> Any:
    """Read a pickle or cloudpickle file, which may run any code.

    Raises:
        PermissionDenied: the reader does not trust it.
        InvalidArgument: it is damaged, or needs a module that is not installed here.
    """
    trust.require_pickle(path, instead)
    try:
        with path.open("rb") as stream:
            return pickle.load(stream)  # noqa: S301 - the reader asked for it by name
    except (pickle.UnpicklingError, EOFError, ImportError, AttributeError) as error:
        message = f"{path.name} cannot be read here: {type(error).__name__}: {error}"
        raise InvalidArgument(f"{message}. Install what its requirements.txt lists, or download it again") from error
