"""What every store promises, whatever database is behind it. See hito/store/database.py."""

from hito.store.database import Database


def test_what_was_written_is_read(database: Database) -> None:
    key = database.write(lambda tx: tx.intern("accuracy"))

    assert database.read(lambda tx: tx.name(key)) == "accuracy"
