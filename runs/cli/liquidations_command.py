"""The command on liquidations, and on the parties that pay for bankrupt accounts."""

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
    """Which accounts lacked margin, who took over their positions, and who paid?

    \b
      moneytrail liquidations runs/out/tiny-seed1

    The scenario `tiny` has no customers on margin. The scenario `luna` has customers on margin.

    For each hour with liquidations, the first table shows three volumes: positions closed in the
    order book, positions that backstops took over, and positions closed against customers with
    opposite positions. Other tables show losses and gains, the results of backstops, who paid for
    bankrupt accounts, and the maker's losses on loans against thinly traded tokens (scenario
    `thin-collateral`). The table `beside-the-record` compares the liquidations of each day with the
    recorded range for FTX. The option --plot draws prices, liquidations, and the positions and
    results of backstops.
    """
    return recorded_liquidations(run, load_record())
