"""The command on liquidations, and on the payment of bankruptcies."""

from typing import TYPE_CHECKING

import click

from ledger.run_folder import RunFolder
from runs.cli.parameters import RUN, plotted
from runs.plots.liquidations_plot import liquidations_figure
from runs.record.facts import load_record
from runs.record.recorded_liquidations import RecordedLiquidations, recorded_liquidations
from runs.reporting import report

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _figure(told: RecordedLiquidations) -> "Figure":
    return liquidations_figure(told.found)


@click.command("liquidations")
@click.argument("run", type=RUN)
@report(
    "cascade",
    "days",
    "gains",
    "backstops",
    "debts",
    "seized",
    "pledged",
    "course",
    "check",
    "beside-the-record",
)
@plotted(_figure)
def liquidations_command(run: RunFolder) -> RecordedLiquidations:
    """Which accounts failed their margin, who took them over, and who paid?

    \b
      moneytrail liquidations runs/out/tiny-seed1

    The world tiny has no customers on margin; luna has.

    Hour by hour: volume filled in the book, taken by backstops, and closed against the other side;
    losses and gains; the backstops' results; the payment of bankruptcies; loans against thin tokens
    and their cost to the maker (run thin-collateral). By day: liquidations beside the recorded
    range for FTX. --plot draws prices, liquidations, and the backstops' positions and results.
    """
    return recorded_liquidations(run, load_record())
