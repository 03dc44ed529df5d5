"""In random histories the maker buys coins with loans, and sells coins to repay recalled loans.

If sales have no haircut, only price changes cause gains or losses.
"""

from collections import defaultdict
from datetime import date, timedelta
from functools import cache
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
from des.scenario import Lender, Scenario
from des.treasury.coin_book import CoinBook
from des.treasury.credit_line import CreditLine
from des.treasury.lenders import Lenders
from des.treasury.loan_service import LoanService
from des.treasury.purse import Purse
from des.venue.venue import Venue
from ledger.accounts import coins, debt, paid_for_coins
from ledger.chart import Chart
from ledger.money import Contract
from ledger.transaction import entity_of
from runs.scenarios import load

SCENARIO = load(str(Path(__file__).parents[2] / "worlds" / "portfolio.toml"))
PARTIES, COINS = parties_of(SCENARIO), chart_coins(SCENARIO)
OPENED = opened(Chart(PARTIES, (), coins=COINS))
CODE = {name: code for code, name in enumerate(PARTIES.names)}
FIRST = date(2022, 5, 29)
STILL = [{"since": FIRST, "usd": 100}]


class Day(NamedTuple):
    """A day, with the limits of both lenders in dollars and the price of BTC in ticks."""

    limits: tuple[int, int]
    ticks: int


DAYS = st.lists(
    st.builds(
        Day, st.tuples(st.integers(0, 9_000_000), st.integers(0, 9_000_000)), st.integers(1, 90_000)
    ),
    min_size=1,
    max_size=8,
)


@cache
def world(haircut: float, sold_share: float) -> Scenario:
    """Return the scenario with the given terms, and with a constant price of the second coin."""
    group = SCENARIO.group.model_dump(exclude_none=True)
    holdings = [each | {"haircut": haircut} for each in group["portfolio"]["holdings"]]
    holdings[1]["prices"] = STILL
    terms = {"holdings": holdings, "recall_sold_share": sold_share}
    return load(
        str(Path(__file__).parents[2] / "worlds" / "portfolio.toml"),
        {"group": {"portfolio": group["portfolio"] | terms}},
    )


class Town:
    """A maker with cash, two lenders whose limits change daily, and a house with a credit line."""

    def __init__(self, scenario: Scenario, days: list[Day], own: int, till: int) -> None:
        self.books, self.days = Books(OPENED), days
        contracts = {n: (Contract("BTC-PERP", n, "0.01", "1"),) for n in ("FTX", "Binance")}
        house, lead = (
            Venue(code, contracts[name], len(CODE), CODE[pays], self.books)
            for code, name, pays in ((0, "FTX", "FTX"), (1, "Binance", "Outside"))
        )
        venues = {"FTX": house, "Binance": lead}
        self.custody = Custody(PARTIES, venues, np.zeros(len(CODE), np.int64), self.books)
        for name, cents in {"Alameda": own, "FTX": till, "Coin-Dealers": 10**12}.items():
            self.custody.cash[CODE[name]] = cents
        self.custody.cash[[CODE[name] for name in PARTIES.lenders]] = 10**12
        self.cash = int(self.custody.cash.sum())
        dated = [(FIRST + timedelta(days=i), day.limits) for i, day in enumerate(days)]
        self.lenders = Lenders(
            [
                Lender(
                    name=name,
                    rate_pct_per_year=0.0,
                    drawn_in_full=True,
                    limits=tuple({"since": d, "usd": float(usd[place])} for d, usd in dated),
                )
                for place, name in enumerate(PARTIES.lenders)
            ],
            1,
            PARTIES,
            self.custody,
            self.books,
        )
        names = ("Alameda", "FTX")
        credit = CreditLine(house, names, CODE["Alameda"], lambda _: 10**12, 1, self.books)
        purse = Purse(PARTIES, house, self.custody, credit, self.lenders)
        self.book = CoinBook(scenario, PARTIES, self.custody, self.books)
        self.loans = LoanService(PARTIES, purse, self.lenders, self.book)

    def play(self):
        """Play the days. After each day, yield this day's limits of both lenders, in cents."""
        for i, day in enumerate(self.days):
            time_us = midnight_us(FIRST + timedelta(days=i)) + DAY_US - 1
            marks = np.array([day.ticks])
            self.loans.repay_recalls(time_us, marks)
            self.loans.hold_coins(time_us, marks)
            yield [usd * 100 for usd in day.limits]

    @property
    def spent(self) -> int:
        """Return the booked cost of coins minus the proceeds of sales."""
        return sum(self.books.balances[paid_for_coins("Alameda", coin.name)] for coin in COINS)


@given(
    days=DAYS,
    own=st.integers(0, 10**9),
    till=st.integers(0, 10**9),
    haircut=st.sampled_from([0.0, 0.05, 1.0]),
    sold_share=st.sampled_from([0.0, 0.5, 1.0]),
)
def test_after_any_loans_and_recalls_all_books_balance_and_no_cash_is_negative(
    days, own, till, haircut, sold_share
):
    town = Town(world(haircut, sold_share), days, own, till)

    for limits in town.play():
        assert min(town.custody.cash) >= 0
        assert int(town.custody.cash.sum()) == town.cash
        assert min(town.book.lots) >= 0
        beyond = [o - limit for o, limit in zip(town.lenders.owed_cents, limits, strict=True)]
        if max(beyond) > 0 and haircut < 1:  # part of a recall is unpaid only if no coins are left
            assert town.book.lots == [0, 0]
    by_entity: dict[tuple[str, str], int] = defaultdict(int)
    for entry in town.books.transactions:
        for posting in entry.postings:
            by_entity[entity_of(posting.account), posting.commodity] += posting.units
    assert not any(by_entity.values())
    for lender, owed in zip(PARTIES.lenders, town.lenders.owed_cents, strict=True):
        assert town.books.balance(debt("Alameda", lender)) == -owed
    for coin, lots in zip(COINS, town.book.lots, strict=True):
        assert town.books.balance(coins("Alameda", coin.name), coin.name) == lots


@given(days=DAYS, own=st.integers(0, 10**9), sold_share=st.sampled_from([0.0, 0.5, 1.0]))
def test_held_coins_are_worth_cost_minus_proceeds_if_prices_are_constant_and_there_is_no_haircut(
    days, own, sold_share
):
    still = [day._replace(ticks=30_000) for day in days]
    town = Town(world(0.0, sold_share), still, own, 10**9)

    for _ in town.play():
        btc, alts = town.book.lots
        assert town.spent == btc * 300_00 + alts * 100_00
