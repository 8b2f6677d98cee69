"""Where files are: the stores of the server, and, for users, the functions that fetch from them.

`hito.artifacts.download_artifacts` and its kin are the light client's; they are found here because MLflow has them under
this name, and are imported by name because nothing in this package knows of the client.
"""

from importlib import import_module
from typing import Any

_FOR_USERS = ("download_artifacts", "list_artifacts", "load_dict", "load_image", "load_text")


def __getattr__(name: str) -> Any:
    if name in _FOR_USERS:
        return getattr(import_module("hito.fluent.loading"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
