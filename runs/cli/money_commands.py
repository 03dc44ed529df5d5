"""The commands that ask where money went, whether it was there, and who paid for bankruptcies."""

import click

from ledger.reports.life.cage import cage
from ledger.reports.liquidations.cascade import liquidations
from ledger.reports.money.quarters import where_by_quarter
from ledger.reports.money.where import where
from ledger.reports.table import Table
from ledger.run_folder import RunFolder
from runs.cli.reporting import RUN, plotted, report
from runs.plots import cage_figure, liquidations_figure
from runs.record.facts import load_record
from runs.record.recorded_liquidations import beside_record


@click.command("where")
@click.argument("run", type=RUN)
@click.option("--by", type=click.Choice(("quarter",)), help="The hole by kind, quarter by quarter.")
@report
def where_command(run: RunFolder, by: str | None) -> list[Table]:
    """Where did the money go? The hole by kind, cash by receiver, and the bridge.

    \b
      moneytrail where runs/out/tiny-seed1
      moneytrail where runs/out/tiny-seed1 --by quarter

    The hole is what customers outside the house group are owed, less what the group could pay
    with. Kinds above zero used money, kinds below zero brought it; they sum to the hole to the
    cent. A claim is not cash: who won a hundred may have been paid ten, so cash is told apart,
    and the bridge leads from the claims at first to those that are left. What must be zero is
    printed with it.
    """
    return where_by_quarter(run) if by else where(run)


@click.command("cage")
@click.argument("run", type=RUN)
@report
@plotted(cage_figure)
def cage_command(run: RunFolder) -> list[Table]:
    """Since when could the chips no longer be cashed?

    \b
      moneytrail cage runs/out/tiny-seed1
      moneytrail cage runs/out/tiny-seed1 --table dates --plot cage.png

    Each day's close: what the firms made at the house so far, what all customers are owed, and
    the cash that is really there.
    """
    return cage(run)


@click.command("liquidations")
@click.argument("run", type=RUN)
@report
@plotted(liquidations_figure)
def liquidations_command(run: RunFolder) -> list[Table]:
    """Whose margin failed, who took their positions over, and who paid?

    \b
      moneytrail liquidations runs/out/tiny-seed1

    In tiny nobody trades on margin; in luna they do.

    Hour by hour what was filled in the book, taken by backstops and closed against the other side;
    who lost and who earned; what became of what the backstops took; who paid for bankruptcies. By
    day, beside what the public record leaves open for FTX. --plot draws prices, liquidations, and
    what the backstops held and earned, one below the other.
    """
    tables = liquidations(run)
    return [*tables, beside_record(run, tables, load_record())]
