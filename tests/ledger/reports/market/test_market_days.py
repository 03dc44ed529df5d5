"""The daily figures of a market agree with a simple loop over the books."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest

from ledger.reports.market.market_days import market_days
from ledger.reports.trail.query import query
from ledger.reports.trail.sql import sql
from ledger.run_folder import RunFolder

FILLED = ("pickoff", "spread", "liquidation")


@pytest.fixture(params=["busy_run", "margin_run"])
def run(request: pytest.FixtureRequest) -> RunFolder:
    """Return one of two runs: a run with two markets, or a run with liquidations."""
    return request.getfixturevalue(request.param)


def fills(run: RunFolder) -> list[dict]:
    """Return all fills at the house."""
    found = sql(run, "SELECT * FROM fills WHERE venue = 'FTX'")
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def told_by_others(run: RunFolder) -> list[tuple[date, str, Decimal]]:
    """Return the other makers' volume from the metadata of entries."""
    return [
        (entry.date, entry.meta["market"], entry.meta["volume"].number)
        for entry in run.transactions
        if "volume" in entry.meta
    ]


def test_the_volume_of_a_day_counts_every_trade_once_and_the_makers_volume_is_stated_separately(
    run: RunFolder,
):
    everybody, maker = defaultdict(Decimal), defaultdict(Decimal)
    for fill in fills(run):
        if fill["motive"] in FILLED:
            place = fill["time"].date(), fill["market"]
            everybody[place] += fill["notional_usd"]
            if fill["maker"] == "Alameda":
                maker[place] += fill["notional_usd"]
    for day, market, usd in told_by_others(run):
        everybody[day, market] += usd

    days = market_days(run)

    assert {(each.day, each.market): each.all_usd for each in days} == everybody
    assert {(each.day, each.market): each.maker_usd for each in days} == maker
    assert len(days) >= 3


def test_fees_of_all_markets_sum_to_the_fee_income_of_the_house(run: RunFolder):
    by_day = defaultdict(Decimal)
    for each in market_days(run):
        by_day[each.day] += each.fees_usd
    earned = query(run, "SELECT date, -sum(number) WHERE account = 'Income:FTX:Fees' GROUP BY date")

    assert by_day == dict(earned.rows)


def test_fees_of_a_market_are_the_fees_on_fills_and_on_the_volume_of_other_makers(
    busy_run: RunFolder,
):
    by_market = defaultdict(Decimal)
    for fill in fills(busy_run):
        by_market[fill["market"]] += fill["fee_usd"]
    for entry in busy_run.transactions:
        if "volume" in entry.meta:
            by_market[entry.meta["market"]] += sum(
                -posting.units.number
                for posting in entry.postings
                if posting.account == "Income:FTX:Fees"
            )

    found = defaultdict(Decimal)
    for each in market_days(busy_run):
        found[each.market] += each.fees_usd
    assert found == by_market
    assert len(found) == 2


def test_lead_prices_of_hits_are_within_the_price_range_of_the_day(run: RunFolder):
    seen = defaultdict(set)
    for fill in fills(run):
        if fill["motive"] == "pickoff":
            seen[fill["time"].date(), fill["market"]].add(fill["lead_usd"])

    for each in market_days(run):
        prices = seen[each.day, each.market]
        assert each.price.low_usd <= min(prices) < max(prices) <= each.price.high_usd
