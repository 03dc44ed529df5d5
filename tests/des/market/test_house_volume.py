"""What is traded on the house is the captive maker's share and others' rest, whoever leaves."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from des.clock import DAY_US, SECOND_US
from des.market.house_volume import HouseVolume
from des.scenario import Flow

USD_PER_S = 100.0
USD_PER_DAY = USD_PER_S * DAY_US / SECOND_US
SHARES = st.floats(0, 0.99)


def volume(share: float, elasticity: float | None) -> HouseVolume:
    """Return the volume of one market, whose customers mind a thin book so much, or don't flow."""
    flow = None
    if elasticity is not None:
        flow = Flow(
            deposits_per_volume=0.0,
            depth_elasticity=elasticity,
            base_per_day=0.0,
            fear_half_life_h=1.0,
            halt_after_h=1.0,
            cohorts=({"share": 1.0, "sensitivity": 0.0},),
        )
    market = SimpleNamespace(
        quoter=SimpleNamespace(half_spread_bps=1.0), others_half_spread_bps=None
    )
    maker = SimpleNamespace(volume_share_on=lambda day: share, spread_times=1.0)
    scenario = SimpleNamespace(maker=maker, retail=SimpleNamespace(flow=flow), markets=(market,))
    return HouseVolume(scenario, (SimpleNamespace(volume_usd_per_s=lambda time_us: USD_PER_S),))


@given(share=SHARES, elasticity=st.none() | st.floats(0, 5))
def test_with_all_quotes_shown_volume_is_as_recorded_to_the_last_bit(share, elasticity):
    traded = volume(share, elasticity)

    assert traded.all_usd_per_day(0, maker_shows=1.0) == USD_PER_DAY
    assert traded.others_usd_per_day(0, 0, maker_shows=1.0) == USD_PER_DAY * (1 - share)


@given(share=SHARES, elasticity=st.none() | st.floats(0, 5), shows=st.floats(0, 1))
def test_all_volume_is_others_and_what_the_maker_shows_of_its_own(share, elasticity, shows):
    traded = volume(share, elasticity)

    others = traded.others_usd_per_day(0, 0, shows)
    assert traded.all_usd_per_day(0, shows) == pytest.approx(others + USD_PER_DAY * share * shows)
    assert others <= USD_PER_DAY * (1 - share)


def test_where_nobody_minds_only_its_own_volume_goes_with_the_maker():
    traded = volume(0.45, 0.0)

    assert traded.all_usd_per_day(0, maker_shows=0.0) == pytest.approx(0.55 * USD_PER_DAY)
    assert traded.others_left_without_maker(0, maker_shows=1.0) == 1.0


def test_where_they_mind_others_go_too():
    traded = volume(0.45, 2.0)

    assert traded.all_usd_per_day(0, maker_shows=0.0) == pytest.approx(0.55**3 * USD_PER_DAY)
    assert traded.others_left_without_maker(0, maker_shows=1.0) == pytest.approx(0.55**2)
    assert traded.others_left_without_maker(0, maker_shows=0.0) == 1.0
