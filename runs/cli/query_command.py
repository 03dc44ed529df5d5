"""The command that queries the books in Beancount's own query language."""

import click

from ledger.reports.table import Table
from ledger.reports.trail.query import query
from ledger.run_folder import RunFolder
from runs.cli.parameters import RUN
from runs.reporting import report


@click.command("query")
@click.argument("run", type=RUN)
@click.argument("bql")
@click.option(
    "--group", is_flag=True, help="Query only the house group's own books, which load faster."
)
@report()  # the table of a saved query has the name of the query
def query_command(run: RunFolder, bql: str, group: bool) -> list[Table]:
    """Query the general ledger in BQL, the query language of Beancount.

    \b
      moneytrail query runs/out/tiny-seed1 .run
      moneytrail query runs/out/tiny-seed1 ".run where-did-the-money-go"
      moneytrail query runs/out/tiny-seed1 ".run hole" --group
      moneytrail query runs/out/tiny-seed1 "SELECT account, sum(position) GROUP BY account"

    `.run` lists the saved queries, and `.run NAME` runs the query with that name. The first words
    of an account's name are root, entity and kind. Some names have more words, such as the
    counterparty. Words are numbered from 0, so splitcomp(account, ':', 2) is the kind. The general
    ledger has only sums of fills. `moneytrail sql` reads single fills.
    """
    return [query(run, bql, group)]
