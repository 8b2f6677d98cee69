"""From a URI to an open store.

    sqlite:///mine.db                       a file in the working directory
    sqlite:////var/lib/hito/hito.db         a file by its whole path
    postgresql://user:password@host/name    PostgreSQL; everything libpq understands may follow: ?sslmode=require

What MLflow and SQLAlchemy add to the scheme (`postgresql+psycopg2://`, `sqlite+pysqlite://`) and the short
`postgres://` mean the same.
"""

import re
from pathlib import Path
from urllib.parse import unquote

from hito.core.errors import InvalidArgument
from hito.store.database import Database

_URI = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9]*)(?:\+[A-Za-z0-9_]+)?://(?P<rest>.*)", re.DOTALL)
_EXPECTED = "expected sqlite:///relative.db, sqlite:////absolute.db or postgresql://user@host/name"


def open_database(uri: str) -> Database:
    """The store that `uri` names, its schema brought up to date; a SQLite file is made if it is not there.

    Raises:
        InvalidArgument: the URI names no store that hito knows, or its driver is not installed.
        Unavailable: the database does not answer. PermissionDenied: it must be upgraded and may not be written.
    """
    found = _URI.fullmatch(uri.strip())
    scheme = found["scheme"].lower() if found else ""
    if found and scheme == "sqlite":
        return _sqlite(found["rest"])
    if found and scheme in {"postgresql", "postgres"}:
        return _postgres(f"postgresql://{found['rest']}")
    named = f"The scheme '{scheme}' is none that a store can have" if scheme else "A store is named by a URI"
    raise InvalidArgument(f"{named}: {_EXPECTED}, found '{without_password(uri)}'.")


def without_password(uri: str) -> str:
    """A URI that may be shown and logged: its password, where it has one, is `***`."""
    # Up to the last '@' of the authority, since people forget to encode the one in their password.
    hidden = re.sub(r"(://[^/?#:@]*):[^/?#]*@", r"\1:***@", uri)
    return re.sub(r"([?&]password=)[^&#]*", r"\1***", hidden)


def _sqlite(rest: str) -> Database:
    path = rest.partition("?")[0]
    if not path.startswith("/") or len(path) < 2:
        raise InvalidArgument(f"'sqlite://{rest}' names no file: {_EXPECTED}. A store in memory only is not offered.")
    name = unquote(path[1:])
    if name == ":memory:" or "\0" in name:
        raise InvalidArgument(f"'sqlite://{rest}' names no file: {_EXPECTED}. A store in memory only is not offered.")
    try:
        from hito.store.sqlite import SqliteDatabase
    except ModuleNotFoundError as error:
        if error.name != "apsw":
            raise
        raise InvalidArgument("A SQLite store needs the driver apsw: pip install 'hito[server]'.") from error
    return SqliteDatabase(Path(name))


def _postgres(uri: str) -> Database:
    try:
        from hito.store.postgres import PostgresDatabase
    except ImportError as error:
        if (error.name or "psycopg").partition(".")[0] not in {"psycopg", "psycopg_binary", "psycopg_c"}:
            raise
        raise InvalidArgument("A PostgreSQL store needs the driver psycopg: pip install 'hito[postgres]'.") from error
    return PostgresDatabase(uri)
