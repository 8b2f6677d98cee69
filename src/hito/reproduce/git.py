"""git, run with nothing of the user's settings or of a repository's by which it could run other programs."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

_QUIET = [
    "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "protocol.ext.allow=never",
    "-c", "submodule.recurse=false", "-c", "advice.detachedHead=false", "-c", "core.symlinks=true",
    "-c", "core.quotePath=false", "-c", "diff.external=", "-c", "init.templateDir=", "-c", "gc.auto=0",
]  # fmt: skip
_SECONDS = 600


class Answer(Struct, frozen=True):
    """What git printed; `problem` is its complaint, None if it went well."""

    output: bytes
    problem: str | None = None


def git(
    arguments: Sequence[str], folder: Path | None = None, given: bytes = b"", variables: Mapping[str, str] = {}
) -> Answer:
    """Run git in a folder. Hooks, monitors, filters of large files, submodules and questions are switched off."""
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    surroundings |= {"GIT_TERMINAL_PROMPT": "0", "GIT_LFS_SKIP_SMUDGE": "1", "LC_ALL": "C", **variables}
    command = ["git", *(["-C", str(folder)] if folder else []), *_QUIET, *arguments]
    try:
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, env=surroundings, check=False, timeout=_SECONDS, input=given
        )
    except subprocess.TimeoutExpired:
        return Answer(b"", f"git did not end within {_SECONDS} s")
    except OSError as error:
        return Answer(b"", f"git cannot be run: {error.strerror}")
    if done.returncode == 0:
        return Answer(done.stdout)
    return Answer(done.stdout, done.stderr.decode("utf-8", "replace").strip() or "git failed")
