"""Customers trade at the better price. So a maker with late quotes gains less.

Statistical tests allow a deviation of three standard errors.
"""

import math
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from des.clock import HOUR_US, microseconds, midnight_us
from des.price.lead_price import LeadPrice, Ticks
from des.quoting.limits import Limits, none_counted
from des.quoting.other_quotes import OtherQuotes
from des.quoting.plan import QuotingPolicy
from des.quoting.quotes import ASK, Plan, blank, post
from des.quoting.race import ANY_PRICE, FORCED, ORDER, UNINFORMED, Codes, Fills, fills_of
from des.quoting.session import Decisions, Session
from des.quoting.takers import Takers, nobody_takes
from des.quoting.uninformed import UninformedFlow
from des.scenario import Anchor, Price, VolatilityLevel
from ledger.motives import Motive

DAY = date(2022, 5, 9)
START_US = midnight_us(DAY)
HOURS = 48
PRICE_USD, TICK_USD, LOT_USD = 30_000.0, 1, 300.0
AWAY_TICKS, OTHERS_LATENCY_US = 12, 50_000
LATENCIES_S = (0.0, 0.5, 2.0, 8.0)
# There are no firms. Customers have code 7, the captive maker 1, and the other makers 2.
ALONE = Codes(np.array([7]), np.array([1, 2]))


# ------------------------------------------------------------------- a late maker earns less


@pytest.fixture(scope="module")
def price() -> LeadPrice:
    law = Price(
        ticks_per_s=4.0,
        anchors=(Anchor(at=DAY, price_usd=PRICE_USD),),
        volatility=(VolatilityLevel(since=DAY, annual=0.8),),
    )
    end_us = START_US + HOURS * HOUR_US
    return LeadPrice(1, "BTC-PERP", law, Decimal(TICK_USD), START_US, end_us)


def filled(price: LeadPrice, latency_s: float) -> list[Fills]:
    """Return the fills of each hour if the captive maker's quotes have this latency.

    The captive maker and the other makers have the same half-spread.
    """
    policy = QuotingPolicy(microseconds(latency_s), microseconds(latency_s), (0,), 0, 0)
    nobody = np.empty(0, dtype=np.uint64)
    session = Session(price, policy, Takers.of(()), nobody, ALONE)
    flow = UninformedFlow(1, "BTC-PERP", holders=40, order_usd_mean=2 * LOT_USD)
    decided = Decisions(
        Plan(0, (AWAY_TICKS,), (10**6, 10**6)),
        nobody_takes(0),
        np.zeros(1, dtype=np.int64),
        OtherQuotes(AWAY_TICKS, 10**6, OTHERS_LATENCY_US),
    )
    fills = []
    for hour in range(HOURS):
        span = (START_US + hour * HOUR_US, START_US + (hour + 1) * HOUR_US)
        orders = flow.orders(*span, usd_per_s=LOT_USD, lot_usd=LOT_USD)
        fills.append(session.play(*span, 0.0, decided, orders))
    return fills


def earned(rows: np.ndarray, lead: np.ndarray) -> np.ndarray:
    """Return the maker's gain on each fill at the lead prices *lead*, in ticks per lot."""
    return (rows["price"] - lead) * np.sign(rows["lots"])


@pytest.fixture(scope="module")
def by_latency(price) -> dict[float, list[Fills]]:
    return {latency_s: filled(price, latency_s) for latency_s in LATENCIES_S}


@pytest.mark.parametrize("latency_s", LATENCIES_S)
def test_no_fill_earns_more_than_the_other_makers_half_spread_at_the_lead_price_that_they_see(
    price, by_latency, latency_s
):
    ticks = price.ticks(START_US, START_US + HOURS * HOUR_US)
    rows = np.concatenate([fills.rows for fills in by_latency[latency_s]])
    seen_us = np.maximum(rows["time_us"] - OTHERS_LATENCY_US, ticks.times_us[0])
    seen = ticks.prices[np.searchsorted(ticks.times_us, seen_us, side="right") - 1]

    assert len(rows) > 10_000
    assert (rows["motive"] == Motive.SPREAD).all()
    assert earned(rows, seen).max() == AWAY_TICKS


def test_the_mean_gain_on_a_fill_falls_as_the_latency_of_the_maker_rises(by_latency):
    means, errors = [], []
    for latency_s in LATENCIES_S:
        rows = np.concatenate([fills.rows for fills in by_latency[latency_s]])
        each = earned(rows, rows["lead"])
        means.append(each.mean())
        errors.append(each.std() / math.sqrt(len(each)))

    for i, later in enumerate(means[1:]):
        assert means[i] - later > 3 * math.hypot(errors[i], errors[i + 1])
    assert means[0] <= AWAY_TICKS
    assert means[-1] < AWAY_TICKS / 4


def test_the_volume_of_customers_hardly_depends_on_the_latency_of_the_maker(by_latency):
    """Other makers fill all lots that the maker does not fill, at nearly the same prices."""
    lots = {}
    for latency_s, every in by_latency.items():
        captive = sum(int((np.abs(f.rows["lots"]) * f.rows["price"]).sum()) for f in every)
        others = sum(f.others_lot_ticks for f in every)
        assert captive > 0 < others
        lots[latency_s] = captive + others

    assert max(lots.values()) / min(lots.values()) < 1.001


# ------------------------------------------------------------------------------------- ties


def met(lots: int, left: int, others_lots: int, away: int, firm: int = UNINFORMED) -> Fills:
    """Return the fills of one buy order.

    The captive maker asks 1004 and 1006 ticks, and the other makers ask 1000 + *away* ticks.
    """
    now, price = np.array([0]), np.array([1_000])
    quote = post(blank(0, 2, firms=0), now, 0, Ticks(now, price), Plan(0, (4, 6), (left, left)))
    order = np.array([(0, firm, ASK, ANY_PRICE, lots, 0, 0)], dtype=ORDER)
    others = OtherQuotes(away, others_lots, 0)
    nobody = np.empty(0, np.int64)
    limits = Limits(nobody, nobody.reshape(2, 0), none_counted())
    return fills_of(order, quote, now, price, limits, others, ALONE)


@pytest.mark.parametrize(
    ("lots", "left", "others_lots", "captive"),
    [
        (9, 6, 3, 6),  # both makers fill in proportion to their displayed size
        (5, 6, 3, 3),  # 3.33 lots are rounded down, and the other makers get the rest
        (1, 6, 3, 0),
        (100, 6, 3, 6),  # the maker fills at most its displayed size
        (9, 0, 3, 0),
    ],
)
@pytest.mark.parametrize("firm", [UNINFORMED, FORCED])
def test_makers_with_the_same_price_fill_an_order_in_proportion_to_displayed_size(
    lots, left, others_lots, captive, firm
):
    rows, others_lot_ticks, bought_of_others = met(lots, left, others_lots, away=4, firm=firm)
    by_maker = {maker: rows["lots"][rows["maker"] == maker].sum() for maker in (1, 2)}

    assert by_maker[1] == captive
    if firm == FORCED:
        assert (by_maker[2], others_lot_ticks, bought_of_others) == (lots - captive, 0, 0)
    else:
        assert by_maker[2] == 0
        assert (others_lot_ticks, bought_of_others) == ((lots - captive) * 1_004, lots - captive)


@pytest.mark.parametrize(
    ("away", "captive", "others_price"), [(3, 0, 1_003), (5, 6, 1_005), (7, 12, 1_007)]
)
def test_an_order_first_takes_the_captive_makers_better_levels_and_then_trades_with_other_makers(
    away, captive, others_price
):
    rows, others_lot_ticks, _ = met(20, 6, 3, away)

    assert rows["lots"].sum() == captive
    assert others_lot_ticks == (20 - captive) * others_price
