"""Terms that change over the years: the maker's share, its credit line, what others pay in."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest

from des.clock import DAY_US, SECOND_US, midnight_us
from des.market.house_volume import HouseVolume
from ledger.accounts import borrowed, cash, claim, income
from ledger.reports.dollars import usd_balances
from ledger.run_folder import RunFolder
from runs.scenarios import load

WORLDS = Path(__file__).parent / "worlds"
GROUP = WORLDS / "group.toml"
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


# ------------------------------------------------------------------- what its quotes are hit for

MONTH_USD, ORDER_USD = 400_000_000, 2_000
START, STEP, END = date(2022, 5, 30), date(2022, 6, 1), date(2022, 6, 3)
BEFORE, AFTER = 0.5, 0.1
STEPS = [{"since": STEP, "share": AFTER}]
ALONE = {"active": False}
ONE_FIRM = {
    "members": [
        {"name": "F", "reaction_ms": 5, "hurdle_bps": 0.5, "capital_usd": 1e9, "order_share": 1e-4}
    ]
}


@pytest.fixture
def hit(executed: Callable[..., RunFolder]) -> Callable[..., list[tuple]]:
    """Return the fills of the maker's quotes in four days over a month's end.

    Each is its time, what it was for, its lots, and its price and the lead's in ticks of a dollar.
    Nobody ever lacks money, and nothing that is decided depends on who holds what.
    """

    def fills(
        firms: dict,
        quoter: dict,
        volatility: float = 0.8,
        depth_usd_per_bp: float | None = None,
        **maker: object,
    ) -> list:
        quotes = {"latency_s": 20.0, "refresh_s": 40.0, "half_spread_bps": 8.0}
        money = {"opening_cash_usd": 1e9, "house_deposit_usd": 4e8, "lead_deposit_usd": 4e8}
        market = {
            "name": "BTC-PERP",
            "lot": "0.01",
            "tick_usd": "1",
            "volume": [{"month": month, "usd": MONTH_USD} for month in ("2022-05", "2022-06")],
            "order_usd_mean": ORDER_USD,
            "price": {
                "ticks_per_s": 0.1,
                "anchors": [{"at": START, "price_usd": 30_000}],
                "volatility": [{"since": START, "annual": volatility}],
            },
            "quoter": quotes | {"position_limit_usd": 1e9} | quoter,
        }
        if depth_usd_per_bp:
            market["depth"] = [{"since": date(2022, 5, 1), "usd_per_bp": depth_usd_per_bp}]
        run = executed(
            "tiny",
            run={"start": START, "end": END, "day_ledgers": []},
            house={"fee_tiers": [{"volume_usd": 0, "taker_bps": 2.0}]},
            maker=money | maker,
            retail={"opening_claim_usd": 1e9},
            firms=firms,
            markets=[market],
        )
        with run.connect() as connection:
            return connection.execute(
                "SELECT time, motive, lots, price, lead FROM rows"
                " WHERE motive IN ('spread', 'pickoff') ORDER BY ALL"
            ).fetchall()

    return fills


def of_days(fills: list[tuple], begin: date, end: date) -> list[tuple]:
    return [fill for fill in fills if begin <= fill[0].date() < end]


@pytest.mark.parametrize("depth_usd_per_bp", [None, 2_500.0])
def test_from_its_step_on_all_trades_are_as_if_a_share_had_never_been_another(
    hit, depth_usd_per_bp
):
    """So are what customers send and what is shown, whether it is stated or a share of the book."""

    def fills(share: float, steps: Sequence[dict] = ()) -> list[tuple]:
        shares = {"volume_share": share, "volume_share_steps": steps}
        if depth_usd_per_bp:
            shares |= {"depth_share": share, "depth_share_steps": steps}
            return hit(ONE_FIRM, {}, depth_usd_per_bp=depth_usd_per_bp, **shares)
        sizes = [{"since": each["since"], "usd": 20_000 * each["share"]} for each in steps]
        shown = {"displayed_usd": 20_000 * share, "displayed_usd_steps": sizes}
        return hit(ONE_FIRM, shown, **shares)

    wide, narrow = fills(BEFORE), fills(AFTER)
    stepping = fills(BEFORE, STEPS)

    assert of_days(stepping, START, STEP) == of_days(wide, START, STEP)
    assert of_days(stepping, STEP, END) == of_days(narrow, STEP, END)
    for motive in ("spread", "pickoff"):
        lots = [
            sum(abs(fill[2]) for fill in of_days(fills, STEP, END) if fill[1] == motive)
            for fills in (wide, narrow)
        ]
        assert lots[0] > 3 * lots[1]


def test_customers_bring_the_maker_its_share_of_the_recorded_volume_before_and_after_a_step(hit):
    fills = hit(
        ALONE,
        {"displayed_usd": 1e6},  # more than any order
        volume_share=BEFORE,
        volume_share_steps=STEPS,
        uninformed_fraction=0.25,
    )

    for begin, end, share, days in ((START, STEP, BEFORE, 31), (STEP, END, AFTER, 30)):
        usd = [abs(lots) * price * 0.01 for _, _, lots, price, _ in of_days(fills, begin, end)]
        expected_usd = MONTH_USD / days * (end - begin).days * share * 0.25
        # A Poisson number of orders, whose mean square is at most twice the square of their mean.
        error_usd = (2 * expected_usd * ORDER_USD) ** 0.5
        assert abs(sum(usd) - expected_usd) < 4 * error_usd < expected_usd / 3


@pytest.mark.parametrize("times", [0.5, 1.0, 2.0])
def test_quotes_are_hit_so_many_times_as_far_from_the_price(hit, times):
    """While the price stands still, so that all quotes are made from what it is at the hit."""
    ladder = {"levels": 2, "level_step_bps": 4.0, "displayed_usd": 1_000}  # some hits reach deeper
    fills = hit(ALONE, ladder, volatility=0.0, spread_times=times)

    assert {lead for *_, lead in fills} == {30_000}
    levels = (30_000 * bps * times / 10_000 for bps in (8, 12))
    distances = {(price - lead) * (1 if lots > 0 else -1) for _, _, lots, price, lead in fills}
    assert distances == set(levels)


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

    assert volume.all_usd_per_day(start_us, maker_shows=1.0) == 100 * DAY_S
    assert volume.others_left_without_maker(start_us, 1.0) == pytest.approx(times_as_wide**-2)


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
