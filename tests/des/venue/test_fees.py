"""Fee tiers: the volume of the last thirty days determines a taker's fee on the next day."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from des.scenario import FeeTier
from des.venue.fees import FeeSchedule

TIERS = (
    FeeTier(volume_usd=0, taker_bps=7.0),
    FeeTier(volume_usd=2_000_000, taker_bps=6.0),
    FeeTier(volume_usd=5_000_000, taker_bps=5.5),
)
USD = 100  # cents


def schedule(*volume_30d_usd: float) -> FeeSchedule:
    return FeeSchedule(TIERS, np.array([round(usd * USD) for usd in volume_30d_usd]))


@pytest.mark.parametrize(
    ("volume_usd", "rate_e6"),
    [
        (0, 700),
        (1_999_999.99, 700),
        (2_000_000, 600),
        (4_999_999.99, 600),
        (5_000_000, 550),
        (10**12, 550),
    ],
)
def test_a_fee_tier_applies_if_the_volume_is_at_least_the_volume_of_the_tier(volume_usd, rate_e6):
    assert schedule(volume_usd).rates_e6.tolist() == [rate_e6]


def test_each_taker_has_the_fee_tier_of_its_own_volume():
    assert schedule(0, 2_000_000, 5_000_000).rates_e6.tolist() == [700, 600, 550]


@pytest.mark.parametrize(
    ("volume_usd", "discount", "floor_bps", "rate_e6"),
    [
        (0, 0.6, 1.5, 280),
        (5_000_000, 0.6, 0.0, 220),
        (5_000_000, 0.6, 2.5, 250),  # the discounted fee, 220, is below the floor
        (5_000_000, 0.0, 6.0, 550),  # a floor above the tier's fee has no effect
        (5_000_000, 1.0, 0.0, 0),
        # The discount of 183.15 is rounded down to 183, so the fee is 550 - 183.
        (5_000_000, 0.333, 0.0, 367),
    ],
)
def test_a_discount_reduces_the_fee_of_the_tier_but_not_below_the_floor(
    volume_usd, discount, floor_bps, rate_e6
):
    volume_cents = np.array([volume_usd * USD])
    fees = FeeSchedule(TIERS, volume_cents, np.array([discount]), floor_bps)

    assert fees.rates_e6.tolist() == [rate_e6]


def test_the_volume_of_a_day_counts_for_thirty_days():
    fees, nothing = schedule(0), np.array([0])
    fees.close_day(np.array([2_000_000 * USD]))
    for _ in range(29):
        assert fees.rates_e6 == 600
        fees.close_day(nothing)
    assert fees.rates_e6 == 600
    fees.close_day(nothing)
    assert fees.rates_e6 == 700


def test_each_day_removes_a_thirtieth_of_the_volume_from_before_the_run():
    """The volume from before the run is three million dollars.

    After ten days two million dollars of this volume remain. A day later less than two million
    dollars remain.
    """
    fees = schedule(3_000_000)
    for _ in range(10):
        assert fees.rates_e6 == 600
        fees.close_day(np.array([0]))
    assert fees.rates_e6 == 600
    fees.close_day(np.array([0]))
    assert fees.rates_e6 == 700


@given(
    before_cents=st.integers(0, 10**9),
    days_cents=st.lists(st.integers(0, 5 * 10**7), max_size=45),
)
def test_the_fee_rate_depends_on_the_volume_of_the_last_thirty_days(before_cents, days_cents):
    fees = FeeSchedule(TIERS, np.array([before_cents]))
    for cents in days_cents:
        fees.close_day(np.array([cents]))
    traded = sum(days_cents[-30:])
    left = max(30 - len(days_cents), 0)
    # Each day removes a thirtieth of the volume that was traded before the run. Rounding changes
    # the sum by less than 30 cents.
    volume_usd = (traded + before_cents * left / 30) / USD
    rates = {
        max((t for t in TIERS if t.volume_usd <= volume_usd + off), key=lambda t: t.volume_usd)
        for off in (-30 / USD, 0, 30 / USD)
        if volume_usd + off >= 0
    }
    assert int(fees.rates_e6[0]) in {round(tier.taker_bps * 100) for tier in rates}
