"""Who runs what: the tags that a run has from its beginning, under MLflow's names.

This is on the way of `start_run`, so nothing is executed and only small files are read: git's HEAD, not `git`.
"""

import os
import re
import sys
from pathlib import Path
from typing import Any

USER = "mlflow.user"
SOURCE_NAME = "mlflow.source.name"
SOURCE_TYPE = "mlflow.source.type"
COMMIT, BRANCH, REPOSITORY = "mlflow.source.git.commit", "mlflow.source.git.branch", "mlflow.source.git.repoURL"

LOCAL, NOTEBOOK = "LOCAL", "NOTEBOOK"

_HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_ORIGIN = re.compile(r'\[remote "origin"\][^\[]*?^\s*url\s*=\s*(\S+)', re.MULTILINE | re.DOTALL)
_SECRET_IN_URL = re.compile(r"(?<=://)[^/@\s]*@")


def tags() -> dict[str, str]:
    """User, source and, in a git checkout, commit, branch and repository."""
    found = {USER: user(), SOURCE_NAME: source_name(), SOURCE_TYPE: NOTEBOOK if notebook() is not None else LOCAL}
    return found | tags_of(source_folder())


def tags_of(folder: Path) -> dict[str, str]:
    """Commit, branch and repository of the checkout that a folder is in; {} outside of one."""
    try:
        root = git_root(folder)
        return {} if root is None else _git_tags(root)
    except OSError:
        return {}  # a checkout that cannot be read is as good as none


def user() -> str:
    """The name of who runs this, as the system has it."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        if os.environ.get(name):
            return os.environ[name]
    try:
        import pwd  # not on every system

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError, AttributeError):
        return "unknown"


def script() -> Path | None:
    """The file that Python was started with; None for `-c`, an interactive session and notebooks."""
    if notebook() is not None:
        return None
    main = sys.modules.get("__main__")
    named = getattr(main, "__file__", None) or (
        sys.argv[0] if sys.argv and sys.argv[0] not in ("", "-c", "-m") else None
    )
    return Path(named).absolute() if named else None


def source_name() -> str:
    """The program as the user would name it: its path as it was given, or the notebook's."""
    shell = notebook()
    if shell is not None:
        named = shell.user_ns.get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME")
        return str(named) if named else "notebook"
    return sys.argv[0] if sys.argv and sys.argv[0] else "python"


def source_folder() -> Path:
    """Where the program's own files are looked for."""
    file = script()
    return file.parent if file is not None else Path.cwd()


def notebook() -> Any:
    """IPython's shell, if this is a notebook or an IPython session."""
    module = sys.modules.get("IPython")
    return module.get_ipython() if module is not None and hasattr(module, "get_ipython") else None


def git_root(folder: Path) -> Path | None:
    """The top of the checkout that a folder is in; None outside of one."""
    for place in (folder, *folder.parents):
        if (place / ".git").exists():
            return place
    return None


def without_secret(url: str) -> str:
    """An address without user name and password, which git's may have."""
    return _SECRET_IN_URL.sub("", url)


def _git_tags(root: Path) -> dict[str, str]:
    folder = root / ".git"
    if folder.is_file():  # a worktree or a submodule: its folder is elsewhere
        folder = (root / folder.read_text("utf-8").removeprefix("gitdir:").strip()).resolve()
    common = folder / "commondir"
    shared = (folder / common.read_text("utf-8").strip()).resolve() if common.is_file() else folder
    head = (folder / "HEAD").read_text("utf-8").strip()
    found: dict[str, str] = {}
    if head.startswith("ref:"):
        reference = head.removeprefix("ref:").strip()
        found[BRANCH] = reference.removeprefix("refs/heads/")
        commit = _resolved(reference, folder, shared)
    else:
        commit = head
    if _HASH.fullmatch(commit):
        found[COMMIT] = commit
    config = shared / "config"
    origin = _ORIGIN.search(config.read_text("utf-8", "replace")) if config.is_file() else None
    if origin is not None:
        found[REPOSITORY] = without_secret(origin[1])
    return found


def _resolved(reference: str, folder: Path, shared: Path) -> str:
    """The commit of a branch: in a file of its own, or among the packed ones; empty before the first commit."""
    for place in (folder, shared):
        file = place / reference
        if file.is_file():
            return file.read_text("utf-8").strip()
    packed = shared / "packed-refs"
    if packed.is_file():
        for line in packed.read_text("utf-8").splitlines():
            commit, _, name = line.partition(" ")
            if name == reference:
                return commit
    return ""
