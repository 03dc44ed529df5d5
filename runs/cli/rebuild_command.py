"""The command that rebuilds the files that are made from a run's ledger."""

import click

from ledger.proof.rebuild import rebuild
from ledger.run_folder import RunFolder
from runs.cli.parameters import ANY_RUN


@click.command("rebuild")
@click.argument("run", type=ANY_RUN)
def rebuild_command(run: RunFolder) -> None:
    """Rebuild the files that are made from a run's ledger, and seal the run again.

    \b
      moneytrail rebuild runs/out/tiny-seed1

    The files in postings/ and the file directives.parquet are a copy of the general ledger, stored
    by column. Reports read this copy. The file group.beancount has the house group's own books. The
    files check-group.beancount and fava-group.beancount include these books. Runs of older versions
    may lack some of these files. If any other file has changed since the run was sealed, the
    command changes nothing.
    """
    rebuild(run)
    click.echo(run.path)
