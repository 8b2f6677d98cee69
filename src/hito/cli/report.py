"""`hito report`: a run, an experiment, or two runs side by side, as one page."""

import sys
from pathlib import Path

import click

from hito.core.errors import HitoError, InvalidArgument


@click.command()
@click.argument("run", required=False)
@click.option("--experiment", metavar="NAME", help="Report an experiment: leaderboard, changes, parameters, best run.")
@click.option("--metric", metavar="NAME", help="With --experiment: what to order by.  [default: what most runs have]")
@click.option("--compare", nargs=2, metavar="A B", help="Report two runs side by side, with tests of their difference.")
@click.option("--card", is_flag=True, help="Write a model card in Markdown instead.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="The file.  [default: report.html]"
)
@click.option(
    "--language", type=click.Choice(["en", "es"]), default="en", show_default=True, help="English or Spanish."
)
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="Print it to this file, too.")
@click.option("--log", is_flag=True, help="Keep the page with the run, as its artifact report.html.")
@click.option(
    "--tracking-uri", metavar="URI", help="Where the runs are.  [default: HITO_TRACKING_URI, else the nearest .hito]"
)
def report(
    run: str | None,
    experiment: str | None,
    metric: str | None,
    compare: tuple[str, str] | None,
    card: bool,
    output: Path | None,
    language: str,
    pdf: Path | None,
    log: bool,
    tracking_uri: str | None,
) -> None:
    """Write the report of RUN, an id, as one HTML file that needs no network.

    A run that `hito.evaluate` has not seen is reported, too: its parameters, metrics, environment and files.
    Exit code 0: it is written; 2: there is no such run, or it cannot be written.
    """
    if sum(given is not None for given in (run, experiment, compare)) != 1:
        raise click.UsageError("give one of RUN, --experiment NAME, --compare A B")
    if (card or log) and run is None:
        raise click.UsageError("--card and --log need a RUN")
    if card and (pdf or log):
        raise click.UsageError("a card is Markdown: it goes with neither --pdf nor --log")
    if metric and experiment is None:
        raise click.UsageError("--metric goes with --experiment")
    try:
        written = _write(run, experiment, metric, compare, card, output, language, pdf, log, tracking_uri)
    except HitoError as error:
        click.echo(f"hito: {error.message}", err=True)
        sys.exit(2)
    for path in written:
        click.echo(path)


def _write(
    run: str | None,
    experiment: str | None,
    metric: str | None,
    compare: tuple[str, str] | None,
    card: bool,
    output: Path | None,
    language: str,
    pdf: Path | None,
    log: bool,
    tracking_uri: str | None,
) -> list[str]:
    """Make it and write it; the places."""
    from hito.connect import Client
    from hito.fluent import report as reports
    from hito.fluent.configuration import get_tracking_uri

    client = Client(tracking_uri or get_tracking_uri())
    if experiment is not None:
        made = reports.report_of_experiment(client, experiment, metric, language)
    elif compare is not None:
        made = reports.report_of_comparison(client, *compare, language)
    elif card:
        made = reports.card_of_run(client, run or "", language)
    else:
        made = reports.report_of_run(client, run or "", language)
    path = output or Path("model-card.md" if card else "report.html")
    try:
        path.write_text(made, "utf-8")
        places = [str(path)]
        if pdf is not None:
            from hito.report.pdf import write_pdf

            write_pdf(made, pdf)
            places.append(str(pdf))
    except OSError as error:
        raise InvalidArgument(f"The report cannot be written: {error}.") from None
    if log and run is not None:
        reports.keep(client, run, made)
        places.append(f"runs:/{run}/{reports.REPORT}")
    return places
