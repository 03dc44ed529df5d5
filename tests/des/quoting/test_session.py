"""A quote stays in force after its interval, until it is replaced or the session is cleared."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from des.clock import HOUR_US, SECOND_US, midnight_us
from des.price.lead_price import LeadPrice
from des.quoting.other_quotes import OtherQuotes
from des.quoting.plan import QuotingPolicy
from des.quoting.quotes import Plan
from des.quoting.race import Codes
from des.quoting.session import Decisions, Session
from des.quoting.takers import Takers, nobody_takes
from des.quoting.uninformed import UninformedFlow
from des.scenario import Anchor, Price, VolatilityLevel

DAY = date(2022, 5, 9)
START_US = midnight_us(DAY)
REFRESH_US = 1_700 * SECOND_US  # no quote is posted exactly at the start of the second hour
LAW = Price(
    anchors=(Anchor(at=DAY, price_usd=30_000),),
    volatility=(VolatilityLevel(since=DAY, annual=0.8),),
    ticks_per_s=1.0,
)
SHOWN = Plan(0, (10,), (10**6, 10**6))


@pytest.mark.parametrize("is_cleared", [False, True])
def test_a_quote_stays_in_force_after_its_hour_unless_the_session_is_cleared(is_cleared):
    price = LeadPrice(1, "BTC-PERP", LAW, Decimal(1), START_US, START_US + 2 * HOUR_US)
    nobody = np.empty(0, dtype=np.uint64)
    codes = Codes(np.arange(1), np.arange(1, 3))
    policy = QuotingPolicy(SECOND_US, REFRESH_US, (0,), 0, 0)
    session = Session(price, policy, Takers.of(()), nobody, codes)
    flow = UninformedFlow(1, "BTC-PERP", holders=40, order_usd_mean=600.0)
    others = OtherQuotes(10**6, 10**6, 0)
    decided = Decisions(SHOWN, nobody_takes(0), np.zeros(1, dtype=np.int64), others)
    fills = []
    for begin_us in (START_US, START_US + HOUR_US):
        if begin_us > START_US:
            decided = replace(decided, plan=replace(SHOWN, shown_lots=(0, 0)))
            if is_cleared:
                session.clear()
        span = begin_us, begin_us + HOUR_US
        orders = flow.orders(*span, usd_per_s=300.0, lot_usd=300.0)
        fills.append(session.play(*span, 0.0, decided, orders).rows)

    first, second = (rows[rows["maker"] == 1] for rows in fills)
    assert len(first)
    assert len(second) == 0 if is_cleared else len(second) > 0
    assert (second["time_us"] < START_US + HOUR_US + REFRESH_US).all()
