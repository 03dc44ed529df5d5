"""The commands on markets: `expectations`, `lead-lag` and `pools`."""

import click

from ledger.reports.market.expectations import Expectations, expectations
from ledger.reports.market.lead_lag import LeadLag, lead_lag
from ledger.reports.market.pool_results import PoolResults, pools
from ledger.run_folder import RunFolder
from runs.cli.parameters import RUN
from runs.reporting import report


@click.command("expectations")
@click.argument("run", type=RUN)
@report("expectations", "plans", "expectations-by-market", "difference", "check")
def expectations_command(run: RunFolder) -> Expectations:
    """Which result did the maker predict for its quotes, and which did it get?

    \b
      moneytrail expectations runs/out/tiny-seed1
      moneytrail expectations runs/out/tiny-seed1 --format csv --table difference

    Each month the maker simulates its own quotes against uninformed orders. The report compares
    this prediction with the booked result of the quotes' fills, and splits the difference into
    three parts: volume, pick-offs, and other causes. Both results exclude hedging. The table
    `plans` has the maker's decision for each month, its plan for the month, and the booked result.
    """
    return expectations(run)


@click.command("lead-lag")
@click.argument("run", type=RUN)
@report("lead-lag")
def lead_lag_command(run: RunFolder) -> LeadLag:
    """Which exchange's price moves first, and how much earlier?

    \b
      moneytrail lead-lag runs/out/tiny-seed1

    The estimate is a lag: the time shift at which prices paid on the house venue differ least from
    prices on the lead venue. If the lag is positive, the house follows the lead venue. The report
    shows the actual ages of quotes beside the estimate. The estimate does not use these ages. A
    good estimate is within the range of the ages.
    """
    return lead_lag(run)


@click.command("pools")
@click.argument("run", type=RUN)
@report("pools")
def pools_command(run: RunFolder) -> PoolResults:
    """How much did liquidity in pools earn in fees, and lose to arbitrage?

    \b
      moneytrail pools runs/out/tiny-seed1

    The scenario `tiny` has no pool. A scenario file adds pools in [[group.pools]].

    For each pool and month the table has the value, the number of trades, the fees, the loss versus
    rebalancing, and the loss that theory expects from the actual variance of the price.
    """
    return pools(run)
