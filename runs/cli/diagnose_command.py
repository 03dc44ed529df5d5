"""The command that looks for causes of loss in books from which the kinds are removed."""

import click

from ledger.reports.blind.blind_report import BlindReport, blind_report
from ledger.run_folder import RunFolder
from runs.cli.parameters import RUN
from runs.reporting import report


@click.command("diagnose")
@click.argument("run", type=RUN)
@report("diagnosis", "causes", "evidence")
def diagnose_command(run: RunFolder) -> BlindReport:
    """Which causes of loss does an audit find if names and kinds are hidden?

    \b
      moneytrail diagnose runs/out/tiny-seed1
      moneytrail diagnose runs/out/tiny-seed1 --table evidence

    The audit reads a copy of the books from which names and narrations are removed. The kinds of
    accounts are removed too, except cash and claims. The audit infers the causes of loss from
    trades, prices and payments. The report compares the findings with the kinds in the full books.
    """
    return blind_report(run)
