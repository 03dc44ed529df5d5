"""The commands that ask about the market: what was believed, how late quotes were, pools."""

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
    """Simulated against realised results of the maker's quotes.

    \b
      moneytrail expectations runs/out/tiny-seed1
      moneytrail expectations runs/out/tiny-seed1 --format csv --table difference

    Each month the maker plays its own quotes against orders that know nothing. What that promises
    stands beside what was booked at fills; the difference is split into what came from volume,
    what from pick-offs, and the rest. Hedging stands apart. The plans are those of the first of
    each month, with what was decided then.
    """
    return expectations(run)


@click.command("lead-lag")
@click.argument("run", type=RUN)
@report("lead-lag")
def lead_lag_command(run: RunFolder) -> LeadLag:
    """Which venue leads the other, and by how long?

    \b
      moneytrail lead-lag runs/out/tiny-seed1

    The lag at which the prices paid on the house venue go together most with those of the lead
    venue, over all days, and the lags that can't be told from it; above zero, the house follows.
    How old the quotes really were stands beside it: the estimate doesn't use it, and should hold it
    in its interval.
    """
    return lead_lag(run)


@click.command("pools")
@click.argument("run", type=RUN)
@report("pools")
def pools_command(run: RunFolder) -> PoolResults:
    """What did liquidity earn, and what did it lose to arbitrage?

    \b
      moneytrail pools runs/out/tiny-seed1

    In tiny there is none; a scenario's [[group.pools]] make some.

    Pool by pool and month by month: what was in it, how often it was traded, the fees, the loss
    versus rebalancing, and what theory expects of the variance that there was.
    """
    return pools(run)
