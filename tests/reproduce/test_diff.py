"""Two runs side by side: whole sources by git, what one did not record, and what a terminal is shown."""

import json
import subprocess

import pytest
from msgspec import structs

from hito.cli import diff as command
from hito.cli import verdict as verdicts
from hito.cli.screen import plain
from hito.core.errors import InvalidArgument
from hito.reproduce.compare import SECTIONS, difference, to_json
from hito.reproduce.past import Data, Past
from hito.reproduce.trees import changed_files, repositories_of
from hito.reproduce.verdict import Row, Verdict

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
PATCH = "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-{}\n+{}\n"


@pytest.fixture
def repository(tmp_path):
    """A repository with two commits: `a.py` and `b.py`, then a changed `b.py` and a new `c.py`."""
    folder = tmp_path / "repository"
    folder.mkdir()

    def git(*arguments: str) -> str:
        done = subprocess.run([*GIT, *arguments], cwd=folder, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    (folder / "a.py").write_text("one\n")
    (folder / "b.py").write_text("b\n")
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    first = git("rev-parse", "HEAD")
    (folder / "b.py").write_text("b, changed\n")
    (folder / "c.py").write_text("c\n")
    git("add", ".")
    git("commit", "-q", "-m", "second")
    return folder, first, git("rev-parse", "HEAD")


def run(folder, commit: str, **more) -> Past:
    environment = {"source": {"git_root": str(folder)}}
    return Past(run_id=commit[:8], tags={"mlflow.source.git.commit": commit}, environment=environment, **more)


def test_sources_of_two_commits_with_patches_and_untracked_files_are_compared_as_wholes(repository):
    folder, first, second = repository
    before = sorted(path for path in folder.rglob("*"))
    a = run(folder, first, patch=PATCH.format("one", "two"), sources={"c.py": "c\n", "d.py": "d\n"})
    b = run(folder, second, patch=PATCH.format("one", "three"))
    files, problem = changed_files(a, b, repositories_of(a, b))
    assert problem == ""
    # c.py was untracked in A and is committed in B: the same file, so it is no difference.
    assert {one.path: one.change for one in files} == {"a.py": "changed", "b.py": "changed", "d.py": "removed"}
    shown = {one.path: one.diff for one in files}
    assert "-two\n+three\n" in shown["a.py"]
    assert "-b\n+b, changed\n" in shown["b.py"]
    assert sorted(path for path in folder.rglob("*")) == before


def test_without_the_repository_it_is_said_what_is_not_compared(repository):
    _, first, second = repository
    a, b = run("/nowhere", first, sources={"d.py": "d\n"}), run("/nowhere", second)
    files, problem = changed_files(a, b, repositories_of(a, b))
    assert files is None
    found = to_json(difference(a, b, files, (problem,)))
    assert found["notes"] == [
        f"commit {first[:12]} is not at hand, so files that both runs had committed are not compared"
    ]
    assert [one["path"] for one in found["files"]] == ["d.py"]
    assert [one["key"] for one in found["sections"]["source"]] == ["commit"]


def test_a_patch_that_leads_elsewhere_is_not_looked_at(repository):
    folder, first, second = repository
    patch = "diff --git a/../x b/../x\nnew file mode 100644\n--- /dev/null\n+++ b/../x\n@@ -0,0 +1 @@\n+x\n"
    with pytest.raises(InvalidArgument, match="leads out"):
        changed_files(run(folder, first, patch=patch), run(folder, second), [folder])


def test_the_json_has_every_section_and_says_how_b_stands_to_a():
    a = Past(
        run_id="a" * 32, name="first", params={"depth": "3", "old": "1"}, metrics={"auc": 0.5, "odd": float("nan")}
    )
    rows = Data(
        name="rows", digest="d1", context="train", profile='{"num_rows": 3, "columns": [{"name": "x", "mean": 2.5}]}'
    )
    b = Past(run_id="b" * 32, params={"depth": "4", "new": "1"}, metrics={"auc": 0.75, "odd": 1.0}, data=(rows,))
    found = json.loads(json.dumps(to_json(difference(a, b)), allow_nan=False))
    assert list(found["sections"]) == list(SECTIONS)
    assert (found["format"], found["equal"], found["a"]["name"]) == (1, False, "first")
    assert [(one["key"], one["change"]) for one in found["sections"]["parameters"]] == [
        ("depth", "changed"), ("new", "added"), ("old", "removed"),
    ]  # fmt: skip
    assert [one["delta"] for one in found["sections"]["metrics"]] == [0.25, "nan"]
    assert {one["key"]: one["b"] for one in found["sections"]["data"]} == {
        "rows (train): digest": "d1", "rows (train): profile num_rows": "3",
        "rows (train): profile columns[x]": "mean 2.5",
    }  # fmt: skip


def test_what_one_run_did_not_record_is_a_note_and_no_difference():
    described = {"command": ["python", "a.py"], "python": {"version": "3.11.7"}, "platform": {"system": "Linux"}}
    recorded = Past(run_id="a" * 32, environment=described, requirements="numpy==1.0\n", sources={"a.py": "x"})
    found = difference(recorded, Past(run_id="b" * 32))
    assert found.equal
    assert len(found.notes) == 4
    assert all(note.startswith("run bbbbbbbb recorded no ") for note in found.notes)


@pytest.mark.parametrize("width", ["60", "100"])
def test_texts_of_a_run_cannot_steer_the_terminal_and_fit_it(width, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", width)
    hostile = "\x1b[31mred\x07 \u202eright to left"
    a = Past(run_id="a" * 32, name=hostile, params={"p" * 70: hostile, "q": "x" * 90}, metrics={"loss": 1 / 3})
    b = structs.replace(a, run_id="b" * 32, params={"p" * 70: "1", "q": "y " * 60}, metrics={"loss": 2 / 3})
    command.show(difference(a, b))
    rows = (Row("parameter", hostile, hostile, "1", False), Row("metric", "m" * 90, "1.5", "2.5", False, 1.0, hostile))
    verdicts.show(Verdict("a" * 32, "differs", "", rows, (f"data: {hostile}",), hostile))
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\\x1b[31mred" in shown
    assert "+0.3333 (+100.00%)" in shown
    assert max(len(line) for line in shown.splitlines()) <= int(width)


def test_plain_text_keeps_letters_of_every_language():
    assert plain("año 数据 \n\t🙂") == "año 数据 \n\t🙂"
