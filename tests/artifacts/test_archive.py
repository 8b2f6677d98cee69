"""A folder as a ZIP stream."""

import io
import os
import stat
import zipfile
from collections.abc import Iterator

import pytest

from hito.artifacts.archive import zip_folder
from hito.artifacts.local import LocalStore
from hito.artifacts.store import ArtifactStore
from hito.core.artifacts import SafePath

FOLDER = SafePath.parse("0/run/artifacts")


def zipped(store: ArtifactStore, folder: SafePath) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(zip_folder(store, folder))))


def test_a_folder_comes_out_of_its_zip_as_it_was(store: ArtifactStore) -> None:
    files = {"MLmodel": b"flavors", "data/é b%20.txt": b"text" * 1000, "plot.png": b"\x89PNG", "empty": b""}
    for name, content in files.items():
        store.write(FOLDER / name, [content])
    with zipped(store, FOLDER) as archive:
        assert archive.testzip() is None
        assert {entry.filename: archive.read(entry) for entry in archive.infolist()} == files
        assert all(stat.S_IFMT(entry.external_attr >> 16) == 0 for entry in archive.infolist())


def test_an_empty_folder_is_a_zip_of_nothing(local: LocalStore) -> None:
    with zipped(local, FOLDER) as archive:
        assert archive.namelist() == []


def test_a_zip_is_sent_in_pieces_while_it_is_made(local: LocalStore) -> None:
    for number in range(8):
        local.write(FOLDER / f"{number}.npz", [os.urandom(1 << 20)])
    pieces = [len(piece) for piece in zip_folder(local, FOLDER)]
    assert sum(pieces) > 8 << 20
    assert max(pieces) < 2 << 20


def test_an_error_in_the_middle_breaks_the_stream_off(local: LocalStore) -> None:
    local.write(FOLDER / "a", [b"1"])

    class Failing(LocalStore):
        def read(self, path: SafePath, start: int = 0, end: int | None = None) -> object:  # type: ignore[override]
            raise OSError("the disk is gone")

    stream: Iterator[bytes] = zip_folder(Failing(local.root), FOLDER)  # type: ignore[arg-type]
    with pytest.raises(OSError, match="the disk is gone"):
        list(stream)
