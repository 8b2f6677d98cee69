"""What every store promises, whatever database is behind it. See hito/store/database.py."""

import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from hito.core.errors import HitoError, Internal, InvalidArgument, NotFound, PermissionDenied, Unavailable
from hito.store import experiments
from hito.store.database import Database, Tx
from hito.store.open import open_database

PUT = "INSERT INTO counters (name, value) VALUES (?, ?)"
GET = "SELECT value FROM counters WHERE name = ?"


def put(name: str, value: int) -> Callable[[Tx], None]:
    def work(tx: Tx) -> None:
        tx.run(PUT, (name, value))

    return work


def value_of(database: Database, name: str) -> int | None:
    row = database.read(lambda tx: tx.one(GET, (name,)))
    return row[0] if row else None


class Gate:
    """Work that holds the lead until it is told to go on, so that what comes meanwhile shares the next commit."""

    def __init__(self, database: Database) -> None:
        self._entered, self._leave = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=lambda: database.write(self._work))

    def _work(self, tx: Tx) -> None:
        self._entered.set()
        self._leave.wait(30)

    def __enter__(self) -> "Gate":
        self._thread.start()
        assert self._entered.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._leave.set()
        self._thread.join()


def together(database: Database, works: list[Callable[[Tx], Any]]) -> list[Any]:
    """Do works in one group; what each gave or raised."""

    def outcome(work: Callable[[Tx], Any]) -> Any:
        try:
            return database.write(work)
        except BaseException as error:
            return error

    with ThreadPoolExecutor(len(works)) as threads:
        with Gate(database):
            futures = []
            for count, work in enumerate(works, 1):
                futures.append(threads.submit(outcome, work))
                while len(database._group._queue) < count:  # type: ignore[attr-defined]
                    threading.Event().wait(0.001)
        return [future.result() for future in futures]


def test_what_was_written_is_read(database: Database) -> None:
    key = database.write(lambda tx: tx.intern("accuracy"))

    assert database.read(lambda tx: tx.name(key)) == "accuracy"


def test_work_that_raises_writes_nothing_and_gives_its_own_exception(database: Database) -> None:
    def work(tx: Tx) -> None:
        tx.run(PUT, ("half", 1))
        raise NotFound("no such thing")

    with pytest.raises(NotFound, match="no such thing"):
        database.write(work)

    assert value_of(database, "half") is None


def test_a_store_goes_on_after_work_that_raised(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        database.write(lambda tx: 1 // 0)

    database.write(put("after", 1))
    assert value_of(database, "after") == 1


def test_jobs_of_a_group_fail_and_succeed_alone(database: Database) -> None:
    def failing(tx: Tx) -> None:
        tx.run(PUT, ("failed", 1))
        raise NotFound("alone")

    answers = together(database, [put("a", 1), failing, put("b", 2), lambda tx: tx.one(GET, ("a",))])

    assert answers[0] is None
    assert isinstance(answers[1], NotFound)
    assert answers[3] == (1,), "a later job of a group sees what an earlier one wrote"
    assert [value_of(database, name) for name in ("a", "failed", "b")] == [1, None, 2]


def test_a_job_that_the_database_refuses_takes_no_other_job_with_it(database: Database) -> None:
    refused = put("a", 2)  # the name is the primary key

    answers = together(database, [put("a", 1), refused, put("b", 2)])

    assert answers[0] is None
    assert isinstance(answers[1], Internal)
    assert answers[2] is None
    assert [value_of(database, name) for name in ("a", "b")] == [1, 2]


def test_an_interrupted_leader_leaves_the_work_of_others_to_be_done(database: Database) -> None:
    def interrupted(tx: Tx) -> None:
        tx.run(PUT, ("interrupted", 1))
        raise KeyboardInterrupt

    answers = together(database, [interrupted, put("b", 2), put("c", 3)])

    assert [type(answer) for answer in answers] == [KeyboardInterrupt, type(None), type(None)]
    assert [value_of(database, name) for name in ("interrupted", "b", "c")] == [None, 2, 3]


def test_jobs_are_executed_in_the_order_in_which_they_came(database: Database) -> None:
    seen: list[int] = []

    together(database, [lambda tx, number=number: seen.append(number) for number in range(20)])

    assert seen == list(range(20))


def test_a_failed_experiment_in_a_group_does_not_use_up_an_id(database: Database) -> None:
    def half(tx: Tx) -> None:
        experiments.create(tx, "half", None, "/a", [])
        raise NotFound("after all")

    def make(name: str) -> Callable[[Tx], int]:
        return lambda tx: experiments.create(tx, name, None, "/a", [("k", "v")])

    answers = together(database, [make("one"), half, make("two"), make("one")])

    assert answers[0] == 1
    assert answers[2] == 2
    assert isinstance(answers[3], HitoError)


def test_a_reader_sees_one_snapshot_while_others_write(database: Database) -> None:
    database.write(put("n", 1))

    def work(tx: Tx) -> tuple[Any, Any]:
        before = tx.one(GET, ("n",))
        with ThreadPoolExecutor(1) as other:
            other.submit(database.write, lambda tx: tx.run("UPDATE counters SET value = 2 WHERE name = 'n'")).result()
        return before, tx.one(GET, ("n",))

    assert database.read(work) == ((1,), (1,))
    assert value_of(database, "n") == 2


def test_a_reader_never_sees_what_is_not_committed(database: Database) -> None:
    seen = []

    def work(tx: Tx) -> None:
        tx.run(PUT, ("open", 1))
        tx.one(GET, ("open",))
        with ThreadPoolExecutor(1) as other:
            seen.append(other.submit(value_of, database, "open").result())

    database.write(work)

    assert seen == [None]


def test_a_name_that_was_rolled_back_is_not_remembered(database: Database) -> None:
    def work(tx: Tx) -> None:
        tx.intern("ghost")
        raise NotFound("never mind")

    with pytest.raises(NotFound):
        database.write(work)

    assert database.read(lambda tx: tx.key("ghost")) is None
    key = database.write(lambda tx: tx.intern("ghost"))
    assert database.read(lambda tx: tx.name(key)) == "ghost"


def test_a_name_that_a_failed_job_of_a_group_interned_can_be_interned_by_the_next(database: Database) -> None:
    def failing(tx: Tx) -> None:
        tx.intern("shared")
        raise NotFound("never mind")

    answers = together(database, [failing, lambda tx: tx.intern("shared"), lambda tx: tx.intern("shared")])

    assert answers[1] == answers[2]
    assert database.read(lambda tx: tx.key("shared")) == answers[1]


def test_sixteen_threads_count_without_losing_one(database: Database) -> None:
    database.write(put("n", 0))

    def count(tx: Tx) -> None:
        row = tx.one(GET, ("n",))
        assert row is not None
        tx.run("UPDATE counters SET value = ? WHERE name = 'n'", (row[0] + 1,))

    with ThreadPoolExecutor(16) as threads:
        for future in [threads.submit(database.write, count) for _ in range(320)]:
            future.result()

    assert value_of(database, "n") == 320


def test_two_openers_of_one_store_count_without_losing_one(store_uri: str) -> None:
    def count(tx: Tx) -> None:
        row = tx.one(GET, ("n",))
        assert row is not None
        tx.run("UPDATE counters SET value = ? WHERE name = 'n'", (row[0] + 1,))

    one, two = open_database(store_uri), open_database(store_uri)
    try:
        one.write(put("n", 0))
        with ThreadPoolExecutor(4) as threads:
            for future in [threads.submit((one, two)[turn % 2].write, count) for turn in range(100)]:
                future.result()
        assert value_of(one, "n") == value_of(two, "n") == 100
    finally:
        one.close()
        two.close()


def test_many_readers_at_once_all_get_an_answer(database: Database) -> None:
    database.write(put("n", 7))

    with ThreadPoolExecutor(40) as threads:
        assert set(threads.map(lambda _: value_of(database, "n"), range(200))) == {7}


def test_what_was_acknowledged_is_there_after_closing_and_opening(store_uri: str) -> None:
    database = open_database(store_uri)
    database.write(put("n", 1))
    database.close()

    again = open_database(store_uri)
    assert value_of(again, "n") == 1
    again.close()


def test_closing_waits_for_what_is_being_written(store_uri: str) -> None:
    database = open_database(store_uri)
    with ThreadPoolExecutor(2) as threads:
        with Gate(database):
            waiting = threads.submit(database.write, put("n", 1))
            while not database._group._queue:  # type: ignore[attr-defined]
                threading.Event().wait(0.001)
            closing = threads.submit(database.close)
            assert not closing.done()
        closing.result(30)
        assert waiting.result(30) is None

    again = open_database(store_uri)
    assert value_of(again, "n") == 1
    again.close()


def test_a_closed_store_says_so_and_can_be_closed_again(store_uri: str) -> None:
    database = open_database(store_uri)
    database.close()
    database.close()

    with pytest.raises(Unavailable, match="closed"):
        database.write(put("n", 1))
    with pytest.raises(Unavailable, match="closed"):
        value_of(database, "n")


def test_run_and_count_say_how_many_rows_changed(database: Database) -> None:
    def work(tx: Tx) -> list[int]:
        return [
            tx.run(PUT, ("a", 1)),
            tx.run(PUT + ", (?, ?)", ("b", 1, "c", 1)),
            tx.run(PUT + " ON CONFLICT (name) DO NOTHING", ("a", 5)),
            tx.run(PUT + " ON CONFLICT (name) DO UPDATE SET value = excluded.value", ("a", 6)),
            tx.run("UPDATE counters SET value = 2 WHERE name IN ('a', 'b', 'c', 'd')"),
            tx.run("DELETE FROM counters WHERE name = ?", ("nobody",)),
        ]

    assert database.write(work) == [1, 2, 0, 1, 3, 0]


def test_values_come_back_as_they_went_in(database: Database) -> None:
    values = (0, -1, 2**63 - 1, -(2**63))
    texts = ("", "ñ", "日本", "a'b\"c?", "%s %d %%", "🙂", "\\x00")

    def work(tx: Tx) -> tuple[Any, ...]:
        tx.many(PUT, [(f"n{value}", value) for value in values])
        tx.many("INSERT INTO meta (name, value) VALUES (?, ?)", [(f"t{text}", text) for text in texts])
        numbers = [tx.one(GET, (f"n{value}",)) for value in values]
        words = [tx.one("SELECT value FROM meta WHERE name = ?", (f"t{text}",)) for text in texts]
        return numbers, words

    numbers, words = database.write(work)
    assert numbers == [(value,) for value in values]
    assert words == [(text,) for text in texts]


def test_bytes_null_booleans_and_floats_come_back_as_they_went_in(database: Database) -> None:
    blob = bytes(range(256))

    def work(tx: Tx) -> Any:
        tx.run("INSERT INTO keys (id, name) VALUES (1, 'k')")
        tx.run(
            "INSERT INTO experiments (id, name, artifact_location, deleted, creation_time, last_update_time) "
            "VALUES (5, 'e', '', ?, 0, 0)",
            (True,),
        )
        tx.run(
            "INSERT INTO runs (id, uuid, experiment_id, name, user_id, status, start_time) VALUES (1, 'u', 5, '', '', 1, 0)"
        )
        tx.run("INSERT INTO metric_tail (run_id, key_id, seq, points) VALUES (1, 1, 0, ?)", (blob,))
        tx.run(
            "INSERT INTO logged_models (id, uuid, experiment_id, name, model_type, source_run_id, artifact_uri, status, "
            "creation_timestamp, last_updated_timestamp) VALUES (1, 'm', 5, '', '', '', '', 1, 0, 0)"
        )
        columns = "INSERT INTO logged_model_metrics (model_id, key, timestamp, step, run_id, value) VALUES (1, ?, 0, 0, '', ?)"
        tx.many(columns, [("tiny", 5e-324), ("huge", 1.7976931348623157e308), ("none", None), ("whole", 3)])
        return (
            tx.one("SELECT points FROM metric_tail"),
            tx.one("SELECT deleted, sum(last_update_time) FROM experiments GROUP BY deleted"),
            tx.all("SELECT key, value FROM logged_model_metrics ORDER BY key"),
        )

    points, deleted, floats = database.write(work)
    assert points == (blob,)
    assert type(points[0]) is bytes
    assert deleted == (1, 0)
    assert type(deleted[1]) is int
    assert floats == [("huge", 1.7976931348623157e308), ("none", None), ("tiny", 5e-324), ("whole", 3.0)]


def test_text_is_ordered_by_code_point(database: Database) -> None:
    words = ["Zebra", "apple", "_x", "Äther", "éa", "10", "9", "日", "🙂"]
    database.write(
        lambda tx: tx.many("INSERT INTO meta (name, value) VALUES (?, '')", [(f"w {word}",) for word in words])
    )

    found = database.read(lambda tx: tx.all("SELECT name FROM meta WHERE name LIKE 'w %' ORDER BY name"))

    assert [row[0] for row in found] == sorted(f"w {word}" for word in words)


@pytest.mark.parametrize("bad", ["\ud800", 2**63, -(2**70)])
def test_a_value_that_no_store_can_hold_is_the_callers_mistake(database: Database, bad: Any) -> None:
    with pytest.raises(InvalidArgument):
        database.write(lambda tx: tx.run("UPDATE counters SET value = 1 WHERE name = ? OR value = ?", (bad, bad)))
    with pytest.raises(InvalidArgument):
        database.read(
            lambda tx: tx.one(GET if isinstance(bad, str) else "SELECT 1 FROM counters WHERE value = ?", (bad,))
        )

    database.write(put("after", 1))
    assert value_of(database, "after") == 1


def test_a_nul_in_text_never_becomes_an_unknown_error(database: Database) -> None:
    try:
        database.write(lambda tx: tx.run("INSERT INTO meta (name, value) VALUES ('nul', ?)", ("a\0b",)))
    except HitoError as error:
        assert isinstance(error, InvalidArgument)  # noqa: PT017  SQLite keeps it, PostgreSQL cannot
    else:
        assert database.read(lambda tx: tx.one("SELECT value FROM meta WHERE name = 'nul'")) == ("a\0b",)


def test_an_overflow_in_sql_is_the_callers_mistake(database: Database) -> None:
    database.write(lambda tx: tx.many(PUT, [("big", 2**63 - 1), ("bigger", 2**63 - 2)]))
    sums = {
        "sqlite": "SELECT sum(value) FROM counters",
        "postgres": "SELECT value + value FROM counters",
    }

    with pytest.raises(InvalidArgument, match="overflow"):
        database.read(lambda tx: tx.all(sums[tx.dialect]))

    assert value_of(database, "big") == 2**63 - 1


def test_reading_does_not_write(database: Database) -> None:
    with pytest.raises(PermissionDenied):
        database.read(lambda tx: tx.all(PUT + " RETURNING value", ("n", 1)))

    assert value_of(database, "n") is None


def test_a_reference_to_nothing_is_refused(database: Database) -> None:
    with pytest.raises(HitoError):
        database.write(lambda tx: tx.run("INSERT INTO experiment_tags VALUES (?, 'k', 'v')", (404,)))


def test_a_damaged_store_is_reported_and_a_sound_one_is_not(database: Database) -> None:
    assert database.check() == []


def test_a_statement_may_come_a_thousand_times_with_other_values_and_other_lengths(database: Database) -> None:
    def work(tx: Tx) -> int:
        for length in range(1, 300):
            tx.all(f"SELECT value FROM counters WHERE value IN ({', '.join('?' * length)})", list(range(length)))
            tx.run(f"UPDATE counters SET value = value + {length % 7} WHERE name = 'n'")
        return length

    database.write(put("n", 0))
    for _ in range(3):
        database.write(work)
    assert value_of(database, "n") == 3 * sum(length % 7 for length in range(1, 300))


def test_more_rows_than_fit_into_a_socket_are_written(database: Database) -> None:
    text = "x" * 500
    database.write(
        lambda tx: tx.many("INSERT INTO meta (name, value) VALUES (?, ?)", ((f"m{n}", text) for n in range(20_000)))
    )

    assert database.read(lambda tx: tx.one("SELECT count(*), max(length(value)) FROM meta WHERE name LIKE 'm%'")) == (
        20_000,
        500,
    )


def _in_child(database: Database, answers: Any) -> None:
    for attempt in (lambda: database.write(put("child", 1)), lambda: value_of(database, "child")):
        try:
            attempt()
            answers.put("no error")
        except HitoError as error:
            answers.put(error.message)


def test_a_store_refuses_to_work_in_a_forked_process(database: Database) -> None:
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    child = context.Process(target=_in_child, args=(database, answers))
    child.start()
    messages = [answers.get(timeout=30), answers.get(timeout=30)]
    child.join(30)

    assert all("forked" in message for message in messages)
    database.write(put("parent", 1))
    assert value_of(database, "parent") == 1
