"""A run's source, laid out anew in a folder of its own. Nothing is written into anybody's working copy or repository.

    a commit      git clone --shared of the repository, at that commit; then the patch, then the untracked files
    without git   the files of the archive; the program stands among them

Hooks, submodules and filters of the repository are not run. Names inside patch and archive are checked by us before git
or the file system sees them.
"""

import re
import shutil
from pathlib import Path

from msgspec import Struct

from hito.core.artifacts import SafePath
from hito.core.errors import HitoError, InvalidArgument, NotFound, Unavailable
from hito.reproduce.context import git_root
from hito.reproduce.git import git
from hito.reproduce.past import Past, unzip

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_NAMES = re.compile(
    r"^(?:diff --git (?P<both>.*)|(?:---|\+\+\+|rename from|rename to|copy from|copy to) (?P<one>.*))$", re.MULTILINE
)
_LINK = re.compile(r"^(?:new file mode|new mode|old mode) 120000$", re.MULTILINE)
_SCHEMES = ("https://", "ssh://", "git@", "file://", "/")


class Checkout(Struct, frozen=True):
    """`root` is the new top; `was` the old one, as a text, since it may be another machine's: what lay below it is here."""

    root: Path
    was: str


def lay_out(past: Past, archive: bytes, folder: Path, *, repository: str | None = None) -> Checkout:
    """Write a run's source into a folder, which is made.

    Args:
        archive: hito/source.zip, b"" if there is none.
        repository: where the commit is looked for; None: where the run was, then the address that it recorded.
    Raises: NotFound: the commit is nowhere; InvalidArgument: the run says nothing of its source, or patch or archive hold
        what they must not; Unavailable: git is missing or the repository does not answer.
    """
    source = past.environment.get("source") or {}
    if past.commit:
        was = str(source.get("git_root") or "") or _guessed_root(past)
        _clone(past, folder, repository, was)
        if past.patch:
            _apply(past.patch, folder)
    elif archive:
        folder.mkdir(parents=True)
        was = str(Path(str(past.environment.get("entry_point") or "")).parent)
    else:
        raise InvalidArgument(
            f"run {past.run_id} recorded neither a commit nor its source files, so there is nothing to run. Runs of hito "
            "record both; for others give --repository, or log the source"
        )
    for path, body in unzip(archive) if archive else ():
        place = folder.joinpath(*path.parts)
        if any(part.is_symlink() for part in (place, *place.parents) if part.is_relative_to(folder) and part != folder):
            raise InvalidArgument(f"{path} of the archive would be written through a link of the repository")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(body)
    return Checkout(folder, was)


def _guessed_root(past: Past) -> str:
    """The checkout in which a run's program lies, if that is on this machine: MLflow records no more than its path."""
    name = past.tags.get("mlflow.source.name", "")
    root = git_root(Path(name).parent) if Path(name).is_absolute() else None
    return "" if root is None else str(root)


def _clone(past: Past, folder: Path, repository: str | None, was: str) -> None:
    if not _COMMIT.fullmatch(past.commit):
        raise InvalidArgument(f"{past.commit[:80]!r} is no commit")
    if shutil.which("git") is None:
        raise Unavailable("git is not installed, and the run's source is a commit")
    tried = []
    for place in [repository] if repository else [was, past.tags.get("mlflow.source.git.repoURL", "")]:
        if not place:
            continue
        problem = clone(place, past.commit, folder)
        if problem is None:
            return
        tried.append(f"{place}: {problem}")
        shutil.rmtree(folder, ignore_errors=True)
    where = "\n  ".join(tried) or "the run recorded no repository"
    raise NotFound(f"commit {past.commit[:12]} cannot be had; give --repository if you have it elsewhere\n  {where}")


def clone(repository: str, revision: str, folder: Path) -> str | None:
    """Get a commit, tag or branch of a repository into a new folder; what went wrong, or None.

    `repository` is a folder, or an address of https, ssh or file; git's helpers for other schemes can run commands.
    """
    local = Path(repository).is_dir()
    if not local and not repository.startswith(_SCHEMES):
        return "neither a folder nor an address that is cloned from here"
    if not local and repository.startswith("/"):
        return "there is no such folder"
    objects = ["--shared"] if local else []
    problem = _git(["clone", "--quiet", "--no-checkout", *objects, "--", repository, str(folder)], None)
    if problem:
        return problem
    problem = _git(["checkout", "--quiet", "--detach", revision, "--"], folder)
    if problem and _COMMIT.fullmatch(revision):
        # A commit that no branch holds any more is given by many servers to whoever knows its name.
        if _git(["fetch", "--quiet", "origin", revision], folder) is None:
            problem = _git(["checkout", "--quiet", "--detach", revision, "--"], folder)
    elif problem and _git(["checkout", "--quiet", "--detach", f"origin/{revision}", "--"], folder) is None:
        problem = None
    return problem


def fetch(repository: str, revision: str, folder: Path) -> str:
    """Get a revision of a repository into a new folder, "" being its head; the commit that it is.

    Raises: NotFound; Unavailable: git is missing.
    """
    if shutil.which("git") is None:
        raise Unavailable("git is not installed, and the source is in a repository")
    problem = clone(repository, revision or "HEAD", folder)
    if problem is not None:
        what = f"{revision} of {repository}" if revision else repository
        raise NotFound(f"{what} cannot be had: {problem}")
    return (folder / ".git" / "HEAD").read_text("utf-8").strip()


def check_patch(patch: str) -> None:
    """Refuse a patch that leads elsewhere; git refuses most of it itself, but need not see such a try.

    Raises: InvalidArgument.
    """
    for match in _NAMES.finditer(patch):
        names = [match["one"]] if match["one"] is not None else re.split(r" (?=b/)", match["both"], maxsplit=1)
        for name in names:
            _check(name.partition("\t")[0])
    if _LINK.search(patch):
        raise InvalidArgument(
            "the run's patch makes a symbolic link, which could lead out of the folder; it was not applied"
        )


def _apply(patch: str, folder: Path) -> None:
    check_patch(patch)
    problem = _git(["apply", "--whitespace=nowarn", "-"], folder, patch.encode("utf-8", "surrogateescape"))
    if problem:
        raise InvalidArgument(f"the run's patch does not fit its commit: {problem}")


def _check(name: str) -> None:
    text = name.strip().strip('"')
    if text == "/dev/null":
        return
    text = re.sub(r"^[ab]/", "", text)
    try:
        parts = SafePath.parse(text).parts
    except HitoError:
        raise InvalidArgument(
            f"the run's patch names {name[:120]!r}, which leads out of the checkout; it was not applied"
        ) from None
    if ".git" in (part.lower() for part in parts):
        raise InvalidArgument(f"the run's patch names {name[:120]!r}, inside of git's own folder; it was not applied")


def _git(arguments: list[str], folder: Path | None, given: bytes = b"") -> str | None:
    return git(arguments, folder, given).problem
