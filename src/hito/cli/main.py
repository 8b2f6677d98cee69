"""`hito`: the command."""

import click

from hito import __version__
from hito.cli import bundle, db, diff, evaluate, models, report, reproduce, run, server, sync


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="hito")
def main() -> None:
    """Follow, explain, version, serve and reproduce machine-learning models."""


main.add_command(server.server)
main.add_command(server.ui)
main.add_command(db.db)
main.add_command(sync.sync)
main.add_command(sync.status)
main.add_command(run.run)
main.add_command(evaluate.evaluate)
main.add_command(report.report)
main.add_command(bundle.bundle)
main.add_command(reproduce.reproduce)
main.add_command(diff.diff)
main.add_command(models.models)

if __name__ == "__main__":
    main()
