"""The requirements of serving one model, resolved once: every version and every hash, and no address.

What the model was trained with (its requirements.txt, without MLflow, which hito does not need) and what hito needs to
serve are resolved together by uv, so that a clash is found while exporting and not in production.
"""

import importlib.metadata
import re
import subprocess
from pathlib import Path

from hito.core.errors import InvalidArgument, Unavailable
from hito.flavors import environment
from hito.reproduce import environments

_TIME = 300
_MLFLOW = re.compile(r"mlflow(-skinny|-tracing)?\b", re.IGNORECASE)
_EXTRA = re.compile(r"""extra\s*==\s*['"]serve['"]""")


def lock(model: Path, python: str, target: Path) -> None:
    """Write the locked requirements of a model's folder.

    Args:
        model: its folder, with requirements.txt.
        python: the version that will run it, such as `3.11`.
        target: the file to write.
    Raises: InvalidArgument: uv is not installed, a line is no plain requirement, or no set of versions fits; Unavailable:
        the package index did not answer in time.
    """
    wanted = [*required(model), *_serving()]
    command = [
        environments.uv(), "pip", "compile", "-", "--quiet", "--universal", "--python-version", python, "--generate-hashes",
        "--no-emit-index-url", "--no-annotate", "--no-header", "--output-file", str(target),
    ]  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603  every word is ours; the requirements go in as text, checked line by line
            command, input="\n".join(wanted), text=True, capture_output=True, timeout=_TIME, check=False
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(f"the package index did not answer within {_TIME} s; try again") from None
    if done.returncode:
        raise InvalidArgument(f"no set of packages fits this model and hito together:\n{done.stderr.strip()}")


def required(model: Path) -> list[str]:
    """What the model says that it needs, without MLflow.

    Raises: InvalidArgument: a line is an option, an address or a path.
    """
    file = model / environment.REQUIREMENTS
    lines = environment.checked(file) if file.is_file() else []
    return [line for line in lines if not _MLFLOW.match(line)]


def _serving() -> list[str]:
    """What hito needs to serve, as its own metadata says."""
    lines = importlib.metadata.requires("hito") or []
    return [line.partition(";")[0].strip() for line in lines if "extra ==" not in line or _EXTRA.search(line)]
