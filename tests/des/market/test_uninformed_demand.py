"""The demand of uninformed customers, stated or recorded, agrees with the formulas."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from des.clock import HOUR_US, midnight_us
from des.market.market_volume import MarketVolume
from des.market.uninformed_demand import UninformedDemand
from des.quoting.other_quotes import OtherQuotes
from des.quoting.quotes import Plan
from des.scenario import Demand, MonthVolume
from des.scenario.demand import RESPONSE_MAX
from ledger.fills import new_rows
from runs.scenarios import load

DAY_US = midnight_us(date(2022, 5, 9))
MONTH_USD = 31 * 86_400 * 10.0  # ten dollars a second
MAY = (MonthVolume(month="2022-05", usd=MONTH_USD),)
ALONE = OtherQuotes(away_ticks=10, shown_lots=20, latency_us=0)

ticks = st.integers(0, 30)
lots = st.integers(0, 100)
elasticities = st.floats(0, 2)


def demand_of(
    closure: str, spread: float = 0.0, depth: float = 0.0, stands_for: int = 1
) -> tuple[UninformedDemand, MarketVolume]:
    given = {"volume": MAY, "demand": MAY, "stands_for": stands_for}
    market = load("tiny").markets[0].model_copy(update=given)
    rules = Demand(closure=closure, spread_elasticity=spread, depth_elasticity=depth)
    volume = MarketVolume(1)
    return UninformedDemand(rules, market, volume), volume


# ---------------------------------------------------------------------- the response to quotes


@given(offset=ticks, bid=lots, ask=lots, levels=st.integers(1, 3), e=elasticities, d=elasticities)
def test_demand_responds_to_spread_and_depth_with_the_stated_elasticities(
    offset, bid, ask, levels, e, d
):
    assume(bid or ask)
    demand, _ = demand_of("stated", e, d)
    plan = Plan(0, tuple(offset + i for i in range(levels)), (ask, bid))
    best = min(max(offset, 1), 10)
    shown = levels * (ask + bid) / 2

    response = demand.response(plan, ALONE)

    expected = (best / 10) ** -e * ((shown + 20) / 20) ** d
    assert response == pytest.approx(min(expected, RESPONSE_MAX))
    assert response >= 1
    stated = demand.usd_per_s_in_hour(DAY_US, response)
    assert stated == pytest.approx(10.0 * response)


def test_the_makers_quotes_have_no_effect_on_demand_if_their_size_is_zero():
    demand, _ = demand_of("stated", 1.0, 1.0)

    assert demand.response(Plan(0, (1, 2), (0, 0)), ALONE) == 1.0


def test_stated_demand_does_not_depend_on_earlier_volume():
    demand, volume = demand_of("stated")
    volume.begin_hour(1.0)
    volume.count(new_rows(0), 10**9)

    assert demand.usd_per_s_in_hour(DAY_US, 1.0) == pytest.approx(10.0)


# --------------------------------------------------------------------------- recorded demand


@given(traded_usd=st.lists(st.integers(0, 100_000), min_size=1, max_size=24))
def test_recorded_demand_is_the_recorded_volume_up_to_the_hours_end_minus_the_traded_volume(
    traded_usd,
):
    demand, volume = demand_of("recorded", 1.0, 1.0)
    for hours_before, usd in enumerate(traded_usd):
        volume.begin_hour(1.0)
        wanted = demand.usd_per_s_in_hour(DAY_US + hours_before * HOUR_US, response=7.0)

        lacking = 36_000 * (hours_before + 1) - sum(traded_usd[:hours_before])
        assert wanted * 3_600 == pytest.approx(max(lacking, 0))
        volume.count(new_rows(0), 100 * usd)


def test_volume_above_the_record_does_not_reduce_the_demand_of_the_next_day():
    demand, volume = demand_of("recorded")
    volume.begin_hour(1.0)
    volume.count(new_rows(0), 10**12)
    assert demand.usd_per_s_in_hour(DAY_US, 1.0) == 0.0

    volume.close_day()
    volume.begin_hour(1.0)
    assert demand.usd_per_s_in_hour(DAY_US + 24 * HOUR_US, 1.0) == pytest.approx(10.0)


@pytest.mark.parametrize("closure", ["recorded", "stated"])
def test_an_hour_that_represents_twelve_hours_has_twelve_times_the_demand(closure):
    demand, volume = demand_of(closure)
    for hour in (3, 17):
        volume.begin_hour(1.0, 12)
        assert demand.usd_per_s_in_hour(DAY_US + hour * HOUR_US, 1.0) == pytest.approx(120.0)
        volume.count(new_rows(0), 12 * 36_000 * 100)


@pytest.mark.parametrize("closure", ["recorded", "stated"])
def test_each_of_three_similar_markets_has_the_whole_stated_or_recorded_demand(closure):
    demand, volume = demand_of(closure, stands_for=3)
    for hour in range(4):
        volume.begin_hour(1.0)
        assert demand.usd_per_s_in_hour(DAY_US + hour * HOUR_US, 1.0) == pytest.approx(10.0)
        volume.count(new_rows(0), 3 * 36_000 * 100)
