"""`rebuild`: what is made from the text, written anew."""

import click

from ledger.proof.rebuild import rebuild
from ledger.run_folder import RunFolder
from runs.cli.parameters import RUN


@click.command("rebuild")
@click.argument("run", type=RUN)
def rebuild_command(run: RunFolder) -> None:
    """Write a run's copies anew from its text, and seal the run.

    \b
      moneytrail rebuild runs/out/tiny-seed1

    Reports read postings/ and directives.parquet, a copy of the general ledger by column, and
    group.beancount has the house group's own books. Runs made before there were such copies have
    none. Whatever else is not as it was sealed stops the command.
    """
    rebuild(run)
    click.echo(run.path)
