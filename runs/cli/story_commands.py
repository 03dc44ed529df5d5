"""The commands `answer`, `timeline`, `solvency` and `valuation`: the group over its whole life."""

from datetime import date

import click

from ledger.reports.life.answer import Answer, answered
from ledger.reports.life.share_prices import HouseValuation, valuation
from ledger.reports.life.solvency import Solvency, solvency
from ledger.reports.life.timeline import BY, Timeline, timeline
from ledger.reports.money.hole_in_kind import IN_KIND_TABLES
from ledger.run_folder import RunFolder
from runs.cli.parameters import BOOKS, DAY, RUN, plotted
from runs.plots.solvency_plot import solvency_figure
from runs.plots.timeline_plot import timeline_figure
from runs.plots.valuation_plot import valuation_figure
from runs.reporting import report


@click.command("answer")
@click.argument("run", type=RUN)
@report("hole-by-kind")
def answer_command(run: RunFolder) -> Answer:
    """Where did the money go, in one paragraph and one table?

    \b
      moneytrail answer runs/out/tiny-seed1

    The paragraph has the hole, the largest uses of money, and the cost of the mechanism that the
    thread claims. It also states when customers' money was in use, when the group was insolvent,
    and when withdrawals had to wait. The table is the hole by kind.
    """
    return answered(run)


@click.command("timeline")
@click.argument("run", type=BOOKS)
@click.option(
    "--by", type=click.Choice(BY), default=BY[0], show_default=True, help="The period of each row."
)
@report("firsts", "timeline", "worth", "identity")
@plotted(timeline_figure)
def timeline_command(run: RunFolder, by: str) -> Timeline:
    """When was customers' money used, and since when was the group insolvent?

    \b
      moneytrail timeline runs/out/tiny-seed1
      moneytrail timeline runs/out/tiny-seed1 --by day --table firsts --plot timeline.png

    The first table has the first day of each milestone. Some milestones are the first use of the
    credit line, claims above the exchange's cash, insolvency at market prices, and the halt of
    withdrawals. The other tables have the group's debts, cash, tokens and hole at the end of each
    month or day. The last row of these tables is the last day of the books.
    """
    return timeline(run, by)


@click.command("solvency")
@click.argument("run", type=BOOKS)
@click.argument("day", metavar="DATE", type=DAY)
@report("group", "entities", "tokens", "balance-sheets", *IN_KIND_TABLES)
@plotted(solvency_figure)
def solvency_command(run: RunFolder, day: date) -> Solvency:
    """What did each entity own and owe at the end of DATE?

    \b
      moneytrail solvency runs/out/tiny-seed1 2022-05-10
      moneytrail solvency runs/out/tiny-seed1 2022-05-10 --table group

    The report has the balance sheet of each entity, and one balance sheet of exchange and maker
    together, without their debts to each other. Each balance sheet balances. Another table has the
    tokens of all entities, at cost and at mark.
    """
    return solvency(run, day)


@click.command("valuation")
@click.argument("run", type=RUN)
@report("rounds", "months", "reviews", "ways")
@plotted(valuation_figure)
def valuation_command(run: RunFolder) -> HouseValuation:
    """At what price was the exchange valued, and why did its maker go on quoting?

    \b
      moneytrail valuation runs/out/tiny-seed1
      moneytrail valuation runs/out/tiny-seed1 --table reviews

    The scenario `tiny` has no valuation, so the tables are empty. A scenario states the recorded
    values of funding rounds in [[group.rounds]], and the multiples for computed values in
    [group.valuation]. The key maker.policy states the rule by which the maker decides about its
    quotes.

    For each funding round the report has the recorded value of the exchange and three computed
    values. The first is a multiple of the growth of its fees. The second is the same, but computed
    as if the captive maker had not quoted in the last year. The third is a multiple of a
    year's earnings, as for a trading firm. Other tables have the computed values by month, and each
    decision of the maker about its quotes.
    """
    return valuation(run)
