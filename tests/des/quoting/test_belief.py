"""The predictions of the maker's simulation, in which orders do not depend on the price.

Statistical tests allow a deviation of three standard errors.
"""

import calendar
import math
from datetime import date
from functools import cache

import numpy as np
import pytest

from des.clock import DAY_US, HOUR_US, SECOND_US, midnight_us
from des.market.hedging import HedgeDesk
from des.market.holdings import Holdings
from des.market.listing import Listing, Traders
from des.quoting.belief import SAMPLE_US
from des.quoting.firms_in_market import FirmsInMarket
from des.quoting.session import Session
from des.scenario import Market
from des.traded_hours import TradedHours
from ledger.money import Contract
from runs.scenarios import load

TINY = load("tiny")
START, END = date(2022, 5, 9), date(2022, 6, 1)
LAST_US = midnight_us(END) - 1
DAYS = (END - START).days
DAYS_OF_MAY = 31
HOURS = 24 * DAYS
PRICE_USD = 100.0
LOT, TICK_USD = "10", "0.001"
LOT_USD, TICKS_PER_BP = 1_000.0, 10  # at PRICE_USD: dollars per lot, ticks per bp
ORDER_USD = 20_000.0
MONTH_USD, SHARE = 3e10, 0.2
HALF_SPREAD_BPS = 8.0
FAR_AWAY = {
    "half_spread_bps": 1_000.0,
    "displayed_usd": 1e6,
    "latency_s": 0.0,
    "calm_volatility": 100.0,
}
NEVER_STALE = {"latency_s": 0.0, "refresh_s": 0.0}


def market(quoter: dict, month_usd: float = MONTH_USD, annual: float = 0.8) -> Market:
    at_rest = {"half_spread_bps": HALF_SPREAD_BPS, "position_limit_usd": 1e12, "displayed_usd": 1e9}
    return Market.model_validate(
        {
            "name": "SOL-PERP",
            "lot": LOT,
            "tick_usd": TICK_USD,
            "order_usd_mean": ORDER_USD,
            "demand": ({"month": "2022-05", "usd": month_usd},),
            "others": FAR_AWAY,
            "price": {
                "anchors": ({"at": START, "price_usd": PRICE_USD},),
                "volatility": ({"since": START, "annual": annual},),
            },
            "quoter": at_rest | NEVER_STALE | quoter,
        }
    )


@cache
def promised(until_us: int = LAST_US, of: float = MONTH_USD, annual: float = 0.8, **quoter):
    """Return the result and volume that the maker predicts until *until_us*, in dollars."""
    run = TINY.run.model_copy(update={"start": START, "end": END})
    of_market = market(quoter, of, annual)
    scenario = TINY.model_copy(update={"run": run, "markets": (of_market,)})
    contract = Contract("SOL-PERP", "FTX", LOT, TICK_USD)
    firms = scenario.firms.members
    listing = Listing(
        scenario,
        of_market,
        contract,
        firms,
        Traders(maker=0, others=6, takers=np.array([1, 2, 3])),
        HedgeDesk(np.zeros(8, dtype=np.int64), 0.0, 7),
        Session,
        TradedHours.of(run),
    )
    # The simulation uses the volume of about the last 24 hours. Here all days have the same volume.
    listing.volume.usd_per_day = lambda: SHARE * of / DAYS_OF_MAY
    nobody = np.zeros(len(firms), dtype=np.int64)
    firms_in_market = FirmsInMarket(nobody, nobody, nobody, nobody, nobody > 0)
    for hour_us in range(midnight_us(START), until_us, HOUR_US):
        listing.decide(hour_us, 0.0, Holdings(0, 0, True, firms_in_market))
    ((result_cents, volume_cents),) = listing.maker.promised()
    return result_cents / 100, volume_cents / 100


# The maker's simulation plays only the first minutes of each hour. SAMPLED is the expected number
# of orders in all played minutes together.
EXPECTED_USD = MONTH_USD * SHARE * DAYS / calendar.monthrange(2022, 5)[1]
SAMPLE_H = SAMPLE_US / HOUR_US
SAMPLED = EXPECTED_USD / ORDER_USD * SAMPLE_H


@pytest.mark.parametrize("half_spread_bps", [20.0, 100.0])
def test_the_predicted_result_of_fresh_quotes_is_the_half_spread_times_the_volume(half_spread_bps):
    """The tolerance is half a tick plus three standard errors of the mean price move.

    In the simulation the half-spread in ticks is set at the start of each hour. At a random time in
    the next five minutes, the price has moved by 0.17 % (root mean square). If an hour has k orders
    on average, the squared coefficient of variation of its volume is about 2 / k. So n such hours
    count as much as n / (1 + 2 / k) hours of equal volume.
    """
    result_usd, volume_usd = promised(half_spread_bps=half_spread_bps)

    rounding = 0.5 / (half_spread_bps * TICKS_PER_BP)
    moved = 0.8 * math.sqrt(150 / (365 * 86_400)) * math.sqrt((1 + 2 * HOURS / SAMPLED) / HOURS)
    assert result_usd / volume_usd == pytest.approx(
        half_spread_bps * 1e-4, rel=rounding + 3 * moved
    )


def test_the_predicted_volume_is_the_daily_volume_times_the_number_of_days():
    """The number of orders is Poisson with mean n, and their sizes are geometric with mean m.

    So the standard error of the volume is about m * sqrt(2 * n).
    """
    _, volume_usd = promised(refresh_s=2.0)

    assert volume_usd == pytest.approx(EXPECTED_USD, rel=3 * math.sqrt(2 / SAMPLED))


def test_stale_quotes_have_the_same_predicted_result_as_fresh_quotes():
    """Simulated orders do not depend on the price, so gains and losses from its moves average out.

    A quote is two to four seconds old. In this time the price moves by sigma * sqrt(3 s) (root mean
    square). Fills of one quote share the price move but have random sides. So the results of these
    fills are uncorrelated. Sizes have a geometric distribution with mean m. So the sum over n fills
    has a standard error of about m * sqrt(2 * n) times the move.
    """
    annual = 2.0
    result_usd, volume_usd = promised(annual=annual, latency_s=2.0, refresh_s=2.0)

    moved = annual * math.sqrt(3 / (365 * 86_400))
    # Moves of this size would change the result if they did not average out.
    assert moved > 0.5 * HALF_SPREAD_BPS * 1e-4
    assert abs(result_usd / volume_usd - HALF_SPREAD_BPS * 1e-4) < 3 * moved * math.sqrt(
        2 / SAMPLED
    )


def test_the_prediction_is_zero_if_there_is_no_volume():
    assert promised(of=0.0) == (0.0, 0.0)


def test_the_predicted_volume_is_limited_by_the_displayed_size():
    """A quote displays one lot on each side, so each side fills one lot of its first order.

    The price is constant. A quote lasts two seconds, and each of its sides receives x orders on
    average. The number of orders is Poisson. So a side is filled with probability 1 - exp(-x), and
    a total of n orders has the standard error sqrt(n).
    """
    _, volume_usd = promised(annual=0.0, displayed_usd=LOT_USD, refresh_s=2.0)

    sides = 2 * HOURS * SAMPLE_US / (2 * SECOND_US)
    served = sides * (1 - math.exp(-SAMPLED / sides))
    assert volume_usd * SAMPLE_H / LOT_USD == pytest.approx(served, rel=3 / math.sqrt(SAMPLED))


def test_twice_the_half_spread_doubles_the_predicted_result():
    (one_usd, volume_usd), (two_usd, same_usd) = (
        promised(half_spread_bps=bps) for bps in (100.0, 200.0)
    )

    # Each half-spread, of about 1,000 or 2,000 ticks, is rounded to whole ticks.
    assert two_usd / one_usd == pytest.approx(2, rel=0.001)
    # The fills have slightly different prices.
    assert same_usd == pytest.approx(volume_usd, rel=0.001)


def test_a_prediction_for_an_unfinished_month_covers_the_days_so_far():
    _, ten_usd = promised(midnight_us(START) + 10 * DAY_US - 1)

    n = SAMPLED * 10 / DAYS
    assert ten_usd == pytest.approx(EXPECTED_USD * 10 / DAYS, rel=3 * math.sqrt(2 / n))


def test_a_new_simulation_with_the_same_seed_gives_the_same_prediction_to_the_cent():
    promised.cache_clear()
    first = promised()
    promised.cache_clear()

    assert promised() == first
