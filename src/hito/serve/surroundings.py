"""Whether this Python is the one that a model was made with: the exact differences, to be warned about.

requirements.txt   scikit-learn==1.5.2   ╲
python_env.yaml    python: 3.11.7        ─┴─> "it was made with scikit-learn 1.5.2, here is 1.9.1"
"""

import platform
import re
from importlib import metadata
from pathlib import Path

import yaml

from hito.core.errors import HitoError
from hito.flavors import environment

_PINNED = re.compile(r"(?P<name>[A-Za-z0-9._-]+)\s*(?:\[[^]]*\])?\s*==\s*(?P<version>[A-Za-z0-9.*+!_-]+)\s*(?:;.*)?")
_NOT_NEEDED = frozenset({"mlflow", "mlflow-skinny", "mlflow-tracing"})
_SAME = {"xgboost": "xgboost-cpu", "xgboost-cpu": "xgboost"}
"""Distributions of the same code under two names."""


def differences(folder: Path) -> list[str]:
    """What is otherwise here than where the model of a folder was made, a sentence each.

    A patch release of Python is no difference; any other version of a package is one.
    """
    python = recorded_python(folder)
    here = platform.python_version()
    found = []
    if python and python.split(".")[:2] != here.split(".")[:2]:
        found.append(f"it was made with Python {python}, here is {here}; --env-manager uv serves it in its own")
    for name, version in _pinned(folder).items():
        installed = _installed(name)
        if installed is None:
            found.append(f"it was made with {name} {version}, which is not installed here")
        elif installed.partition("+")[0] != version and not version.endswith("*"):
            found.append(
                f"it was made with {name} {version}, here is {installed}; --env-manager uv serves it in its own"
            )
    return found


def recorded_python(folder: Path) -> str:
    """The version of Python that the folder names; "" if it does not."""
    try:
        found = yaml.safe_load((folder / environment.PYTHON_ENV).read_text("utf-8"))
        return str(found["python"])
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError):
        return ""


def _pinned(folder: Path) -> dict[str, str]:
    file = folder / environment.REQUIREMENTS
    try:
        lines = environment.checked(file) if file.is_file() else []
    except (HitoError, OSError, UnicodeError):
        return {}  # they are refused where they would be installed
    matches = [_PINNED.fullmatch(line) for line in lines]
    return {one["name"]: one["version"] for one in matches if one and one["name"].lower() not in _NOT_NEEDED}


def _installed(name: str) -> str | None:
    for one in (name, _SAME.get(name.lower(), name)):
        try:
            return metadata.version(one)
        except metadata.PackageNotFoundError:
            continue
    return None
