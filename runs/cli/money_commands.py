"""The commands `where` and `cash-coverage`: uses of money, and claims compared with cash."""

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
@click.option(
    "--by", type=click.Choice(("quarter",)), help="Show the change of the hole in each quarter."
)
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
    """Where did the money go, by kind of use and by receiver?

    \b
      moneytrail where runs/out/tiny-seed1
      moneytrail where runs/out/tiny-seed1 --by quarter
      moneytrail where runs/out/tiny-seed1 --plot where.svg

    The hole is the claims of customers outside the house group minus the group's liquid assets. A
    kind with a positive amount is a use of money, and a kind with a negative amount is a source.
    The kinds sum to the hole, to the cent.

    A claim is not cash: a firm that gained 100 USD may have received only 10 USD. So cash has
    tables of its own. The table `bridge` explains the change from opening to closing claims. The
    table `the-mechanism` has the three causes that the thread names: quotes, liquidations and
    liquidity on chain. The table `views` has the result of the quotes for the maker and for the
    group. The group also earns fees on the fills of these quotes.
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

    At the end of each day the report compares the exchange's cash with three amounts: the firms'
    profits at the house since the first day, the firms' claims, and all claims of customers.
    """
    return cash_coverage(run)
