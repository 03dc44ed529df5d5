"""The command that traces money by five tracing rules."""

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
    help="The source of the traced money: a kind, a party, or both, as in Loans:Lender01.",
)
@click.option(
    "--seq",
    type=int,
    metavar="N",
    help="Trace the cash that the entry with number N brought. This option replaces --of.",
)
@click.option(
    "--by",
    type=click.Choice((KIND, PARTY)),
    default=KIND,
    show_default=True,
    help="Sum sources and uses by kind, or by kind and party.",
)
@click.option(
    "--per",
    type=click.Choice((GROUP, ACCOUNT)),
    default=GROUP,
    show_default=True,
    help="Treat the group's cash as one account, or trace each of its cash accounts separately.",
)
@click.option(
    "--daily",
    "is_daily",
    is_flag=True,
    help="Trace sums of each day, not single movements. On each day receipts come first.",
)
@report("paid", "fates", *TracingRule, "flows", "days")
@plotted(trace_figure)
def trace_command(
    run: RunFolder, of: str, seq: int | None, by: str, per: str, is_daily: bool
) -> Trace:
    """Whose money paid for which use, by each tracing rule?

    \b
      moneytrail trace runs/out/tiny-seed1
      moneytrail trace runs/out/tiny-seed1 --of Retail --per account
      moneytrail trace runs/out/tiny-seed1 --daily --table days
      moneytrail trace runs/out/tiny-seed1 --seq 563 --plot traced.svg

    The cash of customers, lenders and investors is commingled. So a convention decides whose money
    paid for a use: first in, first out (fifo); last in, first out (lifo); pro rata, as a rolling
    charge; lowest intermediate balance; or equal sharing at the end. Each result is exact to the
    cent. The differences between the rules show how uncertain the answer is.
    """
    return trace(run, Question(of, seq, by, per, is_daily))
