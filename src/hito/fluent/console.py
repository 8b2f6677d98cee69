"""What a program prints while a run is active, kept as the run's `console.txt`.

`sys.stdout` and `sys.stderr` are replaced by writers that pass everything on and remember the end of it. What libraries
print from C by themselves, past Python, is not seen. A run that prints nothing gets no file.
"""

import sys
import threading
from collections import deque
from typing import Any, TextIO

from hito.fluent.active import Scope

FILE = "console.txt"
MAX_CHARACTERS = 1 << 20
"""How much is kept of a run's output; of more, the end."""


class Tail:
    """The last characters of what was written."""

    def __init__(self) -> None:
        self._pieces: deque[str] = deque()
        self._size = 0
        self.lost = 0
        """Characters that were let go."""
        self._lock = threading.Lock()

    def add(self, text: str) -> None:
        with self._lock:
            self._pieces.append(text)
            self._size += len(text)
            while self._size > MAX_CHARACTERS and len(self._pieces) > 1:
                gone = len(self._pieces.popleft())
                self._size -= gone
                self.lost += gone

    def text(self) -> str:
        with self._lock:
            whole = "".join(self._pieces)
            lost = self.lost
        if len(whole) > MAX_CHARACTERS:
            lost += len(whole) - MAX_CHARACTERS
            whole = whole[-MAX_CHARACTERS:]
        return f"… {lost} characters before this were not kept …\n{whole}" if lost else whole


class _Tee:
    """A text stream that tells what is written to it, and is the original one in everything else."""

    def __init__(self, original: TextIO) -> None:
        self._original = original

    def write(self, text: str) -> int:
        for tail in _tails:
            tail.add(text)
        return self._original.write(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)

    def __iter__(self) -> Any:
        return iter(self._original)


_tails: tuple[Tail, ...] = ()
_lock = threading.Lock()


def listen() -> Tail:
    """Begin to remember."""
    global _tails
    tail = Tail()
    with _lock:
        _tails = (*_tails, tail)
        for name in ("stdout", "stderr"):
            stream = getattr(sys, name)
            # A program may have put another stream in its place meanwhile; None: there is none, as under pythonw.
            if stream is not None and not isinstance(stream, _Tee):
                setattr(sys, name, _Tee(stream))
    return tail


def save(scope: Scope, tail: Tail) -> None:
    """Stop, and store what was remembered with the run."""
    global _tails
    with _lock:
        _tails = tuple(one for one in _tails if one is not tail)
        if not _tails:
            for name in ("stdout", "stderr"):
                stream = getattr(sys, name)
                if isinstance(stream, _Tee):
                    setattr(sys, name, stream._original)  # noqa: SLF001  our own
    text = tail.text()
    if text:
        scope.client.log_text(scope.run_id, text, FILE)
