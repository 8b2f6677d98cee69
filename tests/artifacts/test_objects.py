"""What is peculiar to objects in buckets."""

import obstore
import pytest
from obstore.store import MemoryStore

from hito.artifacts.objects import ObjectStore
from hito.core.artifacts import SafePath

FOLDER = SafePath.parse("folder")


@pytest.fixture
def backend() -> MemoryStore:
    return MemoryStore()


def names(store: ObjectStore, folder: SafePath = FOLDER) -> list[str]:
    return [file.path for file in store.list_folder(folder).files]


def test_a_store_sees_only_what_is_below_its_prefix(backend: MemoryStore) -> None:
    run, other = (ObjectStore(backend, SafePath.parse(prefix)) for prefix in ("0/run", "0/run2"))
    run.write(FOLDER / "a", [b"1"])
    other.write(FOLDER / "b", [b"1"])
    assert names(run) == ["a"]
    run.delete(FOLDER)
    assert names(other) == ["b"]
    assert [item["path"] for item in obstore.list(backend).collect()] == ["0/run2/folder/b"]


def test_keys_that_nobody_could_ask_for_are_not_listed(backend: MemoryStore) -> None:
    for key in ("folder/good", "folder/a#b", "folder/back\\slash", "folder/end.", "folder/.artifact.uploading.x"):
        obstore.put(backend, key, b"1")
    assert names(ObjectStore(backend)) == ["good"]


def test_a_walk_through_pages_sees_one_moment_and_the_next_walk_the_present(backend: MemoryStore) -> None:
    store = ObjectStore(backend)
    for name in "abcd":
        store.write(FOLDER / name, [b"1"])
    first = store.list_folder(FOLDER, limit=2)
    obstore.put(backend, "folder/bb", b"1")  # by another server, say
    assert first.after == "b"
    assert [file.path for file in store.list_folder(FOLDER, first.after, 2).files] == ["c", "d"]
    assert names(store) == ["a", "b", "bb", "c", "d"]


def test_any_server_can_give_the_next_page(backend: MemoryStore) -> None:
    one, other = ObjectStore(backend), ObjectStore(backend)
    for name in "abcd":
        one.write(FOLDER / name, [b"1"])
    page = one.list_folder(FOLDER, limit=2)
    assert page.after is not None
    assert [file.path for file in other.list_folder(FOLDER, page.after, 2).files] == ["c", "d"]


def test_a_deleted_folder_may_become_a_file_and_a_file_a_folder(backend: MemoryStore) -> None:
    store = ObjectStore(backend)
    store.write(FOLDER / "a", [b"1"])
    store.delete(FOLDER)
    store.write(FOLDER, [b"1"])
    store.delete(FOLDER)
    store.write(FOLDER / "a", [b"2"])
    assert names(store) == ["a"]
