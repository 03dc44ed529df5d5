"""The volume of a market is summed by day, by month and over the last 24 hours.

The daily pace is the volume of the last 24 hours. In the first hours of a run, the volume so far is
scaled up to 24 hours.
"""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from des.market.house_volume import HouseVolume
from des.market.market_volume import NOTHING, MarketVolume, Traded
from ledger.fills import new_rows
from ledger.motives import Motive
from ledger.notes import TradedDay

TICK_CENTS = 3
COUNTED = (Motive.SPREAD, Motive.PICKOFF, Motive.LIQUIDATION)
JUNE_US = 1_654_041_600_000_000  # 2022-06-01
HOUR_USD = 100.0

fills = st.lists(
    st.tuples(
        st.sampled_from((*COUNTED, Motive.HEDGE, Motive.LEVERAGE)),
        st.integers(-(10**6), 10**6),
        st.integers(1, 10**8),
    ),
    max_size=20,
)


def rows_of(found: list[tuple[Motive, int, int]]) -> np.ndarray:
    rows = new_rows(len(found))
    for row, (motive, lots, price) in zip(rows, found, strict=True):
        row["motive"], row["lots"], row["price"] = motive, lots, price
    return rows


def cents(found: list[tuple[Motive, int, int]], motive: Motive) -> int:
    return TICK_CENTS * sum(abs(lots) * price for each, lots, price in found if each == motive)


@given(parts=st.lists(st.tuples(fills, st.integers(0, 10**15)), max_size=5))
def test_uninformed_orders_hits_and_forced_orders_are_counted_once_and_no_other_fills_are_counted(
    parts,
):
    volume = MarketVolume(TICK_CENTS)
    volume.begin_hour(1.0)
    for found, others in parts:
        volume.count(rows_of(found), others)

    every = [fill for found, _ in parts for fill in found]
    captive, hits, forced = (cents(every, motive) for motive in COUNTED)
    others = TICK_CENTS * sum(others for _, others in parts)
    assert volume.today == volume.this_month == Traded(captive, others, hits, forced)
    assert volume.today.all_cents == captive + others + hits + forced


def traded(volume: MarketVolume, usd: float, response: float = 1.0, stands_for: int = 1) -> None:
    volume.begin_hour(response, stands_for)
    volume.count(new_rows(0), round(100 * usd / TICK_CENTS))


def test_the_daily_pace_is_the_volume_of_24_hours_and_at_first_is_extrapolated_from_fewer_hours():
    volume = MarketVolume(TICK_CENTS)
    paces = [volume.usd_per_day()]
    for usd in (300.0, *[600.0] * 23, 600.0):
        traded(volume, usd)
        paces.append(volume.usd_per_day())

    assert paces[0] == 0.0
    assert paces[1] == pytest.approx(24 * 300)
    assert paces[24] == pytest.approx(300 + 23 * 600)
    assert paces[25] == pytest.approx(24 * 600)  # the first hour was more than 24 hours ago


def test_the_daily_pace_covers_two_played_hours_if_each_of_them_represents_twelve_hours():
    volume = MarketVolume(TICK_CENTS)
    for usd in (9_999.0, 300.0, 600.0):
        traded(volume, usd, stands_for=12)

    assert volume.usd_per_day() == pytest.approx(900)


def test_the_daily_pace_counts_twelve_hours_of_weight_one_in_place_of_one_hour_of_weight_twelve():
    volume = MarketVolume(TICK_CENTS)
    for usd in (2_400.0, 1_200.0):
        traded(volume, usd, stands_for=12)
    for _ in range(12):
        traded(volume, 50.0)

    assert volume.usd_per_day() == pytest.approx(1_200 + 12 * 50, abs=1)


def test_the_volume_without_the_maker_excludes_the_demand_that_the_makers_quotes_attract():
    volume = MarketVolume(TICK_CENTS)
    traded(volume, 300.0, response=3.0)
    traded(volume, 300.0, response=1.0)
    volume.count(rows_of([(Motive.PICKOFF, 5, 7), (Motive.SPREAD, 100, 100)]), 0)

    # Without the maker there would be no hits. The maker's customers would trade with the other
    # makers.
    assert volume.without_maker_cents == pytest.approx(100_00 + 300_00 + 300_00)


def listed(volume: MarketVolume, recorded_usd: float | None) -> SimpleNamespace:
    """Return a listing with this traded volume and this recorded volume, without hourly demand."""
    return SimpleNamespace(
        volume=volume, recorded_usd=lambda _: recorded_usd, close_day_of_demand=lambda: ()
    )


def test_at_the_close_of_a_day_its_volume_is_noted_and_the_next_day_starts_at_zero():
    volume, noted = MarketVolume(TICK_CENTS), []
    traded(volume, 300.0)
    volume.count(rows_of([(Motive.PICKOFF, -5, 7)]), 0)
    listing = listed(volume, 1_000.0)
    journal = SimpleNamespace(note=lambda time_us, note: noted.append(note))
    house = HouseVolume(["BTC-PERP"], [listing], journal)
    assert house.usd_per_day() == volume.usd_per_day()
    assert house.others_cents() == [300_00]

    house.close_day(JUNE_US - 1)

    (note,) = noted
    assert isinstance(note, TradedDay)
    assert note.words()[1:] == ("0.00 USD", "300.00 USD", "1.05 USD", "0.00 USD", "1000.00 USD")
    assert volume.today == volume.this_month == NOTHING
    assert volume.last_month.others_cents == 300_00
    assert house.without_maker_cents() == volume.hours_today == 0
    assert house.usd_per_day() > 0  # the pace includes hours of the previous day


def test_the_volume_of_a_month_is_the_sum_over_its_days():
    volume = MarketVolume(TICK_CENTS)
    house = HouseVolume(
        ["BTC-PERP"],
        [listed(volume, None)],
        SimpleNamespace(note=lambda time_us, note: None),
    )
    for days_left in (3, 2):
        traded(volume, 300.0)
        house.close_day(JUNE_US - days_left * 86_400_000_000 - 1)

    assert volume.this_month.others_cents == 600_00
    assert volume.last_month == NOTHING
