"""The commands on where money went, and on cash coverage."""

from typing import TYPE_CHECKING

import click

from ledger.reports.life.cash_coverage import CoverageByDay, cash_coverage
from ledger.reports.money.hole_in_kind import IN_KIND_TABLES
from ledger.reports.money.quarters import where_by_quarter
from ledger.reports.money.where import Where, where
from ledger.reports.table import Report
from ledger.run_folder import RunFolder
from runs.cli.parameters import BOOKS, RUN, plotted
from runs.plots.coverage_plot import coverage_figure
from runs.plots.paper import PlotError
from runs.plots.where_plot import where_figure
from runs.reporting import report

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _figure(found: Report) -> "Figure":
    if not isinstance(found, Where):
        raise PlotError("quarters have no picture; leave out --by, or use timeline --plot")
    return where_figure(found.hole)


@click.command("where")
@click.argument("run", type=BOOKS)
@click.option("--by", type=click.Choice(("quarter",)), help="The hole by kind, quarter by quarter.")
@report(
    "hole-by-kind",
    "hole-by-cause",
    "paid-in-use",
    "hole",
    *IN_KIND_TABLES,
    "the-mechanism",
    "views",
    "cash-by-receiver",
    "cash-change",
    "bridge",
    "volume",
    instead={"by": ("hole-by-quarter",)},
)
@plotted(_figure)
def where_command(run: RunFolder, by: str | None) -> Report:
    """Where did the money go? The hole by kind, cash by receiver, and the bridge.

    \b
      moneytrail where runs/out/tiny-seed1
      moneytrail where runs/out/tiny-seed1 --by quarter
      moneytrail where runs/out/tiny-seed1 --plot where.svg

    The hole is the claims of customers outside the house group, less the group's liquid assets.
    Positive kinds are uses, negative kinds are sources; they sum to the hole to the cent. A claim
    is not cash: a firm that gained 100 USD may have been paid 10 USD. So cash has tables of its
    own, and the bridge leads from opening to closing claims. Sums that must be zero are printed
    too. The mechanism has the parts that the thread claims: quotes, liquidations and liquidity on
    chain. Quotes have two views: the maker's, and that of the group, which earns fees on them.
    """
    return where_by_quarter(run) if by else where(run)


@click.command("cash-coverage")
@click.argument("run", type=RUN)
@report("dates", "cash-coverage")
@plotted(coverage_figure)
def cash_coverage_command(run: RunFolder) -> CoverageByDay:
    """Since when did customers' claims exceed the exchange's cash?

    \b
      moneytrail cash-coverage runs/out/tiny-seed1
      moneytrail cash-coverage runs/out/tiny-seed1 --table dates --plot coverage.png

    At each day's close: the firms' profits at the house so far, all claims of customers, and the
    exchange's cash.
    """
    return cash_coverage(run)
