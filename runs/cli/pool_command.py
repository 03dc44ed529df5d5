"""The command that asks what liquidity cost."""

import click

from ledger.reports.market.pool_results import PoolResults, pools
from ledger.run_folder import RunFolder
from runs.cli.reporting import RUN, report


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
