"""Which server the module-level functions talk to.

    set_tracking_uri(…)  before  HITO_TRACKING_URI  before  MLFLOW_TRACKING_URI  before  the nearest .hito folder

A URI that is set goes into the environment, too: processes started from here, and clients made without a URI, follow it.
The folder is looked for once, so that a program that changes its working directory goes on in the same store.
"""

import os
import threading
from pathlib import Path

from hito.client.credentials import setting
from hito.client.folder import VARIABLE as HOME
from hito.client.folder import home_folder
from hito.connect import STORE, Client

_lock = threading.Lock()
_clients: dict[tuple[str, str], Client] = {}
_found: dict[str, str] = {}
"""The store that was found for each value of HITO_HOME."""


def set_tracking_uri(uri: str | Path) -> None:
    """Talk to the server at `uri`, or to the store or folder that it names; "" goes back to the default.

    Runs that are active go on where they began. A program that `hito reproduce` runs again (HITO_SANDBOX) logs to the
    server that it was given, whatever it asks for: what it registers and promotes must not reach anybody's registry.
    """
    if os.environ.get("HITO_SANDBOX"):
        return
    _export("TRACKING_URI", uri)


def get_tracking_uri() -> str:
    """Where experiments and runs are."""
    named = setting("TRACKING_URI")
    if named:
        return named
    home = os.environ.get(HOME, "")
    if home not in _found:
        _found[home] = f"sqlite:///{home_folder() / STORE}"
    return _found[home]


def is_tracking_uri_set() -> bool:
    """Whether a URI was set, by a call or in the environment."""
    return bool(setting("TRACKING_URI"))


def set_registry_uri(uri: str | Path) -> None:
    """Keep registered models at another place than runs; "" means the same."""
    if os.environ.get("HITO_SANDBOX"):
        return
    _export("REGISTRY_URI", uri)


def get_registry_uri() -> str:
    """Where registered models are."""
    return setting("REGISTRY_URI") or get_tracking_uri()


def client() -> Client:
    """The client that module-level functions use now; one for each pair of servers."""
    wanted = get_tracking_uri(), get_registry_uri()
    with _lock:
        known = _clients.get(wanted)
        if known is None:
            known = _clients[wanted] = Client(*wanted)
        return known


def clients() -> list[Client]:
    """Every client that module-level functions have used."""
    with _lock:
        return list(_clients.values())


def _export(name: str, uri: str | Path) -> None:
    text = str(uri.absolute()) if isinstance(uri, Path) else uri
    if not text:
        os.environ.pop(f"HITO_{name}", None)
        os.environ.pop(f"MLFLOW_{name}", None)
        return
    os.environ[f"HITO_{name}"] = text
    if text.startswith(("http://", "https://")):
        # Only a server is the same thing to both: MLflow would make tables of its own in an embedded store.
        os.environ[f"MLFLOW_{name}"] = text
