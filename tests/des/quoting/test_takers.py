"""A firm's terms for hitting quotes: the threshold, the order size, and the position limit."""

from dataclasses import replace

import numpy as np
import pytest

from des.quoting.firms_in_market import FirmsInMarket
from des.quoting.quotes import ASK, BID
from des.quoting.takers import Takers, competing, terms
from des.scenario import Firm

MARK = 50_000  # in ticks of one cent per lot, so a lot is worth 500 dollars
FIRMS = [
    Firm(name=f"Firm{i}", reaction_ms=5, hurdle_bps=hurdle, capital_usd=1e6, order_share=share)
    for i, (hurdle, share) in enumerate([(2.0, 0.1), (1.0, 1.0), (0.5, 0.5)])
]
STATE = FirmsInMarket(
    lots=np.array([0, 100, 0]),
    claim_cents=np.array([100_000_000] * 3),
    margin_cents=np.array([50_000_000] * 3),
    fee_e6=np.array([400, 400, 700]),
    trades=np.array([True, True, False]),
)


def decided(state: FirmsInMarket = STATE, hurdle_times: float = 1.0):
    return terms(Takers.of(FIRMS), MARK, 1, state, hurdle_times)


def test_the_largest_size_of_an_order_is_a_share_of_the_present_claim_of_the_firm():
    twice = replace(STATE, claim_cents=2 * STATE.claim_cents)

    assert decided().order_lots.tolist() == [200, 2_000, 1_000]
    assert decided(twice).order_lots.tolist() == [400, 4_000, 2_000]


def test_a_firm_may_trade_until_its_long_or_short_position_is_worth_leverage_times_margin():
    """With a leverage of three, a margin of half a million dollars allows 3,000 lots.

    The second firm is already long 100 lots.
    """
    assert decided().room_lots[ASK].tolist() == [3_000, 2_900, 3_000]
    assert decided().room_lots[BID].tolist() == [3_000, 3_100, 3_000]


def test_the_threshold_of_each_trading_firm_is_its_fee_plus_its_hurdle():
    """The fee plus the hurdle is 6 bps for the first firm and 5 bps for the second firm.

    The third firm does not trade. The price is 50,000 ticks.
    """
    assert decided().firm.tolist() == [1, 0]
    assert decided().threshold.tolist() == [25, 30]


@pytest.mark.parametrize(("firms", "exponent", "times"), [(4, 0.5, 0.5), (9, 0.0, 1), (0, 1.0, 1)])
def test_hurdles_are_divided_by_a_power_of_the_number_of_firms(firms, exponent, times):
    assert competing(firms, exponent) == times
    # With half the hurdles, the thresholds are 4 + 1 bps and 4 + 0.5 bps, rounded down to ticks.
    assert decided(hurdle_times=0.5).threshold.tolist() == [22, 25]
