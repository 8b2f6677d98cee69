"""What HTTP is told about a file."""

import email.message
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hito.artifacts.content import content_disposition, content_type, matches_etag, parse_range
from hito.artifacts.store import slice_bounds
from hito.core.errors import RangeNotSatisfiable


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("MLmodel", "text/plain"),
        ("MLproject", "text/plain"),
        ("conda.yaml", "text/plain"),
        ("notes.MD", "text/plain"),
        ("data.json", "text/plain"),
        ("page.html", "text/html"),
        ("plot.png", "image/png"),
        ("plot.svg", "image/svg+xml"),
        ("model.ubj", "application/octet-stream"),
        ("json", "application/octet-stream"),
        ("noextension", "application/octet-stream"),
        (".json", "text/plain"),
    ],
)
def test_the_type_follows_the_name(name: str, expected: str) -> None:
    assert content_type(name) == expected


def test_a_plain_name_stays_plain() -> None:
    assert content_disposition("model.ubj") == "attachment; filename=model.ubj"


def test_a_name_beyond_ascii_is_given_twice() -> None:
    expected = "attachment; filename=\"d_j_.txt\"; filename*=UTF-8''d%C3%A9j%C3%A0.txt"
    assert content_disposition("déjà.txt") == expected


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_a_download_keeps_its_name_and_adds_no_header_whatever_the_name(name: str) -> None:
    header = content_disposition(name)
    assert header.isascii()
    assert header.isprintable()
    if "filename*" in header:
        assert unquote(header.split("filename*=UTF-8''")[1]) == name
    else:
        message = email.message.Message()
        message["Content-Disposition"] = header
        assert message.get_filename() == name


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=5-9", (5, 10)),
        ("bytes=5-", (5, None)),
        ("bytes=-5", (-5, None)),
        ("Bytes = 5-9 ", (5, 10)),
        ("bytes=0-1,5-6", None),
        ("items=0-1", None),
        ("", None),
    ],
)
def test_a_range_is_read(header: str, expected: tuple[int, int | None] | None) -> None:
    assert parse_range(header) == expected


@pytest.mark.parametrize(
    "header", ["bytes=", "bytes=-", "bytes=9-5", "bytes=a-b", "bytes=-0", "bytes=1-2-3", "bytes=٣-٤"]
)
def test_a_range_that_means_no_bytes_is_refused(header: str) -> None:
    with pytest.raises(RangeNotSatisfiable):
        parse_range(header)


@given(st.binary(max_size=20), st.integers(0, 25), st.integers(0, 25))
def test_ranges_cut_as_slices_do(data: bytes, first: int, last: int) -> None:
    for header, expected in (
        (f"bytes={first}-{last}", data[first : last + 1]),
        (f"bytes={first}-", data[first:]),
        (f"bytes=-{last}", data[-last:] if last else b""),
    ):
        try:
            wanted = parse_range(header)
            assert wanted is not None
            start, end = slice_bounds(len(data), *wanted)
            assert data[start:end] == expected
        except RangeNotSatisfiable:
            assert expected == b""


@given(st.text())
def test_any_range_header_is_read_or_refused(header: str) -> None:
    try:
        parse_range(header)
    except RangeNotSatisfiable:
        pass


def test_a_validator_is_found_in_a_list_weak_or_strong() -> None:
    assert matches_etag('"a", W/"b"', '"b"')
    assert matches_etag("*", '"b"')
    assert not matches_etag('"a"', '"b"')
