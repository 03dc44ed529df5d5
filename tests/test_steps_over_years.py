"""The maker's share of the depth and the limit of its credit line may change on stated days.

This file also tests how fills depend on the displayed size and on the half-spread, and how the
other makers pay their fees.
"""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from des.scenario import Maker
from ledger.accounts import borrowed, cash, claim, income
from ledger.reports.dollars import usd_balances
from ledger.run_folder import RunFolder
from runs.scenarios import load

WORLDS = Path(__file__).parent / "worlds"
GROUP = WORLDS / "group.toml"
SCENARIO = load(str(GROUP))
HOUSE, OTHERS = SCENARIO.house.name, SCENARIO.other_makers.name


def drawn_usd(run: RunFolder, day: date) -> Decimal:
    """Return the maker's debt to the house at the end of a day."""
    account = borrowed(SCENARIO.maker.name, SCENARIO.house.name)
    postings = (
        posting.units.number
        for entry in run.transactions
        if entry.date <= day
        for posting in entry.postings
        if posting.account == account
    )
    return -sum(postings, Decimal(0))


def test_the_maker_borrows_within_the_limit_of_the_day_and_a_lower_limit_recalls_no_loan(executed):
    allowed = {date(2022, 6, 1): 650_000, date(2022, 6, 3): 20_000}
    steps = [{"since": day, "usd": usd} for day, usd in allowed.items()]
    run = executed(GROUP, maker={"credit_line_usd": 0, "credit_line_steps": steps})

    before, allowed_usd, later = (
        drawn_usd(run, date(2022, *day)) for day in ((5, 31), (6, 2), (6, 4))
    )
    assert before == 0
    assert 20_000 < allowed_usd <= 650_000
    assert later == allowed_usd  # after the limit is lowered, the debt stays the same


def test_a_new_share_of_the_depth_applies_from_its_stated_day_on():
    steps = [{"since": date(2022, 6, 1), "share": 0.05}]
    table = load(str(GROUP)).maker.model_dump(exclude_none=True)
    maker = Maker.model_validate(table | {"depth_share": 0.2, "depth_share_steps": tuple(steps)})

    assert maker.depth_share_on(date(2022, 5, 31)) == 0.2
    assert maker.depth_share_on(date(2022, 6, 1)) == maker.depth_share_on(date(2030, 1, 1)) == 0.05


# ------------------------------------------------------------------- fills of the maker's quotes

MAY_USD, JUNE_USD, ORDER_USD = 50_000_000, 20_000_000, 2_000
FAR_AWAY = {
    "half_spread_bps": 1_000.0,
    "displayed_usd": 1e6,
    "latency_s": 0.0,
    "calm_volatility": 100.0,
}
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
    """Return a function that simulates four days and returns the fills of the maker's quotes.

    Two days are in May and two in June. A fill is a tuple: time, motive, lots, price and lead
    price. Prices are in ticks of one dollar. All parties have enough money, and no decision depends
    on positions.
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
            "demand": [
                {"month": "2022-05", "usd": MAY_USD},
                {"month": "2022-06", "usd": JUNE_USD},
            ],
            "others": FAR_AWAY,
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
def test_fills_before_and_after_a_change_of_the_displayed_size_equal_those_at_constant_sizes(
    hit, depth_usd_per_bp
):
    """The test has two cases: a stated displayed size, and a size that is a share of the depth."""

    def fills(share: float, steps: Sequence[dict] = ()) -> list[tuple]:
        if depth_usd_per_bp:
            shares = {"depth_share": share, "depth_share_steps": steps}
            return hit(ONE_FIRM, {}, depth_usd_per_bp=depth_usd_per_bp, **shares)
        sizes = [{"since": each["since"], "usd": 20_000 * each["share"]} for each in steps]
        shown = {"displayed_usd": 20_000 * share, "displayed_usd_steps": sizes}
        return hit(ONE_FIRM, shown)

    wide, narrow = fills(BEFORE), fills(AFTER)
    stepping = fills(BEFORE, STEPS)

    assert of_days(stepping, START, STEP) == of_days(wide, START, STEP)
    assert of_days(stepping, STEP, END) == of_days(narrow, STEP, END)
    for motive in ("spread", "pickoff"):
        lots = [
            sum(abs(fill[2]) for fill in of_days(fills, STEP, END) if fill[1] == motive)
            for fills in (wide, narrow)
        ]
        assert lots[0] > 1.3 * lots[1]


def test_the_maker_trades_all_stated_volume_if_other_makers_quote_far_from_the_lead_price(hit):
    fills = hit(ALONE, {"displayed_usd": 1e6})  # The displayed size exceeds any order.

    for begin, end, month_usd, days in ((START, STEP, MAY_USD, 31), (STEP, END, JUNE_USD, 30)):
        usd = [abs(lots) * price * 0.01 for _, _, lots, price, _ in of_days(fills, begin, end)]
        expected_usd = month_usd / days * (end - begin).days
        # The number of orders has a Poisson distribution. The mean square of the sizes is at most
        # twice the square of the mean size.
        error_usd = (2 * expected_usd * ORDER_USD) ** 0.5
        assert abs(sum(usd) - expected_usd) < 4 * error_usd < expected_usd / 3


@pytest.mark.parametrize("times", [0.5, 1.0, 2.0])
def test_the_distance_of_each_level_of_the_makers_quotes_is_multiplied_by_the_key_spread_times(
    hit, times
):
    """The price is constant, so a fill's distance from the lead price is the quote's distance."""
    ladder = {
        "levels": 2,
        "level_step_bps": 4.0,
        "displayed_usd": 1_000,
    }  # the displayed size is small, so large orders are also filled at the second level
    fills = hit(ALONE, ladder, volatility=0.0, spread_times=times)

    assert {lead for *_, lead in fills} == {30_000}
    levels = (30_000 * bps * times / 10_000 for bps in (8, 12))
    distances = {(price - lead) * (1 if lots > 0 else -1) for _, _, lots, price, lead in fills}
    assert distances == set(levels)


def test_other_makers_deposit_cash_to_pay_their_fees(executed):
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


def test_other_makers_without_cash_pay_fees_only_up_to_their_claim(executed):
    run = executed(GROUP, other_makers={"opening_claim_usd": 10.0})
    assert usd_balances(run)[claim(OTHERS, HOUSE)] == 0
    assert not any(entry.payee == OTHERS and "deposit" in entry.tags for entry in run.transactions)
