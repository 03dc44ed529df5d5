"""The command that diagnoses a run blind."""

import click

from ledger.reports.blind.blind_report import BlindReport, blind_report
from ledger.run_folder import RunFolder
from runs.cli.parameters import RUN
from runs.reporting import report


@click.command("diagnose")
@click.argument("run", type=RUN)
@report("diagnosis", "causes", "evidence")
def diagnose_command(run: RunFolder) -> BlindReport:
    """What does a blind audit think the money was lost on?

    \b
      moneytrail diagnose runs/out/tiny-seed1
      moneytrail diagnose runs/out/tiny-seed1 --table evidence

    It reads a copy of the books in which kinds are merged, parties are numbers, and nothing is
    narrated, and tells causes by counterparties, quotes against lead prices, and paths of cash.
    What it finds stands beside what the books say, which it never saw.
    """
    return blind_report(run)
