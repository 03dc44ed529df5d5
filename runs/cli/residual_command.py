"""The command that subtracts recorded assets and uses from recorded debts."""

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
    """How many billions does the record not explain, and when did they disappear?

    \b
      moneytrail residual runs/out/tiny-seed1
      moneytrail residual runs/out/tiny-seed1 --table carriers

    For each date on record the report subtracts the maker's recorded assets and uses of money from
    its recorded debts. It does this for both ends of the recorded ranges. It does the same with the
    figures of the run. The residual of the run is the sum of the losses of all kinds that are not
    uses of money: quotes, liquidations, portfolio and others. So a kind can explain no more of the
    residual than its own loss. If a run does not cover a date, the report says so.
    """
    return residual(run, load_record(SHEETS), load_record())
