"""The command that asks who was liquidated, and who paid for bankruptcies."""

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
    """Whose margin failed, who took their positions over, and who paid?

    \b
      moneytrail liquidations runs/out/tiny-seed1

    In tiny nobody trades on margin; in luna they do.

    Hour by hour what was filled in the book, taken by backstops and closed against the other side;
    who lost and who earned; what became of what the backstops took; who paid for bankruptcies; what
    customers borrowed against thin tokens, and what that cost the maker (run thin-collateral). By
    day, beside what the public record leaves open for FTX. --plot draws prices, liquidations, and
    what the backstops held and earned, one below the other.
    """
    return recorded_liquidations(run, load_record())
