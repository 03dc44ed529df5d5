"""The command that prints schedules like those that trustees and examiners file."""

from datetime import date
from pathlib import Path

import click

from ledger.reports.schedules.payments_before import payments_of_year
from ledger.reports.schedules.schedules import Schedules, schedules
from ledger.run_folder import RunFolder
from runs.cli.parameters import BOOKS, DAY
from runs.provenance import provenance
from runs.reporting import report
from runs.schedules_workbook import save_workbook


@click.command("schedules")
@click.argument("run", type=BOOKS)
@click.option(
    "--until", type=DAY, help="The last day that counts. [default: the last day of the books]"
)
@click.option(
    "--xlsx",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write an Excel workbook as well (pip install 'moneytrail[xlsx]').",
)
@report("failed", "solvency-tests", "related", "preferences", "payments", "below-value")
def schedules_command(run: RunFolder, until: date | None, xlsx: Path | None) -> Schedules:
    """Which payments did the group make before the end, and was it solvent then?

    \b
      moneytrail schedules runs/out/tiny-seed1
      moneytrail schedules runs/out/tiny-seed1 --table payments --format csv
      moneytrail schedules runs/out/tiny-seed1 --until 2022-05-10 --xlsx schedules.xlsx

    The table `payments` has sums of the payments in the last 90 days and in the last year, by
    payer, recipient and kind. It also shows which recipients are insiders. The table `related` has
    the net debt of the captive maker to the exchange at the end of each month and on the last day.
    The table `preferences` has the payments to each creditor in the last week, less later new value
    from this creditor. The table `below-value` has payments without equal value in return. The
    tables `solvency-tests` and `failed` have three tests of whether the group was solvent. The
    workbook also lists each payment of the last year, and computes the sums of payments from this
    list.
    """
    found = schedules(run, until)
    if xlsx:
        entries = list(payments_of_year(run, found.end))
        save_workbook(found, entries, xlsx, provenance(run))
    return found
