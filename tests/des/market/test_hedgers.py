"""A backstop provider sells at most its stated dollars per minute, but at least one lot."""

import numpy as np
import pytest

from des.clock import SECOND_US, midnight_us
from des.market.hedgers import Hedgers
from des.market.hedging import HedgeDesk
from des.market.holdings import Holdings
from des.price.lead_price import Ticks
from des.quoting.firms_in_market import FirmsInMarket
from des.scenario import Provider
from runs.scenarios import load

MAKER, BACKSTOP, OUTSIDE = range(3)
LOT_CENTS, POSITION_LOTS = 100, 10**6


def sold_lots(unwind_usd_per_minute: float | None, settle_s: int) -> int:
    """Return the lots that a backstop sells at one settlement. A lot is worth a dollar."""
    provider = Provider(
        name="Backstop01",
        usd_per_minute=1.0,
        usd_per_hour=1.0,
        unwind_delay_s=0.0,
        unwind_usd_per_minute=unwind_usd_per_minute,
    )
    run = load("tiny", {"run": {"settle_s": settle_s}}).run
    desk = HedgeDesk(np.zeros(3, dtype=np.int64), 0.0, OUTSIDE)
    none = np.empty(0, dtype=np.int64)
    state = Holdings(
        maker_lots=0,
        maker_lead_lots=0,
        may_quote=True,
        firms=FirmsInMarket(none, none, none, none, none),
        backstop_lots=(POSITION_LOTS,),
    )
    now_us = midnight_us(run.start)
    ordered = Hedgers(run, desk, MAKER, [(provider, BACKSTOP)]).decide(now_us, LOT_CENTS, state)
    still = Ticks(np.array([now_us]), np.array([30_000]))
    rows = desk.fills(now_us + settle_s * SECOND_US, still, 0.0)

    assert rows["taker"].tolist() == [BACKSTOP]
    assert rows["lots"].tolist() == [ordered]
    return -ordered


@pytest.mark.parametrize(("settle_s", "lots"), [(10, 100), (60, 600), (900, 9_000)])
def test_a_backstop_sells_the_stated_value_per_minute_times_the_minutes_of_the_interval(
    settle_s, lots
):
    assert sold_lots(600.0, settle_s) == lots


def test_a_backstop_sells_at_least_one_lot():
    assert sold_lots(0.5, 60) == 1


def test_a_backstop_without_a_stated_speed_sells_its_whole_position_at_once():
    assert sold_lots(None, 60) == POSITION_LOTS
