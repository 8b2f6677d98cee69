"""Where a run comes from: source, packages, machine."""

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from hito.reproduce import capture, context, files, machine, packages, secrets, source

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
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a script that `python script.py` is supposed to be running."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "train.py").write_text("print('hello')\n")
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(folder / "train.py"), raising=False)
    monkeypatch.setattr(sys, "argv", ["train.py", "--password", "hunter2hunter2"])
    monkeypatch.setattr(sys, "orig_argv", ["python", "train.py", "--password", "hunter2hunter2", "--depth=3"])
    monkeypatch.setattr(capture._known, "look", None)
    monkeypatch.chdir(folder)
    return folder


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run([*GIT, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def checkout(project: Path) -> Path:
    _git(project, "init", "-q")
    _git(project, "add", ".")
    _git(project, "commit", "-q", "-m", "first")
    _git(project, "remote", "add", "origin", "https://user:token@example.org/a.git")
    return project


def _zipped(files: dict[str, bytes]) -> list[str]:
    return sorted(zipfile.ZipFile(io.BytesIO(files["source.zip"])).namelist())


def test_a_commit_is_read_without_git(checkout: Path) -> None:
    found = context.tags()
    assert found["mlflow.source.git.commit"] == _git(checkout, "rev-parse", "HEAD")
    assert found["mlflow.source.git.branch"] == "main"
    assert found["mlflow.source.git.repoURL"] == "https://example.org/a.git"
    assert found["mlflow.source.name"] == "train.py"
    assert found["mlflow.source.type"] == "LOCAL"


def test_packed_branches_detached_heads_and_worktrees_are_read(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = _git(checkout, "rev-parse", "HEAD")
    _git(checkout, "pack-refs", "--all")
    assert context.tags()["mlflow.source.git.commit"] == commit
    _git(checkout, "worktree", "add", "-q", "../tree", "-b", "side")
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(checkout.parent / "tree" / "train.py"), raising=False)
    assert context.tags()["mlflow.source.git.branch"] == "side"
    assert context.tags()["mlflow.source.git.commit"] == commit
    _git(checkout.parent / "tree", "checkout", "-q", "--detach")
    assert context.tags()["mlflow.source.git.commit"] == commit
    assert "mlflow.source.git.branch" not in context.tags()


def test_a_clean_checkout_needs_no_files(checkout: Path) -> None:
    found = source.gather()
    assert (found.dirty, found.files, found.left_out) == (False, {}, [])


def test_what_differs_from_the_commit_is_a_patch_that_applies(checkout: Path) -> None:
    (checkout / "train.py").write_text("print('changed')\n")
    (checkout / "new.py").write_text("x = 1\n")
    (checkout / "data.bin").write_bytes(b"\0" * 100)
    (checkout / ".gitignore").write_text("ignored.py\n")
    (checkout / "ignored.py").write_text("y = 1\n")
    found = source.gather()
    assert found.dirty is True
    assert _zipped(found.files) == ["new.py"]
    _git(checkout, "checkout", "-q", "train.py")
    (checkout / "a.patch").write_bytes(found.files["source.patch"])
    _git(checkout, "apply", "a.patch")
    assert (checkout / "train.py").read_text() == "print('changed')\n"


def test_secrets_stay_at_home(checkout: Path) -> None:
    (checkout / "settings.py").write_text("x = 1\n")
    _git(checkout, "add", ".")
    _git(checkout, "commit", "-q", "-m", "second")
    (checkout / "settings.py").write_text("api_key = 'abcdefgh12345678'\n")
    (checkout / "train.py").write_text("print('changed')\n")
    (checkout / "key.py").write_text("-----BEGIN RSA PRIVATE KEY-----\n")
    (checkout / "secrets.yaml").write_text("a: 1\n")
    (checkout / "fine.py").write_text("password = os.environ['PASSWORD']\n")
    found = source.gather()
    assert b"abcdefgh12345678" not in found.files["source.patch"]
    assert b"changed" in found.files["source.patch"]
    assert _zipped(found.files) == ["fine.py"]
    assert {line.partition(":")[0] for line in found.left_out} == {"settings.py", "key.py", "secrets.yaml"}


def test_a_repositorys_settings_run_no_programs(checkout: Path, tmp_path: Path) -> None:
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path / 'caught'}\n")
    trap.chmod(0o755)
    _git(checkout, "config", "core.fsmonitor", str(trap))
    _git(checkout, "config", "diff.external", str(trap))
    (checkout / ".gitattributes").write_text("*.py diff=mine\n")
    _git(checkout, "config", "diff.mine.textconv", str(trap))
    _git(checkout, "config", "diff.mine.command", str(trap))
    (checkout / "train.py").write_text("print('changed')\n")
    (tmp_path / "caught").unlink(missing_ok=True)  # our own `git config` may have met the trap
    assert b"changed" in source.gather().files["source.patch"]
    assert not (tmp_path / "caught").exists()


def test_without_git_the_script_and_its_own_modules_are_kept(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "own_module_of_test.py").write_text("x = 1\n")
    monkeypatch.syspath_prepend(str(project))
    __import__("own_module_of_test")
    try:
        found = source.gather()
    finally:
        del sys.modules["own_module_of_test"]
    assert found.dirty is None
    assert _zipped(found.files) == ["own_module_of_test.py", "train.py"]


def test_large_files_are_left_out_and_named(checkout: Path) -> None:
    (checkout / "big.json").write_text("1" * (source.MAX_FILE + 1))
    found = source.gather()
    assert found.files == {}
    assert found.left_out == ["big.json: it is larger than 1 MiB"]


def test_everything_is_gathered(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.setenv("MY_SECRET", "do not tell")
    monkeypatch.setattr(files, "_seen", {})  # what other tests of this process have read
    found = capture.gather(machine.note())
    described = json.loads(found.files["hito/environment.json"])
    assert described["entry_point"] == str(checkout / "train.py")
    assert described["command"] == ["python", "train.py", "--password", "***", "--depth=3"]
    assert described["settings"]["OMP_NUM_THREADS"] == "3"
    assert b"do not tell" not in b"".join(found.files.values())
    assert described["distributions"]["msgspec"]
    assert described["source"]["mlflow.source.git.commit"] == _git(checkout, "rev-parse", "HEAD")
    assert found.tags["hito.git.dirty"] == "false"
    assert "requirements.txt" in found.files
    assert capture.gather_again(found.files) == {}


def test_seeds_are_known_before_the_first_number_is_drawn() -> None:
    numpy = pytest.importorskip("numpy")
    numpy.random.seed(42)
    before = machine.seeds()
    assert before["numpy"]["seed"] == 42
    numpy.random.random()
    after = machine.seeds()
    assert "seed" not in after["numpy"]
    assert after["numpy"]["state"] != before["numpy"]["state"]


def test_requirements_are_those_of_imported_modules() -> None:
    lines = packages.requirements().splitlines()
    names = {line.partition("==")[0] for line in lines if "==" in line and not line.startswith("#")}
    assert {"msgspec", "pytest"} <= names
    assert "granian" not in names or "granian" in sys.modules


def test_hashes_are_added_when_the_lock_file_knows_them_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.metadata

    one = importlib.metadata.distribution("msgspec")
    monkeypatch.setattr(packages, "imported", lambda: [one])
    digest = "sha256:" + "a" * 64
    (tmp_path / "uv.lock").write_text(
        f'[[package]]\nname = "msgspec"\nversion = "{one.version}"\nwheels = [{{ hash = "{digest}" }}]\n'
    )
    assert f"msgspec=={one.version} \\\n    --hash={digest}\n" in packages.requirements(tmp_path)
    (tmp_path / "uv.lock").write_text('[[package]]\nname = "msgspec"\nversion = "0.0.1"\n')
    (tmp_path / "requirements.txt").write_text(f"msgspec=={one.version} \\\n    --hash={digest}\n")
    assert f"--hash={digest}" in packages.requirements(tmp_path)
    (tmp_path / "requirements.txt").write_text("msgspec==0.0.1\n")
    assert "--hash" not in packages.requirements(tmp_path)


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        (".env", True), ("a/.env.local", True), ("id_rsa", True), ("server.pem", True), ("my_credentials.json", True),
        ("tokenizer.py", False), ("train.py", False), ("secret_santa/train.py", True), ("environment.py", False),
    ],
)  # fmt: skip
def test_files_that_look_like_secrets(name: str, secret: bool) -> None:
    assert secrets.is_secret_file(name) is secret


@pytest.mark.parametrize(
    "text",
    [
        "aws = 'AKIAIOSFODNN7EXAMPLE'", "url = 'postgresql://me:hunter2@host/db'", "DB_PASSWORD = 'correcthorse'",
        "token: ghp_" + "a" * 36, '"api_key": "0123456789abcdef"', "-----BEGIN OPENSSH PRIVATE KEY-----",
    ],
)  # fmt: skip
def test_texts_that_look_like_secrets(text: str) -> None:
    assert secrets.holds_secret(text)
    assert text not in secrets.masked_lines(f"a = 1\n{text}\nb = 2")
    assert "b = 2" in secrets.masked_lines(f"a = 1\n{text}\nb = 2")


@pytest.mark.parametrize(
    "text", ["password = os.environ['P']", "secret = '{{ vault }}'", "a = 'https://example.org/x@y'", "key = 'depth'"]
)
def test_texts_that_only_speak_of_secrets(text: str) -> None:
    assert not secrets.holds_secret(text)


def test_arguments_are_masked() -> None:
    given = ["train.py", "--token=abc", "--api-key", "xyz", "--epochs", "3", "--tokens-per-batch", "--flag"]
    assert secrets.masked_arguments(given)[:6] == ["train.py", "--token=***", "--api-key", "***", "--epochs", "3"]


def test_noting_what_may_change_is_quick() -> None:
    import time

    machine.note()
    began = time.perf_counter()
    for _ in range(10):
        machine.note()
        context.tags()
    assert (time.perf_counter() - began) / 10 < 0.05
    assert os.getpid()
