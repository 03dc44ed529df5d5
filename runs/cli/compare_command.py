"""The command that compares a run with the public record."""

from typing import TYPE_CHECKING

import click

from ledger.run_folder import RunFolder
from runs.cli.parameters import RUN, plotted
from runs.plots.compare_plot import compare_figure
from runs.record.compare import BesideRecord, compare
from runs.record.facts import load_record
from runs.reporting import report

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _figure(found: BesideRecord) -> "Figure":
    return compare_figure(found.of_role("outcome"))


@click.command("compare")
@click.argument("run", type=RUN)
@report(
    "like-for-like",
    "explained",
    "verdicts",
    "outcomes",
    "days",
    "cannot-say",
    "markets",
    "volume-by-month",
    "share-by-month",
    "fees-by-month",
    "cost-10m-by-month",
    "contradictions",
    "origins",
    "inputs",
    "sources",
)
@plotted(_figure)
def compare_command(run: RunFolder) -> BesideRecord:
    """How does a run compare with the public record, fact by fact?

    \b
      moneytrail compare runs/out/tiny-seed1
      moneytrail compare runs/out/tiny-seed1 --format csv --table outcomes
      moneytrail compare runs/out/tiny-seed1 --table sources

    Each row has a figure of the books, the recorded range of the same figure, and a verdict. The
    verdicts are "inside", "near" (at most 10 % outside the range), "below", "above", "never" (the
    event does not happen in the run) and "silent" (the record has no figure).

    The table `explained` has the outcomes that are "below", "above" or "never", each with the parts
    of the model on which it depends. The table `cannot-say` has the recorded facts for which the
    run has no figure, and the reasons. The table `sources` has the sources of the record. Inputs of
    scenarios have a table of their own and no verdict, since an input that agrees with the record
    proves nothing. A short run has few rows. The option --plot draws the outcomes in dollars beside
    their recorded ranges.
    """
    return compare(run, load_record())
