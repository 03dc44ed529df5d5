"""Five inputs raise or lower the maker's loss on stale quotes as expected.

The world has one day, one market with frequent ticks, and one firm with enough money. All runs have
the same random draws of prices and delays, so only the changed input makes a difference.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from ledger.run_folder import RunFolder

START, END = date(2022, 5, 9), date(2022, 5, 10)
FIRM = {"name": "F", "reaction_ms": 5, "hurdle_bps": 0.5, "capital_usd": 1e9, "order_share": 0.01}
MONEY = {"opening_cash_usd": 1e9, "house_deposit_usd": 4e8, "lead_deposit_usd": 4e8}
OTHERS_BPS = 5.0
QUOTER = {
    "latency_s": 2.0,
    "half_spread_bps": 4.0,
    "position_limit_usd": 1e9,
    "displayed_usd": 8_000.0,
}


@pytest.fixture(scope="module")
def played(executed) -> Callable[..., RunFolder]:
    """Return a function that runs the day with the given taker fee and quotes."""

    def run(taker_bps: float = 2.0, **quoter: float) -> RunFolder:
        market = {
            "name": "BTC-PERP",
            "lot": "0.01",
            "tick_usd": "1",
            "demand": [{"month": "2022-05", "usd": 1e7}],
            "order_usd_mean": 20_000,
            "price": {
                "ticks_per_s": 4.0,
                "anchors": [{"at": START, "price_usd": 30_000}],
                "volatility": [{"since": START, "annual": 1.0}],
            },
            "quoter": QUOTER | quoter,
            "others": {
                "half_spread_bps": OTHERS_BPS,
                "displayed_usd": 50_000,
                "latency_s": 0.05,
                "calm_volatility": 1.0,
            },
        }
        return executed(
            "tiny",
            run={"start": START, "end": END, "day_ledgers": []},
            house={"fee_tiers": [{"volume_usd": 0, "taker_bps": taker_bps}]},
            maker=MONEY,
            firms={"members": [FIRM]},
            markets=[market],
        )

    return run


@pytest.fixture(scope="module")
def lost(played) -> Callable[..., Decimal]:
    """Return a function that gives the maker's loss on stale quotes in the day, in dollars."""

    def usd(taker_bps: float = 2.0, **quoter: float) -> Decimal:
        ((cents,),) = played(taker_bps, **quoter).select(
            "SELECT coalesce(sum(edge_cents), 0) FROM rows WHERE motive = 'pickoff'"
        )
        return Decimal(cents).scaleb(-2)

    return usd


def test_a_lower_latency_lowers_the_loss_of_the_maker_and_at_zero_latency_the_loss_is_zero(lost):
    """The refresh interval is not stated, so it equals the latency."""
    by_latency = [lost(latency_s=latency_s) for latency_s in (8.0, 2.0, 0.5, 0.1, 0.0)]

    assert by_latency == sorted(by_latency, reverse=True)
    assert by_latency[-2] < by_latency[0] / 100
    assert by_latency[-1] == 0


def test_a_longer_refresh_interval_raises_the_loss_of_the_maker(lost):
    assert lost() < lost(refresh_s=8.0)


@pytest.mark.parametrize("half_spread_bps", [5.0, 8.0, 16.0])
def test_wider_quotes_lower_the_loss_of_the_maker(lost, half_spread_bps):
    assert lost(half_spread_bps=half_spread_bps) < lost()


def test_the_loss_of_the_maker_is_about_proportional_to_the_displayed_size(lost):
    """Quotes are rounded to whole lots, so the test accepts a difference of 2 %."""
    once = lost()

    assert lost(displayed_usd=32_000.0) == pytest.approx(4 * once, rel=Decimal("0.02"))


def test_lower_taker_fees_raise_the_loss_of_the_maker(lost):
    assert lost(taker_bps=0.5) > lost(taker_bps=2.0) > lost(taker_bps=7.0)


# ------------------------------------------------------------- earnings from customers


@pytest.fixture(scope="module")
def earned_bps(played) -> Callable[..., float]:
    """Return a function that gives the maker's gain on trades with customers, in basis points."""

    def bps(**quoter: float) -> float:
        ((mean,),) = played(**quoter).select(
            "SELECT -10_000 * sum(edge_cents) / sum(abs(lots) * price) FROM rows "
            "WHERE motive = 'spread'"  # one lot times one tick is one cent
        )
        return float(mean)

    return bps


def test_the_maker_earns_less_from_customers_if_its_latency_is_higher(earned_bps):
    """Customers trade at the maker's price if it is better than the price of the other makers.

    So customers take a stale quote of the maker mostly when its price is bad for the maker. At
    latencies of many seconds the gain falls no further, because a firm hits stale quotes before
    customers do. See `runs.experiments.late_quotes` and its tests.
    """
    by_latency = [earned_bps(latency_s=latency_s) for latency_s in (0.0, 0.5, 2.0)]

    assert by_latency == sorted(by_latency, reverse=True)
    assert by_latency[-1] < by_latency[0] / 2


@pytest.mark.parametrize("half_spread_bps", [4.0, 8.0])
def test_customers_pay_the_maker_at_most_the_half_spread_of_the_other_makers(
    earned_bps, half_spread_bps
):
    assert earned_bps(half_spread_bps=half_spread_bps) <= OTHERS_BPS
