"""The commands `firms` and `skill`, which report the results of trading firms."""

import click

from ledger.reports.firms.firm_results import FirmAccounts, firms
from ledger.reports.firms.skill import Skill, skill
from ledger.run_folder import RunFolder
from runs.cli.parameters import RUN, plotted
from runs.plots.firms_plot import firms_figure
from runs.plots.skill_plot import skill_figure
from runs.reporting import report


@click.command("firms")
@click.argument("run", type=RUN)
@report(
    "league",
    "classes",
    "margin",
    "capital",
    "share-of-pickoff-loss",
    "claims-against-cash",
    "hit-limits",
    "check",
)
@plotted(firms_figure)
def firms_command(run: RunFolder) -> FirmAccounts:
    """What did each trading firm earn from stale quotes?

    \b
      moneytrail firms runs/out/tiny-seed1
      moneytrail firms runs/out/tiny-seed1 --format csv --table league

    Edge is a firm's gain at its fills on the house venue, measured at the lead price. Fees and
    hedging are costs. The column `elsewhere_usd` has the expected result of the firm's own quotes
    and hits on the lead venue. A claim is not cash: the table `claims-against-cash` shows how much
    the house could pay if all customers withdrew at once. The table `margin` has the variation
    margin on each venue. Variation margin shows only price moves. The table `league` leaves it out.
    """
    return firms(run)


@click.command("skill")
@click.argument("run", type=RUN)
@report("skill", "rank-correlation", "classes", "quoter-by-class", "quoter-by-firm")
@plotted(skill_figure)
def skill_command(run: RunFolder) -> Skill:
    """Do trading firms' results on the exchange and elsewhere show skill?

    \b
      moneytrail skill runs/out/tiny-seed1
      moneytrail skill runs/out/tiny-seed1 --table classes --plot skill.svg

    The result at the house is edge less fees and hedging costs. The result elsewhere comes from a
    firm's own quotes and hits on the lead venue. Intervals are bootstrapped over firms, and
    separately over days. If the captive maker does not quote on some days, the report compares
    results on days with and without its quotes.
    """
    return skill(run)
