"""`hito models predict`: a model's answers for a file, or for a folder of Parquet on a cluster."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from hito.core.errors import HitoError, InvalidArgument


@click.command()
@click.option("-m", "--model-uri", required=True, metavar="URI", help="models:/name/version, runs:/…, or a folder.")
@click.option(
    "-i",
    "--input-path",
    required=True,
    metavar="PATH",
    help="CSV, Parquet or JSON lines; a folder or bucket with --engine.",
)
@click.option(
    "-o", "--output-path", required=True, metavar="PATH", help="Where the predictions go, in the format of its name."
)
@click.option(
    "-t",
    "--content-type",
    type=click.Choice(["csv", "parquet", "jsonl"]),
    help="The input's format.  [default: by its name]",
)
@click.option(
    "--output-type", type=click.Choice(["csv", "parquet", "jsonl"]), help="The output's format.  [default: by its name]"
)
@click.option(
    "--keep",
    metavar="COLUMNS",
    default="",
    help="Columns of the input to put before the predictions, separated by commas.",
)
@click.option("--params", metavar="JSON", default="{}", help="Parameters of predict, a JSON object.")
@click.option(
    "--rows", type=click.IntRange(1), default=10_000, show_default=True, help="Rows that are worked on at once."
)
@click.option("--engine", type=click.Choice(["ray", "dask"]), help="Spread a folder of Parquet over a cluster.")
@click.option(
    "--cluster", metavar="ADDRESS", help="The cluster's address.  [default: the one that Ray finds; Dask: this machine]"
)
@click.option("--trust-pickle", is_flag=True, help="Open files that can run code of the model's author.")
def predict(
    model_uri: str,
    input_path: str,
    output_path: str,
    content_type: str | None,
    output_type: str | None,
    keep: str,
    params: str,
    rows: int,
    engine: str | None,
    cluster: str | None,
    trust_pickle: bool,
) -> None:
    """Predict every row of a file, in its order.

    Memory stays flat however long the file is. Nothing is left under the output's name unless all went well.
    Exit code 0: predicted; 2: it could not be.
    """
    from hito.flavors.trust import Trust
    from hito.fluent.loading import fetch

    trust = Trust.given(trust_pickle or None)
    kept = [name.strip() for name in keep.split(",") if name.strip()]
    try:
        settings = _object(params)
        with tempfile.TemporaryDirectory(prefix="hito-") as place:
            folder = fetch(model_uri, place)
            if engine:
                from hito.batch.clusters import predict_folder

                count = predict_folder(
                    engine, folder, input_path, output_path,
                    cluster=cluster, keep=kept, params=settings, rows=rows, trust=trust,
                )  # fmt: skip
            else:
                count = _here(folder, trust, input_path, output_path, content_type, output_type, kept, settings, rows)
    except HitoError as error:
        click.echo(f"hito: {error}", err=True)
        sys.exit(2)
    click.echo(f"{count} rows predicted: {output_path}", err=True)


def _here(
    folder: Path,
    trust: Any,
    source: str,
    target: str,
    source_format: str | None,
    target_format: str | None,
    keep: list[str],
    params: dict[str, Any],
    rows: int,
) -> int:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    from hito.batch.predict import predict_file
    from hito.flavors import pyfunc

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(Path(source).name, total=1.0)
        return predict_file(
            pyfunc.load(folder, trust=trust),
            Path(source),
            Path(target),
            source_format=source_format,
            target_format=target_format,
            keep=keep,
            params=params,
            rows=rows,
            told=lambda share: progress.update(task, completed=share),
        )


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise InvalidArgument(f"--params is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise InvalidArgument(f"--params must be a JSON object such as '{{\"k\": 3}}', it is {text[:60]}")
    return found
