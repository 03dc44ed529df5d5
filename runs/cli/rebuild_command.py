"""The command that rebuilds files made from the text."""

import click

from ledger.proof.rebuild import rebuild
from ledger.run_folder import RunFolder
from runs.cli.parameters import RUN


@click.command("rebuild")
@click.argument("run", type=RUN)
def rebuild_command(run: RunFolder) -> None:
    """Rebuild a run's copies from its text, and seal the run.

    \b
      moneytrail rebuild runs/out/tiny-seed1

    Reports read postings/ and directives.parquet, a copy of the general ledger by column, and
    group.beancount has the house group's own books. Older runs have no such copies. The command
    stops if any other file is not as it was sealed.
    """
    rebuild(run)
    click.echo(run.path)
