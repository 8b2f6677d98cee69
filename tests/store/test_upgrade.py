"""Bringing a store up to date, in both databases."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib import resources
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import apsw
import psycopg
import pytest

from hito.core.errors import HitoError, Internal, InvalidArgument
from hito.series.chunk import pack, seal, unpack
from hito.store import outlines, run_rows, saved_views
from hito.store import postgres as in_postgres
from hito.store import sqlite as in_sqlite
from hito.store.open import open_database
from hito.store.upgrade import Upgrading, in_dialect, latest, steps, upgrade

SCHEMA = resources.files("hito.store").joinpath("schema.sql").read_text("utf-8")
NEXT = (
    latest() + 1,
    "CREATE TABLE colours (id BIGKEY, name TEXTC NOT NULL) ;\nALTER TABLE counters ADD COLUMN unit TEXTC",
)
BROKEN = (latest() + 1, "CREATE TABLE colours (id BIGKEY); CREATE TABLE counters (id BIGKEY)")


@contextmanager
def upgrading(uri: str) -> Iterator[Upgrading]:
    """What `upgrade` works on, for a store that exists."""
    if uri.startswith("sqlite"):
        database = in_sqlite.SqliteDatabase(file_of(uri))
        yield in_sqlite._Upgrading(database)
        database.close()
    else:
        with closing(in_postgres.link.connect(uri)) as connection:
            yield in_postgres._Upgrading(connection)


def file_of(uri: str) -> Path:
    return Path(uri.removeprefix("sqlite:///"))


@pytest.fixture
def blank_uri(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a schema."""
    if dialect == "sqlite":
        yield f"sqlite:///{tmp_path / 'blank.db'}"
        return
    server = request.getfixturevalue("postgres")
    uri = server.blank()
    yield uri
    server.drop(uri)


def execute(uri: str, sql: str) -> None:
    """Run SQL on a database that is not open as a store."""
    if uri.startswith("sqlite"):
        with closing(apsw.Connection(str(file_of(uri)))) as connection:
            connection.execute(sql)
    else:
        with closing(psycopg.connect(uri, autocommit=True)) as connection:
            connection.execute(sql.encode())


def catalogue(uri: str) -> list[tuple[Any, ...]]:
    """Every table, column, index and constraint, as the database describes them."""
    if uri.startswith("sqlite"):
        with closing(sqlite3.connect(file_of(uri))) as connection:
            found: list[tuple[Any, ...]] = []
            for (table,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
                for pragma in ("table_xinfo", "foreign_key_list", "table_list"):
                    found += [(table, pragma, *row) for row in connection.execute(f"PRAGMA {pragma}('{table}')")]
                for index in connection.execute(f"PRAGMA index_list('{table}')").fetchall():
                    found += [
                        (table, *index[1:], *row) for row in connection.execute(f"PRAGMA index_xinfo('{index[1]}')")
                    ]
            made = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"  # expressions
            found += [(name, " ".join(sql.split())) for name, sql in connection.execute(made)]
            return sorted(found, key=repr)
    columns = (
        "SELECT table_name, column_name, data_type, collation_name, is_nullable, column_default, is_identity "
        "FROM information_schema.columns WHERE table_schema = 'public'"
    )
    indexes = "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    constraints = (
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace"
    )
    with closing(psycopg.connect(uri)) as connection:
        rows = [row for query in (columns, indexes, constraints) for row in connection.execute(query.encode())]
    return sorted(rows, key=repr)


def test_the_steps_build_the_schema_that_is_to_be_read(dialect: str, blank_uri: str, store_uri: str) -> None:
    words = in_sqlite._WORDS if dialect == "sqlite" else in_postgres._WORDS
    open_database(store_uri).close()

    execute(blank_uri, in_dialect(SCHEMA, words))

    assert len(catalogue(store_uri)) > 200
    assert catalogue(blank_uri) == catalogue(store_uri)


def test_steps_are_numbered_without_gaps() -> None:
    assert [number for number, _ in steps()] == list(range(1, latest() + 1))


def test_a_store_of_an_older_version_is_brought_up_to_date_and_keeps_its_rows(store_uri: str) -> None:
    database = open_database(store_uri)
    database.write(lambda tx: tx.intern("accuracy"))
    database.close()

    with upgrading(store_uri) as store:
        assert upgrade(store, [*steps(), NEXT]) == NEXT[0]
        assert store.level() == NEXT[0]
        assert upgrade(store, [*steps(), NEXT]) == NEXT[0]  # again: nothing to do

    execute(store_uri, "INSERT INTO colours (name) VALUES ('blue')")
    execute(store_uri, "UPDATE counters SET unit = 'id'")


def test_a_store_of_schema_1_keeps_its_curves_and_learns_what_the_page_needs(blank_uri: str) -> None:
    """A store from before outlines and saved views: what it holds is read as it was, what is new is written."""
    with blank_upgrading(blank_uri) as store:
        upgrade(store, steps()[:1])
    execute(blank_uri, "INSERT INTO experiments VALUES (1, 'old', 'mlflow-artifacts:/1', 0, 1, 1)")
    execute(blank_uri, "INSERT INTO keys (id, name) VALUES (1, 'loss')")
    values = "1, 'a', 1, 'run', '', 3, 5"
    execute(
        blank_uri, f"INSERT INTO runs (id, uuid, experiment_id, name, user_id, status, start_time) VALUES ({values})"
    )
    points = [(step, step, float(step % 97)) for step in range(2000)]
    body = "X'" + seal(unpack([pack(points)])).hex() + "'"
    if not blank_uri.startswith("sqlite"):
        body = f"decode('{seal(unpack([pack(points)])).hex()}', 'hex')"
    execute(blank_uri, f"INSERT INTO metric_chunks VALUES (1, 1, 0, 2000, 0, 1999, 0, 1999, {body})")
    latest_row = "1, 1, 1, 5, 60, 1999, 1999, 2000, 0, 0, 96, 95000, 0, 0, 0, 0"
    execute(blank_uri, f"INSERT INTO metric_latest VALUES ({latest_row})")

    database = open_database(blank_uri)

    curve = database.read(lambda tx: outlines.existing(tx, [1], [1]))[1, 1]
    drawn = database.read(lambda tx: outlines.outline(tx, curve, "step", None, None, 5))
    assert (drawn.count, drawn.series.values.min(), drawn.series.values.max()) == (2000, 0, 96)
    saved = database.write(lambda tx: saved_views.create(tx, "experiments/1", "best", "?", ""))
    assert database.read(lambda tx: saved_views.of_scope(tx, "experiments/1")) == [saved]
    assert database.read(lambda tx: run_rows.newest(tx, 5)) == [1]
    assert database.check() == []
    database.close()


@contextmanager
def blank_upgrading(uri: str) -> Iterator[Upgrading]:
    """What `upgrade` works on, for a database without a schema: in SQLite a bare connection has to be dressed up."""
    if not uri.startswith("sqlite"):
        with closing(in_postgres.link.connect(uri)) as connection:
            yield in_postgres._Upgrading(connection)
        return
    with closing(apsw.Connection(str(file_of(uri)))) as connection:
        yield in_sqlite._Upgrading(SimpleNamespace(_writer=connection, path=file_of(uri), read_only=False))  # type: ignore[arg-type]


def test_a_store_of_a_newer_version_is_refused_and_not_touched(store_uri: str) -> None:
    open_database(store_uri).close()
    with upgrading(store_uri) as store:
        upgrade(store, [*steps(), NEXT])
    before = catalogue(store_uri)

    with pytest.raises(Internal, match="newer version"):
        open_database(store_uri)

    assert catalogue(store_uri) == before


def test_steps_that_fail_leave_the_store_as_it_was(store_uri: str) -> None:
    open_database(store_uri).close()
    before = catalogue(store_uri)

    with upgrading(store_uri) as store:
        with pytest.raises((apsw.Error, psycopg.Error)):
            upgrade(store, [*steps(), BROKEN])
        assert store.level() == latest()

    assert catalogue(store_uri) == before
    open_database(store_uri).close()


def test_a_database_of_another_program_is_left_alone(blank_uri: str) -> None:
    execute(blank_uri, "CREATE TABLE experiments (experiment_id INTEGER, name VARCHAR(256))")
    before = catalogue(blank_uri)

    with pytest.raises(InvalidArgument, match="another program"):
        open_database(blank_uri)

    assert catalogue(blank_uri) == before


def test_a_sqlite_store_is_copied_before_it_is_changed(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path / 'hito.db'}"
    database = open_database(uri)
    key = database.write(lambda tx: tx.intern("accuracy"))
    database.close()

    with upgrading(uri) as store:
        upgrade(store, [*steps(), NEXT])

    copy = tmp_path / f"hito.db.before-upgrade-from-{latest()}"
    assert not list(tmp_path.glob("*.unfinished"))
    older = open_database(f"sqlite:///{copy}")
    assert older.check() == []
    assert older.read(lambda tx: tx.key("accuracy")) == key
    older.close()


def test_a_copy_that_was_cut_short_does_not_pass_for_a_copy(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path / 'hito.db'}"
    open_database(uri).close()
    (tmp_path / f"hito.db.before-upgrade-from-{latest()}.1234.unfinished").write_bytes(b"half")

    with upgrading(uri) as store:
        upgrade(store, [*steps(), NEXT])

    open_database(f"sqlite:///{tmp_path}/hito.db.before-upgrade-from-{latest()}").close()


def test_postgres_is_not_copied_and_the_log_says_how_to(postgres: Any, caplog: pytest.LogCaptureFixture) -> None:
    uri = postgres.database()
    with upgrading(uri) as store:
        upgrade(store, [*steps(), NEXT])

    assert "pg_dump" in caplog.text
    postgres.drop(uri)


def test_servers_that_open_an_empty_database_at_once_build_it_once(blank_uri: str, run_python: Any) -> None:
    opener = "import sys; from hito.store.open import open_database; d = open_database(sys.argv[1]); print(d.check()); d.close()"

    processes = [run_python(opener, blank_uri) for _ in range(4)]

    for process in processes:
        output, errors = process.communicate(timeout=60)
        assert (process.returncode, output, errors) == (0, "[]\n", "")


@pytest.mark.parametrize(
    "uri",
    ["", "hito.db", "/var/hito.db", "mysql://root@host/db", "mssql+pyodbc://x", "sqlite://", "sqlite:///", "sqlite:///:memory:",
     "file:///tmp/mlruns", "http://localhost:5000"],
)  # fmt: skip
def test_a_uri_that_names_no_store_is_refused_with_what_is_expected(uri: str) -> None:
    with pytest.raises(InvalidArgument, match="expected sqlite:///"):
        open_database(uri)


def test_a_refusal_does_not_repeat_the_password() -> None:
    with pytest.raises(InvalidArgument) as refused:
        open_database("mysql://root:s3cr:t@host/db?password=s3cr:t")

    assert "s3cr" not in refused.value.message


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg2", "postgresql+psycopg"])
def test_every_way_to_write_postgresql_opens_it(postgres: Any, scheme: str) -> None:
    uri = postgres.database()

    database = open_database(uri.replace("postgresql", scheme))

    assert database.dialect == "postgres"
    database.close()
    postgres.drop(uri)


def test_a_relative_uri_names_a_file_in_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    open_database("sqlite:///sub/my%20store.db").close()

    assert (tmp_path / "sub" / "my store.db").exists()


def test_a_file_that_is_no_store_is_refused_and_not_touched(tmp_path: Path) -> None:
    letter = tmp_path / "letter.db"
    letter.write_text("Dear reader, " * 200, "utf-8")

    with pytest.raises(HitoError, match="not a SQLite file"):
        open_database(f"sqlite:///{letter}")

    assert letter.read_text("utf-8").startswith("Dear reader")
