"""`hito models`: serve them, predict with them, export them."""

import click

from hito.cli import export, predict, serve


@click.group()
def models() -> None:
    """Serve models, predict with them, export them."""


models.add_command(serve.serve)
models.add_command(predict.predict)
models.add_command(export.export)
