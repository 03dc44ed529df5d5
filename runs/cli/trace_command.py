"""The command that traces money by the rules of courts."""

import click

from ledger.reports.tracing.rules import TracingRule
from ledger.reports.tracing.sources import ACCOUNT, ALL_CUSTOMERS, GROUP, KIND, PARTY, Question
from ledger.reports.tracing.trace import Trace, trace
from ledger.run_folder import RunFolder
from runs.cli.parameters import BOOKS, plotted
from runs.plots.trace_plot import trace_figure
from runs.reporting import report


@click.command("trace")
@click.argument("run", type=BOOKS)
@click.option(
    "--of",
    default=ALL_CUSTOMERS.of,
    show_default=True,
    metavar="NAME",
    help="The source to trace: a kind, a party, or both as Loans:Lender01.",
)
@click.option("--seq", type=int, metavar="N", help="Trace a single entry's money instead.")
@click.option(
    "--by",
    type=click.Choice((KIND, PARTY)),
    default=KIND,
    show_default=True,
    help="How finely sources and uses are divided.",
)
@click.option(
    "--per",
    type=click.Choice((GROUP, ACCOUNT)),
    default=GROUP,
    show_default=True,
    help="Trace the group's cash as one account, or each entity's separately.",
)
@click.option("--daily", "is_daily", is_flag=True, help="Use each day's sums, receipts first.")
@report("paid", "fates", *TracingRule, "flows", "days")
@plotted(trace_figure)
def trace_command(
    run: RunFolder, of: str, seq: int | None, by: str, per: str, is_daily: bool
) -> Trace:
    """Whose money paid for what? The group's cash under each rule of the courts.

    \b
      moneytrail trace runs/out/tiny-seed1
      moneytrail trace runs/out/tiny-seed1 --of Retail --per account
      moneytrail trace runs/out/tiny-seed1 --daily --table days
      moneytrail trace runs/out/tiny-seed1 --seq 563 --plot traced.svg

    Customers', lenders' and investors' cash is commingled. Courts decide by convention whose money
    paid: first in, first out; last in, first out; pro rata, as a rolling charge; lowest
    intermediate balance; or equal sharing at the end. Each rule is exact to the cent. Differences
    between the rules show how uncertain the answer is.
    """
    return trace(run, Question(of, seq, by, per, is_daily))
