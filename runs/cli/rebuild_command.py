"""`rebuild`: the copy by column, written anew."""

import click

from ledger.proof.rebuild import rebuild
from ledger.run_folder import RunFolder
from runs.cli.reporting import RUN


@click.command("rebuild")
@click.argument("run", type=RUN)
def rebuild_command(run: RunFolder) -> None:
    """Write a run's copy by column anew from its text, and seal the run.

    \b
      moneytrail rebuild runs/out/tiny-seed1

    Reports read postings/ and directives.parquet, a copy of the general ledger. Runs made before
    there was such a copy have none. Whatever else is not as it was sealed stops the command.
    """
    rebuild(run)
    click.echo(run.path)
