"""`hito db`: care for a store."""

import click

from hito.cli.folder import nearest_folder


@click.group()
def db() -> None:
    """Bring a store up to date, or check it."""


_uri = click.argument("uri", required=False, metavar="[URI]")


@db.command()
@_uri
def upgrade(uri: str | None) -> None:
    """Bring the store at URI (default: the nearest .hito folder) up to date.

    A server does this by itself when it starts. A SQLite store is copied first.
    """
    from hito.store.open import open_database
    from hito.store.upgrade import latest

    target = uri or _nearest()
    open_database(target).close()
    click.echo(f"The store has schema {latest()}, the newest this hito knows.")


@db.command()
@_uri
def check(uri: str | None) -> None:
    """Check the store at URI (default: the nearest .hito folder) for damage. Ends with 1 if there is any."""
    from hito.store.open import open_database

    database = open_database(uri or _nearest())
    try:
        problems = database.check()
    finally:
        database.close()
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise SystemExit(1)
    click.echo("No damage found.")


def _nearest() -> str:
    file = nearest_folder() / "hito.db"
    if not file.exists():
        raise click.ClickException(f"There is no store here: {file} does not exist. Name one, like sqlite:///mine.db.")
    return f"sqlite:///{file}"
