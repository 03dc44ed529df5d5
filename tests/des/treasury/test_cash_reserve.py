"""In random histories the maker invests excess cash in coins, and sells coins if cash is short."""

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from kept_books import Books, opened

from des.bookkeeping import parties_of
from des.clock import DAY_US, midnight_us
from des.custody.coin_prices import chart_coins
from des.custody.custody import Custody
from des.treasury.cash_reserve import cash_reserve
from des.treasury.coin_book import CoinBook
from des.treasury.credit_line import CreditLine
from des.treasury.purse import Purse
from des.venue.venue import Venue
from ledger import agency
from ledger.chart import Chart
from ledger.money import Contract
from ledger.transaction import entity_of
from runs.scenarios import load

WORLD = Path(__file__).parents[2] / "worlds" / "portfolio.toml"
SCENARIO = load(str(WORLD))
PARTIES, COINS = parties_of(SCENARIO), chart_coins(SCENARIO)
OPENED = opened(Chart(PARTIES, (), coins=COINS))
CODE = {name: code for code, name in enumerate(PARTIES.names)}
HOUSE, MAKER, CUSTOMER = CODE["FTX"], CODE["Alameda"], CODE[PARTIES.retail]
FIRST = date(2022, 5, 30)  # two days before the first of a month
PURCHASES = date(2022, 6, 1)
OWN_CENTS = 10**8  # the maker's own cash on the first day
ALTS_CENTS = 100_00  # the constant price of a lot of the second coin


class Day(NamedTuple):
    """The events of a day, with amounts in cents and the price of BTC in ticks."""

    deposited: int
    wired: bool  # True: the deposit goes to the maker's bank account and not to the house
    waiting: int
    due: int
    ticks: int


CENTS = st.integers(0, 10**9)
DAYS = st.lists(
    st.builds(
        Day,
        CENTS,
        st.booleans(),
        st.integers(0, 10**8),
        st.integers(0, 10**8),
        st.integers(1, 90_000),
    ),
    min_size=3,
    max_size=6,
)
SHARES = st.sampled_from([0.0, 0.2, 1.0])
HAIRCUTS = st.sampled_from([0.0, 0.05])


class Town:
    """A house with customers, and a maker with coins and an unlimited credit line."""

    def __init__(self, share: float, haircut: float = 0.0) -> None:
        group = SCENARIO.group.model_dump(exclude_none=True)
        holdings = [each | {"haircut": haircut} for each in group["portfolio"]["holdings"]]
        holdings[1]["prices"] = [{"since": FIRST, "usd": ALTS_CENTS // 100}]
        shares = [{"since": FIRST, "share": share}]
        terms = group["portfolio"] | {"holdings": holdings, "cash_shares": shares}
        scenario = load(str(WORLD), {"group": {"portfolio": terms}})
        self.books, self.share_e9, self.waiting = Books(OPENED), round(share * 10**9), 0
        contracts = {n: (Contract("BTC-PERP", n, "0.01", "1"),) for n in ("FTX", "Binance")}
        house, lead = (
            Venue(code, contracts[name], len(CODE), CODE[pays], self.books)
            for code, name, pays in ((0, "FTX", "FTX"), (1, "Binance", "Outside"))
        )
        venues = {"FTX": house, "Binance": lead}
        self.custody = Custody(PARTIES, venues, np.zeros(len(CODE), np.int64), self.books)
        self.custody.cash[CODE["Coin-Dealers"]] = 10**13
        self.custody.cash[CUSTOMER] = 10**11
        self.custody.cash[MAKER] = OWN_CENTS
        names = ("Alameda", "FTX")
        self.credit = CreditLine(house, names, MAKER, lambda _: 10**13, 1, self.books)
        purse = Purse(PARTIES, house, self.custody, self.credit)
        self.book = CoinBook(scenario, PARTIES, self.custody, self.books)
        reserve = cash_reserve(
            scenario, PARTIES, self.custody, purse, self.book, lambda: self.waiting
        )
        assert reserve is not None
        self.reserve = reserve

    def begin(self, today: date, day: Day) -> None:
        """Let customers deposit and request withdrawals, then sell coins if cash is short."""
        if day.wired:
            names = (PARTIES.house, PARTIES.maker)
            entry = agency.take_in(evening(today), PARTIES.retail, names, day.deposited, ())
            self.custody.move_at_agent(CUSTOMER, day.deposited, entry)
        else:
            self.custody.deposit(evening(today), CUSTOMER, "FTX", day.deposited)
        self.waiting = min(day.waiting, self.custody.customers_cents())
        self.reserve.sell_coins(evening(today), day.due, np.array([day.ticks]))

    def end(self, today: date, day: Day) -> None:
        """On the first of a month, buy coins if cash is above the reserve."""
        self.reserve.buy_coins(evening(today), np.array([day.ticks]))

    @property
    def above_reserve(self) -> int:
        """Return the cash of the house and its maker minus the reserve, in cents."""
        cash = int(self.custody.cash[HOUSE] + self.custody.cash[MAKER])
        calm = self.custody.customers_cents() - self.waiting
        return cash - self.waiting - calm * self.share_e9 // 10**9


def evening(today: date) -> int:
    return midnight_us(today) + DAY_US - 1


def dated(days: list[Day]) -> list[tuple[date, Day]]:
    return [(FIRST + timedelta(days=i), day) for i, day in enumerate(days)]


@given(days=DAYS, share=SHARES, haircut=HAIRCUTS)
def test_after_sales_either_cash_covers_the_reserve_and_due_payments_or_no_coins_are_left(
    days, share, haircut
):
    town = Town(share, haircut)

    for today, day in dated(days):
        town.begin(today, day)
        assert town.above_reserve >= day.due or town.book.lots == [0, 0]
        town.end(today, day)


@given(days=DAYS, share=SHARES)
def test_the_maker_buys_coins_only_on_the_first_of_a_month_and_only_with_cash_above_the_reserve(
    days, share
):
    town = Town(share)

    for today, day in dated(days):
        town.begin(today, day)
        lots, above = list(town.book.lots), town.above_reserve
        town.end(today, day)
        if today == PURCHASES:
            assert min(above, 0) <= town.above_reserve <= day.ticks + ALTS_CENTS
        else:
            assert town.book.lots == lots


@given(days=DAYS, share=SHARES, haircut=HAIRCUTS)
def test_after_purchases_and_sales_all_books_balance_and_no_cash_is_below_zero(
    days, share, haircut
):
    town = Town(share, haircut)
    cash = int(town.custody.cash.sum())

    for today, day in dated(days):
        town.begin(today, day)
        town.end(today, day)
        assert min(town.custody.cash) >= 0
        assert int(town.custody.cash.sum()) == cash
    by_entity: dict[tuple[str, str], int] = defaultdict(int)
    for entry in town.books.transactions:
        for posting in entry.postings:
            by_entity[entity_of(posting.account), posting.commodity] += posting.units
    assert not any(by_entity.values())


@given(days=DAYS, share=SHARES)
def test_at_constant_prices_without_haircuts_cash_plus_coins_equals_claims_plus_the_makers_money(
    days, share
):
    town = Town(share)

    for today, day in dated(days):
        still = day._replace(ticks=30_000)
        town.begin(today, still)
        town.end(today, still)
        worth = town.book.worth_cents(evening(today), np.array([still.ticks]))
        cash = int(town.custody.cash[HOUSE] + town.custody.cash[MAKER])
        assert cash + worth == town.custody.customers_cents() + OWN_CENTS


def test_the_proceeds_of_a_sale_go_to_the_house_and_repay_the_credit_line():
    town, deposit, due = (
        Town(share=0.2),
        Day(10**9, False, 0, 0, 30_000),
        Day(0, False, 0, 10**8, 30_000),
    )
    town.begin(PURCHASES, deposit)
    town.end(PURCHASES, deposit)
    owed, till = town.credit.drawn_cents, town.custody.till("FTX")
    rest = int(town.custody.cash[MAKER])  # cash left because coins are bought in whole lots
    town.begin(PURCHASES + timedelta(days=1), due)

    assert owed > 6 * 10**8  # The maker has borrowed most of the deposit to buy coins.
    assert town.custody.till("FTX") - till == owed - town.credit.drawn_cents >= due.due
    assert town.custody.cash[MAKER] == rest
