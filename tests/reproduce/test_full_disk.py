"""A disk that takes no more: a sentence, and nothing half-made. A limit on the size of files stands for the full disk."""

import os
import resource
import subprocess
import sys
from pathlib import Path

HITO = Path(sys.executable).parent / "hito"


def limited(folder: Path, size: int, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    # Else half a compiled module would be left beside ours, for all that run after this.
    variables["PYTHONDONTWRITEBYTECODE"] = "1"
    return subprocess.run(
        [HITO, *arguments], cwd=folder, env={**os.environ, **variables}, capture_output=True, text=True, check=False,
        preexec_fn=limit, timeout=120,
    )  # fmt: skip


def test_an_environment_that_does_not_fit_is_not_left_half_made(project, tmp_path):
    scratch, cache = tmp_path / "scratch", tmp_path / "cache"
    scratch.mkdir()
    done = limited(
        tmp_path, 20_000, "reproduce", project.run("first"), "--no-log", "--tracking-uri", str(project.store),
        "--wheelhouse", str(project.wheelhouse), HITO_CACHE=str(cache), TMPDIR=str(scratch),
    )  # fmt: skip
    assert done.returncode == 2, done.stdout + done.stderr
    assert "the run's packages cannot be installed as asked:\nsignal " in done.stdout  # what the limit does to uv
    assert "Traceback" not in done.stderr
    assert list(scratch.iterdir()) == []
    assert [one for one in cache.rglob("*") if one.suffix != ".lock" and one.name != "environments"] == []


def test_a_run_that_cannot_be_fetched_is_told_in_a_sentence(project, tmp_path):
    run = project.run("first")
    for command in (["reproduce", run], ["diff", run, run]):
        done = limited(tmp_path, 300, *command, "--tracking-uri", str(project.store), TMPDIR=str(tmp_path))
        assert done.returncode == 2, done.stdout + done.stderr
        assert "File too large" in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        assert list(tmp_path.iterdir()) == []


def test_a_bundle_that_does_not_fit_is_not_left_half_written(project, tmp_path):
    run = project.run("first")
    done = limited(tmp_path, 3000, "bundle", "export", run, "-o", "run.zip", "--tracking-uri", str(project.store))
    assert done.returncode == 2, done.stdout + done.stderr
    assert "cannot be written: File too large; nothing is left of it" in done.stderr
    assert list(tmp_path.iterdir()) == []
