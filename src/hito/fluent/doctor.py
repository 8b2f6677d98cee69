"""What to say when asking for help."""

import os
import platform
import sys

from hito import __version__
from hito.client.folder import home_folder
from hito.fluent.configuration import get_registry_uri, get_tracking_uri
from hito.reproduce.context import without_secret


def doctor(mask_envs: bool = False) -> None:
    """Print versions, where things are, and the settings in the environment.

    Args:
        mask_envs: print only the names of settings. Passwords and tokens are never printed.
    """
    print(f"hito            {__version__}")
    print(f"Python          {platform.python_version()} ({sys.executable})")
    print(f"System          {platform.platform()}")
    print(f"Tracking URI    {without_secret(get_tracking_uri())}")
    print(f"Registry URI    {without_secret(get_registry_uri())}")
    print(f"Journals        {home_folder() / 'journal'}")
    for name in sorted(os.environ):
        if name.startswith(("HITO_", "MLFLOW_")):
            secret = mask_envs or any(word in name for word in ("PASSWORD", "TOKEN", "SECRET", "KEY"))
            print(f"{name}={'***' if secret else without_secret(os.environ[name])}")
