"""The maker buys coins in whole lots at their price. It sells coins at the price less a haircut."""

from datetime import date
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from kept_books import Books, opened

from des.bookkeeping import parties_of
from des.clock import DAY_US, midnight_us
from des.custody.coin_prices import CoinPrices, chart_coins
from des.custody.custody import Custody
from des.treasury.coin_book import CoinBook
from ledger.accounts import cash, paid_for_coins
from ledger.chart import Chart
from runs.scenarios import load

SCENARIO = load(str(Path(__file__).parents[2] / "worlds" / "portfolio.toml"))
PARTIES, COINS = parties_of(SCENARIO), chart_coins(SCENARIO)
OPENED = opened(Chart(PARTIES, (), coins=COINS))
MAKER, DEALERS = (PARTIES.names.index(name) for name in ("Alameda", "Coin-Dealers"))
NIGHT_US = midnight_us(date(2022, 5, 29)) + DAY_US - 1  # ALTS cost $100; a sale yields 5 % less
LATER_US = midnight_us(date(2022, 6, 2)) + DAY_US - 1  # ALTS cost $60
MARKS = np.array([30_000])  # price of BTC in dollars (a lot is 0.01 BTC)
CENTS = st.integers(0, 10**12)


class Desk:
    """A maker with cash and no coins, and dealers with cash."""

    def __init__(self, own: int = 10**12, dealers: int = 10**12) -> None:
        self.books = Books(OPENED)
        self.custody = Custody(PARTIES, {}, np.zeros(len(PARTIES.names), np.int64), self.books)
        self.custody.cash[[MAKER, DEALERS]] = own, dealers
        self.book = CoinBook(SCENARIO, PARTIES, self.custody, self.books)

    def buy(self, cents: int, time_us: int = NIGHT_US) -> None:
        self.book.buy(time_us, cents, MARKS, ())

    def sell(self, cents: int, time_us: int = NIGHT_US) -> int:
        """Sell coins and return the proceeds."""
        had = self.cash
        self.book.sell(time_us, cents, MARKS, ())
        return self.cash - had

    @property
    def cash(self) -> int:
        return int(self.custody.cash[MAKER])

    @property
    def net_worth(self) -> int:
        return sum(lots * c for lots, c in zip(self.book.lots, (297_00, 95_00), strict=True))


def test_the_maker_spends_the_stated_share_of_an_amount_on_whole_lots_of_each_coin():
    desk = Desk()

    desk.buy(1_000_000)  # 50 % for BTC at 300.00 a lot, 40 % for ALTS at 100.00

    assert desk.book.lots == [16, 40]
    assert desk.book.worth_cents(NIGHT_US, MARKS) == 16 * 300_00 + 40 * 100_00
    assert 10**12 - desk.cash == 16 * 300_00 + 40 * 100_00


@given(spent=CENTS, wanted=st.one_of(CENTS, st.integers(0, 3)))
def test_with_enough_coins_a_sale_yields_the_needed_amount_plus_at_most_one_lot_of_each_coin(
    spent, wanted
):
    desk = Desk()
    desk.buy(spent)
    worth = desk.net_worth

    got = desk.sell(wanted)

    assert got >= min(wanted, worth)
    assert got <= min(worth, wanted + 297_00 + 95_00)
    assert min(desk.book.lots) >= 0
    assert (got == 0) == (wanted == 0 or worth == 0)


@given(spent=CENTS, wanted=CENTS, dealers=st.integers(0, 10**9))
def test_dealers_never_pay_more_for_coins_than_their_cash(spent, wanted, dealers):
    desk = Desk()
    desk.buy(spent)
    desk.custody.cash[DEALERS] = dealers

    assert 0 <= desk.sell(wanted) <= dealers
    assert desk.custody.cash[DEALERS] >= 0


def test_purchases_of_coins_never_exceed_their_supply():
    desk = Desk(own=10**14)

    desk.buy(3 * 10**13)
    desk.buy(3 * 10**13)

    assert desk.book.lots == [2 * (15 * 10**12 // 300_00), 10**9]


def test_the_books_record_the_cost_of_bought_coins_minus_the_proceeds_of_sold_coins():
    desk = Desk()
    desk.buy(10_000_000)
    desk.sell(2_000_000, LATER_US)

    spent = sum(desk.books.balances[paid_for_coins("Alameda", coin.name)] for coin in COINS)
    assert spent == -desk.books.balances[cash("Alameda")] == 10**12 - desk.cash
    assert [units for _, units, _ in desk.book.booked()] == [
        desk.book.lots[0],
        2_100_000_000 - desk.book.lots[0],
        desk.book.lots[1],
        10**9 - desk.book.lots[1],
    ]


def test_a_coin_with_stated_prices_has_no_price_before_the_first_of_them():
    prices = CoinPrices(SCENARIO, SCENARIO.coins)

    assert prices.usd(1, date(2022, 5, 28), MARKS) is None
    assert prices.lot_cents(1, date(2022, 5, 28), MARKS) == 0
    assert prices.lot_cents(1, date(2022, 6, 1), MARKS) == 70_25
    assert prices.lot_cents(0, date(2022, 5, 28), MARKS) == 300_00
