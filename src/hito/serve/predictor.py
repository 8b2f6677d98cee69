"""One loaded model: what it takes, which of its engines answers, and in what words it refuses.

    numbers the proof covers ──> compiled engine ──> sure? ──> answer
                                                       └ no ─> Python model, for these rows alone
    anything else ─────────────────────────────────────────> Python model, loaded when first needed

Many rows go to the Python model where it was measured to be faster, once it is loaded; to load it for that alone would
take longer than it saves.
"""

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct

from hito.core.errors import HitoError
from hito.core.signature import Signature
from hito.flavors import mlmodel
from hito.flavors.trust import Trust
from hito.serve.compiling import Compiled
from hito.serve.parity import PYTHON
from hito.serve.payload import Parsed, Shape, parse
from hito.serve.refusal import Refusal, bad_request, misfit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hito.flavors.pyfunc import Model

log = logging.getLogger("hito.serve")
_AT_ONCE = 256
"""Rows that the compiled engine answers in some milliseconds at most: not worth a thread."""


class Identity(Struct, frozen=True, kw_only=True):
    """Which model this is: where it came from, registered name and version and digest, as far as it has them."""

    uri: str
    name: str = ""
    version: str = ""
    digest: str = ""


class Predictor:
    """A model that answers. Any thread may ask it.

    Args:
        folder: the model's, whole and checked; `digest` of its files.
        known: of its compiled form; `file`: the ONNX, None if there is none.
    Raises: HitoError: the folder is damaged, or the model cannot be loaded and is needed to answer at all.
    """

    def __init__(
        self, identity: Identity, folder: Path, digest: str, known: Compiled, file: Path | None, trust: Trust
    ) -> None:
        self.identity = identity
        self.digest = digest
        self.known = known
        self.metadata = mlmodel.read(folder)
        self.shape = Shape(known.columns, known.count) if file is not None else None
        self._folder = folder
        self._trust = trust
        self._lock = threading.Lock()
        self._python: Model | None = None
        self._engine = None
        if file is not None:
            from hito.serve.engine import Engine

            self._engine = Engine(str(file), known)
        else:
            self._loaded()

    @property
    def signature(self) -> Signature | None:
        return self.metadata.signature

    @property
    def verdict(self) -> str:
        """`exact`, `within 1e-6` or `python`."""
        return PYTHON if self._engine is None else self.known.verdict

    def parse(self, body: bytes, content_type: str) -> Parsed:
        """A request as this model takes it. Raises: Refusal."""
        return parse(body, content_type, self.signature, self.shape)

    def is_quick(self, parsed: Parsed) -> bool:
        """Whether the answer comes from the compiled engine, in a moment."""
        rows = parsed.matrix
        return rows is not None and len(rows) <= _AT_ONCE and self._engine is not None and self._engine.takes(rows)

    def quick(self, rows: "NDArray[np.float64]") -> "NDArray[Any] | None":
        """The answers of the compiled engine; None if it is not sure of all of them."""
        assert self._engine is not None
        answer, sure = self._engine.ask(rows)
        return answer if sure.all() else None

    def answer(self, parsed: Parsed) -> Any:
        """What the model says, by whichever engine. Raises: Refusal."""
        rows = parsed.matrix
        if rows is None:
            return self._by_python(parsed.data, parsed.params)
        slower = self.known.python_from
        by_python = slower is not None and len(rows) >= slower and self._python is not None
        if self._engine is None or by_python or not self._engine.takes(rows):
            return self._by_python(self._wrapped(rows), None)
        answer, sure = self._engine.ask(rows)
        if not sure.all():
            answer = answer.copy()
            answer[~sure] = self._by_python(self._wrapped(rows[~sure]), None)
        return answer

    def warm(self) -> None:
        """Ask it once, so that nobody waits for what is done the first time; what it says does not matter."""
        if self._engine is not None:
            self._engine.ask(np.zeros((1, self.known.count)))

    def _wrapped(self, rows: "NDArray[np.float64]") -> Any:
        if self.known.columns is None:
            return rows
        import pandas as pd

        return pd.DataFrame(rows, columns=list(self.known.columns))

    def _by_python(self, data: Any, params: dict[str, Any] | None) -> Any:
        model = self._loaded()
        try:
            return model.predict(data, params)
        except HitoError as error:
            raise misfit(str(error)) from None
        except (ValueError, TypeError, KeyError, IndexError) as error:
            log.info("a model refused its input", exc_info=error)
            said = str(error).splitlines()[0][:300] if str(error) else type(error).__name__
            raise bad_request(f"The model cannot answer this input: {said}") from None
        except MemoryError:
            raise Refusal(413, "BAD_REQUEST", "The input needs more memory than there is; send fewer rows.") from None
        except Exception as error:
            log.exception("a model failed", exc_info=error)
            raise bad_request(
                "The model failed on this input; the server's log tells why under the request's id."
            ) from None

    def _loaded(self) -> "Model":
        with self._lock:
            if self._python is None:
                from hito.flavors import pyfunc

                self._python = pyfunc.load(self._folder, trust=self._trust)
            return self._python
