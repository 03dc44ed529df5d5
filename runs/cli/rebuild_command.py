"""The command that rebuilds the files derived from the ledger's text."""

import click

from ledger.proof.rebuild import rebuild
from ledger.run_folder import RunFolder
from runs.cli.parameters import ANY_RUN


@click.command("rebuild")
@click.argument("run", type=ANY_RUN)
def rebuild_command(run: RunFolder) -> None:
    """Rebuild the files derived from a run's ledger text, and seal the run.

    \b
      moneytrail rebuild runs/out/tiny-seed1

    The files in postings/ and the file directives.parquet are a copy of the general ledger, stored
    by column. Reports read this copy. The file group.beancount has the house group's own books.
    Runs of older versions lack these files. The command stops if any other file has changed since
    the run was sealed.
    """
    rebuild(run)
    click.echo(run.path)
