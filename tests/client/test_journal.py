"""The format: what a journal gives back, whatever was done to its bytes."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hito.client import journal
from hito.client.journal import (
    ARTIFACT,
    CREATE,
    INPUTS,
    METRIC,
    OUTPUTS,
    PARAM,
    RICH_METRIC,
    TAG,
    UPDATE,
    Artifact,
    Create,
    Header,
    Inputs,
    Outputs,
    Update,
)  # fmt: skip
from hito.core.errors import InvalidArgument
from hito.core.rules import INT64_MAX, INT64_MIN
from hito.wire.runs import DatasetIn, DatasetInputIn, ModelInputIn, ModelOutputIn
from hito.wire.types import MetricIn, Pair

SALT = 0x1234ABCD
HEADER = Header("http://host:5000", "a" * 32, SALT, 1_700_000_000_000)

integers = st.integers(INT64_MIN, INT64_MAX)
texts = st.text(max_size=20)
names = st.text(min_size=1, max_size=20)
pairs = st.builds(Pair, texts, texts)
points = st.builds(MetricIn, names, st.floats(), integers, integers)
records = st.one_of(
    st.tuples(st.just(METRIC), points),
    st.tuples(st.just(RICH_METRIC), st.builds(MetricIn, names, st.floats(), integers, integers, texts, texts, texts)),
    st.tuples(st.just(PARAM), pairs),
    st.tuples(st.just(TAG), pairs),
    st.tuples(st.just(UPDATE), st.builds(Update, texts, st.none() | integers)),
    st.tuples(
        st.just(INPUTS),
        st.builds(
            Inputs,
            st.lists(
                st.builds(DatasetInputIn, st.lists(pairs, max_size=2), st.builds(DatasetIn, texts, texts)), max_size=2
            ),
            st.lists(st.builds(ModelInputIn, texts), max_size=2),
        ),
    ),
    st.tuples(st.just(OUTPUTS), st.builds(Outputs, st.lists(st.builds(ModelOutputIn, texts, integers), max_size=2))),
    st.tuples(st.just(CREATE), st.builds(Create, texts, texts, texts, texts, integers, st.lists(pairs, max_size=2))),
    st.tuples(st.just(ARTIFACT), st.builds(Artifact, texts, texts)),
)
some_records = st.lists(records, min_size=1, max_size=12)


def encoded(kind: int, payload: object) -> bytes:
    if kind == METRIC:
        body = journal.pack_metric(METRIC, payload.step, payload.timestamp, payload.value) + payload.key.encode()
        return journal.framed(body, SALT)
    return journal.frame(kind, payload, SALT)


def same(one: object, other: object) -> bool:
    """Equal, with NaN equal to itself."""
    return repr(one) == repr(other)


def found_in(data: bytes) -> list[tuple[int, object]]:
    return [(record.kind, record.payload) for record in journal.read(data, SALT).records]


@given(some_records)
def test_what_was_written_is_read(given_records: list[tuple[int, object]]) -> None:
    data = b"".join(encoded(*one) for one in given_records)
    reading = journal.read(data, SALT)
    assert same([(one.kind, one.payload) for one in reading.records], given_records)
    assert (reading.position, reading.passed_over) == (len(data), 0)


@given(some_records)
def test_two_readings_are_one(given_records: list[tuple[int, object]]) -> None:
    data = b"".join(encoded(*one) for one in given_records)
    assert same(journal.read(data, SALT), journal.read(data, SALT))


@given(some_records, st.data())
def test_a_cut_at_any_byte_costs_at_most_the_frame_it_is_in(
    given_records: list[tuple[int, object]], data: st.DataObject
) -> None:
    frames = [encoded(*one) for one in given_records]
    whole = b"".join(frames)
    cut = data.draw(st.integers(0, len(whole)))
    ends = [sum(map(len, frames[: count + 1])) for count in range(len(frames))]
    complete = sum(end <= cut for end in ends)
    reading = journal.read(whole[:cut], SALT)
    assert same([(one.kind, one.payload) for one in reading.records], given_records[:complete])
    assert reading.passed_over == 0


@settings(max_examples=300)
@given(some_records, st.data())
def test_a_flipped_bit_costs_the_frame_it_is_in_and_no_other(
    given_records: list[tuple[int, object]], data: st.DataObject
) -> None:
    frames = [encoded(*one) for one in given_records]
    hit = data.draw(st.integers(0, len(frames) - 1))
    bit = data.draw(st.integers(0, len(frames[hit]) * 8 - 1))
    broken = bytearray(frames[hit])
    broken[bit // 8] ^= 1 << (bit % 8)
    rest = given_records[:hit] + given_records[hit + 1 :]
    reading = journal.read(b"".join([*frames[:hit], bytes(broken), *frames[hit + 1 :]]), SALT)
    assert same([(one.kind, one.payload) for one in reading.records], rest)
    assert reading.passed_over == (len(broken) if hit + 1 < len(frames) else 0)


@given(st.binary(max_size=400), some_records)
def test_the_reader_finds_its_way_through_rubbish(rubbish: bytes, given_records: list[tuple[int, object]]) -> None:
    data = rubbish + b"".join(encoded(*one) for one in given_records)
    assert same(found_in(data), given_records)


@given(st.binary(max_size=2000), st.integers(0, 2**32 - 1))
def test_any_bytes_can_be_read(data: bytes, salt: int) -> None:
    reading = journal.read(data, salt)
    assert 0 <= reading.position <= len(data)
    journal.read_header(data)


@given(some_records, st.integers(1, 60))
def test_reading_in_pieces_is_reading_at_once(given_records: list[tuple[int, object]], size: int) -> None:
    data = b"".join(encoded(*one) for one in given_records)
    found, position, piece = [], 0, size
    while position < len(data):
        end = min(position + piece, len(data))
        reading = journal.read(data[position:end], SALT, 0, position, last=end == len(data))
        found += reading.records
        piece = size if reading.position > position else piece * 2
        position = reading.position
    assert same([(one.kind, one.payload) for one in found], given_records)
    assert found[-1].end == len(data)


@given(st.data())
def test_either_copy_of_the_header_is_enough(data: st.DataObject) -> None:
    opening = journal.opening(HEADER)
    bit = data.draw(st.integers(0, len(opening) * 8 - 1))
    broken = bytearray(opening)
    broken[bit // 8] ^= 1 << (bit % 8)
    point = (METRIC, MetricIn("loss", 1.0, 5, 6))
    found = journal.read_header(bytes(broken) + encoded(*point))
    assert found is not None
    assert found[0] == HEADER
    assert same(
        [(one.kind, one.payload) for one in journal.read(bytes(broken) + encoded(*point), SALT, found[1]).records],
        [point],
    )


@given(st.data())
def test_a_cut_in_the_header_is_an_empty_journal(data: st.DataObject) -> None:
    opening = journal.opening(HEADER)
    cut = opening[: data.draw(st.integers(0, len(opening)))]
    found = journal.read_header(cut)
    assert found is None or found[0] == HEADER
    assert journal.read(cut, SALT).records == []


def test_a_param_that_holds_a_piece_of_a_journal_is_not_taken_for_one() -> None:
    other = journal.frame(TAG, Pair("inner", "x"), SALT + 1)
    outer = bytearray(journal.frame(PARAM, Pair("p", other.decode("latin-1")), SALT))
    outer[10] ^= 1
    assert found_in(bytes(outer) + encoded(TAG, Pair("next", "y"))) == [(TAG, Pair("next", "y"))]


def test_a_journal_of_a_newer_version_is_refused_and_the_message_says_what_to_do() -> None:
    newer = Header("http://host", "a" * 32, SALT, 1, version=journal.VERSION + 1)
    with pytest.raises(InvalidArgument, match="Upgrade hito"):
        journal.read_header(journal.opening(newer))


def test_a_point_keeps_every_bit() -> None:
    values = [0.1, -0.0, math.inf, -math.inf, 5e-324, 1.7976931348623157e308]
    data = b"".join(encoded(METRIC, MetricIn("k", value, 0, 0)) for value in values)
    assert [repr(record.payload.value) for record in journal.read(data, SALT).records] == [repr(one) for one in values]
    nan = journal.read(encoded(METRIC, MetricIn("k", math.nan, 0, 0)), SALT).records[0].payload.value
    assert math.isnan(nan)


def test_the_format_of_version_1_does_not_change() -> None:
    data = journal.framed(journal.pack_metric(METRIC, 7, 1_700_000_000_000, 0.5) + b"loss", SALT)
    assert data.hex() == "f51d000000{crc}0107000000000000000068e5cf8b010000000000000000e03f6c6f7373".format(
        crc=journal.crc32(data[9:], SALT).to_bytes(4, "little").hex()
    )
    assert journal.opening(HEADER).startswith(b"hito journal 1\n\xf5")
