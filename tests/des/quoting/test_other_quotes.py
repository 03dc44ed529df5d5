"""The other makers' quotes are as stated, but wider and smaller after a volatile hour."""

import math
from datetime import date
from decimal import Decimal

import pytest

from des.clock import HOUR_US, midnight_us
from des.price.lead_price import LeadPrice
from des.quoting.other_quotes import OtherQuotes, OtherQuoting
from des.scenario import Others
from ledger.money import to_cents
from runs.scenarios import load

TINY = load("tiny")
DAY = date(2022, 5, 9)
START_US = midnight_us(DAY)
MARK, LOT_CENTS = 30_000, 30_000
TERMS = {"half_spread_bps": 4.0, "displayed_usd": 90_000.0, "latency_s": 0.05}


@pytest.fixture(scope="module")
def price() -> LeadPrice:
    law, tick_usd = TINY.markets[0].price, Decimal(TINY.markets[0].tick_usd)
    return LeadPrice(1, "BTC-PERP", law, tick_usd, START_US, START_US + 72 * HOUR_US)


def quoting(price: LeadPrice, **terms: float) -> OtherQuoting:
    market = TINY.markets[0].model_copy(update={"others": Others(**(TERMS | terms))})
    return OtherQuoting(market, TINY.maker, price, START_US)


def test_other_makers_quote_the_stated_spread_and_size_after_a_calm_hour(price):
    calm = quoting(price, calm_volatility=100.0)

    for hour in range(72):
        quotes = calm.quotes(START_US + hour * HOUR_US, MARK, LOT_CENTS)
        assert quotes == OtherQuotes(12, 300, 50_000)


def test_other_makers_quote_a_wider_spread_and_a_smaller_size_after_a_volatile_hour(price):
    of = {"calm_volatility": 0.5, "spread_elasticity": 0.5, "depth_elasticity": 2.0}
    nervous, stressed = quoting(price, **of), 0
    for hour in range(1, 72):
        now_us = START_US + hour * HOUR_US
        for within_us in (0, HOUR_US - 1):  # at both times quotes depend on the previous hour
            quotes = nervous.quotes(now_us + within_us, MARK, LOT_CENTS)
            stress = max(price.hour_volatility(now_us - HOUR_US) / 0.5, 1.0)
            assert quotes.away_ticks == math.ceil(MARK * 4.0 * stress**0.5 / 10_000)
            assert quotes.shown_lots == to_cents(90_000 / stress**2) // LOT_CENTS
            stressed += stress > 1
    assert stressed > 50


def test_quotes_do_not_depend_on_the_hours_and_weights_of_earlier_calls(price):
    of = {"calm_volatility": 0.5, "spread_elasticity": 0.5, "depth_elasticity": 2.0}
    asked = quoting(price, **of)
    for hour, times in ((5, 1), (5, 12), (5, 1), (6, 1), (5, 12), (6, 12)):
        at = START_US + hour * HOUR_US, MARK + hour, LOT_CENTS, times
        assert asked.quotes(*at) == quoting(price, **of).quotes(*at)


def test_the_hour_before_the_start_of_the_run_counts_as_calm(price):
    assert quoting(price, calm_volatility=0.01).quotes(START_US, MARK, LOT_CENTS)[:2] == (12, 300)


def test_the_displayed_size_is_multiplied_by_the_weight_of_the_hour_and_is_at_least_a_lot(price):
    calm = quoting(price, calm_volatility=100.0)

    assert calm.quotes(START_US, MARK, 10**9).shown_lots == 1
    assert calm.quotes(START_US, MARK, LOT_CENTS, times=12).shown_lots == 3_600


def test_without_a_stated_size_other_makers_display_the_depth_minus_the_captive_makers_part(
    price,
):
    ftx = load("ftx")
    market = ftx.markets[0]
    for day in (date(2020, 3, 5), date(2022, 2, 1)):
        share = ftx.maker.depth_share_on(day)
        reach = market.depth_in_reach_usd(day)
        assert market.others_shown_usd(day, share) == pytest.approx(reach * (1 - share))
