"""The command that subtracts what is on record, and says what is left."""

import click

from ledger.run_folder import RunFolder
from runs.cli.parameters import RUN
from runs.record.facts import load_record
from runs.record.residual import SHEETS, Residual, residual
from runs.reporting import report


@click.command("residual")
@click.argument("run", type=RUN)
@report("residual", "carriers", "lines", "the-exchange", "sources")
def residual_command(run: RunFolder) -> Residual:
    """How many billions does no source explain, and when did they vanish?

    \b
      moneytrail residual runs/out/tiny-seed1
      moneytrail residual runs/out/tiny-seed1 --table carriers

    For each date with a record: what the maker owed, less what it had, less what is on record of
    its uses, with the ends of all ranges; beside it the same of the run. What the run has left is
    what its quotes, liquidations, portfolio and other kinds lost, so each can carry no more of what
    is unexplained than that. A run that has not a date says so.
    """
    return residual(run, load_record(SHEETS), load_record())
