"""The command that looks for the cause of loss in a copy of the books without kinds."""

import click

from ledger.reports.blind.blind_report import BlindReport, blind_report
from ledger.run_folder import RunFolder
from runs.cli.parameters import RUN
from runs.reporting import report


@click.command("diagnose")
@click.argument("run", type=RUN)
@report("diagnosis", "causes", "evidence")
def diagnose_command(run: RunFolder) -> BlindReport:
    """Which cause of loss can an auditor find without names and labels?

    \b
      moneytrail diagnose runs/out/tiny-seed1
      moneytrail diagnose runs/out/tiny-seed1 --table evidence

    The audit reads a copy of the books without kinds, names and narrations. It infers causes from
    counterparties, from quotes compared with lead prices, and from paths of cash. The report
    compares the findings with the kinds in the books.
    """
    return blind_report(run)
