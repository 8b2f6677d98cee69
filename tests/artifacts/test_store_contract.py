"""What every artifact store must do, asked of each kind."""

import threading
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from hito.artifacts.objects import ObjectStore
from hito.artifacts.store import ArtifactStore, Below, walk
from hito.core.artifacts import FileInfo, SafePath
from hito.core.errors import InvalidArgument, NotFound, NotImplementedHere, RangeNotSatisfiable

ROOT = SafePath.root()
MODEL = SafePath.parse("0/run/artifacts/model/MLmodel")


def bytes_of(store: ArtifactStore, path: SafePath | str, start: int = 0, end: int | None = None) -> bytes:
    with store.read(path if isinstance(path, SafePath) else SafePath.parse(path), start, end) as content:
        return b"".join(content)


def put(store: ArtifactStore, path: str, *chunks: bytes) -> None:
    store.write(SafePath.parse(path), chunks)


def names(store: ArtifactStore, folder: str = "") -> list[str]:
    return [file.path for file in store.list_folder(SafePath.folder(folder)).files]


def test_what_was_written_is_read_and_its_folders_are_there(store: ArtifactStore) -> None:
    store.write(MODEL, [b"flavors", b":", b" {}"])
    assert bytes_of(store, MODEL) == b"flavors: {}"
    assert store.list_folder(ROOT).files == [FileInfo(path="0", is_dir=True)]
    assert store.list_folder(MODEL.parent).files == [FileInfo(path="MLmodel", is_dir=False, file_size=11)]


def test_a_second_write_replaces_the_file_and_changes_its_tag(store: ArtifactStore) -> None:
    store.write(MODEL, [b"old bytes"])
    before = store.stat(MODEL)
    store.write(MODEL, [b"new"])
    after = store.stat(MODEL)
    assert bytes_of(store, MODEL) == b"new"
    assert before is not None
    assert after is not None
    assert before.etag != after.etag
    assert after.etag.startswith('"')
    assert after.size == 3


def test_an_empty_file_is_a_file(store: ArtifactStore) -> None:
    put(store, "empty")
    assert bytes_of(store, "empty") == b""
    assert store.list_folder(ROOT).files == [FileInfo(path="empty", is_dir=False)]


@pytest.mark.parametrize(
    "name",
    [
        "a b",
        "a%20b",
        "%41",
        "100%",
        "\u00e9 as one character",
        "e\u0301 as two characters",
        "名前",
        "😀",
        "a+b",
        "a&b=c",
        "a;b",
        "x*'\"<>|:[]{}~^`!$,",
        ".hidden",
        "a..b",
    ],
)
def test_a_name_comes_back_as_it_was_given(store: ArtifactStore, name: str) -> None:
    path = SafePath.parse(f"folder/{name}")
    store.write(path, [name.encode()])
    assert names(store, "folder") == [name]
    assert bytes_of(store, path) == name.encode()


def test_a44_an_encoded_name_and_a_plain_one_are_two_files(store: ArtifactStore) -> None:
    put(store, "model%20a", b"encoded")
    put(store, "model a", b"plain")
    assert bytes_of(store, "model%20a") == b"encoded"
    assert bytes_of(store, "model a") == b"plain"


def test_a_folder_is_listed_one_level_deep_in_the_order_of_names(store: ArtifactStore) -> None:
    for path in ("b", "a/x", "a/y/z", "a-b", "a.txt", "B", "é"):
        put(store, path, b"1")
    assert names(store) == ["B", "a", "a-b", "a.txt", "b", "é"]
    assert names(store, "a") == ["x", "y"]


def test_a_folder_whose_name_begins_like_another_is_not_mixed_up_with_it(store: ArtifactStore) -> None:
    put(store, "run1/x", b"1")
    put(store, "run10/y", b"1")
    assert names(store, "run1") == ["x"]


def test_missing_folders_and_files_list_nothing(store: ArtifactStore) -> None:
    put(store, "file", b"1")
    assert names(store, "nowhere/at/all") == []
    assert names(store, "file") == []
    assert names(store, "file/below") == []


def test_pages_together_are_the_whole_folder(store: ArtifactStore) -> None:
    expected = [f"{number:03}" for number in range(23)]
    for name in expected:
        put(store, f"folder/{name}", b"1")
    found, after, pages = [], "", 0
    while True:
        page = store.list_folder(SafePath.parse("folder"), after, 5)
        found += [file.path for file in page.files]
        pages += 1
        if page.after is None:
            break
        after = page.after
    assert found == expected
    assert pages == 5


def test_a_file_appears_only_when_its_last_byte_has_come(store: ArtifactStore) -> None:
    seen: list[object] = []

    def chunks() -> Iterator[bytes]:
        yield b"first"
        seen.extend([store.stat(MODEL), names(store, str(MODEL.parent))])
        yield b"second"

    store.write(MODEL, chunks())
    assert seen == [None, []]
    assert bytes_of(store, MODEL) == b"firstsecond"


@pytest.mark.parametrize("size", [10, 9_000_000], ids=["small", "in parts"])
def test_an_upload_that_breaks_off_leaves_the_old_file(store: ArtifactStore, size: int) -> None:
    store.write(MODEL, [b"old"])

    def broken() -> Iterator[bytes]:
        yield b"x" * size
        yield b"x" * size
        raise ConnectionResetError("the client is gone")

    with pytest.raises(ConnectionResetError, match="the client is gone"):
        store.write(MODEL, broken())
    assert bytes_of(store, MODEL) == b"old"
    assert names(store, str(MODEL.parent)) == ["MLmodel"]


def test_a_file_of_many_parts_is_whole(store: ArtifactStore) -> None:
    piece = bytes(range(256)) * 4096
    store.write(MODEL, (piece for _ in range(18)))
    assert bytes_of(store, MODEL) == piece * 18


def test_a_range_is_read_without_the_rest(store: ArtifactStore) -> None:
    store.write(MODEL, [b"0123456789"])
    assert bytes_of(store, MODEL, 2, 5) == b"234"
    assert bytes_of(store, MODEL, 7) == b"789"
    assert bytes_of(store, MODEL, -3) == b"789"
    assert bytes_of(store, MODEL, -99) == b"0123456789"
    assert bytes_of(store, MODEL, 8, 99) == b"89"
    with store.read(MODEL, 2, 5) as content:
        assert (content.size, content.start, content.end) == (10, 2, 5)


@pytest.mark.parametrize(("start", "end"), [(10, None), (11, 12), (99, None)])
def test_a_range_beyond_the_end_is_refused(store: ArtifactStore, start: int, end: int | None) -> None:
    store.write(MODEL, [b"0123456789"])
    with pytest.raises(RangeNotSatisfiable, match="10 bytes"):
        store.read(MODEL, start, end)


@pytest.mark.parametrize(("start", "end"), [(0, 5), (-5, None)])
def test_an_empty_file_has_no_ranges(store: ArtifactStore, start: int, end: int | None) -> None:
    put(store, "empty")
    with pytest.raises(RangeNotSatisfiable):
        store.read(SafePath.parse("empty"), start, end)


def test_reading_tells_missing_files_from_folders(store: ArtifactStore) -> None:
    store.write(MODEL, [b"1"])
    with pytest.raises(NotFound):
        store.read(SafePath.parse("0/run/nothing"))
    with pytest.raises(NotFound):
        store.read(MODEL / "below")
    for folder in (MODEL.parent, ROOT):
        with pytest.raises(InvalidArgument, match="folder"):
            store.read(folder)


def test_stat_tells_files_folders_and_nothing_apart(store: ArtifactStore) -> None:
    store.write(MODEL, [b"123"])
    file, folder = store.stat(MODEL), store.stat(MODEL.parent)
    assert file is not None
    assert (file.is_dir, file.size) == (False, 3)
    assert file.modified_at > 1_600_000_000_000
    assert folder is not None
    assert (folder.is_dir, folder.size, folder.etag) == (True, 0, "")
    assert store.stat(SafePath.parse("nothing")) is None
    assert store.stat(MODEL / "below") is None


def test_a_file_below_a_file_is_refused(store: ArtifactStore) -> None:
    put(store, "a/file", b"1")
    for path in ("a/file/b", "a/file/b/c"):
        with pytest.raises(InvalidArgument, match="is a file"):
            put(store, path, b"2")
    assert bytes_of(store, "a/file") == b"1"


def test_a_file_in_place_of_a_folder_is_refused_before_its_bytes_are_read(store: ArtifactStore) -> None:
    put(store, "a/b/c", b"1")

    def chunks() -> Iterator[bytes]:
        raise AssertionError("asked for bytes in vain")
        yield b""

    for path in ("a", "a/b"):
        with pytest.raises(InvalidArgument, match="is a folder"):
            store.write(SafePath.parse(path), chunks())
    assert bytes_of(store, "a/b/c") == b"1"


def test_a_deleted_file_is_gone_and_its_neighbours_stay(store: ArtifactStore) -> None:
    for path in ("a/b", "a/bc", "a/b-c"):
        put(store, path, b"1")
    store.delete(SafePath.parse("a/b"))
    assert names(store, "a") == ["b-c", "bc"]


def test_a_deleted_folder_is_gone_with_all_below_it(store: ArtifactStore) -> None:
    for path in ("a/b/c", "a/b/d/e", "a/bc/f"):
        put(store, path, b"1")
    store.delete(SafePath.parse("a/b"))
    assert [str(path) for path, _ in walk(store, ROOT)] == ["a/bc/f"]
    put(store, "a/b", b"a file now")
    assert bytes_of(store, "a/b") == b"a file now"


def test_deleting_what_is_missing_is_fine(store: ArtifactStore) -> None:
    put(store, "file", b"1")
    for path in ("nothing", "no/thing", "file/below"):
        store.delete(SafePath.parse(path))
    assert names(store) == ["file"]


def test_the_root_is_neither_written_nor_deleted(store: ArtifactStore) -> None:
    put(store, "a/b", b"1")
    for view, root in ((store, ROOT), (Below(store, SafePath.parse("a")), ROOT)):
        with pytest.raises(InvalidArgument, match="empty"):
            view.delete(root)
        with pytest.raises(InvalidArgument, match="empty"):
            view.write(root, [b""])
    assert names(store, "a") == ["b"]


def test_parallel_writers_of_one_folder_do_not_disturb_each_other(store: ArtifactStore) -> None:
    def write(number: int) -> None:
        put(store, f"deep/down/{number:02}", b"%d" % number)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(40)))
    assert names(store, "deep/down") == [f"{number:02}" for number in range(40)]
    assert bytes_of(store, "deep/down/17") == b"17"


def test_parallel_writers_of_one_file_leave_one_of_their_files_whole(store: ArtifactStore) -> None:
    start = threading.Barrier(4)

    def write(number: int) -> None:
        start.wait(10)
        put(store, "file", *[b"%d" % number] * 1000)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(4)))
    assert bytes_of(store, "file") in [b"%d" % number * 1000 for number in range(4)]


def test_walking_finds_every_file_below_a_folder(store: ArtifactStore) -> None:
    for path in ("a/1", "a/b/2", "a/b/c/3", "other/4"):
        put(store, path, b"1")
    assert [str(path) for path, _ in walk(store, SafePath.parse("a"))] == ["a/1", "a/b/2", "a/b/c/3"]


def test_a_folder_of_a_store_is_a_store(store: ArtifactStore) -> None:
    below = Below(store, MODEL.parent)
    put(below, "data/model.ubj", b"trees")
    assert names(below) == ["data"]
    assert bytes_of(store, MODEL.parent / "data/model.ubj") == b"trees"
    below.delete(SafePath.parse("data"))
    assert names(store, str(MODEL.parent)) == []


def test_uploads_in_parts_are_declined_in_the_words_that_the_client_knows(store: ArtifactStore) -> None:
    expected = "^Multipart upload is not supported for the current artifact repository"
    with pytest.raises(NotImplementedHere, match=expected):
        store.create_upload(MODEL, 3)
    with pytest.raises(NotImplementedHere, match=expected):
        store.complete_upload(MODEL, "id", [])
    with pytest.raises(NotImplementedHere, match=expected):
        Below(store, MODEL.parent).abort_upload(MODEL, "id")


def test_a_store_that_says_so_gives_addresses_that_work(store: ArtifactStore) -> None:
    if not store.can_presign:
        with pytest.raises(NotImplementedHere):
            store.presign(MODEL, "GET", 60)
        return
    path = SafePath.parse("folder/a b%20é+.txt")
    to = urllib.request.Request(store.presign(path, "PUT", 60), data=b"straight", method="PUT")
    urllib.request.urlopen(to, timeout=10).close()
    assert bytes_of(store, path) == b"straight"
    with urllib.request.urlopen(store.presign(path, "GET", 60), timeout=10) as answer:
        assert answer.read() == b"straight"


def test_a_key_longer_than_storage_takes_is_refused_as_such(store: ArtifactStore) -> None:
    path = SafePath.parse("/".join(["x" * 200] * 6))
    if isinstance(store, ObjectStore):
        with pytest.raises(InvalidArgument, match="too long"):
            store.write(path, [b"1"])
    else:
        store.write(path, [b"1"])
        assert bytes_of(store, path) == b"1"
