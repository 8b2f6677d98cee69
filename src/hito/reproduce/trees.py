"""The whole source of two runs, compared: each is commit + patch + untracked files, as a tree of git's own making.

    repository (read only) ──alternates──> empty repository in a scratch folder
                                             read-tree commit, apply --cached patch, update-index untracked ──> tree A
                                             …                                                              ──> tree B
                                             git diff A B

Nothing is checked out, and nothing is written into the repository. Without the repository only patches and untracked
files can be compared, see `compare`.
"""

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hito.reproduce.checkout import check_patch
from hito.reproduce.compare import ADDED, CHANGED, REMOVED, FileChange
from hito.reproduce.git import git
from hito.reproduce.past import Past

_HEAD = re.compile(r"^diff --git a/.* b/(.*)$", re.MULTILINE)
_MAX_DIFF = 16 << 20


def repositories_of(a: Past, b: Past) -> list[Path]:
    """Where the checkouts of two runs were, if they are on this machine."""
    roots = [str((one.environment.get("source") or {}).get("git_root") or "") for one in (a, b)]
    return [Path(root) for root in dict.fromkeys(roots) if root and (Path(root) / ".git").exists()]


def changed_files(a: Past, b: Past, repositories: Sequence[Path]) -> tuple[tuple[FileChange, ...] | None, str]:
    """Every file in which the sources of two runs differ; or None, and why it cannot be known."""
    if not (a.commit and b.commit):
        return None, ""
    if a.commit == b.commit and a.patch == b.patch and a.sources == b.sources:
        return (), ""
    with tempfile.TemporaryDirectory(prefix="hito-diff-") as place:
        scratch = Path(place)
        git(["init", "--quiet", "."], scratch)
        objects = [_objects(one) for one in repositories]
        borrowed = "".join(f"{one}\n" for one in objects if one is not None)
        (scratch / ".git" / "objects" / "info" / "alternates").write_text(borrowed, "utf-8")
        trees = []
        for name, past in (("a", a), ("b", b)):
            tree, problem = _tree(past, scratch, name)
            if problem:
                return None, problem
            trees.append(tree)
        answer = git(["diff", "--no-ext-diff", "--no-textconv", "--no-color", "--no-renames", *trees], scratch)
        if answer.problem or len(answer.output) > _MAX_DIFF:
            return None, answer.problem or f"the difference of the sources is larger than {_MAX_DIFF >> 20} MiB"
        return _changes(answer.output.decode("utf-8", "replace")), ""


def _objects(repository: Path) -> Path | None:
    answer = git(["rev-parse", "--git-path", "objects"], repository)
    return None if answer.problem else Path(repository, answer.output.decode().strip()).resolve()


def _tree(past: Past, scratch: Path, name: str) -> tuple[str, str]:
    """The tree of a run's source; or "", and what went wrong."""
    index = {"GIT_INDEX_FILE": str(scratch / f"index-{name}")}
    if git(["cat-file", "-e", f"{past.commit}^{{commit}}"], scratch).problem:
        return "", f"commit {past.commit[:12]} is not at hand, so files that both runs had committed are not compared"
    problem = git(["read-tree", past.commit], scratch, variables=index).problem
    if not problem and past.patch:
        check_patch(past.patch)
        patch = past.patch.encode("utf-8", "surrogateescape")
        problem = git(["apply", "--cached", "--whitespace=nowarn", "-"], scratch, patch, index).problem
    if not problem and past.sources:
        problem = _add(past.sources, scratch, index)
    if problem:
        return "", f"the source of run {past.run_id[:8]} cannot be put together: {problem}"
    return git(["write-tree"], scratch, variables=index).output.decode().strip(), ""


def _add(files: dict[str, str], scratch: Path, index: dict[str, str]) -> str | None:
    """Put untracked files into the index."""
    bodies = scratch / "bodies"
    bodies.mkdir(exist_ok=True)
    paths = []
    for number, text in enumerate(files.values()):
        paths.append(bodies / str(number))
        paths[-1].write_bytes(text.encode("utf-8", "surrogateescape"))
    listed = "".join(f"{path}\n" for path in paths).encode()
    hashed = git(["hash-object", "-w", "--no-filters", "--stdin-paths"], scratch, listed)
    if hashed.problem:
        return hashed.problem
    rows = [f"100644 {one}\t{path}\0" for one, path in zip(hashed.output.decode().split(), files, strict=True)]
    return git(["update-index", "-z", "--add", "--index-info"], scratch, "".join(rows).encode(), index).problem


def _changes(text: str) -> tuple[FileChange, ...]:
    """A diff of git, file by file."""
    starts = [match.start() for match in _HEAD.finditer(text)]
    found = []
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        section = text[start:end]
        head, _, _ = section.partition("\n@@")
        change = ADDED if "\nnew file mode" in head else REMOVED if "\ndeleted file mode" in head else CHANGED
        match = _HEAD.match(section)
        body = section.find("\n--- ")
        path = match[1].strip('"') if match else ""
        found.append(FileChange(path, change, section[body + 1 :] if body >= 0 else ""))
    return tuple(found)
