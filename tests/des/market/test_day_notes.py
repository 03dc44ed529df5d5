"""The notes of a day on each market: the displayed order book and the range of the lead price."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from des.clock import DAY_US, midnight_us
from des.price.lead_price import LeadPrice
from des.traded_hours import TradedHours
from ledger.notes import PriceRange, ShownBook
from ledger.run_folder import RunFolder
from runs.scenarios import load

BUSY = Path(__file__).parents[2] / "worlds" / "busy.toml"
HOURS = range(0, DAY_US, DAY_US // 24)


def test_the_noted_price_range_of_a_day_is_the_range_of_the_ticks_of_the_day(busy_run: RunFolder):
    scenario, found = load(str(BUSY)), {}
    start_us, end_us = midnight_us(scenario.run.start), midnight_us(scenario.run.end)
    for market in scenario.markets:
        tick_usd = Decimal(market.tick_usd)
        price = LeadPrice(scenario.run.seed, market.name, market.price, tick_usd, start_us, end_us)
        for i in range((scenario.run.end - scenario.run.start).days):
            day_us = start_us + i * DAY_US
            ticks = [int(each) for each in price.ticks(day_us, day_us + DAY_US).prices]
            day = scenario.run.start + timedelta(i)
            found[day, market.name] = (min(ticks) * tick_usd, max(ticks) * tick_usd)

    noted = busy_run.dated_notes(PriceRange)

    assert {(day, note.market): (note.low_usd, note.high_usd) for day, note in noted} == found


def test_the_noted_spread_and_size_of_the_maker_agree_with_the_stated_spread_and_size(
    busy_run: RunFolder,
):
    scenario = load(str(BUSY))
    noted = busy_run.dated_notes(ShownBook)

    assert len(noted) == 3 * len(scenario.markets)
    for _, book in noted:
        market = next(each for each in scenario.markets if each.name == book.market)
        quoter, others = market.quoter, market.others
        price_usd = 25_000 if book.market == "BTC-PERP" else 30  # a lower limit of the price
        tick_bps = 10_000 * float(market.tick_usd) / price_usd
        assert float(book.captive_half_spread_bps) == pytest.approx(
            quoter.half_spread_bps, abs=tick_bps
        )
        assert float(book.captive_reach_bps) == pytest.approx(quoter.reach_bps, abs=tick_bps)
        assert float(book.others_half_spread_bps) >= others.half_spread_bps - 0.01
        assert book.captive_levels == quoter.levels
        lot_usd = float(market.lot) * 46_000 if book.market == "BTC-PERP" else 10 * 50
        assert float(book.captive_usd) == pytest.approx(
            quoter.levels * quoter.displayed_usd, abs=quoter.levels * lot_usd
        )
        assert 0 < book.others_usd <= others.displayed_usd


def test_in_a_sampled_run_the_noted_size_is_not_multiplied_by_the_weight_of_the_hour(executed):
    sampled = executed(BUSY, run={"one_hour_in": 12})

    books = [note for _, note in sampled.dated_notes(ShownBook) if note.market == "BTC-PERP"]

    assert len(books) == 3
    for book in books:
        # The note states the mean size of both sides. If the maker's position is at its limit, the
        # maker displays only one side, and the mean is half of the size of this side.
        both, one = 4_000 <= book.captive_usd < 4_200, 2_000 <= book.captive_usd < 2_100
        assert both or one


def test_the_first_played_hour_of_each_day_is_recognised():
    hours = TradedHours(6, 1, 2)
    for i in range(200):
        day_us = midnight_us(date(2022, 1, 1)) + i * DAY_US
        traded = [day_us + hour_us for hour_us in HOURS if hours.has(day_us + hour_us)]
        first = [day_us + hour_us for hour_us in HOURS if hours.is_first_of_day(day_us + hour_us)]
        assert first == traded[:1]
        assert len(traded) == 4
