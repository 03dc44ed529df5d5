"""Terms that change over the years: the maker's share, its credit line, what others pay in."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest

from des.clock import DAY_US, SECOND_US, midnight_us
from des.quoting.plan import QuotingPolicy
from des.venue.volume import HouseVolume
from ledger.accounts import borrowed, cash, claim, income
from ledger.reports.dollars import usd_balances
from ledger.run_folder import RunFolder
from runs.scenarios import load

WORLDS = Path(__file__).parent / "worlds"
GROUP, BUSY = WORLDS / "group.toml", WORLDS / "busy.toml"
SCENARIO = load(str(GROUP))
DAY_S = DAY_US // SECOND_US
HOUSE, OTHERS = SCENARIO.house.name, SCENARIO.other_makers.name


def drawn_usd(run: RunFolder, day: date) -> Decimal:
    """Return what the maker owes the house at the end of a day."""
    account = borrowed(SCENARIO.maker.name, SCENARIO.house.name)
    postings = (
        posting.units.number
        for entry in run.transactions
        if entry.date <= day
        for posting in entry.postings
        if posting.account == account
    )
    return -sum(postings, Decimal(0))


def test_nothing_is_drawn_before_the_day_that_allows_it_nor_more_than_it_allows(executed):
    allowed = {date(2022, 6, 1): 650_000, date(2022, 6, 3): 20_000}
    steps = [{"since": day, "usd": usd} for day, usd in allowed.items()]
    run = executed(GROUP, maker={"credit_line_usd": 0, "credit_line_steps": steps})

    before, allowed_usd, later = (
        drawn_usd(run, date(2022, *day)) for day in ((5, 31), (6, 2), (6, 4))
    )
    assert before == 0
    assert 20_000 < allowed_usd <= 650_000
    assert later == allowed_usd  # nothing is called back, and nothing more is lent


def test_a_share_holds_from_the_first_of_its_month_on():
    steps = [{"since": date(2022, 6, 1), "share": 0.05}]
    maker = load(str(GROUP), {"maker": {"volume_share": 0.2, "volume_share_steps": steps}}).maker

    assert maker.volume_share_on(date(2022, 5, 31)) == 0.2
    assert (
        maker.volume_share_on(date(2022, 6, 1)) == maker.volume_share_on(date(2030, 1, 1)) == 0.05
    )


def test_what_the_maker_does_not_trade_others_do(executed):
    """All volume is somebody's: the fees of others are theirs of all of it, less its share."""
    steps = [{"since": date(2022, 6, 1), "share": 0.05}]
    run = executed(GROUP, maker={"volume_share": 0.2, "volume_share_steps": steps})
    volume = {
        entry.date: entry.meta["volume"].number
        for entry in run.transactions
        if "fees" in entry.tags
    }

    before, after = volume[date(2022, 5, 31)], volume[date(2022, 6, 1)]
    by_month = {each.month: each.usd for each in SCENARIO.markets[0].volume}
    assert before / Decimal(by_month["2022-05"] / 31) == pytest.approx(Decimal("0.8"))
    assert after / Decimal(by_month["2022-06"] / 30) == pytest.approx(Decimal("0.95"))


def test_levels_stand_so_many_times_as_far_out():
    quoter = load(str(BUSY)).markets[0].quoter

    near, far = QuotingPolicy.of(quoter), QuotingPolicy.of(quoter, spread_times=2.0)
    assert far.offset_e6 == tuple(2 * offset for offset in near.offset_e6)


@pytest.mark.parametrize(("others_bps", "times_as_wide"), [(24.0, 2.0), (12.0, 1.0), (3.0, 1.0)])
def test_volume_minds_a_wider_book_where_the_best_quotes_were_the_makers(others_bps, times_as_wide):
    scenario = load(str(WORLDS / "run.toml"))
    (market,) = scenario.markets
    quoter = market.quoter.model_copy(update={"half_spread_bps": 12.0})
    changes = {"quoter": quoter, "others_half_spread_bps": others_bps}
    flow = scenario.retail.flow.model_copy(update={"depth_elasticity": 0, "spread_elasticity": 2.0})
    retail = scenario.retail.model_copy(update={"flow": flow})
    markets = (market.model_copy(update=changes),)
    listing = SimpleNamespace(volume_usd_per_s=lambda _: 100.0)
    volume = HouseVolume(
        scenario.model_copy(update={"markets": markets, "retail": retail}), [listing]
    )
    start_us = midnight_us(scenario.run.start)

    assert volume.usd_per_day(0, start_us, maker_shows=0.5) == 100 * DAY_S
    assert volume.left_without_maker(start_us, 1.0) == pytest.approx(times_as_wide**-2)


def test_other_makers_pay_in_what_they_are_charged(executed):
    kept, paid_in = 1_000, 20_000
    run = executed(GROUP, other_makers={"opening_claim_usd": kept, "opening_cash_usd": paid_in})
    usd = usd_balances(run)
    fees = sum(
        posting.units.number
        for entry in run.transactions
        if "fees" in entry.tags
        for posting in entry.postings
        if posting.account == income(HOUSE, "Fees")
    )

    assert usd[claim(OTHERS, HOUSE)] == kept
    assert usd[cash(OTHERS)] - paid_in == fees < 0


def test_who_has_no_cash_to_pay_in_is_charged_as_far_as_the_claim_goes(executed):
    run = executed(GROUP, other_makers={"opening_claim_usd": 10.0})
    assert usd_balances(run)[claim(OTHERS, HOUSE)] == 0
    assert not any(entry.payee == OTHERS and "deposit" in entry.tags for entry in run.transactions)
