"""Positions are hedged once on the lead venue, with a delay, and at the stated cost."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from des.clock import SECOND_US
from des.market.hedging import HedgeDesk
from des.price.lead_price import Ticks
from ledger.fills import new_rows
from ledger.motives import Motive

MAKER, FAST, SLOW, BYSTANDER, OUTSIDE = range(5)
HEDGERS = [MAKER, FAST, SLOW]
STEP_US = 300 * SECOND_US


def desk_of(delays_us=(2_000_000, 5_000, 20_000), half_spread_bps=0.2) -> HedgeDesk:
    by_party = np.zeros(5, dtype=np.int64)
    by_party[HEDGERS] = delays_us
    return HedgeDesk(by_party, half_spread_bps, OUTSIDE)


def house_fills(*fills: tuple[int, int, int], motive: Motive = Motive.PICKOFF) -> np.ndarray:
    """Return fills on the house venue. Each argument is one fill's time, taker and lots."""
    rows = new_rows(len(fills))
    rows["motive"] = motive
    for i, (time_us, taker, lots) in enumerate(fills):
        rows["time_us"][i], rows["taker"][i], rows["lots"][i] = time_us, taker, lots
    return rows


def still(price: int) -> Ticks:
    return Ticks(np.array([0]), np.array([price]))


# ---- the hedged positions


@given(
    traded=st.lists(st.tuples(*[st.integers(-50, 50)] * len(HEDGERS)), min_size=1, max_size=12),
    delays_us=st.tuples(*[st.integers(0, 4 * STEP_US)] * len(HEDGERS)),
)
def test_every_position_is_hedged_exactly_once_for_any_delay(traded, delays_us):
    """An order that is sent but not yet filled counts as a hedge.

    At the end the sum of each hedger's positions on both venues is zero.
    """
    desk = desk_of(delays_us)
    house, lead = np.zeros(5, dtype=np.int64), np.zeros(5, dtype=np.int64)
    idle = [(0,) * len(HEDGERS)] * 5  # five intervals without trades, until all orders are filled
    filled = []
    for i, lots in enumerate([*traded, *idle]):
        now_us = i * STEP_US
        house[HEDGERS] += lots
        house[BYSTANDER] -= sum(lots)
        desk.decide(now_us, MAKER, int((house + lead)[MAKER]))
        ours = zip(HEDGERS, lots, strict=True)
        desk.follow(house_fills(*((now_us, firm, n) for firm, n in ours if firm != MAKER and n)))
        assert desk.ordered_lots() == -sum(lots)
        rows = desk.fills(now_us + STEP_US, still(30_000), 0.0)
        np.add.at(lead, rows["taker"], rows["lots"])
        np.subtract.at(lead, rows["maker"], rows["lots"])
        filled += [(int(r["time_us"]), int(r["taker"]), int(r["lots"])) for r in rows]

    assert not (house + lead)[HEDGERS].any()
    assert (house + lead)[BYSTANDER] == house[BYSTANDER]
    assert sorted(filled) == sorted(
        (i * STEP_US + delays_us[member], member, -lots[member])
        for i, lots in enumerate(traded)
        for member in HEDGERS
        if lots[member]
    )


def test_firms_hedge_each_fill_separately_even_if_two_hedges_would_cancel_each_other():
    desk = desk_of()
    desk.follow(house_fills((10, FAST, 7), (20, FAST, -7), (30, SLOW, 1)))
    rows = desk.fills(STEP_US, still(30_000), 0.0)

    hedges = [(5_010, FAST, -7), (5_020, FAST, 7), (20_030, SLOW, -1)]
    assert rows[["time_us", "taker", "lots"]].tolist() == hedges


def test_uninformed_customers_do_not_hedge():
    desk = desk_of()
    desk.follow(house_fills((10, BYSTANDER, 7), motive=Motive.SPREAD))

    assert len(desk.fills(STEP_US, still(30_000), 0.0)) == 0


def test_the_net_lots_of_new_hedge_orders_are_returned_only_once():
    desk = desk_of()
    desk.decide(0, MAKER, 30)
    desk.follow(house_fills((0, FAST, -10), (0, SLOW, -15)))

    assert desk.ordered_lots() == -5
    assert desk.ordered_lots() == 0


# ---- the time and the price of fills


def test_a_hedge_is_filled_at_the_lead_price_at_the_time_of_its_arrival():
    """The lead price is 30,000 ticks at the time of the decision.

    An order is filled at the price in force at its arrival. A price change at this moment counts.
    """
    ticks = Ticks(
        np.array([0, 5_000, 5_001, 20_001, 2_000_001]),
        np.array([30_000, 30_100, 30_200, 30_300, 30_400]),
    )
    desk = desk_of(half_spread_bps=0.0)
    desk.decide(0, MAKER, 30)
    desk.follow(house_fills((0, FAST, -10), (0, SLOW, -15)))
    rows = desk.fills(STEP_US, ticks, 0.0)

    assert rows["taker"].tolist() == [FAST, SLOW, MAKER]
    assert rows["time_us"].tolist() == [5_000, 20_000, 2_000_000]
    assert rows["lead"].tolist() == rows["price"].tolist() == [30_100, 30_200, 30_300]
    assert (rows["motive"] == Motive.HEDGE).all()
    assert (rows["maker"] == OUTSIDE).all()


def test_an_order_that_arrives_at_the_end_of_an_interval_is_filled_in_the_next_interval():
    desk = desk_of(delays_us=(STEP_US, STEP_US - 1, 0))
    desk.decide(0, MAKER, 30)
    desk.follow(house_fills((0, FAST, -10)))

    assert desk.fills(STEP_US, still(30_000), 0.0)["taker"].tolist() == [FAST]
    assert desk.fills(2 * STEP_US, still(30_000), 0.0)["taker"].tolist() == [MAKER]
    assert len(desk.fills(3 * STEP_US, still(30_000), 0.0)) == 0


@given(
    price=st.integers(2, 10**8),
    lots=st.integers(-(10**6), 10**6).filter(bool),
    half_spread_bps=st.integers(0, 10**4).map(lambda n: n / 100),
    impact=st.sampled_from([0.0, 1e-7, 3e-6]),
)
def test_a_hedge_pays_the_half_spread_and_its_price_impact_each_rounded_up_to_a_whole_tick(
    price, lots, half_spread_bps, impact
):
    desk = desk_of(half_spread_bps=half_spread_bps)
    desk.decide(0, MAKER, lots)
    row = desk.fills(STEP_US, still(price), impact)[0]

    spread = math.ceil(price * Fraction(round(half_spread_bps * 100), 1_000_000))
    own = math.ceil(price * impact * math.sqrt(abs(lots))) if impact else 0
    sign = -1 if lots > 0 else 1  # a long position is hedged by a sale
    assert row["lots"] == -lots
    assert row["price"] == max(price + sign * (spread + own), 1)


@pytest.mark.parametrize(("lots", "paid"), [(100, 29_999), (-100, 30_001)])
def test_the_half_spread_is_rounded_up_for_a_sale_and_for_a_purchase(lots, paid):
    """A half-spread of 0.2 bps of 30,000 ticks is 0.6 ticks, rounded up to one tick."""
    desk = desk_of(half_spread_bps=0.2)
    desk.decide(0, MAKER, lots)
    assert desk.fills(STEP_US, still(30_000), 0.0)["price"].tolist() == [paid]


def test_an_order_is_filled_only_after_its_delay():
    desk = desk_of(delays_us=(2 * STEP_US, 0, 0))
    desk.decide(0, MAKER, 7)

    assert not len(desk.fills(STEP_US, still(30_000), 1e-6))
    assert len(desk.fills(3 * STEP_US, still(30_000), 1e-6)) == 1


def test_an_order_of_four_times_the_size_has_twice_the_price_impact():
    desk = desk_of(half_spread_bps=0.0)
    desk.decide(0, MAKER, -100)
    desk.follow(house_fills((0, FAST, -400)))
    rows = desk.fills(STEP_US, still(10**6), 1e-5)
    by_taker = dict(zip(rows["taker"].tolist(), rows["price"].tolist(), strict=True))
    assert by_taker[MAKER] - 10**6 == 100
    assert by_taker[FAST] - 10**6 == 200


def test_an_order_whose_impact_is_already_in_the_lead_price_does_not_pay_this_impact_again():
    """The lead price already contains the impact of the orders of MAKER and SLOW.

    FAST sends its order later, so only FAST pays its own impact.
    """
    desk = desk_of(delays_us=(2 * STEP_US, 5_000, 2 * STEP_US), half_spread_bps=0.0)
    desk.decide(0, MAKER, -100)
    desk.follow(house_fills((0, SLOW, -100)))
    assert desk.ordered_lots() == 200
    desk.follow(house_fills((10, FAST, -100)))

    first = desk.fills(STEP_US, still(10**6), 1e-5)
    later = desk.fills(3 * STEP_US, still(10**6), 1e-5)
    assert first[["taker", "price"]].tolist() == [(FAST, 10**6 + 100)]
    assert sorted(later[["taker", "price"]].tolist()) == [(MAKER, 10**6), (SLOW, 10**6)]
