"""`hito models export`: a model with all that serving it needs, in a folder."""

import sys
import tempfile
from pathlib import Path

import click

from hito.core.errors import HitoError


@click.command()
@click.option("-m", "--model-uri", required=True, metavar="URI", help="models:/name/version, runs:/…, or a folder.")
@click.option("-o", "--output-path", required=True, metavar="FOLDER", help="The folder to make.")
@click.option("--trust-pickle", is_flag=True, help="Also a model whose files can run code of its author.")
def export(model_uri: str, output_path: str, trust_pickle: bool) -> None:
    """Write a folder with the model, locked requirements, a Dockerfile and a start script.

    What is served from it needs no tracking server. Exit code 0: written; 2: it could not be, and nothing is left.
    """
    from hito.export.folder import export as write
    from hito.flavors.trust import Trust
    from hito.fluent.configuration import client
    from hito.fluent.loading import fetch
    from hito.fluent.places import locate

    try:
        with tempfile.TemporaryDirectory(prefix="hito-") as place:
            folder = fetch(model_uri, place)
            digest = locate(client(), model_uri).digest
            write(folder, model_uri, Path(output_path), digest=digest, trust=Trust.given(trust_pickle or None))
    except HitoError as error:
        click.echo(f"hito: {error}", err=True)
        sys.exit(2)
    click.echo(f"written: {output_path}; start it with {Path(output_path) / 'serve.sh'}", err=True)
