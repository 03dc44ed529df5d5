"""Measures how the loss on stale quotes grows with displayed size, with and without new firms.

    python -m runs.experiments.size_sweep        (or: make size-sweep)

Runs the scenario `size-sweep` for each size and seed, on all cores: once with a fixed set of firms,
and once with firms that enter and move their capital. The maker's loss is read from the general
ledger of each run.

For each seed, a straight line is fitted to the logarithms of loss and size. The exponent is the
slope of this line. If quotes of twice the size lose twice as much, the exponent is 1. Limited
capital of the firms lowers the exponent. The exponent is higher if large profits attract new firms.
The true median of the exponent lies between the least and the greatest exponent of six seeds with a
probability of 1 - 2 / 2^6 = 97 %, for any distribution of the exponent.
"""

import math
import statistics
from decimal import Decimal
from itertools import product
from typing import NamedTuple

from des.firms.capital import TRADING
from ledger.accounts import income
from ledger.kinds import Kind
from ledger.reports.dollars import usd_balances
from ledger.reports.market.hit_limits import STATUS
from ledger.reports.table import Cell, Table
from runs.experiments.experiment import books_of, experiment, run_cases
from runs.scenarios import load

SCENARIO = "size-sweep"
SIZES_USD = (250_000, 500_000, 1_000_000, 2_000_000, 4_000_000)
SEEDS = (1, 2, 3, 4, 5, 6)
WAYS = ("frozen", "adapting")

Case = tuple[str, int, int]  # one of WAYS, displayed size in USD, seed


class MakerLoss(NamedTuple):
    """The maker's loss in one run in dollars, and the number of new firms."""

    pickoff_usd: Decimal
    net_usd: Decimal  # the loss less the spread income
    came: int  # number of firms that entered after the first day


def losses(case: Case) -> MakerLoss:
    """Run one case and read the maker's loss and the number of new firms from its books."""
    way, size_usd, seed = case
    scenario = load(SCENARIO, {"run": {"seed": seed}})
    markets = [market.model_dump() for market in scenario.markets]
    markets[0]["quoter"]["displayed_usd"] = float(size_usd)
    changes = {"run": {"seed": seed}, "markets": markets}
    if way == "frozen":
        changes["firms"] = {"capital": None}
    with books_of(load(SCENARIO, changes)) as run:
        booked, maker = usd_balances(run), run.chart.parties.maker
        ((came,),) = run.select(
            "SELECT count(*) FROM events WHERE ends_with(name, ?) AND value = ? AND date > ?",
            [STATUS, TRADING, scenario.run.start],
        )
    lost = booked[income(maker, Kind.PICKOFF)]
    return MakerLoss(lost, lost + booked[income(maker, Kind.SPREAD)], came)


def exponent(sizes: list[float], lost: list[float]) -> float:
    """Return the least-squares slope of log loss on log size."""
    logs = [[math.log(x) for x in column] for column in (sizes, lost)]
    return statistics.linear_regression(*logs).slope


def sweep_tables(found: dict[Case, MakerLoss]) -> list[Table]:
    """Return the table of results by size, and the table of exponents."""
    return [_by_size(found), _exponents(found)]


def _by_size(found: dict[Case, MakerLoss]) -> Table:
    def cells(way: str, size_usd: int) -> tuple[Cell, ...]:
        of_seeds = [found[way, size_usd, seed] for seed in SEEDS]
        lost = [each.pickoff_usd for each in of_seeds]
        net = statistics.median(each.net_usd for each in of_seeds)
        ends = (statistics.median(lost), min(lost), max(lost), net)
        came = Decimal(str(round(statistics.mean(each.came for each in of_seeds), 1)))
        return (way, size_usd, *(round(usd) for usd in ends), came)

    return Table(
        "loss-by-size",
        "Monthly loss on stale quotes, by displayed size",
        (
            "entry",
            "displayed_usd",
            "pickoff_median_usd",
            "pickoff_least_usd",
            "pickoff_greatest_usd",
            "net_of_spread_median_usd",
            "firms_that_came",
        ),
        [cells(way, size) for way, size in product(WAYS, SIZES_USD)],
        (
            f"Median, least and greatest are over {len(SEEDS)} seeds. The column firms_that_came "
            "has the mean number of firms that entered after the first day. Frozen: no firm enters "
            "or moves its capital. Adapting: firms can enter and move their capital.",
        ),
    )


def _exponents(found: dict[Case, MakerLoss]) -> Table:
    by_way = {
        way: sorted(
            exponent(
                [float(size) for size in SIZES_USD],
                [float(found[way, size, seed].pickoff_usd) for size in SIZES_USD],
            )
            for seed in SEEDS
        )
        for way in WAYS
    }
    confidence_pct = 100 * (1 - 2 / 2 ** len(SEEDS))
    return Table(
        "exponents",
        "The exponent, if the loss on stale quotes is proportional to a power of displayed size",
        ("entry", "median", "least", "greatest"),
        [
            (way, *(f"{each:.3f}" for each in (statistics.median(of), of[0], of[-1])))
            for way, of in by_way.items()
        ],
        (
            f"With {confidence_pct:.0f} % confidence, the true median is between the least and the "
            "greatest exponent.",
        ),
    )


@experiment("loss-by-size", "exponents")
def main() -> list[Table]:
    """Print how the loss on stale quotes grows with displayed size."""
    return sweep_tables(run_cases(losses, list(product(WAYS, SIZES_USD, SEEDS))))


if __name__ == "__main__":
    main()
