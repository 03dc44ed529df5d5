"""Customers deposit and withdraw coins, and the house sells these coins and buys them back."""

from pathlib import Path

import numpy as np
import pytest
from kept_books import Books

from des.bookkeeping import contracts_of, parties_of
from des.clock import midnight_us
from des.custody.coin_vault import CoinVault
from des.custody.custody import HALTED, Custody
from des.custody.till import Till
from des.custody.waiting_lines import Request, WaitingLines
from des.scenario.customers import AgentShare
from des.treasury.credit_line import CreditLine
from des.treasury.house_money import HouseMoney
from des.venue.venue import Venue
from runs.scenarios import load

SCENARIO = load(str(Path(__file__).parents[2] / "worlds" / "coins.toml"))
PARTIES = parties_of(SCENARIO)
CODE = {name: code for code, name in enumerate(PARTIES.names)}
HOUSE, MAKER = PARTIES.house, PARTIES.maker
START_US = midnight_us(SCENARIO.run.start)
BTC, ALTS, STABLE = range(3)
CLAIM_CENTS = 10_000_000


class Counter:
    """A house that owes customers three different coins. It holds these coins, and no dollars."""

    def __init__(self) -> None:
        self.books = Books()
        members = len(PARTIES.holders)
        self.house = Venue(0, contracts_of(SCENARIO, HOUSE), members, CODE[HOUSE], self.books)
        cash = np.zeros(members, dtype=np.int64)
        cash[CODE["Coin-Dealers"]] = 10**12
        self.custody = Custody(PARTIES, {HOUSE: self.house}, cash, self.books)
        self.vault = CoinVault(SCENARIO, PARTIES, self.books)
        self.mark(30_000)
        self.in_coins_cents, _ = self.vault.open(START_US, CLAIM_CENTS)
        self.custody.keep_coins(self.vault, 100)
        self.credit = CreditLine(
            self.house,
            (MAKER, HOUSE),
            CODE[MAKER],
            lambda _: CLAIM_CENTS,
            100,
            self.books,
            coins=self.vault,
        )

    def mark(self, ticks: int) -> None:
        self.vault.mark(SCENARIO.run.start, np.array([ticks], dtype=np.int64))


@pytest.fixture
def counter() -> Counter:
    return Counter()


def test_the_opening_claim_in_each_coin_is_the_stated_share_of_all_claims(counter):
    # A bitcoin costs 30,000 dollars, and a lot is 0.01 bitcoin. A lot of ALTS costs 20 dollars.
    assert counter.vault.owed == counter.vault.there == [100, 1_000, 20_000]
    assert counter.in_coins_cents == 3_000_000 + 2_000_000 + 2_000_000


def test_each_deposit_is_in_one_coin_or_in_dollars_with_the_stated_probabilities(counter):
    brought = [counter.vault.deposit(START_US + i, 60_000) for i in range(2_000)]
    words = [entry.narration.split()[-3] for entry in counter.books.transactions]

    assert set(brought) == {0, 60_000}
    for name, share in (("BTC", 0.3), ("ALTS", 0.2), ("STABLE", 0.2)):
        assert words.count(name) / 2_000 == pytest.approx(share, abs=0.03)


def test_each_coin_has_its_stated_share_of_all_deposits_even_if_the_house_has_an_agent(
    counter,
):
    steps = (
        AgentShare(since=SCENARIO.run.start, share=2 / 3),
    )  # The agent receives 2/3 of the dollar deposits. This is a fifth of all deposits.
    counter.vault._retail = counter.vault._retail.model_copy(update={"agent_shares": steps})
    for i in range(2_000):  # The house receives 2,000 deposits, and the agent another 500.
        counter.vault.deposit(START_US + i, 60_000)
    words = [entry.narration.split()[-3] for entry in counter.books.transactions]

    for name, share in (("BTC", 0.3), ("ALTS", 0.2), ("STABLE", 0.2)):
        assert words.count(name) / 2_500 == pytest.approx(share, abs=0.02)


def test_the_probability_that_a_withdrawal_is_in_a_coin_is_this_coins_share_of_all_claims(
    counter,
):
    chosen = [counter.vault.chosen(START_US + i, 60_000, 3_000_000) for i in range(2_000)]
    shares = [sum(1 for lots in chosen if lots[place]) / 2_000 for place in (BTC, ALTS, STABLE)]

    assert shares == pytest.approx([0.3, 0.2, 0.2], abs=0.03)


def test_a_withdrawal_above_the_claim_in_one_coin_also_takes_dollars_and_then_other_coins(
    counter,
):
    for i in range(50):
        lots = counter.vault.chosen(START_US + i, 9_000_000, 3_000_000)

        # The withdrawal takes all dollars, and coins for the rest of the amount. Rounding to whole
        # lots adds less than the price of one BTC lot.
        assert 0 <= counter.vault.worth_cents(lots) - (9_000_000 - 3_000_000) < 30_000
        assert all(n <= owed for n, owed in zip(lots, counter.vault.owed, strict=True))


def test_coins_in_a_waiting_request_cannot_be_requested_again(counter):
    counter.vault.line_up((100, 0, 0))

    assert counter.vault.unasked_cents(CODE["Retail"]) == 4_000_000
    assert counter.vault.unasked_cents(CODE["Firm01"]) == 0
    assert all(counter.vault.chosen(START_US + i, 4_000_000, 0)[BTC] == 0 for i in range(20))


def test_coins_of_customers_are_debts_and_the_house_can_pay_out_these_coins_until_a_halt(counter):
    assert counter.custody.customers_cents() == 7_000_000
    assert counter.custody.till(HOUSE) == 7_000_000
    counter.mark(15_000)
    assert counter.custody.customers_cents() == counter.custody.till(HOUSE) == 5_500_000
    counter.custody.status[HOUSE] = HALTED
    assert counter.custody.till(HOUSE) == 0
    assert not counter.custody.can_pay(HOUSE, 0, (1, 0, 0))


def test_coins_of_customers_are_not_part_of_the_own_money_of_the_house(counter):
    money = HouseMoney(PARTIES, counter.house, counter.custody, lambda: 0)
    counter.custody.cash[CODE[HOUSE]] = 500

    assert money.own_cents() == 500


def test_the_house_sells_the_same_share_of_each_coin_that_it_holds_for_customers(counter):
    counter.custody.swaps.sell(START_US, 3_500_000)

    assert counter.vault.there == counter.vault.lent == [50, 500, 10_000]
    assert counter.custody.cash[CODE[HOUSE]] == 3_500_000


def test_a_price_rise_of_sold_coins_raises_the_makers_debt_and_a_price_fall_lowers_the_debt(
    counter,
):
    counter.custody.swaps.sell(START_US, 3_500_000)
    assert counter.credit.owed_cents == 0
    counter.mark(60_000)
    assert counter.credit.owed_cents == 1_500_000  # 50 lots rose by 300 dollars each
    assert counter.credit.unused_cents(START_US) == CLAIM_CENTS - 1_500_000
    counter.credit.repay(START_US, 2_000_000)
    assert counter.credit.owed_cents == 0
    counter.mark(15_000)
    assert counter.credit.owed_cents == -1_500_000 - 750_000


def test_the_house_uses_its_dollars_to_buy_back_a_missing_coin_before_it_sells_other_coins(counter):
    counter.custody.swaps.sell(START_US, 3_500_000)
    assert counter.custody.can_pay(HOUSE, 0, (100, 0, 0))
    counter.custody.hand_over(START_US, 0, (100, 0, 0), (), ())

    assert counter.vault.owed == [0, 1_000, 20_000]
    assert counter.vault.there == [0, 500, 10_000]
    assert counter.vault.lent == [0, 500, 10_000]
    assert counter.custody.cash[CODE[HOUSE]] == 2_000_000


def test_the_house_buys_no_coins_with_dollars_that_waiting_requests_need(counter):
    counter.custody.keep_coins(counter.vault, 100, 0)
    till = Till(counter.custody, HOUSE, PARTIES.names, lambda _: 0, counter.books)
    retail, house = CODE["Retail"], CODE[HOUSE]
    counter.house.claims[retail] = 4_000_000
    counter.vault.there[BTC], counter.vault.lent[BTC] = 0, counter.vault.there[BTC]
    counter.custody.cash[house] = 1_000_000
    for_bitcoin = Request(START_US, retail, "r-1", 0, "", (1, 0, 0))

    till._lines.add(Request(START_US, retail, "r-0", 3_000_000, ""))
    assert not till._pay(START_US, for_bitcoin)
    till._lines = WaitingLines(by_coin=True)
    assert till._pay(START_US, for_bitcoin)
