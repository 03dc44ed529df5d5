"""The command that fills in what trustees and examiners file."""

from datetime import date

import click

from ledger.reports.schedules.schedules import Schedules, schedules
from ledger.run_folder import RunFolder
from runs.cli.parameters import BOOKS, DAY
from runs.reporting import report


@click.command("schedules")
@click.argument("run", type=BOOKS)
@click.option("--until", type=DAY, help="The last day that counts.  [default: that of the books]")
@report("failed", "solvency-tests", "related", "preferences", "payments")
def schedules_command(run: RunFolder, until: date | None) -> Schedules:
    """Whom did the group pay before the end, and was it solvent when it did?

    \b
      moneytrail schedules runs/out/tiny-seed1
      moneytrail schedules runs/out/tiny-seed1 --table payments --format csv
      moneytrail schedules runs/out/tiny-seed1 --until 2022-05-10

    Payments in the 90 days and the year before, by recipient and insider status; what exchange and
    captive maker owe each other by month; three tests of solvency; and which creditors were
    preferred in the last week, less what they brought afterwards.
    """
    return schedules(run, until)
