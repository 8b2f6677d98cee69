"""One loaded model: what it takes, which of its engines answers, and in what words it refuses.

    numbers the proof covers ──> compiled engine ──> sure? ──> answer
                                                       └ no ─> Python model, for these rows alone
    anything else ─────────────────────────────────────────> Python model, loaded when first needed

Many rows go to the Python model where it was measured to be faster. It is loaded for that behind the back of the
requests, which the compiled engine goes on answering until then.
"""

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct

from hito.core.errors import HitoError
from hito.core.signature import Signature
from hito.flavors import digest as digests
from hito.flavors import mlmodel
from hito.flavors.enforce import enforce
from hito.flavors.profile import Profile
from hito.flavors.trust import Trust
from hito.serve.compiling import Compiled
from hito.serve.form import Form, taken, wrapped
from hito.serve.parity import PYTHON
from hito.serve.payload import Parsed, parse
from hito.serve.refusal import Refusal, bad_request, misfit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hito.flavors.pyfunc import Model

log = logging.getLogger("hito.serve")


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
        profile: of the data that it was trained on, if that is known.
        known: of its compiled form; `made`: the folder of that, None if there is none.
    Raises: HitoError: the folder is damaged, or the model cannot be loaded and is needed to answer at all.
    """

    def __init__(
        self, identity: Identity, folder: Path, digest: str, known: Compiled, made: Path | None, trust: Trust,
        profile: Profile | None = None,
    ) -> None:  # fmt: skip
        self.identity = identity
        self.digest = digest
        self.known = known
        self.profile = profile
        self.metadata = mlmodel.read(folder)
        self.headers = [("x-hito-version", identity.version)] if identity.version else []
        """That every answer of it carries, so that a caller knows who answered."""
        self.form: Form | None = known.form if made is not None else None
        self._folder = folder
        self._trust = trust
        self._lock = threading.Lock()
        self._python: Model | None = None
        self._loading = False
        self._engine = None
        if made is not None:
            from hito.serve.engine import Engine

            self._engine = Engine.read(made, known)
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
        return parse(body, content_type, self.signature, self.form)

    def at_once(self, rows: "NDArray[np.float64]") -> "NDArray[Any] | None":
        """The answers of the compiled engine, if they take a moment and it is sure of them; else None."""
        engine = self._engine
        if engine is None or len(rows) > self.known.quick or not engine.takes(rows):
            return None
        answer, sure = engine.ask(rows)
        return answer if sure.all() else None

    def answer(self, parsed: Parsed) -> Any:
        """What the model says, by whichever engine. Raises: Refusal."""
        rows = parsed.matrix
        if rows is None and self._engine is not None and not parsed.params:
            rows = self._matrix(parsed.data)
        if rows is None:
            return self._by_python(self._ordered(parsed.data), parsed.params)
        assert self.form is not None
        if self._engine is None or not self._engine.takes(rows) or self._is_for_python(len(rows)):
            return self._by_python(wrapped(rows, self.form), None)
        answer, sure = self._engine.ask(rows)
        if not sure.all():
            answer = answer.copy()
            answer[~sure] = self._by_python(wrapped(rows[~sure], self.form), None)
        return answer

    def warm(self) -> None:
        """Ask it once, so that nobody waits for what is done the first time.

        Raises: HitoError: it does not answer the example that it was saved with.
        """
        if self._engine is not None:
            self._engine.ask(np.zeros((1, self.known.form.count if self.known.form else 1)))
            return
        if self.metadata.example is not None:
            from hito.flavors import example

            inputs, params = example.read(self._folder, self.metadata)
            self._loaded().predict(inputs, params)

    def _is_for_python(self, count: int) -> bool:
        """Whether so many rows are better off with the Python model, and it is there."""
        if self.known.python_from is None or count < self.known.python_from:
            return False
        if self._python is None and not self._loading:
            self._loading = True
            threading.Thread(target=self._load_behind, name="hito-loading", daemon=True).start()
        return self._python is not None

    def _load_behind(self) -> None:
        try:
            self._loaded()
        except (Refusal, HitoError) as error:
            log.warning("the Python form of %s cannot be loaded: %s", self.identity.uri, error)

    def _matrix(self, data: Any) -> "NDArray[np.float64] | None":
        """A table of nothing but numbers as the engine takes it; None: it is another thing, or does not fit."""
        form = self.form
        if form is None or data is None or form.tensor != (type(data).__name__ == "ndarray"):
            return None
        try:
            if form.signed:
                data = enforce(data, self.signature.inputs if self.signature else None)
            elif form.names is not None:
                if not hasattr(data, "columns") or sorted(map(str, data.columns)) != sorted(form.names):
                    return None
                data = data[list(form.names)]
            if any(kind.kind not in "iuf" for kind in getattr(data, "dtypes", [data.dtype] if form.tensor else [])):
                return None
            rows = np.array(data, dtype=np.float64)
        except (HitoError, ValueError, TypeError, AttributeError):
            return None  # the Python model says what is wrong with it
        return taken(rows, form) if rows.ndim == 2 and rows.shape[1] == form.count and len(rows) else None

    def _ordered(self, data: Any) -> Any:
        """Without a signature nobody puts columns in order; names say where they belong."""
        form = self.known.form
        if form is None or form.signed or form.names is None or type(data).__name__ != "DataFrame":
            return data
        names = list(form.names)
        return data[names] if list(data.columns) != names and sorted(map(str, data.columns)) == sorted(names) else data

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

                if self._engine is not None:  # that was long ago
                    self._check_files()
                self._python = pyfunc.load(self._folder, trust=self._trust)
            return self._python

    def _check_files(self) -> None:
        try:
            digests.verify(self._folder, self.digest)
        except (HitoError, OSError) as error:
            log.error("the files of %s are not those that were loaded: %s", self.identity.uri, error)
            raise Refusal(
                503,
                "TEMPORARILY_UNAVAILABLE",
                "This input needs the model's own code, and its files were changed since it was loaded; start anew.",
            ) from None
