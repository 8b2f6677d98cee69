"""Source laid out anew: from commits and archives that anybody may have made."""

import io
import subprocess
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hito.core.errors import HitoError, InvalidArgument, NotFound
from hito.reproduce.checkout import lay_out
from hito.reproduce.environments import Wanted, build, checked, python_of
from hito.reproduce.past import Past, unzip

GIT = [
    "git",
    "-c",
    "user.name=a",
    "-c",
    "user.email=a@b",
    "-c",
    "init.defaultBranch=main",
    "-c",
    "commit.gpgsign=false",
]


@pytest.fixture
def repository(tmp_path):
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "a.py").write_text("one\n")
    hook = folder / "hook-ran"
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run([*GIT, *arguments], cwd=folder, check=True)
    post = folder / ".git" / "hooks" / "post-checkout"
    post.write_text(f"#!/bin/sh\ntouch {hook}\n")
    post.chmod(0o755)
    commit = subprocess.run([*GIT, "rev-parse", "HEAD"], cwd=folder, check=True, capture_output=True, text=True)
    return folder, commit.stdout.strip()


def zipped(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def past(repository, **more) -> Past:
    folder, commit = repository
    return Past(
        run_id="r", tags={"mlflow.source.git.commit": commit}, environment={"source": {"git_root": str(folder)}}, **more
    )


def test_commit_patch_and_untracked_files_come_together(repository, tmp_path):
    patch = "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-one\n+two\n"
    found = lay_out(past(repository, patch=patch), zipped({"sub/new.py": b"new"}), tmp_path / "out")
    assert (found.root / "a.py").read_text() == "two\n"
    assert (found.root / "sub" / "new.py").read_bytes() == b"new"
    assert (repository[0] / "a.py").read_text() == "one\n"
    assert not (repository[0] / "hook-ran").exists()


NEW = "new file mode 100644\n--- /dev/null\n"
HOSTILE = {
    "up": "diff --git a/../../evil b/../../evil\n" + NEW + "+++ b/../../evil\n@@ -0,0 +1 @@\n+x\n",
    "absolute": "diff --git a/x b/x\n" + NEW + "+++ /tmp/evil\n@@ -0,0 +1 @@\n+x\n",
    "git": "diff --git a/.git/hooks/x b/.git/hooks/x\n" + NEW + "+++ b/.git/hooks/x\n@@ -0,0 +1 @@\n+x\n",
    "link": "diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc\n",
    "renamed": "diff --git a/a.py b/../b.py\nsimilarity index 100%\nrename from a.py\nrename to ../b.py\n",
    "misfit": "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-nothing like it\n+two\n",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_patch_that_leads_elsewhere_is_not_applied(kind, repository, tmp_path):
    with pytest.raises(InvalidArgument, match="patch"):
        lay_out(past(repository, patch=HOSTILE[kind]), b"", tmp_path / "deep" / "deeper" / "out")
    assert not list(tmp_path.rglob("evil"))


def test_an_archive_cannot_write_through_a_link_of_the_repository(repository, tmp_path):
    folder, _ = repository
    (tmp_path / "outside").mkdir()
    (folder / "way").symlink_to(tmp_path / "outside")
    for arguments in (["add", "."], ["commit", "-q", "-m", "link"]):
        subprocess.run([*GIT, *arguments], cwd=folder, check=True)
    commit = subprocess.run([*GIT, "rev-parse", "HEAD"], cwd=folder, capture_output=True, text=True).stdout.strip()
    with pytest.raises(InvalidArgument, match="through a link"):
        lay_out(past((folder, commit)), zipped({"way/evil.py": b"x"}), tmp_path / "out")
    assert not list((tmp_path / "outside").iterdir())


def test_a_commit_that_is_nowhere_is_named(repository, tmp_path):
    with pytest.raises(NotFound, match="commit aaaaaaaaaaaa cannot be had"):
        lay_out(past((repository[0], "a" * 40)), b"", tmp_path / "out")
    with pytest.raises(InvalidArgument, match="no commit"):
        lay_out(past((repository[0], "--upload-pack=touch x")), b"", tmp_path / "out")
    with pytest.raises(InvalidArgument, match="neither a commit nor its source"):
        lay_out(Past(run_id="r"), b"", tmp_path / "out")


def test_a_bomb_a_link_and_a_way_out_are_refused():
    with pytest.raises(InvalidArgument, match="unfolds to more"):
        unzip(zipped({"a": b"\0" * 2_000_000}), max_bytes=1_000_000)
    with pytest.raises(InvalidArgument, match="more than 3 files"):
        unzip(zipped({str(one): b"" for one in range(5)}), max_files=3)
    for name in ("../a", "/a", "a/../../b", "C:\\a", "..\\a"):
        with pytest.raises(InvalidArgument):
            unzip(zipped({name: b"x"}))
    link = io.BytesIO()
    with zipfile.ZipFile(link, "w") as archive:
        entry = zipfile.ZipInfo("a")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    with pytest.raises(InvalidArgument, match="a link"):
        unzip(link.getvalue())


@given(st.binary(max_size=400) | st.binary(max_size=200).map(lambda tail: zipped({"a": b"x" * 50})[:-30] + tail))
def test_any_bytes_are_an_archive_or_refused(content):
    try:
        unzip(content)
    except InvalidArgument:
        pass


@pytest.mark.parametrize(
    "line",
    ["-r other.txt", "--index-url http://127.0.0.1/", "git+https://example.org/a.git", "a @ file:///tmp/a", "./local", "a>=1",
     "a==1 --config-settings=x", "-e .", "a==1; python_version>'3' @ http://x"],
)  # fmt: skip
def test_requirements_that_choose_where_code_comes_from_are_refused(line):
    with pytest.raises(InvalidArgument, match="--allow-urls"):
        checked(f"numpy==1.0\n{line}\n", allow_urls=False)
    assert len(checked(f"numpy==1.0\n{line}\n", allow_urls=True)) == 2


@given(st.text(max_size=80))
def test_any_requirements_are_plain_pins_or_refused(text):
    try:
        lines = checked(text, allow_urls=False)
    except HitoError:
        return
    assert all("==" in line and "@" not in line and not line.startswith("-") for line in lines)


def test_an_environment_is_made_once_offline_and_left_whole_or_not_at_all(wheelhouse, tmp_path):
    said: list[str] = []
    wanted = Wanted(python="", requirements="wobble==1.1\n")
    first = build(wanted, tmp_path, offline=True, wheelhouse=wheelhouse, say=said.append)
    assert build(wanted, tmp_path, offline=True, wheelhouse=wheelhouse, say=said.append) == first
    assert len(said) == 2  # making, made; the second time nothing
    answer = subprocess.run(
        [python_of(first), "-c", "import wobble; print(wobble.FACTOR)"], capture_output=True, text=True
    )
    assert answer.stdout == "1.5\n"
    with pytest.raises(InvalidArgument, match="cannot be installed as asked"):
        build(Wanted(python="", requirements="wobble==3\n"), tmp_path, offline=True, wheelhouse=wheelhouse)
    whole = [path for path in (tmp_path / "environments").iterdir() if path.is_dir()]
    assert whole == [first]
