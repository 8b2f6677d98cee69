"""What the client says while a program trains: little, once, and what to do about it.

A warning goes to the logger `hito`, which Python shows on stderr unless the program decided otherwise. `logging` is
imported with the first warning: it is a quarter of what `import hito` may cost.
"""

import threading

_said: set[str] = set()
_lock = threading.Lock()


def warn(about: str, text: str) -> bool:
    """Say `text`, unless something was said about the same matter before in this process; whether it was said."""
    with _lock:
        if about in _said:
            return False
        _said.add(about)
    say(text)
    return True


def say(text: str) -> None:
    """Say `text` in any case: for things that are not repeated."""
    import logging

    logging.getLogger("hito").warning(text)


def better(about: str) -> bool:
    """The matter is settled, and may be warned about again; whether it had been warned about."""
    with _lock:
        known = about in _said
        _said.discard(about)
    return known
